"""mothur's summary of a classification: a row for each taxon of every rank, of which the lowest are read."""

from __future__ import annotations

from scipy import sparse

from handbook_utils.errors import InputError, listed
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format, header_of
from handbook_utils.study.lineages import lineages
from handbook_utils.study.tables import KNOWN, Table

_HEADER = ["taxlevel", "rankid", "taxon", "daughterlevels", "total"]


def _read(content: Content, choices: Choices) -> Table:
    """Read a tax.summary: what stands lowest under each taxon, so that nothing is counted twice.

    Source: mothur manual, "Classify.seqs", the file tax.summary.

    Raises
    ------
    InputError
        No samples beside the total; a number that is none; parts that do not add up to the whole.
    """
    source = sheet(content, choices)
    samples = [name.strip() for name in source.header[len(_HEADER) :]]
    if not samples:
        raise InputError(
            "This tax.summary has no samples.",
            where=content.where,
            expected="a column for each sample after the total",
            found="the total only",
            remedy="Run classify.seqs or summary.tax with a count_table that holds groups.",
        )
    names: dict[str, str] = {}
    numbers: dict[str, list[float]] = {}
    for line, cells in source.rows:
        at = cells[1].strip()
        names[at] = cells[2].strip()
        try:
            numbers[at] = [float(cell) for cell in cells[len(_HEADER) :]]
        except ValueError as error:
            raise InputError(
                "A cell of this tax.summary is not a number.",
                where=f"{content.where}, line {line}",
                expected="reads of each sample",
                found=str(error),
                remedy="Export it again.",
            ) from None
    above = {at.rpartition(".")[0] for at in names}
    root = min(names, key=len)
    lowest = [at for at in names if at not in above and at != root]
    sums = [sum(numbers[at][n] for at in lowest) for n in range(len(samples))]
    if not lowest or sums != numbers[root]:
        raise InputError(
            "The taxa of this tax.summary do not add up to what it says of all.",
            where=content.where,
            expected=f"{names[root]}: {listed([f'{number:g}' for number in numbers[root]])}",
            found=listed([f"{number:g}" for number in sums]),
            remedy="Is the file cut off? Export it again.",
        )
    unnamed = [at for at in lowest if names[at].casefold() == "unknown"]
    kept = [at for at in lowest if at not in unnamed]
    ids = [";".join(names[part] for part in _way(at) if part != root) for at in kept]
    matrix = sparse.csr_array([numbers[at] for at in kept])
    notes = [f"Format: mothur tax.summary: {len(kept)} taxa that are the lowest of their lineage."]
    notes.append("Left out: the column total, and the sums of higher ranks.")
    if unnamed:
        lost = [f"{sample} {sum(numbers[at][n] for at in unnamed):g}" for n, sample in enumerate(samples)]
        notes.append(f"Left out: reads without any taxon ({listed(lost, most=4)}).")
    return Table(
        "mothur tax.summary", matrix, ids, samples, "features", KNOWN, lineages(ids, ids), "counts", notes=notes
    )


def _way(at: str) -> list[str]:
    """Return the places from the root down to one: 0, 0.1, 0.1.2.

    Examples
    --------
    >>> _way("0.1.2")
    ['0', '0.1', '0.1.2']
    """
    parts = at.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


FORMATS = [
    Format(
        "mothur tax.summary",
        "mothur (classify.seqs, classify.otu, summary.tax)",
        "1.30 to 1.48",
        "the columns taxlevel, rankID, taxon, daughterlevels and total",
        "mothur manual, Classify.seqs",
        "taxlevel\trankID\ttaxon\tdaughterlevels\ttotal\tS1\tS2\n0\t0\tRoot\t1\t9\t5\t4\n1\t0.1\tBacteria\t2\t9\t5\t4\n"
        "2\t0.1.1\tFirmicutes\t0\t6\t3\t3\n2\t0.1.2\tBacteroidota\t0\t3\t2\t1\n",
        lambda content: header_of(content)[: len(_HEADER)] == _HEADER,
        _read,
    )
]
