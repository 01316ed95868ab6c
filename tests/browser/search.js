// Asks the search of a built edition: node search.js <search.js> <search-index.js> < {"queries": […], "words": {page: […]}}
// Answers with the pages that each query finds, and with the words of a page that the index does not have of it.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");
const [, , script, index] = process.argv;
for (const path of [script, index]) vm.runInThisContext(fs.readFileSync(path, "utf8"), { filename: path });
const prepared = handbookSearch.prepare(globalThis.handbookIndex);
const asked = JSON.parse(fs.readFileSync(0, "utf8"));
const found = asked.queries.map((query) => handbookSearch.find(prepared, query).map((hit) => hit.page.name));
const missed = [];
for (const [name, words] of Object.entries(asked.words)) {
  const number = prepared.pages.findIndex((page) => page.name === name);
  const known = prepared.words[prepared.pages[number].lang];
  for (const word of words) {
    const each = handbookSearch.wordsOf(word);
    const there = (one) => [...(known.get(one)?.at.keys() || [])].some((place) => prepared.sections[place].page === number);
    if (!each.every(there)) missed.push(`${name}: ${word}`);
  }
}
console.log(JSON.stringify({ found, missed }));
