"""Which files of reads belong to which sample, by their names in a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handbook_utils.errors import InputError, InputErrors, listed

#: Endings of files of reads.
ENDINGS = (".fastq", ".fastq.gz", ".fq", ".fq.gz")
_ENDING = re.compile(r"\.(?:fastq|fq)(?:\.gz)?$", re.I)
_READ = re.compile(r"(?P<sample>.+?)[_.-](?:R|read)?(?P<read>[12])(?:_001)?$", re.I)
#: What is put behind the name of a sample: by Illumina's programs, and QIIME 2 after them; by centres; by PacBio's.
_RUN = re.compile(r"(?:_(?:S?\d+|[ACGTN+-]{6,}))?_L\d{3}$|\.(?:raw|clean|ccs|hifi_reads|fastq_pass)$")
#: A lane in the name of a file.
_LANE = re.compile(r"_L\d{3}_")
#: Reads of indices, and reads that demultiplexing could give to nobody: of no sample.
_NO_SAMPLE = re.compile(r"_I[12](?:_001)?\.(?:fastq|fq)(?:\.gz)?$|^Undetermined_")


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
    paths = reads_in(folder)
    if not paths:
        raise _in_folders(folder) or InputError(
            "There are no files of reads in this folder.",
            where=str(folder),
            expected=f"files whose names end in {listed(list(ENDINGS))}",
            found=listed(sorted(path.name for path in folder.iterdir())[:5]) or "an empty folder",
            remedy="Give the folder that the sequencing centre's files are in, or a sample sheet.",
        )
    found, paired = by_sample(paths)
    wrong = mistakes(found, paired)
    if wrong:
        raise InputErrors(wrong)
    return [
        SampleFiles(sample, found[sample, "1"][0], found[sample, "2"][0] if paired else None)
        for sample in sorted({sample for sample, _ in found})
    ]


def reads_in(folder: Path) -> list[Path]:
    """List the files of reads in a folder, but those of no sample: indices, and what demultiplexing gave to nobody.

    Parameters
    ----------
    folder : pathlib.Path
        Subfolders are not looked in.

    Returns
    -------
    list of pathlib.Path
        In the order of their names.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("A_S1_L001_R1_001.fastq.gz", "A_S1_L001_I1_001.fastq.gz", "Undetermined_S0_L001_R1_001.fastq.gz"):
    ...     (folder / name).touch()
    >>> [path.name for path in reads_in(folder)]
    ['A_S1_L001_R1_001.fastq.gz']
    """
    named = (path for path in folder.iterdir() if is_named_so(path.name) and not path.name.startswith("."))
    return sorted(path for path in named if not _NO_SAMPLE.search(path.name))


def is_named_so(name: str) -> bool:
    """Tell whether a name is one of a file of reads.

    Parameters
    ----------
    name : str
        Of a file.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_named_so("A_R1.fastq.gz"), is_named_so("table.tsv")
    (True, False)
    """
    return _ENDING.search(name) is not None


#: Files by sample and direction, "1" or "2".
BySample = dict[tuple[str, str], list[Path]]


def by_sample(paths: Sequence[Path]) -> tuple[BySample, bool]:
    """Tell by their names which files of reads are whose.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Of one folder.

    Returns
    -------
    tuple of dict and bool
        The files of each sample and direction, and whether these are pairs.
    """
    directed = {path: match for path in paths if (match := _READ.match(_ENDING.sub("", path.name)))}
    # Names may end in 1 or 2 without being pairs (week_1, week_2): they are where each has its other half.
    paired = any(match["read"] == "2" for match in directed.values()) and _are_pairs(directed, len(paths))
    found: BySample = {}
    for path in paths:
        stem = _ENDING.sub("", path.name)
        match = directed.get(path)
        direct = match is not None and (paired or bool(re.search(r"[_.-]R1(?:_001)?$", stem, re.I)))
        name = match["sample"] if match is not None and direct else stem
        read = match["read"] if match is not None and paired else "1"
        found.setdefault((_RUN.sub("", name) or name, read), []).append(path)
    return found, paired


def mistakes(found: BySample, paired: bool) -> list[InputError]:
    """Find what is wrong with files by sample: several of one direction, and pairs that are not whole.

    Parameters
    ----------
    found : dict of (str, str) to list of pathlib.Path
        As :func:`by_sample` gives it.
    paired : bool
        Whether these are pairs.

    Returns
    -------
    list of InputError
    """
    wrong = _several({key: paths for key, paths in found.items() if len(paths) > 1})
    if paired:
        names = sorted({sample for sample, _ in found})
        wrong += [_half(sample, found) for sample in names if len({(sample, "1"), (sample, "2")} & set(found)) == 1]
    return wrong


def _are_pairs(directed: dict[Path, re.Match[str]], files: int) -> bool:
    marked = any(re.search(r"[_.-]R[12](?:_001)?$", _ENDING.sub("", path.name), re.I) for path in directed)
    halves = [{m["read"] for m in directed.values() if m["sample"] == match["sample"]} for match in directed.values()]
    return marked or (len(directed) == files and all(len(half) == 2 for half in halves))


def _in_folders(folder: Path) -> InputError | None:
    """Say that each sample's files lie in a folder of their own, as centres and Nanopore's programs leave them."""
    own = [one for one in sorted(folder.iterdir()) if one.is_dir() and reads_in(one)]
    if not own:
        return None
    first = reads_in(own[0])[0]
    found = _ENDING.search(first.name)
    ending = found[0] if found else ""
    return InputError(
        "The files of reads lie in folders of their own.",
        where=str(folder),
        expected="all files in one folder",
        found=f"{len(own)} folders with reads, such as {own[0].name} with {first.name}",
        remedy=f"Say in a sample sheet which file is whose (sample,forward,reverse with {own[0].name}/{first.name} and "
        "so on). Of many single files a sample, as Nanopore's programs write them, make one: mkdir ../together; "
        f'for d in */; do cat "$d"*{ending} > ../together/$(basename $d){ending}; done',
    )


def _several(found: BySample) -> list[InputError]:
    """Say once that samples have several files of a direction: it has one cause, most often lanes."""
    if not found:
        return []
    (sample, _), paths = next(iter(found.items()))
    samples = sorted({name for name, _ in found})
    lane = _LANE.search(paths[0].name)
    joined = (
        f"Join lanes first: mkdir joined; for f in *{lane[0]}*; do cat ${{f/{lane[0]}/_L0*_}} > joined/$f; done. Or say"
        if lane
        else "Join them first, if all are of this sample, or say"
    )
    return [
        InputError(
            f"Sample {sample} has more than one file of the same direction."
            if len(samples) == 1
            else f"{len(samples)} samples have more than one file of the same direction: {listed(samples, most=8)}.",
            where=str(paths[0].parent),
            expected="one file a sample and direction",
            found=listed([path.name for path in paths]),
            remedy=f"{joined} which is whose in a sample sheet.",
        )
    ]


def _half(sample: str, found: BySample) -> InputError:
    read = "1" if (sample, "1") in found else "2"
    path = found[sample, read][0]
    return InputError(
        f"Sample {sample} has no file of {'reverse' if read == '1' else 'forward'} reads.",
        where=str(path.parent),
        expected="two files a sample",
        found=path.name,
        remedy="Fetch the other file, or say in a sample sheet which file is whose.",
    )
