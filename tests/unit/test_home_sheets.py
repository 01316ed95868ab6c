"""Sheets for people at home: two sides, nothing cut off, print large enough, easy to read, nothing said for a maker."""

import io
import re

import pytest
from pypdf import PdfReader

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.home.bristol import DRAWINGS, TYPES, bristol_figure
from handbook_utils.protocols.home.inputs import collect_at_home, problems
from handbook_utils.protocols.home.pictograms import PICTOGRAMS, step_figure
from handbook_utils.protocols.home.sheets import form_pdf, sheet_pdf
from handbook_utils.protocols.home.texts import Home, form_words, words
from handbook_utils.protocols.kits import kits
from handbook_utils.protocols.metadata.standards import QUESTIONNAIRE
from handbook_utils.readability import LONGEST_SENTENCE, PUBLIC_SCORE, PUBLIC_SENTENCE, readability

GIVEN = {"study": "Vezels & één – thuis", "version": "1.2", "phone": "+31 50 000 0000", "email": "a.b@example.org"}
KITS = kits()
EVERY = [(kit, lang) for kit in KITS for lang in ("nl", "en")]


def home(kit="none", **other):
    return Home(kit=KITS[kit], **(GIVEN | other))


def read(pdf):
    """Pages of a PDF: its words, and the size of every piece of text with where it stands."""
    found = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        pieces = []

        def keep(text, _, place, __, size, pieces=pieces):
            if text.strip():
                pieces.append((text.strip(), size, place[4], place[5]))

        found.append((" ".join(page.extract_text(visitor_text=keep).split()), pieces))
    return found


@pytest.mark.parametrize(("kit", "lang"), EVERY)
def test_the_sheet_has_two_sides_with_every_sentence_in_print_that_can_be_read(kit, lang):
    pages = read(sheet_pdf(home(kit), lang))
    assert len(pages) == 2
    said = words(home(kit), lang)
    for step in said.steps:
        assert step.title in pages[0][0]
        assert step.text in pages[0][0]
    for text in (*said.types, *said.contact, said.doubt, *(part for pair in said.wrong for part in pair)):
        assert text in pages[1][0]
    for _, pieces in pages:
        assert all(size >= 11 or y == 24 for _, size, _, y in pieces)


@pytest.mark.parametrize(("kit", "lang"), EVERY)
def test_the_form_has_two_sides_and_every_question(kit, lang):
    (text, pieces), (back, more) = read(form_pdf(home(kit), lang))
    said = form_words(home(kit), lang)
    for question in (said.pooped, said.card, said.stored, said.mixed, said.antibiotics, said.medicines):
        assert question in text
    for question in (*said.questions.values(), *(one for labels in said.choices.values() for one in labels.values())):
        assert question in back
    assert all(size >= 11 or y == 24 for _, size, _, y in (*pieces, *more))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_form_asks_all_that_the_questionnaire_requires(lang):
    said = form_words(home(), lang)
    # The code is a label, and day and type stand on the front.
    front = {"tube", "collected", "bristol"}
    assert {one.name for one in QUESTIONNAIRE.fields if one.need == "required"} <= front | set(said.questions)
    assert set(said.questions) <= {one.name for one in QUESTIONNAIRE.fields}
    for name, words_of in said.choices.items():
        assert set(words_of) == set(QUESTIONNAIRE.field(name).choices)
    assert set(said.questions) == set(said.choices) | set(said.units)


@pytest.mark.parametrize(("kit", "lang"), EVERY)
def test_both_are_easy_to_read(kit, lang):
    for said in (words(home(kit), lang), form_words(home(kit), lang)):
        found = readability(said.texts(), lang)
        print(f"{kit} {lang} {type(said).__name__}: score {found.score:.0f}, longest sentence {found.longest} words")
        assert found.score >= PUBLIC_SCORE
        assert found.words_per_sentence <= PUBLIC_SENTENCE
        assert found.longest <= LONGEST_SENTENCE


@pytest.mark.parametrize(("kit", "lang"), EVERY)
def test_pictures_exist_and_both_languages_say_the_same_steps(kit, lang):
    said, other = words(home(kit), lang), words(home(kit), "en")
    assert [step.picture for step in said.steps] == [step.picture for step in other.steps]
    assert {step.picture for step in said.steps} <= set(PICTOGRAMS)
    assert len(said.wrong) == len(other.wrong)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_only_what_belongs_to_a_kit_is_said(lang):
    text = {kit: " ".join(words(home(kit), lang).texts()).lower() for kit in KITS}
    freezer = {"nl": "vriezer", "en": "freezer"}[lang]
    leaflet = {"nl": "folder", "en": "leaflet"}[lang]
    assert [kit for kit in KITS if freezer in text[kit]] == ["none"]
    assert [kit for kit in KITS if leaflet in text[kit]] == [kit for kit in KITS if kit != "none"]
    assert [kit for kit in KITS if "alcohol" in text[kit]] == ["ethanol"]
    # Amounts are the maker's.
    assert [kit for kit in KITS if re.search(r"\d\s*(ml|mg|g|gram|°c)\b", text[kit])] == []


def test_parameters_stand_in_the_text():
    assert "20 minuten" in words(home(freezer_minutes=20), "nl").steps[6].text
    assert "1 day" in words(home("fit", return_days=1), "en").steps[8].text
    assert "3 maanden" in form_words(home(antibiotics_days=90), "nl").antibiotics
    assert "+31 50 000 0000" in words(home(), "nl").contact[0]
    assert "____" in words(Home(KITS["none"]), "nl").contact[0]


def test_the_same_bytes_and_the_language_in_the_file():
    made = sheet_pdf(home(), "nl")
    assert made == sheet_pdf(home(), "nl") != sheet_pdf(home(), "en")
    assert PdfReader(io.BytesIO(made)).trailer["/Root"]["/Lang"] == "nl"


def test_seven_types_with_a_drawing_and_words_each():
    assert len(DRAWINGS) == len(TYPES["nl"]) == len(TYPES["en"]) == 7
    drawn = [text.get_text() for text in bristol_figure("types", "nl").axes[0].texts]
    assert drawn[0::2] == [str(number) for number in range(1, 8)]
    assert tuple(text.replace("\n", " ") for text in drawn[1::2]) == TYPES["nl"]


@pytest.mark.parametrize("drawing", [*PICTOGRAMS.values(), *DRAWINGS])
def test_drawings_stay_in_their_square(drawing):
    assert all(-1 <= value <= 101 for one in drawing for point in one.points for value in point)


def test_steps_are_drawn_in_order():
    texts = [text.get_text() for text in step_figure([("wash", "Wash your hands"), ("bin", "Clean up")]).axes[0].texts]
    assert texts == ["1", "Wash your hands", "2", "Clean up"]


def test_all_mistakes_at_once():
    with pytest.raises(InputErrors) as found:
        collect_at_home(
            {"kit": "swob", "study": "x" * 200, "phone": "call me", "email": "me", "version": "1 \U0001f4a9"}
            | {"freezer_minutes": 0, "return_days": 0, "antibiotics_days": 0, "date": ""}
        )
    where = [error.where.removeprefix("parameter ") for error in found.value.errors]
    assert sorted(where) == [
        "antibiotics_days", "email", "freezer_minutes", "kit", "phone", "return_days", "study", "version",
    ]  # fmt: skip


def test_what_is_right_passes():
    collect_at_home({"kit": "fit", "study": "", "phone": "", "email": ""} | {"freezer_minutes": 15, "seed": 1})
    assert problems(home()) == []


def test_a_text_that_does_not_fit_is_an_error_and_never_small_print():
    with pytest.raises(InputError, match="too full"):
        sheet_pdf(home(phone="0" * 20, email=" ".join(["long"] * 200)), "nl")
