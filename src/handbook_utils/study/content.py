"""The bytes of a file, opened once: what holds them, how they are encoded, and their lines one by one."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from handbook_utils.errors import InputError, listed
from handbook_utils.study import artifacts, files
from handbook_utils.study.cells import workbooks
from handbook_utils.study.cells.delimited import Sheet, sheet_of
from handbook_utils.study.choices import Choices
from handbook_utils.text.decode import sniffed

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
    (b"$FL2", "a data file of SPSS (.sav)", "In SPSS: Save as, Comma delimited (.csv)."),
    (b"$FL3", "a data file of SPSS (.zsav)", "In SPSS: Save as, Comma delimited (.csv)."),
    (b"HEADER RECORD*******", "a transport file of SAS (.xpt)", "In SAS: PROC EXPORT with DBMS=CSV."),
    (bytes(12) + b"\xc2\xea\x81\x60", "a data set of SAS (.sas7bdat)", "In SAS: PROC EXPORT with DBMS=CSV."),
    (b"<stata_dta>", "a data file of Stata (.dta)", "In Stata: export delimited."),
    (b"BZh", "a bzip2 archive", "Unpack it first: bunzip2."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first: unxz."),
    (b"{\\rtf", "a word processor's text", "Save the table as TSV."),
    (b">", "a file of sequences (FASTA)", "Give the feature table; sequences have no abundances."),
    (b"@", "a file of reads (FASTQ)", "Give the feature table that was made from the reads."),
    (
        b"<",
        "a web page or XML",
        "Was a page saved in place of the file? Download the file "
        "itself. If it is an export that ends in .xls: open it in a spreadsheet and save it as .xlsx.",
    ),
]
#: How a taxonomic profile in CAMI's format begins, which begins with @ as reads do.
_CAMI = (b"@SampleID", b"@Version", b"@Ranks", b"@TaxonomyID", b"@__", b"@@")
#: Bytes that tell what is no table.
_BEGINS = 32
#: As much of a text (bytes) as is looked at to know its format.
HEAD = 200_000


@dataclass(frozen=True)
class Content:
    """A file, or the member of an archive that holds the data: its bytes, or where its text lies.

    Parameters
    ----------
    where : str
        What messages call the file.
    data : bytes
        Unpacked; nothing where the text is left on the disk.
    codec : str
        How text is encoded; "" where it is not text.
    start : int
        Where text begins in the bytes.
    encoding : str
        In words, where it is worth saying.
    artifact : Artifact, optional
        Of QIIME 2, where the data comes from one.
    workbook : bool
        Whether it is Excel's.
    path : pathlib.Path, optional
        Of a text that is read line by line, so that it is never in memory.
    """

    where: str
    data: bytes = b""
    codec: str = ""
    start: int = 0
    encoding: str = ""
    artifact: artifacts.Artifact | None = None
    workbook: bool = False
    path: Path | None = None

    @classmethod
    def of_text(cls, text: str, where: str = "text") -> Content:
        """Return the content of a text that is no file.

        Parameters
        ----------
        text : str
            Any.
        where : str
            What messages call it.

        Returns
        -------
        Content
            UTF-8.
        """
        return cls(where, text.encode(), "utf-8")

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        """Open the text at its begin; what is in memory is not copied."""
        with io.BytesIO(self.data) if self.path is None else files.opened(self.path) as held:
            held.seek(self.start)
            yield held

    @cached_property
    def text(self) -> str:
        """All of it as text; "" where it is not text."""
        return "".join(self.lines())

    @cached_property
    def head(self) -> str:
        """How the text begins."""
        if not self.codec:
            return ""
        with self._bytes() as held:
            return held.read(HEAD).decode(self.codec, "ignore")

    def lines(self) -> Iterator[str]:
        """Yield the lines with their ends, decoded one by one: a large table is never in memory as text."""
        if self.codec:
            with self._bytes() as held, io.TextIOWrapper(held, self.codec, newline="") as text:
                yield from text


def opened(path: Path) -> Content:
    """Look at a file.

    Parameters
    ----------
    path : pathlib.Path
        A file, packed with gzip or not, an artifact of QIIME 2 or a workbook.

    Returns
    -------
    Content
        Its bytes, or where its text lies, and how they are read.

    Raises
    ------
    InputError
        It cannot be read, is empty, or is something that is known not to be a table.
    """
    where, data, artifact = str(path), files.read(path), None
    if data is None:
        with files.opened(path) as held:
            _is_a_table(held.read(_BEGINS), where)
            held.seek(0)
            codec, begins, encoding = sniffed(held, where, _EXPECTED)
        return Content(where, b"", codec, begins, _told(encoding), path=path)
    if data.startswith(files.ZIP):
        archive = files.Archive(data, where)
        if workbooks.is_workbook(archive.names):
            return Content(where, data, workbook=True)
        if "content.xml" in archive.names and "mimetype" in archive.names:
            raise InputError(
                "This file is not a table.",
                where=where,
                expected=_EXPECTED,
                found="a document of LibreOffice or OpenOffice, such as .ods",
                remedy="Save the worksheet as .xlsx or as TSV.",
            )
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
    _is_a_table(data[:_BEGINS], where)
    if data.startswith(files.HDF5):
        return Content(where, data, artifact=artifact)
    codec, begins, encoding = sniffed(io.BytesIO(data), where, _EXPECTED)
    return Content(where, data, codec, begins, _told(encoding), artifact)


def _told(encoding: str) -> str:
    return "" if encoding == "UTF-8" else f", {encoding}"


def _is_a_table(begins: bytes, where: str) -> None:
    """Stop at what is known not to be a table.

    Raises
    ------
    InputError
        With what it is, and what to do.
    """
    for start, what, remedy in _OTHERS:
        if begins.startswith(start) and not begins.startswith(_CAMI):
            raise InputError("This file is not a table.", where=where, expected=_EXPECTED, found=what, remedy=remedy)


def sheet(
    content: Content, choices: Choices | None = None, *, alone: bool = False, known: Collection[str] = ()
) -> Sheet:
    """Return the rows of a text table or a workbook; with `alone` one column will do.

    Parameters
    ----------
    content : Content
        Text or a workbook.
    choices : Choices, optional
        Which worksheet.
    alone : bool
        Whether one column will do.
    known : collection of str
        Names of columns that are looked for: of a workbook's tables the one that has most of them is read.

    Returns
    -------
    Sheet
        Header and rows.
    """
    if content.workbook:
        return workbooks.sheet(content.data, content.where, (choices or Choices()).worksheet, known)
    made = sheet_of(content.lines(), content.where, note=content.encoding, alone=alone)
    if content.artifact:
        made.notes.insert(0, f"Format: {content.artifact.note}.")
    return made
