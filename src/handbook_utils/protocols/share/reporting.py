"""What a study must report, filled in from its study file: the items of STORMS that the protocols know.

STORMS (Mirzayi 2021, doi:10.1038/s41591-021-01552-x) is a checklist of 17 items in six sections, each with several
questions. Those below, in our words, are the ones that are settled before a sequence is read; the others (results,
discussion) are the paper's.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from handbook_utils.asking import written
from handbook_utils.protocols.kits.limits import kit_with, limits_of

#: What stands where the study file says nothing.
NOT_STATED = "not stated"


def storms(said: Mapping[str, object]) -> pd.DataFrame:
    """Fill in the items of STORMS from the parameters of a study.

    Parameters
    ----------
    said : mapping of str to object
        The parameters of the chapter ``protocols/share-the-data``.

    Returns
    -------
    pandas.DataFrame
        item, "what the study says" (``NOT_STATED`` where it says nothing), "said by" (the section of the study file).

    Examples
    --------
    >>> table = storms({"age_min": 18, "age_max": 79})
    >>> table.iloc[0].tolist()
    ['eligibility', 'aged 18 to 79', 'eligibility']
    """
    rows = [
        ("eligibility", _eligible(said), "eligibility"),
        ("antibiotics", _days(said, "antibiotics_days", "antibiotics"), "eligibility"),
        ("other treatments", _days(said, "probiotics_days", "probiotics"), "eligibility"),
        ("dates", _text(said, "dates", "samples taken {}"), "questionnaires"),
        ("setting", _text(said, "centres", "{}"), "design"),
        ("sample size", _text(said, "participants", "{} participants planned"), "design, power"),
        ("longitudinal", _longitudinal(said), "design"),
        ("groups and matching", _groups(said), "design, plates"),
        ("ethics", _ethics(said), "ethics"),
        ("collection", _collection(said), "collection"),
        ("shipping", _shipping(said), "cold"),
        ("storage", _storage(said), "metadata"),
        ("extraction", _text(said, "extraction", "{}"), "extraction"),
        ("primers or library", _primers(said), "sequencing"),
        ("negative controls", _controls(said, "blanks", "extraction blanks", "ntc", "no-template controls"), "plates"),
        ("positive controls", _controls(said, "mocks", "mock communities"), "plates"),
        ("contaminants", _text(said, "contaminants", "{}"), "acceptance"),
        ("replication", _controls(said, "duplicates", "samples extracted twice"), "plates"),
        ("quantification", _text(said, "quantification", "{}"), "sequencing"),
        ("batch effects", _batches(said), "plates"),
        ("human reads", _text(said, "human_reads", "{}"), "sharing"),
        ("data access", _access(said), "sharing"),
    ]
    return pd.DataFrame(rows, columns=["item", "what the study says", "said by"])


def _given(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    return written(value).strip()


def _text(said: Mapping[str, object], name: str, words: str) -> str:
    value = _given(said, name)
    return words.format(value) if value else NOT_STATED


def _eligible(said: Mapping[str, object]) -> str:
    low, high = _given(said, "age_min"), _given(said, "age_max")
    parts = [f"aged {low} to {high}"] if low and high else []
    if _given(said, "exclude_pregnant") == "True":
        parts.append("not pregnant")
    if conditions := _given(said, "excluded_conditions"):
        parts.append(f"without {conditions}")
    return "; ".join(parts) or NOT_STATED


def _days(said: Mapping[str, object], name: str, what: str) -> str:
    return _text(said, name, f"no {what} in the {{}} days before inclusion")


def _longitudinal(said: Mapping[str, object]) -> str:
    points = said.get("time_points")
    if not isinstance(points, list) or not points:
        return NOT_STATED
    return f"{len(points)} samples of each participant: {', '.join(points)}" if len(points) > 1 else "one sample each"


def _groups(said: Mapping[str, object]) -> str:
    arms, balanced = _given(said, "arms"), _given(said, "covariates")
    if not arms:
        return NOT_STATED
    return f"arms: {arms}" + (f"; plates balanced for {balanced}" if balanced else "")


def _ethics(said: Mapping[str, object]) -> str:
    committee, number = _given(said, "committee"), _given(said, "ethics_number")
    if not committee:
        return NOT_STATED
    verb = {"True": "approved by", "False": "declared outside the WMO by"}.get(_given(said, "within_wmo"), "judged by")
    under = "" if _given(said, "within_wmo") else "; whether the study falls under the WMO is not stated"
    return f"{verb} {committee}" + (f" ({number})" if number else "") + f"{under}; written consent"


def _collection(said: Mapping[str, object]) -> str:
    if not _given(said, "kit"):
        return NOT_STATED
    kit = kit_with(said)
    within = f" within {_given(said, 'freezer_minutes')} minutes" if kit.frozen_at_home else ""
    return f"at home: {kit.reported}{within}"


def _shipping(said: Mapping[str, object]) -> str:
    if not _given(said, "kit"):
        return NOT_STATED
    limits = limits_of(kit_with(said))
    if limits.warmest is None:
        return NOT_STATED
    minutes, verdict = limits.reject_minutes, "rejected"
    if minutes is None:
        minutes, verdict = limits.flag_minutes, "flagged"
    for_more = f" for more than {minutes:g} minutes" if minutes is not None else ""
    return f"with temperature loggers; tubes above {limits.warmest:g} °C{for_more} {verdict}"


def _storage(said: Mapping[str, object]) -> str:
    celsius = _given(said, "store_celsius")
    return f"{float(celsius):g} °C in the laboratory" if celsius else NOT_STATED


def _primers(said: Mapping[str, object]) -> str:
    forward, reverse = _given(said, "forward"), _given(said, "reverse")
    if _given(said, "method") == "shotgun":
        return f"shotgun, {_given(said, 'instrument')}"
    return f"16S rRNA, {forward} and {reverse}, {_given(said, 'instrument')}" if forward and reverse else NOT_STATED


def _controls(said: Mapping[str, object], *names: str) -> str:
    parts = [
        f"{what}: {_given(said, name)}"
        for name, what in zip(names[::2], names[1::2], strict=True)
        if _given(said, name)
    ]
    return "; ".join(parts) + " (on every plate)" if parts else NOT_STATED


def _batches(said: Mapping[str, object]) -> str:
    if not _given(said, "covariates"):
        return NOT_STATED
    seed = _given(said, "seed") or NOT_STATED
    return f"each participant's samples on one plate, in wells that do not touch; seed {seed}"


def _access(said: Mapping[str, object]) -> str:
    access, place = _given(said, "access"), _given(said, "repository")
    if not access:
        return NOT_STATED
    who = "open" if access == "open" else f"on request to {_given(said, 'contact') or NOT_STATED}"
    return f"sequences in {place or NOT_STATED}; data of each person: {who}"
