// How far a job is, without loading the page again.
"use strict";

const section = document.querySelector("[data-job]");
const telling = document.getElementById("telling");
const bar = section.querySelector("progress");
const spoken = section.querySelector('[role="status"]');
let said = 0;

// Every second for the eye; for the ear when another tenth is done.
function show(job) {
  telling.textContent = job.telling;
  document.title = `${job.telling} – qa-assess`;
  if (!job.total) return;
  bar.max = job.total;
  bar.value = job.done;
  const tenths = Math.floor((10 * job.done) / job.total);
  if (tenths > said) {
    said = tenths;
    spoken.textContent = job.telling;
  }
}

async function ask() {
  try {
    const answer = await fetch(section.dataset.job, { cache: "no-store" });
    if (answer.status === 404) return location.reload();
    const job = await answer.json();
    if (!["waiting", "running"].includes(job.state)) return location.reload();
    show(job);
  } catch {
    telling.textContent = "The program does not answer. Was it stopped? It goes on from here when it is started again.";
  }
  setTimeout(ask, 1000);
}

setTimeout(ask, 500);
