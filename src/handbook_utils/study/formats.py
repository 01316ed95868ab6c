"""Find out from its content what a file is, and read it. The names of files say nothing."""

from __future__ import annotations

import glob
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from skbio import TreeNode

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study import artifacts, bioms, delimited, files, profiles, workbooks
from handbook_utils.study.metadata import Metadata
from handbook_utils.study.tables import Table, duplicates
from handbook_utils.text.decode import decode

_EXPECTED = "a table as text, BIOM, Excel (.xlsx) or QIIME 2 (.qza)"
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
    """The bytes of a file, or of the member of an archive that holds the data.

    Parameters
    ----------
    where : str
        What messages call the file.
    data : bytes
        Unpacked.
    text : str
        "" where it is not text.
    encoding : str
        Where it is worth saying.
    artifact : Artifact, optional
        Of QIIME 2, where the data comes from one.
    workbook : bool
        Whether it is Excel's.
    """

    where: str
    data: bytes
    text: str = ""
    encoding: str = ""
    artifact: artifacts.Artifact | None = None
    workbook: bool = False


def opened(path: Path) -> Content:
    """Read a file, and its text where it is text.

    Raises
    ------
    InputError
        It cannot be read, is empty, or is something that is known not to be a table.
    """
    where, data, artifact = str(path), files.read(path), None
    if data.startswith(files.ZIP):
        archive = files.Archive(data, where)
        if workbooks.is_workbook(archive.names):
            return Content(where, data, workbook=True)
        if not artifacts.is_artifact(archive):
            raise InputError(
                "This zip archive is neither a QIIME 2 artifact nor an Excel workbook.",
                where=where,
                expected="a .qza with VERSION, metadata.yaml and data, or a .xlsx",
                found=f"{len(archive.names)} members: {listed(archive.names)}",
                remedy="If it holds a table, unpack it and give that.",
            )
        artifact = artifacts.read(archive)
        where, data = artifact.where, artifact.data
    for start, what, remedy in _OTHERS:
        if data.startswith(start):
            raise InputError(
                "This file is not a table.",
                where=where,
                expected=_EXPECTED,
                found=what,
                remedy=remedy,
            )
    if data.startswith(files.HDF5):
        return Content(where, data, artifact=artifact)
    text, encoding = decode(data, where, _EXPECTED)
    return Content(where, data, text, "" if encoding == "UTF-8" else f", {encoding}", artifact)


def sheet(content: Content, *, alone: bool = False) -> delimited.Sheet:
    """Return the rows of a text table or a workbook; with `alone` one column will do."""
    if content.workbook:
        return workbooks.sheet(content.data, content.where)
    made = delimited.sheet(content.text, content.where, note=content.encoding, alone=alone)
    if content.artifact:
        made.notes.insert(0, f"Format: {content.artifact.note}.")
    return made


def _is_json(content: Content) -> bool:
    return content.text[:200].lstrip().startswith(("{", "["))


#: What a file may be, with the test for it and its reader; the first that fits is taken.
READERS: list[tuple[Callable[[Content], bool], Callable[[Content], Table]]] = [
    (lambda it: it.data.startswith(files.HDF5), lambda it: bioms.from_hdf5(it.data, it.where)),
    (_is_json, lambda it: bioms.from_json(it.text, it.where)),
    (lambda it: profiles.is_shared(it.text), lambda it: profiles.shared(it.text, it.where)),
    (lambda it: profiles.is_metaphlan(it.text), lambda it: profiles.metaphlan(it.text, it.where)),
    (lambda it: profiles.is_humann(it.text), lambda it: profiles.humann(it.text, it.where)),
    (lambda it: profiles.is_bracken(it.text), lambda it: profiles.bracken(it.text, it.where)),
    (lambda it: profiles.is_kraken(it.text), lambda it: profiles.kraken([(it.where, it.text)])),
    (lambda _: True, lambda it: delimited.feature_table(sheet(it))),
]


def read_table(named: str | Path) -> Table:
    """Read a feature table of any known format, not yet oriented where its format does not say.

    Parameters
    ----------
    named : str or pathlib.Path
        A file; for reports of Kraken 2 or Bracken also a folder, a pattern or names separated by ``os.pathsep``.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    several = _several(named)
    if several:
        return profiles.kraken([(str(path), opened(path).text) for path in several])
    content = opened(Path(named))
    if content.artifact and not content.artifact.type.startswith("FeatureTable"):
        raise InputError(
            "This artifact is not a feature table.",
            where=content.where,
            expected="FeatureTable[Frequency]",
            found=content.artifact.type,
            remedy="Were the files exchanged?",
        )
    table = next(reader for fits, reader in READERS if fits(content))(content)
    if content.artifact:
        table.notes.insert(0, f"Format: {content.artifact.note}.")
    return table


def kind(named: str | Path) -> str:
    """Tell what a file is for: "tree", "taxonomy", "metadata" or "table" (or anything that only its cells tell).

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
    families = {
        "Phylogeny": "tree",
        "FeatureData": "taxonomy",
        "SampleData": "metadata",
        "ImmutableMetadata": "metadata",
    }
    if content.artifact:
        return families.get(content.artifact.type.partition("[")[0], "table")
    if content.text.lstrip().startswith("(") and content.text.rstrip().endswith(";"):
        return "tree"
    header = content.text.lstrip().partition("\n")[0].rstrip("\r").casefold().split("\t")
    if header[1:2] == ["taxon"] or header == ["otu", "size", "taxonomy"]:
        return "taxonomy"
    return "metadata" if "\n#q2:types" in content.text[:100_000] else "table"


def _several(named: str | Path) -> list[Path]:
    """Return the reports that a folder, a pattern or a list of names means; none where it means one file.

    Raises
    ------
    InputError
        Nothing matches; a folder without reports; reports and other files together.
    """
    path, text = Path(named), str(named)
    if path.is_file():
        return []
    if path.is_dir():
        found = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
    elif os.pathsep in text:
        found = [Path(part) for part in text.split(os.pathsep) if part]
    elif glob.has_magic(text):
        found = [Path(part) for part in sorted(glob.glob(text))]  # noqa: PTH207 - the pattern may be absolute
        if not found:
            raise InputError(
                "No file has a name of this pattern.",
                where=text,
                expected="reports, such as 'reports/*.kreport'",
                found="none",
                remedy="Check the folder and the pattern.",
            )
    else:
        return []
    others = [file for file in found if not profiles.is_kraken(files.head(file))]
    if path.is_dir() and len(others) == len(found):
        return []
    for file in others:
        opened(file)  # it may be empty, or not there at all, which says more
    if others:
        raise InputError(
            "Several files can be read together only where all are reports of Kraken 2 or Bracken.",
            where=listed([str(file) for file in others]),
            expected="the files that --report wrote",
            found=f"another format in {len(others)} of {len(found)} files",
            remedy="Give a pattern that only reports match, such as 'reports/*.kreport'. Join tables with their own "
            "programs: combine_bracken_outputs.py, merge_metaphlan_tables.py, humann_join_tables.",
        )
    return found


def read_metadata(path: Path) -> Metadata:
    """Read the cells of a metadata file.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    content = opened(path)
    if not (content.text or content.workbook) or _is_json(content):
        raise InputError(
            "This file is not sample metadata.",
            where=content.where,
            expected="a table as text, Excel (.xlsx) or QIIME 2 metadata",
            found="a feature table (BIOM)",
            remedy="Were the table and the metadata exchanged?",
        )
    return Metadata.read(sheet(content, alone=True))


def read_taxonomy(path: Path, notes: list[str]) -> pd.DataFrame:
    """Read a taxonomy: one row a feature, with a lineage or a column for each rank. ``notes`` gains its provenance.

    Returns
    -------
    pandas.DataFrame
        One column a rank, from broad to narrow.

    Raises
    ------
    InputError, InputErrors
        What is wrong with it, and where.
    """
    content = opened(path)
    if content.artifact:
        notes.append(f"Taxonomy: {content.artifact.note}.")
    return delimited.taxonomy(sheet(content))


def read_tree(path: Path, notes: list[str]) -> TreeNode:
    """Read a rooted phylogeny in Newick. ``notes`` gains its provenance.

    Raises
    ------
    InputError, InputErrors
        Not Newick, no names, not rooted, or branches without length.
    """
    content = opened(path)
    if content.artifact:
        notes.append(f"Tree: {content.artifact.note}.")
    return newick(content.text, content.where)


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
        tree = TreeNode.read(io.StringIO(text), format="newick", verify=False, convert_underscores=False)
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
    if len(tree.children) > 2:
        errors.append(
            InputError(
                "This tree has no root.",
                where=where,
                expected="two branches at the root",
                found=f"{len(tree.children)}",
                remedy="Root it, at an outgroup or its midpoint (in R phangorn::midpoint; in QIIME 2 midpoint-root).",
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
