"""Bracken's own tables: of one sample, or several combined."""

from __future__ import annotations

from collections.abc import Sequence

from handbook_utils.errors import InputError, listed
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.columns import chosen
from handbook_utils.study.formats.format import Format, first_line
from handbook_utils.study.formats.reports import Report, joined, named_by_files, sample_of
from handbook_utils.study.tables import Table

_LEVELS = {"S": "species", "G": "genus", "F": "family", "O": "order", "C": "class", "P": "phylum", "D": "kingdom"}


def _fits(content: Content) -> bool:
    """Whether a text is Bracken's own table, of one sample or combined."""
    return first_line(content).startswith("name\ttaxonomy_id\ttaxonomy_lvl\t")


def _read(content: Content, choices: Choices) -> Table:
    """Read Bracken's table: the estimated reads of each taxon.

    Source: Bracken manual; ``combine_bracken_outputs.py`` (columns that end in ``_num``).

    Raises
    ------
    InputError
        No column of reads; taxa of several levels, which would be counted twice.
    """
    whole = sheet(content, choices)
    header = [name.strip() for name in whole.header]
    taken = [n for n, name in enumerate(header) if name.endswith("_num") or name == "new_est_reads"]
    rows = list(whole.rows)
    levels = sorted({cells[2] for _, cells in rows if len(cells) > 2})
    if not taken or len(levels) > 1:
        raise InputError(
            "This Bracken table cannot be read as counts.",
            where=content.where,
            expected="new_est_reads, or columns that end in _num; one taxonomic level",
            found=f"columns {listed(header, most=8)}; levels {listed(levels)}",
            remedy="Give the table that bracken -o wrote, or combine_bracken_outputs.py.",
        )
    single = header[taken[0]] == "new_est_reads"
    samples = [sample_of(content.where)] if single else [header[n].removesuffix("_num") for n in taken]
    names = [cells[0] for _, cells in rows]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    whole.rows = iter(rows)
    table = chosen(
        whole,
        choices,
        "Bracken table",
        lambda cells: f"{cells[0]} ({cells[1]})" if cells[0] in twice else cells[0],
        taken,
        samples,
        # combine_bracken_outputs.py of some versions writes 12.0; a fraction is an abundance.
        quantity=None,
    )
    table.shorter = {} if single else {name: sample_of(name) for name in samples}
    table.notes[0] = f"Format: Bracken table, level {levels[0] if levels else 'unknown'}."
    table.notes += named_by_files([content.where], samples) if single else []
    return table


def _join(contents: Sequence[Content], choices: Choices) -> Table:
    """Join tables of a sample each."""
    reports, levels = [], set()
    for content in contents:
        table = _read(content, choices)
        report = Report(sample_of(content.where), content.where)
        report.amounts = dict(zip(table.rows, table.matrix.toarray()[:, 0].tolist(), strict=True))
        report.names = {name: name for name in table.rows}
        reports.append(report)
        levels.add(table.notes[0].rpartition(" ")[2].rstrip("."))
    if len(levels) > 1:
        raise InputError(
            "These Bracken tables are of several levels.",
            where=contents[0].where,
            expected="one level, as all samples",
            found=listed(sorted(levels)),
            remedy="Give the tables of one level.",
        )
    return joined(reports, "Bracken table", _LEVELS.get(levels.pop(), "species"), "counts")


FORMATS = [
    Format(
        "Bracken table",
        "Bracken (-o), combine_bracken_outputs.py",
        "2.0 to 3.1",
        "the columns name, taxonomy_id and taxonomy_lvl in front",
        "Bracken manual, Output file format; combine_bracken_outputs.py",
        "name\ttaxonomy_id\ttaxonomy_lvl\tS1_num\tS1_frac\nBlautia obeum\t40520\tS\t60\t0.6\n",
        _fits,
        _read,
        _join,
    )
]
