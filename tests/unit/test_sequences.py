"""Sequences: their names, the other strand, and FASTA with limits."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.errors import InputError
from handbook_utils.reads.sequences import as_fasta, asv_id, fasta_records, read_fasta, reverse_complement

TWO = b">a first\nACGTACGT\n>b\nTTTT\n"
BROKEN = {
    "empty": (b"", "holds no sequences"),
    "blank": (b"\n\n", "holds no sequences"),
    "fastq": (b"@a\nACGT\n+\nIIII\n", "This is not FASTA"),
    "table": (b"feature\tS1\n", "This is not FASTA"),
    "protein": (b">a\nMKLE\n", "letters that are no bases"),
    "binary": (b">a\nAC\0\xffT\n", "letters that are no bases"),
    "no-name": (b">\nACGT\n", "has no name"),
    "no-bases": (b">a\n>b\nACGT\n", "has no bases"),
    "only-gaps": (b">a\n--..\n", "has no bases"),
    "twice": (b">a\nAC\n>a\nAG\n", "the same id"),
    "cut": (gzip.compress(TWO, mtime=0)[:-9], "ends too early"),
    "damaged": (gzip.compress(TWO, mtime=0)[:-8] + b"\1\2\3\4\5\6\7\10", "is damaged"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_each_broken_file_gets_one_clear_message(kind: str, tmp_path: Path) -> None:
    content, said = BROKEN[kind]
    path = tmp_path / "sequences.fasta"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_fasta(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value.where)


def test_limits_of_size_and_length_hold(tmp_path: Path) -> None:
    path = tmp_path / "large.fasta.gz"
    path.write_bytes(gzip.compress(b">a\n" + b"A" * 5_000_000 + b"\n"))
    with pytest.raises(InputError, match="too long for a marker gene"):
        read_fasta(path)
    path.write_bytes(gzip.compress(b">a\nACGT\n" * 10_000))
    with pytest.raises(InputError, match="too large"):
        list(fasta_records(path, most_bytes=10_000))
    with pytest.raises(InputError, match="cannot be read"):
        read_fasta(tmp_path / "absent.fasta")


@given(st.dictionaries(st.text("abc123_", min_size=1), st.text("ACGT", min_size=1, max_size=90), min_size=1))
def test_what_is_written_is_read_back(sequences: dict[str, str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sequences.fasta")
        path.write_bytes(as_fasta(sequences))
        assert read_fasta(path) == sequences


@given(st.text("ACGTRYKMSWBDHVN", max_size=60))
def test_the_other_strand_twice_is_the_same_and_an_id_hangs_on_the_bases_alone(sequence: str) -> None:
    assert reverse_complement(reverse_complement(sequence)) == sequence
    assert asv_id(sequence.lower()) == hashlib.md5(sequence.encode(), usedforsecurity=False).hexdigest()
