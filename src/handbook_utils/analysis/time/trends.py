"""Search interest over time: the CSV file that Google Trends exports, and what changed after a campaign.

Google Trends gives relative numbers: 100 is the busiest moment of the busiest term in the file, "<1" is more than
nothing, and 0 is too little data. Two files have different scales and cannot be put together.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.text.decode import decode

__all__ = ["Interruption", "Trends", "interrupted", "measure_awareness", "read_trends"]

#: What stands for "<1": more than nothing, less than 1.
BELOW_ONE = 0.5
#: The fewest points before and after an interruption that a fit needs.
FEWEST = 12

_TIME = {"day", "week", "month", "time", "dag", "maand", "tijd"}
_BELOW = re.compile(r"^<\s*1$")
_PLACE = re.compile(r"^(?P<term>.*?)\s*:\s*\((?P<place>[^()]*)\)\s*$")
_DATE = re.compile(r"^\d{4}-\d{2}(?:-\d{2})?(?:T\d{2}(?::\d{2}(?::\d{2})?)?)?$")


@dataclass(frozen=True)
class Trends:
    """Interest over time, as exported.

    Parameters
    ----------
    interest : pandas.DataFrame
        One row a moment (``DatetimeIndex``, ascending), one column a term; 0 to 100, relative, with
        :data:`BELOW_ONE` for "<1".
    too_little : pandas.DataFrame of bool
        Where the export says 0: too little data for that moment.
    step : {"day", "week", "month"}
        Time between moments.
    place : str
        Where people searched, as the export writes it; "" where it does not say.
    """

    interest: pd.DataFrame
    too_little: pd.DataFrame
    step: str
    place: str


@dataclass(frozen=True)
class Interruption:
    """A segmented regression: what changed at a known moment.

    Parameters
    ----------
    level, level_low, level_high : float
        The jump at the moment, in the units of the series, with its interval.
    slope, slope_low, slope_high : float
        The change of the trend, in units a year, with its interval.
    lags : int
        Lags of the autocorrelation-robust covariance.
    table : pandas.DataFrame
        By moment: ``observed``, ``fitted``, and ``without`` (what the model expects had nothing changed).
    """

    level: float
    level_low: float
    level_high: float
    slope: float
    slope_low: float
    slope_high: float
    lags: int
    table: pd.DataFrame


def read_trends(path: Path | str) -> Trends:
    r"""Read a file of interest over time as Google Trends exports it, in English or Dutch.

    Lines before the header (such as ``Category: All categories``) are skipped; the header is the first line that
    begins with Day, Week, Month or Time, or Dag, Week, Maand or Tijd. Commas, semicolons and tabs are recognised,
    and so is a byte order mark.

    Parameters
    ----------
    path : pathlib.Path or str
        The exported file (``multiTimeline.csv``).

    Returns
    -------
    Trends
        By date; "<1" is 0.5, and zeros are marked.

    Raises
    ------
    InputError, InputErrors
        It cannot be read, has no such header or no rows, or holds dates and values that are not those of an export;
        all wrong cells at once.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "multiTimeline.csv"
    >>> _ = file.write_text("Categorie: Alle\n\nMaand,darmen: (Nederland)\n2023-01,<1\n2023-02,100\n2023-03,0\n")
    >>> found = read_trends(file)
    >>> found.interest["darmen"].tolist(), found.step, found.place
    ([0.5, 100.0, 0.0], 'month', 'Nederland')
    """
    where = Path(path).name
    try:
        text, _ = decode(Path(path).read_bytes(), where)
    except OSError as error:
        raise InputError("The file cannot be opened.", where=where, found=error.strerror or str(error)) from error
    header, rows = _header(text, where)
    terms, place, errors = _terms(header, where)
    dates: list[pd.Timestamp | None] = []
    values: list[list[float | None]] = []
    for line, row in rows:
        if len(row) != len(header):
            errors.append(
                _wrong(
                    "A row has another number of cells than the header.",
                    f"{where}, line {line}",
                    f"{len(header)} cells",
                    f"{len(row)}",
                )
            )
            continue
        date = _date(row[0])
        if date is None:
            errors.append(_wrong("A date cannot be read.", f"{where}, line {line}", "2023-01-29 or 2023-01", row[0]))
        numbers = [_value(cell) for cell in row[1:]]
        errors.extend(
            _wrong("A value is not one of an export.", f"{where}, line {line}, {term}", "0 to 100, or <1", repr(cell))
            for term, cell, number in zip(terms, row[1:], numbers, strict=True)
            if number is None
        )
        dates.append(date)
        values.append(numbers)
    if not errors and len(dates) < 3:
        errors.append(_wrong("There are too few moments.", where, "3 or more", str(len(dates))))
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors[:100])
    interest = pd.DataFrame(values, index=pd.DatetimeIndex(dates, name="date"), columns=terms).sort_index()
    step = _step(pd.DatetimeIndex(interest.index), where)
    return Trends(interest, interest == 0, step, place)


def _wrong(problem: str, where: str, expected: str, found: str) -> InputError:
    return InputError(problem, where=where, expected=expected, found=found)


def _header(text: str, where: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        separator = max(",;\t", key=line.count)
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        if len(cells) > 1 and cells[0].casefold() in _TIME:
            rest = csv.reader(io.StringIO("\n".join(lines[number + 1 :])), delimiter=separator)
            rows = [(number + 2 + at, [cell.strip() for cell in row]) for at, row in enumerate(rest)]
            return cells, [(at, row) for at, row in rows if any(row)]
    raise InputError(
        "This is not a file of interest over time from Google Trends.",
        where=where,
        expected="a line that begins with Day, Week, Month or Time (Dag, Week, Maand, Tijd) and then names the terms",
        found=listed([line for line in lines if line.strip()][:1]) or "nothing",
        remedy="Export 'Interest over time' ('Interesse in de loop der tijd'), not the map or the related searches.",
    )


def _terms(header: list[str], where: str) -> tuple[list[str], str, list[InputError]]:
    terms, places = [], []
    for cell in header[1:]:
        match = _PLACE.match(cell)
        terms.append(match["term"] if match else cell)
        places.append(match["place"] if match else "")
    errors = [_wrong("A column names no term.", f"{where}, header", "a term", "an empty cell")] if "" in terms else []
    twice = sorted({term for term in terms if term and terms.count(term) > 1})
    if twice:
        errors.append(_wrong("A term stands in two columns.", f"{where}, header", "each term once", listed(twice)))
    return terms, places[0] if len(set(places)) == 1 else ", ".join(places), errors


def _date(cell: str) -> pd.Timestamp | None:
    if not _DATE.match(cell):
        return None
    try:
        return pd.Timestamp(cell)
    except ValueError:
        return None


def _value(cell: str) -> float | None:
    if _BELOW.match(cell):
        return BELOW_ONE
    return float(cell) if re.fullmatch(r"\d{1,3}", cell) and int(cell) <= 100 else None


def _step(dates: pd.DatetimeIndex, where: str) -> str:
    if dates.has_duplicates:
        again = sorted({f"{date:%Y-%m-%d}" for date in dates[dates.duplicated()]})
        raise _wrong("A date stands in the file twice.", where, "each date once", listed(again))
    days = np.diff(dates.to_numpy()).astype("timedelta64[D]").astype(int)
    for step, least, most in (("day", 1, 1), ("week", 7, 7), ("month", 28, 31)):
        if ((days >= least) & (days <= most)).all():
            return step
    usual = np.median(days)
    gap = int(np.argmax(np.abs(days - usual)))
    raise _wrong(
        "The dates do not follow each other in equal steps.",
        where,
        "days, weeks or months without a gap",
        f"{days[gap]} days from {dates[gap]:%Y-%m-%d} to {dates[gap + 1]:%Y-%m-%d}",
    )


def interrupted(
    series: pd.Series,
    moment: str | pd.Timestamp,
    *,
    harmonics: int = 2,
    confidence: float = 0.95,
    lags: int | None = None,
) -> Interruption:
    """Fit a segmented regression with seasons, and an interval that allows for autocorrelation.

    ``y = a + b·t + level·after + slope·(t − moment)·after + seasons``, with ``t`` in years and the seasons as sines and
    cosines of a year and its fractions (Bernal 2017), and the covariance of Newey and West (1987).

    The interval is too narrow where few moments follow the change: with 44 weeks after it, 95 % intervals held the
    truth in 86 to 88 % of simulated series, less the more a week resembles the one before (tests/unit/test_levels.py).

    Parameters
    ----------
    series : pandas.Series
        By moment (``DatetimeIndex``), in equal steps; missing values are left out.
    moment : str or pandas.Timestamp
        The first moment after the change.
    harmonics : int
        Sines and cosines: 1 for a year, 2 for a year and half a year; 0 for no seasons.
    confidence : float
        Of the intervals.
    lags : int, optional
        Of the covariance; by default ``floor(4 (n/100)^(2/9))``.

    Returns
    -------
    Interruption

    Raises
    ------
    InputError
        Fewer than :data:`FEWEST` points before or after the moment, or with seasons less than a year before it.

    Examples
    --------
    >>> weeks = pd.date_range("2021-01-03", periods=120, freq="W")
    >>> step = pd.Series(10.0, weeks) + 5 * (weeks >= "2022-06-05")
    >>> round(interrupted(step, "2022-06-05").level, 6)
    5.0
    """
    known = series.dropna()
    start = pd.Timestamp(moment)
    dates = pd.DatetimeIndex(known.index)
    after = np.asarray(dates >= start, dtype=float)
    if min(after.sum(), len(after) - after.sum()) < FEWEST:
        raise _wrong(
            "There are too few moments before or after the change.",
            f"{start:%Y-%m-%d}",
            f"{FEWEST} or more on each side",
            f"{int(len(after) - after.sum())} before, {int(after.sum())} after",
        )
    years = np.asarray((dates - start).days, dtype=float) / 365.25
    if harmonics and years.min() > -1:
        raise _wrong(
            "Seasons need a year before the change.",
            f"{start:%Y-%m-%d}",
            "365 days",
            f"{-365.25 * years.min():.0f} days",
        )
    seasons = [wave(2 * np.pi * k * years) for k in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
    design = np.column_stack([np.ones_like(years), years, after, years * after, *seasons])
    used = int(4 * (len(known) / 100) ** (2 / 9)) if lags is None else lags
    observed = known.to_numpy(dtype=float)
    found, error = _newey_west(observed, design, used)
    width = error * t.ppf((1 + confidence) / 2, len(design) - design.shape[1])
    low, high = found - width, found + width
    unchanged = design.copy()
    unchanged[:, 2:4] = 0
    table = pd.DataFrame(
        {"observed": observed, "fitted": design @ found, "without": unchanged @ found},
        index=dates,
    )
    level, slope = float(found[2]), float(found[3])
    return Interruption(level, float(low[2]), float(high[2]), slope, float(low[3]), float(high[3]), used, table)


def _newey_west(
    observed: npt.NDArray[np.float64], design: npt.NDArray[np.float64], lags: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return coefficients by least squares, and their standard errors with the correction for few moments.

    As statsmodels' OLS with a covariance of type HAC, of which a model makes twenty times as much work.
    """
    inverse = np.linalg.pinv(design)
    found = inverse @ observed
    scores = design * (observed - design @ found)[:, None]
    spread = scores.T @ scores
    for lag in range(1, lags + 1):
        both = scores[lag:].T @ scores[:-lag]
        spread += (1 - lag / (lags + 1)) * (both + both.T)
    half = inverse @ inverse.T
    count, columns = design.shape
    return found, np.sqrt(np.diagonal(half @ spread @ half) * count / (count - columns))


def measure_awareness(parameters: Mapping[str, object]) -> None:
    """Check the file, the term and the moment of ``explainers/measure-awareness`` before it runs.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter: ``trends``, ``term``, ``campaign``.

    Raises
    ------
    InputError, InputErrors
        The file is not an export, the term is not in it, or the moment is no date or lies too near an end.
    """
    moment = _date(str(parameters["campaign"]))
    if moment is None:
        raise _wrong(
            "The campaign's first day is no date.", "parameter campaign", "2023-03-05", str(parameters["campaign"])
        )
    if not parameters["trends"]:
        return
    found = read_trends(str(parameters["trends"])).interest
    term = str(parameters["term"]) or str(found.columns[0])
    if term not in found:
        close = nearest(term, found.columns)
        raise InputError(
            "The term is not in the file.",
            where="parameter term",
            expected="one of " + listed(list(found.columns), most=10),
            found=term,
            remedy=f"Did you mean {close!r}?" if close else None,
        )
    interrupted(found[term].where(found[term] > 0), moment)
