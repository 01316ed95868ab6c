"""One small study in the forms of many programs is read as the same numbers, which pandas reads by hand."""

from __future__ import annotations

import gzip
import re
from fnmatch import fnmatch
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from handbook_utils.errors import InputError
from handbook_utils.study.choices import Choices
from handbook_utils.study.formats import known
from handbook_utils.study.readers import read_study

FOLDER = Path(__file__).parents[1] / "data" / "formats" / "documented"
#: Shares, here half the counts, so that the numbers can be held against the same table.
HALVES = {"metaphlan3-merged.txt", "metaphlan2-merged.txt", "metaphlan-semicolons.txt", "cami"}
#: What is asked of a file that does not say it.
SAID = {"german.csv": Choices(decimal_sign="comma")}
FILES = sorted(path for path in FOLDER.iterdir() if not path.name.startswith("expected"))


def named(feature: str) -> str:
    """The species at the end of an id, without prefixes, numbers and underscores."""
    last = feature.strip('"; ').split(";")[-1].split("|")[-1].split("] ")[-1].split(" [")[0]
    return last.removeprefix("s__").replace("_", " ").strip()


@pytest.mark.parametrize("path", [p for p in FILES if not p.name.startswith("functions")], ids=lambda p: p.name)
def test_taxa_of_every_program_are_the_same_numbers(path: Path) -> None:
    expected = pd.read_csv(FOLDER / "expected.csv", index_col=0).T.astype(float)
    study = read_study(path, choices=SAID.get(path.name, Choices())).study
    found = study.to_frame().rename(columns=named)
    assert set(found.columns) == set(expected.columns) and set(found.index) == set(expected.index)
    factor = 0.5 if path.name in HALVES else 1
    assert found.to_dict() == (expected * factor).to_dict()
    # Emu estimates reads, which may be fractions.
    assert study.quantity == ("abundances" if path.name in {*HALVES, "emu"} else "counts")
    if study.taxonomy is not None and "genus" in study.taxonomy:
        genera = study.taxonomy.rename(index=named)["genus"]
        assert genera["Blautia obeum"] == "Blautia" and genera["Prevotella copri"] == "Prevotella"
        assert set(study.taxonomy["kingdom"]) == {"Bacteria", "Archaea"}
        assert set(study.taxonomy["phylum"]) == {"Bacteroidota", "Bacillota", "Methanobacteriota"}


@pytest.mark.parametrize("path", [p for p in FILES if p.name.startswith("functions")], ids=lambda p: p.name)
def test_functions_of_every_program_are_counted_once(path: Path) -> None:
    expected = pd.read_csv(FOLDER / "expected-functions.csv", index_col=0).T.astype(float)
    study = read_study(path).study
    assert study.to_frame().to_dict() == expected.to_dict()
    assert study.quantity == "abundances" and study.taxonomy is None


def test_metadata_within_a_table_is_read() -> None:
    study = read_study(FOLDER / "kraken-biom-with-sample-metadata.biom").study
    assert study.metadata["age"].to_list() == [30, 31, 32, 33, 34]
    for name in ("phyloseq-psmelt.csv", "qiime2-level-7.csv", "kraken-biom-with-sample-metadata.biom"):
        assert read_study(FOLDER / name).study.metadata["arm"].to_list() == ["a", "b", "a", "b", "a"]


def test_every_file_has_a_record_of_its_program_and_how_it_was_made() -> None:
    formats = FOLDER.parent
    records = pd.read_csv(formats / "records.csv", dtype=str, keep_default_na=False)
    files = [path.relative_to(formats).as_posix() for path in formats.rglob("*") if path.is_file()]
    files = [name for name in files if not name.startswith("make/") and name not in ("README.md", "records.csv")]
    of = {name: [n for n, row in records.iterrows() if fnmatch(name, row["files"])] for name in files}
    assert {name: held for name, held in of.items() if len(held) != 1} == {}
    assert set(records.index) == {n for [n] in of.values()}, "a record without a file"
    assert (records != "").all(axis=None)
    for made in records["made"]:
        assert re.match("run: |by hand: ", made) and (formats / made.partition(": ")[2]).is_file()
    programs = records["program"].nunique()
    assert len(files) >= 45 and programs >= 25, f"{len(files)} files of {programs} programs"
    # Whatever a reader says it reads, some file of it is here.
    missing = [one.name for one in known() if not any(name in one.program for name in records["program"].unique())]
    assert missing == []


def test_a_workbook_that_is_given_twice_describes_its_samples_in_another_worksheet(tmp_path: Path) -> None:
    def workbook(*described: str) -> Path:
        book = openpyxl.Workbook()
        book.active.title = "counts"
        for row in (["feature", "S1", "S2", "S3"], ["f1", 5, 6, 7], ["f2", 1, 2, 3]):
            book.active.append(row)
        names = book.create_sheet("names")
        for row in (["feature", "Phylum"], ["f1", "Bacillota"], ["f2", "Bacteroidota"]):
            names.append(row)
        for name in described:
            sheet = book.create_sheet(name)
            for row in (["sample", "arm"], ["S1", "a"], ["S2", "b"], ["S3", "a"]):
                sheet.append(row)
        book.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    path = workbook("people")
    study = read_study(path, path).study
    assert study.shape == (3, 2) and study.metadata["arm"].to_list() == ["a", "b", "a"]
    assert not any("not read" in note for note in study.notes)
    for described, found in (((), "none; the worksheets are counts, names"), (("one", "two"), "one, two")):
        path = workbook(*described)
        with pytest.raises(InputError, match="which worksheet describes the samples is not clear") as raised:
            read_study(path, path)
        assert raised.value.found == found


def test_a_summary_of_mothur_that_does_not_add_up_is_refused(tmp_path: Path) -> None:
    whole = (FOLDER / "mothur.tax.summary").read_text(encoding="utf-8").splitlines()
    (tmp_path / "cut.tax.summary").write_text("\n".join(whole[:-3]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="do not add up"):
        read_study(tmp_path / "cut.tax.summary")


@pytest.mark.parametrize("name", ["mothur.tax.summary", "kaiju-summary.tsv", "phyloseq-psmelt.csv"])
def test_a_packed_text_is_read_as_it_is_unpacked(name: str, tmp_path: Path) -> None:
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress((FOLDER / name).read_bytes()))
    assert read_study(packed).study.to_frame().equals(read_study(FOLDER / name).study.to_frame())
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(InputError, match="cut off or damaged"):
        read_study(packed)
