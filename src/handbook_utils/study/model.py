"""The data model: counts, sample metadata, taxonomy and tree, kept in step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study.checks import (
    FeatureKind,
    Phylogeny,
    Quantity,
    id_errors,
    match_errors,
    phylogeny_of,
    positions_of,
    tree_errors,
    value_errors,
)
from handbook_utils.study.lineages import named_within, short_labels

if TYPE_CHECKING:  # each costs more memory and time than all else a table needs
    import biom
    from skbio import TreeNode


@dataclass(frozen=True, eq=False)
class Study:
    """A feature table with its sample metadata, and taxonomy and tree where there are any.

    Make one with :meth:`from_frame`, :meth:`from_biom` or :meth:`from_sparse`, which validate; the bundled ones come
    from :func:`handbook_utils.datasets.load`.

    Parameters
    ----------
    table : scipy.sparse.csr_array, shape (samples, features)
        Reads per sample and feature, or abundances.
    samples, features : pandas.Index
        Unique, non-empty string ids.
    metadata : pandas.DataFrame
        One row a sample, in the order of ``samples``.
    taxonomy : pandas.DataFrame, optional
        One row a feature, in the order of ``features``; one column a rank, from broad to narrow.
    tree : skbio.TreeNode, optional
        A rooted phylogeny with at least all features among its tips; sheared when it is asked for.
    quantity : {"counts", "abundances"}
        Whole reads, or any other non-negative quantity (proportions, copies per gram).
    name : str
        What messages and captions call this study.
    notes : tuple of str
        What was found out when it was read from files, a sentence each.
    features_are : {"taxa", "functions"}
        What a feature is: a taxon (or a sequence), or a gene, enzyme, reaction or pathway.
    doubts : mapping of str to InputError
        By metadata column that has two readings, what is told where it is used.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"a": [1, 0], "b": [4, 5]}, index=["s1", "s2"])
    >>> study = Study.from_frame(counts, pd.DataFrame({"group": ["x", "y"]}, index=["s1", "s2"]))
    >>> study
    <Study: 2 samples x 2 features, counts, metadata: group>
    >>> study.where("group", "y").depth
    s2    5.0
    Name: depth, dtype: float64
    """

    table: sparse.csr_array
    samples: pd.Index
    features: pd.Index
    _metadata: pd.DataFrame
    _taxonomy: pd.DataFrame | None = None
    _phylogeny: Phylogeny | None = None
    quantity: Quantity = "counts"
    name: str = "study"
    notes: tuple[str, ...] = ()
    features_are: FeatureKind = "taxa"
    doubts: Mapping[str, InputError] = field(default_factory=dict, repr=False)
    _depth: npt.NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for array in (self.table.data, self.table.indices, self.table.indptr):
            array.setflags(write=False)
        depth = np.asarray(self.table.sum(axis=1), dtype=float).ravel()
        object.__setattr__(self, "_depth", depth)

    # ------------------------------------------------------------------ making one

    @classmethod
    def from_sparse(
        cls,
        table: sparse.sparray | sparse.spmatrix | npt.NDArray[Any],
        samples: Iterable[Hashable],
        features: Iterable[Hashable],
        metadata: pd.DataFrame | None = None,
        *,
        taxonomy: pd.DataFrame | None = None,
        tree: TreeNode | Callable[[], TreeNode] | None = None,
        quantity: Quantity = "counts",
        name: str = "study",
    ) -> Study:
        """Make a study from a (samples x features) matrix, and report every problem of it at once.

        A function in place of a tree is called, and what it returns is checked, when the tree is first asked for.

        Parameters
        ----------
        table : scipy.sparse array or numpy.ndarray, shape (samples, features)
            Counts, or abundances of 0 or more.
        samples, features : iterable of hashable
            Ids.
        metadata : pandas.DataFrame, optional
            A row a sample, in any order.
        taxonomy : pandas.DataFrame, optional
            A row a feature, in any order; a column a rank, from broad to narrow.
        tree : skbio.TreeNode or callable, optional
            Its tips are the features.
        quantity : {"counts", "abundances"}
            What the numbers are.
        name : str
            What messages call it.

        Returns
        -------
        Study
            Its parts in one order.

        Raises
        ------
        InputErrors
            Ids that are not unique, values that are not counts, ids that do not match: each named.
        """
        matrix = sparse.csr_array(table, dtype=float)
        sample_ids, feature_ids = pd.Index(list(samples), dtype=object), pd.Index(list(features), dtype=object)
        errors = [
            *id_errors(sample_ids, matrix.shape[0], "sample", "row", name),
            *id_errors(feature_ids, matrix.shape[1], "feature", "column", name),
        ]
        if not errors:
            errors += value_errors(matrix, sample_ids, feature_ids, quantity, name)
            if metadata is not None:
                errors += match_errors(sample_ids, metadata.index, "sample", "the sample metadata", name)
            if taxonomy is not None:
                errors += match_errors(feature_ids, taxonomy.index, "feature", "the taxonomy", name)
            if tree is not None and not callable(tree):
                errors += tree_errors(feature_ids, tree, name)
        if errors:
            raise InputErrors(errors)
        if not matrix.has_canonical_format or not matrix.data.all():
            # Both work in place, and what was handed over may be another study's, which cannot be written to.
            matrix = matrix.copy()
            matrix.sum_duplicates()
            matrix.eliminate_zeros()
        rows = pd.DataFrame(index=sample_ids) if metadata is None else metadata.loc[sample_ids].set_axis(sample_ids)
        return cls(
            matrix,
            sample_ids,
            feature_ids,
            rows.copy(),
            None if taxonomy is None else taxonomy.loc[feature_ids].set_axis(feature_ids).fillna("").astype(object),
            phylogeny_of(tree, feature_ids, name),
            quantity,
            name,
        )

    @classmethod
    def from_frame(cls, counts: pd.DataFrame, metadata: pd.DataFrame | None = None, **parts: Any) -> Study:
        """Make a study from a data frame with one row a sample and one column a feature.

        ``parts`` are those of :meth:`from_sparse`.

        Parameters
        ----------
        counts : pandas.DataFrame, shape (samples, features)
            Numbers.
        metadata : pandas.DataFrame, optional
            A row a sample, in any order.
        **parts
            Taxonomy, tree, quantity, name.

        Returns
        -------
        Study
            As of :meth:`from_sparse`.

        Raises
        ------
        InputErrors
            The table holds text; or as of :meth:`from_sparse`.
        """
        try:
            values = counts.to_numpy(dtype=float)
        except (TypeError, ValueError) as error:
            raise InputErrors(
                [InputError("The feature table holds text.", expected="numbers only", found=str(error))]
            ) from None
        return cls.from_sparse(values, counts.index, counts.columns, metadata, **parts)

    @classmethod
    def from_biom(cls, table: biom.Table, metadata: pd.DataFrame | None = None, **parts: Any) -> Study:
        """Make a study from a BIOM table (features x samples). ``parts`` are those of :meth:`from_sparse`.

        Parameters
        ----------
        table : biom.Table
            Features × samples.
        metadata : pandas.DataFrame, optional
            A row a sample, in any order.
        **parts
            Taxonomy, tree, quantity, name.

        Returns
        -------
        Study
            As of :meth:`from_sparse`.
        """
        return cls.from_sparse(table.matrix_data.T, table.ids("sample"), table.ids("observation"), metadata, **parts)

    # ------------------------------------------------------------------ looking at it

    @property
    def shape(self) -> tuple[int, int]:
        """Number of samples, number of features."""
        return (len(self.samples), len(self.features))

    @property
    def metadata(self) -> pd.DataFrame:
        """A copy of the sample metadata, one row a sample."""
        return self._metadata.copy()

    @property
    def taxonomy(self) -> pd.DataFrame | None:
        """A copy of the taxonomy, one row a feature, or None."""
        return None if self._taxonomy is None else self._taxonomy.copy()

    @property
    def tree(self) -> TreeNode | None:
        """The phylogeny, sheared to the features where some were left out, or None."""
        return None if self._phylogeny is None else self._phylogeny.tree

    @property
    def depth(self) -> pd.Series:
        """Total of every sample (reads, for counts)."""
        return pd.Series(self._depth, index=self.samples, name="depth")

    @property
    def prevalence(self) -> pd.Series:
        """Share of the samples (0 to 1) in which each feature occurs."""
        present = np.bincount(self.table.indices, minlength=len(self.features))
        return pd.Series(present / max(len(self.samples), 1), index=self.features, name="prevalence")

    @property
    def density(self) -> float:
        """Share of the table's cells that are not zero (0 to 1)."""
        cells = self.table.shape[0] * self.table.shape[1]
        return float(self.table.nnz / cells) if cells else 0.0

    @property
    def are_counts(self) -> bool:
        """Whether the values are counts of reads: whole numbers, and not all of them 1."""
        values = self.table.data
        return self.quantity == "counts" and not (len(values) > 0 and bool((values == 1).all()))

    def column(self, name: str) -> pd.Series:
        """Return a metadata column, and name the nearest one where there is none of that name.

        Parameters
        ----------
        name : str
            Of the metadata.

        Returns
        -------
        pandas.Series
            A copy, by sample.

        Raises
        ------
        InputError
            No such column; or one whose cells have two readings, as told when it was read.
        """
        if name not in self._metadata.columns:
            close = nearest(name, map(str, self._metadata.columns))
            names = listed(list(self._metadata.columns), most=12)
            other = "Choose one of the columns found." if names else "Give metadata that has it."
            raise InputError(
                f"The sample metadata has no column {name!r}.",
                where=f"the sample metadata of {self.name}",
                expected="the name of one of its columns",
                found=f"columns {names}" if names else "no columns; perhaps no metadata was given",
                remedy=f"Did you mean {close!r}?" if close else other,
            )
        if name in self.doubts:
            raise self.doubts[name]
        return self._metadata[name].copy()

    def __repr__(self) -> str:
        parts = [f"{len(self.samples)} samples x {len(self.features)} features", self.quantity]
        if len(self._metadata.columns):
            parts.append("metadata: " + listed(list(self._metadata.columns)))
        if self._taxonomy is not None:
            parts.append("taxonomy: " + listed(list(self._taxonomy.columns), most=8))
        if self._phylogeny is not None:
            parts.append("tree")
        return f"<Study: {', '.join(parts)}>"

    # ------------------------------------------------------------------ leaving it

    def to_frame(self) -> pd.DataFrame:
        """Return the dense table, one row a sample and one column a feature."""
        return pd.DataFrame(self.table.toarray(), index=self.samples, columns=self.features)

    def to_biom(self) -> biom.Table:
        """Return the table as BIOM (features x samples), with taxonomy as observation metadata."""
        import biom

        observation = None
        if self._taxonomy is not None:
            observation = [{"taxonomy": list(row)} for row in self._taxonomy.itertuples(index=False)]
        return biom.Table(sparse.csr_matrix(self.table.T), list(self.features), list(self.samples), observation)

    def proportions(self) -> Study:
        """Divide every sample by its total. Samples without reads are refused.

        Raises
        ------
        InputError
            A sample has a total of zero.
        """
        empty = self.samples[self._depth == 0]
        if len(empty):
            raise InputError(
                f"{len(empty)} samples have no reads, so their proportions do not exist.",
                where=self.name,
                found=listed(list(empty)),
                remedy="Leave them out first: study.choose_samples(study.depth > 0).",
            )
        scaled = sparse.csr_array(sparse.diags_array(1 / self._depth) @ self.table)
        scaled.sort_indices()  # while it can be written to; some operations sort in place
        return replace(self, table=scaled, quantity="abundances")

    # ------------------------------------------------------------------ choosing and joining

    def choose_samples(self, chosen: Sequence[Hashable] | pd.Series | pd.Index | npt.NDArray[Any]) -> Study:
        """Keep the samples of a list of ids, or those for which a boolean mask is true.

        Features that no kept sample has stay: absence is information. Drop them with :meth:`without_empty_features`.

        Parameters
        ----------
        chosen : sequence of hashable, or array of bool
            Ids, which set the order, or one truth value a sample.

        Returns
        -------
        Study
            With their metadata.
        """
        at = positions_of(chosen, self.samples, "sample", self.name)
        return replace(self, table=self.table[at], samples=self.samples[at], _metadata=self._metadata.iloc[at])

    def choose_features(self, chosen: Sequence[Hashable] | pd.Series | pd.Index | npt.NDArray[Any]) -> Study:
        """Keep the features of a list of ids, or those for which a boolean mask is true; the tree is sheared.

        Parameters
        ----------
        chosen : sequence of hashable, or array of bool
            Ids, which set the order, or one truth value a feature.

        Returns
        -------
        Study
            With their taxonomy.
        """
        at = positions_of(chosen, self.features, "feature", self.name)
        features, whole = self.features[at], self._phylogeny
        return replace(
            self,
            table=sparse.csr_array(self.table[:, at]),
            features=features,
            _taxonomy=None if self._taxonomy is None else self._taxonomy.iloc[at],
            _phylogeny=None if whole is None else Phylogeny(lambda: whole.tree.shear(list(features))),
        )

    def where(self, column: str, *values: object) -> Study:
        """Keep the samples whose metadata column has one of these values.

        Parameters
        ----------
        column : str
            Of the metadata.
        *values : object
            That are kept.

        Returns
        -------
        Study
            Of these; it may have none.
        """
        return self.choose_samples(self.column(column).isin(values).to_numpy())

    def without_empty_features(self) -> Study:
        """Drop the features that no sample has."""
        return self.choose_features((self.prevalence > 0).to_numpy())

    def with_metadata(self, metadata: pd.DataFrame) -> Study:
        """Replace the sample metadata; every sample must have its row.

        Parameters
        ----------
        metadata : pandas.DataFrame
            A row a sample, in any order.

        Returns
        -------
        Study
            With these alone.

        Raises
        ------
        InputErrors
            Samples without a row.
        """
        errors = match_errors(self.samples, metadata.index, "sample", "the sample metadata", self.name)
        if errors:
            raise InputErrors(errors)
        return replace(self, _metadata=metadata.loc[self.samples].copy())

    def agglomerate(self, rank: str, label: Callable[[Sequence[str]], str] | None = None) -> Study:
        """Add up the features that share a taxon at this rank, and check that no read was lost.

        Features without a name at the rank are added up as "unassigned" within their nearest named taxon, so that
        an unnamed genus of one family does not merge with that of another.

        Parameters
        ----------
        rank : str
            A column of the taxonomy.
        label : callable, optional
            Makes a feature id from the names down to the rank; by default the last name, or all of them joined by
            ";" where the last name is not unique.

        Returns
        -------
        Study
            One feature a taxon, in alphabetical order, without tree.

        Raises
        ------
        InputError
            There is no taxonomy, or no such rank in it.
        """
        if self._taxonomy is None:
            raise InputError(
                "This study has no taxonomy, so its features cannot be added up.",
                where=self.name,
                expected="lineages in the table, or a file of them",
                remedy='Give it (taxonomy), or take the features as they are: rank "".',
            )
        if rank not in self._taxonomy.columns:
            close = nearest(rank, map(str, self._taxonomy.columns))
            raise InputError(
                f"The taxonomy has no rank {rank!r}.",
                where=self.name,
                found=listed(list(self._taxonomy.columns), most=8),
                remedy=f"Did you mean {close!r}?"
                if close
                else f"Choose one of these: rank {self._taxonomy.columns[-1]}.",
            )
        ranks = list(self._taxonomy.columns[: list(self._taxonomy.columns).index(rank) + 1])
        rows = list(self._taxonomy[ranks].itertuples(index=False, name=None))
        named = {row: named_within(row) for row in set(rows)}
        lineages = [named[row] for row in rows]
        taxa = sorted(set(lineages))
        ids = [label(taxon) for taxon in taxa] if label else short_labels(taxa)
        column = {taxon: number for number, taxon in enumerate(taxa)}
        belongs = sparse.csr_array(
            (np.ones(len(lineages)), (range(len(lineages)), [column[taxon] for taxon in lineages])),
            shape=(len(lineages), len(taxa)),
        )
        table = sparse.csr_array(self.table @ belongs)
        if not np.isclose(table.sum(), self.table.sum()):
            raise AssertionError("agglomeration lost reads")
        names = pd.DataFrame(taxa, index=pd.Index(ids, dtype=object), columns=ranks, dtype=object)
        return Study.from_sparse(
            table, self.samples, ids, self._metadata, taxonomy=names, quantity=self.quantity, name=self.name
        )
