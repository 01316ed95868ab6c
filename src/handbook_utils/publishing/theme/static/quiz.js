// A quiz with feedback: a choice above each box, which opens when it was answered and tells why. Nothing is kept.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const told = document.querySelector("script.quiz");
  const { words, questions } = JSON.parse(told.textContent);
  const boxes = [...told.closest("section").querySelectorAll("details")];
  if (boxes.length !== questions.length) return;
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const score = make("p", { role: "status", class: "score" });
  const again = make("button", { type: "button", hidden: "" }, words.quiz_again);
  const results = new Map();
  const asked = boxes.map((box, number) => {
    const { options, right } = questions[number];
    const summary = box.querySelector("summary");
    const question = (summary.querySelector(".sd-summary-text") ?? summary).textContent.trim();
    const said = make("p", { "aria-live": "polite", class: "said" });
    const inputs = options.map((_, place) => make("input", { type: "radio", name: `quiz-${number}`, value: place }));
    const check = make("button", { type: "button" }, words.quiz_check);
    const form = make("fieldset", { class: "asked" }, make("legend", {}, question),
      ...options.map((option, place) => make("label", {}, inputs[place], " ", option)), check, said);
    check.addEventListener("click", () => {
      const chosen = inputs.findIndex((input) => input.checked);
      if (chosen < 0) { inputs[0].focus(); return; }
      const well = chosen === right;
      results.set(number, well);
      inputs.forEach((input, place) => {
        input.disabled = true;
        input.parentElement.classList.toggle("right", place === right);
        input.parentElement.classList.toggle("wrong", place === chosen && !well);
      });
      check.hidden = true;
      said.textContent = well ? words.quiz_right : words.quiz_wrong.replace("{answer}", options[right]);
      box.classList.remove("waiting");
      box.open = true;
      if (results.size === boxes.length) {
        score.textContent = words.quiz_score.replace("{right}", [...results.values()].filter(Boolean).length).replace("{all}", boxes.length);
        again.hidden = false;
      }
      summary.focus();
    });
    box.before(form);
    // The question stands above now; what opens is the reason. On paper the boxes stay as they were.
    summary.prepend(make("span", { class: "why" }, words.quiz_why));
    return () => {
      inputs.forEach((input) => { input.disabled = input.checked = false; input.parentElement.className = ""; });
      check.hidden = false;
      said.textContent = "";
      box.classList.add("waiting");
      box.open = false;
    };
  });
  const start = () => {
    asked.forEach((one) => one());
    results.clear();
    score.textContent = "";
    again.hidden = true;
  };
  again.addEventListener("click", () => { start(); boxes[0].previousElementSibling.querySelector("input").focus(); });
  boxes.at(-1).after(score, again);
  boxes[0].parentElement.classList.add("quiz");
  start();
});
