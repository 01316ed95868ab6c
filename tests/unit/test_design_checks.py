"""What is refused or noted of a design, and the columns of its terms: each limit on both sides, each number by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.checks import way_without
from handbook_utils.analysis.design.terms import as_words, factor, undone
from handbook_utils.errors import InputError, InputErrors


def rows_of(**columns: Any) -> pd.DataFrame:
    """Make a table of samples; a text is a letter a sample."""
    made = {name: list(values) for name, values in columns.items()}
    return pd.DataFrame(made, index=[f"s{number}" for number in range(len(next(iter(made.values()))))])


def design(rows: pd.DataFrame, **asked: Any) -> Design:
    return design_of(rows, **asked)


def refused(rows: pd.DataFrame, **asked: Any) -> InputError:
    with pytest.raises((InputError, InputErrors)) as caught:
        design_of(rows, **asked)
    assert isinstance(caught.value, InputError)
    return caught.value


def noted(rows: pd.DataFrame, words: str, **asked: Any) -> list[str]:
    return [note for note in design_of(rows, **asked).notes if words in note]


# ---------------------------------------------------------------------- groups


def test_one_group_is_none_to_compare_and_two_are() -> None:
    rows = rows_of(arm="aabb")
    assert refused(rows, group="arm", levels="a").found == "only 'a'"
    assert design(rows, group="arm", levels="a, b").groups == ("a", "b")


def test_the_least_number_of_people_is_enough_and_one_fewer_is_not() -> None:
    rows = rows_of(arm="aaaabbbbcccc", who="112345567890")
    assert design(rows, group="arm", person="who", minimum=3, levels="a, b").n_people == 6
    told = refused(rows, group="arm", person="who", minimum=4, levels="a, b")
    assert told.problem == "2 of 2 groups have too few people."
    assert told.found == "'a' has 3, 'b' has 3"
    assert told.remedy == "Add samples, or join groups."
    # Two that are large enough remain; one cannot be compared with itself.
    smaller = rows_of(arm="aaabbbc")
    assert refused(smaller, group="arm", minimum=2).remedy == 'Leave them out: levels "a, b".'
    assert refused(rows_of(arm="aaabbc"), group="arm", minimum=3).remedy == "Add samples, or join groups."


@pytest.mark.parametrize(
    ("arms", "asks"), [("aabbcd", True), ("aabbcc", False), ("aabbcde", True), ("aabbccdd", False)]
)
def test_more_groups_than_half_of_the_samples_may_be_a_measurement(arms: str, asks: bool) -> None:
    remedy = refused(rows_of(arm=arms), group="arm", minimum=3).remedy or ""
    assert ("Is this a measurement" in remedy) == asks


def test_a_group_in_two_cages_can_be_compared_and_one_in_one_cannot() -> None:
    assert design(rows_of(arm="aaaabbbb", cage="ppqqrrss"), group="arm", nested_in="cage").n == 8
    told = refused(rows_of(arm="aaaabbbb", cage="ppqqrrrr"), group="arm", nested_in="cage")
    assert told.problem == "A group with one cage cannot be told from it."
    assert told.found == "'a' has 2, 'b' has 1"


@pytest.mark.parametrize(
    ("values", "minimum", "refusal"),
    [
        ([1, 2, 3, 1], 4, None),
        ([1, 2, 3, 1], 5, "3 different values in 4 samples"),
        ([1, 2, 2, 1], 4, "2 different values in 4 samples"),
        ([True, False, True, False], 4, "is not a number"),
    ],
)
def test_a_number_needs_three_values_and_the_least_number_of_samples(values, minimum, refusal) -> None:
    rows = rows_of(dose=values)
    if refusal is None:
        assert design(rows, exposure="dose", minimum=minimum).n == 4
    else:
        assert refusal in refused(rows, exposure="dose", minimum=minimum).problem


# ---------------------------------------------------------------------- terms


def test_a_model_needs_fewer_columns_than_samples() -> None:
    rows = rows_of(arm="aabb", age=[20.0, 31, 25, 47], weight=[61.0, 72, 73, 60])
    assert design(rows, group="arm", covariates="age").matrix.shape == (4, 3)
    told = refused(rows, group="arm", covariates="age, weight")
    assert (told.expected, told.found) == ("fewer than 4 columns", "4 columns of age, weight, arm")


def test_columns_that_do_not_vary_are_refused_together_or_alone() -> None:
    rows = rows_of(arm="abababab", site="x" * 8, kit="y" * 8, age=range(8))
    told = refused(rows, group="arm", covariates="C(site), age")
    assert told.problem == "'C(site)' is the same for all 8 samples of the design."
    assert told.found == "x"
    # A number that is the same is no covariate either; one of several columns that varies is enough.
    assert "is the same for all 8" in refused(rows.assign(dose=4.0), group="arm", covariates="dose").problem
    with pytest.raises(InputErrors) as caught:
        design(rows, group="arm", covariates="C(site)", strata="kit")
    assert [error.found for error in caught.value.errors] == ["x", "y"]


def test_a_stratum_of_which_a_pair_is_in_one_is_no_mistake() -> None:
    rows = rows_of(arm="aabbaabbcccc", clinic="xxxxyyyyzzww")
    assert refused(rows, group="arm", strata="clinic", levels="a, c").where == "parameter strata"
    assert design(rows, group="arm", strata="clinic", levels="a, b").n == 8
    alone = rows.iloc[:4]
    assert "'clinic' is the same for all 4" in refused(alone, group="arm", strata="clinic").problem
    three = rows_of(arm="aabbaabbab", clinic="xxxxyyyyzz")
    assert design(three, group="arm", strata="clinic").exchange("arm").words == "samples within clinic"


def test_an_interaction_needs_samples_in_every_cell() -> None:
    rows = rows_of(arm="aabbaabb", sex="fmfmfmfm")
    assert design(rows, group="arm", covariates="sex", interactions="arm:sex").formula == "~ sex + arm + arm:sex"
    gone = rows[(rows["arm"] == "a") | (rows["sex"] == "f")]
    told = refused(gone, group="arm", covariates="sex", interactions="arm:sex")
    assert told.problem == "The interaction 'arm:sex' has cells without samples."
    assert (told.found or "").split() == ["sex", "f", "m", "arm", "a", "2", "2", "b", "2", "0"]
    assert told.remedy == 'Run without it: interactions "".'
    three = rows_of(arm="ab" * 8, sex="ffmm" * 4, kit="ppppqqqq" * 2).iloc[:15].drop(["s7"])
    told = refused(three, formula="~ arm + sex + kit + arm:sex:kit")
    assert (told.found or "").split() == ["sex", "f", "m", "arm", "a", "4", "4", "b", "4", "2"]


def test_people_in_more_than_one_cage_are_counted() -> None:
    rows = rows_of(arm="aaaaaabbbbbb", who="112233445566", cage="pqppqqrrssrs")
    told = refused(rows, group="arm", person="who", nested_in="cage")
    assert told.problem == "2 people are in more than one cage."
    assert told.found == "1, 6"


def test_units_in_more_than_one_stratum_are_counted() -> None:
    rows = rows_of(arm="aaaaaabbbbbb", who="112233445566", clinic="xyxxyyxxyyxy")
    told = refused(rows, group="arm", person="who", strata="clinic")
    assert told.problem == "2 units (whole people within clinic) are in more than one stratum."
    assert told.remedy == 'Run without strata, and take it as a term: strata "", and C(clinic) in covariates.'


def test_an_exchange_that_changes_nothing_is_refused_with_the_way_out_that_fits() -> None:
    rows = rows_of(arm="aabbaabb", who="11223344", clinic="xxyyxxyy", ward="pqrspqrs")
    told = refused(rows, group="arm", strata="clinic")
    assert told.problem == "Within every clinic, 'arm' is the same, so no exchange within clinic can change it."
    assert told.expected == "at least one clinic in which arm differs"
    assert told.found.split() == ["clinic", "x", "y", "arm", "a", "4", "0", "b", "0", "4"]
    assert told.remedy == (
        'If a clinic is one person with several samples: person "clinic" and strata "". '
        'If samples lie in it like mice in a cage: nested_in "clinic" and strata "".'
    )
    assert refused(rows, group="arm", strata="clinic", person="who").remedy == 'Run without strata: strata "".'
    two = refused(rows, group="arm", strata="clinic, ward")
    assert (two.found, two.remedy) == ("4 blocks", 'Run without strata: strata "".')
    # One stratum in which it differs is enough, also beside one of a single sample.
    assert design(rows_of(arm="aabab", clinic="axxyy"), group="arm", strata="clinic").n == 5
    assert design(rows_of(arm="aabbaabbab", clinic="xxyyxxyyzz"), group="arm", strata="clinic").n == 10


def test_a_term_that_follows_from_others_is_told_with_what_it_follows_from() -> None:
    rows = rows_of(arm="aaabbb", batch="ppqrrr", age=[3.0, 1, 4, 1, 5, 9], twice=[6.0, 2, 8, 2, 10, 18])
    told = refused(rows, group="arm", covariates="batch")
    # Three batches tell two arms, wholly.
    assert told.problem == "The term 'arm' follows from the others."
    assert told.remedy == (
        'Run without it: covariates "". If samples lie in batch like mice in a cage, say nested_in "batch" as well. '
        "These samples cannot tell the two apart."
    )
    same = refused(rows_of(arm="aaabbb", batch="pppqqq"), group="arm", covariates="batch")
    assert same.remedy == 'Run without it: covariates "". These samples cannot tell the two apart.'
    numbers = refused(rows, group="arm", covariates="age, twice")
    assert numbers.problem == "The term 'age' follows from the others."
    assert numbers.found == "'age' can be computed from twice, arm"
    assert numbers.remedy == 'Run without it: covariates "twice". These samples cannot tell the two apart.'
    # Of two covariates that are the same, the one that is told is the one to leave out.
    twins = refused(rows_of(arm="aabbaabb", kit="pqpqpqqp", lot="pqpqpqqp"), group="arm", covariates="kit, lot")
    assert twins.problem == "The term 'kit' follows from the others."
    assert twins.remedy == 'Run without it: covariates "lot". These samples cannot tell the two apart.'
    part = refused(rows_of(arm="aabbccaabb", batch="ppppqqpppp"), group="arm", covariates="batch")
    assert part.problem == "The term 'arm' cannot be told from the others in part."
    assert part.found.split() == ["batch", "p", "q", "arm", "a", "4", "0", "b", "4", "0", "c", "0", "2"]


def test_a_group_that_has_a_stratum_of_its_own_cannot_be_told_from_it_and_a_covariate_need_not() -> None:
    rows = rows_of(arm="abababcc", clinic="xxxxxxzz", age=[1.0, 1, 1, 1, 1, 1, 2, 2])
    told = refused(rows, group="arm", strata="clinic")
    assert told.found == "groups that never share a clinic with the others: a, b; c"
    assert told.remedy == 'Compare those that do: levels "a, b".'
    # With a covariate that tells two of three apart, none is compared within clinics alone.
    mixed = rows_of(arm="abcabcabc", clinic="xxxyyyzzz", age=[1.0, 2, 2, 5, 6, 6, 3, 4, 4])
    told = refused(mixed, group="arm", strata="clinic", covariates="age")
    assert told.problem == "The term 'arm' cannot be told from the others in part."
    assert told.found == "'arm' can be computed from age, clinic"
    assert design(rows, group="arm", levels="a, b", strata="clinic").n == 6
    both = rows.assign(arm=list("abababab"))
    assert design(both, group="arm", strata="clinic", covariates="age").beside == ["age"]


def test_words_that_only_overlap_are_no_confounder() -> None:
    rows = rows_of(arm="aaabbb", one="ppqppq", age=[1.0, 1, 1, 2, 2, 2])
    told = refused(rows, group="arm", covariates="one, age")
    # The arms follow from age, a number: no table of words shows it.
    assert told.found == "'arm' can be computed from one, age"


@pytest.mark.parametrize(
    ("ages", "apart"),
    [([1, 2, 3, 4, 5, 6], True), ([4, 5, 6, 1, 2, 3], True), ([1, 2, 4, 4, 5, 6], False), ([4, 5, 6, 1, 2, 4], False)],
)
def test_groups_whose_values_do_not_overlap_are_told_apart_by_them(ages: list[int], apart: bool) -> None:
    rows = rows_of(arm="aaabbb", age=[float(age) for age in ages])
    if apart:
        low, high = (f"{min(part)} to {max(part)}" for part in (ages[:3], ages[3:]))
        assert refused(rows, group="arm", covariates="age").found == f"a {low}, b {high}"
    else:
        assert design(rows, group="arm", covariates="age").n == 6


def test_time_may_tell_groups_apart_and_so_may_numbers_of_three_groups() -> None:
    rows = rows_of(arm="aaabbbccc", age=[1.0, 2, 3, 4, 5, 6, 7, 8, 9])
    assert design(rows, group="arm", covariates="age").n == 9
    assert design(rows, group="arm", levels="a, b", time="age").n == 6


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ({"formula": "~ arm + age"}, "Take age out of the formula."),
        ({"time": "age"}, 'Run without it: time "".'),
        ({"interactions": "arm:sex, age"}, 'Run without it: interactions "arm:sex".'),
        ({"covariates": "sex, age, kit"}, 'Run without it: covariates "sex, kit".'),
        ({"strata": "age"}, 'Run without it: strata "".'),
        ({"group": "age"}, "Choose another column than age."),
    ],
)
def test_the_way_without_a_term_is_a_parameter_that_names_it(asked: dict[str, str], way: str) -> None:
    empty = dict.fromkeys(("formula", "time", "interactions", "covariates", "strata", "group"), "")
    assert way_without(empty | asked, "age") == way


# ---------------------------------------------------------------------- columns


@pytest.mark.parametrize(
    ("term", "made"),
    [
        ("log(dose)", np.log),
        ("log2(dose)", np.log2),
        ("log10(dose)", np.log10),
        ("sqrt(dose)", np.sqrt),
        ("I(dose**3)", lambda dose: dose**3),
        ("dose", lambda dose: dose),
    ],
)
def test_what_is_made_of_a_number_and_can_be_undone(term: str, made: Any) -> None:
    rows = rows_of(arm="ababab", dose=[1.0, 2, 8, 4, 3, 9])
    found = design(rows, formula=f"~ arm + {term} + arm:{term}").matrix
    assert found[term].to_list() == pytest.approx(made(rows["dose"]).to_list())
    assert found[f"arm[b]:{term}"].to_list() == pytest.approx((made(rows["dose"]) * (rows["arm"] == "b")).to_list())
    wrapper = factor(term, ["dose"])[1]
    assert undone(found[term].to_numpy(), wrapper).tolist() == pytest.approx(rows["dose"].to_list())


def test_roots_of_what_is_below_0() -> None:
    below = np.array([-8.0, 0.0, 16.0])
    assert undone(below, "I 3").tolist() == pytest.approx([-2, 0, 16 ** (1 / 3)])
    assert undone(below, "I 4").tolist() == pytest.approx([0, 0, 2])
    assert undone(below, "sqrt").tolist() == pytest.approx([0, 0, 256])


@pytest.mark.parametrize(
    ("term", "lowest", "expected"),
    [
        ("sqrt(dose)", 0.0, None),
        ("sqrt(dose)", -0.5, "numbers of 0 or more"),
        ("log(dose)", 0.5, None),
        ("log(dose)", 0.0, "numbers above 0"),
        ("log2(word)", 1.0, "numbers"),
    ],
)
def test_what_cannot_be_computed_of_a_column_is_refused(term: str, lowest: float, expected: str | None) -> None:
    rows = rows_of(arm="ababab", dose=[lowest, 2, 8, 4, 3, 9], word="pqrpqr")
    if expected is None:
        assert design(rows, group="arm", covariates=term).n == 6
    else:
        told = refused(rows, group="arm", covariates=term)
        assert told.expected == expected
        assert told.found == (f"{lowest}" if "dose" in term else "p, q, r")


def test_powers_of_a_number_are_those_of_r() -> None:
    """R: poly(1:5, 3)."""
    rows = rows_of(arm="ababababab", dose=[1.0, 2, 3, 4, 5] * 2)
    found = design(rows, formula="~ arm + poly(dose, 3)").matrix.filter(like="poly")
    expected = [
        [-0.6324555, -0.3162278, 0, 0.3162278, 0.6324555],
        [0.5345225, -0.2672612, -0.5345225, -0.2672612, 0.5345225],
        [-0.3162278, 0.6324555, 0, -0.6324555, 0.3162278],
    ]
    assert list(found) == ["poly(dose, 3)[1]", "poly(dose, 3)[2]", "poly(dose, 3)[3]"]
    np.testing.assert_allclose(found.to_numpy()[:5].T, np.array(expected) / 2**0.5, atol=1e-6)
    three = rows.assign(dose=[1.0, 2, 3, 2, 1] * 2)
    assert design(three, formula="~ arm + poly(dose, 2)").matrix.shape[1] == 4
    told = refused(three, formula="~ arm + poly(dose, 3)")
    assert (told.expected, told.found) == ("4 different values or more", "3")


def test_words_of_numbers_are_whole_where_all_are() -> None:
    first, second, missing = as_words(pd.Series([1.0, 2.5, np.nan]))
    assert (first, second, pd.isna(missing)) == ("1.0", "2.5", True)
    assert as_words(pd.Series([1.0, 20.0])).to_list() == ["1", "20"]
    assert as_words(pd.Series([True, False])).to_list() == ["True", "False"]


@pytest.mark.parametrize(
    ("values", "focus", "groups"),
    [([1, 2] * 4, "dose", ("1", "2")), ([1, 2, 3, 1] * 2, "dose", ()), ([True, False] * 4, "dose", ("False", "True"))],
)
def test_of_a_formula_a_number_of_three_values_is_asked_about_as_one(values, focus, groups) -> None:
    rows = rows_of(dose=values, age=[3.0, 1, 4, 1, 5, 9, 2, 6])
    found = design(rows, formula="~ dose + age")
    assert (found.focus, found.groups) == (focus, groups)
    words = design(rows, formula="~ C(dose) + age")
    assert len(words.groups) == len(set(values))


def test_a_column_of_times_of_two_and_of_pairs() -> None:
    rows = rows_of(arm="aabbaabb", who="11223344", site="xxyyxxyy", week=[0, 1] * 4)
    found = design(rows, group="arm", person="who", time="week", interactions="arm:week")
    assert found.changes_within("week", "who")
    assert not found.changes_within("arm", "who")
    assert found.changes_within(["arm", "week"], "who")
    assert found.changes_within("arm:week", "who")
    nearly = rows.assign(dose=1 + 1e-13 * rows["week"] + (rows["who"] == "1"))
    assert not design(nearly, group="arm", covariates="dose").changes_within("dose", "who")  # but for rounding
    parted = design(rows.assign(arm=list("abababab")), group="arm", strata="site")
    assert parted.restriction("arm").to_numpy().ravel().tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert parted.exchange("arm").blocks.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    rows = rows.assign(arm=list("abababab"), site=list("xxxxyyyy"), week=[0, 0, 1, 1] * 2)
    four = design(rows, group="arm", strata="site, week")
    assert four.exchange("arm").blocks.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_an_effect_is_told_at_what_goes_with_it_and_at_nothing_else() -> None:
    rows = rows_of(arm="ab" * 8, sex="ffmm" * 4, age=[3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3])
    assert design(rows, formula="~ arm + age * sex").where("arm") == ""
    found = design(rows, formula="~ arm * sex + age + sex:age")
    assert found.where("arm") == ", at sex f"
    assert found.where("sex") == ", at arm a and age 0"
    assert found.where("sex", given=["age"]) == ", at arm a"
    assert found.where("arm", "sex") == ""


def test_who_is_left_out_is_told_once_with_the_first_reason() -> None:
    rows = rows_of(arm=[*"aabbaabb", None], age=[1.0, None, 3, np.inf, 5, 2, 4, 6, None], kit=[None, None, *"pqpqpqp"])
    found = design(rows, group="arm", covariates="age, kit")
    assert found.left_out == {"age missing": ["s1", "s3", "s8"], "kit missing": ["s0"]}
    assert (
        found.who + found.gone
        == "5 samples, each taken as independent; 4 left out (age missing: s1, s3, s8; kit missing: s0)"
    )
    with pytest.raises((InputError, InputErrors), match="Column 'age' lacks 3 values"):
        design(rows, group="arm", covariates="age", missing="stop")
    assert design(rows.iloc[4:8], group="arm", covariates="age", missing="stop").left_out == {}


# ---------------------------------------------------------------------- notes


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1, 2] * 6, False),
        ([1, 2, 3] * 4, True),
        ([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2], True),
        ([1, 2, 3, 4, 5, 6] * 2, False),
        ([1, 2, 3.5] * 4, False),
    ],
)
def test_few_whole_numbers_may_be_names(values: list[float], told: bool) -> None:
    rows = rows_of(arm="aaabbbaabbab", site=values)
    assert bool(noted(rows, "if they are names", group="arm", covariates="site")) == told
    if len(set(values)) > 2:
        assert not noted(rows, "if they are names", exposure="site")  # who asks about it knows what it is


@pytest.mark.parametrize(("shift", "tenfold"), [(1.0, False), (2.5, False), (4.0, True), (7.0, True)])
def test_the_variance_inflation_is_that_of_the_regression_on_the_others(shift: float, tenfold: bool) -> None:
    """1 / (1 - R²), R² of the group on the covariates: Fox and Monette's for a term of one column."""
    generator = np.random.default_rng(2)
    arm = np.repeat([0.0, 1.0], 20)
    score, age = generator.normal(size=40) + shift * arm, generator.normal(50, 9, size=40)
    score[[0, 20]] = [score.max(), score.min()]  # the groups overlap
    score /= 50  # the unit makes no difference
    rows = rows_of(arm=np.where(arm > 0, "b", "a"), score=score, age=age)
    others = np.column_stack([np.ones(40), score, age])
    rest = arm - others @ np.linalg.lstsq(others, arm, rcond=None)[0]
    expected = 1 / (1 - (1 - rest.var() / arm.var()))
    notes = noted(rows, "variance inflation", group="arm", covariates="score, age")
    assert (expected > 10) == bool(notes)
    if notes:
        assert f"(variance inflation {expected:.0f})" in notes[0]


def test_the_variance_inflation_of_three_groups_is_that_of_one_of_their_columns() -> None:
    """Fox and Monette: the product of 1 / (1 - r²) over canonical correlations, to the power 1 over the columns."""
    generator = np.random.default_rng(7)
    codes = np.repeat([0, 1, 2], 15)
    scores = generator.normal(size=(45, 2)) + 8 * np.eye(3)[codes][:, 1:]
    rows = rows_of(arm=[f"g{code}" for code in codes], one=scores[:, 0], two=scores[:, 1])
    sides = [np.linalg.qr(side - side.mean(axis=0))[0] for side in (np.eye(3)[codes][:, 1:], scores)]
    shared = np.linalg.svd(sides[0].T @ sides[1], compute_uv=False)
    expected = np.prod(1 / (1 - shared**2)) ** (1 / 2)
    (note,) = noted(rows, "variance inflation", group="arm", covariates="one, two")
    assert f"(variance inflation {expected:.0f})" in note


def test_within_how_many_people_a_term_changes_is_told() -> None:
    rows = rows_of(who="112233445566", diet="ababababaabb")
    assert noted(rows, "changes within", group="diet", person="who") == [
        "diet changes within 4 of 6 people and is compared within them; the others say little or nothing about it"
    ]
    assert noted(rows.iloc[:8], "changes within", group="diet", person="who") == [
        "diet changes within people and is compared within them"
    ]
    assert not noted(rows.assign(diet=list("aaaaaabbbbbb")), "changes within", group="diet", person="who")
    assert not noted(rows, "changes within", group="diet")


@pytest.mark.parametrize(
    ("arms", "blocks", "ways"),
    # 20 · 10 = 200 arrangements of three in six and two in five; 190 = 20 · 19 / 2 of two in twenty; 15 of two in six.
    [("aaabbbaabbb", "xxxxxxyyyyy", None), ("a" * 18 + "bb", "", 190), ("aaaabb", "", 15)],
)
def test_fewer_than_200_arrangements_are_told_with_the_least_p(arms: str, blocks: str, ways: int | None) -> None:
    rows = rows_of(arm=arms, **({"clinic": blocks} if blocks else {}))
    notes = noted(rows, "different arrangements", group="arm", strata="clinic" if blocks else "")
    expected = [f"There are only {ways} different arrangements, so no p-value can be below {1 / (ways or 1):.3f}"]
    assert notes == (expected if ways else [])


def test_combinations_without_samples_are_told_where_they_are_of_what_is_asked() -> None:
    rows = rows_of(arm="aaabbbabab", sex="fmffffmfmf", kit="pqqppqppqp")
    assert noted(rows, "No samples", group="arm", covariates="sex, kit") == ["No samples of m with b (sex, arm)"]
    other = rows_of(arm="abababab", sex="ffffmmmm", kit="ppppppqq")
    assert not noted(other, "No samples", group="arm", covariates="sex, kit")


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("patient_id", "112233", True),
        ("host_subject_id", "112233", True),
        ("patient_id", "111222", True),
        ("whose", "112233", False),  # no such name
        ("patient_id", "123456", False),  # a sample each
        ("patient_id", "111111", False),  # all of one
    ],
)
def test_a_column_like_people_with_several_samples_each(column: str, values: str, told: bool) -> None:
    rows = rows_of(arm="ababab", **{column: values})
    expected = [
        f"The column {column} has {len(set(values))} values for 6 samples; if they are people, say so: person {column}"
    ]
    assert noted(rows, "if they are people", group="arm") == (expected if told else [])


def test_a_column_like_people_that_is_in_use_is_not_asked_about() -> None:
    rows = rows_of(arm="abababab", patient="11223344")
    assert noted(rows, "if they are people", group="arm")
    assert not noted(rows, "if they are people", group="arm", strata="patient")
    gaps = rows.assign(patient=["1", None, "2", None, "3", None, "4", None])
    assert not noted(gaps, "if they are people", group="arm")  # a value each, where there is one


@pytest.mark.parametrize(
    ("cages", "told"),
    [
        ("ppqqrrss", True),
        ("ppqrsssu", True),  # six, one of which has three
        ("pqrstuvw", False),  # one in each
        ("ppppqqqq", False),  # no more cages than groups
        ("pppprrss", True),  # three for two groups
    ],
)
def test_a_column_like_cages_with_several_samples_each(cages: str, told: bool) -> None:
    rows = rows_of(arm="aaaabbbb", cage=cages)
    if told:
        assert (
            f"its {len(set(cages))} are what there is to compare and not 8 samples"
            in noted(rows, "nested_in", group="arm")[0]
        )
    else:
        assert not noted(rows, "nested_in", group="arm")


def test_cages_that_people_change_or_that_are_not_known_of_all_are_not_asked_about() -> None:
    rows = rows_of(arm="aaaaaaaabbbbbbbb", who="1122334455667788", cage="ppppqqqqrrrrssss")
    assert "not 8 people" in noted(rows, "nested_in", group="arm", person="who")[0]
    moved = rows.assign(cage=list("pqpqpqpqrsrsrsrs"))
    assert not noted(moved, "nested_in", group="arm", person="who")
    gaps = rows.assign(cage=[None, *rows["cage"][1:]])
    assert not noted(gaps, "nested_in", group="arm", person="who")


@pytest.mark.parametrize(("size", "more"), [(8, ""), (9, "and 1 more columns"), (11, "and 3 more columns")])
def test_of_a_large_table_the_first_eight_are_shown(size: int, more: str) -> None:
    batch = np.repeat(list("abcdefghijk"[:size]), 2)
    rows = rows_of(arm=np.where(np.isin(batch, list("aceg")), "x", "y"), batch=batch)
    lines = (refused(rows, group="arm", covariates="batch").found or "").splitlines()
    assert lines[1].split() == ["batch", *"abcdefgh"]
    assert [line.strip() for line in lines[5:]] == ([more] if more else [])
