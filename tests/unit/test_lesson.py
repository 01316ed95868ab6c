"""Lesson and analysis: what a run on somebody's own data executes and shows."""

import re

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.lesson import analysis, lesson_violations

LESSON = {"tags": ["lesson"]}


def chapter(*cells):
    return new_notebook(cells=list(cells), metadata={"handbook": {"data": ["throat"], "part": "recipes"}})


def sources(notebook):
    return [cell.source for cell in analysis(notebook).cells]


def test_sections_cells_and_boxes_of_the_lesson_are_left_out():
    notebook = chapter(
        new_markdown_cell(
            "# Count\n\n:::{admonition} At a glance\n:class: at-a-glance\nTwins.\n:::\n\n"
            "## What you will learn\n\n- That\n\n## Parameters\n\nLeft as they are."
        ),
        new_code_cell("seed: int = 1", metadata={"tags": ["parameters"]}),
        new_code_cell("import numpy"),
        new_markdown_cell("(a-b)=\n## Test\n\nA claim."),
        new_code_cell('study = open_study(table, metadata, bundled="throat")'),
        new_markdown_cell("In twins it is so.", metadata=LESSON),
        new_code_cell("wrong = 1", metadata=LESSON),
        new_markdown_cell("A reading."),
        new_markdown_cell("## See the wrong way\n\nText.", metadata=LESSON),
        new_code_cell("wrong = 2"),
        new_markdown_cell("More text."),
        new_markdown_cell("## Write it up"),
        new_code_cell("right = 1"),
        new_markdown_cell("## Check"),
        new_code_cell("print(1)"),
        new_markdown_cell("## Exercise\n\n```\n## no heading\n```\n\n## Limits\n\nTrue."),
    )
    assert sources(notebook) == [
        "# Count",
        "seed: int = 1",
        "import numpy",
        "(a-b)=\n## Test\n\nA claim.",
        "study = open_study(table, metadata)",
        "A reading.",
        "## Write it up",
        "right = 1",
        "## Limits\n\nTrue.",
    ]
    assert analysis(notebook).metadata["handbook"] == {"part": "recipes"}
    assert notebook.metadata["handbook"]["data"] == ["throat"]
    assert "At a glance" in notebook.cells[0].source


def test_a_box_of_colons_within_a_box_is_left_whole():
    box = "::::{grid} 2\n:::{card} One\n## not a section\n:::\n::::"
    assert sources(chapter(new_markdown_cell(f"# Count\n\n## Test\n\n{box}"))) == [f"# Count\n\n## Test\n\n{box}"]


def test_an_analysis_that_needs_the_lesson_is_told():
    notebook = chapter(
        new_markdown_cell("# Count\n\n## Test"),
        new_code_cell("import numpy as np\nseen = 1\nout.value('n', 1)"),
        new_code_cell('other = 2\nout.value("p", 1)', metadata=LESSON),
        new_markdown_cell("p = {glue:text}`p`"),
        new_code_cell("np.add(seen, other)"),
        new_markdown_cell("Of the analysis.\n\n## A section of the lesson", metadata=LESSON),
    )
    assert list(lesson_violations(notebook)) == [
        "code cell 3 of the analysis uses 'other', which only the lesson makes",
        "a Markdown cell tagged lesson has prose before its heading: put +++ between: Of the analysis.",
        "the analysis tells the value 'p', which only the lesson records",
    ]


#: Words for those who have features; a run on functions shows the same sentences.
_OF_TAXA = re.compile(r"\b(?:tax(?:a|on)|bacteri\w*|microb\w*|species|gener?a|genus|organisms?)\b", re.IGNORECASE)
_NOT_SAID = re.compile(r"\{cite:.\}`[^`]*`|\(#[\w-]+\)|^\([\w-]+\)=$", re.MULTILINE)


def takes_any_table(chapter) -> bool:
    """Whether it takes a table of functions, too: a chapter on sequences or on mock communities needs taxa."""
    return chapter.needs.startswith("A feature table") and not re.search("sequences|mock", chapter.needs)


def test_what_a_run_shows_is_true_of_functions_too() -> None:
    """Functions (HUMAnN, PICRUSt2) are features like taxa: fixed sentences of an analysis name neither alone."""
    told = [
        (chapter.slug, line)
        for chapter in Catalogue.read(handbook_root()).chapters
        if chapter.slug.startswith("recipes/") and takes_any_table(chapter)
        for cell in analysis(chapter.notebook()).cells
        if cell.cell_type == "markdown"
        for line in _NOT_SAID.sub("", cell.source).splitlines()
        if _OF_TAXA.search(line) and "functions" not in line
    ]
    assert told == []
