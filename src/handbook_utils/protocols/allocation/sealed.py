"""The sealed list: a design and its secret seed in an encrypted file, and its arms told one at a time into the ledger.

The passphrase is with somebody who includes nobody. The ledger holds the checksum of the sealed file, so that no other
can be put in its place, and of each person a keyed hash instead of the screening id. No arm is in any file before the
person has it.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from cryptography.fernet import InvalidToken

from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.allocation.design import Design, arms_in_order, next_arm
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.people.key_file import check_strength, cipher
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

_FIRST_LINE = b"handbook-allocation 1"
_STEP = "handbook allocation"
#: Bits of a seed that nobody can guess.
_BITS = 128


@dataclass(frozen=True)
class Sealed:
    """What a sealed file holds.

    Attributes
    ----------
    study : str
        Its acronym.
    design : Design
        How people are allocated.
    seed : int
        Of which everything follows.
    """

    study: str
    design: Design
    seed: int


def seal(path: Path, sealed: Sealed, secret: str, ledger: Ledger, by: str = "") -> None:
    """Write a sealed file, and its checksum into the ledger.

    Parameters
    ----------
    path : pathlib.Path
        Not there yet.
    sealed : Sealed
        Its design checked.
    secret : str
        The passphrase.
    ledger : Ledger
        Of the study.
    by : str
        Initials.

    Raises
    ------
    InputError
        There is a list already, or the passphrase is weak.
    """
    check_strength(secret)
    if path.exists() or ledger.subjects("allocation sealed"):
        raise InputError(
            "There is a sealed list already, and it is not overwritten.",
            where=str(path),
            expected="one list for a study: a second would let somebody choose",
        )
    salt = secrets.token_bytes(16)
    content = json.dumps(asdict(sealed), ensure_ascii=False).encode("utf-8")
    written = b"\n".join([_FIRST_LINE, base64.b64encode(salt), cipher(secret, salt).encrypt(content), b""])
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, written, private=True)
    ledger.append([Event("allocation sealed", sha256(written), {"method": sealed.design.method})], step=_STEP, by=by)


def new_seed() -> int:
    """Draw a seed that nobody can guess, from the system's source of randomness."""
    return secrets.randbits(_BITS)


def opened(path: Path, secret: str, ledger: Ledger, study: str) -> Sealed:
    """Open the sealed file of a study.

    Parameters
    ----------
    path : pathlib.Path
        The sealed file.
    secret : str
        The passphrase it was sealed with.
    ledger : Ledger
        Of the study, which knows the file's SHA-256.
    study : str
        Its name.

    Returns
    -------
    Sealed
        Design and seed.

    Raises
    ------
    InputError
        It is not there, not the one of the ledger, of another study, or the passphrase is another.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise InputError(
            "The sealed list cannot be read.",
            where=str(path),
            found=str(error.strerror),
            remedy="It is made once, by the statistician: handbook allocation seal",
        ) from None
    if sha256(written) not in ledger.subjects("allocation sealed"):
        raise InputError(
            "The sealed list is not the one that the ledger knows.",
            where=str(path),
            expected="the file that was sealed at the beginning",
            remedy="Put it back from a copy. A list that is changed while people are allocated is no random list.",
        )
    lines = written.split(b"\n")
    try:
        content = json.loads(cipher(secret, base64.b64decode(lines[1], validate=True)).decrypt(lines[2]))
    except (InvalidToken, ValueError, IndexError):
        raise InputError(
            "The sealed list cannot be opened.", where=str(path), expected="the passphrase it was sealed with"
        ) from None
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content["design"].items()
    }
    design = Design(**told)
    found = Sealed(content["study"], design, content["seed"])
    if found.study != study:
        raise InputError("The sealed list is another study's.", where=str(path), expected=study, found=found.study)
    return found


def allocate(sealed: Sealed, screening_id: str, levels: Mapping[str, str], ledger: Ledger, by: str = "") -> str:
    """Give a person an arm, and remember it before it is told; who has one keeps it.

    Parameters
    ----------
    sealed : Sealed
        Opened.
    screening_id : str
        Of somebody who may take part.
    levels : mapping of str to str
        The person's level of each factor.
    ledger : Ledger
        Of the study.
    by : str
        Initials.

    Returns
    -------
    str
        The arm.

    Raises
    ------
    InputError
        A factor of the design is not known of the person.
    InputErrors
        Somebody else allocated at the same moment: once more will do.
    """
    lacking = [factor for factor in sealed.design.factors if not levels.get(factor)]
    if lacking:
        raise InputError("The person cannot be allocated.", where=listed(lacking), expected="a level", found="nothing")
    who = pseudonym(sealed, screening_id)
    earlier = allocated(ledger)
    known = earlier.loc[earlier["who"] == who, "arm"]
    if len(known):
        return str(known.iloc[0])
    arm = next_arm(sealed.design, sealed.seed, levels, earlier)
    detail = {"who": who, "arm": arm, **{factor: str(levels[factor]) for factor in sealed.design.factors}}
    ledger.append([Event("allocated", str(len(earlier) + 1), detail)], step=_STEP, by=by)
    return arm


def allocated(ledger: Ledger) -> pd.DataFrame:
    """Return everybody who was allocated, in order: ``who``, ``arm`` and the factors.

    Parameters
    ----------
    ledger : Ledger
        Of the study.

    Returns
    -------
    pandas.DataFrame
        A row a person; without rows where nobody was.
    """
    events = ledger.events("allocated")
    return pd.DataFrame(list(events["detail"]), dtype=object) if len(events) else pd.DataFrame(columns=["who", "arm"])


def pseudonym(sealed: Sealed, screening_id: str) -> str:
    """Return what stands for a person in the ledger: nobody without the seed can find the screening id by it.

    Parameters
    ----------
    sealed : Sealed
        Whose seed is the key (HMAC, SHA-256).
    screening_id : str
        Blanks and capitals do not count.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    plain = "".join(screening_id.split()).casefold().encode("utf-8")
    return hmac.new(str(sealed.seed).encode("ascii"), plain, "sha256").hexdigest()[:16]


def audit(sealed: Sealed, ledger: Ledger, log: Mapping[str, str]) -> list[str]:
    """Hold the ledger and the screening log against what follows from the seed.

    Parameters
    ----------
    sealed : Sealed
        Opened.
    ledger : Ledger
        Of the study.
    log : mapping of str to str
        The arm of each screening id; "" where there is none.

    Returns
    -------
    list of str
        What does not agree; nothing where all does.
    """
    earlier = allocated(ledger)
    people: Sequence[Mapping[str, str]] = [
        {str(name): str(value) for name, value in row.items()} for row in earlier.to_dict("records")
    ]
    again = arms_in_order(sealed.design, sealed.seed, people)
    told = dict(zip(earlier["who"], earlier["arm"], strict=True))
    wrong = [
        f"allocation {number}: {arm} in the ledger, {expected} by the seed"
        for number, (arm, expected) in enumerate(zip(earlier["arm"], again, strict=True), start=1)
        if arm != expected
    ]
    for name, arm in log.items():
        given = told.get(pseudonym(sealed, name), "")
        if arm and not given:
            wrong.append(f"{name}: the log says {arm}, and nobody allocated it")
        elif arm and arm != given:
            wrong.append(f"{name}: the log says {arm}, and {given} was given")
    return wrong
