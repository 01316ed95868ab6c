"""What a sample size is computed from: the pilot a reader chose, opened and checked before the chapter runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.distance.distances import distances
from handbook_utils.analysis.pilot import first_of_each, pairs_of, shannon_at
from handbook_utils.analysis.power import tilted
from handbook_utils.errors import InputError, collect, listed, nearest
from handbook_utils.protocols.plan.designs import clusters_of, stopped_of
from handbook_utils.study import Study
from handbook_utils.study.readers import open_study, require_counts
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

#: Of each bundled pilot: the columns for group, person and time. Infants change fast, so late samples only are a pilot.
PILOTS = {
    "twins": ("group", "person", "visit"),
    "throat": ("smoking", "", ""),
    "ecam": ("delivery", "child", "day"),
}
#: Day from which an infant's samples are taken.
_ECAM_FROM = 180
#: Effects looked for where the reader names none: Cohen's d, ω², and a factor.
EFFECTS = {"shannon": 0.5, "permanova": 0.03, "taxon": 2.0}
_RANGES = {"shannon": (0.05, 5.0), "permanova": (0.001, 0.5), "taxon": (0.05, 100.0)}
#: The fewest people from whom spread can be learnt at all.
_FEWEST = 10


@dataclass(frozen=True)
class Pilot:
    """What a pilot study gives the simulations.

    Attributes
    ----------
    people : Study
        One sample a person, deep enough.
    groups : list of str
        The pilot's group of each person; one and the same word where the pilot has no groups.
    shannon : numpy.ndarray
        Shannon entropy of each person at `reads`.
    visits : numpy.ndarray, shape (persons, 2)
        Shannon entropy of those sampled twice; no rows where nobody was.
    squared : numpy.ndarray
        Squared Bray-Curtis distances between people.
    taxa : list of str
        Taxa in at least a tenth of the people, the most abundant first.
    reads : int
        The depth at which diversity is compared.
    """

    people: Study
    groups: list[str]
    shannon: npt.NDArray[np.float64]
    visits: npt.NDArray[np.float64]
    squared: npt.NDArray[np.float64]
    taxa: list[str]
    reads: int


def pilot_of(parameters: Mapping[str, Any]) -> Pilot:
    """Open the pilot that the parameters of ``protocols/plan-the-study`` name.

    Parameters
    ----------
    parameters : mapping of str to object
        ``pilot``, ``table``, ``metadata``, ``group``, ``person``, ``time``, ``reads``.

    Returns
    -------
    Pilot
        Of the samples that have the reads; of each person the first.

    Raises
    ------
    InputError, InputErrors
        Files that do not fit, columns that are not there, abundances instead of counts, too few people.

    Examples
    --------
    >>> made = pilot_of({"pilot": "throat", "table": "", "metadata": "", "reads": 500})
    >>> made.people.shape[0], len(made.visits)
    (60, 0)
    """
    named = parameters["pilot"]
    study = open_study(parameters["table"], parameters["metadata"], bundled=named)
    own = bool(parameters["table"])
    group, person, time = [parameters.get(name, "") for name in ("group", "person", "time")] if own else PILOTS[named]
    collect(
        partial(require_counts, study),
        *(partial(_complete, study, name, late=not own) for name in (group, person) if name),
        *([partial(study.column, time)] if time else []),
    )
    frame = study.metadata
    chosen = study.depth >= parameters["reads"]
    if not own and named == "ecam":
        chosen &= frame["day"] >= _ECAM_FROM
    deep = study.choose_samples(chosen)
    reads = parameters["reads"]
    people = first_of_each(deep, person, time)
    if len(people.samples) < _FEWEST:
        raise InputError(
            "The pilot has too few people.",
            where=f"{study.name}, samples of {reads} reads or more",
            expected=f"{_FEWEST} or more",
            found=str(len(people.samples)),
            remedy="Lower reads, or take a bundled pilot.",
        )
    entropy = shannon_at(deep, reads)
    pairs = pairs_of(deep, person, time)
    shares = people.proportions().to_frame()
    order = shares.mean().sort_values(ascending=False, kind="stable").index
    often = people.prevalence[order] >= 0.1
    return Pilot(
        people=people,
        groups=list(people.column(group).astype(str)) if group else ["all"] * len(people.samples),
        shannon=entropy[people.samples].to_numpy(),
        visits=np.array([[entropy[one], entropy[two]] for one, two in pairs]).reshape(len(pairs), 2),
        squared=np.asarray(distances(people, "bray-curtis").data) ** 2,
        taxa=[str(name) for name in order[often.to_numpy()]],
        reads=reads,
    )


def _complete(study: Study, name: str, *, late: bool) -> None:
    column = study.column(name)
    if column.isna().any() and not late:
        raise InputError(
            f"Column '{name}' lacks {column.isna().sum()} values.",
            where=f"samples {listed(list(column.index[column.isna()]))}",
            expected="a value for every sample",
        )


def named_taxon(pilot: Pilot, wanted: str) -> tuple[str, str]:
    """Return the taxon that will change and the most abundant other one, which will not.

    Parameters
    ----------
    pilot : Pilot
        Whose taxa are looked at.
    wanted : str
        Its name; empty: the most abundant.

    Returns
    -------
    tuple of str
        Both names.

    Raises
    ------
    InputError
        No such taxon, or in too few people.
    """
    known = [name for name in pilot.taxa if name not in ("Unknown", "unknown", "Unassigned")]
    taxon = wanted or known[0]
    if taxon not in known:
        close = nearest(taxon, known)
        there = taxon in pilot.people.features
        raise InputError(
            f"The taxon '{taxon}' is in too few people of the pilot."
            if there
            else f"The pilot has no taxon '{taxon}'.",
            where="parameter taxon",
            expected="a taxon that a tenth of the people have or more",
            remedy=f"Did you mean '{close}'?" if close and not there else f"The most abundant are {listed(known)}.",
        )
    return taxon, next(name for name in known if name != taxon)


def effects_of(outcome: str, effect: float) -> dict[str, float]:
    """Return the effect of each outcome: the reader's for the primary one, defaults for the others.

    Parameters
    ----------
    outcome : {"shannon", "permanova", "taxon"}
        The primary one.
    effect : float
        In its unit: standard deviations, share of the variation (ω²), or factor.

    Returns
    -------
    dict of str to float
        By outcome.

    Raises
    ------
    InputError
        An effect that its unit does not allow.

    Examples
    --------
    >>> effects_of("permanova", 0.05)
    {'shannon': 0.5, 'permanova': 0.05, 'taxon': 2.0}
    """
    low, high = _RANGES[outcome]
    units = {
        "shannon": "a difference in standard deviations",
        "permanova": "a share of the variation (ω²)",
        "taxon": "a factor, other than 1",
    }
    if not low <= effect <= high or (outcome == "taxon" and effect == 1):
        raise InputError(
            f"The effect does not fit the outcome '{outcome}'.",
            where="parameter effect",
            expected=f"{units[outcome]} from {low:g} to {high:g}",
            found=f"{effect:g}",
        )
    return EFFECTS | {outcome: effect}


def sizes_of(said: Sequence[str]) -> list[int]:
    """Read group sizes, in rising order.

    Parameters
    ----------
    said : sequence of str
        As given.

    Returns
    -------
    list of int
        Each once.

    Raises
    ------
    InputError
        Something that is not a whole number from 3 to 1000, or fewer than two sizes.

    Examples
    --------
    >>> sizes_of(["40", "20"])
    [20, 40]
    """
    wrong = [size for size in said if not size.isdecimal() or not 3 <= int(size) <= 1000]
    if wrong or len(said) < 2:
        raise InputError(
            "Sizes are whole numbers of people.",
            where="parameter sizes",
            expected="two or more of 3 to 1000, separated by commas",
            found=listed(wrong or said),
        )
    return sorted({int(size) for size in said})


def plan_the_study(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``protocols/plan-the-study``.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with numbers and files, at once.
    """
    arms = parameters["arms"]

    def enough_arms() -> None:
        if len(arms) < 2:
            raise InputError(
                "A comparison needs two arms.", where="parameter arms", expected="two or more names", found=str(arms)
            )

    def enough_people() -> None:
        if parameters["participants"] < 3 * len(arms):
            raise InputError(
                "There are too few participants.",
                where="parameter participants",
                expected=f"three or more for each of the {len(arms)} arms",
                found=parameters["participants"],
            )

    def pilot() -> None:
        made = pilot_of(parameters)
        named_taxon(made, parameters["taxon"])
        if parameters["outcome"] == "permanova":
            tilted(made.squared, parameters["effect"])

    collect(
        enough_arms,
        enough_people,
        partial(effects_of, parameters["outcome"], parameters["effect"]),
        partial(sizes_of, parameters["sizes"]),
        partial(clusters_of, parameters),
        partial(stopped_of, parameters["dropout_by_visit"], parameters["time_points"], parameters["dropout"]),
        pilot,
    )


def plan_table(quantities: Mapping[str, object]) -> bytes:
    r"""Write the plan as the table that later steps and people read.

    Parameters
    ----------
    quantities : mapping of str to object
        What was planned, in the order of the table.

    Returns
    -------
    bytes
        CSV (UTF-8) with the columns quantity and value.

    Examples
    --------
    >>> plan_table({"alpha": 0.05})
    b'quantity,value\r\nalpha,0.05\r\n'
    """
    frame = pd.DataFrame({"quantity": list(quantities), "value": [str(value) for value in quantities.values()]})
    return safe_for_spreadsheets(frame, index=False).to_csv(index=False, lineterminator="\r\n").encode()
