"""What is in a file of reads, or in those of a sample sheet: an answer before anything is done with it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from handbook_utils.errors import InputError, listed
from handbook_utils.reads.fastq import BrokenReadsError, read_fastq
from handbook_utils.reads.preparing import pairs_of
from handbook_utils.reads.primers import primers_seen
from handbook_utils.reads.samples import SampleFiles, by_sample, mistakes, reads_in
from handbook_utils.reads.sheets import matched, read_sheet

#: Reads that are looked at; a larger file is looked at so far, and that is said.
MOST = 1_000_000
#: Reads of all samples of a sheet or a folder together.
MOST_TOGETHER = 5_000_000
#: Reads whose beginnings are searched for primers.
_SEARCHED = 2_000
#: Share of reads from which on a primer is worth naming.
_NAMED = 0.05
_DIRECTION = re.compile(
    r"(?P<before>.*?)(?P<sign>[_.]R?)(?P<read>[12])(?P<after>(?:_001)?\.(?:fastq|fq)(?:\.gz)?)$", re.I
)


@dataclass(frozen=True)
class ReadsFound:
    """What was found in a file of reads.

    Attributes
    ----------
    path, what, format : str
        The file, that it holds reads, and how they are written.
    reads : int
        Reads that were looked at.
    bases : int
        Of these reads together.
    lengths : tuple of int
        Least, median and greatest number of bases.
    quality : str
        How qualities are written, and how good they are: the median read's expected number of errors.
    primers : dict of str to str
        At the beginning of the reads: name and direction, and the share of reads.
    partner : str
        The file of the other direction that lies beside it, and whether its reads are the same ones.
    notes : tuple of str
        What was found out on the way, a sentence each.
    problems : tuple of str
        What would stop an analysis, or should be looked at.
    """

    path: str
    what: str
    format: str
    reads: int
    bases: int
    lengths: tuple[int, int, int]
    quality: str
    primers: dict[str, str]
    partner: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadsOfSamples:
    """What was found of the files of reads of many samples.

    Attributes
    ----------
    path, what, format : str
        The sheet or the folder, what it is, and how it is written.
    samples : int
        That have reads.
    reads : int
        Reads (or pairs) that were looked at, of all samples together.
    fewest, most : str
        The sample with fewest and with most of them.
    first_samples : tuple of str
        In the order of their names.
    missing : tuple of str
        What the sheet names and is not there.
    not_in_the_sheet : tuple of str
        Files of reads beside the others, of which the sheet knows nothing.
    notes : tuple of str
        What was found out on the way, a sentence each.
    problems : tuple of str
        What would stop an analysis, or should be looked at.
    """

    path: str
    what: str
    format: str
    samples: int
    reads: int
    fewest: str
    most: str
    first_samples: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    not_in_the_sheet: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def inspect_reads(path: Path) -> ReadsFound:
    r"""Tell what is in a file of reads, and in the file of the other direction where one lies beside it.

    Parameters
    ----------
    path : pathlib.Path
        FASTQ, plain or gzip.

    Returns
    -------
    ReadsFound
        Lengths, qualities, primers, and what should be looked at.

    Raises
    ------
    InputError
        It is no FASTQ, or broken.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "S1_R1.fastq"
    >>> _ = path.write_text("@r1\nACGT\n+\nIIII\n@r2\nACN\n+\nI#I\n")
    >>> found = inspect_reads(path)
    >>> found.reads, found.lengths, found.quality
    (2, (3, 3, 4), 'Phred + 33, from 2 to 40; expected errors of the median read: 0.32')
    """
    lengths: list[int] = []
    errors: list[float] = []
    signs: Counter[str] = Counter()
    starts: list[str] = []
    names: list[str] = []
    unclear = empty = whole = 0
    for record in read_fastq(path):
        whole += 1
        if whole > MOST:
            break
        lengths.append(len(record))
        signs.update(record.qualities)
        errors.append(_expected_errors(record.qualities))
        unclear += "N" in record.sequence.upper()
        empty += len(record) == 0
        names.append(_identity(record.name))
        if len(starts) < _SEARCHED:
            starts.append(record.sequence[:60])
    offset, quality = _encoding(signs)
    if offset == 64:
        errors = []
    else:
        quality += f"; expected errors of the median read: {np.median(errors):.2g}"
    seen = {
        f"{primer.name} ({primer.direction})": f"{100 * share:.0f} % of reads"
        for primer, share in primers_seen(starts).items()
        if share >= _NAMED
    }
    interleaved = are_interleaved(names)
    problems = [
        *_of_qualities(offset, signs),
        *_of_directions(seen, interleaved),
        *_of_names(names, interleaved),
        *([f"{empty:,} reads have no bases."] if empty else []),
    ]
    partner, wrong = _partner(path, names if whole <= MOST else names[:MOST])
    notes = [f"only the first {MOST:,} reads were looked at"] if whole > MOST else []
    if unclear:
        notes.append(f"{unclear:,} reads have an N")
    return ReadsFound(
        str(path),
        "reads",
        "FASTQ, interleaved pairs" if interleaved else "FASTQ",
        len(lengths),
        int(np.sum(lengths)),
        (min(lengths), int(np.median(lengths)), max(lengths)),
        quality,
        seen,
        partner,
        tuple(notes),
        (*problems, *wrong),
    )


def inspect_sheet(path: Path, folder: Path | None = None) -> ReadsOfSamples:
    r"""Hold a sample sheet against its folder of reads: what is missing, what it does not name, and what does not pair.

    Parameters
    ----------
    path : pathlib.Path
        As :func:`read_sheet` takes it.
    folder : pathlib.Path, optional
        Where the files lie; the sheet's own folder otherwise.

    Returns
    -------
    ReadsOfSamples

    Raises
    ------
    InputError
        It is no sample sheet.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("a.fq", "b.fq"):
    ...     _ = (folder / name).write_text("@r1\nACGT\n+\nIIII\n")
    >>> _ = (folder / "sheet.csv").write_text("sample,forward\nA,a.fq\nC,c.fq\n")
    >>> found = inspect_sheet(folder / "sheet.csv")
    >>> found.samples, found.missing, found.not_in_the_sheet
    (1, ('c.fq',), ('b.fq',))
    """
    found = matched(path, folder)
    illumina = not any(row.forward for row in read_sheet(path))
    others = tuple(one.name for one in found.others)
    problems = [_told(error) for error in found.wrong]
    if others:
        problems.append(f"{len(others)} files of reads are not in the sheet: {listed(list(others))}.")
    form = "Illumina's, names of samples" if illumina else "names of samples and their files"
    return _looked_at(str(path), "sample sheet of reads", form, found.files, found.missing, others, problems)


def inspect_folder(folder: Path) -> ReadsOfSamples:
    """Tell which samples a folder of reads has, by the names of its files, and what does not pair.

    Parameters
    ----------
    folder : pathlib.Path
        With a file of reads at least.

    Returns
    -------
    ReadsOfSamples
    """
    found, paired = by_sample(reads_in(folder))
    wrong = mistakes(found, paired)
    whole = [
        SampleFiles(sample, paths[0], found[sample, "2"][0] if paired else None)
        for (sample, read), paths in sorted(found.items())
        if read == "1" and (not paired or (sample, "2") in found)
    ]
    return _looked_at(str(folder), "folder of reads", "", whole, [], (), [_told(error) for error in wrong])


def _looked_at(
    path: str,
    what: str,
    form: str,
    files: list[SampleFiles],
    missing: list[str],
    others: tuple[str, ...],
    problems: list[str],
) -> ReadsOfSamples:
    """Look at the reads of each sample: whether they can be read, and whether pairs are pairs."""
    most = max(1, MOST_TOGETHER // max(1, len(files)))
    reads: dict[str, int] = {}
    cut = False
    for one in files:
        reads[one.sample] = 0
        try:
            for _ in islice(pairs_of(one), most):
                reads[one.sample] += 1
        except InputError as error:
            problems.append(f"Sample {one.sample}: {_told(error)}")
        cut |= reads[one.sample] == most
        problems += _turned_round(one)
    pairs = sum(one.reverse is not None for one in files)
    kinds = {"pairs": pairs, "single reads": len(files) - pairs}
    told = " and ".join(f"{kind} of {number} samples" for kind, number in kinds.items() if number)
    unit = "pairs" if pairs == len(files) else "reads"
    order = sorted(reads, key=lambda sample: (reads[sample], sample))
    fewest, fullest = (
        [f"{sample} ({reads[sample]:,} {unit})" for sample in (order[0], order[-1])] if order else ["", ""]
    )
    return ReadsOfSamples(
        path=path,
        what=what,
        format="; ".join(filter(None, (form, told))),
        samples=len(files),
        reads=sum(reads.values()),
        fewest=fewest,
        most=fullest,
        first_samples=tuple(sorted(reads)[:5]),
        missing=tuple(missing),
        not_in_the_sheet=others,
        notes=(f"of each sample only the first {most:,} {unit} were looked at",) if cut else (),
        problems=tuple(problems),
    )


def _turned_round(one: SampleFiles) -> list[str]:
    """Tell where a file called 2 is given as forward and one called 1 as reverse."""
    names = [_DIRECTION.match(path.name) for path in (one.forward, one.reverse) if path is not None]
    said = [match["read"] for match in names if match]
    if said == ["2", "1"]:
        return [f"Sample {one.sample}: {one.forward.name} stands as forward, and its name says reverse."]
    return []


def _told(error: InputError) -> str:
    rest = "; ".join(filter(None, (error.where, error.found and f"found: {error.found}")))
    return f"{error.problem.rstrip('.')} ({rest})."


def _expected_errors(qualities: str) -> float:
    values = np.frombuffer(qualities.encode("ascii"), dtype=np.uint8) - 33.0
    return float(np.sum(10.0 ** (-values / 10)))


def _encoding(signs: Counter[str]) -> tuple[int, str]:
    """Tell how qualities are written, from the lowest and the highest sign."""
    if not signs:
        return 33, "no qualities"
    low, high = ord(min(signs)), ord(max(signs))
    # Phred + 64 begins at @ (or B); Phred + 33 of any machine has something below ; in a file of some size.
    offset = 64 if low >= 64 and high > 75 else 33
    return offset, f"Phred + {offset}, from {low - offset} to {high - offset}"


def _identity(name: str) -> str:
    """Return what both reads of a pair are called: without comment, and without /1 or /2."""
    return re.sub(r"/[12]$", "", name.split(maxsplit=1)[0]) if name.strip() else ""


def are_interleaved(names: list[str]) -> bool:
    """Tell by the names of reads whether both reads of each pair stand one after the other.

    Parameters
    ----------
    names : list of str
        Without comments, and without /1 or /2.

    Returns
    -------
    bool

    Examples
    --------
    >>> are_interleaved(["a", "a", "b", "b"]), are_interleaved(["a", "b"])
    (True, False)
    """
    pairs = list(zip(names[::2], names[1::2], strict=False))
    return bool(pairs) and sum(first == second for first, second in pairs) > 0.9 * len(pairs)


def _of_qualities(offset: int, signs: Counter[str]) -> list[str]:
    found = []
    if offset == 64:
        found.append("Qualities are written as Phred + 64 (Illumina before 1.8): turn them into Phred + 33 first.")
    if len(signs) == 1:
        found.append("Every base has the same quality: qualities were lost, and an error model cannot be learnt.")
    elif 1 < len(signs) <= 4:
        found.append(
            f"Qualities have {len(signs)} steps only (binned by the machine): error models are learnt with care."
        )
    return found


def _of_directions(seen: dict[str, str], interleaved: bool) -> list[str]:
    both = {name.rpartition("(")[2].rstrip(")") for name in seen}
    if len(both) == 2 and not interleaved:
        return [f"Reads begin with primers of both directions ({listed(list(seen))}): orientation is mixed."]
    return []


def _of_names(names: list[str], interleaved: bool) -> list[str]:
    counts = Counter(names)
    twice = sum(count > (2 if interleaved else 1) for count in counts.values())
    return [f"{twice:,} names of reads occur more than once: files were put together twice."] if twice else []


def _partner(path: Path, names: list[str]) -> tuple[str, list[str]]:
    """Find the file of the other direction, and hold its reads against these."""
    match = _DIRECTION.match(path.name)
    if match is None:
        return "", []
    other = {"1": "2", "2": "1"}[match["read"]]
    partner = path.with_name(f"{match['before']}{match['sign']}{other}{match['after']}")
    if not partner.is_file():
        return "", []
    if partner.samefile(path):
        return partner.name, ["Both directions are one and the same file."]
    there: list[Any] = []
    try:
        for record in read_fastq(partner):
            if len(there) == len(names) and len(names) == MOST:
                break
            there.append(_identity(record.name))
    except BrokenReadsError as error:
        return partner.name, [f"{partner.name}: {error.problem}"]
    if len(there) != len(names):
        return partner.name, [f"{partner.name} has {len(there):,} reads, this file {len(names):,}: fetch both again."]
    for number, (mine, theirs) in enumerate(zip_longest(names, there), 1):
        if mine != theirs:
            told = f"The names of read {number:,} differ ({mine} here, {theirs} in {partner.name}): these are no pair."
            return partner.name, [told]
    return f"{partner.name}: the same {len(names):,} reads", []
