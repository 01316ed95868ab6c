// What every explorable has: knobs, bars, a sentence that is read aloud, its state in the address, and a way back. Scripts
// and no modules, since a browser loads no module from disk. An explorable registers {knobs, model, bars, say}.
"use strict";
globalThis.explorables = {};
globalThis.explore = (name, explorable) => { globalThis.explorables[name] = explorable; };
globalThis.document?.addEventListener("DOMContentLoaded", () => {
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const address = () => new URLSearchParams(location.search);
  for (const place of document.querySelectorAll("[data-explorable]")) {
    const name = place.dataset.explorable;
    const { knobs, model, bars, say } = globalThis.explorables[name];
    const lang = place.closest("[lang]").lang;
    const write = (value, digits = 0) => value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const values = {}, fields = {};
    const told = make("p", { "aria-live": "polite" });
    const drawn = make("div", { class: "bars", "aria-hidden": "true" });
    const show = () => {
      const found = model(values);
      told.textContent = say[lang](values, found, write);
      drawn.replaceChildren(...bars(values, found).map(({ label, share, colour }) => {
        const bar = make("span", { class: "bar" });
        bar.style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
        bar.style.background = colour;
        return make("div", {}, make("span", { class: "label" }, label[lang]), make("span", { class: "track" }, bar));
      }));
      const state = address();
      for (const knob of knobs) {
        fields[knob.name].value = values[knob.name];
        fields[knob.name].parentElement.querySelector("output").textContent = `${write(values[knob.name], knob.digits || 0)} ${knob.unit[lang]}`;
        state.set(`${name}-${knob.name}`, values[knob.name]);
      }
      return state;
    };
    const keep = (state) => history.replaceState(null, "", `?${state}${location.hash}`);
    const put = (knob, value) => { values[knob.name] = Math.min(knob.max, Math.max(knob.min, value)); };
    for (const knob of knobs) {
      const asked = address().get(`${name}-${knob.name}`);
      put(knob, asked !== null && Number.isFinite(+asked) ? +asked : knob.start);
      const field = fields[knob.name] = make("input", { type: "range", min: knob.min, max: knob.max, step: knob.step });
      field.addEventListener("input", () => { put(knob, +field.value); keep(show()); });
      place.append(make("label", {}, `${knob.label[lang]}: `, make("output"), field));
    }
    const back = make("button", { type: "button" }, place.dataset.back);
    back.addEventListener("click", () => { knobs.forEach((knob) => put(knob, knob.start)); keep(show()); });
    place.append(drawn, told, back);
    show();
  }
});
