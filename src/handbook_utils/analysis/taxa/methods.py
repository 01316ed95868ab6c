"""The methods that compare taxa: each takes values and a model whose last column is asked about, and gives one table.

All fold changes are on the logarithm to base 2. A method takes counts (or shares, where it says so), a model with its
constant first, of each sample the person from 0 or nothing, and the seed of its draws.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from skbio.stats.composition import ancombc2, dirmult_ttest

from handbook_utils.analysis.taxa.fits import fit_many
from handbook_utils.analysis.taxa.limma import log_per_million, moderated
from handbook_utils.analysis.taxa.linda import linda, log_ratios, zeros_replaced
from handbook_utils.analysis.taxa.presence import presence
from handbook_utils.analysis.taxa.shifts import shifts
from handbook_utils.errors import InputError

__all__ = ["METHODS", "Method"]

Array = NDArray[np.float64]
Person = NDArray[np.intp] | None


@dataclass(frozen=True)
class Method:
    """What a method compares, and what it takes.

    Attributes
    ----------
    words : str
        What it compares.
    columns : bool
        Whether it takes covariates, numbers and more than two groups; else two groups alone.
    people : bool
        Whether it takes repeated samples of people.
    shares : bool
        Whether it does without counts.
    run : callable
        Takes values, model, people, seed and whether these are counts; gives a row a taxon.
    slow : bool
        Whether it takes a second, and not a hundredth of one.
    p : callable, optional
        Gives the p-values alone, where that is much faster.
    """

    words: str
    columns: bool
    people: bool
    shares: bool
    run: Callable[[Array, Array, Person, int, bool], pd.DataFrame]
    slow: bool = False
    p: Callable[[Array, Array, bool], Array] | None = None


def _of_t(slope: Array, error: Array, free: Array) -> pd.DataFrame:
    width = stats.t.ppf(0.975, free) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * stats.t.sf(np.abs(slope / error), free)
    return pd.DataFrame({"log2_fold": slope, "low": slope - width, "high": slope + width, "p": p})


def _last(model: Array) -> Array:
    return np.asarray(np.eye(model.shape[1])[-1])


def _linda(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    return _of_t(*linda(values, model, person, counts=counts).of(_last(model)))


def _maaslin(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    shares = values / values.sum(axis=1, keepdims=True)
    filled, _ = zeros_replaced(shares, model, person, counts=False)
    return _of_t(*fit_many(np.log2(filled), model, person).of(_last(model)))


def _limma(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    if counts:
        logs = log_per_million(values)
    else:
        logs = np.log2(zeros_replaced(values / values.sum(axis=1, keepdims=True), model, None, counts=False)[0])
    found = moderated(logs, model)
    return _of_t(found.slope, found.error, np.full(len(found.slope), found.free))


def _ranks(values: Array, model: Array) -> pd.DataFrame:
    """Wilcoxon's rank sum test, with the median of all differences and its interval (Hodges and Lehmann)."""
    other = model[:, -1] == 1
    one, two = values[~other], values[other]
    return pd.DataFrame(shifts(one, two), columns=["log2_fold", "low", "high"]).assign(p=_wilcoxon(values, model))


def _wilcoxon(values: Array, model: Array) -> Array:
    other = model[:, -1] == 1
    return np.asarray(stats.mannwhitneyu(values[other], values[~other], axis=0, method="asymptotic").pvalue)


def _filled_ratios(values: Array, model: Array, counts: bool) -> Array:
    return log_ratios(values + 0.5 if counts else zeros_replaced(values, model, None, counts=False)[0])


def _clr_wilcoxon(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    return _ranks(_filled_ratios(values, model, counts), model)


def _clr_wilcoxon_p(values: Array, model: Array, counts: bool) -> Array:
    return _wilcoxon(_filled_ratios(values, model, counts), model)


def _shares_wilcoxon(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    found = _maaslin(values, model[:, [0, -1]], None, seed, counts)
    return found.assign(p=_wilcoxon(values / values.sum(axis=1, keepdims=True), model))


def _presence(values: Array, model: Array, person: Person, seed: int, counts: bool) -> pd.DataFrame:  # noqa: ARG001
    # Deep samples have more of what is rare. Totals of shares say nothing of depth.
    reads = [np.log2(values.sum(axis=1))] if counts else []
    found = presence(values > 0, np.column_stack([model[:, :1], *reads, model[:, 1:]]))
    return pd.DataFrame(found, columns=["log2_fold", "low", "high", "p"])


def _aldex(
    counts: Array,
    model: Array,
    person: Person,  # noqa: ARG001
    seed: int,
    whole: bool,  # noqa: ARG001
) -> pd.DataFrame:
    groups = np.where(model[:, -1] == 1, "other", "reference")
    found = dirmult_ttest(counts, groups, "other", "reference", draws=32, p_adjust="bh", seed=seed)
    return pd.DataFrame(
        {
            "log2_fold": found["Log2(FC)"].to_numpy(),
            "low": found["CI(2.5)"].to_numpy(),
            "high": found["CI(97.5)"].to_numpy(),
            "p": found["pvalue"].to_numpy(),
            "q": found["qvalue"].to_numpy(),
        }
    )


def _named(model: Array) -> pd.DataFrame:
    """Return a model's columns but the first under plain names; the last is ``x``."""
    names = [f"c{number}" for number in range(model.shape[1] - 2)] + ["x"]
    return pd.DataFrame(model[:, 1:], columns=names, index=[f"s{row}" for row in range(len(model))])


def _ancom(
    counts: Array,
    model: Array,
    person: Person,  # noqa: ARG001
    seed: int,  # noqa: ARG001
    whole: bool,  # noqa: ARG001
) -> pd.DataFrame:
    frame = _named(model)
    table = pd.DataFrame(counts, index=frame.index, columns=[f"t{place}" for place in range(counts.shape[1])])
    fits = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # Zeros as missing alone give far too many small p-values on sparse tables. The authors' sensitivity analysis
        # asks that a finding holds with pseudocounts, too: the largest p-value is the one to report.
        for pseudocount in (0.0, 0.5, 1.0):
            try:
                found = ancombc2(table, frame, " + ".join(frame.columns), pseudocount=pseudocount, p_adjust=None).result
            except ValueError as error:
                raise InputError(
                    "ANCOM-BC2 cannot be fitted to these taxa.",
                    where="parameter method",
                    expected="taxa that enough samples of both groups have",
                    found=str(error),
                    remedy="Leave out rarer taxa (raise prevalence), or choose another method.",
                ) from error
            fits.append(found.xs("x", level="Covariate").reindex(table.columns))
    slope, error_of = fits[1]["Log(FC)"].to_numpy() / np.log(2), fits[1]["SE"].to_numpy() / np.log(2)
    width = stats.norm.ppf(0.975) * error_of
    p = np.max([fit["pvalue"].to_numpy() for fit in fits], axis=0)
    return pd.DataFrame({"log2_fold": slope, "low": slope - width, "high": slope + width, "p": p})


def _deseq(
    counts: Array,
    model: Array,
    person: Person,  # noqa: ARG001
    seed: int,  # noqa: ARG001
    whole: bool,  # noqa: ARG001
) -> pd.DataFrame:
    # Imported here: it takes a second, and six methods do without.
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.default_inference import DefaultInference
    from pydeseq2.ds import DeseqStats

    frame = _named(model)
    table = pd.DataFrame(counts.astype(np.int64), index=frame.index)
    table.columns = [f"t{place}" for place in range(counts.shape[1])]
    inference = DefaultInference(n_cpus=1)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        fitted = DeseqDataSet(
            counts=table,
            metadata=frame,
            design="~ " + " + ".join(frame.columns),
            size_factors_fit_type="poscounts",
            inference=inference,
            quiet=True,
        )
        fitted.deseq2()
        tested = DeseqStats(fitted, contrast=np.eye(model.shape[1])[-1], inference=inference, quiet=True)
        tested.summary()
    rows = tested.results_df.reindex(table.columns)
    slope, error = rows["log2FoldChange"].to_numpy(), rows["lfcSE"].to_numpy()
    width = stats.norm.ppf(0.975) * error
    return pd.DataFrame(
        {
            "log2_fold": slope,
            "low": slope - width,
            "high": slope + width,
            "p": rows["pvalue"].to_numpy(),
            "q": rows["padj"].to_numpy(),
        }
    )


#: Methods by name.
METHODS: dict[str, Method] = {
    "linda": Method("centred log-ratios, moved so that the commonest difference is none", True, True, True, _linda),
    "ancom-bc2": Method(
        "logarithms of counts, corrected for the part of each sample that was read; must hold for three pseudocounts",
        True,
        False,
        False,
        _ancom,
        slow=True,
    ),
    "aldex2-like": Method(
        "centred log-ratios, averaged over draws of what the counts may have been", False, False, False, _aldex
    ),
    "clr-wilcoxon": Method("ranks of centred log-ratios", False, False, True, _clr_wilcoxon, p=_clr_wilcoxon_p),
    "deseq2": Method("counts, negative binomial, with size factors", True, False, False, _deseq, slow=True),
    "limma-trend": Method(
        "logarithms of shares, with variances that features learn from each other", True, False, True, _limma
    ),
    "maaslin-like": Method(
        "logarithms of shares, by a linear model (a t-test of two groups)", True, True, True, _maaslin
    ),
    "presence": Method(
        "whether a sample has it at all, beside its reads where they are known; the fold is of odds",
        True,
        False,
        True,
        _presence,
    ),
    "shares-wilcoxon": Method("ranks of shares", False, False, True, _shares_wilcoxon),
}
