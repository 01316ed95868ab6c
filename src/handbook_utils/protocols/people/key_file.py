"""The key: who has which code, encrypted, in one file that lies apart from everything else.

The passphrase comes from the environment variable :data:`PASSPHRASE`, never from a parameter: parameters are written
into result folders. From it scrypt (RFC 7914) makes the key of Fernet, which is AES-128-CBC with HMAC-SHA-256: who
changes a byte of the file is found out, and who has the file without the passphrase has nothing.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from handbook_utils.errors import InputError

#: The environment variable that holds the passphrase.
PASSPHRASE = "HANDBOOK_KEY_PASSPHRASE"  # noqa: S105 - its name, not its value
#: A passphrase shorter than this can be guessed, however slow each guess is.
SHORTEST = 12

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
    """

    study: str
    simulated: bool
    codes: Mapping[str, str] = field(default_factory=dict)
    spares: tuple[str, ...] = ()


def passphrase() -> str | None:
    """Return the passphrase of the environment, or None where there is none.

    Raises
    ------
    InputError
        It is too short.
    """
    found = os.environ.get(PASSPHRASE)
    if not found:
        return None
    if len(found) < SHORTEST:
        raise InputError(
            "The passphrase of the key file is too short.",
            where=f"the environment variable {PASSPHRASE}",
            expected=f"at least {SHORTEST} characters; four words picked by dice are good",
            found=f"{len(found)} characters",
        )
    return found


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
    }
    token = _fernet(secret, salt).encrypt(json.dumps(content, ensure_ascii=False).encode("utf-8"))
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
        content = json.loads(_fernet(secret, salt).decrypt(token))
    except InvalidToken:
        raise InputError(
            "The key file cannot be opened.",
            where=where,
            expected=f"the passphrase it was made with, in {PASSPHRASE}",
            found="another passphrase, or a file that has been changed",
            remedy="Without the passphrase nobody can open it; ask who else holds it.",
        ) from None
    return Key(content["study"], content["simulated"], content["codes"], tuple(content["spares"]))


def _fernet(secret: str, salt: bytes) -> Fernet:
    made = Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=_PARALLEL).derive(secret.encode("utf-8"))
    return Fernet(base64.urlsafe_b64encode(made))


def read_key(path: Path, secret: str) -> Key | None:
    """Read a key file, or return None where there is none yet.

    Raises
    ------
    InputError
        As :func:`unseal`, or the file cannot be read.
    """
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError("The key file cannot be read.", where=str(path), found=str(error.strerror)) from error
    return unseal(sealed, secret, str(path))


def write_key(path: Path, key: Key, secret: str) -> None:
    """Write a key file, whole or not at all; the one before it stays beside it as ``<name>.before``.

    Only its owner may read it.

    Raises
    ------
    InputError
        It cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(seal(key, secret))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(path.with_name(f"{path.name}.before"))
        part.replace(path)
    except OSError as error:
        raise InputError("The key file cannot be written.", where=str(path), found=str(error.strerror)) from error
