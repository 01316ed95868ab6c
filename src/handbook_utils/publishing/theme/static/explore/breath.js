// What a breath test says of 100 people: tested of handbook_utils.analysis.models.screening.
"use strict";
{
  // Whole people of each kind, as the dots show them and the sentence counts them.
  const people = ({ found, missed, alarmed }) => {
    const [a, b, c] = [found, found + missed, found + missed + alarmed].map(Math.round);
    return { hit: a, lost: b - a, scared: c - b, rest: 100 - c };
  };
  explore("breath", {
    knobs: [
      { name: "share", min: 0, max: 100, step: 1, start: 20, label: { en: "Of 100 people, so many really have it (nobody knows: choose)", nl: "Van 100 mensen hebben zoveel het echt (niemand weet het: kies)" }, unit: { en: "", nl: "" } },
      { name: "sensitivity", min: 0, max: 100, step: .1, start: 54.5, digits: 1, label: { en: "Of those, the test finds", nl: "Daarvan vindt de test" }, unit: { en: "of 100", nl: "van de 100" } },
      { name: "specificity", min: 0, max: 100, step: .1, start: 83.2, digits: 1, label: { en: "Of the others, the test clears", nl: "Van de anderen zegt de test terecht nee bij" }, unit: { en: "of 100", nl: "van de 100" } },
    ],
    model: ({ share, sensitivity, specificity }) => {
      const found = share * sensitivity / 100, cleared = (100 - share) * specificity / 100, alarmed = 100 - share - cleared;
      return { found, missed: share - found, alarmed, cleared, right: found + alarmed ? 100 * found / (found + alarmed) : 0 };
    },
    dots: (_, found) => {
      const { hit, lost, scared, rest } = people(found);
      return [
        { label: { en: "have it, and the test says yes", nl: "hebben het, en de test zegt ja" }, count: hit, colour: "#0072B2" },
        { label: { en: "have it, and the test says no", nl: "hebben het, en de test zegt nee" }, count: lost, colour: "#56B4E9" },
        { label: { en: "do not have it, and the test says yes", nl: "hebben het niet, en de test zegt ja" }, count: scared, colour: "#D55E00" },
        { label: { en: "do not have it, and the test says no", nl: "hebben het niet, en de test zegt nee" }, count: rest, colour: "#8C8C8C" },
      ];
    },
    say: {
      en: (_, found, write) => { const { hit, lost, scared } = people(found); return `The test says yes to ${write(hit + scared)} of 100 people. ${hit + scared ? `Of every 100 to whom it says yes, ${write.of100(found.right / 100)} really have it.` : ""} It misses ${write(lost)}. A result alone is no diagnosis: talk about it with your doctor.`; },
      nl: (_, found, write) => { const { hit, lost, scared } = people(found); return `De test zegt ja tegen ${write(hit + scared)} van de 100 mensen. ${hit + scared ? `Van elke 100 tegen wie hij ja zegt, hebben er ${write.of100(found.right / 100)} het echt.` : ""} Hij mist er ${write(lost)}. Een uitslag alleen is geen diagnose: praat erover met je dokter.`; },
    },
  });
}
