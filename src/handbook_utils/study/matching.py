"""Ids that should be the same in two files: what has become of those that are not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from handbook_utils.errors import InputError, listed

#: Months by their names and what they are cut to, in English and Dutch.
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("jan january januari", "feb febr february februari", "mar mrt march maart", "apr april", "may mei"),
            *("jun june juni", "jul july juli", "aug august augustus", "sep sept september"),
            *("oct okt october oktober", "nov november", "dec december"),
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBER = re.compile(r"^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$")
_ISO = re.compile(r"^\d{4}-(\d{2})-(\d{2})(?:[ T]00:00:00)?$")
_WORD_FIRST = re.compile(r"^([a-z]{3,9})[-\s.]?(\d{1,2})$")
_WORD_LAST = re.compile(r"^(\d{1,2})[-\s.]([a-z]{3,9})\.?(?:[-\s]\d{2,4})?$")
_DIGITS = re.compile(r"^(\d{1,2})[-/.](\d{1,2})(?:[-/.]\d{2,4})?$")


def _trimmed(name: str) -> set[str]:
    # Also the blanks that do not look like blanks: no-break space, zero width space, byte order mark.
    return {re.sub(r"[\s\u00a0\u200b\ufeff]+", " ", name).strip()}


def _capitals(name: str) -> set[str]:
    return {name.strip().casefold()}


def _spreadsheet(name: str) -> set[str]:
    """Return what a spreadsheet may take an id for: the same number, or the same day of a month."""
    text = name.strip().casefold()
    keys = set()
    if _NUMBER.match(text):
        value = float(text.replace(",", "."))
        keys.add(f"number {value!r}")
        if abs(value) >= 1e11:  # shown as 1.23457E+18
            keys.add(f"number {value:.5e}")
    if found := _ISO.match(text):
        keys.add(f"day {int(found[1])}-{int(found[2])}")
    if (found := _WORD_FIRST.match(text)) and found[1] in MONTHS:
        keys.add(f"day {MONTHS[found[1]]}-{int(found[2])}")
    if (found := _WORD_LAST.match(text)) and found[2] in MONTHS:
        keys.add(f"day {MONTHS[found[2]]}-{int(found[1])}")
    if found := _DIGITS.match(text):
        one, two = int(found[1]), int(found[2])
        keys |= {f"day {a}-{b}" for a, b in ((one, two), (two, one)) if 1 <= a <= 12 and 1 <= b <= 31}
    return keys


def _in_r(name: str) -> set[str]:
    """Return what R makes of a name when it must be a variable: ``1-a`` becomes ``X1.a``."""
    made = re.sub(r"[^\w.]|_", ".", name.strip())
    return {made, made.removeprefix("X")}


def _spelled(name: str) -> set[str]:
    """Return an id by its words and numbers: ``PT-01``, ``pt_1`` and ``Pt 1`` are spelled alike; 1-12 is not 11-2."""
    parts = re.findall(r"[^\W\d_]+|\d+", name.casefold())
    return {"-".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)} if parts else set()


#: What happens to ids, how they are known again, what mends it, and the value of ``match_ids`` that takes them as one.
_CHANGES: list[tuple[str, Callable[[str], set[str]], str, str]] = [
    ("blanks before, after or within them", _trimmed, "Remove the blanks.", "blanks"),
    (
        "what a spreadsheet makes of numbers and dates",
        _spreadsheet,
        "Take the ids from the original file, format the column as Text, and export it again.",
        "spreadsheet",
    ),
    ("capitals", _capitals, "Write them alike.", "capitals"),
    ("what R makes of names", _in_r, "Read the table in R with check.names = FALSE, and export it again.", "r"),
    ("signs, capitals and zeros in front", _spelled, "Write them alike.", "spelling"),
]
#: More pairs than this are not looked at one by one; then only endings that are known are.
_MOST_PAIRS = 5_000_000
#: Endings that programs put to the name of a sample, and beginnings.
_TAIL = re.compile(
    r"(?i)(?:(?:[._-](?:S\d+|L\d{3}|R?[12]|001|profile|metaphlan\d?|bugs_list|kraken2?|bracken|report|kreport2?|"
    r"kneaddata|paired|trimmed|filtered|merged|clean|concat|Abundance|abundance|RPKs?|CPM|relab|sorted|dedup|host_removed))"
    r"|\.(?:fastq|fq|fasta|fa|gz|bam|sam|txt|tsv|csv|out))+$"
)


def loose_keys(name: str) -> set[str]:
    """Return all forms under which a changed id may be known again.

    Parameters
    ----------
    name : str
        An id.

    Returns
    -------
    set of str
        Two ids that share one may be the same.

    Examples
    --------
    >>> loose_keys("1.10") & loose_keys("1.1") != set(), loose_keys("MARCH1") & loose_keys("1-Mar")
    (True, {'day 3-1'})
    """
    return {key for _, keys, _, _ in _CHANGES for key in keys(name)}


def changed_ids(
    left: Sequence[str], right: Iterable[str], what: str, places: tuple[str, str], where: str
) -> list[InputError]:
    """Explain ids that differ between two files and are probably meant to be the same.

    Parameters
    ----------
    left, right : sequence of str
        The ids that have no equal on the other side.
    what : str
        "sample" or "feature".
    places : tuple of str
        What to call the two sides.
    where : str
        For the message.

    Returns
    -------
    list of InputError
        One for each kind of change.

    Examples
    --------
    >>> (error,) = changed_ids(["1.10"], ["1.1"], "sample", ("the table", "the metadata"), "a.tsv, b.xlsx")
    >>> print(error.problem)
    1 sample ids match only but for what a spreadsheet makes of numbers and dates.
    >>> error.remedy.endswith("Or take them as the same: match_ids spreadsheet.")
    True
    """
    return [
        InputError(
            f"{len(pairs)} {what} ids match only but for {kind}.",
            where=where,
            expected=f"the same ids in {places[0]} and {places[1]}",
            found=listed([f"{one!r} and {other!r}" for one, other in pairs.items()], most=4),
            remedy=remedy + (f" Or take them as the same: match_ids {choice}." if what == "sample" else ""),
        )
        for (kind, _, remedy, choice), pairs in zip(_CHANGES, changes(left, right), strict=True)
        if pairs
    ]


def changes(left: Sequence[str], right: Iterable[str]) -> list[dict[str, str]]:
    """Pair ids that a kind of change would explain, each id once, by the first kind that does.

    Parameters
    ----------
    left, right : sequence of str
        The ids that have no equal on the other side.

    Returns
    -------
    list of dict of str to str
        From left to right, for each kind of change.

    Examples
    --------
    >>> [pairs for pairs in changes(["P1", "p2", "7"], ["P1 ", "P2", "7.0"]) if pairs]
    [{'P1': 'P1 '}, {'7': '7.0'}, {'p2': 'P2'}]
    """
    made = []
    rest, others = list(left), list(right)
    for _, keys, _, _ in _CHANGES:
        known = {key: name for name in reversed(others) for key in keys(name)}
        pairs = {name: known[key] for name in rest for key in sorted(keys(name)) if key in known}
        rest = [name for name in rest if name not in pairs]
        made.append(pairs)
    return made


def pairs_by(how: str, left: Sequence[str], right: Sequence[str]) -> dict[str, str]:
    """Pair ids that differ by one thing only: a suffix, a prefix, blanks, capitals, a spreadsheet, R, spelling.

    Only pairs of which neither side fits another are taken.

    Parameters
    ----------
    how : str
        A value of ``match_ids``.
    left, right : sequence of str
        Ids without an equal on the other side.

    Returns
    -------
    dict of str to str
        From left to right.

    Examples
    --------
    >>> pairs_by("suffix", ["P1", "P10"], ["P1_S1_L001", "P10_S2_L001"])
    {'P1': 'P1_S1_L001', 'P10': 'P10_S2_L001'}
    >>> pairs_by("prefix", ["P1", "P10"], ["saP1", "saP10"])
    {'P1': 'saP1', 'P10': 'saP10'}
    """
    if how in ("suffix", "prefix"):
        candidates = _affixed(left, right, how)
    else:
        keys = next((keys for _, keys, _, choice in _CHANGES if choice == how), None)
        if keys is None:
            return {}
        known: dict[str, set[str]] = {}
        for other in right:
            for key in keys(other):
                known.setdefault(key, set()).add(other)
        candidates = [(one, other) for one in left for key in keys(one) for other in known.get(key, ())]
    candidates = sorted(set(candidates))
    ones, others = Counter(one for one, _ in candidates), Counter(other for _, other in candidates)
    return {one: other for one, other in candidates if ones[one] == 1 and others[other] == 1}


def _affixed(left: Sequence[str], right: Sequence[str], how: str) -> list[tuple[str, str]]:
    """Pair ids of which one goes on where the other ends, at a separator or by what all have."""
    found: list[tuple[str, str, str]] = []
    for one in left if len(left) * len(right) < _MOST_PAIRS else []:
        for other in right:
            short, long = sorted((one, other), key=len)
            if (
                short
                and len(long) > len(short)
                and (long.startswith(short) if how == "suffix" else long.endswith(short))
            ):
                found.append((one, other, long[len(short) :] if how == "suffix" else long[: -len(short)]))
    common = Counter(affix for _, _, affix in found)
    good = []
    for one, other, affix in found:
        edge = affix[0] if how == "suffix" else affix[-1]
        # P1 is no P10: without a separator it must be what all the others have, and no number before a number.
        alike = common[affix] >= 2 and common[affix] >= 0.8 * max(len(left), 1) and not edge.isdigit()
        if (
            not edge.isalnum()
            or alike
            or (how == "prefix" and affix in ("X", "sa", "sample", "Sample") and common[affix] > 1)
        ):
            good.append((one, other))
    if how == "suffix":
        # Two different endings that programs are known to put there; not for ids that already fit one another.
        used = {name for pair in good for name in pair}
        stems: dict[str, list[str]] = {}
        for other in right:
            stems.setdefault(_TAIL.sub("", other), []).append(other)
        good += [
            (one, other)
            for one in left
            for other in stems.get(_TAIL.sub("", one), [])
            if _TAIL.sub("", one) and used.isdisjoint((one, other))
        ]
    # The longest that fits: of P1_2 and P1_2_L001 the first belongs to P1_2, not to P1.
    longest: dict[str, int] = {}
    for one, other in good:
        short, long = sorted((one, other), key=len)
        longest[long] = max(longest.get(long, 0), len(short))
    return [
        (one, other) for one, other in good if min(len(one), len(other)) == longest[sorted((one, other), key=len)[1]]
    ]


def affix_errors(left: Sequence[str], right: Sequence[str], places: tuple[str, str], where: str) -> list[InputError]:
    """Propose a suffix or prefix by which sample ids of two files differ.

    Parameters
    ----------
    left, right : sequence of str
        Ids of each file that the other lacks.
    places : tuple of str
        What each file is called.
    where : str
        Both files, for the message.

    Returns
    -------
    list of InputError
        One at most: of what more pairs differ by.

    Examples
    --------
    >>> print(affix_errors(["P00"], ["P00_S0_L001"], ("the table", "the metadata"), "a.tsv, b.tsv")[0].remedy)
    Write them alike; or take them as the same: match_ids suffix.
    """
    best: list[InputError] = []
    most = 0
    for how in ("suffix", "prefix"):
        pairs = pairs_by(how, left, right)
        if len(pairs) <= most:
            continue
        most = len(pairs)
        affixes = Counter(_rest(one, other, how) for one, other in pairs.items())
        shown = listed([repr(affix) for affix, _ in affixes.most_common()], most=3)
        best = [
            InputError(
                f"{len(pairs)} samples have no metadata: their ids differ by a {how}, {shown}.",
                where=where,
                expected=f"the same ids in {places[0]} and {places[1]}",
                found=listed([f"{one!r} and {other!r}" for one, other in pairs.items()], most=4),
                remedy=f"Write them alike; or take them as the same: match_ids {how}.",
            )
        ]
    return best


def _rest(one: str, other: str, how: str) -> str:
    short, long = sorted((one, other), key=len)
    if how == "suffix":
        return long[len(short) :] if long.startswith(short) else long.removeprefix(_TAIL.sub("", long))
    return long[: -len(short)]


def nothing_shared(what: str, ours: Sequence[str], other: str, theirs: Sequence[str], where: str) -> InputError:
    """Say that two files have no id in common.

    Parameters
    ----------
    what : str
        "sample" or "feature".
    ours : sequence of str
        Ids of the table.
    other : str
        What the other file is.
    theirs : sequence of str
        Its ids.
    where : str
        Both files, for the message.

    Returns
    -------
    InputError
        To be raised.
    """
    return InputError(
        f"No {what} of the feature table is in the {other}.",
        where=where,
        expected=f"the same {what} ids in both",
        found=f"in the table {listed(ours, most=3)}; in the {other} {listed(theirs, most=3)}",
        remedy="Are these files of the same study?",
    )
