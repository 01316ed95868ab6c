"""Which scripts a page loads: the handbook's own, without their comments, and none of the tools'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

STATIC = Path(__file__).parents[1] / "theme" / "static"
#: On every page; the others come with what needs them.
EVERYWHERE = ("handbook.js", "copy.js")


def _slim(source: str) -> str:
    r"""Leave out of a script what a browser does not need: comments that have a line of their own, and indentation.

    Examples
    --------
    >>> _slim('// Says it.\n"use strict";\n{\n  // why\n  say("//");\n}\n')
    '"use strict";\n{\nsay("//");\n}\n'
    """
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def _only_own(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    # Scripts of the tools (tabs, keys, marks of a search) do nothing that a page here has.
    names = [(one, one.filename.partition("?")[0].rpartition("/")[2]) for one in context["script_files"]]
    context["script_files"] = [one for one, name in names if (STATIC / name).is_file()]


def _slim_all(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        for script in STATIC.rglob("*.js"):
            made = Path(app.outdir) / "_static" / script.relative_to(STATIC)
            if made.is_file():  # catalogues are made by a build without pages
                made.write_text(_slim(script.read_text(encoding="utf-8")), encoding="utf-8")


def setup_scripts(app: Sphinx) -> None:
    """Have pages load only what is theirs; called when the theme is known.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.connect("html-page-context", _only_own)
    app.connect("build-finished", _slim_all)
    for name in EVERYWHERE:
        app.add_js_file(name, loading_method="defer")
