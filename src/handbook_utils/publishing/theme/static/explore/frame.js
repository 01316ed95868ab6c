// What every explorable has: knobs, what they do, a sentence that is read aloud, its state in the address, and a way back.
// Scripts and no modules, since a browser loads no module from disk. An explorable registers
// {knobs, model, say} and what it shows of {bars, dots, line, table}; each is called with (values, found, write, facts).
"use strict";
globalThis.explorables = {};
globalThis.explore = (name, explorable) => { globalThis.explorables[name] = explorable; };
// The normal distribution's part below z: a series near 0, a continued fraction in the tail.
globalThis.normal = (z) => {
  const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI), far = Math.abs(z);
  let part = 0;
  if (far < 4) {
    for (let k = 1, term = far; k < 200; k += 2, term *= far * far / k) part += term;
    part = .5 - density * part;
  } else {
    for (let k = 60; k > 0; k--) part = k / (far + part);
    part = density / (far + part);
  }
  return z > 0 ? 1 - part : part;
};
// Writes numbers in a language. What is not nothing is never written as 0; of 100, nor is what is not all of it as 100.
globalThis.writer = (lang) => {
  const plain = (value, digits) => value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  const write = (value, digits = 0) => {
    const size = Math.abs(value), enough = [digits, 1, 2, 3].find((some) => some >= digits && Math.round(size * 10 ** some));
    if (size < 1e-9) return plain(0, digits);
    return enough === undefined ? `${lang === "nl" ? "minder dan" : "less than"} ${plain(.001, 3)}` : plain(value, enough);
  };
  write.of100 = (part) => {
    const whole = Math.round(100 * part), near = Math.abs(100 * part - whole);
    if (near < 1e-9 || (whole !== 0 && Math.abs(whole) !== 100)) return write(whole);
    return near >= .05 ? write(100 * part, 1) : `${lang === "nl" ? "bijna" : "nearly"} ${write(whole)}`;
  };
  // Shares of one whole in hundredths that add up to 100 as they are written: [numbers, decimals]. None is rounded to nothing.
  write.adding = (...shares) => {
    for (let digits = 0; ; digits++) {
      const all = 10 ** (digits + 2), made = shares.map((one) => Math.floor(one * all + 1e-6));
      const order = shares.map((_, place) => place).sort((a, b) => shares[b] * all - made[b] - shares[a] * all + made[a]);
      for (let left = all - made.reduce((a, b) => a + b, 0); left > 0; left--) made[order.shift()] += 1;
      if (digits === 3 || made.every((one, place) => one || shares[place] < 1e-9)) return [made.map((one) => one / 10 ** digits), digits];
    }
  };
  return write;
};
// Where a knob begins, which the facts may tell.
globalThis.begins = (knob, facts) => (typeof knob.start === "function" ? knob.start(facts) : knob.start);
// The choices of a knob that has some: [value, label] each.
globalThis.choices = (knob, facts, lang) => (typeof knob.options === "function" ? knob.options(facts, lang) : knob.options);
globalThis.document?.addEventListener("DOMContentLoaded", () => {
  const make = (tag, attributes = {}, ...inside) => {
    const made = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4)) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  // A colour of data is its own by day; explore.css may name another for the night.
  const shade = (colour) => (colour.startsWith("#") ? `var(--${colour.slice(1)}, ${colour})` : colour);
  const coloured = (colour, share, across = "width") => {
    const made = make("span", { class: "bar" });
    made.style.background = shade(colour);
    if (share !== undefined) made.style[across] = `${100 * Math.max(0, Math.min(1, share))}%`;
    return made;
  };
  // How each way of showing is drawn; `said` takes the page's language out of {en, nl}.
  const draw = {
    bars: (bars, said) => make("div", { class: "bars", "aria-hidden": "true" }, ...bars.map(({ label, share, colour, text }) => make("div", {},
      make("span", { class: "label" }, said(label)), make("span", { class: "track" }, coloured(colour, share)), make("span", { class: "number" }, text ?? "")))),
    dots: (kinds, said) => make("div", { "aria-hidden": "true" },
      make("div", { class: "dots" }, ...kinds.flatMap(({ count, colour }) => Array.from({ length: count }, () => coloured(colour)))),
      make("div", { class: "key" }, ...kinds.map(({ label, count, colour }) => make("span", {}, coloured(colour), ` ${said(label)}: ${count}`)))),
    line: ({ series, x, y }, said) => {
      const [left, top, width, height] = [38, 24, 280, 130];
      const at = ([one, other]) => `${left + width * one / x.max},${top + height * (1 - Math.min(1, other / y.max))}`;
      const text = (place, words, anchor = "start") => make("svg:text", { x: place[0], y: place[1], "text-anchor": anchor }, words);
      return make("div", { class: "lines", "aria-hidden": "true" }, make("svg:svg", { viewBox: "0 0 330 192" },
        make("svg:path", { d: `M${left},${top}V${top + height}H${left + width}`, class: "axis" }),
        text([0, 13], said(y.label)), text([left - 5, top + 10], said(y.top), "end"), text([left - 5, top + height], y.top && "0", "end"),
        text([left, top + height + 16], y.top && "0"), text([left + width, top + height + 16], y.top && x.max, "end"), text([left + width / 2, top + height + 32], said(x.label), "middle"),
        ...series.map(({ points, colour, dash }) => make("svg:polyline", { points: points.map(at).join(" "), style: `stroke: ${shade(colour)}`, "stroke-dasharray": dash ? "6 4" : "none" }))),
      make("div", { class: "key" }, ...series.filter(({ label }) => label).map(({ label, colour }) => make("span", {}, coloured(colour), ` ${said(label)}`))));
    },
    table: ({ caption, head, rows }, said) => make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": said(caption) },
      make("table", { class: "table" }, make("caption", {}, said(caption)), make("thead", {}, make("tr", {}, ...head.map((one) => make("th", { scope: "col" }, said(one))))),
        make("tbody", {}, ...rows.map(([first, ...others]) => make("tr", {}, make("th", { scope: "row" }, said(first)), ...others.map((one) => make("td", {}, said(one)))))))),
  };
  const address = () => new URLSearchParams(location.search);
  for (const place of document.querySelectorAll("[data-explorable]")) {
    const name = place.dataset.explorable;
    const explorable = globalThis.explorables[name];
    const { knobs, model, say } = explorable;
    const facts = JSON.parse(place.querySelector("script")?.textContent ?? "null");
    const lang = place.closest("[lang]").lang;
    const said = (text) => text?.[lang] ?? text;
    const write = writer(lang);
    const values = {}, fields = {};
    const told = make("p", { "aria-live": "polite" });
    const drawn = make("div", { class: "drawn" });
    const show = () => {
      const found = model(values, facts);
      told.textContent = say[lang](values, found, write, facts);
      drawn.replaceChildren(...Object.keys(draw).filter((way) => explorable[way])
        .map((way) => draw[way](explorable[way](values, found, write, facts, lang), said)));
      const state = address();
      for (const knob of knobs) {
        const field = fields[knob.name], value = values[knob.name];
        const words = knob.options ? choices(knob, facts, lang).find(([one]) => one === value)[1] : `${write(value, knob.digits || 0)} ${said(knob.unit)}`.replace(" %", "%");
        // A typed number is written as its language writes it, and not while it is typed.
        if (!knob.type) field.value = value;
        else if (field !== document.activeElement) field.value = write(value, knob.digits || 0);
        if (!knob.options) field.setAttribute("aria-valuetext", words);
        if (knob.type) field.setAttribute("aria-valuenow", value);
        field.parentElement.querySelector("output").textContent = said(words);
        state.set(`${name}-${knob.name}`, value);
      }
      return state;
    };
    const keep = (state) => history.replaceState(null, "", `?${state}${location.hash}`);
    const fits = (knob, value) => (knob.options ? choices(knob, facts, lang).some(([one]) => one === value) : value !== null && value !== "" && Number.isFinite(+value));
    const put = (knob, value) => {
      if (fits(knob, value)) values[knob.name] = knob.options ? value : Math.min(knob.max, Math.max(knob.min, knob.type && !knob.digits ? Math.round(+value) : +value));
    };
    for (const knob of knobs) {
      put(knob, begins(knob, facts));
      put(knob, address().get(`${name}-${knob.name}`));
      const field = fields[knob.name] = knob.options
        ? make("select", {}, ...choices(knob, facts, lang).map(([value, label]) => make("option", { value }, said(label))))
        : make("input", knob.type ? { type: "text", inputmode: "decimal", role: "spinbutton", autocomplete: "off", "aria-valuemin": knob.min, "aria-valuemax": knob.max }
          : { type: "range", min: knob.min, max: knob.max, step: knob.step });
      // Either mark of decimals is taken; in a whole number one before three digits parts thousands.
      const whole = (text) => (knob.digits ? text : text.replace(/[.,](?=\d{3}(?!\d))/g, ""));
      const typed = () => (knob.type ? whole(field.value.replace(/\s/g, "")).replace(/[.,]/g, ".") : field.value);
      for (const moved of ["input", "change"]) field.addEventListener(moved, () => { put(knob, typed()); keep(show()); });
      if (knob.type) {
        field.addEventListener("keydown", (event) => {
          const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!steps) return;
          event.preventDefault();
          put(knob, (values[knob.name] + steps * knob.step).toFixed(knob.digits || 0));
          keep(show());
          field.value = write(values[knob.name], knob.digits || 0);
        });
      }
      field.addEventListener("blur", show);
      const output = make("output", { "aria-live": "off" });
      if (knob.options || knob.type) output.className = "paper";
      place.append(make("label", {}, `${said(knob.label)}: `.replace("?:", "?"), output, field));
    }
    const back = make("button", { type: "button" }, place.dataset.back);
    back.addEventListener("click", () => { knobs.forEach((knob) => put(knob, begins(knob, facts))); keep(show()); });
    place.append(drawn, told, back);
    show();
  }
});
