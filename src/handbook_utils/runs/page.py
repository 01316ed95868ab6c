"""Renders the MyST of one executed chapter as HTML, piece by piece."""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from handbook_utils.chapters.advice import registered
from handbook_utils.runs.mathml import mathml
from handbook_utils.runs.methods import Reference
from handbook_utils.runs.words import WORDS, Language

#: What a report shows elsewhere than where its cell stands: the answer and what was read first, the parameters last.
PLACES = ("answer", "data", "parameters")


_ADMONITIONS = frozenset(
    ["note", "warning", "tip", "important", "caution", "danger", "hint", "seealso", "attention", "error", "admonition"]
)


#: Directives that say something to the book's builder and nothing to a reader of a report.
_SILENT = frozenset(["toctree", "tableofcontents", "contents", "drawing", "explorable", "index", "only", "meta"])


_ROLE = re.compile(r"^(?P<text>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


_OPTION = re.compile(r"^:(?P<name>[\w-]+):[ \t]*(?P<value>.*)$")


_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass
class Page:
    """Renders the MyST of one executed chapter as HTML, piece by piece, in one language.

    Attributes
    ----------
    lang : {"en", "nl"}
        The language.
    values : mapping of str to str
        What :func:`recorded_values` returned.
    references : mapping of str to Reference
        What citations refer to.
    source : pathlib.Path or None
        The chapter's file: pictures are looked for from its folder.
    translations : mapping of str to str
        Prose in Dutch, by the English paragraph.
    sections : list of tuple of str
        Anchor and HTML of each heading of level 2 that was rendered.
    cited : list of str
        Keys of the works that were cited, in order.
    shows_code : bool
        Whether code is shown, folded; of a run on somebody's own data it is in the notebook only.
    placed : dict of str to list of str
        HTML of what does not stand where its cell does, by :data:`PLACES`.
    """

    lang: Language
    values: Mapping[str, str]
    references: Mapping[str, Reference]
    source: Path | None
    translations: Mapping[str, str]
    sections: list[tuple[str, str]] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    shows_code: bool = True
    placed: dict[str, list[str]] = field(default_factory=lambda: {place: [] for place in PLACES})
    _anchors: set[str] = field(default_factory=lambda: {"content", "references"})
    _open: list[str] = field(default_factory=list)
    _listed: bool = False

    def said(self, text: str) -> str:
        """Return a text in the page's language.

        Parameters
        ----------
        text : str
            A paragraph in English.

        Returns
        -------
        str
            In English still, where it has no translation.
        """
        return self.translations.get(" ".join(text.split("\n")).strip()) or text

    @property
    def words(self) -> dict[str, str]:
        """What the page itself says around the prose."""
        return WORDS[self.lang]

    # ------------------------------------------------------------------ cells

    def cell(self, cell: Any) -> str:
        """Render a cell with its outputs.

        Parameters
        ----------
        cell : nbformat.NotebookNode
            Executed.

        Returns
        -------
        str
            HTML; empty for what is not shown.
        """
        tags = set(cell.metadata.get("tags", []))
        if "remove-cell" in tags:
            return ""
        if cell.cell_type == "markdown":
            return self.render(self.expanded(cell.source))
        if cell.cell_type != "code":
            return ""
        shown = []
        if self.shows_code and not tags & {"remove-input", "hide-input", "parameters"} and cell.source.strip():
            code = f'<pre tabindex="0"><code>{html.escape(cell.source)}</code></pre>'
            shown.append(f'<details class="code"><summary>{self.words["code"]}</summary>{code}</details>')
        if not tags & {"remove-output"}:
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            for output in cell.get("outputs", []):
                place = output.get("metadata", {}).get("handbook", {}).get("place", "")
                self.placed.get("parameters" if "parameters" in tags else place, shown).append(
                    self._output(output, alt)
                )
        return "".join(shown)

    def expanded(self, source: str) -> str:
        """Put the claims and the advice of the registers where the chapter shows them.

        Parameters
        ----------
        source : str
            Markdown of a cell.

        Returns
        -------
        str
            Markdown.
        """
        if self.source is None:
            return source
        slug = f"{self.source.parent.name}/{self.source.stem}"
        return registered(source, self.source.parents[2], slug, self.lang)

    def _output(self, output: Any, alt: str) -> str:
        if output.output_type == "stream":
            text = html.escape(_ANSI.sub("", "".join(output.text)))
            written = f'<pre tabindex="0">{text}</pre>'
            if output.name == "stderr":
                return f"<details><summary>{self.words['warnings']}</summary>{written}</details>"
            return written
        if output.output_type == "error":
            trace = html.escape(_ANSI.sub("", "\n".join(output.traceback)))
            return (
                f'<div class="admonition error"><p class="admonition-title">{html.escape(output.ename)}: '
                f'{html.escape(_ANSI.sub("", output.evalue))}</p><pre tabindex="0">{trace}</pre></div>'
            )
        # What is made for programs (JSON) is not text, and is not shown.
        data = {
            kind: "".join(text) if isinstance(text, list) else str(text)
            for kind, text in output.data.items()
            if kind.startswith(("text/", "image/"))
        }
        described = html.escape(alt or self.words["figure"])
        if "text/html" in data:
            return self._scrolling(data["text/html"])
        if "image/svg+xml" in data:
            encoded = base64.b64encode(data["image/svg+xml"].encode()).decode("ascii")
            return f'<img alt="{described}" src="data:image/svg+xml;base64,{encoded}">'
        for kind in ("image/png", "image/jpeg"):
            if kind in data:
                return f'<img alt="{described}" src="data:{kind};base64,{"".join(data[kind].split())}">'
        if "text/markdown" in data:
            return self.render(data["text/markdown"])
        if "text/plain" in data and not data["text/plain"].startswith("<Figure"):
            return f'<pre tabindex="0">{html.escape(_ANSI.sub("", data["text/plain"]))}</pre>'
        return ""

    def _scrolling(self, content: str) -> str:
        if "<table" not in content:
            return content
        return f"{self._scroll}{content}</div>"

    @property
    def _scroll(self) -> str:
        return f'<div class="scroll" role="group" aria-label="{self.words["table"]}" tabindex="0">'

    def close(self) -> str:
        """End what was opened and give the works that were cited, unless the chapter did."""
        ends = "".join(reversed(self._open))
        self._open.clear()
        if not self.cited or self._listed:
            return ends
        return f'{ends}<h2 id="references">{self.words["references"]}</h2>{self._bibliography()}'

    # --------------------------------------------------------------- markdown

    def render(self, text: str) -> str:
        """Render Markdown.

        Parameters
        ----------
        text : str
            MyST Markdown.

        Returns
        -------
        str
            HTML.
        """
        return str(self._markdown.render(text))

    @cached_property
    def _markdown(self) -> MarkdownIt:
        markdown = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).use(myst_block_plugin)
        markdown.use(myst_role_plugin).use(footnote_plugin).use(deflist_plugin).use(tasklists_plugin)
        markdown.use(colon_fence_plugin).use(dollarmath_plugin, renderer=_inline_or_block_math)
        markdown.use(amsmath_plugin, renderer=lambda content: formula(content, display=True))
        markdown.core.ruler.before("inline", "translate", self._translate)
        markdown.core.ruler.push("prepare", self._prepare)
        rules = {
            "myst_role": self._role,
            "myst_target": lambda token: f'<span id="{html.escape(token.content)}"></span>',
            "myst_line_comment": _nothing,
            "myst_block_break": _nothing,
            "front_matter": _nothing,
            "fence": self._fence,
            "colon_fence": self._fence,
            "image": self._image,
            "table_open": self._table_open,
            "table_close": self._table_close,
        }
        for name, rule in rules.items():
            markdown.add_render_rule(name, _bound(rule))
        return markdown

    def _translate(self, state: StateCore) -> None:
        for token in state.tokens:
            if token.type == "inline":
                token.content = self.said(token.content)

    def _prepare(self, state: StateCore) -> None:
        """Take the title out (it heads the page), give headings an anchor, and unlink what is not in this file."""
        kept = []
        tokens = iter(state.tokens)
        for token in tokens:
            if token.type == "heading_open" and token.tag == "h1":
                next(tokens), next(tokens)
                continue
            kept.append(token)
        for opening, inline in pairwise(kept):
            if opening.type == "heading_open":
                plain = "".join(
                    child.content for child in inline.children or [] if child.type in ("text", "code_inline")
                )
                anchor = self._anchor(re.sub(r"[^\w]+", "-", plain.casefold()).strip("-") or "section")
                opening.attrSet("id", anchor)
                if opening.tag == "h2":
                    self.sections.append((anchor, html.escape(plain)))
        for token in kept:
            unlinked: list[Token] = []
            depth: list[bool] = []
            for child in token.children or []:
                if child.type == "link_open":
                    depth.append(bool(re.match(r"(https?:|mailto:|#)", str(child.attrGet("href") or ""))))
                    if not depth[-1]:
                        continue
                elif child.type == "link_close" and not depth.pop():
                    continue
                unlinked.append(child)
            if token.children is not None:
                token.children = unlinked
        state.tokens = kept

    def _anchor(self, wanted: str) -> str:
        number, anchor = 1, wanted
        while anchor in self._anchors:
            number += 1
            anchor = f"{wanted}-{number}"
        self._anchors.add(anchor)
        return anchor

    def _table_open(self, _token: Token) -> str:
        return f"{self._scroll}<table>"

    def _table_close(self, _token: Token) -> str:
        return "</table></div>"

    def _image(self, token: Token) -> str:
        return self._picture(str(token.attrGet("src") or ""), token.content)

    def _picture(self, address: str, alt: str) -> str:
        if address.startswith("data:"):
            return f'<img alt="{html.escape(alt)}" src="{html.escape(address)}">'
        path = (self.source.parent / address) if self.source and "://" not in address else None
        if path is None or not path.is_file():
            return f"<em>{html.escape(alt)}</em>"
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        encoded = base64.b64encode(path.read_bytes()).decode("ascii")
        return f'<img alt="{html.escape(alt)}" src="data:{kind};base64,{encoded}">'

    # ------------------------------------------------------------------ roles

    def _role(self, token: Token) -> str:
        name, content = str(token.meta["name"]), token.content
        if name in ("glue", "glue:text"):
            return html.escape(self.values.get(content.partition(":")[0].strip(), self.words["unknown"]))
        if name == "math":
            return formula(content, display=False)
        if name.startswith("cite"):
            return self._citation([key.strip() for key in content.split(",")], textual=name in ("cite:t", "cite:ts"))
        if name in ("sub", "sup", "kbd"):
            return f"<{name}>{html.escape(content)}</{name}>"
        if name == "abbr" and (match := re.match(r"^(.*?)\s*\((.+)\)$", content)):
            return f'<abbr title="{html.escape(match[2])}">{html.escape(match[1])}</abbr>'
        match = _ROLE.match(content)
        return html.escape(match["text"] if match else content)

    def _citation(self, keys: Sequence[str], *, textual: bool) -> str:
        named = []
        for key in keys:
            if key not in self.cited:
                self.cited.append(key)
            work = self.references.get(key)
            text = html.escape((work.textual if textual else work.inner) if work else key)
            if self.lang == "nl":  # as the book does, whose pages hold no English but titles
                text = text.replace(" and ", " &amp; ")
            named.append(f'<a href="#ref-{html.escape(key)}">{text}</a>')
        joined = (", " if textual else "; ").join(named)
        return joined if textual else f"({joined})"

    def works(self) -> list[str]:
        """Return the works that were cited, each as an item of a list."""
        items = []
        for key in sorted(self.cited):
            work = self.references.get(key)
            text = html.escape(work.full if work else key)
            if work and work.address:
                address = html.escape(work.address)
                text += f' <a href="{address}">{address}</a>'
            items.append(f'<li id="ref-{html.escape(key)}">{text}</li>')
        return items

    def _bibliography(self) -> str:
        self._listed = True
        return f"<ul>{''.join(items)}</ul>" if (items := self.works()) else ""

    # ------------------------------------------------------------- directives

    def _fence(self, token: Token) -> str:
        match = re.match(r"\{([^}]+)\}\s*(.*)$", token.info.strip(), re.DOTALL)
        if match is None:
            return f'<pre tabindex="0"><code>{html.escape(token.content)}</code></pre>'
        options, body = _options(token.content)
        return self._directive(match[1].strip(), match[2].strip(), options, body)

    def _directive(self, name: str, argument: str, options: Mapping[str, str], body: str) -> str:
        anchor = options.get("label") or options.get("name", "")
        named = f' id="{html.escape(anchor)}"' if anchor else ""
        if name in _SILENT:
            return ""
        if name in _ADMONITIONS:
            kinds = list(dict.fromkeys(["admonition", name, *options.get("class", "").split()]))
            if name == "admonition":
                title, content = argument, body
            else:
                title, content = self.words[name], f"{argument}\n\n{body}"
            inside = f'<p class="admonition-title">{self.inline(title)}</p>{self.render(content)}'
            if "dropdown" in kinds:
                return self._details(self.inline(title), self.render(content), named)
            return f'<div class="{html.escape(" ".join(kinds))}"{named}>{inside}</div>'
        if name == "dropdown":
            return self._details(self.inline(argument), self.render(body), named)
        if name in ("exercise", "exercise-start"):
            title = self.words["exercise"] + (f": {self.inline(argument)}" if argument else "")
            above = f'<p class="admonition-title">{title}</p>'
            start = f'<div class="admonition exercise"{named}>{above}{self.render(body)}'
            return self._gate(start, "</div>") if name.endswith("-start") else f"{start}</div>"
        if name in ("solution", "solution-start"):
            start = f"<details{named}><summary>{self.words['solution']}</summary>{self.render(body)}"
            return self._gate(start, "</details>") if name.endswith("-start") else f"{start}</details>"
        if name in ("exercise-end", "solution-end"):
            return self._open.pop() if self._open else ""
        if name == "math":
            return formula(f"{argument}\n{body}".strip(), display=True)
        if name == "bibliography":
            return self._bibliography()
        if name in ("figure", "image"):
            picture = self._picture(argument, options.get("alt", ""))
            return f"<figure{named}>{picture}<figcaption>{self.render(body)}</figcaption></figure>"
        if name in ("code", "code-block", "code-cell", "literalinclude"):
            return f'<pre tabindex="0"><code>{html.escape(body)}</code></pre>'
        # Grids, cards, tabs, lists that are tables: their content in reading order, under their title.
        titled = name in ("card", "grid-item-card", "tab-item")
        title = f"<p><strong>{self.inline(argument)}</strong></p>" if titled else ""
        return f"<div{named}>{title}{self.render(body)}</div>"

    def _gate(self, start: str, end: str) -> str:
        self._open.append(end)
        return start

    def _details(self, summary: str, content: str, named: str) -> str:
        return f"<details{named}><summary>{summary}</summary>{content}</details>"

    def inline(self, text: str) -> str:
        """Render a line of Markdown, without a paragraph around it.

        Parameters
        ----------
        text : str
            MyST Markdown.

        Returns
        -------
        str
            HTML.
        """
        return str(self._markdown.renderInline(self.said(text)))


def formula(latex: str, *, display: bool) -> str:
    r"""Render LaTeX as MathML, or show it as it is where it cannot be: a run is not lost for a formula.

    Parameters
    ----------
    latex : str
        Without dollar signs.
    display : bool
        On a line of its own.

    Returns
    -------
    str
        MathML, or the LaTeX itself.

    Examples
    --------
    >>> formula(r"\unheard{x}", display=False)
    '<code>\\unheard{x}</code>'
    """
    try:
        return mathml(latex, display=display)
    except ValueError:
        return f"<code>{html.escape(latex)}</code>"


def _inline_or_block_math(content: str, options: Mapping[str, Any]) -> str:
    return formula(content, display=bool(options.get("display_mode")))


def _nothing(_token: Token) -> str:
    return ""


def _bound(rule: Any) -> Any:
    def render(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
        return str(rule(tokens[place]))

    return render


def _options(content: str) -> tuple[dict[str, str], str]:
    r"""Part the options of a directive from its body.

    Examples
    --------
    >>> _options(":class: warning\n:name: a\n\nText.")
    ({'class': 'warning', 'name': 'a'}, 'Text.')
    """
    options = {}
    lines = content.split("\n")
    while lines and (match := _OPTION.match(lines[0])):
        options[match["name"]] = match["value"].strip()
        lines.pop(0)
    return options, "\n".join(lines).lstrip("\n")
