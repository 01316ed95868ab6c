"""Labels with addresses for kits: who packs needs address and code side by side, and nobody else ever does.

Each kit takes two labels: one with its code for the bag inside, one with the address for the outside. They stand in one
row of a sheet, with nothing of another kit beside them: the only place where code and address stand together, which is
shredded after packing. The outside bears no code, no name of the study and no word of stool.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.inputs import check_columns, read_samples
from handbook_utils.protocols.label_formats import LabelFormat
from handbook_utils.protocols.ledger import Event
from handbook_utils.protocols.paper.forms import words
from handbook_utils.protocols.people.key_desk import Desk
from handbook_utils.protocols.people.labels import Label, label_sheets

#: Sheets for addresses, in mm, as makers of sheets publish them (21 labels: the layout of Avery L7160).
SHEET = LabelFormat("63.5 × 38.1 mm, 21 on A4 (addresses)", 63.5, 38.1, 3, 7, 7.25, 15.15, 66.0, 38.1)
#: What an address must have, and what it may.
COLUMNS = ("screening_id", "name", "street", "postcode", "town")
_COUNTRY = "country"


def check_target(target: Path, folder: Path) -> None:
    """Refuse to write names and addresses into the study's folder, where they would be copied and shared with it.

    Parameters
    ----------
    target, folder : pathlib.Path
        Where the labels are to be written; of the study.

    Raises
    ------
    InputError
        It lies in the study's folder.

    Examples
    --------
    >>> check_target(Path("/keys/labels.pdf"), Path("/study"))
    """
    if target.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "Addresses do not belong in the study's folder.",
            where=str(target),
            expected="a place beside the key, on its disk",
            remedy="Give another path: what lies in the study's folder is copied and shared with it.",
        )


def read_addresses(path: Path) -> pd.DataFrame:
    """Read where kits go.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or workbook with :data:`COLUMNS`; country, where it is another than the sender's.

    Returns
    -------
    pandas.DataFrame
        As text, a row a participant.

    Raises
    ------
    InputError, InputErrors
        Columns are missing; somebody stands in it twice; a line of an address is empty.
    """
    found = read_samples(path)
    check_columns(found, COLUMNS, path, "The addresses lack columns.", f"Give a table with {', '.join(COLUMNS)}.")
    errors = []
    twice = sorted(set(found.loc[found["screening_id"].duplicated(), "screening_id"]))
    if twice:
        errors.append(InputError("Somebody has two addresses.", where=str(path), found=listed(twice)))
    for column in COLUMNS:
        empty = [str(line) for line, text in enumerate(found[column], start=2) if not text.strip()]
        if empty:
            errors.append(
                InputError("A line of an address is empty.", where=f"{path}, {column}", found=f"line {listed(empty)}")
            )
    if errors:
        raise InputErrors(errors)
    return found


def address_labels(
    desk: Desk, addresses: pd.DataFrame, lang: str, sender: str = "", first: int = 1
) -> tuple[bytes, list[str]]:
    """Draw two labels for each kit, and one with the sender's address where that is given.

    Parameters
    ----------
    desk : Desk
        Of the study, open; that the key was opened is remembered.
    addresses : pandas.DataFrame
        Of :func:`read_addresses`.
    lang : {"en", "nl"}
        Language of the few words on them.
    sender : str
        Where a tube is returned to, its lines separated by commas; no label for it where empty.
    first : int
        Number of the first label that is still on the first sheet, from 1; printing begins at the next whole row.

    Returns
    -------
    bytes
        A PDF.
    list of str
        Codes of participants of whom no address is given.

    Raises
    ------
    InputError, InputErrors
        Another language; addresses of people who have no code, or that cannot be printed.
    """
    if lang not in ("en", "nl"):
        raise InputError("The labels are not there in this language.", expected="nl or en", found=lang)
    codes = {name.casefold(): code for name, code in desk.key().codes.items()}
    strangers = [name for name in addresses["screening_id"] if name.strip().casefold() not in codes]
    if strangers:
        raise InputErrors(
            [
                InputError(
                    "Addresses are of people who have no code.", where="column screening_id", found=listed(strangers)
                )
            ]
        )
    said = words("nl" if lang == "nl" else "en")
    rows = sorted((codes[row["screening_id"].strip().casefold()], row) for row in addresses.to_dict("records"))
    labels: list[Label] = []
    for code, row in rows:
        labels += [Label("")] * (-len(labels) % SHEET.columns)
        lines = (row["name"], row["street"], f"{row['postcode']}  {row['town']}", row.get(_COUNTRY, ""))
        labels += [Label(code, (said["kit"],)), Label("", tuple(filter(None, lines)))]
        if sender:
            labels.append(Label("", (f"{said['return_to']}:", *(part.strip() for part in sender.split(",")))))
    desk.remember(Event("key opened", desk.key_file.name, {"what": f"addresses on {len(rows)} kits"}))
    without = sorted(set(codes.values()) - {code for code, _ in rows})
    unused = -(-(first - 1) // SHEET.columns) * SHEET.columns  # a row that was begun is left
    return label_sheets(labels, SHEET, title="", first=unused + 1), without
