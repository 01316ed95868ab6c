// A button on every block of code, to take it along.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const [copy, copied] = document.documentElement.lang === "nl" ? ["Kopieer", "Gekopieerd"] : ["Copy", "Copied"];
  for (const code of document.querySelectorAll("div.highlight > pre")) {
    if (code.closest(".cell_output")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 2000);
    });
    code.before(button);
  }
});
