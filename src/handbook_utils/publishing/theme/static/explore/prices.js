// Fibre for little money, with the reader's own prices: priced and by_day of handbook_utils.analysis.models.menu.
"use strict";
{
  const asked = ["bread-wholemeal", "bread-white", "oats", "lentils", "potatoes"];
  const cost = ({ foods }, values, food) => { const [, , , refuse, price] = foods[food]; return (values[food] ?? price) / 10 / (1 - refuse / 100); };
  const price = (food, en, nl) => ({ name: food, type: "number", min: .1, max: 30, step: .05, digits: 2, start: ({ foods }) => foods[food][4], label: { en: `A kilo of ${en}`, nl: `Een kilo ${nl}` }, unit: { en: "euro", nl: "euro" } });
  explore("prices", {
    knobs: [
      { name: "kind", options: [["wholemeal", { en: "wholemeal", nl: "volkoren" }], ["white", { en: "white", nl: "wit" }]], start: "wholemeal", label: { en: "Bread, pasta and rice", nl: "Brood, pasta en rijst" } },
      price(asked[0], "wholemeal bread", "volkorenbrood"), price(asked[1], "white bread", "witbrood"), price(asked[2], "rolled oats", "havermout"), price(asked[3], "dry lentils", "droge linzen"), price(asked[4], "potatoes", "aardappelen"),
    ],
    model: (values, facts) => {
      let fibre = 0, euros = 0;
      for (const [wholemeal, grams] of Object.entries(facts.day)) {
        const food = values.kind === "white" ? facts.white[wholemeal] ?? wholemeal : wholemeal;
        fibre += grams / 100 * facts.foods[food][2];
        euros += grams / 100 * cost(facts, values, food);
      }
      return { fibre, euros, ten: asked.map((food) => 10 * cost(facts, values, food) / facts.foods[food][2]) };
    },
    bars: (_, { ten }, write, { foods }) => asked.map((food, place) => ({ label: { en: foods[food][0], nl: foods[food][1] }, share: ten[place] / Math.max(...ten), colour: "#009E73", text: `€ ${write(ten[place], 2)}` })),
    say: {
      en: (_, { fibre, euros }, write) => `The bars say what 10 grams of fibre cost. The week of this page gives ${write(fibre)} grams of fibre a day, and what is counted costs ${write(euros, 2)} euro a day. The first prices are invented: put in your own.`,
      nl: (_, { fibre, euros }, write) => `De balken zeggen wat 10 gram vezels kost. De week van deze pagina geeft ${write(fibre)} gram vezels per dag, en wat is meegeteld kost ${write(euros, 2)} euro per dag. De eerste prijzen zijn verzonnen: vul je eigen prijzen in.`,
    },
  });
}
