// From fibre to acids, every day alike: acids_a_day of handbook_utils.analysis.models.fermentation.
"use strict";
explore("fibre", {
  knobs: [
    { name: "fibre", min: 0, max: 60, step: 1, start: 15, label: { en: "Fibre a day", nl: "Vezels per dag" }, unit: { en: "grams", nl: "gram" } },
    { name: "fermentable", min: 0, max: 100, step: 5, start: 70, label: { en: "Of it, bacteria can digest", nl: "Daarvan kunnen bacteriën verteren" }, unit: { en: "%", nl: "%" } },
    { name: "transit", min: 10, max: 120, step: 5, start: 40, label: { en: "Time in the large intestine", nl: "Tijd in de dikke darm" }, unit: { en: "hours", nl: "uur" } },
  ],
  model: ({ fibre, fermentable, transit }) => {
    const acids = .7 * 100 / (60 / 2 + 20 / 2 + 20), rate = Math.LN2 / 6;
    return { acids: acids * fibre * fermentable / 100 * 1000 / 162.14 * rate / (rate + 1 / transit) };
  },
  bars: ({ fibre }, { acids }, write) => [
    { label: { en: "fibre", nl: "vezels" }, share: fibre / 60, colour: "#009E73", text: `${write(fibre)} g` },
    { label: { en: "acids", nl: "zuren" }, share: acids / 400, colour: "#CC79A7", text: `${write(acids)} mmol` },
  ],
  say: {
    en: ({ fibre }, { acids }, write) => `In this model, bacteria make ${write(acids)} mmol of acids a day from ${write(fibre)} grams of fibre. A model is a calculation, not proof.`,
    nl: ({ fibre }, { acids }, write) => `In dit model maken bacteriën van ${write(fibre)} gram vezels ${write(acids)} mmol zuren per dag. Een model is een rekensom, geen bewijs.`,
  },
});
