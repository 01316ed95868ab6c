"""How many people: rates with a stated denominator, bounds for overlapping groups, and lists of complaints as a grid.

A number of people is only comparable as a rate of a stated population. Numbers of people with different conditions
must not be added up, because one person can have several; without data on who has what, the truth lies between two
bounds (Fréchet 1935): as many as the largest group, and as many as all groups together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = [
    "COMPLAINTS",
    "Overlap",
    "beside_other_sources",
    "complaint_grid",
    "condition_name",
    "people_by_condition",
    "prevalence_from_incidence",
    "rate",
    "union_bounds",
]

#: The conditions of the data set `dutch-prevalence`, as they are called on a page: English, Dutch.
_CONDITIONS: dict[str, tuple[str, str]] = {
    "coeliac-disease": ("coeliac disease", "coeliakie"),
    "ibd": ("Crohn's and colitis (IBD)", "Crohn en colitis (IBD)"),
    "ibs": ("irritable bowel (IBS)", "prikkelbare darm (PDS)"),
    "stress": ("feels mentally unhealthy", "voelt zich psychisch ongezond"),
    "migraine": ("migraine", "migraine"),
    "depression": ("depression", "depressie"),
    "adhd": ("ADHD symptoms", "ADHD-klachten"),
    "autism": ("autism", "autisme"),
    "parkinson": ("Parkinson's disease", "ziekte van Parkinson"),
    "alzheimer": ("Alzheimer's disease", "ziekte van Alzheimer"),
    "cancer": ("cancer", "kanker"),
}
# What a figure of a condition counts, where there are two of it.
_FURTHER: dict[str, tuple[str, str]] = {
    "ibs-known": (", known at GP", ", bekend bij huisarts"),
    "ibs-estimated": (", estimate", ", schatting"),
    "autism-children": (", 4 to 12 years", ", 4 tot 12 jaar"),
    "autism-adults": (", adults", ", volwassenen"),
}
_BASES: dict[str, tuple[str, str]] = {
    "known-at-gp": ("known at the GP", "bekend bij de huisarts"),
    "estimated": ("estimate", "schatting"),
    "stated": ("source not given", "bron niet genoemd"),
}
_ORDERS = {"number": ["number"], "name": ["name"], "group": ["group", "number"]}
# A condition, the published number beside it, and what that counts.
_OTHER: tuple[tuple[str, str, str, str], ...] = (
    ("coeliac-disease", "coeliac-gp", "found in GP records, 2016", "in dossiers van huisartsen, 2016"),
    ("ibd", "ibd-registry", "insurance and hospital records, 2020", "zorggegevens, 2020"),
    ("ibd", "ibd-limburg", "South Limburg, 2010", "Zuid-Limburg, 2010"),
    (
        "depression",
        "mood-survey",
        "mood disorder in 12 months, adults of 18 to 75",
        "stemmingsstoornis in 12 maanden, 18 tot 75 jaar",
    ),
    ("adhd", "adhd-survey", "ADHD in 12 months, adults of 18 to 75", "ADHD in 12 maanden, 18 tot 75 jaar"),
    (
        "parkinson",
        "parkinsonism-number",
        "all parkinsonism known at the GP, 2021",
        "alle parkinsonisme bekend bij de huisarts, 2021",
    ),
    ("alzheimer", "dementia-number", "all dementia, estimate for 2021", "alle dementie, schatting voor 2021"),
    (
        "alzheimer",
        "dementia-gp-number",
        "all dementia known at the GP, 2021",
        "alle dementie bekend bij de huisarts, 2021",
    ),
)

#: The complaints of the grid, in its order: id, English, Dutch.
COMPLAINTS: dict[str, tuple[str, str]] = {
    "pain": ("abdominal pain", "buikpijn"),
    "diarrhoea": ("diarrhoea", "diarree"),
    "constipation": ("constipation", "verstopping"),
    "bloating": ("bloating", "opgeblazen gevoel"),
    "wind": ("wind or gas", "winden"),
    "nausea": ("nausea or vomiting", "misselijkheid of braken"),
    "blood": ("blood in the stool", "bloed bij de poep"),
    "fatigue": ("fatigue", "moeheid"),
    "appetite": ("loss of appetite", "minder eetlust"),
    "weight": ("unintended weight loss", "afvallen zonder het te willen"),
    "incontinence": ("faecal incontinence", "poep niet kunnen ophouden"),
    "other": ("something else", "iets anders"),
}

# What the wordings of the data set `dutch-prevalence` count as; a wording may hold two complaints.
_WORDINGS: dict[str, tuple[str, ...]] = {
    "abdominal pain": ("pain",),
    "abdominal pain and cramps": ("pain",),
    "abdominal pain (bloating)": ("pain", "bloating"),
    "diarrhoea": ("diarrhoea",),
    "chronic diarrhoea": ("diarrhoea",),
    "loose, fatty, bulky and foul-smelling stool": ("diarrhoea",),
    "constipation": ("constipation",),
    "severe constipation": ("constipation",),
    "bloating": ("bloating",),
    "wind": ("wind",),
    "gas": ("wind",),
    "nausea": ("nausea",),
    "nausea or vomiting": ("nausea",),
    "blood in the stool": ("blood",),
    "fatigue": ("fatigue",),
    "less appetite": ("appetite",),
    "unintended weight loss": ("weight",),
    "faecal incontinence": ("incontinence",),
    "fever": ("other",),
    "bacterial overgrowth": ("other",),
    "lactose intolerance because the small intestine is damaged": ("other",),
}


@dataclass(frozen=True)
class Overlap:
    """How many people have at least one of several conditions, as far as separate numbers tell.

    Parameters
    ----------
    least : float
        If the smaller groups lie wholly within the largest one.
    independent : float
        If having one condition said nothing about having another. An illustration, not an estimate.
    most : float
        If nobody has two (and never more than the population).
    """

    least: float
    independent: float
    most: float


def rate(number: float, population: float, per: float = 1000) -> float:
    """Return a number of people as a rate of a population.

    Parameters
    ----------
    number : float
        People who have it.
    population : float
        People it was counted among.
    per : float
        Of how many people the rate is told.

    Returns
    -------
    float
        People of each `per`.

    Raises
    ------
    ValueError
        The population is not above 0, or the number is negative or larger than the population.

    Examples
    --------
    >>> round(rate(226_900, 17_811_291), 1)
    12.7
    """
    if not population > 0:
        raise ValueError(f"a population of {population} is not above 0")
    if not 0 <= number <= population:
        raise ValueError(f"{number} people do not fit in a population of {population}")
    return per * number / population


def union_bounds(numbers: Iterable[float], population: float) -> Overlap:
    """Bound how many people have at least one of several conditions, from the number with each.

    Parameters
    ----------
    numbers : iterable of float
        People with each condition, at least one number.
    population : float
        People all were counted among.

    Returns
    -------
    Overlap
        The bounds of Fréchet (1935), ``max(n)`` and ``min(sum(n), population)``, and between them the number under
        independence, ``population * (1 - prod(1 - n / population))``.

    Raises
    ------
    ValueError
        There are no numbers, or one does not fit in the population.

    Examples
    --------
    >>> union_bounds([50, 30], 100)
    Overlap(least=50.0, independent=65.0, most=80.0)
    """
    shares = np.array([rate(number, population, per=1) for number in numbers])
    if not shares.size:
        raise ValueError("no numbers to bound")
    return Overlap(
        least=float(population * shares.max()),
        independent=float(population * (1 - np.prod(1 - shares))),
        most=float(min(population * shares.sum(), population)),
    )


def prevalence_from_incidence(per_year: float, years: float) -> float:
    """Return how many people live with a condition, when cases come and go at a constant pace.

    In a steady state the number of people living with it is the number of new cases a year times the mean number of
    years a case lasts (Freeman and Hutchison 1980). Cancer in the Netherlands is not in a steady state; the result is
    an illustration.

    Parameters
    ----------
    per_year : float
        New cases a year.
    years : float
        Mean duration of a case, in years.

    Returns
    -------
    float
        People.

    Raises
    ------
    ValueError
        One of them is negative.

    Examples
    --------
    >>> prevalence_from_incidence(1000, 5)
    5000.0
    """
    if per_year < 0 or years < 0:
        raise ValueError("new cases and years are not negative")
    return float(per_year * years)


def complaint_grid(listed: Mapping[str, str]) -> pd.DataFrame:
    """Turn lists of complaints into a grid: which condition goes with which complaint.

    Parameters
    ----------
    listed : mapping of str to str
        The complaints of each condition in English, separated by semicolons, as in ``dutch-prevalence``.

    Returns
    -------
    pandas.DataFrame
        One row a condition and one column a complaint (ids of :data:`COMPLAINTS`), True where it is listed.

    Raises
    ------
    ValueError
        A wording that is not known: it must be given a place, not dropped.

    Examples
    --------
    >>> grid = complaint_grid({"migraine": "nausea", "ibs": "wind; abdominal pain and cramps"})
    >>> grid.loc["ibs", ["pain", "wind", "nausea"]].tolist()
    [True, True, False]
    """
    texts = dict(listed)  # a pandas Series iterates over its values, a dict over its keys
    grid = pd.DataFrame(False, index=list(texts), columns=list(COMPLAINTS))
    for condition, text in texts.items():
        for wording in (part.strip() for part in text.split(";")):
            if wording not in _WORDINGS:
                raise ValueError(f"complaint {wording!r} of {condition!r} has no place in the grid")
            grid.loc[condition, list(_WORDINGS[wording])] = True
    return grid


def condition_name(condition: str, lang: str) -> str:
    """Return what a condition of the data set ``dutch-prevalence`` is called on a page.

    Parameters
    ----------
    condition : str
        As the data set names it.
    lang : {"en", "nl"}
        Language.

    Returns
    -------
    str
        For a label or a sentence.

    Examples
    --------
    >>> condition_name("parkinson", "nl")
    'ziekte van Parkinson'
    """
    return _CONDITIONS[condition][lang == "nl"]


def people_by_condition(table: pd.DataFrame, population: float, *, sort_by: str, lang: str) -> pd.DataFrame:
    """Return the figures that count people who live with a condition, as rates.

    Parameters
    ----------
    table : pandas.DataFrame
        The data set ``dutch-prevalence``, by figure.
    population : float
        Of whom the rate is.
    sort_by : {"number", "name", "group"}
        The largest number first, the alphabet, or by group.
    lang : {"en", "nl"}
        Language of the names.

    Returns
    -------
    pandas.DataFrame
        By figure: the columns of the table, and ``name``, ``rate`` (of every 1,000) and ``known`` (how it is known).

    Examples
    --------
    >>> from handbook_utils import datasets
    >>> table = datasets.frame("dutch-prevalence").set_index("figure")
    >>> people_by_condition(table, 17_811_291, sort_by="number", lang="en")["name"].iloc[0]
    'feels mentally unhealthy'
    """
    people = table[table["measure"] == "people"].copy()
    further = [_FURTHER.get(str(figure), ("", ""))[lang == "nl"] for figure in people.index]
    people["name"] = [
        condition_name(condition, lang) + more for condition, more in zip(people["condition"], further, strict=True)
    ]
    people["rate"] = [rate(number, population) for number in people["number"]]
    people["known"] = [_BASES[basis][lang == "nl"] for basis in people["basis"]]
    return people.sort_values(_ORDERS[sort_by], ascending=sort_by == "name")


def beside_other_sources(rates: pd.Series, published: pd.Series, population: float, lang: str) -> pd.DataFrame:
    """Put rates beside those of other sources.

    Parameters
    ----------
    rates : pandas.Series
        By condition, of every 1,000.
    published : pandas.Series
        Numbers of other sources by name, of every 1,000; those whose name ends in ``-number`` are people.
    population : float
        Of whom the rate of such a number is.
    lang : {"en", "nl"}
        Language of the names.

    Returns
    -------
    pandas.DataFrame
        Name of the condition, its rate, that of the other source, and what that counts.
    """
    return pd.DataFrame(
        [
            (
                condition_name(condition, lang),
                rates[condition],
                rate(published[name], population) if name.endswith("-number") else published[name],
                nl if lang == "nl" else en,
            )
            for condition, name, en, nl in _OTHER
        ]
    )
