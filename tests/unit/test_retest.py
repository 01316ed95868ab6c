"""What a second test would say: pairs of days, fewer reads, and the ratio of two phyla."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from handbook_utils import datasets
from handbook_utils.analysis.models.retest import (
    changes_between,
    majority_of_three,
    other_verdict,
    share_by_reads,
    typical_fold,
)
from handbook_utils.analysis.taxa.phyla import PHYLUM_OF, firmicutes_to_bacteroidetes, phylum_shares
from handbook_utils.errors import InputError
from handbook_utils.study import Study


@given(values=st.lists(st.floats(0, 10), min_size=2, max_size=30), cut_off=st.floats(0, 10))
def test_other_verdict_counts_pairs(values, cut_off):
    pairs = [(a >= cut_off) != (b >= cut_off) for a, b in combinations(values, 2)]
    assert other_verdict(values, cut_off, block=1, resamples=2).size == pytest.approx(np.mean(pairs))


def test_a_cut_off_that_is_never_crossed_changes_no_verdict():
    found = other_verdict([5.0, 6.0, 7.0], 1.0, block=2)
    assert (found.size, found.low, found.high) == (0, 0, 0)


def test_days_that_stay_together_widen_the_interval():
    # Half of the year above, half below: as blocks there are few independent pieces.
    values = [1.0] * 30 + [0.0] * 30 + [1.0] * 30 + [0.0] * 30
    single, blocks = (other_verdict(values, 0.5, block=length) for length in (1, 20))
    assert blocks.high - blocks.low > single.high - single.low
    assert single.low <= single.size <= single.high + 0.01


@pytest.mark.parametrize(("values", "block"), [([1.0], 1), ([1.0, 2.0], 3), ([1.0, 2.0], 0)])
def test_too_few_days_are_refused(values, block):
    with pytest.raises(InputError, match="few days"):
        other_verdict(values, 1.0, block=block)


@given(values=st.lists(st.floats(0.1, 10), min_size=2, max_size=20), times=st.floats(0.1, 10))
def test_typical_fold_does_not_depend_on_the_unit(values, times):
    assert typical_fold(values) >= 1
    assert typical_fold(np.array(values) * times) == pytest.approx(typical_fold(values), rel=1e-6)


def test_typical_fold_leaves_out_missing_days_and_refuses_zero():
    assert typical_fold([1.0, np.nan, 3.0]) == pytest.approx(3.0)
    with pytest.raises(InputError, match="above 0"):
        typical_fold([0.0, 1.0])
    with pytest.raises(InputError, match="two days"):
        typical_fold([1.0])


def test_share_by_reads_is_the_hypergeometric_distribution():
    found = share_by_reads([9900, 100], 1, [200, 2000, 10_000], times=4000)
    exact = stats.hypergeom(10_000, 100, 2000)
    assert found.loc[2000, "low"] == pytest.approx(exact.ppf(0.025) / 2000, abs=0.0008)
    assert found.loc[2000, "high"] == pytest.approx(exact.ppf(0.975) / 2000, abs=0.0008)
    assert found.loc[200, "missed"] == pytest.approx(stats.hypergeom(10_000, 100, 200).pmf(0), abs=0.025)
    assert found.loc[10_000, ["low", "median", "high"]].tolist() == [0.01] * 3


def test_more_reads_than_there_are_is_refused():
    with pytest.raises(InputError, match="1 to 10"):
        share_by_reads([5, 5], 0, [11])


def test_every_genus_of_the_two_men_has_a_phylum():
    shares = phylum_shares(datasets.load("david"))
    assert np.allclose(shares.sum(axis=1), 1)
    assert set(shares.columns) == {*PHYLUM_OF.values(), "unclassified(f)"}


def test_ratio_by_hand():
    table = pd.DataFrame(
        [[4, 4, 2, 2, 100], [1, 0, 0, 0, 0]],
        index=["s", "t"],
        columns=["Blautia", "Roseburia", "Bacteroides", "Prevotella", "unclassified(f)"],
    )
    ratio = firmicutes_to_bacteroidetes(Study.from_frame(table))
    assert ratio["s"] == 2.0
    assert np.isnan(ratio["t"])


def test_an_unknown_genus_is_named():
    with pytest.raises(InputError, match="Nonsensia"):
        phylum_shares(Study.from_frame(pd.DataFrame([[1]], index=["s"], columns=["Nonsensia"])))


def test_a_score_at_the_cut_off_lies_above_it():
    assert other_verdict([1, 1, 2, 3], 2, block=1).size == pytest.approx(4 / 6)


def test_the_interval_is_that_of_blocks_drawn_around_the_year():
    values = [0.0] * 60 + [1.0] * 40
    # As one block, the year is only turned round; as single days, those above are binomial.
    whole = other_verdict(values, 0.5, block=100)
    assert whole.low == whole.size == whole.high == pytest.approx(2 * 40 * 60 / (100 * 99))
    above = stats.binom.ppf([0.025, 0.975], 100, 0.4)
    single = other_verdict(values, 0.5, block=1, resamples=4000)
    assert single.low == pytest.approx(2 * above[0] * (100 - above[0]) / 9900, abs=0.012)
    # More than half above is as good as less: at most a little over one half.
    assert single.high == pytest.approx(2 * above[1] * (100 - above[1]) / 9900, abs=0.006)


def test_a_single_read_can_be_drawn_and_none_cannot():
    assert share_by_reads([5, 5], 0, [1], times=50)["missed"].iloc[0] == pytest.approx(0.5, abs=0.3)
    with pytest.raises(InputError, match="1 to 10"):
        share_by_reads([5, 5], 0, [0])


def test_changes_are_those_of_one_person_and_of_so_many_days():
    days = pd.Series([0, 2, 4, 9, 0, 3])
    values = pd.Series([10.0, 5.0, 20.0, 1.0, 8.0, 10.0])
    found = changes_between(values, pd.Series(list("AAAABB")), days, (2, 4))
    assert sorted(found["A"]) == [-0.5, 1.0, 3.0]  # 0 to 2, 0 to 4, 2 to 4; day 9 is five days later
    assert found["B"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("above", "differ"),
    # Of six days that all count, three above always split two and one; of two above, both fall in one half in 8 of 20.
    [([True] * 3 + [False] * 3, 1.0), ([True] * 2 + [False] * 4, 0.4), ([True] + [False] * 5, 0.0)],
)
def test_majorities_of_three_days_differ_as_often_as_by_counting(above, differ):
    found = majority_of_three(above, draws=3000)
    assert found == pytest.approx(differ, abs=4 * np.sqrt(differ * (1 - differ) / 3000))


def test_without_one_of_two_phyla_their_ratio_is_missing_or_nothing():
    table = pd.DataFrame([[5, 0], [0, 5], [4, 2]], index=list("abc"), columns=["Blautia", "Bacteroides"])
    ratio = firmicutes_to_bacteroidetes(Study.from_frame(table))
    assert ratio.tolist() == pytest.approx([np.nan, 0, 2], nan_ok=True)
    for name, one in (("Blautia", np.nan), ("Bacteroides", 0.0)):
        alone = firmicutes_to_bacteroidetes(Study.from_frame(table.loc[[table[name].idxmax()], [name]]))
        assert alone.tolist() == pytest.approx([one], nan_ok=True)
