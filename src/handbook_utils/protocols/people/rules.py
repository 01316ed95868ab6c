"""The rules by which a person is let into a study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.diagnoses.vocabulary import kinds
from handbook_utils.protocols.people.conditions import Said, said


@dataclass(frozen=True)
class Rules:
    """Eligibility, as the study file has it.

    Attributes
    ----------
    age_min, age_max : int
        Years; both belong to it.
    antibiotics_days, probiotics_days : int
        Days without, before the day of screening; so many or more will do.
    exclude_pregnant : bool
        Whether pregnant people are left out.
    conditions : tuple of str
        Diagnoses that exclude, as the log writes them.
    age_bands : tuple of str
        ``18-39``: what is handed on instead of ages.
    centres, arms : tuple of str
        Those of the study.
    """

    age_min: int
    age_max: int
    antibiotics_days: int
    probiotics_days: int
    exclude_pregnant: bool
    conditions: tuple[str, ...]
    age_bands: tuple[str, ...]
    centres: tuple[str, ...]
    arms: tuple[str, ...]

    def band(self, age: int) -> str:
        """Return the age band of an age, or "" outside all.

        Parameters
        ----------
        age : int
            Years.

        Returns
        -------
        str
            Such as ``18-39``.
        """
        for band in self.age_bands:
            first, _, last = band.partition("-")
            if int(first) <= age <= int(last):
                return band
        return ""

    def read(self, text: str) -> Said:
        """Return what a text says, with the study's own names of conditions known besides those of the vocabulary.

        Parameters
        ----------
        text : str
            Diagnoses in any words.

        Returns
        -------
        Said
            As of :func:`handbook_utils.protocols.people.conditions.said`.
        """
        return said(text, tuple(name for meant, name in _excluding(self.conditions).items() if meant == name))

    def against(self, text: str) -> tuple[list[str], list[str]]:
        """Return what speaks against somebody of whom a text is said.

        Parameters
        ----------
        text : str
            Diagnoses in any words.

        Returns
        -------
        tuple of list of str
            The excluding conditions of the rules, and the pieces that are not understood: among them those that may
            mean a condition that excludes, or another: a word for several, or one wider than the condition.
        """
        meant, told = _excluding(self.conditions), self.read(text)
        wider = {above for one in meant for above in kinds(one)[1:]}
        excluded: set[str] = set()
        unknown = list(told.unknown)
        for one in told.conditions:
            found = [{meant[kind] for kind in kinds(condition) if kind in meant} for condition in one.either]
            if all(found):
                excluded |= set.union(*found)
            elif any(found) or wider.intersection(one.either):
                unknown.append(one.text)
        return [name for name in self.conditions if name in excluded], unknown


@lru_cache(maxsize=16)
def _excluding(names: tuple[str, ...]) -> dict[str, str]:
    """Return the conditions that names of the rules mean; a name that the vocabulary does not know means itself."""
    made: dict[str, str] = {}
    for name in names:
        told = said(name)
        known = len(told.conditions) == 1 and not (told.denied or told.unknown)
        made |= {meant: name for meant in (told.conditions[0].either if known else (name,)) if meant not in made}
    return made


def rules_from(parameters: Mapping[str, Any]) -> Rules:
    """Make the rules of a chapter's parameters.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter that screens.

    Returns
    -------
    Rules
        Of the study.

    Raises
    ------
    InputErrors
        Age bands that are none, or that leave ages out or hold them twice.
    """
    lists = {name: tuple(parameters[name]) for name in ("conditions", "age_bands", "centres", "arms")}
    low, high = parameters["age_min"], parameters["age_max"]
    bands = lists["age_bands"]
    errors = []
    if not bands or any(not re.fullmatch(r"\d{1,3}-\d{1,3}", band) for band in bands):
        errors.append(InputError("Age bands cannot be read.", expected="18-39, 40-59", found=", ".join(bands)))
    else:
        ends = [tuple(map(int, band.split("-"))) for band in bands]
        for age in range(low, high + 1):
            times = sum(first <= age <= last for first, last in ends)
            if times != 1:
                errors.append(
                    InputError(
                        f"Age {age} is in {times} age bands.",
                        where="parameter age_bands",
                        expected=f"each age from {low} to {high} in one",
                        found=", ".join(bands),
                    )
                )
                break
    errors += [
        InputError(f"There are no {name}.", where=f"parameter {name}", expected="names, separated by commas")
        for name in ("centres", "arms")
        if not lists[name]
    ]
    if errors:
        raise InputErrors(errors)
    return Rules(
        low,
        high,
        parameters["antibiotics_days"],
        parameters["probiotics_days"],
        parameters["exclude_pregnant"],
        **lists,
    )


def rules_of(values: Mapping[str, Any]) -> Rules:
    """Return the rules of a study file.

    Parameters
    ----------
    values : mapping of str to object
        What it holds, by ``section.key``.

    Returns
    -------
    Rules
        Of the study.

    Raises
    ------
    InputErrors
        As :func:`rules_from`.
    """
    return rules_from({name: values[key] for name, key in _IN_A_STUDY.items()})


_IN_A_STUDY = {
    "conditions": "eligibility.excluded_conditions",
    "age_bands": "eligibility.age_bands",
    "centres": "design.centres",
    "arms": "design.arms",
    "age_min": "eligibility.age_min",
    "age_max": "eligibility.age_max",
    "antibiotics_days": "eligibility.antibiotics_washout_days",
    "probiotics_days": "eligibility.probiotics_washout_days",
    "exclude_pregnant": "eligibility.exclude_pregnant",
}
