"""The questionnaires of the example study: simulated, and labelled so. Nobody filled them in.

``python -m handbook_utils.protocols.example.questionnaire`` prints what ``data/example-study/questionnaire.csv`` holds.
"""

from __future__ import annotations

import datetime as dt
import io
import sys

import numpy as np
import pandas as pd

from handbook_utils.protocols.example.cold import example_shipments
from handbook_utils.protocols.example.people import SEED as SHIPPED
from handbook_utils.protocols.example.people import example_samples

SEED = 20260302
#: Minutes by which the time on a form may differ from that of the scan: people round.
_ROUNDED = 10
_FIRST_DAY = dt.datetime(2026, 1, 12)
_DIETS, _DIET_SHARES = ("omnivore", "vegetarian", "vegan", "other"), (0.82, 0.12, 0.04, 0.02)
_MEDICATION, _MEDICATION_SHARES = ("", "11", "06", "16", "21", "06;11"), (0.55, 0.12, 0.08, 0.06, 0.14, 0.05)


def example_questionnaire(
    seed: int = SEED, samples: pd.DataFrame | None = None, shipped: int = SHIPPED
) -> pd.DataFrame:
    """Simulate one questionnaire for every tube of the example study, or of another.

    Height, age, sex, diet and medication belong to the person and stay; weight, stool and meals vary from
    visit to visit. Some cells are empty, as they are.

    Parameters
    ----------
    seed : int
        The same seed gives the same answers.
    samples : pandas.DataFrame, optional
        Tubes, as :func:`~handbook_utils.protocols.example.people.example_samples` returns them.
    shipped : int
        Seed of the study's shipments: a form names the time at which its tube was scanned at home, as people write it.

    Returns
    -------
    pandas.DataFrame
        Text, one row a tube: tube, collected (local time), bristol (1 to 7), antibiotics_days (days), diet, sex, age
        (years), height_cm (cm), weight_kg (kg), medication (IHMC codes), last_meal_hours (h), remarks. All simulated.

    Raises
    ------
    ValueError
        Tubes have more or fewer forms than one: a fault of ours.

    Examples
    --------
    >>> answers = example_questionnaire()
    >>> answers.shape, answers["bristol"].isin(list("1234567")).all()
    ((180, 12), np.True_)
    """
    generator = np.random.default_rng(seed)
    tubes = example_samples() if samples is None else samples
    scans = pd.read_csv(io.BytesIO(example_shipments(tubes, shipped)["scans.csv"]))
    scanned = scans[scans["event"] == "collected"].set_index("code")["time"]
    minutes = np.random.default_rng([seed, 7])
    rows: list[dict[str, str]] = []
    for _, visits in tubes.groupby("participant", sort=False):
        person = visits.iloc[0]
        low, high = (int(part) for part in str(person["age_band"]).split("-"))
        woman = person["sex"] == "female"
        height = generator.normal(168 if woman else 181, 6.5)
        weight = generator.normal(25, 3.2) * (height / 100) ** 2
        age = int(generator.integers(low, high + 1))
        diet = str(generator.choice(_DIETS, p=_DIET_SHARES))
        medication = str(generator.choice(_MEDICATION, p=_MEDICATION_SHARES))
        known = generator.random() < 0.7
        antibiotics = int(generator.integers(190, 2500))
        enters = _FIRST_DAY + dt.timedelta(days=int(generator.integers(0, 42)))
        usual = generator.normal(3.9, 0.8)
        for visit, tube in enumerate(visits["sample"]):
            day = enters + dt.timedelta(weeks=6 * visit, days=int(generator.integers(-2, 3)))
            taken = day + dt.timedelta(hours=float(np.clip(generator.normal(8, 1.8), 5, 22)))
            if tube in scanned.index:
                written = dt.timedelta(minutes=int(minutes.integers(-_ROUNDED, _ROUNDED + 1)))
                taken = dt.datetime.fromisoformat(scanned[tube]) + written
            elif visit:
                taken = dt.datetime.fromisoformat(rows[-1]["collected"]) + dt.timedelta(weeks=6)
            rows.append(
                {
                    "tube": str(tube),
                    "collected": f"{taken:%Y-%m-%d %H:%M}",
                    "bristol": str(int(np.clip(round(usual + generator.normal(0, 0.7)), 1, 7))),
                    "antibiotics_days": str(antibiotics + 42 * visit) if known else "",
                    "diet": diet,
                    "sex": str(person["sex"]),
                    "age": str(age),
                    "height_cm": f"{height:.0f}",
                    "weight_kg": f"{weight + generator.normal(0, 0.8):.1f}"
                    if generator.random() < 0.97
                    else "not provided",
                    "medication": medication,
                    "last_meal_hours": f"{np.clip(generator.normal(10, 3), 0.5, 20):.1f}"
                    if generator.random() < 0.9
                    else "",
                    "remarks": "kept cool before the freezer" if generator.random() < 0.05 else "",
                }
            )
    answers = pd.DataFrame(rows)
    if len(answers) != len(tubes):
        raise ValueError("every tube of the study has one questionnaire")
    return answers


if __name__ == "__main__":
    example_questionnaire().to_csv(sys.stdout, index=False)
