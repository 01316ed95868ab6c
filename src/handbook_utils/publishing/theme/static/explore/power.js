// The chance that a study finds a difference that is there: t_power of handbook_utils.analysis.sample_size.
"use strict";
{
  // The noncentral t distribution: the normal one, averaged over the spread that a study of this size may find.
  const power = (effect, people, critical) => {
    const free = 2 * people - 2, shift = effect * Math.sqrt(people / 2), step = .02 / Math.sqrt(free);
    let all = 0, found = 0;
    for (let spread = step; spread < 1 + 9 / Math.sqrt(2 * free) + 1; spread += step) {
      const weight = Math.exp((free - 1) * Math.log(spread) - free * (spread * spread - 1) / 2);
      all += weight;
      found += weight * (1 - normal(critical * spread - shift) + normal(-critical * spread - shift));
    }
    return found / all;
  };
  explore("power", {
    knobs: [
      { name: "people", min: 5, max: 150, step: 1, start: 20, label: { en: "People in each of two groups", nl: "Mensen in elk van twee groepen" }, unit: { en: "", nl: "" } },
      { name: "effect", min: .1, max: 1.5, step: .1, start: .5, digits: 1, label: { en: "How large the difference really is", nl: "Hoe groot het verschil echt is" }, unit: { en: "standard deviations", nl: "standaarddeviaties" } },
    ],
    model: ({ people, effect }, { critical }) => ({ chance: power(effect, people, critical[people - 5]) }),
    bars: (_, { chance }, write) => [
      { label: { en: "finds it", nl: "vindt het" }, share: chance, colour: "#0072B2", text: write.of100(chance) },
      { label: { en: "misses it", nl: "mist het" }, share: 1 - chance, colour: "#D55E00", text: write.of100(1 - chance) },
    ],
    say: {
      en: ({ people }, { chance }, write) => `The difference is there. Of 100 studies with ${write(people)} people in each group, ${write.of100(chance)} find it. The others say “no difference”. Every extra person who takes part helps.`,
      nl: ({ people }, { chance }, write) => `Het verschil is er echt. Van 100 onderzoeken met ${write(people)} mensen in elke groep vinden er ${write.of100(chance)} het. De andere zeggen ‘geen verschil’. Elke deelnemer erbij helpt.`,
    },
  });
}
