"""The example study of the protocols: simulated, and labelled so. Nobody in it exists.

It has the shape of the study that the Buikbelang manifest announces: citizens who eat more fibre or fermented food.
``python -m handbook_utils.protocols.example.people`` prints the table that is stored in ``data/example-study``.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from handbook_utils.protocols.people.codes import draw_codes

SEED = 20230214
ARMS = ("fibre", "fermented", "usual")
TIME_POINTS = ("baseline", "week-6", "week-12")
_AGE_BANDS, _AGE_SHARES = ("18-39", "40-59", "60-79"), (0.3, 0.4, 0.3)
_CENTRES, _CENTRE_SHARES = ("Groningen", "Wageningen"), (0.6, 0.4)


def example_samples(participants: int = 60, seed: int = SEED) -> pd.DataFrame:
    """Simulate the samples of a study with three arms and three time points.

    Arms are of equal size, as a trial would make them; sex, age band and centre fall as they fall.

    Parameters
    ----------
    participants : int
        How many people.
    seed : int
        The same seed gives the same people.

    Returns
    -------
    pandas.DataFrame
        One row a sample, in the order of participants and time points: ``sample``, ``participant`` (a study code),
        ``arm``, ``sex``, ``age_band``, ``centre``, ``time_point``. All simulated.

    Examples
    --------
    >>> samples = example_samples()
    >>> samples.shape, samples["participant"].nunique()
    ((180, 7), 60)
    """
    generator = np.random.default_rng(seed)
    arms = [ARMS[number % len(ARMS)] for number in range(participants)]
    people = pd.DataFrame(
        {
            "participant": draw_codes(participants, seed=seed),
            "arm": generator.permutation(np.array(arms, dtype=object)),
            "sex": generator.choice(["female", "male"], participants, p=[0.6, 0.4]),
            "age_band": generator.choice(_AGE_BANDS, participants, p=_AGE_SHARES),
            "centre": generator.choice(_CENTRES, participants, p=_CENTRE_SHARES),
        }
    )
    rows = people.loc[people.index.repeat(len(TIME_POINTS))].reset_index(drop=True)
    rows["time_point"] = list(TIME_POINTS) * participants
    number = [str(visit) for visit in range(1, len(TIME_POINTS) + 1)] * participants
    rows.insert(0, "sample", rows["participant"] + "-" + pd.Series(number))
    return rows


if __name__ == "__main__":
    example_samples().to_csv(sys.stdout, index=False)
