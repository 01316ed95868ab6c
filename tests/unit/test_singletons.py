"""Tables without believable singletons are recognised, and compared at equal depth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.analysis.depth import depth_warning, rarefied
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.alpha import hill_at_size
from handbook_utils.analysis.diversity.comparison import ratios
from handbook_utils.analysis.diversity.singletons import Singletons, comparable_hill, seen_twice, singletons
from handbook_utils.errors import InputError
from handbook_utils.study import Study


def one_community(seed: int, *, denoised: bool, depths: tuple[int, int] = (2000, 12000), each: int = 15) -> Study:
    """Two groups of one community, read at two depths; singletons may be removed from every sample."""
    generator = np.random.default_rng(seed)
    mean = generator.lognormal(0, 2, 150)
    rows = []
    for reads in np.repeat(depths, each):
        counts = generator.multinomial(reads, generator.dirichlet(200 * mean / mean.sum()))
        rows.append(np.where(counts == 1, 0, counts) if denoised else counts)
    names = [f"s{number}" for number in range(2 * each)]
    arms = pd.DataFrame({"arm": np.repeat(["shallow", "deep"], each)}, index=names)
    return Study.from_frame(pd.DataFrame(rows, names, [f"t{number}" for number in range(150)]), arms)


@pytest.mark.parametrize("name", ["twins", "throat", "david"])
def test_singletons_of_tables_that_were_not_denoised_are_believed(name):
    assert singletons(datasets.load(name)).believable


def test_denoised_tables_are_recognised():
    found = singletons(datasets.load("ecam"))
    assert found.found == 0
    assert not found.believable
    assert "denoising" in found.reading
    assert not singletons(one_community(1, denoised=True)).believable
    assert singletons(one_community(1, denoised=False)).believable


def test_too_many_singletons_are_not_believed_either():
    counts = [1] * 300 + [2] * 30 + [3] * 20
    study = Study.from_frame(pd.DataFrame([counts], ["s"], [f"t{n}" for n in range(350)]))
    assert not singletons(study).believable
    assert "errors" in singletons(study).reading


def saturated(seed: int, taxa: int, reads: int, spread: float, samples: int) -> Study:
    """A community so small, or read so deeply, that next to nothing of it is unseen."""
    generator = np.random.default_rng(seed)
    mean = generator.lognormal(0, spread, taxa)
    counts = generator.multinomial(reads, mean / mean.sum(), size=samples)
    names = [f"s{number}" for number in range(samples)]
    return Study.from_frame(pd.DataFrame(counts, names, [f"t{number}" for number in range(taxa)]))


@pytest.mark.parametrize(
    ("taxa", "reads", "spread", "samples"),
    # All taxa read thousands of times; all read some 7 times, where 2 f2² / (3 f3) is what is to be found; few rare.
    [(20, 100_000, 0.5, 30), (40, 20_000, 1, 4), (40, 300, 0.1, 30), (60, 5000, 1, 30), (60, 20_000, 1.5, 30)],
)
def test_a_community_seen_whole_is_not_called_denoised(taxa, reads, spread, samples):
    told = [singletons(saturated(seed, taxa, reads, spread, samples)).reading for seed in range(100)]
    assert sum("denoising" in reading for reading in told) <= 4  # 0.01 of 100; five or more: once in 300 times
    assert not any("errors" in reading for reading in told)


@pytest.mark.parametrize("depths", [(2000, 12_000), (20_000, 20_000)])
def test_tables_like_those_of_dada2_are_called_denoised_and_the_same_undenoised_are_not(depths):
    told = {
        denoised: [singletons(one_community(seed, denoised=denoised, depths=depths)).reading for seed in range(20)]
        for denoised in (True, False)
    }
    assert all("denoising" in reading for reading in told[True])
    assert not any("denoising" in reading or "errors" in reading for reading in told[False])


def test_of_a_small_table_no_cause_is_named_and_it_is_compared_at_equal_depth():
    whole = saturated(1, 20, 100_000, 0.5, 4)
    assert "too few are seen two and three times" in singletons(whole).reading
    found = comparable_hill(whole)
    assert "reads a sample" in found.how
    assert found.hill["q0"].to_list() == pytest.approx([20] * 4)
    few = Singletons(0, 4 * 10**2 / (3 * 40), (4 / 10 + 1 / 40) ** 0.5)
    assert not few.believable
    assert "to tell chance from features left out" in few.reading


@pytest.mark.parametrize("denoised", [True, False])
def test_one_community_at_two_depths_does_not_differ_in_richness(denoised):
    wrong, sizes = 0, []
    for seed in range(12):
        study = one_community(seed, denoised=denoised)
        found = comparable_hill(study).hill.assign(arm=study.metadata["arm"])
        row = ratios(found, "q0", "arm").iloc[0]
        wrong += row["p"] <= 0.05
        sizes.append(row["ratio"])
    assert wrong <= 4  # 0.05 of 12; five or more would be wrong once in 10,000 times
    assert np.mean(sizes) == pytest.approx(1, abs=0.04)


def test_seen_twice_is_the_mean_of_draws():
    counts = np.array([40, 20, 8, 3, 2, 2, 2])
    generator = np.random.default_rng(1)
    drawn = [(generator.multivariate_hypergeometric(counts, 25) >= 2).sum() for _ in range(4000)]
    assert seen_twice(counts, 25) == pytest.approx(np.mean(drawn), abs=0.06)
    assert seen_twice(counts, int(counts.sum())) == pytest.approx(7)


def test_depth_that_goes_with_the_groups_is_told():
    study = one_community(2, denoised=False)
    design = design_of(study.metadata, group="arm")
    assert "12,000" in depth_warning(study, design)
    assert depth_warning(rarefied(study), design) == ""


def test_rarefied_reads_are_of_the_sample():
    study = one_community(3, denoised=False)
    few = rarefied(study, reads=500, seed=4)
    assert (few.depth == 500).all()
    assert (few.table.toarray() <= study.table.toarray()).all()
    assert (few.table != rarefied(study, reads=500, seed=5).table).nnz > 0
    with pytest.raises(InputError, match="fewer than"):
        rarefied(study, reads=5000)


@pytest.mark.parametrize(("twice", "thrice", "told"), [(10, 10, 40 / 3), (9, 20, np.nan), (20, 9, np.nan)])
def test_of_fewer_than_ten_seen_two_or_three_times_nothing_is_expected(twice, thrice, told):
    """Chiu and Chao 2016: 4 f2 f2 / (3 f3), whose relative error is too large of fewer."""
    counts = [[2] * twice + [3] * thrice + [9]]
    found = singletons(Study.from_frame(pd.DataFrame(counts, ["s"], [f"t{n}" for n in range(len(counts[0]))])))
    assert found.expected == pytest.approx(told, nan_ok=True)


def test_without_believable_singletons_samples_are_compared_at_the_least_depth_by_features_seen_twice():
    frame = pd.DataFrame([[40, 20, 8, 3, 2, 0], [0, 9, 8, 5, 2, 2]], index=["deep", "shallow"], columns=list("abcdef"))
    found = comparable_hill(Study.from_frame(frame))
    assert found.level == 26
    assert list(found.hill) == ["q0", "q1", "q2"]
    for name, counts in frame.iterrows():
        expected = [seen_twice(counts, 26), *(hill_at_size(counts, order, 26) for order in (1, 2))]
        assert found.hill.loc[name].to_list() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("found", "expected", "unsure", "told"),
    [
        # Twice, or half, of what is expected is believed still; beside chance of 1 in 100 (Poisson) a cause is named.
        (200, 100.0, 0.0, None),
        (50, 100.0, 0.0, None),
        (201, 100.0, 0.0, "too few are seen to tell chance"),
        (49, 100.0, 0.0, "too few are seen to tell chance"),
        (234, 100.0, 0.0, "too few are seen to tell chance"),  # 0.0102 of as many where 200 are expected
        (235, 100.0, 0.0, "errors of reading"),  # 0.0086
        (34, 100.0, 0.0, "too few are seen to tell chance"),  # 0.0108 of as few where 50 are expected
        (33, 100.0, 0.0, "denoising"),  # 0.0071
        (33, 100.0, 0.1, "too few are seen to tell chance"),
        (235, 100.0, 0.1, "too few are seen to tell chance"),
    ],
)
def test_a_cause_is_named_where_chance_gives_as_many_less_often_than_once_in_a_hundred(found, expected, unsure, told):
    seen = Singletons(found, expected, unsure)
    assert seen.believable == (told is None)
    assert told is None or told in seen.reading


def test_the_error_of_what_is_expected_is_that_of_its_logarithm():
    counts = [[2] * 20 + [3] * 16 + [9]]
    found = singletons(Study.from_frame(pd.DataFrame(counts, ["s"], [f"t{n}" for n in range(37)])))
    assert found.unsure == pytest.approx((4 / 20 + 1 / 16) ** 0.5)


def test_what_is_seen_once_and_nothing_expected_is_believed():
    assert Singletons(1, float("nan"), float("nan")).believable
    assert not Singletons(0, float("nan"), float("nan")).believable
