"""The parts of a chapter, for what shows only some of them."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError
from handbook_utils.publishing.parts import (
    answer_of,
    box_of,
    cells_of,
    check_explainer,
    check_new_file,
    parts_of,
    pieces,
    table_rows,
)

ROOT = handbook_root()
MODEL = "explainers/what-is-the-gut-microbiome"


def test_parts_keep_targets_with_the_section_they_name():
    cells = [
        new_markdown_cell("# T\n\n:::{admonition} A\n:class: tip\nYes.\n:::\n\n## One\n\ntext"),
        new_code_cell("1", outputs=[new_output("display_data", data={"text/html": "<p>x</p>"})]),
        new_markdown_cell("after\n\n(two)=\n## Two\n"),
    ]
    parts = parts_of(new_notebook(cells=cells))
    assert [(part.name, part.target) for part in parts] == [("", ""), ("One", ""), ("Two", "two")]
    assert parts[1].prose == ["text", "after"]
    assert answer_of(parts).body == "Yes."
    with pytest.raises(InputError, match="no short answer"):
        answer_of(parts[1:])


def test_a_directive_stays_whole_whatever_is_in_it():
    text = "::::{grid}\n:::{card} A\n\n## not a heading\n:::\n::::\nafter"
    assert list(pieces(text)) == ["::::{grid}\n:::{card} A\n\n## not a heading\n:::\n::::", "after"]
    assert box_of("::::{grid}\n:::{card} A\n:::\n::::").body == ":::{card} A\n:::"


def test_cells_and_rows_of_a_table():
    assert table_rows("| a |\n|---|") == []
    assert cells_of("| a | b |") == ["a", "b"]


def test_what_is_not_an_explainer_is_refused(tmp_path):
    catalogue = Catalogue.read(ROOT)
    with pytest.raises(InputError, match="Only an explainer"):
        check_explainer(catalogue.get("protocols/plate-layout"), "en")
    with pytest.raises(InputError, match="'fr'"):
        check_explainer(catalogue.get(MODEL), "fr")
    there = tmp_path / "a.html"
    there.touch()
    with pytest.raises(InputError, match="already there"):
        check_new_file(there, ".html", force=False)
    check_new_file(there, ".html", force=True)
    with pytest.raises(InputError, match="ending"):
        check_new_file(tmp_path / "a.pdf", ".html", force=False)
    with pytest.raises(InputError, match="cannot be written"):
        check_new_file(tmp_path / "none" / "a.html", ".html", force=False)
