"""Linear mixed models by restricted maximum likelihood: own levels, own slopes, and neighbours in time that are alike.

statsmodels fits a random level and slopes, but has no autocorrelation, no degrees of freedom, and calls some fits
converged that have no likelihood; so this small part is written here. The variances are parametrised as in lme4 (the
Cholesky factor of the random effects' covariance relative to the residual variance; Bates and others 2015, Journal of
Statistical Software 67:1), and the degrees of freedom are Satterthwaite's as in lmerTest (Kuznetsova and others 2017,
Journal of Statistical Software 82:13). tests/peers holds all of it against lme4, lmerTest and nlme.

Kenward and Roger's degrees of freedom (1997, Biometrics 53:983), which widen standard errors, too, are not here: they
need derivatives of the whole covariance of the samples, and pbkrtest has none for a model with autocorrelation. What
they would change is in the careful direction: tests/peers/kenward.R has both on the bundled infants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, optimize, stats

from handbook_utils.analysis.time.likelihood import sums_of
from handbook_utils.errors import InputError

__all__ = ["MixedFit", "fit_mixed"]

Array = npt.NDArray[np.float64]
#: Eigenvalues of the Hessian below this say nothing of the variances (they lie at the edge of what is possible).
_FLAT = 1e-8
#: Autocorrelations between which the likelihood can be followed to both sides.
_INSIDE = (1e-3, 0.99)


@dataclass(frozen=True)
class MixedFit:
    """A fitted linear mixed model.

    Attributes
    ----------
    estimate : pandas.Series
        Coefficients, by column of the model.
    covariance : numpy.ndarray, shape (columns, columns)
        Of the estimates.
    random : numpy.ndarray, shape (effects, effects)
        Covariance of the random effects between people.
    between : numpy.ndarray, shape (effects, effects)
        The same between the units that people lie in; 0 by 0 where none were given.
    residual : float
        Residual variance.
    correlation : float
        Of two residuals of one person one unit of time apart; missing where it is not in the model.
    log_likelihood : float
        Restricted log-likelihood.
    samples, people, units : int
        How many were used; no units where none were given.
    """

    estimate: pd.Series
    covariance: Array
    random: Array
    between: Array
    residual: float
    correlation: float
    log_likelihood: float
    samples: int
    people: int
    units: int
    _gradients: Array = field(repr=False)
    _variance: Array = field(repr=False)

    def freedom(self, contrast: npt.ArrayLike) -> float:
        """Return Satterthwaite's degrees of freedom of one contrast of the coefficients.

        Parameters
        ----------
        contrast : array_like of float, shape (columns,)
            Weights of the coefficients.

        Returns
        -------
        float
            Samples less coefficients where the variance is known exactly.
        """
        row = np.asarray(contrast, dtype=float)
        spread = float(row @ self.covariance @ row)
        gradient = np.einsum("i,kij,j->k", row, self._gradients, row)
        unsure = float(gradient @ self._variance @ gradient)
        return 2 * spread**2 / unsure if unsure > 0 else float(self.samples - len(self.estimate))

    def contrast(self, contrast: npt.ArrayLike, confidence: float = 0.95) -> pd.Series:
        """Return estimate, error, degrees of freedom, interval and p of one contrast of the coefficients.

        Parameters
        ----------
        contrast : array_like of float, shape (columns,)
            Weights of the coefficients.
        confidence : float
            Of the interval, between 0 and 1.

        Returns
        -------
        pandas.Series
            ``estimate``, ``error``, ``df``, ``low``, ``high``, ``p`` (two-sided).
        """
        row = np.asarray(contrast, dtype=float)
        middle, error = float(row @ self.estimate.to_numpy()), float(np.sqrt(row @ self.covariance @ row))
        free = self.freedom(row)
        width = float(stats.t.ppf(0.5 + confidence / 2, free)) * error
        p = 2 * float(stats.t.sf(abs(middle / error), free))
        values = (middle, error, free, middle - width, middle + width, p)
        return pd.Series(values, index=["estimate", "error", "df", "low", "high", "p"])

    def table(self, confidence: float = 0.95) -> pd.DataFrame:
        """Return a row a coefficient: estimate, error, df, low, high, p.

        Parameters
        ----------
        confidence : float
            Of the intervals, between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            As of :meth:`contrast`, by name of the coefficient.
        """
        rows = [self.contrast(row, confidence) for row in np.eye(len(self.estimate))]
        return pd.DataFrame(rows, index=self.estimate.index)

    def together(self, columns: Sequence[int]) -> pd.Series:
        """Test several coefficients together: F, df1, df2 (Satterthwaite's, after Fai and Cornelius 1996), p.

        Parameters
        ----------
        columns : sequence of int
            Places of the coefficients.

        Returns
        -------
        pandas.Series
            Of the test that all are 0.
        """
        rows = np.eye(len(self.estimate))[list(columns)]
        values, vectors = np.linalg.eigh(rows @ self.covariance @ rows.T)
        apart = vectors.T @ rows
        squares = (apart @ self.estimate.to_numpy()) ** 2 / values
        free = np.array([self.freedom(row) for row in apart])
        f = float(squares.mean())
        if len(columns) == 1:
            second = float(free[0])
        elif (free <= 2).any():
            second = 2.0
        else:
            expected = float((free / (free - 2)).sum())
            second = 2 * expected / (expected - len(columns))
        p = float(stats.f.sf(f, len(columns), second))
        return pd.Series({"F": f, "df1": float(len(columns)), "df2": second, "p": p})


def _solved(products: Array) -> tuple[Array, Array, float, float]:
    """Return estimates, the inverse of the model's part, the residual sum of squares, and its log-determinant."""
    model, right = products[:-1, :-1], products[:-1, -1]
    root = linalg.cho_factor(model, lower=True)
    estimate = linalg.cho_solve(root, right)
    inverse = linalg.cho_solve(root, np.eye(len(right)))
    squares = float(products[-1, -1] - right @ estimate)
    return estimate, inverse, squares, 2 * float(np.log(np.diag(root[0])).sum())


def fit_mixed(
    values: npt.ArrayLike,
    model: pd.DataFrame,
    person: npt.ArrayLike,
    *,
    slope: npt.ArrayLike | None = None,
    when: npt.ArrayLike | None = None,
    unit: npt.ArrayLike | None = None,
) -> MixedFit:
    """Fit a linear model in which people have a level, and may have a slope, of their own; and so may what they lie in.

    Parameters
    ----------
    values : array of float, shape (samples,)
        What is explained.
    model : pandas.DataFrame, shape (samples, columns)
        The fixed part, with its constant.
    person : array, shape (samples,)
        Whose sample it is.
    slope : array of float, shape (samples,), optional
        What each person has a slope of their own along, beside their level; correlated with it.
    when : array of float, shape (samples,), optional
        Time of the samples. Given, residuals of one person correlate by a power of the time between them
        (continuous autoregression of order 1, as nlme's ``corCAR1``).
    unit : array, shape (samples,), optional
        What the person of each sample lies in: a cage or a centre, which then has a level (and slope) of its own, too.

    Returns
    -------
    MixedFit

    Raises
    ------
    InputError
        Fewer than three people (or units), a person in two units, nobody with two samples, too few samples for own
        slopes, columns that say the same, or values that leave nothing to fit.

    Examples
    --------
    >>> model = pd.DataFrame({"1": 1.0, "week": [0.0, 1, 2] * 4})
    >>> fit = fit_mixed([1, 2.1, 3, 4, 4.9, 6.2, 0, 1.2, 2, 2, 2.8, 4.1], model, list("aaabbbcccddd"))
    >>> fit.table().loc["week", ["estimate", "df"]].round(2).to_list()
    [1.04, 7.0]
    """
    y, x = np.asarray(values, dtype=float), model.to_numpy(dtype=float)
    who, names = pd.factorize(np.asarray(person))
    random = np.ones((len(y), 1))
    scale = np.eye(1)
    if slope is not None:
        along = np.asarray(slope, dtype=float)
        middle, spread = along.mean(), along.std() or 1.0
        random = np.column_stack([random, (along - middle) / spread])
        scale = np.array([[1, -middle / spread], [0, 1 / spread]])
    _check(y, x, len(names), random, model)
    together = np.column_stack([x, y])
    moments = None if when is None else np.asarray(when, dtype=float)
    if moments is not None and pd.DataFrame({"who": who, "when": moments}).duplicated().any():
        raise InputError(
            "A person has two samples at one time, which a model of neighbours in time cannot hold.",
            expected="each time of a person once",
            remedy="Keep one of them, or leave the autocorrelation out.",
        )
    units = None if unit is None else _units_of_people(np.asarray(unit), who)
    gap = 1.0 if moments is None else _usual_gap(moments, who)
    sums = sums_of(together, random, who, None if moments is None else moments / gap, units)
    effects = random.shape[1]
    lower = np.tril_indices(effects)
    count, free = len(lower[0]), len(y) - x.shape[1]

    def factor_of(parameters: Array) -> Array:
        factor = np.zeros((effects, effects))
        factor[lower] = parameters
        return factor

    def parts(parameters: Array) -> tuple[Array, float]:
        outer = None if units is None else factor_of(parameters[count : 2 * count])
        return sums(factor_of(parameters[:count]), outer, 0.0 if moments is None else float(parameters[-1]))

    def deviance(parameters: Array) -> float:
        try:
            products, log_determinant = parts(parameters)
            # Of the cross-products' own root the last corner is what the model leaves, and the rest is the model's.
            logs = 2 * np.log(np.linalg.cholesky(products).diagonal())
        except np.linalg.LinAlgError:
            return 1e12
        return float(free * logs[-1] + log_determinant + logs[:-1].sum())

    found = _least(deviance, effects, when is not None, units is not None)
    products, log_determinant = parts(found)
    estimate, inverse, squares, model_determinant = _solved(products)
    residual = squares / free
    if when is not None and not _INSIDE[0] < found[-1] < _INSIDE[1]:
        # No autocorrelation, or nothing else: an edge, at which the likelihood has no slope to both sides.
        gradients, variance = _unsure(lambda some: parts(np.append(some, found[-1])), found[:-1], residual, free)
    else:
        gradients, variance = _unsure(parts, found, residual, free)

    def covariance(factor: Array) -> Array:
        return np.asarray(residual * scale @ factor @ factor.T @ scale.T)

    likelihood = -0.5 * (free * (1 + np.log(2 * np.pi * residual)) + log_determinant + model_determinant)
    return MixedFit(
        pd.Series(estimate, index=model.columns),
        residual * inverse,
        covariance(factor_of(found[:count])),
        np.empty((0, 0)) if units is None else covariance(factor_of(found[count : 2 * count])),
        residual,
        float(found[-1] ** (1 / gap)) if when is not None else float("nan"),
        float(likelihood),
        len(y),
        len(names),
        0 if units is None else int(units.max()) + 1,
        gradients,
        variance,
    )


def _units_of_people(unit: npt.NDArray[np.generic], who: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the number of the unit of each person."""
    codes, names = pd.factorize(unit)
    several = pd.Series(codes).groupby(who).nunique()
    if len(names) < 3 or (several > 1).any():
        raise InputError(
            "What people lie in can have levels of its own only where it is three or more, and each person is in one.",
            where="parameter nested_in",
            expected="three units or more, and every person in one",
            found=f"{len(names)} units; {int((several > 1).sum())} people in more than one",
            remedy='Give two or three of them in strata instead, with nested_in "".',
        )
    return np.asarray(pd.Series(codes).groupby(who).first(), dtype=np.intp)


def _usual_gap(when: Array, who: npt.NDArray[np.intp]) -> float:
    """Return the median time between samples of one person that follow each other, as the unit of time."""
    order = np.lexsort([when, who])
    return float(np.median(np.diff(when[order])[np.diff(who[order]) == 0]))


def _check(y: Array, x: Array, people: int, random: Array, model: pd.DataFrame) -> None:
    if people < 3 or len(y) <= people * random.shape[1]:
        raise InputError(
            "A mixed model needs several samples of several people.",
            where=f"columns {', '.join(map(str, model.columns))}",
            expected=f"three people or more, and more than {random.shape[1]} samples a person over all",
            found=f"{len(y)} samples of {people} people",
            remedy="Leave out the slopes of people's own, or compare one value a person.",
        )
    if np.linalg.matrix_rank(x) < x.shape[1] or len(y) <= x.shape[1]:
        raise InputError(
            "Columns of the model say the same.",
            where=f"columns {', '.join(map(str, model.columns))}",
            expected="columns that cannot be made of the others",
            found=f"{x.shape[1]} columns that hold {np.linalg.matrix_rank(x)}",
            remedy="Leave one of them out.",
        )
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    if not np.isfinite(y).all() or (left**2).sum() <= 1e-20 * max((y**2).sum(), 1e-300):
        raise InputError(
            "The mixed model has no finite fit.",
            expected="values that the columns do not explain completely",
            remedy="Look whether the values are all alike, or missing.",
        )


def _least(deviance: Callable[[Array], float], effects: int, correlated: bool, nested: bool) -> Array:
    """Return the variances' parameters at the least deviance: from several starts, and then polished."""
    count = effects * (effects + 1) // 2
    diagonal = [0, 2][:effects]
    if nested:
        diagonal, count = diagonal + [count + place for place in diagonal], 2 * count
    bounds: list[tuple[float | None, float | None]] = [
        (0.0, None) if place in diagonal else (None, None) for place in range(count)
    ]
    bounds += [(0.0, 1 - 1e-6)] if correlated else []
    found = []
    for start in (1.0, 0.2):
        first = np.array([start if place in diagonal else 0.0 for place in range(count)] + [0.3] * correlated)
        found.append(optimize.minimize(deviance, first, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}))
    best = min(found, key=lambda made: float(made.fun))
    # Corners beyond a bound are reflected by scipy.
    corners = np.vstack([best.x, best.x + 1e-3 * np.eye(len(best.x))])
    polish = {"xatol": 1e-7, "fatol": 1e-11, "maxiter": 2000, "initial_simplex": corners}
    polished = optimize.minimize(deviance, best.x, method="Nelder-Mead", bounds=bounds, options=polish)
    return np.asarray(min(polished, best, key=lambda made: float(made.fun)).x, dtype=float)


def _unsure(
    parts: Callable[[Array], tuple[Array, float]], found: Array, residual: float, free: int
) -> tuple[Array, Array]:
    """Return how the estimates' covariance changes with the variances' parameters, and how unsure these are.

    The parameters are those of ``found`` and the residual standard deviation; the covariance of the parameters is twice
    the inverse of the Hessian of the deviance, in the directions in which it is curved.
    """
    start = np.append(found, np.sqrt(residual))

    def deviance(parameters: Array) -> float:
        products, log_determinant = parts(parameters[:-1])
        _, _, squares, model_determinant = _solved(products)
        return float(
            2 * free * np.log(parameters[-1]) + squares / parameters[-1] ** 2 + log_determinant + model_determinant
        )

    def covariance(parameters: Array) -> Array:
        return np.asarray(parameters[-1] ** 2 * _solved(parts(parameters[:-1])[0])[1])

    size = len(start)
    steps = 1e-3 * np.maximum(np.abs(start), 0.05)
    steps[-1] = 1e-3 * start[-1]

    def second(scale: float) -> Array:
        step = np.diag(scale * steps)
        made = np.empty((size, size))
        middle = deviance(start)
        for i in range(size):
            made[i, i] = (deviance(start + step[i]) - 2 * middle + deviance(start - step[i])) / step[i, i] ** 2
            for j in range(i):
                corners = [
                    deviance(start + one * step[i] + two * step[j]) * one * two for one in (1, -1) for two in (1, -1)
                ]
                made[i, j] = made[j, i] = sum(corners) / (4 * step[i, i] * step[j, j])
        return made

    # Richardson's extrapolation: the error of the differences falls with the fourth power of the step.
    hessian = (4 * second(1.0) - second(2.0)) / 3

    def first(scale: float, place: int) -> Array:
        step = np.zeros(size)
        step[place] = scale * steps[place]
        return np.asarray((covariance(start + step) - covariance(start - step)) / (2 * step[place]))

    gradients = np.array([(4 * first(1.0, place) - first(2.0, place)) / 3 for place in range(size)])
    values, vectors = np.linalg.eigh(hessian)
    curved = values > _FLAT
    variance = 2 * (vectors[:, curved] / values[curved]) @ vectors[:, curved].T
    return gradients, np.asarray(variance)
