"""Files that other programs wrote (tests/data/formats) are read as the study they hold."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study
from handbook_utils.study.readers import read_study

FORMATS = Path(__file__).parents[1] / "data" / "formats"


@pytest.fixture(scope="module")
def throat() -> Study:
    """What the files of tests/data/formats hold, straight from the bundled data."""
    study = datasets.load("throat")
    often = study.prevalence.sort_values(ascending=False, kind="stable").index[:100]
    return study.choose_features(sorted(often, key=int))


def workbook(folder: Path, name: str, frame: pd.DataFrame) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["sample", *map(str, frame.columns)])
    for label, row in zip(frame.index, frame.itertuples(index=False, name=None), strict=True):
        sheet.append([label, *(value.item() if isinstance(value, np.generic) else value for value in row)])
    book.create_sheet("notes").append(["about", "this"])
    book.save(folder / name)
    return folder / name


SAME = [
    ("throat.tsv", "throat-metadata.csv"),
    ("throat-samples-in-rows-semicolon.csv", "throat-metadata.csv"),
    ("throat-biom-format.biom", "throat-metadata-qiime2.tsv"),
    ("throat-biomformat-r.biom", "throat-metadata.csv"),
    ("throat-table.qza", "throat-metadata-qiime2.tsv"),
    ("throat-mothur.shared", "throat-metadata.csv"),
    ("throat-write-table.txt", "throat-metadata.csv"),
]


@pytest.mark.parametrize(("table", "metadata"), SAME)
def test_the_same_data_in_many_formats_is_the_identical_study(table: str, metadata: str, throat: Study) -> None:
    study = read_study(FORMATS / table, FORMATS / metadata, tree=FORMATS / "throat.nwk").study
    assert list(study.samples) == list(throat.samples) and list(study.features) == list(throat.features)
    assert (study.table != throat.table).nnz == 0 and study.quantity == "counts"
    for name in throat.metadata:
        assert study.metadata[name].equals(throat.metadata[name]), name
    assert study.tree is not None and throat.tree is not None
    assert study.tree.compare_rfd(throat.tree) == 0


def test_an_excel_table_is_the_same_too(throat: Study, tmp_path: Path) -> None:
    table = workbook(tmp_path, "table.data", throat.to_frame())
    metadata = workbook(tmp_path, "metadata.data", throat.metadata)
    study = read_study(table, metadata).study
    assert (study.table != throat.table).nnz == 0 and list(study.features) == list(throat.features)
    assert study.metadata["pack_years"].equals(throat.metadata["pack_years"])
    assert "Other worksheets were not read: notes." in study.notes


@pytest.mark.parametrize("table", ["throat.tsv", "throat-biom-format.biom", "throat-biomformat-r.biom"])
def test_lineages_within_tables_are_the_same_in_every_format(table: str) -> None:
    expected = read_study(
        FORMATS / "throat-mothur.shared",
        FORMATS / "throat-metadata.csv",
        taxonomy=FORMATS / "throat-mothur.cons.taxonomy",
    ).study
    apart = read_study(FORMATS / "throat-table.qza", taxonomy=FORMATS / "throat-taxonomy.qza").study
    within = read_study(FORMATS / table).study
    assert expected.taxonomy is not None
    assert expected.taxonomy.loc["58"].tolist() == ["Bacteria", "Bacteroidota", "", "", "", "Prevotella"]
    pd.testing.assert_frame_equal(within.taxonomy, expected.taxonomy)
    pd.testing.assert_frame_equal(apart.taxonomy, expected.taxonomy)


def test_names_of_files_do_not_matter(tmp_path: Path, throat: Study) -> None:
    for file in ("throat-table.qza", "throat-biom-format.biom", "throat-biomformat-r.biom", "throat-mothur.shared"):
        copied = shutil.copy(FORMATS / file, tmp_path / "table.xyz")
        assert read_study(copied).study.shape == throat.shape


def test_provenance_of_artifacts_is_kept() -> None:
    reading = read_study(
        FORMATS / "throat-table.qza",
        FORMATS / "throat-depth.qza",
        taxonomy=FORMATS / "throat-taxonomy.qza",
        tree=FORMATS / "throat-rooted-tree.qza",
    )
    kinds = [note.split(", uuid ")[0] for note in reading.notes if ", uuid " in note]
    assert kinds == [
        "Format: QIIME 2 artifact FeatureTable[Frequency]",
        "Metadata: QIIME 2 artifact SampleData[AlphaDiversity]",
        "Taxonomy: QIIME 2 artifact FeatureData[Taxonomy]",
        "Tree: QIIME 2 artifact Phylogeny[Rooted]",
    ]
    assert reading.study.metadata.iloc[:, 0].tolist() == reading.study.depth.tolist()


def test_artifacts_that_are_exchanged_are_named() -> None:
    with pytest.raises(InputError, match="not a feature table") as raised:
        read_study(FORMATS / "throat-taxonomy.qza")
    assert raised.value.found == "FeatureData[Taxonomy]"
    with pytest.raises(InputError, match="not sample metadata"):
        read_study(FORMATS / "throat.tsv", FORMATS / "throat-table.qza")


def test_a_sequence_table_as_r_writes_it(throat: Study) -> None:
    study = read_study(FORMATS / "dada2-seqtab.csv").study
    assert (study.table != throat.table[:, :12]).nnz == 0
    assert study.notes[0] == "Format: DADA2 sequence table."


def test_metaphlan_is_read_at_species_level() -> None:
    study = read_study(FORMATS / "metaphlan-merged.txt").study
    assert list(study.samples) == ["ERR1", "ERR2", "ERR3"] and study.quantity == "abundances"
    assert np.allclose(study.depth, 90)
    assert study.to_frame().loc["ERR2", "Prevotella_copri"] == 67.95
    assert study.taxonomy is not None
    assert study.taxonomy.loc["Prevotella_copri", ["phylum", "species"]].tolist() == [
        "Bacteroidetes",
        "Prevotella copri",
    ]
    assert "Left out, without a name: UNCLASSIFIED (10, 10, 10 percent)." in study.notes


def test_a_single_profile_is_named_by_its_file() -> None:
    study = read_study(FORMATS / "metaphlan-single_profile.txt").study
    assert list(study.samples) == ["metaphlan-single"] and study.quantity == "abundances"
    assert study.shape == (1, 3)


def test_humann_is_read_without_its_division_over_species() -> None:
    study = read_study(FORMATS / "humann-pathabundance.tsv").study
    assert list(study.features) == ["PWY-1042: glycolysis IV", "PWY-5100: pyruvate fermentation to acetate II"]
    assert list(study.samples) == ["H1", "H2", "H3"]
    assert study.to_frame().iloc[0].tolist() == [237.5466, 157.914]


@pytest.mark.parametrize("way", ["folder", "pattern", "list"])
def test_kraken_reports_are_joined(way: str) -> None:
    folder = FORMATS / "kraken2"
    files = [folder / f"K{n}.kreport" for n in (1, 2, 3)]
    named = {"folder": str(folder), "pattern": f"{folder}/*.kreport", "list": os.pathsep.join(map(str, files))}[way]
    study = read_study(named).study
    assert list(study.samples) == ["K1", "K2", "K3"] and study.quantity == "counts"
    assert study.to_frame()["Bacteroides uniformis"].tolist()[0] == 28
    assert study.to_frame()["Escherichia coli"].tolist() == [0, 3, 12]
    assert any("reads classified above the species" in note for note in study.notes)


def test_a_bracken_report_has_ranks_and_kingdoms(tmp_path: Path) -> None:
    lines = [
        "100.00\t50\t0\tR\t1\troot",
        "100.00\t50\t0\tR1\t131567\t  cellular organisms",
        "100.00\t50\t0\tD\t2\t    Bacteria",
        "100.00\t50\t0\tK\t3379134\t      Pseudomonadati",
        "100.00\t50\t0\tP\t976\t        Bacteroidota",
        "60.00\t30\t0\tG\t816\t          Bacteroides",
        "60.00\t30\t30\tS\t820\t            Bacteroides uniformis",
        "40.00\t20\t20\tS\t821\t            Bacteroides uniformis",
    ]
    path = tmp_path / "P7_bracken_species.kreport"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    study = read_study(path).study
    assert list(study.samples) == ["P7"]
    assert list(study.features) == ["Bacteroides uniformis (820)", "Bacteroides uniformis (821)"]
    assert study.taxonomy is not None
    assert study.taxonomy.iloc[0].tolist() == [
        *("Bacteria", "Bacteroidota", "", "", "", "Bacteroides", "Bacteroides uniformis"),
    ]


def test_reports_with_foreign_lines_or_of_one_sample_are_refused(tmp_path: Path) -> None:
    text = (FORMATS / "kraken2" / "K1.kreport").read_text(encoding="utf-8")
    (tmp_path / "A.kreport").write_text(text + "C\tread1\t5\n", encoding="utf-8")
    (tmp_path / "A.report").write_text(text, encoding="utf-8")
    with pytest.raises(InputErrors) as raised:
        read_study(tmp_path)
    assert "Two reports are of one sample" in str(raised.value) and "line 19: 'C" in str(raised.value)
    assert f"'A' ({tmp_path / 'A.kreport'} and {tmp_path / 'A.report'})" in str(raised.value)
    with pytest.raises(InputError, match="Several files"):
        read_study(os.pathsep.join([str(tmp_path / "A.report"), str(FORMATS / "throat.tsv")]))
    with pytest.raises(InputError, match="No file has a name of this pattern"):
        read_study(tmp_path / "*.none")


def test_several_distances_of_mothur_must_be_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "two.shared"
    path.write_text("label\tGroup\tnumOtus\tOtu1\n0.01\tA\t1\t5\n0.03\tA\t1\t5\n", encoding="utf-8")
    with pytest.raises(InputError, match="several distances") as raised:
        read_study(path)
    assert "0.01, 0.03" in str(raised.value)


def test_tables_of_bracken(tmp_path: Path) -> None:
    """In the form of Bracken's manual; no Bracken was to be had."""
    head = "name\ttaxonomy_id\ttaxonomy_lvl\t"
    one, two = tmp_path / "S1.bracken", tmp_path / "combined.txt"
    one.write_text(
        f"{head}kraken_assigned_reads\tadded_reads\tnew_est_reads\tfraction_total_reads\n"
        "Prevotella copri\t165179\tS\t5\t2\t7\t0.7\nEscherichia coli\t562\tS\t3\t0\t3\t0.3\n",
        encoding="utf-8",
    )
    two.write_text(
        f"{head}A.bracken_num\tA.bracken_frac\tB.bracken_num\tB.bracken_frac\n"
        "Prevotella copri\t165179\tS\t7\t0.7\t0\t0.0\nEscherichia coli\t562\tS\t3\t0.3\t4\t1.0\n",
        encoding="utf-8",
    )
    single, joined = read_study(one).study, read_study(two).study
    assert list(single.samples) == ["S1"] and single.to_frame().iloc[0].tolist() == [7, 3]
    assert list(joined.samples) == ["A", "B"] and joined.to_frame().to_numpy().tolist() == [[7, 3], [0, 4]]
    two.write_text(two.read_text(encoding="utf-8").replace("562\tS", "562\tG"), encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as counts") as raised:
        read_study(two)
    assert "levels G, S" in str(raised.value)


def test_nested_clades_with_counts_are_read_at_species_level(tmp_path: Path) -> None:
    """In the form of KrakenTools' combine_mpa.py."""
    path = tmp_path / "t"
    rows = ["#Classification\tA\tB", "k__Bacteria\t5\t6", "k__Bacteria|p__P\t5\t6", "k__Bacteria|p__P|s__X y\t4\t6"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    study = read_study(path).study
    assert list(study.features) == ["X y"] and study.depth.tolist() == [4, 6] and study.quantity == "counts"


def test_a_folder_says_which_files_are_not_reports(tmp_path: Path) -> None:
    shutil.copy(FORMATS / "kraken2" / "K1.kreport", tmp_path)
    (tmp_path / "output.txt").write_text("C\tread1\t5\n", encoding="utf-8")
    with pytest.raises(InputError, match="only where all are reports") as raised:
        read_study(tmp_path)
    assert "output.txt" in str(raised.value) and "1 of 2 files" in str(raised.value)
    assert list(read_study(tmp_path / "*.kreport").study.samples) == ["K1"]


def test_metadata_as_an_artifact(tmp_path: Path) -> None:
    """As QIIME 2 has it since 2023; made here from another artifact, because the QIIME 2 at hand is older."""
    path = tmp_path / "m"
    with zipfile.ZipFile(FORMATS / "throat-depth.qza") as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"SampleData[AlphaDiversity]", b"ImmutableMetadata")
            new.writestr(name.replace("alpha-diversity.tsv", "metadata.tsv"), content)
    reading = read_study(FORMATS / "throat-table.qza", path)
    assert reading.study.metadata.shape == (60, 1)
    assert any(note.startswith("Metadata: QIIME 2 artifact ImmutableMetadata") for note in reading.notes)
