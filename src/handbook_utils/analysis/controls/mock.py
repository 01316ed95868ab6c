"""Mock communities: what is in them, and how far what was read of one lies from that.

Which numbers: Amos and others 2020 (doi:10.1186/s40168-020-00856-3) hold pipelines against reference reagents by
sensitivity, by the reads of what is not in them, by diversity and by similarity. Reitmeier and others 2021
(doi:10.1038/s43705-021-00033-z) find no spurious taxa over 0.25 % of the reads in mocks and gnotobiotic mice, but one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study import formats
from handbook_utils.study.lineages import name_of, parts_of

#: Share (%) of the reads from which a taxon that is not in a mock is no longer noise: Reitmeier and others 2021.
SPURIOUS = 0.25


@dataclass(frozen=True)
class Mock:
    """A mock community.

    Attributes
    ----------
    name, title, basis, note : str
        Catalogue number, name, of what the shares are, and where they come from.
    expected : pandas.Series
        Share by species, adding up to 1.
    genera : dict of str to tuple of str
        By species, the names that its genus has in references.
    """

    name: str
    title: str
    basis: str
    note: str
    expected: pd.Series
    genera: dict[str, tuple[str, ...]]


def products() -> pd.DataFrame:
    """Return the mock communities that are known, by catalogue number.

    Examples
    --------
    >>> "D6300" in products().index
    True
    """
    return datasets.frame("mocks", "products").set_index("mock").fillna("")


def mock_of(name: str) -> Mock:
    """Return a mock community by its catalogue number.

    Parameters
    ----------
    name : str
        Such as D6300, or another number of the same mixture (D6305).

    Returns
    -------
    Mock
        With the published shares, which are made to add up to 1.

    Raises
    ------
    InputError
        It is not known, or nobody knows what it holds.

    Examples
    --------
    >>> mock_of("d6305").name, round(float(mock_of("D6300").expected["Bacillus subtilis"]), 3)
    ('D6300', 0.174)
    """
    known = products()
    numbers = {str(one).upper(): str(one) for one in known.index}
    for one, others in known["also"].items():
        numbers |= {other.upper(): str(one) for other in str(others).split("|") if other}
    found = numbers.get(name.upper().replace(" ", ""))
    if found is None:
        close = nearest(name, numbers)
        raise InputError(
            f"The mock community '{name}' is not known here.",
            where="parameter mock",
            expected="one of " + ", ".join(sorted(numbers)),
            found=name,
            remedy=f"Did you mean {close}?" if close else "Give the certificate of your lot as a table: certificate.",
        )
    product, table = known.loc[found], datasets.frame("mocks")
    own = table[table["mock"] == found].set_index("species")
    if own.empty:
        raise InputError(
            f"What {found} ({product['title']}) holds is not known here.",
            where="parameter mock",
            expected="a mixture with published shares",
            found=str(product["note"]),
            remedy="Give the certificate of your lot as a table of taxon and percent: certificate.",
        )
    genera = {str(species): tuple(str(names).split("|")) for species, names in own["genera"].items()}
    share = own["percent"] / own["percent"].sum()
    return Mock(found, str(product["title"]), str(own["basis"].iloc[0]), str(product["note"]), share, genera)


def read_certificate(path: str | Path) -> pd.Series:
    r"""Read the expected shares of a mock community from the certificate of its lot.

    Parameters
    ----------
    path : str or pathlib.Path
        Text or workbook with the columns ``taxon`` and ``percent``.

    Returns
    -------
    pandas.Series
        Shares by taxon, adding up to 1.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, taxa that occur twice, what is not a number above 0, a total far from 100.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "lot.csv"
    >>> _ = path.write_text("taxon,percent\nBacillus subtilis,60\nListeria,40\n")
    >>> read_certificate(path).to_dict()
    {'Bacillus subtilis': 0.6, 'Listeria': 0.4}
    """
    sheet = formats.sheet(formats.opened(Path(path)))
    header = [name.strip().casefold() for name in sheet.header]
    if not {"taxon", "percent"} <= set(header):
        raise InputError(
            "Columns are missing.",
            where=str(path),
            expected="taxon and percent",
            found=listed([name for name in sheet.header if name.strip()], most=8),
            remedy="Give the certificate as a table with these two columns.",
        )
    at = header.index("taxon"), header.index("percent")
    rows = [[cells[place].strip() if place < len(cells) else "" for place in at] for _, cells in sheet.rows]
    frame = pd.DataFrame(rows, columns=["taxon", "percent"])
    numbers = pd.to_numeric(frame["percent"].str.replace(",", ".", regex=False), errors="coerce")
    errors = []
    if not (numbers > 0).all():
        wrong = list(frame.loc[~(numbers > 0), "taxon"])
        errors.append(InputError("Expected percentages are numbers above 0.", where=str(path), found=listed(wrong)))
    elif not 95 <= numbers.sum() <= 105:
        found = f"{numbers.sum():g}"
        errors.append(InputError("Expected percentages do not add up to 100.", where=str(path), found=found))
    twice = list(frame.loc[frame["taxon"].duplicated(), "taxon"])
    if twice:
        errors.append(InputError("Taxa occur twice.", where=str(path), found=listed(twice)))
    if errors:
        raise InputErrors(errors)
    shares = pd.Series(numbers.to_numpy(), index=frame["taxon"])
    return shares / shares.sum()


def certified(shares: pd.Series) -> Mock:
    """Return a mock community of a certificate; a genus is the first word of a taxon, or a name of it that is known.

    Parameters
    ----------
    shares : pandas.Series
        By taxon, above 0; made to add up to 1.

    Returns
    -------
    Mock
        Called ``certificate``.
    """
    known = datasets.frame("mocks").drop_duplicates("species").set_index("species")["genera"]
    genera: dict[str, tuple[str, ...]] = {str(taxon): (str(taxon).split()[0],) for taxon in shares.index}
    genera |= {name: tuple(str(known[name]).split("|")) for name in genera if name in known.index}
    return Mock("certificate", "the certificate given", "shares as given", "", shares / shares.sum(), genera)


def matched(mock: Mock, taxa: Sequence[str]) -> dict[str, str]:
    """Find which of the taxa of a table are members of a mock community.

    Parameters
    ----------
    mock : Mock
        Whose members are looked for.
    taxa : sequence of str
        Names of the table's taxa: genera, species, or lineages of either.

    Returns
    -------
    dict of str to str
        Taxon of the table to what it is in the mock: species where the taxon is one, or else the species of that
        genus, joined by " + " where the mock has several.

    Examples
    --------
    >>> matched(mock_of("D6300"), ["Escherichia/Shigella", "Blautia", "g__Bacillus; s__"])
    {'Escherichia/Shigella': 'Escherichia coli', 'g__Bacillus; s__': 'Bacillus subtilis'}
    """
    by_genus: dict[str, list[str]] = {}
    for species, names in mock.genera.items():
        for genus in names:
            by_genus.setdefault(genus.casefold(), []).append(species)
    exact = {species.casefold(): species for species in mock.expected.index.astype(str)}
    for species, names in mock.genera.items():
        epithet = species.partition(" ")[2]
        if epithet:
            exact |= {f"{genus} {epithet}".casefold(): species for genus in names}
    found = {}
    for taxon in taxa:
        plain = _last(taxon).strip("[]").replace("_", " ").strip().casefold()
        whole = _last(taxon).strip("[]").casefold()
        if plain in exact:
            found[taxon] = exact[plain]
        elif whole in by_genus or plain in by_genus:
            found[taxon] = " + ".join(by_genus.get(whole) or by_genus[plain])
    return found


def _last(taxon: str) -> str:
    """Return the last name of a lineage, without its prefix."""
    return next(filter(None, map(name_of, parts_of(str(taxon))[::-1])), "")


def by_member(mock: Mock, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Add up the taxa of a table that are the same member of a mock, and the expectation in the same way.

    Parameters
    ----------
    mock : Mock
        Whose members are looked for.
    table : pandas.DataFrame
        Samples × taxa.

    Returns
    -------
    table : pandas.DataFrame
        Members first, in the order of the mock, with 0 where nothing was read; then all other taxa.
    expected : pandas.Series
        By member, adding up to 1. Species that the table does not tell apart are one member.
    """
    names = matched(mock, [str(taxon) for taxon in table.columns])
    together = {species: joined for joined in names.values() for species in joined.split(" + ")}
    # A member seen once as a species and once as its genus is what its genus is.
    renamed = {taxon: together[joined.split(" + ")[0]] for taxon, joined in names.items()}
    expected = mock.expected.groupby(
        [together.get(str(one), str(one)) for one in mock.expected.index], sort=False
    ).sum()
    summed = table.rename(columns=renamed).T.groupby(level=0, sort=False).sum().T
    others = [name for name in summed.columns if name not in expected.index]
    return summed.reindex(columns=[*expected.index, *others], fill_value=0), expected


def mock_deviation(counts: pd.Series, expected: pd.Series) -> dict[str, float]:
    """Compare a mock community with what it should hold.

    Parameters
    ----------
    counts : pandas.Series
        Reads of one mock well, by feature.
    expected : pandas.Series
        Expected shares by taxon, above 0.

    Returns
    -------
    dict of str to float
        ``deviation`` (%): the mean over taxa of |observed - expected| / expected, observed shares among the mock's own
        taxa; ``largest`` (%), of one taxon; ``aitchison``: the distance of the log-ratios, 0.5 added to counts;
        ``foreign`` (%): reads of anything else; ``missing``: taxa without reads.

    Examples
    --------
    >>> seen = mock_deviation(pd.Series({"a": 60, "b": 30, "dust": 10}), pd.Series({"a": 0.5, "b": 0.5}))
    >>> {name: round(value, 2) for name, value in seen.items()}
    {'deviation': 33.33, 'largest': 33.33, 'aitchison': 0.48, 'foreign': 10.0, 'missing': 0.0}
    """
    own = counts.reindex(expected.index, fill_value=0).astype(float)
    total, wanted = float(counts.sum()), expected / expected.sum()
    if own.sum() == 0:
        return {"deviation": 100.0, "largest": 100.0, "aitchison": float("nan"), "foreign": 100.0, "missing": len(own)}
    relative = 100 * (own / own.sum() - wanted).abs() / wanted
    logs = np.log((own + 0.5).to_numpy()) - np.log(wanted.to_numpy())
    return {
        "deviation": float(relative.mean()),
        "largest": float(relative.max()),
        "aitchison": float(np.linalg.norm(logs - logs.mean())),
        "foreign": 100 * (1 - float(own.sum()) / total),
        "missing": float((own == 0).sum()),
    }


def found_and_missed(counts: pd.Series, expected: pd.Series, noise: float = SPURIOUS) -> dict[str, float]:
    """Say what of a mock community was found, and what was found that is not in it.

    Parameters
    ----------
    counts : pandas.Series
        Reads of one mock well, by taxon.
    expected : pandas.Series
        Expected shares by member, above 0.
    noise : float
        Share (%) of the reads below which what is not in the mock is counted apart, as noise.

    Returns
    -------
    dict of str to float
        ``recall`` (%): members with reads; ``detectable`` (%): the same, of members of which at least five reads were
        to be expected; ``precision`` (%): of the taxa over `noise`, those that are members; ``strangers``: taxa over
        `noise` that are none; ``noise``: other taxa that are none.

    Examples
    --------
    >>> seen = pd.Series({"a": 600, "b": 380, "dust": 19, "speck": 1})
    >>> round(found_and_missed(seen, pd.Series({"a": 0.5, "b": 0.4, "c": 0.1}))["precision"], 1)
    66.7
    """
    total = float(counts.sum())
    own = counts.reindex(expected.index, fill_value=0).astype(float)
    others = counts.drop(expected.index, errors="ignore")
    others = others[others > 0]
    over = int((100 * others > noise * total).sum())
    members = int((100 * own > noise * total).sum())
    due = expected / expected.sum() * total >= 5
    return {
        "recall": 100 * float((own > 0).mean()),
        "detectable": 100 * float((own > 0)[due].mean()) if due.any() else float("nan"),
        "precision": 100 * members / (members + over) if members + over else float("nan"),
        "strangers": float(over),
        "noise": float(len(others) - over),
    }


def log_ratios(counts: pd.Series, expected: pd.Series) -> pd.Series:
    """Return by member how many doublings of its expected share were read, among the mock's members.

    Parameters
    ----------
    counts, expected : pandas.Series
        As for :func:`found_and_missed`; 0.5 is added to counts.

    Returns
    -------
    pandas.Series
        By member: log2 of the observed share over the expected one.

    Examples
    --------
    >>> log_ratios(pd.Series({"a": 300, "b": 100}), pd.Series({"a": 0.5, "b": 0.5})).round(2).to_dict()
    {'a': 0.58, 'b': -1.0}
    """
    own = counts.reindex(expected.index, fill_value=0).astype(float) + 0.5
    ratio = (own / own.sum()) / (expected / expected.sum())
    return pd.Series(np.log2(ratio.to_numpy(dtype=float)), index=expected.index)


def not_named(mock: Mock, names: Sequence[str], ranks: Sequence[str]) -> InputError:
    """Say that no feature has the name of a member: of names, not of the run, and so no verdict on it.

    Parameters
    ----------
    mock : Mock
        What was looked for.
    names : sequence of str
        Of the features.
    ranks : sequence of str
        Of the table's taxonomy; empty where it has none.

    Returns
    -------
    InputError
    """
    members = [own[0] for own in mock.genera.values() if own][:3]
    return InputError(
        f"No feature has the name of a member of {mock.title}.",
        where="parameters table and rank",
        expected=f"names such as {listed(members)}",
        found=listed(list(names), most=3),
        remedy=f"Add features up to a rank, such as -p rank genus; this table has {listed(list(ranks), most=8)}."
        if ranks
        else "Give a taxonomy (-p taxonomy my.tsv -p rank genus): name-the-taxa writes one.",
    )
