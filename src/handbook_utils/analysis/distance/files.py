"""Distances and maps as files that scikit-bio, QIIME 2 and R read.

A distance matrix is scikit-bio's ``lsmat`` (which is what QIIME 2 keeps in a ``DistanceMatrix``): tab-separated, ids as
header and in the first column. A map is scikit-bio's ``ordination`` (QIIME 2's ``PCoAResults``), and its scores once
more as a plain table with the header ``sample-id``, which QIIME 2 reads as metadata and R by ``read.table``.

All are made line by line: as text a square of numbers takes many times what it takes as numbers. They are the bytes
that scikit-bio and pandas write, in a third of their time, as Python's own numbers are written quicker than numpy's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.distance.ordination import Ordination
from handbook_utils.study import Study
from handbook_utils.study.writers import as_files

if TYPE_CHECKING:
    from skbio import DistanceMatrix

__all__ = [
    "analysed_files",
]


def _distance_file(distance: DistanceMatrix) -> Iterator[bytes]:
    r"""Give a distance matrix as text.

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
    yield "\t".join(["", *distance.ids]).encode() + b"\n"
    yield from _rows(distance.ids, np.asarray(distance.data))


def _rows(names: Iterable[object], numbers: npt.NDArray[np.float64]) -> Iterator[bytes]:
    for name, row in zip(names, numbers, strict=True):
        yield "\t".join([str(name), *map(repr, row.tolist())]).encode() + b"\n"


def _ordination_file(found: Ordination) -> Iterator[bytes]:
    """Give a map with its eigenvalues and their shares in the sum of the positive ones.

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
    places = found.coordinates
    eigenvalues, shares = (places**2).sum(), found.proportions
    for name, values in (("Eigvals", eigenvalues), ("Proportion explained", shares)):
        yield f"{name}\t{len(values)}\n".encode() + "\t".join(map(repr, values.tolist())).encode() + b"\n\n"
    yield f"Species\t0\t0\n\nSite\t{places.shape[0]}\t{places.shape[1]}\n".encode()
    yield from _rows(places.index, places.to_numpy())
    yield b"\nBiplot\t0\t0\n\nSite constraints\t0\t0\n"


def _scores_file(coordinates: pd.DataFrame) -> Iterator[bytes]:
    r"""Give the places of samples on a map as a table.

    Parameters
    ----------
    coordinates : pandas.DataFrame
        Sample × axis.

    Examples
    --------
    >>> b"".join(_scores_file(pd.DataFrame({"PC1": [0.5]}, index=["a"]))).decode()
    'sample-id\tPC1\na\t0.5\n'
    """
    made = io.StringIO()
    lines = csv.writer(made, delimiter="\t", lineterminator="\n")
    lines.writerow(["sample-id", *coordinates.columns])
    for name, row in zip(coordinates.index, coordinates.to_numpy(), strict=True):
        lines.writerow([name, *row.tolist()])
        yield made.getvalue().encode()
        made.seek(0)
        made.truncate()


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
