"""What pages take from the registers: ``{claims}``, ``{advice}``, ``{condition}``, ``{manifest}``.

The words of the registers are in both languages, so what is shown is made in the language of the edition, and no
catalogue holds it. Claims that should have been looked up again are named under the table; Sphinx warns of nothing: a
book can be built when nobody has looked for a year, but it says so (and so does ``handbook build``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from handbook_utils.chapters.advice import ADVICE, advice_text
from handbook_utils.chapters.claims import CLAIMS, claims_of, claims_table, read_claims
from handbook_utils.chapters.conditions import CONDITIONS, condition_text
from handbook_utils.chapters.manifest import MANIFEST_REGISTER, manifest_table, read_manifest, served
from handbook_utils.errors import InputError

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class _Registered(SphinxDirective):
    """Markdown of a register, in the language of the edition."""

    def shown(self, source: str, register: Path) -> list[nodes.Node]:
        self.env.note_dependency(str(Path(self.env.srcdir) / register))
        made = nodes.container()
        self.state.nested_parse(StringList(source.split("\n"), register.as_posix()), self.content_offset, made)
        for node in made.findall(nodes.TextElement):
            node["translatable"] = False
        return list(made.children)

    @property
    def language(self) -> str:
        return str(self.env.config["handbook_manifest"]["lang"])


class _Claims(_Registered):
    def run(self) -> list[nodes.Node]:
        page = self.env.docname.removeprefix("notebooks/")
        claims = claims_of(read_claims(Path(self.env.srcdir)), page)
        if not claims:
            raise self.error(f"There are no claims of {page} in {CLAIMS.as_posix()}.")
        return self.shown(claims_table(claims, self.language, date.today()), CLAIMS)


class _Advice(_Registered):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            return self.shown(advice_text(Path(self.env.srcdir), self.arguments[0], self.language), ADVICE)
        except InputError as error:
            raise self.error(str(error)) from error


class _Condition(_Registered):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            text = condition_text(Path(self.env.srcdir), self.arguments[0], self.language)
            # The class makes the page one sheet on paper.
            return [nodes.container("", *self.shown(text, CONDITIONS), classes=["sheet"])]
        except InputError as error:
            raise self.error(str(error)) from error


class _Manifest(_Registered):
    def run(self) -> list[nodes.Node]:
        folder = Path(self.env.srcdir)
        sources = {
            name: path.read_text(encoding="utf-8")
            for name in sorted(self.env.found_docs)
            if (path := folder / f"{name}.md").is_file()
        }
        items = read_manifest(folder)
        return self.shown(manifest_table(items, served(items, sources), self.language), MANIFEST_REGISTER)


def setup(app: Sphinx) -> None:
    """Make the directives known to Sphinx.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        What is set up.
    """
    app.add_directive("claims", _Claims)
    app.add_directive("advice", _Advice)
    app.add_directive("condition", _Condition)
    app.add_directive("manifest", _Manifest)
