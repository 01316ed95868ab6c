"""The lesson of ``recipes/remove-contaminants``: few controls, and our numbers beside others."""

from __future__ import annotations

import numpy as np
import pandas as pd

from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.stored import simulated
from handbook_utils.analysis.taxa.contaminants import (
    combined,
    frequency,
    judged,
    prevalence,
)
from handbook_utils.figures.procedures.wells import share_and_concentration
from handbook_utils.figures.style import Drawn
from handbook_utils.study import Study


def falling_and_level(made: Study) -> Drawn:
    """Draw the simulated taxon whose share falls most clearly with the concentration, and the one whose does least.

    Parameters
    ----------
    made : Study
        Simulated: metadata ``blank`` and ``concentration``.

    Returns
    -------
    Drawn
        The figure and its text.
    """
    clean = made.choose_samples(~made.metadata["blank"].astype(bool))
    score = frequency(clean, clean.metadata["concentration"])["score"].sort_values(kind="stable").dropna()
    ends = score.index[[0, -1]]
    labels = [f"{ends[0]}, least score ({score.iloc[0]:.3f})", f"{ends[1]}, greatest score ({score.iloc[-1]:.3f})"]
    return share_and_concentration(
        clean.proportions().to_frame()[ends], clean.metadata["concentration"], labels, "Simulated"
    )


def found_with_four(lung: Study, seed: int) -> tuple[int, list[int]]:
    """Return how many contaminants all controls of the bundled study show, and how many of them four controls do.

    Parameters
    ----------
    lung : Study
        The bundled one.
    seed : int
        Of the draws of controls.

    Returns
    -------
    tuple of int and list of int
        With all controls; then with four, in each of 100 draws.
    """
    named = lung.agglomerate("taxon")
    control = named.metadata["kind"] == "control"
    score = judged(named, blanks=control)
    known = set(score.index[score["contaminant"]])
    controls, people = named.samples[control.to_numpy()], named.samples[~control.to_numpy()]

    def with_four(draws: int) -> pd.DataFrame:
        generator, again = np.random.default_rng(seed), []
        for _ in range(draws):
            drawn = named.choose_samples([*people, *generator.choice(controls, 4, replace=False)])
            found = judged(drawn, blanks=drawn.metadata["kind"] == "control")
            again.append(len(known & set(found.index[found["contaminant"]])))
        return pd.DataFrame({"found": again})

    return len(known), simulated("found-with-four-controls", with_four, 100, lung, seed)["found"].tolist()


def against_peers(lung: Study) -> pd.DataFrame:
    """Hold the numbers of the bundled study against R.

    Parameters
    ----------
    lung : Study
        The bundled study of lungs, with metadata ``kind``.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    fisher = prevalence(lung, lung.metadata["kind"] == "control")
    leaders = fisher.sort_values(["p", "in_samples"], kind="stable").index[:4]
    names = pd.Series(dtype=str) if lung.taxonomy is None else lung.taxonomy["taxon"]
    p = fisher["p"].to_dict()
    ours = {
        f"Lung, {name}: p of Fisher's exact test": float(p[name])
        for name in ("OTU_47000", "OTU_47001", "OTU_46039", "OTU_47315")
    }
    ours["Lung: Acidovorax among the four first contaminants"] = int(names[leaders].str.startswith("Acidovorax").sum())
    ours["Fisher's method, 0.1 and 0.2"] = float(combined(pd.Series([0.1]), pd.Series([0.2])).iloc[0])
    return held_against("recipes/remove-contaminants", ours)
