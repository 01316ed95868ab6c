"""The methods text of a run."""

import json
from pathlib import Path

from handbook_utils.asking import Question
from handbook_utils.chapters import Chapter
from handbook_utils.runs.methods import Paragraph, methods_text, read_paragraphs, read_references

BIB = r"""
@article{anderson2013,
  author = {Anderson, Marti J. and Walsh, Daniel C. I.},
  title = {{PERMANOVA}, {ANOSIM}, and the {M}antel test},
  journal = {Ecological Monographs}, year = {2013}, volume = {83}, number = {4}, pages = {557--574},
  doi = {10.1890/12-2010.1},
}
@article{many, author = {M{\"u}ller, J{\"u}rgen and others}, title = {Title}, journal = {Journal}, year = 2020}
@misc{cbs, author = {{Statistics Netherlands}}, title = {Population}, year = {2024}, url = {https://example.org/p_1}}
"""
RUN = {
    "parameters": {"permutations": 99, "group": "a|b<i>", "table": ""},
    "versions": {"handbook-utils": "0.1.0", "numpy": "2.4.0", "scipy": "1.16.0"},
    "python": "3.12.1",
    "data": {"throat/table.biom": "ab" * 32},
    "executed": "2026-01-02T03:04:05+00:00",
}


def chapter(part="recipes"):
    return Chapter(
        slug=f"{part}/count",
        path=Path("count.md"),
        title="Count things",
        part=part,
        question="How many?",
        audience=("students",),
        minutes=5,
        data=("throat",),
        languages=("en",),
        needs="Things.",
        inputs="",
        parameters=(
            Question(name="permutations", kind="int", default=999, help="permutations of each test"),
            Question(name="group", kind="str", default="smoker", help="column that names the groups"),
            Question(name="table", kind="file", default="", help="feature table"),
        ),
    )


def references(tmp_path):
    (tmp_path / "references.bib").write_text(BIB, encoding="utf-8")
    return read_references(tmp_path / "references.bib")


def test_references(tmp_path):
    works = references(tmp_path)
    work = works["anderson2013"]
    assert work.textual == "Anderson and Walsh (2013)"
    assert work.full == (
        "Anderson MJ, Walsh DCI (2013). PERMANOVA, ANOSIM, and the Mantel test. Ecological Monographs 83(4):557–574."
    )
    assert work.address == "https://doi.org/10.1890/12-2010.1"
    assert works["many"].inner == "Müller et al., 2020"
    assert works["many"].full.startswith("Müller J, et al. (2020).")
    assert works["cbs"].textual == "Statistics Netherlands (2024)"
    assert works["cbs"].address == "https://example.org/p_1"


def test_what_is_said_of_a_work_is_said_in_the_readers_language(tmp_path):
    file = tmp_path / "references.bib"
    file.write_text(
        "@misc{page, author = {{Somebody}}, title = {Notice}, title_nl = {Bericht}, year = {n.d.}}", "utf-8"
    )
    assert read_references(file)["page"].full == "Somebody (n.d.). Notice."
    assert read_references(file, "nl")["page"].full == "Somebody (z.d.). Bericht."


def test_no_file_no_references(tmp_path):
    assert read_references(tmp_path / "none.bib") == {}


def test_paragraphs_of_a_kernel_that_started_twice_are_kept_once(tmp_path):
    lines = [{"text": "A.", "cites": ["x"]}, {"text": "A.", "cites": ["x"]}, {"text": "B.", "cites": []}]
    (tmp_path / "methods.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert read_paragraphs(tmp_path) == [Paragraph("A.", ("x",)), Paragraph("B.", ())]
    assert read_paragraphs(tmp_path / "nowhere") == []


def test_everything_a_reader_needs_to_repeat_it(tmp_path):
    text = methods_text(
        chapter(),
        RUN,
        [Paragraph("With 99 permutations within <site>.", ("anderson2013", "unknown"))],
        {"my.biom": "cd" * 32},
        references(tmp_path),
    )
    lines = text.splitlines()
    assert lines[0] == "# Methods: Count things"
    assert lines[2] == r"With 99 permutations within \<site\>. (Anderson and Walsh, 2013; unknown)"
    assert "Python 3.12.1 and numpy 2.4.0, scipy 1.16.0." in text
    assert "version 0.1.0, executed on 2026-01-02" in text
    assert "| `permutations` | 99 | permutations of each test |" in lines
    assert r"| `group` | a\|b\<i\> | column that names the groups |" in lines
    assert "| `table` | – | feature table |" in lines
    assert f"| my.biom | `{'cd' * 32}` |" in lines
    assert f"| throat/table.biom | `{'ab' * 32}` |" in lines
    assert "STORMS" in text
    assert lines[-1].startswith("- unknown (not in")
    assert lines[-2].endswith("557–574. <https://doi.org/10.1890/12-2010.1>")


def test_a_protocol_is_not_asked_for_storms(tmp_path):
    text = methods_text(chapter("protocols"), {**RUN, "data": {}}, [], {}, {})
    assert "STORMS" not in text
    assert "## Data" not in text
    assert "## References" not in text


def test_what_was_read_and_left_out_is_told(tmp_path):
    text = methods_text(chapter(), RUN, [], {}, {}, ["Left out, as asked: <s1>."])
    assert "## What was read and left out\n\n- Left out, as asked: \\<s1\\>.\n" in text
    assert "What was read" not in methods_text(chapter(), RUN, [], {}, {})
