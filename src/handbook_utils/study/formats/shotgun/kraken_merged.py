"""Reports of Kraken's family merged in MetaPhlAn's style: lineages ``d__…|p__…``, reads of a clade at every rank."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content, sheet
from handbook_utils.study.formats.format import Format
from handbook_utils.study.formats.nested import nested
from handbook_utils.study.formats.shotgun import metaphlan
from handbook_utils.study.tables import Table

_NAME = "merged reports with lineages"


def _fits(content: Content) -> bool:
    """Whether a text lists clades as lineages at every rank, with domains, and is not MetaPhlAn's."""
    head = content.head
    if metaphlan.fits(content) or _beside_each_other(head.splitlines()[:500]):
        return False
    if re.search(r"(?m)^\"?(?:d|k|sk|r)__[^\t|;]+[\t,]", head) and re.search(r"(?m)^\"?\w+__[^\t]*[|;]p__", head):
        return True
    titled = re.match(r"#?(?:Classification|ID|clade_name)\t", head) and re.search(r"(?m)^(?:d|sk)__[^\t|]+\|", head)
    return bool(titled) or _within_each_other(line.split("\t")[0].strip('"') for line in head.splitlines()[:500])


def _beside_each_other(lines: Iterable[str]) -> bool:
    r"""Whether lineages with semicolons are no parts of each other, as where reads stop at several ranks (MGnify).

    Where reads count at every rank, nearly every lineage stands below one that is there, too, and has no more than it.

    Examples
    --------
    >>> _beside_each_other(["sk__B\t5", "sk__B;k__;p__F;g__G\t120", "sk__B;k__;p__P;g__H\t30"])
    True
    >>> _beside_each_other(["d__B\t150", "d__B;p__F\t120", "d__B;p__P\t30"])
    False
    """
    rows = {cells[0].strip('" '): cells[1:] for cells in (line.split("\t") for line in lines) if "__" in cells[0]}
    below = [name for name in rows if ";" in name and "|" not in name]
    within = [name for name in below if name.rpartition(";")[0] in rows]
    if not below:
        return False
    more = sum(any(map(_more, rows[name], rows[name.rpartition(";")[0]])) for name in within)
    return len(within) < len(below) / 2 or more > len(within) / 10


def _more(one: str, other: str) -> bool:
    try:
        return float(one) > 1.001 * float(other) + 0.01
    except ValueError:
        return False


def _within_each_other(names: Iterable[str]) -> bool:
    """Whether a clade stands there beside one that holds it, so that its reads would count twice."""
    clades = {name for name in names if re.match(r"(?:d|k|sk)__", name)}
    return any("|" in name and name.rpartition("|")[0] in clades for name in clades)


def _read(content: Content, choices: Choices) -> Table:
    """Read reads of clades at species level, or at the rank that is asked for.

    Source: KrakenTools, ``kreport2mpa.py`` and ``combine_mpa.py``.
    """
    return nested(sheet(content, choices), choices, _NAME)


FORMATS = [
    Format(
        _NAME,
        "KrakenTools (kreport2mpa, combine_mpa), Kraken 2 --use-mpa-style",
        "KrakenTools 1.2; Kraken 2",
        "a row for every clade, named by lineages d__…|p__…",
        "KrakenTools README, combine_mpa.py",
        "#Classification\tS1\tS2\nd__Bacteria\t90\t80\nd__Bacteria|p__Bacillota\t60\t50\n"
        "d__Bacteria|p__Bacillota|g__Blautia|s__Blautia obeum\t60\t50\n",
        _fits,
        _read,
    )
]
