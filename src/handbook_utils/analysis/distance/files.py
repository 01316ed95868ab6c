"""Distances and maps as files that scikit-bio, QIIME 2 and R read.

A distance matrix is scikit-bio's ``lsmat`` (which is what QIIME 2 keeps in a ``DistanceMatrix``): tab-separated, ids as
header and in the first column. A map is scikit-bio's ``ordination`` (QIIME 2's ``PCoAResults``), and its scores once
more as a plain table with the header ``sample-id``, which QIIME 2 reads as metadata and R by ``read.table``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from skbio import DistanceMatrix, OrdinationResults

from handbook_utils.analysis.distance.ordination import Ordination
from handbook_utils.study import Study
from handbook_utils.study.writers import as_files

__all__ = [
    "analysed_files",
]


def _distance_file(distance: DistanceMatrix) -> Iterator[bytes]:
    r"""Return a distance matrix as text, a line at a time: what scikit-bio writes, in a third of its time.

    Parameters
    ----------
    distance : skbio.DistanceMatrix

    Examples
    --------
    >>> lines = _distance_file(DistanceMatrix([[0, 0.5], [0.5, 0]], ids=["a", "b"]))
    >>> print(b"".join(lines).decode().replace("\t", " "), end="")
     a b
    a 0.0 0.5
    b 0.5 0.0
    """
    yield "\t".join(["", *distance.ids]).encode() + b"\n"
    for name, row in zip(distance.ids, np.asarray(distance.data), strict=True):
        yield "\t".join([name, *map(repr, row.tolist())]).encode() + b"\n"


def _ordination_file(found: Ordination) -> bytes:
    """Return a map with its eigenvalues and their shares in the sum of the positive ones.

    Parameters
    ----------
    found : Ordination

    Examples
    --------
    >>> from handbook_utils.analysis.distance.ordination import pcoa
    >>> found = pcoa(DistanceMatrix([[0, 3, 4], [3, 0, 5], [4, 5, 0]], ids=["a", "b", "c"]))
    >>> _ordination_file(found).decode().splitlines()[0].split()
    ['Eigvals', '2']
    """
    made = io.StringIO()
    eigenvalues = (found.coordinates**2).sum()
    OrdinationResults(
        "PCoA",
        "Principal Coordinate Analysis",
        eigvals=eigenvalues,
        samples=found.coordinates.astype(object),  # Python's numbers are written in a third of the time of numpy's
        proportion_explained=found.proportions,
    ).write(made, format="ordination")
    return made.getvalue().encode()


def _scores_file(coordinates: pd.DataFrame) -> bytes:
    r"""Return the places of samples on a map as a table.

    Parameters
    ----------
    coordinates : pandas.DataFrame
        Sample × axis.

    Examples
    --------
    >>> _scores_file(pd.DataFrame({"PC1": [0.5]}, index=["a"])).decode()
    'sample-id\tPC1\na\t0.5\n'
    """
    made = io.StringIO()
    lines = csv.writer(made, delimiter="\t", lineterminator="\n")  # as pandas writes it, in a third of its time
    lines.writerow(["sample-id", *coordinates.columns])
    lines.writerows([name, *row] for name, row in zip(coordinates.index, coordinates.to_numpy().tolist(), strict=True))
    return made.getvalue().encode()


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
        "ordination.txt": [_ordination_file(found)],
        "scores.tsv": [_scores_file(found.coordinates)],
        **as_files(study),
    }
