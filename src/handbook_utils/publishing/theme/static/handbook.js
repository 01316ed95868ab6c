// The little that needs a script: the menu on a phone, opened boxes on paper, and definitions that Escape closes.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button.menu");
  const contents = document.getElementById("contents");
  button.addEventListener("click", () => {
    const open = contents.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });
  const current = contents.querySelector("[aria-current=page]");
  if (current && contents.scrollHeight > contents.clientHeight) {
    contents.scrollTop = current.offsetTop - contents.clientHeight / 2;
  }
  const onPage = document.querySelector(".on-page details");
  if (onPage && matchMedia("(min-width: 78rem)").matches) onPage.open = true;
  // A link into a closed box opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let box = target; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
    }
  };
  open();
  window.addEventListener("hashchange", open);
});
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((box) => { box.open = true; });
});
window.addEventListener("afterprint", () => closed.forEach((box) => { box.open = false; }));
const shown = ":hover, :focus-within";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(`.defined:is(${shown})`).forEach((term) => term.classList.add("dismissed"));
});
for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, () => {
    document.querySelectorAll(".defined.dismissed").forEach((term) => {
      if (!term.matches(shown)) term.classList.remove("dismissed");
    });
  });
}
