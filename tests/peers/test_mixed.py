"""Own levels, own slopes and autocorrelation held against lme4, lmerTest and nlme (mixed.R, mixed.json)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.time.course import marginal
from handbook_utils.analysis.time.mixed import fit_mixed

R = json.loads((Path(__file__).parent / "mixed.json").read_text(encoding="utf-8"))
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
