"""What the lesson of ``recipes/check-with-a-mock`` shows beside the analysis: a dilution, and plates that leak."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from handbook_utils.analysis.controls.crosstalk import leakage
from handbook_utils.analysis.taxa.leakage import leak, places_of, plate_study
from handbook_utils.recipes.reads.check_with_a_mock import ROWS, Checked


def by_depth(checked: Checked, dilution: pd.Series) -> pd.DataFrame:
    """Return, by dilution, recall, taxa not expected and reads not expected of a series of one mock.

    Parameters
    ----------
    checked : Checked
        Of a study in which one mock was diluted.
    dilution : pandas.Series
        How many times each was diluted, by well.

    Returns
    -------
    pandas.DataFrame
        ``recall``, ``foreign`` and ``deviation`` (%), ``strangers`` and ``noise`` (taxa), the least diluted first.
    """
    made = checked.mocks[["recall", "strangers", "noise", "foreign", "deviation"]].copy()
    made.insert(0, "dilution", dilution.loc[made.index].astype(float))
    return made.set_index("dilution").sort_index()


def recovered(shares: Sequence[float], seed: int) -> pd.DataFrame:
    """Simulate plates that leak by a known share, and say what the test and the fit find of it.

    Parameters
    ----------
    shares : sequence of float
        Of a neighbour's reads that arrive, 0 to 1.
    seed : int
        Of the simulated plates and of the permutations.

    Returns
    -------
    pandas.DataFrame
        By share (%): ``p`` and ``rate found (%)``.
    """
    clean = plate_study(samples=70, blanks=10, contaminants=5, reads=5000, seed=seed)
    rows = {}
    for share in shares:
        made = leak(clean, share, seed) if share else clean
        place = places_of(made.column("well"))
        wells = pd.DataFrame(
            {
                "row": [ROWS[row] for row in place[:, 0]],
                "column": place[:, 1] + 1,
                "content": np.where(made.metadata["blank"].astype(bool), "blank", "sample"),
            },
            index=made.samples,
        )
        one = leakage(made.to_frame(), wells, permutations=199, seed=seed)
        rows[100 * share] = {"p": one.p, "rate found (%)": 100 * float(one.rates.median())}
    return pd.DataFrame(rows).T.rename_axis("rate put in (%)")
