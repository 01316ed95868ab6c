import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils.analysis.models.fermentation import (
    SUGAR_UNIT,
    acids_a_day,
    acids_of_a_sugar,
    fermentation,
    simulated_week,
)
from handbook_utils.errors import InputError

SETTINGS = {"fermentable": 0.7, "half_time": 6.0, "transit": 40.0, "acids": 1.2, "absorption": 1.0}


def test_acids_of_a_sugar_for_single_acids():
    assert acids_of_a_sugar(1, 0, 0) == 2
    assert acids_of_a_sugar(0, 1, 0) == 2
    assert acids_of_a_sugar(0, 0, 1) == 1
    assert acids_of_a_sugar(60, 20, 20) == pytest.approx(100 / 60)
    assert acids_of_a_sugar(60, 20, 20, growth=0.3) == pytest.approx(0.7 * 100 / 60)


@pytest.mark.parametrize(("parts", "growth"), [((0, 0, 0), 0), ((-1, 2, 2), 0), ((1, 1, 1), 1)])
def test_impossible_ratios(parts, growth):
    with pytest.raises(InputError, match="cannot be computed"):
        acids_of_a_sugar(*parts, growth=growth)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 60), min_size=1, max_size=6),
    st.floats(0.1, 1),
    st.floats(1, 48),
    st.floats(5, 100),
    st.floats(0.2, 10),
)
def test_nothing_appears_or_gets_lost(fibre, fermentable, half_time, transit, absorption):
    course = fermentation(
        fibre, fermentable=fermentable, half_time=half_time, transit=transit, acids=1.3, absorption=absorption
    )
    last = course.iloc[-1]
    eaten = sum(fibre) * fermentable * 1000 / SUGAR_UNIT
    assert last["sugar"] + last["lost"] + last["made"] / 1.3 == pytest.approx(eaten)
    assert (course.to_numpy() >= -1e-9).all()
    assert last["acid"] <= last["made"] + 1e-9


def test_a_single_meal_has_the_known_solution():
    course = fermentation([30.0], meals=[0.0], **SETTINGS)
    rate, taken_up, out = np.log(2) / 6, np.log(2) / 1, 1 / 40
    start = 30 * 0.7 * 1000 / SUGAR_UNIT
    hours = course.index.to_numpy()
    sugar = start * np.exp(-(rate + out) * hours)
    acid = 1.2 * rate * start / (taken_up - rate) * (np.exp(-(rate + out) * hours) - np.exp(-(taken_up + out) * hours))
    np.testing.assert_allclose(course["sugar"], sugar, rtol=1e-9)
    np.testing.assert_allclose(course["acid"], acid, rtol=1e-8, atol=1e-9)


def test_days_alike_reach_the_steady_state():
    course = fermentation([25.0] * 30, **SETTINGS)
    made = course["made"].loc[30 * 24] - course["made"].loc[29 * 24]
    steady = acids_a_day(25.0, fermentable=0.7, half_time=6.0, transit=40.0, acids=1.2)
    assert made == pytest.approx(steady, rel=1e-6)


def test_longer_in_the_colon_more_acids():
    made = [acids_a_day(25, fermentable=0.7, half_time=6, transit=hours, acids=1.2) for hours in (10, 20, 40, 80)]
    assert made == sorted(made)


@pytest.mark.parametrize("wrong", [{"fibre": []}, {"fibre": [-1.0]}, {"meals": []}, {"transit": 0.0}, {"step": 0.0}])
def test_what_the_model_cannot_run(wrong):
    with pytest.raises(InputError, match="cannot run"):
        fermentation(**{"fibre": [10.0], **SETTINGS, **wrong})


def test_a_sugar_unit_is_weighed_by_its_atoms():
    # C6H10O5, with the standard atomic weights of IUPAC.
    assert pytest.approx(6 * 12.011 + 10 * 1.008 + 5 * 15.999, abs=0.005) == SUGAR_UNIT


def test_where_half_is_fermented_half_makes_acid():
    # Fermented as fast as it leaves: 16.214 g are 100 mmol of sugar units, of which half can be and half of that is.
    half_time = 40 * np.log(2)
    assert acids_a_day(16.214, fermentable=0.5, half_time=half_time, transit=40, acids=3) == pytest.approx(75)


def test_meals_come_at_eight_one_and_six_and_rows_are_a_quarter_of_an_hour_apart():
    slow = {"fermentable": 0.5, "half_time": 1e7, "transit": 1e7, "acids": 1.0, "absorption": 1.0}
    course = fermentation([48.642, 0.0], **slow)  # three meals of 16.214 g, of which half counts: 50 mmol
    assert course.index[[0, 1, -1]].tolist() == [0, 0.25, 48]
    jumps = course["sugar"].diff()
    assert jumps[jumps > 1].round(2).to_dict() == {8.0: 50.0, 13.0: 50.0, 18.0: 50.0}


def test_a_week_is_cut_from_days_alike_and_changes_with_breakfast_of_its_fourth_day():
    week, alike = simulated_week(15, 30, **SETTINGS), fermentation([15.0] * 14, **SETTINGS).loc[168:]
    assert week["day"].iloc[[0, 1, -1]].tolist() == [0, 0.25 / 24, 7]
    more = (week["sugar"] - alike["sugar"]).to_numpy()
    first = int(np.argmax(more > 1e-9))
    assert week["day"].iloc[first] == pytest.approx(3 + 8 / 24)
    assert more[first] == pytest.approx(15 / 3 * 0.7 * 1000 / SUGAR_UNIT)
    np.testing.assert_allclose(week["acid"].iloc[: first + 1], alike["acid"].iloc[: first + 1])
    assert week.columns.to_list() == ["sugar", "acid", "day"]
