// What an odds ratio means for 1,000 children.
"use strict";
explore("risk", {
  knobs: [
    { name: "base", min: 1, max: 500, step: 1, start: 100, label: { en: "Of 1,000 children without antibiotics, so many fall ill (choose)", nl: "Van 1.000 kinderen zonder antibiotica worden er zoveel ziek (kies)" }, unit: { en: "", nl: "" } },
    { name: "odds", min: .2, max: 4, step: .01, start: 1.19, digits: 2, label: { en: "Odds ratio of a study", nl: "Verhouding uit een onderzoek (oddsratio)" }, unit: { en: "", nl: "" } },
  ],
  model: ({ base, odds }) => { const risk = base / 1000, other = odds * risk / (1 - risk + odds * risk); return { with: 1000 * other, more: 1000 * (other - risk) }; },
  bars: ({ base }, found, write) => [
    { label: { en: "without", nl: "zonder" }, share: base / 1000, colour: "#0072B2", text: write(base) },
    { label: { en: "with", nl: "met" }, share: found.with / 1000, colour: "#E69F00", text: write(found.with) },
  ],
  say: {
    en: ({ base }, found, write) => `Of 1,000 children without antibiotics ${write(base)} fall ill, and of 1,000 with them ${write(found.with)}: ${write(Math.abs(found.more))} ${found.more < 0 ? "fewer" : "more"}. The others stay as they were. And it only says that they go together: something else can be the reason.`,
    nl: ({ base }, found, write) => `Van 1.000 kinderen zonder antibiotica worden er ${write(base)} ziek, en van 1.000 kinderen met antibiotica ${write(found.with)}: ${write(Math.abs(found.more))} ${found.more < 0 ? "minder" : "meer"}. Bij de anderen verandert er niets. En het zegt alleen dat ze samengaan: iets anders kan de reden zijn.`,
  },
});
