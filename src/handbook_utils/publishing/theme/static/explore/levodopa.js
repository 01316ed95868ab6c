// One dose of levodopa, and bacteria that break a part of it down: share_absorbed of handbook_utils.analysis.models.kinetics.
"use strict";
explore("levodopa", {
  knobs: [
    { name: "vmax", min: 0, max: 5, step: .1, start: 1, digits: 1, label: { en: "Bacteria break down at most", nl: "Bacteriën breken hoogstens af" }, unit: { en: "mg a minute", nl: "mg per minuut" } },
    { name: "emptying", min: 10, max: 120, step: 5, start: 30, label: { en: "Half of it has left the stomach after", nl: "De helft is uit de maag na" }, unit: { en: "minutes", nl: "minuten" } },
    { name: "dose", min: 50, max: 250, step: 25, start: 100, label: { en: "Dose", nl: "Dosis" }, unit: { en: "mg", nl: "mg" } },
  ],
  model: ({ vmax, emptying, dose }) => {
    const empty = Math.LN2 / emptying, absorb = Math.LN2 / 20, leave = 1 / 180, km = .2, volume = 100;
    // Runge and Kutta's fourth order; amounts in the stomach, in the bowel, absorbed, broken down (mg).
    const change = ([stomach, bowel]) => {
      const broken = vmax * bowel / volume / (km + bowel / volume);
      return [-empty * stomach, empty * stomach - (absorb + leave) * bowel - broken, absorb * bowel, broken];
    };
    let state = [dose, 0, 0, 0];
    const step = .5, add = (one, by) => state.map((value, place) => value + by * one[place]);
    for (let minute = 0; minute < 2880; minute += step) {
      const a = change(state), b = change(add(a, step / 2)), c = change(add(b, step / 2)), d = change(add(c, step));
      state = state.map((value, place) => value + step / 6 * (a[place] + 2 * b[place] + 2 * c[place] + d[place]));
    }
    return { absorbed: state[2] / dose, broken: state[3] / dose };
  },
  bars: (_, { absorbed, broken }, write) => [
    { label: { en: "into the blood", nl: "in het bloed" }, share: absorbed, colour: "#0072B2", text: `${write.of100(absorbed)}%` },
    { label: { en: "broken down", nl: "afgebroken" }, share: broken, colour: "#D55E00", text: `${write.of100(broken)}%` },
  ],
  say: {
    en: (_, { absorbed, broken }, write) => `In this model, ${write.of100(absorbed)} per cent of the medicine reaches the blood, and bacteria break down ${write.of100(broken)} per cent. Never change a dose yourself: the numbers are not yours.`,
    nl: (_, { absorbed, broken }, write) => `In dit model komt ${write.of100(absorbed)} procent van het medicijn in het bloed, en breken bacteriën ${write.of100(broken)} procent af. Verander nooit zelf je dosis: dit zijn niet jouw getallen.`,
  },
});
