// What makes the pages better where scripts run. All of them work without.
"use strict";

// After a form was sent, the place to read on is the result, or the box that is at fault.
document.querySelector("[data-focus]")?.focus();

// A form says that it is on its way, and is not sent twice.
for (const form of document.querySelectorAll("form")) {
  const button = form.querySelector("button[data-busy]");
  if (!button) continue;
  const status = form.querySelector('[role="status"]');
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled")) return event.preventDefault();
    button.setAttribute("aria-disabled", "true");
    if (status) status.textContent = button.dataset.busy;
  });
  // Back from the result by the browser's button, the form is as it was.
  addEventListener("pageshow", () => {
    button.removeAttribute("aria-disabled");
    if (status) status.textContent = "";
  });
}

// A text to copy gets a button that copies it.
for (const text of document.querySelectorAll("textarea[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy the feedback";
  const status = document.createElement("span");
  status.className = "note";
  status.setAttribute("role", "status");
  const line = document.createElement("p");
  line.append(button, " ", status);
  text.after(line);
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(text.value);
      status.textContent = "Copied.";
    } catch {
      text.select();
      status.textContent = "The browser does not allow it: the text is selected, press Ctrl-C.";
    }
  });
}
