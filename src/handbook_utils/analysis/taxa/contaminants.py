"""Which features of a table are contaminants: by their prevalence in blanks, by their share at low DNA, by both.

Source: Davis and others (2018), Microbiome 6:226, doi:10.1186/s40168-018-0605-2, written from the paper. Where the
paper takes a chi-square test unless samples are few, the prevalence test here is Fisher's exact test throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, chi2, f, false_discovery_control, hypergeom

from handbook_utils.study import Study

__all__ = [
    "combined",
    "could_hide",
    "dilutions",
    "frequency",
    "leak",
    "plate_study",
    "power_of_blanks",
    "prevalence",
    "smallest_p",
]

PLATE = (8, 12)


def prevalence(study: Study, blanks: pd.Series) -> pd.DataFrame:
    """Test of each feature whether it is present more often in blanks than in samples.

    Parameters
    ----------
    study : Study
        Samples and blanks; only presence matters.
    blanks : pandas.Series of bool
        By sample, whether it is a blank.

    Returns
    -------
    pandas.DataFrame
        By feature: ``in_blanks`` and ``in_samples`` (numbers of wells), ``p`` of Fisher's exact test, one-sided, and
        ``q``, its false discovery rate (Benjamini-Hochberg over the features tested). A feature in fewer than two wells
        is not tested: NaN.

    Raises
    ------
    ValueError
        All wells are blanks, or none.

    Examples
    --------
    >>> table = pd.DataFrame([[5, 9], [7, 0], [0, 8], [0, 4], [0, 6]], index=list("abcde"), columns=["dust", "gut"])
    >>> blanks = pd.Series([True, True, False, False, False], index=list("abcde"))
    >>> prevalence(Study.from_frame(table), blanks).round(3)
          in_blanks  in_samples    p    q
    dust          2           0  0.1  0.2
    gut           1           3  1.0  1.0
    """
    where = blanks.reindex(study.samples).to_numpy(dtype=bool)
    if where.all() or not where.any():
        raise ValueError("the test compares blanks with samples and needs both")
    present = (study.table > 0).astype(np.int64)
    in_blanks = np.asarray(present[np.flatnonzero(where)].sum(axis=0)).ravel()
    everywhere = np.asarray(present.sum(axis=0)).ravel()
    p = _fisher(in_blanks, everywhere, int(where.sum()), len(where))
    return pd.DataFrame(
        {"in_blanks": in_blanks, "in_samples": everywhere - in_blanks, "p": p, "q": _adjusted(p)},
        index=study.features,
    )


def frequency(study: Study, concentration: pd.Series) -> pd.DataFrame:
    """Score of each feature whether its share falls as the DNA concentration rises, as that of a contaminant does.

    A contaminant brings the same DNA into every well, so its log share falls by 1 where the log concentration rises
    by 1; what lives in the samples keeps its share. The score compares the residual sums of squares of the two lines,
    over the samples in which the feature is present, as an F ratio (lower tail). It is a score from 0 (contaminant) to
    1 and not a p-value: the two sums are not independent.

    Parameters
    ----------
    study : Study
        The samples, without blanks; counts or shares.
    concentration : pandas.Series of float
        By sample, DNA concentration in any one unit, above 0.

    Returns
    -------
    pandas.DataFrame
        By feature: ``present`` (number of samples) and ``score``; NaN where it is in fewer than two samples.

    Raises
    ------
    ValueError
        A concentration is missing, 0 or less.

    Examples
    --------
    >>> shares = pd.DataFrame({"dust": [80, 42, 19, 10], "gut": [20, 58, 81, 90]}, index=list("abcd"))
    >>> frequency(Study.from_frame(shares), pd.Series([1.0, 2, 4, 8], index=list("abcd"))).round(3)
          present  score
    dust        4  0.000
    gut         4  0.892
    """
    dna = concentration.reindex(study.samples).to_numpy(dtype=float)
    if not (np.isfinite(dna) & (dna > 0)).all():
        raise ValueError("every sample needs a DNA concentration above 0")
    shares = study.proportions().table.tocsc()
    log_dna = np.log(dna)
    present = np.diff(shares.indptr)
    score = np.full(len(present), np.nan)
    for feature in np.flatnonzero(present >= 2):
        cells = slice(shares.indptr[feature], shares.indptr[feature + 1])
        level = np.log(shares.data[cells])
        falling = level + log_dna[shares.indices[cells]]
        contaminant, resident = (float(((line - line.mean()) ** 2).sum()) for line in (falling, level))
        freedom = present[feature] - 1
        # Shares that are all alike leave nothing for the second line to miss: no contaminant, unless both lines fit.
        ratio = contaminant / resident if resident > 0 else (np.inf if contaminant > 0 else 1.0)
        score[feature] = f.cdf(ratio, freedom, freedom)
    return pd.DataFrame({"present": present, "score": score}, index=study.features)


def combined(first: pd.Series, second: pd.Series) -> pd.Series:
    """Combine the two tests' values by Fisher's method.

    Parameters
    ----------
    first, second : pandas.Series of float
        ``score`` of :func:`frequency` and ``p`` of :func:`prevalence`, by feature.

    Returns
    -------
    pandas.Series
        NaN where one of them is.

    Examples
    --------
    >>> combined(pd.Series({"dust": 0.1, "gut": 0.9}), pd.Series({"dust": 0.1, "gut": 1.0})).round(3).to_dict()
    {'dust': 0.056, 'gut': 0.995}
    """
    second = second.reindex(first.index)
    with np.errstate(divide="ignore"):
        statistic = -2 * (np.log(first) + np.log(second))
    return pd.Series(chi2.sf(statistic, 4), index=first.index)


def smallest_p(blanks: int, samples: int) -> float:
    """Return the least p that the prevalence test can give: a feature in every blank and in no sample.

    Examples
    --------
    >>> round(smallest_p(2, 10), 3)
    0.015
    """
    return float(hypergeom.pmf(blanks, blanks + samples, blanks, blanks))


def could_hide(blanks: int, confidence: float = 0.95) -> float:
    """Return how prevalent a contaminant may be in blanks and still be in none of these (exact upper limit).

    Examples
    --------
    >>> round(could_hide(2), 2)
    0.78
    """
    return float(1 - (1 - confidence) ** (1 / blanks))


def power_of_blanks(blanks: int, samples: int, in_blanks: float, in_samples: float, threshold: float = 0.05) -> float:
    """Return how often the prevalence test finds a contaminant, exactly.

    Parameters
    ----------
    blanks, samples : int
        Numbers of wells.
    in_blanks, in_samples : float
        The probability that the contaminant is seen in a blank, in a sample.
    threshold : float
        The largest p that is called a contaminant.

    Examples
    --------
    >>> [round(power_of_blanks(blanks, 60, 0.9, 0.3), 2) for blanks in (2, 6)]
    [0.05, 0.88]
    """
    a, b = np.meshgrid(np.arange(blanks + 1), np.arange(samples + 1), indexing="ij")
    p = _fisher(a.ravel(), (a + b).ravel(), blanks, blanks + samples)
    chance = binom.pmf(a, blanks, in_blanks) * binom.pmf(b, samples, in_samples)
    return float(chance.ravel()[np.nan_to_num(p, nan=1.0) <= threshold].sum())


def plate_study(
    samples: int = 40,
    blanks: int = 8,
    residents: int = 30,
    contaminants: int = 10,
    reads: int = 2000,
    seed: int = 1,
) -> Study:
    """Simulate low-biomass samples and blanks with known contaminants.

    Every well takes up the same amount of contaminant DNA, give or take a factor; a sample brings its own DNA, from
    1 to 1000 times as much. Metadata: ``blank``, ``concentration`` (relative), ``well``; taxonomy: ``truth``.

    Examples
    --------
    >>> made = plate_study(samples=6, blanks=2, seed=3)
    >>> made.shape, int(made.metadata["blank"].sum())
    ((8, 40), 2)
    """
    generator = np.random.default_rng(seed)
    wells = samples + blanks
    if wells > PLATE[0] * PLATE[1]:
        raise ValueError("a plate has 96 wells")
    blank = np.arange(wells) >= samples
    own = np.where(blank, 0.0, 10 ** generator.uniform(0, 3, wells))
    kit = np.exp(generator.normal(0, 0.3, wells))
    people = generator.dirichlet(np.full(residents, 0.3), size=wells)
    dust = generator.dirichlet(np.full(contaminants, 5.0), size=wells)
    amounts = np.hstack([own[:, None] * people, kit[:, None] * dust])
    # A blank gives few reads, because it holds little to amplify.
    depth = np.where(blank, reads // 10, reads)
    counts = generator.multinomial(depth, amounts / amounts.sum(axis=1, keepdims=True))
    names = [f"R{n + 1:02}" for n in range(residents)] + [f"C{n + 1:02}" for n in range(contaminants)]
    truth = ["resident"] * residents + ["contaminant"] * contaminants
    ids = [f"{'blank' if is_blank else 'sample'}-{n + 1:02}" for n, is_blank in enumerate(blank)]
    # Blanks lie scattered over the plate, as they should.
    places = generator.permutation(PLATE[0] * PLATE[1])[:wells]
    metadata = pd.DataFrame({"blank": blank, "concentration": own + kit, "well": places}, index=ids)
    table = pd.DataFrame(counts, index=ids, columns=names)
    return Study.from_frame(table, metadata, taxonomy=pd.DataFrame({"truth": truth}, index=names))


def leak(study: Study, share: float, seed: int = 1) -> Study:
    """Let every well take up some of the DNA of the wells beside it (simulated well-to-well leakage).

    A well receives, from each of its up to eight neighbours in use, ``share`` of that neighbour's reads, in Poisson
    numbers; what it gives it does not lose.

    Parameters
    ----------
    study : Study
        With a metadata column ``well``: 0 to 95, row by row of a plate of 8 × 12.
    share : float
        Share of a neighbour's reads that arrives, such as 0.01.
    seed : int
        Of the Poisson numbers.

    Examples
    --------
    >>> clean = plate_study(seed=1)
    >>> bool((leak(clean, 0.01).depth >= clean.depth).all())
    True
    """
    generator = np.random.default_rng(seed)
    row, place = np.divmod(study.column("well").to_numpy(dtype=int), PLATE[1])
    near = (np.abs(row[:, None] - row) <= 1) & (np.abs(place[:, None] - place) <= 1)
    np.fill_diagonal(near, False)
    counts = study.to_frame()
    taken = generator.poisson(share * (near.astype(float) @ counts.to_numpy()))
    return Study.from_frame(counts + taken, study.metadata, taxonomy=study.taxonomy)


def dilutions(steps: Sequence[int], kit_share: float = 0.001) -> Mapping[int, float]:
    """Return the share of reads from outside in a positive control, by how often it was diluted ten times.

    ``kit_share`` is the share in the undiluted control. A calculation, not a measurement.

    Examples
    --------
    >>> {step: round(share, 3) for step, share in dilutions([0, 3, 6]).items()}
    {0: 0.001, 3: 0.5, 6: 0.999}
    """
    odds = kit_share / (1 - kit_share)
    return {step: odds * 10.0**step / (1 + odds * 10.0**step) for step in steps}


def _fisher(
    in_blanks: npt.NDArray[np.int64], everywhere: npt.NDArray[np.int64], blanks: int, wells: int
) -> npt.NDArray[np.float64]:
    """Fisher's exact test, greater in blanks, once for each different table."""
    pairs, which = np.unique(np.column_stack([in_blanks, everywhere]), axis=0, return_inverse=True)
    p = np.minimum(hypergeom.sf(pairs[:, 0] - 1, wells, pairs[:, 1], blanks), 1.0)
    p[pairs[:, 1] < 2] = np.nan
    return np.asarray(p[which.ravel()], dtype=float)


def _adjusted(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    q = np.full(len(p), np.nan)
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q
