"""Which method to believe: studies like the reader's, in which it is known what differs.

Samples are drawn from the study with all that goes with them; who is in which group is drawn anew, by the covariates
as far as the groups go with these, so that nothing differs but what covariates do. Then some features are multiplied,
in one group and in the other. Depth is that of the groups. This follows the way of Wirbel and others (2024), Genome
Biology 25:247, doi:10.1186/s13059-024-03390-9: signals put into real profiles, with the confounding of real studies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.terms import factor, never_below_0, undone
from handbook_utils.analysis.taxa.differential import benjamini_hochberg, differential, first_p_values
from handbook_utils.analysis.taxa.presence import firth
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study

__all__ = ["Like", "dealt_anew", "judged", "placed", "tried", "ways_to_report"]

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
#: Of medians of depth: where they differ more often, samples are drawn from the deeper ones, and made shallower.
_UNEVEN = 2.0
#: Fewer units than this are not drawn from.
_FEWEST = 8


@dataclass(frozen=True)
class Like:
    """What studies like this one are drawn from.

    Attributes
    ----------
    values : numpy.ndarray, shape (samples, features)
        Shares of each sample, 0 to 1.
    counts : bool
        Whether reads are drawn from the shares.
    design : Design
        Of the study.
    depth : numpy.ndarray, shape (samples,)
        Reads of each sample.
    units : list of numpy.ndarray
        Places of the samples of each unit that moves as a whole: a person, a cage, or a sample.
    weights : dict of str to numpy.ndarray
        For each group, how likely a unit with its covariates is in it; one entry where there are no groups.
    within : bool
        Whether what is asked about changes within units.
    """

    values: Array
    counts: bool
    design: Design
    depth: Array
    units: list[Rows]
    weights: dict[str, Array]
    within: bool

    @classmethod
    def of(cls, study: Study, design: Design) -> Like:
        """Look at a study and its design.

        Parameters
        ----------
        study : Study
            At least the samples of the design, every one with reads.
        design : Design
            Whose groups, covariates and people simulated studies have.

        Returns
        -------
        Like
            What studies with known answers are simulated from.
        """
        chosen = study.choose_samples(design.samples)
        depth = chosen.depth.to_numpy(dtype=float)
        nests = design.asked["nested_in"] or design.asked["person"]
        codes = pd.factorize(design.frame[nests])[0] if nests else np.arange(design.n)
        units = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
        within = bool(nests) and design.changes_within(design.focus, nests)
        first = np.array([rows[0] for rows in units])
        block = design.block(_others(design)).to_numpy(dtype=float)[first]
        model = np.column_stack([np.ones(len(first)), _apart(block)])
        usable = np.ones(len(units), dtype=bool)
        if design.groups:
            labels = design.labels.to_numpy(dtype=object)
            middles = [float(np.median(depth[labels == name])) for name in design.groups]
            if study.quantity == "counts" and max(middles) > _UNEVEN * min(middles):
                deep = np.array([depth[rows].mean() for rows in units]) >= max(middles) / 2
                usable = deep if deep.sum() >= _FEWEST else usable
            chances = {name: _chance(labels[first] == name, model) for name in design.groups}
        else:
            chances = {"": np.ones(len(units))}
        weights = {name: chance * usable / (chance * usable).sum() for name, chance in chances.items()}
        values = chosen.table.toarray().astype(float)
        shares = values / values.sum(axis=1, keepdims=True)
        return cls(shares, study.quantity == "counts", design, depth, units, weights, within)

    def drawn(self, generator: np.random.Generator, *, changed: int, times: float) -> tuple[Array, Design, Rows]:
        """Draw a study.

        Parameters
        ----------
        generator : numpy.random.Generator
            Of the units, the features that differ, and the reads.
        changed : int
            How many features differ; 0: none.
        times : float
            How often there is as much of them, half of them in the first group of the contrast, half in the other; of
            a number, by two standard deviations.

        Returns
        -------
        values : numpy.ndarray, shape (samples, features)
        design : Design
        changed : numpy.ndarray of int
            Places of the features that differ.
        """
        design, column = self.design, self.design.terms[self.design.focus].columns[0]
        picked, of_units = self._picked(generator)
        rows = np.concatenate([self.units[unit] for unit in picked])
        own = np.repeat(np.arange(len(picked)), [len(self.units[unit]) for unit in picked])
        frame = design.frame.iloc[rows].set_axis([f"s{place}" for place in range(len(rows))])
        for name in ("nested_in", "person"):
            if design.asked[name]:
                frame[design.asked[name]] = [f"u{unit}" for unit in own]
        if of_units is not None:
            labels = np.array(of_units, dtype=object)[own]
        elif self.within:
            labels = design.frame[column].to_numpy(dtype=object)[rows]
            for unit in range(len(picked)):
                labels[own == unit] = generator.permutation(labels[own == unit])
        else:
            labels = self._numbers(picked, generator)[own]
        # A number that is drawn is no whole number any more, and is not cut to one.
        kept = float if labels.dtype == float else design.frame[column].dtype
        frame[column] = pd.Series(labels, index=frame.index).astype(kept)
        made = design_of(frame, **design.asked)
        which = generator.choice(self.values.shape[1], changed, replace=False) if changed else np.array([], np.intp)
        values = self._changed(self.values[rows], made, which, times)
        if self.counts:
            depth = self._depths(design.frame[column].to_numpy(), frame[column].to_numpy(), generator)
            values = generator.multinomial(depth.astype(np.int64), values).astype(float)
        return values, made, which

    def _picked(self, generator: np.random.Generator) -> tuple[Rows, list[str] | None]:
        """Return the units drawn, and the group of each where units are in groups."""
        if self.within or not self.design.groups:
            chances = np.mean([*self.weights.values()], axis=0)
            return generator.choice(len(self.units), len(self.units), p=chances / chances.sum()), None
        groups = self.design.labels.astype(str).to_numpy()
        sizes = {name: sum(groups[rows[0]] == name for rows in self.units) for name in self.design.groups}
        picked = [generator.choice(len(self.units), sizes[name], p=self.weights[name]) for name in sizes]
        return np.concatenate(picked), [name for name, size in sizes.items() for _ in range(size)]

    def _numbers(self, picked: Rows, generator: np.random.Generator) -> Array:
        """Return a number for each unit drawn: what its covariates expect, and a residual drawn anew.

        Both are of the scale on which the number is in the model.
        """
        design = self.design
        first = np.array([rows[0] for rows in self.units])
        own = design.block(design.focus).to_numpy(dtype=float)[first, 0]
        model = np.column_stack([np.ones(len(first)), design.block(_others(design)).to_numpy(dtype=float)[first]])
        expected = model @ np.linalg.lstsq(model, own, rcond=None)[0]
        left = own - expected
        drawn = expected[picked] + generator.choice(left, len(picked))
        wrapper = factor(design.focus, design.terms[design.focus].columns)[1]
        # No number has a root, or a square, below 0. The residual of the unit itself never leads there.
        for at in np.flatnonzero(drawn < 0) if never_below_0(wrapper) else ():
            made = expected[picked[at]] + left
            drawn[at] = generator.choice(made[made > -1e-9])
        return undone(drawn, wrapper)

    def _changed(self, shares: Array, design: Design, which: Rows, times: float) -> Array:
        """Multiply features in samples, and make shares of the outcome again."""
        if not len(which):
            return shares
        if design.groups:
            weights = design.contrasts.iloc[0].to_numpy(dtype=float)
            side = np.sign(weights)[design.codes]
        else:
            number = design.block(design.focus).to_numpy(dtype=float)[:, 0]
            side = (number - number.mean()) / (2 * number.std())
        up = np.arange(len(which)) % 2 == 0
        power = np.where(up, side[:, None], -side[:, None])
        # Of groups, each feature is multiplied on one side alone.
        power = np.maximum(power, 0) if design.groups else power
        made = shares.copy()
        made[:, which] *= times**power
        return np.asarray(made / made.sum(axis=1, keepdims=True))

    def _depths(self, had: npt.NDArray[Any], has: npt.NDArray[Any], generator: np.random.Generator) -> Array:
        """Return a depth for each sample drawn: one that samples of its group have, or those with nearly its number."""
        if self.design.groups:
            labels = pd.Series(has).astype(str).to_numpy()
            of = {name: self.depth[pd.Series(had).astype(str).to_numpy() == name] for name in set(labels)}
            return np.array([generator.choice(of[name]) for name in labels])
        near = np.abs(np.asarray(has, dtype=float)[:, None] - np.asarray(had, dtype=float)).argsort(axis=1)[:, :5]
        return np.asarray(self.depth[near[np.arange(len(near)), generator.integers(near.shape[1], size=len(near))]])


def _others(design: Design) -> list[str]:
    """Return the terms that are not made of what is asked about."""
    column = design.terms[design.focus].columns[0]
    return [name for name in design.beside if column not in design.terms[name].columns]


def _apart(block: Array) -> Array:
    """Return columns that span the same as these, but for a constant, none of which follows from the others."""
    left, size, _ = np.linalg.svd(block - block.mean(axis=0), full_matrices=False)
    known = size > 1e-9 * max(float(size.max(initial=0)), 1e-300)
    return np.asarray(left[:, known])


def _chance(inside: npt.NDArray[np.bool_], model: Array) -> Array:
    """Return how likely each unit is in a group, by its covariates."""
    if model.shape[1] == 1:
        return np.ones(len(inside))
    return np.asarray(1 / (1 + np.exp(-np.clip(model @ firth(inside.astype(float), model), -30, 30))))


def tried(
    like: Like,
    methods: Sequence[str],
    *,
    studies: int,
    rate: float,
    part: float = 0.1,
    times: float = 4.0,
    unadjusted: bool = False,
    seed: int = 1,
) -> pd.DataFrame:
    """Try methods on studies like one, with something to find and without.

    Parameters
    ----------
    like : Like
        What studies are simulated from.
    methods : sequence of str
        Of :data:`~handbook_utils.analysis.taxa.methods.METHODS`; those that take the design.
    studies : int
        With something to find, and as many without.
    rate : float
        False discovery rate asked for.
    part, times : float
        Which part of the features differs (two at least), and how often there is as much of them.
    unadjusted : bool
        Whether the covariates that groups go with are left out of the model that is fitted.
    seed : int
        Of the simulated studies, and of methods that draw.

    Returns
    -------
    pandas.DataFrame
        A row a study and method: ``number``, ``differs``, ``method``, ``found`` (called features that differ),
        ``false`` (called ones that do not), ``changed`` (how many differ), ``small`` (p-values of at most 0.05 among
        those that do not differ), ``same`` (how many do not); ``hits`` and ``truth``, the places of the features that
        were called and that differ.

    Raises
    ------
    InputError
        In no draw has the question an answer.
    """
    changed = max(2, round(part * like.values.shape[1]))
    rows = []
    for number in range(studies):
        for differs in (False, True):
            generator = np.random.default_rng([seed, number, differs])
            try:
                values, design, which = like.drawn(generator, changed=changed * differs, times=times)
            except (InputError, InputErrors):
                continue  # a draw that has no answer, such as one in which a covariate follows from the groups
            if unadjusted:
                design = design_of(design.frame, **{**design.asked, "covariates": ""})
            there = values.sum(axis=0) > 0
            really = np.isin(np.arange(values.shape[1]), which)[there]
            for method in methods:
                p = first_p_values(values[:, there], design, method, counts=like.counts, seed=seed)
                called = benjamini_hochberg(p) <= rate
                rows.append(
                    {
                        "number": number,
                        "differs": differs,
                        "method": method,
                        "found": int((called & really).sum()),
                        "false": int((called & ~really).sum()),
                        "changed": int(really.sum()),
                        "small": int((p[~really] <= 0.05).sum()),
                        "same": int(np.isfinite(p[~really]).sum()),
                        "hits": tuple(np.flatnonzero(there)[called]),
                        "truth": tuple(np.flatnonzero(there)[really]),
                    }
                )
    if {row["differs"] for row in rows} != {True, False}:
        raise InputError(
            "No study like this one could be drawn in which the question has an answer.",
            where="the design",
            expected="people drawn anew, of whom the same can be asked",
            found=f"{like.design.formula} of {len(like.units)} samples or what they lie in",
            remedy="Leave covariates out that few samples tell apart from what is asked about.",
        )
    return pd.DataFrame(rows)


def judged(trials: pd.DataFrame) -> pd.DataFrame:
    """Sum up trials by method.

    Parameters
    ----------
    trials : pandas.DataFrame
        Of :func:`tried`.

    Returns
    -------
    pandas.DataFrame
        By method: ``studies`` (with something to find); in per cent ``false`` (of what was found, where something
        differs) with ``false_error``; ``found`` (of what differs) with ``found_error``; ``any`` (studies without a
        difference in which something was found) with ``any_error``; ``small`` (p-values of at most 0.05 of what
        does not differ). Errors are standard errors over studies.
    """
    of = trials.assign(
        false_part=trials["false"] / (trials["found"] + trials["false"]).clip(lower=1),
        found_part=trials["found"] / trials["changed"].clip(lower=1),
        any_part=(trials["false"] > 0).astype(float),
    )
    real = of[of["differs"]].groupby("method", sort=False)
    null = of[~of["differs"]].groupby("method", sort=False)
    small = null[["small", "same"]].sum()
    return pd.DataFrame(
        {
            "studies": real.size(),
            "false": 100 * real["false_part"].mean(),
            "false_error": 100 * real["false_part"].sem(),
            "found": 100 * real["found_part"].mean(),
            "found_error": 100 * real["found_part"].sem(),
            "any": 100 * null["any_part"].mean(),
            "any_error": 100 * null["any_part"].sem(),
            "small": 100 * small["small"] / small["same"].clip(lower=1),
        }
    )


def placed(trials: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Rank methods by what they find, and say which cannot be told apart.

    All methods are tried on the same simulated studies, so they are compared study by study, which tells more than
    their own intervals do. The first is the one that finds most of those that trials do not show to find too much.

    Parameters
    ----------
    trials : pandas.DataFrame
        Of :func:`tried`: at least ``number``, ``differs``, ``method``, ``found``, ``false``, ``changed``.
    rate : float
        False discovery rate asked for, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        By method, the first on top, per cent with 95 % intervals: ``false`` (of what was found), ``any`` (studies
        without a difference in which something was found; exact intervals, too wide rather than too narrow for
        parts of studies), ``found``; ``behind`` (how much less than the first, study by study, intervals for all pairs
        together); ``place``, in words. Who finds nothing at all is not ranked.

    Examples
    --------
    >>> finds = (("a", 3), ("b", 1), ("c", 3))
    >>> rows = [(n, d, m, d * (f + n % 2 * (m == "a")), 0, 4) for n in range(8) for d in (0, 1) for m, f in finds]
    >>> trials = pd.DataFrame(rows, columns=["number", "differs", "method", "found", "false", "changed"])
    >>> placed(trials, 0.05)["place"].to_dict()
    {'a': 'first', 'c': 'not told from the first', 'b': 'behind'}
    """
    of = trials.assign(
        differs=trials["differs"].astype(bool),
        false_part=trials["false"] / (trials["found"] + trials["false"]).clip(lower=1),
        found_part=trials["found"] / trials["changed"].clip(lower=1),
        any_part=(trials["false"] > 0).astype(float),
    )
    rows = {}
    for name, own in of.groupby("method", sort=False):
        real, null = own[own["differs"]], own[~own["differs"]]
        parts = {"false": real["false_part"], "any": null["any_part"], "found": real["found_part"]}
        rows[str(name)] = {"studies": float(len(real))} | {
            f"{what}{end}": value
            for what, part in parts.items()
            for end, value in zip(("", "_low", "_high"), _mean_of_parts(part), strict=True)
        }
    made = pd.DataFrame(rows).T
    fair = made[(made["false_low"] <= 100 * rate) & (made["any_low"] <= 100 * rate)].index
    nothing = made["found"] == 0
    made["place"] = np.where(made.index.isin(fair), "finds nothing", "finds too much")
    fair = fair[~nothing[fair]]
    made[["behind", "behind_low", "behind_high"]] = np.nan
    if len(fair):
        first = made.loc[fair, "found"].idxmax()
        each = of[of["differs"]].pivot(index="number", columns="method", values="found_part")
        pairs = max(1, len(fair) * (len(fair) - 1) // 2)
        for name in fair:
            apart = 100 * (each[first] - each[name]).dropna()
            width = stats.t.ppf(1 - 0.025 / pairs, max(len(apart) - 1, 1)) * float(
                apart.sem() if len(apart) > 1 else np.inf
            )
            middle = float(apart.mean())
            made.loc[name, ["behind", "behind_low", "behind_high"]] = [middle, middle - width, middle + width]
            made.loc[name, "place"] = "behind" if middle - width > 0 else "not told from the first"
        made.loc[first, "place"] = "first"
    order = ["first", "not told from the first", "behind", "finds nothing", "finds too much"]
    return (
        made.assign(order=made["place"].map(order.index))
        .sort_values(["order", "found"], ascending=[True, False])
        .drop(columns="order")
    )


def _mean_of_parts(parts: pd.Series) -> tuple[float, float, float]:
    """Return the mean of parts of studies in per cent, with the exact 95 % interval of a share of so many studies."""
    low, high = proportion_confint(float(parts.sum()), len(parts), method="beta")
    return 100 * float(parts.mean()), 100 * float(low), 100 * float(high)


def ways_to_report(trials: pd.DataFrame) -> pd.DataFrame:
    """Compare reporting what any method finds with one that was chosen beforehand, in trials of several methods.

    Parameters
    ----------
    trials : pandas.DataFrame
        Of :func:`tried`.

    Returns
    -------
    pandas.DataFrame
        By way: ``false discoveries (%)`` and ``found of what differs (%)``.
    """
    real = trials[trials["differs"]]
    number = real["method"].nunique()
    rules = {"wrong: found by any method": 1, "found by half of the methods": (number + 1) // 2}
    ways: dict[str, Sequence[float]] = {}
    for label, least in [*rules.items(), ("found by all methods", number)]:
        parts = []
        for _, rows in real.groupby("number"):
            counted = pd.Series([hit for hits in rows["hits"] for hit in hits], dtype=object).value_counts()
            kept, known = set(counted.index[counted >= least]), set(rows["truth"].iloc[0])
            parts.append((len(kept - known) / max(len(kept), 1), len(kept & known) / len(known)))
        ways[label] = list(100 * np.mean(parts, axis=0))
    chosen = judged(trials).to_dict("index")["linda"]
    ways["right: LinDA, chosen beforehand"] = [chosen["false"], chosen["found"]]
    return pd.DataFrame(ways, index=["false discoveries (%)", "found of what differs (%)"]).T.rename_axis("way")


def dealt_anew(study: Study, column: str, times: int, seed: int) -> list[int]:
    """Deal the groups of a column out anew, by lot, and count what LinDA finds in each deal.

    Parameters
    ----------
    study : Study
        Counts.
    column : str
        Of two groups.
    times, seed : int
        How many deals, and the seed of them.

    Returns
    -------
    list of int
        Features found, of each deal.
    """
    generator = np.random.default_rng(seed)
    some = []
    for _ in range(times):
        dealt = pd.DataFrame({column: generator.permutation(study.column(column).to_numpy())}, index=study.samples)
        found = differential(study.with_metadata(dealt), design_of(dealt, group=column), method="linda")
        some.append(int((found["q"] <= 0.05).sum()))
    return some
