// Answers of a class before and after: compare_answers of handbook_utils.analysis.models.answers.
"use strict";
explore("awareness", {
  knobs: [
    { name: "pupils", min: 5, max: 200, step: 1, start: 28, label: { en: "Pupils", nl: "Leerlingen" }, unit: { en: "", nl: "" } },
    { name: "known", min: 0, max: 100, step: 5, start: 40, label: { en: "Right before the lesson", nl: "Goed vóór de les" }, unit: { en: "of 100", nl: "van de 100" } },
    { name: "learnt", min: 0, max: 100, step: 5, start: 50, label: { en: "Of the others, right afterwards", nl: "Van de anderen daarna goed" }, unit: { en: "of 100", nl: "van de 100" } },
    { name: "forgot", min: 0, max: 100, step: 5, start: 10, label: { en: "Of those who were right, wrong afterwards", nl: "Van wie het goed had, daarna fout" }, unit: { en: "of 100", nl: "van de 100" } },
  ],
  model: ({ pupils, known, learnt, forgot }) => {
    const before = Math.round(pupils * known / 100), gained = Math.round((pupils - before) * learnt / 100), lost = Math.round(before * forgot / 100);
    const up = gained + .5, down = lost + .5, n = pupils + 2, centre = (up - down) / n;
    const half = 1.959963984540054 * Math.sqrt(up + down - (up - down) ** 2 / n) / n;
    // McNemar's test: as many would gain as lose, if nothing was learnt.
    const changed = gained + lost, fewest = Math.min(gained, lost);
    let p = 0;
    for (let k = 0, term = .5 ** changed; k <= fewest; term *= (changed - k) / (k + 1), k++) p += term;
    return { before, after: before + gained - lost, gained, lost, low: Math.max(-1, centre - half), high: Math.min(1, centre + half), p: Math.min(1, 2 * p) };
  },
  bars: ({ pupils }, { before, after }, write) => [
    { label: { en: "right before", nl: "goed vóór de les" }, share: before / pupils, colour: "#E69F00", text: write(before) },
    { label: { en: "right after", nl: "goed na de les" }, share: after / pupils, colour: "#0072B2", text: write(after) },
  ],
  say: {
    en: ({ pupils }, { gained, lost, low, high, p }, write) => `${write(gained)} of ${write(pupils)} went from wrong to right, and ${write(lost)} from right to wrong. In all such pupils the change may well lie from ${write.of100(low)} to ${write.of100(high)} of 100. If nothing was learnt, chance would change this much or more in ${p < .001 ? "fewer than 1 of 1,000" : `${write(1000 * p)} of 1,000`} classes. That the lesson did it, only a class without the lesson can show.`,
    nl: ({ pupils }, { gained, lost, low, high, p }, write) => `${write(gained)} van de ${write(pupils)} gingen van fout naar goed, en ${write(lost)} van goed naar fout. Bij alle leerlingen zoals zij ligt de verandering waarschijnlijk tussen ${write.of100(low)} en ${write.of100(high)} van de 100. Als niemand iets had geleerd, geeft toeval zo’n verschil of een groter in ${p < .001 ? "minder dan 1 van de 1.000" : `${write(1000 * p)} van de 1.000`} klassen. Dat de les het deed, kan alleen een klas zonder de les laten zien.`,
  },
});
