"""What those who gave samples are called: people where the metadata say so, animals where they do, else individuals."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

#: Columns in which standards (MIxS, ENA, QIIME 2 tutorials) say whose the samples are.
_HOST = re.compile(r"^host(_?(common_?name|species|scientific_?name|tax_?id|name))?$", re.I)
#: These say it where no column of a host does: in archives the organism of a sample is often its metagenome.
_ORGANISM = re.compile(r"^(species|organism)$", re.I)
_METAGENOME = re.compile(r"\bmetagenomes?\b", re.I)
_HUMAN = re.compile(r"^(homo sapiens|h\. ?sapiens|humans?|9606(\.0)?|people|person|mens(en)?)( *\(.*\))?$", re.I)
#: Parts of a name of a column of people, and of animals.
_PEOPLE = re.compile(
    r"(^|_|-| )(persons?|people|participants?|patients?|volunteers?|child(ren)?|infants?|bab(y|ies)|toddlers?|mothers?|"
    r"twins?|residents?|donors?|wom[ae]n|m[ae]n|students?|respondents?|who)(_?(id|code|nr|no|number))?$",
    re.I,
)
_ANIMALS = re.compile(
    r"(^|_|-| )(animals?|mouse|mice|rats?|pigs?|piglets?|sows?|dogs?|cats?|cows?|cattle|cal(f|ves)|chickens?|hens?|"
    r"birds?|fish|monkeys?|macaques?|apes?|sheep|lambs?|goats?|horses?|rabbits?|hamsters?|gerbils?|fl(y|ies)|bees?|"
    r"larvae?|muis|muizen|dier(en)?)(_?(id|code|nr|no|number))?$",
    re.I,
)


@dataclass(frozen=True)
class Members:
    """What one and several of those who gave samples are called.

    Attributes
    ----------
    one, many : str
        Such as ``person`` and ``people``.
    """

    one: str
    many: str

    def count(self, number: int) -> str:
        """Return so many of them, in words that fit one of them, too.

        Parameters
        ----------
        number : int
            How many.

        Returns
        -------
        str
            With the number.

        Examples
        --------
        >>> PEOPLE.count(1), PEOPLE.count(12)
        ('1 person', '12 people')
        """
        return f"{number} {self.one if number == 1 else self.many}"

    @property
    def one_of(self) -> str:
        """One of them, with its article."""
        return f"{'an' if self.one[0] in 'ai' else 'a'} {self.one}"


_NAMES = [Members("person", "people"), Members("animal", "animals"), Members("individual", "individuals")]
PEOPLE, ANIMALS, INDIVIDUALS = _NAMES


def members_of(metadata: pd.DataFrame, person: str) -> Members:
    """Return what those who gave samples are called.

    A column of the host decides where there is one, else one of the species; else the name of the column that joins
    samples of one; where none says it, the word that is true of everybody. A metagenome says nothing of its host.

    Parameters
    ----------
    metadata : pandas.DataFrame
        A row a sample.
    person : str
        Column that joins samples of one of them.

    Returns
    -------
    Members
        People, animals or individuals.

    Examples
    --------
    >>> visits = pd.DataFrame({"subject": ["m1", "m1"], "host": "Mus musculus"})
    >>> members_of(visits, "subject").many
    'animals'
    >>> [members_of(pd.DataFrame(columns=[name]), name).many for name in ("patient_id", "mouse", "subject")]
    ['people', 'animals', 'individuals']
    """
    for named in (_HOST, _ORGANISM):
        for name in (name for name in metadata.columns if named.match(str(name)) and name != person):
            values = metadata[name].dropna().astype(str).str.strip().unique()
            human = [bool(_HUMAN.match(value)) for value in values if not _METAGENOME.search(value)]
            if human:
                return PEOPLE if all(human) else INDIVIDUALS if any(human) else ANIMALS
    if _PEOPLE.search(person):
        return PEOPLE
    return ANIMALS if _ANIMALS.search(person) else INDIVIDUALS
