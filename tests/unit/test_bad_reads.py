"""Files of reads that cannot be used: one clear message each, exit 2, and nothing written."""

from __future__ import annotations

import gzip
import runpy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from handbook_utils import datasets
from handbook_utils.cli import main
from handbook_utils.reads.denoising.engines import ENGINES
from handbook_utils.reads.sequences import read_fasta, reverse_complement

BROKEN = runpy.run_path(str(Path(__file__).with_name("test_reads.py")))["BROKEN"]
LETTERS = np.array(list("ACGT"))


def bases(seed: int, length: int = 120) -> str:
    return "".join(np.random.default_rng(seed).choice(LETTERS, length))


def fastq(number: int, signs: str = "I", seed: int = 1, name: str = "r", each: bool = False) -> bytes:
    reads = [bases(seed + at if each else seed) for at in range(number)]
    lines = (
        f"@{name}{at} 1\n{one}\n+\n{''.join(signs[(at + place) % len(signs)] for place in range(len(one)))}\n"
        for at, one in enumerate(reads)
    )
    return "".join(lines).encode()


def written(folder: Path, **files: bytes) -> None:
    for name, content in files.items():
        (folder / name.replace("__", ".").replace("_fq", ".fq")).write_bytes(content)


GOOD = fastq(60, "HI")


def pair(folder: Path, first: bytes, second: bytes) -> None:
    written(folder, A_R1_fq=first, A_R2_fq=second)


#: Name of the way, what is laid into the folder, what else is asked, and what is said.
WAYS: dict[str, tuple[Callable[[Path], None], dict[str, str], str]] = {
    "no-reads-in-the-folder": (lambda to: written(to, table__tsv=b"a\tb\n"), {}, "no files of reads in this folder"),
    "empty-folder": (lambda to: None, {}, "no files of reads in this folder"),
    "half-a-pair": (lambda to: written(to, A_R1_fq=GOOD, A_R2_fq=GOOD, B_R1_fq=GOOD), {}, "no file of reverse reads"),
    "two-lanes": (
        lambda to: written(to, A_S1_L001_R1_001_fq=GOOD, A_S1_L002_R1_001_fq=GOOD), {}, "more than one file of the same"
    ),
    "one-file-shorter": (lambda to: pair(to, GOOD, fastq(50, "HI")), {}, "different numbers of reads"),
    "names-that-do-not-pair": (lambda to: pair(to, GOOD, fastq(60, "HI", name="x")), {}, "do not belong together"),
    "pairs-that-do-not-overlap": (lambda to: pair(to, GOOD, fastq(60, "HI", seed=9)), {}, "do not overlap"),
    "too-few-pairs": (lambda to: pair(to, fastq(3, "HI"), fastq(3, "HI")), {}, "too few pairs"),
    "second-file-broken": (lambda to: pair(to, GOOD, GOOD[:-30]), {}, "qualities than bases"),
    "pairs-in-one-file": (
        lambda to: written(to, A_fq=b"".join(fastq(1, "HI", at, f"x{at}_") * 2 for at in range(60))), {}, "in one file"
    ),
    "qualities-lost": (lambda to: written(to, A_fq=fastq(60, "I")), {}, "same quality"),
    "all-too-bad": (lambda to: written(to, A_fq=fastq(60, "#$")), {}, "No read passes"),
    "cut-beyond-the-reads": (lambda to: written(to, A_fq=GOOD), {"truncate_forward": "400"}, "No read passes"),
    "primer-that-is-none": (lambda to: written(to, A_fq=GOOD), {"forward_primer": "515X"}, "no forward primer"),
    "primer-of-the-other-side": (lambda to: written(to, A_fq=GOOD), {"forward_primer": "806R"}, "no forward primer"),
    "primer-that-is-not-there": (lambda to: written(to, A_fq=GOOD), {"forward_primer": "515F"}, "No read begins with"),
    "host-that-is-no-fasta": (lambda to: written(to, A_fq=GOOD, host__txt=b"me\n"), {"host": "host.txt"}, "not FASTA"),
    "sheet-without-files": (
        lambda to: written(to, A_fq=GOOD, sheet__csv=b"sample,group\nA,1\n"),
        {"sheet": "sheet.csv"},
        "no column for files",
    ),
    "sheet-of-absent-files": (
        lambda to: written(to, A_fq=GOOD, sheet__csv=b"sample,forward\nA,B.fq\n"),
        {"sheet": "sheet.csv"},
        "no such file",
    ),
    "sheet-names-a-file-twice": (
        lambda to: written(to, A_fq=GOOD, sheet__csv=b"sample,forward\nA,A.fq\nB,A.fq\n"),
        {"sheet": "sheet.csv"},
        "named twice",
    ),
    "sheet-has-a-sample-twice": (
        lambda to: written(to, A_fq=GOOD, B_fq=GOOD, sheet__csv=b"sample,forward\nA,A.fq\nA,B.fq\n"),
        {"sheet": "sheet.csv"},
        "has two rows",
    ),
    "sheet-of-halves": (
        lambda to: written(
            to, A_fq=GOOD, B_fq=GOOD, C_fq=GOOD, sheet__csv=b"sample,forward,reverse\nA,A.fq,B.fq\nC,C.fq,\n"
        ),
        {"sheet": "sheet.csv"},
        "Some samples have pairs",
    ),
    "keep-is-a-file": (lambda to: written(to, A_fq=GOOD, kept__txt=b"x"), {"keep": "kept.txt"}, "not a folder"),
    "program-not-installed": (lambda to: written(to, A_fq=GOOD), {"engine": "vsearch", "PATH": ""}, "not installed"),
}  # fmt: skip


def refused(folder: Path, out: Path, asked: dict[str, str], capsys) -> str:
    paths = {key: str(folder / value) if key in ("host", "sheet", "keep") else value for key, value in asked.items()}
    arguments = [part for key, value in paths.items() for part in ("-p", key, value)]
    with pytest.raises(SystemExit) as ended:
        main(["run", "recipes/from-reads-to-table", "-p", "reads", str(folder), *arguments, "-o", str(out)])
    said = capsys.readouterr()
    text = " ".join((said.err + said.out).split())
    assert ended.value.code == 2, text
    assert "Traceback" not in text
    assert not out.exists(), "nothing is written"
    return text


@pytest.mark.parametrize("way", WAYS)
def test_reads_that_cannot_be_used_are_refused_before_anything_runs(way, tmp_path, capsys, monkeypatch):
    lay, asked, said = WAYS[way]
    folder = tmp_path / "reads"
    folder.mkdir()
    lay(folder)
    if "PATH" in asked:
        monkeypatch.setenv("PATH", asked["PATH"])
    before = sorted(path.name for path in folder.iterdir())
    text = refused(folder, tmp_path / "out", {key: value for key, value in asked.items() if key != "PATH"}, capsys)
    assert said in text
    assert sorted(path.name for path in folder.iterdir()) == before


def of_one_pair(number: int, of: str = "") -> tuple[bytes, bytes]:
    """Return pairs that overlap, no sequence twice, or all pieces of one."""
    genes = [of[at : at + 253] if of else bases(at, 253) for at in range(number)]
    sides = ([gene[:200] for gene in genes], [reverse_complement(gene)[:150] for gene in genes])
    first, second = (
        "".join(f"@r{at} 1\n{one}\n+\n{('GHI' * 70)[at % 3 :][: len(one)]}\n" for at, one in enumerate(side)).encode()
        for side in sides
    )
    return first, second


@pytest.mark.parametrize("engine", ENGINES)
def test_reads_of_which_nothing_is_left_are_refused_by_every_engine(engine, tmp_path, capsys, needs_program):
    needs_program(engine)
    folder = tmp_path / "reads"
    folder.mkdir()
    pair(folder, *of_one_pair(60))
    text = refused(folder, tmp_path / "out", {"engine": engine}, capsys)
    assert "No sequence is left after denoising. where: 1 samples, 60 pairs that passed the filters" in text
    assert "found: 60 pairs came in: " in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reads"]


def test_reads_of_which_nothing_is_left_after_filtering_are_refused(tmp_path, capsys):
    folder = tmp_path / "reads"
    folder.mkdir()
    (phix,) = read_fasta(datasets.path("reads", "phix.fasta")).values()
    pair(folder, *of_one_pair(60, phix))
    text = refused(folder, tmp_path / "out", {}, capsys)
    assert "None of the pairs is left after filtering. where: 1 samples" in text
    assert "found: 60 pairs came in: 60 phiX" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reads"]


NOTHING = gzip.compress(b"")


def test_a_sample_without_a_read_goes_along_but_not_alone(tmp_path, capsys):
    alone, half = tmp_path / "alone", tmp_path / "half"
    for folder in (alone, half):
        folder.mkdir()
        written(folder, A_R1_fq=NOTHING, A_R2_fq=NOTHING)
    assert "holds no reads" in refused(alone, tmp_path / "out", {}, capsys)
    written(half, A_R2_fq=GOOD, B_R1_fq=GOOD, B_R2_fq=GOOD)
    assert "holds no reads" in refused(half, tmp_path / "out", {}, capsys), "one of its files has reads"


@pytest.mark.parametrize("kind", [kind for kind in BROKEN if kind != "packed-nothing"])
def test_each_way_in_which_a_file_can_be_broken_is_refused(kind, tmp_path, capsys):
    content, said, _ = BROKEN[kind]
    folder = tmp_path / "reads"
    folder.mkdir()
    packed = content.startswith(b"\x1f\x8b")
    (folder / ("A.fastq.gz" if packed else "A.fastq")).write_bytes(content)
    (folder / "B.fastq.gz").write_bytes(gzip.compress(GOOD))
    assert said in refused(folder, tmp_path / "out", {}, capsys)
