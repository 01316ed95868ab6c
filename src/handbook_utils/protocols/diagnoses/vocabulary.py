"""The vocabulary of conditions: what a word or a few mean, exactly, cut off, or with a slip of the pen.

Where more than one thing could be meant, a word that is written wrongly means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from handbook_utils import datasets
from handbook_utils.text.letters import without_accents

_CODE = r"[a-z]\d\d(?:\.?\d{1,2})?(?!\w)"
#: Codes; w/, w/o, h/o and s/p; words, with their apostrophes; marks. A hyphen is as good as a blank.
_TOKEN = re.compile(rf"{_CODE}|[whs]/[op]?(?!\w)|[^\W_]+(?:['’`´][^\W_]+)*|[;,/+&:?()\[\]\n]", re.IGNORECASE)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
#: Words of so many letters may hold one slip of the pen, longer ones two.
_ONE, _TWO = 6, 12
#: So many letters of a word must be there where it was cut off by a full stop, among others or alone, and without one.
_CUT, _CUT_ALONE, _CUT_BARE = 3, 5, 4


@dataclass(frozen=True)
class Token:
    """A word as it is compared.

    Attributes
    ----------
    text : str
        Without accents and apostrophes.
    start, end : int
        Where it stands in the text.
    cut : bool
        Whether a full stop follows.
    """

    text: str
    start: int
    end: int
    cut: bool = False

    @property
    def plain(self) -> str:
        """In small letters, with a Roman number as a digit."""
        word = self.text.casefold()
        return word if word == "i" and self.cut else _ROMAN.get(word, word)


def tokens_of(text: str) -> list[Token]:
    """Cut a text into words, codes and marks.

    Parameters
    ----------
    text : str
        As somebody wrote it.

    Returns
    -------
    list of Token
        From left to right.

    Examples
    --------
    >>> [one.text for one in tokens_of("Crohn’s (K50.1), réfl. w/o UC")]
    ['Crohns', '(', 'K50.1', ')', ',', 'refl', 'w/o', 'UC']
    """
    plain = "".join(base if len(base := without_accents(one)) == 1 else one for one in text)
    return [
        Token(re.sub("['’`´]", "", found[0]), found.start(), found.end(), plain[found.end() : found.end() + 1] == ".")
        for found in _TOKEN.finditer(plain)
    ]


def _key(tokens: Iterable[Token]) -> str:
    return "".join(one.plain for one in tokens)


def kinds(condition: str) -> tuple[str, ...]:
    """Return a condition of the vocabulary, and those it is a kind of.

    Parameters
    ----------
    condition : str
        As the vocabulary calls it.

    Returns
    -------
    tuple of str
        The condition first.

    Examples
    --------
    >>> kinds("Crohn's disease"), kinds("gnarl")
    (("Crohn's disease", 'inflammatory bowel disease'), ('gnarl',))
    """
    found = [condition]
    for one in found:
        found += [above for above in vocabulary_of().above.get(one, ()) if above not in found]
    return tuple(found)


@dataclass(frozen=True)
class _Code:
    """A code or range of a classification."""

    first: str
    last: str
    concept: str

    def holds(self, code: str) -> bool:
        return self.first <= code[: len(self.first)] and code[: len(self.last)] <= self.last

    def within(self, code: str) -> bool:
        return self.first != code and self.first.startswith(code)


@dataclass
class Vocabulary:
    """Names and codes of conditions, and words that may stand around them.

    Attributes
    ----------
    above : dict of str to tuple of str
        What each condition is a kind of.
    around : dict of str to frozenset of str
        Kinds of the words around conditions.
    exact, cased : dict of str to set of str
        Words joined, in small letters or as they must be written, with what they mean.
    ends : dict of str to str
        Ends of compounds.
    phrases : dict
        Names, word by word, by their number of words and first letter.
    known : set of str
        Words of all names.
    icd10, icpc : list
        Codes.
    """

    above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    around: dict[str, frozenset[str]] = field(default_factory=dict)
    exact: dict[str, set[str]] = field(default_factory=dict)
    cased: dict[str, set[str]] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    phrases: dict[tuple[int, str], list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    icd10: list[_Code] = field(default_factory=list)
    icpc: list[_Code] = field(default_factory=list)

    def add(self, word: str, concept: str) -> None:
        """Add a name of a condition.

        Parameters
        ----------
        word : str
            The name; with capitals it counts only as it is written, with ``-`` before it it is the end of a compound.
        concept : str
            The condition.
        """
        tokens = tokens_of(word)
        if word.startswith("-"):
            self.ends[_key(tokens)] = concept
        elif word != word.lower() and word != concept:
            self.cased.setdefault("".join(one.text for one in tokens), set()).add(concept)
        else:
            parts = tuple(one.plain for one in tokens)
            self.exact.setdefault("".join(parts), set()).add(concept)
            self.phrases.setdefault((len(parts), parts[0][0]), []).append((parts, concept))
            self.known.update(parts)

    def meant(self, window: Sequence[Token]) -> tuple[str, ...]:
        """Return what some words mean together.

        Parameters
        ----------
        window : sequence of Token
            Words side by side.

        Returns
        -------
        tuple of str
            The condition, or each that it may be; nothing where the words are not known.
        """
        key = _key(window)
        found = self.cased.get("".join(one.text for one in window), set()) | self.exact.get(key, set())
        if not found and key.endswith("s") and len(key) > 3 and key not in self.around:
            found = self.cased.get("".join(one.text for one in window)[:-1], set()) | self.exact.get(key[:-1], set())
        if not found and len(window) == 1 and re.fullmatch(_CODE, key):
            return self._by_code(key.upper())
        if not found and key not in self.around:
            found = self._almost(window)
        if not found and len(window) == 1 and key not in self.around:
            found = {concept for end, concept in self.ends.items() if key.endswith(end) and len(key) > len(end) + 2}
        return self._narrowest(found)

    def stands(self, window: Sequence[Token]) -> frozenset[str]:
        """Return of which kinds words around conditions are; one that was cut off must be a filler in any case.

        Parameters
        ----------
        window : sequence of Token
            Words side by side.

        Returns
        -------
        frozenset of str
            Kinds, as the data set ``conditions`` has them; none where the words are not known.
        """
        key = _key(window)
        if len(window) == 1 and window[0].cut and len(key) >= _CUT and key not in self.around:
            every = {found for word, found in self.around.items() if word.startswith(key)}
            return frozenset({"filler"}) if every and all("filler" in one for one in every) else frozenset()
        return self.around.get(key, frozenset())

    def _by_code(self, code: str) -> tuple[str, ...]:
        """Return what a code means: either, where both classifications have it."""
        digits = code[1:].replace(".", "")
        code = f"{code[0]}{digits[:2]}" + (f".{digits[2:]}" if digits[2:] else "")
        # ICD-10 has one digit behind the dot; two, of which the first is a nought, are those of Dutch practices.
        of_icpc = [] if len(digits) == 3 else [one.concept for one in self.icpc if one.holds(code)]
        of_icd = [one.concept for one in self.icd10 if one.holds(code)]
        found = {*self._narrowest(of_icpc), *self._narrowest(of_icd)}
        # A code that is wider than a condition may mean it, and something else.
        wider = {one.concept for one in self.icd10 if found and one.within(code) and not found & {*kinds(one.concept)}}
        return tuple(sorted(found | wider))

    def _almost(self, window: Sequence[Token]) -> set[str]:
        """Return what words mean that were cut off or written with a slip of the pen, where it is one thing only."""
        candidates = self.phrases.get((len(window), window[0].plain[0]), [])
        for like in (self._cut, self._slip):
            found = {
                concept
                for parts, concept in candidates
                if all(one.plain == part or like(one, part, window) for one, part in zip(window, parts, strict=True))
            }
            if found:
                # Cut off before it says which kind, a word means what they all are.
                general = [one for one in found if all(one in kinds(other) for other in found)]
                return set(general[:1])
        return set()

    def _cut(self, token: Token, part: str, window: Sequence[Token]) -> bool:
        word = token.plain
        if len(word) < _CUT or not part.startswith(word) or not word.isalpha():
            return False
        if token.cut:
            return len(word) >= (_CUT if len(window) > 1 else _CUT_ALONE)
        own = word not in self.known and word not in self.around
        return own and len(word) >= _CUT_BARE and any(one.plain in self.known for one in window)

    def _slip(self, token: Token, part: str, _window: Sequence[Token]) -> bool:
        word = token.plain
        return (
            min(len(word), len(part)) >= _ONE
            and word not in self.known
            and word not in self.around
            and word.isalpha()
            and word[0] == part[0]
            # Too much and too little differ by two letters.
            and {word[:4], part[:4]} != {"hypo", "hype"}
            and _slips(word, part) <= (1 if min(len(word), len(part)) < _TWO else 2)
        )

    def _narrowest(self, found: Iterable[str]) -> tuple[str, ...]:
        every = set(found)
        return tuple(sorted(one for one in every if not any(one in kinds(other)[1:] for other in every)))


@lru_cache(maxsize=16)
def vocabulary_of(names: tuple[str, ...] = ()) -> Vocabulary:
    """Read the vocabulary from the data set ``conditions``.

    Parameters
    ----------
    names : tuple of str
        More names of conditions, which mean themselves.

    Returns
    -------
    Vocabulary
        Of names, codes and the words around them.

    Examples
    --------
    >>> vocabulary_of().meant(tokens_of("hoge bloeddruk"))
    ('hypertension',)
    """
    table = datasets.frame("conditions").fillna("")
    made = Vocabulary()
    for concept, above, icd10, icpc, words in table[["concept", "is_a", "icd10", "icpc", "words"]].to_numpy():
        made.above[concept] = tuple(filter(None, above.split("|")))
        for word in (concept, *words.split("|")):
            made.add(word, concept)
        for codes, given in ((made.icd10, icd10), (made.icpc, icpc)):
            if given:
                first, _, last = given.partition("-")
                codes.append(_Code(first, last or first, concept))
    for name in names:
        made.add(name, name)
    for word, kind in datasets.frame("conditions", "around")[["word", "kind"]].to_numpy():
        key = _key(tokens_of(word))
        made.around[key] = made.around.get(key, frozenset()) | {kind}
    return made


def _slips(one: str, other: str) -> int:
    """Count letters too many, missing, wrong or changed about; more than two are not counted out."""
    if abs(len(one) - len(other)) > 2:
        return 3
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
