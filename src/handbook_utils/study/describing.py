"""Trees, taxonomies and metadata: what is no feature table, and how a file is known to be that."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.cells import abundances, workbooks
from handbook_utils.study.cells.delimited import SAMPLE_WORDS, Sheet, counts_the_rows, word
from handbook_utils.study.cells.written import plain
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, opened, sheet
from handbook_utils.study.lineages import is_lineage, lineages, name_of
from handbook_utils.study.matching import changed_ids, nothing_shared
from handbook_utils.study.metadata import Metadata
from handbook_utils.study.tables import RANKS, duplicates

if TYPE_CHECKING:
    from skbio import TreeNode

#: What QIIME 2 calls the data of an artifact, and what that is here.
_FAMILIES = {
    "Phylogeny": "tree",
    "FeatureData": "taxonomy",
    "SampleData": "metadata",
    "ImmutableMetadata": "metadata",
}
#: Columns that describe samples and are no taxa, wherever they stand.
_ABOUT_SAMPLES = {
    *("age", "sex", "gender", "bmi", "weight", "height", "group", "arm", "treatment", "diagnosis", "disease", "day"),
    *("days", "week", "month", "visit", "time", "timepoint", "time point", "clinic", "centre", "center", "site"),
    *("batch", "plate", "well", "run", "depth", "ph", "temperature", "latitude", "longitude", "smoking", "diet"),
    *("subject", "patient", "person", "household", "country", "host", "collection date", "barcode", "leeftijd"),
    *("geslacht", "gewicht", "lengte", "groep", "bezoek", "concentration", "dna concentration", "reads", "age years"),
}
#: How the first cell of a feature table reads that never is one of metadata.
_ABUNDANCES = {"otu id", "otu", "otuid", "asv", "asv id", "asvid", "feature id", "featureid", "clade name"}
_CODE = re.compile(r"^0\d+$")


def kind(named: str | Path) -> str:
    """Tell what a file is for: "tree", "taxonomy", "metadata" or "table" (or anything that only its cells tell).

    Parameters
    ----------
    named : str or pathlib.Path
        A file; what is no file is taken for a pattern or list of tables.

    Returns
    -------
    str
        One of these words.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "x").write_text("((a:1,b:1):1,c:1);", encoding="utf-8")
    ...     kind(Path(folder, "x"))
    'tree'
    """
    if not Path(named).is_file():
        return "table"
    content = opened(Path(named))
    if content.artifact:
        return _FAMILIES.get(content.artifact.type.partition("[")[0], "table")
    begin = content.head.lstrip()
    if re.match(r"(?:\[&[RU]\]\s*)?\(", begin, re.IGNORECASE) and content.text.rstrip().endswith(";"):
        return "tree"
    if begin.startswith(("{", "[")) or not (content.codec or content.workbook):
        return "table"
    if "\n#q2:types" in content.head:
        return "metadata"
    try:
        found = sheet(content, alone=True)
    except (InputError, InputErrors):
        return "table"
    first = [cells for _, cells in zip(range(30), (cells for _, cells in found.rows), strict=False)]
    header = found.header
    if counts_the_rows(header, first):
        header, first = header[1:], [cells[1:] for cells in first]
    if is_taxonomy(header, first):
        return "taxonomy"
    if not header[0].strip():  # R's names of rows
        header, first = header[1:], [cells[1:] for cells in first]
    return "metadata" if header and is_metadata(header, first) else "table"


def is_taxonomy(header: list[str], first: list[list[str]]) -> bool:
    """Whether a sheet names features and holds nothing else: lineages or ranks, and numbers about features.

    Parameters
    ----------
    header : list of str
        Of a sheet.
    first : list of list of str
        Its first rows.

    Returns
    -------
    bool
        By the names of columns, and by cells.

    Examples
    --------
    >>> is_taxonomy(["OTU", "Size", "Taxonomy"], [["Otu1", "17", "Bacteria(100);"]])
    True
    >>> is_taxonomy(["OTU", "S1", "Taxonomy"], [["Otu1", "17", "Bacteria(100);"]])
    False
    """
    words = [word(name) for name in header]
    naming = {"taxon", *abundances.LINEAGE_WORDS, *abundances.RANK_WORDS}
    if words in (["otu", "size", "taxonomy"], ["otu", "taxonomy"]):
        return True
    columns = [word for word in words[1:] if word]
    numbers = all(word in naming or word in abundances.ABOUT_FEATURES for word in columns)
    return numbers and any(word in naming for word in columns) and not any(map(_only_numbers, _named(words, first)))


def _named(words: list[str], first: list[list[str]]) -> list[list[str]]:
    """Return the cells of each column that should hold names."""
    naming = {*abundances.LINEAGE_WORDS, *abundances.RANK_WORDS}
    return [[row[n] for row in first if n < len(row)] for n, word in enumerate(words) if n and word in naming]


def _only_numbers(cells: list[str]) -> bool:
    present = [cell.strip() for cell in cells if cell.strip()]
    return bool(present) and all(re.fullmatch(r"[\d.,eE+-]+", plain(cell)) for cell in present)


def is_metadata(header: list[str], first: list[list[str]]) -> bool:
    """Whether a sheet describes samples: named by a sample word, with words, codes or columns that people have.

    Parameters
    ----------
    header : list of str
        Of a sheet.
    first : list of list of str
        Its first rows.

    Returns
    -------
    bool
        By the names of columns, and by cells.

    Examples
    --------
    >>> is_metadata(["sample-id", "age", "bmi"], [["S1", "33", "22.5"]])
    True
    >>> is_metadata(["sample-id", "OTU1", "OTU2"], [["S1", "33", "22"]])
    False
    """
    words = [word(name) for name in header]
    if words[0] not in {*SAMPLE_WORDS, "id", "index"} or any(map(is_lineage, header[1:])):
        return False
    cells = [[row[n].strip() for row in first if n < len(row)] for n in range(1, min(len(header), 200))]
    if not cells or any(_CODE.match(cell) for column in cells for cell in column):
        return bool(cells)
    return any(word.replace("-", " ") in _ABOUT_SAMPLES for word in words[1:]) or all(
        any(column) and not any(map(_only_numbers, [[cell] for cell in column if cell])) for column in cells
    )


def read_metadata(
    path: Path, choices: Choices | None = None, known: Collection[str] = (), table: Path | None = None
) -> Metadata:
    """Read the cells of a metadata file.

    Parameters
    ----------
    path : pathlib.Path
        Text, workbook or metadata of QIIME 2.
    choices : Choices, optional
        What is asked where a file has two readings.
    known : collection of str
        Ids of the table, of its samples and of its features.
    table : pathlib.Path, optional
        The file of the table: where it is the same workbook, another worksheet describes the samples.

    Returns
    -------
    Metadata
        Cells as text, with their places.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    content = opened(path)
    if not (content.codec or content.workbook) or content.head.lstrip().startswith(("{", "[")):
        raise InputError(
            "This file is not sample metadata.",
            where=content.where,
            expected="a table as text, Excel (.xlsx) or QIIME 2 metadata",
            found="a feature table (BIOM)",
            remedy="Were the table and the metadata exchanged?",
        )
    if content.workbook and table is not None and table.is_file() and table.samefile(path):
        choices = replace(choices or Choices(), worksheet=_described_in(content, choices or Choices(), known))
    made = sheet(content, choices, alone=True)
    first = list(itertools.islice(made.rows, 30))
    made.rows = itertools.chain(first, made.rows)
    cells = [cell.strip() for _, row in first for cell in row[1:] if cell.strip()]
    # QIIME 2 takes "#OTU ID" for a name of ids, also those of samples: it is the numbers that tell, unless the rows are
    # of the table and the columns are not, as they are where one file was given twice.
    numbers = word(made.header[0]) in _ABUNDANCES and len(made.header) > 3 and all(map(abundances.number_like, cells))
    of_table = any(row[0] in known for _, row in first) and not any(name in known for name in made.header[1:])
    if numbers and not of_table:
        raise InputError(
            "This looks like a feature table, where sample metadata is needed.",
            where=content.where,
            expected="a row for each sample, with what is known of it",
            found=f"rows named by {made.header[0]!r}, and numbers in {len(made.header) - 1} columns",
            remedy="Were the table and the metadata exchanged, or one of them given twice?",
        )
    return Metadata.read(made, choices or Choices())


def _described_in(content: Content, choices: Choices, known: Collection[str]) -> str:
    """Return the worksheet beside the table's that has rows of its ids and is no taxonomy.

    Raises
    ------
    InputError
        There is none, or there are several.
    """
    names = workbooks.tables(content.data)
    of_table = choices.worksheet or names[0]
    found = []
    for name in names:
        other = sheet(content, replace(choices, worksheet=name), alone=True)
        rows = [cells for _, cells in other.rows]
        fits = any(cells[0].strip() in known for cells in rows) and not is_taxonomy(other.header, rows[:30])
        found += [name] if name != of_table and fits else []
    if len(found) == 1:
        return found[0]
    raise InputError(
        "This workbook is given as table and as metadata, and which worksheet describes the samples is not clear.",
        where=content.where,
        expected=f"one worksheet, beside {of_table!r}, with a row for each sample",
        found=listed(found) or f"none; the worksheets are {listed(names)}",
        remedy="Say which is the table (worksheet), or save the metadata as a file of its own.",
    )


def read_taxonomy(path: Path, notes: list[str], choices: Choices | None = None) -> pd.DataFrame:
    """Read a taxonomy: one row a feature, with a lineage or a column for each rank. ``notes`` gains what it was.

    Parameters
    ----------
    path : pathlib.Path
        Text, workbook or artifact.
    notes : list of str
        It is added to.
    choices : Choices, optional
        What is asked where a file has two readings.

    Returns
    -------
    pandas.DataFrame
        One column a rank, from broad to narrow.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    made = sheet(opened(path), choices)
    names, known = taxonomy(made)
    notes += [note.replace("Format:", "Taxonomy:") for note in made.notes]
    notes.append(f"Taxonomy: known by {known}; {len(names)} rows read.")
    return names


def taxonomy_of(
    features: list[str], path: Path, table: str, notes: list[str], choices: Choices | None = None
) -> pd.DataFrame:
    """Read a taxonomy and take the rows of the features; those without one are unnamed. ``notes`` gains what it was.

    Parameters
    ----------
    features : list of str
        Of the table.
    path : pathlib.Path
        As of :func:`read_taxonomy`.
    table : str
        The file of the table, for messages.
    notes : list of str
        It is added to.
    choices : Choices, optional
        What is asked where a file has two readings.

    Returns
    -------
    pandas.DataFrame
        One row a feature, one column a rank.

    Raises
    ------
    InputError, InputErrors
        As :func:`read_taxonomy`; no feature has a row, or ids were changed.
    """
    names = read_taxonomy(path, notes, choices)
    left, where = [name for name in features if name not in names.index], f"{table} and {path}"
    more = list(names.index.difference(features))
    errors = changed_ids(left, more if left else [], "feature", ("the table", "the taxonomy"), where)
    if len(left) == len(features) and not errors:
        errors = [nothing_shared("feature", features, "taxonomy", list(names.index), where)]
    if errors:
        raise InputErrors(errors)
    if left:
        notes.append(f"{len(left)} features have no row in the taxonomy and are unnamed ({listed(left)}).")
    if more:
        notes.append(f"The taxonomy has {len(more)} more rows than the table has features ({listed(more, most=3)}).")
    return names.reindex(features, fill_value="")


def taxonomy(source: Sheet) -> tuple[pd.DataFrame, str]:
    """Read a taxonomy: the first column holds the features, others a lineage or a rank each.

    Parameters
    ----------
    source : Sheet
        Header and rows.

    Returns
    -------
    tuple of pandas.DataFrame and str
        A row a feature, a column a rank, "" where there is no name; and by which columns it was known.

    Raises
    ------
    InputErrors
        No such column, or features that occur twice.
    """
    words = [word(name) for name in source.header]
    rows = [(line, [*cells, *[""] * (len(words) - len(cells))]) for line, cells in source.rows]
    ids = [cells[0] for _, cells in rows]
    errors = duplicates(ids, "feature", (source.place(line, 1) for line, _ in rows), source.where)
    lineage = [n for n, name in enumerate(words) if n and name in abundances.LINEAGE_WORDS]
    ranks = {
        abundances.RANK_WORDS[name]: n
        for n, name in reversed(list(enumerate(words)))
        if n and name in abundances.RANK_WORDS
    }
    # A domain goes before the kingdom beside it.
    domain = next((n for n, name in enumerate(words) if n and name in ("domain", "superkingdom")), None)
    if domain is not None:
        ranks["kingdom"] = domain
    found, known = None, ""
    if lineage:
        found = lineages([cells[lineage[0]] for _, cells in rows], ids)
        known = f"its column {source.header[lineage[0]].strip()!r}, of lineages"
    elif ranks:
        used = [rank for rank in RANKS if rank in ranks]
        known = f"its columns of ranks, {listed([source.header[ranks[rank]].strip() for rank in used], most=9)}"
        names = [[name_of(cells[ranks[rank]]) for rank in used] for _, cells in rows]
        found = pd.DataFrame(names, index=pd.Index(ids, dtype=object), columns=used, dtype=object)
    if found is None:
        errors.append(
            InputError(
                "This file is not a taxonomy.",
                where=source.where,
                expected="a column 'Taxon' with lineages, or columns 'Kingdom' to 'Species'",
                found=f"columns {listed(source.header, most=8)}",
                remedy="Were the table and the taxonomy exchanged?",
            )
        )
    if errors or found is None:
        raise InputErrors(errors)
    return found, known


def read_tree(path: Path, notes: list[str]) -> TreeNode:
    """Read a rooted phylogeny in Newick. ``notes`` gains its provenance.

    Parameters
    ----------
    path : pathlib.Path
        Newick, or an artifact.
    notes : list of str
        It is added to.

    Returns
    -------
    skbio.TreeNode
        Rooted, with lengths.

    Raises
    ------
    InputError, InputErrors
        Not Newick, no names, not rooted, or branches without length.
    """
    content = opened(path)
    rooted = ""
    if content.artifact:
        notes.append(f"Tree: {content.artifact.note}.")
        rooted = "QIIME 2 says that it is rooted" if content.artifact.type == "Phylogeny[Rooted]" else ""
    elif re.match(r"\s*\[&R\]", content.head, re.IGNORECASE):
        rooted = "[&R] in front says that it is rooted"
    tree = _newick(content.text, content.where, rooted=bool(rooted))
    if (many := len(tree.children)) > 2:
        # A branch of no length changes no distance along the tree.
        tree.extend([type(tree)(length=0.0, children=tree.children[:-1])])
        notes.append(f"The root of the tree has {many} branches, and was taken for the root: {rooted}.")
    return tree


def _newick(text: str, where: str, *, rooted: bool = False) -> TreeNode:
    """Parse Newick; underscores in names stay underscores. A root may have more than two branches if it is `rooted`.

    Raises
    ------
    InputError
        As :func:`read_tree`.

    Examples
    --------
    >>> [tip.name for tip in _newick("((a_1:1,b:1):1,c:1);", "tree").tips()]
    ['a_1', 'b', 'c']
    """
    from skbio import TreeNode

    try:
        # Underscores in ids are underscores, not the blanks that old Newick means by them.
        tree = TreeNode.read(io.StringIO(text), format="newick", verify=False, convert_underscores=False)
        names = [tip.name for tip in tree.tips()]
    except MemoryError:
        raise
    except Exception as error:  # the parser fails in several ways on what is not Newick
        raise InputError(
            "This tree could not be read.",
            where=where,
            expected="one tree in Newick format, which ends with a semicolon",
            found=f"{type(error).__name__}: {error}; it begins {text.strip()[:40]!r}",
            remedy="Export it again as Newick.",
        ) from None
    if len(names) < 2 or None in names:
        raise InputError(
            "This tree has no named tips.",
            where=where,
            expected="a feature id at every tip",
            found=f"{len(names)} tips",
            remedy="Export it with the names of its tips.",
        )
    errors = duplicates(names, "tip", ["the tree"] * len(names), where)
    if len(tree.children) > 2 and not rooted:
        errors.append(
            InputError(
                "This tree has no root.",
                where=where,
                expected="two branches at the root",
                found=f"{len(tree.children)}",
                remedy="Root it, at an outgroup or its midpoint (in R phangorn::midpoint; in QIIME 2 midpoint-root). "
                "If its root is where these branches meet, as QIIME 2 may leave it, give the .qza, which says so, or "
                "write [&R] in front of the tree.",
            )
        )
    bare = sum(node.length is None or node.length < 0 for node in tree.traverse(include_self=False))
    if bare:
        errors.append(
            InputError(
                f"{bare} branches of this tree have no length, or a negative one.",
                where=where,
                expected="a length of 0 or more at every branch",
                remedy="Phylogenetic measures are sums of branch lengths: give a tree that has them.",
            )
        )
    if errors:
        raise InputErrors(errors)
    return tree
