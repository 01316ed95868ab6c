"""What is asked of a plate layout, checked: does it fit, and if not, what would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.protocols.wells.balance import BLANK, CONTENTS, DUPLICATE, MOCK, NTC, Features, Grid, as_quantity

#: Rows and columns of a plate with this many wells.
SHAPES: dict[int, tuple[int, int]] = {96: (8, 12), 384: (16, 24)}
#: Columns of a layout, which a covariate cannot be called.
_TAKEN = ("plate", "well", "row", "column", "content", "sample", "source", "participant")
#: So many levels a category may always have; more only if most samples share theirs with another.
_FEW = 8


@dataclass(frozen=True)
class Request:
    """What was asked for, checked, with participants and samples as numbers."""

    samples: pd.DataFrame
    ids: tuple[str, ...]
    participants: tuple[str, ...]
    person: Grid
    plate: int
    plates: int
    controls: tuple[int, ...]
    covariates: tuple[str, ...]
    features: Features
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a plate."""
        return SHAPES[self.plate]

    @property
    def room(self) -> int:
        """Wells of a plate that are left for samples."""
        return self.plate - len(self.controls)

    def generator(self, *stage: int) -> np.random.Generator:
        """Return the source of chance of one stage of the search."""
        return np.random.default_rng([self.seed, *stage])


def most_apart(plate: int) -> int:
    """Return how many wells of a plate can be chosen such that no two touch, not even by a corner.

    Parameters
    ----------
    plate : {96, 384}
        Wells of a plate.

    Returns
    -------
    int
        Every second row and column.

    Examples
    --------
    >>> most_apart(96), most_apart(384)
    (24, 96)
    """
    rows, columns = SHAPES[plate]
    return math.ceil(rows / 2) * math.ceil(columns / 2)


def asked(samples: pd.DataFrame, seed: int, wanted: dict[str, object]) -> Request:
    """Check a request given as keywords of :func:`~handbook_utils.protocols.wells.plates.layout`.

    Parameters
    ----------
    samples : pandas.DataFrame
        A row a tube.
    seed : int
        Of the layout.
    wanted : dict of str to object
        The other keywords.

    Returns
    -------
    Request
        As of :func:`checked`.

    Raises
    ------
    TypeError
        A keyword that there is not: a mistake of the caller, not of a reader.
    """
    known = {"plate": 96, "plates": None, "sample": "sample", "participant": "participant", "covariates": ()}
    known |= {"blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1, "candidates": 100, "where": "the samples"}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise TypeError(f"unexpected keyword {unknown[0]!r}; layout() says what there is")
    given = known | wanted
    controls = tuple(given.pop(name) for name in ("blanks", "mocks", "ntc", "duplicates"))
    return checked(samples, controls=controls, seed=seed, **given)  # type: ignore[arg-type]


def checked(
    samples: pd.DataFrame,
    plate: int,
    plates: int | None,
    sample: str,
    participant: str,
    covariates: Sequence[str],
    controls: tuple[int, int, int, int],
    candidates: int,
    seed: int,
    where: str,
) -> Request:
    """Check everything that is asked, and number participants and plates.

    Parameters
    ----------
    samples : pandas.DataFrame
        A row a tube.
    plate : {96, 384}
        Wells of a plate.
    plates : int or None
        How many; None: as few as hold all.
    sample, participant : str
        Columns of ids, and of whose tube it is; the second may be empty.
    covariates : sequence of str
        Columns to balance.
    controls : tuple of int
        Blanks, mocks, no-template controls and duplicates of every plate.
    candidates : int
        Random arrangements to choose from.
    seed : int
        Of the layout.
    where : str
        The file, for messages.

    Returns
    -------
    Request
        Numbered, with all its plates.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with the samples and the numbers at once; after that, what does not fit.
    """
    errors = [*_number_errors(plate, plates, controls, candidates, seed)]
    errors += _sample_errors(samples, sample, participant, covariates, where)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    frame = samples.reset_index(drop=True)
    ids = tuple(frame[sample].astype(str))
    named = frame[participant].astype(str) if participant else frame[sample].astype(str)
    person, participants = pd.factorize(named)
    blanks, mocks, ntc, duplicates = controls
    wells = (*[BLANK] * blanks, *[MOCK] * mocks, *[NTC] * ntc, *[DUPLICATE] * duplicates)
    needed = _plates_needed(np.bincount(person), plate, plates, len(wells), duplicates)
    made = [tube(content, place, turn) for place in range(needed) for turn, content in enumerate(wells)]
    twice = sorted({*made, *(duplicate_tube(name) for name in ids)} & set(ids))
    if twice:
        raise InputError(
            "Samples have ids that controls will have.",
            where=where,
            expected="ids other than BLANK-1-1, or an id followed by .dup",
            found=listed(twice),
            remedy="Leave controls out of the file: every plate gets its own.",
        )
    return Request(
        frame,
        ids,
        tuple(participants),
        person.astype(np.intp),
        plate,
        needed,
        wells,
        tuple(covariates),
        Features.of_samples(frame, covariates),
        seed,
    )


def _number_errors(
    plate: int, plates: int | None, controls: tuple[int, int, int, int], candidates: int, seed: int
) -> list[InputError]:
    errors = []
    if plate not in SHAPES:
        errors.append(
            InputError(
                "There is no plate of this size.", where="parameter plate", expected="96 or 384", found=str(plate)
            )
        )
    if plates is not None and plates < 1:
        errors.append(
            InputError(
                "There must be a plate.", where="parameter plates", expected="1 or more, or none", found=str(plates)
            )
        )
    reasons = (
        "one blank cannot tell contamination of the kit from that of a well",
        "without a mock community nobody sees which taxa the extraction loses",
        "",
        "",
    )
    for name, least, given, reason in zip(
        ("blanks", "mocks", "ntc", "duplicates"), (2, 1, 0, 0), controls, reasons, strict=True
    ):
        if given < least:
            errors.append(
                InputError(
                    f"There are too few {name} on a plate" + (f": {reason}." if reason else "."),
                    where=f"parameter {name}",
                    expected=f"{least} or more",
                    found=str(given),
                )
            )
    for name, given, least in (("candidates", candidates, 1), ("seed", seed, 0)):
        if given < least:
            errors.append(
                InputError(
                    f"{name.capitalize()} cannot be so small.",
                    where=f"parameter {name}",
                    expected=f"{least} or more",
                    found=str(given),
                )
            )
    if plate in SHAPES and sum(controls) > most_apart(plate):
        errors.append(
            InputError(
                "So many controls cannot lie on a plate without touching.",
                where="parameters blanks, mocks, ntc, duplicates",
                expected=f"at most {most_apart(plate)} on a plate of {plate}",
                found=" + ".join(map(str, controls)) + f" = {sum(controls)}",
            )
        )
    return errors


def _sample_errors(
    samples: pd.DataFrame, sample: str, participant: str, covariates: Sequence[str], where: str
) -> list[InputError]:
    errors = []
    columns = [str(name) for name in samples.columns]
    wanted = {"sample": [sample], "participant": [participant] if participant else [], "covariates": list(covariates)}
    for parameter, names in wanted.items():
        for name in names:
            if name not in columns:
                close = nearest(name, columns)
                errors.append(
                    InputError(
                        f"There is no column '{name}'.",
                        where=f"{where}, parameter {parameter}",
                        expected=f"one of {listed(columns, most=12)}",
                        found=name,
                        remedy=f"Did you mean '{close}'?" if close else None,
                    )
                )
    if not len(samples):
        errors.append(InputError("There are no samples.", where=where, expected="a row for every sample"))
        return errors
    if sample in columns:
        ids = _text(samples[sample])
        errors += _missing_errors(samples, ids, "sample id", where)
        given = ids[ids != ""]
        for name in given[given.duplicated()].unique():
            errors.append(
                InputError(
                    f"Sample id '{name}' occurs more than once.",
                    where=f"{where}, {_rows_where(samples, ids == name)}",
                    expected="one row a sample",
                    remedy="Was a tube scanned twice? Keep one row, or give the second tube its own id.",
                )
            )
    if participant in columns:
        errors += _missing_errors(samples, _text(samples[participant]), "participant", where)
    for name in covariates:
        if name in (sample, participant):
            errors.append(
                InputError(
                    f"The ids in column '{name}' cannot be balanced.",
                    where=f"{where}, parameter covariates",
                    expected="what participants or samples have in common, such as group, sex, centre",
                )
            )
        elif name in _TAKEN:
            errors.append(
                InputError(
                    f"A covariate cannot be called '{name}', since the layout itself has such a column.",
                    where=f"{where}, parameter covariates",
                    expected=f"another name than {', '.join(_TAKEN)}",
                    found=name,
                    remedy="Rename the column in the file.",
                )
            )
        elif name in columns:
            errors += _covariate_errors(samples[name], name, where)
    if len(set(covariates)) < len(covariates):
        errors.append(
            InputError("A covariate is named twice.", where="parameter covariates", found=", ".join(covariates))
        )
    return errors


def _covariate_errors(column: pd.Series, name: str, where: str) -> list[InputError]:
    levels = _text(column.drop_duplicates()).nunique()
    if levels == 1 and len(column) > 1:
        return [
            InputError(
                f"Column '{name}' has the same value in every row, so there is nothing to balance.",
                where=f"{where}, parameter covariates",
                found=_text(column).iloc[0] or "nothing",
                remedy="Leave it out of the covariates.",
            )
        ]
    most = max(_FEW, len(column) // 2)
    if as_quantity(column) is None and levels > most:
        return [
            InputError(
                f"Column '{name}' has so many different values that they cannot be balanced.",
                where=f"{where}, parameter covariates",
                expected=f"at most {most} categories in {len(column)} rows, or numbers",
                found=f"{levels}: {listed(sorted(_text(column).unique()), most=3)}",
                remedy="Join them into broader categories.",
            )
        ]
    return []


def _missing_errors(samples: pd.DataFrame, column: pd.Series, what: str, where: str) -> list[InputError]:
    empty = column == ""
    if not empty.any():
        return []
    return [
        InputError(
            f"{int(empty.sum())} rows have no {what}.",
            where=f"{where}, {_rows_where(samples, empty)}",
            expected=f"a {what} in every row",
            remedy="A tube that nobody knows does not go on a plate: find out whose it is, or leave it out.",
        )
    ]


def _text(column: pd.Series) -> pd.Series:
    said = ["" if empty else str(value).strip() for value, empty in zip(column, column.isna(), strict=True)]
    return pd.Series(said, index=column.index, dtype=object)


def _rows_where(samples: pd.DataFrame, chosen: pd.Series) -> str:
    """Name rows by the line of their file, where the index says so, or by their number from 1."""
    at = np.flatnonzero(chosen.to_numpy())
    if samples.index.name == "line":
        return "line " + listed(list(samples.index[at]))
    return "row " + listed([position + 1 for position in at])


def _plates_needed(sizes: Grid, plate: int, plates: int | None, controls: int, duplicates: int) -> int:
    """Return how many plates hold these series whole, or say why the plates asked for do not."""
    room, longest, total = plate - controls, int(sizes.max()), int(sizes.sum())
    # A second extraction of one of a series' samples has to lie apart, too.
    most = min(room, most_apart(plate)) - (1 if duplicates and len(sizes) == 1 else 0)
    if longest > most:
        raise InputError(
            "The series of a participant is too long for one plate.",
            where=f"a plate of {plate} wells",
            expected=f"at most {most} samples of one participant: so many wells do not touch each other",
            found=f"{longest} samples of one participant",
            remedy="Take the larger plate, or extract such a series as several and say so in the analysis.",
        )
    least = math.ceil(total / room)
    enough = next(number for number in range(least, len(sizes) + 1) if _pack_sorted(sizes, number, room) is not None)
    if plates is None:
        plates = enough
    packed = _pack_sorted(sizes, plates, room)
    if packed is None:
        whole = "" if enough == least else f"; {least} would do if series were split"
        raise InputError(
            "The samples do not fit on so few plates.",
            where="parameter plates",
            expected=f"{enough} plates or more{whole}",
            found=f"{total} samples, in series of up to {longest}; {plates} x ({plate} wells - {controls} controls) = "
            f"{plates * room} wells",
            remedy=f"Ask for {enough} plates.",
        )
    if plates > len(sizes):
        raise InputError(
            "There are more plates than participants.",
            where="parameter plates",
            expected=f"at most {len(sizes)}: a series is not split, and a plate without samples needs no controls",
            found=str(plates),
        )
    least = int(np.bincount(packed, np.sort(sizes)[::-1]).min())
    if duplicates > least:
        raise InputError(
            "There are more duplicates on a plate than samples to repeat.",
            where="parameter duplicates",
            expected=f"at most {least}, the samples on the plate with fewest",
            found=str(duplicates),
        )
    return plates


def _pack_sorted(sizes: Grid, plates: int, room: int) -> list[int] | None:
    return pack(np.sort(sizes)[::-1], plates, room)


def pack(sizes: Grid, plates: int, room: int) -> list[int] | None:
    """Put series, longest first, each on the plate with most room, or if that fails on the fullest where it fits.

    Parameters
    ----------
    sizes : numpy.ndarray of int
        Tubes of each series, the longest first.
    plates : int
        How many.
    room : int
        Wells of each plate that are for samples.

    Returns
    -------
    list of int or None
        The plate of each series; None where they do not fit so.
    """
    for emptiest in (True, False):
        free, taken = [room] * plates, []
        for size in sizes:
            possible = [number for number in range(plates) if free[number] >= size]
            if not possible:
                break
            best = (max if emptiest else min)(possible, key=free.__getitem__)
            free[best] -= int(size)
            taken.append(best)
        else:
            return taken
    return None


def tube(content: int, place: int, turn: int) -> str:
    """Return the id of a control's tube: its kind, the plate and its turn there, both from 0.

    Parameters
    ----------
    content : int
        A place in :data:`CONTENTS`.
    place, turn : int
        The plate, and which of its kind there.

    Returns
    -------
    str
        Both counted from 1.
    """
    return f"{CONTENTS[content].upper()}-{place + 1}-{turn + 1}"


def duplicate_tube(name: str) -> str:
    """Return the id of the second extraction of a sample.

    Parameters
    ----------
    name : str
        Of the sample.

    Returns
    -------
    str
        With ``.dup`` behind it.
    """
    return f"{name}.dup"
