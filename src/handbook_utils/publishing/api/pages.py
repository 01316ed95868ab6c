"""A page on each package that notebooks import: what it holds, how it is called, and which chapters use it."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handbook_utils.chapters.code import parsed
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.execution.used import PACKAGE, python_of
from handbook_utils.publishing.api.docstring import LISTS, Leads, Section, entries_of, in_html, inline, sections_of
from handbook_utils.publishing.api.modules import Member, Module, modules_for, taken
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter

#: The page that the others stand under, where the contents of the book have it.
ABOVE = "book/api"


@dataclass(frozen=True)
class ApiPage:
    """A page on a package.

    Attributes
    ----------
    name : str
        Of the page, without ending.
    package : str
        What it is about, dotted.
    summary : str
        The first sentence of the package.
    text : str
        MyST Markdown.
    """

    name: str
    package: str
    summary: str
    text: str


def api_pages(chapters: Sequence[Chapter], source: str, cache: Path) -> list[ApiPage]:
    """Write the pages on all packages that chapters import, and on those that these import.

    Parameters
    ----------
    chapters : sequence of Chapter
        Of the book.
    source : str
        Where the package's files can be seen: an address that a file's name is added to; empty where that is not known.
    cache : pathlib.Path
        A folder where they are kept, for as long as no source changes.

    Returns
    -------
    list of ApiPage
        By package.

    Raises
    ------
    InputErrors
        What docstrings refer to and is not there.
    """
    code = {one.slug: [cell.source for cell in one.notebook().cells if cell.cell_type == "code"] for one in chapters}
    titles = {one.slug: one.title for one in chapters}
    sources = [path.read_bytes() for path in sorted(PACKAGE.rglob("*.py"))]
    kept = cache / f"{sha256(json.dumps([code, titles, source]).encode() + b''.join(sources))}.json"
    if kept.is_file():
        return [ApiPage(**one) for one in json.loads(kept.read_text(encoding="utf-8"))]
    modules = modules_for([cell for cells in code.values() for cell in cells])
    pages = list(_Writer(modules, _users(code), titles, source).pages())
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("*.json"):
        old.unlink(missing_ok=True)
    durable.write(kept, json.dumps([asdict(one) for one in pages]).encode(), replace=True)
    return pages


def page_of(package: str) -> str:
    """Return the name of the page on a package.

    Parameters
    ----------
    package : str
        Dotted.

    Returns
    -------
    str
        Without ending.

    Examples
    --------
    >>> page_of("analysis.distance")
    'book/api/analysis-distance'
    """
    return f"{ABOVE}/{package.replace('.', '-')}"


def _users(code: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return which chapters take what."""
    found: dict[str, list[str]] = defaultdict(list)
    for slug, cells in code.items():
        for name in dict.fromkeys(name for cell in cells for name in taken(parsed(python_of(cell)))):
            found[name].append(slug)
    return found


def _package_of(module: Module) -> str:
    """Return the page a module stands on: that of its package; a module without one has its own."""
    if module.path.name == "__init__.py" or "." not in module.name:
        return module.name
    return module.name.rpartition(".")[0]


class _Writer:
    """Writes the pages, and knows where each name stands."""

    def __init__(
        self, modules: Sequence[Module], users: Mapping[str, Sequence[str]], titles: Mapping[str, str], source: str
    ) -> None:
        self._users, self._titles, self._source = users, titles, source
        self._by_package: dict[str, list[Module]] = defaultdict(list)
        self._known: dict[str, str] = {}  # by dotted name, its address
        self._aliases: dict[str, str] = {}  # by the name that a module gives what it imports, the full one
        self._broken: list[InputError] = []
        for module in sorted(modules, key=lambda one: one.name):
            package = _package_of(module)
            self._by_package[package].append(module)
            page = f"{page_of(package).rpartition('/')[2]}.html"
            own = {name: f"{page}#{_anchor(module)}" for name in module.names}
            own |= {name: f"{page}#{_anchor(module, first)}" for name, first in _named(module)}
            self._known |= {f"{module.name}.{name}": address for name, address in own.items()}
            self._known[module.name] = f"{page}#{_anchor(module)}" if package != module.name else page
            self._aliases |= {f"{module.name}.{name.rpartition('.')[2]}": name for name in module.imports}
        # What a package hands on under a shorter name is imported by that.
        handed_on = {one.name for one in modules if one.path.name == "__init__.py"}
        self._shorter = {full: name for name, full in self._aliases.items() if name.rpartition(".")[0] in handed_on}

    def pages(self) -> Iterator[ApiPage]:
        for package, modules in self._by_package.items():
            if not any(one.members or one.constants for one in modules):
                continue
            said = next((one.said for one in modules if one.name == package), "")
            first = inline(said.partition("\n\n")[0], lambda _role, _target: None)
            body = "\n\n".join(self._module(one, alone=one.name == package) for one in modules)
            yield ApiPage(page_of(package), package, first, f"# `{package}`\n\n{body}\n")
        if self._broken:
            raise InputErrors(self._broken)

    def _module(self, module: Module, *, alone: bool) -> str:
        if not alone and not module.members and not module.constants:
            return ""
        leads = self._leads(module)
        made = [f'<div class="api">{in_html(module.said, leads)}']
        if len(module.members) > 1:
            named = [(_anchor(module, one.name), one.name) for one in module.members]
            links = (f'<li><a href="#{place}"><code>{name}</code></a></li>' for place, name in named)
            made.append(f'<ul class="held">{"".join(links)}</ul>')
        made += [self._constants(module, leads)] if module.constants else []
        made += [self._member(one, module, 2 if alone else 3) for one in module.members]
        title = "" if alone else f"({_anchor(module)})=\n## `{module.name}`\n\n"
        # A blank line in it, as an example may have, would not end it: a fence does.
        return f"{title}``````{{raw}} html\n{''.join(made)}</div>\n``````"

    def _constants(self, module: Module, leads: Leads) -> str:
        rows = []
        for one in module.constants:
            value = f" = {one.value}" if one.value else ""
            place = _anchor(module, one.name.partition(",")[0])
            shown = html.escape(f"{one.name}{value}", quote=False)
            rows.append(f'<dt id="{place}"><code>{shown}</code></dt><dd>{inline(one.said, leads)}</dd>')
        return f'<dl class="constants">{"".join(rows)}</dl>'

    def _member(self, member: Member, module: Module, level: int) -> str:
        outermost = "." not in member.name
        leads = self._leads(module, member.name.partition(".")[0])
        first, *sections = sections_of(member.said)
        summary, _, rest = first.text.partition("\n\n")
        called = f"{member.name}{member.signature}" if member.signature else ""
        if outermost:
            full = f"{module.name}.{member.name}"
            where = self._shorter.get(full, full).rpartition(".")[0]
            called = f"from {PACKAGE.name}.{where} import {member.name}\n{called}".rstrip()
        made = [
            f'<section id="{_anchor(module, member.name)}"><h{level}><code>{member.name}</code></h{level}>',
            f"<p>{inline(summary, leads)}</p>",
            f'<div class="highlight"><pre>{html.escape(called, quote=False)}</pre></div>' if called else "",
            f'<div class="told">{in_html(rest, leads)}',
            *(f'<p class="head">{one.name}</p>{_section(one, leads)}' for one in sections),
            f"{self._where(member, module) if outermost else ''}</div>",
            *(self._member(one, module, level + 1) for one in member.members),
            "</section>",
        ]
        return "".join(made)

    def _where(self, member: Member, module: Module) -> str:
        """Say which chapters use it, and where its source is."""
        full = f"{module.name}.{member.name}"
        users = dict.fromkeys([*self._users.get(full, ()), *self._users.get(self._shorter.get(full, ""), ())])
        chapters = [f'<a href="../../notebooks/{one}.html">{html.escape(self._titles[one])}</a>' for one in users]
        told = f"Used in: {', '.join(chapters)}. " if chapters else ""
        file = f"{PACKAGE.name}/{module.path.relative_to(PACKAGE).as_posix()}"
        if self._source:
            told += f'<a href="{html.escape(f"{self._source}{file}#L{member.line}")}">Source</a>.'
        return f'<p class="used">{told}</p>' if told else ""

    def _full(self, name: str) -> str:
        """Follow a dotted name to where what it names is written."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            if (full := self._aliases.get(".".join(parts[:end]))) is not None and full != ".".join(parts[:end]):
                return self._full(".".join([full, *parts[end:]]))
        return name

    def _leads(self, module: Module, owner: str = "") -> Leads:
        """Return what finds names as a docstring of a module writes them: its own, what it imports, or dotted."""

        def leads(role: str, target: str) -> str | None:
            plain = target.removeprefix(f"{PACKAGE.name}.")
            for name in (f"{module.name}.{owner}.{plain}", f"{module.name}.{plain}", plain):
                if (found := self._known.get(self._full(name))) is not None:
                    return found
            if not _in_package(plain):
                self._broken.append(
                    InputError(
                        f"A docstring refers to what is not there: {target} [{role}]",
                        where=f"{PACKAGE.name}.{module.name}" + (f", {owner}" if owner else ""),
                    )
                )
            return None

        return leads


def _section(section: Section, leads: Leads) -> str:
    if section.name not in LISTS:
        return in_html(section.text, leads)
    rows = []
    for entry in entries_of(section.text):
        names, _, kind = entry.name.partition(" : ")
        shown = f"<code>{html.escape(names)}</code> {html.escape(kind)}".rstrip()
        rows.append(f"<dt>{shown}</dt><dd>{in_html(entry.text, leads)}</dd>")
    return f"<dl>{''.join(rows)}</dl>"


def _named(module: Module) -> Iterator[tuple[str, str]]:
    """Yield what has a place of its own on a page, and the name of that place: constants set together share one."""
    for constant in module.constants:
        names = constant.name.split(", ")
        yield from ((name, names[0]) for name in names)
    for member in module.members:
        yield from ((one.name, one.name) for one in (member, *member.members))


def _in_package(name: str) -> bool:
    """Tell whether a dotted name begins with a module of this package, which may be one without a page."""
    place = PACKAGE.joinpath(*name.split(".")[:2])
    return place.with_suffix(".py").is_file() or place.is_dir()


def _anchor(module: Module, name: str = "") -> str:
    return _id(f"{module.name}.{name}" if name else module.name)


def _id(name: str) -> str:
    return f"api-{name.replace('.', '-')}"
