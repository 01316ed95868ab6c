// Runs the model of one explorable: node explorables.js <folder> < {"name": …, "inputs": [{knob: value}]}
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const [, , folder] = process.argv;
const { name, inputs } = JSON.parse(fs.readFileSync(0, "utf8"));
for (const file of ["frame.js", `${name}.js`]) vm.runInThisContext(fs.readFileSync(path.join(folder, file), "utf8"), { filename: file });
const { knobs, model, say } = globalThis.explorables[name];
const found = inputs.map(model);
const said = inputs.map((values, place) => ({
  en: say.en(values, found[place], (value, digits = 0) => value.toFixed(digits)),
  nl: say.nl(values, found[place], (value, digits = 0) => value.toFixed(digits)),
}));
console.log(JSON.stringify({ knobs, found, said }));
