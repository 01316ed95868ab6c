"""What is printed on the sheets for people at home, checked before it is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.fonts import FONT, register_fonts
from handbook_utils.protocols.home.texts import Home
from handbook_utils.protocols.kits import kit_of, kits

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d ()-]+")
_ROOM = {"study": (A4[0] - 80, 11.0), "phone": (160.0, 11.5), "email": (230.0, 11.5), "version": (60.0, 9.0)}


def problems(home: Home) -> list[InputError]:
    """Return everything that keeps a sheet from being printed so that people can use it.

    Parameters
    ----------
    home : Home
        What the study asks.

    Returns
    -------
    list of InputError
        Each with the parameter it is about.

    Examples
    --------
    >>> [error.where for error in problems(Home(kits()["none"], phone="call us", email="here"))]
    ['parameter phone', 'parameter email']
    """
    register_fonts()
    errors = []
    if home.phone and not (_PHONE.fullmatch(home.phone) and sum(sign.isdigit() for sign in home.phone) >= 8):
        errors.append(
            InputError(
                "This is not a telephone number people can call.",
                where="parameter phone",
                expected="digits, such as 050 000 0000 or +31 50 000 0000",
                found=home.phone,
            )
        )
    if home.email and not _MAIL.fullmatch(home.email):
        errors.append(
            InputError(
                "This is not an e-mail address.", where="parameter email", expected="name@place.nl", found=home.email
            )
        )
    glyphs = pdfmetrics.getFont(FONT).face.charToGlyph
    for name, (room, size) in _ROOM.items():
        text = str(getattr(home, name))
        unknown = sorted({sign for sign in text if ord(sign) not in glyphs})
        if unknown:
            errors.append(
                InputError(
                    "The sheet's font has no such characters.",
                    where=f"parameter {name}",
                    expected="letters, digits and signs of European languages",
                    found=listed([repr(sign) for sign in unknown]),
                )
            )
        elif pdfmetrics.stringWidth(text, FONT, size) > room:
            errors.append(
                InputError(
                    "This does not fit on its line of the sheet.",
                    where=f"parameter {name}",
                    expected=f"about {int(room / size / 0.6)} characters at most",
                    found=f"{len(text)} characters: {text}",
                )
            )
    for name, least in (("freezer_minutes", 1), ("return_days", 1), ("antibiotics_days", 1)):
        if getattr(home, name) < least:
            errors.append(
                InputError(
                    "So little time cannot be asked.",
                    where=f"parameter {name}",
                    expected=f"{least} or more",
                    found=str(getattr(home, name)),
                )
            )
    return errors


def collect_at_home(parameters: Mapping[str, object]) -> None:
    """Check what the chapter ``protocols/collect-at-home`` is given.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputErrors
        Everything at once.
    """
    errors: list[InputError] = []
    kit = kits()["none"]
    try:
        kit = kit_of(str(parameters["kit"]), str(parameters.get("kit_file") or ""))
    except InputErrors as found:
        errors.extend(found.errors)
    except InputError as found:
        errors.append(found)
    known = {name: parameters[name] for name in Home.__dataclass_fields__ if name in parameters}
    errors += problems(Home(**known | {"kit": kit}))  # type: ignore[arg-type]
    if errors:
        raise InputErrors(errors)
