"""A docstring in its pieces, as numpydoc has them, and each piece in HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: Given the role and the target of a reference, returns where it leads; None where it leads nowhere.
Leads = Callable[[str, str], str | None]

#: Sections that list names with what they are; all others are prose, or an example.
LISTS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")
_HEAD = re.compile(r"^(?P<name>[A-Z]\w+)\n-{3,}\n", re.MULTILINE)
_ITEM = re.compile(r"^(?:-|(?P<number>\d+\.)) (?P<text>.*)", re.DOTALL)
_INLINE = re.compile(
    r"``(?P<code>.+?)``|:(?P<role>\w+):`(?P<target>[^`]+)`|`(?P<name>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*"
    r"|(?<![\w*])\*(?P<emphasis>[^*\s][^*]*)\*(?!\w)|\bdoi:(?P<doi>10\.[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Section:
    """A section of a docstring: its heading, empty for what stands before the first, and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Entry:
    """What a list of a docstring says of a name, or of a type that has none."""

    name: str
    text: str


def sections_of(said: str) -> list[Section]:
    r"""Part a docstring at its headings.

    Parameters
    ----------
    said : str
        As :func:`inspect.cleandoc` leaves it.

    Returns
    -------
    list of Section
        The first has no heading.

    Examples
    --------
    >>> sections_of("Add.\n\nReturns\n-------\nint\n    All.")
    [Section(name='', text='Add.'), Section(name='Returns', text='int\n    All.')]
    """
    heads = list(_HEAD.finditer(said))
    starts = [match.start() for match in heads] + [len(said)]
    found = [Section("", said[: starts[0]].strip())]
    found += [
        Section(match["name"], said[match.end() : end].strip()) for match, end in zip(heads, starts[1:], strict=True)
    ]
    return found


def entries_of(text: str) -> list[Entry]:
    r"""Return what a section lists: a line that is not indented is a name, what is indented below it says what it is.

    Parameters
    ----------
    text : str
        Of a section that is one of :data:`LISTS`.

    Returns
    -------
    list of Entry
        In their order.

    Examples
    --------
    >>> entries_of("a, b : int\n    Numbers.\n*more\n    Others.")
    [Entry(name='a, b : int', text='Numbers.'), Entry(name='*more', text='Others.')]
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            found.append((line, []))
        elif found:
            found[-1][1].append(line.removeprefix("    "))
    return [Entry(name, "\n".join(lines).strip()) for name, lines in found]


def in_html(text: str, leads: Leads) -> str:
    r"""Write the prose of a docstring as HTML: paragraphs, lists, examples and what stands as it is.

    Parameters
    ----------
    text : str
        Of a section.
    leads : callable
        Where references lead.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> in_html("By ``n``, *see*::\n\n    a < b\n\n- one\n- two", lambda role, target: None)
    '<p>By <code>n</code>, <em>see</em>:</p><pre tabindex="0">a &lt; b</pre><ul><li>one</li><li>two</li></ul>'
    """
    made, as_it_is = [], False
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("    ") and as_it_is:
            lines = "\n".join(line.removeprefix("    ") for line in block.splitlines())
            made.append(f'<pre tabindex="0">{html.escape(lines, quote=False)}</pre>')
            continue
        as_it_is = block.rstrip().endswith("::")
        if block.startswith(">>>"):
            made.append(f'<pre class="example" tabindex="0">{html.escape(block, quote=False)}</pre>')
        elif _ITEM.match(block):
            made.append(_listed(block, leads))
        elif block.strip():
            made.append(f"<p>{inline(block.rstrip().removesuffix(':') if as_it_is else block, leads)}</p>")
    return "".join(made)


def _listed(block: str, leads: Leads) -> str:
    items: list[str] = []
    numbered = False
    for line in block.splitlines():
        found = _ITEM.match(line)
        if found:
            items.append(found["text"])
            numbered = bool(found["number"])
        else:
            items[-1] += f" {line.strip()}"
    kind = "ol" if numbered else "ul"
    return f"<{kind}>{''.join(f'<li>{inline(one, leads)}</li>' for one in items)}</{kind}>"


def inline(text: str, leads: Leads) -> str:
    """Write a piece of a line as HTML.

    Parameters
    ----------
    text : str
        With the marks of reStructuredText.
    leads : callable
        Where references lead.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> inline("See :func:`~a.b` and doi:10.1000/1.", lambda role, target: "x.html#b")
    'See <a href="x.html#b"><code>b</code></a> and <a href="https://doi.org/10.1000/1">doi:10.1000/1</a>.'
    """
    return "".join(_pieces(" ".join(text.split()), leads))


def _pieces(text: str, leads: Leads) -> Iterator[str]:
    place = 0
    for match in _INLINE.finditer(text):
        yield html.escape(text[place : match.start()], quote=False)
        place = match.end()
        kind = match.lastgroup
        if kind == "target":
            yield _reference(match["role"], match["target"], leads)
        elif kind == "doi":
            doi = match["doi"].rstrip(".,;:")
            place -= len(match["doi"]) - len(doi)
            yield f'<a href="https://doi.org/{html.escape(doi)}">doi:{html.escape(doi)}</a>'
        elif kind in ("code", "name"):
            yield f"<code>{html.escape(match[kind], quote=False)}</code>"
        else:
            tag = "strong" if kind == "strong" else "em"
            yield f"<{tag}>{html.escape(match[str(kind)], quote=False)}</{tag}>"
    yield html.escape(text[place:], quote=False)


def _reference(role: str, target: str, leads: Leads) -> str:
    name = target.removeprefix("~")
    shown = f"<code>{html.escape(name.rpartition('.')[2] if target.startswith('~') else name, quote=False)}</code>"
    address = leads(role, name)
    return f'<a href="{html.escape(address)}">{shown}</a>' if address else shown
