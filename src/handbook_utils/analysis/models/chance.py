"""What chance alone finds: many taxa compared between two groups that do not differ (a simulation).

It shows two things about small studies: that testing many taxa without correction gives findings where there is
nothing, and that the largest difference found by chance is larger, the smaller the study (the winner's curse).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

__all__ = ["chance_findings"]


def chance_findings(
    people: int, taxa: int, studies: int, *, threshold: float = 0.05, seed: int | np.random.Generator = 0
) -> pd.DataFrame:
    """Simulate studies in which two groups do not differ, and count what each of them finds.

    Parameters
    ----------
    people : int
        People in each of the two groups, at least 2.
    taxa : int
        Taxa tested in each study, at least 1. Their (log-)abundances are independent standard normal values, the same
        in both groups: an illustration, real taxa are skewed and correlated.
    studies : int
        Studies simulated, at least 1.
    threshold : float
        A taxon counts as found where p is below it.
    seed : int or numpy.random.Generator
        Of the random numbers.

    Returns
    -------
    pandas.DataFrame
        One row a study: ``found`` (taxa with p below the threshold by Student's t-test), ``corrected`` (taxa left after
        Benjamini and Hochberg (1995) at the same level) and ``largest`` (the largest difference of a taxon, in standard
        deviations, sign dropped).

    Raises
    ------
    ValueError
        A number is too small, or the threshold is not between 0 and 1.

    Examples
    --------
    >>> studies = chance_findings(20, 100, 200, seed=1)
    >>> bool(4 < studies["found"].mean() < 6)
    True
    """
    if people < 2 or taxa < 1 or studies < 1:
        raise ValueError("at least 2 people in a group, 1 taxon and 1 study")
    if not 0 < threshold < 1:
        raise ValueError(f"a threshold of {threshold} is not between 0 and 1")
    random = np.random.default_rng(seed)
    effects = np.empty((studies, taxa))
    for effect in effects:
        first, second = random.standard_normal((2, people, taxa))
        spread = np.sqrt((first.var(axis=0, ddof=1) + second.var(axis=0, ddof=1)) / 2)
        effect[:] = np.abs(first.mean(axis=0) - second.mean(axis=0)) / spread
    p = 2 * stats.t.sf(effects * np.sqrt(people / 2), 2 * people - 2)
    corrected = stats.false_discovery_control(p, axis=1)
    return pd.DataFrame(
        {
            "found": (p < threshold).sum(axis=1),
            "corrected": (corrected < threshold).sum(axis=1),
            "largest": effects.max(axis=1),
        }
    )
