"""One design for every recipe: who is in it, what is refused before it runs, and what may be exchanged."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.contrasts import contrasts_of
from handbook_utils.analysis.design.exchange import Exchange
from handbook_utils.analysis.design.questions import asked_in
from handbook_utils.errors import InputError, InputErrors

GENERATOR = np.random.default_rng(5)


def people(count: int = 24) -> pd.DataFrame:
    """Two visits of each of some people in two clinics; the arm is the person's, written 1, 2, 3."""
    person = np.repeat([f"P{number:02d}" for number in range(count)], 2)
    each = np.arange(count)
    return pd.DataFrame(
        {
            "arm": np.repeat(each % 3 + 1, 2),
            "who": person,
            "visit": np.tile([0, 1], count),
            "clinic": np.repeat(each // 3 % 2 + 1, 2),
            "age": np.repeat(20.0 + (7 * each) % 31, 2),
            "treated": np.tile(["no", "yes"], count),
        },
        index=[f"S{number:02d}" for number in range(2 * count)],
    )


def refused(**asked: Any) -> str:
    with pytest.raises((InputError, InputErrors)) as caught:
        design_of(asked.pop("metadata", people()), **asked)
    return str(caught.value)


def test_groups_are_words_whatever_they_look_like() -> None:
    design = design_of(people(), group="arm")
    assert design.groups == ("1", "2", "3")
    assert list(design.terms["arm"].block.columns) == ["arm[2]", "arm[3]"]
    gaps = people().astype({"arm": float})
    gaps.loc["S00", "arm"] = np.nan
    assert design_of(gaps, group="arm").groups == ("1", "2", "3")  # a missing value does not make them 1.0, 2.0


def test_order_of_groups_and_reference() -> None:
    assert design_of(people(), group="arm", reference="3").groups == ("3", "1", "2")
    chosen = design_of(people(), group="arm", levels="2, 1")
    assert chosen.groups == ("2", "1")
    assert len(chosen.left_out["arm is another"]) == 16
    assert "of 1, 2, 3" in refused(group="arm", levels="2, 4").replace("one of", "of")
    assert "parameter reference" in refused(group="arm", levels="2, 1", reference="3")


def test_covariates_say_whether_they_are_words_or_numbers() -> None:
    design = design_of(people(), group="arm", covariates="age, C(clinic), log(age)", person="who")
    assert [design.terms[name].kind for name in ("age", "C(clinic)", "log(age)")] == ["number", "words", "number"]
    assert "age (a number), C(clinic) (words)" in str(design)
    assert list(design.matrix) == ["Intercept", "age", "clinic[2]", "log(age)", "arm[2]", "arm[3]"]
    np.testing.assert_allclose(design.matrix["log(age)"], np.log(people()["age"]))


def test_a_number_with_few_values_is_told() -> None:
    rows = people().assign(site=np.tile([1, 2, 3, 4], 12))
    assert "write C(site) if they are names" in str(design_of(rows, group="arm", covariates="site"))
    assert "C(site) if" not in str(design_of(rows, group="arm", covariates="C(site)"))


def test_it_prints_itself_and_n_is_what_is_fitted() -> None:
    rows = people()
    rows.loc[["S03", "S17"], "age"] = [np.nan, np.inf]
    design = design_of(rows, group="arm", covariates="age", person="who")
    assert design.who + design.gone == "46 samples of 24 people; 2 left out (age missing: S03, S17)"
    assert (design.n, design.n_people, len(design.matrix)) == (46, 24, 46)
    assert design.sizes["people"].to_dict() == {"1": 8, "2": 8, "3": 8}
    assert "S03, S17" in refused(metadata=rows, group="arm", covariates="age", missing="stop")


def test_a_formula_says_the_same() -> None:
    said = design_of(people(), formula="~ age + C(clinic) + arm * visit + (1 | who)", group="arm")
    asked = design_of(
        people(), group="arm", covariates="age, C(clinic)", time="visit", interactions="arm:visit", person="who"
    )
    assert said.asked["person"] == "who"
    pd.testing.assert_frame_equal(said.matrix[list(asked.matrix)], asked.matrix)
    assert design_of(people(), formula="~ age + visit").focus == "age"
    assert design_of(people(), formula="~ C(arm)").groups == ("1", "2", "3")
    for wrong in ("~ arm +", "~ 0 + arm", "y ~ arm", "~ arm + (visit | who)"):
        assert "formula" in refused(formula=wrong)
    assert 'covariates ""' in refused(formula="~ arm", covariates="age")


def test_what_cannot_be_computed_is_refused() -> None:
    assert "Did you mean 'clinic'" in refused(group="arm", covariates="clinik")
    twice = refused(group="arn")
    assert twice.count("arn") == 2
    assert "parameter group" in twice
    assert "parameter person" in refused(group="arm", person="whom")
    assert "parameter time" in refused(group="arm", time="visits")
    assert "parameter interactions" in refused(group="arm", interactions="arm:visits")
    assert "Nothing is asked" in refused(covariates="age")
    assert "one of them" in refused(group="arm", exposure="age")
    assert 'group "treated"' in refused(exposure="treated")
    assert "three values or more" in refused(exposure="visit")
    assert "above 0" in refused(group="arm", covariates="log(visit)")
    assert "the same for all" in refused(metadata=people().assign(batch="b"), group="arm", covariates="batch, age")


def test_groups_under_the_minimum_are_counted_in_people() -> None:
    assert design_of(people(), group="arm", minimum=9).n == 48
    told = refused(group="arm", minimum=9, person="who")
    assert "'1' has 8" in told
    rows = people()
    rows.loc["S00", "arm"] = 4
    assert 'levels "1, 2, 3"' in refused(metadata=rows, group="arm", minimum=2)
    assert "exposure" in refused(metadata=rows.assign(x=np.arange(48)), group="x", minimum=2)


def test_groups_that_share_no_person_are_named_where_groups_are_compared_within_people() -> None:
    """Of a real cohort (1,006 people, six classes of body mass) one class had nobody who was ever in another."""
    bodies = {"p1": ["lean", "over"], "p2": ["over", "obese"], "p3": ["under", "under"], "p4": ["thin", "under"]}
    pairs = [(f"{who}{again}", one) for who, both in bodies.items() for one in both for again in "abc"]
    rows = pd.DataFrame(pairs, index=[f"S{n}" for n in range(len(pairs))], columns=["who", "body"])
    told = refused(metadata=rows, group="body", person="who")
    assert "never share a who with the others: lean, obese, over; thin, under" in told
    assert 'levels "lean, obese, over"' in told
    design = design_of(rows, group="body", person="who", levels="lean, obese, over")
    assert design.groups == ("lean", "obese", "over")


def test_few_who_change_group_are_left_out_and_named_and_half_are_not() -> None:
    """One mistyped group of one person turned a study of 38 people into a comparison within that one."""
    rows = pd.DataFrame({"who": np.repeat(list("abcdefgh"), 2), "arm": np.repeat(["x", "y"], 8)})
    rows.index = [f"S{n}" for n in rows.index]
    slip = rows.assign(arm=rows["arm"].where(rows.index != "S1", "y"))
    left = design_of(slip, group="arm", person="who")
    assert left.left_out == {"arm changes within the person": ["S0", "S1"]}
    assert (left.n, left.n_people) == (14, 7)
    assert left.exchange("arm").whole
    told = refused(metadata=slip, group="arm", person="who", missing="stop")
    assert "changes within 1 of 8" in told
    assert "a: x, y" in told
    new = rows.assign(arm=rows["arm"].where(rows.index != "S1", "z"))
    assert "'z' has 1" in refused(metadata=new, group="arm", person="who", minimum=2)
    assert "'z' has 0" in refused(metadata=new, group="arm", person="who", minimum=1)
    # Who gave one sample says nothing of whether groups change: of two with several, one is half.
    single = slip.drop(["S2", "S5", "S7", "S8", "S10", "S12"])
    assert design_of(single, group="arm", person="who").left_out == {}


def test_a_confounded_design_is_refused_with_the_table_that_shows_it() -> None:
    rows = people().assign(batch=lambda frame: frame["arm"].map({1: "b1", 2: "b2", 3: "b2"}))
    told = refused(metadata=rows[rows["arm"] < 3], group="arm", covariates="age, batch")
    assert "follows from the others" in told
    assert 'covariates "age"' in told
    assert "16" in told
    assert "b1" in told
    partly = refused(metadata=rows, group="arm", covariates="batch")
    assert "in part" in partly
    older = people().assign(age=lambda frame: frame["age"] + 100 * (frame["arm"] == 2))
    assert "do not overlap" in refused(metadata=older, group="arm", levels="1, 2", covariates="age")
    nearly = people().assign(score=lambda frame: frame["arm"] % 2 + np.tile([0.0, 0.13, -0.1, 0.02], 12))
    nearly.loc[["S00", "S02"], "score"] = [0.45, 0.5]
    assert "variance inflation" in str(design_of(nearly, group="arm", levels="1, 2", covariates="score"))


def test_empty_cells() -> None:
    rows = people()
    rows = rows[~((rows["arm"] == 3) & (rows["treated"] == "yes"))]
    assert "cells without samples" in refused(
        metadata=rows, group="arm", covariates="treated", interactions="arm:treated"
    )
    assert "No samples of yes with 3" in str(design_of(rows, group="arm", covariates="treated"))


def test_a_group_that_is_constant_within_strata_is_refused_with_a_remedy_that_works() -> None:
    told = refused(group="arm", strata="who")
    assert 'person "who" and strata ""' in told
    assert design_of(people(), group="arm", person="who", strata="").exchange("arm").words == "whole people"


def test_strata_that_are_all_one_are_refused_and_can_be_left_out() -> None:
    said = refused(metadata=people().assign(country="NL"), group="arm", strata="country")
    assert "'country' is the same for all" in said and 'strata ""' in said


def test_samples_nested_in_cages() -> None:
    rows = people().assign(cage=lambda frame: "c" + frame["arm"].astype(str) + (frame["age"] > 35).astype(str))
    design = design_of(rows, group="arm", nested_in="cage", levels="1, 2")
    assert design.exchange("arm").words == "whole units of cage"
    assert "only 6 different arrangements" in str(design)
    assert 'nested_in "cage"' in refused(metadata=rows, group="arm", covariates="cage")
    one_each = rows.assign(cage="c" + rows["arm"].astype(str))
    assert "cannot be told from it" in refused(metadata=one_each, group="arm", nested_in="cage")
    moved = rows.assign(cage=np.tile(["x", "y"], 24))
    assert "more than one cage" in refused(metadata=moved, group="arm", nested_in="cage", person="who")


def test_the_widest_unit_within_which_a_term_stays_the_same_moves() -> None:
    design = design_of(people(), group="treated", covariates="age, arm", person="who", strata="clinic")
    assert design.exchange("treated").words == "samples within clinic and who"
    assert design.exchange("age").words == "whole people within clinic"
    assert design.restriction("treated").shape == (48, 23)
    assert design.restriction("age").shape == (48, 1)
    assert "compared within them" in str(design)
    assert "more than one stratum" in refused(group="arm", person="who", strata="visit")


def test_columns_that_look_like_people_are_pointed_at() -> None:
    assert "person who" in str(design_of(people(), group="arm"))
    assert "if they are people" not in str(design_of(people(), group="arm", person="who"))


def test_pairs_are_designs_of_their_own() -> None:
    pairs = design_of(people(), group="arm", covariates="age", person="who", minimum=5).pairs()
    assert list(pairs) == ["2 - 1", "3 - 1", "3 - 2"]
    assert all(isinstance(pair, Design) and pair.n == 32 for pair in pairs.values())
    assert pairs["3 - 2"].groups == ("2", "3")


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("b - a", [-1, 1, 0]),
        ("-a + b", [-1, 1, 0]),
        ("2 * b - a - 1 c", [-1, 2, -1]),
        ("b - 1/4 a - 3/4*c", [-0.25, 1, -0.75]),
        ("0.5a+0.5 a - b", [1, -1, 0]),
    ],
)
def test_weights_of_a_contrast(text: str, weights: list[float]) -> None:
    assert contrasts_of(text, list("abc")).to_numpy().tolist() == [weights]


def test_a_name_may_begin_with_another() -> None:
    assert contrasts_of("non-smoker - non", ["non", "non-smoker"]).to_numpy().tolist() == [[-1, 1]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("b - a - c", "do not add up to 0"),
        ("b - 0.9 a", "do not add up to 0"),
        ("a - a", "do not add up to 0"),  # nothing is compared
        ("b - d", "cannot be read"),
        ("b -", "cannot be read"),
    ],
)
def test_what_is_no_contrast_is_told(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        contrasts_of(text, list("abc"))


def test_contrasts() -> None:
    levels = ["non-smoker", "smoker", "ex"]
    weights = contrasts_of("smoker - non-smoker; ex - 1/2 smoker - 0.5*non-smoker", levels)
    assert weights.to_numpy().tolist() == [[-1, 1, 0], [-0.5, -0.5, 1]]
    assert list(contrasts_of("", levels).index) == ["smoker - non-smoker", "ex - non-smoker"]
    assert contrasts_of("", levels).to_numpy().tolist() == [[-1, 1, 0], [-1, 0, 1]]
    assert contrasts_of("pairs", levels).to_numpy().tolist() == [[-1, 1, 0], [-1, 0, 1], [0, -1, 1]]
    for wrong in ("smoker", "smoker + ex", "smokers - ex", "smoker - ex -"):
        with pytest.raises(InputError, match="contrast"):
            contrasts_of(wrong, levels)
    assert "contrast" in refused(group="arm", contrast="2 - 4")


# ---------------------------------------------------------------------- exchange


def test_all_arrangements_are_listed_once_each() -> None:
    exchange = Exchange(np.arange(7), np.array([0, 0, 0, 0, 1, 1, 1]), False, "samples within block")
    rows = np.array([[0.0], [0], [1], [1], [0], [0], [1]])
    found = exchange.orders(999, 1, rows)
    assert found.exact
    seen = {tuple(rows[order].ravel()) for order in found.orders}
    assert len(seen) == len(found.orders) == exchange.arrangements(rows) == 6 * 3
    assert all(set(order[:4]) == {0, 1, 2, 3} for order in found.orders)
    free = Exchange(np.arange(4), np.zeros(4, dtype=np.intp), False, "samples").orders(99, 1)
    assert {tuple(order) for order in free.orders} == set(itertools.permutations(range(4)))


@pytest.mark.parametrize(("asked", "listed"), [(22, False), (23, True), (24, True)])
def test_orders_are_listed_where_no_more_are_asked_for_than_there_are_besides_the_observed_one(asked, listed) -> None:
    found = Exchange(np.arange(4), np.zeros(4, dtype=np.intp), False, "samples").orders(asked, 1)
    assert found.exact == listed
    assert len(found.orders) == (24 if listed else asked)


def test_drawn_orders_stay_within_blocks_and_p_is_never_0() -> None:
    blocks = np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
    found = Exchange(np.arange(12), blocks, False, "samples within block").orders(199, 3)
    assert not found.exact
    assert (blocks[found.orders] == blocks).all()
    free = Exchange(np.arange(9), np.zeros(9, dtype=np.intp), False, "samples").orders(150, 3).orders
    for drawn in (found.orders, free):
        assert (np.sort(drawn, axis=1) == np.arange(drawn.shape[1])).all()
    # Each stands in each place about as often: 150 / 9, but for chance.
    assert all(4 < (free[:, place] == one).sum() < 36 for place in range(9) for one in range(9))
    assert found.p(0) == 1 / 200
    assert found.p(9) == 10 / 200
    exact = Exchange(np.arange(3), np.zeros(3, dtype=np.intp), False, "samples").orders(99, 1)
    assert exact.p(1) == 1 / 6


def test_questions_are_found_among_the_parameters_of_a_chapter() -> None:
    assert asked_in({"table": "x", "group": "arm", "nested_in": "", "seed": 1}) == {"group": "arm", "nested_in": ""}


def test_samples_are_people_only_where_a_person_is_named():
    frame = pd.DataFrame(
        {"diet": list("aaaaaabbbbbb"), "cage": list("ccddeeffgghh"), "who": list("ABCDEFGHIJKL")},
        index=[f"s{number}" for number in range(12)],
    )
    assert design_of(frame, group="diet").who == "12 samples, each taken as independent"
    inside = design_of(frame.assign(ward=list("xyxyxyxyxyxy")), group="diet", strata="ward")
    assert inside.who == "12 samples, each taken as independent within its ward"
    assert design_of(frame, group="diet", nested_in="cage").who == "12 samples in 6 units of cage"
    assert design_of(frame, group="diet", person="who").who == "12 samples of 12 people"


def test_a_group_of_none_is_told_how_to_ask_about_a_number() -> None:
    frame = pd.DataFrame({"arm": list("aabb"), "dose": [1.0, 2, 3, 4]}, index=list("wxyz"))
    with pytest.raises((InputError, InputErrors), match='exposure, with group ""'):
        design_of(frame, group="none", minimum=2)
    assert design_of(frame, group="", exposure="dose", minimum=2).focus == "dose"
    with pytest.raises((InputError, InputErrors), match='group, with exposure ""'):
        design_of(frame, exposure="fibre", minimum=2)
    assert design_of(frame, group="arm", exposure="", minimum=2).focus == "arm"


@pytest.mark.parametrize("asked", [{"person": "mouse"}, {}])
def test_cages_that_nobody_named_are_noted(asked):
    rows = pd.DataFrame(
        {"mouse": np.repeat(np.arange(12), 2), "cage": np.repeat(np.arange(6), 4), "diet": np.repeat(["a", "b"], 12)},
        index=[f"s{number}" for number in range(24)],
    )
    (note,) = [note for note in design_of(rows, group="diet", **asked).notes if "nested_in" in note]
    assert "one cage have the same diet" in note
    assert "its 6 are what there is to compare" in note
    assert not any("nested_in" in note for note in design_of(rows, group="diet", nested_in="cage", **asked).notes)
    # Where diets meet in a cage, it is no reason for doubt; nor is a column of anything else.
    meeting = rows.assign(diet=["a", "b"] * 12)
    assert not any("nested_in" in note for note in design_of(meeting, group="diet").notes)
    renamed = rows.rename(columns={"cage": "colour"})
    assert not any("nested_in" in note for note in design_of(renamed, group="diet", **asked).notes)


def many(count: int = 24) -> pd.DataFrame:
    """Two arms, with ages and doses that differ from each other."""
    generator = np.random.default_rng(1)
    ages, doses = generator.uniform(20, 70, count), generator.uniform(1, 9, count)
    rows = {"arm": list("ab") * (count // 2), "age": ages, "dose": doses, "my age": ages[::-1]}
    return pd.DataFrame(rows, index=[f"s{n}" for n in range(count)])


@pytest.mark.parametrize(
    ("formula", "terms"),
    [
        ("~ arm + I(age**2)", ["arm", "I(age**2)"]),
        ("~ arm + age + I(age ^ 2)", ["arm", "age", "I(age**2)"]),
        ("~ arm + poly(age, 2)", ["arm", "poly(age, 2)"]),
        ("~ arm * np.log(dose)", ["arm", "log(dose)", "arm:log(dose)"]),
        ("~ np.log10(dose) + age", ["log10(dose)", "age"]),
        ("~ arm + I(`my age`**2)", ["arm", "I(my age**2)"]),
    ],
)
def test_functions_of_a_column_in_a_formula(formula: str, terms: list[str]) -> None:
    assert list(design_of(many(), formula=formula).terms) == terms


def test_a_line_and_a_bend_say_the_same_in_both_ways() -> None:
    rows = many()
    one, other = (
        design_of(rows, formula=f"~ arm + {how}").matrix.to_numpy() for how in ("poly(age, 2)", "age + I(age**2)")
    )
    fitted = [design @ np.linalg.pinv(design) for design in (one, other)]
    np.testing.assert_allclose(*fitted, atol=1e-8)
    np.testing.assert_allclose(design_of(rows, formula="~ np.log(dose)").matrix["log(dose)"], np.log(rows["dose"]))


@pytest.mark.parametrize(
    ("formula", "problem", "remedy"),
    [
        ("~ dose + I(dose**2)", "is a curve", "cut dose into groups"),
        ("~ poly(dose, 2) + age", "is a curve", "cut dose into groups"),
        ("~ arm + age**2", "that column itself", "I(age**2)"),
        ("~ arm + log(age)**2", "that column itself", "I(age**2)"),
        ("~ arm + poly(age, 2)^2", "that column itself", "I(age**2)"),
        ("~ arm + I(log(age)**2)", "not a function", "add it to the metadata"),
        ("~ arm + bs(age, df=3)", "not a function of a column", "add it to the metadata"),
        ("~ arm + I(age + dose)", "not a function of a column", "add it to the metadata"),
        ("~ arm + poly(arm, 2)", "cannot be computed", "Write arm"),
        ("~ arm:age", "no term 'arm'", "Add arm to the formula"),
        ("~", "Nothing is asked", "Name the column of groups"),
    ],
)
def test_what_a_formula_cannot_say_is_refused_with_a_way_out(formula: str, problem: str, remedy: str) -> None:
    rows = many().assign(sort=list("pqr") * 8)
    if "poly(arm" in formula:
        formula, remedy = formula.replace("poly(arm", "poly(sort"), "Write sort"
    with pytest.raises(InputError) as refused:
        design_of(rows, formula=formula)
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy


@pytest.mark.parametrize(
    "code",
    [
        "__import__('pathlib').Path('evil').touch()",
        "I(__import__('pathlib').Path('evil').touch())",
        "{open('evil', 'w')}",
        "C(open('evil', 'w'))",
        "log(open('evil', 'w'))",
        "eval(\"open('evil', 'w')\")",
        "[open('evil', 'w') for x in (1,)]",
        "((((",
        "a\x00b",
        "(lambda: open('evil', 'w'))()",
    ],
)
def test_a_formula_is_read_and_never_executed(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for questions in ({"formula": f"~ arm + {code}"}, {"group": "arm", "covariates": code}):
        with pytest.raises((InputError, InputErrors)):
            design_of(many(), **questions)
    with pytest.raises((InputError, InputErrors)):
        design_of(many(), formula=code)
    column = "open('evil').read()"
    assert design_of(many().rename(columns={"age": column}), group="arm", covariates=column).beside == [column]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("column", "host", "many"),
    [
        ("who", None, "people"),
        ("patient_id", None, "people"),
        ("mouse", None, "animals"),
        ("subject", None, "individuals"),
        ("subject", "Homo sapiens", "people"),
        ("subject", "mouse", "animals"),
        ("who", "Mus musculus", "animals"),
    ],
)
def test_who_is_in_it_is_called_what_the_metadata_say(column: str, host: str | None, many: str) -> None:
    rows = people().rename(columns={"who": column})
    rows = rows if host is None else rows.assign(host=host)
    design = design_of(rows, group="arm", person=column, nested_in="")
    assert design.who == f"48 samples of 24 {many}"
    assert design.exchange("arm").words == f"whole {many}"
    assert f"levels have too few {many}" in refused(metadata=rows, group="arm", person=column, minimum=9).replace(
        "3 of 3 groups", "levels"
    )


@pytest.mark.parametrize(
    ("columns", "many"),
    [
        ({"organism": "human gut metagenome"}, "people"),
        ({"organism": "Mus musculus", "host": "Homo sapiens (human)"}, "people"),
        ({"organism": "mouse gut metagenome", "host": "Mus musculus"}, "animals"),
        ({"organism": "Mus musculus"}, "animals"),
    ],
)
def test_the_host_goes_before_the_organism_and_a_metagenome_is_no_animal(columns: dict[str, str], many: str) -> None:
    rows = people().assign(**columns).rename(columns={"who": "patient_id"})
    rows = rows[[*columns, *rows.columns.drop([*columns])]]
    assert design_of(rows, group="arm", person="patient_id", nested_in="").members.many == many


def test_a_column_without_values_is_told_as_that_and_not_as_groups_that_are_not_there() -> None:
    frame = pd.DataFrame({"arm": list("xyxyxy"), "bmi": [np.nan] * 6, "age": [1, 2, 3, np.nan, np.nan, np.nan]})
    frame["height"] = [np.nan, np.nan, np.nan, 4, 5, 6]
    for asked, column, without in ((["bmi"], "in bmi", ""), (["age", "height"], "in each of age, height", "age")):
        with pytest.raises(InputErrors, match=f"No sample has a value {column}") as raised:
            design_of(frame, group="arm", covariates=asked, minimum=3)
        assert f'covariates "{without}"' in (raised.value.errors[0].remedy or "")


def test_an_exposure_of_one_value_is_not_proposed_as_groups() -> None:
    for values, way in (([7] * 6, "Choose another column"), ([7, 8] * 3, 'group "dose"')):
        with pytest.raises(InputError) as raised:
            design_of(pd.DataFrame({"dose": values}), exposure="dose", minimum=3)
        assert way in (raised.value.remedy or "")
