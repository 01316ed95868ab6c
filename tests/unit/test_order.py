"""The order of a page for everyone: nothing is lost, and the answer comes first."""

import json
import warnings

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.publishing.order import COMPUTED, answer_first, parted
from handbook_utils.publishing.stage import _for_sphinx

GLANCE = ":::{admonition} At a glance\n:class: at-a-glance\nx\n:::"
ANSWER = ":::{admonition} The short answer\n:class: tip\ny\n:::"


def test_boxes_and_sections_are_moved_with_their_labels_and_their_code():
    cells = [
        new_markdown_cell(
            f"# Q?\n\n{GLANCE}\n\n{ANSWER}\n\n:::{{drawing}} gut\n:::\n\n:::{{explorable}} fibre\n:::\n\n## Parameters"
        ),
        new_code_cell("a = 1"),
        new_markdown_cell("(q-why)=\n## Why\n\nText.\n\n## When to call your doctor\n\nSoon."),
        new_markdown_cell("## What you can do\n\nMuch.\n\n## Check"),
        new_code_cell("print(a)"),
    ]
    apart = parted(cells)
    shown = [apart[place].source for place in answer_first(apart)]
    assert shown == [
        "# Q?",
        ANSWER,
        ":::{drawing} gut\n:::",
        "## What you can do\n\nMuch.",
        "## When to call your doctor\n\nSoon.",
        ":::{explorable} fibre\n:::",
        GLANCE,
        "(q-why)=\n## Why\n\nText.",
        "## Parameters",
        "a = 1",
        "## Check",
        "print(a)",
    ]


def test_no_word_of_an_explainer_is_lost_and_its_code_keeps_its_order():
    for chapter in Catalogue.read(handbook_root()).chapters:
        if chapter.part != "explainers":
            continue
        cells = chapter.notebook().cells
        apart = parted(cells)
        order = answer_first(apart)
        assert sorted(order) == list(range(len(apart)))
        text = [word for cell in cells for word in cell.source.split()]
        assert [word for cell in apart for word in cell.source.split()] == text, chapter.slug
        headings = [apart[place].source for place in order if apart[place].source.lstrip("(").startswith("## ")]
        assert [heading.split("\n")[0] for heading in headings[-2:]] == [f"## {name}" for name in COMPUTED]


def test_every_cell_of_a_staged_page_has_a_name_of_its_own(tmp_path):
    chapter = next(one for one in Catalogue.read(handbook_root()).chapters if one.part == "explainers")
    staged = _for_sphinx(chapter.notebook(), chapter, tmp_path, depth=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a name that is missing, or there twice
        nbformat.reads(json.dumps(staged), as_version=4)
