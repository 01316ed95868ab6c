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
// The definition of a term stands at the end of the page, and is shown under the word that is pointed at or focused.
let told = null;
const hide = () => { if (told) told.tip.hidden = true; told = null; };
const tell = (term) => {
  if (told?.term === term) return;
  hide();
  const tip = document.getElementById(term.getAttribute("aria-describedby"));
  if (!tip) return;
  told = { term, tip };
  const word = term.getBoundingClientRect();
  const wide = term.closest("p, li").getBoundingClientRect();
  tip.hidden = false;
  const from = tip.offsetParent?.getBoundingClientRect() ?? { left: -scrollX, top: -scrollY };
  tip.style.width = `${Math.max(wide.width, 200)}px`;
  tip.style.left = `${Math.max(8, Math.min(wide.left, innerWidth - Math.max(wide.width, 200) - 8)) - from.left}px`;
  tip.style.top = `${word.bottom + 4 - from.top}px`;
};
for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const term = event.target.closest?.("a.term");
    if (term) tell(term);
    else if (kind === "focusin") hide();
  });
}
// The pointer can go from the word to its definition: the way between them counts as both.
document.addEventListener("mousemove", (event) => {
  if (!told || told.term.matches(":focus")) return;
  const word = told.term.getBoundingClientRect();
  const box = told.tip.getBoundingClientRect();
  const inside = (left, top, right, bottom) =>
    event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside(word.left, word.top, word.right, box.top) && !inside(box.left, word.bottom, box.right, box.bottom)) hide();
});
document.addEventListener("focusout", (event) => { if (event.target.matches?.("a.term")) hide(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
