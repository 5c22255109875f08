// What makes the form of a correction better where scripts run: words by selecting them, the grade by the rule as one
// edits, more than one new ask.
"use strict";

// Letters as Python counts them.
const lengthOf = (text) => [...text].length;
const skipped = ".badge, .unseen";

// What is selected in one of a record's two texts, without the letters of its marks; null where nothing is.
function selectedIn(box) {
  const selection = getSelection();
  if (!box || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(box)) return null;
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let before = "";
  let words = "";
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.parentElement.closest(skipped)) continue;
    if (!range.intersectsNode(node)) {
      if (!words) before += node.data;
      continue;
    }
    const start = node === range.startContainer ? range.startOffset : 0;
    const end = node === range.endContainer ? range.endOffset : node.data.length;
    if (!words) before += node.data.slice(0, start);
    words += node.data.slice(start, end);
  }
  const leading = words.length - words.trimStart().length;
  const start = lengthOf(before) + lengthOf(words.slice(0, leading));
  return words.trim() ? { words: words.trim(), start } : null;
}

// A place of the page as a place of the text, where line ends may be two characters: a page has one for both.
function inText(section, of, place) {
  const ends = section.dataset[of === "question" ? "lineEndsQuestion" : "lineEndsAnswer"];
  return place + ends.split(" ").filter((end) => end && Number(end) < place).length;
}

// The question or the answer of the record that a form is about: above, and at hand beside the form's fields.
function boxesOf(section, of) {
  const nth = of === "question" ? 0 : 1;
  const above = document.querySelector(`#${CSS.escape(section.dataset.pair)} .texts`);
  return [section.querySelector(".at-hand"), above].map((texts) => texts?.querySelectorAll(".text")[nth]);
}

// The two texts stay in sight while one edits, where there is room (see the style sheet).
function putAtHand(section) {
  const texts = document.querySelector(`#${CSS.escape(section.dataset.pair)} .texts`).cloneNode(true);
  for (const element of texts.querySelectorAll("[id], [aria-labelledby]")) {
    element.removeAttribute("id");
    element.removeAttribute("aria-labelledby");
  }
  for (const heading of texts.querySelectorAll(".small")) {
    const name = document.createElement("p");
    name.className = "small";
    name.textContent = heading.textContent;
    heading.replaceWith(name);
  }
  texts.classList.add("at-hand");
  texts.setAttribute("role", "region");
  texts.setAttribute("aria-label", "The texts, to select words from");
  texts.tabIndex = 0;
  section.querySelector(".edit > summary").after(texts);
}

// Each box for words gets a button that takes the selection.
function addButton(box, section) {
  const of = box.dataset.words;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Use the selection";
  const name = document.createElement("span");
  name.className = "unseen";
  name.textContent = ` for: ${box.labels[0].textContent}, ${box.closest("fieldset")?.querySelector("legend").textContent ?? ""}`;
  button.append(name);
  const status = document.createElement("span");
  status.className = "note";
  status.setAttribute("role", "status");
  const line = document.createElement("p");
  line.className = "selection";
  line.append(button, " ", status);
  box.after(line);
  // Else a click would end the selection before it is read.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const found = boxesOf(section, of).map(selectedIn).find((words) => words);
    if (!found) {
      status.textContent = `Select words of the ${of} above first.`;
      return;
    }
    box.value = found.words;
    box.parentElement.querySelector('input[type="hidden"]').value = inText(section, of, found.start);
    status.textContent = `Taken: “${found.words.length > 60 ? `${found.words.slice(0, 57)}…` : found.words}”`;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// The grades that follow from the asks as they stand in the form (codebook, section 3).
function byRule(form) {
  const statuses = [];
  for (const ask of form.querySelectorAll(".edit-ask")) {
    const removed = ask.querySelector('[name$="-remove"]')?.checked;
    const empty = ask.dataset.new !== undefined && !ask.querySelector('[name$="-text"]').value.trim();
    const status = ask.querySelector('[name$="-status"]:checked');
    if (!removed && !empty && status) statuses.push(status.value);
  }
  const all = (word) => statuses.every((status) => status === word);
  const facts = form.elements.concern.value.trim();
  const strict = !statuses.length ? "No ask" : all("full") ? "Full" : all("none") ? "Non-answer" : "Partial";
  const grade = strict === "Non-answer" && facts ? "Partial" : strict;
  const chosen = form.querySelector('[name="grade"]:checked');
  const named = chosen?.value ? chosen.parentElement.textContent.trim() : grade;
  const proper = ["Full", "Partial", "Non-answer"].includes(named);
  return { grade, grade_strict: proper && statuses.length && all("none") ? "Non-answer" : named };
}

function showRule(form) {
  for (const [name, label] of Object.entries(byRule(form))) {
    const output = form.querySelector(`[data-rule="${name}"]`);
    if (output.textContent !== label) output.textContent = label;
  }
}

// Another new ask below the last one.
function addMore(asks, section) {
  const more = asks.querySelector("[data-more]");
  const blank = more.querySelector("fieldset").cloneNode(true);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Add another ask";
  more.append(button);
  button.addEventListener("click", () => {
    const number = asks.querySelectorAll(".edit-ask").length;
    const fields = blank.cloneNode(true);
    for (const element of fields.querySelectorAll("*")) {
      for (const attribute of ["id", "name", "for"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(/ask-\d+/, `ask-${number}`));
      }
    }
    button.before(fields);
    for (const box of fields.querySelectorAll("[data-words]")) addButton(box, section);
    fields.querySelector("textarea").focus();
  });
}

for (const section of document.querySelectorAll(".correct")) {
  const form = section.querySelector("form");
  for (const hint of section.querySelectorAll("[data-script]")) hint.hidden = false;
  putAtHand(section);
  const asks = section.querySelector("[data-asks]");
  addMore(asks, section);
  for (const box of section.querySelectorAll("[data-words]")) addButton(box, section);
  form.addEventListener("input", () => showRule(form));
  // Saved twice by two presses it would be asked whether to keep both.
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => (sent = false));
}
