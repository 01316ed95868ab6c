"""One number a sample, compared by a design: differences and ratios with intervals, beside covariates.

What is independent decides the model. Where the question is about people (or cages), their samples are averaged first
and each counts once. Where it is about what changes within people, people have levels of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.design.terms import as_words, parts
from handbook_utils.analysis.distance.permanova import columns_of
from handbook_utils.analysis.time.mixed import fit_mixed
from handbook_utils.errors import InputError, listed

Matrix = npt.NDArray[np.float64]

__all__ = ["changing", "compared", "one_row_a_person", "pace", "ratios", "ratios_by", "units_of", "within"]


def changing(frame: pd.DataFrame, person: str, columns: Sequence[str]) -> list[str]:
    """Return the people in whom one of the columns changes from sample to sample.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a sample.
    person : str
        Column that names the person; empty: every row is another person, and nobody changes.
    columns : sequence of str
        Columns looked at.

    Returns
    -------
    list of str
        Names of people.

    Examples
    --------
    >>> import pandas as pd
    >>> changing(pd.DataFrame({"who": ["p", "p", "q"], "arm": ["a", "b", "b"]}), "who", ["arm"])
    ['p']
    """
    if not person:
        return []
    several = (frame.groupby(person, observed=True)[list(columns)].nunique() > 1).any(axis=1)
    return [str(who) for who in several.index[several]]


def one_row_a_person(frame: pd.DataFrame, person: str) -> pd.DataFrame:
    """Average repeated samples, so that each person counts once.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a sample. Numbers are averaged; words and truth values must be the same in all rows of a person.
    person : str
        Column that names the person; empty: every row is a person already.

    Returns
    -------
    pandas.DataFrame
        One row a person, in the order of their names.

    Raises
    ------
    InputError
        A column of words that changes within a person.

    Examples
    --------
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"who": ["p", "p", "q"], "arm": ["a", "a", "b"], "reads": [1.0, 3.0, 5.0]})
    >>> one_row_a_person(samples, "who").to_dict("index")
    {'p': {'arm': 'a', 'reads': 2.0}, 'q': {'arm': 'b', 'reads': 5.0}}
    """
    if not person:
        return frame
    by_person = frame.groupby(person, observed=True)
    rows = {}
    for name in frame.columns.drop(person):
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            rows[name] = by_person[name].mean()
            continue
        changed = changing(frame, person, [name])
        if changed:
            raise InputError(
                f"The column '{name}' changes within a person.",
                where=f"sample metadata, column {name}",
                expected=f"one value for all samples of one {person}",
                found=listed(changed),
                remedy="Compare within people (recipes/compare-before-and-after), or choose one sample of each.",
            )
        rows[name] = by_person[name].first()
    return pd.DataFrame(rows)


def ratios(
    frame: pd.DataFrame,
    value: str,
    group: str,
    *,
    covariates: Sequence[str] = (),
    reference: str = "",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Compare a positive number between groups as ratios of geometric means, beside covariates.

    Least squares on the logarithm, with standard errors that do not suppose equal spread in the groups (HC3).

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a person.
    value, group : str
        Columns of the number (above 0) and of the groups.
    covariates : sequence of str
        Columns adjusted for: words by indicator, numbers by a line.
    reference : str
        Group the others are compared with; empty: the first by name.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row a group but the reference: ratio, low, high, p (t, residual degrees of freedom), people.

    Raises
    ------
    InputError
        Too few people for the model, values that are not above 0, a reference that is not there, a covariate that
        tells the groups apart completely.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"arm": list("aaabbb"), "q1": [9.0, 10.0, 11.0, 18.0, 20.0, 22.0]})
    >>> ratios(people, "q1", "arm").round(2).loc["b", ["ratio", "low", "high"]].to_list()
    [2.0, 1.51, 2.64]

    References
    ----------
    MacKinnon and White 1985, Journal of Econometrics 29:305, for HC3.
    """
    used = frame[[value, group, *covariates]].dropna()
    words = used[group].astype(str)
    names = sorted(words.unique())
    first = reference or names[0]
    if first not in names:
        raise InputError(
            f"There is no group '{first}'.",
            where="parameter reference",
            expected=f"one of {listed(names)}",
            found=first,
            remedy='Choose one of these, or the first by name: reference "".',
        )
    if (used[value] <= 0).any():
        raise InputError(f"Ratios need values above 0, and {value} has others.", where=value)
    others = [name for name in names if name != first]
    columns = [np.ones((len(used), 1)), *[(words == name).to_numpy(dtype=float)[:, None] for name in others]]
    columns += [columns_of(used[name]) for name in covariates]
    model = np.hstack(columns)
    free = len(used) - model.shape[1]
    if free < 1 or np.linalg.matrix_rank(model) < model.shape[1]:
        raise InputError(
            "The groups cannot be told from the covariates, or there are too few people.",
            where="parameters group and covariates",
            expected=f"more than {model.shape[1]} people, and groups that share values of each covariate",
            found=f"{len(used)} people",
            remedy="Leave a covariate out, or join groups.",
        )
    logs = np.log(used[value].to_numpy(dtype=float))
    rows = np.eye(model.shape[1])[1 : len(others) + 1]
    table = _least_squares(logs, model, rows, confidence).set_axis(pd.Index(others, name=group))
    return _as_ratios(table).assign(people=len(used))


def within(design: Design) -> str:
    """Return the column whose people (or cages) have levels of their own in the model; empty where each counts once.

    They have where anything in the model changes from sample to sample of one of them.

    Parameters
    ----------
    design : Design
        What is asked, of whose samples, and what is in the model beside it.

    Returns
    -------
    str
        Name of a metadata column.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"who": list("aabbccdd"), "week": [0, 1] * 4, "arm": list("xxxxyyyy")})
    >>> within(design_of(rows, group="week", person="who")), within(design_of(rows, group="arm", person="who"))
    ('who', '')
    """
    nests = design.asked["person"] or design.asked["nested_in"]
    return nests if nests and design.changes_within(list(design.terms), nests) else ""


def pace(design: Design) -> str:
    """Return the number along which people have slopes of their own in the model; empty where they have none.

    It is what is asked about, or what goes with it in an interaction. Without own slopes, a model takes differences of
    pace for chance within people, and finds too much; with two samples a person they cannot be told.

    Parameters
    ----------
    design : Design
        What is asked, of whose samples, and what is in the model beside it.

    Returns
    -------
    str
        Name of a term.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"who": list("aaabbbccc"), "week": [0, 1, 2] * 3}, index=[f"s{n}" for n in range(9)])
    >>> pace(design_of(rows, exposure="week", person="who"))
    'week'
    """
    column = within(design)
    if not column or design.n <= 2 * as_words(design.frame[column]).nunique():
        return ""
    crossed = [term.columns for term in design.terms.values() if term.kind == "interaction"]
    own = design.terms[design.focus].columns[0]
    beside = {name for columns in crossed if own in columns for name in columns}
    for name, term in design.terms.items():
        asked = name == design.focus or term.columns[0] in beside
        if term.kind == "number" and asked and design.changes_within(name, column):
            return name
    return ""


def units_of(design: Design) -> str:
    """Say what counts once in a comparison.

    Parameters
    ----------
    design : Design
        What is asked, of whose samples, and what is in the model beside it.

    Returns
    -------
    str
        In the plural.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> units_of(design_of(pd.DataFrame({"who": list("aabb"), "arm": list("xxyy")}), group="arm", person="who"))
    'people'
    """
    person, nest = design.asked["person"], design.asked["nested_in"]
    if nest and not design.changes_within(design.focus, nest):
        return f"units of {nest}"
    return design.members.many if person else f"units of {nest}" if nest else "samples"


def compared(values: pd.Series, design: Design, *, confidence: float = 0.95, bend: bool = False) -> pd.DataFrame:
    """Compare a number by a design: contrasts of its groups, or the slope of its exposure, and its interactions.

    Where the model belongs to people (or cages), their samples are averaged and least squares are used, with errors
    that do not suppose equal spread (HC3). Where anything in it changes within them, they have levels of their own,
    and slopes where the question is about a pace (REML, Satterthwaite's degrees of freedom). Strata are in the model,
    and pairs matched in them are compared as the differences within pairs are.

    Parameters
    ----------
    values : pandas.Series of float
        By sample; at least those of the design.
    design : Design
        What is asked, of whose samples, and what is in the model beside it.
    confidence : float
        Of the intervals.
    bend : bool
        Ask instead what the square of the exposure (from its mean) adds to the line: whether there is a bend in it.

    Returns
    -------
    pandas.DataFrame
        By contrast: ``estimate``, ``low``, ``high``, ``p``, ``units`` (people, cages or samples that were fitted) and
        ``samples``.

    Raises
    ------
    InputError
        Fewer people than the model has columns.

    References
    ----------
    MacKinnon and White 1985, Journal of Econometrics 29:305, for HC3.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"arm": list("aaabbb")}, index=[f"s{n}" for n in range(6)])
    >>> q1 = pd.Series([9.0, 10, 11, 18, 20, 22], index=rows.index)
    >>> compared(q1, design_of(rows, group="arm"))[["estimate", "low", "high"]].round(2).loc["b to a"].to_list()
    [10.0, 5.61, 14.39]
    """
    own = values.loc[design.samples].to_numpy(dtype=float)
    exchange, column = design.exchange(design.focus), within(design)
    beside = _strata(design) if column else design.restriction(design.focus).to_numpy()
    model, labels = design.matrix, [*design.matrix.columns]
    added = _adding(model.to_numpy(dtype=float), beside)
    whole = pd.DataFrame(
        np.hstack([model.to_numpy(dtype=float), added]),
        columns=[*labels, *(f"block {n}" for n in range(added.shape[1]))],
    )
    rows = _questions(design, list(whole.columns))
    if bend:
        dose = design.terms[design.focus].block.iloc[:, 0].to_numpy(dtype=float)
        whole.insert(1, "squared", (dose - dose.mean()) ** 2)
        rows = pd.DataFrame([whole.columns == "squared"], index=["bend"], columns=whole.columns).astype(float)
    if column:
        along = pace(design)
        slope = design.terms[along].block.iloc[:, 0].to_numpy() if along else None
        fit = fit_mixed(own, whole, as_words(design.frame[column]).to_numpy(), slope=slope)
        table = pd.DataFrame([fit.contrast(row, confidence) for row in rows.to_numpy()], index=rows.index)
        units = fit.people
    else:
        join = _joined(exchange.units)
        y, x = join @ own, join @ whole.to_numpy()
        units = len(y)
        if units <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
            raise InputError(
                "The model cannot be told from these samples: too few of them are independent.",
                where="parameters group, exposure and covariates",
                expected=f"more than {x.shape[1]} people (or samples), and terms that differ between them",
                found=f"{units}, for {listed(list(design.terms), most=8)}",
                remedy="Leave a covariate out, or join groups.",
            )
        table = _least_squares(y, x, rows.to_numpy(), confidence, blocks=added.shape[1]).set_axis(rows.index)
    return table[["estimate", "low", "high", "p"]].assign(units=units, samples=design.n)


def ratios_by(values: pd.DataFrame, design: Design, *, confidence: float = 0.95) -> pd.DataFrame:
    """Compare positive numbers by a design, as ratios of geometric means; p corrected over all of them.

    Parameters
    ----------
    values : pandas.DataFrame of float
        Sample × number, above 0.
    design : Design
        What is asked, of whose samples, and what is in the model beside it.
    confidence : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        By number and contrast: ``ratio``, ``low``, ``high``, ``p``, ``units``, ``samples``, and ``p, corrected`` by
        the method of Benjamini and Hochberg.

    Examples
    --------
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"arm": list("aaabbb")}, index=[f"s{n}" for n in range(6)])
    >>> numbers = pd.DataFrame({"q1": [9.0, 10, 11, 18, 20, 22]}, index=rows.index)
    >>> ratios_by(numbers, design_of(rows, group="arm"))["ratio"].round(2).to_dict()
    {('q1', 'b to a'): 2.0}
    """
    found = {name: _as_ratios(compared(np.log(values[name]), design, confidence=confidence)) for name in values}
    table = pd.concat(found, names=["number", "comparison"])
    known = table["p"].notna()
    table.loc[known, "p, corrected"] = stats.false_discovery_control(table.loc[known, "p"])
    return table


def _least_squares(y: Matrix, model: Matrix, rows: Matrix, confidence: float, blocks: int = 0) -> pd.DataFrame:
    """Estimate, interval and p of sums of coefficients, with HC3 errors; the last columns are of so many blocks."""
    free = len(y) - model.shape[1]
    inverse = np.linalg.inv(model.T @ model)
    estimate = inverse @ model.T @ y
    # What a block's mean takes of a residual is taken from all of them alike, and is given back once. Else the few of
    # a block would count as far out: with pairs, errors would be half as large again as those of their differences.
    own = np.zeros(len(y)) if not blocks else _leverage(np.column_stack([np.ones(len(y)), model[:, -blocks:]]))
    alone = own > 1 - 1e-9  # who is alone in a block says nothing of what is within blocks
    room = np.where(alone, 1, 1 - own)
    share = np.where(alone, 0, (_leverage(model) - own) / room)
    # A person who alone makes up a group is fitted exactly: nothing is known of the spread there.
    left = (y - model @ estimate) / np.sqrt(room) / np.where(share < 1 - 1e-9, 1 - share, np.nan)
    covariance = inverse @ (model * left[:, None] ** 2).T @ model @ inverse
    found, error = rows @ estimate, np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    width = stats.t.ppf(0.5 + confidence / 2, free) * error
    # Where all people have one value there is neither a difference nor a spread, but for rounding.
    with np.errstate(divide="ignore"):
        steps = np.divide(np.abs(found), error, out=np.zeros_like(found), where=np.abs(found) > 1e-12)
    return pd.DataFrame(
        {"estimate": found, "low": found - width, "high": found + width, "p": 2 * stats.t.sf(steps, free)}
    )


def _leverage(model: Matrix) -> Matrix:
    return np.asarray(np.einsum("ij,jk,ik->i", model, np.linalg.inv(model.T @ model), model))


def _as_ratios(table: pd.DataFrame) -> pd.DataFrame:
    ends = table[["estimate", "low", "high"]].apply(np.exp).rename(columns={"estimate": "ratio"})
    return pd.concat([ends, table.drop(columns=["estimate", "low", "high"])], axis=1)


def _questions(design: Design, columns: list[str]) -> pd.DataFrame:
    """Return the sums of coefficients that are asked about: contrasts, or a slope, and interactions with them."""
    rows: dict[str, dict[str, float]] = {}
    own = list(design.terms[design.focus].block.columns)
    at = design.where(design.terms[design.focus].columns[0])
    if design.groups:
        for name, weights in design.contrasts.iterrows():
            high, low = weights.index[weights == 1], weights.index[weights == -1]
            pair = len(high) == len(low) == 1 and (weights != 0).sum() == 2
            label = (f"{high[0]} to {low[0]}" if pair else str(name)) + at
            rows[label] = dict(zip(own, weights.to_list()[1:], strict=True))
    else:
        rows[f"{design.focus}, one more{at}"] = {own[0]: 1.0}
    for term in design.terms.values():
        if term.kind == "interaction":
            rows |= {str(column): {str(column): 1.0} for column in term.block.columns}
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns).fillna(0.0)


def _strata(design: Design) -> Matrix:
    names = parts(design.asked["strata"])
    if not names:
        return np.empty((design.n, 0))
    blocks = design.frame.groupby([as_words(design.frame[name]) for name in names]).ngroup().to_numpy()
    return np.asarray(blocks[:, None] == np.unique(blocks)[1:], dtype=float)


def _adding(model: Matrix, more: Matrix) -> Matrix:
    """Return those of some columns that add to a model."""
    kept = model
    for column in more.T:
        wider = np.column_stack([kept, column])
        if np.linalg.matrix_rank(wider) > np.linalg.matrix_rank(kept):
            kept = wider
    return kept[:, model.shape[1] :]


def _joined(units: npt.NDArray[np.intp]) -> Matrix:
    """Return units × samples: what averages the samples of each unit."""
    join = (np.unique(units)[:, None] == units).astype(float)
    return np.asarray(join / join.sum(axis=1, keepdims=True))
