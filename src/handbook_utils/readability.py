"""How easy the public text is to read: Flesch's score, and Douma's for Dutch.

Douma (1960) adapted Flesch's reading ease (1948) to Dutch and gave norms with it; from 60 to 70 is "normal", above that
is easier. No published table turns the score into a level of the Common European Framework. The handbook takes
:data:`PUBLIC_SCORE`, the lower end of "normal", as what public text at level B1 must reach. With it go sentences of at
most :data:`PUBLIC_SENTENCE` words on average, none longer than :data:`LONGEST_SENTENCE`; these two are our own. A score
sees long words and long sentences and nothing else: it does not replace a reader.

It knows text and nothing else, so both halves use it: the machinery for pages, the field for sheets that it prints.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: The least Flesch–Douma score of public Dutch text (Douma 1960: 60 to 70 is normal).
PUBLIC_SCORE = 60.0
#: The most words a sentence of public Dutch text has on average.
PUBLIC_SENTENCE = 15.0
#: The most words any of its sentences has.
LONGEST_SENTENCE = 20

_VOWELS_NL = re.compile(
    # Groups that are one sound, the long ones first. A diaeresis begins a syllable of its own; y before a vowel is a j.
    r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ei|ij|au|ou|y(?![aeou])|[aeiouàáâèéêìíîòóôùúûäëïöü]"
)
_VOWELS_EN = re.compile(r"[aeiouy]+")
_NUMBER = "0"


@dataclass(frozen=True)
class Readability:
    """What was counted in a text, and the score that follows.

    Parameters
    ----------
    sentences, words, syllables : int
        Numbers written in figures are words of one syllable.
    longest : int
        Words in the longest sentence.
    score : float
        Higher is easier; for Dutch by Douma, for English by Flesch.
    """

    sentences: int
    words: int
    syllables: int
    longest: int
    score: float

    @property
    def words_per_sentence(self) -> float:
        """Mean number of words in a sentence."""
        return self.words / self.sentences


def syllables_nl(word: str) -> int:
    """Count the syllables of a Dutch word by its vowel sounds.

    Two vowels that are written together are taken for one sound where Dutch spells a sound so; loan words in which
    they are not (*museum*, *petroleum*) come out one too low.

    Parameters
    ----------
    word : str
        One word, compounds included.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> [syllables_nl(word) for word in ("poep", "darmbacteriën", "ongeveer", "mooie", "niet")]
    [1, 5, 3, 2, 1]
    """
    return max(1, len(_VOWELS_NL.findall(word.casefold())))


def syllables_en(word: str) -> int:
    """Count the syllables of an English word by its groups of vowels, without a silent e at the end.

    Parameters
    ----------
    word : str
        One word.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> [syllables_en(word) for word in ("gut", "bacteria", "people", "take", "table", "shared")]
    [1, 3, 2, 1, 2, 1]
    """
    plain = word.casefold()
    count = len(_VOWELS_EN.findall(plain))
    if re.search(r"[^aeiouy](e|es|ed)$", plain) and not re.search(
        r"([^aeiouy]l(e|es|ed)|[td]ed|([cgszx]|sh|ch)es)$", plain
    ):
        count -= 1
    return max(1, count)


def readability(texts: list[str], lang: str) -> Readability:
    """Score texts together, as one.

    Parameters
    ----------
    texts : list of str
        Paragraphs, list items, table cells; Markdown is taken off. Each begins a new sentence.
    lang : {"en", "nl"}
        Flesch (1948) or Flesch–Douma (1960).

    Returns
    -------
    Readability
        Flesch: 206.835 − 84.6 · syllables per word − 1.015 · words per sentence.
        Douma: 206.84 − 0.77 · syllables per 100 words − 0.93 · words per sentence.

    Raises
    ------
    ValueError
        There is not a single word.

    Examples
    --------
    >>> found = readability(["Je darmen zitten vol leven. Dat leven kun je niet zien."], "nl")
    >>> found.sentences, found.words, found.syllables, round(found.score, 1)
    (2, 11, 15, 96.7)
    """
    sentences = words = syllables = longest = 0
    count = syllables_nl if lang == "nl" else syllables_en
    for text in texts:
        for sentence in re.split(r"(?<=[.!?:])[\"')]*\s+", _plain(text)):
            found = re.findall(r"[^\W_]+(?:['’\-][^\W_]+)*", sentence)
            if found:
                sentences += 1
                words += len(found)
                longest = max(longest, len(found))
                syllables += sum(1 if word[0].isdigit() else count(word) for word in found)
    if not words:
        raise ValueError("there are no words to score")
    length, per_word = words / sentences, syllables / words
    score = 206.84 - 77 * per_word - 0.93 * length if lang == "nl" else 206.835 - 84.6 * per_word - 1.015 * length
    return Readability(sentences, words, syllables, longest, score)


def _plain(text: str) -> str:
    """Take Markdown off: citations go, a computed number is a number, links and emphasis leave their words."""
    plain = re.sub(r"\s*\{cite(?::\w+)?\}`[^`]*`", "", text)
    plain = re.sub(r"\{glue:text\}`[^`]*`", _NUMBER, plain)
    plain = re.sub(r"\{doc\}`[^`<]*`", "", plain)  # the title of another page
    plain = re.sub(r"\{\w+\}`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", plain)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    return re.sub(r"[*`]", "", plain)
