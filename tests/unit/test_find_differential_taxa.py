"""What find-differential-taxa says is true of the data, whatever the design."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from handbook_utils.recipes.find_differential_taxa import Choice, Compared, asked_design
from handbook_utils.study import Study


def study_of(seed: int = 1, **parts) -> Study:
    generator = np.random.default_rng(seed)
    who = np.repeat(np.arange(18), 2)
    level = np.exp(generator.normal(3, 1, 15) + generator.normal(0, 0.4, (18, 15))[who])
    frame = pd.DataFrame(generator.poisson(level), columns=[f"t{place}" for place in range(15)])
    frame["t0"] = np.where(who % 2 == 0, 0, frame["t0"] + 1)
    frame["t1"] *= np.where(who % 2 == 0, 1, 8)
    frame.index = [f"s{row}" for row in range(36)]
    metadata = {"who": who, "arm": np.where(who % 2 == 0, "no", "yes"), "age": who + 30.0, "visit": np.tile([1, 2], 18)}
    return Study.from_frame(frame, pd.DataFrame(metadata, index=frame.index), **parts)


def compared(study: Study, method: str = "linda", **asked) -> Compared:
    choice = Choice.of(study, rank="", least_depth=1, prevalence=0.1)
    return Compared(choice, asked_design(choice.study, **asked), method, 0.05, 3, 1)


def said(made: Compared) -> str:
    answer = made.answer
    parts = [answer["asked"], answer["found"], *answer["rests_on"], *answer["left_out"], *made.limits, made.methods]
    return " ".join(parts)


def test_the_answer_has_effect_interval_and_n():
    made = compared(study_of(), group="arm", person="who")
    found = made.answer["found"]
    assert "t1 has the smallest p" in found
    row = made.found.loc["t1"]
    assert f"95 % interval {row['low']:.2f} to {row['high']:.2f}" in found
    assert "in 36 samples" in found
    assert "t0 (structural zero in no" in found
    assert "36 samples of 18 people" in said(made)
    assert "random level of each person" in made.methods


def test_people_are_told_only_where_named_and_functions_are_no_taxa():
    study = study_of()
    one = study.choose_samples(list(study.samples[::2]))
    made = compared(replace(one, features_are="functions"), group="arm", covariates="age")
    assert "people" not in said(made).replace("one individual", "")
    assert "taxa" not in said(made).lower().replace("find-differential-taxa", "")
    assert made.found.index.name == "function"
    assert "beside age" in made._beside


def test_a_number_is_told_by_its_unit():
    made = compared(study_of(), exposure="age", person="who")
    assert made.contrast == "age"
    assert "in all" in made.found


def test_shares_are_compared_and_their_depth_is_not_known():
    study = study_of()
    made = compared(study.proportions(), method="maaslin-like", group="arm", person="who")
    assert "whether samples were read equally deeply is not known" in said(made)
    assert {"linda", "limma-trend", "presence", "shares-wilcoxon"} <= set(made.others)
    assert "deseq2" not in made.others


def test_samples_of_a_unit_have_its_level():
    study = study_of()
    plain = compared(study, group="arm")
    nested = compared(study, group="arm", nested_in="who")
    wider = (nested.found["high"] - nested.found["low"]) / (plain.found["high"] - plain.found["low"])
    assert wider.median() > 1.1
    assert "random level of each unit of who" in nested.methods
    assert nested.single.n == 18


def test_what_changes_within_people_is_asked_of_all_samples():
    made = compared(study_of(), group="visit", person="who")
    assert made.single is made.design
    assert set(made.others) == {"linda", "maaslin-like"}


@pytest.mark.parametrize("formula", ["~ arm + age + (1 | who)", "~ arm * visit + (1 | who)"])
def test_a_formula_says_the_same(formula):
    made = compared(study_of(), formula=formula)
    assert made.design.focus == "arm"
    assert made.single.n_people == made.single.n
    assert "taxon" in made.found.index.names


@pytest.mark.parametrize("formula", ["~ arm + (1 | who) + age", "~ (1 | who) + arm + age", "~ arm + age + (1 | who)"])
def test_methods_are_compared_beside_all_terms_wherever_the_random_one_stands(formula):
    single = compared(study_of(), formula=formula).single
    assert single.n == 18
    assert single.asked["person"] == ""
    assert single.beside == ["age"]


def apart(shift: float) -> Study:
    """Two groups of five that have nothing in common, or are alike."""
    generator = np.random.default_rng(1)
    counts = generator.poisson(60, (10, 12))
    if shift:
        counts[:5, :6], counts[5:, 6:] = 0, 0
    names = [f"s{row}" for row in range(10)]
    frame = pd.DataFrame(counts, names, [f"t{place}" for place in range(12)])
    return Study.from_frame(frame, pd.DataFrame({"arm": list("aaaaabbbbb")}, index=names))


def test_groups_that_have_nothing_in_common_have_no_folds_and_are_told():
    made = compared(apart(1), group="arm")
    assert "No fold can be told: of all taxa that are compared, a whole group lacks each." in made.answer["found"]
    assert made.answer["found"].startswith("12 of 12 comparisons")
    assert not [line for line in made.limits if "nan" in line]
    assert {name: value for name, value, _ in made.values}["hits"] == "12 of 12 comparisons have"


def test_methods_that_find_nothing_agree_on_that():
    made = compared(apart(0), group="arm")
    assert made.agreed == f"None of the {made.flagged.shape[1]} finds anything at this rate, and in that they agree"
    assert "0 of 12 taxa are called by half or more" in said(made)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ([[1]], "One method alone takes this design, m0; it finds 1"),
        ([[1, 1], [1, 0]], "They find between 1 and 2; of the 2 that any of them finds, 1 by both"),
        ([[1, 1, 1]], "Each finds 1; of the 1 that any of them finds, 0 are found by one only and 1 by all"),
        ([[1, 1, 1], [0, 0, 1]], "They find between 1 and 2; of the 2 that any of them finds, 1 is found by one only"),
    ],
)
def test_how_far_methods_agree_is_said_of_any_number_of_them(flags, told, monkeypatch):
    made = compared(apart(0), group="arm")
    table = pd.DataFrame(flags, columns=[f"m{place}" for place in range(len(flags[0]))]).astype(bool)
    monkeypatch.setattr(Compared, "flagged", property(lambda _: table))
    assert made.agreed.startswith(told)


def test_few_simulated_studies_are_not_said_to_show_that_a_method_keeps_to_the_rate():
    made = compared(study_of(), group="arm", person="who")
    own = made.ranks.loc["linda"]
    assert own["studies"] == 3
    assert own["false_high"] > 5, "three studies cannot show it"
    assert "In 3 simulated studies" in made.evidence
    assert f"interval {own['false_low']:.0f} to {own['false_high']:.0f} %" in made.evidence
    verdict = "more than the 5 %" if own["false_low"] > 5 else "leaves open whether it keeps to the 5 %"
    assert verdict in made.evidence
    assert "kept to" not in made.evidence


def test_simulated_studies_are_said_to_have_what_they_have():
    study = study_of()
    assert "with the depth and group sizes of" in compared(study, group="arm", person="who").evidence
    shares = compared(study.proportions(), group="arm", person="who", covariates="age")
    assert "with the group sizes and covariates of" in shares.evidence
