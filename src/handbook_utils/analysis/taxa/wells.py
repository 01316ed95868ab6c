"""The wells of a study: samples, blanks, positive controls, and what is taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import sparse

from handbook_utils.analysis.taxa.contaminants import judged
from handbook_utils.analysis.taxa.leakage import leaked_taxa
from handbook_utils.study import Study

__all__ = ["Wells"]


@dataclass(frozen=True)
class Wells:
    """The wells of a study, by what they hold.

    Attributes
    ----------
    whole : Study
        The table as given, every well.
    study : Study
        Added up to the rank that is judged; samples and blanks with reads, without positive controls.
    blanks : pandas.Series of bool
        By well of ``study``.
    positive : Study
        The positive controls, added up to the rank.
    concentration, batches : pandas.Series or None
        By well of ``study``; concentrations that are no number above 0 are missing.
    taxon : pandas.Series
        By feature of ``whole``, the feature of ``study`` it belongs to.
    """

    whole: Study
    study: Study
    blanks: pd.Series
    positive: Study
    concentration: pd.Series | None
    batches: pd.Series | None
    taxon: pd.Series

    @classmethod
    def of(
        cls,
        whole: Study,
        *,
        kind: str = "",
        blank: str = "",
        positive: Sequence[str] = (),
        concentration: str = "",
        batch: str = "",
        rank: str = "",
    ) -> Wells:
        """Tell samples, blanks and positive controls apart.

        Parameters
        ----------
        whole : Study
            Counts, with metadata.
        kind, concentration, batch : str
            Metadata columns; empty where there is none.
        blank : str
            What ``kind`` says of a blank.
        positive : sequence of str
            What it says of positive controls.
        rank : str
            Rank of the taxonomy that is judged; empty for the features as they are.

        Returns
        -------
        Wells
            Samples and blanks that have reads, and the positive controls apart.

        Examples
        --------
        >>> table = pd.DataFrame([[5, 1], [0, 9], [1, 8]], index=["b", "s1", "s2"], columns=["dust", "gut"])
        >>> kinds = pd.DataFrame({"kind": ["blank", "stool", "stool"]}, index=table.index)
        >>> wells = Wells.of(Study.from_frame(table, kinds), kind="kind", blank="blank")
        >>> wells.cleaned(pd.Index(["dust"])).to_frame().to_dict("list")
        {'gut': [9.0, 8.0]}
        """
        names = sparse.csr_array(sparse.eye_array(len(whole.features)))
        apart = Study.from_sparse(names, whole.features, whole.features, taxonomy=whole.taxonomy)
        apart = apart.agglomerate(rank) if rank else apart
        taxon = pd.Series(apart.features[apart.table.indices], index=whole.features)
        study = whole.agglomerate(rank) if rank else whole
        said = study.column(kind).astype(str) if kind else pd.Series("", index=study.samples)
        control = said.isin(list(positive)) & (kind != "")
        used = study.choose_samples(((study.depth > 0) & ~control).to_numpy())
        blanks = (said[used.samples] == blank) & (kind != "")
        dna = pd.to_numeric(used.column(concentration), errors="coerce") if concentration else None
        return cls(
            whole,
            used,
            blanks,
            study.choose_samples(control.to_numpy()),
            dna.where(dna > 0) if dna is not None else None,
            used.column(batch) if batch else None,
            taxon,
        )

    @property
    def without_concentration(self) -> list[str]:
        """Samples that have no DNA concentration above 0."""
        if self.concentration is None:
            return []
        return [str(name) for name in self.study.samples[(self.concentration.isna() & ~self.blanks).to_numpy()]]

    def judged(self, method: str, threshold: float) -> pd.DataFrame:
        """Judge every taxon; see :func:`handbook_utils.analysis.taxa.contaminants.judged`.

        Parameters
        ----------
        method : {"prevalence", "frequency", "combined"}
            Score that decides.
        threshold : float
            Below it a taxon is called a contaminant.

        Returns
        -------
        pandas.DataFrame
            By taxon.
        """
        return judged(
            self.study,
            blanks=self.blanks,
            concentration=self.concentration,
            batches=self.batches,
            method=method,
            threshold=threshold,
        )

    def leaked(self, well: str, plate: str, seed: int) -> pd.DataFrame:
        """Find the taxa that blanks have from their neighbours; nothing without a plate map or blanks.

        Parameters
        ----------
        well, plate : str
            Metadata columns; empty where there is none.
        seed : int
            Of the permutations.

        Returns
        -------
        pandas.DataFrame
            By taxon, with ``q``.
        """
        if not well or not self.blanks.any():
            return pd.DataFrame({"q": []}, dtype=float)
        plates = self.study.column(plate) if plate else None
        return leaked_taxa(self.study, self.blanks, self.study.column(well), plates, seed=seed)

    def cleaned(self, contaminants: pd.Index) -> Study:
        """Return the samples as given, without blanks, positive controls and the features of these taxa.

        Features that are in none of the samples go, too.

        Parameters
        ----------
        contaminants : pandas.Index
            Taxa.

        Returns
        -------
        Study
            What is left.
        """
        samples = self.study.samples[~self.blanks.to_numpy()]
        kept = ~self.taxon.isin(contaminants).to_numpy()
        return self.whole.choose_samples(list(samples)).choose_features(kept).without_empty_features()
