"""Files as other people have them: read right and told, or asked about with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study

META = "sample-id\tarm\nS1\tx\nS2\ty\n"


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str, meta: str = "", name: str = "t.tsv") -> Study:
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "meta.tsv").write_text(meta, encoding="utf-8")
        study = read_study(tmp_path / name, tmp_path / "meta.tsv" if meta else None).study
        found = inspect(tmp_path / name)
        assert found.features == study.shape[1]
        return study

    return read


def told(study: Study) -> str:
    return " ".join(study.notes)


def test_a_column_that_counts_the_rows_is_left_out_and_told(read) -> None:
    for start in (0, 1):
        study = read(f",OTU,S1,S2\n{start},a,5,6\n{start + 1},b,7,8\n", META, "t.csv")
        assert study.to_frame().to_dict() == {"a": {"S1": 5, "S2": 6}, "b": {"S1": 7, "S2": 8}}
        assert "numbers the rows" in told(study)
    # Codes that happen to be numbers are no count of rows.
    codes = "".join(f"{n},5,6\n" for n in range(7))
    assert list(read(f",S1,S2\n{codes}", META, "t.csv").features) == list("0123456")


def test_percentages_are_shares(read) -> None:
    study = read("taxon\tS1\tS2\na\t12.5%\t0\nb\t87.5 %\t100%\n")
    assert study.to_frame().to_dict() == {"a": {"S1": 12.5, "S2": 0}, "b": {"S1": 87.5, "S2": 100}}
    assert study.quantity == "abundances" and "% was taken off 3 numbers" in told(study)
    with pytest.raises(InputErrors, match="Some numbers are percentages"):
        read("taxon\tS1\tS2\na\t12.5%\t3\nb\t87.5%\t100%\n")


def test_whole_percentages_are_no_counts(read) -> None:
    assert read("taxon\tS1\tS2\na\t12%\t0%\nb\t88%\t100%\n").quantity == "abundances"


def test_ids_that_are_paths_become_names_of_files(read) -> None:
    head = "#mpa_vJun23_CHOCOPhlAnSGB_202403\nclade_name\t/data/out/S1\t/data/out/S2\n"
    study = read(f"{head}k__Bacteria\t100\t100\nk__Bacteria|s__Blautia_obeum\t100\t100\n", META)
    assert list(study.samples) == ["S1", "S2"] and "Sample ids are paths" in told(study)
    # Codes with a stroke are no paths; and paths that the metadata has stay.
    assert list(read("#OTU ID\t12/1\t12/2\na\t5\t6\n").samples) == ["12/1", "12/2"]
    assert list(read("#OTU ID\t/d/S1\t/d/S2\na\t5\t6\n", META.replace("S", "/d/S")).samples) == ["/d/S1", "/d/S2"]


def test_rows_about_the_samples_above_the_numbers_are_asked_about(tmp_path: Path) -> None:
    (tmp_path / "t").write_text(
        "class\tx\ty\nsubject\tS1\tS2\nBacteria\t0.5\t0.4\nArchaea\t0.5\t0.6\n", encoding="utf-8"
    )
    for call in (read_study, inspect):
        with pytest.raises(InputError, match="describe the samples, and hold no numbers"):
            call(tmp_path / "t")


def test_a_long_table_of_coverages_by_lineage(read) -> None:
    rows = "S1\t3.5\tRoot; d__Bacteria; p__Bacillota\nS1\t1\tRoot; d__Archaea\nS2\t2.25\tRoot; d__Archaea\n"
    study = read(f"sample\tcoverage\ttaxonomy\n{rows}", META)
    assert study.to_frame().to_numpy().tolist() == [[3.5, 1], [0, 2.25]]
    assert study.taxonomy["phylum"].to_list() == ["Bacillota", ""]


def test_a_report_without_the_rank_names_another_rank(tmp_path: Path) -> None:
    (tmp_path / "S1.kreport").write_text(
        "100.00\t9\t0\tR\t1\troot\n100.00\t9\t9\tS\t5\t  Blautia obeum\n", encoding="utf-8"
    )
    from handbook_utils.study.choices import Choices

    with pytest.raises((InputError, InputErrors), match="rank species, for example"):
        read_study(tmp_path / "S1.kreport", choices=Choices(rank="genus"))


def test_samples_on_one_line_have_a_map_of_two_axes() -> None:
    places = np.array([0.0, 1, 3, 7])
    found = pcoa(DistanceMatrix(abs(places[:, None] - places), list("abcd")))
    assert list(found.coordinates) == ["PC1", "PC2"] and not found.coordinates["PC2"].any()
    assert found.proportions.to_list() == [1.0, 0.0]


def test_digits_of_another_script_and_missing_amounts_are_refused(tmp_path: Path) -> None:
    kreport = "100.00\t%s\t0\tR\t1\troot\n100.00\t9\t9\tS\t5\t  Blautia obeum\n"
    emu = "tax_id\tabundance\tspecies\testimated counts\n5\t1.0\tBlautia obeum\t\n"
    contrib = "sample\tfunction\ttaxon\ttaxon_function_abun\nS1\tK00001\ta\t3\nS1\tK00001\tb\t-2\n"
    for name, text in (("a.kreport", kreport % "\u0663"), ("b.tsv", emu), ("c.tsv", contrib)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises((InputError, InputErrors)):
            read_study(tmp_path / name)
