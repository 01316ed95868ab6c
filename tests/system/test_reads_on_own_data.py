"""From a reader's files of reads to a table, by the command a reader types, and on into the next recipe."""

import contextlib
import gzip
import os
import signal
import subprocess
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
import psutil
import pytest

from handbook_utils import datasets
from handbook_utils.cli import main
from handbook_utils.reads.sequences import asv_id, read_fasta
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.text import durable

FORWARD, REVERSE = "GTGCCAGCAGCCGCGGTAA", "GGACTACAGGGGTTTCTAAT"  # 515F and 806R, one base at each ambiguous place

#: What a program is told, and what it tells of all samples: written at every start.
ANEW = {"samples.tsv", "counts.tsv", "steps.tsv"}
SHARES = (0.4, 0.25, 0.15, 0.1, 0.06, 0.04)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Return a folder with three simulated samples, a mock and three blanks, with primers, as a centre sends it."""
    made = tmp_path_factory.mktemp("centre")
    sequences = members(6, seed=4)
    shares = dict(zip(sequences, SHARES, strict=True))
    for at, name in enumerate(("P1", "P2", "P3", "positief")):
        write_mock(made, name, shares, sequences, Mock(pairs=800, forward=FORWARD, reverse=REVERSE), seed=at)
    for at, name in enumerate(("leeg1", "leeg2")):
        few = Mock(pairs=60, forward=FORWARD, reverse=REVERSE)
        write_mock(made, name, {"member 6": 1.0}, sequences, few, seed=9 + at)
    for direction in (1, 2):
        (made / f"leeg3_R{direction}.fastq.gz").write_bytes(gzip.compress(b""))
    return made


@pytest.fixture(scope="module")
def table(folder, tmp_path_factory) -> Path:
    """Return the result folder of these reads."""
    out = tmp_path_factory.mktemp("table") / "table"
    assert ran("recipes/from-reads-to-table", "-p", "reads", str(folder), "-p", "workers", "2", "-o", str(out)) == 0
    return out


def ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", *arguments])
    return ended.value.code or 0


def finished(kept: Path) -> dict[str, tuple[int, int]]:
    """Return what is kept of samples, and when each was written; prepared reads are whole once their account is."""
    found = {}
    for path in kept.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # half written, it may just have been given its name
            if path.is_file() and not path.name.startswith(".") and path.suffix != durable.PART:
                found[path.name] = (path.stat().st_ino, path.stat().st_mtime_ns)
    whole = {name.removesuffix(".json") for name in found if name.endswith(".json")}
    return {name: when for name, when in found.items() if not name.endswith(".fastq.gz") or name[:20] in whole}


def processes(folder: Path) -> list[psutil.Process]:
    """Return processes that were started in a folder, or have it in their command."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in process.environ().get("TMPDIR", ""):
                found.append(process)
    return found


MADE = ("feature-table.tsv", "sequences.fasta", "read-accounting.tsv")


def killed_and_resumed(folder: Path, place: Path, moments: tuple[str, ...], *more: str, at_once: bool = False) -> Path:
    """Kill a run each time that a file of the next name is kept, let the last go on, and return its folder.

    At once: with all that it started, as when the machine goes down.
    """
    kept, out = place / "kept", place / "out"
    asked = ["recipes/from-reads-to-table", "-p", "reads", str(folder), "-p", "keep", str(kept), *more]
    before: dict[str, tuple[int, int]] = {}

    def unchanged() -> dict[str, tuple[int, int]]:
        """See that of what was done nothing was written again."""
        after = finished(kept)
        done = {name: when for name, when in before.items() if name not in ANEW}
        assert {name: after.get(name) for name in done} == done
        return after

    for number, moment in enumerate(moments):
        if any(fnmatch(name, moment) for name in before):
            continue  # what ends by itself came further before it did
        scratch = place / f"t{number}"
        scratch.mkdir()
        command = [sys.executable, "-m", "handbook_utils.cli", "run", *asked, "-o", str(out)]
        running = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.DEVNULL)
        while not any(fnmatch(name, moment) for name in finished(kept)):
            assert running.poll() is None, f"it ended before there was {moment}"
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        for process in processes(scratch) if at_once else ():
            with contextlib.suppress(psutil.Error):
                process.kill()
        assert running.wait() == -signal.SIGKILL
        while processes(scratch):  # its kernel, workers and programs end by themselves
            time.sleep(0.05)
        assert not out.exists()
        before = unchanged()
    assert ran(*asked, "-o", str(out)) == 0
    unchanged()
    return out


def test_a_run_that_was_killed_goes_on_where_it_was(folder, table, tmp_path):
    out = killed_and_resumed(folder, tmp_path, ("*.json", "*.counts"), "-p", "workers", "2")
    for name in MADE:
        assert (out / "files" / name).read_bytes() == (table / "files" / name).read_bytes()


@pytest.fixture(scope="module")
def lanes(tmp_path_factory) -> Path:
    """Return three simulated samples with lanes, and numbers or barcodes, in the names of their files."""
    made = tmp_path_factory.mktemp("lanes")
    sequences = members(6, seed=4)
    shares = dict(zip(sequences, SHARES, strict=True))
    for at, run in enumerate(("S1_L001", "S2_L001", "ACGTACGT+TTGACCAA_L001")):
        files = write_mock(made, f"P{at}", shares, sequences, Mock(pairs=300), seed=at)
        for number, path in enumerate((files.forward, files.reverse), 1):
            path.rename(made / f"P{at}_{run}_R{number}_001.fastq.gz")
    return made


#: What a program leaves of a sample, by the sample's mark, or of all: the run is killed when it is there, so that the
#: next thing is done half. Of DADA2: learning errors, the reverse ones, the first sample, the second.
@pytest.mark.parametrize(
    ("engine", "moments"),
    [
        ("vsearch", ("*.json", "*.distinct.gz", "*.counts")),
        ("dada2", ("samples.tsv", "forward-*.rds", "reverse-*.rds", f"{20 * '[0-9a-f]'}-*.rds")),
    ],
)
def test_killed_and_resumed_gives_the_same_table_by_other_programs(lanes, tmp_path, engine, moments, needs_program):
    needs_program(engine)
    whole = tmp_path / "whole"
    asked = ("-p", "engine", engine)
    assert ran("recipes/from-reads-to-table", "-p", "reads", str(lanes), *asked, "-o", str(whole)) == 0
    account = pd.read_csv(whole / "files/read-accounting.tsv", sep="\t", index_col=0)
    assert account["input"].to_dict() == {"P0": 300, "P1": 300, "P2": 300}
    assert set(members(6, seed=4).values()) == set(read_fasta(whole / "files/sequences.fasta").values())
    out = killed_and_resumed(lanes, tmp_path, moments, *asked, at_once=True)
    for name in MADE:
        assert (out / "files" / name).read_bytes() == (whole / "files" / name).read_bytes()


def test_reads_become_a_table(folder, table, tmp_path, capsys, leaks):
    files = table / "files"
    found = pd.read_csv(files / "feature-table.tsv", sep="\t", index_col=0)
    account = pd.read_csv(files / "read-accounting.tsv", sep="\t", index_col=0)
    sequences = read_fasta(files / "sequences.fasta")
    assert list(found.index) == list(sequences)
    assert all(asv_id(sequence) == name for name, sequence in sequences.items())
    assert set(members(6, seed=4).values()) <= set(sequences.values())
    came = {"P1": 800, "P2": 800, "P3": 800, "leeg1": 60, "leeg2": 60, "leeg3": 0, "positief": 800}
    assert account["input"].to_dict() == came
    assert (account.drop(columns="input").sum(axis=1) == account["input"]).all()
    assert found.sum().to_dict() == {name: kept for name, kept in account["kept"].items() if kept}
    report = (table / "report.html").read_text(encoding="utf-8")
    assert "The files of leeg3 hold no pairs." in report
    assert 'class="answer' in report
    assert "515F" in report
    assert leaks(table) == []
    # Forward reads alone, and by a sample sheet that leaves some out.
    sheet, out = tmp_path / "sheet.tsv", tmp_path / "alone"
    sheet.write_text("sample-id\tforward\nA\tP1_R1.fastq.gz\nB\tleeg1_R1.fastq.gz\n")
    alone = ("-p", "reads", str(folder), "-p", "sheet", str(sheet), "-p", "use", "forward")
    assert ran("recipes/from-reads-to-table", *alone, "-o", str(out)) == 0, capsys.readouterr()
    account = pd.read_csv(out / "files/read-accounting.tsv", sep="\t", index_col=0)
    assert account["input"].to_dict() == {"A": 800, "B": 60}
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "Files that the sample sheet does not name: P1_R2.fastq.gz" in report


def reference(genera: list[str]) -> str:
    """Return the members as genes of a reference, in FASTA."""
    named = zip(genera, members(6, seed=4).values(), strict=True)
    return "".join(f">Bacteria;P{one[0]};C;O;F{one};{one};\n{gene}\n" for one, gene in named)


def test_what_reads_became_goes_on_through_the_other_recipes(table, tmp_path, capsys):
    genera = ["Listeria", "Bacillus", "Salmonella", "Enterococcus", "Blautia", "Ralstonia"]
    genes, lot, described = (tmp_path / name for name in ("genes.fasta", "lot.csv", "samples.tsv"))
    genes.write_text(reference(genera))
    parts = zip(genera, SHARES, strict=True)
    lot.write_text("taxon,percent\n" + "".join(f"{one},{100 * share:g}\n" for one, share in parts))
    kinds = {"P1": "monster", "P2": "monster", "P3": "monster", "positief": "positief"}
    kinds |= {"leeg1": "blanco", "leeg2": "blanco"}
    described.write_text("sample\tsoort\n" + "".join(f"{name}\t{kind}\n" for name, kind in kinds.items()))
    study = ("-p", "table", str(table / "files/feature-table.tsv"), "-p", "metadata", str(described))
    tell = ("-p", "kind", "soort", "-p", "blank", "blanco")

    def went(recipe: str, *asked: str) -> Path:
        assert ran(f"recipes/{recipe}", *study, *asked, "-o", str(tmp_path / recipe)) == 0, capsys.readouterr()
        return tmp_path / recipe

    own = ("-p", "sequences", str(table / "files/sequences.fasta"), "-p", "genes", str(genes))
    taxonomy = went("name-the-taxa", *own) / "files/taxonomy.tsv"
    taxa = pd.read_csv(taxonomy, sep="\t", index_col=0)["Taxon"]
    assert sorted(taxa.str.rpartition("__")[2]) == sorted(genera)
    went("import-and-inspect", "-p", "taxonomy", str(taxonomy))
    mock = ("-p", "positive", "positief", "-p", "certificate", str(lot), "-p", "rank", "genus")
    went("check-with-a-mock", "-p", "taxonomy", str(taxonomy), *tell, *mock, "-p", "permutations", "99")
    verdict = pd.read_csv(tmp_path / "check-with-a-mock/tables/mocks.csv", index_col=0)
    assert verdict.index.tolist() == ["positief"]
    assert verdict.loc["positief", ["members found (%)", "precision (%)"]].tolist() == [100, 100]
    assert verdict.loc["positief", "verdict"] == "pass"
    went("control-quality", "-p", "group", "")
    went("remove-contaminants", *tell, "-p", "rank", "")


def test_names_by_a_search_and_what_they_are_refused_for(table, tmp_path, capsys, monkeypatch, needs_program):
    genes, out = tmp_path / "genes.fasta", tmp_path / "out"
    genes.write_text(reference([f"Genus{at}" for at in range(6)]))
    study = ("-p", "table", str(table / "files/feature-table.tsv"))
    own = ("-p", "sequences", str(table / "files/sequences.fasta"), "-p", "genes", str(genes), "-p", "method", "search")
    asked = ("recipes/name-the-taxa", *study, *own, "-o", str(out))

    def refused(*more: str) -> str:
        assert ran(*asked, *more) == 2
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        return " ".join(capsys.readouterr().err.split())

    before = sorted(path.name for path in tmp_path.iterdir())
    assert "parameter identity" in refused("-p", "identity", "1.5")
    with monkeypatch.context() as without:
        without.setenv("PATH", "")
        text = refused()
        assert "vsearch is not installed." in text and "apt install vsearch" in text and "method bayes" in text
    broken = tmp_path / "bin" / "vsearch"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'Unable to allocate enough memory.' >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    before = sorted(path.name for path in tmp_path.iterdir())
    with monkeypatch.context() as failing:
        failing.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
        text = refused()
        assert "vsearch failed." in text and "Unable to allocate enough memory." in text and "method bayes" in text
    needs_program("vsearch")
    # Two members differ in 2 of 253 bases: nearer than 97 %, and so told apart only where more is asked.
    assert ran(*asked, "-p", "identity", "0.995") == 0, capsys.readouterr()
    taxa = pd.read_csv(out / "files/taxonomy.tsv", sep="\t", index_col=0)["Taxon"]
    assert sorted(taxa.str.rpartition("__")[2]) == [f"Genus{at}" for at in range(6)]
    assert "vsearch" in (out / "methods.md").read_text(encoding="utf-8")


def test_full_length_reads_become_a_table(tmp_path, capsys, leaks):
    folder, out = tmp_path / "lang", tmp_path / "out"
    folder.mkdir()
    for at, path in enumerate(sorted(datasets.path("reads", "full-length").iterdir()), 1):
        (folder / f"P{at}.fastq.gz").write_bytes(path.read_bytes())
    assert ran("recipes/from-reads-to-table", "-p", "reads", str(folder), "-o", str(out)) == 0, capsys.readouterr()
    sequences = read_fasta(out / "files/sequences.fasta")
    account = pd.read_csv(out / "files/read-accounting.tsv", sep="\t", index_col=0)
    assert len(account) == 4 and (account["input"] == 200).all()
    assert (account.drop(columns="input").sum(axis=1) == account["input"]).all()
    assert account["kept"].sum() > 0.4 * account["input"].sum()
    assert all(1_000 <= len(one) <= 1_700 for one in sequences.values())
    report = (out / "report.html").read_text(encoding="utf-8")
    assert "27F" in report and "1492R" in report
    assert leaks(out) == []
