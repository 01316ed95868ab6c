"""Before and after: who is paired, which study it is, and what is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.diversity.comparison import ratios
from handbook_utils.analysis.time.pairs import pairs_of
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.recipes.compare_before_and_after import Change, change_in
from handbook_utils.study import Study

ASKED: dict[str, Any] = {
    **dict.fromkeys(("group", "exposure", "treatment", "nested_in", "contrast", "formula"), ""),
    **{name: [] for name in ("levels", "covariates", "strata", "interactions")},
    "person": "who",
    "moment": "visit",
    "before": "early",
    "after": "late",
    "outcome": "shannon",
    "missing": "drop",
    "least_depth": 100,
    "minimum": 3,
    "assigned": False,
    "permutations": 99,
    "seed": 1,
}


def trial(*, people: int = 16, shares: bool = False) -> Study:
    """People with two visits and a third for some, in two arms, of whom the last came once."""
    generator = np.random.default_rng(3)
    rows, own = [], generator.dirichlet(np.linspace(0.3, 3, 12), people)
    for number in range(people):
        visits = ["early", "late", "later"][: 1 if number == people - 1 else 3 if number % 5 == 0 else 2]
        arm, age = "ab"[number % 2], float(20 + 3 * number + 7 * (number % 3))
        treatments = ["x", "y"] if number % 2 else ["y", "x"]
        for place, visit in enumerate(visits):
            given = treatments[place] if place < 2 else "none"
            counts = generator.multinomial(2000, generator.dirichlet(80 * own[number] + 0.05))
            rows.append(
                {"who": f"p{number:02d}", "visit": visit, "arm": arm, "age": age, "drug": given, "counts": counts}
            )
    names = [f"s{number}" for number in range(len(rows))]
    metadata = pd.DataFrame(rows, index=names)
    counts = pd.DataFrame(np.array(metadata.pop("counts").to_list()), names, [f"f{n}" for n in range(12)])
    if shares:
        return Study.from_frame(counts.div(counts.sum(axis=1), axis=0), metadata, quantity="abundances")
    return Study.from_frame(counts, metadata)


def change(study: Study, **asked: Any) -> Change:
    return change_in(study, {**ASKED, **asked})


def test_who_came_once_and_other_moments_are_named():
    found = change(trial())
    assert found.kind == "single"
    assert found.pairs.people == 15
    assert list(found.pairs.left_out) == ["another moment", "only before"]
    assert found.missing == "1 person has a sample before only"
    told = " ".join(found.answer["left_out"])
    assert "only before: s" in told
    assert "another moment: s2" in told


@pytest.mark.parametrize(("carry", "told"), [(0.0, False), (0.9, True)])
def test_orders_that_differ_over_both_periods_are_told(carry, told):
    """Simulated: treatment y doubles one taxon; what is carried over doubles it in the second period, too."""
    generator = np.random.default_rng(7)
    rows, counts = [], []
    for number in range(24):
        order = "xy" if number % 2 else "yx"
        for period, drug in enumerate(order):
            more = (drug == "y") + carry * (period == 1 and order == "yx")
            shares = np.r_[0.2 * np.exp(more), np.full(8, 0.1)]
            rows.append({"who": f"p{number:02d}", "visit": ["early", "late"][period], "drug": drug})
            counts.append(generator.multinomial(4000, generator.dirichlet(300 * shares / shares.sum())))
    names = [f"s{number}" for number in range(len(rows))]
    study = Study.from_frame(pd.DataFrame(counts, names, [f"f{n}" for n in range(9)]), pd.DataFrame(rows, index=names))
    found = change(study, treatment="drug")
    assert ("still at work" in found.answer["found"]) == told
    assert any("still at work" in limit for limit in found.limits) == told


def test_a_single_group_is_a_paired_test_and_everybody_a_mixed_model():
    found = change(trial())
    plain = stats.ttest_rel(np.log(found.end), np.log(found.start))
    assert found.changes["p"].iloc[0] == pytest.approx(plain.pvalue)
    assert found.changes["people"].to_list() == [15, 16]
    assert found.changes["ratio"].iloc[1] == pytest.approx(found.changes["ratio"].iloc[0], rel=0.05)
    assert "in 15 people" in found.reading.replace("within", "in")


def test_arms_are_compared_beside_the_number_before():
    found = change(trial(), group="arm", covariates=["age"])
    frame = pd.DataFrame({"after": found.end, "before": np.log(found.start)})
    of = trial().metadata.drop_duplicates("who").set_index("who")
    frame = frame.join(of[["arm", "age"]])
    plain = ratios(frame, "after", "arm", covariates=["before", "age"]).loc["b"]
    same = ["ratio", "low", "high", "p"]
    assert found.arms.loc["b to a", same].to_numpy(dtype=float) == pytest.approx(plain[same].to_numpy(dtype=float))
    assert "people" in found.reading


def test_a_cross_over_study_is_analysed_within_people():
    study = trial()
    inside = study.choose_samples((study.metadata["visit"] != "later").to_numpy())
    found = change(inside, treatment="drug")
    assert found.kind == "crossover"
    assert found.crossed.index[0] == "y over x, people with both periods"
    assert found.crossed["people"].to_list()[:2] == [15, 16]
    caption, test = found.composition()
    assert "within" in caption
    assert "drug" in test.index


@pytest.mark.parametrize("asked", [{}, {"group": "arm"}, {"treatment": "drug"}])
@pytest.mark.parametrize("outcome", ["shannon", "distance", "f11"])
def test_every_study_and_outcome_has_an_answer_of_counts_and_of_shares(asked, outcome):
    for shares in (False, True):
        study = trial(shares=shares)
        found = change(study.choose_samples((study.metadata["visit"] != "later").to_numpy()), outcome=outcome, **asked)
        answer = found.answer
        assert "nan" not in answer["found"]
        assert answer["left_out"]
        assert found.methods.endswith("Random seed 1.")
        assert found.limits


@pytest.mark.parametrize(("question", "answer"), [("group", "drug"), ("formula", "~ drug + age")])
def test_arms_that_change_within_people_are_refused_however_they_are_named(question, answer):
    with pytest.raises(InputError, match="'drug' changes within 15 of 15 people") as told:
        change(trial(), **{question: answer})
    assert f'treatment "drug" and {question} ""' in str(told.value.remedy)


def test_families_count_once_where_they_are_named():
    study = trial()
    metadata = study.metadata
    metadata["family"] = metadata["who"].str[1:].astype(int) // 2
    found = change(study.with_metadata(metadata), nested_in="family")
    assert found.change["people"] == 8
    assert "units of family" in found.reading


def test_pairs_are_matched_by_words_whatever_the_cells_are():
    rows = pd.DataFrame({"who": [1, 1, 2, 2, 3, 3], "week": [0.0, 6.0, 0.0, 6.0, 0.0, 6.0]}, index=list("abcdef"))
    made = pairs_of(rows["who"], rows["week"], "0", "6")
    assert made.first.to_dict() == {"1": "a", "2": "c", "3": "e"}


def test_who_has_no_name_no_moment_or_only_one_of_the_two_is_left_out_and_two_people_are_too_few():
    names = list("abcdefghij")
    who = pd.Series([*"ppqqrrst", None, "u"], names)
    visit = pd.Series(["early", "late"] * 3 + ["early", "late", "late", None], names)
    made = pairs_of(who, visit, "early", "late")
    assert (made.people, list(made.person.index)) == (3, names[:8])
    assert made.left_out == {"person or moment missing": ["i", "j"], "only before": ["g"], "only after": ["h"]}
    with pytest.raises(InputError, match="Too few people"):
        pairs_of(who[:4], visit[:4], "early", "late")
    assert pairs_of(who[:4], visit[:4], "early", "late", minimum=2).second.to_dict() == {"p": "b", "q": "d"}
    with pytest.raises(InputError, match="several samples") as told:
        pairs_of(who, visit.replace("late", "early"), "early", "late")
    assert "p, q, r" in str(told.value)


@pytest.mark.parametrize("outcome", ["shannon", "distance"])
@pytest.mark.parametrize("formula", ["~ arm + age", "~ age + arm + (1 | who)"])
def test_a_formula_says_the_same(formula, outcome):
    asked = change(trial(), group="arm", covariates=["age"], outcome=outcome)
    found = change(trial(), group="arm", formula=formula, outcome=outcome)
    assert found.kind == "arms"
    pd.testing.assert_frame_equal(found.arms, asked.arms)
    pd.testing.assert_frame_equal(found.composition()[1], asked.composition()[1])
    assert found.answer["asked"].count("the number before") == (outcome != "distance")


def test_a_formula_may_bend_a_covariate_and_names_its_arms_itself():
    found = change(trial(), formula="~ arm + poly(age, 2)")
    assert list(found.arms.index) == ["b to a"]
    assert "poly(age, 2)" in found.model


@pytest.mark.parametrize(
    ("formula", "remedy"),
    [("~ arm + (1 | ward)", 'nested_in "ward"'), ("~ arm + visit", "Take visit out"), ("~ arm + aeg", "'age'")],
)
def test_what_a_formula_of_arms_cannot_hold_is_refused(formula, remedy):
    with pytest.raises((InputError, InputErrors)) as told:
        change(trial(), formula=formula)
    assert remedy in str(told.value)


def test_before_and_after_are_two_moments():
    who, visit = (
        pd.Series(list("aabbcc"), list("uvwxyz")),
        pd.Series(["early", "late"] * 3, list("uvwxyz"), name="visit"),
    )
    with pytest.raises(InputError, match="the same moment") as raised:
        pairs_of(who, visit, "early", "early")
    assert "late" in str(raised.value.expected)


def test_a_distance_in_one_group_is_said_to_be_a_median_and_not_a_t_test():
    made = change_in(trial(), {**ASKED, "outcome": "distance"})
    assert "t test" not in made.methods
    assert "PERMANOVA" in made.methods
    assert made.answer["asked"].startswith("How far did people move from visit early to late")
    assert "t test" in change_in(trial(), ASKED).methods
