// How much numbers of kinds change between ordinary days: changes_between of handbook_utils.analysis.models.retest.
"use strict";
{
  // As many as the two bars say together.
  const changed = (more, fewer, write) => { const [[ups, downs], digits] = write.adding(more, fewer, 1 - more - fewer); return write(ups + downs, digits); };
  explore("ordinary", {
    knobs: [{ name: "change", min: 1, max: 60, step: 1, start: 20, label: { en: "A change of at least", nl: "Een verandering van minstens" }, unit: { en: "%", nl: "%" } }],
    model: ({ change }, { changes }) => {
      const share = (sign) => changes.filter((one) => sign * one >= change / 100 - 1e-9).length / changes.length;
      return { more: share(1), fewer: share(-1) };
    },
    bars: (_, { more, fewer }, write) => {
      const [[ups, downs], digits] = write.adding(more, fewer, 1 - more - fewer);
      return [
        { label: { en: "that many more kinds", nl: "zoveel meer soorten" }, share: more, colour: "#0072B2", text: write(ups, digits) },
        { label: { en: "that many fewer kinds", nl: "zoveel minder soorten" }, share: fewer, colour: "#D55E00", text: write(downs, digits) },
      ];
    },
    say: {
      en: ({ change }, { more, fewer }, write, { changes }) => `Two men, ${write(changes.length)} pairs of ordinary days: in ${changed(more, fewer, write)} of 100 pairs the number of kinds changed by ${write(change)} per cent or more, though nothing special happened. So ask what a change is compared with.`,
      nl: ({ change }, { more, fewer }, write, { changes }) => `Twee mannen, ${write(changes.length)} paren van gewone dagen: bij ${changed(more, fewer, write)} van de 100 paren veranderde het aantal soorten ${write(change)} procent of meer, terwijl er niets bijzonders was. Vraag dus waarmee een verandering is vergeleken.`,
    },
  });
}
