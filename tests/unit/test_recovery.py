"""The model of recovery after antibiotics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.models.recovery import ROOM, Course, compared_with_before, simulate_recovery
from handbook_utils.errors import InputError


def test_without_a_drug_nothing_changes():
    cells = simulate_recovery(Course(0, 10), arrivals=0, last_day=30)
    assert np.allclose(cells.to_numpy(), cells.iloc[0].to_numpy(), rtol=1e-9)
    assert cells.iloc[0].sum() == pytest.approx(ROOM)


def test_two_species_that_do_not_compete_grow_by_the_logistic_curve():
    # After a course that takes one species to N, logistic growth has a closed form.
    cells = simulate_recovery(Course(1, 4.0), species=2, competition=0, arrivals=0, last_day=12, seed=3)
    room = cells.iloc[0].to_numpy()
    start, later = cells.loc[1].to_numpy(), cells.loc[9].to_numpy()
    expected = room / (1 + (room / start - 1) * np.exp(-8.0))
    assert later == pytest.approx(expected, rel=0.01)


def test_a_lost_species_comes_back_only_from_elsewhere():
    alone = simulate_recovery(Course(7, 20), arrivals=0, seed=2)
    lost = alone.columns[(alone.loc[7] == 0)]
    assert len(lost) > 0
    assert (alone.loc[7:, lost] == 0).all(axis=None)
    helped = simulate_recovery(Course(7, 20), arrivals=0.05, seed=2)
    assert (helped.iloc[-1][lost] > 0).any()


def test_the_untouched_species_blooms_and_the_total_returns():
    cells = simulate_recovery(Course(7, 20), arrivals=0.02, seed=2)
    seen = compared_with_before(cells)
    assert seen["largest"].max() > 2 * seen["largest"].iloc[0]
    assert seen["shared"].min() < 0.5
    assert seen["shared"].iloc[-1] > seen["shared"].min()
    assert seen["cells"].iloc[-1] > 0.8


def test_same_seed_same_result():
    one, other = (simulate_recovery(Course(5, 15), last_day=20, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("wrong", [{"competition": 1.0}, {"growth": 0.0}, {"species": 1}, {"arrivals": -1.0}])
def test_parameters_outside_their_range(wrong):
    with pytest.raises(InputError):
        simulate_recovery(Course(5, 15), **wrong)
