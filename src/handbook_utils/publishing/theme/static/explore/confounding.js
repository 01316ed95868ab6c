// A medicine that changes both bacteria and symptoms: what a large study finds, slope of handbook_utils.analysis.models.causality.
"use strict";
{
  const strength = (name, start, en, nl) => ({ name, min: -3, max: 3, step: .1, start, digits: 1, label: { en, nl }, unit: { en: "", nl: "" } });
  explore("confounding", {
    knobs: [
      strength("bacteria", -1.5, "The medicine changes the bacteria by", "Het medicijn verandert de bacteriën met"),
      strength("symptoms", 1.5, "The medicine changes the symptoms by", "Het medicijn verandert de klachten met"),
      strength("truth", 0, "What the bacteria really do to symptoms", "Wat de bacteriën echt doen met de klachten"),
      { name: "quality", min: 0, max: 100, step: 10, start: 50, label: { en: "How well the study knows who takes it", nl: "Hoe goed het onderzoek weet wie het slikt" }, unit: { en: "%", nl: "%" } },
    ],
    model: ({ bacteria, symptoms, truth, quality }) => {
      // Half of the people take it: a variance of a quarter, of which a poor measurement leaves a part unexplained.
      const bias = (spread) => truth + bacteria * symptoms * spread / (bacteria * bacteria * spread + 1);
      return { plain: bias(.25), adjusted: bias(.25 * (1 - (quality / 100) ** 2)) };
    },
    bars: ({ truth }, { plain, adjusted }, write) => [
      { label: { en: "just compared", nl: "zomaar vergeleken" }, share: Math.abs(plain) / 4, colour: "#D55E00", text: write(plain, 2) },
      { label: { en: "with and without, separately", nl: "met en zonder apart" }, share: Math.abs(adjusted) / 4, colour: "#0072B2", text: write(adjusted, 2) },
      { label: { en: "the truth", nl: "de waarheid" }, share: Math.abs(truth) / 4, colour: "#009E73", text: write(truth, 2) },
    ],
    say: {
      en: ({ truth, quality }, { plain, adjusted }, write) => `In this made-up world the truth is ${write(truth, 1)}. A simple comparison finds ${write(plain, 2)}. A comparison of people with and without the medicine separately, knowing ${write(quality)} per cent of who takes it, finds ${write(adjusted, 2)}. More people do not solve that.`,
      nl: ({ truth, quality }, { plain, adjusted }, write) => `In deze verzonnen wereld is de waarheid ${write(truth, 1)}. Wie zomaar vergelijkt, vindt ${write(plain, 2)}. Wie mensen met en zonder medicijn apart vergelijkt, en dat voor ${write(quality)} procent goed weet, vindt ${write(adjusted, 2)}. Met meer mensen wordt dat niet beter.`,
    },
  });
}
