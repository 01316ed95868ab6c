"""Contrasts between groups, written as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from handbook_utils.errors import InputError, listed


def contrasts_of(text: str, levels: Sequence[str]) -> pd.DataFrame:
    """Return the weights of each group in each contrast.

    Parameters
    ----------
    text : str
        Empty: each group against the first. ``pairs``: each against each. Otherwise contrasts separated by ``;``, each
        a sum of groups with weights: ``high - low; high - 0.5 low - 0.5 none``.
    levels : sequence of str
        The groups, the reference first.

    Returns
    -------
    pandas.DataFrame
        Contrast × group; the weights of a contrast add up to 0.

    Raises
    ------
    InputError
        A contrast that cannot be read, or does not add up to 0.

    Examples
    --------
    >>> contrasts_of("high - 0.5 low - 0.5 none", ["none", "low", "high"]).to_dict("records")
    [{'none': -0.5, 'low': -0.5, 'high': 1.0}]
    >>> list(contrasts_of("pairs", ["a", "b", "c"]).index)
    ['b - a', 'c - a', 'c - b']
    """
    if not text.strip() or text.strip() == "pairs":
        chosen = list(combinations(levels, 2)) if text.strip() else [(levels[0], other) for other in levels[1:]]
        rows = {f"{two} - {one}": {one: -1.0, two: 1.0} for one, two in chosen}
    else:
        rows = {part.strip(): _weights(part.strip(), levels) for part in text.split(";") if part.strip()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(levels)).fillna(0.0)


def _weights(text: str, levels: Sequence[str]) -> dict[str, float]:
    # The longest name first, because names may hold a hyphen or be the beginning of another.
    names = "|".join(re.escape(name) for name in sorted(levels, key=len, reverse=True))
    piece = re.compile(rf"\s*([+-]?)\s*(\d+(?:\.\d+)?(?:/\d+)?)?\s*\*?\s*({names})(?=\s|[+-]|$)")
    weights: dict[str, float] = {}
    at = 0
    while found := piece.match(text, at):
        sign, size, name = found.groups()
        over = [float(part) for part in (size or "1").split("/")]
        weights[name] = weights.get(name, 0.0) + (-1 if sign == "-" else 1) * over[0] / (over[1] if over[1:] else 1)
        at = found.end()
    if at < len(text) or abs(sum(weights.values())) > 1e-6 or not any(weights.values()):
        raise InputError(
            "The contrast cannot be read." if at < len(text) else "The weights of the contrast do not add up to 0.",
            where="parameter contrast",
            expected=f"a sum of groups with weights that add up to 0, for example {levels[1]} - {levels[0]}; or pairs",
            found=text,
            remedy=f"The groups are {listed(levels, most=12)}. Several contrasts are parted by ';'.",
        )
    return weights
