"""The self-contained report of a run."""

import base64
import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from handbook_utils.runs.methods import Reference
from handbook_utils.runs.page import formula
from handbook_utils.runs.report import recorded_values, report_html

RUN = {
    "slug": "recipes/count-things",
    "title": "Count things",
    "parameters": {"seed": 1},
    "given": {},
    "versions": {"numpy": "2.4.0"},
    "python": "3.12.1",
    "data": {"throat/table.biom": "ab" * 32},
    "source": "cd" * 32,
    "executed": "2026-01-02T03:04:05+00:00",
}
WORKS = {
    "hill1973": Reference(("Hill MO",), ("Hill",), "1973", "Diversity", "Ecology 54:427", "https://doi.org/10.2307/1"),
    "chao2014": Reference(("Chao A", "Jost L"), ("Chao", "Jost"), "2014", "Unifying", "Annual Review", ""),
}
VOID = {"meta", "img", "br", "hr", "input", "link"}


class Tags(HTMLParser):
    """Every start tag, and whether tags are balanced."""

    def __init__(self):
        super().__init__()
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open.pop() == tag


def page_of(*cells, **more):
    made = [new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    return report_html(new_notebook(cells=made, metadata={"handbook_run": RUN}), references=WORKS, **more)


def tags_of(page):
    parser = Tags()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.found


def glued(name, text):
    return new_output(
        "display_data",
        data={"application/papermill.record/text/plain": text},
        metadata={"scrapbook": {"name": name, "mime_prefix": "application/papermill.record/"}},
    )


def test_one_title_language_skip_link_and_contents():
    page = page_of("# Count things\n\nText.\n\n## One part\n\n### Detail\n\n## One part")
    tags = tags_of(page)
    assert tags[0] == ("html", {"lang": "en"})
    assert page.count("<h1>") == 1
    assert ("a", {"class": "skip", "href": "#content"}) in tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {"content", "one-part", "one-part-2", "detail"} <= set(ids)
    assert page.index('href="#one-part"') < page.index('href="#one-part-2"')


def test_nothing_is_loaded_and_no_script_runs():
    page = page_of(
        "[Elsewhere](https://example.org) ![Gone](https://example.org/a.png) [Other](../protocols/plate.md)",
        new_code_cell("1", outputs=[new_output("display_data", data={"text/html": "<p>x</p>"})]),
    )
    tags = tags_of(page)
    assert not [tag for tag, _ in tags if tag in ("script", "link", "iframe", "object")]
    assert not [a for tag, a in tags if tag == "img"]
    assert "url(" not in page
    policy = next(a["content"] for tag, a in tags if tag == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    # A link is followed only by the reader; what is not in the file is not a link.
    assert [a["href"] for tag, a in tags if tag == "a" and not a["href"].startswith("#")] == ["https://example.org"]
    assert "Other" in page


def test_pictures_of_the_chapter_are_inlined(tmp_path):
    (tmp_path / "drawing.svg").write_text("<svg/>", encoding="utf-8")
    page = page_of(
        "![A drawing](drawing.svg)\n\n```{figure} drawing.svg\n:alt: Again\n\nIts caption.\n```",
        source=tmp_path / "chapter.md",
    )
    pictures = [a for tag, a in tags_of(page) if tag == "img"]
    assert [picture["alt"] for picture in pictures] == ["A drawing", "Again"]
    assert base64.b64decode(pictures[0]["src"].partition(",")[2]) == b"<svg/>"
    assert "<figcaption><p>Its caption.</p>" in page


def test_names_from_files_stay_text():
    nasty = "<script>alert(1)</script>"
    page = page_of(
        "The group {glue:text}`group`.",
        new_code_cell(
            f"name = '{nasty}'",
            outputs=[
                glued("group", nasty),
                new_output("stream", name="stdout", text=nasty),
                new_output("execute_result", data={"text/plain": nasty}),
                new_output("error", ename="ValueError", evalue=nasty, traceback=[f"\x1b[31m{nasty}\x1b[0m"]),
            ],
        ),
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6
    assert "\x1b" not in page


def test_values_are_shown_where_prose_names_them():
    cell = new_code_cell("out.value('p', 0.01)", outputs=[glued("p", "0,01"), glued("p", "0,012")])
    page = page_of("p = {glue:text}`p`, q = {glue:text}`q`", cell)
    assert "p = 0,012, q = (not computed)" in page
    assert recorded_values(new_notebook(cells=[cell])) == {"p": "0,012"}


@pytest.mark.parametrize("fence", ["```", ":::"])
def test_directives(fence):
    page = page_of(
        f"{fence}{{admonition}} Pitfall of *$x$*\n:class: warning\n:name: trap\n\nBeware.\n{fence}\n\n"
        f"{fence}{{note}}\nJust so.\n{fence}\n\n{fence}{{dropdown}} Why?\nSince **this**.\n{fence}\n\n"
        f"{fence}{{exercise}}\n:label: my-exercise\n\nDo it.\n{fence}\n\n"
        f"{fence}{{math}}\n:label: eq\n\na^2\n{fence}\n\n"
        f"{fence}{{toctree}}\nnothing\n{fence}\n"
    )
    tags = tags_of(page)
    assert ("div", {"class": "admonition warning", "id": "trap"}) in tags
    assert re.search(r'admonition-title">Pitfall of <em><span class="math inline"><math', page)
    assert re.search(r'<div class="admonition note"><p class="admonition-title">Note</p><p>Just so.</p>\s*</div>', page)
    assert re.search(r"<details><summary>Why\?</summary><p>Since <strong>this</strong>", page)
    assert ("div", {"class": "admonition exercise", "id": "my-exercise"}) in tags
    assert 'display="block"' in page
    assert "nothing" not in page.partition("<main")[2]
    assert ":label:" not in page


def test_a_solution_between_gates_holds_its_code():
    page = page_of(
        ":::{exercise}\n:label: e\n\nDo.\n:::\n\n:::{solution-start} e\n:class: dropdown\n:::\n\nLike so.",
        new_code_cell("print(2)", outputs=[new_output("stream", name="stdout", text="2\n")]),
        ":::{solution-end}\n:::\n\n## After",
    )
    tags_of(page)
    inside = re.search(r"<summary>Solution</summary>(.*?)<h2", page, re.DOTALL)[1]
    assert "Like so." in inside
    assert "print(2)" in inside
    assert inside.rstrip().endswith("</details>")


def test_a_gate_left_open_by_a_failed_run_is_closed():
    tags_of(page_of(":::{solution-start} e\n:::\n\nText"))


def test_citations_and_the_list_of_works():
    page = page_of("{cite:t}`hill1973` and {cite:p}`chao2014,hill1973` and {cite:p}`nobody`.")
    assert '<a href="#ref-hill1973">Hill (1973)</a> and (<a href="#ref-chao2014">Chao and Jost, 2014</a>; ' in page
    assert 'id="ref-hill1973">Hill MO (1973). Diversity. Ecology 54:427. <a href="https://doi.org/10.2307/1">' in page
    assert "(<a" in page
    assert page.count('id="references"') == 1
    asked = page_of("{cite:t}`hill1973`\n\n## Works\n\n```{bibliography}\n:filter: docname in docnames\n```")
    assert asked.count('id="ref-hill1973"') == 1
    assert 'id="references"' not in asked


def test_roles():
    page = page_of("{abbr}`SD (standard deviation)` {sub}`2` {term}`taxa <taxon>` {ref}`there <a-b>` {doc}`x`")
    assert '<abbr title="standard deviation">SD</abbr> <sub>2</sub> taxa there x' in page


def test_code_is_folded_and_the_parameters_cell_shows_its_table():
    table = '<table class="table parameters"><caption>Parameters</caption><tbody><tr><td>1</td></tr></tbody></table>'
    page = page_of(
        new_code_cell(
            "seed: int = 1",
            metadata={"tags": ["parameters"]},
            outputs=[new_output("display_data", data={"text/html": table, "text/plain": ""})],
        ),
        new_code_cell("a < b"),
        new_code_cell("secret", metadata={"tags": ["remove-cell"]}),
        new_code_cell("hidden", metadata={"tags": ["hide-input"]}),
    )
    assert "seed: int" not in page
    assert table in page
    assert '<details class="code"><summary>Code</summary><pre tabindex="0"><code>a &lt; b</code>' in page
    assert "secret" not in page
    assert "hidden" not in page


def test_a_picture_output_has_its_text():
    png = base64.b64encode(b"png").decode()
    page = page_of(
        new_code_cell(
            "fig",
            metadata={"mystnb": {"image": {"alt": "Bars rise."}}},
            outputs=[new_output("display_data", data={"image/png": png, "text/plain": "<Figure size 1x1>"})],
        )
    )
    assert [a["alt"] for tag, a in tags_of(page) if tag == "img"] == ["Bars rise."]


def test_what_is_made_for_programs_is_not_shown():
    output = new_output("display_data", data={"application/vnd.rows+json": [{"a": 1}], "text/html": "<p>shown</p>"})
    assert "<p>shown</p>" in page_of(new_code_cell("x", outputs=[output]))


def test_dutch_prose_and_words():
    page = page_of(
        "# Count things\n\n## One *part*\n\nTwo lines\nof text.\n\n:::{note}\nSmall.\n:::",
        translations={
            "Count things": "Dingen tellen",
            "One *part*": "Eén *deel*",
            "Two lines of text.": "Twee regels tekst.",
            "Small.": "Klein.",
        },
    )
    assert '<html lang="nl">' in page
    assert "<h1>Dingen tellen</h1>" in page
    assert 'id="eén-deel">Eén <em>deel</em>' in page
    assert "Twee regels tekst." in page
    assert "Opmerking</p><p>Klein." in page
    assert "Two lines" not in page


def test_where_it_comes_from_is_told():
    page = page_of("Text.")
    for told in ("recipes/count-things", "2026-01-02 03:04:05", "numpy", "2.4.0", "ab" * 32, "cd" * 32):
        assert told in page.partition("<footer")[2]


def test_a_failure_is_told_first():
    page = page_of("Text.", failed="ValueError: <no>")
    assert page.index("ValueError: &lt;no&gt;") < page.index("Text.")


def test_math_that_cannot_be_converted_is_still_to_be_read():
    assert formula(r"\left( a <", display=False) == r"<code>\left( a &lt;</code>"
