"""The limits of a study's cold chain: those of its kit, and what the study set in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handbook_utils.errors import InputError
from handbook_utils.protocols.kits import LIMITS, Kit, kit_of


@dataclass(frozen=True)
class Limits:
    """The rules of a study. None is no such limit; what is named in `unknown` nobody gave.

    Attributes
    ----------
    warmest, coldest : float or None
        Warmer or colder (°C) harms.
    flag_minutes, reject_minutes : float or None
        Time outside these from which a sample is flagged, and rejected.
    hours : float or None
        From collection to the freezer at home, or to receipt; longer is flagged.
    freeze_thaws : float or None
        Thawed more often is flagged.
    gap_minutes : float
        Longer without a reading is unknown, and flagged.
    frozen_at_home : bool
        Whether `hours` count to the freezer at home; with a stabiliser they count to receipt.
    unknown : frozenset of str
        Of :data:`handbook_utils.protocols.kits.LIMITS`.
    """

    warmest: float | None
    coldest: float | None
    flag_minutes: float | None
    reject_minutes: float | None
    hours: float | None
    freeze_thaws: float | None
    gap_minutes: float
    frozen_at_home: bool
    unknown: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Where the hours count to, in words."""
        return "the freezer" if self.frozen_at_home else "receipt"


def limits_of(kit: Kit, gap_minutes: float = 30.0) -> Limits:
    """Return the rules that a kit's limits make.

    Parameters
    ----------
    kit : Kit
        With the study's own limits in place of the kit's, where there are.
    gap_minutes : float
        Longer without a reading is unknown.

    Returns
    -------
    Limits
        None where the kit says nothing.

    Examples
    --------
    >>> limits_of(kit_of("none")).warmest, sorted(limits_of(kit_of("fit")).unknown)
    (-10.0, ['coldest_celsius', 'freeze_thaws', 'warmest_celsius'])
    """
    known = {name: kit.limits[name].value for name in LIMITS}
    return Limits(
        known["warmest_celsius"],
        known["coldest_celsius"],
        known["flag_minutes"],
        known["reject_minutes"],
        known["hours"],
        known["freeze_thaws"],
        gap_minutes,
        kit.frozen_at_home,
        frozenset(name for name in LIMITS if not kit.limits[name].known),
    )


def kit_with(said: Mapping[str, object]) -> Kit:
    """Return the kit that parameters name, with the limits they set.

    Parameters
    ----------
    said : mapping of str to object
        ``kit``, ``kit_file`` and, of :data:`handbook_utils.protocols.kits.LIMITS`, what is set; None is the kit's.

    Returns
    -------
    Kit
        Each limit says whose it is.

    Raises
    ------
    InputError, InputErrors
        There is no such kit; limits that do not go together.

    Examples
    --------
    >>> kit_with({"kit": "omnigene", "hours": 72.0}).limits["hours"].whose
    "the study's own"
    """
    given = {name: float(str(said[name])) for name in LIMITS if said.get(name) is not None}
    kit = kit_of(str(said["kit"]), str(said.get("kit_file") or "")).with_limits(given)
    for low, high in (("flag_minutes", "reject_minutes"), ("coldest_celsius", "warmest_celsius")):
        first, second = kit.limits[low].value, kit.limits[high].value
        if first is not None and second is not None and first > second:
            raise InputError(
                f"{high} is below {low}.",
                where=f"parameters {low} and {high}, and the kit {kit.name}",
                expected=f"{low} at most {high}",
                found=f"{first:g} and {second:g}",
                remedy="Set both, or neither.",
            )
    return kit
