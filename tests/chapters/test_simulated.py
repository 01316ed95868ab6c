"""Stored simulations: each is asked for by the page that names it, and its first studies come out the same again."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis import stored
from handbook_utils.chapters import Catalogue, handbook_root

#: Studies of each table that are simulated again.
AGAIN = 2


def _make():
    path = Path(__file__).parents[2] / "data" / "simulated" / "make.py"
    spec = importlib.util.spec_from_file_location("make_simulated", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKE = _make()
CODE = dict(MAKE.chapters())


@pytest.mark.parametrize("slug", sorted(CODE))
def test_what_a_page_shows_of_simulations_comes_out_again(slug):
    kept = datasets.frame("simulated").set_index("name")
    asked = []

    def settle(name, make, count, digest):
        asked.append(name)
        assert kept.loc[name, "asked"] == digest, f"{name}: other data or parameters than stored; make trials renews it"
        table = stored.unpacked(kept.loc[name, "content"])
        again = stored.unpacked(stored.packed(make(min(count, AGAIN)).reset_index(drop=True)))
        pd.testing.assert_frame_equal(again, table.head(len(again)), rtol=1e-6, check_dtype=False)
        return table

    MAKE.executed(CODE[slug], settle)
    assert sorted(set(asked)) == sorted(kept.index[kept["chapter"] == slug])


def test_every_stored_table_is_of_a_page_that_names_the_data_set():
    assert set(datasets.frame("simulated")["chapter"]) == set(CODE)


@pytest.mark.parametrize("slug", sorted(CODE))
def test_no_page_types_that_its_studies_are_stored_whatever_was_asked(slug):
    page = next(chapter for chapter in Catalogue.read(handbook_root()).chapters if chapter.slug == slug)
    prose = [cell.source for cell in page.notebook().cells if cell.cell_type == "markdown"]
    lines = [line for source in prose for line in source.splitlines() if re.search(r"\bstored\b", line)]
    # Computed, or true with every seed, or of a data set that is named.
    assert [line for line in lines if not re.search(r"\{glue:|another seed|`data/", line)] == []


def test_with_another_seed_or_another_study_it_is_simulated_now():
    made = []

    def make(count):
        made.append(count)
        return pd.DataFrame({"p": [0.5] * count})

    name = str(datasets.frame("simulated")["name"].iloc[0])
    assert stored.simulated(name, make, 3, "not what was asked")["p"].tolist() == [0.5] * 3
    assert made == [3] and stored.how_made(name) == "made in this run"
