import re

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.public_text import public_pages
from handbook_utils.publishing.dutch import catalogue_of
from handbook_utils.publishing.stage import reading_ease
from handbook_utils.readability import (
    LONGEST_SENTENCE,
    PUBLIC_SCORE,
    PUBLIC_SENTENCE,
    readability,
    syllables_en,
    syllables_nl,
)

ROOT = handbook_root()

DUTCH = {
    1: "poep darm niet groep jouw buik thuis vrouw nieuw leeuw mooi haai groei blij ei fruit geur zuur",
    2: "darmen leven buikpijn huisarts moeder mooie nieuwe leeuwen groeien vezels kleine zeker ziekte yoghurt duizend",
    3: "ongeveer bacterie twijfelen antwoorden eigenlijk medicijn gezondheid onderzoek micróbe België",
    4: "bacteriën vergelijken vergelijking onderzoeker vooroordelen Nederlanden diëtistes",
    5: "darmbacteriën buikbacteriën universiteit",
    6: "darmmicrobiomen voedselvergiftiging verantwoordelijkheid",
}
ENGLISH = {
    1: "gut live shared take food eight bees walked",
    2: "people table started boxes reaches bowel living handbook",
    3: "bacteria average together",
    4: "association medication",
}


def words_of(known):
    return [(word, count) for count, words in known.items() for word in words.split()]


@pytest.mark.parametrize(("word", "count"), words_of(DUTCH))
def test_syllables_of_dutch_words(word, count):
    assert syllables_nl(word) == count


@pytest.mark.parametrize(("word", "count"), words_of(ENGLISH))
def test_syllables_of_english_words(word, count):
    assert syllables_en(word) == count


def test_douma_and_flesch_by_hand():
    # 7 words, 2 sentences; syllables: de 1 kat 1 zit 1 op 1 tafel 2 / zij 1 slaapt 1.
    dutch = readability(["De kat zit op tafel. Zij slaapt."], "nl")
    assert (dutch.sentences, dutch.words, dutch.syllables) == (2, 7, 8)
    assert dutch.score == pytest.approx(206.84 - 0.77 * (100 * 8 / 7) - 0.93 * 3.5)
    english = readability(["The cat sits on the table."], "en")
    assert english.score == pytest.approx(206.835 - 84.6 * 7 / 6 - 1.015 * 6)


def test_hard_text_scores_lower_than_easy_text():
    easy = "Je darmen zitten vol bacteriën. Ze eten wat jij niet kunt verteren. Daar maken ze nuttige stoffen van."
    hard = (
        "De fermentatie van onverteerbare koolhydraten door intestinale micro-organismen resulteert in de productie "
        "van kortketenvetzuren, waarvan de immunologische betekenis vooralsnog onvoldoende gekwantificeerd is."
    )
    assert readability([easy], "nl").score > PUBLIC_SCORE > readability([hard], "nl").score


def test_markdown_does_not_count():
    marked = (
        "Je hebt {glue:text}`cells` *cellen* {cite:p}`sender2016`, zie {doc}`de lijst <glossary>` en [dit](#meet-a)."
    )
    assert readability([marked], "nl") == readability(["Je hebt 5 cellen, zie de lijst en dit."], "nl")
    assert readability(["{doc}`/notebooks/a` Dit is kort."], "nl") == readability(["Dit is kort."], "nl")


def test_a_number_is_a_word_of_one_syllable():
    assert readability(["Het zijn er 38."], "nl").syllables == 4


def test_no_words():
    with pytest.raises(ValueError, match="no words"):
        readability(["…"], "nl")


@pytest.mark.parametrize("page", public_pages(Catalogue.read(ROOT)))
def test_public_dutch_is_easy_to_read(page):
    found = reading_ease(ROOT, page, "nl")
    assert found is not None
    assert found.words > 100
    assert found.score >= PUBLIC_SCORE
    assert found.words_per_sentence <= PUBLIC_SENTENCE
    assert found.longest <= LONGEST_SENTENCE


EXPLAINERS = [one for one in Catalogue.read(ROOT).chapters if one.part == "explainers"]


@pytest.mark.parametrize("chapter", EXPLAINERS, ids=[one.slug for one in EXPLAINERS])
def test_an_answer_is_told_in_three_sentences(chapter):
    box = re.search(
        r"\} The short answer\n:class: tip\n(.*?)\n:::", chapter.path.read_text(encoding="utf-8"), re.DOTALL
    )
    english = " ".join(box[1].split("\n"))
    for answer in (english, catalogue_of(ROOT / "locale", f"notebooks/{chapter.slug}")[english]):
        assert len(re.findall(r"[.!?](?:\s|$)", answer)) <= 3, answer
