"""The register of what the handbook says about health: ``book/claims.yml``, the one home of each claim.

Pages show their claims as a table where they say ``{claims}``; :func:`claims_table` writes it. A claim has a subject,
and no two claims of one subject may differ in verdict. It was looked up on a day, and falls due a year later at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from handbook_utils.chapters.dates import spelled
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.text import yaml_text

Words = dict[str, str]

#: Where the register is, in the handbook's folder and in the stage of an edition.
CLAIMS = Path("book") / "claims.yml"
#: Days after which a claim must be looked up again.
LONGEST = 366

#: What the handbook may say of a claim, and the words for it.
VERDICTS: dict[str, Words] = {
    "sure": {"en": "sure", "nl": "zeker"},
    "together": {"en": "sure that they go together", "nl": "zeker dat ze samengaan"},
    "likely": {"en": "likely", "nl": "waarschijnlijk"},
    "possible": {"en": "possible", "nl": "misschien"},
    "mixed": {"en": "studies disagree", "nl": "onderzoeken spreken elkaar tegen"},
    "unknown": {"en": "unknown", "nl": "onbekend"},
    "not shown": {"en": "not shown", "nl": "niet aangetoond"},
    "not so": {"en": "not so", "nl": "klopt niet"},
}
#: Kinds of evidence, from a sum to the advice of a body.
KINDS = (
    "calculation",
    "in vitro",
    "animal",
    "survey",
    "association",
    "follow-up",
    "gene study",
    "trial",
    "meta-analysis",
    "review",
    "consensus",
    "guideline",
)
#: The words of GRADE, used only where the source itself gives one.
CERTAINTIES = ("high", "moderate", "low", "very low", "not graded")

_HEAD: dict[str, tuple[str, str, str]] = {
    "en": ("What people say", "How sure?", "How do we know?"),
    "nl": ("Wat mensen zeggen", "Hoe zeker?", "Hoe weten we dat?"),
}
_WHOM: Words = {"en": "Studied in", "nl": "Bij wie"}
_GRADED: Words = {"en": "Certainty by GRADE", "nl": "Zekerheid volgens GRADE"}
_GRADES: dict[str, Words] = {
    "high": {"en": "high", "nl": "hoog"},
    "moderate": {"en": "moderate", "nl": "redelijk"},
    "low": {"en": "low", "nl": "laag"},
    "very low": {"en": "very low", "nl": "zeer laag"},
}
_LOOKED_UP: Words = {
    "en": "Looked up from {first} to {last}; to be looked up again by {review}.",
    "nl": "Opgezocht van {first} tot {last}. Uiterlijk {review} zoeken we het weer op.",
}
_LOOKED_UP_ONCE: Words = {
    "en": "Looked up on {last}; to be looked up again by {review}.",
    "nl": "Opgezocht op {last}. Uiterlijk {review} zoeken we het weer op.",
}
_DUE: Words = {
    "en": "These should have been looked up again by now; newer research may say something else: {claims}",
    "nl": "Deze hadden we al opnieuw moeten opzoeken. Misschien zegt nieuw onderzoek iets anders: {claims}",
}
_DIRECTIVE = re.compile(r"^(:{3,}|`{3,})\{claims\}[ \t]*\n\1[ \t]*$", re.MULTILINE)


class Dated(Protocol):
    """What is looked up again: a claim, or a piece of advice."""

    @property
    def subject(self) -> str: ...  # noqa: D102

    @property
    def pages(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def sources(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def review(self) -> date: ...  # noqa: D102


D = TypeVar("D", bound=Dated)
#: A citation in Markdown, with its keys.
CITATION = re.compile(r"\{cite:[pt]\}`([^`]+)`")


@dataclass(frozen=True)
class Claim:
    """One claim about health, with how sure it is and how that is known.

    Attributes
    ----------
    subject : str
        What it is about, as ``theme/what``; claims of one subject have one verdict.
    claim : dict of str to str
        What people say, in English and Dutch.
    pages : tuple of str
        Pages that show it, as slugs of chapters or names of prose pages.
    verdict : str
        One of :data:`VERDICTS`.
    limit : dict of str to str
        What is added to the verdict; may be empty.
    kind : tuple of str
        Kinds of evidence, of :data:`KINDS`.
    how : dict of str to str
        The same in words for everyone.
    certainty : str
        One of :data:`CERTAINTIES`.
    population : dict of str to str
        Who was studied.
    sources : tuple of str
        Keys of the bibliography.
    searched : dict
        What was looked up, where, and on which ``date``.
    review : datetime.date
        When it must be looked up again.
    """

    subject: str
    claim: Words
    pages: tuple[str, ...]
    verdict: str
    limit: Words
    kind: tuple[str, ...]
    how: Words
    certainty: str
    population: Words
    sources: tuple[str, ...]
    searched: dict[str, Any]
    review: date


def keys_cited(text: str) -> tuple[str, ...]:
    """Return the keys of the works that a text cites, each once, in their order.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    tuple of str
        Empty where it cites none.

    Examples
    --------
    >>> keys_cited("Yes {cite:p}`one2020,two2021`, as {cite:t}`one2020` says.")
    ('one2020', 'two2021')
    """
    return tuple(dict.fromkeys(key.strip() for group in CITATION.findall(text) for key in group.split(",")))


def read_named(root: Path, register: Path, mistakes: Callable[[str, Any], Iterable[InputError]]) -> dict[str, Any]:
    """Read a register whose entries have names: advice, conditions, the manifest.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, or the stage of an edition.
    register : pathlib.Path
        The file, from `root`.
    mistakes : callable
        Takes the name of an entry and the entry, and gives what is wrong with it.

    Returns
    -------
    dict of str to object
        Entries by name; empty where there is no register.

    Raises
    ------
    InputErrors
        All that is wrong with all entries.
    """
    rows: dict[str, Any] = _rows(root, register) or {}
    if errors := [error for name, row in rows.items() for error in mistakes(name, row)]:
        raise InputErrors(errors)
    return rows


def _rows(root: Path, register: Path) -> Any:
    path = root / register
    return _read(path.read_text(encoding="utf-8"), path.name) if path.is_file() else None


@lru_cache(maxsize=8)  # every page reads the same few
def _read(text: str, name: str) -> Any:
    return yaml_text.typed(text, name)


def read_claims(root: Path) -> list[Claim]:
    """Read the register.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, or the stage of an edition.

    Returns
    -------
    list of Claim
        In the order of the file; empty where there is no register.

    Raises
    ------
    InputErrors
        A claim lacks something, or two claims of one subject differ in verdict.
    """
    bibliography = root / "book" / "references.bib"
    text = bibliography.read_text(encoding="utf-8") if bibliography.is_file() else ""
    path = root / CLAIMS
    return list(_claims(path.read_text(encoding="utf-8") if path.is_file() else "", text))


@lru_cache(maxsize=4)  # every page with claims reads the same
def _claims(register: str, bibliography: str) -> tuple[Claim, ...]:
    known = set(re.findall(r"^@\w+\{([^,\s]+),", bibliography, re.MULTILINE))
    rows = yaml_text.typed(register, CLAIMS.name) or []
    errors = [error for number, row in enumerate(rows, 1) for error in _mistakes(number, row, known)]
    errors += list(_contradictions(rows))
    if errors:
        raise InputErrors(errors)
    return tuple(_made(row) for row in rows)


def _made(row: dict[str, Any]) -> Claim:
    several = {name: tuple(row[name]) for name in ("pages", "kind", "sources")}
    return Claim(**{"limit": {}, **row, **several})


def _mistakes(number: int, row: Any, known: set[str]) -> Iterator[InputError]:
    where = f"{CLAIMS.as_posix()}, claim {number}"
    if not isinstance(row, dict):
        yield InputError("A claim is not a mapping.", where=where, found=str(row)[:60])
        return
    where += f" ({row.get('subject', 'no subject')})"
    names = set(Claim.__dataclass_fields__)
    for name in sorted(set(row) - names):
        yield InputError(f"A claim has no field '{name}'.", where=where, expected=nearest(name, names))
    for name in sorted(names - set(row) - {"limit"}):
        yield InputError(f"A claim lacks its {name}.", where=where)
    for name in ("pages", "kind", "sources"):
        if name in row and not (isinstance(row[name], list) and row[name]):
            yield InputError(f"A claim's {name} is not a list of one or more.", where=where, found=str(row[name]))
    for name in ("claim", "limit", "how", "population"):
        if name in row and (
            not isinstance(row[name], dict) or set(row[name]) != {"en", "nl"} or not all(row[name].values())
        ):
            yield InputError(f"A claim's {name} is not said in both languages.", where=where, expected="en and nl")
    allowed = {"verdict": tuple(VERDICTS), "certainty": CERTAINTIES}
    for name, choices in allowed.items():
        if name in row and row[name] not in choices:
            yield InputError(f"No such {name}.", where=where, expected=" | ".join(choices), found=str(row[name]))
    for kind in (one for one in row.get("kind") or [] if one not in KINDS):
        yield InputError("No such kind of evidence.", where=where, expected=" | ".join(KINDS), found=str(kind))
    for key in (one for one in row.get("sources") or [] if one not in known):
        yield InputError("A source is not in the bibliography.", where=where, found=str(key))
    yield from undated(where, row)


def undated(where: str, row: dict[str, Any]) -> Iterator[InputError]:
    """Say what is wrong with when something was looked up (``searched``), and will be again (``review``).

    Parameters
    ----------
    where : str
        The entry, for messages.
    row : dict of str to object
        The entry.

    Returns
    -------
    iterator of InputError
        Nothing where all is well.
    """
    searched = row.get("searched")
    if searched is None or "review" not in row:
        return
    if not isinstance(searched, dict) or set(searched) != {"what", "where", "date"} or not all(searched.values()):
        yield InputError(
            "It is not said what was looked up, where, and when.", where=where, expected="what, where, date"
        )
    elif not isinstance(searched["date"], date) or not isinstance(row["review"], date):
        yield InputError("A date is not a date.", where=where, expected="a day such as 2026-11-29")
    elif not 0 < (row["review"] - searched["date"]).days <= LONGEST:
        yield InputError(
            "A claim must be looked up again within a year.",
            where=where,
            expected=f"a day after {searched['date']}, at most {LONGEST} days later",
            found=str(row["review"]),
        )


def _contradictions(rows: Iterable[Any]) -> Iterator[InputError]:
    first: dict[str, str] = {}
    for row in rows:
        if isinstance(row, dict) and "subject" in row and "verdict" in row:
            before = first.setdefault(row["subject"], row["verdict"])
            if before != row["verdict"]:
                yield InputError(
                    "Two claims of one subject contradict each other.",
                    where=f"{CLAIMS.as_posix()}, {row['subject']}",
                    found=f"{before}, and {row['verdict']}",
                )


def claims_of(claims: Iterable[Claim], page: str) -> list[Claim]:
    """Return the claims that a page shows: a chapter's slug, or the name of a prose page.

    Parameters
    ----------
    claims : iterable of Claim
        The register.
    page : str
        A slug, or the name of a page.

    Returns
    -------
    list of Claim
        In the order of the register.
    """
    return [claim for claim in claims if page in claim.pages]


def due(claims: Iterable[D], day: date) -> list[D]:
    """Return the claims, or pieces of advice, that should have been looked up again by a day, the longest due first.

    Parameters
    ----------
    claims : iterable of Dated
        Of any kind.
    day : datetime.date
        That day is counted, too.

    Returns
    -------
    list of Dated
        Of the same kind.
    """
    return sorted((claim for claim in claims if claim.review <= day), key=lambda claim: claim.review)


def said(claim: Claim, lang: str) -> tuple[str, str, str]:
    """Return a claim in words: what people say, how sure it is, how it is known.

    Parameters
    ----------
    claim : Claim
        Of the register.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    tuple of str
        As Markdown.
    """
    verdict = VERDICTS[claim.verdict][lang]
    sure = f"{verdict}; {claim.limit[lang]}" if claim.limit else verdict
    how = f"{claim.how[lang]} {{cite:p}}`{','.join(claim.sources)}`. {_WHOM[lang]}: {claim.population[lang]}."
    if claim.certainty in _GRADES:
        how += f" {_GRADED[lang]}: {_GRADES[claim.certainty][lang]}."
    return claim.claim[lang], sure, how


def public_words(claims: Iterable[Claim], lang: str) -> list[str]:
    """Return what claims say to the public, as sentences.

    Parameters
    ----------
    claims : iterable of Claim
        Of a page.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    list of str
        Two for each claim.
    """
    return [text for claim in claims for text in (claim.claim[lang], claim.how[lang])]


def claims_table(claims: Sequence[Claim], lang: str, day: date | None = None) -> str:
    """Write claims as a table in Markdown, with the days on which they were looked up.

    Parameters
    ----------
    claims : sequence of Claim
        At least one.
    lang : {"en", "nl"}
        Language of the text.
    day : datetime.date, optional
        Today; claims that are due are named under the table. By default nothing is said of that.

    Returns
    -------
    str
        MyST Markdown.
    """
    days = sorted(claim.searched["date"] for claim in claims)
    told = (_LOOKED_UP if days[0] != days[-1] else _LOOKED_UP_ONCE)[lang].format(
        first=spelled(days[0], lang),
        last=spelled(days[-1], lang),
        review=spelled(min(claim.review for claim in claims), lang),
    )
    lines = [_row(_HEAD[lang]), "|---|---|---|", *(_row(said(claim, lang)) for claim in claims), "", told]
    if day is not None and (late := due(claims, day)):
        lines += ["", _DUE[lang].format(claims=" ".join(claim.claim[lang] for claim in late))]
    return "\n".join(lines)


def shows_claims(source: str) -> bool:
    r"""Tell whether a page has a place for its claims.

    Parameters
    ----------
    source : str
        Markdown of the page.

    Returns
    -------
    bool
        Whether ``{claims}`` stands in it.

    Examples
    --------
    >>> shows_claims("Text.\n\n:::{claims}\n:::\n")
    True
    """
    return bool(_DIRECTIVE.search(source))


def misplaced(claims: Iterable[Claim], sources: dict[str, str]) -> list[str]:
    """Say which pages of the register are no pages, or have no place for claims, and which places have no claims.

    Parameters
    ----------
    claims : iterable of Claim
        The register.
    sources : dict of str to str
        Markdown of every page, by the name the register uses.

    Returns
    -------
    list of str
        Nothing where all is well.
    """
    named = {page for claim in claims for page in claim.pages}
    places = {page for page, source in sources.items() if shows_claims(source)}
    wrong = [f"{page} has claims in the register and no {{claims}}" for page in sorted(named - places)]
    return wrong + [f"{page} says {{claims}} and has none in the register" for page in sorted(places - named)]


def summary(claims: Sequence[Dated], day: date) -> str:
    """Say how many claims and pieces of advice there are, and which are due.

    Parameters
    ----------
    claims : sequence of Dated
        Claims, advice and the like.
    day : datetime.date
        By when they are due.

    Returns
    -------
    str
        A line for each that is.
    """
    late = due(claims, day)
    following = min((claim.review for claim in claims if claim.review > day), default=None)
    lines = [f"{len(claims)} claims and pieces of advice, {len(late)} due on {day}."]
    lines += [
        f"  {claim.review}  {claim.subject} ({listed(claim.pages) or 'advice'}): {listed(claim.sources)}"
        for claim in late
    ]
    return "\n".join([*lines, *([f"The next is due on {following}."] if following else [])])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
