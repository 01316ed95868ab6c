"""Depth: whether samples that are compared were read equally deeply, and drawing them down where they were not.

What is rare is only seen in deep samples, so a difference in depth between groups makes differences out of nothing, in
richness most of all, and in any distance that looks at presence.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse, stats

from handbook_utils.analysis.design import Design
from handbook_utils.errors import InputError
from handbook_utils.study import Study

#: Medians of two groups whose ratio is larger are called different, however many samples there are.
RATIO = 1.5
#: Below this p, depth goes with what is asked about.
LEVEL = 0.01


def depth_warning(study: Study, design: Design) -> str:
    """Return a sentence where depth goes with what a design asks about; otherwise nothing.

    Parameters
    ----------
    study : Study
        At least the samples of the design.
    design : Design

    Examples
    --------
    >>> import pandas as pd
    >>> from handbook_utils.analysis.design import design_of
    >>> counts = pd.DataFrame({"a": [100, 90, 110, 1000, 900, 1100]}, index=list("uvwxyz"))
    >>> frame = pd.DataFrame({"arm": list("ppprrr")}, index=list("uvwxyz"))
    >>> depth_warning(Study.from_frame(counts), design_of(frame, group="arm"))
    'Depth differs between the groups: median reads p 100, r 1,000'
    """
    if study.quantity != "counts":
        return ""
    depth = study.depth.loc[design.samples]
    if not design.groups:
        found = stats.spearmanr(depth, design.block(design.focus).iloc[:, 0])
        return f"Depth goes with {design.focus}: rank correlation {found.statistic:.2f}" if found.pvalue < LEVEL else ""
    by_group = depth.groupby(design.labels.astype(str))
    medians = by_group.median().loc[list(design.groups)]
    alike = stats.kruskal(*(own for _, own in by_group)).pvalue >= LEVEL if depth.nunique() > 1 else True
    if medians.max() <= RATIO * medians.min() and alike:
        return ""
    told = ", ".join(f"{name} {value:,.0f}" for name, value in medians.items())
    return f"Depth differs between the groups: median reads {told}"


def rarefied(study: Study, *, reads: int = 0, seed: int = 1) -> Study:
    """Draw the same number of reads from every sample, without putting them back.

    Parameters
    ----------
    study : Study
        Of counts.
    reads : int
        How many; 0: as many as the shallowest sample has.
    seed : int
        Of the draw.

    Raises
    ------
    InputError
        Samples with fewer reads.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"a": [5, 50], "b": [5, 150]}, index=["s1", "s2"])
    >>> rarefied(Study.from_frame(counts)).depth.to_list()
    [10.0, 10.0]
    """
    least = int(study.depth.min())
    if reads > least:
        raise InputError(
            f"There are samples with fewer than {reads} reads.",
            where="parameter reads",
            found=f"{int((study.depth < reads).sum())} samples, the shallowest with {least}",
            remedy="Leave them out, or draw fewer.",
        )
    generator = np.random.default_rng(seed)
    rows = []
    for row in range(len(study.samples)):
        counts = np.zeros(len(study.features), dtype=np.int64)
        own = slice(study.table.indptr[row], study.table.indptr[row + 1])
        there = study.table.indices[own]
        counts[there] = generator.multivariate_hypergeometric(study.table.data[own].astype(np.int64), reads or least)
        rows.append(sparse.csr_array(counts[None, :]))
    return Study.from_sparse(
        sparse.vstack(rows, format="csr"),
        study.samples,
        study.features,
        study.metadata,
        taxonomy=study.taxonomy,
        tree=study.tree,
        name=study.name,
    )
