"""How stool is kept on its way: kits, each a file beside this one, found by its name, which a study copies and changes.

Every limit has a source. A maker's figure is said to be one, and was not verified here; a limit that nobody gave is
unknown, and what it would decide is flagged: no limit of one kit ever holds for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from handbook_utils.errors import InputError, InputErrors, nearest
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import read_text

#: The texts for people at home that there are: which sheet goes with a kit.
SHEETS = ("none", "ethanol", "liquid", "fit", "card", "swab")
#: What a kit may limit, in words.
LIMITS: Mapping[str, str] = {
    "hours": "hours to the freezer or to receipt",
    "warmest_celsius": "warmest (°C)",
    "coldest_celsius": "coldest (°C)",
    "flag_minutes": "minutes outside, flagged",
    "reject_minutes": "minutes outside, rejected",
    "freeze_thaws": "thaws",
}
_TEXTS = ("title", "reported", "kept", "asks_for", "mind")
_LEAST = {"warmest_celsius": -273.0, "coldest_celsius": -273.0}


@dataclass(frozen=True)
class Limit:
    """One limit of a kit.

    Attributes
    ----------
    value : float or None
        None where there is no such limit, or where nobody gave it.
    source : str
        ``own`` (a choice), ``maker``, ``study`` (the study said it), or a paper's key.
    why : str
        In a few words.
    known : bool
        Whether somebody gave it: unknown is not the same as none.
    """

    value: float | None
    source: str
    why: str = ""
    known: bool = True

    @property
    def said(self) -> str:
        """The value in words.

        Examples
        --------
        >>> Limit(None, "maker", known=False).said, Limit(None, "own").said, Limit(1344.0, "song2016").said
        ('unknown', 'none', '1344')
        """
        return f"{self.value:g}" if self.value is not None else "none" if self.known else "unknown"

    @property
    def whose(self) -> str:
        """Whose figure it is, in words."""
        words = {
            "own": "a choice, with no source behind it",
            "maker": "maker's figure, not verified here",
            "study": "the study's own",
        }
        return words.get(self.source, self.source)


@dataclass(frozen=True)
class Kit:
    """A way to keep stool, with its limits.

    Attributes
    ----------
    name : str
        The file's name.
    title, reported : str
        What it is, and how a report says that stool was in it.
    sheet : str
        Of :data:`SHEETS`.
    frozen_at_home : bool
        Whether people put it into their freezer; its hours count to that, and otherwise to receipt.
    kept, asks_for, mind : str
        For who chooses between kits.
    limits : mapping of str to Limit
        All of :data:`LIMITS`.
    """

    name: str
    title: str
    reported: str
    sheet: str
    frozen_at_home: bool
    kept: str
    asks_for: str
    mind: str
    limits: Mapping[str, Limit]

    def with_limits(self, given: Mapping[str, float | None]) -> Kit:
        """Return the kit with a study's own limits in place of its own.

        Parameters
        ----------
        given : mapping of str to float or None
            By name of :data:`LIMITS`; None leaves the kit's.

        Returns
        -------
        Kit
            Each limit says whose it is.

        Examples
        --------
        >>> kit = kits()["omnigene"].with_limits({"hours": 72.0, "warmest_celsius": None})
        >>> kit.limits["hours"].said, kit.limits["hours"].whose, kit.limits["warmest_celsius"].whose
        ('72', "the study's own", "maker's figure, not verified here")
        """
        own = {name: Limit(value, "study") for name, value in given.items() if value is not None}
        return replace(self, limits={**self.limits, **own})


@lru_cache(maxsize=1)
def kits() -> Mapping[str, Kit]:
    """Return the handbook's kits by name; stool without a preservative first.

    Examples
    --------
    >>> list(kits())[:2], kits()["ethanol"].limits["hours"].value
    (['none', 'card'], 1344.0)
    """
    files = sorted(Path(__file__).parent.glob("*.yml"), key=lambda path: (path.stem != "none", path.stem))
    return {path.stem: read_kit(path) for path in files}


def kit_of(name: str, file: str = "") -> Kit:
    """Return a kit of the handbook, or a study's own.

    Parameters
    ----------
    name : str
        Of :func:`kits`.
    file : str
        Path of a study's own kit, which takes its place; "" for none.

    Returns
    -------
    Kit
        With its own limits.

    Raises
    ------
    InputError, InputErrors
        There is no such kit, or its file says something else than a kit's does.

    Examples
    --------
    >>> kit_of("omnigen")
    Traceback (most recent call last):
    ...
    handbook_utils.errors.InputError: There is no kit 'omnigen'.
      where:    parameter kit
      expected: one of none, card, ethanol, fit, omnigene, rnalater, shield, swab, or a kit_file of your own
      found:    omnigen
      remedy:   Did you mean 'omnigene'? All kits: handbook kits
    """
    if file:
        return read_kit(Path(file))
    known = kits()
    if name not in known:
        close = nearest(name, known)
        raise InputError(
            f"There is no kit '{name}'.",
            where="parameter kit",
            expected=f"one of {', '.join(known)}, or a kit_file of your own",
            found=name or "nothing",
            remedy=(f"Did you mean '{close}'? " if close else "") + "All kits: handbook kits",
        )
    return known[name]


def kit_text(name: str) -> str:
    """Return the file of one of the handbook's kits, to be copied and changed.

    Parameters
    ----------
    name : str
        Of :func:`kits`.

    Returns
    -------
    str
        YAML.
    """
    return (Path(__file__).parent / f"{kit_of(name).name}.yml").read_text(encoding="utf-8")


def read_kit(path: Path) -> Kit:
    """Read a kit's file.

    Parameters
    ----------
    path : pathlib.Path
        As those beside this module.

    Returns
    -------
    Kit
        Named as its file.

    Raises
    ------
    InputError, InputErrors
        All that is wrong in it.
    """
    where = path.name
    said = yaml_text.read(read_text(path)[0], where)
    names = (*_TEXTS, "sheet", "frozen_at_home", "limits")
    errors = _keys_wrong(said, names, where)
    if errors:
        raise InputErrors(errors)
    limits = {}
    for name in said["limits"] if isinstance(said["limits"], dict) else {}:
        if name in LIMITS:
            limits[name] = _limit(name, said["limits"][name], f"{where}, limits: {name}", errors)
    errors += _keys_wrong(said["limits"], tuple(LIMITS), f"{where}, limits")
    if said["sheet"] not in SHEETS:
        errors.append(
            InputError("There is no such sheet.", where=f"{where}, sheet", expected=", ".join(SHEETS),
                       found=str(said["sheet"]), remedy="Take the one that is most like your kit.")
        )  # fmt: skip
    if said["frozen_at_home"] not in ("yes", "no"):
        errors.append(
            InputError("This is neither yes nor no.", where=f"{where}, frozen_at_home", expected="yes or no",
                       found=str(said["frozen_at_home"]))
        )  # fmt: skip
    errors += [
        InputError("Nothing is said.", where=f"{where}, {name}", expected="a few words")
        for name in _TEXTS
        if not isinstance(said[name], str)
    ]
    if not errors:
        errors += _contradictions(limits, where)
    if errors:
        raise InputErrors(errors)
    return Kit(path.stem, sheet=said["sheet"], frozen_at_home=said["frozen_at_home"] == "yes", limits=limits,
               **{name: said[name] for name in _TEXTS})  # fmt: skip


def _keys_wrong(said: Any, names: tuple[str, ...], where: str) -> list[InputError]:
    if not isinstance(said, dict):
        return [
            InputError("This is not a kit.", where=where, expected=f"lines {', '.join(names)}", found=str(said)[:60])
        ]
    errors = []
    for name in said.keys() - set(names):
        close = nearest(name, names)
        errors.append(
            InputError(f"A kit has no '{name}'.", where=where, expected=", ".join(names), found=name,
                       remedy=f"Did you mean '{close}'?" if close else None)
        )  # fmt: skip
    errors += [
        InputError(f"The kit does not say {name}.", where=where, expected=", ".join(names),
                   remedy="Copy it from a kit of the handbook: handbook kits none")
        for name in names
        if name not in said
    ]  # fmt: skip
    return errors


def _limit(name: str, said: Any, where: str, errors: list[InputError]) -> Limit:
    known = _keys_wrong(said, ("value", "source", "why"), where)
    errors += known
    if known:
        return Limit(None, "", known=False)
    text, source = str(said["value"] or ""), str(said["source"] or "")
    value = None
    if text not in ("none", "unknown"):
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not _LEAST.get(name, 0.0) <= value < float("inf"):
            errors.append(
                InputError(
                    "This is no limit.", where=where, expected="a number, none, or unknown", found=text or "nothing"
                )
            )
    if not source:
        errors.append(
            InputError("The limit has no source.", where=where, expected="own, maker, or the key of a paper",
                       remedy="Write own where it is a choice.")
        )  # fmt: skip
    return Limit(value, source, str(said["why"] or ""), text != "unknown")


def _contradictions(limits: Mapping[str, Limit], where: str) -> list[InputError]:
    errors = []
    for low, high in (("flag_minutes", "reject_minutes"), ("coldest_celsius", "warmest_celsius")):
        first, second = limits[low].value, limits[high].value
        if first is not None and second is not None and first > second:
            errors.append(
                InputError(f"{high} is below {low}.", where=f"{where}, limits", expected=f"{low} at most {high}",
                           found=f"{first:g} and {second:g}")
            )  # fmt: skip
    return errors
