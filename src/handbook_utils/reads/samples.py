"""Which files of reads belong to which sample: by their names in a folder, or by a sample sheet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.text.decode import read_text
from handbook_utils.text.sniff import separator

#: Endings of files of reads.
ENDINGS = (".fastq", ".fastq.gz", ".fq", ".fq.gz")
_ENDING = re.compile(r"\.(?:fastq|fq)(?:\.gz)?$", re.I)
_READ = re.compile(r"(?P<sample>.+?)[_.-](?:R|read)?(?P<read>[12])(?:_001)?$", re.I)
#: What Illumina's programs, and QIIME 2 after them, put behind the name of a sample.
_RUN = re.compile(r"(?:_(?:S?\d+|[ACGTN+]{6,}))?_L\d{3}$")
#: Columns of sample sheets, as QIIME 2, nf-core/ampliseq and people call them.
_COLUMNS = {
    "sample": ("sample", "sample-id", "sampleid", "sample_id", "id", "#sampleid"),
    "forward": (
        *("forward", "forward-absolute-filepath", "forwardreads", "fastq_1", "r1", "absolute-filepath"),
        *("reads", "file", "fastq"),
    ),
    "reverse": ("reverse", "reverse-absolute-filepath", "reversereads", "fastq_2", "r2"),
}
_EXPECTED = "a row a sample: its name, its file of forward reads and, of pairs, its file of reverse reads"


@dataclass(frozen=True, order=True)
class SampleFiles:
    """The files of one sample.

    Attributes
    ----------
    sample : str
        Its name.
    forward : pathlib.Path
        FASTQ, of forward or of single reads.
    reverse : pathlib.Path or None
        None of single reads.
    """

    sample: str
    forward: Path
    reverse: Path | None = None


def files_in(folder: Path) -> list[SampleFiles]:
    """Find the samples in a folder by the names of its files.

    Parameters
    ----------
    folder : pathlib.Path
        With ``NAME_R1.fastq.gz`` and ``NAME_R2.fastq.gz`` of each sample, ``NAME_S1_L001_R1_001.fastq.gz`` as Illumina
        writes them, or ``NAME.fastq.gz`` where reads are single. Subfolders are not looked in.

    Returns
    -------
    list of SampleFiles
        In the order of their names.

    Raises
    ------
    InputError, InputErrors
        There are none, a pair is not whole, or two files are one sample's.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("A_S1_L001_R1_001.fastq.gz", "A_S1_L001_R2_001.fastq.gz"):
    ...     (folder / name).touch()
    >>> [(one.sample, one.forward.name[-16:]) for one in files_in(folder)]
    [('A', '_R1_001.fastq.gz')]
    """
    paths = sorted(path for path in folder.iterdir() if _ENDING.search(path.name) and not path.name.startswith("."))
    if not paths:
        raise InputError(
            "There are no files of reads in this folder.",
            where=str(folder),
            expected=f"files whose names end in {listed(list(ENDINGS))}",
            found=listed(sorted(path.name for path in folder.iterdir())[:5]) or "an empty folder",
            remedy="Give the folder that the sequencing centre's files are in, or a sample sheet.",
        )
    directed = {path: match for path in paths if (match := _READ.match(_ENDING.sub("", path.name)))}
    # Names may end in 1 or 2 without being pairs (week_1, week_2): they are where each has its other half.
    paired = any(match["read"] == "2" for match in directed.values()) and _are_pairs(directed, len(paths))
    found: dict[tuple[str, str], list[Path]] = {}
    for path in paths:
        stem = _ENDING.sub("", path.name)
        match = directed.get(path)
        direct = match is not None and (paired or bool(re.search(r"[_.-]R1(?:_001)?$", stem, re.I)))
        name = match["sample"] if match is not None and direct else stem
        read = match["read"] if match is not None and paired else "1"
        found.setdefault((_RUN.sub("", name) or name, read), []).append(path)
    wrong = [_several(sample, paths) for (sample, _), paths in found.items() if len(paths) > 1]
    names = sorted({sample for sample, _ in found})
    if paired:
        wrong += [_half(sample, found) for sample in names if len({(sample, "1"), (sample, "2")} & set(found)) == 1]
    if wrong:
        raise InputErrors(wrong)
    return [SampleFiles(sample, found[sample, "1"][0], found[sample, "2"][0] if paired else None) for sample in names]


def files_of(sheet: Path, folder: Path | None = None) -> list[SampleFiles]:
    r"""Read a sample sheet and find the files that it names.

    Parameters
    ----------
    sheet : pathlib.Path
        Separated by commas, semicolons or tabs, with a column for samples (``sample``, ``sample-id``), one for forward
        reads (``forward``, ``fastq_1``, ``forward-absolute-filepath``) and, of pairs, one for reverse reads.
    folder : pathlib.Path, optional
        Where the files lie; the sheet's own folder otherwise.

    Returns
    -------
    list of SampleFiles
        In the order of their names.

    Raises
    ------
    InputError, InputErrors
        A column is missing, a sample or a file is named twice, or a file is not there: all of them at once.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "a.fq").touch()
    >>> _ = (folder / "sheet.tsv").write_text("sample-id\tabsolute-filepath\nA\ta.fq\n")
    >>> [(one.sample, one.forward.name, one.reverse) for one in files_of(folder / "sheet.tsv")]
    [('A', 'a.fq', None)]
    """
    text, _ = read_text(sheet)
    frame = pd.read_csv(io.StringIO(text), sep=separator(text) or ",", dtype=str, keep_default_na=False)
    frame = frame[~frame.iloc[:, 0].str.startswith("#")].map(str.strip)
    by_name = {str(name).strip().lower(): name for name in frame.columns}
    columns = {
        part: next((by_name[name] for name in names if name in by_name), None) for part, names in _COLUMNS.items()
    }
    for part in ("sample", "forward"):
        if columns[part] is None:
            raise InputError(
                f"The sample sheet has no column for {'samples' if part == 'sample' else 'files of reads'}.",
                where=str(sheet),
                expected=f"{_EXPECTED}; one of the columns {listed(list(_COLUMNS[part]), most=8)}",
                found=listed([str(name) for name in frame.columns], most=8),
                remedy="Name the columns sample, forward and reverse.",
            )
    if frame.empty:
        raise InputError("The sample sheet names no sample.", where=str(sheet), expected=_EXPECTED)
    found: list[SampleFiles] = []
    wrong: list[InputError] = []
    used: dict[Path, str] = {}
    base = folder or sheet.parent
    for number, row in enumerate(frame.to_dict("records"), 2):
        where = f"{sheet}, line {number}"
        sample, first = str(row[columns["sample"]]), str(row[columns["forward"]])
        second = str(row[columns["reverse"]]) if columns["reverse"] is not None else ""
        if not sample or not first:
            wrong.append(InputError("A row has no sample, or no file.", where=where, expected=_EXPECTED))
            continue
        for name in filter(None, (first, second)):
            if not (base / name).is_file():
                remedy = "Check the name; paths begin at the sheet's folder, or at the folder given as reads."
                wrong.append(InputError("There is no such file of reads.", where=where, found=name, remedy=remedy))
            elif (base / name).resolve() in used:
                told = used[(base / name).resolve()]
                remedy = "Each file belongs to one sample, in one direction."
                wrong.append(InputError(f"{name} is named twice.", where=where, found=told, remedy=remedy))
            used[(base / name).resolve()] = f"line {number}"
        if sample in {one.sample for one in found}:
            remedy = "Join its files first, or give each its own name."
            wrong.append(InputError(f"Sample {sample} has two rows.", where=where, remedy=remedy))
        found.append(SampleFiles(sample, base / first, base / second if second else None))
    halves = [one.sample for one in found if one.reverse is None]
    if 0 < len(halves) < len(found):
        remedy = "Give both files of every sample, or run single and paired samples one after the other."
        alone = f"one file only: {listed(halves)}"
        wrong.append(
            InputError("Some samples have pairs and others do not.", where=str(sheet), found=alone, remedy=remedy)
        )
    if wrong:
        raise InputErrors(wrong)
    return sorted(found)


def _are_pairs(directed: dict[Path, re.Match[str]], files: int) -> bool:
    marked = any(re.search(r"[_.-]R[12](?:_001)?$", _ENDING.sub("", path.name), re.I) for path in directed)
    halves = [{m["read"] for m in directed.values() if m["sample"] == match["sample"]} for match in directed.values()]
    return marked or (len(directed) == files and all(len(half) == 2 for half in halves))


def _several(sample: str, paths: list[Path]) -> InputError:
    return InputError(
        f"Sample {sample} has more than one file of the same direction.",
        where=str(paths[0].parent),
        expected="one file a sample and direction",
        found=listed([path.name for path in paths]),
        remedy="Join lanes first (cat a_L001_R1.fastq.gz a_L002_R1.fastq.gz), or say which is whose in a sample sheet.",
    )


def _half(sample: str, found: dict[tuple[str, str], list[Path]]) -> InputError:
    read = "1" if (sample, "1") in found else "2"
    path = found[sample, read][0]
    return InputError(
        f"Sample {sample} has no file of {'reverse' if read == '1' else 'forward'} reads.",
        where=str(path.parent),
        expected="two files a sample",
        found=path.name,
        remedy="Fetch the other file, or say in a sample sheet which file is whose.",
    )
