"""Questions and answers: an example is never an answer of somebody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from handbook_utils.asking import Question, answered, written
from handbook_utils.asking.values import MisfitError, converted
from handbook_utils.chapters.parameters import read_parameters
from handbook_utils.errors import InputErrors

TABLE = Question(name="table", kind="file", example="", help="feature table")
GROUP = Question(name="group", kind="str", example="smoking", help="column of the groups")
BESIDE = Question(name="covariates", kind="list", example=["sex"], optional=True, help="columns to adjust for")
MASS = Question(name="mass", kind="float", example=200.0, optional=True, help="stool in each well", unit="mg")
DEPTH = Question(name="depth", kind="int", default=1000, help="reads", low=1)
STRATA = Question(name="strata", kind="str", default="", help="column of blocks")
ALL = (TABLE, GROUP, BESIDE, MASS, DEPTH, STRATA)


def asked(given):
    return answered(ALL, given, asked_by="recipes/compare", lines={"group": "under design: the line  group: …"})


@pytest.fixture
def own(tmp_path):
    (tmp_path / "mine.tsv").write_text("x", encoding="utf-8")
    return {"table": str(tmp_path / "mine.tsv")}


def test_the_books_own_run_has_its_examples():
    found = asked({})
    assert found.values == {
        "table": "", "group": "smoking", "covariates": ["sex"], "mass": 200.0, "depth": 1000, "strata": "",
    }  # fmt: skip
    assert found.states == {
        "table": "example", "group": "example", "covariates": "example", "mass": "example", "depth": "default",
        "strata": "none",
    }  # fmt: skip


def test_with_a_file_of_ones_own_no_example_is_used(own):
    found = asked({**own, "group": "arm"})
    assert (found.values["covariates"], found.values["mass"]) == ([], None)
    assert found.states["covariates"] == found.states["mass"] == "none"
    assert (found.values["depth"], found.states["depth"]) == (1000, "default")
    assert found.states["group"] == "given"


@pytest.mark.parametrize("group", [{}, {"group": ""}, {"group": None}])
def test_what_cannot_be_none_is_asked_for_with_an_illustration(own, group):
    with pytest.raises(InputErrors) as caught:
        asked({**own, **group, "depth": "0"})
    missing, low = caught.value.errors
    assert missing.expected == "column of the groups: text; for example smoking"
    assert missing.remedy == "Give it: -p group …, or in the study file, under design: the line  group: …"
    assert "depth" in low.problem


def test_what_is_told_to_be_none_is_none_without_a_file_too():
    found = asked({"covariates": None, "mass": None, "depth": None, "strata": None})
    assert (found.values["covariates"], found.values["mass"], found.values["depth"]) == ([], None, 1000)
    assert asked({"covariates": ""}).values["covariates"] == []


def test_a_value_is_a_default_or_an_example_and_never_both():
    with pytest.raises(ValidationError, match="cannot be both"):
        Question(name="n", kind="int", default=1, example=2, help="n")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("list", "arm, sex", ["arm", "sex"]),
        ("list", 'arm, "age, in years"', ["arm", "age, in years"]),
        ("list", ["arm", "age, in years"], ["arm", "age, in years"]),
        ("list", "", []),
        ("mapping", "Groningen: 53.22, Wageningen=51.97", {"Groningen": "53.22", "Wageningen": "51.97"}),
        ("mapping", {"Groningen": 53.22}, {"Groningen": "53.22"}),
        ("bool", "No", False),
        ("int", "3.0", 3),
    ],
)
def test_text_is_taken_apart_by_one_rule(kind, text, value):
    assert converted(text, kind) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [("list", "sex, sex"), ("list", "sex,,age"), ("mapping", "Groningen"), ("str", ["a"]), ("float", "nan"),
     ("int", "1,5"), ("float", "3 mg"), ("date", "2026-02-30"), ("int", True)],
)  # fmt: skip
def test_what_is_of_another_kind_is_refused(kind, text):
    with pytest.raises(MisfitError):
        converted(text, kind)


@given(st.lists(st.text(st.characters(blacklist_categories=("Cc", "Cs"))).map(str.strip).filter(bool), unique=True))
def test_a_list_comes_back_from_its_text(entries):
    assert converted(written(entries), "list") == entries


@pytest.mark.parametrize("question", [TABLE, GROUP, BESIDE, DEPTH, STRATA], ids=lambda question: question.name)
def test_a_line_of_a_parameters_cell_reads_back_as_its_question(question):
    assert read_parameters(question.line(), "x.md") == (question,)
