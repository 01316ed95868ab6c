// A simulated gut, a course of antibiotics and who comes back: simulate_recovery of handbook_utils.analysis.models.recovery.
"use strict";
{
  const SPECIES = 40, STEP = .05, DAYS = 180, ALL = 1e13, SEEN = 1e-5;
  explore("recover", {
    knobs: [
      { name: "days", min: 0, max: 28, step: 1, start: 4, label: { en: "Days of antibiotics", nl: "Dagen antibiotica" }, unit: { en: "", nl: "" } },
      { name: "strength", min: 0, max: 20, step: 1, start: 8, label: { en: "How hard the medicine kills", nl: "Hoe hard het medicijn doodt" }, unit: { en: "a day at most", nl: "per dag hoogstens" } },
      { name: "outside", options: [["no", { en: "no", nl: "nee" }], ["yes", { en: "yes, now and then", nl: "ja, nu en dan" }]], start: "no", label: { en: "Do bacteria come in from outside?", nl: "Komen er bacteriën van buiten?" } },
    ],
    model: ({ days, strength, outside }, { sensitivity, arrivals }) => {
      const sizes = sensitivity.map((_, place) => 10 ** (-4 * place / (SPECIES - 1))), sum = (values) => values.reduce((a, b) => a + b, 0);
      const room = sizes.map((size) => ALL * size / sum(sizes)), first = room.map((size) => size / ALL), shared = [], seen = [];
      let cells = [...room], next = 0;
      const look = () => {
        const all = sum(cells), shares = cells.map((one) => one / (all || 1));
        shared.push(100 * sum(shares.map((one, place) => Math.min(one, first[place]))));
        seen.push(shares.filter((one, place) => first[place] >= SEEN && one >= SEEN).length);
      };
      look();
      for (let step = 0; step < DAYS / STEP; step++) {
        const crowd = .7 * sum(cells) / ALL;
        cells = cells.map((one, place) => {
          const rate = 1 - .3 * one / room[place] - crowd - (step * STEP < days ? strength * sensitivity[place] : 0), left = one * Math.exp(rate * STEP);
          return left < 1 ? 0 : left;
        });
        for (; next < arrivals.length && arrivals[next][0] === step; next++) if (outside === "yes") cells[arrivals[next][1]] += 1000 * arrivals[next][2];
        if ((step + 1) % Math.round(1 / STEP) === 0) look();
      }
      return { least: Math.min(...shared), end: shared[DAYS], before: seen[0], species: seen[DAYS], shared, seen };
    },
    line: ({ days }, { shared, seen, before }) => ({
      x: { max: DAYS, label: { en: "days from the start", nl: "dagen vanaf het begin" } },
      y: { max: 100, top: "100", label: { en: "of every 100", nl: "van elke 100" } },
      series: [
        { label: { en: "bacteria as before", nl: "bacteriën zoals eerst" }, colour: "#0072B2", points: shared.map((one, day) => [day, one]) },
        { label: { en: "species still there", nl: "soorten die er nog zijn" }, colour: "#D55E00", dash: true, points: seen.map((one, day) => [day, 100 * one / before]) },
        { label: { en: "antibiotics", nl: "antibiotica" }, colour: "#E69F00", points: [[0, 2], [days, 2]] },
      ],
    }),
    say: {
      en: ({ days }, { least, end, before, species }, write) => `In this simulated gut, after ${write(days)} days of antibiotics the mix falls to ${write.of100(least / 100)} of 100 as before. After half a year it is ${write.of100(end / 100)}, and ${write(species)} of ${write(before)} species are there. Never stop a course by yourself: a model is a calculation, not proof.`,
      nl: ({ days }, { least, end, before, species }, write) => `In deze nagebootste darm is na ${write(days)} dagen antibiotica op het laagst ${write.of100(least / 100)} van de 100 nog zoals eerst. Na een half jaar is dat ${write.of100(end / 100)}, en zijn er ${write(species)} van de ${write(before)} soorten. Stop nooit zelf met een kuur: een model is een rekensom, geen bewijs.`,
    },
  });
}
