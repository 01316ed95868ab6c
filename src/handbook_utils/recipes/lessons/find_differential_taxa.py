"""The lesson of ``recipes/find-differential-taxa``: what grows, and our numbers beside others."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.stored import simulated
from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.analysis.taxa.judging import Like, dealt_anew, placed, tried, ways_to_report
from handbook_utils.errors import listed
from handbook_utils.recipes.lessons.infants import numbers_of_taxa
from handbook_utils.study import Study


def one_that_grows() -> pd.DataFrame:
    """Return simulated amounts of four taxa at two moments, of which one grows."""
    return pd.DataFrame({"before": [10.0, 20, 30, 40], "after": [110.0, 20, 30, 40]}, index=list("ABCD"))


#: What was amiss in simulated studies of data/methods-tried, in words.
SITUATIONS = {
    "alike": "arms by lot, read alike",
    "depth": "one arm read ten times less deeply",
    "confounded": "arms go with obesity, which is left out",
    "adjusted": "arms go with obesity, which is in the model",
}


def placed_by_situation(stored: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Rank the methods in each situation of the stored trials.

    Parameters
    ----------
    stored : pandas.DataFrame
        The bundled table ``methods-tried``.
    rate : float
        False discovery rate that was asked for, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        A row a size, situation and method, named in ``people``, ``situation`` and ``method``: as
        :func:`~handbook_utils.analysis.taxa.judging.placed`.
    """
    made = []
    for people in sorted(stored["people"].unique()):
        for situation in SITUATIONS:
            own = stored[(stored["people"] == people) & (stored["situation"] == situation)]
            made.append(
                placed(own, rate).rename_axis("method").reset_index().assign(people=people, situation=situation)
            )
    return pd.concat(made, ignore_index=True)


def in_words(ranks: pd.DataFrame, people: int) -> pd.DataFrame:
    """Return the ranks of studies of one size as they are shown.

    Parameters
    ----------
    ranks : pandas.DataFrame
        Of :func:`placed_by_situation`.
    people : int
        An arm.

    Returns
    -------
    pandas.DataFrame
        A row a situation and method: place, and per cent with 95 % intervals.
    """
    rows = ranks[ranks["people"] == people]
    shown = {
        "false": "false discoveries (%)",
        "any": "finds something where nothing differs (% of studies)",
        "found": "found of what differs (%)",
        "behind": "found less than the first (%)",
    }
    told = {title: [_between(row, name) for row in rows.to_dict("records")] for name, title in shown.items()}
    return pd.DataFrame(
        {"situation": rows["situation"].map(SITUATIONS), **{n: rows[n] for n in ("method", "place")}}
    ).assign(**told)


def _between(row: dict[Hashable, Any], name: str) -> str:
    """Write a number with its interval; nothing where there is none."""
    middle, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return "" if pd.isna(middle) else f"{middle:.0f} ({low:.0f} to {high:.0f})"


def of_trials(ranks: pd.DataFrame, stored: pd.DataFrame) -> dict[str, str]:
    """Return what the text tells of the stored trials, by name.

    Parameters
    ----------
    ranks : pandas.DataFrame
        Of :func:`placed_by_situation`.
    stored : pandas.DataFrame
        The bundled table ``methods-tried``.

    Returns
    -------
    dict of str to str
    """
    most = int(ranks["people"].max())
    large = ranks[ranks["people"] == most]

    def named(situation: str, place: str) -> str:
        rows = large[(large["situation"] == situation) & (large["place"] == place)]
        return listed([str(name) for name in rows["method"]], most=9) or "none"

    def false(situation: str, method: str) -> str:
        (row,) = large[(large["situation"] == situation) & (large["method"] == method)].to_dict("records")
        return f"{row['false']:.0f} % ({row['false_low']:.0f} to {row['false_high']:.0f} %)"

    told = {
        f"{situation}-{short}": named(situation, place)
        for situation in SITUATIONS
        for short, place in (("first", "first"), ("tied", "not told from the first"), ("worst", "finds too much"))
    }
    told |= {f"{at}-{name}": false(at, name) for at in ("alike", "depth") for name in ("linda", "clr-wilcoxon")}
    return told | {"people-most": str(most), "studies-stored": str(stored["number"].nunique())}


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


def by_five_methods(twins: Study, rate: float, seed: int) -> pd.DataFrame:
    """Compare reporting what any of five methods finds with one that was chosen, in simulated studies.

    Parameters
    ----------
    twins : Study
        Of :func:`one_each`, whose lean and obese are compared.
    rate : float
        False discovery rate asked for, 0 to 1.
    seed : int
        Of the simulated studies.

    Returns
    -------
    pandas.DataFrame
        As :func:`~handbook_utils.analysis.taxa.judging.ways_to_report`.
    """
    methods = ["linda", "maaslin-like", "limma-trend", "shares-wilcoxon", "aldex2-like"]

    def trials(studies: int) -> pd.DataFrame:
        like = Like.of(twins, design_of(twins.metadata, group="group", levels=["lean", "obese"]))
        return tried(like, methods, studies=studies, rate=rate, seed=seed)

    return ways_to_report(simulated("five-methods", trials, 20, twins, methods, rate, seed))


def found_when_dealt_anew(twins: Study, deals: int, seed: int) -> int:
    """Count in how many deals of the labels obese and lean LinDA finds anything.

    Parameters
    ----------
    twins : Study
        Of :func:`one_each`.
    deals, seed : int
        How many, and the seed of them.

    Returns
    -------
    int
        At most `deals`.
    """
    two = twins.choose_samples(twins.column("group").isin(["obese", "lean"]).to_numpy())

    def dealt(deals: int) -> pd.DataFrame:
        return pd.DataFrame({"found": dealt_anew(two, "group", deals, seed)})

    return int((simulated("dealt-anew", dealt, deals, two, seed)["found"] > 0).sum())


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
