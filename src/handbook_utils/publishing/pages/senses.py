"""Which uses of a word are the glossary's: ``book/senses.yml`` says which are another sense, and so no link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handbook_utils.text import yaml_text

SENSES = Path("book") / "senses.yml"

#: Letters that a plural can have more than the word itself.
_PLURAL = 3
#: Letters before and behind a word that are looked at.
_NEAR = 60
#: What a word that follows is a verb after: who does it, or helps to do it.
_BEFORE_VERB = re.compile(
    r"\b(?:to|not|never|also|often|can|could|may|might|must|shall|should|will|would|do|does|did|"
    r"I|we|you|they|it|who|that|which|and|or|then|both|bacteria|people|\w{3,}s)\s+$",
    re.IGNORECASE,
)
#: A verb has something that it does it to.
_BEHIND_VERB = re.compile(
    r"^\s*(?:,\s+\w+\b|(?:a|an|the|this|that|these|those|it|them|him|her|us|you|your|our|their|its|illness|disease|"
    r"symptoms|every|all|some|many|more|less|fewer|or|and)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Other:
    """A use of a word in another sense: what stands before it, behind it, or the pages on which it has that sense."""

    word: str
    after: re.Pattern[str] | None = None
    before: re.Pattern[str] | None = None
    pages: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Senses:
    """How words of one language are used.

    Attributes
    ----------
    never : frozenset of str
        Words in small letters that are never linked.
    verbs : frozenset of str
        Nouns that are verbs too.
    others : tuple of Other
        Uses in another sense.
    """

    never: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    others: tuple[Other, ...] = field(default=())

    def is_other(self, word: str, before: str, behind: str, page: str = "") -> bool:
        """Tell whether a word is used in another sense than the glossary's.

        Parameters
        ----------
        word : str
            As the glossary lists it, in small letters.
        before, behind : str
            The text around it.
        page : str
            The page it stands on.

        Returns
        -------
        bool
            True where it must not be linked.

        Examples
        --------
        >>> senses = Senses(verbs=frozenset(["cause"]))
        >>> senses.is_other("cause", "bacteria may ", " an illness"), senses.is_other("cause", "they look for a ", ".")
        (True, False)
        """
        near, far = before[-_NEAR:], behind[:_NEAR]
        if word in self.verbs and _BEFORE_VERB.search(near) and _BEHIND_VERB.search(far):
            return True
        return any(
            (other.after is not None and other.after.search(near) is not None)
            or (other.before is not None and other.before.match(far) is not None)
            or (other.pages is not None and other.pages.match(page) is not None)
            for other in self.others
            if word.startswith(other.word) and len(word) - len(other.word) <= _PLURAL
        )


def read_senses(srcdir: str | Path) -> dict[str, Senses]:
    """Read the senses of each language from a handbook's folder or a stage; none where there is no such file.

    Parameters
    ----------
    srcdir : str or pathlib.Path
        A handbook's folder, or the stage of an edition.

    Returns
    -------
    dict of str to Senses
        By language.
    """
    path = Path(srcdir) / SENSES
    told = (yaml_text.typed(path.read_text(encoding="utf-8"), str(path)) or {}) if path.is_file() else {}
    return {lang: senses_of(given) for lang, given in told.items()}


def senses_of(given: Mapping[str, Any]) -> Senses:
    """Make the senses of a language from what the file says of it.

    Parameters
    ----------
    given : mapping of str to object
        ``never``, ``verbs`` and ``other``; each may be left out.

    Returns
    -------
    Senses
        Words without capitals, and patterns ready for use.
    """

    def small(words: Iterable[str]) -> frozenset[str]:
        return frozenset(word.casefold() for word in words)

    return Senses(
        never=small(given.get("never", ())),
        verbs=small(given.get("verbs", ())),
        others=tuple(
            Other(
                one["word"].casefold(),
                after=re.compile(rf"(?:{one['after']})$", re.IGNORECASE) if "after" in one else None,
                before=re.compile(rf"\s*(?:{one['before']})", re.IGNORECASE) if "before" in one else None,
                pages=re.compile(one["pages"]) if "pages" in one else None,
            )
            for one in given.get("other", ())
        ),
    )
