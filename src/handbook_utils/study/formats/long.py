"""A table with a row for each feature of each sample, turned into a matrix."""

from __future__ import annotations

import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.cells.abundances import RANK_WORDS
from handbook_utils.study.cells.delimited import ragged_lines, word
from handbook_utils.study.cells.numbers import Numbers
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.lineages import name_of
from handbook_utils.study.tables import KNOWN, RANKS, Table

_RANK = {"rank", "taxrank", "tax rank", "taxonomic rank", "taxonomy lvl", "level", "rang"}
#: A rank that holds so much of what another does is within it, or around it.
_AS_MUCH = 0.5


def long_table(content: Content, choices: Choices, places: tuple[int, int, int], name: str) -> Table:
    """Turn rows of feature, sample and abundance into a matrix; what is constant in a sample is its metadata.

    Parameters
    ----------
    content : Content
        Text or a workbook.
    choices : Choices
        How numbers are written.
    places : tuple of int
        Columns (from 0) of feature, sample and abundance.
    name : str
        Of the format, for people.

    Returns
    -------
    Table
        Samples are rows.

    Raises
    ------
    InputErrors
        Cells that are not numbers; a feature that a sample has twice.
    """
    made = sheet(content, choices)
    feature, sample, amount = places
    numbers = Numbers(made, [amount], [made.header[amount]], choices)
    rows, values = [], []
    for line, cells in made.rows:
        if len(cells) != len(made.header):
            raise InputErrors(ragged_lines([f"line {line} has {len(cells)}"], made.where, len(made.header)))
        at, found = numbers.row(line, [cells[amount]])
        rows.append([cell.strip() for cell in cells])
        values.append(float(found[0]) if len(at) else 0.0)
    frame = pd.DataFrame(rows, columns=range(len(made.header)), dtype=object)
    errors = numbers.errors()
    frame, values, told = _of_one_rank(frame, values, made.header, sample, choices, made.where)
    twice = frame[[feature, sample]].duplicated()
    if twice.any():
        pairs = [f"{row[feature]} in {row[sample]}" for row in frame[twice].to_dict("records")]
        errors.append(
            InputError(
                f"{len(pairs)} features occur twice in a sample.",
                where=made.where,
                expected="one row for each feature of each sample",
                found=listed(pairs),
                remedy="Add them up first.",
            )
        )
    if errors:
        raise InputErrors(errors)
    samples, features = (list(dict.fromkeys(frame[n])) for n in (sample, feature))
    where = {n: {name: k for k, name in enumerate(ids)} for n, ids in ((sample, samples), (feature, features))}
    matrix = sparse.coo_array(
        (values, (frame[sample].map(where[sample]), frame[feature].map(where[feature]))),
        shape=(len(samples), len(features)),
    )
    table = Table(name, sparse.csr_array(matrix), samples, features, "samples", KNOWN)
    table.notes = [f"Format: {name}, a row for each feature of each sample.", *made.notes[1:], *numbers.notes(), *told]
    _beside(table, frame, made.header, places)
    return table


def _of_one_rank(
    frame: pd.DataFrame, values: list[float], header: list[str], sample: int, choices: Choices, where: str
) -> tuple[pd.DataFrame, list[float], list[str]]:
    """Keep the rows of one rank, where a column names it and each rank holds all that the others do.

    Raises
    ------
    InputError
        It has several, and none that was asked for.
    """
    column = next((n for n, name in enumerate(header) if word(name) in _RANK), None)
    if column is None:
        return frame, values, []
    ranks = frame[column].str.casefold().map(lambda cell: RANK_WORDS.get(cell, cell))
    totals = pd.Series(values).groupby([frame[sample], ranks]).sum().unstack().sum().sort_values()
    if len(totals) < 2 or totals.iloc[-2] < _AS_MUCH * totals.iloc[-1]:
        return frame, values, []
    if choices.rank not in totals:
        raise InputError(
            "This table has taxa of several ranks, which hold each other.",
            where=where,
            expected="taxa of one rank, so that nothing is counted twice",
            found=listed([f"{name} ({total:g} in all)" for name, total in totals.items()], most=9),
            remedy=f"Say at which to read it: rank {totals.index[-1]}, for example.",
        )
    kept = (ranks == choices.rank).to_numpy()
    note = f"Rows of the rank {choices.rank} kept, as asked; {int((~kept).sum())} of other ranks left out."
    return frame[kept], [value for value, one in zip(values, kept, strict=True) if one], [note]


def _beside(table: Table, frame: pd.DataFrame, header: list[str], places: tuple[int, int, int]) -> None:
    """Put the other columns where they belong: ranks to the taxonomy, what each sample has one of to its metadata."""
    feature, sample, _ = places
    others = [n for n, name in enumerate(header) if n not in places and name.strip()]
    ranks = {RANK_WORDS[word(header[n])]: n for n in reversed(others) if word(header[n]) in RANK_WORDS}
    by_feature = frame.drop_duplicates(feature).set_index(feature)
    if ranks:
        table.taxonomy = pd.DataFrame(
            {rank: by_feature[ranks[rank]].map(name_of) for rank in RANKS if rank in ranks}, dtype=object
        ).loc[table.columns]
        table.taxonomy.index = pd.Index(table.columns, dtype=object)
    by_sample = frame.groupby(sample, sort=False)
    about = [n for n in others if n not in ranks.values() and (by_sample[n].nunique(dropna=False) == 1).all()]
    if about:
        table.metadata = frame.drop_duplicates(sample).set_index(sample)[about].loc[table.rows]
        table.metadata.columns = [header[n] for n in about]
        table.metadata.index = pd.Index(table.rows, dtype=object)
        table.notes.append(f"Sample metadata in the table: the columns {listed([header[n] for n in about])}.")
    left = [header[n] for n in others if n not in about and n not in ranks.values()]
    if left:
        table.notes.append(f"Left out, because not abundances: the columns {listed(left)}.")
