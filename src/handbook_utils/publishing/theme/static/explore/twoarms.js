// Two treatments side by side: compare of handbook_utils.analysis.models.trials (Newcombe's interval of two of Wilson's).
"use strict";
{
  const wilson = (cured, treated) => {
    const z = 1.959963984540054, share = cured / treated, middle = (cured + z * z / 2) / (treated + z * z);
    const half = z / (treated + z * z) * Math.sqrt(treated * share * (1 - share) + z * z / 4);
    return [share, middle - half, middle + half];
  };
  const percent = (name, start, en, nl) => ({ name, min: 0, max: 100, step: 1, start, label: { en, nl }, unit: { en: "of 100", nl: "van de 100" } });
  explore("twoarms", {
    knobs: [
      { name: "treated", min: 5, max: 300, step: 1, start: 30, label: { en: "People in each group", nl: "Mensen in elke groep" }, unit: { en: "", nl: "" } },
      percent("first", 70, "Calm with the first diet", "Rustig met het eerste dieet"), percent("second", 60, "Calm with the second diet", "Rustig met het tweede dieet"),
    ],
    model: ({ treated, first, second }) => {
      const counts = [first, second].map((one) => Math.round(treated * one / 100)), [[a, aLow, aHigh], [b, bLow, bHigh]] = counts.map((one) => wilson(one, treated));
      return { one: counts[0], other: counts[1], difference: a - b, low: a - b - Math.hypot(a - aLow, bHigh - b), high: a - b + Math.hypot(aHigh - a, b - bLow) };
    },
    bars: ({ treated }, { one, other }, write) => [
      { label: { en: "first diet", nl: "eerste dieet" }, share: one / treated, colour: "#0072B2", text: `${write(one)}/${write(treated)}` },
      { label: { en: "second diet", nl: "tweede dieet" }, share: other / treated, colour: "#E69F00", text: `${write(other)}/${write(treated)}` },
    ],
    say: {
      en: (_, { difference, low, high }, write) => `Here the difference is ${write(100 * difference)} of 100. In all such people it may well lie from ${write(100 * low)} to ${write(100 * high)}. ${low < 0 && high > 0 ? "So it is not known which diet is better, and also not that they are the same." : "So one does better, if the study was fair."}`,
      nl: (_, { difference, low, high }, write) => `Hier is het verschil ${write(100 * difference)} van de 100. Bij alle mensen zoals zij kan het goed tussen ${write(100 * low)} en ${write(100 * high)} liggen. ${low < 0 && high > 0 ? "Dus weten we niet welk dieet beter is, en ook niet dat ze gelijk zijn." : "Dus werkt er één beter, als het onderzoek eerlijk was."}`,
    },
  });
}
