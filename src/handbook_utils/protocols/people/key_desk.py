"""What is done at the key's desk: look up, take over codes, hand over; each opening is remembered in the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.inputs import check_columns, read_samples
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.people import key_file as keys
from handbook_utils.protocols.people.key_file import Key

_STEP = "handbook key"


@dataclass(frozen=True)
class Desk:
    """A study's key and ledger, and the passphrase.

    Attributes
    ----------
    folder : pathlib.Path
        The study's.
    key_file : pathlib.Path
        Where the key lies, sealed.
    ledger : Ledger
        Where it is remembered that the key was opened.
    secret : str
        The passphrase of the key.
    study : str
        Its acronym.
    simulated : bool
        Whether its people are invented.
    by : str
        Initials of who is at the desk.
    """

    folder: Path
    key_file: Path
    ledger: Ledger
    secret: str
    study: str
    simulated: bool
    by: str = ""

    def key(self) -> Key:
        """Open the key.

        Raises
        ------
        InputError
            There is none, the passphrase is another, or it is another study's.
        """
        key = keys.read_key(self.key_file, self.secret)
        if key is None:
            raise InputError(
                "There is no key file yet.",
                where=str(self.key_file),
                remedy="It is made by: handbook run assign-codes-and-labels --study …",
            )
        if key.study != self.study:
            raise InputError(
                "The key file belongs to another study.", where=str(self.key_file), expected=self.study, found=key.study
            )
        return key

    def remember(self, *events: Event) -> None:
        """Write into the ledger what was done at the desk."""
        self.ledger.append(events, step=_STEP, by=self.by)


def show(desk: Desk, code: str) -> str:
    """Return the screening id of who has a code, also as written on a tube.

    Parameters
    ----------
    desk : Desk
        Of a study; it remembers that the key was opened.
    code : str
        As scanned or typed.

    Returns
    -------
    str
        The screening id.

    Raises
    ------
    InputError
        Nobody has it.
    """
    key = desk.key()
    meant = plain(code)
    for name, one in key.codes.items():
        if plain(one) == meant or (meant.startswith(plain(one)) and re.fullmatch(rf"(?i){re.escape(one)}-\d+", code)):
            desk.remember(Event("key opened", one, {"what": "whose code"}))
            return name
    if meant in {plain(one) for one in key.withdrawn}:
        raise InputError("This code was withdrawn: nobody has it any more.", found=code)
    if meant in {plain(one) for one in key.spares}:
        raise InputError(
            "This is a spare label.", found=code, remedy="The list of spares says which tube it stands for."
        )
    close = nearest(code, key.codes.values())
    raise InputError("Nobody has this code.", found=code, remedy=f"Is it {close}?" if close else None)


def find(desk: Desk, screening_id: str) -> str:
    """Return the code of a screening id.

    Parameters
    ----------
    desk : Desk
        Of a study; it remembers that the key was opened.
    screening_id : str
        Capitals count as small letters.

    Returns
    -------
    str
        The code.

    Raises
    ------
    InputError
        Nobody of this id has one.
    """
    key = desk.key()
    folded = {name.casefold(): code for name, code in key.codes.items()}
    code = folded.get(screening_id.strip().casefold())
    if code is None:
        raise InputError("Nobody of this screening id has a code.", found=screening_id)
    desk.remember(Event("key opened", code, {"what": "the code of a screening id"}))
    return code


def take_over(desk: Desk, path: Path) -> int:
    """Take over the codes of a running study: columns ``screening_id`` and ``code``.

    Parameters
    ----------
    desk : Desk
        Of the study, whose key is written anew.
    path : pathlib.Path
        CSV, TSV or workbook.

    Returns
    -------
    int
        How many are new.

    Raises
    ------
    InputError, InputErrors
        Columns or cells missing, people twice; as :func:`handbook_utils.protocols.people.key_file.imported`.
    """
    table = read_samples(path)
    check_columns(table, ("screening_id", "code"), path, "The list of codes lacks columns.")
    empty = [str(line) for line in table.index[(table[["screening_id", "code"]] == "").any(axis=1)]]
    twice = sorted(set(table.loc[table["screening_id"].duplicated(), "screening_id"]))
    errors = []
    if empty:
        errors.append(InputError("Cells are empty.", where=f"{path.name}, line {listed(empty)}"))
    if twice:
        errors.append(InputError("People stand twice in the list.", where=path.name, found=f"{len(twice)} of them"))
    if errors:
        raise InputErrors(errors)
    given = dict(zip(table["screening_id"], table["code"], strict=True))
    before, after = keys.changed(
        desk.key_file, desk.secret, lambda key: keys.imported(key or Key(desk.study, desk.simulated), given)
    )
    desk.remember(*(Event("code", code) for code in given.values()), Event("key opened", path.name, {"what": "import"}))
    return len(after.codes) - (len(before.codes) if before else 0)


def hand_over(desk: Desk, target: Path, secret: str) -> None:
    """Write a copy of the key for whoever takes over, under a passphrase of their own.

    Parameters
    ----------
    desk : Desk
        Of the study.
    target : pathlib.Path
        Where the copy is written; must not be there.
    secret : str
        The other's passphrase.

    Raises
    ------
    InputError
        The passphrase is weak; there is something at the place already.
    """
    keys.check_strength(secret)
    if target.exists():
        raise InputError("There is something already, and it is not overwritten.", where=str(target))
    key = desk.key()
    keys.write_key(target, replace(key), secret)
    desk.remember(Event("key handed over", target.name))


def plain(code: str) -> str:
    """Return a code as it is compared: in capitals, without hyphens.

    Parameters
    ----------
    code : str
        As scanned, typed or kept.

    Returns
    -------
    str
        The same for every way to write the code.
    """
    return code.replace("-", "").strip().upper()
