"""The key: who has which code, encrypted, in one file that lies apart from everything else.

The passphrase comes from the environment variable :data:`PASSPHRASE`, never from a parameter: parameters are written
into result folders. From it scrypt (RFC 7914) makes the key of Fernet, which is AES-128-CBC with HMAC-SHA-256: who
changes a byte of the file is found out, and who has the file without the passphrase has nothing.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.people.codes import same_person
from handbook_utils.text import durable

#: The environment variable that holds the passphrase.
PASSPHRASE = "HANDBOOK_KEY_PASSPHRASE"  # noqa: S105 - its name, not its value
#: A passphrase shorter than this can be guessed, however slow each guess is.
SHORTEST = 12
#: One of fewer different characters, too.
FEWEST = 6
#: How many generations of a key file are kept.
_KEPT = 10
#: Seconds to wait for somebody who is at work with the key.
_PATIENCE = 60.0
_SCANS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,30}[A-Za-z0-9])?")

_FIRST_LINE = b"handbook-key 1"
_SALT_BYTES = 16
# OWASP's recommendation for scrypt: 128 MiB and about half a second for each guess.
_COST, _BLOCK, _PARALLEL = 2**17, 8, 1


@dataclass(frozen=True)
class Key:
    """What a key file holds.

    Attributes
    ----------
    study : str
        The study's acronym: a key of another study is refused.
    simulated : bool
        Whether codes were drawn from a seed, so that anybody can draw them again.
    codes : mapping of str to str
        The code of each screening id, of people who have left the study too: a code is never given twice.
    spares : tuple of str
        Codes of replacement labels.
    withdrawn : tuple of str
        Codes whose person asked to be forgotten: they mean nobody, and are never given again.
    imported : tuple of str
        Codes that were given before the handbook; they need no check character.
    """

    study: str
    simulated: bool
    codes: Mapping[str, str] = field(default_factory=dict)
    spares: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()


def passphrase() -> str | None:
    """Return the passphrase of the environment, or None where there is none.

    Raises
    ------
    InputError
        It is too short or too simple.
    """
    found = os.environ.get(PASSPHRASE)
    if not found:
        return None
    check_strength(found, f"the environment variable {PASSPHRASE}")
    return found


def check_strength(secret: str, where: str = "the passphrase") -> None:
    """Refuse a passphrase that can be guessed.

    Parameters
    ----------
    secret : str
        The passphrase.
    where : str
        Named in the message.

    Raises
    ------
    InputError
        It is too short, or of too few different characters.
    """
    if len(secret) < SHORTEST or len(set(secret.casefold())) < FEWEST:
        short = len(secret) < SHORTEST
        raise InputError(
            f"The passphrase of the key file is too {'short' if short else 'simple'}.",
            where=where,
            expected=f"at least {SHORTEST} characters, {FEWEST} of them different; four words picked by dice are good",
            found=f"{len(secret) if short else len(set(secret.casefold()))} {'' if short else 'different '}characters",
        )


def seal(key: Key, secret: str) -> bytes:
    """Encrypt a key.

    Parameters
    ----------
    key : Key
        What to keep.
    secret : str
        The passphrase.

    Returns
    -------
    bytes
        A line that says what it is, the salt, and the encrypted content; never the same bytes twice.

    Examples
    --------
    >>> sealed = seal(Key("BUIK", True, {"S001": "7K3PXP"}), "correct horse battery")
    >>> b"S001" in sealed, unseal(sealed, "correct horse battery").codes
    (False, {'S001': '7K3PXP'})
    """
    salt = secrets.token_bytes(_SALT_BYTES)
    content = {
        "study": key.study,
        "simulated": key.simulated,
        "codes": dict(key.codes),
        "spares": list(key.spares),
        "withdrawn": list(key.withdrawn),
        "imported": list(key.imported),
    }
    token = cipher(secret, salt).encrypt(json.dumps(content, ensure_ascii=False).encode("utf-8"))
    return b"\n".join([_FIRST_LINE, base64.b64encode(salt), token, b""])


def unseal(sealed: bytes, secret: str, where: str = "the key file") -> Key:
    """Decrypt a key.

    Parameters
    ----------
    sealed : bytes
        What :func:`seal` returned.
    secret : str
        The passphrase.
    where : str
        Named in messages.

    Returns
    -------
    Key
        As it was sealed.

    Raises
    ------
    InputError
        It is no key file, has been changed, or the passphrase is another.
    """
    lines = sealed.split(b"\n")
    try:
        if lines[0] != _FIRST_LINE:
            raise ValueError
        salt, token = base64.b64decode(lines[1], validate=True), lines[2]
    except (ValueError, IndexError):
        raise InputError(
            "The file is not a key file.",
            where=where,
            expected=f"a file that begins with {_FIRST_LINE.decode()}",
            remedy="Name another file; this one is not overwritten.",
        ) from None
    try:
        content = json.loads(cipher(secret, salt).decrypt(token))
    except InvalidToken:
        raise InputError(
            "The key file cannot be opened.",
            where=where,
            expected=f"the passphrase it was made with, in {PASSPHRASE}",
            found="another passphrase, or a file that has been changed",
            remedy="Without the passphrase nobody can open it; ask who else holds it.",
        ) from None
    lists = {name: tuple(content.get(name, ())) for name in ("spares", "withdrawn", "imported")}
    return Key(content["study"], content["simulated"], content["codes"], **lists)


def cipher(secret: str, salt: bytes) -> Fernet:
    """Return what encrypts and opens files under a passphrase.

    Parameters
    ----------
    secret : str
        The passphrase.
    salt : bytes
        Kept in the file, in the open.

    Returns
    -------
    cryptography.fernet.Fernet
        Its key is made by scrypt.
    """
    made = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(secret.encode("utf-8"))
    return Fernet(base64.urlsafe_b64encode(made))


def read_key(path: Path, secret: str) -> Key | None:
    """Read a key file, or return None where there never was one.

    Parameters
    ----------
    path : pathlib.Path
        The key file; its generations lie beside it.
    secret : str
        The passphrase.

    Returns
    -------
    Key or None
        None only where nothing of a key lies there.

    Raises
    ------
    InputError
        As :func:`unseal`; the file cannot be read; it is gone and what was beside it is there.
    """
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        _check_nothing_left(path)
        return None
    except OSError as error:
        raise InputError("The key file cannot be read.", where=str(path), found=str(error.strerror)) from error
    return unseal(sealed, secret, str(path))


def _check_nothing_left(path: Path) -> None:
    left = [*generations(path), path.with_name(f"{path.name}.before"), path.with_name(f".{path.name}.part")]
    there = [one.name for one in left if one.exists()]
    if there:
        raise InputError(
            "The key file is gone, and others of it are there.",
            where=str(path),
            expected="the key file itself",
            found=listed(there),
            remedy=f"Look who moved it. The last one is {there[0]}: copy it to {path.name}.",
        )


def generations(path: Path) -> list[Path]:
    """Return the generations of a key file that are kept beside it, the last one first.

    Parameters
    ----------
    path : pathlib.Path
        The key file.

    Returns
    -------
    list of pathlib.Path
        Named ``<key file>.g<number>``.
    """
    found = [one for one in path.parent.glob(f"{path.name}.g*") if one.name.rpartition(".g")[2].isdecimal()]
    return sorted(found, key=lambda one: int(one.name.rpartition(".g")[2]), reverse=True)


def changed(path: Path, secret: str, change: Callable[[Key | None], Key]) -> tuple[Key | None, Key]:
    """Read a key, change it and write it, while nobody else does.

    Parameters
    ----------
    path : pathlib.Path
        The key file.
    secret : str
        The passphrase.
    change : callable
        Given the key of before, or None, returns the one to keep.

    Returns
    -------
    before, after : Key or None, Key
        Nothing is written where they are equal.

    Raises
    ------
    InputError
        As :func:`read_key` and :func:`write_key`; somebody else is at work for long; a code would be lost.
    """
    with _held(path):
        before = read_key(path, secret)
        after = change(before)
        lost = _lost(before, after)
        if lost:
            raise InputError(
                "Codes would be lost from the key; nothing was changed.", where=str(path), found=listed(lost)
            )
        if after != before:
            _write(path, after, secret)
    return before, after


def _lost(before: Key | None, after: Key) -> list[str]:
    """Codes that mean somebody else than before, or nobody; one that was withdrawn means nobody for ever."""
    if before is None:
        return []
    gone = [code for name, code in before.codes.items() if after.codes.get(name) != code]
    gone += [code for code in before.spares if code not in after.spares]
    return sorted(code for code in gone if code not in after.withdrawn)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError("The key file cannot be written.", where=str(path), found=str(error.strerror)) from error
    busy = "Somebody else is at work with the key file."
    with durable.locked(path.with_name(f".{path.name}.lock"), busy, patience=_PATIENCE):
        yield


def write_key(path: Path, key: Key, secret: str) -> None:
    """Write a key file, whole or not at all; the generations of before stay beside it as ``<name>.g<number>``.

    Only its owner may read it.

    Parameters
    ----------
    path : pathlib.Path
        The key file.
    key : Key
        What to keep.
    secret : str
        The passphrase.

    Raises
    ------
    InputError
        It cannot be written there.
    """
    with _held(path):
        _write(path, key, secret)


def _write(path: Path, key: Key, secret: str) -> None:
    sealed = seal(key, secret)
    durable.clear(path.parent)
    before = generations(path)
    number = int(before[0].name.rpartition(".g")[2]) + 1 if before else 1
    # A first key stands before its copy: a copy without a key means that somebody has moved the key. Later the copy is
    # on the disk before the key is replaced, so that there are always two of what is printed.
    first = not path.exists()
    if first:
        durable.write(path, sealed, private=True)
    durable.write(path.with_name(f"{path.name}.g{number:06d}"), sealed, private=True)
    if not first:
        durable.write(path, sealed, replace=True, private=True)
    for old in before[_KEPT - 1 :]:
        old.unlink(missing_ok=True)


def forget_generations(path: Path) -> None:
    """Remove all generations but the last: after a withdrawal, or a new passphrase, no older one may stay.

    Parameters
    ----------
    path : pathlib.Path
        The key file.
    """
    with _held(path):
        for old in generations(path)[1:]:
            old.unlink(missing_ok=True)
        path.with_name(f"{path.name}.before").unlink(missing_ok=True)


def rekey(path: Path, secret: str, new: str) -> Key:
    """Give a key file another passphrase; no generation of the old one stays.

    Parameters
    ----------
    path : pathlib.Path
        The key file.
    secret, new : str
        The passphrase, and the one it gets.

    Returns
    -------
    Key
        What it holds, unchanged.

    Raises
    ------
    InputError
        There is no key, the passphrase is another, or the new one is weak.
    """
    check_strength(new)
    with _held(path):
        key = read_key(path, secret)
        if key is None:
            raise InputError("There is no key file.", where=str(path))
        _write(path, key, new)
    forget_generations(path)
    return key


def withdrawn(key: Key, code: str) -> Key:
    """Take the link from a code to a person out of a key; the code is never given again.

    Parameters
    ----------
    key : Key
        As it is kept.
    code : str
        A participant's, as it is stored.

    Returns
    -------
    Key
        Without the person; the code is among those withdrawn.

    Raises
    ------
    InputError
        Nobody has this code.
    """
    names = [name for name, one in key.codes.items() if one == code]
    if not names:
        raise InputError("Nobody has this code.", found=code, remedy="Read it once more; it may be withdrawn already.")
    codes = {name: one for name, one in key.codes.items() if one != code}
    return replace(key, codes=codes, withdrawn=(*key.withdrawn, code))


def imported(key: Key, given: Mapping[str, str]) -> Key:
    """Take over codes of a running study.

    Parameters
    ----------
    key : Key
        Of the study, perhaps still empty.
    given : mapping of str to str
        The code of each screening id, as it is on the tubes: letters, digits and ``. _ / -``, with or without a check
        character.

    Returns
    -------
    Key
        With all of them.

    Raises
    ------
    InputErrors
        All at once: codes that do not scan, that two people have, that are somebody else's already.
    """
    errors = []
    wrong = sorted(code for code in given.values() if not _SCANS.fullmatch(code))
    if wrong:
        errors.append(
            InputError(
                f"{len(wrong)} codes cannot be on a label.",
                expected="1 to 32 letters, digits and . _ / - with no blank; the first and last a letter or digit",
                found=listed(wrong),
            )
        )
    folded: dict[str, list[str]] = {}
    for name, code in [*key.codes.items(), *((n, c) for n, c in given.items() if key.codes.get(n) != c)]:
        folded.setdefault(code.replace("-", "").upper(), []).append(name)
    for code in (*key.spares, *key.withdrawn):
        folded.setdefault(code.replace("-", "").upper(), []).append("a spare or withdrawn code")
    twice = sorted(code for code, names in folded.items() if len(names) > 1)
    if twice:
        errors.append(InputError(f"{len(twice)} codes would mean two people.", found=listed(twice)))
    other = sorted(name for name, code in given.items() if key.codes.get(name, code) != code)
    if other:
        errors.append(
            InputError(
                f"{len(other)} people have another code already.",
                found=f"{len(other)} screening ids",
                remedy="A code is never changed: withdraw the old one first.",
            )
        )
    errors += same_person([*key.codes, *(name for name in given if name not in key.codes)])
    if errors:
        raise InputErrors(errors)
    taken = tuple(code for code in given.values() if code not in key.codes.values())
    return replace(key, codes={**key.codes, **given}, imported=(*key.imported, *taken))
