// How chance finds differences: tests of what does not differ, each with a chance of one in twenty of a "finding".
"use strict";
explore("chance", {
  knobs: [
    { name: "tests", min: 1, max: 200, step: 1, start: 20, label: { en: "Groups of bacteria that are compared", nl: "Groepen bacteriën die je vergelijkt" }, unit: { en: "", nl: "" } },
    { name: "level", min: .1, max: 10, step: .1, start: 5, digits: 1, label: { en: "A finding is what chance gives in", nl: "Een vondst is wat toeval geeft bij" }, unit: { en: "% of the groups, or fewer", nl: "% van de groepen of minder" } },
  ],
  model: ({ tests, level }) => ({ expected: tests * level / 100, any: 1 - (1 - level / 100) ** tests }),
  bars: ({ tests }, { expected, any }, write) => [
    { label: { en: "false findings", nl: "valse vondsten" }, share: expected / tests, colour: "#E69F00", text: write(expected, 1) },
    { label: { en: "chance of one or more", nl: "kans op een of meer" }, share: any, colour: "#D55E00", text: `${write.of100(any)}%` },
  ],
  say: {
    en: ({ tests }, { expected, any }, write) => `Two groups of people do not differ at all, and you compare ${write(tests)} groups of bacteria that have nothing to do with each other. Chance alone then gives ${write(expected, 1)} findings on average, and at least one with a chance of ${write.of100(any)} per cent.`,
    nl: ({ tests }, { expected, any }, write) => `Twee groepen mensen verschillen helemaal niet, en je vergelijkt ${write(tests)} groepen bacteriën die niets met elkaar te maken hebben. Alleen door toeval vind je dan gemiddeld ${write(expected, 1)} verschillen. De kans op minstens één is ${write.of100(any)} procent.`,
  },
});
