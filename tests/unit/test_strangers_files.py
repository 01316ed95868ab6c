"""Files as other people have them: read right and told, or asked about with the reason."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from skbio import DistanceMatrix

from handbook_utils.analysis.distance.ordination import pcoa
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study

META = "sample-id\tarm\nS1\tx\nS2\ty\n"


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str, meta: str = "", name: str = "t.tsv", **said: str) -> Study:
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "meta.tsv").write_text(meta, encoding="utf-8")
        choices = Choices.of(said)
        study = read_study(tmp_path / name, tmp_path / "meta.tsv" if meta else None, choices=choices).study
        found = inspect(tmp_path / name, choices)
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


@pytest.mark.parametrize("named", ["patient", "group", "barcode"])
def test_names_of_rows_by_r_are_ids_and_no_count_of_rows(read, named) -> None:
    study = read("#OTU ID,1,2,3\na,5,6,7\nb,8,0,1\n", f",{named},age\n1,2,30\n2,3,31\n3,1,5\n", "t.csv")
    assert study.metadata.to_dict() == {named: {"1": 2, "2": 3, "3": 1}, "age": {"1": 30, "2": 31, "3": 5}}


def test_a_count_of_the_rows_of_metadata_is_left_out_unless_it_names_the_samples(read, tmp_path) -> None:
    meta = ",sample,age\n1,S1,30\n2,S2,31\n"
    study = read("#OTU ID,S1,S2\na,5,6\n", meta, "t.csv")
    assert study.metadata.to_dict() == {"age": {"S1": 30, "S2": 31}}
    assert "because it has no name: the first column" in told(study)
    assert inspect(tmp_path / "meta.tsv").first_samples == ("S1", "S2")
    study = read("#OTU ID,1,2,3\na,5,6,7\n", ",sample,age\n1,3,30\n2,3,31\n3,1,5\n", "t.csv")
    assert study.metadata["age"].to_list() == [30, 31, 5]


def test_a_taxon_is_no_column_of_ids(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(",Bacteria,Archaea\n1,5,6\n2,7,9\n", encoding="utf-8")
    study = read_study(tmp_path / "t.csv", choices=Choices(samples_in="rows")).study
    assert study.to_frame().to_dict() == {"Bacteria": {"1": 5, "2": 7}, "Archaea": {"1": 6, "2": 9}}


def test_a_sample_without_reads_is_no_footnote(tmp_path: Path) -> None:
    table, meta = tmp_path / "t.tsv", tmp_path / "m.tsv"
    names = [f"Patient {n} visit" for n in (1, 2, 3)]
    meta.write_text("sample-id\tage\n" + "".join(f"{name}\t3\n" for name in names), encoding="utf-8")
    table.write_text(f"sample\ta\tb\n{names[0]}\t5\t6\n{names[2]}\t\t\n{names[1]}\t7\t8\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="not numbers"):
        read_study(table, meta)
    with pytest.raises(InputError, match="1 samples have"):
        read_study(table, meta, choices=Choices(empty_cells="zero"))
    # As long as a sentence, below the others; the metadata has it.
    for file in (table, meta):
        file.write_text(file.read_text().replace(names[1], "Patient 2 in the third week"), encoding="utf-8")
    table.write_text(table.read_text().replace("\t7\t8", "\t\t").replace(f"{names[2]}\t\t", f"{names[2]}\t7\t8"))
    with pytest.raises(InputError, match="1 samples of the metadata have no numbers"):
        read_study(table, meta)


def test_a_feature_without_numbers_is_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("#OTU ID\tS1\tS2\nBlautia\t5\t6\nBacteroides sp. CAG1\t\t\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="empty_cells zero"):
        read_study(path)
    assert "Bacteroides sp. CAG1" in read_study(path, choices=Choices(empty_cells="zero")).study.features


def test_the_worksheet_that_was_asked_for_is_read_and_no_other(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheets = {
        "table": [["#OTU ID", "S1", "S2"], ["a", 5, 6]],
        "samples": [["sample-id"], ["S1"], ["S2"]],
        "note": [["Read me"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "b.xlsx")
    for name in ("samples", "note"):
        with pytest.raises((InputError, InputErrors)):
            read_study(tmp_path / "b.xlsx", choices=Choices(worksheet=name))
    assert inspect(tmp_path / "b.xlsx").samples == 2


def test_columns_without_a_name_in_a_workbook_do_not_make_its_header_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["sample", "group"], *[[f"S{n}", "x", "low", "yes", "left"] for n in (1, 2, 3)]]:
        book.active.append(row)
    book.save(tmp_path / "m.xlsx")
    (tmp_path / "t.tsv").write_text("#OTU ID\tS1\tS2\tS3\na\t5\t6\t7\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="more cells than the header"):
        read_study(tmp_path / "t.tsv", tmp_path / "m.xlsx")


@pytest.mark.parametrize("empty", ["", "ND"])
def test_a_first_feature_without_numbers_is_no_row_about_the_samples(tmp_path: Path, empty: str) -> None:
    path = tmp_path / "t.tsv"
    path.write_text(f"taxon\tS1\tS2\nBlautia\t{empty}\t{empty}\nDorea\t5\t6\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="empty_cells zero"):
        read_study(path)
    assert read_study(path, choices=Choices(empty_cells="zero")).study.table.sum() == 11


@pytest.mark.parametrize(("cells", "kept"), [("12%|14%", ["12%", "14%"]), ("1,234.5|2", None), ("3|4,5", [3, 4.5])])
def test_columns_about_samples_in_a_table_are_read_as_metadata_is(tmp_path: Path, cells: str, kept: object) -> None:
    first, second = cells.split("|")
    lines = ["index\tk__Bacteria;p__A\tk__Bacteria;p__B\tfat", f"S1\t5\t6\t{first}", f"S2\t7\t8\t{second}"]
    (tmp_path / "t.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    study = read_study(tmp_path / "t.tsv", choices=Choices(leave_out="fat")).study
    assert study.shape == (2, 2)
    if kept:
        assert study.metadata["fat"].to_list() == kept


def test_metadata_of_numbers_alone_is_known_by_the_samples_of_the_table(read) -> None:
    study = read("#OTU ID\tS1\tS2\na\t5\t6\n", "#OTU ID\tage\tbmi\tph\nS1\t3\t2\t7\nS2\t4\t1\t6\n")
    assert study.metadata["bmi"].to_dict() == {"S1": 2, "S2": 1}
    table = "#OTU ID\tS1\tS2\tS3\na\t5\t6\t7\n"
    with pytest.raises(InputError, match="looks like a feature table"):
        read(table, table)


def test_percentages_are_shares(read) -> None:
    study = read("taxon\tS1\tS2\na\t12.5%\t0\nb\t87.5 %\t100%\n")
    assert study.to_frame().to_dict() == {"a": {"S1": 12.5, "S2": 0}, "b": {"S1": 87.5, "S2": 100}}
    assert study.quantity == "abundances" and "% was taken off 3 numbers" in told(study)
    with pytest.raises(InputErrors, match="Some numbers are percentages"):
        read("taxon\tS1\tS2\na\t12.5%\t3\nb\t87.5%\t100%\n")


def test_whole_percentages_are_no_counts(read) -> None:
    assert read("taxon\tS1\tS2\na\t12%\t0%\nb\t88%\t100%\n").quantity == "abundances"


def whole(*samples: tuple[int, ...]) -> str:
    """A table of whole numbers, with a column a sample."""
    head = "\t".join(f"S{n}" for n in range(1, len(samples) + 1))
    rows = ["\t".join([f"ASV{n}", *map(str, row)]) for n, row in enumerate(zip(*samples, strict=True), start=1)]
    return "\n".join([f"#OTU ID\t{head}", *rows]) + "\n"


def test_whole_numbers_that_add_up_to_about_100_are_shares_and_told(read) -> None:
    study = read(whole((60, 30, 9), (10, 50, 42), (20, 20, 60)))
    assert study.quantity == "abundances" and "rounded percentages: samples add up to 99 to 102" in told(study)
    given = read(whole((60, 30, 9), (10, 50, 42), (20, 20, 60)), values="counts")
    assert given.quantity == "counts" and "Values: counts, as asked." in told(given)


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        (((60, 30, 10), (10, 50, 40)), "2 samples that add up to 100"),
        (((60, 30, 10),), "1 samples that add up to 100"),
        (((100, 90, 10), (50, 80, 70), (0, 0, 200)), "3 samples that add up to 200"),
        (((60, 20, 10), (10, 50, 3), (20, 20, 60)), "3 samples that add up to 63 to 100"),
        (((600_000, 300_000, 99_999), (1, 1_000_000, 1), (500_000, 500_000, 0)), "999999 to 1e"),
    ],
)
def test_whole_numbers_with_two_readings_are_asked_about(samples, found: str, read, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="may be counts of reads, or shares") as raised:
        read(whole(*samples))
    assert re.search(found, raised.value.found or "") and "values shares" in (raised.value.remedy or "")
    with pytest.raises(InputError, match="may be counts of reads, or shares"):
        inspect(tmp_path / "t.tsv")
    for values, quantity in (("shares", "abundances"), ("counts", "counts")):
        assert inspect(tmp_path / "t.tsv", Choices(values=values)).quantity == quantity
        assert read(whole(*samples), values=values).quantity == quantity


def test_a_rarefied_table_has_counts(read) -> None:
    study = read(whole((600, 300, 100), (100, 500, 400), (200, 200, 600)))
    assert study.quantity == "counts" and "Every sample adds up to 1000, as a rarefied table does" in told(study)
    assert read(whole((600, 300, 70), (100, 500, 442), (200, 200, 6))).quantity == "counts"


SEVERAL = "Genus;A;B;C\nBacteroides;900;80;70\nRoseburia;500;60;30\nBlautia;50;6;3\nDialister;5;16;1\n"


def test_a_sum_of_the_others_is_no_feature_whatever_it_is_called(read) -> None:
    with pytest.raises(InputError, match="The row 'Bacteria' is the sum of all others") as raised:
        read(f"{SEVERAL}Bacteria;1455;162;104\n")
    assert "leave_out 'Bacteria'" in (raised.value.remedy or "")
    assert read(f"{SEVERAL}Bacteria;1455;162;104\n", leave_out="none").shape == (3, 5)
    text = f"Som van aantal;Kolomlabels;;\n{SEVERAL}Eindtotaal;1455;162;104\n".replace("Genus", "Rijlabels")
    pivot = read(text, samples_in="columns")
    assert pivot.shape == (3, 4) and "totals of the others: the rows Eindtotaal" in told(pivot)


def test_a_total_that_a_workbook_did_not_work_out_is_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Genus", "A", "B"],
        ["Bacteroides", 5, 6],
        ["Blautia", 7, 8],
        ["Totaal", *["=SUM(B2:B3)"] * 2],
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    study = read_study(tmp_path / "t.xlsx").study
    assert study.shape == (2, 2) and "Left out, lines of text: 'Totaal'" in told(study)


@pytest.mark.parametrize("text", ["ASV1,ASV2,ASV3\n5,6,7\n8,9,1\n", "P01,P02,P03\n5,6,7\n8,9,1\n",
                                  "Bacteroides,Prevotella,Ruminococcus\n5,6,7\n8,9,1\n"])  # fmt: skip
def test_a_table_without_ids_is_refused_as_that(text: str, read) -> None:
    with pytest.raises((InputError, InputErrors), match="The rows of this table have no ids"):
        read(text)


def test_metadata_in_the_table_are_no_features(read) -> None:
    table = "ID\tleeftijd\tBlautia\tRoseburia\n001\t44\t900\t100\n002\t55\t800\t300\n"
    meta = "ID\tleeftijd\tarm\n001\t44\tx\n002\t55\ty\n"
    said = {"table_format": "plain table", "samples_in": "rows"}
    with pytest.raises(InputError, match="1 features of the table have the name of a column of the metadata"):
        read(table, meta, **said)
    assert list(read(table, meta, **said, leave_out="leeftijd").features) == [
        "Blautia",
        "Roseburia",
    ]


def test_a_list_of_several_ranks_is_read_at_one_of_them(read) -> None:
    rows = [f"{s};{r};{t};{v}" for s in ("A", "B") for r, t, v in (
        ("phylum", "Bacillota", "60,5"), ("phylum", "Bacteroidota", "39,5"),
        ("genus", "Blautia", "40,5"), ("genus", "Roseburia", "20"), ("genus", "Bacteroides", "39,5"))]  # fmt: skip
    text = "\n".join(["monster;rank;taxon;percentage", *rows]) + "\n"
    with pytest.raises(InputError, match="taxa of several ranks, which hold each other"):
        read(text)
    study = read(text, rank="genus")
    assert study.to_frame().loc["A"].to_dict() == {"Blautia": 40.5, "Roseburia": 20, "Bacteroides": 39.5}
    assert "Rows of the rank genus kept, as asked; 4 of other ranks left out." in study.notes


def test_a_table_with_words_is_said_to_be_no_table(read, tmp_path: Path) -> None:
    text = "Code;Materiaal;Blautia\nP1;Feces;12\nP2;Feces;13\nP3;Feces;<0,1\nslot:;;\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    found = inspect(tmp_path / "t.csv")
    assert (
        found.what == "sample metadata" and "Rows of the metadata without a value in any column: slot:." in found.notes
    )
    assert any(note.startswith("As a feature table it is refused: 6 cells") for note in found.notes)
    with pytest.raises((InputError, InputErrors), match="not numbers"):
        read_study(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("begins", "what"),
    [(b"$FL2@(#) SPSS DATA FILE\x00", "SPSS"), (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "SAS"),
     (b"<stata_dta><header>", "Stata")],
)  # fmt: skip
def test_files_of_statistical_programs_are_named(begins: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(begins + bytes(100))
    with pytest.raises(InputError) as raised:
        read_study(tmp_path / "t")
    assert what in (raised.value.found or "") and what in (raised.value.remedy or "")


def test_documents_of_libreoffice_and_viruses_of_metaphlan_are_refused_as_what_they_are(read, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", "<x/>")
    with pytest.raises(InputError) as raised:
        read_study(tmp_path / "t.ods")
    assert "LibreOffice" in (raised.value.found or "")
    with pytest.raises(InputError, match="MetaPhlAn's list of viruses"):
        read("#mpa_vJun23\nM-Group/Cluster\tgenome name\tlength\nM1\tcrAss001\t97065\n")


def test_dutch_words_for_a_missing_value_are_missing(read) -> None:
    meta = "sample-id\tbmi\troken\nS1\t24,5\tn.v.t.\nS2\tonb.\tja\n"
    study = read("#OTU ID\tS1\tS2\na\t5\t6\n", meta)
    assert study.column("bmi").isna().to_list() == study.column("roken").isna().to_list()[::-1] == [False, True]
    assert "n.v.t." in told(study) and "onb." in told(study)


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


def test_lineages_beside_each_other_are_all_features(read) -> None:
    # MGnify: reads that stop at a rank stand there and nowhere else; its first cell says SampleID over the lineages.
    text = "#SampleID\tE1\tE2\nsk__Bacteria\t500\t0\nsk__Bacteria;k__;p__Firmicutes;c__Clostridia;g__Blautia\t120\t80\n"
    text += "sk__Bacteria;k__;p__Bacteroidetes;g__Bacteroides;s__Bacteroides_fragilis\t30\t9\n"
    study = read(text)
    assert study.shape == (2, 3) and study.depth.to_list() == [650, 89]
    assert study.taxonomy is not None and set(study.taxonomy["phylum"]) == {"", "Firmicutes", "Bacteroidetes"}


def test_what_is_mapped_to_nothing_is_no_feature(read) -> None:
    study = read("Genome\tA\tB\nunmapped\t40.5\t30\nbin.1\t50\t50\nbin.2\t9.5\t20\n")
    assert list(study.features) == ["bin.1", "bin.2"]
    assert "Left out, mapped to nothing: unmapped (40.5, 30)." in study.notes


def test_a_column_of_lineages_is_the_taxonomy_whatever_its_name(read) -> None:
    lineage = "d__Bacteria;p__Bacillota_A;c__Clostridia"
    study = read(f"user_genome\tclassification\tA\tB\nbin.1\t{lineage}\t4\t5\nbin.2\t{lineage}\t3\t0\n")
    assert study.shape == (2, 2) and study.taxonomy is not None and set(study.taxonomy["class"]) == {"Clostridia"}


@pytest.mark.parametrize(("corner", "names"), [("GO", ["GO:0008152", "GO:0005975"]), ("Module", ["MF0001", "MF0002"])])
def test_terms_and_modules_are_functions(corner: str, names: list[str], read) -> None:
    study = read(f"{corner}\tcategory\tA\tB\n{names[0]}\tprocess\t4\t5\n{names[1]}\tprocess\t3\t0\n")
    assert study.features_are == "functions" and study.shape == (2, 2)


def test_a_long_line_is_looked_at_once(read) -> None:
    # The ids of a table stand where Krona's names would: that it is none of Krona's is known at once.
    line = "\t".join(["820", *("Bacteroides uniformis of a long name" for _ in range(40)), "3,5", "0.5"])
    with pytest.raises((InputError, InputErrors)):
        read(f"{line}\n{line}\n{line}\n")


def test_several_reports_are_not_called_by_the_last_of_them(tmp_path: Path) -> None:
    text = "90.00\t90\t0\tD\t2\tBacteria\n90.00\t90\t90\tS\t40520\t  Blautia obeum\n"
    paths = [tmp_path / f"{name}.kreport" for name in "AB"]
    for path in paths:
        path.write_text(text, encoding="utf-8")
    assert read_study(os.pathsep.join(map(str, paths))).study.name == f"2 files of {tmp_path.name}"
    assert read_study(paths[0]).study.name == "A.kreport"
