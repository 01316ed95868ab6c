"""A run on somebody's own data is a report, not a lesson: the answer first, and nothing of a bundled study."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.lesson import analysis
from handbook_utils.cli import main


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """Run compare-groups on forty made-up samples of a trial; one more is in the table only."""
    folder = tmp_path_factory.mktemp("trial")
    generator = np.random.default_rng(1)
    names = [f"P{number:02d}" for number in range(1, 42)]
    shares = generator.dirichlet(np.linspace(0.3, 3, 30), len(names))
    counts = [generator.multinomial(5000, row) for row in shares]
    table = pd.DataFrame(counts, index=names, columns=[f"taxon{number}" for number in range(30)])
    table.T.rename_axis("#OTU ID").to_csv(folder / "mine.tsv", sep="\t")
    arms = pd.DataFrame({"arm": ["placebo", "verum"] * 20}, index=pd.Index(names[:40], name="sample-id"))
    arms.to_csv(folder / "mine-metadata.tsv", sep="\t")
    given = {
        "table": folder / "mine.tsv",
        "metadata": folder / "mine-metadata.tsv",
        "group": "arm",
        "covariates": "",
        "permutations": "99",
        "assigned": "true",
        "keep_matched": "true",
    }
    options = [part for name, value in given.items() for part in ("-p", name, str(value))]
    with pytest.raises(SystemExit) as ended:
        main(["run", "recipes/compare-groups", *options, "-o", str(folder / "run")])
    assert ended.value.code in (0, None)
    return folder / "run"


def text_of(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page)


def test_nothing_of_a_bundled_study_is_in_any_file(trial, leaks):
    assert leaks(trial) == []


def test_the_report_opens_with_the_answer_and_what_was_read(trial):
    page = (trial / "report.html").read_text(encoding="utf-8")
    main_part = page.partition("<main")[2]
    places = [main_part.index(part) for part in ('class="answer', 'class="read', "<h2", 'class="limits"', "<footer")]
    assert places == sorted(places)
    answer = text_of(main_part[places[0] : places[1]])
    assert "Do the 2 groups of arm differ in overall composition?" in answer
    assert re.search(r"ω² −?0\.\d{3}, 95 % interval −?0\.\d{3} to 0\.\d{3}\) in 40 samples", answer)
    assert "placebo: 20, verum: 20" in answer
    assert "Left out, because the metadata does not name them: 1 samples (P41)" in answer


def test_wording_follows_what_was_stated(trial):
    page = text_of((trial / "report.html").read_text(encoding="utf-8").partition("<main")[2].partition("<footer")[0])
    assert "assigned by lot" in page
    assert "association" not in page
    assert not re.search(r"\bpeople\b", page)


def test_the_lesson_is_neither_shown_nor_kept(trial):
    page = (trial / "report.html").read_text(encoding="utf-8")
    for section in ("What you will learn", "wrong ways", "Check", "Exercise", "Quiz", "Key takeaways"):
        assert section not in page
    assert "<summary>Code</summary>" not in page
    assert "permanova(" in (trial / "notebook.ipynb").read_text(encoding="utf-8")
    assert {path.name for path in (trial / "tables").iterdir()} == {"groups.csv", "effects.csv", "permanova.csv"}
    values = pd.read_csv(trial / "values.csv")
    assert "smoking-R2" not in set(values["name"])
    chapter = Catalogue.read(handbook_root()).get("recipes/compare-groups").notebook()
    kept = json.loads((trial / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    assert len(kept) == len(analysis(chapter).cells) < 0.6 * len(chapter.cells)


def test_where_it_comes_from_names_the_reader_s_files_and_no_place_on_the_machine(trial):
    footer = (trial / "report.html").read_text(encoding="utf-8").partition("<footer")[2]
    assert "table: mine.tsv" in footer
    assert re.search(r"<td><code>[0-9a-f]{64}</code>", footer)
    for path in trial.rglob("*"):
        if path.suffix in (".html", ".md", ".csv", ".yml", ".json", ".ipynb", ".txt"):
            assert str(trial.parent) not in path.read_text(encoding="utf-8"), path.name
    assert "table: ../mine.tsv" in (trial / "params.yml").read_text(encoding="utf-8")


def test_the_parameters_of_the_report_repeat_it(trial, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main(["run", "recipes/compare-groups", "-f", str(trial / "params.yml"), "-o", str(tmp_path / "again")])
    assert ended.value.code in (0, None)
    for name in ("values.csv", "chapter.md"):
        assert (tmp_path / "again" / name).read_bytes() == (trial / name).read_bytes()
