"""What several recipes say of their data and designs, in words that are true of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from handbook_utils.analysis.design import Design
from handbook_utils.analysis.design.terms import parts
from handbook_utils.study import Study

#: Below this a difference is told as more than chance would give.
ALPHA = 0.05
#: Groups smaller than this are named among the limits.
SMALL = 15


def by_chance(p: float) -> str:
    """Say what a p-value lets one say.

    Parameters
    ----------
    p : float
        0 to 1.

    Returns
    -------
    str
        The end of a sentence.

    Examples
    --------
    >>> by_chance(0.01)
    'more than chance would give'
    """
    if p <= ALPHA:
        return "more than chance would give"
    return "no more than chance may give, which does not show that there is no difference"


def shown(p: float) -> str:
    """Write a p-value with its sign, as a sentence does.

    Parameters
    ----------
    p : float
        0 to 1.

    Returns
    -------
    str
        With three decimals.

    Examples
    --------
    >>> shown(0.0004), shown(0.25)
    ('p < 0.001', 'p = 0.250')
    """
    return "p < 0.001" if p < 0.0005 else f"p = {p:.3f}"


def beside_interval(p: float, low: float, how: str) -> list[str]:
    """Say why a test and the interval of the effect size disagree, where they do.

    Neither is wrong. A test by F asks in one direction, so that of the intervals made of F itself the one of 90 %
    leaves out 0 where p is at most 0.05 (Steiger 2004, Psychological Methods 9:164, doi:10.1037/1082-989X.9.2.164);
    and an interval that comes from another sample of people is made in another way than a test by exchange.

    Parameters
    ----------
    p : float
        Of the test, by exchange.
    low : float
        Lower end of the interval of 95 % of ω².
    how : {"bootstrap", "jackknife"}
        How the interval was made.

    Returns
    -------
    list of str
        A sentence, or none where the two agree.

    Examples
    --------
    >>> beside_interval(0.02, 0.01, "jackknife"), beside_interval(0.3, -0.01, "bootstrap")
    ([], [])
    >>> beside_interval(0.02, -0.04, "jackknife")[0].split(":")[0]
    'The interval reaches below 0 although p is at most 0.05'
    """
    if (p <= ALPHA) == (low > 0):
        return []
    apart = "reaches below 0 although p is at most" if p <= ALPHA else "lies above 0 although p is above"
    return [
        f"The interval {apart} {ALPHA:g}: the test is one-sided and exchanges, the interval two-sided and a {how}, and "
        "near 0 two such answers may differ. Whether there is a difference is for the test to say, how large it is for "
        "the interval."
    ]


def notes_without_exchange(design: Design) -> list[str]:
    """Return what a reader must know of a design whose test exchanges nothing, a sentence each.

    Parameters
    ----------
    design : Design
        What was asked, of which samples.

    Returns
    -------
    list of str
        The notes of the design but for those on arrangements.
    """
    return [f"{note}." for note in design.notes if "arrangements" not in note]


def association(design: Design, *, assigned: bool) -> str:
    """Say whether a difference may be read as an effect.

    Parameters
    ----------
    design : Design
        What was asked, of which samples.
    assigned : bool
        Whether the groups were assigned by lot.

    Returns
    -------
    str
        A sentence without its full stop.
    """
    if not design.groups:
        return (
            f"This is an association: what else goes with {design.focus} goes with what was measured, too, unless it "
            "is in the model"
        )
    if assigned:
        return "The groups were assigned by lot, so a difference is an effect of the assignment, chance apart"
    return (
        "This is an association: the groups were not stated to be assigned by lot, and what else differs between "
        "them differs here too"
    )


def variation_of(design: Design) -> str:
    """Say of what ω² is a share: of all variation, or of what other terms and the blocks of exchange leave.

    Parameters
    ----------
    design : Design
        What was asked, of which samples.

    Returns
    -------
    str
        After "of".

    Examples
    --------
    >>> import pandas as pd
    >>> from handbook_utils.analysis.design import design_of
    >>> rows = pd.DataFrame({"arm": list("aabb"), "ward": list("xyxy")}, index=list("stuv"))
    >>> variation_of(design_of(rows, group="arm")), variation_of(design_of(rows, group="arm", strata="ward"))
    ('the variation', 'the variation that is left beside ward')
    """
    blocks = [*parts(design.asked["strata"]), design.asked["person"], design.asked["nested_in"]]
    inside = [name for name in blocks if name and design.changes_within(design.focus, name)]
    beside = [*design.taken_out, *inside]
    return f"the variation that is left beside {' and '.join(beside)}" if beside else "the variation"


def of_the_design(design: Design) -> list[str]:
    """Return the limits that a design has: nothing beside it, small groups, samples taken as independent.

    Parameters
    ----------
    design : Design
        What was asked, of which samples.

    Returns
    -------
    list of str
        Sentences; none where none is due.
    """
    found = []
    if not design.beside:
        blocks = parts(design.asked["strata"])
        than = f" than {' and '.join(blocks)}" if blocks else ""
        found.append(f"Nothing{' else' if than else ''}{than} was taken into account beside it.")
    if design.groups:
        small = design.sizes["people"][design.sizes["people"] < SMALL]
        if len(small):
            sizes = ", ".join(f"{name}: {size}" for name, size in small.items())
            found.append(f"Small groups ({sizes}): the interval is wide, and a difference may be missed.")
    if not design.asked["person"] and not design.asked["nested_in"]:
        strata = " and ".join(parts(design.asked["strata"]))
        every = f"Within {strata} every" if strata else "Every"
        found.append(f"{every} sample was taken as independent: this is wrong where several come from one individual.")
    return found


def of_depth(warning: str, so: str) -> list[str]:
    """Return what it costs that depth goes with what is asked; how much it differs stands with the answer.

    Parameters
    ----------
    warning : str
        Of :func:`handbook_utils.analysis.depth.depth_warning`; empty where it does not.
    so : str
        What follows from it.

    Returns
    -------
    list of str
        A sentence, or none.

    Examples
    --------
    >>> of_depth("Depth differs between the groups: median reads 100 (p), 1,000 (r)", "what is rare is not seen")
    ['Depth goes with what is asked: what is rare is not seen.']
    """
    return [f"Depth goes with what is asked: {so}."] if warning else []


def left_out(study: Study, design_left_out: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what was left out, and why: told by the reading, and by the design.

    Parameters
    ----------
    study : Study
        Its notes that begin with "Left out" are taken.
    design_left_out : mapping of str to sequence of str
        Reason to samples.

    Returns
    -------
    list of str
        A sentence a reason.
    """
    return [
        *(note for note in study.notes if note.startswith("Left out")),
        *(f"{reason}: {', '.join(samples)}." for reason, samples in design_left_out.items()),
    ]


def like_these(study: Study, design: Design, part: Study, drawn: Design) -> str:
    """Say what studies are like that were simulated from a study, or from a part of it.

    Parameters
    ----------
    study, design : Study, Design
        The whole.
    part, drawn : Study, Design
        What they were simulated from, as :func:`handbook_utils.analysis.taxa.filters.some_of` returns it.

    Returns
    -------
    str
        Words behind "simulated studies".
    """
    if part is study:
        depth, beside = study.quantity == "counts", bool(design.beside)
        size = "group sizes" if design.groups else "number"
        had = [*(["depth"] if depth else []), size, *(["covariates"] if beside else [])]
        return f"with the {', '.join(had[:-1])}{' and ' if had[:-1] else ''}{had[-1]} of these samples"
    return (
        f"like these, of {drawn.n} of the {design.n} samples and {len(part.features)} of the {len(study.features)} "
        f"{study.features_are}, drawn by lot since all would take hours (all samples find more, and more that is false "
        "where a method is biased),"
    )


def with_interval(row: Mapping[Hashable, Any], what: str) -> str:
    """Write a per cent with its 95 % interval.

    Parameters
    ----------
    row : mapping
        With `what`, and the ends of the interval: ``<what>_low`` and ``<what>_high``.
    what : str
        Its name.

    Returns
    -------
    str
        In whole per cents.

    Examples
    --------
    >>> with_interval({"false": 10.2, "false_low": 1.8, "false_high": 40.4}, "false")
    '10 % (95 % interval 2 to 40 %)'
    """
    return f"{row[what]:.0f} % (95 % interval {row[f'{what}_low']:.0f} to {row[f'{what}_high']:.0f} %)"
