// Who has been studied: people of studies counted, by_country of handbook_utils.analysis.models.studied.
"use strict";
{
  const any = ["any", { en: "all", nl: "alle" }];
  const ages = { newborn: { en: "babies", nl: "baby’s" }, child: { en: "small children", nl: "kleine kinderen" }, schoolage: { en: "of school age", nl: "schoolkinderen" }, adult: { en: "adults", nl: "volwassenen" }, senior: { en: "older people", nl: "ouderen" } };
  const ill = { control: { en: "without the illness", nl: "zonder de ziekte" }, IBD: { en: "IBD (Crohn, colitis)", nl: "IBD (Crohn, colitis)" }, CRC: { en: "bowel cancer", nl: "darmkanker" }, T2D: { en: "diabetes type 2", nl: "diabetes type 2" }, T1D: { en: "diabetes type 1", nl: "diabetes type 1" }, ACVD: { en: "heart and blood vessels", nl: "hart en vaten" }, cirrhosis: { en: "cirrhosis", nl: "levercirrose" }, melanoma: { en: "melanoma", nl: "melanoom" }, migraine: { en: "migraine", nl: "migraine" }, asthma: { en: "asthma", nl: "astma" } };
  explore("studied", {
    knobs: [
      { name: "country", options: ({ names }, lang) => [any, ...names.country.map((code) => [code, new Intl.DisplayNames(lang, { type: "region" }).of(code)]).sort((a, b) => a[1].localeCompare(b[1], lang))], start: "NL", label: { en: "Country", nl: "Land" } },
      { name: "age", options: [any, ...Object.entries(ages)], start: "any", label: { en: "Age", nl: "Leeftijd" } },
      { name: "illness", options: [any, ...Object.entries(ill)], start: "any", label: { en: "Illness", nl: "Ziekte" } },
    ],
    model: ({ country, age, illness }, { names, rows }) => {
      const fits = (asked, kind, place) => asked === "any" || names[kind][place] === asked;
      const found = rows.filter((row) => fits(country, "country", row[0]) && fits(age, "age_group", row[1]) && fits(illness, "condition", row[2]));
      const count = (some) => some.reduce((sum, row) => sum + row[4], 0);
      return { people: count(found), studies: new Set(found.map((row) => row[3])).size, all: count(rows) };
    },
    bars: (_, { people, all }, write) => [
      { label: { en: "of all people studied", nl: "van alle onderzochte mensen" }, share: people / all, colour: "#0072B2", text: `${write.of100(people / all)}%` },
    ],
    say: {
      en: (_, { people, studies, all }, write) => (people ? `${write(people)} of the ${write(all)} people in this collection are like that, from ${write(studies)} ${studies === 1 ? "study" : "studies"}. What was found in them need not hold for you.` : `Nobody of the ${write(all)} people in this collection is like that. What is written about bacteria was found in others.`),
      nl: (_, { people, studies, all }, write) => (people ? `${write(people)} van de ${write(all)} mensen in deze verzameling zijn zo, uit ${write(studies)} ${studies === 1 ? "onderzoek" : "onderzoeken"}. Wat bij hen is gevonden, hoeft niet voor jou te gelden.` : `Niemand van de ${write(all)} mensen in deze verzameling is zo. Wat er over bacteriën staat, is bij anderen gevonden.`),
    },
  });
}
