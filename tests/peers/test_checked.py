"""The numbers of checked.R and infants.R on the page of checked numbers: as R wrote them, and agreeing with ours."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.distance.distances import distances
from handbook_utils.recipes.lessons import (
    compare_before_and_after,
    compare_groups,
    find_differential_taxa,
    follow_over_time,
    map_differences,
)

WRITTEN = pd.concat([pd.read_csv(Path(__file__).with_name(f"{name}.csv")) for name in ("checked", "infants")])


def test_the_page_holds_what_r_wrote():
    page = pd.read_csv(datasets.root() / "peers.csv")
    assert len(WRITTEN) >= 110
    found = WRITTEN.merge(page, on=["chapter", "name"], suffixes=("", "_page"))
    assert len(found) == len(WRITTEN)
    pd.testing.assert_series_equal(found["theirs"], found["theirs_page"], check_names=False, rtol=0, atol=0)
    assert (found["tolerance"] == found["tolerance_page"]).all()


def of_compare_groups() -> pd.DataFrame:
    throat = datasets.load("throat")
    return compare_groups.against_peers(throat, distances(throat, "bray-curtis"), datasets.load("iquitos"))


def of_map_differences() -> pd.DataFrame:
    throat = datasets.load("throat")
    return map_differences.against_peers(throat, distances(throat, "bray-curtis"), datasets.load("iquitos"))


def of_find_differential_taxa() -> pd.DataFrame:
    return find_differential_taxa.against_peers(datasets.load("iquitos"))


def of_follow_over_time() -> pd.DataFrame:
    phases = follow_over_time.between_phases(datasets.load("david"))
    return follow_over_time.against_peers(follow_over_time.known_infants(), phases)


CHAPTERS = {
    "recipes/compare-groups": of_compare_groups,
    "recipes/follow-over-time": of_follow_over_time,
    "recipes/compare-before-and-after": compare_before_and_after.against_peers,
    "recipes/find-differential-taxa": of_find_differential_taxa,
    "recipes/map-differences": of_map_differences,
}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_ours_agree(chapter):
    held = CHAPTERS[chapter]()
    differ = held[held["verdict"] != "agrees"]
    assert differ.empty, differ[["name", "ours", "theirs"]].to_string()
    assert set(WRITTEN.loc[WRITTEN["chapter"] == chapter, "name"]) <= set(held["name"])


def test_every_chapter_of_the_script_is_held():
    assert set(WRITTEN["chapter"]) == set(CHAPTERS)


def test_a_chapter_in_two_languages_names_its_numbers_in_both():
    page = pd.read_csv(datasets.root() / "peers.csv")
    dutch = pd.read_csv(datasets.root() / "peers-nl.csv")
    public = page[page["chapter"].str.startswith("explainers/")]
    told = {tuple(row) for row in dutch[["chapter", "english"]].to_numpy()}
    needed = {(row["chapter"], row[name]) for _, row in public.iterrows() for name in ("name", "source")}
    assert needed
    assert told == needed
