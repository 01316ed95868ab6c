// Holds one sample against the reference group, as the chapter my-microbiome-status does: own.compare(counts, whole, facts).
// Of shares (whole is false) there is no chance of reading to tell, and no variety at an equal number of reads.
"use strict";
{
  const Z = 1.959963984540054, READS = 500, SHARED = .5, LEAST = .005;
  // Wilson's interval of a share.
  const interval = (count, all) => {
    const share = count / all, middle = (count + Z * Z / 2) / (all + Z * Z), half = Z / (all + Z * Z) * Math.sqrt(all * share * (1 - share) + Z * Z / 4);
    return [middle - half, middle + half];
  };
  // The logarithm of a factorial: summed where it is small, Stirling's series beyond.
  const small = [0];
  for (let n = 1; n < 256; n++) small.push(small[n - 1] + Math.log(n));
  const factorial = (n) => (n < 256 ? small[n] : n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3));
  const choose = (n, k) => factorial(n) - factorial(k) - factorial(n - k);
  const shannon = (counts, all, size) => {
    if (size === all) return Math.exp(-counts.reduce((sum, one) => sum + one / all * Math.log(one / all), 0));
    let entropy = 0;
    for (const one of counts) {
      for (let k = Math.max(1, size - all + one); k <= Math.min(one, size); k++) {
        entropy -= Math.exp(choose(one, k) + choose(all - one, size - k) - choose(all, size)) * k / size * Math.log(k / size);
      }
    }
    return Math.exp(entropy);
  };
  // How many groups, if all were equally common, of so many reads: exactly, over all ways to draw them.
  const variety = (counts, size) => {
    const all = counts.reduce((a, b) => a + b, 0), low = Math.floor(size), part = size - low;
    return part ? (1 - part) * shannon(counts, all, low) + part * shannon(counts, all, low + 1) : shannon(counts, all, low);
  };
  own.compare = (counts, whole, facts) => {
    const taxa = Object.entries(counts).filter(([, value]) => value > 0), all = taxa.reduce((sum, [, value]) => sum + value, 0);
    const named = taxa.filter(([name]) => name !== "Unknown"), reads = named.reduce((sum, [, value]) => sum + value, 0);
    const shared = named.reduce((sum, [name, value]) => sum + (name in facts.taxa ? value : 0), 0) / Math.max(reads, whole ? 1 : Number.MIN_VALUE);
    if (!named.length || shared < SHARED) return { why: "few-shared", what: named.slice(0, 3).map(([name]) => name).join(", "), shared };
    if (whole && all < READS) return { why: "few-reads", what: String(all) };
    const at = (name) => {
      const value = counts[name] ?? 0, [low, high] = whole ? interval(value, all) : [value / all, value / all], usual = facts.taxa[name];
      return { name, share: value / all, low, high, usual: usual && [usual[0], usual[2]], more: Boolean(usual) && low > usual[2] + LEAST, less: Boolean(usual) && high < usual[0] - LEAST };
    };
    const largest = named.map(([name]) => at(name)).sort((a, b) => b.share - a.share);
    const unusual = Object.keys(facts.taxa).filter((name) => name !== "Unknown").map(at).filter(({ more, less }) => more || less).sort((a, b) => b.share - a.share);
    const found = {
      reads: all, groups: named.length, shared, unnamed: (counts.Unknown ?? 0) / all, largest, unusual,
      notKnown: named.filter(([name]) => !(name in facts.taxa)).map(([name]) => name),
      asMany: facts.unusual.slice(unusual.length).reduce((a, b) => a + b, 0) / facts.people, any: 1 - facts.unusual[0] / facts.people,
    };
    if (!whole) return found;
    const score = variety(named.map(([, value]) => value), Math.max(1, reads / all * READS)), times = Math.SQRT2 * facts.sd;
    const below = (value) => facts.variety.reduce((sum, one) => sum + (Math.log(one) < value) + (Math.log(one) === value) / 2, 0) / facts.variety.length;
    // Between two of the days that were drawn, as NumPy takes a quantile.
    const quantile = (part, [first, second]) => { const place = part * 3999 % 1; return (1 - place) * below(Math.log(score) + times * first) + place * below(Math.log(score) + times * second); };
    return { ...found, variety: score, below: below(Math.log(score)), low: quantile(.025, facts.days[0]), high: quantile(.975, facts.days[1]), day: [score * Math.exp(-Z * times), score * Math.exp(Z * times)] };
  };
}
