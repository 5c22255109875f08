// Files that are too large or too many are found before they are sent.
"use strict";

const files = document.getElementById("files");

files.addEventListener("change", () => {
  const size = Array.from(files.files).reduce((sum, file) => sum + file.size, 0);
  const tooLarge = size > Number(files.dataset.largest) ? files.dataset.tooLarge : "";
  files.setCustomValidity(files.files.length > Number(files.dataset.most) ? files.dataset.tooMany : tooLarge);
  files.reportValidity();
});
