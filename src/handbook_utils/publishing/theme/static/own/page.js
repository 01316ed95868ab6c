// The page of one's own result: a file is read and compared here, in the browser; nothing is sent or kept.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".own-result");
  const write = writer(place.closest("[lang]").lang), { words, notes, why, facts } = JSON.parse(place.querySelector("script").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const percent = (share) => write(100 * share, 1), range = (low, high) => fill(words.range, { low: percent(low), high: percent(high) });
  const paragraphs = (...texts) => texts.filter(Boolean).map((text) => make("p", {}, text));
  const table = (caption, head, rows) => make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": caption }, make("table", { class: "table" }, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...head.map((one) => make("th", { scope: "col" }, one)))), make("tbody", {}, ...rows.map(([first, ...others]) => make("tr", {}, make("th", { scope: "row" }, make("i", {}, first)), ...others.map((one) => make("td", {}, one)))))));
  // The range of the others in grey, and this sample on it.
  const drawn = ({ share, usual }) => {
    const made = make("span", { class: "track", "aria-hidden": "true" }), most = .6;
    if (usual) { const range = make("span", { class: "range" }); range.style.left = `${100 * usual[0] / most}%`; range.style.width = `${100 * Math.min(1, (usual[1] - usual[0]) / most)}%`; made.append(range); }
    const own = make("span", { class: "own" });
    own.style.left = `${Math.min(100, 100 * share / most)}%`;
    made.append(own);
    return made;
  };
  const result = (counts, whole) => {
    const found = own.compare(counts, whole, facts);
    if (found.why) return paragraphs(`${why[found.why]} ${found.what}`);
    const cell = (one) => {
      const more = one.more ? `${words.more}: ` : one.less ? `${words.less}: ` : "", own = whole ? ` (${range(one.low, one.high)})` : "";
      return make("span", {}, `${more}${percent(one.share)}${own}`, drawn(one), make("small", {}, fill(words.others, { range: one.usual ? range(...one.usual) : words.unknown })));
    };
    const rows = (list) => list.map((one) => [one.name, cell(one)]);
    return [
      make("h2", {}, words.what), ...paragraphs(whole ? fill(words.reads, { n: write(found.reads), groups: found.groups, none: write.of100(found.unnamed) }) : fill(words.shares, { groups: found.groups, none: write.of100(found.unnamed) })),
      table(words.table, [words.group, words.here], rows(found.largest.slice(0, 10))),
      ...paragraphs(whole && words.sure, fill(words.common, { n: write.of100(found.shared) })),
      ...(whole ? [make("h2", {}, words.varied), ...paragraphs(fill(words.variety, { own: write(found.variety, 1), below: write.of100(found.below), people: facts.people }), fill(words.day, { low: write(found.day[0], 1), high: write(found.day[1], 1), one: write.of100(found.low), other: write.of100(found.high) }))] : []),
      make("h2", {}, words.unusual), ...paragraphs(fill(words.many, { n: found.unusual.length })),
      ...(found.unusual.length ? [table(words.unusual, [words.group, words.here], rows(found.unusual))] : []),
      ...paragraphs(fill(words.usual, { any: write.of100(found.any), as: write.of100(found.asMany) }), found.notKnown.length && fill(words.strangers, { list: found.notKnown.join(", ") })),
      make("h2", {}, words.not), make("ul", {}, ...notes.map((note) => make("li", {}, note))),
    ];
  };
  const file = make("input", { type: "file", accept: ".csv,.tsv,.txt,.tab,.kreport,.biom,text/*" });
  const told = make("p", { "aria-live": "polite" }), shown = make("div", { class: "shown" });
  const choice = make("select"), chosen = make("label", { hidden: "" }, words.sample, choice);
  const print = make("button", { type: "button" }, words.print), forget = make("button", { type: "button" }, words.forget), buttons = make("p", { class: "do", hidden: "" }, print, " ", forget);
  let read = null;
  const show = () => shown.replaceChildren(...result(read.samples[choice.value], read.counts));
  const clear = () => { read = null; shown.replaceChildren(); choice.replaceChildren(); chosen.hidden = buttons.hidden = true; };
  // UTF-8 or UTF-16; what is neither was written by an old program of Windows.
  const decoded = (bytes) => {
    const [one, two] = new Uint8Array(bytes.slice(0, 2));
    if (one === 255 && two === 254) return new TextDecoder("utf-16le").decode(bytes);
    if (one === 254 && two === 255) return new TextDecoder("utf-16be").decode(bytes);
    try { return new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { return new TextDecoder("windows-1252").decode(bytes); }
  };
  file.addEventListener("change", async () => {
    clear();
    if (!file.files.length) return;
    const [{ name, size }] = file.files;
    try {
      if (size > 30e6) throw Object.assign(new Error(name), { why: "too-large", what: `${write(size / 1e6)} MB` });
      read = own.read(decoded(await file.files[0].arrayBuffer()), new Set(Object.keys(facts.taxa)));
      const names = Object.keys(read.samples);
      told.textContent = [fill(words.read, { n: names.length, name }), read.left.length ? fill(words.left, { list: [...new Set(read.left)].slice(0, 8).join(", ") }) : ""].join(" ");
      choice.replaceChildren(...names.map((one) => make("option", {}, one)));
      chosen.hidden = names.length < 2;
      show();
    } catch (error) {
      if (!error.why) throw error;
      told.textContent = `${why[error.why]} ${error.what}`;
    }
    buttons.hidden = false;
  });
  choice.addEventListener("change", show);
  print.addEventListener("click", () => window.print());
  forget.addEventListener("click", () => { clear(); file.value = ""; told.textContent = words.gone; file.focus(); });
  place.append(make("label", {}, words.choose, file), told, chosen, shown, buttons);
});
