// A place among others, today and on another day, and what a limit does: part_below and unusual_in_reference of
// handbook_utils.analysis.models.placement.
"use strict";
explore("status", {
  knobs: [
    { name: "variety", min: 2, max: 30, step: .5, start: 9, digits: 1, label: { en: "How varied a sample is", nl: "Hoe gevarieerd een monster is" }, unit: { en: "groups", nl: "groepen" } },
    { name: "central", options: ({ central }) => central.map((one) => [String(one), String(one)]), start: "95", label: { en: "Usual is what so many of 100 others have", nl: "Gewoon is wat zoveel van de 100 anderen hebben" } },
  ],
  model: ({ variety, central }, facts) => {
    const below = (value) => facts.variety.reduce((sum, one) => sum + (one < value) + (one === value) / 2, 0) / facts.variety.length;
    const times = Math.exp(1.959963984540054 * Math.SQRT2 * facts.sd), place = facts.central.indexOf(+central);
    return { below: below(variety), low: below(variety / times), high: below(variety * times), any: facts.any[place], mean: facts.mean[place] };
  },
  bars: (_, { below, low, high, any }, write) => [
    { label: { en: "others with less", nl: "anderen met minder" }, share: below, colour: "#0072B2", text: write.of100(below) },
    { label: { en: "another day, at least", nl: "andere dag, minstens" }, share: low, colour: "#56B4E9", text: write.of100(low) },
    { label: { en: "another day, at most", nl: "andere dag, hoogstens" }, share: high, colour: "#56B4E9", text: write.of100(high) },
    { label: { en: "have something unusual", nl: "hebben iets ongewoons" }, share: any, colour: "#E69F00", text: write.of100(any) },
  ],
  say: {
    en: ({ central }, { below, low, high, any }, write) => `Of every 100 others, ${write.of100(below)} have less variety. On another day that could be ${write.of100(low)} to ${write.of100(high)}. If what ${central} of 100 others have is called usual, ${write.of100(any)} of 100 people have something unusual. None of it says whether you are healthy.`,
    nl: ({ central }, { below, low, high, any }, write) => `Van elke 100 anderen hebben er ${write.of100(below)} minder variatie. Op een andere dag kan dat ${write.of100(low)} tot ${write.of100(high)} zijn. Noem je gewoon wat ${central} van de 100 anderen hebben, dan hebben ${write.of100(any)} van de 100 mensen iets ongewoons. Niets hiervan zegt of je gezond bent.`,
  },
});
