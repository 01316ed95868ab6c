// How alike are two people: Renkonen's similarity of real women, renkonen_similarity of handbook_utils.analysis.taxa.similarity.
"use strict";
{
  const women = ({ women }, lang) => women.map((_, place) => [String(place + 1), `${lang === "nl" ? "vrouw" : "woman"} ${place + 1}`]);
  const visits = [["1", { en: "first stool", nl: "eerste keer" }], ["2", { en: "two months later", nl: "twee maanden later" }]];
  const shares = ({ groups, women }, woman, visit) => {
    const pairs = women[woman - 1][visit - 1], made = groups.map(() => 0);
    let all = 0;
    for (let place = 0; place < pairs.length; place += 2) { made[pairs[place]] = pairs[place + 1]; all += pairs[place + 1]; }
    return made.map((reads) => reads / all);
  };
  explore("alike", {
    knobs: [
      { name: "one", options: women, start: "1", label: { en: "Compare", nl: "Vergelijk" } },
      { name: "when", options: visits, start: "1", label: { en: "her", nl: "haar" } },
      { name: "other", options: women, start: "2", label: { en: "With", nl: "Met" } },
      { name: "then", options: visits, start: "2", label: { en: "her", nl: "haar" } },
    ],
    model: ({ one, when, other, then }, facts) => {
      const first = shares(facts, one, when), second = shares(facts, other, then);
      return { shared: 100 * first.reduce((sum, share, place) => sum + Math.min(share, second[place]), 0) };
    },
    bars: ({ one, when, other, then }, { shared }, write, facts) => {
      const first = shares(facts, one, when), second = shares(facts, other, then);
      const named = facts.groups.map((group, place) => [group, first[place], second[place]]).filter(([group]) => group !== "Unknown");
      const largest = named.sort((a, b) => Math.max(b[1], b[2]) - Math.max(a[1], a[2])).slice(0, 4);
      return [
        { label: { en: "shared", nl: "gelijk" }, share: shared / 100, colour: "currentColor", text: write.of100(shared / 100) },
        ...largest.flatMap(([group, ...two]) => two.map((share, place) => ({ label: place ? "" : group, share, colour: ["#0072B2", "#E69F00"][place], text: write.of100(share) }))),
      ];
    },
    say: {
      en: ({ one, other }, { shared }, write) => `Of every 100 bacteria, ${one === other ? `this woman shares ${write.of100(shared / 100)} with herself` : `these two women share ${write.of100(shared / 100)}`}. Blue is the first stool, orange the second. Other women would share another number.`,
      nl: ({ one, other }, { shared }, write) => `Van elke 100 bacteriën ${one === other ? `heeft deze vrouw er ${write.of100(shared / 100)} gelijk met zichzelf` : `hebben deze twee vrouwen er ${write.of100(shared / 100)} gelijk`}. Blauw is de eerste poep, oranje de tweede. Bij andere vrouwen is het een ander getal.`,
    },
  });
}
