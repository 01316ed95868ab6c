import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.time.longitudinal import series_correlation
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
