"""From a reader's files of reads to a table, by the command a reader types, and on into the next recipe."""

from pathlib import Path

import pandas as pd
import pytest

from handbook_utils.cli import main
from handbook_utils.reads.sequences import asv_id, read_fasta
from handbook_utils.reads.simulation import Mock, members, write_mock

FORWARD, REVERSE = "GTGCCAGCAGCCGCGGTAA", "GGACTACAGGGGTTTCTAAT"  # 515F and 806R, one base at each ambiguous place


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with three simulated samples and a blank, with primers, as a sequencing centre sends it."""
    made = tmp_path_factory.mktemp("centre")
    sequences = members(6, seed=4)
    shares = dict(zip(sequences, (0.4, 0.25, 0.15, 0.1, 0.06, 0.04), strict=True))
    how = Mock(pairs=800, forward=FORWARD, reverse=REVERSE)
    for at, name in enumerate(("P1", "P2", "P3")):
        write_mock(made, name, shares, sequences, how, seed=at)
    write_mock(made, "leeg", {"member 6": 1.0}, sequences, Mock(pairs=60, forward=FORWARD, reverse=REVERSE), seed=9)
    return made


def ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", *arguments])
    return ended.value.code or 0


def test_reads_become_a_table_that_the_next_recipe_takes(folder, tmp_path, monkeypatch, capsys, leaks):
    monkeypatch.chdir(tmp_path)
    asked = ("-p", "reads", str(folder), "-p", "workers", "2", "-p", "keep", "kept")
    assert ran("recipes/from-reads-to-table", *asked, "-o", "table") == 0, capsys.readouterr()
    files = tmp_path / "table/files"
    table = pd.read_csv(files / "feature-table.tsv", sep="\t", index_col=0)
    account = pd.read_csv(files / "read-accounting.tsv", sep="\t", index_col=0)
    sequences = read_fasta(files / "sequences.fasta")
    assert list(table.index) == list(sequences)
    assert all(asv_id(sequence) == name for name, sequence in sequences.items())
    assert set(members(6, seed=4).values()) <= set(sequences.values())
    assert account["input"].to_dict() == {"P1": 800, "P2": 800, "P3": 800, "leeg": 60}
    assert (account.drop(columns="input").sum(axis=1) == account["input"]).all()
    assert (table.sum() == account["kept"]).all()
    report = (tmp_path / "table/report.html").read_text(encoding="utf-8")
    assert 'class="answer' in report
    assert "515F" in report
    assert leaks(tmp_path / "table") == []
    # Again, from what was kept, forward reads alone, and by a sample sheet that leaves one out.
    assert ran("recipes/from-reads-to-table", *asked, "-o", "again") == 0
    assert (tmp_path / "again/files/feature-table.tsv").read_bytes() == (files / "feature-table.tsv").read_bytes()
    sheet = tmp_path / "sheet.tsv"
    sheet.write_text("sample-id\tforward\nA\tP1_R1.fastq.gz\nB\tleeg_R1.fastq.gz\n")
    alone = ("-p", "reads", str(folder), "-p", "sheet", str(sheet), "-p", "use", "forward")
    assert ran("recipes/from-reads-to-table", *alone, "-o", "alone") == 0, capsys.readouterr()
    alone_account = pd.read_csv(tmp_path / "alone/files/read-accounting.tsv", sep="\t", index_col=0)
    assert alone_account["input"].to_dict() == {"A": 800, "B": 60}
    described = tmp_path / "samples.tsv"
    described.write_text("sample\tsoort\nP1\tmonster\nP2\tmonster\nP3\tmonster\nleeg\tblanco\n")
    table_and_samples = ("-p", "table", str(files / "feature-table.tsv"), "-p", "metadata", str(described))
    assert ran("recipes/import-and-inspect", *table_and_samples, "-o", "seen") == 0, capsys.readouterr()
