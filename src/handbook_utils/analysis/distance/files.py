"""Distances and maps as files that scikit-bio, QIIME 2 and R read.

A distance matrix is scikit-bio's ``lsmat`` (which is what QIIME 2 keeps in a ``DistanceMatrix``): tab-separated, ids as
header and in the first column. A map is scikit-bio's ``ordination`` (QIIME 2's ``PCoAResults``), and its scores once
more as a plain table with the header ``sample-id``, which QIIME 2 reads as metadata and R by ``read.table``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import pandas as pd

from handbook_utils.analysis.distance.ordination import Ordination
from handbook_utils.study import Study
from handbook_utils.study.writers import as_files

if TYPE_CHECKING:
    from skbio import DistanceMatrix

__all__ = [
    "analysed_files",
]

#: Letters of a piece.
_STEP = 1 << 20


@dataclass(frozen=True)
class _Pieces:
    """A file as its writer makes it, in pieces: as text a square of numbers takes many times what it takes as numbers.

    Attributes
    ----------
    write : callable
        Given the file.
    """

    write: Callable[[TextIO], object]

    def __iter__(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as made:
            self.write(made)
            made.seek(0)
            while piece := made.read(_STEP):
                yield piece.encode()


def _distance_file(distance: DistanceMatrix) -> _Pieces:
    r"""Return a distance matrix as text.

    Parameters
    ----------
    distance : skbio.DistanceMatrix

    Examples
    --------
    >>> from skbio import DistanceMatrix
    >>> made = b"".join(_distance_file(DistanceMatrix([[0, 0.5], [0.5, 0]], ids=["a", "b"])))
    >>> print(made.decode().replace("\t", " "), end="")
     a b
    a 0.0 0.5
    b 0.5 0.0
    """
    return _Pieces(lambda made: distance.write(made, format="lsmat"))


def _ordination_file(found: Ordination) -> _Pieces:
    """Return a map with its eigenvalues and their shares in the sum of the positive ones.

    Parameters
    ----------
    found : Ordination

    Examples
    --------
    >>> from handbook_utils.analysis.distance.ordination import pcoa
    >>> from skbio import DistanceMatrix
    >>> found = pcoa(DistanceMatrix([[0, 3, 4], [3, 0, 5], [4, 5, 0]], ids=["a", "b", "c"]))
    >>> b"".join(_ordination_file(found)).decode().splitlines()[0].split()
    ['Eigvals', '2']
    """

    def write(made: TextIO) -> Any:
        from skbio import OrdinationResults

        eigenvalues = (found.coordinates**2).sum()
        return OrdinationResults(
            "PCoA",
            "Principal Coordinate Analysis",
            eigvals=eigenvalues,
            samples=found.coordinates,
            proportion_explained=found.proportions,
        ).write(made, format="ordination")

    return _Pieces(write)


def _scores_file(coordinates: pd.DataFrame) -> _Pieces:
    r"""Return the places of samples on a map as a table.

    Parameters
    ----------
    coordinates : pandas.DataFrame
        Sample × axis.

    Examples
    --------
    >>> b"".join(_scores_file(pd.DataFrame({"PC1": [0.5]}, index=["a"]))).decode()
    'sample-id\tPC1\na\t0.5\n'
    """
    named = coordinates.rename_axis("sample-id")
    return _Pieces(lambda made: named.to_csv(made, sep="\t", lineterminator="\n"))


def analysed_files(study: Study, distance: DistanceMatrix, found: Ordination) -> dict[str, Iterable[bytes]]:
    """Return everything that a map and a test of distances were made from.

    Parameters
    ----------
    study : Study
        As analysed.
    distance : skbio.DistanceMatrix
        Between its samples.
    found : Ordination
        Of the distances.

    Returns
    -------
    dict of str to iterable of bytes
        Name of the file to content, piece by piece: ``distances.tsv``, ``ordination.txt``, ``scores.tsv``, and those of
        :func:`~handbook_utils.study.writers.as_files`.
    """
    return {
        "distances.tsv": _distance_file(distance),
        "ordination.txt": _ordination_file(found),
        "scores.tsv": _scores_file(found.coordinates),
        **as_files(study),
    }
