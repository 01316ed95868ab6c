"""A pool of wells: what is said of its depth is said of a pilot that was given, and its criteria decide its answer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.figures.procedures.pooling import channels_lit, coverage_by_depth, volume_by_concentration
from handbook_utils.protocols.sequencing.inputs import read_concentrations, read_indices, read_wells
from handbook_utils.protocols.sequencing.pool import Pool, coverage_curves, read_pilot, reads_needed
from handbook_utils.protocols.wells.pooling import Pipetting


@pytest.fixture(scope="module")
def pool():
    wells = read_wells("")
    return Pool(
        wells,
        read_concentrations("", wells, "dna_ng_per_ul"),
        read_indices("", wells, length=10, distance=3, seed=1),
        Pipetting(100.0, 2.0, 15.0, 0.1, 0.0),
        "ng",
        "16S",
        20000,
        None,
        0.01,
        0.1,
        0.8,
        1e7,
        3,
        "four",
        0.1,
    )


def written(folder, table):
    path = folder / "pilot.tsv"
    table.to_csv(path, sep="\t", index_label="taxon")
    return str(path)


@pytest.fixture
def counts():
    drawn = np.random.default_rng(3).negative_binomial(0.3, 0.002, size=(80, 6))
    return pd.DataFrame(drawn, index=[f"g{row}" for row in range(80)], columns=[f"s{column}" for column in range(6)])


def test_coverage_is_of_the_deepest_samples_of_the_pilot(tmp_path, counts):
    found = read_pilot(written(tmp_path, counts))
    assert set(found) == set(counts.sum().nlargest(4).index)
    assert {name: int(values.sum()) for name, values in found.items()} == counts.sum()[list(found)].to_dict()
    curves, needed = coverage_curves(found), reads_needed(found, 0.98)
    assert (np.diff(curves.to_numpy(), axis=0) >= -1e-9).all()
    assert (needed["0.95"] <= needed["0.98"]).all()
    assert (needed["0.98"] <= needed["0.99"]).all()


def test_shares_have_no_coverage(tmp_path, counts):
    with pytest.raises((InputError, InputErrors), match="counts"):
        read_pilot(written(tmp_path, counts / counts.sum()))


def test_without_a_pilot_depth_is_no_criterion_and_that_is_told(pool):
    assert not any("coverage" in criterion for criterion in pool.criteria.frame.index)
    assert "no table of a pilot" in pool.answer["left_out"][0]
    deep = replace(pool, needed=1e9)
    assert deep.criteria.frame.loc["depth reaches the coverage wanted (16S)", "accepted"] == "NO"
    assert "Not met" in deep.answer["found"]
    assert not deep.answer["left_out"]
    assert replace(deep, method="shotgun").criteria.frame["accepted"].iloc[-1] == "yes"


def test_two_wells_with_one_pair_of_indices_do_not_go_to_the_machine(pool):
    pairs = pool.pairs.copy()
    pairs.iloc[1] = pairs.iloc[0]
    assert replace(pool, pairs=pairs).criteria.frame["accepted"].iloc[0] == "NO"


def test_figures_say_what_they_show(pool, counts, tmp_path):
    drawn = coverage_by_depth(coverage_curves(read_pilot(written(tmp_path, counts))), 0.98, 20000, "A pilot")
    assert "4 samples" in drawn.alt
    assert f"{len(pool.table)} wells" in volume_by_concentration(pool.table, 0.1, "ng", "Volumes").alt
    assert f"{pool.dimmest:.2f}" in channels_lit(pool.light, 0.1).alt
