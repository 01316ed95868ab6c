"""Let the tools that make pages remember what they would compute again for every page, or for every text of a page.

Each piece gives what it gave; it is most of Sphinx' time for a book in two languages, where every translated text is a
document of its own.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any


@lru_cache(maxsize=1)
def spare_repeated_work() -> None:
    """Put what remembers in the place of what computes anew, once in a process."""
    _bibliography()
    _settings()
    _renderers()
    _parsers()
    _translations()
    _walks()
    _files()


def _bibliography() -> None:
    import pybtex.plugin
    from pybtex.richtext import Text
    from pybtex.style.formatting import BaseStyle
    from sphinxcontrib.bibtex.domain import BibtexDomain, _FilterVisitor

    # Each need of a plugin is a walk through all installed packages.
    pybtex.plugin._load_entry_point = lru_cache(maxsize=None)(pybtex.plugin._load_entry_point)

    # Names are read anew wherever a work is cited.
    read = lru_cache(maxsize=None)(Text.from_latex)
    Text.from_latex = read

    formatted: dict[tuple[type, int], Any] = {}
    format_entry = BaseStyle.format_entry

    def remembered(style: Any, label: str, entry: Any, bib_data: Any = None) -> Any:
        key = type(style), id(entry)  # entries live as long as the bibliography
        if key not in formatted:
            formatted[key] = entry, format_entry(style, label, entry, bib_data)
        return type(formatted[key][1])(entry.key, formatted[key][1].text, label)

    BaseStyle.format_entry = remembered

    # For every list Sphinx' extension goes through all citations of the book, and for every work through its filter.
    usual = ast.dump(ast.parse("docname in docnames"))
    known: tuple[Any, int, dict[str, set[str]], list[str]] = None, 0, {}, []
    cited_keys = BibtexDomain.get_all_cited_keys

    def citations(domain: Any) -> tuple[Any, int, dict[str, set[str]], list[str]]:
        nonlocal known
        if known[0] is not domain or known[1] != len(domain.citation_refs):
            cited: dict[str, set[str]] = {}
            for reference in domain.citation_refs:
                for target in reference.targets:
                    cited.setdefault(target.key, set()).add(reference.docname)
            known = domain, len(domain.citation_refs), cited, []
        return known

    def filtered(domain: Any, key: Any) -> Iterator[tuple[str, Any]]:
        _, _, cited, _ = citations(domain)
        listed = domain.bibliographies[key]
        here = listed.filter_ is not None and ast.dump(listed.filter_) == usual
        for entry in domain.get_entries(listed.bibfiles):
            name = listed.keyprefix + entry.key
            where = cited.get(name, set())
            if entry.key in listed.keys or (here and key.docname in where):
                yield name, entry
            elif not here:
                visitor = _FilterVisitor(entry=entry, docname=key.docname, cited_docnames=where)  # type: ignore[no-untyped-call]
                if visitor.visit(listed.filter_):
                    yield name, entry

    def in_order(domain: Any, names: list[str]) -> list[str]:
        *_, order = citations(domain)
        if not order:
            order += cited_keys(domain, names)  # type: ignore[no-untyped-call]
        return order

    BibtexDomain.get_all_cited_keys = in_order  # type: ignore[method-assign]
    BibtexDomain.get_filtered_entries = filtered  # type: ignore[assignment,method-assign]


def _settings() -> None:
    """Docutils makes a parser of seventy options of a command line to know the defaults, twice a text."""
    import docutils.frontend

    fresh = lru_cache(maxsize=None)(docutils.frontend.get_default_settings)
    docutils.frontend.get_default_settings = lambda *components: fresh(*components).copy()


def _renderers() -> None:
    """MyST looks through all members of a renderer for its rules, once a text."""
    base: Any = import_module("myst_parser.mdit_to_docutils.base")

    rules: dict[type, list[str]] = {}

    def begin(renderer: Any, parser: Any) -> None:
        kind = type(renderer)
        if kind not in rules:
            members = inspect.getmembers(kind, predicate=inspect.isfunction)
            rules[kind] = [name for name, _ in members if name.startswith("render_") and name != "render_children"]
        renderer.md = parser
        renderer.rules = {name: getattr(renderer, name) for name in rules[kind]}
        renderer._inventories = None

    base.DocutilsRenderer.__init__ = begin


class _Lent:
    """A Markdown parser that is given back when it has rendered; another text may be parsed meanwhile, by another."""

    def __init__(self, parser: Any, free: list[Any]) -> None:
        self._parser, self._free, self.options = parser, free, parser.options

    def render(self, text: str) -> Any:
        try:
            return self._parser.render(text)
        finally:
            self.options.pop("document", None)
            self._free.append(self._parser)


def _parsers() -> None:
    """MyST makes a Markdown parser with its plugins, and the regular expressions of these, once a text."""
    sphinx_: Any = import_module("myst_parser.parsers.sphinx_")

    make = sphinx_.create_md_parser
    free: dict[tuple[int, Any], tuple[Any, list[Any]]] = {}

    def lend(config: Any, renderer: Any) -> _Lent:
        # The configuration is kept beside its parsers, so that no other one gets its number.
        _, idle = free.setdefault((id(config), renderer), (config, []))
        return _Lent(idle.pop() if idle else make(config, renderer), idle)

    sphinx_.create_md_parser = lend


def _translations() -> None:
    """Sphinx parses the translation of a paragraph in a first pass, for titles, and again in a second, to use it."""
    i18n: Any = import_module("sphinx.transforms.i18n")

    publish, apply = i18n.publish_msgstr, i18n.Locale.apply
    kept: dict[tuple[str, int], Any] = {}
    last: tuple[str, int] = "", 0

    def once(app: Any, source: str, path: str, line: int, config: Any, settings: Any) -> Any:
        nonlocal last
        last = source, line
        made = kept.pop(last, None)
        return publish(app, source, path, line, config, settings) if made is None else made

    class Updater(i18n._NodeUpdater):  # type: ignore[misc]
        """Keeps what the first pass has made and does not use."""

        def update_title_mapping(self) -> bool:
            processed: bool = super().update_title_mapping()
            if not processed and not isinstance(self.node, i18n.nodes.term):
                kept[last] = self.patch
            return processed

    def of_one_page(transform: Any, **given: Any) -> None:
        kept.clear()
        apply(transform, **given)

    i18n.publish_msgstr, i18n._NodeUpdater, i18n.Locale.apply = once, Updater, of_one_page


def _walks() -> None:
    """Docutils walks through a tree by a generator in each node, through which all that is found below is handed up."""
    from docutils import nodes

    find = nodes.Node.findall

    def walk(top: Any, kinds: Any) -> Iterator[Any]:
        # As there, what is put behind a node while it is looked at is walked through, too.
        if isinstance(top, kinds):
            yield top
        open_ = [iter(top.children)]
        while open_:
            for node in open_[-1]:
                if isinstance(node, kinds):
                    yield node
                if node.children:
                    open_.append(iter(node.children))
                    break
            else:
                open_.pop()

    def findall(node: Any, condition: Any = None, *args: Any, **given: Any) -> Any:
        if args or given:
            return find(node, condition, *args, **given)
        if condition is None or isinstance(condition, type):
            return walk(node, condition or nodes.Node)
        return filter(condition, walk(node, getattr(condition, "classes", None) or nodes.Node))

    nodes.Node.findall = findall


def _files() -> None:
    """Sphinx writes every page that it has read, and all it knows of them, to files for a next time, which is not."""
    import pickle
    from types import SimpleNamespace

    import sphinx.events
    import sphinx.util.nodes
    from sphinx.environment import BuildEnvironment
    from sphinx.util.docutils import LoggingReporter

    builders: Any = import_module("sphinx.builders")
    builders.pickle = SimpleNamespace(dump=lambda *_: None, HIGHEST_PROTOCOL=pickle.HIGHEST_PROTOCOL)
    write, read = builders.Builder.write_doctree, BuildEnvironment.get_doctree

    def keep(builder: Any, name: str, tree: Any, **given: Any) -> None:
        write(builder, name, tree, **given)
        vars(builder.env).setdefault("handbook_trees", {})[name] = tree

    def take(env: Any, name: str) -> Any:
        tree = vars(env).get("handbook_trees", {}).get(name)
        if tree is None:
            return read(env, name)
        tree.settings.env, tree.reporter = env, LoggingReporter(env.doc2path(name))
        return tree

    builders.Builder.write_doctree = keep
    BuildEnvironment.get_doctree = take  # type: ignore[assignment,method-assign]
    # Each event is written out with what it brings, such as a whole page, and each text, for a log that nobody reads.
    sphinx.events.repr = lambda _: ""  # type: ignore[attr-defined]
    sphinx.util.nodes.repr_domxml = lambda *_: ""
    # A notebook is held against its schema when it has been executed.
    reader: Any = import_module("myst_nb.core.read")
    reader.standard_nb_read = import_module("nbformat.v4").reads
