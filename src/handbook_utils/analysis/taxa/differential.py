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

__all__ = ["METHODS", "benjamini_hochberg", "differential", "usable_methods"]

Array = NDArray[np.float64]
#: A p-value of presence up to which a taxon that nobody of a group has is called absent there, and not unseen.
_ABSENT = 0.05


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


@dataclass(frozen=True)
class _Question:
    """One contrast: its weights of the model's columns, and its groups, the one with most weight first."""

    name: str
    weights: Array
    groups: tuple[str, ...]


def differential(study: Study, design: Design, *, method: str, seed: int = 1) -> pd.DataFrame:
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
        Made from the metadata of this study. With a person who has several samples, people have levels of their own.
    method : str
        One of ``METHODS``. ``ancom-bc2`` gives the fold change with a pseudocount of a half, and the largest of the
        p-values with zeros missing and with pseudocounts of a half and one; ``aldex2-like`` draws 32 times;
        ``clr-wilcoxon`` adds half a read to every count; ``maaslin-like`` replaces zeros by half of the least share of
        the taxon; ``linda`` does what its paper says.
    seed : int
        Of the draws of ``aldex2-like``.

    Returns
    -------
    pandas.DataFrame
        A row a taxon and contrast: ``contrast``, ``log2_fold``, ``low``, ``high`` (95 %; a unit of a number, or one
        group over another), ``p``, ``q`` (Benjamini and Hochberg, within a contrast), ``n`` (samples fitted),
        ``in <group>`` (part of its samples that have the taxon), and a ``note``. A taxon that no sample of a group
        has, and by Fisher's exact test not by chance, has no fold: its p is that of the test, and the note names the
        group. What a method could not estimate is missing.

    Raises
    ------
    InputError
        A method that is not there or cannot answer this design, or taxa of which none is left.

    References
    ----------
    Lin and Peddada 2024, Nature Methods 21:83 (ANCOM-BC2, by scikit-bio); Zhou and others 2022, Genome Biology 23:95
    (LinDA); Fernandes and others 2014, Microbiome 2:15 (ALDEx2, by scikit-bio); Love and others 2014, Genome Biology
    15:550 (DESeq2, by pydeseq2); Mallick and others 2021, PLoS Computational Biology 17:e1009442 (MaAsLin 2).

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
    # Taxa that nobody here has cannot be compared.
    present = values.sum(axis=0) > 0
    values = values[:, present]
    taxa = pd.Index([str(name) for name in study.features[present]], name="taxon")
    if len(taxa) < 2:
        raise InputError("Fewer than two taxa are left.", where="parameter prevalence", found=str(len(taxa)))
    counts = study.quantity == "counts"
    _check(method, design, counts)
    person = pd.factorize(design.people)[0] if design.n_people < design.n else None
    seen = {name: (values[(design.labels == name).to_numpy()] > 0).mean(axis=0) for name in design.groups}
    tables = []
    for question in _questions(design):
        rows, model = _asked(question, design, METHODS[method])
        found = METHODS[method].run(values[rows], model, None if person is None else person[rows], seed, counts)
        found = _named_zeros(found, question, design, values > 0)
        if "q" not in found or found["note"].ne("").any():
            found["q"] = benjamini_hochberg(found["p"].to_numpy())
        found = found.assign(
            contrast=question.name, n=int(rows.sum()), **{f"in {name}": part for name, part in seen.items()}
        )
        tables.append(found.set_index(taxa))
    order = ["contrast", "log2_fold", "low", "high", "p", "q", "n", *(f"in {name}" for name in seen), "note"]
    return pd.concat(tables)[order]


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
    pairs = bool(design.groups) and bool(weights.sum(axis=1).eq(2).all() and weights.max(axis=1).eq(1).all())
    repeated = design.n_people < design.n
    return {
        ("needs counts", "parameter table", "Give the counts"): not counts and not method.shares,
        ("takes no repeated samples of people", "parameter person", "Keep one sample a person"): (
            repeated and not method.people
        ),
        (
            "compares two groups and nothing beside them",
            "parameters group, covariates and contrast",
            "Leave the covariates out",
        ): not method.columns and (bool(design.beside) or not pairs),
    }


def _check(name: str, design: Design, counts: bool) -> None:
    for (problem, where, remedy), wrong in _refusals(METHODS[name], design, counts).items():
        if wrong:
            raise InputError(
                f"The method '{name}' {problem}.",
                where=where,
                found=design.who,
                remedy=f"{remedy}, or choose method {listed(usable_methods(design, counts=counts))}.",
            )


def _named_zeros(found: pd.DataFrame, question: _Question, design: Design, there: NDArray[np.bool_]) -> pd.DataFrame:
    """Name the taxa that a group of the contrast lacks, and give them the test of presence in place of a fold."""
    found = found.assign(note="")
    if len(question.groups) != 2:
        return found
    people = design.people.to_numpy()
    by_group = []
    for name in question.groups:
        rows = (design.labels == name).to_numpy()
        by_group.append(pd.DataFrame(there[rows]).groupby(people[rows]).any())
    sizes = [len(part) for part in by_group]
    have = np.array([part.sum().to_numpy() for part in by_group])
    p = [stats.fisher_exact([one, [size - has for size, has in zip(sizes, one, strict=True)]])[1] for one in have.T]
    absent = (have == 0).any(axis=0) & (np.array(p) <= _ABSENT)
    lacks = np.array(question.groups, dtype=object)[have.argmin(axis=0)]
    found["p"] = np.where(absent, p, found["p"])
    found["note"] = np.where(absent, "structural zero in " + lacks, "")
    for name in ("log2_fold", "low", "high"):
        found[name] = found[name].mask(absent)
    return found
