"""Who can be told apart by what is known of everybody: k, l, and what is hidden until groups are large enough.

A person is recognised by what others know as well: sex, age, place, day, height, weight (quasi-identifiers). k is the
number of people in the smallest group that shares all of them (Sweeney 2002, k-anonymity); l is the smallest number of
different answers to a sensitive question within such a group (Machanavajjhala 2007, l-diversity in its distinct form).
Groups that are too small are mended by local suppression: of their people one value after another is hidden. A value
that is hidden counts as a value of its own, which is the careful way to count.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from handbook_utils.protocols.privacy.examine import WITHHELD

#: The smallest group that may leave without an exception that somebody signed; a choice of this handbook.
SMALLEST = 5
#: Columns that hold a quasi-identifier, by what it is called in a study file.
_COLUMNS = {
    "sex": r"sex|gender|biological sex|geslacht",
    "age": r"age|age band|age in years|birth.*|leeftijd.*|geboorte.*",
    "place": r"centre|center|region|province|city|town|lat lon|latitude|longitude|geo loc name|provincie|centrum|"
    r"geographic location.*",
    "date": r"date|collected|collection date|collection timestamp|sampling date|datum",
    "body": r"height|height cm|weight|weight kg|total mass|tot mass|bmi|body mass index|lengte.*|gewicht.*",
}
_PERSON = ("participant", "host subject id", "subject id")


@dataclass(frozen=True)
class Groups:
    """Everybody in what leaves, by the values that others may know.

    Attributes
    ----------
    people : pandas.DataFrame
        A row a person, by code; a column for each ``table: column`` that holds a quasi-identifier.
    sensitive : pandas.DataFrame
        The same of what nobody should learn.
    known : tuple of str
        The quasi-identifiers of which anything is told, as they were declared.
    """

    people: pd.DataFrame
    sensitive: pd.DataFrame
    known: tuple[str, ...] = ()

    @property
    def sizes(self) -> pd.Series:
        """How many people share a person's values, that person included; by code."""
        alike = self._alike
        return alike.map(alike.value_counts())

    @property
    def k(self) -> int:
        """The smallest group; 0 where there is nobody."""
        return int(self.sizes.min()) if len(self.people) else 0

    @property
    def few(self) -> int:
        """How many people are in groups of fewer than :data:`SMALLEST`."""
        return int((self.sizes < SMALLEST).sum())

    @property
    def diversity(self) -> dict[str, int]:
        """The least number of different answers within a group (l), of each sensitive column."""
        alike = self._alike
        return {str(name): int(answers.groupby(alike).nunique().min()) for name, answers in self.sensitive.items()}

    @property
    def _alike(self) -> pd.Series:
        rows = [tuple(row) for row in self.people.itertuples(index=False, name=None)]
        return pd.Series([repr(row) for row in rows], index=self.people.index, dtype=object)


def quasi_identifier(column: str, declared: Collection[str]) -> str:
    """Return which of the declared quasi-identifiers a column holds, or "".

    Parameters
    ----------
    column : str
        Its name.
    declared : collection of str
        As the study file names them.

    Returns
    -------
    str
        The first that fits.

    Examples
    --------
    >>> quasi_identifier("host body-mass index", ["sex", "body"]), quasi_identifier("extraction date", ["date"])
    ('body', '')
    >>> quasi_identifier("occupation", ["sex", "occupation"])
    'occupation'
    """
    plain = _plain(column)
    for name in declared:
        pattern = _COLUMNS.get(name, re.escape(_plain(name)))
        if re.fullmatch(rf"(?:host )?(?:{pattern})", plain):
            return name
    return ""


def groups(
    tables: Mapping[str, pd.DataFrame], people: Collection[str], declared: Collection[str], sensitive: Collection[str]
) -> Groups:
    """Bring together, of everybody, what all tables say: they can be joined by the code, so they count together.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        What leaves, by name; text.
    people : collection of str
        Codes of the participants.
    declared : collection of str
        Quasi-identifiers: sex, age, place, date, body, or a column's own name.
    sensitive : collection of str
        Words in the names of columns that nobody should learn.

    Returns
    -------
    Groups
        Of several tubes of a person all values count, in order.

    Examples
    --------
    >>> tubes = pd.DataFrame({"sample": ["A-1", "A-2", "B-1"], "sex": ["female", "female", "male"]})
    >>> found = groups({"tubes": tubes}, ["A", "B"], ["sex"], [])
    >>> found.k, found.sizes.to_dict()
    (1, {'A': 1, 'B': 1})
    """
    known = {_code(code): code for code in people}
    of_people = pd.DataFrame(index=pd.Index(sorted(known.values()), name="participant"))
    hidden = of_people.copy()
    told: dict[str, None] = {}
    wanted = re.compile(rf"\b(?:{'|'.join(re.escape(_plain(name)) for name in sensitive)})\b" if sensitive else "(?!)")
    for name, table in tables.items():
        owner = _owners(table, known)
        for column in table.columns:
            values = table[column].astype(str)
            if held := quasi_identifier(str(column), declared):
                told |= {} if values.isin(["", WITHHELD]).all() else {held: None}
                of_people[f"{name}: {column}"] = _told(values, owner)
            elif wanted.search(_plain(str(column))):
                hidden[f"{name}: {column}"] = _told(values, owner)
    return Groups(of_people.fillna(""), hidden.fillna(""), tuple(name for name in declared if name in told))


def _told(values: pd.Series, owner: pd.Series) -> pd.Series:
    """All that a column says of each person, in the order of the tubes; once where it is always the same."""
    told: dict[str, dict[str, None]] = {}
    for who, text in zip(owner.tolist(), values.tolist(), strict=True):
        if who:
            told.setdefault(who, {})[text] = None
    return pd.Series({who: " ".join(texts) for who, texts in told.items()}, dtype=object)


def _owners(table: pd.DataFrame, known: Mapping[str, str]) -> pd.Series:
    """Return whose each row is: by the column of participants, or by the tube in the first one."""
    if not len(table.columns):
        return pd.Series("", index=table.index, dtype=object)
    named = next((one for one in table.columns if _plain(str(one)) in _PERSON), table.columns[0])
    return (
        table[named]
        .astype(str)
        .map(lambda text: known.get(_code(text), known.get(_code(re.sub(r"[-.]\d+$", "", text.strip())), "")))
    )


def _code(text: str) -> str:
    return re.sub(r"[-.]", "", text.strip()).upper()


def _plain(column: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", column).casefold().split())


def suppressed(people: pd.DataFrame, first: Sequence[str], smallest: int = SMALLEST) -> pd.DataFrame:
    """Hide values of people in small groups, one column after another, until no group is small.

    Parameters
    ----------
    people : pandas.DataFrame
        A row a person, a column for each quasi-identifier, text.
    first : sequence of str
        Its columns, in the order in which they are given up.
    smallest : int
        People that a group must have.

    Returns
    -------
    pandas.DataFrame
        The same, with :data:`WITHHELD` where a value is hidden. Fewer people than `smallest` lose all values.

    Examples
    --------
    >>> people = pd.DataFrame({"sex": ["f"] * 5 + ["m"], "band": ["18-39"] * 5 + ["60-79"]})
    >>> suppressed(people, ["band", "sex"], smallest=5)["sex"].eq(WITHHELD).sum()
    np.int64(6)
    """
    made = people.astype(object).copy()
    columns = list(made.columns)
    for column in first:
        small = made.groupby(columns)[columns[0]].transform("size") < smallest
        made.loc[small, column] = WITHHELD
    while columns:
        sizes = made.groupby(columns)[columns[0]].transform("size")
        blank = (made == WITHHELD).all(axis=1)
        if not 0 < blank.sum() < smallest or blank.all():
            break
        # Too few of whom nothing is told stand out, too: the smallest group joins them.
        chosen = made.loc[[sizes[~blank].idxmin()]].iloc[0]
        made.loc[(made == chosen).all(axis=1), columns] = WITHHELD
    return made
