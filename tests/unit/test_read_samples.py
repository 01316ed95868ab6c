"""Which files are whose, what all reads say together, and where they are cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handbook_utils.asking.kept import keeping
from handbook_utils.datasets import path as data_path
from handbook_utils.reads import survey as surveys
from handbook_utils.reads.samples import files_in, files_of
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.reads.survey import survey, survey_once
from handbook_utils.reads.truncation import choose_truncation

#: Names of files, and what they are: sample to whether it is a pair.
NAMES = [
    (["A_S1_L001_R1_001.fastq.gz", "A_S1_L001_R2_001.fastq.gz"], {"A": True}),
    (["A_R1.fq", "A_R2.fq", "B_R1.fq", "B_R2.fq"], {"A": True, "B": True}),
    (["SRR1_1.fastq.gz", "SRR1_2.fastq.gz"], {"SRR1": True}),
    (["A.1_10_L001_R1_001.fastq.gz", "A.2_11_L001_R1_001.fastq.gz"], {"A.1": False, "A.2": False}),
    (["week_1.fastq", "week_2.fastq", "week_3.fastq"], {"week_1": False, "week_2": False, "week_3": False}),
    (["A.fastq.gz", "B.fastq.gz", "notes.txt", ".A.fastq.gz.part"], {"A": False, "B": False}),
    (["A.R1.fastq.gz", "A.R2.fastq.gz"], {"A": True}),
    (["P_S1_x.fastq", "Q-1_R1.fastq"], {"P_S1_x": False, "Q-1": False}),
]


@pytest.mark.parametrize(("names", "found"), NAMES, ids=lambda one: " ".join(one) if isinstance(one, list) else "")
def test_samples_are_known_by_the_names_of_files(names, found, tmp_path):
    for name in names:
        (tmp_path / name).touch()
    assert {one.sample: one.reverse is not None for one in files_in(tmp_path)} == found


@pytest.mark.parametrize(
    "sheet",
    [
        "sample,forward,reverse\nA,a_1.fq,a_2.fq\n",
        "sample-id\tforward-absolute-filepath\treverse-absolute-filepath\n#q2:types\t\t\nA\ta_1.fq\ta_2.fq\n",
        "sampleID;forwardReads;reverseReads;run\nA;a_1.fq;a_2.fq;1\n",
        "sample,fastq_1,fastq_2\nA, a_1.fq , a_2.fq\n",
    ],
)
def test_sheets_of_other_programs_are_read(sheet, tmp_path):
    for name in ("a_1.fq", "a_2.fq"):
        (tmp_path / name).touch()
    (tmp_path / "sheet.txt").write_text(sheet)
    (found,) = files_of(tmp_path / "sheet.txt")
    assert (found.sample, found.forward.name, found.reverse and found.reverse.name) == ("A", "a_1.fq", "a_2.fq")


def test_all_reads_say_which_primers_they_have_and_how_long_what_was_copied_is(tmp_path):
    forward, reverse = "GTGCCAGCAGCCGCGGTAA", "GGACTACAGGGGTTTCTAAT"
    sequences = members(5, seed=1)
    how = Mock(pairs=300, forward=forward, reverse=reverse, worst=15.0)
    files = [write_mock(tmp_path, "A", dict.fromkeys(sequences, 0.2), sequences, how, seed=1)]
    seen = survey(files)
    assert seen.reads == {"A": 300}
    assert [name.partition(" ")[0] for name in seen.names] == ["515F", "806R"]
    assert (seen.offset, seen.long, len(seen.picked)) == (33, False, 300)
    primers = (forward, reverse)
    ends = [
        [tuple(part[len(primer) :] for part in read) for read, primer in zip(two, primers, strict=True)]
        for two in seen.picked
    ]
    cut = choose_truncation(ends, 2.0, 12)
    assert cut.insert == 253
    assert sum(cut.lengths) >= 253 + 12
    assert cut.passing > cut.uncut
    assert cut.passing >= cut.tried["passing"].max() - 0.01


def test_single_reads_are_cut_where_most_bases_are_kept():
    random = np.random.default_rng(1)
    reads = []
    for _ in range(200):
        good = int(random.integers(60, 140))
        reads.append([("A" * 150, "I" * good + "$" * (150 - good))])
    cut = choose_truncation(reads, 2.0, 12)
    kept = cut.tried["forward"] * cut.tried["passing"]
    assert cut.lengths[0] * cut.passing >= 0.99 * kept.max()
    assert cut.lengths[1] == 0


def test_reads_are_looked_at_evenly_and_not_all_kept(tmp_path):
    for name in ("A", "B"):
        lines = (f"@{name}{at}\n{'ACGT' * 10}\n+\n{'HI' * 20}\n" for at in range(25_000))
        Path(tmp_path, f"{name}.fastq").write_text("".join(lines))
    seen = survey(files_in(tmp_path))
    assert seen.reads == {"A": 25_000, "B": 25_000}
    assert 10_000 <= len(seen.picked) <= 30_000


def test_reads_are_looked_at_once_in_a_run(tmp_path, monkeypatch):
    files = files_in(data_path("reads", "paired"))
    with keeping(tmp_path):
        first = survey_once(files)
        monkeypatch.setattr(surveys, "survey", lambda _: pytest.fail("they were looked at again"))
        assert survey_once(files) == first
    assert first == survey(files)
