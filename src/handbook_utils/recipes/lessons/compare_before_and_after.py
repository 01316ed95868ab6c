"""What only the lesson of ``recipes/compare-before-and-after`` computes: the comparison with R."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.diversity.comparison import ratios_by
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.time.paired import crossover, crossover_of, paired_ratio


def against_peers() -> pd.DataFrame:
    """Hold the paired and the cross-over comparison against R's, on numbers written here.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    given = [5.029, 6.573, 8.195, 4.661, 7.991, 7.479, 7.646, 11.55, 4.538, 12.267, 5.485, 4.7, 5.548, 8.175, 7.852]
    later = [5.601, 6.032, 8.24, 8.22, 10.363, 7.679, 7.039, 13.271, 3.362, 12.956, 5.364, 8.132, 9.18, 9.771, 6.819]
    pair = paired_ratio(pd.Series(given), pd.Series(later))
    cross = crossover(pd.Series(given), pd.Series(later), pd.Series(["AB"] * 8 + ["BA"] * 7))
    return held_against(
        "recipes/compare-before-and-after",
        {
            "Paired ratio": pair["ratio"],
            "Paired ratio: lower bound": pair["low"],
            "Paired ratio: p": pair["p"],
            "Signed ranks: p": pair["p_rank"],
            "Cross-over, treatment: ratio": cross["ratio"].to_dict()["treatment"],
            "Cross-over, treatment: upper bound": cross["high"].to_dict()["treatment"],
            "Cross-over, carry-over: p": cross["p"].to_dict()["carry-over"],
            **_arms_and_everybody(given, later),
        },
    )


def _arms_and_everybody(given: list[float], later: list[float]) -> dict[str, float]:
    """Return the same numbers as arms beside the number before, and as a cross-over with two people who came once."""
    names = [f"p{number:02d}" for number in range(15)]
    people = pd.DataFrame({"arm": ["a"] * 8 + ["b"] * 7, "before": np.log(given)}, index=names)
    design = design_of(people, group="arm", covariates="before")
    arms = ratios_by(pd.DataFrame({"after": later}, index=names), design).iloc[0].to_dict()
    period, order = np.repeat([0, 1], 15), np.tile(np.repeat([0, 1], [8, 7]), 2)
    long = pd.DataFrame({"who": names * 2, "period": period, "drug": np.array(["A", "B"])[(period + order) % 2]})
    came = long.drop(index=[1, 28])
    values = pd.Series([*given, *later])[came.index]
    cross = crossover_of(values, came["who"], came["period"], came["drug"]).iloc[1].to_dict()
    words = {"ratio": "ratio", "low": "lower bound", "high": "upper bound", "p": "p"}
    return {
        f"{what}: {word}": float(found[name])
        for what, found in (("Arms beside before", arms), ("Cross-over of everybody", cross))
        for name, word in words.items()
    }
