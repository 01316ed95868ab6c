"""What a page for everyone has more than its cells: one closed box with the code, and links to what is for whom."""

from __future__ import annotations

import html
import re
from itertools import takewhile
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.nodes import traverse_parent
from sphinx_design.dropdown import dropdown_main, dropdown_title
from sphinx_exercise.nodes import solution_node

from handbook_utils.publishing.order import COMPUTED
from handbook_utils.publishing.stage import escaped
from handbook_utils.publishing.words import WORDS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: Which chapters are pages for everyone, and the places on them that the links on top lead to.
PART = "notebooks/explainers/"
DEPTH, PROFESSIONAL, TEACHER = "in-depth", "for-the-professional", "teacher-s-notes"
#: Sections that paper leaves out, where a page for everyone is for everyone: see ``theme/static/paper.css``.
DESK = ("what-you-will-learn", PROFESSIONAL, "exercise", TEACHER)
#: Letters of a page's description.
_DESCRIPTION = 200


def gather_code(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put parameters, code and checks of an explainer into one closed box at its end; say on top what is for whom.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        With the manifest of the edition.
    doctree : docutils.nodes.document
        The page, which is changed.
    docname : str
        Its name; pages of other parts stay as they are.
    """
    manifest = app.config["handbook_manifest"]
    page = next(doctree.findall(nodes.section), None)
    kind = manifest["pages"].get(docname, {}).get("kind")
    if app.config.html_theme != "handbook" or not docname.startswith(PART) or kind != "chapter" or page is None:
        return
    words = WORDS[manifest["lang"]]
    sections = {one["ids"][0]: one for one in page.children if isinstance(one, nodes.section)}
    computed = [sections[one] for name in COMPUTED if (one := nodes.make_id(name)) in sections]
    code = [one for one in doctree.findall(nodes.container) if "cell_input" in one["classes"]]
    taken = []
    for one in code:
        above = list(traverse_parent(one.parent))
        if any(isinstance(node, solution_node) for node in above):
            continue  # the answer to an exercise is its code
        cell = next(node for node in above if "cell" in node.get("classes", []))
        cell.children = [node for node in cell.children if node is not one and node not in above]
        if any(section in above for section in computed):
            cell.insert(0, one)
        else:
            taken.append(one)
            if not cell.children:
                cell.parent.remove(cell)
    page.children = [one for one in page.children if one not in computed]
    opening = f'<details class="computed"><summary>{escaped(words["computed"])}</summary>'
    if computed or taken:
        page += [_raw(opening), *computed[:1], *taken, *computed[1:], _raw("</details>")]
    for name in DESK:
        if name in sections:
            sections[name]["classes"].append("desk")
    for section in list(page.findall(nodes.section)):
        _keep_beside(section)
    _say_for_whom(page, sections, words)
    _answers_last(page, sections.get("quiz"), words)


def _keep_beside(section: nodes.section) -> None:
    """Hold narrow figures and what is said of them together, so that they stay on one sheet of paper."""
    for place in reversed(range(len(section.children))):
        figures = list(takewhile(_is_narrow, section.children[place:]))
        if not figures or (place and _is_narrow(section.children[place - 1])):
            continue
        said = list(takewhile(_says_of_it, section.children[place + len(figures) :]))
        if said:
            section[place : place + len(figures + said)] = [nodes.container("", *figures, *said, classes=["beside"])]


def _is_narrow(cell: nodes.Node) -> bool:
    if not isinstance(cell, nodes.container) or "cell" not in cell["classes"]:
        return False
    shown = "".join(raw.astext() for raw in cell.findall(nodes.raw))
    return "figure narrow" in shown and "<table" not in shown


def _says_of_it(node: nodes.Node) -> bool:
    return isinstance(node, nodes.paragraph | nodes.Admonition) and "at-a-glance" not in node.get("classes", [])


def _answers_last(page: nodes.section, quiz: nodes.section | None, words: dict[str, str]) -> None:
    """Put the answers to the quiz at the end once more, for paper, where a box does not stay closed."""
    asked = list(quiz.findall(dropdown_main)) if quiz else []
    if not asked:
        return
    listed = nodes.enumerated_list()
    for box in asked:
        copy = box.deepcopy()
        for node in copy.findall(nodes.Element):
            node["ids"] = []
        title = next(copy.findall(dropdown_title))
        said = "".join(text.astext() for text in title.findall(nodes.Text) if not isinstance(text.parent, nodes.raw))
        question = nodes.paragraph("", "", nodes.strong("", said))
        copy.remove(title)
        listed += nodes.list_item("", question, *copy.children)
    heading = nodes.rubric("", words["answers"])
    page += nodes.container("", heading, listed, classes=["answers", "print-only"])


def _say_for_whom(page: nodes.section, sections: dict[str, nodes.section], words: dict[str, str]) -> None:
    """Put links to what is for whom under the title."""
    links = [("#content", words["in_short"])]
    # What follows the sections on what to do belongs to the page, and not to the last of them.
    lifted = [one for one in page.findall(nodes.Element) if {"at-a-glance", "movable"} & set(one.get("classes", []))]
    for one in reversed(lifted):
        section = next(above for above in traverse_parent(one) if above.parent is page)
        if section is not one:
            one.parent.remove(one)
            page.insert(page.index(section) + 1, one)
        if "at-a-glance" in one["classes"]:
            one["ids"].append(DEPTH)
            links.append((f"#{DEPTH}", words["in_depth"]))
    links += [(f"#{one}", words[one]) for one in (PROFESSIONAL, TEACHER) if one in sections]
    shown = "".join(f'<a href="{address}">{escaped(said)}</a>' for address, said in links)
    title = next(place for place, one in enumerate(page.children) if isinstance(one, nodes.title))
    page.insert(title + 1, _raw(f'<nav class="audience" aria-label="{escaped(words["audience"])}">{shown}</nav>'))


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")


def description_of(body: str) -> str:
    """Return what a page says first, its short answer where it has one, in the length that search engines show.

    Parameters
    ----------
    body : str
        HTML of the page.

    Returns
    -------
    str
        Plain text, whole words; empty where the page has no paragraph.

    Examples
    --------
    >>> description_of('<h1>Gut</h1><p>Many live <a href="x">there</a>.</p><p>More.</p>')
    'Many live there.'
    """
    answer = body[max(body.find('class="tip'), body.find("tip admonition"), 0) :]
    for found in re.finditer(r"<p>(.*?)</p>", answer, re.DOTALL):
        said = " ".join(html.unescape(re.sub(r"<[^>]+>", "", found[1])).split())
        # A line that is bold as a whole heads what is said below it.
        if said and not re.fullmatch(r"<strong>[^<]*</strong>", found[1].strip()):
            return said if len(said) <= _DESCRIPTION else said[:_DESCRIPTION].rpartition(" ")[0] + " …"
    return ""
