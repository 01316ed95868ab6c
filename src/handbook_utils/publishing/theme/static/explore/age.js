// How many kinds of bacteria children have, by age: quantiles of the children of the page, a line between the ages.
"use strict";
explore("age", {
  knobs: [{ name: "month", min: 0, max: 27, step: 1, start: 6, label: { en: "Age", nl: "Leeftijd" }, unit: { en: "months", nl: "maanden" } }],
  model: ({ month }, facts) => {
    const ages = facts.month, after = Math.max(1, ages.findIndex((one) => one >= month)), part = Math.max(0, Math.min(1, (month - ages[after - 1]) / (ages[after] - ages[after - 1])));
    const between = (values) => values[after - 1] + part * (values[after] - values[after - 1]);
    return { low: between(facts.low), middle: between(facts.middle), high: between(facts.high) };
  },
  line: ({ month }, { low, high }, write, facts) => ({
    x: { max: 27, label: { en: "age in months", nl: "leeftijd in maanden" } },
    y: { max: 40, top: "40", label: { en: "kinds, if all were equally common", nl: "soorten, als ze even vaak voorkwamen" } },
    series: [
      { label: { en: "the middle child", nl: "het middelste kind" }, colour: "#0072B2", points: facts.month.map((one, place) => [one, facts.middle[place]]) },
      { label: { en: "8 of 10 lie between", nl: "8 van de 10 liggen ertussen" }, colour: "#56B4E9", dash: true, points: facts.month.map((one, place) => [one, facts.low[place]]) },
      { colour: "#56B4E9", dash: true, points: facts.month.map((one, place) => [one, facts.high[place]]) },
      { label: { en: "this age", nl: "deze leeftijd" }, colour: "#D55E00", points: [[month, low], [month, high]] },
    ],
  }),
  say: {
    en: ({ month }, { low, middle, high }, write, { children }) => `Of these ${write(children)} children, the middle one has about ${write(middle)} kinds at ${write(month)} months. Eight of ten have between ${write(low)} and ${write(high)}. More is not better, and a child outside is not ill.`,
    nl: ({ month }, { low, middle, high }, write, { children }) => `Van deze ${write(children)} kinderen heeft het middelste bij ${write(month)} maanden ongeveer ${write(middle)} soorten. Acht van de tien hebben er tussen ${write(low)} en ${write(high)}. Meer is niet beter, en een kind daarbuiten is niet ziek.`,
  },
});
