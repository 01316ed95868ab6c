// How large the wall of the small intestine is: a tube, and how many times its folds and villi make it.
"use strict";
explore("surface", {
  knobs: [
    { name: "length", min: 1, max: 8, step: .1, start: 3.3, digits: 1, label: { en: "Length", nl: "Lengte" }, unit: { en: "metres", nl: "meter" } },
    { name: "width", min: 1, max: 6, step: .1, start: 2.5, digits: 1, label: { en: "Inner width", nl: "Breedte van binnen" }, unit: { en: "centimetres", nl: "centimeter" } },
    { name: "folds", min: 1, max: 5, step: .1, start: 1.6, digits: 1, label: { en: "Times as large by folds", nl: "Zoveel keer zo groot door plooien" }, unit: { en: "", nl: "" } },
    { name: "villi", min: 1, max: 1000, step: 1, start: 90, label: { en: "Times as large by villi and their hairs", nl: "Zoveel keer zo groot door vlokken en hun haartjes" }, unit: { en: "", nl: "" } },
  ],
  model: ({ length, width, folds, villi }) => { const tube = Math.PI * width / 100 * length; return { tube, wall: tube * folds * villi }; },
  bars: (_, { wall }, write) => [
    { label: { en: "your estimate", nl: "jouw som" }, share: wall / 250, colour: "#0072B2", text: `${write(wall)} m²` },
    { label: { en: "measured (whole gut)", nl: "gemeten (hele darm)" }, share: 32 / 250, colour: "#009E73", text: "32 m²" },
    { label: { en: "often heard", nl: "vaak verteld" }, share: 1, colour: "#E69F00", text: "250 m²" },
  ],
  say: {
    en: (_, { tube, wall }, write) => `As a smooth tube it is ${write(tube, 2)} square metres. With folds and villi it becomes ${write(wall)}. What must you turn up to reach a tennis court, and can a gut be like that?`,
    nl: (_, { tube, wall }, write) => `Als gladde buis is het ${write(tube, 2)} vierkante meter. Met plooien en vlokken wordt het ${write(wall)}. Wat moet je groter maken om een tennisbaan te krijgen, en kan een darm zo zijn?`,
  },
});
