"""The model of recovery after antibiotics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from handbook_utils.analysis.models.recovery import (
    ROOM,
    Course,
    chances_of,
    compared_with_before,
    middle_of_recoveries,
    simulate_recovery,
)
from handbook_utils.chapters import Catalogue, handbook_root
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


#: Hardly any growth, and no competition: what the drug and chance do can be written down.
STILL = {"growth": 1e-12, "competition": 0.0}


def test_a_course_kills_each_species_at_its_own_rate_for_as_long_as_it_lasts():
    cells = simulate_recovery(Course(3, 2.0), species=5, arrivals=0, last_day=6, seed=1, **STILL)
    room = ROOM * np.array([1, 1e-1, 1e-2, 1e-3, 1e-4]) / 1.1111
    np.testing.assert_allclose(cells.loc[0], room)
    sensitivity = chances_of(1, species=5, arrivals=0, last_day=6)[0]
    for day in range(7):
        np.testing.assert_allclose(cells.loc[day], room * np.exp(-2.0 * sensitivity * min(day, 3)), rtol=1e-9)


@pytest.mark.parametrize(("left", "there"), [(0.9, False), (1.1, True)])
def test_what_falls_below_one_cell_is_lost(left, there):
    sensitivity = chances_of(1, species=2, arrivals=0, last_day=1)[0]
    [struck] = np.flatnonzero(sensitivity)
    rest = ROOM * np.array([1, 1e-4])[struck] / 1.0001
    strength = np.log(rest / left) / sensitivity[struck] / 0.05  # all in the first step of 0.05 days
    cells = simulate_recovery(Course(0.05, strength), species=2, arrivals=0, last_day=1, seed=1, **STILL)
    assert cells.loc[1, struck] == pytest.approx(left if there else 0, rel=1e-6)


def test_arrivals_are_a_thousand_cells_each_and_as_frequent_as_they_should_be():
    sensitivity, came = chances_of(2, species=2000, arrivals=0.8, last_day=10)
    assert came.shape == (200, 2000)
    assert came.sum() / (10 * 2000) == pytest.approx(0.8, abs=4 * np.sqrt(0.8 / 20_000))
    assert (sensitivity == 0).sum() == 1
    assert (sensitivity.min(), sensitivity.mean(), sensitivity.max()) == pytest.approx((0, 0.5, 1), abs=0.03)
    came = chances_of(2, species=4, arrivals=0.8, last_day=10)[1]
    cells = simulate_recovery(Course(0, 1.0), species=4, arrivals=0.8, last_day=10, seed=2, **STILL)
    np.testing.assert_allclose(cells.loc[10] - cells.loc[0], 1000 * came.sum(axis=0), rtol=1e-3)


def test_species_that_compete_grow_as_the_equations_say():
    cells = simulate_recovery(Course(1, 6.0), species=4, growth=0.8, competition=0.6, arrivals=0, last_day=6, seed=1)
    room = cells.loc[0].to_numpy()

    def change(_, now):
        return 0.8 * now * (1 - 0.4 * now / room - 0.6 * now.sum() / ROOM)

    later = solve_ivp(change, (1, 6), cells.loc[1].to_numpy(), rtol=1e-9).y[:, -1]
    np.testing.assert_allclose(cells.loc[6], later, rtol=0.01)


def test_what_is_asked_without_more_is_the_model_of_the_page():
    chapter = Catalogue.read(handbook_root()).get("explainers/take-antibiotics-and-recover")
    page = {parameter.name: parameter.default for parameter in chapter.parameters}
    rules = {name: page[name] for name in ("growth", "competition", "arrivals")}
    course = Course(5, 8)
    plain, asked = simulate_recovery(course), simulate_recovery(course, species=40, last_day=180, **rules)
    pd.testing.assert_frame_equal(plain, asked)
    middle = middle_of_recoveries(course, [1, 2, 3])
    each = [compared_with_before(simulate_recovery(course, seed=seed)).loc[60] for seed in (1, 2, 3)]
    np.testing.assert_allclose(middle.loc[60], np.median(each, axis=0))


def test_a_share_at_the_limit_is_seen_and_where_nothing_is_left_nothing_is_alike():
    found = compared_with_before(pd.DataFrame([[3.0, 1.0], [0.0, 0.0], [7.0, 1.0]]), least_share=0.25)
    assert found["seen"].to_list() == [2, 0, 1]
    assert found["cells"].to_list() == [1, 0, 2]
    assert found["shared"].to_list() == [1, 0, 0.875]
    assert found["largest"].to_list() == [0.75, 0, 0.875]
    # By default a hundred-thousandth is seen.
    assert compared_with_before(pd.DataFrame([[1e5, 1.5, 0.5]]))["seen"].to_list() == [2]
