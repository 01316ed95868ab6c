"""Pairs of people of one group beside pairs of two groups."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.taxa.alike import alike_by_group
from handbook_utils.errors import InputError


def people(more: float, each: int = 12, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """Return similarities of two groups, pairs of one group being more alike by ``more``."""
    generator = np.random.default_rng(seed)
    group = np.repeat(["a", "b"], each)
    noise = generator.normal(0.5, 0.05, (2 * each, 2 * each))
    values = (noise + noise.T) / 2 + more * (group[:, None] == group[None, :])
    names = [f"s{number}" for number in range(2 * each)]
    return pd.DataFrame(values, names, names), pd.Series(group, names)


def test_the_difference_is_that_of_the_means_of_the_pairs():
    similarity, group = people(0.2)
    found = alike_by_group(similarity, group, resamples=50)
    same = [
        similarity.loc[one, other]
        for one in group.index
        for other in group.index
        if one < other and group[one] == group[other]
    ]
    assert found.same == pytest.approx(np.mean(same))
    assert found.difference == pytest.approx(found.same - found.other)
    assert found.people == 24


def test_a_difference_that_is_there_is_found_and_one_that_is_not_is_not():
    there, nothing = (alike_by_group(*people(more), resamples=400) for more in (0.2, 0.0))
    assert there.low > 0
    assert nothing.low < 0 < nothing.high


def test_a_pair_of_a_person_with_their_own_copy_and_the_order_of_people_do_not_count():
    similarity, group = people(0.1)
    plain = alike_by_group(similarity, group, resamples=50)
    assert alike_by_group(similarity + 100 * np.eye(24), group, resamples=50) == plain
    assert alike_by_group(similarity.iloc[::-1, ::-1], group, resamples=2).same == pytest.approx(plain.same)


def test_one_group_or_a_group_of_one_is_refused():
    similarity, group = people(0.1, each=2)
    with pytest.raises(InputError, match="cannot both be made"):
        alike_by_group(similarity, group.replace("b", "a"))
    with pytest.raises(InputError, match="cannot both be made"):
        alike_by_group(similarity, pd.Series(["a", "a", "a", "b"], group.index))


def test_of_two_groups_of_two_the_interval_is_of_the_three_differences_that_can_be_drawn():
    """Pairs within are of either group or of both, where both people of it were drawn: a third of the draws each."""
    values = np.full((4, 4), 0.3)
    values[:2, :2], values[2:, 2:] = 0.9, 0.5
    similarity = pd.DataFrame(values, list("wxyz"), list("wxyz"))
    group = pd.Series(list("aabb"), list("wxyz"))
    found = alike_by_group(similarity, group)
    assert (found.people, found.same, found.other) == (4, pytest.approx(0.7), pytest.approx(0.3))
    assert (found.low, found.difference, found.high) == pytest.approx((0.2, 0.4, 0.6))
    middle = alike_by_group(similarity, group, level=0.2)
    assert (middle.low, middle.high) == pytest.approx((0.4, 0.4))
