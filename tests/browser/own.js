// Reads files and compares them: node own.js <static folder> < {"facts": …, "texts": {name: text}}
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const [, , folder] = process.argv;
const { facts, texts } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const file of ["own/read.js", "own/compare.js"]) if (fs.existsSync(path.join(folder, file))) vm.runInThisContext(fs.readFileSync(path.join(folder, file), "utf8"), { filename: file });
const known = new Set(Object.keys(facts.taxa));
const told = {};
for (const [name, text] of Object.entries(texts)) {
  try {
    const found = own.read(text, known);
    told[name] = { ...found, compared: own.compare ? Object.fromEntries(Object.entries(found.samples).map(([sample, counts]) => [sample, own.compare(counts, found.counts, facts)])) : null };
  } catch (error) {
    if (!error.why) throw error;
    told[name] = { why: error.why, what: error.what };
  }
}
console.log(JSON.stringify(told));
