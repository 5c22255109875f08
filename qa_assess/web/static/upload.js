// Files that are too large are found before they are sent.
"use strict";

const files = document.getElementById("files");

files.addEventListener("change", () => {
  const size = Array.from(files.files).reduce((sum, file) => sum + file.size, 0);
  files.setCustomValidity(size > Number(files.dataset.largest) ? files.dataset.tooLarge : "");
  files.reportValidity();
});
