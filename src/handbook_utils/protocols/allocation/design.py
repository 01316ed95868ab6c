"""Ways of allocation: permuted blocks within strata, and minimisation after Pocock and Simon (1975).

Both give the same arms for the same seed, so that a statistician who has the seed can give all of them again, and
nobody else can. Blocks: within each stratum blocks of a size drawn at random, each of which holds the arms in their
ratio. Minimisation: the arm that leaves the factors least out of balance is taken with probability p, one of the others
otherwise; ties share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.text.hash import sha256

#: How it may be done.
METHODS = ("blocks", "minimisation")
#: How far arms are apart in a factor: the largest difference, or the variance, of their counts.
MEASURES = ("range", "variance")


@dataclass(frozen=True)
class Design:
    """How people are allocated.

    Attributes
    ----------
    method : {"blocks", "minimisation"}
        By blocks drawn by lot, or by what keeps the arms alike.
    arms : tuple of str
        Their names.
    factors : tuple of str
        What strata are made of, or what is balanced: centre, sex, age_band.
    ratio : tuple of int
        People in each arm, for so many in the others.
    sizes : tuple of int
        Of blocks; each is drawn as often as the others.
    probability : float
        That minimisation takes the arm it prefers.
    measure : {"range", "variance"}
        Of imbalance.

    Examples
    --------
    >>> Design("blocks", ("A", "B"), ("centre",), sizes=(2, 4)).checked().ratio
    (1, 1)
    """

    method: str
    arms: tuple[str, ...]
    factors: tuple[str, ...] = ()
    ratio: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()
    probability: float = 0.8
    measure: str = "range"

    def checked(self) -> Design:
        """Return the design with its ratio filled in.

        Raises
        ------
        InputErrors
            Everything that cannot be.
        """
        made = Design(**{**vars(self), "ratio": self.ratio or (1,) * len(self.arms)})
        whole = sum(made.ratio)
        wrong = [
            (made.method not in METHODS, "the method", " or ".join(METHODS), made.method),
            (len(made.arms) < 2, "the arms", "two or more", listed(made.arms)),
            (
                len(made.ratio) != len(made.arms) or min(made.ratio, default=0) < 1,
                "the ratio",
                "a number for each arm",
                listed(made.ratio),
            ),
            (made.measure not in MEASURES, "the measure", " or ".join(MEASURES), made.measure),
        ]
        if made.method == "blocks":
            wrong.append((not made.sizes, "the sizes of blocks", "one or more, such as 3 and 6", "none"))
            off = [str(size) for size in made.sizes if size < 1 or size % whole]
            wrong.append((bool(off), "the sizes of blocks", f"multiples of {whole}, the sum of the ratio", listed(off)))
        if made.method == "minimisation":
            least = 1 / len(made.arms)
            wrong.append(
                (
                    not least < made.probability <= 1,
                    "the probability",
                    f"more than {least:.2f}, at most 1",
                    f"{made.probability:g}",
                )
            )
            wrong.append((not made.factors, "the factors", "what is to be balanced, such as centre and sex", "none"))
        errors = [
            InputError("People cannot be allocated like that.", where=where, expected=expected, found=found)
            for bad, where, expected, found in wrong
            if bad
        ]
        if errors:
            raise InputErrors(errors)
        return made


def blocks(design: Design, seed: int, stratum: str) -> Iterator[str]:
    """Return the arms of a stratum, one after another, without end.

    Parameters
    ----------
    design : Design
        Checked.
    seed : int
        The secret one.
    stratum : str
        Its name: strata do not depend on one another.

    Yields
    ------
    str
        An arm.

    Examples
    --------
    >>> first = list(islice(blocks(Design("blocks", ("A", "B"), sizes=(4,)).checked(), 1, "Utrecht"), 8))
    >>> sorted(first[:4]), sorted(first[4:])
    (['A', 'A', 'B', 'B'], ['A', 'A', 'B', 'B'])
    """
    generator = _generator(seed, "blocks", stratum)
    whole = sum(design.ratio)
    while True:
        size = int(generator.choice(design.sizes))
        block = [
            arm for arm, share in zip(design.arms, design.ratio, strict=True) for _ in range(share * size // whole)
        ]
        yield from (block[place] for place in generator.permutation(size))


def imbalance(design: Design, levels: Mapping[str, str], earlier: pd.DataFrame) -> np.ndarray:
    """Return how far out of balance a person's factors would be in each arm.

    Parameters
    ----------
    design : Design
        Checked.
    levels : mapping of str to str
        The person's level of each factor.
    earlier : pandas.DataFrame
        Who was allocated: a column for each factor, and ``arm``.

    Returns
    -------
    numpy.ndarray
        One number for each arm: over the factors, the sum of the range (or variance) over arms of the number of people
        with the person's level, divided by the arm's share of the ratio, the person counted in that arm.

    Examples
    --------
    >>> earlier = pd.DataFrame({"sex": ["f", "f", "m"], "arm": ["A", "B", "A"]})
    >>> imbalance(Design("minimisation", ("A", "B"), ("sex",)).checked(), {"sex": "m"}, earlier)
    array([2., 0.])
    """
    number = len(design.arms)
    ratio = np.array(design.ratio, dtype=float)
    totals = np.zeros(number)
    for factor in design.factors:
        alike = earlier.loc[earlier[factor] == levels[factor], "arm"] if len(earlier) else pd.Series(dtype=object)
        counts = np.array([(alike == arm).sum() for arm in design.arms], dtype=float)
        with_one = (counts + np.eye(number)) / ratio
        spread = np.ptp(with_one, axis=1) if design.measure == "range" else np.var(with_one, axis=1, ddof=1)
        totals += spread
    return totals


def minimised(design: Design, seed: int, levels: Mapping[str, str], earlier: pd.DataFrame) -> str:
    """Return the arm of the next person.

    Parameters
    ----------
    design : Design
        Checked.
    seed : int
        The secret one; the draw depends on it and on how many came before.
    levels, earlier
        As of :func:`imbalance`.

    Returns
    -------
    str
        An arm.
    """
    totals = imbalance(design, levels, earlier)
    preferred = np.isclose(totals, totals.min())
    ratio = np.array(design.ratio, dtype=float)
    if preferred.all():
        chances = ratio / ratio.sum()
    else:
        chances = np.where(
            preferred,
            design.probability * ratio / ratio[preferred].sum(),
            (1 - design.probability) * ratio / ratio[~preferred].sum(),
        )
    generator = _generator(seed, "minimisation", str(len(earlier)))
    return design.arms[int(generator.choice(len(design.arms), p=chances))]


def next_arm(design: Design, seed: int, levels: Mapping[str, str], earlier: pd.DataFrame) -> str:
    """Return the arm of the next person, by the design's method.

    Parameters
    ----------
    design : Design
        Checked.
    seed : int
        The secret one, of which all arms follow.
    levels : mapping of str to str
        The person's level of each factor.
    earlier : pandas.DataFrame
        Everybody who was allocated, in order: a column for each factor, and ``arm``.

    Returns
    -------
    str
        An arm.
    """
    if design.method == "minimisation":
        return minimised(design, seed, levels, earlier)
    name = stratum(design, levels)
    place = len(earlier)
    if design.factors and place:
        place = int((earlier[list(design.factors)].astype(str).agg(", ".join, axis=1) == name).sum())
    return next(islice(blocks(design, seed, name), place, None))


def stratum(design: Design, levels: Mapping[str, str]) -> str:
    """Return the name of a person's stratum.

    Parameters
    ----------
    design : Design
        Its factors set the order.
    levels : mapping of str to str
        By factor.

    Returns
    -------
    str
        Empty where there are no factors.

    Examples
    --------
    >>> stratum(Design("blocks", ("A", "B"), ("centre", "sex")), {"sex": "female", "centre": "Utrecht"})
    'Utrecht, female'
    """
    return ", ".join(str(levels[factor]) for factor in design.factors)


def _generator(seed: int, *what: str) -> np.random.Generator:
    """Return a stream that belongs to what is drawn and to nothing else."""
    return np.random.default_rng(int(sha256("\x1f".join([str(seed), *what]).encode("utf-8")), 16))


def arms_in_order(design: Design, seed: int, people: Sequence[Mapping[str, str]]) -> list[str]:
    """Allocate people one after another, as they came.

    Parameters
    ----------
    design : Design
        Checked.
    seed : int
        The secret one, of which all arms follow.
    people : sequence of mapping
        The levels of each, in order.

    Returns
    -------
    list of str
        Their arms: the same for the same seed and order.
    """
    told = pd.DataFrame(columns=[*design.factors, "arm"], dtype=object)
    for number, levels in enumerate(people):
        told.loc[number] = [*(levels[factor] for factor in design.factors), next_arm(design, seed, levels, told)]
    return list(told["arm"])
