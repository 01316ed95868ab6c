"""The text that Krona draws: an amount and the names above it on each line, without a header; a file a sample."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scipy import sparse

from handbook_utils.errors import InputErrors
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.reports import named_by_files, sample_of
from handbook_utils.study.lineages import lineages
from handbook_utils.study.tables import KNOWN, Table, duplicates

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AMOUNT = re.compile(r"[\d.,eE+-]+")
_UNNAMED = {"unclassified", "unassigned", "unknown", "no hits", "other root"}


def _fits(content: Content) -> bool:
    lines = [line.rstrip() for line in content.head.splitlines()[:50] if line.strip() and not line.startswith("#")]
    # The last line that was looked at may be cut off in the middle.
    return bool(lines) and all(map(_is_line, lines[:-1] or lines))


def _is_line(line: str) -> bool:
    r"""Whether a line is a number and names, none of which is a number.

    Examples
    --------
    >>> _is_line("25\tBacteria\tFirmicutes"), _is_line("25\tBacteria\t3"), _is_line("25")
    (True, False, False)
    """
    number, *names = line.split("\t")
    named = [name for name in names if name.strip()]
    return bool(_NUMBER.fullmatch(number) and named) and not any(_AMOUNT.fullmatch(name.strip()) for name in named)


def _join(contents: Sequence[Content], choices: Choices) -> Table:  # noqa: ARG001 - as every reader is called
    """Read the amount of each lineage as it is written; equal ones are added up, as Krona does.

    Source: KronaTools, ktImportText.

    Raises
    ------
    InputErrors
        Two files of a sample.
    """
    samples = [sample_of(content.where) for content in contents]
    wrong = duplicates(samples, "sample", (content.where for content in contents), "the files")
    if wrong:
        raise InputErrors(wrong)
    amounts: dict[tuple[int, str], float] = {}
    unnamed = [0.0] * len(samples)
    for n, content in enumerate(contents):
        for line in content.lines():
            number, *names = (cell.strip() for cell in line.rstrip("\r\n").split("\t"))
            names = [name for name in names if name]
            if not number or number.startswith("#"):
                continue
            if not names or (len(names) == 1 and names[0].casefold() in _UNNAMED):
                unnamed[n] += float(number)
            else:
                at = (n, ";".join(names))
                amounts[at] = amounts.get(at, 0.0) + float(number)
    ids = sorted({lineage for _, lineage in amounts})
    place = {lineage: n for n, lineage in enumerate(ids)}
    cells = [(n, place[lineage], amount) for (n, lineage), amount in amounts.items()]
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    matrix = sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=(len(samples), len(ids)), dtype=float))
    notes = [f"Format: Krona text of {len(samples)} samples. It names no ranks: names stand by their place."]
    notes += named_by_files([content.where for content in contents], samples)
    if any(unnamed):
        told = ", ".join(f"{sample} {amount:g}" for sample, amount in list(zip(samples, unnamed, strict=True))[:4])
        notes.append(f"Left out: amounts without any taxon ({told}).")
    return Table("Krona text", matrix, samples, ids, "samples", KNOWN, lineages(ids, ids), notes=notes)


FORMATS = [
    Format(
        "Krona text",
        "KronaTools (ktImportText), kaiju2krona, kreport2krona.py",
        "2.7 and 2.8",
        "a number and names on each line, and no header",
        "KronaTools, ktImportText",
        "25\tBacteria\tFirmicutes\tClostridia\n10\tBacteria\tBacteroidota\n3\tunclassified\n",
        _fits,
        lambda content, choices: _join([content], choices),
        _join,
    )
]
