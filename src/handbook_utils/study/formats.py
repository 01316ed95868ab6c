"""Find out from its content what a file is, and read it. The names of files say nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from skbio import TreeNode

from handbook_utils.errors import InputError
from handbook_utils.study import bioms, delimited, files
from handbook_utils.study.metadata import Metadata
from handbook_utils.study.tables import Table, duplicates

#: Files that are often given and are not tables: how they begin, what they are, what to do.
_OTHERS = [
    (files.OLD_EXCEL, "an old Excel workbook (.xls)", "Save it as .xlsx or as TSV."),
    (b"%PDF", "a PDF", "Give the table it was made from."),
    (b"RDX", "an R object (.rds, .RData)", "In R: write.csv(table, 'table.csv')."),
    (b"X\n\x00", "an R object (.rds)", "In R: write.csv(table, 'table.csv')."),
    (b"\x80\x04", "a pickled Python object, which could run programs and is never opened", "Save the table as TSV."),
    (b"\x93NUMPY", "a NumPy array without ids", "Save the table as TSV, with ids."),
    (b"PAR1", "a Parquet file", "Save the table as TSV."),
    (b"BZh", "a bzip2 archive", "Unpack it first: bunzip2."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first: unxz."),
    (b"{\\rtf", "a word processor's text", "Save the table as TSV."),
    (b">", "a file of sequences (FASTA)", "Give the feature table; sequences have no abundances."),
    (b"@", "a file of reads (FASTQ)", "Give the feature table that was made from the reads."),
    (b"<", "a web page or XML", "Was a page saved in place of the file? Download the file itself."),
]


@dataclass(frozen=True)
class Content:
    """The bytes of a file, and its text where it has any.

    Parameters
    ----------
    path : pathlib.Path
    data : bytes
        Unpacked.
    text : str
        "" where it is not text.
    note : str
        The encoding, where it is worth saying.
    """

    path: Path
    data: bytes
    text: str
    note: str

    @property
    def where(self) -> str:
        """What messages call the file."""
        return str(self.path)


def opened(path: Path) -> Content:
    """Read a file, and its text where it is text.

    Raises
    ------
    InputError
        It cannot be read, is empty, or is something that is known not to be a table.
    """
    data = files.read(path)
    for start, what, remedy in _OTHERS:
        if data.startswith(start):
            raise InputError(
                "This file is not a table.",
                where=str(path),
                expected="a table as text, BIOM, Excel (.xlsx) or QIIME 2 (.qza)",
                found=what,
                remedy=remedy,
            )
    if data.startswith((files.ZIP, files.HDF5)):
        return Content(path, data, "", "")
    text, encoding = files.decode(data, str(path))
    return Content(path, data, text, "" if encoding == "UTF-8" else f", {encoding}")


def sheet(content: Content) -> delimited.Sheet:
    """Return the rows of a text table."""
    return delimited.sheet(content.text, content.where, note=content.note)


def _is_json(content: Content) -> bool:
    return content.text[:200].lstrip().startswith(("{", "["))


#: What a file may be, with the test for it and its reader; the first that fits is taken.
READERS: list[tuple[Callable[[Content], bool], Callable[[Content], Table]]] = [
    (lambda content: content.data.startswith(files.HDF5), lambda content: bioms.from_hdf5(content.data, content.where)),
    (_is_json, lambda content: bioms.from_json(content.text, content.where)),
    (lambda content: bool(content.text), lambda content: delimited.feature_table(sheet(content))),
]


def read_table(path: str | Path) -> Table:
    """Read a feature table of any known format, not yet oriented where its format does not say.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    content = opened(Path(path))
    for fits, reader in READERS:
        if fits(content):
            return reader(content)
    raise InputError("This file is not a table.", where=content.where, found="a format that is not known")


def read_metadata(path: Path) -> Metadata:
    """Read the cells of a metadata file.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    content = opened(path)
    if not content.text or _is_json(content):
        raise InputError(
            "This file is not sample metadata.",
            where=content.where,
            expected="a table as text, Excel (.xlsx) or QIIME 2 metadata",
            found="a feature table" if content.data.startswith(files.HDF5) or content.text else "another archive",
            remedy="Were the table and the metadata exchanged?",
        )
    return Metadata.read(sheet(content))


def read_taxonomy(path: Path) -> pd.DataFrame:
    """Read a taxonomy: one row a feature, with a lineage or a column for each rank.

    Returns
    -------
    pandas.DataFrame
        One column a rank, from broad to narrow.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    return delimited.taxonomy(sheet(opened(path)))


def read_tree(path: Path) -> TreeNode:
    """Read a rooted phylogeny in Newick.

    Raises
    ------
    InputError
        Not Newick, no names, or not rooted.
    """
    return newick(opened(path).text, str(path))


def newick(text: str, where: str) -> TreeNode:
    """Parse Newick; underscores in names stay underscores.

    Raises
    ------
    InputError
        As :func:`read_tree`.

    Examples
    --------
    >>> [tip.name for tip in newick("((a_1:1,b:1):1,c:1);", "tree").tips()]
    ['a_1', 'b', 'c']
    """
    try:
        # Underscores in ids are underscores, not the blanks that old Newick means by them.
        tree = TreeNode.read(io.StringIO(text), format="newick", convert_underscores=False)
        names = [tip.name for tip in tree.tips()]
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
        )
    errors = duplicates(names, "tip", ["the tree"] * len(names), where)
    if errors:
        raise errors[0]
    return tree
