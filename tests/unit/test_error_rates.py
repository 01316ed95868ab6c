"""The page of error rates: counts become rates, intervals and verdicts, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from handbook_utils.publishing.pages.error_rates import (
    Cell,
    cell_of,
    expected,
    how_measured,
    interval,
    rates_table,
    summed,
)
from handbook_utils.publishing.pages.staged import RATES, staged_rows

ROW = {
    "recipe": "compare-groups",
    "test": "PERMANOVA",
    "toets": "PERMANOVA",
    "design": "equal <groups>",
    "ontwerp": "gelijke groepen",
    "effect": "one thing",
    "uitwerking": "één ding",
    "studies": "400",
    "rejected": "20",
    "looked": "40",
    "warned": "0",
    "refused": "0",
    "with_effect": "100",
    "found": "75",
}


@pytest.mark.parametrize("studies", [100, 400, 1000])
def test_what_is_expected_is_the_binomial_interval(studies):
    assert expected(studies) == tuple(stats.binom.ppf([0.0005, 0.9995], studies, 0.05))


@pytest.mark.parametrize(("count", "studies"), [(0, 400), (20, 400), (399, 400)])
def test_the_interval_is_wilsons(count, studies):
    assert interval(count, studies) == pytest.approx(proportion_confint(count, studies, method="wilson"), abs=1e-12)


def test_the_ends_of_what_is_expected_hold_and_the_next_counts_do_not():
    low, high = expected(400)
    verdicts = [Cell(400, count, 0, False).verdict for count in (low - 1, low, high, high + 1)]
    assert verdicts == ["careful", "holds", "holds", "too_often"]


def test_studies_that_were_refused_are_not_counted_among_those_tested():
    assert Cell(400, 30, 300, False).verdict == "too_often"


def test_a_recipe_warns_where_it_did_so_in_nearly_all_studies():
    assert cell_of(ROW | {"rejected": "80", "warned": "38"}).verdict == "warned"
    assert cell_of(ROW | {"rejected": "80", "warned": "37"}).verdict == "too_often"


def test_the_table_says_rate_interval_verdict_and_power_in_the_language_of_the_edition():
    english, dutch = rates_table([ROW], "en"), rates_table([ROW], "nl")
    assert "5.0 % (3.3 – 7.6)" in english
    assert "75.0 % (65.7 – 82.5)" in english
    assert "<td>holds</td>" in english
    assert "equal &lt;groups&gt;" in english
    assert "5,0 % (3,3 – 7,6)" in dutch
    assert "één ding" in dutch
    unmeasured = rates_table([ROW | dict.fromkeys(("studies", "rejected", "looked", "with_effect", "found"), "")], "en")
    assert "not measured yet" in unmeasured
    assert "–" in unmeasured
    assert "(Compare groups)" in english


def test_a_column_that_nothing_was_measured_for_is_left_out_and_gaps_are_named():
    lacking, empty = ROW | {"with_effect": "", "found": ""}, dict.fromkeys(("studies", "date", "version"), "")
    dated = ROW | {"date": "2026-11-29", "version": "0.2.0"}
    without = rates_table([lacking], "en")
    assert "Finds what differs" not in without
    assert "What differs" not in without
    assert without.count("<td>") == 3
    assert rates_table([ROW, lacking], "en").count("not measured yet") == 1
    assert how_measured([dated | {"with_effect": ""}], "en") == (
        "Measured on 29 November 2026 with version 0.2.0 of the handbook: in each design 400 studies or more without a "
        "difference."
    )
    whole = how_measured([dated, dated | {"with_effect": ""}, dated | empty | {"with_effect": ""}], "nl")
    assert "Gemeten op 29 november 2026" in whole
    assert "In minstens 100 andere verschilt er één ding." in whole
    assert whole.endswith("Nog niet gemeten: 1 van de 3 regels; hoe vaak het verschil wordt gevonden, in 1 van de 2.")
    assert how_measured([dated | empty], "en") == ""


def test_the_caption_counts_every_verdict():
    assert summed([ROW, ROW | {"rejected": "90"}], "en") == "Tests in designs: 2 (holds: 1; too often: 1)"


def test_the_handbooks_own_table_is_read():
    path, rows = staged_rows(Path(__file__).parents[2], RATES)
    assert path is not None
    assert len(rows) >= 200
    assert staged_rows("/nowhere", RATES) == (None, [])
