"""Own levels, own slopes, cages and autocorrelation held against lme4, lmerTest and nlme (mixed.R, nested.R)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.design.terms import make_term
from handbook_utils.analysis.time.course import course, marginal
from handbook_utils.analysis.time.likelihood import sums_of
from handbook_utils.analysis.time.mixed import fit_mixed

R, NESTED = (json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8")) for name in ("mixed", "nested"))
FRAME = pd.DataFrame(R["frame"])


def model() -> pd.DataFrame:
    """Return the columns of ``week * arm + age`` in the order of R."""
    week, arm = FRAME["week"].astype(float), FRAME["arm"]
    made = {"(Intercept)": np.ones(len(FRAME)), "week": week}
    made |= {f"arm{level}": (arm == level).astype(float) for level in "bc"}
    made |= {"age": FRAME["age"].astype(float)}
    made |= {f"week:arm{level}": week * (arm == level) for level in "bc"}
    return pd.DataFrame(made)


FITS = {
    "level": {},
    "slopes": {"slope": FRAME["week"]},
    "car": {"when": FRAME["week"]},
    "both": {"slope": FRAME["week"], "when": FRAME["week"]},
}


@pytest.fixture(scope="module", params=FITS)
def pair(request):
    return fit_mixed(FRAME["y"], model(), FRAME["who"], **FITS[request.param]), R[request.param]


def test_coefficients_errors_and_variances(pair):
    ours, theirs = pair
    assert list(ours.estimate.index) == theirs["names"]
    table = theirs["table"]
    estimate, error = (
        table[name] for name in (("Estimate", "Std. Error") if "df" in table else ("Value", "Std.Error"))
    )
    np.testing.assert_allclose(ours.estimate, estimate, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours.table()["error"], error, rtol=1e-4)
    np.testing.assert_allclose(ours.random, np.atleast_2d(theirs["random"]), rtol=1e-3, atol=1e-5)
    assert ours.between.shape == (0, 0)
    assert ours.residual == pytest.approx(theirs["residual"], rel=1e-3)
    assert ours.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-5)
    if "phi" in theirs:
        assert ours.correlation == pytest.approx(theirs["phi"], abs=1e-4)


def test_degrees_of_freedom_and_p(pair):
    ours, theirs = pair
    if "df" not in theirs["table"]:
        assert np.isnan(ours.correlation) == ("phi" not in theirs)
        return
    table = ours.table()
    np.testing.assert_allclose(table["df"], theirs["table"]["df"], rtol=1e-4)
    np.testing.assert_allclose(table["p"], theirs["table"]["Pr(>|t|)"], rtol=1e-4)


def test_terms_together():
    ours = fit_mixed(FRAME["y"], model(), FRAME["who"], slope=FRAME["week"]).together([5, 6])
    at = R["anova_names"].index("week:arm")
    theirs = [R["anova"][name][at] for name in ("F value", "NumDF", "DenDF", "Pr(>F)")]
    assert ours.to_list() == pytest.approx(theirs, rel=1e-4)


def test_averages_over_people():
    ours = marginal(FRAME["y"].to_numpy(), model(), FRAME["who"], plain=True)
    theirs = R["gee"]["table"]
    assert list(ours.index) == R["gee"]["names"]
    # statsmodels and geepack divide by different numbers when they estimate the correlation within people.
    np.testing.assert_allclose(ours["estimate"], theirs["Estimate"], rtol=0, atol=2e-3)
    np.testing.assert_allclose(ours["error"], theirs["Std.err"], rtol=1e-2)


def caged() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the animals of R in their cages, and the columns of ``week * arm``."""
    frame = pd.DataFrame(NESTED["frame"])
    other = (frame["arm"] == "b").astype(float)
    week = frame["week"].astype(float)
    return frame, pd.DataFrame({"(Intercept)": 1.0, "week": week, "armb": other, "week:armb": week * other})


@pytest.mark.parametrize("name", ["level", "slopes"])
def test_animals_in_cages(name):
    frame, columns = caged()
    slope = {"slope": frame["week"]} if name == "slopes" else {}
    ours, theirs = fit_mixed(frame["y"], columns, frame["who"], unit=frame["cage"], **slope), NESTED[name]
    table = ours.table()
    assert list(table.index) == theirs["names"]
    for own, other in (("estimate", "Estimate"), ("error", "Std. Error"), ("df", "df"), ("p", "Pr(>|t|)")):
        np.testing.assert_allclose(table[own], theirs["table"][other], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(ours.random, np.atleast_2d(theirs["people"]), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(ours.between, np.atleast_2d(theirs["cages"]), rtol=1e-3, atol=1e-5)
    assert ours.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-5)
    assert (ours.people, ours.units) == (48, 12)


def test_a_course_by_a_design_with_cages_is_that_of_lmer():
    frame = caged()[0].rename(index=str)
    design = design_of(frame, group="arm", person="who", time="week", interactions="arm:week", nested_in="cage")
    found, theirs = course(frame["y"], design, "week"), NESTED["slopes"]
    assert found.model == "slopes"
    place = theirs["names"].index("week:armb")
    row = found.table.loc["arm[b]:week"]
    wanted = [theirs["table"][name][place] for name in ("Estimate", "Std. Error", "df", "Pr(>|t|)")]
    assert row[["estimate", "error", "df", "p"]].to_list() == pytest.approx(wanted, rel=1e-4)
    assert "averages over units of cage (GEE)" in found.others.index.get_level_values("model")


@pytest.mark.parametrize("correlation", [0.0, 0.6])
@pytest.mark.parametrize("slopes", [False, True])
def test_cages_people_and_neighbours_in_time_are_weighed_as_by_the_whole_covariance(correlation, slopes):
    """No peer has all three: they are held against the covariance of all samples, written out and inverted."""
    frame, columns = caged()
    week = frame["week"].to_numpy(dtype=float)
    random = np.column_stack([np.ones(len(frame)), week / 4])[:, : 1 + slopes]
    size = 1 + slopes
    people, cages = (np.array(factor)[:size, :size] for factor in ([[0.8, 0], [0.3, 0.5]], [[0.6, 0], [-0.2, 0.4]]))
    who, cage = pd.factorize(frame["who"])[0], pd.factorize(frame["cage"])[0]
    unit = pd.Series(cage).groupby(who).first().to_numpy()
    together = np.column_stack([columns, frame["y"]])
    products, log_determinant = sums_of(together, random, who, week, unit)(people, cages, correlation)

    whole = correlation ** np.abs(week[:, None] - week) * (who[:, None] == who)
    for codes, factor in ((who, people), (cage, cages)):
        whole += (random @ factor @ factor.T @ random.T) * (codes[:, None] == codes)
    np.testing.assert_allclose(products, together.T @ np.linalg.solve(whole, together), rtol=1e-9, atol=1e-9)
    assert log_determinant == pytest.approx(np.linalg.slogdet(whole)[1], rel=1e-9)


def test_cages_and_neighbours_in_time_fit_at_least_as_well_as_cages_alone():
    """With a correlation of 0 it is lme4's model."""
    frame, columns = caged()
    with_time = fit_mixed(frame["y"], columns, frame["who"], unit=frame["cage"], when=frame["week"])
    assert with_time.log_likelihood >= NESTED["level"]["loglik"] - 1e-6


def test_powers_of_a_number_are_those_of_poly():
    theirs = NESTED["poly"]
    numbers = pd.DataFrame({"x": theirs["x"]})
    ours = make_term([("x", "poly 3")], numbers, {}).block
    np.testing.assert_allclose(ours, theirs["columns"], atol=1e-9)
