// Reads one table of bacteria, as self-tests and programs write them, into reads (or shares) of genera by sample.
// own.read(text, known) gives {samples: {name: {genus: number}}, counts: true for whole reads, left: [what was left out]};
// what cannot be read throws {why, what}. As handbook_utils.study.readers, for one file of text.
"use strict";
globalThis.own = {};
{
  const RANKS = ["superkingdom", "domain", "realm", "kingdom", "phylum", "class", "order", "family", "genus", "species", "strain"];
  const LINEAGE = /^(taxonomy|taxon|lineage|classification|clade_?name|consensus[ _]?(lineage|taxonomy)|taxonomic ?path)$/i;
  const NO_SAMPLE = /^(tax(onomy)?_?id|ncbi_?tax_?(id|ids)?|clade_taxid|(rank_?)?id|rank|level|daughterlevels|length|total|sum|totaal|som|row ?sum|confidence|reads total|parent|.* (covered (fraction|bases)|variance|length))$/i;
  const PREFERRED = /^(new_est_reads|numReads|estimated_number_of_reads_from_the_clade|relative_abundance|reads?|counts?|aantal)$|_num$/i;
  const RANK = /^(tax(on(omy)?)?[_ ]?)?(rank|lvl|level)$/i, GENUS = /^(g(enus)?|6)$/i; // mothur's ranks are numbers
  const TOTAL = /^(total|sum|totaal|som|grand total)$/i;
  // What was read and belongs to nobody: told, and no part of the whole.
  const NOBODY = /^(unclassified|unassigned|unknown|unmapped|ungrouped|unintegrated|unmapped_reads|reads_unmapped|no hits?|not assigned|root|onbekend|niet ingedeeld|-1|)$/i;
  const FUNCTION = /^(uniref\d+_|pwy-|[\w-]+-pwy|k\d{5}\b|ko:|ec:|\d+\.\d+\.\d+\.)/i;
  const NO_NAME = /^$|unclassified|unassigned|unknown|uncultured|unmapped|uknown|niet ingedeeld|onbekend|^na$|^other$/i;
  const PREFIX = /^(?:[dkpcofgst]__|D_\d__)/;
  const stop = (why, what = "") => { throw Object.assign(new Error(why), { why, what }); };
  const nameOf = (label) => {
    const name = label.trim().replace(PREFIX, "").trim().replace(/ \[ref_[^\]]*\]$/, "").replace(/^\[|\]$/g, "").replace(/\(\d+\)$/, "");
    return NO_NAME.test(name) ? "Unknown" : name.replace(/-/g, "/");
  };
  const partsOf = (label) => (/^[dk]:.*,/.test(label) ? label.replace(/,/g, ";").replace(/(^|;)([dkpcofgs]):/g, "$1$2__") : label).replace(/"/g, "").split(/[;|]/).map((part) => part.trim()).filter((part) => part && !/^(root|cellular organisms)$/i.test(part));
  // The genus of a lineage, or of a name; the first word of a species where that is a genus we know.
  const genusOf = (label, known) => {
    const parts = partsOf(label);
    if (parts.length > 1 || PREFIX.test(parts[0] ?? "")) {
      if (parts.some((part) => PREFIX.test(part))) return nameOf(parts.find((part) => /^(g__|D_5__)/.test(part)) ?? "");
      return nameOf(parts[5] ?? "");
    }
    const name = nameOf(label), first = nameOf(name.split(/[ _]/)[0]);
    return !known.has(name) && (known.has(first) || /^[A-Z][a-z]+ [a-z]+$/.test(name)) ? first : name;
  };
  const cellsOf = (line, mark) => {
    const cells = [];
    for (let rest = line; ; ) {
      const quoted = rest.match(/^\s*"((?:[^"]|"")*)"\s*(?=$|[\t,;])/);
      const cell = quoted && (rest.length === quoted[0].length || rest[quoted[0].length] === mark) ? quoted[0] : rest.split(mark, 1)[0];
      cells.push(quoted && cell === quoted[0] ? quoted[1].replace(/""/g, '"') : cell.trim());
      if (rest.length === cell.length) return cells;
      rest = rest.slice(cell.length + 1);
    }
  };
  const add = (into, genus, value) => { into[genus] = (into[genus] ?? 0) + value; };

  // A report of Kraken and its kin: shares, reads of the clade, of itself, rank, number, and the name, indented as it lies in
  // the tree. Reads of a clade are its genus's, but for those of the clades below it.
  const kreport = (lines) => {
    const found = {}, path = [], left = [];
    for (const cells of lines.filter((line) => line.trim()).map((line) => line.split("\t"))) {
      const rank = cells.at(-3).trim(), name = cells.at(-1).trim(), depth = cells.at(-1).search(/\S/);
      if (rank === "U") left.push(name);
      if (rank === "U" || /^(root|cellular organisms)$/.test(name)) continue;
      const give = (reads) => add(found, nameOf(path.find((one) => one.rank === "G")?.name ?? ""), reads);
      while (path.length && path.at(-1).depth >= depth) path.pop();
      if (path.length) give(-cells[1]);
      path.push({ depth, rank, name });
      give(+cells[1]);
    }
    return { samples: { "1": found }, counts: true, left };
  };

  const grid = (text) => {
    const lines = text.split(/\r\n|\n|\r/);
    let first = lines.findIndex((line) => line.trim() && !line.startsWith("#"));
    if (first < 0) stop("empty");
    const marks = ["\t", ";", ","], count = (line, mark) => cellsOf(line, mark).length;
    const mark = marks.find((one) => count(lines[first], one) > 1 && (one !== ";" || !/[dkpg]__|;.*;.*[,\t]/.test(lines[first]))) ?? stop("no-table", lines[first].slice(0, 60));
    // The header may be a comment itself, the last one: as wide as what follows.
    const head = lines[first - 1] ?? "";
    if (head.startsWith("#") && count(head, mark) > 1 && Math.abs(count(head, mark) - count(lines[first], mark)) <= 1) first -= 1;
    const rows = lines.slice(first).map((line, place) => ({ line: first + place + 1, cells: cellsOf(line.replace(/^#\s*/, ""), mark) })).filter(({ line, cells }) => cells.some((cell) => cell !== "") && (line === first + 1 || !lines[line - 1].startsWith("#")));
    // A header that is one cell short, as R writes it, and marks at the ends of lines.
    if (rows.length > 1 && rows[0].cells.length === rows[1].cells.length - 1) rows[0].cells.unshift("");
    const trimmed = (cells, length) => { while (cells.length > length && cells.at(-1) === "") cells.pop(); };
    trimmed(rows[0].cells, 1);
    const wide = rows[0].cells.length;
    rows.forEach(({ cells }) => trimmed(cells, wide));
    const other = rows.find(({ cells }) => cells.length !== wide);
    if (other) stop("ragged", `${other.line}: ${other.cells.length} / ${wide}`);
    if (rows.length < 2) stop("empty");
    return { mark, rows };
  };

  own.read = (text, known) => {
    if (/^(PK|\x89HDF|\x1f\x8b)|\0/.test(text)) stop("not-text");
    if (/^\s*[{[]/.test(text)) stop("biom");
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/), begin = lines.find((line) => line.trim()) ?? stop("empty");
    if (/^\s*[\d.]+\t\d+\t\d+\t(\d+\t\d+\t)?[A-Z]?\d?\t\d+\t/.test(begin)) return kreport(lines);
    const { mark, rows } = grid(text.replace(/^\uFEFF/, ""));
    const [{ cells: head }, ...every] = rows, left = [];
    // mothur's taxonomy: sizes of all samples together, and of none by itself.
    if (/^otu,size,taxonomy$/i.test(head.map((name) => name.trim()).join())) stop("no-numbers");
    // Self-tests list the ranks below each other, each with what is within it: of those, the genera.
    const rankAt = every.some(({ cells }) => cells.length > 2) ? head.findIndex((name) => RANK.test(name.trim())) : -1;
    const sumOf = (pattern, column) => every.reduce((sum, { cells }) => sum + (pattern.test(cells[rankAt]) ? Number(cells[column]) : 0), 0);
    const within = rankAt >= 0 && head.some((_, column) => sumOf(GENUS, column) > 0 && sumOf(/^(superkingdom|domain|[dk1])$/i, column) >= sumOf(GENUS, column));
    const body = within ? every.filter(({ cells }) => GENUS.test(cells[rankAt])) : every;
    // Points or commas between thousands: always three digits behind, and what has none is below a thousand.
    const figures = body.flatMap(({ cells }) => cells.slice(1).filter((cell) => /^\d[\d.,]*$/.test(cell)));
    const grouped = [".", ","].find((sign) => {
      const some = figures.filter((one) => one.includes(sign));
      return some.length && some.length < figures.length && some.every((one) => /^[1-9]\d{0,2}([.,]\d{3})+$/.test(one)) && figures.every((one) => some.includes(one) || /^\d{1,3}$/.test(one));
    });
    // One decimal sign a file.
    const comma = mark !== "," && !grouped && body.some(({ cells }) => cells.some((cell) => /^\d{1,3}(\.\d{3})*,\d+\s*%?$|^\d+,\d+\s*%?$/.test(cell)));
    const number = (cell) => {
      const plain = (grouped ? cell.replaceAll(grouped, "") : comma ? cell.replace(/\./g, "").replace(",", ".") : cell).replace(/\s*%$/, "");
      return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
    };
    const named = (pattern) => head.findIndex((name) => (pattern.test ? pattern.test(name.trim()) : name.trim().toLowerCase() === pattern));
    const numeric = head.map((_, column) => body.every(({ cells }) => !Number.isNaN(number(cells[column]))));

    // Long: a line for each sample and each of its bacteria.
    const [long, value] = [named(/^sample(_?(id|name))?$/i), named(/^(abundance|count|reads|value)$/i)];
    const lineage = named(LINEAGE), genus = named("genus"), species = named("species");
    const labelOf = (cells) => (genus >= 0 ? `g__${cells[genus]}` : lineage >= 0 ? cells[lineage] : cells[Math.max(0, species)]);
    const samples = {}, whole = {};
    let near = 3; // rounded percentages
    if (long >= 0 && value >= 0) {
      if (genus < 0 && lineage < 0) stop("no-genus");
      for (const { line, cells } of body) {
        if (Number.isNaN(number(cells[value]))) stop("no-number", `${line}: ${cells[value]}`);
        add(samples[cells[long]] ??= {}, genusOf(labelOf(cells), known), number(cells[value]));
      }
    } else {
      // Which way round: bacteria are where more of the names are theirs.
      const isTaxon = (label) => PREFIX.test(partsOf(label)[0] ?? "") || partsOf(label).length > 3 || known.has(genusOf(label, known));
      const across = genus < 0 && lineage < 0 ? head.slice(1).filter(isTaxon).length : 0;
      if (across > body.filter(({ cells }) => isTaxon(cells[0])).length) {
        const columns = head.map((name, column) => column).filter((column) => column && isTaxon(head[column]));
        left.push(...head.slice(1).filter((name) => !isTaxon(name)));
        for (const { line, cells } of body) {
          if (samples[cells[0]]) stop("twice", `${line}: ${cells[0]}`);
          const into = samples[cells[0]] = {};
          for (const column of columns) {
            if (Number.isNaN(number(cells[column]))) stop("no-number", `${line}: ${cells[column]}`);
            add(into, genusOf(head[column], known), number(cells[column]));
          }
        }
      } else {
        const columns = head.map((_, column) => column).filter((column) => (column || RANKS.includes(head[0].trim().toLowerCase())) && column !== lineage && !RANKS.includes(head[column].trim().toLowerCase()) && !NO_SAMPLE.test(head[column].trim()));
        const all = columns.filter((column) => numeric[column]), best = all.filter((column) => PREFERRED.test(head[column].trim()));
        const numbers = best.length ? best : all;
        if (best.length) near = .9;
        const broken = columns.find((column) => !numeric[column] && body.filter(({ cells }) => !Number.isNaN(number(cells[column]))).length >= body.length / 2);
        if (broken !== undefined) { const bad = body.find(({ cells }) => Number.isNaN(number(cells[broken]))); stop("no-number", `${bad.line}: ${bad.cells[broken] || "–"}`); }
        left.push(...head.filter((name, column) => column && column !== lineage && !numbers.includes(column) && name && !RANKS.includes(name.trim().toLowerCase())));
        if (!numbers.length) stop("no-numbers");
        // A clade that has clades of its own in the table is counted there.
        const labels = body.map(({ cells }) => labelOf(cells)), joined = labels.map((label) => partsOf(label).join(";"));
        const parents = new Set();
        for (const one of joined) for (let parts = one.split(";"); parts.length > 1; ) { parts.pop(); parents.add(parts.join(";")); }
        for (const column of numbers) samples[head[column]] = {};
        const twice = new Set();
        body.forEach(({ line, cells }, place) => {
          if (TOTAL.test(cells[0])) { left.push(cells[0]); return; }
          if (genus < 0 && lineage < 1 && parents.has(joined[place])) return;
          for (const column of numbers) add(whole, head[column], number(cells[column]));
          if (labels[place].trim() && NOBODY.test(labels[place].trim())) { left.push(labels[place]); return; }
          if (FUNCTION.test(cells[0])) stop("functions", cells[0]);
          if (genus < 0 && lineage < 1 && !NO_NAME.test(cells[0]) && twice.has(cells[0])) stop("twice", `${line}: ${cells[0]}`);
          twice.add(cells[0]);
          for (const column of numbers) add(samples[head[column]], genusOf(labels[place], known), number(cells[column]));
        });
        // What the ranks above have more than their genera has no name at this one.
        if (body !== every) {
          for (const column of numbers) {
            const named = Object.values(samples[head[column]]).reduce((a, b) => a + b, 0);
            const most = (rows) => Math.max(0, ...rows.map(({ cells }) => number(cells[column])).filter((one) => !Number.isNaN(one)));
            const lost = most(every) - most(every.filter(({ cells }) => cells.some((one) => one && !/^root$/i.test(one) && NOBODY.test(one)))) - named;
            if (lost > 0) add(samples[head[column]], "Unknown", lost);
          }
        }
      }
    }
    const names = [...new Set(Object.values(samples).flatMap(Object.keys))];
    if (!names.some((one) => known.has(one) && one !== "Unknown")) stop("no-names", names.slice(0, 3).join(", "));
    const all = Object.values(samples).flatMap((one) => Object.values(one));
    if (all.some((one) => one < 0)) stop("below-zero");
    const sums = Object.entries(samples).map(([name, one]) => whole[name] ?? Object.values(one).reduce((a, b) => a + b, 0));
    const shares = sums.every((sum) => Math.abs(sum - 100) <= near || Math.abs(sum - 1) < .01);
    return { samples, counts: !shares && all.every(Number.isInteger), left };
  };
}
