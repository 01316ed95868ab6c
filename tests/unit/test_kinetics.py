"""The model of a medicine that bacteria break down."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils.analysis.models.kinetics import Gut, follow_dose, share_absorbed
from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError


@settings(max_examples=30, deadline=None)
@given(
    st.floats(1, 500), st.floats(1, 240), st.floats(1, 200), st.floats(10, 1000), st.floats(0, 20), st.floats(0.001, 10)
)
def test_nothing_is_made_or_lost(dose, emptying, uptake, transit, vmax, km):
    followed = follow_dose(Gut(dose, emptying, uptake, transit, vmax, km))
    assert followed.sum(axis=1).to_numpy() == pytest.approx(dose, rel=1e-6)
    assert followed.min(axis=None) >= -1e-6 * dose
    assert (followed["absorbed"].diff().dropna() >= -1e-6 * dose).all()


def test_without_bacteria_the_answer_is_known():
    gut = Gut(vmax=0, uptake=20, transit=180)
    absorb, leave = log(2) / 20, 1 / 180
    assert share_absorbed(gut, 10_000) == pytest.approx(absorb / (absorb + leave), rel=1e-5)


def test_far_below_km_breakdown_is_of_first_order():
    gut = Gut(dose=1e-3, vmax=1.0, km=0.2, volume=100.0)
    absorb, leave, broken = log(2) / gut.uptake, 1 / gut.transit, 1.0 / (0.2 * 100.0)
    assert share_absorbed(gut, 10_000) == pytest.approx(absorb / (absorb + leave + broken), rel=1e-3)


def test_more_bacteria_and_faster_passage_leave_less():
    shares = [share_absorbed(Gut(vmax=vmax)) for vmax in (0, 0.5, 1, 2, 4)]
    assert shares == sorted(shares, reverse=True)
    assert share_absorbed(Gut(transit=60)) < share_absorbed(Gut(transit=240))


def test_a_larger_dose_saturates_the_bacteria():
    assert share_absorbed(Gut(dose=200)) > share_absorbed(Gut(dose=50))


@pytest.mark.parametrize("wrong", [{"dose": 0.0}, {"km": -1.0}, {"vmax": -0.1}, {"volume": 0.0}])
def test_parameters_that_cannot_be(wrong):
    with pytest.raises(InputError):
        Gut(**wrong)


def test_no_time():
    with pytest.raises(InputError):
        follow_dose(Gut(), minutes=0)


def test_what_is_asked_without_more_is_the_gut_of_the_page_over_twelve_hours_every_three_minutes():
    chapter = Catalogue.read(handbook_root()).get("explainers/medicines-and-microbes")
    page = {parameter.name: parameter.default for parameter in chapter.parameters}
    gut = Gut()
    for name in ("dose", "emptying", "uptake", "transit", "vmax", "km"):
        assert getattr(gut, name) == page[name]
    minutes = follow_dose(gut).index
    assert minutes[[0, 1, -1]].tolist() == [0, 3, 720]
    # A half-life is a half-life: 50 of 100 mg have left the stomach after 30 minutes.
    assert follow_dose(gut).loc[30, "stomach"] == pytest.approx(50, rel=1e-6)
    # In the end: two days.
    slow = Gut(uptake=2000, transit=3000, vmax=0.01)
    assert share_absorbed(slow) == pytest.approx(follow_dose(slow, 2880, 3)["absorbed"].iloc[-1] / 100, rel=1e-6)


def test_far_above_km_bacteria_break_down_as_fast_as_they_can_and_at_km_half_as_fast():
    full = Gut(dose=1e6, emptying=1e-3, uptake=1e9, transit=1e9, vmax=3.0, km=1e-3)
    assert follow_dose(full, 10, 2)["broken"].iloc[-1] == pytest.approx(30, rel=1e-3)
    half = Gut(dose=1e6, emptying=1e-3, uptake=1e9, transit=1e9, vmax=3.0, km=1e4, volume=100.0)
    assert follow_dose(half, 10, 2)["broken"].iloc[-1] == pytest.approx(15, rel=1e-3)


def test_one_moment_is_no_course():
    with pytest.raises(InputError):
        follow_dose(Gut(), points=1)
