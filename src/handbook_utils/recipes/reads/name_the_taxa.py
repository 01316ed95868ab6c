"""``recipes/name-the-taxa``: what it asks of the reader's files, the names it gives, and what it says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils import datasets
from handbook_utils.analysis.naming.agreement import compared, differing
from handbook_utils.analysis.naming.bayes import trained
from handbook_utils.analysis.naming.names import Names
from handbook_utils.analysis.naming.reference import (
    BUNDLED,
    ITS_AGE,
    Reference,
    bundled_reference,
    keep,
    kept,
    read_reference,
)
from handbook_utils.analysis.naming.regions import primer_of, region
from handbook_utils.analysis.naming.search import AGREE, exact_names, find_vsearch, search_names
from handbook_utils.asking.kept import kept_in
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.reads.fastq import BASES
from handbook_utils.reads.sequences import read_fasta
from handbook_utils.recipes.checks import study_of
from handbook_utils.study import Study
from handbook_utils.text.hash import sha256

#: Of the bundled study, so many variants with most reads are named: the lesson needs no more.
EXAMPLE = 100
#: A feature that is called by its bases has at least so many of them (dada2 calls features so).
_BASES = 50


def name_the_taxa(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/name-the-taxa`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Sequences that are not those of the table, a reference without lineages, primers that are none or that the
        reference does not have, a program that is not installed.
    """
    if parameters["method"] == "search":
        find_vsearch()
    study = study_of(parameters, "mock-dilutions")
    collect(
        lambda: sequences_of(study, str(parameters["sequences"])),
        lambda: references_of(parameters),
    )


def references_of(parameters: Mapping[str, Any]) -> list[Reference]:
    """Return the reference, and the second one where there is one, cut to the region that was asked for.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter: files of both references, and the primers ``forward`` and ``reverse``.

    Returns
    -------
    list of Reference
        One or two; the bundled one where no file of genes is given.

    Raises
    ------
    InputError
        One primer without the other; lineages without the sequences that they belong to.
    """
    ends = [primer_of(str(parameters[way]), way, way) if parameters[way] else "" for way in ("forward", "reverse")]
    if any(ends) and not all(ends):
        raise InputError(
            "A region has two ends.",
            where="parameters forward and reverse",
            expected="both primers, or neither",
            found=f"forward {parameters['forward'] or 'empty'}, reverse {parameters['reverse'] or 'empty'}",
            remedy="Give the other primer too; or leave both empty, and whole genes are used.",
        )
    made = []
    for fasta, table in (("genes", "lineages"), ("second_genes", "second_lineages")):
        if parameters[table] and not parameters[fasta]:
            raise InputError(
                "Lineages without sequences are no reference.",
                where=f"parameter {fasta}",
                expected="the FASTA file that the lineages belong to",
                found=f"nothing, and {table} = {parameters[table]}",
                remedy=f"Give {fasta} too.",
            )
        if parameters[fasta] or fasta == "genes":
            made.append(_reference_once(str(parameters[fasta]), str(parameters[table]), ends))
    return made


def _reference_once(genes: str, lineages: str, ends: list[str]) -> Reference:
    """Read a reference and cut it to its region, or take what the check of this run has made of the same files."""
    folder = kept_in()
    path = None if folder is None else folder / f"{sha256(json.dumps([genes, lineages, ends]).encode())}.jsonl"
    if path is not None and path.is_file():
        return kept(path)
    whole = read_reference(genes, lineages) if genes else bundled_reference()
    made = region(whole, *ends) if all(ends) else whole
    if path is not None:
        keep(made, path)
    return made


def sequences_of(study: Study, path: str) -> dict[str, str]:
    """Return the bases of the features of a study, those that are known.

    Parameters
    ----------
    study : Study
        Whose features are named.
    path : str
        FASTA; empty where the features of the table are called by their bases, or for the bundled study.

    Returns
    -------
    dict of str to str
        Bases by feature; a feature without a sequence is left out.

    Raises
    ------
    InputError
        No feature has a sequence.
    """
    if not path and study.name == "mock-dilutions":
        path = str(datasets.path("mock-dilutions", "sequences.fasta.gz"))
    if not path:
        bases = {str(name): str(name).upper() for name in study.features}
        found = {name: text for name, text in bases.items() if len(text) >= _BASES and set(text) <= BASES}
        if not found:
            raise InputError(
                "The features of this table have no sequences.",
                where="parameter sequences",
                expected="a FASTA file with a sequence for each feature (from-reads-to-table writes "
                "sequences.fasta; QIIME 2: rep-seqs), or features that are called by their bases",
                found=f"no file, and features such as {listed(list(study.features), most=3)}",
                remedy="Give -p sequences my.fasta. Without sequences nothing can be named anew.",
            )
        return found
    given = read_fasta(Path(path))
    found = {str(name): given[str(name)] for name in study.features if str(name) in given}
    if not found:
        raise InputError(
            "The sequences are not those of the table.",
            where=f"parameter sequences, {path}",
            expected=f"ids such as {listed(list(study.features), most=3)}",
            found=f"ids such as {listed(list(given), most=3)}",
            remedy="Give the sequences that were written with this table.",
        )
    return found


def example_study(study: Study) -> Study:
    """Return the variants with most reads of the bundled study; a reader's study as it is.

    Parameters
    ----------
    study : Study
        Of a reader, or the bundled one.

    Returns
    -------
    Study
        Of the bundled one the :data:`EXAMPLE` variants with most reads.
    """
    if study.name != "mock-dilutions":
        return study
    reads = pd.Series(np.asarray(study.table.sum(axis=0)).ravel(), index=study.features)
    return study.choose_features(list(reads.nlargest(EXAMPLE).index))


# ------------------------------------------------------------------------------------------------------ the analysis


@dataclass(frozen=True)
class Naming:
    """The features of a study with their names, and the sentences that say how sure those are.

    Attributes
    ----------
    study : Study
        Whose features are named.
    sequences : dict of str to str
        Of the features that have one.
    references : list of Reference
        One or two.
    names : Names
        By the first.
    second : Names or None
        By the second.
    least : float
        Confidence from which a name is told.
    regions : str
        The two primers, in words, that references were cut between; "" for whole genes.
    """

    study: Study
    sequences: dict[str, str]
    references: list[Reference]
    names: Names
    second: Names | None
    least: float
    regions: str = field(default="")

    @classmethod
    def of(cls, study: Study, *, sequences: str, **asked: Any) -> Naming:
        """Name the features of a study, as the parameters of the chapter ask.

        Parameters
        ----------
        study : Study
            Whose features are named.
        sequences : str
            FASTA, as :func:`sequences_of` takes it.
        **asked : object
            The other parameters of the chapter.

        Returns
        -------
        Naming
            By the first reference, and by the second where one is given.
        """
        bases = sequences_of(study, sequences)
        references = references_of(asked)
        made = [_named(one, bases, asked) for one in references]
        least = float(asked["confidence"]) if asked["method"] == "bayes" else max(AGREE, float(asked["confidence"]))
        between = f"{asked['forward']} and {asked['reverse']}" if asked["forward"] else ""
        return cls(study, bases, references, made[0], made[1] if len(made) > 1 else None, least, between)

    @cached_property
    def told(self) -> pd.DataFrame:
        """Names that are sure enough, of every feature of the study; "" where there is none."""
        return self.names.at(self.least).reindex(pd.Index(self.study.features, dtype=object), fill_value="")

    @cached_property
    def reads(self) -> pd.Series:
        """What each feature has in all samples together."""
        return pd.Series(np.asarray(self.study.table.sum(axis=0), dtype=float).ravel(), index=self.study.features)

    @property
    def unit(self) -> str:
        """What is added up."""
        return "reads" if self.study.quantity == "counts" else "amounts"

    @cached_property
    def by_rank(self) -> pd.DataFrame:
        """By rank: features with a name, and the parts (0 to 1) of features and of reads that they are."""
        named = self.told != ""
        return pd.DataFrame(
            {
                "features": named.sum(),
                "part of features": named.mean(),
                f"part of {self.unit}": named.mul(self.reads, axis=0).sum() / self.reads.sum(),
            }
        ).rename_axis("rank")

    @property
    def by_reads(self) -> pd.Series:
        """The part of the reads that has a name, by rank."""
        return self.by_rank[f"part of {self.unit}"]

    @property
    def by_confidence(self) -> pd.DataFrame:
        """The part of the features (0 to 1) with a name, by the confidence asked for and rank."""
        asked = np.round(np.arange(0.0, 1.0001, 0.05), 2)
        return pd.DataFrame({least: (self.names.at(float(least)) != "").mean() for least in asked}).T

    @property
    def first(self) -> pd.DataFrame:
        """The features with most reads: share (%), name, rank of it and confidence."""
        share = (100 * self.reads / self.reads.sum()).nlargest(20)
        layout = self.names.layout(self.least).reindex(share.index)
        last = [_last(row[row != ""]) for _, row in self.told.loc[share.index].iterrows()]
        ranks = [
            next((str(rank) for rank in self.told.columns[::-1] if self.told.loc[name, rank]), "none")
            for name in share.index
        ]
        return pd.DataFrame(
            {f"{self.unit} (%)": share, "name": last, "rank": ranks, "confidence": layout["Confidence"]}
        ).rename_axis("feature")

    @property
    def agreement(self) -> pd.DataFrame:
        """By rank, what two references say of the same features (% of the reads); empty with one."""
        if self.second is None:
            return pd.DataFrame()
        return compared(self.names.at(self.least), self.second.at(self.least), self._weight)

    def differing(self, rank: str) -> pd.DataFrame:
        """Pairs of names at a rank on which two references differ; empty with one.

        Parameters
        ----------
        rank : str
            Such as ``genus``.

        Returns
        -------
        pandas.DataFrame
            A row a pair, 20 at most: both names, and how much of the reads or amounts has them (%).
        """
        if self.second is None or rank not in self.second.best.columns:
            return pd.DataFrame()
        found = differing(self.names.at(self.least), self.second.at(self.least), self._weight, rank).head(20)
        return found.set_axis([self.names.reference, self.second.reference, f"{self.unit} (%)"], axis=1)

    @property
    def _weight(self) -> pd.Series:
        return self.reads.loc[list(self.sequences)]

    @property
    def taxonomy(self) -> bytes:
        """The names as QIIME 2 writes them: Feature ID, Taxon, Confidence."""
        layout = self.names.layout(self.least)
        return layout.to_csv(sep="\t", lineterminator="\n").encode("utf-8")

    @property
    def named_study(self) -> Study:
        """The study with these names as its taxonomy."""
        return Study.from_sparse(
            self.study.table,
            self.study.samples,
            self.study.features,
            self.study.metadata if len(self.study.metadata.columns) else None,
            taxonomy=self.told,
            quantity=self.study.quantity,
            name=self.study.name,
        )

    # -------------------------------------------------------------------------------------------------- what it says

    def _part(self, rank: str) -> str:
        if rank not in self.by_rank.index:
            return ""
        part = 100 * float(self.by_reads[rank])
        named = int((self.told[rank] != "").sum())
        return f"{named} of {len(self.told)} to the {rank} ({part:.1f} % of the {self.unit})"

    @property
    def named_told(self) -> str:
        """How many features are named, and how far."""
        parts = [self._part(rank) for rank in ("family", "genus", "species")]
        return ", ".join(part for part in parts if part) or "no rank below the class is in this reference"

    @property
    def nameless(self) -> int:
        """How many features have no name at any rank."""
        return int((self.told == "").all(axis=1).sum())

    @property
    def without_sequence(self) -> list[str]:
        """Features of the table that have no sequence."""
        return [str(name) for name in self.study.features if str(name) not in self.sequences]

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        return [
            ("reference", self.names.reference, 0),
            ("reference-size", len(self.references[0]), 0),
            ("reference-lineages", len(self.references[0].unit_of[1]), 0),
            ("method", self.names.method, 0),
            ("named", self.named_told, 0),
            ("nameless", self.nameless, 0),
            ("least", 100 * self.least, 0),
            ("agreement-told", self.agreement_told, 0),
        ]

    @property
    def agreement_told(self) -> str:
        """What two references agree on at the genus, or that there is one."""
        if self.second is None:
            return "No second reference was given, so how much of this is the reference's doing is not known"
        table = self.agreement
        if table.empty:
            return "The two references have no rank in common"
        rank = "genus" if "genus" in table.index else str(table.index[-1])
        same, other, *_ = table.loc[rank]
        return (
            f"At the rank {rank} {self.names.reference} and {self.second.reference} give the same name to {same:.1f} % "
            f"of the {self.unit} and different ones to {other:.1f} %"
        )

    @property
    def _between(self) -> str:
        return f", between the primers {self.regions}" if self.regions else ""

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        missing = self.without_sequence
        notes = [note for one in self.references for note in one.notes]
        second = [f"{self.agreement_told}."] if self.second is not None else []
        return {
            "asked": "Which taxa are these sequences of, and how sure is that?",
            "found": f"Named with a confidence of {100 * self.least:g} % or more: {self.named_told}. "
            f"{self.nameless} have no name at any rank.",
            "rests_on": [
                f"{len(self.sequences)} sequences, by {self.names.method}, from {self.names.reference} "
                f"({len(self.references[0]):,} sequences{self._between}).",
                *second,
                *(
                    [f"{len(self.names.turned)} sequences were read from the other strand."]
                    if self.names.turned
                    else []
                ),
            ],
            "left_out": [
                *([f"Features without a sequence, not named: {len(missing)} ({listed(missing)})."] if missing else []),
                *self.names.notes,
                *notes,
            ],
        }

    @property
    def limits(self) -> list[str]:
        """What names cannot say, true of these data."""
        found = [
            "A confidence says how much of the sequence speaks for a name among those in the reference; it is not the "
            "chance that the name is right, and what is not in the reference gets the name of what is most like it.",
            "A name that stops at a rank says that the piece read is too short to tell, or that the reference has "
            "nothing closer; not that the bacterium is unknown.",
            "Bacteria with the same name may do different things: a piece of one gene tells no strains.",
        ]
        if self.references[0].name == BUNDLED or self.names.reference == BUNDLED:
            found.insert(0, ITS_AGE)
        if self.second is None:
            found.append("One reference was used; another gives other names, and how many is not known here.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        between = f", cut to the region between {self.regions}" if self.regions else ""
        second = f" {self.agreement_told}." if self.second is not None else ""
        return (
            f"{len(self.sequences)} sequences were named by {self.names.method} with {self.names.reference} "
            f"({len(self.references[0]):,} sequences, {len(self.references[0].unit_of[1]):,} lineages{between}); names "
            f"with a confidence below {100 * self.least:g} % were left out. Named: {self.named_told}.{second}"
        )

    @property
    def cites(self) -> list[str]:
        """Keys of what the method rests on."""
        bundled = ["mcdonald2012b"] if self.names.reference == BUNDLED else []
        return (["wang2007"] if "Bayes" in self.names.method else []) + bundled


def _last(names: pd.Series) -> str:
    """Return the name at the last rank that has one; of a species with its genus, which some references leave out."""
    if names.empty:
        return "unclassified"
    name, genus = str(names.iloc[-1]), str(names.get("genus", ""))
    return f"{genus} {name}" if names.index[-1] == "species" and genus and not name.startswith(genus) else name


def _named(reference: Reference, sequences: dict[str, str], asked: Mapping[str, Any]) -> Names:
    if asked["method"] == "exact":
        return exact_names(sequences, reference)
    if asked["method"] == "search":
        return search_names(sequences, reference, float(asked["identity"]))
    return trained(reference).names(sequences, int(asked["seed"]))
