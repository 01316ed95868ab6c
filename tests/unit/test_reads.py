"""Files of reads: what is in them, and one clear message for each way in which one can be broken."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.cli import main
from handbook_utils.errors import InputError
from handbook_utils.reads.fastq import BrokenReadsError, is_fastq, read_fastq
from handbook_utils.reads.inspection import inspect_reads
from handbook_utils.reads.primers import PRIMERS, primers_seen

THREE = b"".join(b"@r%d\nACGTACGT\n+\nIIIIIIII\n" % number for number in range(3))
PACKED = gzip.compress(THREE * 500, mtime=0)
CODES = {
    "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG",
    "N": "ACGT",
}  # fmt: skip

#: Name of the way, content, what is said of it, and where.
BROKEN = {
    "empty": (b"", "holds no reads", "an empty file"),
    "blank-lines": (b"\n\n\n", "holds no reads", "nothing but empty lines"),
    "packed-nothing": (gzip.compress(b"", mtime=0), "holds no reads", ""),
    "fasta": (b">a\nACGT\n", "without qualities (FASTA)", ">a"),
    "table": (b"feature\tS1\nf1\t2\n", "This is not FASTQ", "feature"),
    "html": (b"<html><body>Not found</body></html>", "This is not FASTQ", "<html>"),
    "sam": (b"@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:9\n", "aligned reads (SAM)", "SAM"),
    "bam": (b"BAM\x01aaaa", "This is not FASTQ", "BAM"),
    "bzip2": (b"BZh91AY&SY", "This is not FASTQ", "bzip2"),
    "xz": (b"\xfd7zXZ\x00", "This is not FASTQ", "xz"),
    "zip": (b"PK\x03\x04aaaa", "This is not FASTQ", "zip"),
    "zstd": (b"\x28\xb5\x2f\xfdaaa", "This is not FASTQ", "zstd"),
    "fast5": (b"\x89HDF\r\n\x1a\n", "This is not FASTQ", "fast5"),
    "bam-as-it-is-packed": (gzip.compress(b"BAM\x01aaaa"), "This is not FASTQ", "BAM"),
    "packed-twice": (gzip.compress(PACKED), "This is not FASTQ", "gzip within gzip"),
    "tar": (gzip.compress(bytes(257) + b"ustar"), "This is not FASTQ", "tar archive"),
    "utf-16": (THREE.decode().encode("utf-16"), "This is not FASTQ", "UTF-16"),
    "colour-space": (b"@a\nT0123\n+\nIIIII\n", "letters that are no bases", "'0'"),
    "qualities-as-numbers": (b"@a\nACGT\n+\n40 40 40 40\n", "more or fewer qualities", ""),
    "old-mac-lines": (THREE.replace(b"\n", b"\r"), "ends in the middle of a read", "after 0 whole reads"),
    "json": (b'{"reads": []}', "This is not FASTQ", "reads"),
    "pointer-of-git": (b"version https://git-lfs.github.com/spec/v1\n", "This is not FASTQ", "version"),
    "gzip-with-a-tail": (PACKED + b"this is no gzip any more", "is damaged", ""),
    "binary": (b"@a\n\0\0\0\n+\nIII\n", "This is not FASTQ", "no text"),
    "cut-in-qualities": (THREE[:-5], "more or fewer qualities", "after 2 whole reads (8 lines)"),
    "cut-in-bases": (THREE + b"@x\nACGT\n", "ends in the middle of a read", "after 3 whole reads (12 lines)"),
    "no-plus": (b"@a\nACGT\nIIII\n@b\nACGT\nIIII\n", "third line of a read does not begin with +", ""),
    "bases-on-two-lines": (b"@a\nACGT\nACGT\n+\nIIII\nIIII\n", "third line of a read", ""),
    "no-at": (THREE + b"r9\nACGT\n+\nIIII\n", "does not begin with @", "after 3 whole reads"),
    "two-names": (b"@a\nACGT\n+b\nIIII\n", "two names of a read differ", "'a' != 'b'"),
    "fewer-qualities": (b"@a\nACGT\n+\nIII\n", "more or fewer qualities", ""),
    "gaps": (b"@a\nAC-T\n+\nIIII\n", "letters that are no bases", "'-'"),
    "protein": (b"@a\nMKLE\n+\nIIII\n", "letters that are no bases", "'E'"),
    "not-ascii": ("@a\nACGT\n+\nIIéI\n".encode(), "no ASCII", ""),
    "control-sign": (b"@a\nACGT\n+\nII\x05I\n", "no printable sign", ""),
    "gzip-cut-in-half": (PACKED[: len(PACKED) // 2], "ends too early", ""),
    "gzip-without-its-end": (PACKED[:-4], "ends too early", ""),
    "gzip-damaged": (PACKED[:40] + b"xxxx" + PACKED[44:], "is damaged", ""),
    "gzip-flipped-checksum": (PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:], "is damaged", ""),
}


@pytest.mark.parametrize("way", BROKEN)
def test_each_way_to_be_broken_has_one_clear_message(way: str, tmp_path: Path) -> None:
    content, problem, found = BROKEN[way]
    path = tmp_path / "S1_R1.fastq.gz"
    path.write_bytes(content)
    with pytest.raises(BrokenReadsError) as caught:
        list(read_fastq(path))
    assert problem in caught.value.problem
    assert found in str(caught.value)
    assert caught.value.expected and caught.value.remedy
    assert str(tmp_path) not in str(caught.value)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    for path, found in ((tmp_path, "a folder"), (tmp_path / "none.fq", "nothing")):
        with pytest.raises(BrokenReadsError) as caught:
            list(read_fastq(path))
        assert caught.value.found == found


@pytest.mark.parametrize(
    "content",
    [THREE, THREE.replace(b"\n", b"\r\n"), THREE + b"\n\n", gzip.compress(THREE[:52]) + gzip.compress(THREE[52:])],
    ids=["plain", "windows", "blank-end", "two-gzip-members"],
)
def test_what_is_right_is_read_whole_whatever_its_name_says(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "reads.txt"
    path.write_bytes(content)
    assert is_fastq(path)
    assert [(read.name, read.sequence, read.qualities) for read in read_fastq(path)] == [
        (f"r{number}", "ACGTACGT", "IIIIIIII") for number in range(3)
    ]


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_an_input_error(tmp_path_factory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.fq"
    path.write_bytes(b"@" + content)
    with suppress(InputError):
        list(read_fastq(path))


def spelled(primer: str, generator: np.random.Generator) -> str:
    return "".join(generator.choice(list(CODES.get(sign, sign))) for sign in primer)


@pytest.mark.parametrize("primer", PRIMERS, ids=lambda primer: primer.name)
def test_every_primer_is_seen_behind_a_spacer_and_with_an_error(primer) -> None:
    generator = np.random.default_rng(1)
    rest = ["".join(generator.choice(list("ACGT"), 60)) for _ in range(60)]
    reads = []
    for number, tail in enumerate(rest):
        start = list(spelled(primer.sequence, generator))
        if number % 2:
            start[5] = {"A": "C", "C": "A", "G": "T", "T": "G"}[start[5]]
        reads.append("ACGTAC"[: number % 7] + "".join(start) + tail)
    seen = primers_seen([*reads, *rest])
    assert seen == {primer: pytest.approx(0.5)}


def pair(folder: Path, first: bytes, second: bytes) -> Path:
    (folder / "S1_R1_001.fastq.gz").write_bytes(gzip.compress(first))
    (folder / "S1_R2_001.fastq.gz").write_bytes(gzip.compress(second))
    return folder / "S1_R1_001.fastq.gz"


def test_a_pair_is_held_together(tmp_path: Path) -> None:
    first = THREE.replace(b"\nACGT", b" 1:N:0:1\nACGT")
    assert inspect_reads(pair(tmp_path, first, first.replace(b" 1:", b" 2:"))).partner == (
        "S1_R2_001.fastq.gz: the same 3 reads"
    )
    shorter = inspect_reads(pair(tmp_path, THREE, THREE[:24]))
    assert "has 1 reads, this file 3" in " ".join(shorter.problems)
    others = inspect_reads(pair(tmp_path, THREE, THREE.replace(b"@r1", b"@x1")))
    assert "names of read 2 differ (r1 here, x1 in" in " ".join(others.problems)
    assert "more or fewer qualities" in " ".join(inspect_reads(pair(tmp_path, THREE, THREE[:-3])).problems)


def write(path: Path, reads: list[tuple[str, str, str]]) -> Path:
    path.write_text("".join(f"@{name}\n{bases}\n+\n{qualities}\n" for name, bases, qualities in reads))
    return path


def test_what_should_be_looked_at_is_said(tmp_path: Path) -> None:
    def told(reads: list[tuple[str, str, str]]) -> str:
        return " ".join(inspect_reads(write(tmp_path / "a.fq", reads)).problems)

    good = [(f"r{n}", "ACGT", "".join(chr(35 + (n + k) % 20) for k in range(4))) for n in range(40)]
    assert told(good) == ""
    assert "Phred + 64" in told([(name, bases, "efgh") for name, bases, _ in good])
    assert "same quality" in told([(name, bases, "IIII") for name, bases, _ in good])
    assert "3 steps" in told([(name, bases, "#IF#") for name, bases, _ in good])
    assert "more than once" in told(good + good[:2])
    assert "2 reads have no bases" in told([*good, ("e1", "", ""), ("e2", "", "")])
    forward, reverse = PRIMERS[2].sequence, PRIMERS[4].sequence
    generator = np.random.default_rng(2)
    mixed = [
        (
            f"m{n}",
            spelled(forward if n % 2 else reverse, generator) + "ACGTTGCA",
            "".join(chr(40 + k) for k in range(28 - (n + 1) % 2 + n % 2 - 1)),
        )
        for n in range(40)
    ]
    mixed = [(name, bases, (qualities + "IIII")[: len(bases)]) for name, bases, qualities in mixed]
    assert "orientation is mixed" in told(mixed)
    twins = [read for read in good for _ in range(2)]
    found = inspect_reads(write(tmp_path / "b.fq", twins))
    assert found.format == "FASTQ, interleaved pairs"
    assert found.problems == ()


def test_the_command_inspects_reads(tmp_path: Path, capsys) -> None:
    path = write(tmp_path / "a.fq", [("r1", "ACGT", "!+5?"), ("r2", "ACGTA", "!+5?I")])
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(path), "--json"])
    assert not ended.value.code
    found = json.loads(capsys.readouterr().out)
    assert (found["what"], found["reads"], found["bases"], found["lengths"]) == ("reads", 2, 9, [4, 4, 5])
    # 10^0 + 10^-1 + 10^-2 + 10^-3, and the second read's fifth base adds 10^-4
    assert "expected errors of the median read: 1.1" in found["quality"]
    path.write_bytes(THREE[:-3])
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(path)])
    assert ended.value.code == 2
    assert "more or fewer qualities" in capsys.readouterr().err


def test_of_two_primers_in_one_place_the_one_that_begins_first_is_seen():
    generator = np.random.default_rng(3)
    letters = {"H": "ACT", "N": "ACGT", "V": "ACG", "W": "AT"}

    def reads(primer: str, behind: str) -> list[str]:
        spelt = ("".join(str(generator.choice(list(letters.get(one, one)))) for one in primer) for _ in range(200))
        return [f"{one}{behind}{''.join(generator.choice(list('ACGT'), 30))}" for one in spelt]

    for name, behind in (("806R", "CC"), ("805R", "")):
        primer = next(one for one in PRIMERS if one.name == name)
        assert {one.name: share for one, share in primers_seen(reads(primer.sequence, behind)).items()} == {name: 1.0}
