"""``recipes/check-with-a-mock``: what it asks of the reader's files, what it compares, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.controls.crosstalk import Leakage, hopping, leakage
from handbook_utils.analysis.controls.mock import (
    Mock,
    by_member,
    certified,
    found_and_missed,
    log_ratios,
    matched,
    mock_deviation,
    mock_of,
    not_named,
    read_certificate,
)
from handbook_utils.analysis.taxa.leakage import places_of
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import check_column, check_words, column_checks, study_of
from handbook_utils.study import Study
from handbook_utils.study.lineages import UNASSIGNED

#: Statistics of a mock well: what they are called in tables, and their decimals.
_COLUMNS = {
    "reads": "reads",
    "recall": "members found (%)",
    "detectable": "of those to be expected (%)",
    "precision": "precision (%)",
    "strangers": "taxa not expected",
    "noise": "below the noise",
    "foreign": "reads not expected (%)",
    "unclear": "reads that may be a member's (%)",
    "deviation": "mean deviation (%)",
    "aitchison": "Aitchison distance",
}
#: Letters of the rows of a plate.
ROWS = "ABCDEFGHIJKLMNOP"


def check_with_a_mock(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/check-with-a-mock`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A mock community that is not known, columns and words that are not there, wells that cannot be read, mocks
        without reads, a table of shares.
    """
    study = study_of(parameters, "mock-dilutions")
    collect(
        lambda: community(parameters),
        *column_checks(study, parameters, [], ["kind", "well", "plate"]),
    )
    if parameters["kind"]:
        check_column(study, parameters["kind"], "kind", may_be_empty=True)
        for name in ("positive", "blank"):
            words = parameters[name] if isinstance(parameters[name], list) else [parameters[name]]
            check_words(study, parameters["kind"], name, words)
    Checked.of(study, **{name: parameters[name] for name in _ASKED}).wells  # noqa: B018 - reads the wells, or tells


_ASKED = (
    *("mock", "certificate", "kind", "positive", "blank", "well", "plate", "rank", "noise", "permutations", "seed"),
    *("detected_percent", "mock_percent", "strangers", "foreign_percent", "leakage_percent"),
)


def community(parameters: Mapping[str, Any]) -> Mock:
    """Return the mock community that is asked for: that of the certificate, or else of the catalogue number.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter: ``certificate`` and ``mock``.

    Returns
    -------
    Mock
        With expected shares that add up to 1.
    """
    if parameters["certificate"]:
        return certified(read_certificate(str(parameters["certificate"])))
    return mock_of(str(parameters["mock"]))


# ------------------------------------------------------------------------------------------------------ the analysis


@dataclass(frozen=True)
class Checked:
    """The mock communities of a study against what is in them, and the sentences that say so.

    Attributes
    ----------
    study : Study
        Added up to the rank.
    mock : Mock
        What the mock wells should hold.
    is_mock : pandas.Series of bool
        By well.
    content : pandas.Series of str
        By well: mock, blank or sample.
    asked : dict of str to object
        The parameters of the chapter.
    """

    study: Study
    mock: Mock
    is_mock: pd.Series
    content: pd.Series
    asked: dict[str, Any]

    @classmethod
    def of(cls, given: Study, **asked: Any) -> Checked:
        """Tell mocks, blanks and samples apart, and add up to the rank.

        Parameters
        ----------
        given : Study
            Counts of reads, mocks among its samples.
        **asked : object
            The parameters of the chapter.

        Returns
        -------
        Checked
            With the kind of every well.

        Raises
        ------
        InputError
            No well is a mock, values are no counts, or a mock has no member's reads at all.
        """
        if not given.are_counts:
            raise InputError(
                "Mocks are checked on counts of reads.",
                where="parameter table",
                expected="counts",
                found=f"{given.quantity}, or presence",
                remedy="Give the table of counts, from which shares were made.",
            )
        study = given
        if asked["rank"] and given.taxonomy is not None:
            study = given.agglomerate(asked["rank"])
        kinds = pd.Series("mock", index=given.samples)
        if asked["kind"]:
            column = given.column(asked["kind"]).astype("string").fillna("")
            kinds = pd.Series("sample", index=given.samples)
            kinds[column.isin(list(asked["positive"])).to_numpy()] = "mock"
            kinds[(column == asked["blank"]).to_numpy() & (asked["blank"] != "")] = "blank"
        is_mock = kinds == "mock"
        if not is_mock.any():
            raise InputError(
                "No well is a mock community.",
                where="parameters kind and positive",
                expected="the column that tells mocks, and its word for them; or kind empty, where every sample is one",
                found=f"kind {asked['kind']}, positive {listed(list(asked['positive'])) or 'empty'}",
                remedy=f"Give positive, one of: {listed(sorted(set(map(str, given.column(asked['kind'])))), most=8)}.",
            )
        made = cls(study, community(asked), is_mock, kinds, asked)
        if not made.table[list(made.expected.index)].to_numpy().any():
            ranks = [] if given.taxonomy is None else list(map(str, given.taxonomy.columns))
            raise not_named(made.mock, [str(name) for name in study.features], ranks)
        return made

    @cached_property
    def _matched(self) -> tuple[pd.DataFrame, pd.Series]:
        return by_member(self.mock, self.study.to_frame())

    @property
    def table(self) -> pd.DataFrame:
        """Reads, wells × taxa, the members of the mock first."""
        return self._matched[0]

    @property
    def expected(self) -> pd.Series:
        """Share by member that the table can tell apart."""
        return self._matched[1]

    @cached_property
    def unclear(self) -> list[str]:
        """Taxa whose name stops one rank short, at that of a member that is there: they may be that member."""
        taxonomy, rank = self.study.taxonomy, self.asked["rank"]
        if not rank or taxonomy is None or len(taxonomy.columns) < 2:
            return []
        above = taxonomy.iloc[:, -2]
        nameless = taxonomy.iloc[:, -1].astype(str) == above.astype(str) + f" ({UNASSIGNED})"
        own = set(above[[str(name) in self._named for name in taxonomy.index]])
        return [str(name) for name in taxonomy.index[(nameless & above.isin(own)).to_numpy()]]

    @cached_property
    def _named(self) -> set[str]:
        return set(matched(self.mock, [str(name) for name in self.study.features]))

    @cached_property
    def mocks(self) -> pd.DataFrame:
        """By mock well, what was found, what was missed and how far shares lie off."""
        rows = {}
        for name in self.table.index[self.is_mock.to_numpy()]:
            whole = self.table.loc[name]
            counts = whole.drop(self.unclear)
            rows[str(name)] = {
                "reads": float(whole.sum()),
                "unclear": 100 * float(1 - counts.sum() / max(1.0, float(whole.sum()))),
                **mock_deviation(counts, self.expected),
                **found_and_missed(counts, self.expected, self.asked["noise"]),
            }
        return pd.DataFrame(rows).T[list(_COLUMNS)].rename_axis("well")

    @property
    def mocks_named(self) -> pd.DataFrame:
        """The same with headings for readers, and the verdict."""
        return self.mocks.rename(columns=_COLUMNS).assign(verdict=self.verdicts["verdict"])

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """By mock well: ``verdict`` (pass or FAIL) and ``reasons``."""
        limits = {
            "detectable": ("members with reads, of those to be expected (%)", self.asked["detected_percent"], 1),
            "deviation": ("mean deviation (%)", self.asked["mock_percent"], -1),
            "strangers": ("taxa not expected", self.asked["strangers"], -1),
            "foreign": ("reads not expected (%)", self.asked["foreign_percent"], -1),
        }
        rows = {}
        for name, row in self.mocks.iterrows():
            reasons = [
                f"{said} {row[key]:.3g}, limit {limit:g}"
                for key, (said, limit, side) in limits.items()
                if not side * (row[key] - limit) >= 0
            ]
            rows[str(name)] = {"verdict": "FAIL" if reasons else "pass", "reasons": "; ".join(reasons)}
        return pd.DataFrame(rows).T.rename_axis("well")

    @property
    def ratios(self) -> pd.DataFrame:
        """By member and mock well, doublings of the expected share."""
        wells = self.table.loc[self.is_mock.to_numpy()]
        return pd.DataFrame({str(name): log_ratios(row, self.expected) for name, row in wells.iterrows()})

    @property
    def furthest(self) -> list[str]:
        """Mock wells that lie furthest off, six at most, in the order of the table."""
        worst = set(self.mocks["deviation"].nlargest(6).index)
        return [str(name) for name in self.mocks.index if name in worst]

    @property
    def shares(self) -> pd.DataFrame:
        """By member, ``expected`` and the share (%) of it in the wells furthest off."""
        own = self.table.set_axis(self.table.index.astype(str)).loc[self.furthest, list(self.expected.index)]
        found = own.div(own.sum(axis=1).clip(lower=1), axis=0).T
        return 100 * pd.concat([self.expected.rename("expected"), found], axis=1).rename_axis("member")

    @property
    def strangers(self) -> pd.DataFrame:
        """Taxa that are in a mock well and not in the mock: most (% of a mock's reads), wells, and % in samples."""
        others = self.table.drop(columns=[*self.expected.index, *self.unclear])
        shares = 100 * others.div(self.table.sum(axis=1).clip(lower=1), axis=0)
        own = shares.loc[self.is_mock.to_numpy()]
        made = pd.DataFrame(
            {
                "most in a mock (%)": own.max(),
                "mocks with it": (own > 0).sum().astype(float),
                "mean in samples (%)": shares.loc[(self.content == "sample").to_numpy()].mean(),
            }
        )
        made = made[made["most in a mock (%)"] > 0].sort_values("most in a mock (%)", ascending=False, kind="stable")
        return made.head(20).dropna(axis=1, how="all").rename_axis("taxon")

    # ------------------------------------------------------------------------------------------ cross-talk

    @cached_property
    def wells(self) -> pd.DataFrame:
        """Plate, row, column and content of every well; empty without a plate map.

        Raises
        ------
        InputError
            A well that cannot be read.
        """
        if not self.asked["well"]:
            return pd.DataFrame()
        place = places_of(self.study.column(self.asked["well"]))
        plate = self.study.column(self.asked["plate"]) if self.asked["plate"] else pd.Series("1", self.study.samples)
        return pd.DataFrame(
            {
                "plate": plate.astype(str).to_numpy(),
                "row": [ROWS[row] for row in place[:, 0]],
                "column": place[:, 1] + 1,
                "content": self.content.to_numpy(),
            },
            index=self.study.samples,
        )

    @cached_property
    def leaks(self) -> dict[str, Leakage]:
        """By plate, what mocks and blanks hold of the samples beside them."""
        own, made = list(self.expected.index), {}
        for number in dict.fromkeys(self.wells["plate"]) if len(self.wells) else []:
            part = self.wells[self.wells["plate"] == number]
            made[str(number)] = leakage(
                self.table.loc[part.index],
                part,
                own,
                permutations=self.asked["permutations"],
                seed=self.asked["seed"],
            )
        return made

    @property
    def leakage(self) -> pd.DataFrame:
        """By plate: reads in a control from one neighbour and from one distant well, p, and the median rate (%)."""
        rows = {
            name: {
                "from a neighbour": one.near,
                "from a distant well": one.far,
                "p": one.p,
                "rate, median (%)": 100 * float(one.rates.median()) if len(one.rates) else float("nan"),
            }
            for name, one in self.leaks.items()
        }
        return pd.DataFrame(rows).T.rename_axis("plate")

    @cached_property
    def stray(self) -> dict[str, float]:
        """The bound on reads that end in a wrong well anywhere; empty without a plate map or without samples."""
        if not len(self.wells) or not (self.content == "sample").any():
            return {}
        return hopping(self.table, self.wells, list(self.expected.index))

    # ------------------------------------------------------------------------------------------ what it says

    @property
    def passed(self) -> int:
        """How many mock wells pass."""
        return int((self.verdicts["verdict"] == "pass").sum())

    @property
    def leak_told(self) -> str:
        """What the plate map says of reads between neighbours."""
        if not len(self.wells):
            return "Without a plate map, leakage between wells was not looked for"
        able = self.leakage.dropna(subset=["p"])
        if not len(able):
            return "No mock or blank has a sample beside it, so leakage between wells was not looked for"
        worst = able.sort_values("p", kind="stable").iloc[0]
        return (
            f"On the plate where it is least like chance, a mock or blank holds {worst['from a neighbour']:.1f} reads "
            f"of a neighbour and {worst['from a distant well']:.1f} of a distant well (p = {worst['p']:.3f}, "
            f"{self.asked['permutations']} random orders); {worst['rate, median (%)']:.2f} % of a neighbour's reads "
            f"arrive, where {self.asked['leakage_percent']:g} % was the limit"
        )

    @property
    def hop_told(self) -> str:
        """The bound on index hopping."""
        if not self.stray or not np.isfinite(self.stray["high"]):
            return "Index hopping cannot be bounded without a plate map and samples that touch no mock"
        return (
            f"The members of the mock have {self.stray['reads']:,.0f} reads in wells that touch no mock: of a million "
            f"reads of a well at most {1e6 * self.stray['high']:.2f} end in any one other well. This is a bound and no "
            "estimate, since members may live in the samples"
        )

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        mocks = self.mocks
        off = self.ratios.abs()
        well = str(off.max().idxmax())
        return [
            ("mock", f"{self.mock.title} ({self.mock.name})", 0),
            ("basis", self.mock.basis, 0),
            ("wells", len(mocks), 0),
            ("passed", self.passed, 0),
            ("members", len(self.expected), 0),
            ("recall-least", float(mocks["recall"].min()), 0),
            ("strangers-most", float(mocks["strangers"].max()), 0),
            ("foreign-most", float(mocks["foreign"].max()), 2),
            ("deviation-most", float(mocks["deviation"].max()), 1),
            ("off-member", str(off[well].idxmax()), 0),
            ("off-well", well, 0),
            ("off-times", float(2 ** off[well].max()), 1),
            ("unclear-told", self.unclear_told, 0),
            ("noise", f"{self.asked['noise']:g}", 0),
            ("leak", self.leak_told, 0),
            ("hop", self.hop_told, 0),
        ]

    @property
    def unclear_told(self) -> str:
        """What is said of names that stop at the rank above that of a member."""
        if not self.unclear:
            return "No name stops one rank short at that of a member"
        return (
            "Counted neither as found nor as not expected, because their names stop one rank short at that of a "
            f"member: {listed(self.unclear, most=5)} ({_span(self.mocks['unclear'], 2)} % of a well's reads)"
        )

    @property
    def members_found(self) -> str:
        """How many of the members that must be seen are seen, over the wells."""
        low, high = (
            "all" if share == 100 else f"{min(share, 99):.0f} %"
            for share in (self.mocks["recall"].min(), self.mocks["recall"].max())
        )
        return f"{low}, in every well" if low == high else f"from {low} to {high}"

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        mocks, failed = self.mocks, self.verdicts[self.verdicts["verdict"] != "pass"]
        return {
            "asked": f"Does this run find in {self.mock.title} ({self.mock.name}) what is in it?",
            "found": f"{self.passed} of {_wells(len(mocks))} {'passes' if self.passed == 1 else 'pass'}. "
            f"Members found: {self.members_found}; mean deviation {_span(mocks['deviation'], 1)} %; reads of what is "
            f"not in it: {_span(mocks['foreign'], 2)} %.",
            "rests_on": [
                f"{len(self.expected)} members that the table tells apart; expected shares are of {self.mock.basis}."
                + (f" {self.mock.note}" if self.mock.note else ""),
                *(f"Well {name}: {row['reasons']}." for name, row in failed.head(20).iterrows()),
                *([f"{self.unclear_told}."] if self.unclear else []),
                f"{self.leak_told}.",
                f"{self.hop_told}.",
            ],
            "left_out": [note for note in self.study.notes if note.startswith("Left out")],
        }

    @property
    def limits(self) -> list[str]:
        """What a mock cannot say, true of these data."""
        found = [
            "A mock is simple: what goes well with a few bacteria may go wrong with hundreds in stool.",
            f"The limits are choices: at most {self.asked['noise']:g} % for noise follows Reitmeier and others (2021), "
            "the others are the handbook's own or yours. Lots differ: the certificate of the lot goes before a table.",
            "Correcting samples by what a mock shows would need the same bacteria in both.",
        ]
        if self.mock.basis in ("genomic DNA", "genome copies"):
            found.insert(
                0,
                f"The expected shares are of {self.mock.basis}, not of 16S reads: bacteria have from one to fifteen "
                "copies of the gene, so part of the deviation is no error.",
            )
        together = [name for name in self.expected.index if " + " in str(name)]
        if together:
            found.append(f"This table does not tell apart, so they were added up: {listed(together, most=5)}.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        mocks = self.mocks
        return (
            f"{_wells(len(mocks))} of {self.mock.title} ({self.mock.name}) {'was' if len(mocks) == 1 else 'were'} held "
            f"against its composition ({self.mock.basis}). Members found: {self.members_found}. The mean relative "
            f"deviation of shares among members was {_span(mocks['deviation'], 1)} %, the Aitchison distance "
            f"{_span(mocks['aitchison'], 2)}. Taxa that are not in it and have more than {self.asked['noise']:g} % of "
            f"the reads: {_span(mocks['strangers'], 0)}. {f'{self.unclear_told}. ' if self.unclear else ''}"
            f"{self.leak_told}. "
            f"{self.hop_told}."
        )


def _wells(number: int) -> str:
    return f"{number} mock well" + ("s" if number != 1 else "")


def _span(values: pd.Series, digits: int) -> str:
    """Say the least and the greatest, once where they are the same."""
    low, high = f"{values.min():.{digits}f}", f"{values.max():.{digits}f}"
    return low if low == high else f"{low} to {high}"
