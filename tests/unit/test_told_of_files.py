"""What was done to ids, taxonomies and trees is told, and two samples never become one."""

from pathlib import Path

import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.results import Results
from handbook_utils.study.choices import Choices
from handbook_utils.study.describing import kind, read_tree
from handbook_utils.study.inspection import inspect
from handbook_utils.study.lineages import readable
from handbook_utils.study.readers import Reading, read_study
from handbook_utils.text.numbers import with_minus

CLADE = "k__Bacteria|p__F|c__C|o__O|f__Q|g__G|s__G_"
IDS = "".join(f"{'0123456789abcdef'[n]}" * 32 + " " for n in (1, 2, 3)).split()


def metaphlan(tmp_path: Path, ids: str, described: str = "", match_ids: str = "exact") -> Reading:
    names = ids.split()
    rows = [[f"{CLADE}{letter}", *(f"{10 * n + k}.5" for k in range(len(names)))] for n, letter in enumerate("ab", 1)]
    lines = ["\t".join(row) for row in [["clade_name", *names], *rows]]
    (tmp_path / "t.txt").write_text("\n".join(["#mpa_vJan25", *lines]) + "\n")
    (tmp_path / "m.tsv").write_text("sample\tg\n" + "".join(f"{name}\tu\n" for name in described.split()))
    told = Choices(match_ids=match_ids)
    return read_study(tmp_path / "t.txt", tmp_path / "m.tsv" if described else None, choices=told)


def test_what_metaphlan_puts_to_ids_is_taken_off_and_told(tmp_path: Path) -> None:
    read = metaphlan(tmp_path, "V1 V2_profile V3_profile", "V1 V2 V3")
    assert list(read.study.samples) == ["V1", "V2", "V3"]
    told = "Sample ids without what the program put to them: 2 (V2_profile is V2, V3_profile is V3)."
    assert told in read.notes and told in inspect(tmp_path / "t.txt").notes


def test_two_ids_that_differ_by_it_alone_stay_two_and_are_told(tmp_path: Path) -> None:
    read = metaphlan(tmp_path, "V1 V1_profile V2_profile", "V1 V1_profile V2_profile")
    assert list(read.study.samples) == ["V1", "V1_profile", "V2_profile"]
    read = metaphlan(tmp_path, "V1 V1_profile V2_profile")
    assert list(read.study.samples) == ["V1", "V1_profile", "V2"]
    assert "Sample ids that would be the same without it were left as they are: V1, V1_profile." in read.notes


def test_ids_that_the_metadata_has_as_they_are_stay_so(tmp_path: Path) -> None:
    read = metaphlan(tmp_path, "V1_profile V2_profile", "V1_profile V2_profile")
    assert list(read.study.samples) == ["V1_profile", "V2_profile"]
    assert not any("put to them" in note for note in read.notes)


def test_humann_and_bracken_tell_what_they_took_off(tmp_path: Path) -> None:
    (tmp_path / "h").write_text(
        "# Pathway HUMAnN v4.0.0.alpha.1\tA_Abundance-CPM\tB_Abundance-CPM\nUNMAPPED\t2.5\t3.5\nPWY-1\t1.5\t2\n"
    )
    read = read_study(tmp_path / "h")
    assert list(read.study.samples) == ["A", "B"] and read.notes[0] == "Format: HUMAnN table of v4.0.0.alpha.1."
    assert any("A_Abundance-CPM is A" in note for note in read.notes)
    (tmp_path / "b").write_text(
        "name\ttaxonomy_id\ttaxonomy_lvl\tA.S_num\tA.S_frac\tA.bracken_num\tA.bracken_frac\nx y\t1\tS\t5\t1\t6\t1\n"
    )
    assert list(read_study(tmp_path / "b").study.samples) == ["A.S", "A.bracken"]
    for name in ("K1.kraken2.report.txt", "K2.kreport"):
        (tmp_path / name).write_text("100\t9\t9\tS\t5\tX y\n")
    read = read_study(tmp_path / "*.*re*port*")
    assert list(read.study.samples) == ["K1", "K2"]
    assert any("K1.kraken2.report.txt is K1" in note for note in read.notes)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (
            "Feature ID\tTaxon\tConfidence\nf1\tk__Bacteria; p__X\t0.9\nf2\tUnassigned\t0.5\nf3\tk__Archaea\t1\n",
            "'Taxon'",
        ),
        (",Kingdom,Genus\nf1,Bacteria,G\nf2,Bacteria,NA\nf3,Archaea,NA\n", "Kingdom, Genus"),
    ],
)
def test_every_taxonomy_is_told(text: str, known: str, tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("#OTU ID\tS1\tS2\tS3\nf1\t1\t20\t3\nf2\t4\t5\t6\n")
    (tmp_path / "x").write_text(text)
    notes = read_study(tmp_path / "t.tsv", taxonomy=tmp_path / "x").notes
    (how,) = [note for note in notes if note.startswith("Taxonomy: known by")]
    assert known in how and how.endswith("; 3 rows read.")
    assert any(note.startswith("Taxonomy: ") and "-separated text" in note for note in notes)
    assert "The taxonomy has 1 more rows than the table has features (f3)." in notes
    told = inspect(tmp_path / "x")
    assert how in told.notes and "-separated text" in told.format


def test_a_taxonomy_in_the_table_is_told_used_or_not(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("#OTU ID\tS1\tS2\ttaxonomy\nf1\t1\t20\tk__Bacteria; p__X\nf2\t4\t5\tk__Archaea\n")
    assert "Taxonomy: in the table, kingdom, phylum." in read_study(tmp_path / "t.tsv").notes
    (tmp_path / "x").write_text("Feature ID\tTaxon\nf1\tk__Eukaryota\nf2\tk__Archaea\n")
    read = read_study(tmp_path / "t.tsv", taxonomy=tmp_path / "x")
    assert "The taxonomy in the table was not used: a file of it was given." in read.notes
    assert read.study.taxonomy is not None and read.study.taxonomy.loc["f1"].to_list() == ["Eukaryota"]


def test_a_root_of_three_branches_is_read_where_it_is_said_to_be_one(tmp_path: Path) -> None:
    newick = "((a:1,b:2):1,c:1,d:3);"
    (tmp_path / "bare.nwk").write_text(newick)
    with pytest.raises(InputErrors) as raised:
        read_tree(tmp_path / "bare.nwk", [])
    assert "[&R]" in str(raised.value)
    (tmp_path / "said.nwk").write_text(f"[&R] {newick}")
    notes: list[str] = []
    tree = read_tree(tmp_path / "said.nwk", notes)
    assert kind(tmp_path / "said.nwk") == "tree" and len(tree.children) == 2
    assert tree.find("a").distance(tree.find("d")) == 5 and tree.find("c").distance(tree.find("d")) == 4
    assert sorted(tip.distance(tree) for tip in tree.tips()) == [1, 2, 3, 3]
    assert any("has 3 branches" in note for note in notes)


def test_levels_that_are_not_there_have_a_remedy(tmp_path: Path) -> None:
    read = metaphlan(tmp_path, "A B C D", "A B C D")
    rows = read.study.metadata.assign(g=["lean", "lean", "obese", "obese"])
    for levels, remedy in (("lean, obesse", "Did you mean 'obese'?"), ("lean, zz", 'levels "".')):
        with pytest.raises(InputError) as raised:
            design_of(rows, group="g", levels=levels)
        assert (raised.value.remedy or "").endswith(remedy)


def test_features_whose_ids_say_nothing_have_readable_names() -> None:
    import pandas as pd

    taxonomy = pd.DataFrame({"phylum": ["P", "P", ""], "genus": ["Blautia", "", ""]}, index=IDS)
    named = readable(IDS, taxonomy)
    assert list(named.values()) == ["Blautia 111111", "P 222222", "unassigned 333333"]
    bases = "ACGT" * 20
    assert len(set(readable([bases, bases + "A"], None).values())) == 2
    assert readable(["f" * 32, "f" * 31 + "0"], None) == {name: name for name in ("f" * 32, "f" * 31 + "0")}


def test_told_sentences_have_minus_signs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = Results(folder=tmp_path)
    out.answer("A of P-1?", "By -0.5 (-1 to .2).", rests_on=["From -3 to (-2)."])
    out.limits(["It was -7."])
    out.methods("It fell by -4 since 2024-05-31.")
    out.value("change", "-6 %")
    said = capsys.readouterr().out
    for text in ("By −0.5 (−1 to .2).", "From −3 to (−2).", "It was −7.", "by −4 since 2024-05-31", "−6 %", "P-1"):
        assert text in said
    assert with_minus("1e-05, a--1, [-1], x-2, ω²=-3") == "1e-05, a--1, [−1], x-2, ω²=−3"


def test_what_was_left_out_and_how_deep_samples_are_stands_once_in_an_answer(tmp_path: Path) -> None:
    import pandas as pd

    from handbook_utils.recipes.wording import left_out, of_depth

    rows = pd.DataFrame({"g": list("aabbab"), "age": [1.0, 4, 3, 2, None, 6]}, index=list("stuvwx"))
    design = design_of(rows, group="g", covariates="age")
    assert design.who == "5 samples, each taken as independent" and design.gone == "; 1 left out (age missing: w)"
    study = metaphlan(tmp_path, "s t u v w x").study
    assert left_out(study, design.left_out) == ["age missing: w."]
    assert "100" not in of_depth("Depth differs between the groups: median reads 100 (a), 900 (b)", "so")[0]


def test_ids_that_one_change_explains_are_told_once_however_many(tmp_path: Path) -> None:
    ids = [f"S{n}" for n in range(9)]
    (tmp_path / "t.tsv").write_text("#OTU ID\t" + "\t".join(ids) + "\nf1\t1\t2\t3\t4\t5\t6\t7\t8\t9\n")
    (tmp_path / "m.tsv").write_text("sample\tg\n" + "".join(f"{name}{' ' * (name < 'S7')}\tu\n" for name in ids))
    with pytest.raises(InputErrors) as raised:
        read_study(tmp_path / "t.tsv", tmp_path / "m.tsv")
    (error,) = raised.value.errors
    assert error.problem.startswith("7 sample ids match only but for blanks")


def test_inspect_takes_a_long_table_for_one_as_the_reader_does(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("sample,genus,reads,group\nA,Blautia,3,u\nA,Dorea,40,u\nB,Blautia,5,v\n")
    found = inspect(tmp_path / "t.csv")
    assert (found.what, found.samples, found.features) == ("feature table", 2, 2)
    assert read_study(tmp_path / "t.csv").study.shape == (2, 2)


def test_letters_that_no_font_has_are_told_and_warnings_name_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    import warnings

    import matplotlib.pyplot as plt

    for name, boxes in (("\u5bfe\u7167", True), ("control", False)):
        figure, axes = plt.subplots()
        axes.set_title(name)
        Results(folder=None).figure(figure, "n", alt="A title.")
        said = capsys.readouterr()
        assert ("drawn as boxes: \u5bfe \u7167." in said.out) is boxes and "Warning" not in said.err
    assert warnings.formatwarning("odd", UserWarning, __file__, 1) == "UserWarning: odd\n"


def test_reports_name_features_by_their_taxa_where_ids_are_hashes_and_keep_the_ids() -> None:
    import pandas as pd

    from handbook_utils.analysis.taxa.filters import named_for_people, with_ids
    from handbook_utils.recipes.describe_composition import Description
    from handbook_utils.recipes.find_differential_taxa import Choice
    from handbook_utils.study import Study

    counts = pd.DataFrame([[500, 30, 2], [400, 50, 3], [300, 70, 9]], index=list("stu"), columns=IDS)
    taxonomy = pd.DataFrame({"phylum": ["P", "P", ""], "genus": ["Blautia", "", ""]}, index=IDS)
    study = Study.from_frame(counts, taxonomy=taxonomy)
    names = ["Blautia 111111", "P 222222", "unassigned 333333"]
    assert list(Choice.of(study, rank="", least_depth=1, prevalence=0).study.features) == names
    whole = {"rank": "", "group": "", "person": "", "nameless": [], "top": 3, "core_share": 0.1, "core_prevalence": 0.5}
    made = Description.of(study, **whole)
    assert made.answer["found"].startswith("Blautia 111111 leads")
    assert with_ids(made.listing, study)["id"].to_list() == IDS
    plain = Study.from_frame(counts.set_axis(["a", "b", "c"], axis=1))
    assert named_for_people(plain) is plain and "id" not in with_ids(Description.of(plain, **whole).listing, plain)
