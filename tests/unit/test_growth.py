"""Children as they grow: counts and lines by hand, and effects that were put in and are found again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.diversity.growth import (
    after_antibiotics,
    age_groups,
    clear_of_none,
    exposure_effects,
    exposures,
    followed_children,
    line_of_growth,
)
from handbook_utils.analysis.time.longitudinal import mixed_model
from handbook_utils.study import Study


def children(count: int = 24, visits: int = 5) -> tuple[Study, pd.DataFrame]:
    """Simulate kinds that double with every doubling of age + 1, times the root of 2 after antibiotics."""
    generator = np.random.default_rng(5)
    child, visit = np.repeat(np.arange(count), visits), np.tile(np.arange(visits), count)
    month = np.array([0.0, 1, 3, 7, 15])[visit]
    had = (child % 3 == 0) & (visit >= 2)
    level = generator.normal(2, 0.3, count)[child] + np.log2(month + 1) * generator.normal(1, 0.05, count)[child]
    frame = pd.DataFrame(
        {
            "child": child.astype(str),
            "month": month,
            "delivery": np.where(child % 2 == 0, "vaginal", "caesarean"),
            "diet": np.where(child % 4 < 2, "formula", "breast"),
            "antibiotics": np.where(had, "yes", "no"),
            "kinds": 2 ** (level + 0.5 * had + generator.normal(0, 0.05, len(child))),
        },
        index=[f"s{number}" for number in range(len(child))],
    )
    # Twice as many variants after antibiotics, read as deeply.
    there = np.arange(30) < ((1 + had) * generator.integers(9, 12, len(child)))[:, None]
    reads = generator.integers(20, 90, len(child))
    counts = pd.DataFrame(there + generator.multinomial(reads, there / there.sum(axis=1, keepdims=True)), frame.index)
    return Study.from_frame(counts.add_prefix("t"), frame), frame


@cache
def found_after_antibiotics() -> dict[str, pd.Series]:
    return after_antibiotics(*children())


def test_ages_fall_into_the_group_whose_name_holds_them():
    ages = pd.Series([0.0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 18, 19, 23, 24, 26])
    named = age_groups(ages, 24).astype(str)
    assert named[0] == "0"
    for age, name in zip(ages[1:], named[1:], strict=True):
        first, last = map(int, name.split("–"))
        assert first <= age <= last


def test_a_line_goes_through_every_child_once():
    frame = pd.DataFrame({"child": ["a", "a", "b"], "month": [0.0, 10.0, 4.0], "shannon": [1.0, 2.0, 3.0]})
    line = line_of_growth(frame, slope=0.1, points=3)
    # Levels at birth: a (1 and 1) and b 2.6; together 1.8.
    assert line.index.to_list() == [0, 5, 10]
    assert np.log(line).to_list() == pytest.approx([1.8, 2.3, 2.8])


def test_children_are_counted_by_what_they_were_born_with_and_what_they_ever_had():
    frame = pd.DataFrame(
        {
            "child": list("aabcd"),
            "delivery": ["vaginal", "vaginal", "caesarean", "vaginal", "vaginal"],
            "diet": ["formula", "formula", "formula", "breast", "breast"],
            "antibiotics": ["no", "yes", "no", "no", "no"],
        }
    )
    assert exposures(frame) == {"caesarean": 1, "formula": 2, "formula-vaginal": 1, "antibiotics": 1}


def test_an_interval_that_ends_at_none_is_not_clear_of_it():
    table = pd.DataFrame({"low": [0.0, 0.1, -2.0, -1.0, -1.0], "high": [1.0, 1.0, -1.0, 0.0, 2.0]})
    assert clear_of_none(table) == 2


def test_samples_without_an_age_are_left_out():
    study, frame = children(6)
    dated, known = followed_children(study.with_metadata(frame.assign(month=frame["month"].where(frame["month"] > 0))))
    assert len(dated.samples) == len(known) == 24
    assert known["shannon"].to_list() == pytest.approx(np.log(known["kinds"]).to_list())


def test_what_antibiotics_were_made_to_do_is_found():
    frame, found = children()[1], found_after_antibiotics()
    for name in ("ratio", "level", "beside", "reads"):
        assert np.log2(found[name]["estimate"]) == pytest.approx(0.5, abs=0.06)
        assert found[name]["low"] < found[name]["estimate"] < found[name]["high"]
    assert found["ratio"]["p"] < 1e-6
    for name in ("plain", "plain-level"):
        assert found[name]["estimate"] == pytest.approx(2, abs=0.06)
    # Age without its logarithm leaves a bend.
    assert found["month"]["p"] > found["ratio"]["p"]
    assert not any(found["ratio"].equals(found[name]) for name in ("level", "month", "beside", "reads"))
    table = exposure_effects(frame.assign(log=np.log2(frame["kinds"])), "log", own_pace=False)
    assert table.index.to_list() == ["birth", "milk", "antibiotics"]
    assert (table["low"] < table["estimate"]).all()


def test_reads_age_and_variants_are_taken_by_their_logarithm_to_base_2():
    """The tables that are fitted, made here by hand."""
    study, frame = children()
    known = frame.assign(
        lg=np.log(frame["kinds"]) / np.log(2),
        years=np.log(frame["month"] + 1),
        deep=np.log(study.to_frame().sum(axis=1)),
    )
    row = mixed_model(known, "lg", ["years", "deep", "antibiotics"], "child", slopes="years").table.iloc[-1]
    found = found_after_antibiotics()["reads"]
    assert np.log2(found["estimate"]) == pytest.approx(row["estimate"], abs=1e-4)
    assert found["p"] == pytest.approx(row["p"], rel=1e-2)


def test_children_have_a_pace_of_their_own_unless_it_is_said_otherwise_and_intervals_the_width_asked_for():
    _, frame = children()
    frame = frame.assign(log=np.log2(frame["kinds"]))
    plain, level, narrow = (
        exposure_effects(frame, "log", **asked) for asked in ({}, {"own_pace": False}, {"confidence": 0.5})
    )
    fitted = mixed_model(frame, "log", ["month", "delivery", "diet", "antibiotics"], "child", slopes="month").table
    assert (
        plain["estimate"].to_list()
        == fitted.loc[["delivery: vaginal", "diet: formula", "antibiotics: yes"], "estimate"].to_list()
    )
    assert (plain["error"] != level["error"]).all()
    for table, share in ((plain, 0.95), (narrow, 0.5)):
        half = stats.t.ppf(0.5 + share / 2, table["df"]) * table["error"]
        assert (table["high"] - table["estimate"]).to_list() == pytest.approx(half.to_list())
    assert len(line_of_growth(frame.assign(shannon=1.0), 0.1)) == 50
