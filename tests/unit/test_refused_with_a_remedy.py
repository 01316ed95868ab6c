"""What a recipe cannot answer is refused before it runs: with the true reason, and a remedy that it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handbook_utils.chapters.catalogue import read_chapter
from handbook_utils.chapters.parameters import answers, check_inputs
from handbook_utils.errors import InputError, InputErrors

ROOT = Path(__file__).parents[2]
BEFORE = {"person": "person", "moment": "visit", "before": "1", "after": "2"}
TIME = {"person": "person", "time": "month", "group": "arm", "least_depth": 10}
GROUPS = [
    *("compare-groups", "measure-alpha-diversity", "map-differences", "find-differential-taxa", "control-quality"),
    "describe-composition",
]
ASKED = {
    **{name: {"group": "arm"} for name in GROUPS},
    "compare-before-and-after": BEFORE,
    "follow-over-time": TIME,
    "import-and-inspect": {},
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """24 samples of 12 people, with every column that a design can stumble over."""
    ids = [f"S{n:02d}" for n in range(24)]
    draws = np.random.default_rng(4)
    rows = "".join(f"f{n}\t" + "\t".join(map(str, draws.poisson(100, 24))) + "\n" for n in range(8))
    (tmp_path / "table.tsv").write_text("#OTU ID\t" + "\t".join(ids) + "\n" + rows, encoding="utf-8")
    zeros = "".join(f"f{n}\t" + "\t".join(["0"] * 24) + "\n" for n in range(8))
    (tmp_path / "zeros.tsv").write_text("#OTU ID\t" + "\t".join(ids) + "\n" + zeros, encoding="utf-8")
    for name, rows_are, columns_are in (("none", [], []), ("features", ["a"], []), ("samples", [], ids)):
        sides = [", ".join(f'{{"id": "{one}", "metadata": null}}' for one in side) for side in (rows_are, columns_are)]
        (tmp_path / f"{name}.biom").write_text(
            f'{{"rows": [{sides[0]}], "columns": [{sides[1]}], "data": [], '
            f'"shape": [{len(rows_are)}, {len(columns_are)}], "matrix_type": "sparse"}}',
            encoding="utf-8",
        )
    told = ["sample-id\tarm\tperson\tvisit\tmonth\tvaries\tgone\tseven"]
    told += [
        f"{s}\t{'xy'[n // 2 % 2]}\tP{n // 2}\t{n % 2 + 1}\t{3 * (n % 2)}\t{'xy'[n % 2]}\t\t7" for n, s in enumerate(ids)
    ]
    (tmp_path / "metadata.tsv").write_text("\n".join(told) + "\n", encoding="utf-8")
    return tmp_path


def check(files: Path, recipe: str, **given: Any) -> None:
    given = {"table": "table.tsv", "metadata": "metadata.tsv", **given}
    given |= {name: str(files / given[name]) for name in ("table", "metadata", "taxonomy") if name in given}
    chapter = read_chapter(ROOT / "notebooks" / "recipes" / f"{recipe}.md", ROOT)
    check_inputs(chapter, answers(chapter, given).values)


def refused(files: Path, recipe: str, **given: Any) -> InputError:
    with pytest.raises((InputError, InputErrors)) as raised:
        check(files, recipe, **given)
    return raised.value.errors[0] if isinstance(raised.value, InputErrors) else raised.value


@pytest.mark.parametrize("recipe", ASKED)
def test_a_table_without_anything_is_called_empty(files: Path, recipe: str) -> None:
    for name in ("none.biom", "features.biom", "samples.biom"):
        assert refused(files, recipe, table=name, **ASKED[recipe]).problem == "This table is empty."
    assert "nothing but zeros" in refused(files, recipe, table="zeros.tsv", **ASKED[recipe]).problem


@pytest.mark.parametrize("recipe", ASKED)
def test_files_that_were_exchanged_are_called_that(files: Path, recipe: str) -> None:
    error = refused(files, recipe, metadata="table.tsv", **ASKED[recipe])
    assert "looks like a feature table" in error.problem and "exchanged" in (error.remedy or "")
    error = refused(files, recipe, taxonomy="table.tsv", **ASKED[recipe])
    assert "not a taxonomy" in error.problem and "exchanged" in (error.remedy or "")


@pytest.mark.parametrize("recipe", [*GROUPS[:5], "compare-before-and-after", "follow-over-time"])
def test_a_covariate_without_values_is_named_and_can_be_left_out(files: Path, recipe: str) -> None:
    asked = {**ASKED[recipe], "group": "arm"}
    error = refused(files, recipe, covariates=["gone"], **asked)
    assert error.problem == "No sample has a value in gone." and 'covariates ""' in (error.remedy or "")
    check(files, recipe, covariates=[], **asked)


def test_an_arm_that_changes_within_people_is_no_arm(files: Path) -> None:
    error = refused(files, "compare-before-and-after", group="varies", **BEFORE)
    assert "changes within 12 of 12 people" in error.problem and 'group ""' in (error.remedy or "")
    check(files, "compare-before-and-after", group="", **BEFORE)


def test_a_time_that_never_changes_is_told_as_that(files: Path) -> None:
    error = refused(files, "follow-over-time", **{**TIME, "time": "seven"})
    assert "too few times" in error.problem and "another column" in (error.remedy or "")


@pytest.mark.parametrize(
    ("recipe", "asked"),
    [
        ("compare-before-and-after", BEFORE),
        ("follow-over-time", TIME),
        ("find-differential-taxa", {"group": "arm", "person": "none", "other": "", "reference": ""}),
    ],
)
def test_where_depth_leaves_too_few_it_is_depth_that_is_told(files: Path, recipe: str, asked: dict[str, Any]) -> None:
    error = refused(files, recipe, **{**asked, "least_depth": 850})
    assert "fewer than 850 reads were left out" in (error.found or "")
    told = (error.remedy or "").split("least_depth ")[1].split(" ")[0]
    check(files, recipe, **{**asked, "least_depth": int(told)})


def test_two_times_are_enough_for_groups_and_not_for_a_line(files: Path) -> None:
    check(files, "follow-over-time", **TIME)
    error = refused(files, "follow-over-time", **{**TIME, "group": ""})
    assert "three times" in (error.expected or "") and "compare-before-and-after" in (error.remedy or "")


def test_concentrations_that_are_all_the_same_tell_nothing(files: Path) -> None:
    error = refused(files, "remove-contaminants", kind="", blank="", concentration="seven")
    assert "all of them the same" in (error.found or "") and "Give kind and blank" in (error.remedy or "")
    check(files, "remove-contaminants", kind="arm", blank="x", concentration="seven")


def test_batches_of_blanks_alone_and_of_samples_alone_tell_nothing(files: Path) -> None:
    error = refused(files, "remove-contaminants", kind="arm", blank="x", batch="person")
    assert "No batch has both" in error.problem and 'batch ""' in (error.remedy or "")
    check(files, "remove-contaminants", kind="arm", blank="x", batch="")


@pytest.mark.parametrize("parameter", ["group", "person"])
def test_a_column_of_groups_without_values_can_be_done_without(files: Path, parameter: str) -> None:
    error = refused(files, "describe-composition", **{parameter: "gone"})
    assert error.problem == "No sample has a value in gone." and f'{parameter} ""' in (error.remedy or "")
    check(files, "describe-composition", **{parameter: ""})
