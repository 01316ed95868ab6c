"""A pool to sequence: depth by coverage, volumes, indices, runs, and whether it may go to the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.diversity.alpha import sample_coverage, size_at_coverage
from handbook_utils.protocols.criteria import Criteria
from handbook_utils.protocols.sequencing.indices import colours, distances_of, index_errors
from handbook_utils.protocols.wells.pooling import MEASURED, Pipetting, pooled, runs_needed
from handbook_utils.study import Study
from handbook_utils.study.readers import open_study, require_counts

#: Samples of a pilot that coverage is shown of: the deepest, since only they say what more reads would bring.
_DEEPEST = 4
#: Reads at which coverage is drawn.
GRID = np.unique(np.geomspace(100, 300000, 40).astype(int))
#: What flags of the pool are called on the page.
_FLAGS = {
    "below": "below detection: largest volume",
    "little": "less than wanted: largest volume",
    "much": "more than wanted: dilute first",
    "dirty": "fixed volume; DNA in a control",
}

Counts = npt.NDArray[np.int_]


def deepest(study: Study) -> dict[str, Counts]:
    """Return the counts of the deepest samples, by name.

    Parameters
    ----------
    study : Study
        Of counts.

    Returns
    -------
    dict of str to numpy.ndarray of int, shape (features,)
        By sample.
    """
    order = np.argsort(-study.depth.to_numpy(), kind="stable")[:_DEEPEST]
    return {study.samples[row]: study.table[[row]].toarray()[0].astype(int) for row in sorted(order)}


def read_pilot(path: str) -> dict[str, Counts]:
    """Read the counts of the deepest samples of a pilot; nothing where no file is given.

    Parameters
    ----------
    path : str
        A feature table of any format that is read; empty: none.

    Returns
    -------
    dict of str to numpy.ndarray of int
        As :func:`deepest` gives them.

    Raises
    ------
    InputError, InputErrors
        A file that is no feature table, or one of shares.

    Examples
    --------
    >>> read_pilot("")
    {}
    """
    if not path:
        return {}
    study = open_study(path, "")
    require_counts(study)
    return deepest(study)


def coverage_curves(reads_of: Mapping[str, Counts]) -> pd.DataFrame:
    """Return the estimated coverage of samples, by reads of :data:`GRID`.

    Parameters
    ----------
    reads_of : mapping of str to numpy.ndarray of int
        Counts by sample.

    Returns
    -------
    pandas.DataFrame
        0 to 1; a column a sample.
    """
    return pd.DataFrame(
        {name: [sample_coverage(counts, int(size)) for size in GRID] for name, counts in reads_of.items()}, index=GRID
    )


def reads_needed(reads_of: Mapping[str, Counts], coverage: float) -> pd.DataFrame:
    """Return the reads at which samples reach 95 %, the coverage wanted, 99 % and 99.5 %.

    Parameters
    ----------
    reads_of : mapping of str to numpy.ndarray of int
        Counts by sample.
    coverage : float
        Wanted, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Reads; a row a sample, a column a coverage.
    """
    shares = dict.fromkeys((0.95, coverage, 0.99, 0.995))
    made = {
        f"{share:g}": {name: size_at_coverage(counts, share) for name, counts in reads_of.items()} for share in shares
    }
    return pd.DataFrame(made).rename_axis("sample")


def reaction_mix(wells: int) -> pd.DataFrame:
    """Return the PCR of 25 µl as in the Earth Microbiome Project, for one well and for all with a tenth to spare.

    Parameters
    ----------
    wells : int
        Reactions that are needed.

    Returns
    -------
    pandas.DataFrame
        µl of each part; the template is added well by well.

    Examples
    --------
    >>> reaction_mix(10).columns[1]
    '11 reactions (µl)'
    """
    reactions = int(np.ceil(wells * 1.1))
    each = {"water": 13.0, "master mix": 10.0, "forward primer, 10 µM": 0.5, "reverse primer, 10 µM": 0.5}
    many = {name: volume * reactions for name, volume in each.items()}
    mix = {"one reaction (µl)": {**each, "template": 1.0}, f"{reactions} reactions (µl)": many}
    return pd.DataFrame(mix).rename_axis("what")


@dataclass(frozen=True)
class Pool:
    """Wells that go onto runs together.

    Attributes
    ----------
    wells : pandas.DataFrame
        In use, by ``<plate>-<well>``.
    measured : pandas.Series
        Concentration of each.
    pairs : pandas.DataFrame
        ``index`` and ``index2`` of each.
    pipetting : Pipetting
        What is pipetted, and what can be.
    unit : str
        Of the amount.
    method : {"16S", "shotgun"}
        What is sequenced.
    target_reads : int
        Wanted of each well, host not counted.
    needed : float or None
        Reads at which the most demanding sample of a pilot reaches the coverage wanted; None where there is no pilot.
    host, phix, passing : float
        Shares of human reads, of PhiX, of reads that survive.
    run_reads : float
        Of one run.
    index_distance : int
        Least number of places in which indices differ.
    chemistry : {"two", "four"}
        Colours of the instrument.
    least_colour : float
        Least share of wells that lights a channel in every cycle.
    """

    wells: pd.DataFrame
    measured: pd.Series
    pairs: pd.DataFrame
    pipetting: Pipetting
    unit: str
    method: str
    target_reads: int
    needed: float | None
    host: float
    phix: float
    passing: float
    run_reads: float
    index_distance: int
    chemistry: str
    least_colour: float

    @cached_property
    def table(self) -> pd.DataFrame:
        """Volume, amount and flag of every well."""
        return pooled(self.wells, self.measured, self.pipetting)

    @property
    def even(self) -> pd.Series:
        """Of each well with DNA of its own, whether it gives 80 to 125 % of the amount wanted."""
        own = self.table.loc[self.table["content"].isin(MEASURED), "amount"]
        return own.between(0.8 * self.pipetting.target, 1.25 * self.pipetting.target)

    @property
    def volume_blank(self) -> float:
        """Volume of blanks and no-template controls in µl; 0 where there are none."""
        volumes = self.table.loc[~self.table["content"].isin(MEASURED), "volume"]
        return float(volumes.median()) if len(volumes) else 0.0

    @property
    def flags(self) -> dict[str, int]:
        """How many wells have which flag."""
        return {name: int((self.table["flag"] == text).sum()) for name, text in _FLAGS.items()}

    @property
    def to_decide_on(self) -> pd.DataFrame:
        """Wells with a flag, but for controls that hold nothing."""
        flagged = self.table[self.table["flag"] != ""]
        shown = ~flagged["content"].isin(["blank", "ntc"]) | flagged["flag"].str.contains("DNA")
        return flagged.loc[shown, ["content", "sample", "concentration", "volume", "flag"]]

    # ------------------------------------------------------------------ indices

    @property
    def problems(self) -> list[Any]:
        """Pairs of indices that are the same or too much alike."""
        return index_errors(self.pairs.assign(well=self.pairs.index), self.index_distance, "the indices")

    @property
    def apart(self) -> dict[str, int]:
        """Least number of places in which the first and the second indices differ."""
        return {
            str(name): int(distances_of(list(values.unique())).min())
            for name, values in self.pairs.items()
            if values.nunique() > 1
        }

    @property
    def both(self) -> int:
        """The same of pairs."""
        return int(distances_of(list(self.pairs["index"] + self.pairs["index2"])).min())

    @property
    def mismatches(self) -> int:
        """Wrong bases that may be forgiven in an index."""
        return min(min(self.apart.values(), default=1) - 1, 2) // 2

    @cached_property
    def light(self) -> dict[str, pd.DataFrame]:
        """Share of wells that light each channel, by cycle, of both indices."""
        return {name: colours(list(self.pairs[name]), self.chemistry) for name in ("index", "index2")}

    @property
    def dimmest(self) -> float:
        """The least of those shares."""
        return min(float(frame.to_numpy().min()) for frame in self.light.values())

    @property
    def dark(self) -> int:
        """Cycles with a channel below the least share."""
        return sum(int((frame.min(axis=1) < self.least_colour).sum()) for frame in self.light.values())

    @property
    def uniqueness(self) -> str:
        """Whether indices are unique in both places, in words."""
        if self.pairs["index"].is_unique and self.pairs["index2"].is_unique:
            return "unique in both places"
        return "combined, so that a hopped read can pass for another well's"

    # ------------------------------------------------------------------ runs

    def runs(self, *, host: float | None = None, times: float = 1.0) -> dict[str, float]:
        """Return what :func:`runs_needed` gives.

        Parameters
        ----------
        host : float, optional
            Another share of human reads.
        times : float
            How many times the reads of a run.

        Returns
        -------
        dict of str to float
            As of :func:`runs_needed`.
        """
        return runs_needed(
            len(self.wells),
            float(self.target_reads),
            host=self.host if host is None else host,
            phix=self.phix,
            passing=self.passing,
            yielded=times * self.run_reads,
        )

    @property
    def hosts(self) -> pd.DataFrame:
        """The same, by share of human reads."""
        shares = sorted({0.0, self.host, 0.1, 0.5, 0.9})
        return pd.DataFrame({f"{100 * host:g} %": self.runs(host=host) for host in shares}).T.rename_axis("human reads")

    # ------------------------------------------------------------------ the verdict

    @property
    def criteria(self) -> Criteria:
        """What a pool must show before it is sequenced."""
        dirty = int(self.table["flag"].str.contains("DNA").sum())
        even, reads = self.even.mean(), self.runs()["reads_a_well"]
        rows = [
            (
                "no two wells share a pair of indices, none too much alike",
                "0",
                str(len(self.problems)),
                not self.problems,
            ),
            ("no dark cycle", "0", str(self.dark), self.dark == 0),
            ("wells with DNA give 80 to 125 % of the amount wanted", "90 %", f"{100 * even:.0f} %", bool(even >= 0.9)),
            ("no DNA in blanks and no-template controls", "0", str(dirty), not dirty),
        ]
        if self.needed is not None:
            met = self.method == "shotgun" or bool(reads >= self.needed)
            rows.append(("depth reaches the coverage wanted (16S)", f"{self.needed:,.0f}", f"{reads:,.0f}", met))
        return Criteria(tuple(rows))

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` shows."""
        plan = self.runs()
        return {
            "asked": "How deep, how much of every well, under which indices, and on how many runs?",
            "found": f"{len(self.wells)} wells go on {plan['runs']:.0f} run(s), about {plan['reads_a_well']:,.0f} "
            "reads each. "
            f"{self.criteria.sentence}",
            "rests_on": [
                f"{self.target_reads:,} reads wanted of a well, {100 * self.host:g} % human, {100 * self.passing:g} % "
                "that survive.",
                f"A run of {self.run_reads:,.0f} reads with {100 * self.phix:g} % PhiX.",
                f"{self.pipetting.target:g} {self.unit} of each well; blanks and no-template controls at "
                f"{self.volume_blank:g} µl.",
            ],
            "left_out": []
            if self.needed is not None
            else ["Whether that depth is enough: no table of a pilot was given, so no coverage was estimated."],
        }

    def methods(self, study: str, primers: tuple[str, str], instrument: str) -> str:
        """Return the methods paragraph.

        Parameters
        ----------
        study : str
            Its name.
        primers : tuple of str
            Forward and reverse.
        instrument : str
            Empty where it is not known.

        Returns
        -------
        str
            English.
        """
        pipetting, plan = self.pipetting, self.runs()
        made = (
            f"The V4 region of the 16S rRNA gene was amplified with primers 515F ({primers[0]}) and 806R "
            f"({primers[1]}). "
            if self.method == "16S"
            else "Shotgun libraries were made of every well. "
        )
        return (
            f"{made}{study}: {len(self.wells)} wells on {self.wells['plate'].nunique()} plate(s), controls included, "
            "were pooled "
            f"to {pipetting.target:g} {self.unit} each ({pipetting.least:g} to {pipetting.most:g} µl); blanks and "
            "no-template controls "
            f"at {self.volume_blank:g} µl. Pairs of indices, {self.pairs['index'].str.len().iloc[0]} bases each, "
            f"differ in {self.both} "
            f"places or more. The target was {self.target_reads:,} reads a well, on {plan['runs']:.0f} run(s) of "
            f"{self.run_reads:,.0f} "
            f"reads with {100 * self.phix:g} % PhiX." + (f" Instrument: {instrument}." if instrument else "")
        )

    @property
    def cites(self) -> list[str]:
        """Works the methods rest on."""
        return [*(["parada2016", "apprill2015"] if self.method == "16S" else []), "chao2012", "hamming1950"]

    @property
    def limits(self) -> list[str]:
        """What this page cannot say."""
        told = [
            "Concentration is not the number of molecules that will form clusters; fragment length and quality also "
            "count.",
            "The yield of a run, its cost and the direction of the second index come from your facility, not from "
            "here.",
        ]
        if self.needed is not None:
            told.insert(
                1,
                "Coverage is that of a few samples, as their table calls taxa; yours may need more or less.",
            )
        return told
