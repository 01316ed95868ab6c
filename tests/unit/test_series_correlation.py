import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.time.longitudinal import _blocks, series_correlation
from handbook_utils.errors import InputError


def autoregressive(phi, days, generator):
    values = np.zeros(days)
    for day in range(1, days):
        values[day] = phi * values[day - 1] + generator.normal()
    return pd.Series(values)


def test_series_correlation_is_spearman_of_the_common_days():
    generator = np.random.default_rng(1)
    first, second = autoregressive(0.5, 80, generator), autoregressive(0.5, 90, generator)
    first[3] = np.nan
    found = series_correlation(first, second, resamples=50)
    both = pd.concat([first, second], axis=1).dropna()
    assert found.estimate == pytest.approx(stats.spearmanr(both[0], both[1]).statistic)
    assert found.days == 79
    assert found.low < found.estimate < found.high


def test_changes_are_of_days_that_follow_each_other():
    first = pd.Series(np.random.default_rng(2).normal(size=60), index=np.r_[0:30, 50:80])
    found = series_correlation(first, first**3, changes=True, block=7, resamples=20)
    assert found.days == 58
    steps = pd.concat([first[:30].diff().dropna(), first[30:].diff().dropna()])
    cubes = pd.concat([(first**3)[:30].diff().dropna(), (first**3)[30:].diff().dropna()])
    assert found.estimate == pytest.approx(stats.spearmanr(steps, cubes).statistic)


def test_blocks_find_fewer_false_correlations_than_days():
    generator = np.random.default_rng(3)
    naive = blocks = 0
    for _ in range(60):
        found = series_correlation(
            autoregressive(0.9, 130, generator), autoregressive(0.9, 130, generator), block=20, resamples=99
        )
        naive += not found.naive_low < 0 < found.naive_high
        blocks += not found.low < 0 < found.high
    assert naive > 20
    assert blocks < 0.6 * naive


def test_the_interval_of_blocks_is_too_narrow_and_more_is_found_where_more_goes_together():
    """The level is not held: 0 lies outside the interval of 95 % in more than 5 % of pairs of unrelated series.

    130 days, blocks of 20: the rate was measured once in 150 other pairs, and is held to its 99.9 % interval.
    """
    found = []
    for together, tries in ((0.0, 80), (0.3, 20), (0.8, 20)):
        generator = np.random.default_rng(7)
        outside = 0
        for _ in range(tries):
            first, second = autoregressive(0.5, 130, generator), autoregressive(0.5, 130, generator)
            pair = series_correlation(first, second + together * first, block=20, resamples=99)
            outside += not pair.low < 0 < pair.high
        found.append(outside / tries)
    low, high = stats.binom.interval(0.999, 80, 0.14)
    assert max(low / 80, 0.05) < found[0] <= high / 80
    assert found[0] < found[1] < found[2]


def test_series_too_short_or_flat():
    short = pd.Series(np.arange(10.0))
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(short, short)
    # Three blocks of a week are 21 days, from the first to the last; one day less is too short.
    three = pd.Series(np.random.default_rng(1).normal(size=21))
    assert series_correlation(three, three, block=7, resamples=49).days == 21
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(three[:20], three[:20], block=7)
    flat = pd.Series(np.ones(60))
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(flat, pd.Series(np.arange(60.0)))


def test_twenty_days_are_enough_and_one_less_is_not():
    first = pd.Series(np.random.default_rng(1).normal(size=20))
    assert series_correlation(first, first**2, block=6, resamples=9).days == 20
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(first[:19], first[:19] ** 2, block=6)
    later = first.set_axis(first.index + 100)
    assert series_correlation(later, later**2, block=6, resamples=9).days == 20
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(later, later**2, block=7)


def test_of_single_days_both_intervals_are_those_of_a_bootstrap_of_pairs():
    generator = np.random.default_rng(4)
    first = pd.Series(generator.normal(size=60))
    second = first + generator.normal(size=60)
    found = series_correlation(first, second, block=1, resamples=2000, confidence=0.8)
    assert (found.low, found.high) == (found.naive_low, found.naive_high)
    drawn = generator.integers(60, size=(2000, 60))
    one, other = (stats.zscore(stats.rankdata(values.to_numpy()[drawn], axis=1), axis=1) for values in (first, second))
    again = (one * other).mean(axis=1)
    assert (found.low, found.high) == pytest.approx(np.quantile(again, [0.1, 0.9]), abs=0.03)


def test_blocks_are_days_that_follow_each_other_until_there_are_as_many():
    ends = np.array([3, 4, 5, 6, 6, 6])  # six days, blocks of three; the last ones are shorter
    drawn = _blocks(ends, 500, np.random.default_rng(1))
    assert drawn.shape == (500, 6)
    assert set(np.unique(drawn)) == set(range(6))
    for row in drawn[:50].tolist():
        left = row
        while left:
            block = list(range(left[0], ends[left[0]]))
            assert left[: len(block)] == block[: len(left)]
            left = left[len(block) :]
    # Every day begins a block as often as any other.
    begins = np.bincount(drawn[:, 0], minlength=6)
    assert stats.chisquare(begins).pvalue > 0.001
