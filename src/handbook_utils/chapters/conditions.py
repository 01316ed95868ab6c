"""What a professional needs of each condition of the manifest: ``book/conditions.yml``, the one home of each text.

A page of a condition says ``{condition} name`` and shows its claims below (:mod:`handbook_utils.chapters.claims`). The
Dutch guideline comes first; what to say is two sentences. Each is dated as a claim is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from handbook_utils.chapters.claims import CITATION, Words, keys_cited, read_named, undated
from handbook_utils.errors import InputError, nearest

#: Where the conditions are, in the handbook's folder and in the stage of an edition.
CONDITIONS = Path("book") / "conditions.yml"

#: The parts of a page in their order, with the words above each.
PARTS: dict[str, Words] = {
    "guideline": {"en": "The guideline first", "nl": "Eerst de richtlijn"},
    "act": {"en": "What you can act on", "nl": "Wat er te doen is"},
    "say": {"en": "What you can say", "nl": "Wat u kunt zeggen"},
    "unfit": {"en": "Who it is not for", "nl": "Voor wie het niet geschikt is"},
}
_SENTENCES = 2


@dataclass(frozen=True)
class Condition:
    """A condition.

    Attributes
    ----------
    subject : str
        Its name in the table of the manifest's numbers, and of its page.
    guideline, act, say, unfit : dict of str to str
        What the Dutch guideline says, what can be acted on, what to say to a patient, whom it does not fit; Markdown in
        English and Dutch.
    searched : dict
        What was looked up, where, and on which ``date``.
    review : datetime.date
        When it must be looked up again.
    """

    subject: str
    guideline: Words
    act: Words
    say: Words
    unfit: Words
    searched: dict[str, Any]
    review: date

    @property
    def pages(self) -> tuple[str, ...]:
        """The page that shows it."""
        return (f"book/conditions/{self.subject}",)

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the bibliography, as its text cites them."""
        return keys_cited(" ".join(getattr(self, part)["en"] for part in PARTS))


def read_conditions(root: Path) -> dict[str, Condition]:
    """Read the conditions by their name.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder, or the stage of an edition.

    Returns
    -------
    dict of str to Condition
        Empty where there are none.

    Raises
    ------
    InputErrors
        One lacks something, cites no guideline, or does not say two sentences.
    """
    return {name: Condition(name, **row) for name, row in read_named(root, CONDITIONS, _mistakes).items()}


def _mistakes(name: str, row: Any) -> Iterator[InputError]:
    where = f"{CONDITIONS.as_posix()}, {name}"
    if not isinstance(row, dict) or set(row) != {*PARTS, "searched", "review"}:
        yield InputError("A condition is not whole.", where=where, expected=", ".join([*PARTS, "searched", "review"]))
        return
    for part in PARTS:
        said = row[part]
        if not isinstance(said, dict) or set(said) != {"en", "nl"} or not all(said.values()):
            yield InputError(f"A condition's {part} is not said in both languages.", where=where, expected="en and nl")
            return
        cited = {lang: sorted(CITATION.findall(text)) for lang, text in said.items()}
        if cited["en"] != cited["nl"] or (part == "guideline" and not cited["en"]):
            yield InputError(f"A condition's {part} does not cite the same works in both languages.", where=where)
    for lang, text in row["say"].items():
        sentences = [line for line in text.strip().splitlines() if line.startswith("- ")]
        if len(sentences) != _SENTENCES or len(sentences) != len(text.strip().splitlines()):
            yield InputError(
                f"What to say is not {_SENTENCES} sentences ({lang}).",
                where=where,
                expected="a list of two lines",
                found=text.strip(),
            )
    yield from undated(where, row)


def condition_text(root: Path, name: str, lang: str) -> str:
    """Return a condition as Markdown.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    name : str
        Of the condition.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    InputError
        There is no such condition.
    """
    known = read_conditions(root)
    if name not in known:
        raise InputError("There is no such condition.", where=f"{{condition}} {name}", expected=nearest(name, known))
    said = [(words[lang], getattr(known[name], part)[lang].strip()) for part, words in PARTS.items()]
    return "\n\n".join(f"**{above}.**\n\n{text}" for above, text in said)
