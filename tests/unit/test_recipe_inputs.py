"""What each recipe says to files that do not fit, before anything runs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.asking import Question, written
from handbook_utils.asking.values import PATHS
from handbook_utils.chapters.catalogue import read_chapter
from handbook_utils.chapters.parameters import check_inputs
from handbook_utils.errors import InputError, InputErrors

ROOT = Path(__file__).parents[2]
RECIPES = sorted(path.stem for path in (ROOT / "notebooks/recipes").glob("*.md"))


def defaults(recipe: str) -> dict[str, Any]:
    chapter = read_chapter(ROOT / f"notebooks/recipes/{recipe}.md", ROOT)
    return {one.name: one.in_book for one in chapter.parameters}


def check(recipe: str, **changed: Any) -> None:
    chapter = read_chapter(ROOT / f"notebooks/recipes/{recipe}.md", ROOT)
    asked = {one.name: one for one in chapter.parameters if one.kind not in PATHS}
    given = {key: asked[key].fitting(value) if key in asked else value for key, value in changed.items()}
    check_inputs(chapter, defaults(recipe) | given)


def messages(caught: pytest.ExceptionInfo[Any]) -> str:
    return str(caught.value)


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Return the twins as a reader's files, by way of a function that changes them."""
    folder = tmp_path_factory.mktemp("twins")
    study = datasets.load("twins")

    def files(name: str, *, change=lambda frame: frame, metadata=lambda frame: frame) -> dict[str, str]:
        table, sheet = folder / f"{name}.tsv", folder / f"{name}-metadata.tsv"
        change(study.to_frame()).to_csv(table, sep="\t", index_label="sample")
        metadata(study.metadata.copy()).to_csv(sheet, sep="\t", index_label="sample")
        return {"table": str(table), "metadata": str(sheet)}

    return files


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_bundled_study_fits(recipe):
    check(recipe)


#: Parameters that name metadata columns, and those that may be empty.
COLUMNS = (
    *("group", "covariates", "strata", "nested_in", "person", "time", "moment", "treatment", "kind", "concentration"),
)
GIVEN = [(recipe, name) for recipe in RECIPES for name in COLUMNS if name in defaults(recipe)]


def may_be_none(recipe: str, parameter: str) -> bool:
    chapter = read_chapter(ROOT / f"notebooks/recipes/{recipe}.md", ROOT)
    return any(one.may_be_none for one in chapter.parameters if one.name == parameter)


@pytest.mark.parametrize(("recipe", "parameter"), GIVEN)
def test_a_column_that_is_not_there_is_named_with_the_nearest_and_its_parameter(recipe, parameter):
    right = written(defaults(recipe)[parameter])
    with pytest.raises((InputError, InputErrors)) as caught:
        check(recipe, **{parameter: f"{right or 'nosuch'}s"})
    said = messages(caught)
    assert f"{right or 'nosuch'}s" in said
    assert f"parameter {parameter}" in said
    assert f"Did you mean '{right}'?" in said if right else "Choose one of" in said
    assert may_be_none(recipe, parameter) or f'{parameter} ""' not in said


@pytest.mark.parametrize(("recipe", "parameter"), GIVEN)
def test_a_column_may_be_left_out_where_the_chapter_says_so_and_nowhere_else(recipe, parameter):
    if may_be_none(recipe, parameter):
        # What may be none by itself need not be when all of its kind are: then nothing is asked.
        try:
            check(recipe, **{parameter: ""})
        except (InputError, InputErrors) as error:
            assert re.search("Nothing is asked|Nothing tells|no column ''|seem to be blanks", str(error)), error
        return
    with pytest.raises((InputError, InputErrors), match=r"no column ''") as caught:
        check(recipe, **{parameter: ""})
    assert re.search(rf"parameters? .*\b{parameter}\b", messages(caught))


def test_contaminants_need_blanks_or_concentrations():
    with pytest.raises(InputError, match="Nothing tells contaminants") as caught:
        check("remove-contaminants", blank="")
    assert "kind and blank" in messages(caught)
    for method in ("combined", "frequency"):
        with pytest.raises(InputError, match="Nothing tells contaminants"):
            check("remove-contaminants", method=method)


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if {"table", "metadata"} <= set(defaults(recipe))])
def test_a_cell_that_is_no_number_is_named_with_its_place(recipe, twins):
    def worded(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.astype(object)
        frame.iloc[3, 4] = "many"
        return frame

    with pytest.raises((InputError, InputErrors), match="not numbers") as caught:
        check(recipe, **twins(f"worded-{recipe}", change=worded))
    assert "'many' at line 5, column 6" in messages(caught)


@pytest.mark.parametrize(
    ("recipe", "given"),
    [
        ("measure-alpha-diversity", {"group": "group"}),
        ("control-quality", {"group": "group"}),
        ("compare-before-and-after", {}),
        ("follow-over-time", {"person": "person", "time": "visit", "group": "group", "least_depth": 1}),
    ],
)
def test_shares_are_taken_where_something_can_be_said_of_them(recipe, given, twins):
    check(recipe, **twins(f"shares-{recipe}", change=lambda frame: frame.div(frame.sum(axis=1), axis=0)), **given)


@pytest.mark.parametrize("recipe", ["measure-alpha-diversity", "control-quality"])
def test_reads_that_too_few_samples_have(recipe):
    with pytest.raises((InputError, InputErrors), match="No sample has") as caught:
        check(recipe, least_depth=1_000_000)
    assert "least_depth" in messages(caught)
    with pytest.raises((InputError, InputErrors), match=r"too few|no groups") as caught:
        check(recipe, least_depth={"measure-alpha-diversity": 9000, "control-quality": 3000}[recipe])
    assert "no sample is left out" in messages(caught)


def test_shares_are_compared_by_methods_that_do_without_counts(twins):
    shares = twins("shares", change=lambda frame: frame.div(frame.sum(axis=1), axis=0))
    check("find-differential-taxa", **shares)
    with pytest.raises((InputError, InputErrors), match="count"):
        check("find-differential-taxa", **shares, method="deseq2")


GROUPED = ["compare-groups", "measure-alpha-diversity", "control-quality", "map-differences"]
PLAIN = {"group": "group", "covariates": "", "metric": "bray-curtis", "levels": "", "strata": "", "conditions": ""}


@pytest.mark.parametrize("recipe", GROUPED)
def test_a_group_that_is_too_small_is_named_with_the_number_needed(recipe, twins):
    def one_of_its_own(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame.index[0], "group"] = "alone"
        return frame

    given = twins(f"alone-{recipe}", metadata=one_of_its_own)
    with pytest.raises((InputError, InputErrors), match=r"too few (samples|people)") as caught:
        check(recipe, **given, **{name: value for name, value in PLAIN.items() if name in defaults(recipe)})
    assert "'alone' has 1" in messages(caught)
    assert f"{defaults(recipe).get('minimum', 3)} or more" in messages(caught)


@pytest.mark.parametrize("recipe", GROUPED)
def test_one_group_is_nothing_to_compare(recipe, twins):
    given = twins(f"one-{recipe}", metadata=lambda frame: frame.assign(group="all"))
    with pytest.raises((InputError, InputErrors), match="no groups to compare"):
        check(recipe, **given, **{name: value for name, value in PLAIN.items() if name in defaults(recipe)})


def test_two_mistakes_are_told_at_once():
    with pytest.raises(InputErrors) as caught:
        check("compare-groups", group="smokng", covariates="sexx")
    assert len(caught.value.errors) >= 2
    assert "smokng" in messages(caught)
    assert "sexx" in messages(caught)


@pytest.mark.parametrize("recipe", ["compare-groups", "map-differences"])
def test_a_distance_on_a_tree_without_a_tree(recipe, twins):
    given = twins(f"tree-{recipe}")
    plain = {"group": "group", "levels": "", "covariates": "", "strata": "", "conditions": ""}
    chosen = {name: value for name, value in plain.items() if name in defaults(recipe)}
    with pytest.raises((InputError, InputErrors), match="needs a tree"):
        check(recipe, **given, **chosen, metric="unweighted-unifrac")


def test_blanks_that_are_not_there():
    with pytest.raises(InputError) as caught:
        check("remove-contaminants", blank="nothing of the kind")
    assert "nothing of the kind" in messages(caught)


def test_filters_that_nothing_passes():
    with pytest.raises((InputError, InputErrors)):
        check("control-quality", least_share=1.0, least_prevalence=1.0)
    with pytest.raises((InputError, InputErrors)):
        check("find-differential-taxa", prevalence=1.0, least_depth=1_000_000)


def test_times_that_are_words(twins):
    given = twins("times", metadata=lambda frame: frame.assign(week=[f"week {row}" for row in range(len(frame))]))
    with pytest.raises(InputError, match="numbers") as caught:
        check("follow-over-time", **given, person="person", time="week", group="")
    assert "week 10" in messages(caught)


def test_nobody_with_several_samples(twins):
    given = twins(
        "alone",
        metadata=lambda frame: frame.assign(who=list(frame.index), week=[place % 4 for place in range(len(frame))]),
    )
    with pytest.raises(InputError, match="Too few people"):
        check("follow-over-time", **given, person="who", time="week", group="")


def test_before_and_after_as_the_column_writes_them():
    with pytest.raises(InputError) as caught:
        check("compare-before-and-after", before="first")
    assert "visit has" in messages(caught)


def test_a_person_with_two_samples_at_one_moment(twins):
    given = twins("twice", metadata=lambda frame: frame.assign(person=frame["person"].replace("TS2", "TS1")))
    with pytest.raises(InputError, match="several samples at one moment") as caught:
        check("compare-before-and-after", **given)
    assert "TS1" in messages(caught)


@pytest.mark.parametrize("recipe", ["compare-before-and-after", "follow-over-time"])
@pytest.mark.parametrize(("name", "said"), [("alone", "'alone' has 1"), ("all", "only 'all'")])
def test_groups_of_people_that_cannot_be_compared(recipe, name, said, twins):
    def grouped(frame: pd.DataFrame) -> pd.DataFrame:
        own = frame.groupby("person")["group"].transform("first").astype(object)
        one = frame["person"] == "TS1"
        return frame.assign(label={"alone": own.where(~one, "alone"), "all": "all"}[name])

    given = {"person": "person", "group": "label"} | ({"time": "visit"} if recipe == "follow-over-time" else {})
    with pytest.raises(InputError) as caught:
        check(recipe, **twins(f"groups-{name}-{recipe}", metadata=grouped), **given)
    assert said in messages(caught)


def test_a_formula_over_time_has_the_time(twins):
    given = {"person": "person", "time": "visit", "group": "group", "formula": "~ group"}
    with pytest.raises(InputError, match="no term 'visit'"):
        check("follow-over-time", **twins("formula"), **given)


def test_a_study_has_arms_or_is_a_cross_over_and_covariates_need_arms():
    with pytest.raises((InputError, InputErrors), match="has arms, or it is a cross-over") as caught:
        check("compare-before-and-after", group="group", treatment="visit")
    assert 'treatment ""' in messages(caught)
    with pytest.raises((InputError, InputErrors), match="nothing to adjust for"):
        check("compare-before-and-after", covariates=["group"])


def test_groups_that_are_not_there_or_too_small():
    with pytest.raises(InputError, match="no group 'obses'") as caught:
        check("find-differential-taxa", other="obses")
    assert "obese" in messages(caught)
    with pytest.raises(InputError, match="Nothing is asked"):
        check("find-differential-taxa", group="")
    with pytest.raises(InputError, match="2 different values"):
        check("find-differential-taxa", group="", other="", reference="", exposure="visit")
    for method in ("deseq2", "clr-wilcoxon"):
        with pytest.raises(InputError, match="no repeated samples") as caught:
            check("find-differential-taxa", method=method)
        assert "linda" in messages(caught)


def test_a_rank_that_the_taxonomy_does_not_have():
    with pytest.raises((InputError, InputErrors)):
        check("import-and-inspect", rank="Tribe")
    with pytest.raises((InputError, InputErrors)):
        check("find-differential-taxa", rank="Genus")


def test_a_pattern_means_all_its_files(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("b.report", "a.report", "other.txt", ".DS_Store"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    parameter = Question(name="table", kind="files", default="", help="reports")
    both = [str((tmp_path / name).resolve()) for name in ("a.report", "b.report")]
    assert parameter.checked(str(tmp_path / "*.report")) == os.pathsep.join(both)
    assert parameter.checked(str(tmp_path)) == os.pathsep.join([*both, str((tmp_path / "other.txt").resolve())])
    with pytest.raises(InputError, match="pattern that no file matches") as caught:
        parameter.checked(str(tmp_path / "*.kreport"))
    assert "other.txt" in str(caught.value)
    with pytest.raises(InputError, match="folder without files"):
        parameter.checked(str(tmp_path / "empty"))


def test_a_name_with_the_sign_that_separates_paths_is_one_file(tmp_path):
    path = tmp_path / f"10{os.pathsep}30.tsv"
    path.write_text("x", encoding="utf-8")
    assert Question(name="table", kind="files", default="", help="table").checked(str(path)) == str(path.resolve())


@pytest.mark.parametrize("several", ["*.report", ""])
def test_one_file_is_one_file(tmp_path, several):
    (tmp_path / "a.report").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"not there|folder, where a file is needed"):
        Question(name="metadata", kind="file", default="", help="metadata").checked(str(tmp_path / several))


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="something that is no file"):
        Question(name="table", kind="files", default="", help="table").checked(str(tmp_path / "pipe"))


@pytest.mark.parametrize("word", ["control", "Blank", "NTC_2", "negative control", "extraction blank", "PCR-neg"])
def test_wells_that_seem_blank_are_asked_about(twins, word):
    def some_blank(frame):
        return frame.assign(kind=["stool"] * (len(frame) - 2) + [word] * 2, dna=range(1, len(frame) + 1))

    given = twins(f"blank-{word}", metadata=some_blank) | {"kind": "", "concentration": "dna", "rank": ""}
    with pytest.raises(InputError, match="seem to be blanks") as caught:
        check("remove-contaminants", **given)
    assert "-p kind kind -p blank" in str(caught.value)
    check("remove-contaminants", **(given | {"kind": "kind", "blank": ""}))
    check("remove-contaminants", **(given | {"kind": "kind", "blank": word}))


def test_shares_can_be_described(twins):
    shares = twins("shares", change=lambda frame: frame.div(frame.sum(axis=1), axis=0))
    check("describe-composition", **shares, group="group")
