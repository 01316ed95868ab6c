"""Which samples and features stay, what is written of them, and what is said."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.depth import deep_enough
from handbook_utils.recipes.control_quality import Quality, designed, price, seen, under_filters
from handbook_utils.study import Study
from handbook_utils.study.readers import read_study

GENERATOR = np.random.default_rng(1)
NAMES = [f"s{number:02d}" for number in range(24)]
ARMS = pd.DataFrame({"arm": ["a", "b"] * 12}, index=NAMES)


def study(*, shares: bool = False, depth: int = 3000) -> Study:
    """Two dozen samples of 40 features, the first three of them shallow."""
    counts = np.array([GENERATOR.multinomial(depth, own) for own in GENERATOR.dirichlet(np.geomspace(0.02, 3, 40), 24)])
    counts[:3] = [GENERATOR.multinomial(90, row / row.sum()) for row in counts[:3]]
    frame = pd.DataFrame(counts, NAMES, [f"f{number}" for number in range(40)])
    if shares:
        return Study.from_frame(frame.div(frame.sum(axis=1), axis=0), ARMS, quantity="abundances")
    return Study.from_frame(frame, ARMS)


def quality(everything: Study, group: str = "arm") -> Quality:
    kept = deep_enough(everything, 500)
    asked = {"group": group, "minimum": 3}
    return Quality(everything, kept, designed(everything, asked), designed(kept, asked), 500, 0.3, 0.001)


def test_what_is_left_out_is_named_and_counted():
    found = quality(study())
    assert found.of_samples == "21 of 24 samples have 500 reads or more"
    assert found.answer["left_out"][0] == "Left out, with fewer than 500 reads: 3 of 24 samples (s00, s01, s02)."
    assert "in 21 samples" in found.answer["found"]
    assert seen(found.study, found.filtered)["done"].value_counts()["stays"] == len(found.filtered.features)


def test_the_tables_that_are_written_are_read_back(tmp_path):
    found = quality(study())
    for name, own in (("kept", found.study), ("filtered", found.filtered)):
        for ending in ("biom", "tsv"):
            path = tmp_path / f"{name}.{ending}"
            path.write_bytes(found.files[path.name][0])
            again = read_study(path).study
            pd.testing.assert_frame_equal(again.to_frame(), own.to_frame(), check_names=False)
    listed = pd.read_csv(io.BytesIO(found.files["features.csv"][0]), index_col=0)
    assert (listed["done"] == "stays").sum() == len(found.filtered.features)


def test_shares_are_filtered_and_nothing_is_said_of_depth():
    found = quality(study(shares=True))
    assert len(found.study.samples) == 24
    assert "shares" in found.of_depth
    assert "reads" not in found.of_features + found.methods


def test_without_groups_the_distances_are_compared():
    found = quality(study(), group="")
    assert list(found.grid.columns[-2:]) == ["rank correlation, Bray-Curtis", "rank correlation, Jaccard"]
    assert found.grid.iloc[0, -2:].to_list() == pytest.approx([1, 1])
    assert "No groups were named" in " ".join(found.limits)


def test_distances_that_are_all_0_and_samples_with_nothing_left_have_no_r2():
    alike = pd.DataFrame(GENERATOR.uniform(1, 9, (24, 3)), NAMES, ["x", "y", "z"])
    everywhere = Study.from_frame(alike, ARMS, quantity="abundances")
    grid = under_filters(everywhere, designed(everywhere, {"group": "arm"}))
    assert grid["R², Jaccard (%)"].isna().all()
    assert grid["R², Bray-Curtis (%)"].notna().all()


def test_without_believable_singletons_a_depth_shows_no_coverage():
    throat = datasets.load("throat")
    counts, groups = throat.to_frame(), pd.Series("all", index=throat.samples)
    assert "lowest" in price(throat, groups, 500)
    assert list(price(Study.from_frame(counts.where(counts != 1, 0)), groups, 500)) == ["samples"]


def test_filters_that_leave_all_features_are_told_as_that():
    names = NAMES[:10]
    frame = pd.DataFrame(GENERATOR.poisson(200, (10, 8)) + 1, names, [f"f{number}" for number in range(8)])
    found = quality(Study.from_frame(frame, pd.DataFrame({"arm": list("aaaaabbbbb")}, index=names)))
    assert found.of_features.startswith("All 8 features are in at least 30 %")
    assert " runs " not in found.of_filters
    assert " to " not in found.of_filters
    assert "with those that stay" not in found.of_sizes
    assert not [line for line in found.answer["left_out"] if "by the filters" in line]
