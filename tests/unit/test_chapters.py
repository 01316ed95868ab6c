"""Chapters: front matter, table of contents, parameters, contract."""

import os
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.asking import Question
from handbook_utils.chapters import Catalogue, check_parameters, handbook_root
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.chapters.contract import executed_violations, violations
from handbook_utils.chapters.new import new_chapter
from handbook_utils.chapters.parameters import read_parameters
from handbook_utils.errors import InputError, InputErrors


def chapter_with(*parameters: Question) -> Chapter:
    return Chapter(
        "recipes/x", Path("x.md"), "X", "recipes", "?", ("researchers",), 1, (), ("en",), "nothing", "", parameters
    )


@pytest.fixture
def root(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "references.bib").write_text("@article{known2020,\n title = {T}\n}\n", encoding="utf-8")
    (tmp_path / "book" / "index.md").write_text("# Index\n", encoding="utf-8")
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/recipes/my-topic\n", encoding="utf-8"
    )
    new_chapter(tmp_path, "recipes/my-topic")
    return tmp_path


def test_parameters_are_read_with_type_default_help_range_and_choice():
    read = read_parameters(
        "depth: int = 1000  # reads to rarefy to [1..100000]\n"
        'metric: str = "bray-curtis"  # dissimilarity {bray-curtis | aitchison}\n'
        'table: str = ""  # feature table; empty: the bundled study (file)\n'
        "share: float = 0.5  # least share [0..]\n"
        "paired: bool = False  # repeated samples",
        "x.md",
    )
    assert [(entry.name, entry.kind, entry.default) for entry in read] == [
        ("depth", "int", 1000),
        ("metric", "str", "bray-curtis"),
        ("table", "file", ""),
        ("share", "float", 0.5),
        ("paired", "bool", False),
    ]
    assert (read[0].low, read[0].high, read[0].help) == (1, 100000, "reads to rarefy to")
    assert read[1].choices == ("bray-curtis", "aitchison")
    assert read[2].help == "feature table; empty: the bundled study"
    assert (read[3].low, read[3].high) == (0, None)


@pytest.mark.parametrize(
    "source", ["depth = 1000  # no type", "depth: int = 1000", "depth: list = []  # of what", "def"]
)
def test_parameters_that_cannot_be_read_are_refused(source):
    with pytest.raises(InputError):
        read_parameters(source, "x.md")


def test_all_wrong_parameters_are_named_at_once(tmp_path):
    (tmp_path / "table.tsv").write_text("x", encoding="utf-8")
    chapter = chapter_with(
        Question(name="depth", kind="int", default=10, help="reads", low=1, high=99),
        Question(name="metric", kind="str", default="jaccard", help="which", choices=("jaccard", "aitchison")),
        Question(name="table", kind="file", default="", help="table"),
    )
    with pytest.raises(InputErrors) as found:
        check_parameters(
            chapter, {"dept": 3, "depth": "100", "metric": "aitchinson", "table": str(tmp_path / "tabel.tsv")}
        )
    text = str(found.value)
    assert len(found.value.errors) == 4
    assert "Did you mean 'depth'?" in text
    assert "from 1 to 99" in text
    assert "Did you mean 'aitchison'?" in text
    assert "table.tsv?" in text


def test_files_become_absolute_and_several_are_kept_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt"):
        Path(name).write_text("x", encoding="utf-8")
    chapter = chapter_with(Question(name="table", kind="files", default="", help="table"))
    given = check_parameters(chapter, {"table": os.pathsep.join(["a.txt", "b.txt"])})
    assert given["table"] == os.pathsep.join([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    assert check_parameters(chapter, {}) == {"table": ""}


def test_a_place_becomes_absolute_and_need_not_be_there(tmp_path, monkeypatch):
    # A chapter runs in a folder of its own that is thrown away: what it wrote to a relative path would be lost.
    monkeypatch.chdir(tmp_path)
    (place,) = read_parameters('key: str = ""  # where the key is kept (place)', "x.md")
    assert (place.kind, place.checked("key/key.enc"), place.checked("")) == ("place", str(tmp_path / "key/key.enc"), "")


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_pass_as_numbers_and_as_text(number):
    parameter = Question(name="n", kind="int", default=0, help="n")
    assert parameter.checked(str(number)) == parameter.checked(number) == number


@given(st.text())
def test_any_text_is_a_number_or_an_input_error(text):
    parameter = Question(name="x", kind="float", default=0.0, help="x", low=0, high=1)
    try:
        assert 0 <= parameter.checked(text) <= 1
    except InputError as error:
        assert error.expected == "a number from 0 to 1"


@pytest.mark.parametrize(("given", "value"), [("true", True), ("No", False), (True, True), ("0", False)])
def test_words_for_true_and_false(given, value):
    assert Question(name="b", kind="bool", default=False, help="b").checked(given) is value


def test_unknown_chapter_suggests_the_nearest(root):
    with pytest.raises(InputError, match="no chapter") as found:
        Catalogue.read(root).get("recipes/my-topics")
    assert "recipes/my-topic" in str(found.value.remedy)
    assert Catalogue.read(root).get("my-topic").slug == "recipes/my-topic"


def test_toc_entry_without_a_file_is_named(root):
    with (root / "_toc.yml").open("a", encoding="utf-8") as toc:
        toc.write("- file: notebooks/recipes/my-topik\n- file: book/index\n")
    with pytest.raises(InputErrors) as found:
        Catalogue.read(root)
    assert "notebooks/recipes/my-topik" in str(found.value)
    assert "Did you mean notebooks/recipes/my-topic?" in str(found.value)
    assert "twice: book/index" in str(found.value)


def test_a_list_in_the_contents_with_nothing_under_it_is_named(root):
    toc = (root / "_toc.yml").read_text(encoding="utf-8")
    for bare in ("parts:", "chapters: []", "sections: later"):
        (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\n" + bare + "\n", encoding="utf-8")
        with pytest.raises(InputErrors, match=f"has {bare.partition(':')[0]}: with no list"):
            Catalogue.read(root)
    (root / "_toc.yml").write_text(toc, encoding="utf-8")


def test_front_matter_mistakes_are_named_at_once(root):
    path = root / "notebooks" / "recipes" / "my-topic.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("minutes: 15", "minutes: soon").replace("needs: A", "need: A"), encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        Catalogue.read(root).get("my-topic")
    assert [str(error).splitlines()[0] for error in found.value.errors] == [
        "Front matter: 'minutes' is wrong.",
        "Front matter: 'needs' is wrong.",
    ]


def test_an_explainer_begins_with_its_question_its_answer_and_one_drawing(root):
    path = new_chapter(root, "explainers/my-question")[0]
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/explainers/my-question\n", encoding="utf-8"
    )
    whole = path.read_text(encoding="utf-8")

    def said(text: str) -> list[str]:
        path.write_text(text, encoding="utf-8")
        return violations(Catalogue.read(root).get("my-question"), root)

    assert said(whole) == []
    drawing = ":::{drawing} gut\n:::\n"
    assert any("title is its question" in one for one in said(whole.replace("# How many kinds", "# Count the kinds")))
    assert any("no short answer" in one for one in said(whole.replace(":class: tip", ":class: note")))
    assert any("one {drawing}" in one for one in said(whole.replace(drawing, "")))
    assert any("one {drawing}" in one for one in said(whole.replace(drawing, 2 * drawing)))
    assert any("'## What you can do'" in one for one in said(whole.replace("## What you can do", "## What I do")))
    assert any("shows its claims" in one for one in said(whole.replace(":::{claims}\n:::", "")))


def test_a_chapter_that_takes_files_names_who_checks_them(root):
    path = root / "notebooks" / "recipes" / "my-topic.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  inputs: handbook_utils.recipes.checks:opens\n", ""), encoding="utf-8")
    assert any("no function that checks them" in one for one in violations(Catalogue.read(root).get("my-topic"), root))


def test_a_new_chapter_is_named_wherever_a_chapter_is_named(root):
    (root / "book" / "claims.yml").write_text("- pages: [a]\n\n- subject: b\n  pages: [a, b]\n", encoding="utf-8")
    toc = "parts:\n- chapters:\n  - file: notebooks/explainers/one\n  - file: notebooks/explainers/two\n"
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    written = [path.relative_to(root).as_posix() for path in new_chapter(root, "explainers/three")]
    assert written == [
        "notebooks/explainers/three.md",
        "locale/nl/LC_MESSAGES/notebooks/explainers/three.po",
        "_toc.yml",
        "book/claims.yml",
    ]
    assert (root / "_toc.yml").read_text(encoding="utf-8") == f"{toc}  - file: notebooks/explainers/three\n"
    assert "  pages: [a, b, explainers/three]\n" in (root / "book" / "claims.yml").read_text(encoding="utf-8")


def test_new_chapter_meets_the_contract(root):
    assert violations(Catalogue.read(root).get("my-topic"), root) == []
    with pytest.raises(InputError, match="exists"):
        new_chapter(root, "recipes/my-topic")
    with pytest.raises(InputError, match="cannot be the slug"):
        new_chapter(root, "../evil")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## Limits\n", "## Limit\n", "'## Limits' stands 0 times"),
        ("known2020", "unknown2021", "'unknown2021' is not in"),
        ("nbval-check-output, check", "check", "no check cell"),
        ("](#my-topic-count)", "](#elsewhere)", "#elsewhere, which is no label"),
        ("import pandas as pd\n", "import pandas as pd\nimport requests\n", "no network"),
        ("import pandas as pd\n", "import pandas as pd\n\nfrom handbook_utils import cli\n", "the field half only"),
        (":::{dropdown} Why", ":::{note} Why", "fewer than two questions"),
        (":::{solution-start}", ":::{solution-begin}", "no solution with an executed"),
        ("## Check\n", "## Quiz\n", "not once"),
        ("```{bibliography}", "```{nothing}", "no {bibliography}"),
    ],
)
def test_broken_contract_is_named(root, old, new, said):
    path = root / "notebooks" / "recipes" / "my-topic.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(said in line for line in violations(Catalogue.read(root).get("my-topic"), root))


def test_what_a_run_left_is_held_against_the_contract():
    outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: x"),
        nbformat.v4.new_output("stream", name="stdout", text="read /ho" + "me/someone/table.tsv"),
        nbformat.v4.new_output("display_data", data={"text/html": '<img alt="fig.png" src="data:,">'}),
        nbformat.v4.new_output("display_data", data={"image/png": "aaaa"}),
        nbformat.v4.new_output("error", ename="ValueError", evalue="x", traceback=[]),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=outputs)])
    assert [line.split(": ")[0] for line in executed_violations(notebook)] == [
        "code cell 1 warns",
        "code cell 1 shows an absolute path",
        "code cell 1",
        "code cell 1 shows a figure without out.figure, so without a text",
        "code cell 1 raises ValueError",
    ]


def test_handbook_root_without_a_book_says_what_to_set(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDBOOK_ROOT", str(tmp_path))
    with pytest.raises(InputError, match="not there"):
        handbook_root()
