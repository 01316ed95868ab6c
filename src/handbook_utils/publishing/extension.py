"""The Sphinx extension of the handbook: formulas, glossary, the table of checked numbers, and what surrounds a page.

``_config.yml`` names it, so that `jupyter-book build .` has it too. What an edition is made of stands in the stage's
``handbook.json`` (:mod:`handbook_utils.publishing.stage`); without that file there is one edition, the English one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from myst_nb.core.variables import RetrievalError, format_plain_text
from myst_nb.ext.glue.domain import NbGlueDomain
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import retrieve_glue_data
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.domains.std import StandardDomain
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import extract_messages, traverse_parent
from sphinx_exercise.nodes import exercise_title, solution_node, solution_title

from handbook_utils.chapters.dates import spelled
from handbook_utils.publishing.api.contents import setup_api
from handbook_utils.publishing.dutch import Messages, catalogue_of
from handbook_utils.publishing.pages import citations, evidence
from handbook_utils.publishing.pages.error_rates import setup_error_rates
from handbook_utils.publishing.pages.explorables import setup_explorables
from handbook_utils.publishing.pages.illustrations import setup_illustrations
from handbook_utils.publishing.pages.own_result import setup_own_result
from handbook_utils.publishing.pages.quiz import setup_quiz
from handbook_utils.publishing.pages.scripts import setup_scripts
from handbook_utils.publishing.pages.senses import read_senses
from handbook_utils.publishing.pages.staged import TERMS, staged_rows
from handbook_utils.publishing.pages.tables import framed
from handbook_utils.publishing.pages.terms import Glossary, anchor_of, folded, glossary_of, with_terms
from handbook_utils.publishing.public import description_of, gather_code
from handbook_utils.publishing.stage import MANIFEST, escaped
from handbook_utils.publishing.teaching.offered import setup_lessons
from handbook_utils.publishing.translate import problems
from handbook_utils.publishing.web.cards import setup_cards
from handbook_utils.publishing.web.surroundings import setup_surroundings
from handbook_utils.publishing.words import LANGUAGES, WORDS
from handbook_utils.runs.mathml import mathml

logger = logging.getLogger(__name__)
THEME = Path(__file__).parent / "theme"


def _manifest_of(srcdir: str | Path) -> dict[str, Any]:
    """Return what the stage says of this edition; of a plain `jupyter-book build`, which has no stage, the least."""
    path = Path(srcdir) / MANIFEST
    if path.is_file():
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return told
    return {"lang": "en", "languages": ["en"], "address": "", "pages": {}, "peers": {}}


# ---------------------------------------------------------------------- formulas


def _visit_inline_math(translator: Any, node: Any) -> None:
    translator.body.append(_formula(node, display=False))
    raise nodes.SkipNode


def _visit_block_math(translator: Any, node: Any) -> None:
    anchors = "".join(f' id="{name}"' for name in node["ids"][:1])
    known = translator.builder.env.get_domain("math").equations.get(node.get("label"))
    number = f'<span class="eqno">({known[1]})</span>' if known else ""
    # Wide ones scroll by themselves, by keyboard too.
    scrolls = f'role="group" tabindex="0" aria-label="{WORDS[_language(translator.config)]["formula"]}"'
    translator.body.append(f'<div class="math"{anchors} {scrolls}>{_formula(node, display=True)}{number}</div>\n')
    raise nodes.SkipNode


def _formula(node: Any, *, display: bool) -> str:
    try:
        return mathml(node.astext(), display=display)
    except ValueError as error:
        logger.warning("formula: %s", error, location=node)
        return f"<code>{escaped(node.astext())}</code>"


# ---------------------------------------------------------------------- computed numbers in translated prose


class _GlueText(PasteTextRole):  # type: ignore[misc]
    """``{glue:text}``, which in a translated paragraph takes what the same name gave in the original one.

    Sphinx parses a translation as a document of its own, which knows no notebook.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        name, _, form = self.text.partition(":")
        if "::" in self.text:
            return self._pasted()
        known = self.document.settings.env.temp_data.setdefault("handbook_glue", {})
        try:
            known[name] = retrieve_glue_data(self.document, name).data["text/plain"]
        except (RetrievalError, KeyError):
            if name not in known:
                return self._pasted()
        # Without a format it is shown as recorded; the tool would take "3,0" for two numbers.
        plain = not form and known[name][:1] not in "'\""
        text = known[name] if plain else format_plain_text(known[name], form or "s")
        return [nodes.inline(text, text, classes=["pasted-text"])], []

    def _pasted(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        pasted: tuple[list[nodes.Node], list[nodes.system_message]] = super().run()
        return pasted


class _Glue(NbGlueDomain):  # type: ignore[misc]
    roles: ClassVar[dict[str, Any]] = {**NbGlueDomain.roles, "text": _GlueText()}


# ---------------------------------------------------------------------- translations


class _Noted(Domain):
    """Holds what is noted of pages as they are read: ``messages``, first ``drawings``, the ``glossary``."""

    name = "handbook"
    label = "Handbook"
    initial_data = {"messages": {}, "drawings": {}, "glossary": ""}  # noqa: RUF012 - as its base class has it

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process noted."""
        self.data["messages"].update({name: otherdata["messages"].get(name, {}) for name in docnames})
        self.data["drawings"].update(otherdata["drawings"])
        self.data["glossary"] = self.data["glossary"] or otherdata["glossary"]

    def resolve_any_xref(self, *_: object) -> list[tuple[str, nodes.reference]]:
        """Find nothing: nothing in this domain can be referred to."""
        return []


class _Translatable(SphinxTransform):
    """Note every text of a page that a translator must have; in the Dutch edition, hold it against the catalogue."""

    default_priority = 15  # after Sphinx has kept the originals, before it translates (20)

    def apply(self, **_: Any) -> None:
        env = self.env
        told = env.config["handbook_manifest"]
        page = told["pages"].get(env.docname, {})
        if "nl" not in page.get("languages", []):
            return
        messages: Messages = {}
        for node, text in extract_messages(self.document):
            if not _said_elsewhere(node):
                messages.setdefault(text, _line(node))
        if env.docname == env.config.root_doc:
            for tree in env.config.external_site_map.root.subtrees:
                if tree.caption:
                    messages.setdefault(tree.caption, 0)
        env.domaindata["handbook"]["messages"][env.docname] = messages
        if told["lang"] == "nl":
            for line, text in problems(messages, Path(env.srcdir) / "locale", env.docname):
                logger.warning("%s", text, location=(env.docname, line or None), type="handbook", subtype="nl")


class AtHome(SphinxTransform):
    """Tell what was translated in which document it stands now.

    Sphinx parses each translated text as a document of its own, and the nodes go on naming that one; all of these would
    be stored with the page, and read again.
    """

    default_priority = 21  # after Sphinx has translated (20)

    def apply(self, **_: Any) -> None:
        """Go through the page."""
        for node in self.document.findall():
            node.document = self.document


def _said_elsewhere(node: nodes.Element) -> bool:
    """Tell what needs no Dutch of its own: formulas, front matter, alt text in a paragraph, the tools' own words."""
    if isinstance(node, (nodes.math_block, solution_title)) or (isinstance(node, exercise_title) and _numbered(node)):
        return True
    within = (nodes.docinfo, nodes.field_list, *((nodes.paragraph,) if isinstance(node, nodes.image) else ()))
    return any(isinstance(one, within) for one in traverse_parent(node.parent))


def _numbered(title: Any) -> bool:
    return bool(title.default_title())


def _line(node: nodes.Element) -> int:
    return next((int(one.line) for one in traverse_parent(node) if one.line), 0)


# ---------------------------------------------------------------------- solutions are disclosure boxes


def _visit_solution(translator: Any, node: Any) -> None:
    translator.body.append(translator.starttag(node, "details", CLASS="solution"))
    title = node.pop(0)
    named = next((found.astext() for found in title.findall(nodes.reference)), "")
    words = WORDS[_language(translator.config)]
    number = re.search(r"\d+", named)
    said = " ".join([words["solution"], *([words["exercise"], number[0]] if number else named.split())])
    translator.body.append(f"<summary>{escaped(said)}</summary>\n")


def _depart_solution(translator: Any, _node: Any) -> None:
    translator.body.append("</details>\n")


def _language(config: Any) -> str:
    return str(config["handbook_manifest"]["lang"])


# ---------------------------------------------------------------------- glossary and checked numbers


class _Terms(SphinxDirective):
    """``{handbook-terms}``: the glossary, made from ``data/terms.csv``, in the language of the edition."""

    def run(self) -> list[nodes.Node]:
        lang = _language(self.env.config)
        other = "en" if lang == "nl" else "nl"
        words = WORDS[lang]
        path, rows = staged_rows(self.env.srcdir, TERMS)
        if path is None:
            raise self.error("There is no data/terms.csv to make the glossary from.")
        self.env.note_dependency(str(path))
        self.env.domaindata["handbook"]["glossary"] = self.env.docname
        rows.sort(key=lambda row: folded(row[lang]))
        made = nodes.definition_list(classes=["glossary", "simple"])
        domain = self.env.get_domain("std")
        assert isinstance(domain, StandardDomain)  # noqa: S101 - for the type checker
        for row in rows:
            anchor = anchor_of(row)
            term = nodes.term("", row[lang], ids=[anchor])
            # Chapters that are English in both editions name terms in English.
            for name in dict.fromkeys([row[lang], row["en"]]):
                domain._note_term(name, anchor, location=term)
            body = nodes.definition("", nodes.paragraph("", row[f"definition_{lang}"]))
            notes = [(words["term_other"], row[other], other)]
            notes += [(words["term_public"], row["nl_public"], "nl"), (words["term_not"], row["not_nl"], "nl")]
            line = nodes.paragraph(classes=["term-notes"])
            for label, text, language in notes:
                if text:
                    mark = f' lang="{language}"' if language != lang else ""
                    shown = f"<span>{escaped(label)}: <i{mark}>{escaped(text)}</i></span> "
                    line += nodes.raw("", shown, format="html")
            made += nodes.definition_list_item("", term, body)
            body += line
        for node in made.findall(nodes.TextElement):
            node["translatable"] = False
        self.state.document.note_explicit_target(made)
        return [made]


class checked_numbers(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 - as docutils names its own
    """Where the table of checked numbers will stand: it is known when all chapters have been executed."""


class _Checked(SphinxDirective):
    """``{handbook-checked}``: every number of the handbook that was held against one made elsewhere."""

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()
        return [checked_numbers()]


def _show_checked(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(checked_numbers)):
        place.replace_self(_checked_table(app, "../" * docname.count("/")))


def _checked_table(app: Sphinx, up: str) -> nodes.Node:
    told = app.config["handbook_manifest"]
    words = WORDS[told["lang"]]
    if not told["peers"]:
        text = words["checked_none"].replace("`", "")
        return nodes.paragraph("", text, translatable=False)
    columns = ("quantity", "ours", "theirs", "against", "tolerance", "verdict")
    keys = ("name", "ours", "theirs", "source", "tolerance", "verdict")
    head = "".join(f'<th scope="col">{escaped(words[name])}</th>' for name in columns)
    groups = []
    for slug, rows in told["peers"].items():
        title = escaped(app.env.titles[f"notebooks/{slug}"].astext())
        link = f'<a href="{up}notebooks/{escaped(slug)}.html">{title}</a>'
        lines = [f'<tr><th scope="rowgroup" colspan="{len(columns)}">{link}</th></tr>']
        lines += [f"<tr>{''.join(_checked_cell(row, key, told['lang']) for key in keys)}</tr>" for row in rows]
        groups.append(f"<tbody>{''.join(lines)}</tbody>")
    verdicts = [row["verdict"] for rows in told["peers"].values() for row in rows]
    agree = verdicts.count("agrees")
    caption = words["checked_caption"].format(count=len(verdicts), agree=agree, differ=len(verdicts) - agree)
    table = f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>{''.join(groups)}"
    return nodes.raw("", f'<table class="table results checked">{table}</table>', format="html")


def _checked_cell(row: dict[str, Any], key: str, lang: str) -> str:
    """Write one of a number's columns; what a chapter says in English only is marked as English."""
    own = row.get(f"{key}_{lang}")
    if own:
        return f"<td>{escaped(own)}</td>"
    value = WORDS[lang].get(row[key], row[key]) if key == "verdict" else row.get(key, "")
    english = ' lang="en"' if own == "" else ""
    return f"<td{english}>{escaped(_number(value, lang))}</td>"


def _number(value: object, lang: str) -> object:
    if not isinstance(value, float):
        return value
    text = f"{value:.9g}".replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if lang == "nl" else text


# ---------------------------------------------------------------------- around a page


def _navigation(app: Sphinx) -> list[dict[str, Any]]:
    """Return the contents of the book: captions with their pages, each with its title and the pages under it."""
    told = app.config["handbook_manifest"]
    site = app.config.external_site_map
    captions = catalogue_of(Path(app.srcdir) / "locale", app.config.root_doc) if told["lang"] == "nl" else {}

    def entry(name: str) -> dict[str, Any]:
        below = [entry(str(item)) for tree in site[name].subtrees for item in tree.items]
        page = told["pages"].get(name, {"languages": [told["lang"]]})
        english = told["lang"] not in page["languages"]
        return {"name": name, "title": app.env.titles[name].astext(), "below": below, "english": english}

    return [
        {
            "caption": captions.get(tree.caption or "", tree.caption),
            "pages": [entry(str(item)) for item in tree.items],
        }
        for tree in site.root.subtrees
    ]


def _glossaries(app: Sphinx) -> dict[str, Glossary | None]:
    """Return what to look for on pages of each language: nothing where the book has no glossary."""
    _, rows = staged_rows(app.srcdir, TERMS) if app.env.domaindata["handbook"]["glossary"] else (None, [])
    senses = read_senses(app.srcdir)
    return {lang: glossary_of(rows, lang, senses.get(lang)) for lang in LANGUAGES}


def _opened(entries: list[dict[str, Any]], name: str) -> set[str]:
    """Return the pages that lead to this one, itself included."""
    for one in entries:
        if one["name"] == name:
            return {name}
        if found := _opened(one["below"], name):
            return {one["name"], *found}
    return set()


def _executed_on(run: dict[str, Any], lang: str) -> str:
    executed = str(run.get("executed", ""))[:10]
    return spelled(date.fromisoformat(executed), lang) if executed else ""


def _page_context(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    told = app.config["handbook_manifest"]
    lang = told["lang"]
    page = told["pages"].get(pagename, {})
    navigation = app.env.handbook_navigation  # type: ignore[attr-defined]
    opened: set[str] = set()
    for part in navigation:
        opened |= _opened(part["pages"], pagename)
    switches = [
        {"lang": other, "name": LANGUAGES[other], "href": f"{'../' * pagename.count('/')}../{other}/{pagename}.html"}
        for other in told["languages"]
        if other != lang
    ]
    english = bool(page) and lang not in page["languages"]
    if "body" in context:
        context["body"] = citations.told_once(framed(context["body"], WORDS["en" if english else lang]))
        glossary = app.env.handbook_glossaries["en" if english else lang]  # type: ignore[attr-defined]
        where = app.env.domaindata["handbook"]["glossary"]
        if page and glossary is not None and pagename != where and page["kind"] != "api":
            address = app.builder.get_relative_uri(pagename, where)
            context["body"] = with_terms(context["body"], glossary, address, page=pagename)
    context.update(
        words=WORDS[lang],
        description=description_of(context.get("body", "")),
        lang=lang,
        english=english,
        opened=opened,
        navigation=navigation,
        switches=switches,
        edition=LANGUAGES[lang],
        run=page.get("run"),
        executed_on=_executed_on(page.get("run") or {}, lang),
        reading=_reading(page, lang),
        actions=_actions(app, pagename, page) if page.get("kind") == "chapter" else [],
        site_title=app.config["handbook_titles"].get(lang, app.config.html_title),
    )


def _reading(page: dict[str, Any], lang: str) -> str:
    if not (found := page.get("reading")):
        return ""
    # One decimal, to which the language has its own mark.
    average = f"{found['words']:.1f}".replace(".", "," if lang == "nl" else ".")
    return WORDS[lang]["reading"].format(score=found["score"], words=average)


def _actions(app: Sphinx, pagename: str, page: dict[str, Any]) -> list[tuple[str, str, bool]]:
    options = app.config.html_theme_options if app.config.html_theme == "handbook" else {}
    url = str(options.get("repository_url", "")).rstrip("/")
    branch = options.get("repository_branch", "main")
    source, name = page["source"], pagename.rpartition("/")[2]
    actions = [("source", f"{name}.md", True)]
    if page.get("run"):
        actions.insert(0, ("notebook", f"{name}.ipynb", True))
    if url:
        repository = url.partition("://")[2].partition("/")[2]
        # The factory makes JupyterLab open the text notebook as a notebook, through jupytext.
        opened = quote(f"lab/tree/{source}?factory=Jupytext Notebook", safe="")
        published = f"{repository}/blob/gh-pages/{_language(app.config)}/{pagename}.ipynb"
        actions += [
            ("edit", f"{url}/edit/{branch}/{source}", False),
            ("binder", f"https://mybinder.org/v2/gh/{repository}/{branch}?urlpath={opened}", False),
            ("colab", f"https://colab.research.google.com/github/{published}", False),
        ]
    return actions


# ---------------------------------------------------------------------- setting up


def _config_inited(app: Sphinx, config: Any) -> None:
    config["handbook_manifest"] = _manifest_of(app.srcdir)


def _pages_read(app: Sphinx, env: Any) -> None:
    app.config["handbook_manifest"] = _manifest_of(app.srcdir)  # chapters were still executed when it was read first
    # Exercises are numbered within their page, not through the book: a page keeps its numbers when another one grows.
    for kinds in env.toc_fignumbers.values():
        for number, label in enumerate(kinds.get("exercise", {}), start=1):
            kinds["exercise"][label] = (number,)
    if app.config.html_theme == "handbook":
        env.handbook_navigation = _navigation(app)
        env.handbook_glossaries = _glossaries(app)


def _builder_inited(app: Sphinx) -> None:
    citations.translate(app)
    if app.config.html_theme == "handbook":
        app.connect("html-page-context", _page_context)
        setup_surroundings(app)
        setup_scripts(app)


def setup(app: Sphinx) -> dict[str, Any]:
    """Set the extension up; Sphinx calls this."""
    app.setup_extension("myst_nb")
    app.setup_extension("sphinx_exercise")
    citations.register()
    app.add_html_theme("handbook", str(THEME))
    app.add_config_value("handbook_titles", {}, "html", [dict])
    app.add_config_value("handbook_manifest", {}, "", [dict])
    app.add_html_math_renderer("mathml", (_visit_inline_math, None), (_visit_block_math, None))
    app.add_domain(_Glue, override=True)
    app.add_transform(_Translatable)
    app.add_transform(AtHome)
    app.add_directive("handbook-terms", _Terms)
    app.add_directive("handbook-checked", _Checked)
    app.add_node(checked_numbers)
    setup_illustrations(app)
    setup_explorables(app)
    setup_quiz(app)
    setup_own_result(app)
    setup_cards(app)
    setup_error_rates(app)
    setup_api(app)
    setup_lessons(app)
    evidence.setup(app)
    app.add_node(solution_node, override=True, html=(_visit_solution, _depart_solution))
    app.connect("config-inited", _config_inited)
    app.connect("builder-inited", _builder_inited)
    app.connect("env-check-consistency", _pages_read)
    app.connect("doctree-resolved", _show_checked)
    app.connect("doctree-resolved", gather_code)
    app.add_domain(_Noted)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
