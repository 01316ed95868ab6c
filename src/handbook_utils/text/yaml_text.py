"""YAML is read in one way: text first, no name twice, nothing that unfolds without end, nothing too deep.

YAML takes ``no`` for false, ``007`` for 7 and ``12:30`` for 750. Whoever asks knows of what type the answer is, so
scalars stay the text that was written; :func:`typed` is for files of tools (Jupyter Book's) and of the handbook itself,
where YAML's own types are meant.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

import yaml

from handbook_utils.errors import InputError

#: Lists and mappings within each other, what stands in one file altogether, and how many characters that is. They bound
#: what reading takes, whatever is in a file: 10 s of work and 2 GB (a test measures the worst).
DEEPEST = 30
MOST = 500_000
LONGEST = 20_000_000
#: Ten times as fast where PyYAML has it.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str, where: str, loader: Any = _FAST) -> yaml.Node | None:
    """Read YAML into its nodes, which know their lines.

    Parameters
    ----------
    text : str
        One document.
    where : str
        The file, for messages.
    loader : type
        One of PyYAML's safe ones.

    Returns
    -------
    yaml.Node or None
        None where there is nothing. Whoever walks through the nodes tells names that stand twice, with the rest.

    Raises
    ------
    InputError
        Not YAML, nested too deep, or too large, also by aliases that unfold.
    """
    if len(text) > LONGEST:
        raise InputError(
            "The YAML is longer than anybody writes.",
            where=where,
            expected=f"at most {LONGEST:,} characters",
            found=f"{len(text):,}",
            remedy="Is this the right file? Large tables are given as tables.",
        )
    try:
        _limits(text, where, loader)
        node = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            "The file is not YAML.",
            where=_at(where, mark) if mark else where,
            found=str(getattr(error, "problem", None) or error),
            remedy="Indent by spaces, never by tabs, and put a value that holds : or # between quotation marks.",
        ) from None
    if node is not None:
        _unfolded(node, where)
    return node


def read(text: str, where: str) -> Any:
    """Read YAML as lists, mappings and text; None is an empty value.

    Parameters
    ----------
    text : str
        One document.
    where : str
        The file, for messages.

    Returns
    -------
    dict, list, str or None
        Numbers, dates, yes and no stay as they were written.

    Raises
    ------
    InputError
        As :func:`compose`; a name twice in one mapping.

    Examples
    --------
    >>> read("{group: no, id: 007, share: 1e5, none: , list: [a, 12:30]}", "params.yml")
    {'group': 'no', 'id': '007', 'share': '1e5', 'none': None, 'list': ['a', '12:30']}
    """
    node = compose(text, where)
    if node is None:
        return None
    _no_doubles(node, where)
    return _plain(node, where)


def typed(text: str, where: str) -> Any:
    """Read YAML with YAML's own types.

    Parameters
    ----------
    text : str
        One document.
    where : str
        The file, for messages.

    Returns
    -------
    object
        As ``yaml.safe_load``.

    Raises
    ------
    InputError
        As :func:`compose`; a name twice; a value that is not of the type its form says.
    """
    node = _checked(text, where)
    if node is None:
        return None
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError("The YAML holds a value that cannot be read.", where=where, found=str(error)) from None
    finally:
        loader.dispose()


@lru_cache(maxsize=32)
def _checked(text: str, where: str) -> yaml.Node | None:
    """Return the nodes of a text without doubles; a build asks for the same few files hundreds of times."""
    node = compose(text, where)
    if node is not None:
        _no_doubles(node, where)
    return node


def is_empty(node: yaml.Node) -> bool:
    """Tell whether a node is an empty value: nothing, ``~`` or ``null``, not between quotation marks.

    Parameters
    ----------
    node : yaml.Node
        Of :func:`compose`.

    Returns
    -------
    bool
        False of lists and mappings.
    """
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null")


def _limits(text: str, where: str, loader: Any) -> None:
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or number > MOST:
            raise _unfolding(_at(where, event.start_mark))


def _unfolded(node: yaml.Node, where: str) -> None:
    """Walk through all that aliases (``*name``) unfold to: a few lines can become a billion values, or never end."""
    waiting, seen = [(node, 1)], 0
    while waiting:
        here, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST:
            raise _unfolding(where)
        if isinstance(here, yaml.MappingNode):
            waiting += [(each, depth + 1) for pair in here.value for each in pair]
        elif isinstance(here, yaml.SequenceNode):
            waiting += [(each, depth + 1) for each in here.value]


def _unfolding(where: str) -> InputError:
    return InputError(
        "The YAML is larger or nested deeper than any person writes.",
        where=where,
        expected=f"at most {DEEPEST} levels, and {MOST} values, with all that *names unfold to",
    )


def _no_doubles(node: yaml.Node, where: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[Hashable, int] = {}
        for name, value in node.value:
            if isinstance(name, yaml.ScalarNode):
                if name.value in seen:
                    raise InputError(
                        "A name stands twice in the YAML.",
                        where=_at(where, name.start_mark),
                        expected="each name once",
                        found=f"{name.value}, as in line {seen[name.value]}",
                    )
                seen[name.value] = name.start_mark.line + 1
            _no_doubles(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            _no_doubles(entry, where)


def _plain(node: yaml.Node, where: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        for name, _ in node.value:
            if not isinstance(name, yaml.ScalarNode):
                raise InputError("A name in the YAML is not text.", where=_at(where, name.start_mark))
        return {str(name.value): _plain(value, where) for name, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(entry, where) for entry in node.value]
    return None if is_empty(node) else str(node.value)


def _at(where: str, mark: Any) -> str:
    return f"{where}, line {mark.line + 1}, column {mark.column + 1}"
