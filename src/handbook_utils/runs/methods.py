"""The methods text of a run, and the works it rests on.

``methods.md`` of a result folder can go into a paper: the paragraph the chapter wrote from the parameters it really
used, every parameter, the versions, the checksums of the data, and the references in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from handbook_utils.asking import written
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.runs.records import read_records

#: What the STORMS checklist (Mirzayi and others 2021) asks of a report and no run of a chapter can know.
STORMS = (
    "study design, dates and place; who was asked, who took part, and why others were left out",
    "medicines (antibiotics above all), diet and other covariates that were recorded, and how",
    "ethics approval, consent, and how the sample size was chosen",
    "collection, preservation, shipping and storage of the samples",
    "DNA extraction, primers, library preparation, sequencing, and the controls of each step, with their results",
    "how reads became the feature table: programs, versions, reference database, filters",
    "which analyses were planned beforehand, and what was done about missing data and batches",
)
_STORMS_DOI = "https://doi.org/10.1038/s41591-021-01552-x"

#: What a bibliography says of a work without a date, and fields that can be words of ours.
_UNDATED = {"en": "n.d.", "nl": "z.d."}
_WORDED = ("title", "howpublished", "note")
#: Text in which LaTeX says nothing but what stands there.
_UNMARKED = re.compile(r"(?:[A-Za-z0-9 .,:;()/+=]|-(?!-))*")


@dataclass(frozen=True)
class Reference:
    """One work of ``book/references.bib``.

    Attributes
    ----------
    authors : tuple of str
        ``Anderson MJ``: family name and initials.
    families : tuple of str
        Family names only.
    year, title, source, address : str
        `source` is the journal with volume and pages, or the publisher; `address` is the DOI's or the page's, or "".

    Examples
    --------
    >>> work = Reference(("Hill MO",), ("Hill",), "1973", "Diversity and Evenness", "Ecology 54:427–432", "")
    >>> work.textual, work.inner
    ('Hill (1973)', 'Hill, 1973')
    >>> print(work.full)
    Hill MO (1973). Diversity and Evenness. Ecology 54:427–432.
    """

    authors: tuple[str, ...]
    families: tuple[str, ...]
    year: str
    title: str
    source: str
    address: str

    @property
    def who(self) -> str:
        """Who wrote it, as a sentence names them."""
        if len(self.families) > 2 or "others" in self.families:
            return f"{self.families[0]} et al."
        return " and ".join(self.families) or self.title

    @property
    def textual(self) -> str:
        """For within a sentence."""
        return f"{self.who} ({self.year})" if self.year else self.who

    @property
    def inner(self) -> str:
        """For between brackets."""
        return f"{self.who}, {self.year}" if self.year else self.who

    @property
    def full(self) -> str:
        """For a list of references, without the address."""
        more = len(self.authors) > 6 or "others" in self.families
        authors = ", ".join(self.authors[:6]) + (", et al." if more else "")
        dated = f"{authors} ({self.year})".strip() if self.year else authors
        return " ".join(f"{part.rstrip('.')}." for part in (dated, self.title, self.source) if part)


def say_in(lang: str, fields: MutableMapping[str, str]) -> None:
    """Say in a language what is said of a work, beside what it says itself.

    Parameters
    ----------
    lang : {"en", "nl"}
        Of the edition.
    fields : mutable mapping of str to str
        Of an entry of ``references.bib``, such as ``note`` and ``note_nl``; changed in place.

    Examples
    --------
    >>> fields = {"year": "n.d.", "note": "We read its summary.", "note_nl": "We lazen de samenvatting."}
    >>> say_in("nl", fields)
    >>> fields["year"], fields["note"]
    ('z.d.', 'We lazen de samenvatting.')
    """
    if fields.get("year") == _UNDATED["en"]:
        fields["year"] = _UNDATED.get(lang, _UNDATED["en"])
    for name in _WORDED:
        if own := fields.get(f"{name}_{lang}"):
            fields[name] = own


@lru_cache(maxsize=8192)
def _unlatexed(latex: str) -> str:
    """Return what LaTeX says; what has none of its marks says what it is, and most of a bibliography has none."""
    text = " ".join(latex.split())
    if _UNMARKED.fullmatch(text):
        return text
    from pybtex.richtext import Text

    return str(Text.from_latex(text))


def read_references(path: Path, lang: str = "en") -> dict[str, Reference]:
    """Read a BibTeX file.

    Parameters
    ----------
    path : pathlib.Path
        Where there is none, there are no references.
    lang : {"en", "nl"}
        In which to say what is not the work's own words.

    Returns
    -------
    dict of str to Reference
        By key.
    """
    from pybtex.database import parse_file

    if not path.is_file():
        return {}
    found = {}
    for key, entry in parse_file(str(path), bib_format="bibtex").entries.items():
        fields = {name.lower(): _unlatexed(value) for name, value in entry.fields.items()}
        say_in(lang, fields)
        people = entry.persons.get("author") or entry.persons.get("editor") or []
        families = [_unlatexed(" ".join([*person.prelast_names, *person.last_names])) for person in people]
        initials = [
            "".join(_unlatexed(name)[:1] for name in [*person.first_names, *person.middle_names]) for person in people
        ]
        authors = tuple(f"{family} {letters}".strip() for family, letters in zip(families, initials, strict=True))
        if "doi" in fields:
            address = "https://doi.org/" + fields["doi"].removeprefix("https://doi.org/")
        else:
            address = fields.get("url", "")
        found[key] = Reference(
            authors=tuple(author for author in authors if author != "others"),
            families=tuple(families),
            year=fields.get("year", ""),
            title=fields.get("title", ""),
            source=_source(fields),
            address=address,
        )
    return found


def _source(fields: Mapping[str, str]) -> str:
    journal = (
        fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or fields.get("institution", "")
    )
    number = f"({fields['number']})" if fields.get("number") else ""
    pages = fields.get("pages", "").replace("--", "–")
    place = f"{fields.get('volume', '')}{number}" + (f":{pages}" if pages else "")
    return f"{journal} {place}".strip()


@dataclass(frozen=True)
class Paragraph:
    """What a chapter recorded by ``Results.methods``."""

    text: str
    cites: tuple[str, ...]


def read_paragraphs(results: Path) -> list[Paragraph]:
    """Read the methods paragraphs that a run recorded.

    Parameters
    ----------
    results : pathlib.Path
        The folder that the run wrote its results in.

    Returns
    -------
    list of Paragraph
        In the order of the chapter.
    """
    return [Paragraph(line["text"], tuple(line["cites"])) for line in read_records(results / "methods.jsonl")]


def methods_text(
    chapter: Chapter,
    run: Mapping[str, Any],
    paragraphs: Sequence[Paragraph],
    inputs: Mapping[str, str],
    references: Mapping[str, Reference],
    told: Sequence[str] = (),
) -> str:
    """Write the methods of a run, as Markdown.

    Parameters
    ----------
    chapter : Chapter
        What was run.
    run : mapping
        ``handbook_run`` of the executed notebook.
    paragraphs : sequence of Paragraph
        What the chapter recorded.
    inputs : mapping of str to str
        SHA-256 of the reader's own files, by name.
    references : mapping
        What :func:`read_references` returned.
    told : sequence of str
        What the run said of the data it was given.

    Returns
    -------
    str
        Markdown.
    """
    helps = {parameter.name: parameter.help for parameter in chapter.questions}
    day = str(run.get("executed", ""))[:10]
    lines = [f"# Methods: {chapter.title}", ""]
    for paragraph in paragraphs:
        lines += [_plain(paragraph.text) + _named(paragraph.cites, references), ""]
    lines += [
        f"The analysis is the chapter *{chapter.title}* ({chapter.slug}) of the Gut Microbiome Handbook, "
        f"version {run['versions'].get('handbook-utils', 'unknown')}, executed on {day} with Python {run['python']}"
        f"{_packages(run['versions'])}.",
        "",
    ]
    if told:
        lines += ["## What was read and left out", "", *(f"- {_plain(line)}" for line in told), ""]
    given = run["parameters"]
    if given:
        lines += ["## Parameters", ""]
        rows = [(f"`{name}`", _shown(value), helps.get(name, "")) for name, value in given.items()]
        lines += [*_table(("Parameter", "Value", "Meaning"), rows), ""]
    checksums = {**inputs, **run.get("data", {})}
    if checksums:
        lines += [
            "## Data",
            "",
            *_table(("File", "SHA-256"), [(_plain(n), f"`{s}`") for n, s in checksums.items()]),
            "",
        ]
    if chapter.part == "recipes":
        lines += [
            "## Still to be reported",
            "",
            f"The STORMS checklist ([{_STORMS_DOI}]({_STORMS_DOI})) asks for what this run cannot know:",
            "",
            *(f"- {item}" for item in STORMS),
            "",
        ]
    cited = list(dict.fromkeys(key for paragraph in paragraphs for key in paragraph.cites))
    if cited:
        lines += ["## References", "", *(f"- {_full(key, references)}" for key in sorted(cited)), ""]
    return "\n".join(lines)


def _named(keys: Sequence[str], references: Mapping[str, Reference]) -> str:
    named = [references[key].inner if key in references else key for key in keys]
    return f" ({'; '.join(named)})" if named else ""


def _full(key: str, references: Mapping[str, Reference]) -> str:
    if key not in references:
        return f"{key} (not in the handbook's list of references)"
    work = references[key]
    return f"{work.full} <{work.address}>" if work.address else work.full


def _packages(versions: Mapping[str, str]) -> str:
    others = [f"{name} {version}" for name, version in versions.items() if name != "handbook-utils"]
    return f" and {', '.join(others)}" if others else ""


def _shown(value: object) -> str:
    return _plain(written(value)) or "–"


def _plain(text: str) -> str:
    """Keep text from a file from being read as Markdown or HTML."""
    return text.replace("\\", "\\\\").translate({ord(sign): f"\\{sign}" for sign in "<>*_`[]|"}).replace("\n", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows]]
