"""``{error-rates}``: how often each test of the recipes cries wolf, and finds what is there, from ``error-rates.csv``.

The table holds counts of simulated studies, by test and design; rates, intervals and verdicts are computed here.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from handbook_utils.chapters.dates import spelled
from handbook_utils.publishing.pages.staged import RATES, staged_rows
from handbook_utils.publishing.words import WORDS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What is promised of a test, and how unlikely a count must be to break the promise.
LEVEL, UNLIKELY = 0.05, 0.001
#: From this part of the studies on, a recipe is said to warn.
WARNS = 0.95


@dataclass(frozen=True)
class Cell:
    """What one test did in simulated studies of one design.

    Attributes
    ----------
    studies, rejected, refused : int
        Studies in which nothing differs; those in which the test says that something does; those it does not take.
    warns : bool
        Whether the recipe warns of such studies.
    """

    studies: int
    rejected: int
    refused: int
    warns: bool

    @property
    def tested(self) -> int:
        """Studies that were not refused."""
        return self.studies - self.refused

    @property
    def verdict(self) -> str:
        """Whether the test keeps its promise.

        Examples
        --------
        >>> [Cell(400, wrong, 0, False).verdict for wrong in (2, 20, 60)]
        ['careful', 'holds', 'too_often']
        >>> Cell(400, 60, 0, True).verdict, Cell(400, 0, 400, False).verdict, Cell(0, 0, 0, False).verdict
        ('warned', 'refused', 'unmeasured')
        """
        if not self.studies:
            return "unmeasured"
        if not self.tested:
            return "refused"
        low, high = expected(self.tested)
        if self.rejected > high:
            return "warned" if self.warns else "too_often"
        return "careful" if self.rejected < low else "holds"


@lru_cache(maxsize=64)  # most rows have as many studies
def expected(studies: int, unlikely: float = UNLIKELY) -> tuple[int, int]:
    """Return between which counts of false alarms a test lies that is wrong in 5 of 100 studies, but for chance.

    Parameters
    ----------
    studies : int
        That were simulated.
    unlikely : float
        How seldom a test that is as it should be lies outside.

    Returns
    -------
    tuple of int
        Fewest and most.

    Examples
    --------
    >>> expected(400)
    (7, 36)
    """
    chances = [_chance(count, studies, LEVEL) for count in range(studies + 1)]
    low = next(count for count in range(studies + 1) if sum(chances[: count + 1]) > unlikely / 2)
    high = next(count for count in range(studies, -1, -1) if sum(chances[count:]) > unlikely / 2)
    return low, high


def interval(count: int, studies: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % of a rate.

    Parameters
    ----------
    count : int
        Studies that found something.
    studies : int
        Of how many.

    Returns
    -------
    tuple of float
        Lower and upper limit, 0 to 1.

    Examples
    --------
    >>> [round(end, 3) for end in interval(20, 400)]
    [0.033, 0.076]
    """
    z, rate = 1.959963984540054, count / studies
    middle = rate + z**2 / (2 * studies)
    half = z * math.sqrt(rate * (1 - rate) / studies + z**2 / (4 * studies**2))
    scale = 1 + z**2 / studies
    return (middle - half) / scale, (middle + half) / scale


def _chance(count: int, studies: int, rate: float) -> float:
    logs = math.lgamma(studies + 1) - math.lgamma(count + 1) - math.lgamma(studies - count + 1)
    return math.exp(logs + count * math.log(rate) + (studies - count) * math.log1p(-rate))


def cell_of(row: Mapping[str, str]) -> Cell:
    """Return the counts of a row of the table.

    Parameters
    ----------
    row : mapping of str to str
        Of ``error-rates.csv``.

    Returns
    -------
    Cell
        An empty count is 0.
    """
    studies, rejected, refused, looked, warned = (
        int(row[name] or 0) for name in ("studies", "rejected", "refused", "looked", "warned")
    )
    return Cell(studies, rejected, refused, looked > 0 and warned >= WARNS * looked)


def rates_table(rows: Iterable[Mapping[str, str]], lang: str) -> str:
    """Return the table in HTML: a group of rows a test, a row a design.

    Parameters
    ----------
    rows : iterable of mapping
        Of ``error-rates.csv``.
    lang : {"en", "nl"}
        Language of the text.

    Returns
    -------
    str
        HTML, with a caption.
    """
    words, rows = WORDS[lang], list(rows)
    power = any(row["with_effect"] for row in rows)
    test, design, effect = ("toets", "ontwerp", "uitwerking") if lang == "nl" else ("test", "design", "effect")
    columns = ["rates_design", "rates_wrong", "verdict", *(["rates_found"] if power else [])]
    head = "".join(f'<th scope="col">{html.escape(words[name])}</th>' for name in columns)
    groups = []
    by_test: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        by_test.setdefault((row["recipe"], row[test]), []).append(row)
    for (recipe, name), own in by_test.items():
        title = f"{html.escape(name)} ({html.escape(recipe.replace('-', ' ').capitalize())})."
        title += f" {html.escape(words['rates_effect'])} {html.escape(own[0][effect])}." if power else ""
        lines = [f'<tr><th scope="rowgroup" colspan="{len(columns)}">{title}</th></tr>']
        for row in own:
            cell = cell_of(row)
            wrong = _rate(cell.rejected, cell.tested, lang)
            cells = [html.escape(row[design]), wrong, html.escape(words[f"rates_{cell.verdict}"])]
            if power and cell.tested and not row["with_effect"]:
                cells.append(html.escape(words["rates_unmeasured"]))
            elif power:
                cells.append(_rate(int(row["found"] or 0), int(row["with_effect"] or 0) if cell.tested else 0, lang))
            lines.append(f'<tr class="{cell.verdict}">' + "".join(f"<td>{text}</td>" for text in cells) + "</tr>")
        groups.append(f"<tbody>{''.join(lines)}</tbody>")
    caption = f"<caption>{html.escape(summed(rows, lang))}</caption>"
    return f'<table class="table results rates">{caption}<thead><tr>{head}</tr></thead>{"".join(groups)}</table>'


def summed(rows: Iterable[Mapping[str, str]], lang: str) -> str:
    """Return in one sentence how many cells have which verdict.

    Parameters
    ----------
    rows : iterable of mapping
        Of ``error-rates.csv``.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        Plain text.
    """
    words, verdicts = WORDS[lang], [cell_of(row).verdict for row in rows]
    counted = [f"{words[f'rates_{name}']}: {verdicts.count(name)}" for name in dict.fromkeys(sorted(verdicts))]
    return words["rates_caption"].format(count=len(verdicts), verdicts="; ".join(counted))


def how_measured(rows: Iterable[Mapping[str, str]], lang: str) -> str:
    """Return when and with how many studies the table was measured, and what of it was not, in a few sentences.

    Parameters
    ----------
    rows : iterable of mapping
        Of ``error-rates.csv``.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        Plain text; empty where nothing was measured.
    """
    words, rows = WORDS[lang], list(rows)
    measured = [row for row in rows if row["date"]]
    if not measured:
        return ""
    days, versions = (sorted({row[name] for row in measured}) for name in ("date", "version"))
    told = [
        words["rates_how"].format(
            studies=min(int(row["studies"]) for row in measured),
            date=", ".join(spelled(date.fromisoformat(day), lang) for day in days),
            version=", ".join(versions),
        )
    ]
    found = [int(row["with_effect"]) for row in rows if row["with_effect"]]
    tested = [row for row in measured if cell_of(row).tested]
    gaps = {"wrong": (len(rows) - len(measured), len(rows))}
    if found:
        told.append(words["rates_power"].format(found=min(found)))
        gaps["found"] = (sum(not row["with_effect"] for row in tested), len(tested))
    named = [words[f"rates_gap_{name}"].format(count=count, all=of) for name, (count, of) in gaps.items() if count]
    if named:
        told.append(words["rates_gaps"].format(gaps="; ".join(named)))
    return " ".join(told)


def _rate(count: int, studies: int, lang: str) -> str:
    if not studies:
        return "–"
    low, high = interval(count, studies)
    text = f"{100 * count / studies:.1f} % ({100 * low:.1f} – {100 * high:.1f})"
    return text.replace(".", ",") if lang == "nl" else text


class _ErrorRates(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        path, rows = staged_rows(self.env.srcdir, RATES)
        if path is None:
            raise self.error("There is no data/error-rates.csv to make the table from.")
        self.env.note_dependency(str(path))
        lang = str(self.env.config["handbook_manifest"]["lang"])
        return [
            nodes.paragraph("", how_measured(rows, lang), translatable=False),
            nodes.raw("", rates_table(rows, lang), format="html"),
        ]


def setup_error_rates(app: Sphinx) -> None:
    """Make the directive known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("error-rates", _ErrorRates)
