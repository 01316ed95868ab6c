"""Which taxa differ between two groups: six methods with one table of results.

Reads are a sample of a composition: one taxon that grows makes all others look smaller. The methods differ in what they
do about that, about zeros, and about covariates. All fold changes here are on the logarithm to base 2.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats
from skbio.stats.composition import ancombc2, clr, dirmult_ttest
from statsmodels.stats.multitest import multipletests

from handbook_utils.analysis.distance.permanova import columns_of
from handbook_utils.errors import InputError, listed, nearest
from handbook_utils.study import Study

__all__ = ["METHODS", "benjamini_hochberg", "differential", "mode_of"]

Array = NDArray[np.float64]

#: Methods by name: what each compares, and whether it takes covariates.
METHODS: dict[str, tuple[str, bool]] = {
    "ancom-bc2": (
        "logarithms of counts, corrected for the share of each sample that was read; must hold for three pseudocounts",
        True,
    ),
    "linda": ("centred log-ratios, moved so that the commonest difference is none", True),
    "aldex2-like": ("centred log-ratios, averaged over draws of what the counts may have been", False),
    "clr-wilcoxon": ("ranks of centred log-ratios", False),
    "deseq2": ("counts, negative binomial, with size factors", True),
    "maaslin-like": ("logarithms of relative abundances", True),
    "shares-wilcoxon": ("ranks of relative abundances, as if they were not shares of one whole", False),
}


def benjamini_hochberg(p: Array) -> Array:
    """Return p-values corrected for their number; those that are missing stay missing and do not count.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, np.nan, 0.04])).round(3).tolist()
    [0.02, nan, 0.04]

    References
    ----------
    Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
    """
    corrected = np.full(len(p), np.nan)
    known = np.isfinite(p)
    if known.any():
        corrected[known] = multipletests(p[known], method="fdr_bh")[1]
    return corrected


def mode_of(values: Array) -> float:
    """Return where numbers are densest: the highest point of a Gaussian kernel density.

    Parameters
    ----------
    values : array of float
        Two or more. The bandwidth is Silverman's (R's ``bw.nrd0``).

    Examples
    --------
    >>> round(mode_of(np.array([-0.1, 0.0, 0.1, 0.05, 3.0, 4.0])), 2)
    0.03
    """
    quartiles = np.subtract(*np.quantile(values, [0.75, 0.25]))
    spread = np.std(values, ddof=1)
    width = 0.9 * (min(spread, quartiles / 1.34) or spread or 1.0) * len(values) ** -0.2

    def depth(place: float | Array) -> Array:
        return -np.asarray(np.exp(-0.5 * ((values[:, np.newaxis] - place) / width) ** 2).sum(axis=0))

    # A grid first, since a density has several tops.
    grid = np.linspace(values.min() - width, values.max() + width, 1024)
    top = grid[np.argmin(depth(grid))]
    step = grid[1] - grid[0]
    return float(
        optimize.minimize_scalar(
            lambda place: float(depth(place)[0]), bounds=(top - step, top + step), options={"xatol": 1e-10}
        ).x
    )


def _least_squares(values: Array, model: Array) -> tuple[Array, Array, int]:
    """Return slope and standard error of the last column of a model, for each column of values."""
    free = len(model) - model.shape[1]
    inverse = np.linalg.inv(model.T @ model)
    estimate = inverse @ model.T @ values
    spread = np.sqrt(((values - model @ estimate) ** 2).sum(axis=0) / free)
    return estimate[-1], spread * np.sqrt(inverse[-1, -1]), free


def _of_t(slope: Array, error: Array, free: int) -> pd.DataFrame:
    width = stats.t.ppf(0.975, free) * error
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * stats.t.sf(np.abs(slope / error), free)
    return pd.DataFrame({"log2_fold": slope, "low": slope - width, "high": slope + width, "p": p})


def _linda(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
    slope, error, free = _least_squares(clr(counts + 0.5) / np.log(2), model)
    return _of_t(slope - mode_of(slope), error, free)


def _maaslin(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
    shares = counts / counts.sum(axis=1, keepdims=True)
    least = np.where(shares > 0, shares, np.inf).min(axis=0)
    slope, error, free = _least_squares(np.log2(np.where(shares > 0, shares, least / 2)), model)
    return _of_t(slope, error, free)


def _ranks(values: Array, model: Array) -> pd.DataFrame:
    """Wilcoxon's rank sum test, with the median of all differences and its interval (Hodges and Lehmann)."""
    other = model[:, -1] == 1
    one, two = values[~other], values[other]
    sizes = len(one) * len(two)
    apart = np.sort((two[:, None, :] - one[None, :, :]).reshape(sizes, -1), axis=0)
    cut = int(sizes / 2 - stats.norm.ppf(0.975) * np.sqrt(sizes * (len(values) + 1) / 12))
    cut = min(max(cut, 0), sizes - 1)
    p = stats.mannwhitneyu(two, one, axis=0, method="asymptotic").pvalue
    return pd.DataFrame(
        {"log2_fold": np.median(apart, axis=0), "low": apart[cut], "high": apart[sizes - 1 - cut], "p": p}
    )


def _clr_wilcoxon(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
    return _ranks(clr(counts + 0.5) / np.log(2), model)


def _shares_wilcoxon(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
    found = _maaslin(counts, model[:, [0, -1]], 0)
    return found.assign(p=_ranks(counts / counts.sum(axis=1, keepdims=True), model)["p"].to_numpy())


def _aldex(counts: Array, model: Array, seed: int) -> pd.DataFrame:
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


def _ancom(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
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


def _deseq(counts: Array, model: Array, seed: int) -> pd.DataFrame:  # noqa: ARG001
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


_DONE_BY: dict[str, Callable[[Array, Array, int], pd.DataFrame]] = {
    "ancom-bc2": _ancom,
    "linda": _linda,
    "aldex2-like": _aldex,
    "clr-wilcoxon": _clr_wilcoxon,
    "deseq2": _deseq,
    "maaslin-like": _maaslin,
    "shares-wilcoxon": _shares_wilcoxon,
}


def differential(
    study: Study,
    group: str,
    *,
    method: str,
    other: str,
    reference: str,
    covariates: Sequence[str] = (),
    seed: int = 1,
) -> pd.DataFrame:
    """Compare every taxon between two groups.

    Where nothing differs, 5 % of p-values should be at most 0.05. On counts drawn from the method's own model
    ``deseq2`` does that, and ``aldex2-like`` where samples have 20,000 reads or more; with 500 to 2,000 reads it gives
    about 1 %. ``ancom-bc2`` gives about 1 %, since it adds the variance of its correction to that of each taxon. On
    real people put into groups by lot the others hold 5 %; those two do not reach it. A method below its level misses
    more of what is there (tests/unit/test_differential.py).

    Parameters
    ----------
    study : Study
        Counts, one sample a person; rare taxa are left out beforehand. Samples of further groups, and samples without
        a value of a covariate, are not used.
    group : str
        Metadata column of the groups.
    method : str
        One of ``METHODS``. ``ancom-bc2`` gives the fold change with a pseudocount of a half, and the largest of the
        p-values with zeros missing and with pseudocounts of a half and one; ``aldex2-like`` draws 32 times;
        ``clr-wilcoxon`` and ``linda`` add half a read to every count; ``maaslin-like`` replaces zeros by half of the
        least share of the taxon.
    other, reference : str
        The groups; fold changes are of the first over the second.
    covariates : sequence of str
        Metadata columns adjusted for, by methods that can.
    seed : int
        Of the draws of ``aldex2-like``.

    Returns
    -------
    pandas.DataFrame
        A row a taxon: ``log2_fold``, ``low``, ``high`` (95 %), ``p``, ``q`` (Benjamini and Hochberg). What a method
        could not estimate is missing.

    Raises
    ------
    InputError
        A method that is not there or does not take covariates, groups with fewer than three samples, covariates that
        tell the groups apart completely.

    References
    ----------
    Lin and Peddada 2024, Nature Methods 21:83 (ANCOM-BC2, by scikit-bio); Zhou and others 2022, Genome Biology 23:95
    (LinDA; here with a pseudocount always, Silverman's bandwidth, and no trimming of outliers); Fernandes and others
    2014, Microbiome 2:15 (ALDEx2, by scikit-bio); Love and others 2014, Genome Biology 15:550 (DESeq2, by pydeseq2);
    Mallick and others 2021, PLoS Computational Biology 17:e1009442 (MaAsLin 2; here its linear model without random
    effects).

    Examples
    --------
    >>> counts = {"a": [9, 8, 7, 70, 80, 90], "b": [50, 60, 70, 55, 60, 65], "c": [70, 60, 50, 60, 55, 65]}
    >>> counts = pd.DataFrame(counts, index=[f"s{row}" for row in range(6)])
    >>> arms = pd.DataFrame({"arm": list("nnnyyy")}, index=counts.index)
    >>> found = differential(Study.from_frame(counts, arms), "arm", method="linda", other="y", reference="n")
    >>> found["log2_fold"].round(1).to_dict()
    {'a': 3.2, 'b': -0.0, 'c': -0.0}
    """
    if method not in METHODS:
        raise InputError(
            f"There is no method '{method}'.",
            where="parameter method",
            expected=f"one of {listed(sorted(METHODS), most=10)}",
            found=method,
            remedy=nearest(method, sorted(METHODS)),
        )
    if covariates and not METHODS[method][1]:
        raise InputError(f"The method '{method}' takes no covariates.", where="parameter covariates")
    words = study.column(group).astype(str)
    complete = study.metadata[list(covariates)].notna().all(axis=1) & study.column(group).notna()
    chosen = study.choose_samples(list(study.samples[(words.isin([other, reference]) & complete).to_numpy()]))
    flag = (chosen.column(group).astype(str) == other).to_numpy()
    if min(flag.sum(), (~flag).sum()) < 3:
        raise InputError(
            "A group is too small.",
            where=f"sample metadata, column {group}",
            expected=f"three samples or more of '{other}' and of '{reference}'",
            found=f"{flag.sum()} and {(~flag).sum()}",
        )
    columns = [np.ones((len(flag), 1)), *(columns_of(chosen.metadata[name]) for name in covariates)]
    model = np.hstack([*columns, flag.astype(float)[:, None]])
    if np.linalg.matrix_rank(model) < model.shape[1] or len(model) <= model.shape[1]:
        raise InputError(
            "The groups cannot be told from the covariates.",
            where="parameters group and covariates",
            expected="groups that share values of each covariate",
            found=listed(list(covariates)),
            remedy="Leave a covariate out.",
        )
    # Taxa that nobody here has cannot be compared.
    counts = chosen.table.toarray().astype(float)
    present = counts.sum(axis=0) > 0
    found = _DONE_BY[method](counts[:, present], model, seed)
    if "q" not in found:
        found["q"] = benjamini_hochberg(found["p"].to_numpy())
    found.index = pd.Index([str(name) for name in study.features[present]], name="taxon")
    return found
