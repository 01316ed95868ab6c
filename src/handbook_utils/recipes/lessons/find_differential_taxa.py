"""The lesson of ``recipes/find-differential-taxa``: what grows, and our numbers beside others."""

from __future__ import annotations

import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.recipes.lessons.infants import numbers_of_taxa
from handbook_utils.study import Study


def one_that_grows() -> pd.DataFrame:
    """Return simulated amounts of four taxa at two moments, of which one grows."""
    return pd.DataFrame({"before": [10.0, 20, 30, 40], "after": [110.0, 20, 30, 40]}, index=list("ABCD"))


def one_each(twins: Study) -> Study:
    """Return the deepest sample of each person of the bundled study, without rare taxa.

    Parameters
    ----------
    twins : Study
        The bundled one.

    Returns
    -------
    Study
        Samples of 200 reads or more, and features that a quarter of them have.
    """
    deep = twins.choose_samples((twins.depth >= 200).to_numpy())
    return keep_taxa(
        deep.choose_samples(sorted(deep.depth.groupby(deep.column("person").astype(str)).idxmax())), prevalence=0.25
    )


_WRITTEN = (
    *((1, 32, 1, 2, 6, 11), (3, 57, 0, 1, 37, 2), (7, 69, 0, 1, 97, 8), (5, 237, 1, 2, 7, 8), (5, 27, 3, 2, 17, 10)),
    *((2, 145, 0, 8, 19, 22), (93, 222, 1, 4, 29, 14), (16, 108, 0, 2, 40, 9), (52, 80, 1, 1, 73, 15)),
    *((12, 392, 2, 3, 68, 11), (1, 181, 0, 2, 37, 6), (35, 83, 1, 4, 15, 7)),
)


def against_peers(infants: Study) -> pd.DataFrame:
    """Hold the tests against R, on counts written here and on a bundled study.

    Parameters
    ----------
    infants : Study
        The bundled study of infants of Iquitos.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    names = [f"s{row}" for row in range(12)]
    arms = pd.DataFrame({"arm": ["no"] * 6 + ["yes"] * 6}, index=names)
    small = Study.from_frame(pd.DataFrame(list(_WRITTEN), index=names, columns=list("abcdef")), arms)
    design = design_of(arms, group="arm")

    def of(method: str) -> pd.DataFrame:
        return differential(small, design, method=method)

    ours = {"CLR and Wilcoxon: p of the first taxon": float(of("clr-wilcoxon")["p"].to_list()[0])}
    places = ("first", "second", "third", "fourth", "fifth", "sixth")
    for label, method, taxa in (
        ("LinDA", "linda", 1),
        ("MaAsLin-like", "maaslin-like", 6),
        ("limma-trend",) * 2 + (6,),
    ):
        found = of(method)
        for place, (_, row) in zip(places[:taxa], found.iterrows(), strict=False):
            ours[f"{label}: log2 fold change of the {place} taxon"] = float(row["log2_fold"])
            ours[f"{label}: p of the {place} taxon"] = float(row["p"])
    return held_against("recipes/find-differential-taxa", ours | numbers_of_taxa(infants))
