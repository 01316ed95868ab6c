"""The screening log of the example study: simulated, and labelled so. Nobody in it exists.

Those included are exactly the participants of
:func:`~handbook_utils.protocols.example.people.example_samples`, in their order; between them stand people who may not
take part, each for reasons of their own.
``python -m handbook_utils.protocols.example.screening`` prints what is stored in ``data/example-study``.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.protocols.example.people import SEED, example_samples
from handbook_utils.protocols.people.screening import COLUMNS

_FIRST = dt.date(2026, 1, 19)
_SES, _SES_SHARES = ("low", "middle", "high"), (0.15, 0.45, 0.40)
#: What speaks against those who may not take part; taken in turn.
_AGAINST: tuple[dict[str, Any], ...] = (
    {"antibiotics_days": 41},
    {"age": 17},
    {"consent": None},
    {"antibiotics_days": 120},
    {"conditions": "inflammatory bowel disease"},
    {"probiotics_days": 6},
    {"age": 82},
    {"sex": "female", "age": 31, "pregnant": "yes"},
    {"conditions": "coeliac disease", "antibiotics_days": 12, "probiotics_days": 3},
    {"consent": 2},
    {"antibiotics_days": ""},
    {"age": 84, "conditions": "bowel resection|immunosuppressive treatment"},
)
#: One who may not take part for every so many who may.
_EVERY = 2.5


def example_screening(participants: int = 60, seed: int = SEED) -> pd.DataFrame:
    """Simulate a screening log.

    Parameters
    ----------
    participants : int
        How many are included; others are screened besides.
    seed : int
        The same seed gives the same people, those of ``example_samples(participants, seed)``.

    Returns
    -------
    pandas.DataFrame
        One row a person screened, in the order of time; text, as in a file. All simulated.

    Examples
    --------
    >>> log = example_screening()
    >>> len(log), log["screening_id"].iloc[0]
    (84, 'S001')
    """
    generator = np.random.default_rng([seed, 1])
    people = example_samples(participants, seed).drop_duplicates("participant")
    others = round(participants / _EVERY)
    order = generator.permutation(np.repeat([True, False], [participants, others]))
    accepted, refused = iter(people.to_dict("records")), iter(range(others))
    day = _FIRST
    rows = []
    width = max(3, len(str(participants + others)))
    for number, may in enumerate(order, start=1):
        day += dt.timedelta(days=int(generator.integers(0, 2)))
        person = next(accepted) if may else None
        row = _person(generator, person)
        if person is None:
            row |= _AGAINST[next(refused) % len(_AGAINST)]
        row["screening_id"] = f"S{number:0{width}d}"
        row["screened"] = day.isoformat()
        before = row["consent"]
        row["consent"] = "" if before is None else (day + dt.timedelta(days=before)).isoformat()
        row["year_of_birth"] = day.year - row["age"] - int(generator.integers(0, 2))
        if row["sex"] == "male":
            row["pregnant"] = ""
        rows.append({name: str(row[name]) for name in COLUMNS})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _person(generator: np.random.Generator, person: dict[Any, Any] | None) -> dict[str, Any]:
    if person is None:
        person = {
            "sex": str(generator.choice(["female", "male"])),
            "age_band": "18-79",
            "centre": str(generator.choice(["Groningen", "Wageningen"])),
            "arm": "",
        }
    low, _, high = person["age_band"].partition("-")
    return {
        "centre": person["centre"],
        "sex": person["sex"],
        "age": int(generator.integers(int(low), int(high) + 1)),
        "antibiotics_days": "none" if generator.random() < 0.7 else int(generator.integers(180, 1500)),
        "probiotics_days": "none" if generator.random() < 0.8 else int(generator.integers(28, 400)),
        "pregnant": "no",
        "conditions": "none" if generator.random() < 0.85 else "asthma",
        "ses": str(generator.choice(_SES, p=_SES_SHARES)),
        # Days from screening to consent.
        "consent": -int(generator.integers(0, 8)),
        "arm": person["arm"],
    }


if __name__ == "__main__":
    example_screening().to_csv(sys.stdout, index=False)
