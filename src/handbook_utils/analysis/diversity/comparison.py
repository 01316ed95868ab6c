"""One number a person, compared between groups: ratios with intervals, beside covariates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from handbook_utils.analysis.distance.permanova import columns_of
from handbook_utils.errors import InputError, listed


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
    inverse = np.linalg.inv(model.T @ model)
    estimate = inverse @ model.T @ logs
    leverage = np.einsum("ij,jk,ik->i", model, inverse, model)
    # A person who alone makes up a group is fitted exactly: nothing is known of the spread there.
    left = (logs - model @ estimate) / np.where(leverage < 1 - 1e-12, 1 - leverage, np.nan)
    error = np.sqrt(np.diag(inverse @ (model * left[:, None] ** 2).T @ model @ inverse))[1 : len(others) + 1]
    found = estimate[1 : len(others) + 1]
    width = stats.t.ppf(0.5 + confidence / 2, free) * error
    # Where all people have one value there is neither a difference nor a spread, but for rounding.
    with np.errstate(divide="ignore"):
        steps = np.divide(np.abs(found), error, out=np.zeros_like(found), where=np.abs(found) > 1e-12)
    return pd.DataFrame(
        {
            "ratio": np.exp(found),
            "low": np.exp(found - width),
            "high": np.exp(found + width),
            "p": 2 * stats.t.sf(steps, free),
            "people": len(used),
        },
        index=pd.Index(others, name=group),
    )
