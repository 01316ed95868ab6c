// Runs the model of one explorable: node explorables.js <folder> < {"name": …, "facts": …, "inputs": [{knob: value}]}
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const [, , folder] = process.argv;
const { name, facts, inputs } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const file of ["frame.js", `${name}.js`]) vm.runInThisContext(fs.readFileSync(path.join(folder, file), "utf8"), { filename: file });
const { knobs, model, say, bars } = globalThis.explorables[name];
const found = inputs.map((values) => model(values, facts));
const said = inputs.map((values, place) => Object.fromEntries(["en", "nl"].map((lang) => [lang, say[lang](values, found[place], writer(lang), facts)])));
const both = (values, place) => Object.fromEntries(["en", "nl"].map((lang) => [lang, bars(values, found[place], writer(lang), facts, lang)]));
const written = (values, place) => { const { en, nl } = both(values, place); return en.map(({ text }, row) => ({ en: text, nl: nl[row].text })); };
const drawn = bars ? inputs.map(written) : [];
const asked = knobs.map((knob) => ({ ...knob, start: begins(knob, facts), ...(knob.options ? { options: choices(knob, facts, "nl").map(([value]) => value) } : {}) }));
console.log(JSON.stringify({ knobs: asked, found, said, bars: drawn }));
