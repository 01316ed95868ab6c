"""Which way round a table lies: which of its sides are the samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.study.cells.delimited import FEATURE_WORDS, SAMPLE_WORDS, word
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import is_lineage
from handbook_utils.study.matching import loose_keys
from handbook_utils.study.tables import KNOWN, Axis, Table, are_functions, are_sequences

#: So many times as long as the other a side must be to be taken for the features without a word.
_LONGER = 3
#: How names of taxa end, and ids that programs give features: of a sample hardly anything looks like either.
_TAXON = re.compile(
    r"(?:Candidatus[ _])?[A-Z][a-z]{2,}(?:ella|bacter|bacterium|bacteria|coccus|monas|bacillus|aceae|ales|oides|spira"
    r"|ota|vibrio|myces|ibacter|plasma)(?:[ _].*)?|[A-Z][a-z]{3,}[ _][a-z]{4,}(?:[ _].*)?"
)
#: What begins as a path does, or names a file in a folder; and its folders.
_PATH = re.compile(r"(?:/|\.{1,2}/|[A-Za-z]:[\\/]).*[^/\\]$|.*[^/\\][/\\][^/\\]+\.[A-Za-z][^/\\]*$")
_FOLDERS = re.compile(r"^.*[/\\]")
_NUMBERED = re.compile(r"(?:z?otu|asv|denovo|sv|feature|sgb|msp|motu)[_\- ]?\d+(?:\.\d+)?|[0-9a-f]{32}", re.IGNORECASE)


def by_words(corner: str, rows: Sequence[str], columns: Sequence[str]) -> tuple[Axis | None, str]:
    """Tell by the words of a table, or its sequences, what the rows are.

    Parameters
    ----------
    corner : str
        Its first cell.
    rows, columns : sequence of str
        The ids.

    Returns
    -------
    tuple of Axis or None and str
        None and "" where they do not tell; else also how it is known, in words.
    """
    if are_sequences(columns):
        return "samples", "the columns are named by DNA sequences"
    if are_sequences(rows):
        return "features", "the rows are named by DNA sequences"
    if word(corner) in FEATURE_WORDS:
        return "features", f"the first cell reads {corner!r}"
    if sum(map(is_lineage, rows)) > len(rows) / 2 and not any(map(is_lineage, columns)):
        return "features", "the rows are named by lineages"
    if word(corner) in SAMPLE_WORDS:
        return "samples", f"the first cell reads {corner!r}"
    return None, ""


def named_as_features(ids: Sequence[str]) -> bool:
    """Whether most ids are names of taxa or functions, lineages, or those that programs number features by.

    Parameters
    ----------
    ids : sequence of str
        Of one side of a table.

    Returns
    -------
    bool
        False where there are none.

    Examples
    --------
    >>> named_as_features(["Bacteroides", "Blautia obeum", "ASV_12"]), named_as_features(["S1", "Amsterdam", "P07"])
    (True, False)
    """
    known = sum(bool(_TAXON.fullmatch(name) or _NUMBERED.fullmatch(name) or is_lineage(name)) for name in ids)
    return are_functions(ids) or known > 0.6 * len(ids)


def orient(table: Table, known: set[str] | None, choices: Choices | None = None, where: str = "") -> None:
    """Decide what the rows of a table are, and note how that was decided.

    With metadata, the side on which more of its sample ids stand is the samples. Without, what the format or the
    table's own words say, then its ids; failing that, a side that is many times as long as the other is taken for the
    features, for nearly every study has more features than samples, and else it is asked.

    Parameters
    ----------
    table : Table
        It is changed: ``rows_are``, ``how``, and a note.
    known : set of str, optional
        Sample ids of the metadata.
    choices : Choices, optional
        What is asked where a file has two readings.
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        Nothing tells which side is which.
    """
    asked = (choices or Choices()).samples_in
    if asked != "auto" and table.how != KNOWN:
        table.rows_are = "samples" if asked == "rows" else "features"
        table.how = f"asked: samples_in {asked}"
        known = None
    if known is not None and table.how != KNOWN:
        rows, columns = (sum(name in known for name in side) for side in (table.rows, table.columns))
        if rows == columns == 0:
            # Perhaps a spreadsheet changed the ids: that still tells which side the samples are on.
            loose = set().union(*map(loose_keys, known))
            rows, columns = (
                sum(not loose.isdisjoint(loose_keys(name)) for name in side) for side in (table.rows, table.columns)
            )
        if rows != columns:
            side = "rows" if rows > columns else "columns"
            table.rows_are = "samples" if rows > columns else "features"
            table.how = f"{max(rows, columns)} ids of the metadata are names of {side}"
    if table.rows_are is None:
        table.rows_are, table.how = _by_looks(table, where if known is None else "")
    # A format may have samples as files, or features as rows that a reader turned round.
    told = f"Rows are {table.rows_are} ({table.how})" if table.how != KNOWN else f"Samples and features: {KNOWN}"
    table.notes.append(f"{told}.")
    _without_folders(table, known or set())
    _without_endings(table, known or set())
    if (table.taxonomy is not None and list(table.taxonomy.index) != table.oriented()[2]) or (
        table.metadata is not None and list(table.metadata.index) != table.oriented()[1]
    ):
        # The metadata turned the table round: what was taken for features are samples.
        table.taxonomy = table.metadata = None


def lost_ids(corner: str, rows: Sequence[str], columns: Sequence[str], where: str) -> list[InputError]:
    """Return what is wrong with a table whose first column is one as the others are: numbers, and no ids.

    Parameters
    ----------
    corner : str
        Its first cell.
    rows, columns : sequence of str
        What was taken for ids.
    where : str
        The file, for messages.

    Returns
    -------
    list of InputError
        One at most.

    Examples
    --------
    >>> lost_ids("ASV1", ["120", "4"], ["ASV2", "ASV3"], "a.csv")[0].expected
    "a column of ids before 'ASV1'"
    >>> lost_ids("ASV", ["120", "4"], ["S2", "S3"], "a.csv")
    []
    """
    numbered = re.search(r"\d", corner) and len({re.sub(r"\d+", "0", name) for name in (corner, *columns)}) == 1
    alike = numbered or (named_as_features([corner]) and named_as_features(columns))
    if not (alike and corner.strip() and rows and all(name.strip().isdigit() for name in rows)):
        return []
    return [
        InputError(
            "The rows of this table have no ids.",
            where=where,
            expected=f"a column of ids before {corner!r}",
            found=f"numbers in it: {listed(rows, most=3)}",
            remedy="Write the names of the rows, too: in R, write.csv with row.names = TRUE; in pandas, index=True.",
        )
    ]


def _without_folders(table: Table, known: set[str]) -> None:
    """Take the names of files for ids of samples that are paths, unless the metadata has the paths."""
    samples = table.oriented()[1]
    names = [_FOLDERS.sub("", name) for name in samples]
    paths = all(_PATH.match(name) for name in samples)
    if paths and samples and len(set(names)) == len(names) and known.isdisjoint(samples):
        _rename(table, names)
        table.notes.append(f"Sample ids are paths: the names of the files were taken ({samples[0]} is {names[0]}).")


def _without_endings(table: Table, known: set[str]) -> None:
    """Take off sample ids what the program put to them, but where the metadata has it too, or two would be one."""
    samples = table.oriented()[1]
    names = [name if name in known else table.shorter.get(name, name) for name in samples]
    several = Counter(names)
    names = [new if several[new] == 1 else old for old, new in zip(samples, names, strict=True)]
    changed = [f"{old} is {new}" for old, new in zip(samples, names, strict=True) if old != new]
    if changed:
        _rename(table, names)
        table.notes.append(f"Sample ids without what the program put to them: {len(changed)} ({listed(changed)}).")
    alike = [old for old in samples if several[table.shorter.get(old, old)] > 1]
    if alike:
        table.notes.append(f"Sample ids that would be the same without it were left as they are: {listed(alike)}.")


def _rename(table: Table, samples: list[str]) -> None:
    if table.rows_are == "samples":
        table.rows = samples
    else:
        table.columns = samples
    if table.metadata is not None:
        table.metadata.index = pd.Index(samples, dtype=object)


def _by_looks(table: Table, where: str) -> tuple[Axis, str]:
    """Tell by ids and lengths what the rows are; with a file that is named, what is not certain is asked.

    Raises
    ------
    InputError
        Both readings are possible.
    """
    sides = {"rows": table.rows, "columns": table.columns}
    named = [side for side, ids in sides.items() if named_as_features(ids)]
    if len(named) == 1:
        return ("features" if named == ["rows"] else "samples"), f"the {named[0]} are named as features are"
    short, long = sorted(map(len, sides.values()))
    if where and long < _LONGER * short:
        shown = {side: f"{len(ids)} {side} ({listed(ids, most=3)})" for side, ids in sides.items()}
        raise InputError(
            "It is not certain which way round this table lies: its samples may be the rows or the columns.",
            where=where,
            expected="ids of samples that the metadata names, a first cell such as #OTU ID or sample-id, or your word",
            found=" and ".join(shown.values()),
            remedy=f"Say which are the samples: samples_in rows ({listed(table.rows, most=2)}) or samples_in columns "
            f"({listed(table.columns, most=2)}).",
        )
    return (
        "features" if len(table.rows) >= len(table.columns) else "samples",
        f"guessed: of the {len(table.rows)} rows and {len(table.columns)} columns the longer side is taken for the "
        "features; metadata would decide it, or samples_in rows or columns",
    )
