"""Firth's regression of presence is the top of the penalised likelihood, found by another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from handbook_utils.analysis.taxa import presence as module
from handbook_utils.analysis.taxa.presence import firth, presence


def by_search(seen: np.ndarray, model: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return estimates, penalised log-likelihood and covariance by a general search."""

    def information(beta: np.ndarray) -> np.ndarray:
        chance = 1 / (1 + np.exp(-model @ beta))
        return model.T @ ((chance * (1 - chance))[:, None] * model)

    def loss(beta: np.ndarray) -> float:
        chance = 1 / (1 + np.exp(-model @ beta))
        return -float(stats.bernoulli.logpmf(seen, chance).sum() + 0.5 * np.linalg.slogdet(information(beta))[1])

    found = optimize.minimize(
        loss, np.zeros(model.shape[1]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    )
    return found.x, -found.fun, np.linalg.inv(information(found.x))


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    model = np.column_stack([np.ones(24), generator.normal(0, 1.5, 24), np.repeat([0.0, 1.0], 12)])
    there = generator.random((24, 4)) < 1 / (1 + np.exp(-(model @ [0.2, 0.8, 0.7])))[:, None]
    there[:, 3] = model[:, 2] == 1  # whoever is in the second group has it, and no one else
    return there, model


def test_estimates_intervals_and_p_are_those_of_a_search(drawn):
    there, model = drawn
    for column, (slope, low, high, p) in enumerate(presence(there, model)):
        estimate, whole, covariance = by_search(there[:, column].astype(float), model)

        # The penalty of the smaller model is that of the whole information, with the last column at 0.
        def without(beta: np.ndarray, column: int = column) -> float:
            given = np.append(beta, 0.0)
            chance = 1 / (1 + np.exp(-model @ given))
            weighed = model.T @ ((chance * (1 - chance))[:, None] * model)
            return -float(stats.bernoulli.logpmf(there[:, column], chance).sum() + 0.5 * np.linalg.slogdet(weighed)[1])

        least = optimize.minimize(
            without, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
        ).fun
        width = stats.norm.ppf(0.975) * np.sqrt(covariance[2, 2])
        expected = np.array([estimate[2], estimate[2] - width, estimate[2] + width]) / np.log(2)
        assert [slope, low, high] == pytest.approx(expected, abs=1e-5)
        assert p == pytest.approx(stats.chi2.sf(2 * (whole + least), 1), rel=1e-5)
        assert firth(there[:, column].astype(float), model) == pytest.approx(estimate, abs=1e-5)


def test_taxa_are_fitted_in_lots_as_at_once_and_what_does_not_vary_is_missing(drawn, monkeypatch):
    there, model = drawn
    there = np.column_stack([np.ones(24, dtype=bool), there, np.zeros(24, dtype=bool)])
    whole = presence(there, model)
    assert np.isnan(whole).all(axis=1).tolist() == [True, False, False, False, False, True]
    sizes = []
    inner = module._firth
    monkeypatch.setattr(module, "_firth", lambda seen, *rest: sizes.append(seen.shape[1]) or inner(seen, *rest))
    monkeypatch.setattr(module, "_AT_ONCE", 40)
    np.testing.assert_allclose(presence(there, model), whole, rtol=1e-9)
    assert max(sizes) * len(there) <= 2 * 40
    assert presence(there[:, :1], model).shape == (1, 4)


def test_numbers_on_any_scale_are_fitted():
    """A unit of a number is as good as another, and far from 0 as near to it."""
    generator = np.random.default_rng(6)
    x = generator.normal(size=40)
    seen = (generator.random(40) < 1 / (1 + np.exp(-2 * x))).astype(float)
    plain = firth(seen, np.column_stack([np.ones(40), x]))
    for unit, start in ((1000.0, 0.0), (0.001, 0.0), (1.0, 30.0)):
        other = firth(seen, np.column_stack([np.ones(40), unit * x + start]))
        assert other[1] * unit == pytest.approx(plain[1], rel=1e-6)
