"""Index sequences: a set made by computation, collisions, and colours in every cycle.

The set is drawn here, at random within rules, and belongs to no kit: any two differ in three places or more, so that a
read with one wrong base still has one nearest index (Hamming 1950, doi:10.1002/j.1538-7305.1950.tb00463.x).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.errors import InputError

BASES = "ACGT"
#: Which channels light up for a base. Two colours: A in both, C red, T green, G dark. Four: each base its own.
CHANNELS = {
    "two": {"red": "AC", "green": "AT"},
    "four": {"A": "A", "C": "C", "G": "G", "T": "T"},
}


def make_indices(count: int, length: int = 10, distance: int = 3, seed: int = 1) -> list[str]:
    """Draw a set of indices that tell each other apart.

    Parameters
    ----------
    count : int
        How many.
    length : int
        Bases of each.
    distance : int
        The least number of places in which two differ.
    seed : int
        The same seed gives the same set; a longer set begins with the shorter.

    Returns
    -------
    list of str
        40 to 60 % G and C, no base three times in a row, not beginning with GG (dark in two-colour chemistry).

    Raises
    ------
    InputError
        So many do not exist, or were not found.

    Examples
    --------
    >>> found = make_indices(3, seed=1)
    >>> len(found), int(min(distances_of(found))) >= 3
    (3, True)
    """
    generator = np.random.default_rng(seed)
    kept = np.empty((0, length), dtype=np.int8)
    for _ in range(400):
        for candidate in generator.integers(4, size=(500, length)).astype(np.int8):
            if len(kept) == count:
                return ["".join(BASES[code] for code in row) for row in kept]
            if _usable(candidate) and (not len(kept) or ((kept != candidate).sum(axis=1) >= distance).all()):
                kept = np.vstack([kept, candidate])
    raise InputError(
        f"A set of {count} indices of {length} bases was not found.",
        where="index_length",
        expected=f"at most {len(kept)} of this length, {distance} places apart",
        remedy="Choose longer indices.",
    )


def _usable(codes: npt.NDArray[np.int8]) -> bool:
    rich = np.isin(codes, (1, 2)).mean()
    thrice = bool(((codes[2:] == codes[1:-1]) & (codes[1:-1] == codes[:-2])).any())
    return 0.4 <= rich <= 0.6 and not thrice and not (codes[:2] == 2).all()


def distances_of(indices: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the Hamming distance of every pair, in the order of pairs.

    Parameters
    ----------
    indices : sequence of str
        Of one length.

    Returns
    -------
    numpy.ndarray of int, shape (pairs,)
        Places that differ.

    Examples
    --------
    >>> distances_of(["AAA", "AAT", "TTT"]).tolist()
    [1, 3, 2]
    """
    letters = np.array([list(text) for text in indices])
    first, second = np.triu_indices(len(letters), 1)
    made: npt.NDArray[np.int64] = (letters[first] != letters[second]).sum(axis=1)
    return made


def index_errors(pairs: pd.DataFrame, distance: int, where: str) -> list[InputError]:
    """Find everything that is wrong with the indices of the wells.

    Parameters
    ----------
    pairs : pandas.DataFrame
        One row a well: ``well``, ``index``, ``index2``.
    distance : int
        The least number of places in which two wells must differ, both indices together.
    where : str
        The file, for messages.

    Returns
    -------
    list of InputError
        None where they are right.

    Examples
    --------
    >>> pairs = pd.DataFrame({"well": ["A1", "A2"], "index": ["ACGT", "ACGT"], "index2": ["TTGC", "TTGC"]})
    >>> [error.problem for error in index_errors(pairs, 3, "a list")]
    ['Wells have the same pair of indices.']
    """
    errors = []
    for name in ("index", "index2"):
        wrong = pairs.loc[~pairs[name].str.fullmatch("[ACGT]+"), "well"]
        if len(wrong):
            errors.append(
                InputError(
                    "Indices are written in A, C, G and T.",
                    where=f"{where}, column {name}",
                    found=f"others in {', '.join(wrong[:5])}",
                )
            )
        elif pairs[name].str.len().nunique() > 1:
            errors.append(
                InputError(
                    "Indices have different lengths.",
                    where=f"{where}, column {name}",
                    expected="one length",
                    found=", ".join(str(length) for length in sorted(pairs[name].str.len().unique())),
                )
            )
    if errors:
        return errors
    joined = list(pairs["index"] + pairs["index2"])
    apart, (first, second) = distances_of(joined), np.triu_indices(len(joined), 1)
    for problem, close in (
        ("Wells have the same pair of indices.", apart == 0),
        ("Pairs of indices are too much alike.", (apart > 0) & (apart < distance)),
    ):
        at = np.flatnonzero(close)
        if len(at):
            named = [f"{pairs['well'].iloc[first[n]]} and {pairs['well'].iloc[second[n]]}" for n in at[:4]]
            errors.append(
                InputError(
                    problem,
                    where=where,
                    expected=f"{distance} differing places or more, of both indices together",
                    found=f"{len(at)} pair(s) of wells: {'; '.join(named)}",
                    remedy="Give one of them another index.",
                )
            )
    return errors


def colours(indices: Sequence[str], chemistry: str) -> pd.DataFrame:
    """Return the share of clusters that light up each channel, cycle by cycle.

    Parameters
    ----------
    indices : sequence of str
        As they are read, one a well, all equally abundant.
    chemistry : {"two", "four"}
        Colours of the instrument.

    Returns
    -------
    pandas.DataFrame
        By cycle, 0 to 1; a column a channel.

    Examples
    --------
    >>> colours(["AG", "CG"], "two").to_numpy().tolist()
    [[1.0, 0.5], [0.0, 0.0]]
    """
    letters = np.array([list(text) for text in indices])
    made = {name: np.isin(letters, list(lit)).mean(axis=0) for name, lit in CHANNELS[chemistry].items()}
    return pd.DataFrame(made, index=pd.RangeIndex(1, letters.shape[1] + 1, name="cycle"))
