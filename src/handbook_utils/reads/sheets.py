"""Sample sheets: which file of reads is whose, and what of that is not so in the folder."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.reads.samples import SampleFiles, by_sample, is_named_so, mistakes, reads_in
from handbook_utils.text.decode import read_text
from handbook_utils.text.sniff import separator

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
#: Illumina's sheets, of either version, have sections, and name samples in one whose name ends so.
_SECTION, _DATA = re.compile(r"\[(?P<name>[A-Za-z0-9_]+)\],*"), "data"
#: Bytes by which a sheet is known.
_HEAD = 65_536
#: What QIIME 2 writes for the folder that it is called in.
_HERE = "$PWD/"


@dataclass(frozen=True)
class Row:
    """What a sample sheet says of one sample.

    Attributes
    ----------
    line : int
        Of the sheet, from 1.
    sample, forward, reverse : str
        As written; no files where the sheet is Illumina's.
    """

    line: int
    sample: str
    forward: str = ""
    reverse: str = ""


@dataclass(frozen=True)
class Matched:
    """A sample sheet and its folder of reads, held against each other.

    Attributes
    ----------
    files : list of SampleFiles
        Of the samples that have theirs, in the order of their names.
    missing : list of str
        Files, or samples, that the sheet names and that are not there.
    others : list of pathlib.Path
        Files of reads beside those of the sheet.
    wrong : list of InputError
        Every mistake.
    """

    files: list[SampleFiles]
    missing: list[str]
    others: list[Path]
    wrong: list[InputError]


def is_sheet(path: Path) -> bool:
    r"""Tell whether a file is a sample sheet, by its beginning: sections of Illumina's, or a column of files of reads.

    Parameters
    ----------
    path : pathlib.Path
        Any file.

    Returns
    -------
    bool

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "sheet.csv").write_text("sample,forward\nA,a.fastq.gz\n")
    >>> _ = (folder / "people.csv").write_text("sample,file\nA,questionnaire.pdf\n")
    >>> is_sheet(folder / "sheet.csv"), is_sheet(folder / "people.csv")
    (True, False)
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\0" in head:
        return False
    text = head.decode("utf-8-sig", "replace")
    if _illumina(text):
        return True
    try:
        frame, columns = _table(text)
    except ValueError:
        return False
    return all(columns[part] is not None for part in ("sample", "forward")) and any(
        is_named_so(str(name)) for name in frame[columns["forward"]]
    )


def read_sheet(path: Path) -> list[Row]:
    r"""Read what a sample sheet says.

    Parameters
    ----------
    path : pathlib.Path
        Separated by commas, semicolons or tabs, with a column for samples (``sample``, ``sample-id``), one for forward
        reads (``forward``, ``fastq_1``, ``forward-absolute-filepath``) and, of pairs, one for reverse reads; or
        Illumina's, with which the run was made, which names samples only.

    Returns
    -------
    list of Row
        One at least.

    Raises
    ------
    InputError
        A column is missing, or there is no sample.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "sheet.csv"
    >>> _ = path.write_text("[Header]\nRunName,r1\n\n[BCLConvert_Data]\nSample_ID,Index\nA,ACGT\n")
    >>> read_sheet(path)
    [Row(line=6, sample='A', forward='', reverse='')]
    """
    text, _ = read_text(path)
    illumina = _illumina(text)
    before, text = illumina or (1, text)
    try:
        frame, columns = _table(text)
    except ValueError as error:
        raise InputError(
            "The sample sheet cannot be read.", where=str(path), expected=_EXPECTED, found=str(error)
        ) from None
    for part in ("sample",) if illumina else ("sample", "forward"):
        if columns[part] is None:
            raise InputError(
                f"The sample sheet has no column for {'samples' if part == 'sample' else 'files of reads'}.",
                where=str(path),
                expected=f"{_EXPECTED}; one of the columns {listed(list(_COLUMNS[part]), most=8)}",
                found=listed([str(name) for name in frame.columns], most=8),
                remedy="Name the columns sample, forward and reverse.",
            )
    rows = [
        Row(before + line, *(str(row[column]) if column else "" for column in columns.values()))
        for line, row in enumerate(frame.to_dict("records"), 1)
        if not str(row[frame.columns[0]]).startswith("#") and any(row.values())
    ]
    if not rows:
        raise InputError("The sample sheet names no sample.", where=str(path), expected=_EXPECTED)
    # A sample stands in a row for each of its lanes there; its files have names by rule.
    return [Row(row.line, row.sample) for row in {one.sample: one for one in rows}.values()] if illumina else rows


def files_of(sheet: Path, folder: Path | None = None) -> Matched:
    r"""Read a sample sheet and find the files that it names.

    Parameters
    ----------
    sheet : pathlib.Path
        As :func:`read_sheet` takes it.
    folder : pathlib.Path, optional
        Where the files lie; the sheet's own folder otherwise.

    Returns
    -------
    Matched
        Without a mistake.

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
    >>> [(one.sample, one.forward.name, one.reverse) for one in files_of(folder / "sheet.tsv").files]
    [('A', 'a.fq', None)]
    """
    found = matched(sheet, folder)
    if found.wrong:
        raise InputErrors(found.wrong)
    return found


def matched(sheet: Path, folder: Path | None = None) -> Matched:
    """Hold a sample sheet and its folder of reads against each other.

    Parameters
    ----------
    sheet, folder : pathlib.Path
        As :func:`files_of` takes them.

    Returns
    -------
    Matched

    Raises
    ------
    InputError
        It is no sample sheet, or there is no such folder.
    """
    base = folder or sheet.parent
    if not base.is_dir():
        raise InputError("There is no such folder of reads.", where=str(base), expected="the folder of the files")
    rows = read_sheet(sheet)
    return _by_files(rows, sheet, base) if any(row.forward for row in rows) else _by_names(rows, sheet, base)


def _illumina(text: str) -> tuple[int, str] | None:
    """Return the table of samples of one of Illumina's sheets, and the line it begins at; None of another sheet."""
    lines = text.splitlines()
    if _SECTION.fullmatch(next((line.strip() for line in lines if line.strip()), "")) is None:
        return None
    names = [_SECTION.fullmatch(line.strip()) for line in lines]
    begins = [at for at, name in enumerate(names) if name and name["name"].lower().endswith(_DATA)]
    if not begins:
        return None
    first = begins[0] + 1
    last = next((at for at in range(first, len(lines)) if names[at]), len(lines))
    return first + 1, "\n".join(lines[first:last])


def _table(text: str) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """Read the table of a sheet, and find its columns by their names."""
    frame = pd.read_csv(
        io.StringIO(text), sep=separator(text) or ",", dtype=str, keep_default_na=False, skip_blank_lines=False
    )
    frame = frame.map(str.strip)
    by_name = {str(name).strip().lower(): str(name) for name in frame.columns}
    return frame, {
        part: next((by_name[name] for name in names if name in by_name), None) for part, names in _COLUMNS.items()
    }


def _by_files(rows: list[Row], sheet: Path, base: Path) -> Matched:
    """Find the files that the rows of a sheet name."""
    found: list[SampleFiles] = []
    missing: list[str] = []
    wrong: list[InputError] = []
    used: dict[Path, str] = {}
    samples: set[str] = set()
    for row in rows:
        where = f"{sheet}, line {row.line}"
        if not row.sample or not row.forward:
            wrong.append(InputError("A row has no sample, or no file.", where=where, expected=_EXPECTED))
            continue
        there = True
        paths = [base / name.removeprefix(_HERE) for name in (row.forward, row.reverse) if name]
        for path, name in zip(paths, filter(None, (row.forward, row.reverse)), strict=True):
            if not path.is_file():
                there = False
                missing.append(name)
                wrong.append(_absent(path, name, where))
            elif path.resolve() in used:
                remedy = "Each file belongs to one sample, in one direction."
                told = used[path.resolve()]
                wrong.append(InputError(f"{name} is named twice.", where=where, found=told, remedy=remedy))
            used.setdefault(path.resolve(), f"line {row.line}")
        if row.sample in samples:
            remedy = "Join its files first, or give each its own name."
            wrong.append(InputError(f"Sample {row.sample} has two rows.", where=where, remedy=remedy))
        samples.add(row.sample)
        if there:
            found.append(SampleFiles(row.sample, *paths))
    halves = [row.sample for row in rows if row.forward and not row.reverse]
    if 0 < len(halves) < len(rows):
        remedy = "Give both files of every sample, or run single and paired samples one after the other."
        alone = f"one file only: {listed(halves)}"
        wrong.append(
            InputError("Some samples have pairs and others do not.", where=str(sheet), found=alone, remedy=remedy)
        )
    folders = {path.parent for path in used if path.is_file()} or {base.resolve()}
    others = [path for place in sorted(folders) for path in reads_in(place) if path.resolve() not in used]
    return Matched(sorted(found), missing, others, wrong)


def _absent(path: Path, name: str, where: str) -> InputError:
    close = nearest(path.name, [one.name for one in reads_in(path.parent)]) if path.parent.is_dir() else None
    remedy = "Check the name; paths begin at the sheet's folder, or at the folder given as reads."
    return InputError(
        "There is no such file of reads.",
        where=where,
        found=name,
        remedy=f"Is {close} meant? {remedy}" if close else remedy,
    )


def _by_names(rows: list[Row], sheet: Path, base: Path) -> Matched:
    """Find the files of a sheet that names samples only, by the names that demultiplexing gives them."""
    found, paired = by_sample(reads_in(base))
    spelt = {**{_spelt(sample): sample for sample, _ in found}, **{sample: sample for sample, _ in found}}
    wrong: list[InputError] = []
    missing: list[str] = []
    own: dict[str, str] = {}
    for row in rows:
        where = f"{sheet}, line {row.line}"
        name = spelt.get(row.sample, spelt.get(_spelt(row.sample)))
        if name is None:
            missing.append(row.sample)
            close = nearest(row.sample, {sample for sample, _ in found})
            wrong.append(
                InputError(
                    f"Sample {row.sample} has no file of reads.",
                    where=where,
                    expected=f"{row.sample}_S1_L001_R1_001.fastq.gz, or {row.sample}_R1.fastq.gz, in {base}",
                    found="none",
                    remedy=f"Is {close} meant?"
                    if close
                    else "Fetch it; a sample without reads is left out of the sheet.",
                )
            )
        else:
            own[name] = row.sample
    wrong += mistakes({key: paths for key, paths in found.items() if key[0] in own}, paired)
    files = [
        SampleFiles(own[sample], paths[0], found[sample, "2"][0] if paired else None)
        for (sample, read), paths in found.items()
        if sample in own and read == "1" and (not paired or (sample, "2") in found)
    ]
    others = sorted(path for (sample, _), paths in found.items() if sample not in own for path in paths)
    return Matched(sorted(files), missing, others, wrong)


def _spelt(sample: str) -> str:
    """Return a name as versions of the demultiplexing write it, with hyphens for dots and underscores."""
    return re.sub(r"[._]", "-", sample)
