"""The way of extraction: nothing of it may be left open, and it is the same for every tube of a study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from handbook_utils.asking.study import study_questions
from handbook_utils.errors import InputError

_LARGEST_BEAD = 5.0
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Extraction:
    """How DNA is taken out, the same for the whole study.

    Attributes
    ----------
    kit : str
        Name of the kit, or of the reagents.
    protocol : {"kit", "Q-like"}
        What is followed: the kit's own procedure, or one after IHMS protocol Q.
    bead_mm : str
        Diameters of the beads (mm), joined by " + " where there are several.
    sample_mg : float
        Stool in each well (mg).
    """

    kit: str
    protocol: Literal["kit", "Q-like"]
    bead_mm: str
    sample_mg: float

    @property
    def followed(self) -> str:
        """What is followed, in words."""
        return f"the procedure of {self.kit}" if self.protocol == "kit" else f"your Q-like procedure with {self.kit}"

    @property
    def in_words(self) -> str:
        """The whole method in one line, for metadata and reports: kit, what is followed, beads, amount.

        Examples
        --------
        >>> Extraction("Kit X", "Q-like", "0.1 + 3", 200.0).in_words
        'Kit X, after IHMS protocol Q; beads of 0.1 + 3 mm; 200 mg of stool a well'
        """
        followed = "by its own procedure" if self.protocol == "kit" else "after IHMS protocol Q"
        return f"{self.kit}, {followed}; beads of {self.bead_mm} mm; {self.sample_mg:g} mg of stool a well"


def bead_sizes(text: str) -> list[float]:
    """Return the diameters of beads (mm).

    Parameters
    ----------
    text : str
        Numbers with a plus between them, with point or comma.

    Returns
    -------
    list of float
        In their order.

    Examples
    --------
    >>> bead_sizes("0.1 + 3"), bead_sizes("0,5")
    ([0.1, 3.0], [0.5])
    """
    return [float(part.strip().replace(",", ".")) for part in text.split("+")]


def choices_wrong(extraction: Extraction) -> list[InputError]:
    """Return what is wrong with the way of extraction: nothing of it may be left open.

    Parameters
    ----------
    extraction : Extraction
        As the parameters say it.

    Returns
    -------
    list of InputError
        None where nothing is.

    Examples
    --------
    >>> [error.where for error in choices_wrong(Extraction("", "kit", "", 0))]
    ['parameter kit', 'parameter bead_mm', 'parameter sample_mg']
    """
    why = "extraction is the step that changes a stool profile most, and it must be the same for every tube"
    errors = []
    if not extraction.kit.strip():
        errors.append(InputError(f"The extraction kit is not named: {why}.", where="parameter kit", expected="a name"))
    elif len(extraction.kit) > _LONGEST_NAME:
        errors.append(
            InputError(
                "The kit's name does not fit on the sheets.",
                where="parameter kit",
                expected=f"{_LONGEST_NAME} characters at most",
                found=f"{len(extraction.kit)} characters",
            )
        )
    known = re.fullmatch(r"\s*\d+([.,]\d+)?\s*(\+\s*\d+([.,]\d+)?\s*)*", extraction.bead_mm)
    if not known or not all(0 < size <= _LARGEST_BEAD for size in bead_sizes(extraction.bead_mm)):
        errors.append(
            InputError(
                f"The size of the beads is not said: {why}.",
                where="parameter bead_mm",
                expected=f"millimetres from 0 to {_LARGEST_BEAD:g}, such as 0.1 or 0.1 + 3",
                found=extraction.bead_mm or "nothing",
                remedy="Is this in micrometres? 100 µm are 0.1 mm."
                if re.search(r"\d{2,}|µ|u", extraction.bead_mm)
                else None,
            )
        )
    if not 0 < extraction.sample_mg <= 2000:
        errors.append(
            InputError(
                "The amount of stool is not said.",
                where="parameter sample_mg",
                expected="milligrams a well, as your procedure says",
                found=f"{extraction.sample_mg:g}",
            )
        )
    return errors


def chosen(parameters: Mapping[str, Any]) -> Extraction:
    """Return the way of extraction that parameters say.

    Parameters
    ----------
    parameters : mapping of str to object
        ``kit``, ``protocol``, ``bead_mm``, ``sample_mg``.

    Returns
    -------
    Extraction
        Not yet checked: see :func:`choices_wrong`.

    Examples
    --------
    >>> chosen({"kit": "My kit", "protocol": "kit", "bead_mm": "0.1", "sample_mg": 200.0}).bead_mm
    '0.1'
    """
    protocol: Literal["kit", "Q-like"] = "Q-like" if parameters["protocol"] == "Q-like" else "kit"
    return Extraction(parameters["kit"], protocol, parameters["bead_mm"], parameters["sample_mg"])


def example_extraction() -> Extraction:
    """Return the way of extraction of the example study, as its study file says it."""
    asked = study_questions()
    return chosen({name: asked[f"extraction.{name}"].in_book for name in ("kit", "protocol", "bead_mm", "sample_mg")})
