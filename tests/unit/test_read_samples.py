"""Which files are whose, what all reads say together, and where they are cut."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.asking.kept import keeping
from handbook_utils.cli import main
from handbook_utils.datasets import path as data_path
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.sequencing.sample_sheet import sample_sheet
from handbook_utils.reads import survey as surveys
from handbook_utils.reads.inspection import inspect_sheet
from handbook_utils.reads.samples import files_in
from handbook_utils.reads.sheets import files_of, is_sheet
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.reads.survey import survey, survey_once
from handbook_utils.reads.truncation import choose_truncation
from handbook_utils.recipes.lessons.reads import QUESTIONS
from handbook_utils.recipes.reads.from_reads_to_table import Told
from handbook_utils.recipes.reads.steps import Steps

#: Names of files, and what they are: sample to whether it is a pair.
NAMES = [
    (["A_S1_L001_R1_001.fastq.gz", "A_S1_L001_R2_001.fastq.gz"], {"A": True}),
    (["A_R1.fq", "A_R2.fq", "B_R1.fq", "B_R2.fq"], {"A": True, "B": True}),
    (["SRR1_1.fastq.gz", "SRR1_2.fastq.gz"], {"SRR1": True}),
    (["A.1_10_L001_R1_001.fastq.gz", "A.2_11_L001_R1_001.fastq.gz"], {"A.1": False, "A.2": False}),
    (["week_1.fastq", "week_2.fastq", "week_3.fastq"], {"week_1": False, "week_2": False, "week_3": False}),
    (["A.fastq.gz", "B.fastq.gz", "notes.txt", ".A.fastq.gz.part"], {"A": False, "B": False}),
    (["A.R1.fastq.gz", "A.R2.fastq.gz"], {"A": True}),
    (["A_ACGTACGT-TTGCATGC_L001_R1_001.fastq.gz", "A_ACGTACGT-TTGCATGC_L001_R2_001.fastq.gz"], {"A": True}),
    (["A.raw_1.fastq.gz", "A.raw_2.fastq.gz"], {"A": True}),
    (["bc1001--bc1002.hifi_reads.fastq.gz"], {"bc1001--bc1002": False}),
    (["P_S1_x.fastq", "Q-1_R1.fastq"], {"P_S1_x": False, "Q-1": False}),
]


@pytest.mark.parametrize(("names", "found"), NAMES, ids=lambda one: " ".join(one) if isinstance(one, list) else "")
def test_samples_are_known_by_the_names_of_files(names, found, tmp_path):
    for name in names:
        (tmp_path / name).touch()
    assert {one.sample: one.reverse is not None for one in files_in(tmp_path)} == found


def test_lanes_of_many_samples_are_told_once_with_what_joins_them(tmp_path):
    for sample in "ABC":
        for lane in (1, 2, 3, 4):
            for read in (1, 2):
                (tmp_path / f"{sample}_S1_L00{lane}_R{read}_001.fastq").write_text(f"{sample}{lane}{read}\n")
    with pytest.raises(InputErrors) as told:
        files_in(tmp_path)
    (error,) = told.value.errors
    assert error.problem == "3 samples have more than one file of the same direction: A, B, C."
    command = error.remedy.removeprefix("Join lanes first: ").partition(". Or say")[0]
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
    joined = files_in(tmp_path / "joined")
    assert [one.sample for one in joined] == ["A", "B", "C"]
    assert joined[1].reverse.read_text() == "B12\nB22\nB32\nB42\n"


def test_files_in_folders_of_their_own_are_told_with_what_puts_them_together(tmp_path):
    folder = tmp_path / "fastq_pass"
    for barcode in ("barcode01", "barcode02"):
        (folder / barcode).mkdir(parents=True)
        for part in (0, 1):
            (folder / barcode / f"run_{barcode}_{part}.fastq").write_text(f"{barcode}{part}\n")
    with pytest.raises(InputError, match="lie in folders of their own") as told:
        files_in(folder)
    command = "mkdir" + told.value.remedy.partition("mkdir")[2]
    subprocess.run(["bash", "-c", command], cwd=folder, check=True)
    assert [one.sample for one in files_in(tmp_path / "together")] == ["barcode01", "barcode02"]
    assert (tmp_path / "together" / "barcode02.fastq").read_text() == "barcode020\nbarcode021\n"


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
    (found,) = files_of(tmp_path / "sheet.txt").files
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


def test_one_read_that_is_far_too_long_says_nothing_of_the_others():
    found = choose_truncation([[("A" * 1450, "I" * 1450)]] * 30 + [[("A" * 4700, "I" * 4700)]], 2.0, 12)
    assert found.uncut == 1.0


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


#: Illumina's sheets: of version 2, as `protocols/sequence` writes them, and of version 1.
ILLUMINA = {
    "protocols/sequence": sample_sheet(
        pd.DataFrame(
            {"sample": ["7K3PXP-1", "2WGX5F-1.dup", "blank_1"], "index": ["ACGT"] * 3, "index2": ["GGTA"] * 3}
        ),
        run="r1",
        reads={"Read1Cycles": 251, "Read2Cycles": 251},
        mismatches=1,
    ).decode(),
    "version 1, two lanes": "[Header],,\nIEMFileVersion,4,\n[Reads],,\n251,,\n[Data],,\nLane,Sample_ID,index\n"
    "1,7K3PXP-1,A\n2,7K3PXP-1,A\n1,2WGX5F-1-dup,C\n1,blank_1,G\n",
}


@pytest.mark.parametrize("kind", ILLUMINA)
def test_the_sheet_of_the_run_says_which_files_are_whose(kind, tmp_path):
    for at, name in enumerate(("7K3PXP-1", "2WGX5F-1-dup", "blank-1", "Undetermined", "another"), 1):
        for read in ("R1", "R2", "I1"):
            (tmp_path / f"{name}_S{at}_L001_{read}_001.fastq.gz").touch()
    (tmp_path / "sheet.csv").write_text(ILLUMINA[kind])
    assert is_sheet(tmp_path / "sheet.csv")
    found = files_of(tmp_path / "sheet.csv")
    assert [one.sample for one in found.files] == ["2WGX5F-1-dup", "7K3PXP-1", "blank_1"]
    assert all(one.reverse.name == one.forward.name.replace("_R1", "_R2") for one in found.files)
    assert [path.name for path in found.others] == [f"another_S5_L001_R{read}_001.fastq.gz" for read in (1, 2)]
    (tmp_path / "7K3PXP-1_S1_L001_R1_001.fastq.gz").unlink()
    (tmp_path / "blank-1_S3_L001_R1_001.fastq.gz").unlink()
    (tmp_path / "blank-1_S3_L001_R2_001.fastq.gz").unlink()
    with pytest.raises(InputErrors) as refused:
        files_of(tmp_path / "sheet.csv")
    text = str(refused.value)
    assert "Sample blank_1 has no file of reads" in text and "Sample 7K3PXP-1 has no file of forward reads" in text


def reads(number: int, name: str = "r") -> bytes:
    return "".join(f"@{name}{at}\nACGT\n+\nHIHI\n" for at in range(number)).encode()


@pytest.fixture
def centre(tmp_path) -> Path:
    """Return a folder in which much is wrong, with a sheet."""
    content = {"A": (5, 5), "B": (5, 4), "C": (5, 5), "D": (5, 5), "X": (5, 5)}
    for sample, numbers in content.items():
        for read, number in enumerate(numbers, 1):
            (tmp_path / f"{sample}_R{read}.fastq").write_bytes(reads(number, sample if read == 1 else sample.lower()))
    (tmp_path / "A_R2.fastq").write_bytes(reads(5, "A"))
    (tmp_path / "B_R2.fastq").write_bytes(reads(4, "B"))
    (tmp_path / "D_R2.fastq").write_bytes(reads(5, "D"))
    (tmp_path / "sheet.csv").write_text(
        "sample,forward,reverse\n\nA,A_R1.fastq,A_R2.fastq\nB,B_R1.fastq,$PWD/B_R2.fastq\nC,C_R1.fastq,C_R2.fastq\n"
        "D,D_R2.fastq,D_R1.fastq\nE,E_R1.fastq,E_R2.fastq\nF,F_R1.fastq.gz,A_R2.fastq\n"
    )
    return tmp_path


def test_a_sheet_is_held_against_its_folder(centre):
    found = inspect_sheet(centre / "sheet.csv")
    assert found.samples == 4
    assert found.missing == ("E_R1.fastq", "E_R2.fastq", "F_R1.fastq.gz")
    assert found.not_in_the_sheet == ("X_R1.fastq", "X_R2.fastq")
    told = "\n".join(found.problems)
    for part in (
        "line 7; found: E_R1.fastq)",
        "A_R2.fastq is named twice (" + str(centre / "sheet.csv") + ", line 8; found: line 3)",
        "of sample B have different numbers of reads (B_R1.fastq and B_R2.fastq; found: B_R2.fastq ends after 4 reads)",
        "Sample C: The two files of sample C do not belong together (",
        "Sample D: D_R2.fastq stands as forward, and its name says reverse.",
        "2 files of reads are not in the sheet: X_R1.fastq, X_R2.fastq.",
    ):
        assert part in told
    assert "Sample A:" not in told


def test_the_command_holds_a_sheet_against_another_folder_and_names_a_folders_samples(centre, tmp_path_factory, capsys):
    elsewhere = tmp_path_factory.mktemp("sheets") / "sheet.csv"
    elsewhere.write_text("sample,forward,reverse\nA,A_R1.fastq,A_R2.fastq\n")

    def told(*arguments: str) -> dict:
        with pytest.raises(SystemExit) as ended:
            main(["inspect", *arguments, "--json"])
        assert not ended.value.code
        return json.loads(capsys.readouterr().out)

    found = told(str(elsewhere), "--reads", str(centre))
    assert (found["what"], found["format"]) == (
        "sample sheet of reads",
        "names of samples and their files; pairs of 1 samples",
    )
    assert (found["samples"], found["reads"], found["missing"]) == (1, 5, [])
    assert told(str(elsewhere))["missing"] == ["A_R1.fastq", "A_R2.fastq"]
    (centre / "X_R2.fastq").unlink()
    found = told(str(centre))
    assert (found["what"], found["samples"]) == ("folder of reads", 4)
    assert "Sample X has no file of reverse reads (" in " ".join(found["problems"])
    with pytest.raises(SystemExit) as ended:
        main(["inspect", str(centre / "A_R1.fastq"), "--reads", str(centre)])
    assert ended.value.code == 2
    assert "no column for samples" in capsys.readouterr().err


def test_a_primer_that_is_not_known_is_told_and_one_that_is_given_is_not(tmp_path):
    own = ("CTTGGTCATTTAGAGGAAGTAA", "GCTGCGTTCTTCATCGATGC")
    made = members(6, seed=4)
    shares = dict.fromkeys(made, 1 / 6)
    write_mock(tmp_path, "A", shares, made, Mock(pairs=300, forward=own[0], reverse=own[1]), seed=1)
    asked = {**QUESTIONS, "reads": str(tmp_path), "workers": 1}
    told = Told(Steps.asked(asked)).doubts
    assert [line.split(":")[0] for line in told if "begin with" in line] == [
        "Nearly all forward reads begin with CTTGGTCATTTAGAGG",
        "Nearly all reverse reads begin with GCTGCGTTCTTCATCG",
    ]
    given = {**asked, "forward_primer": own[0], "reverse_primer": own[1]}
    assert not any("begin with" in line for line in Told(Steps.asked(given)).doubts)
    assert not any(
        "begin with" in line
        for line in Told(Steps.asked({**asked, "forward_primer": "none", "reverse_primer": "none"})).doubts
    )
