// How far two groups lie over each other: two normal distributions, so many standard deviations apart.
"use strict";
explore("overlap", {
  knobs: [{ name: "apart", min: 0, max: 3, step: .05, start: .3, digits: 2, label: { en: "The means differ by", nl: "De gemiddelden verschillen" }, unit: { en: "standard deviations", nl: "standaarddeviaties" } }],
  model: ({ apart }) => ({ pairs: normal(apart / Math.SQRT2), shared: 2 * normal(-apart / 2), right: normal(apart / 2) }),
  line: ({ apart }) => {
    const bell = (middle) => Array.from({ length: 81 }, (_, place) => [place / 10, Math.exp(-((place / 10 - 4 - middle) ** 2) / 2)]);
    return {
      x: { max: 8, label: { en: "fewer kinds … more kinds", nl: "minder soorten … meer soorten" } }, y: { max: 1.05, top: "", label: { en: "how many people", nl: "hoeveel mensen" } },
      series: [{ label: { en: "people with the illness", nl: "mensen met de ziekte" }, colour: "#D55E00", points: bell(-apart / 2) }, { label: { en: "people without", nl: "mensen zonder" }, colour: "#0072B2", dash: true, points: bell(apart / 2) }],
    };
  },
  say: {
    en: (_, { pairs, shared, right }, write) => `Take one of each group: in ${write.of100(pairs)} of 100 pairs the ill one has fewer kinds; without any difference it would be 50. The groups share ${write.of100(shared)} of 100. A test by this alone would be right in ${write.of100(right)} of 100, and a coin in 50.`,
    nl: (_, { pairs, shared, right }, write) => `Neem er van elke groep één: bij ${write.of100(pairs)} van de 100 paren heeft de zieke minder soorten; zonder verschil zou dat 50 zijn. De groepen vallen voor ${write.of100(shared)} van de 100 samen. Een test hiermee heeft bij ${write.of100(right)} van de 100 gelijk, en een muntje bij 50.`,
  },
});
