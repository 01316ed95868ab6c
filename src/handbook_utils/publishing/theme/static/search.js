// Search. The index holds the pages' text, and what is made of words is made here, for the text and for what is typed:
// there is no second stemmer that could differ. A script and no module, since a browser loads no module from disk.
"use strict";
globalThis.handbookSearch = (() => {
  const UNSAID = {
    en: "a about affect always am an and any are as at bad be been but by can do does exist for from get good have help helps how i if "
      + "in is it its make makes me mean means my of often on or should so take tell that the there this to very was we what when "
      + "where which who why will with you your",
    nl: "aan al als altijd betekent bij dat de deze die dit doe doen doet door een en er goed heb hebben heeft heel helpt het hoe ik in is "
      + "je jij kan krijg krijgen krijgt kun kunnen kunt maakt maar mag me met mij mijn moet moeten na naar niet nu of om ook op over "
      + "slecht slechte steeds te toch tot u uit vaak van veel voor waar waarom wanneer wat we wel welke wie wil word worden wordt ze "
      + "zijn zo zomaar zin onzin",
  };
  const unsaid = Object.fromEntries(Object.entries(UNSAID).map(([lang, words]) => [lang, new Set(words.split(" "))]));

  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss")
    .replace(/æ/g, "ae").replace(/œ/g, "oe").replace(/ø/g, "o");
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];

  // Light stemming: plurals and endings, no more; what shares its beginning is found as well.
  const stems = {
    nl: (word) => {
      if (word.length < 4) return word;
      let stem = word.replace(/(etje|tje|je)s?$/, "");
      if (stem.length < 3) stem = word;
      stem = stem.replace(/(heden|heid)$/, "heid").replace(/(eren|en|es|s|e|n)$/, (end, _e, at) => (at < 3 ? end : ""));
      stem = stem.replace(/([bdfgklmnprst])\1$/, "$1").replace(/([aeou])\1/g, "$1");
      return stem.replace(/v$/, "f").replace(/z$/, "s");
    },
    en: (word) => {
      if (word.length < 4) return word;
      let stem = word.replace(/ies$/, "y").replace(/(ss|x|ch|sh)es$/, "$1").replace(/([^sui])s$/, "$1");
      stem = stem.replace(/(ing|ed)$/, (end, _e, at) => (at > 2 && /[aeiouy]/.test(stem.slice(0, at)) ? "" : end));
      stem = stem.replace(/([bdfgmnprt])\1$/, "$1").replace(/(ium|ia)$/, "i").replace(/ae$/, "a").replace(/e$/, "");
      return stem.replace(/our/g, "or").replace(/y$/, "i");
    },
  };
  const stemmed = (word, lang) => (stems[lang] || stems.en)(word);

  // How many letters differ, two that changed places being one; more than `most` is `most + 1`.
  const apart = (one, other, most) => {
    if (Math.abs(one.length - other.length) > most) return most + 1;
    let before = [], row = Array.from({ length: other.length + 1 }, (_, place) => place);
    for (let i = 1; i <= one.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= other.length; j += 1) {
        const same = one[i - 1] === other[j - 1];
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      [before, row] = [row, next];
    }
    return row[other.length];
  };

  // Names of functions are many and no language: how rare a word is in what people read does not hang on them.
  const vocabulary = (page) => (page.apart ? "names" : page.lang);

  const prepare = (index) => {
    const words = {};
    index.sections.forEach((section, place) => {
      const page = index.pages[section.page];
      const known = (words[vocabulary(page)] ||= new Map());
      const add = (text, field) => wordsOf(text).forEach((word) => {
        let entry = known.get(word);
        if (!entry) known.set(word, entry = { stem: stemmed(word, page.lang), at: new Map() });
        const counts = entry.at.get(place) || [0, 0, 0, 0];
        counts[field] += 1;
        entry.at.set(place, counts);
      });
      add(section.text, 0);
      add(section.heading, 1);
      if (!section.anchor) { add(page.title, 2); add(page.asked, 3); }
    });
    const said = Object.fromEntries(Object.entries(index.synonyms).map(([lang, groups]) => [
      lang, groups.map((group) => group.map((phrase) => wordsOf(phrase).map((word) => stemmed(word, lang)))),
    ]));
    // All that can be meant: what pages say, and what people call it.
    const spoken = Object.fromEntries(Object.entries(index.synonyms).map(([lang, groups]) => [
      lang, new Set([...(words[lang]?.keys() || []), ...groups.flat().flatMap(wordsOf)]),
    ]));
    // A word in a short title says more of its page.
    const titled = index.pages.map((page) => 4.8 / Math.sqrt(wordsOf(page.title).length));
    return { ...index, words, said, spoken, titled };
  };

  // What of the vocabulary a typed word may mean, with how sure that is.
  const meanings = (typed, lang, known) => {
    const found = new Map();
    const note = (word, weight) => found.set(word, Math.max(found.get(word) || 0, weight));
    const stem = stemmed(typed, lang);
    for (const [word, entry] of known) {
      if (word === typed) note(word, 1);
      else if (entry.stem === stem) note(word, .95);
      else if (typed.length > 3 && word.startsWith(typed)) note(word, .7);
      else if (stem.length > 3 && word.startsWith(stem)) note(word, .6);
      else if (typed.length > 3 && word.includes(stem.length > 3 ? stem : typed)) note(word, .4);
    }
    if (![...found.values()].some((weight) => weight > .55) && typed.length > 3) {
      const most = typed.length > 7 ? 2 : 1;
      for (const [word] of known) {
        const far = apart(typed, word, most);
        if (far <= most) note(word, .75 - .15 * far);
        // A compound that nobody wrote before: its parts.
        else if (word.length > 3 && (typed.startsWith(word) || typed.endsWith(word))) note(word, .5);
      }
    }
    return found;
  };

  // A word that nobody says is a typing error of the nearest that somebody says; of several, what most pages say.
  const mended = (typed, lang, { spoken, words }) => {
    if (typed.length < 5 || !spoken[lang] || spoken[lang].has(typed)) return typed;
    const stem = stemmed(typed, lang);
    let best = typed, least = typed.length > 7 ? 2.5 : 1.5, most = 0;
    for (const word of spoken[lang]) {
      // The beginning of a word is somebody who is still typing.
      if (word.startsWith(typed) || stemmed(word, lang) === stem) return typed;
      const far = apart(typed, word, 2), many = words[lang]?.get(word)?.at.size || 0;
      if (far < least || (far === least && many > most && best !== typed)) [best, least, most] = [word, far, many];
    }
    return best;
  };

  // What else means the same as words that were typed one after the other: by place, phrases as lists of stems.
  const alternatives = (stemsTyped, groups) => {
    const others = stemsTyped.map(() => []);
    for (const group of groups || []) {
      for (const phrase of group) {
        const start = stemsTyped.findIndex((_, at) => phrase.every((stem, step) => stemsTyped[at + step] === stem));
        if (start < 0 || !phrase.length) continue;
        phrase.forEach((_, step) => others[start + step].push(...group.filter((other) => other !== phrase || phrase.length > 1)));
      }
    }
    return others;
  };

  const find = (prepared, query) => {
    const pages = new Map();
    const { titled } = prepared;
    for (const [lang, known] of Object.entries(prepared.words)) {
      const typed = wordsOf(query).map((word) => mended(word, lang, prepared));
      const others = alternatives(typed.map((word) => stemmed(word, lang)), prepared.said[lang]);
      const asked = typed.map((_, place) => place)
        .filter((place) => others[place].length || !(unsaid[prepared.lang].has(typed[place]) || unsaid[lang]?.has(typed[place])));
      const total = prepared.pages.filter((page) => vocabulary(page) === lang).length;
      const scored = (meant) => {
        const bySection = new Map();
        for (const [one, weight] of meant) {
          for (const [section, counts] of known.get(one).at) {
            const { text, page } = prepared.sections[section];
            const many = counts[0] / (counts[0] + .6 + text.length / 1500);
            // What a page is asked is not shown: it leads to the page, and not to a place on it.
            const seen = weight * (many + 1.3 * Math.min(counts[1], 1) + titled[page] * Math.min(counts[2], 1));
            const score = seen + weight * 1.6 * Math.min(counts[3], 1);
            if (score > (bySection.get(section)?.[0] || 0)) bySection.set(section, [score, one, seen]);
          }
        }
        return bySection;
      };
      const parts = (asked.length ? asked : typed.map((_, place) => place)).map((place) => {
        const meant = meanings(typed[place], lang, known);
        const bySection = scored(meant);
        // A phrase that means the same is there where all its words are.
        for (const phrase of others[place]) {
          const each = phrase.map((stem) => scored([...known].filter(([, entry]) => entry.stem === stem).map(([word]) => [word, .85])));
          for (const [section, hit] of each[0]) {
            const least = each.reduce((low, one) => ((one.get(section)?.[0] || 0) < low[0] ? one.get(section) || [0, "", 0] : low), hit);
            if (least[0] > (bySection.get(section)?.[0] || 0)) bySection.set(section, least);
          }
        }
        const sure = [...bySection].filter(([, [score, one]]) => score && (meant.get(one) || 1) > .5);
        const on = new Set(sure.map(([section]) => prepared.sections[section].page));
        const rare = Math.log(1 + (total - on.size + .5) / (on.size + .5)) + .15;
        return { bySection, rare };
      });
      const all = parts.reduce((sum, part) => sum + part.rare, 0);
      parts.forEach((part) => {
        const best = new Map();
        for (const [section, [score, word, seen]] of part.bySection) {
          const number = prepared.sections[section].page;
          const page = pages.get(number) || { number, score: 0, covered: 0, sections: new Map(), words: new Set() };
          pages.set(number, page);
          page.words.add(word);
          page.sections.set(section, (page.sections.get(section) || 0) + seen * part.rare);
          best.set(number, [...(best.get(number) || []), score]);
        }
        for (const [number, scores] of best) {
          scores.sort((a, b) => b - a);
          const page = pages.get(number);
          page.score += part.rare * scores.reduce((sum, score, rank) => sum + score * .5 ** rank, 0);
          page.covered += part.rare / all;
        }
      });
    }
    const found = [...pages.values()].map((hit) => {
      const page = prepared.pages[hit.number];
      const own = page.lang === prepared.lang ? 1 : page.near ? .8 : .35;
      const [section] = [...hit.sections].sort((a, b) => b[1] - a[1])[0];
      return { page, words: hit.words, section: prepared.sections[section], score: hit.score * hit.covered ** 1.5 * own * page.weight };
    });
    // What is typed as only code has it is looked for by its name.
    const named = query.includes("_")
      && prepared.sections.find(({ page, heading }) => prepared.pages[page].apart && heading === query.trim());
    const rest = found.filter(({ page }) => !named || page !== prepared.pages[named.page]).sort((a, b) => b.score - a.score);
    return named ? [{ page: prepared.pages[named.page], words: new Set(wordsOf(query)), section: named }, ...rest] : rest;
  };

  // The piece of a text in which most of the words stand, in parts: [text, is it a word that was found].
  const excerpt = (text, words, length = 220) => {
    const places = [...text.matchAll(/[\p{L}\p{N}]+/gu)].filter((match) => words.has(fold(match[0])));
    let start = 0, most = 0;
    for (const first of places) {
      const inside = new Set(places.filter((one) => one.index >= first.index && one.index < first.index + length - 60).map((one) => fold(one[0])));
      if (inside.size > most) [most, start] = [inside.size, first.index];
    }
    const begin = start < 60 ? 0 : text.lastIndexOf(" ", start - 40) + 1;
    const cut = text.length > begin + length ? text.lastIndexOf(" ", begin + length) : text.length;
    const parts = [];
    let at = begin;
    for (const one of places) {
      if (one.index < begin || one.index + one[0].length > cut) continue;
      parts.push([text.slice(at, one.index), false], [one[0], true]);
      at = one.index + one[0].length;
    }
    parts.push([text.slice(at, cut), false]);
    if (begin) parts.unshift(["… ", false]);
    if (cut < text.length) parts.push([" …", false]);
    return parts;
  };

  return { prepare, find, excerpt, fold, wordsOf, stemmed, apart };
})();

if (globalThis.document) {
  document.addEventListener("DOMContentLoaded", () => {
    const { prepare, find, excerpt } = globalThis.handbookSearch;
    const place = document.getElementById("search-results");
    const field = document.querySelector("main form.search input");
    const said = place.dataset;
    const make = (tag, text, attributes = {}) => {
      const made = Object.assign(document.createElement(tag), attributes);
      made.append(text);
      return made;
    };
    let prepared;
    const show = () => {
      const query = field.value.trim();
      place.replaceChildren();
      if (!query) return;
      prepared ||= prepare(globalThis.handbookIndex);
      const hits = find(prepared, query);
      place.append(make("p", (hits.length ? said.found : said.none).replace("{count}", hits.length).replace("{query}", query), { role: "status" }));
      const list = make("ul", "", { className: "search" });
      for (const { page, section, words } of hits) {
        const item = make("li", "", { lang: page.lang });
        item.append(make("a", page.title, { href: `${page.name}.html${section.anchor ? `#${section.anchor}` : ""}` }));
        item.append(make("span", page.part, { className: "part", lang: prepared.lang }));
        const text = make("p", "");
        if (section.anchor) text.append(make("strong", /[?!.]$/.test(section.heading) ? `${section.heading} ` : `${section.heading}. `));
        for (const [part, hit] of excerpt(section.text, words)) text.append(hit ? make("mark", part) : part);
        item.append(text);
        list.append(item);
      }
      place.append(list);
    };
    field.value = new URLSearchParams(location.search).get("q") || "";
    let waiting;
    field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 250); });
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
      show();
    });
    show();
  });
}
