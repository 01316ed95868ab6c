"""Sequencing of the example study: concentrations and counts, simulated, and labelled so.

The counts hold a known leakage on plate 1 and none on plate 2.
``python -m handbook_utils.protocols.sequencing.example`` with ``concentrations``, ``counts`` or ``mock`` prints the
file that is stored in ``data/example-study``.
"""

from __future__ import annotations

import io
import sys
from functools import lru_cache

import numpy as np
import pandas as pd

from handbook_utils.protocols.example.cold import example_verdicts
from handbook_utils.protocols.example.people import SEED as STUDY_SEED
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.wells.batches import received
from handbook_utils.protocols.wells.bench import robot_csv
from handbook_utils.protocols.wells.plates import layout

SEED = 20230215
#: Share of each neighbour's reads that reaches a well, by plate: what the chapter must find again.
LEAKAGE = {1: 0.01, 2: 0.0}
#: Expected 16S shares (%) of the mock community D6300, of its maker; they follow from 12 % genomic DNA each.
MOCK = {
    "Pseudomonas aeruginosa": 4.2,
    "Escherichia coli": 10.1,
    "Salmonella enterica": 10.4,
    "Limosilactobacillus fermentum": 18.4,
    "Enterococcus faecalis": 9.9,
    "Staphylococcus aureus": 15.5,
    "Listeria monocytogenes": 14.1,
    "Bacillus subtilis": 17.4,
}
_COVARIATES = ("arm", "sex", "age_band", "centre", "time_point")
_OWN, _SHARED, _DUST = 2, 60, 12


def example_wells(samples: pd.DataFrame | None = None, seed: int = STUDY_SEED) -> pd.DataFrame:
    """Return the wells of the example study, as its study file makes ``extract-and-plate`` lay them out.

    Parameters
    ----------
    samples : pandas.DataFrame, optional
        Tubes to lay out; by default those of the example that were received and not rejected, in the order of codes.
    seed : int
        Of the layout.

    Returns
    -------
    pandas.DataFrame
        As the robot's table: ``plate``, ``well``, ``position``, ``row``, ``column``, ``content``, ``sample``,
        ``source``; text, but for plate, position and column.

    Examples
    --------
    >>> example_wells()["content"].value_counts()[["sample", "blank"]].to_list()
    [171, 4]
    """
    return _laid_out(samples, seed) if samples is not None else _example_wells(seed).copy()


@lru_cache(maxsize=2)
def _example_wells(seed: int) -> pd.DataFrame:
    given = example_samples()
    return _laid_out(received(given.sort_values("sample").reset_index(drop=True), example_verdicts(given)), seed)


def _laid_out(tubes: pd.DataFrame, seed: int) -> pd.DataFrame:
    made = layout(tubes, covariates=_COVARIATES, candidates=100, seed=seed)
    return pd.read_csv(io.BytesIO(robot_csv(made)), keep_default_na=False)


def example_concentrations(wells: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Simulate what a fluorometer and a qPCR measure in the wells that are to be pooled.

    Parameters
    ----------
    wells : pandas.DataFrame
        As of :func:`example_wells`.
    seed : int
        Of the simulation.

    Returns
    -------
    pandas.DataFrame
        ``plate``, ``well``, ``dna_ng_per_ul``, ``copies_16s_per_ul``: every well that is not empty. Three samples
        failed.

    Examples
    --------
    >>> made = example_concentrations(example_wells())
    >>> list(made.columns), len(made)
    (['plate', 'well', 'dna_ng_per_ul', 'copies_16s_per_ul'], 181)
    """
    generator = np.random.default_rng(seed)
    used = wells[wells["content"] != "empty"].reset_index(drop=True)
    middle = (
        used["content"].map({"sample": 18.0, "duplicate": 18.0, "mock": 9.0, "blank": 0.03, "ntc": 0.015}).to_numpy()
    )
    dna = middle * np.exp(generator.normal(0, 0.55, len(used)))
    failed = generator.choice(np.flatnonzero(used["content"] == "sample"), 3, replace=False)
    dna[failed] = 0.05
    copies = dna * 2.0e5 * np.exp(generator.normal(0, 0.35, len(used)))
    made = used[["plate", "well"]].copy()
    made["dna_ng_per_ul"], made["copies_16s_per_ul"] = dna.round(2), copies.round(-2).astype(int)
    return made


def example_counts(wells: pd.DataFrame, seed: int = SEED, leakage: dict[int, float] | None = None) -> pd.DataFrame:
    """Simulate the feature table of the run, with controls, kit contaminants and a known leakage.

    Every participant has shared taxa and two of their own, which make leakage visible. Each well then receives, from
    each of its up to eight neighbours, a share of that neighbour's reads.

    Parameters
    ----------
    wells : pandas.DataFrame
        As of :func:`example_wells`.
    seed : int
        Of the simulation.
    leakage : dict of int to float, optional
        By plate; :data:`LEAKAGE` by default.

    Returns
    -------
    pandas.DataFrame
        Features × wells, named ``<plate>-<well>``.

    Examples
    --------
    >>> made = example_counts(example_wells())
    >>> made.shape[1], made.columns[0][:2]
    (181, '1-')
    """
    generator = np.random.default_rng(seed)
    leaks = LEAKAGE if leakage is None else leakage
    used = wells[wells["content"] != "empty"].reset_index(drop=True)
    people = list(dict.fromkeys(used.loc[used["content"] == "sample", "source"].str.rpartition("-")[0]))
    features = [f"ASV{number:03d}" for number in range(1, _SHARED + _OWN * len(people) + 1)]
    features += list(MOCK) + [f"Kit{number:02d}" for number in range(1, _DUST + 1)]
    at = {name: place for place, name in enumerate(features)}
    own = {person: generator.dirichlet(np.full(_SHARED, 0.25)) for person in people}
    dust = generator.dirichlet(np.full(_DUST, 1.0))
    reads = np.zeros((len(used), len(features)))
    for place, (content, source) in enumerate(zip(used["content"], used["source"], strict=True)):
        share = np.zeros(len(features))
        depth = 0.0
        if content in ("sample", "duplicate"):
            person = source.rpartition("-")[0]
            jitter = own[person] * generator.gamma(20, 1 / 20, _SHARED)
            share[:_SHARED] = 0.85 * jitter / jitter.sum()
            first = _SHARED + _OWN * people.index(person)
            share[first : first + _OWN] = 0.15 / _OWN
            depth = float(np.exp(generator.normal(np.log(9000), 0.3)))
        elif content == "mock":
            expected = np.array(list(MOCK.values())) * np.exp(generator.normal(0, 0.06, len(MOCK)))
            share[[at[name] for name in MOCK]] = expected / expected.sum()
            depth = 8000.0
        counted = generator.poisson(depth * share).astype(float)
        counted[-_DUST:] += generator.poisson(dust * (60 if content in ("blank", "ntc") else 6))
        reads[place] = counted
    where = used[["plate", "row", "column"]].assign(row=used["row"].map(ord)).to_numpy()
    steps = np.abs(where[:, None, 1:] - where[None, :, 1:]).max(axis=2)
    near = ((where[:, None, 0] == where[None, :, 0]) & (steps == 1)).astype(float)
    rate = used["plate"].map(lambda plate: leaks.get(int(plate), 0.0)).to_numpy()
    # No template goes in before the PCR, so what leaks at extraction does not reach a no-template control.
    rate = np.where(used["content"] == "ntc", 0.0, rate)
    reads += generator.poisson(rate[:, None] * (near @ reads))
    names = used["plate"].astype(str) + "-" + used["well"]
    table = pd.DataFrame(reads.T.astype(int), index=pd.Index(features, name="feature"), columns=list(names))
    return table.loc[table.sum(axis=1) > 0]


def example_mock() -> pd.DataFrame:
    """Return the expected shares of the mock community as a study files them.

    Returns
    -------
    pandas.DataFrame
        ``taxon``, ``percent``: what the maker of D6300 gives, not a lot's certificate.

    Examples
    --------
    >>> round(float(example_mock()["percent"].sum()), 6)
    100.0
    """
    return pd.DataFrame({"taxon": list(MOCK), "percent": list(MOCK.values())})


if __name__ == "__main__":
    wanted = sys.argv[1]
    if wanted == "counts":
        example_counts(example_wells()).to_csv(sys.stdout)
    else:
        made_file = example_mock() if wanted == "mock" else example_concentrations(example_wells())
        made_file.to_csv(sys.stdout, index=False)
