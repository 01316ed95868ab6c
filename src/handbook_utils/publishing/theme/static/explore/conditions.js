// The manifest's numbers for one's own town: rate of handbook_utils.analysis.models.prevalence.
"use strict";
{
  const bases = { "known-at-gp": { en: "known at the GP", nl: "bij de huisarts" }, estimated: { en: "estimate", nl: "schatting" }, stated: { en: "source not given", nl: "bron niet genoemd" } };
  explore("conditions", {
    knobs: [
      { name: "town", type: "number", min: 100, max: 1000000, step: 100, start: 50000, label: { en: "People in your town", nl: "Mensen in jouw gemeente" }, unit: { en: "", nl: "" } },
      { name: "order", options: [["number", { en: "number, largest first", nl: "aantal, het grootste eerst" }], ["name", { en: "name", nl: "naam" }], ["basis", { en: "how it is known", nl: "hoe we het weten" }]], start: "number", label: { en: "In order of", nl: "Op volgorde van" } },
    ],
    model: ({ town }, { rows, population }) => ({ rates: rows.map(({ people }) => 1000 * people / population), here: rows.map(({ people }) => town * people / population) }),
    table: ({ order }, { rates, here }, write, { rows }, lang) => {
      const made = rows.map((row, place) => ({ ...row, rate: rates[place], here: here[place] })).sort((a, b) => (
        order === "number" ? b.people - a.people : order === "name" ? a[lang].localeCompare(b[lang], lang) : a.basis.localeCompare(b.basis) || b.people - a.people));
      return {
        caption: { en: "If your town were like the whole country", nl: "Als jouw gemeente zou zijn als heel Nederland" },
        head: [{ en: "condition", nl: "aandoening" }, { en: "of 1,000", nl: "van 1.000" }, { en: "here", nl: "hier" }],
        rows: made.map((row) => [`${row[lang]}, ${bases[row.basis][lang]}`, write(row.rate, 1), write(Number(row.here.toPrecision(2)))]),
      };
    },
    say: {
      en: ({ town }, { here }, write, { rows }) => { const most = here.indexOf(Math.max(...here)); return `In a town of ${write(town)} people that is like the whole country, about ${write(Number(here[most].toPrecision(2)))} people have what is most common: ${rows[most].en.toLowerCase()}. Do not add the numbers up: one person can have several.`; },
      nl: ({ town }, { here }, write, { rows }) => { const most = here.indexOf(Math.max(...here)); return `In een gemeente van ${write(town)} mensen die is als heel Nederland, hebben ongeveer ${write(Number(here[most].toPrecision(2)))} mensen wat het meest voorkomt: ${rows[most].nl.toLowerCase()}. Tel de getallen niet op: één mens kan er meer hebben.`; },
    },
  });
}
