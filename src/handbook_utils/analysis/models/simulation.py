"""Data with a known truth, made from the structure of real data. Whatever shows it says that it is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from handbook_utils.errors import InputError
from handbook_utils.study import Study


def repeated_samples(study: Study, times: int, seed: int) -> Study:
    """Draw every participant's sample several times, as if each had been sampled repeatedly without changing.

    Parameters
    ----------
    study : Study
        One sample a participant; its metadata go with every copy.
    times : int
        Samples of each participant.
    seed : int
        Of the draws.

    Returns
    -------
    Study
        Simulated: reads drawn anew (multinomially) from each real sample's proportions, at its depth. The column
        ``participant`` joins samples of one person.
    """
    generator = np.random.default_rng(seed)
    counts = study.table.toarray().astype(np.int64)
    drawn, rows, names = [], [], []
    for place, name in enumerate(study.samples):
        total = counts[place].sum()
        for number in range(times):
            drawn.append(generator.multinomial(total, counts[place] / total))
            rows.append(study.metadata.iloc[place].to_dict() | {"participant": str(name)})
            names.append(f"{name}-{number + 1}")
    metadata = pd.DataFrame(rows, index=pd.Index(names))
    return Study.from_sparse(sparse.csr_matrix(np.array(drawn)), names, list(study.features), metadata=metadata)


def groups_with_one_mean(study: Study, groups: Mapping[str, tuple[int, float]], reads: int, seed: int) -> Study:
    """Draw groups of samples around one and the same mean composition, each with a spread of its own.

    Parameters
    ----------
    study : Study
        The mean is that of its proportions.
    groups : mapping of str to (int, float)
        Samples, and the Dirichlet precision: the smaller, the more samples differ.
    reads : int
        Reads of each sample.
    seed : int
        Of the draws.

    Returns
    -------
    Study
        Simulated, with the metadata column ``group``.
    """
    generator = np.random.default_rng(seed)
    mean = np.asarray(study.proportions().table.mean(axis=0)).ravel()
    present = mean > 0
    drawn, labels = [], []
    for label, (count, precision) in groups.items():
        shares = generator.dirichlet(mean[present] / mean[present].sum() * precision, size=count)
        drawn += [generator.multinomial(reads, share) for share in shares]
        labels += [label] * count
    names = [f"simulated-{number}" for number in range(1, len(labels) + 1)]
    table = sparse.csr_matrix(np.array(drawn))
    metadata = pd.DataFrame({"group": labels}, index=pd.Index(names))
    return Study.from_sparse(table, names, list(study.features[present]), metadata=metadata)


def samples_afterwards(study: Study, factors: Mapping[str, float], *, spread: float = 0.5, seed: int = 1) -> Study:
    """Simulate a second sample of each person, after something that multiplies some taxa.

    Parameters
    ----------
    study : Study
        Counts before; one sample a person.
    factors : mapping of str to float
        By taxon, how often there is as much of it afterwards; taxa that are not named stay as they were.
    spread : float
        Standard deviation of the change of each taxon from one sample to the next, on the logarithm.
    seed : int
        Of the random numbers.

    Returns
    -------
    Study
        Simulated; the same ids, metadata and depths. A taxon that a person does not have is not brought in.

    Examples
    --------
    >>> before = Study.from_frame(pd.DataFrame([[500, 500], [100, 900]], index=["p", "q"], columns=["a", "b"]))
    >>> after = samples_afterwards(before, {"a": 3.0}, spread=0.0)
    >>> bool((after.proportions().to_frame()["a"] > before.proportions().to_frame()["a"]).all())
    True
    """
    generator = np.random.default_rng(seed)
    shares = study.proportions().table.toarray()
    times = np.array([factors.get(str(name), 1.0) for name in study.features])
    weights = shares * times * np.exp(generator.normal(0, spread, shares.shape))
    weights /= weights.sum(axis=1, keepdims=True)
    counts = generator.multinomial(study.depth.to_numpy(dtype=np.int64), weights)
    # What is drawn are counts of the same taxa in the same samples: nothing that has to be checked again.
    return replace(
        study, table=sparse.csr_array(counts, dtype=float), _taxonomy=None, _phylogeny=None, quantity="counts"
    )


def groups_with_known_difference(study: Study, people: int, taxa: Sequence[str], times: float, seed: int) -> Study:
    """Put real people into two groups by lot, and multiply some taxa in one of the groups.

    Parameters
    ----------
    study : Study
        Counts, one sample a person.
    people : int
        In each group; no more than half of the study.
    taxa : sequence of str
        Which are multiplied; none of them: the groups do not differ.
    times : float
        How often there is as much of these taxa as there was. The others stay as they were, so their share falls.
    seed : int
        Of the lot, and of the reads, which are drawn anew (multinomially) in both groups.

    Returns
    -------
    Study
        Simulated, with the metadata column ``group``: ``multiplied`` and ``untouched``.

    Raises
    ------
    InputError
        A study that is too small.

    Examples
    --------
    >>> real = Study.from_frame(pd.DataFrame([[500, 500]] * 4, index=list("pqrs"), columns=["a", "b"]))
    >>> made = groups_with_known_difference(real, 2, ["a"], 4.0, seed=1)
    >>> made.proportions().to_frame()["a"].groupby(made.column("group")).mean().round(1).to_dict()
    {'multiplied': 0.8, 'untouched': 0.5}
    """
    if 2 * people > len(study.samples):
        raise InputError(
            "The study has too few people to draw two groups from.",
            expected=f"{2 * people} or more",
            found=str(len(study.samples)),
        )
    generator = np.random.default_rng(seed)
    drawn = generator.permutation(len(study.samples))[: 2 * people]
    tables = []
    for rows, factors in ((drawn[:people], dict.fromkeys(taxa, times)), (drawn[people:], {})):
        chosen = study.choose_samples(list(study.samples[np.sort(rows)]))
        draws = int(generator.integers(1 << 31))
        tables.append(samples_afterwards(chosen, factors, spread=0.0, seed=draws).to_frame())
    table = pd.concat(tables)
    groups = pd.DataFrame({"group": ["multiplied"] * people + ["untouched"] * people}, index=table.index)
    return Study.from_frame(table, groups)


def samples_as_people(*, studies: int, seed: int) -> dict[str, int]:
    """Count simulated studies without a difference that find one: by samples as if each were a person, and by means.

    Parameters
    ----------
    studies, seed : int
        How many are simulated, and the seed of the random numbers.

    Returns
    -------
    dict of str to int
        Studies with p at most 0.05, by way; simulated.
    """
    generator = np.random.default_rng(seed)
    values = np.empty((studies, 2, 10, 6))
    for one in values:
        level = generator.normal(0, 1, (2, 10, 1))
        one[:] = level + generator.normal(0, 1, (2, 10, 6))
    ways = {"wrong: every sample": values.reshape(studies, 2, -1), "right: a mean of each person": values.mean(axis=3)}
    return {
        name: int((scipy.stats.mannwhitneyu(way[:, 0], way[:, 1], axis=1).pvalue <= 0.05).sum())
        for name, way in ways.items()
    }
