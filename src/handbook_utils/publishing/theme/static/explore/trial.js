// What 13 of 16 means: Wilson's interval of a share, Arm.interval of handbook_utils.analysis.models.trials.
"use strict";
explore("trial", {
  knobs: [
    { name: "treated", min: 4, max: 200, step: 1, start: 16, label: { en: "Patients treated", nl: "Behandelde patiënten" }, unit: { en: "", nl: "" } },
    { name: "percent", min: 0, max: 100, step: 1, start: 81, label: { en: "Cured", nl: "Genezen" }, unit: { en: "%", nl: "%" } },
  ],
  model: ({ treated, percent }) => {
    const cured = Math.round(treated * percent / 100), share = cured / treated, z = 1.959963984540054;
    const middle = (cured + z * z / 2) / (treated + z * z);
    const half = z / (treated + z * z) * Math.sqrt(treated * share * (1 - share) + z * z / 4);
    return { cured, low: middle - half, high: middle + half };
  },
  bars: ({ treated }, { cured, low, high }, write) => [
    { label: { en: "cured here", nl: "hier genezen" }, share: cured / treated, colour: "#0072B2", text: `${write.of100(cured / treated)}%` },
    { label: { en: "at least", nl: "minstens" }, share: low, colour: "#56B4E9", text: `${write.of100(low)}%` },
    { label: { en: "at most", nl: "hoogstens" }, share: high, colour: "#56B4E9", text: `${write.of100(high)}%` },
  ],
  say: {
    en: ({ treated }, { cured, low, high }, write) => `${write(cured)} of ${write(treated)} were cured. In all such patients the share may well lie anywhere from ${write.of100(low)} to ${write.of100(high)} per cent. With more patients you know it better.`,
    nl: ({ treated }, { cured, low, high }, write) => `${write(cured)} van de ${write(treated)} genazen. Bij alle patiënten zoals zij kan dat goed ergens tussen ${write.of100(low)} en ${write.of100(high)} procent liggen. Met meer patiënten weet je het beter.`,
  },
});
