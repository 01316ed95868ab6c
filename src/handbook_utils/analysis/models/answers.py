"""Right and wrong answers of the same people before and after a lesson."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

__all__ = ["Change", "compare_answers", "mcnemar_exact", "score_change", "simulated_class"]


@dataclass(frozen=True)
class Change:
    """A mean difference with its interval.

    Parameters
    ----------
    people : int
        Who answered before and after.
    difference, low, high : float
        After minus before, in points.
    """

    people: int
    difference: float
    low: float
    high: float


def mcnemar_exact(gained: int, lost: int) -> float:
    """Return the two-sided p value of McNemar's test, exact by the binomial distribution.

    Only people who changed count: if nothing was learnt, as many would gain the right answer as lose it.

    Parameters
    ----------
    gained, lost : int
        People who went from wrong to right, and from right to wrong.

    Returns
    -------
    float
        1 where nobody changed.

    Raises
    ------
    ValueError
        A number is negative.

    Examples
    --------
    >>> mcnemar_exact(9, 1)  # 2 * (1 + 10) / 2**10
    0.021484375
    """
    if gained < 0 or lost < 0:
        raise ValueError("numbers of people are not negative")
    return float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0


def compare_answers(before: pd.DataFrame, after: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Compare the answers of the same people, question by question.

    Parameters
    ----------
    before, after : pandas.DataFrame of bool
        One row a person, one column a question, True for right. Only people and questions in both count.
    confidence : float
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        By question: ``before`` and ``after`` (shares right), ``difference`` with ``low`` and ``high`` (Wald after
        adding a half to each of the four cells, Agresti and Min 2005; the difference itself is as observed),
        ``gained``, ``lost``, ``p`` (McNemar, exact) and ``p_holm`` (Holm's correction over the questions).

    Raises
    ------
    ValueError
        No person or no question is in both.

    Examples
    --------
    >>> before, after = pd.DataFrame({"q": [False] * 9 + [True]}), pd.DataFrame({"q": [True] * 9 + [False]})
    >>> compare_answers(before, after).loc["q", ["gained", "lost", "p"]].tolist()
    [9.0, 1.0, 0.021484375]
    """
    people, questions = before.index.intersection(after.index), before.columns.intersection(after.columns)
    if not len(people) or not len(questions):
        raise ValueError("no people or no questions answered both times")
    then, now = before.loc[people, questions].astype(bool), after.loc[people, questions].astype(bool)
    gained, lost = (~then & now).sum(), (then & ~now).sum()
    n = len(people)
    z = stats.norm.ppf(0.5 + confidence / 2)
    up, down, total = gained + 0.5, lost + 0.5, n + 2
    centre, width = (up - down) / total, z * np.sqrt(up + down - (up - down) ** 2 / total) / total
    p = [mcnemar_exact(int(g), int(x)) for g, x in zip(gained, lost, strict=True)]
    order = np.argsort(p)
    holm = np.empty(len(p))
    holm[order] = np.minimum(np.maximum.accumulate(np.sort(p) * np.arange(len(p), 0, -1)), 1)
    return pd.DataFrame(
        {
            "before": then.mean(),
            "after": now.mean(),
            "difference": (gained - lost) / n,
            "low": (centre - width).clip(lower=-1),
            "high": (centre + width).clip(upper=1),
            "gained": gained.astype(float),
            "lost": lost.astype(float),
            "p": p,
            "p_holm": holm,
        }
    )


def score_change(before: pd.DataFrame, after: pd.DataFrame, *, confidence: float = 0.95) -> Change:
    """Return the mean change of the number of right answers, with a paired t interval.

    Parameters
    ----------
    before, after : pandas.DataFrame of bool
        As in :func:`compare_answers`.
    confidence : float
        Of the interval.

    Returns
    -------
    Change
        People who answered both times, mean change (questions), and its interval.

    Raises
    ------
    ValueError
        Fewer than two people answered both times.

    Examples
    --------
    >>> before = pd.DataFrame({"a": [0, 0, 1], "b": [0, 1, 0]}, dtype=bool)
    >>> after = pd.DataFrame({"a": [1, 0, 1], "b": [1, 1, 1]}, dtype=bool)
    >>> score_change(before, after).difference
    1.0
    """
    people = before.index.intersection(after.index)
    if len(people) < 2:
        raise ValueError("at least two people who answered both times")
    change = after.loc[people].sum(axis=1) - before.loc[people].sum(axis=1)
    width = stats.t.ppf(0.5 + confidence / 2, len(change) - 1) * change.sem()
    return Change(len(change), float(change.mean()), float(change.mean() - width), float(change.mean() + width))


def simulated_class(
    people: int, known: tuple[float, ...], learnt: tuple[float, ...], *, forget: float = 0.05, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate the answers of a class before and after a lesson.

    Parameters
    ----------
    people : int
        At least 1.
    known : tuple of float
        By question, the chance of a right answer before.
    learnt : tuple of float
        By question, the chance that a wrong answer becomes right.
    forget : float
        The chance that a right answer becomes wrong.
    seed : int
        Of the random numbers.

    Returns
    -------
    before, after : pandas.DataFrame of bool
        One row a person, one column a question (``q1``, …).

    Raises
    ------
    ValueError
        Different numbers of questions, or nobody in the class.

    Examples
    --------
    >>> before, after = simulated_class(3, (0.0, 1.0), (1.0, 0.0), forget=0.0)
    >>> before.sum().tolist(), after.sum().tolist()
    ([0, 3], [3, 3])
    """
    if len(known) != len(learnt) or people < 1:
        raise ValueError("as many questions before as after, and at least one person")
    random = np.random.default_rng(seed)
    first = random.random((people, len(known))) < np.array(known)
    draw = random.random(first.shape)
    second = np.where(first, draw >= forget, draw < np.array(learnt))
    names = [f"q{number}" for number in range(1, len(known) + 1)]
    return pd.DataFrame(first, columns=names), pd.DataFrame(second, columns=names)
