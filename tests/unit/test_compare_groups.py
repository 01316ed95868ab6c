"""What the recipe says of its methods and its answer is what was done with these samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.recipes.compare_groups import Comparison, beside_partial
from handbook_utils.study import Study


def said(omega2: float = 0.1, **asked: str) -> Comparison:
    """A comparison of 24 samples of 12 people, two to a cage, in two hospitals; its numbers are invented."""
    rows = pd.DataFrame(
        {
            "arm": np.repeat(["a", "b"], 12),
            "who": np.repeat([f"p{n:02d}" for n in range(12)], 2),
            "cage": np.repeat([f"c{n}" for n in range(6)], 4),
            "hospital": np.tile(["x", "y"], 12),
            "age": np.tile([30.0, 40, 50, 45], 6),
        },
        index=[f"s{n:02d}" for n in range(24)],
    )
    counts = pd.DataFrame(np.arange(1.0, 49).reshape(24, 2), index=rows.index, columns=["t1", "t2"])
    design = design_of(rows, group="arm", **asked)
    effects = pd.DataFrame({"omega2": [omega2], "low": [omega2 - 0.1], "high": [omega2 + 0.1]}, index=["bray-curtis"])
    test = pd.DataFrame({"R2": [0.2], "p": [0.04]}, index=["arm"])
    study = Study.from_frame(counts, rows)
    return Comparison(study, design, "bray-curtis", "proportions", effects, test, None, 99, 1, False)


@pytest.mark.parametrize(
    ("asked", "interval", "blocks"),
    [
        ({}, "over samples (bootstrap)", False),
        ({"covariates": "age"}, "over samples (jackknife)", False),
        ({"strata": "hospital"}, "over samples (jackknife)", True),
        ({"person": "who"}, "over people (bootstrap)", False),
        ({"nested_in": "cage"}, "over units of cage (jackknife)", False),
    ],
)
def test_the_methods_say_what_was_done(asked, interval, blocks):
    methods = said(**asked).methods
    assert interval in methods
    assert ("blocks of exchange" in methods) == blocks


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "pairs of different samples"),
        ({"person": "who"}, "pairs of different people"),
        ({"covariates": "age"}, "for arm that is the ω² above"),
        ({"strata": "hospital"}, "that of samples within hospital"),
        ({"nested_in": "cage"}, "that of whole"),
    ],
)
def test_two_estimates_of_one_share_are_told_apart(asked, told):
    assert told in beside_partial(said(**asked).design)


def test_an_effect_beside_its_interaction_is_said_to_be_an_average():
    told = said(interactions="arm:age", covariates="age")
    told.test.loc["arm:age", "p"] = 0.002
    found = told.answer
    assert found["asked"].endswith("beside age?")
    assert "the interaction arm:age is more than chance would give (p = 0.002)" in found["found"]
    assert "left beside age (" in found["found"]


def test_less_than_chance_is_no_share():
    assert "The groups account for 10.0 % of the variation (ω² 0.100" in said(0.1).answer["found"]
    below = said(-0.02).answer["found"]
    assert "account for no more of the variation than chance does (ω² -0.020" in below


@pytest.mark.parametrize(
    ("asked", "beside", "nothing"),
    [
        ({}, "of the variation (", "Nothing was taken into account beside it."),
        ({"covariates": "age"}, "of the variation that is left beside age (", ""),
        (
            {"strata": "hospital"},
            "left beside hospital (",
            "Nothing else than hospital was taken into account beside it.",
        ),
        ({"nested_in": "cage"}, "of the variation (", "Nothing was taken into account beside it."),
    ],
)
def test_the_share_is_said_to_be_of_what_the_others_leave(asked, beside, nothing):
    made = said(**asked)
    assert beside in made.answer["found"]
    assert [limit for limit in made.limits if limit.startswith("Nothing")] == [nothing] * bool(nothing)


@pytest.mark.parametrize(("host", "many"), [("Mus musculus", "animals"), ("Homo sapiens", "people")])
def test_those_who_gave_samples_are_called_what_the_metadata_say(host, many):
    made = said(person="who")
    study = made.study.with_metadata(made.study.metadata.assign(host=host))
    design = design_of(study.metadata, group="arm", person="who")
    found = Comparison(study, design, made.metric, made.reads, made.effects, made.test, None, 99, 1, False)
    told = " ".join([*found.answer["rests_on"], found.methods])
    assert f"24 samples of 12 {many} ({many}: a: 6, b: 6)" in told
    assert f"over {many} (bootstrap)" in told


def test_where_test_and_interval_disagree_it_is_told_once():
    def told(omega2: float) -> list[str]:
        return [line for line in said(omega2, covariates="age").answer["rests_on"] if "two such answers" in line]

    assert told(0.2) == []  # 0.1 to 0.3, p = 0.04
    assert len(told(0.05)) == 1
    assert "a jackknife" in told(0.05)[0]
