"""Files of reads: which belongs to which sample, and their checksums for the archive.

Names are those of Illumina's demultiplexing, ``<sample>_S1_L001_R1_001.fastq.gz``, or the short form
``<sample>_R1.fastq.gz``. ENA takes one compressed file of each direction for a run, with its MD5.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.sequencing.sample_sheet import sheet_ids
from handbook_utils.protocols.wells.requests import duplicate_tube

_NAME = re.compile(r"(?P<sample>[A-Za-z0-9_.-]+?)(?:_S\d+)?(?:_L\d{3})?_R(?P<read>[12])(?:_001)?\.(?:fastq|fq)\.gz")
#: What demultiplexing calls reads that it could give to nobody.
_UNDETERMINED = "Undetermined"
_READS = re.compile(r"\.(fastq|fq)(\.\w+)?$", re.IGNORECASE)
#: Reads of the indices, which an archive does not ask for.
_INDEX = re.compile(r"_I[12](_001)?\.(fastq|fq)\.gz$")
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class ReadFile:
    """One file of reads.

    Attributes
    ----------
    name : str
        Of the file, without its folder.
    md5 : str
        In hexadecimal.
    """

    name: str
    md5: str


def read_files(folder: Path, samples: Sequence[str]) -> dict[tuple[str, int], ReadFile]:
    r"""Find both files of reads of every sample, and compute their MD5.

    Parameters
    ----------
    folder : pathlib.Path
        With its subfolders. Second extractions of a sample (``-dup``), undetermined reads and reads of indices are
        passed over.
    samples : sequence of str
        As the archive's sheet names them.

    Returns
    -------
    dict of (str, int) to ReadFile
        By sample and direction, 1 or 2.

    Raises
    ------
    InputErrors
        All at once: files that are missing, that are there twice (or once a lane), that hold the same, that belong to
        nobody, that are empty or not compressed.

    Examples
    --------
    >>> import gzip, tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for read in (1, 2):
    ...         content = gzip.compress(b"@%d\nACGT\n+\nIIII\n" % read, mtime=0)
    ...         _ = Path(name, f"7K3PXP-1_S1_L001_R{read}_001.fastq.gz").write_bytes(content)
    ...     found = read_files(Path(name), ["7K3PXP-1"])
    >>> [file.name for file in found.values()]
    ['7K3PXP-1_S1_L001_R1_001.fastq.gz', '7K3PXP-1_S1_L001_R2_001.fastq.gz']
    """
    known = dict(zip(_as_on_the_sheet(samples), samples, strict=True))
    aside = {_UNDETERMINED, *_as_on_the_sheet([duplicate_tube(sample) for sample in samples])}
    errors: list[InputError] = []
    paths: dict[tuple[str, int], list[Path]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        match = _NAME.fullmatch(path.name)
        if not _READS.search(path.name) or _INDEX.search(path.name):
            continue  # reports of the demultiplexing, and lists of checksums
        if match is None or (match["sample"] not in known and match["sample"] not in aside):
            errors.append(_stranger(path.relative_to(folder), match["sample"] if match else "", list(known)))
        elif match["sample"] in known:
            paths.setdefault((known[match["sample"]], int(match["read"])), []).append(path)
    errors += _missing_or_twice(paths, samples, folder)
    found = {key: ReadFile(held[0].name, _md5(held[0])) for key, held in sorted(paths.items())}
    errors += [
        InputError(
            "This is no compressed file of reads.",
            where=str(held[0].relative_to(folder)),
            expected="reads, compressed by gzip",
            found="an empty file" if not held[0].stat().st_size else "something else",
            remedy="Fetch the file once more.",
        )
        for held in paths.values()
        if not _is_compressed(held[0])
    ]
    errors += _alike(found)
    if errors:
        raise InputErrors(errors)
    return found


def _as_on_the_sheet(samples: Sequence[str]) -> list[str]:
    return [str(name) for name in sheet_ids(pd.Series(list(samples), dtype=object))]


def _stranger(path: Path, sample: str, known: Sequence[str]) -> InputError:
    close = nearest(sample, known) if sample else None
    return InputError(
        "This file of reads belongs to no sample of the archive's sheet.",
        where=str(path),
        expected="<sample>_R1.fastq.gz, or the name that Illumina's demultiplexing gives",
        found=sample or path.name,
        remedy=f"Is it {close}'s?" if close else "Give the folder of this study's reads, and nothing else in it.",
    )


def _missing_or_twice(
    paths: Mapping[tuple[str, int], Sequence[Path]], samples: Sequence[str], folder: Path
) -> Iterator[InputError]:
    for read in (1, 2):
        missing = [sample for sample in samples if (sample, read) not in paths]
        if missing:
            yield InputError(
                f"Samples have no file of reads in direction {read}.",
                where=str(folder),
                expected=f"<sample>_R{read}.fastq.gz for each of {len(samples)} samples",
                found=f"none for {listed(missing)}",
                remedy="Fetch them. A sample that gave no reads has no run: take it out of the metadata first.",
            )
    for (sample, read), held in paths.items():
        if len(held) > 1:
            yield InputError(
                f"{sample} has several files of reads in direction {read}.",
                where=str(folder),
                expected="one",
                found=listed([path.relative_to(folder).as_posix() for path in held]),
                remedy="Put lanes together into one file (cat joins files of gzip), and leave out copies.",
            )


def _alike(found: Mapping[tuple[str, int], ReadFile]) -> Iterator[InputError]:
    by_content: dict[str, list[str]] = {}
    for file in found.values():
        by_content.setdefault(file.md5, []).append(file.name)
    for names in by_content.values():
        if len(names) > 1:
            yield InputError(
                "Files of reads hold the same, byte for byte.",
                where=listed(names),
                expected="reads of its own in every file",
                remedy="One is a copy under another's name: find out whose reads they are.",
            )


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _is_compressed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP
