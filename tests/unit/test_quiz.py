"""The quiz: every question of an explainer has answers to choose from, in both languages, and one of them is right."""

import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.pages.quiz import choices, read_quiz
from handbook_utils.readability import readability

CHAPTERS = {one.slug: one for one in Catalogue.read(handbook_root()).chapters if one.part == "explainers"}
QUIZ = read_quiz(handbook_root())
#: As for all text for the public.
LEAST_EASE = {"en": 60, "nl": 60}


def test_answers_are_those_of_explainers() -> None:
    """That every explainer has answers, in the order of its questions, is in the contract."""
    assert set(QUIZ) == set(CHAPTERS)


@pytest.mark.parametrize("slug", sorted(QUIZ))
@pytest.mark.parametrize("lang", ["en", "nl"])
def test_one_of_several_answers_is_right_and_all_are_short_and_plain(slug: str, lang: str) -> None:
    found = choices(QUIZ[slug], lang)
    for question, made in zip(QUIZ[slug], found, strict=True):
        assert 2 <= len(made["options"]) == len(set(made["options"])) <= 4
        assert made["options"][made["right"]] == question["right"][lang]
        assert max(len(option.split()) for option in made["options"]) <= 16
        assert not any(option.endswith(".") for option in made["options"])
    texts = [f"{option}." for made in found for option in made["options"]]
    assert readability(texts, lang).score >= LEAST_EASE[lang]


def test_the_right_answer_has_no_place_of_its_own() -> None:
    for lang in ("en", "nl"):
        places = [made["right"] for questions in QUIZ.values() for made in choices(questions, lang)]
        assert max(map(places.count, set(places))) < 0.67 * len(places)
