"""Which taxa differ, beside what else, in one table whatever the method and the design.

Reads are a sample of a composition: one taxon that grows makes all others look smaller. The methods differ in what they
do about that, about zeros, and about covariates (:mod:`handbook_utils.analysis.taxa.methods`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.taxa.methods import METHODS, Method
from handbook_utils.errors import InputError, listed, nearest
from handbook_utils.study import Study

__all__ = ["METHODS", "benjamini_hochberg", "calls_too_much", "differential", "first_p_values", "usable_methods"]

Array = NDArray[np.float64]
#: Where the smaller group has fewer people than this, and the largest this many times as many, LinDA calls too much.
_FEW, _UNEVEN = 15, 4
#: Methods that the page of error rates shows to call too often in equal groups, too.
_TOO_OFTEN = {"linda": "LinDA", "deseq2": "DESeq2"}
#: A p-value of presence up to which a taxon that nobody of a group has is called absent there, and not unseen.
_ABSENT = 0.05


def benjamini_hochberg(p: Array) -> Array:
    """Return p-values corrected for their number; those that are missing stay missing and do not count.

    Parameters
    ----------
    p : numpy.ndarray, shape (features,)
        0 to 1, or missing.

    Returns
    -------
    numpy.ndarray, shape (features,)
        Values of q.

    References
    ----------
    Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, np.nan, 0.04])).round(3).tolist()
    [0.02, nan, 0.04]
    """
    corrected = np.full(len(p), np.nan)
    known = np.isfinite(p)
    if known.any():
        corrected[known] = multipletests(p[known], method="fdr_bh")[1]
    return corrected


@dataclass(frozen=True)
class _Question:
    """One contrast: its weights of the model's columns, and its groups, the one with most weight first."""

    name: str
    weights: Array
    groups: tuple[str, ...]


def calls_too_much(method: str, design: Design) -> str | None:
    """Say where a method is known to call features that do not differ, by the page of error rates.

    Parameters
    ----------
    method : str
        A name of :data:`METHODS`.
    design : Design
        Its groups' sizes are looked at.

    Returns
    -------
    str or None
        One sentence without its end; None where nothing is known against it.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> design = design_of(pd.DataFrame({"arm": ["a"] * 8 + ["b"] * 60}), group="arm")
    >>> calls_too_much("linda", design)[:72], calls_too_much("presence", design)
    ('In simulated studies without any difference LinDA calls something more o', None)
    """
    if method not in _TOO_OFTEN:
        return None
    told = f"In simulated studies without any difference {_TOO_OFTEN[method]} calls something more often than asked"
    if method == "linda" and design.groups:
        people = design.sizes["people"]
        if people.min() < _FEW and people.max() >= _UNEVEN * people.min():
            told += f", most of all where groups are as uneven as {people.min()} and {people.max()}"
    return f"{told} (the page of error rates says how often), so believe first what another method calls as well"


def differential(study: Study, design: Design, *, method: str, seed: int = 1, only: str = "") -> pd.DataFrame:
    """Compare every taxon by a design.

    Where nothing differs, 5 % of p-values should be at most 0.05. On counts drawn from the method's own model
    ``deseq2`` does that, and ``aldex2-like`` where samples have 20,000 reads or more; with 500 to 2,000 reads it gives
    about 1 %. ``ancom-bc2`` gives about 1 %, since it adds the variance of its correction to that of each taxon. On
    real people put into groups by lot the others hold 5 %; those two do not reach it. A method below its level misses
    more of what is there (tests/unit/test_differential.py).

    Parameters
    ----------
    study : Study
        Counts, or shares for methods that do without; rare taxa are left out beforehand.
    design : Design
        Made from the metadata of this study. With a person who has several samples, people have levels of their own;
        with ``nested_in``, the units that samples lie in.
    method : str
        One of ``METHODS``. ``ancom-bc2`` gives the fold change with a pseudocount of a half, and the largest of the
        p-values with zeros missing and with pseudocounts of a half and one; ``aldex2-like`` draws 32 times;
        ``clr-wilcoxon`` adds half a read to every count; ``maaslin-like`` replaces zeros by half of the least share of
        the taxon; ``linda`` does what its paper says.
    seed : int
        Of the draws of ``aldex2-like``.
    only : str
        The contrast that is answered; empty: all of them, each by itself.

    Returns
    -------
    pandas.DataFrame
        A row a taxon and contrast: ``contrast``, ``log2_fold``, ``low``, ``high`` (95 %; a unit of a number, or one
        group over another), ``p``, ``q`` (Benjamini and Hochberg, within a contrast), ``n`` (samples fitted),
        ``in <group>`` (part of its samples that have it; ``in all`` without groups), and a ``note``. A taxon that no
        sample of a group has, and by Fisher's exact test not by chance, has no fold: its p is that of the test, and
        the note names the group. What a method could not estimate is missing.

    Raises
    ------
    InputError
        A method that is not there or cannot answer this design, or taxa of which none is left.

    References
    ----------
    Lin and Peddada 2024, Nature Methods 21:83 (ANCOM-BC2, by scikit-bio); Zhou and others 2022, Genome Biology 23:95
    (LinDA); Law and others 2014, Genome Biology 15:R29 (limma); Fernandes and others 2014, Microbiome 2:15 (ALDEx2, by
    scikit-bio); Love and others 2014, Genome Biology 15:550 (DESeq2, by pydeseq2); Mallick and others 2021, PLoS
    Computational Biology 17:e1009442 (MaAsLin 2).

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> counts = {"a": [9, 8, 7, 70, 80, 90], "b": [50, 60, 70, 55, 60, 65], "c": [70, 60, 50, 60, 55, 65]}
    >>> counts = pd.DataFrame(counts, index=[f"s{row}" for row in range(6)])
    >>> arms = pd.DataFrame({"arm": list("nnnyyy")}, index=counts.index)
    >>> found = differential(Study.from_frame(counts, arms), design_of(arms, group="arm"), method="maaslin-like")
    >>> found.loc["a", "contrast"], round(float(found.loc["a", "log2_fold"]), 2)
    ('y - n', 2.68)
    """
    if method not in METHODS:
        raise InputError(
            f"There is no method '{method}'.",
            where="parameter method",
            expected=f"one of {listed(sorted(METHODS), most=10)}",
            found=method,
            remedy=nearest(method, sorted(METHODS)),
        )
    chosen = study.choose_samples(design.samples)
    if (chosen.depth == 0).any():
        raise InputError(
            "Samples without reads cannot be compared.",
            where="parameter least_depth",
            expected="one read or more in each sample",
            found=listed([str(name) for name in chosen.samples[(chosen.depth == 0).to_numpy()]]),
            remedy="Leave them out: least_depth 1 or more.",
        )
    values = chosen.table.toarray().astype(float)
    # Features that nobody here has cannot be compared.
    present = values.sum(axis=0) > 0
    values = values[:, present]
    word = {"taxa": "taxon", "functions": "function"}[study.features_are]
    names = pd.Index([str(name) for name in study.features[present]], name=word)
    if len(names) < 2:
        raise InputError(
            f"Fewer than two {study.features_are} are left.",
            where="the table, and parameter prevalence",
            expected="two or more, as a share is one of all",
            found=listed(list(names)) or "none",
            remedy="Where more are in the table, ask for a lower prevalence. Of one alone there is no composition.",
        )
    counts = study.quantity == "counts"
    _check(method, design, counts)
    seen = {f"in {name}": (values[(design.labels == name).to_numpy()] > 0).mean(axis=0) for name in design.groups}
    seen = seen or {"in all": (values > 0).mean(axis=0)}
    tables = []
    for question in (one for one in _questions(design) if only in ("", one.name)):
        found, rows = _answered(question, values, design, METHODS[method], counts, seed)
        absent, p, lacks = _absent(question, design, values > 0)
        found = found.assign(
            note=np.where(absent, "structural zero in " + lacks, ""), p=np.where(absent, p, found["p"])
        )
        for name in ("log2_fold", "low", "high"):
            found[name] = found[name].mask(absent)
        if "q" not in found or absent.any():
            found["q"] = benjamini_hochberg(found["p"].to_numpy())
        tables.append(found.assign(contrast=question.name, n=int(rows.sum()), **seen).set_index(names))
    return pd.concat(tables)[["contrast", "log2_fold", "low", "high", "p", "q", "n", *seen, "note"]]


def first_p_values(values: Array, design: Design, method: str, *, counts: bool, seed: int = 1) -> Array:
    """Return the p-values of the first contrast alone, as :func:`differential` does, for simulations.

    Parameters
    ----------
    values : array of float, shape (samples, features)
        Of the samples of the design, in its order; every feature in one sample or more.
    design : Design
        Whose first contrast is tested.
    method : str
        One of ``METHODS`` that takes this design.
    counts : bool
        Whether these are counts.
    seed : int
        Of the draws of a method that makes any.

    Returns
    -------
    numpy.ndarray, shape (features,)
        Not corrected.
    """
    question, known = next(_questions(design)), METHODS[method]
    if known.p is not None:
        rows, model = _asked(question, design, known)
        found = known.p(values[rows], model, counts)
    else:
        found = _answered(question, values, design, known, counts, seed)[0]["p"].to_numpy(dtype=float)
    absent, p, _ = _absent(question, design, values > 0)
    return np.where(absent, p, found)


def _answered(
    question: _Question, values: Array, design: Design, method: Method, counts: bool, seed: int
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return what a method says of a contrast, and which samples it used."""
    rows, model = _asked(question, design, method)
    units = _units(design)
    repeated = len(np.unique(units)) < len(units)
    return method.run(values[rows], model, units[rows] if repeated else None, seed, counts), rows


def _units(design: Design) -> NDArray[np.intp]:
    """Return, from 0, what each sample is of that may have a level of its own: what it is nested in, or its person."""
    nests = design.asked["nested_in"]
    return np.asarray(pd.factorize(design.frame[nests] if nests else design.people)[0], dtype=np.intp)


def _questions(design: Design) -> Iterator[_Question]:
    """Yield each contrast of the groups, or the number that is asked about; and each interaction with it."""
    columns = list(design.matrix.columns)
    own = [columns.index(name) for name in design.terms[design.focus].block.columns]
    if design.groups:
        for name, weights in design.contrasts.iterrows():
            row = np.zeros(len(columns))
            row[own] = weights.to_numpy(dtype=float)[1:]
            between = weights[weights.ne(0)].sort_values(ascending=False, kind="stable")
            yield _Question(str(name), row, tuple(map(str, between.index)))
    else:
        yield _Question(design.focus, np.eye(len(columns))[own[0]], ())
    about = set(design.terms[design.focus].columns)
    for term in design.terms.values():
        if term.kind == "interaction" and about & set(term.columns):
            for name in term.block.columns:
                yield _Question(str(name), np.eye(len(columns))[columns.index(name)], ())


def _asked(question: _Question, design: Design, method: Method) -> tuple[NDArray[np.bool_], Array]:
    """Return the samples used, and the model with the contrast as its last column."""
    if not method.columns:
        rows = design.labels.isin(list(question.groups)).to_numpy()
        over = (design.labels[rows] == question.groups[0]).to_numpy()
        return rows, np.column_stack([np.ones(rows.sum()), over]).astype(float)
    # The coefficients are turned so that the contrast is one of them, in place of one it is made of.
    model = design.matrix.to_numpy(dtype=float)
    place = int(np.flatnonzero(question.weights)[-1])
    turned = np.eye(model.shape[1])
    turned[place] = question.weights
    made = model @ np.linalg.inv(turned)
    order = [*(at for at in range(model.shape[1]) if at != place), place]
    return np.ones(len(model), dtype=bool), made[:, order]


def usable_methods(design: Design, *, counts: bool = True) -> list[str]:
    """Return the methods that can answer a design.

    Parameters
    ----------
    design : Design
        What is asked.
    counts : bool
        Whether the table holds counts.

    Returns
    -------
    list of str
        Names in ``METHODS``.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> visits = pd.DataFrame({"arm": list("aabbccdd"), "who": [1, 1, 2, 2, 3, 3, 4, 4]}, index=list("abcdefgh"))
    >>> usable_methods(design_of(visits, group="arm", person="who"))
    ['linda', 'maaslin-like']
    """
    return [name for name, method in METHODS.items() if not any(_refusals(method, design, counts).values())]


def _refusals(method: Method, design: Design, counts: bool) -> dict[tuple[str, str, str], bool]:
    """Return what may stand in a method's way (problem, where, remedy), and whether it does."""
    weights = design.contrasts.abs() if design.groups else pd.DataFrame()
    pairs = bool(design.groups) and bool((weights.ne(0).sum(axis=1).eq(2) & weights.max(axis=1).eq(1)).all())
    nested, repeated = bool(design.asked["nested_in"]), design.n_people < design.n
    return {
        ("needs counts", "parameter table", "Give the counts"): not counts and not method.shares,
        ("takes no repeated samples of one individual", "parameter person", "Keep one sample of each"): (
            repeated and not method.people
        ),
        ("takes no samples that lie in units", "parameter nested_in", "Keep one sample of each"): (
            nested and not method.people
        ),
        (
            "knows one level alone, of individuals or of the units they lie in",
            "parameters person and nested_in",
            "Keep one sample of each",
        ): nested and repeated,
        (
            "compares two groups and nothing beside them",
            "parameters group, covariates and contrast",
            "Leave the covariates out",
        ): not method.columns and (bool(design.beside) or not pairs),
    }


def _check(name: str, design: Design, counts: bool) -> None:
    for (problem, where, remedy), wrong in _refusals(METHODS[name], design, counts).items():
        if wrong:
            others = usable_methods(design, counts=counts)
            instead = f", or choose method {listed(others)}" if others else "; no other method takes this design either"
            raise InputError(
                f"The method '{name}' {problem}.",
                where=where,
                found=design.who + design.gone,
                remedy=f"{remedy}{instead}.",
            )


def _absent(
    question: _Question, design: Design, there: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Array, NDArray[np.object_]]:
    """Return which features a group of the contrast lacks, the p of a test of presence, and which group it is."""
    nothing = np.zeros(there.shape[1], dtype=bool), np.ones(there.shape[1]), np.full(there.shape[1], "", dtype=object)
    if len(question.groups) != 2:
        return nothing
    units, labels = _units(design), design.labels.to_numpy(dtype=object)
    sizes, have = [], []
    for name in question.groups:
        rows = labels == name
        own, at = np.unique(units[rows], return_inverse=True)
        seen = np.zeros((len(own), there.shape[1]), dtype=bool)
        np.logical_or.at(seen, at, there[rows])
        sizes.append(len(own))
        have.append(seen.sum(axis=0))
    counted, p = np.array(have), nothing[1]
    lacking = (counted == 0).any(axis=0)
    for feature in np.flatnonzero(lacking):
        not_there = [size - has for size, has in zip(sizes, counted[:, feature], strict=True)]
        p[feature] = stats.fisher_exact([counted[:, feature], not_there])[1]
    return lacking & (p <= _ABSENT), p, np.array(question.groups, dtype=object)[counted.argmin(axis=0)]
