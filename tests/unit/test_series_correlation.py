import numpy as np
import pandas as pd
import pytest
from scipy import stats

from handbook_utils.analysis.longitudinal import series_correlation
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


def test_series_too_short_or_flat():
    short = pd.Series(np.arange(10.0))
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(short, short)
    flat = pd.Series(np.ones(60))
    with pytest.raises(InputError, match="cannot be correlated"):
        series_correlation(flat, pd.Series(np.arange(60.0)))
