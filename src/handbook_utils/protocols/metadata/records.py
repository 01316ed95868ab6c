"""From questionnaires to the files that archives and programs take: one record a tube, written for five standards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.protocols.disclosure.guard import Guard
from handbook_utils.protocols.inputs import check_columns, read_samples
from handbook_utils.protocols.kits import Kit
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE
from handbook_utils.protocols.metadata.validation import Validation, validate
from handbook_utils.protocols.privacy.examine import WITHHELD
from handbook_utils.protocols.wells.extraction import Extraction

_GUARD = Guard()
_TUBES = ("sample", "participant", "arm", "sex", "age_band", "centre", "time_point")
_CUT = {"day": 10, "month": 7, "year": 4}


@dataclass(frozen=True)
class Circumstances:
    """What holds for every sample of a study.

    Parameters
    ----------
    project : str
        Name of the project.
    country : str
        As the INSDC writes it.
    regions : mapping of str to str
        Region of each centre.
    coordinates : mapping of str to (float, float)
        Latitude and longitude (degrees, WGS84) of each centre's town, not of anybody's home; {} where the study
        does not give them.
    broad, local, medium : str
        The environment: label [id].
    instrument, forward, reverse, gene, part : str
        Sequencing machine, primers (IUPAC), gene and the part of it.
    store_celsius : float
        Temperature of storage (°C).
    precision : {"day", "month", "year"}
        How exact the date of sampling leaves.
    blank : str
        What an extraction blank is, in the words of MIxS.
    location : str
        Where the samples are kept; "" where that is not said.
    extraction : Extraction or None
        How DNA is taken out; None where that is not settled.
    detail : {"band", "exact"}
        How people are described to archives.
    kit : Kit or None
        How stool is kept on its way; None where that is not said.
    method : {"16S", "shotgun"}
        What is sequenced: one gene, or all DNA.
    """

    project: str
    country: str
    regions: Mapping[str, str]
    coordinates: Mapping[str, tuple[float, float]]
    broad: str = "urban biome [ENVO:01000249]"
    local: str = "intestine environment [ENVO:2100002]"
    medium: str = "fecal material [ENVO:00002003]"
    instrument: str = "Illumina MiSeq"
    forward: str = "GTGYCAGCMGCCGCGGTAA"
    reverse: str = "GGACTACNVGGGTWTCTAAT"
    gene: str = "16S rRNA"
    part: str = "V4"
    store_celsius: float = -80.0
    precision: str = "day"
    blank: str = "empty collection tube"
    location: str = "the study's freezer"
    extraction: Extraction | None = None
    detail: str = "band"
    kit: Kit | None = None
    method: str = "16S"

    @property
    def unplaced(self) -> str:
        """What stands where a sample has no coordinates: nobody gave any, or this sample's are kept back."""
        return WITHHELD if self.coordinates else "not provided"

    @property
    def unlocated(self) -> str:
        """The same of the region."""
        return WITHHELD if self.regions else "not provided"


# ---------------------------------------------------------------------- reading


#: Hours by which the time on a form may differ from that of the scan; and where it is another's scan that it fits.
_APART, _OFF = 6, 1
_WHEN = "%Y-%m-%d %H:%M"
#: What stands instead of a day where no sample was taken: a visit that was missed has no date.
NOT_TAKEN = "not collected"


def read_questionnaire(
    path: Path,
    tubes: pd.DataFrame,
    *,
    out: Collection[str] = (),
    came: Collection[str] = (),
    scanned: pd.Series | None = None,
    today: dt.date | None = None,
    guard: Guard = _GUARD,
) -> Validation:
    """Read questionnaires and hold them against their own rules and the list of tubes.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or Excel with the columns of :data:`QUESTIONNAIRE`.
    tubes : pandas.DataFrame
        Columns sample, participant, arm, sex, age_band, centre, time_point.
    out, came : collection of str
        Tubes that were rejected or never came, and need no questionnaire; tubes that are known to have come.
    scanned : pandas.Series, optional
        Local times at which tubes were scanned as filled, to hold the forms against.
    today : datetime.date, optional
        Dates of sampling after it are refused; without it, the day on which this is called.
    guard : Guard
        What looks for personal data.

    Returns
    -------
    Validation
        Its table is the questionnaires. A visit that was missed has no row, or "not collected" instead of its day.

    Raises
    ------
    InputErrors
        Everything that is wrong, at once.
    """
    found = validate(path, QUESTIONNAIRE.key, today=today, guard=guard)
    errors = [
        *(found.as_input_errors().errors if found.errors else ()),
        *_misfits(found.table, tubes, str(path), out, came),
        *(forms_and_scans(found.table, scanned) if scanned is not None and "collected" in found.table else ()),
    ]
    if errors:
        raise InputErrors(errors)
    return found


def read_tubes(path: Path) -> pd.DataFrame:
    """Read the list of tubes that ``assign-codes-and-labels`` wrote.

    Parameters
    ----------
    path : pathlib.Path
        CSV, TSV or workbook.

    Returns
    -------
    pandas.DataFrame
        As text, a row a tube.

    Raises
    ------
    InputError, InputErrors
        Columns are missing, or a tube stands in it twice.
    """
    tubes = read_samples(path)
    lacks, made_by = "The list of tubes lacks columns.", "Give tubes.csv of assign-codes-and-labels."
    check_columns(tubes, _TUBES, path, lacks, made_by)
    twice = sorted(set(tubes.loc[tubes["sample"].duplicated(), "sample"]))
    if twice:
        raise InputError("A tube stands in the list twice.", where=str(path), found=listed(twice))
    return tubes


def read_rejected(path: Path) -> tuple[list[str], list[str]]:
    """Return the tubes that ``keep-it-cold`` rejected, with those that never arrived; and those that came.

    Parameters
    ----------
    path : pathlib.Path
        ``verdicts.csv``.

    Returns
    -------
    tuple of list of str
        Codes of tubes, in order.

    Raises
    ------
    InputError
        The file has no columns tube and verdict.
    """
    verdicts = _of_keep_it_cold(path, "verdict", "verdicts", "verdicts.csv")
    kept = verdicts["verdict"].isin(["accept", "flag"])
    return sorted(verdicts.loc[~kept, "tube"]), sorted(verdicts.loc[verdicts["verdict"] != "missing", "tube"])


def _misfits(
    answers: pd.DataFrame, tubes: pd.DataFrame, where: str, out: Collection[str], came: Collection[str]
) -> list[InputError]:
    """Find what is right by itself and wrong beside the list of tubes, or beside the person's other answers."""
    if not {"tube", "sex", "age", "height_cm", "collected"} <= set(answers.columns):
        return []
    known = tubes.set_index("sample")
    errors = []
    strangers = [
        f"{row.tube} (line {line})"
        for line, row in zip(answers.index, answers.itertuples(), strict=True)
        if row.tube not in known.index
    ]
    if strangers:
        errors.append(
            InputError(
                "Tubes of the questionnaires are not in the study's list.",
                where=f"{where}, tube",
                found=listed(strangers),
                remedy="Compare with the label; a tube that was never given out cannot be analysed.",
            )
        )
    silent = [tube for tube in known.index if tube not in {*answers["tube"], *out}]
    if silent:
        errors.append(
            InputError(
                "Tubes have no questionnaire.",
                where=f"{where}, tube",
                found=listed(silent),
                remedy=f"Ask for it. Of a visit that was missed write '{NOT_TAKEN}' into the column collected; tubes "
                "that never came need no row where the verdicts of keep-it-cold are given.",
            )
        )
    denied = sorted(set(answers.loc[answers["collected"] == NOT_TAKEN, "tube"]) & set(came))
    if denied:
        errors.append(
            InputError(
                "Tubes came back that are said not to have been filled.",
                where=f"{where}, collected",
                found=listed(denied),
                remedy="Was a form filed under another tube, or were tubes exchanged?",
            )
        )
    answers = answers[answers["collected"] != NOT_TAKEN]
    mine = answers[answers["tube"].isin(known.index)].copy()
    mine["participant"] = known["participant"].reindex(mine["tube"]).to_numpy()
    mine["listed"] = known["sex"].reindex(mine["tube"]).to_numpy()
    other = mine[(mine["sex"] != mine["listed"]) & mine["sex"].isin(["female", "male"])]
    if len(other):
        errors.append(
            InputError(
                "Sex differs between questionnaire and list of tubes.",
                where=f"{where}, sex",
                found=listed([f"{tube} (line {line})" for line, tube in other["tube"].items()]),
                remedy="Was a form filed under another person's tube?",
            )
        )
    for column, most, what in (("age", 1, "years"), ("height_cm", 3, "cm")):
        numbers = pd.to_numeric(mine[column], errors="coerce")
        spread = numbers.groupby(mine["participant"]).agg(lambda values: values.max() - values.min())
        apart = spread[spread > most]
        if len(apart):
            errors.append(
                InputError(
                    f"One person's {column} differs between visits by more than {most} {what}.",
                    where=f"{where}, {column}",
                    found=listed([f"{person}: {gap:g} {what}" for person, gap in apart.items()]),
                    remedy="Was a form filed under another person's tube?",
                )
            )
    # The tenth visit comes after the second, though not in the alphabet.
    visit = pd.to_numeric(mine["tube"].str.rpartition("-")[2], errors="coerce").fillna(0)
    ordered = mine.loc[visit.sort_values(kind="stable").index].groupby("participant")["collected"].agg(list)
    backwards = [person for person, times in ordered.items() if times != sorted(times)]
    if backwards:
        errors.append(
            InputError(
                "Samples of later visits were taken before earlier ones.",
                where=f"{where}, collected",
                found=listed(backwards),
                remedy="Were tubes exchanged, or is a date wrong?",
            )
        )
    return errors


def read_scanned(path: Path) -> pd.Series:
    """Read when tubes were filled, as ``keep-it-cold`` writes it.

    Parameters
    ----------
    path : pathlib.Path
        ``collected.csv``.

    Returns
    -------
    pandas.Series
        As text, by tube.

    Raises
    ------
    InputError
        The file has no columns tube and collected.
    """
    return _of_keep_it_cold(path, "collected", "scans", "collected.csv").set_index("tube")["collected"]


def _of_keep_it_cold(path: Path, column: str, what: str, file: str) -> pd.DataFrame:
    """Read a table of ``keep-it-cold`` that says something of each tube."""
    frame = read_samples(path)
    check_columns(frame, ("tube", column), path, f"The {what} lack columns.", f"Give {file} of keep-it-cold.")
    return frame


def forms_and_scans(answers: pd.DataFrame, scanned: pd.Series) -> list[InputError]:
    r"""Hold the times on forms against those of the scans, and say which two look exchanged.

    Parameters
    ----------
    answers : pandas.DataFrame
        Questionnaires: ``tube``, ``collected``.
    scanned : pandas.Series
        Local times, by tube.

    Returns
    -------
    list of InputError
        One for all tubes whose form and scan differ by more than six hours, or by more than one where two forms fit
        each other's scans and nobody else's: two taken within an hour cannot be told.

    Examples
    --------
    >>> forms = pd.DataFrame({"tube": ["A-1", "A-2"], "collected": ["2026-03-01 08:00", "2026-01-10 07:30"]})
    >>> scans = pd.Series({"A-1": "2026-01-10 07:31", "A-2": "2026-03-01 08:02"})
    >>> print(forms_and_scans(forms, scans)[0].found.replace("), ", "),\n"))
    A-1 (form 2026-03-01 08:00, scan 2026-01-10 07:31; its form fits A-2),
    A-2 (form 2026-01-10 07:30, scan 2026-03-01 08:02; its form fits A-1)
    """
    form = pd.to_datetime(answers.set_index("tube")["collected"], errors="coerce", format="mixed").dropna()
    scan = pd.to_datetime(scanned, errors="coerce", format="mixed").dropna()
    both = form.index.intersection(scan.index)
    apart = (form[both] - scan[both]).abs()
    off = [str(tube) for tube in both[apart > pd.Timedelta(hours=_OFF)]]
    there = scan[off]
    fits = {
        tube: [str(one) for one in there.index[(there - form[tube]).abs() <= pd.Timedelta(hours=_OFF)]] for tube in off
    }
    # Taken within hours of each other, two are told by their fitting each other both ways, and nobody else.
    turned = {tube for tube in off if len(fits[tube]) == 1 and fits[fits[tube][0]] == [tube]}
    far = [tube for tube in off if apart[tube] > pd.Timedelta(hours=_APART) or tube in turned]
    told = []
    for tube in far:
        hint = f"; its form fits {fits[tube][0]}" if len(fits[tube]) == 1 else ""
        told.append(f"{tube} (form {form[tube]:{_WHEN}}, scan {scan[tube]:{_WHEN}}{hint})")
    if not far:
        return []
    return [
        InputError(
            "The time on the form is not that of the scan.",
            where="column collected of the questionnaires, and the scans",
            expected=f"at most {_APART} hours between them, and at most {_OFF} where another's scan fits better",
            found=listed(told),
            remedy="Compare with the paper form: was it filed under another tube, or a day mistyped?",
        )
    ]


# ---------------------------------------------------------------------- records


def controls(plates: int, blanks: int, mocks: int, ntc: int) -> pd.DataFrame:
    """Name the controls of every plate, as ``plate-layout`` does.

    Parameters
    ----------
    plates : int
        How many.
    blanks, mocks, ntc : int
        Of each kind on every plate.

    Returns
    -------
    pandas.DataFrame
        sample, content (blank, mock, ntc).

    Examples
    --------
    >>> controls(1, 2, 1, 0)["sample"].tolist()
    ['BLANK-1-1', 'BLANK-1-2', 'MOCK-1-1']
    """
    rows = [
        {"sample": f"{kind.upper()}-{plate}-{turn}", "content": kind}
        for plate in range(1, plates + 1)
        for kind, count in (("blank", blanks), ("mock", mocks), ("ntc", ntc))
        for turn in range(1, count + 1)
    ]
    return pd.DataFrame(rows, columns=["sample", "content"])


def records(answers: pd.DataFrame, tubes: pd.DataFrame, asked: pd.DataFrame, study: Circumstances) -> pd.DataFrame:
    """Bring together what is known of every tube and control.

    Parameters
    ----------
    answers, tubes : pandas.DataFrame
        Questionnaires and list of tubes; tubes without a questionnaire, or that were not filled, stay out.
    asked : pandas.DataFrame
        Controls.
    study : Circumstances
        What holds for every sample.

    Returns
    -------
    pandas.DataFrame
        Text, one row a tube or control, in the order of the list of tubes and then the controls; "" where a value is
        not known. Free text does not come along.
    """
    given = answers[answers["collected"] != NOT_TAKEN].set_index("tube")
    rows = []
    for tube in tubes.itertuples():
        if tube.sample not in given.index:
            continue
        said = given.loc[str(tube.sample)]
        place = study.coordinates.get(str(tube.centre))
        height, weight = number_of(str(said["height_cm"])), number_of(str(said["weight_kg"]))
        rows.append(
            {
                "sample": tube.sample,
                "content": "sample",
                "participant": tube.participant,
                "arm": tube.arm,
                "centre": tube.centre,
                "time_point": tube.time_point,
                "age_band": tube.age_band,
                "date": str(said["collected"])[: _CUT[study.precision]],
                "region": study.regions.get(str(tube.centre), ""),
                "latitude": f"{place[0]:.2f}" if place else "",
                "longitude": f"{place[1]:.2f}" if place else "",
                "bmi": f"{weight / (height / 100) ** 2:.1f}" if height and weight else "",
                **{
                    name: "" if said.get(name, "") in QUESTIONNAIRE.missing else str(said.get(name, ""))
                    for name in (
                        *("bristol", "antibiotics_days", "diet", "sex", "age", "height_cm", "weight_kg"),
                        *("medication", "last_meal_hours"),
                    )
                },
            }
        )
    rows += [{"sample": one.sample, "content": one.content} for one in asked.itertuples()]
    return pd.DataFrame(rows).fillna("")


def number_of(text: str) -> float:
    """Return the number in a cell.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    float
        0 where it holds no number.
    """
    try:
        return float(text)
    except ValueError:
        return 0.0
