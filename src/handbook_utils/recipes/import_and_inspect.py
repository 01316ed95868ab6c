"""``recipes/import-and-inspect``: what it asks of the reader's files, what it looks at, and what it says of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils.analysis.diversity.singletons import singletons
from handbook_utils.analysis.peers import held_against
from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.recipes.checks import study_of
from handbook_utils.study import Study
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study
from handbook_utils.study.writers import as_files, write_study

if TYPE_CHECKING:
    from handbook_utils.figures import Drawn

#: Samples with less than this part of the median depth are named, and depths that differ more often than that.
_SHALLOW, _UNEVEN = 0.1, 10


def import_and_inspect(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/import-and-inspect`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError
        A rank that the taxonomy does not have.
    """
    study = study_of(parameters, "globalpatterns")
    if study.taxonomy is not None and parameters["rank"]:
        study.agglomerate(parameters["rank"])


# ------------------------------------------------------------------------------------------------------ the analysis


@dataclass(frozen=True)
class Look:
    """A study looked at before any analysis, and the sentences that say what was seen.

    Attributes
    ----------
    study : Study
        As it was read.
    rank : str
        Rank that is asked about; empty: the lowest.
    """

    study: Study
    rank: str

    @property
    def counted(self) -> bool:
        """Whether the values are counts of reads."""
        return self.study.quantity == "counts"

    @property
    def unit(self) -> str:
        """What is added up."""
        return "reads" if self.counted else "amounts"

    @property
    def parts(self) -> pd.DataFrame:
        """The parts of the study, with what was found of each."""
        study, (samples, features) = self.study, self.study.shape
        rows = {
            "feature table": f"{samples} samples × {features} features ({study.features_are}), {study.quantity}",
            "sample metadata": ", ".join(map(str, study.metadata.columns)) or "no columns",
            "taxonomy": "none" if study.taxonomy is None else ", ".join(study.taxonomy.columns),
            "tree": "none" if study.tree is None else "one, with every feature on it",
        }
        return pd.DataFrame({"what was found": rows}).rename_axis("part")

    @cached_property
    def occurs(self) -> pd.Series:
        """In how many samples each feature occurs."""
        return (self.study.prevalence * len(self.study.samples)).round().astype(int)

    @cached_property
    def named(self) -> pd.Series:
        """Part of all reads that has a name, by rank; empty without a taxonomy."""
        taxonomy = self.study.taxonomy
        if taxonomy is None:
            return pd.Series(dtype=float)
        total = np.asarray(self.study.table.sum(axis=0), dtype=float).ravel()
        return pd.Series((taxonomy != "").mul(total, axis=0).sum() / total.sum())

    @property
    def asked_rank(self) -> str:
        """The rank that is told: the one asked for, or the lowest."""
        return self.rank or (str(self.named.index[-1]) if len(self.named) else "")

    @property
    def shallowest(self) -> pd.DataFrame:
        """The five samples with the smallest totals."""
        found = {f"total ({self.unit})": self.study.depth, "features": np.diff(self.study.table.indptr)}
        return pd.DataFrame(found).sort_values(f"total ({self.unit})", kind="stable").head(5).rename_axis("sample")

    @property
    def columns(self) -> pd.DataFrame:
        """The columns of the metadata: what they hold, and what is missing."""
        rows = {}
        for name in self.study.metadata.columns:
            column = self.study.metadata[name]
            numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
            known = column.dropna()
            holds = (
                f"numbers from {known.min():g} to {known.max():g}"
                if numeric and len(known)
                else listed([f"{word} ({count})" for word, count in known.astype(str).value_counts().items()], most=6)
            )
            rows[name] = {"holds": holds, "different values": int(known.nunique()), "missing": int(column.isna().sum())}
        return pd.DataFrame(rows).T.rename_axis("column")

    @property
    def copies(self) -> list[str]:
        """Samples whose values are those of an earlier one, all of them."""
        table = self.study.table
        rows = [
            (table.indices[start:end].tobytes(), table.data[start:end].tobytes())
            for start, end in zip(table.indptr[:-1], table.indptr[1:], strict=True)
        ]
        seen: dict[tuple[bytes, bytes], str] = {}
        found = []
        for name, row in zip(self.study.samples, rows, strict=True):
            if row in seen:
                found.append(f"{name} = {seen[row]}")
            seen.setdefault(row, str(name))
        return found

    @cached_property
    def doubts(self) -> list[str]:
        """What to look into before going on, a sentence each."""
        study, depth = self.study, self.study.depth
        found = []
        if self.copies:
            found.append(f"Samples with the same values in every feature: {listed(self.copies, most=8)}.")
        if self.counted:
            low = depth[depth < _SHALLOW * depth.median()]
            if len(low):
                told = listed([f"{name} ({reads:,.0f})" for name, reads in low.sort_values().items()], most=8)
                found.append(f"Less than a tenth of the median depth: {told}.")
            if depth.max() > _UNEVEN * depth.min():
                found.append(f"Depth differs {depth.max() / depth.min():,.0f} times between samples.")
            once = singletons(study)
            if study.are_counts and not once.believable:
                found.append(f"{once.reading}.")
            if not study.are_counts:
                found.append("Every value is 0 or 1: presence, from which no share can be made.")
        elif depth.max() > 1.05 * depth.min():
            found.append(
                f"These are no counts, and the samples do not add up to the same ({depth.min():,.4g} to "
                f"{depth.max():,.4g}): something was left out, or they were not made into shares."
            )
        nowhere = int((self.occurs == 0).sum())
        if nowhere:
            found.append(f"{nowhere} features occur in none of these samples; they came with a larger table.")
        found += [f"{doubt.problem.rstrip('.')}: analyses of it stop." for doubt in study.doubts.values()]
        for name, row in self.columns.iterrows():
            if row["missing"]:
                found.append(f"Column {name} has no value for {row['missing']} samples.")
            if row["different values"] == 1 and len(study.samples) > 1:
                found.append(f"Column {name} has one value only, so nothing can be compared by it.")
        return found

    @property
    def depth_told(self) -> str:
        """What the totals of samples say."""
        depth = self.study.depth
        if not self.counted:
            return (
                "The table holds shares or other amounts, so how deeply samples were read is not known and "
                f"nothing is drawn; their totals run from {depth.min():,.4g} to {depth.max():,.4g}"
            )
        apart = depth.max() / depth.min()
        ratio = f"{apart:,.{0 if apart >= 10 else 1}f} times" if depth.min() > 0 else "infinitely many times"
        return (
            f"The deepest sample has {ratio} the reads of the shallowest ({depth.max():,.0f} and {depth.min():,.0f}; "
            f"median {depth.median():,.0f})"
        )

    @property
    def names_told(self) -> str:
        """How much has a name."""
        if self.named.empty:
            return "This study has no taxonomy, so features are known by their ids only"
        return f"At the rank {self.asked_rank}, {100 * self.named[self.asked_rank]:.1f} % of the {self.unit} has a name"

    def drawn(self, what: str) -> Drawn:
        """Draw what there is to see.

        Parameters
        ----------
        what : {"depth", "occurrence", "names"}
            The total of each sample, in how many samples features occur, or how much has a name at each rank.

        Returns
        -------
        Drawn
            The figure and its text.
        """
        # Not before: it takes 25 MB, and the table has been written by then.
        from handbook_utils.figures.inspection import depth_by_sample, named_by_rank, occurrence

        if what == "depth":
            return depth_by_sample(self.study.depth)
        return (
            occurrence(self.occurs, len(self.study.samples))
            if what == "occurrence"
            else named_by_rank(self.named, self.unit)
        )

    @property
    def values(self) -> list[tuple[str, float | str, int]]:
        """Name, value and decimals of the numbers in the text."""
        samples, features = self.study.shape
        once, nowhere = int((self.occurs == 1).sum()), int((self.occurs == 0).sum())
        return [
            ("samples", samples, 0),
            ("features", features, 0),
            ("depth-told", self.depth_told, 0),
            ("filled", 100 * self.study.density, 1),
            ("once", once, 0),
            ("once-share", 100 * once / features, 0),
            ("nowhere", nowhere, 0),
            ("names-told", self.names_told, 0),
            ("doubts", " ".join(self.doubts) or "Nothing stands out.", 0),
        ]

    @cached_property
    def read_back(self) -> dict[str, bool]:
        """Whether table, samples and metadata are the same after being written and read."""
        files = {name: self.files[name] for name in ("table.biom", "metadata.tsv") if name in self.files}
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                with Path(folder, name).open("wb") as file:
                    file.writelines(content)
            described = Path(folder, "metadata.tsv") if "metadata.tsv" in files else None
            back = read_study(Path(folder, "table.biom"), described).study
        # A reader sorts samples as the metadata does, and strips blanks from the ends of words.
        stripped = self.study.metadata.map(lambda cell: cell.strip() if isinstance(cell, str) else cell)
        kept = {
            "table": _same(back.table, self.study.table),
            "samples": list(back.samples) == list(self.study.samples),
        }
        if described is not None:
            same = _comparable(back.metadata) == _comparable(stripped)
            kept["metadata, but for blanks at the ends of words"] = same
        return kept

    @cached_property
    def files(self) -> dict[str, Iterable[bytes]]:
        """The study as other programs read it."""
        return as_files(self.study)

    @property
    def answer(self) -> dict[str, Any]:
        """What :meth:`handbook_utils.results.Results.answer` is given."""
        samples, features = self.study.shape
        names = f" {self.names_told}." if len(self.named) else ""
        doubts = " ".join(self.doubts) or "Nothing stands out that would stop an analysis."
        return {
            "asked": "What is in this table, and can it be trusted?",
            "found": f"{samples} samples and {features:,} features ({self.study.features_are}), {self.study.quantity}; "
            f"{100 * self.study.density:.1f} % of the cells are not 0. {self.depth_told}.{names} {doubts}",
            "rests_on": [
                "Each id once, no negative or missing value, every sample described and every feature on the tree, "
                "where there is metadata or a tree: what does not fit is not read.",
                f"Written and read back: {', '.join(f'{n} {_word(same)}' for n, same in self.read_back.items())}.",
            ],
            "left_out": [note for note in self.study.notes if note.startswith("Left out")],
        }

    @property
    def limits(self) -> list[str]:
        """What looking cannot tell, true of these data."""
        found = ["Two samples whose labels were swapped look like any others."]
        if self.counted:
            found.append("Depth is set when samples are pooled, and says nothing about how much was in them.")
        else:
            found.append("How deeply samples were read is not known, nor what was too rare to be seen.")
        if len(self.named):
            found.append("A name is as good as the reference and the program that gave it.")
        if not len(self.study.metadata.columns):
            found.append("Without metadata nothing could be held against what samples were said to be.")
        else:
            found.append("A wrong value in a column looks like any other.")
        return found

    @property
    def methods(self) -> str:
        """The paragraph for a paper."""
        (samples, features), depth = self.study.shape, self.study.depth
        nowhere = int((self.occurs == 0).sum())
        what, form = ("depth", ",.0f") if self.counted else ("total of the values", ",.4g")
        return (
            f"The feature table holds {samples} samples and {features} features; {100 * self.study.density:.1f} % of "
            f"its cells are not 0 and {nowhere} features occur in no sample. The median {what} is "
            f"{depth.median():{form}} (from {depth.min():{form}} to {depth.max():{form}})."
            + (f" {self.names_told}." if len(self.named) else "")
        )


def _same(one: sparse.csr_array, other: sparse.csr_array) -> bool:
    """Tell whether two tables are equal, part by part: a table of what differs would be larger than both."""
    parts = ("data", "indices", "indptr")
    return one.shape == other.shape and all(np.array_equal(getattr(one, p), getattr(other, p)) for p in parts)


def _comparable(frame: pd.DataFrame) -> dict[Any, dict[Any, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("index")


def _word(same: bool) -> str:
    return "identical" if same else "differs"


# -------------------------------------------------------------------------------------------------------- the lesson


def in_three_formats(study: Study, most: int) -> pd.DataFrame:
    """Write the features with most reads in three formats, inspect each file, and read it back.

    Parameters
    ----------
    study : Study
        With ids of every feature and sample.
    most : int
        How many features.

    Returns
    -------
    pandas.DataFrame
        By ending: ``format``, ``orientation``, ``samples``, ``features``, ``read back``.
    """
    reads = pd.Series(np.asarray(study.table.sum(axis=0)).ravel(), index=study.features)
    part = study.choose_features(list(reads.nlargest(most).index))
    part = part.choose_samples((part.depth > 0).to_numpy())
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("biom", "tsv", "csv"):
            path = Path(folder, f"table.{kind}")
            write_study(part, path, kind)
            found, back = inspect(path), read_study(path).study
            same = (
                list(back.samples) == list(part.samples)
                and sorted(back.features) == sorted(part.features)
                and abs(back.choose_features(list(part.features)).table - part.table).sum() == 0
            )
            rows[kind] = {
                "format": found.format,
                "orientation": found.orientation,
                "samples": found.samples,
                "features": found.features,
                "read back": _word(bool(same)),
            }
    return pd.DataFrame(rows).T.rename_axis("written as")


def joined_by_name(study: Study, rank: str) -> tuple[pd.DataFrame, float, int]:
    """Join features by the name at a rank alone, and by their lineage.

    Parameters
    ----------
    study : Study
        With a taxonomy.
    rank : str
        One of its columns.

    Returns
    -------
    pandas.DataFrame, float, int
        Taxa and reads of the largest, the wrong way first; the part of the reads in a taxon without a name (%); and
        how many names stand for more than one lineage.

    Raises
    ------
    ValueError
        There is no taxonomy.
    """
    taxonomy = study.taxonomy
    if taxonomy is None:
        raise ValueError("features are joined by their taxonomy")
    total = np.asarray(study.table.sum(axis=0), dtype=float).ravel()
    lineage = taxonomy[list(taxonomy.columns[: list(taxonomy.columns).index(rank) + 1])]
    by_name = pd.Series(total, index=study.features).groupby(taxonomy[rank].to_numpy()).sum()
    checked = study.agglomerate(rank)
    whole = lineage[lineage[rank] != ""].drop_duplicates()
    largest = [by_name.max(), np.asarray(checked.table.sum(axis=0)).max()]
    table = pd.DataFrame(
        {
            "taxa": [len(by_name), len(checked.features)],
            "reads of the largest taxon (%)": [100 * number / total.sum() for number in largest],
        },
        index=["wrong: by name", "right: by lineage"],
    )
    heap = float(by_name.to_dict().get("", 0.0))
    return table, 100 * heap / float(total.sum()), int(whole[rank][whole[rank].duplicated()].nunique())


def through_a_spreadsheet(study: Study) -> str:
    """Send made-up ids through a spreadsheet, and return what the reader says of the pair of files.

    Parameters
    ----------
    study : Study
        At least three samples and four features.

    Returns
    -------
    str
        Its message, without the folder; "accepted" where it has none.
    """
    small = study.choose_samples(list(study.samples[:3])).without_empty_features()
    counts = small.to_frame().iloc[:, :4].set_axis(["1.10", "1.20", "2.10"])
    changed = pd.DataFrame({"sample": ["1.1", "1.2", "2.1"], "arm": "a"}).set_index("sample")
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in (("table.csv", counts.rename_axis("sample")), ("metadata.csv", changed)):
            frame.to_csv(Path(folder, name))
        try:
            read_study(Path(folder, "table.csv"), Path(folder, "metadata.csv"))
        except (InputError, InputErrors) as error:
            return str(error).replace(f"{folder}/", "")
    return "accepted"


def against_peers(patterns: Study) -> pd.DataFrame:
    """Hold the numbers of the bundled study against R's phyloseq.

    Parameters
    ----------
    patterns : Study
        Counts of the study GlobalPatterns.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    has_genus = _with_a_genus(patterns)
    taxonomy = pd.DataFrame() if patterns.taxonomy is None else patterns.taxonomy
    return held_against(
        "recipes/import-and-inspect",
        {
            "Samples": patterns.shape[0],
            "Features": patterns.shape[1],
            "Reads": float(patterns.depth.sum()),
            "Least depth": float(patterns.depth.min()),
            "Median depth": float(patterns.depth.median()),
            "Greatest depth": float(patterns.depth.max()),
            "Features in no sample": int((patterns.prevalence == 0).sum()),
            "Share of cells not 0": patterns.density,
            "Genera with a name": len(taxonomy.loc[has_genus].iloc[:, :6].drop_duplicates()),
            "Share of reads with a genus": float(
                patterns.choose_features(has_genus).depth.sum() / patterns.depth.sum()
            ),
        },
    )


def genus_by_kind(patterns: Study) -> pd.Series:
    """Return the reads with a genus (%) by kind of sample of the bundled study, in order.

    Parameters
    ----------
    patterns : Study
        The bundled one.

    Returns
    -------
    pandas.Series
        From the least to the most.
    """
    share = patterns.choose_features(_with_a_genus(patterns)).depth / patterns.depth
    found = (100 * share.groupby(patterns.metadata["sample_type"]).mean()).sort_values()
    return found.rename("reads with a genus (%)")


def _with_a_genus(study: Study) -> pd.Series:
    return pd.Series(False) if study.taxonomy is None else study.taxonomy["genus"] != ""
