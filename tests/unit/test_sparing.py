"""What remembers gives what was computed anew: the same pages, to the byte."""

import subprocess
import sys
from pathlib import Path

from docutils import nodes
from docutils.utils import new_document

from handbook_utils.publishing.extension import AtHome

_CONFIGURATION = """
extensions = ["myst_nb"]
html_theme = "basic"
language = "nl"
locale_dirs = ["locale"]
gettext_compact = False
myst_enable_extensions = ["deflist", "dollarmath", "colon_fence"]
nb_execution_mode = "off"
"""

#: Twice the same text, in one line of a table too; titles, a term, a link, an inner directive, and a formula.
_PAGE = """# Bread

Whole *grain* is [good](#bread). Whole *grain* is [good](#bread).

Whole *grain*.

| Food | Food |
|---|---|
| bread | bread |

:::{note}
Whole *grain*.

## Not a title
:::

Rye
: Whole *grain*.

## Bread

$a^2$ and `code`.
"""

_DUTCH = {
    "Bread": "Brood",
    "Whole *grain* is [good](#bread). Whole *grain* is [good](#bread).": (
        "Vol*koren* is [goed](#bread). Vol*koren* is [goed](#bread)."
    ),
    "Whole *grain*.": "Vol*koren*.",
    "Food": "Eten",
    "bread": "brood",
    "Rye": "Rogge",
    "$a^2$ and `code`.": "$a^2$ en `code`.",
}

_BUILD = """
import sys
from sphinx.application import Sphinx
if sys.argv[2] == "sparing":
    from handbook_utils.publishing.sparing import spare_repeated_work
    spare_repeated_work()
out = sys.argv[1] + "/" + sys.argv[2]
app = Sphinx(sys.argv[1], sys.argv[1], out, out + ".trees", "html", status=None)
app.build()
"""


def test_pages_are_the_same_with_and_without(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(_CONFIGURATION, encoding="utf-8")
    (tmp_path / "index.md").write_text(_PAGE, encoding="utf-8")
    catalogue = tmp_path / "locale" / "nl" / "LC_MESSAGES" / "index.po"
    catalogue.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    texts = "".join(f'\nmsgid "{english}"\nmsgstr "{dutch}"\n' for english, dutch in _DUTCH.items())
    catalogue.write_text(head + texts, encoding="utf-8")
    made = {}
    for way in ("plain", "sparing"):
        ended = subprocess.run(
            [sys.executable, "-c", _BUILD, str(tmp_path), way], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        made[way] = (tmp_path / way / "index.html").read_text(encoding="utf-8")
    assert made["plain"] == made["sparing"]
    assert made["sparing"].count("Vol<em>koren</em>") == 5
    assert made["sparing"].count("<p>brood</p>") == 2
    assert "Whole" not in made["sparing"]


def test_settings_that_are_remembered_are_nobody_elses() -> None:
    code = (
        "from docutils.parsers.rst import Parser; import docutils.frontend as f\n"
        "from handbook_utils.publishing.sparing import spare_repeated_work\n"
        "spare_repeated_work(); first = f.get_default_settings(Parser); first.tab_width = 3\n"
        "print(f.get_default_settings(Parser).tab_width)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "8"


_WALKS = r"""
import sys
from docutils import nodes
from docutils.core import publish_doctree
from sphinx.util.nodes import NodeMatcher
from handbook_utils.publishing.sparing import spare_repeated_work
if sys.argv[1] == "sparing":
    spare_repeated_work()
tree = publish_doctree("One *two* three\n\n* four `five <six>`_\n\n  seven **eight**\n\nTwo\n===\n\n nine\n")
pair = NodeMatcher(nodes.emphasis, nodes.strong)
for given in [(), (nodes.Text,), (nodes.TextElement,), (pair,), (lambda node: "t" in node.astext(),)]:
    print([str(node) for node in tree.findall(*given)])
print([str(node) for node in tree[1].findall(nodes.Text, siblings=True)])
print([str(node) for node in tree[0].findall(include_self=False)])
for node in tree.findall(nodes.TextElement):
    # What is put behind a node while it is looked at is found, too, and what takes its place is not.
    if isinstance(node, nodes.emphasis):
        node.parent.insert(node.parent.index(node) + 1, nodes.strong("", "more"))
        node.replace_self(nodes.subscript("", "other"))
    print(node.tagname)
print(tree)
"""


def test_a_walk_finds_the_same_with_and_without() -> None:
    plain, sparing = (
        subprocess.run([sys.executable, "-c", _WALKS, way], capture_output=True, text=True, check=True).stdout
        for way in ("plain", "sparing")
    )
    assert plain == sparing
    assert "strong" in plain.splitlines()


def test_what_was_translated_is_of_the_page_it_stands_on() -> None:
    page, text = new_document("page"), new_document("text")
    text += nodes.paragraph("", "Brood")
    moved = text[0]
    page += nodes.section("", moved)
    moved.document = text
    assert moved.document is not page  # and with it that document was stored, for every text of a page
    AtHome(page).apply()
    assert {id(node.document) for node in page.findall()} == {id(page)}
