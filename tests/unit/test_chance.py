import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from handbook_utils.analysis.models.chance import chance_findings


def test_one_in_twenty_is_found_by_chance():
    """The mean number found is the threshold times the taxa, within four standard errors."""
    studies = chance_findings(15, 60, 400, seed=3)
    error = np.sqrt(60 * 0.05 * 0.95 / 400)
    assert abs(studies["found"].mean() - 3) < 4 * error
    # Benjamini-Hochberg keeps studies with any finding at about 5 in 100 where nothing is there.
    assert (studies["corrected"] > 0).mean() < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 400)


def test_the_p_values_are_those_of_students_t_test():
    first, second = np.random.default_rng(5).standard_normal((2, 8, 4))
    p = stats.ttest_ind(first, second).pvalue
    found = chance_findings(8, 4, 1, threshold=float(np.sort(p)[1]) + 1e-9, seed=5)
    assert found["found"].tolist() == [2]
    spread = np.sqrt((first.var(axis=0, ddof=1) + second.var(axis=0, ddof=1)) / 2)
    assert found["largest"][0] == pytest.approx(np.abs((first.mean(axis=0) - second.mean(axis=0)) / spread).max())


def test_small_studies_find_larger_differences():
    small, large = (chance_findings(n, 50, 100, seed=1)["largest"].median() for n in (10, 200))
    assert small > 3 * large


@pytest.mark.parametrize("wrong", [(1, 5, 5), (5, 0, 5), (5, 5, 0)])
def test_too_small_numbers(wrong):
    with pytest.raises(ValueError, match="at least"):
        chance_findings(*wrong)
    with pytest.raises(ValueError, match="between 0 and 1"):
        chance_findings(5, 5, 5, threshold=1.0)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize("side", [-1e-9, 1e-9])
def test_each_p_is_students_and_the_correction_is_that_of_benjamini_and_hochberg(place, side):
    p = stats.ttest_ind(*np.random.default_rng(6).standard_normal((2, 3, 4))).pvalue
    found = chance_findings(3, 4, 1, threshold=float(np.sort(p)[place]) + side, seed=6)
    assert found["found"].tolist() == [place + (side > 0)]
    corrected = multipletests(p, method="fdr_bh")[1]
    found = chance_findings(3, 4, 1, threshold=float(np.sort(corrected)[place]) + side, seed=6)
    assert found["corrected"].tolist() == [int((corrected < np.sort(corrected)[place] + side).sum())]


def test_the_smallest_study_has_two_people_a_group():
    assert chance_findings(2, 1, 1).shape == (1, 3)
    with pytest.raises(ValueError, match="between 0 and 1"):
        chance_findings(5, 5, 5, threshold=0.0)
