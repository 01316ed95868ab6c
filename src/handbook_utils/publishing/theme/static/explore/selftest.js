// Reading a self-test: two results of one person with a limit between them. The score varies normally on the logarithm.
"use strict";
explore("selftest", {
  knobs: [
    { name: "what", options: [["stool", { en: "the same stool again", nl: "dezelfde poep nog een keer" }], ["day", { en: "another day", nl: "een andere dag" }], ["company", { en: "another company", nl: "een ander bedrijf" }]], start: "day", label: { en: "What differs", nl: "Wat is er anders" } },
    { name: "score", min: 2, max: 20, step: .5, start: 9, digits: 1, label: { en: "Your usual score", nl: "Je gewone score" }, unit: { en: "", nl: "" } },
    { name: "limit", min: 2, max: 20, step: .5, start: 8, digits: 1, label: { en: "“Good” begins at", nl: "‘Goed’ begint bij" }, unit: { en: "", nl: "" } },
  ],
  model: ({ what, score, limit }, { spread }) => {
    const good = normal(Math.log(score / limit) / spread[what]), times = Math.exp(1.959963984540054 * spread[what]);
    return { good, differ: 2 * good * (1 - good), low: score / times, high: score * times };
  },
  bars: (_, { good, differ }, write) => [
    { label: { en: "told “good”", nl: "krijgt ‘goed’" }, share: good, colour: "#0072B2", text: write.of100(good) },
    { label: { en: "told “not good”", nl: "krijgt ‘niet goed’" }, share: 1 - good, colour: "#D55E00", text: write.of100(1 - good) },
    { label: { en: "two tests, two verdicts", nl: "twee tests, twee uitslagen" }, share: differ, colour: "currentColor", text: write.of100(differ) },
  ],
  say: {
    en: (_, { differ, low, high }, write) => `In this model your result can be anything from ${write(low, 1)} to ${write(high, 1)}. Test twice, and in ${write.of100(differ)} of 100 cases one result says “good” and the other “not good”, although nothing happened to you. No limit of this kind separates healthy from ill.`,
    nl: (_, { differ, low, high }, write) => `In dit model kan je uitslag van ${write(low, 1)} tot ${write(high, 1)} zijn. Test je twee keer, dan zegt in ${write.of100(differ)} van de 100 gevallen de ene test ‘goed’ en de andere ‘niet goed’, terwijl er met jou niets is gebeurd. Zo’n grens scheidt niet gezond van ziek.`,
  },
});
