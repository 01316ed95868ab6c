"""Diagnoses as people write them, Dutch or English: which are meant, which denied, and what is not understood.

A text is read from left to right, the longest known words first: names of the vocabulary, codes of ICD-10 and ICPC-1,
and words that may stand around a condition. What is left is not understood, and waits for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from handbook_utils.protocols.diagnoses.vocabulary import Token, Vocabulary, tokens_of, vocabulary_of
from handbook_utils.text.letters import without_accents

#: What a person writes behind a word that the vocabulary does not know, once it has been decided on.
ALLOWED, EXCLUDES = "allowed", "excludes"
_DECIDED = re.compile(r"(.+?)\s*\((allowed|excludes)\)", re.IGNORECASE)
#: Numbers, years, 2x, 3e; stages and classes: F2, 3b, E3, A2L1B1, pT3N0M0.
_NUMBER = re.compile(
    r"\d{1,4}(x|e|de|ste|nd|rd|th)?|x\d{1,2}|\d[a-d]|([abcefglps]\d[a-c]?){1,4}|[pc]?t\d[a-d]?n\d[a-c]?(m\d)?"
)
#: The longest name has so many words.
_LONGEST = 7


@dataclass(frozen=True)
class Meant:
    """What a piece of a text means.

    Attributes
    ----------
    text : str
        The piece, as it was written.
    either : tuple of str
        The condition; several where it may be any of them.
    """

    text: str
    either: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a text says of somebody's health.

    Attributes
    ----------
    conditions : tuple of Meant
        What the person has.
    denied : tuple of Meant
        What the person is said not to have.
    unknown : tuple of str
        Pieces that are not understood.
    """

    conditions: tuple[Meant, ...]
    denied: tuple[Meant, ...]
    unknown: tuple[str, ...]


def decided(text: str) -> tuple[str, str]:
    """Split a condition from the decision that a person wrote behind it.

    Parameters
    ----------
    text : str
        As it stands in the log.

    Returns
    -------
    tuple of str
        Condition, decision; the second may be empty.

    Examples
    --------
    >>> decided("tropical sprue (excludes)"), decided("asthma")
    (('tropical sprue', 'excludes'), ('asthma', ''))
    """
    found = _DECIDED.fullmatch(text.strip())
    return (found[1], found[2].casefold()) if found else (text.strip(), "")


def folded(text: str) -> str:
    """Return a text as it is compared: without accents, marks and double blanks, in small letters.

    Parameters
    ----------
    text : str
        As somebody wrote it.

    Returns
    -------
    str
        Words with one blank between them.

    Examples
    --------
    >>> folded("  Crohn’s   Disease. ")
    'crohns disease'
    """
    plain = without_accents(text).casefold()
    return " ".join(re.sub(r"[^\w\s]", " ", re.sub(r"['’`]", "", plain)).split())


@lru_cache(maxsize=4096)
def said(text: str, names: tuple[str, ...] = ()) -> Said:
    """Return what a text says of somebody's health, piece by piece.

    Only what is plainly denied counts as denied: behind a comma or any other mark, beside a complaint or a word that is
    not understood, or where it is somebody else's, it is not understood.

    Parameters
    ----------
    text : str
        Diagnoses in any words.
    names : tuple of str
        More names of conditions, such as those of a study's rules.

    Returns
    -------
    Said
        Its conditions by the names of the vocabulary, or as they stand in `names`.

    Examples
    --------
    >>> [one.either for one in said("DM II, K50.1 sinds 2009").conditions]
    [('type 2 diabetes',), ("Crohn's disease",)]
    >>> told = said("geen IBD; gnarls")
    >>> told.conditions, told.denied, told.unknown
    ((), (Meant(text='IBD', either=('inflammatory bowel disease',)),), ('gnarls',))
    """
    return _Reading(text).read(_items(text, vocabulary_of(names)))


# -------------------------------------------------------------------------------------------------- what was said of it


@dataclass(frozen=True)
class _Item:
    """A piece of a text; its kinds are those of the words around conditions, ``condition``, or one of the marks."""

    kinds: frozenset[str]
    start: int
    end: int
    either: tuple[str, ...] = ()


@dataclass
class _Reading:
    """Tells what is had from what is denied."""

    text: str
    conditions: list[Meant] = field(default_factory=list)
    denied: list[Meant] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    nothing: bool = False

    def read(self, items: Sequence[_Item]) -> Said:
        for sentence in _split(items, {"stop", "but"}):
            # Whether words before a comma were denied, so that those behind it may be, too.
            denying = False
            for clause in _split(sentence, {"comma"}):
                denying = self._clause(clause, denying)
        if not (self.conditions or self.denied or self.nothing or self.spans):
            self.spans.append((0, len(self.text)))
        unknown = tuple(self.text[start:end].strip() for start, end in _joined(self.spans))
        return Said(tuple(self.conditions), tuple(self.denied), unknown)

    def _clause(self, clause: list[_Item], denying: bool) -> bool:
        if all("nothing" in one.kinds for one in clause):
            self.nothing |= bool(clause)
            return denying or any("denies" in one.kinds for one in clause)
        marks = [place for place, one in enumerate(clause) if one.kinds & {"denied", "denies"}]
        if any("other" in one.kinds for one in clause) or len(marks) > 1:
            self._leave(clause)
        elif not marks:
            if denying and any("condition" in one.kinds for one in clause):
                self._leave(clause)
            else:
                self._had(clause)
            return denying
        elif "denies" in clause[marks[0]].kinds and clause[marks[0] + 1 :]:
            denial, after = clause[marks[0]], clause[marks[0] + 1 :]
            self._had(clause[: marks[0]])
            # "Geen: Crohn" may be two answers, "Crohn: geen" is one.
            apart = any(self.text[one.start : one.end] == ":" for one in after) or not self._beside([denial, *after])
            if apart or not self._deny(after, denial):
                self._leave(clause[marks[0] :])
            return True
        elif (
            "denied" not in clause[marks[0]].kinds
            or any("link" not in one.kinds for one in clause[marks[0] + 1 :])
            or not self._beside(clause)
            or not self._deny(clause[: marks[0]], clause[marks[0]])
        ):
            self._leave(clause)
        return denying

    def _had(self, clause: Iterable[_Item]) -> None:
        for one in clause:
            if "condition" in one.kinds:
                self.conditions.append(Meant(self.text[one.start : one.end], one.either))
            elif not one.kinds & {"filler", "complaint", "nothing", "or", "link", "mark"}:
                self._leave([one])

    def _beside(self, clause: Sequence[_Item]) -> bool:
        """Say whether pieces have nothing but blanks between them: no full stop, dash or other mark."""
        return all(not self.text[one.end : other.start].strip(" \N{NO-BREAK SPACE}") for one, other in pairwise(clause))

    def _deny(self, clause: Sequence[_Item], denial: _Item) -> bool:
        """Deny conditions that stand alone, or are joined by "or"; say whether that is all there is."""
        words = [one for one in clause if "link" not in one.kinds or "condition" in one.kinds]
        targets, joints = words[::2], words[1::2]
        if (
            len(words) % 2 == 0
            # Dutch "of" is "or"; in English, what is denied is something of a condition that is had.
            or any("or" not in one.kinds or not one.kinds & {"dutch"} <= denial.kinds for one in joints)
            or any(not one.kinds & {"condition", "general", "complaint"} for one in targets)
        ):
            return False
        had = [Meant(self.text[one.start : one.end], one.either) for one in targets if "condition" in one.kinds]
        if had and any("complaint" in one.kinds for one in targets):
            return False
        self.denied += had
        # Nobody is healthy for having no complaints.
        self.nothing |= any("general" in one.kinds for one in targets)
        return True

    def _leave(self, clause: Sequence[_Item]) -> None:
        self.spans.append((clause[0].start, clause[-1].end))


def _split(items: Iterable[_Item], at: set[str]) -> Iterator[list[_Item]]:
    part: list[_Item] = []
    for one in items:
        if at & one.kinds:
            yield part
            part = []
        else:
            part.append(one)
    yield part


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join pieces that stand side by side."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start - made[-1][1] <= 1:
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made


# --------------------------------------------------------------------------------------------------- finding the pieces


def _items(text: str, vocabulary: Vocabulary) -> list[_Item]:
    tokens, items, place = tokens_of(text), [], 0
    while place < len(tokens):
        one = tokens[place]
        mark = _mark(text, one)
        if mark:
            items.append(_Item(frozenset({mark}), one.start, one.end))
            place += 1
            continue
        end = next((n for n in range(place, len(tokens)) if _mark(text, tokens[n])), len(tokens))
        for last in range(min(end, place + _LONGEST), place, -1):
            window = tokens[place:last]
            either, around = vocabulary.meant(window), vocabulary.stands(window)
            if either or around:
                found = around | ({"condition"} if either else set())
                items.append(_Item(frozenset(found), one.start, window[-1].end, either))
                place = last
                break
        else:
            known = "filler" if _NUMBER.fullmatch(one.plain) else "unknown"
            items.append(_Item(frozenset({known}), one.start, one.end))
            place += 1
    return items


def _mark(text: str, token: Token) -> str:
    """Say what a mark does: ends a sentence, ends a clause, joins, doubts; "" of a word."""
    if token.text == "/":
        tight = text[token.start - 1 : token.start].strip() and text[token.end : token.end + 1].strip()
        return "or" if tight else "mark"
    named = {";": "stop", "\n": "stop", ")": "stop", "]": "stop", "?": "unknown"}
    named |= dict.fromkeys(",([", "comma") | {"+": "filler", "&": "filler", ":": "link"}
    return named.get(token.text, "")
