"""What is in this file: an answer before any analysis, as data that a command can print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study import describing, formats
from handbook_utils.study.cells.amounts import settle
from handbook_utils.study.cells.delimited import FEATURE_WORDS, word
from handbook_utils.study.cells.orientation import orient
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import leave_out
from handbook_utils.study.tables import Table


@dataclass(frozen=True)
class Inspection:
    """What was found in a file. Numbers that do not apply are None.

    Parameters
    ----------
    path : str
        The file.
    what : {"feature table", "sample metadata", "taxonomy", "tree"}
        What it holds.
    format : str
        How it is written, for people.
    samples, features : int or None
        Tips, for a tree.
    orientation : str
        What the rows are, and how that is known.
    quantity : str
        "counts" or "abundances".
    depth : tuple of float or None
        Least, median and greatest total of a sample.
    density : float or None
        Share of cells that are not zero (0 to 1).
    first_samples, first_features : tuple of str
        The first ids, in the order of the file.
    ranks : tuple of str
        Of the taxonomy that the file holds.
    columns : dict of str to str
        Of metadata: the name and what it holds.
    notes : tuple of str
        What was found out on the way, a sentence each.
    problems : tuple of str
        What would stop an analysis, or should be looked at.
    """

    path: str
    what: str
    format: str
    samples: int | None = None
    features: int | None = None
    orientation: str = ""
    quantity: str = ""
    depth: tuple[float, float, float] | None = None
    density: float | None = None
    first_samples: tuple[str, ...] = ()
    first_features: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    columns: dict[str, str] | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def inspect(path: str | Path, choices: Choices | None = None) -> Inspection:
    r"""Tell what a file is and what is in it.

    Parameters
    ----------
    path : str or pathlib.Path
        What :func:`handbook_utils.study.readers.read_study` takes as table, metadata, taxonomy or tree.
    choices : Choices, optional
        What is asked where a file has two readings.

    Returns
    -------
    Inspection
        What it is, its size, and what is unusual.

    Raises
    ------
    InputError, InputErrors
        It cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "table.tsv")
    ...     _ = file.write_text("#OTU ID\tS1\tS2\nf1\t0\t3\nf2\t0\t2\n", encoding="utf-8")
    ...     found = inspect(file)
    >>> found.samples, found.features, found.depth, found.density
    (2, 2, (0.0, 2.5, 5.0), 0.5)
    >>> found.problems
    ('1 samples have no reads: S1.',)
    """
    choices = choices or Choices()
    kind = "table" if choices.table_format else describing.kind(path)
    if kind == "metadata" and formats.recognised(formats.opened(Path(path)), choices).order == 1:
        kind = "table"  # a row for each feature of each sample begins as metadata do
    if kind == "tree":
        return _tree(Path(path))
    if kind == "taxonomy":
        return _taxonomy(Path(path))
    if kind == "metadata":
        return _metadata(Path(path), choices)
    try:
        return _table(str(path), formats.read_table(path, choices), choices)
    except InputErrors as broken:
        wordy = next((error for error in broken.errors if "not numbers" in error.problem), None)
        if wordy is None:
            raise
        try:
            if word(formats.sheet(formats.opened(Path(path)), choices).header[0]) in FEATURE_WORDS:
                raise broken
            made = _metadata(Path(path), choices)
            problem = wordy.problem[0].lower() + wordy.problem[1:].rstrip(".")
            return replace(made, notes=(*made.notes, f"As a feature table it is refused: {problem} ({wordy.found})."))
        except (InputError, InputErrors):
            raise broken from None


def _table(path: str, table: Table, choices: Choices) -> Inspection:
    orient(table, None, choices, path)
    settle(table, choices, path)
    leave_out(table, choices, path)
    matrix, samples, features = table.oriented()
    values = matrix.data
    problems = []
    for wrong, what in ((~np.isfinite(values), "missing or infinite"), (values < 0, "negative")):
        if wrong.any():
            problems.append(f"{int(wrong.sum())} values are {what}.")
    depth = np.asarray(matrix.sum(axis=1), dtype=float).ravel()
    empty = [samples[n] for n in np.flatnonzero(depth == 0)]
    if empty:
        problems.append(f"{len(empty)} samples have no reads: {listed(empty)}.")
    nowhere = int((np.asarray(abs(matrix).sum(axis=0)).ravel() == 0).sum())
    if nowhere:
        problems.append(f"{nowhere} features occur in no sample.")
    if table.kind == "abundances":
        problems.append("The values are not counts: what needs counts of reads is left out of a report, or refused.")
    for side, ids in (("sample", samples), ("feature", features)):
        blanks = [name for name in ids if name != name.strip()]
        if blanks:
            problems.append(f"{len(blanks)} {side} ids have blanks around them: {listed([repr(b) for b in blanks])}.")
        if len(set(ids)) < len(ids):
            problems.append(f"{len(ids) - len(set(ids))} {side} ids occur more than once.")
    cells = matrix.shape[0] * matrix.shape[1]
    return Inspection(
        path,
        "feature table",
        table.format,
        len(samples),
        len(features),
        f"rows are {table.rows_are} ({table.how})",
        table.kind,
        (float(depth.min()), float(np.median(depth)), float(depth.max())) if len(depth) else None,
        float(np.count_nonzero(values) / cells) if cells else None,
        tuple(samples[:5]),
        tuple(features[:5]),
        () if table.taxonomy is None else tuple(table.taxonomy.columns),
        notes=tuple(table.notes),
        problems=tuple(problems),
    )


def _metadata(path: Path, choices: Choices) -> Inspection:
    read = describing.read_metadata(path, choices)
    frame = read.frame()
    columns = {}
    for name in frame:
        values = frame[name].dropna()
        if values.dtype.kind in "if":
            text = f"numbers from {values.min():g} to {values.max():g}" if len(values) else "nothing"
        else:
            sizes = values.value_counts()
            text = f"{len(sizes)} different words: " + listed(
                [f"{word} ({size})" for word, size in sizes.items()], most=4
            )
        missing = len(frame) - len(values)
        columns[str(name)] = text + (f"; {missing} missing" if missing else "")
    return Inspection(
        str(path),
        "sample metadata",
        read.source.format,
        samples=len(frame),
        first_samples=tuple(frame.index[:5]),
        columns=columns,
        notes=tuple(read.notes),
        problems=tuple(f"{error.problem} {error.found}. {error.remedy}" for error in read.doubts.values()),
    )


def _taxonomy(path: Path) -> Inspection:
    notes: list[str] = []
    names = describing.read_taxonomy(path, notes)
    return Inspection(
        str(path),
        "taxonomy",
        notes[0].removeprefix("Taxonomy: ").rstrip("."),
        features=len(names),
        first_features=tuple(names.index[:5]),
        ranks=tuple(names.columns),
        notes=tuple(notes),
    )


def _tree(path: Path) -> Inspection:
    notes: list[str] = []
    tips = [tip.name for tip in describing.read_tree(path, notes).tips()]
    return Inspection(
        str(path), "tree", "Newick", features=len(tips), first_features=tuple(tips[:5]), notes=tuple(notes)
    )
