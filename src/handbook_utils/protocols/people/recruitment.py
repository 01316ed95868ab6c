"""Who was reached and who was included: the flow of people, and how it falls over groups."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from statsmodels.stats.proportion import proportion_confint

from handbook_utils.figures.style import OKABE_ITO, Drawn
from handbook_utils.protocols.people.screening import (
    INCLUDED,
    NOT_INCLUDED,
    POSITIONS,
    UNDECIDED,
    WAITING,
    reasons_count,
)

_BOX = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "0.25"}
_MARKS = ("o", "s", "^", "D", "v", "P", "X")


def flow(log: pd.DataFrame, decisions: pd.DataFrame) -> dict[str, int]:
    """Count the flow of people through screening.

    Parameters
    ----------
    log : pandas.DataFrame
        The screening log.
    decisions : pandas.DataFrame
        What was decided, by row of the log.

    Returns
    -------
    dict of str to int
        ``screened``, ``not included``, ``waits for a decision``,
        ``eligible``, ``eligible, no arm yet``, ``included``, then each arm.
    """
    held = decisions["decision"]
    arms = log.loc[held == INCLUDED, "arm"].value_counts().sort_index()
    return {
        "screened": len(log),
        NOT_INCLUDED: int((held == NOT_INCLUDED).sum()),
        UNDECIDED: int((held == UNDECIDED).sum()),
        "eligible": int(held.isin((INCLUDED, WAITING)).sum()),
        WAITING: int((held == WAITING).sum()),
        INCLUDED: int((held == INCLUDED).sum()),
        **{str(arm): int(number) for arm, number in arms.items()},
    }


def flow_figure(log: pd.DataFrame, decisions: pd.DataFrame, arms: Sequence[str], title: str, most: int = 8) -> Drawn:
    """Draw the flow of people: screened, not included with reasons, eligible, arms.

    Parameters
    ----------
    log, decisions : pandas.DataFrame
        Of :mod:`handbook_utils.protocols.people.screening`.
    arms : sequence of str
        In the order of the study.
    title : str
        Of the figure.
    most : int
        Reasons written out; the rest are counted together.

    Returns
    -------
    Drawn
        After the diagram of CONSORT 2010 (Schulz et al.); the text counts as the boxes do.
    """
    counts, reasons = flow(log, decisions), reasons_count(decisions)
    figure, axes = plt.subplots(figsize=(7.0, 5.4))
    axes.set(xlim=(0, 10), ylim=(0, 10), title=title)
    axes.axis("off")
    lines = [f"Not included: {counts[NOT_INCLUDED]}"]
    lines += [f"Waiting for a decision: {counts[UNDECIDED]}"] if counts[UNDECIDED] else []
    lines += [textwrap.shorten(f"{number} {reason}", 36, placeholder="…") for reason, number in reasons[:most].items()]
    if len(reasons) > most:
        lines.append(f"{int(reasons[most:].sum())} other reasons")
    _box(axes, 2.6, 9.2, f"Screened: {counts['screened']}")
    _box(axes, 5.2, 6.6, "\n".join(lines), align="left")
    _box(axes, 2.6, 4.0, f"Eligible: {counts['eligible']}")
    _arrow(axes, (2.6, 8.8), (2.6, 4.45))
    _arrow(axes, (2.6, 6.6), (5.0, 6.6))
    if counts[WAITING]:
        _box(axes, 7.6, 4.0, f"No arm yet: {counts[WAITING]}")
        _arrow(axes, (3.7, 4.0), (6.3, 4.0))
    step = 10 / len(arms)
    axes.plot([step / 2, 10 - step / 2], [2.5, 2.5], color="0.25", lw=1)
    axes.plot([2.6, 2.6], [3.6, 2.5], color="0.25", lw=1)
    for number, arm in enumerate(arms):
        place = step * (number + 0.5)
        name = textwrap.fill(arm, max(6, int(step * 4)))
        _box(axes, place, 1.0, f"{name}\n{counts.get(arm, 0)}")
        _arrow(axes, (place, 2.5), (place, 1.0 + 0.55 + 0.25 * name.count("\n")))
    alt = (
        f"{title}: {counts['screened']} people screened, {counts[NOT_INCLUDED]} not included, {counts['eligible']} "
        f"eligible, of whom {', '.join(f'{counts.get(arm, 0)} in {arm}' for arm in arms)}. The most frequent reason "
        "not "
        f"to include: {f'{reasons.index[0]}, {reasons.iloc[0]} times' if len(reasons) else 'none was given'}."
    )
    return Drawn(figure, alt)


def _box(axes: Axes, x: float, y: float, text: str, align: str = "center") -> None:
    axes.text(x, y, text, ha=align, va="center", multialignment=align, fontsize=9.5, bbox=_BOX)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "0.25", "shrinkA": 0, "shrinkB": 0})


def balance(log: pd.DataFrame, decisions: pd.DataFrame, arms: Sequence[str]) -> pd.DataFrame:
    """Count the included people by arm, over sex, age band, centre and socio-economic position.

    Parameters
    ----------
    log : pandas.DataFrame
        The screening log.
    decisions : pandas.DataFrame
        What was decided, by row of the log.
    arms : sequence of str
        Of the study.

    Returns
    -------
    pandas.DataFrame
        Persons, with rows ``(what, category)`` and a column for each arm and ``all``. A position that was not recorded
        is a category of its own.
    """
    kept = decisions["decision"] == INCLUDED
    people = log.loc[kept, ["arm", "sex", "centre", "ses"]].assign(age_band=decisions.loc[kept, "age_band"])
    people["ses"] = people["ses"].replace("", "not recorded")
    parts = {}
    for what, shown in (("sex", "sex"), ("age_band", "age"), ("centre", "centre"), ("ses", "socio-economic position")):
        table = pd.crosstab(people[what], people["arm"]).reindex(columns=list(arms), fill_value=0)
        if what == "ses":
            order = [name for name in (*POSITIONS, "not recorded") if name in table.index]
            table = table.reindex(order)
        parts[shown] = table
    made = pd.concat(parts, names=["what", "category"])
    made.columns = pd.Index([str(arm) for arm in made.columns])
    made["all"] = made.sum(axis=1)
    return made


def widest_gap(counts: pd.DataFrame, arms: Sequence[str]) -> tuple[tuple[str, str], float]:
    """Return the category in which arms differ most, and by how many percentage points.

    Parameters
    ----------
    counts : pandas.DataFrame
        What :func:`balance` returned.
    arms : sequence of str
        Of the study.

    Returns
    -------
    tuple
        What and category, both "" where nobody is included; percentage points.
    """
    shares = 100 * counts / counts.groupby(level="what", sort=False).sum().reindex(counts.index, level="what")
    gap = (shares[list(arms)].max(axis=1) - shares[list(arms)].min(axis=1)).fillna(0)
    if not len(gap):
        return ("", ""), 0.0
    what, category = gap.index[int(gap.to_numpy().argmax())]
    return (str(what), str(category)), float(gap.max())


def balance_figure(counts: pd.DataFrame, arms: Sequence[str], title: str) -> Drawn:
    """Draw the share of each category in each arm.

    Parameters
    ----------
    counts : pandas.DataFrame
        What :func:`balance` returned.
    arms : sequence of str
        In the order of the study; marks tell them apart as well as colours.
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    shares = 100 * counts / counts.groupby(level="what", sort=False).sum().reindex(counts.index, level="what")
    figure, axes = plt.subplots(figsize=(7.0, 0.8 + 0.36 * len(counts)))
    places = range(len(counts))[::-1]
    for number, arm in enumerate(arms):
        axes.plot(
            shares[arm].to_numpy(),
            [place + 0.18 * (number - (len(arms) - 1) / 2) for place in places],
            _MARKS[number % len(_MARKS)],
            color=OKABE_ITO[number % len(OKABE_ITO)],
            label=f"{arm} (n = {int(counts[arm].groupby(level='what').sum().iloc[0])})",
        )
    axes.set_yticks(list(places), [f"{what}: {category}" for what, category in counts.index])
    axes.set(xlabel="share of the arm (%)", xlim=(-2, None), title=title)
    axes.grid(axis="y", color="0.9")
    axes.set_axisbelow(True)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.22 if len(counts) < 9 else -0.16), ncols=3, fontsize=9)
    (what, category), gap = widest_gap(counts, arms)
    alt = (
        f"{title}: share of each category in each of {len(arms)} arms. The widest difference between arms is {gap:.0f} "
        f"percentage points, in {what} {category}."
    )
    return Drawn(figure, alt)


def share_interval(number: int, total: int) -> tuple[float, float, float]:
    """Return a share with its 95 % interval.

    Parameters
    ----------
    number, total : int
        Persons.

    Returns
    -------
    share, low, high : float
        The interval is Wilson's (1927), which holds for small numbers. Of nobody, all from 0 to 1.

    Examples
    --------
    >>> [round(value, 3) for value in share_interval(4, 60)]
    [0.067, 0.026, 0.159]
    """
    if total == 0:
        return float("nan"), 0.0, 1.0
    low, high = proportion_confint(number, total, method="wilson")
    return number / total, float(low), float(high)


def inclusion_by_position(log: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Say for each socio-economic position how many were screened and included.

    Parameters
    ----------
    log : pandas.DataFrame
        The screening log.
    decisions : pandas.DataFrame
        What was decided, by row of the log.

    Returns
    -------
    pandas.DataFrame
        By position: ``screened``, ``included``, ``share``, ``low``, ``high`` (of the screened, with 95 % interval).
    """
    rows = {}
    for position in POSITIONS:
        at = log["ses"] == position
        screened, included = int(at.sum()), int((at & (decisions["decision"] == INCLUDED)).sum())
        rows[position] = (screened, included, *share_interval(included, screened))
    made = pd.DataFrame.from_dict(rows, orient="index", columns=["screened", "included", "share", "low", "high"])
    return made.rename_axis("socio-economic position")


def reach_figure(log: pd.DataFrame, decisions: pd.DataFrame, target: float, title: str) -> Drawn:
    """Draw which part of those screened, and of those included, is in a low position, beside the target.

    Parameters
    ----------
    log, decisions : pandas.DataFrame
        Of :mod:`handbook_utils.protocols.people.screening`.
    target : float
        Share, 0 to 1, that the study set itself.
    title : str
        Of the figure.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    figure, axes = plt.subplots(figsize=(7.0, 2.6))
    found = reach(log, decisions)
    for place, (name, people) in enumerate(found.items()):
        share, low, high = (100 * value for value in people[2:])
        axes.plot([low, high], [place, place], color=OKABE_ITO[0], lw=2)
        axes.plot([share], [place], "os"[place], color=OKABE_ITO[0], ms=8)
        axes.annotate(
            f"{people[0]} of {people[1]}", (share, place), xytext=(0, 9), textcoords="offset points", ha="center"
        )
        axes.text(-0.02, place, name, transform=axes.get_yaxis_transform(), ha="right", va="center")
    axes.axvline(100 * target, color=OKABE_ITO[5], ls="--", lw=1.5)
    axes.annotate(
        "target", (100 * target, -0.55), xytext=(4, 0), textcoords="offset points", va="bottom", color=OKABE_ITO[5]
    )
    axes.set(ylim=(-0.6, 1.7), yticks=[], xlim=(0, None), xlabel="in a low socio-economic position (%)", title=title)
    screened, included = found["screened"], found[INCLUDED]
    alt = (
        f"{title}: share of people in a low position, {100 * screened[2]:.0f} % of {screened[1]} screened and "
        f"{100 * included[2]:.0f} % of {included[1]} included, with 95 % intervals, beside a target of "
        f"{100 * target:.0f} %."
    )
    return Drawn(figure, alt)


def reach(log: pd.DataFrame, decisions: pd.DataFrame) -> dict[str, tuple[int, int, float, float, float]]:
    """Count those in a low position among the screened and the included, of whom the position is known.

    Parameters
    ----------
    log : pandas.DataFrame
        The screening log.
    decisions : pandas.DataFrame
        What was decided, by row of the log.

    Returns
    -------
    dict of str to tuple
        For ``screened`` and ``included``: persons in a low position, persons, share, and its 95 % interval.
    """
    known = log["ses"] != ""
    found = {}
    for name, at in (("screened", known), (INCLUDED, known & (decisions["decision"] == INCLUDED))):
        low, total = int((at & (log["ses"] == "low")).sum()), int(at.sum())
        found[name] = (low, total, *share_interval(low, total))
    return found
