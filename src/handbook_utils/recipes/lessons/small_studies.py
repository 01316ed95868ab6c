"""Small studies beside DADA2 and vsearch: q2-dada2's sets of reads, each prepared as for the answer shipped with it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from handbook_utils import datasets
from handbook_utils.reads.denoising.engine import Denoised, Denoising, Engine
from handbook_utils.reads.denoising.engines import engine_named
from handbook_utils.reads.preparing import Preparation, Prepared, prepare
from handbook_utils.reads.samples import SampleFiles, files_in
from handbook_utils.reads.sequences import asv_id

PHIX = datasets.path("reads", "phix.fasta")
#: How each answer was asked for, by q2-dada2's own tests: how reads are prepared, and what is asked of DADA2 beside.
ASKED: dict[str, tuple[Preparation, Denoising]] = {
    "single": (Preparation(truncate=(100, 0), phix=PHIX, offset=64), Denoising(fold=1.0, ends_alike=False)),
    "paired": (Preparation(truncate=(150, 150), phix=PHIX), Denoising(fold=1.0)),
    "full-length": (
        Preparation(forward="AGRGTTYGATYMTGGCTCAG", reverse="RGYTACCTTGTTACGACTT", whole=True, least_quality=4),
        Denoising(fold=3.5, full_length=True),
    ),
}
#: DADA2 that looks at each sample by itself, as it does by default, and at all samples at once.
ALONE, TOGETHER = "DADA2", "DADA2, samples together"
_ITS, _OWN = "other's reads in sequences of one (%)", "one's reads in sequences of the other (%)"


def prepared(name: str, folder: Path, more: Sequence[SampleFiles] = ()) -> list[Prepared]:
    """Prepare the reads of a set.

    Parameters
    ----------
    name : str
        Of :data:`ASKED`.
    folder : pathlib.Path
        Where prepared reads go.
    more : sequence of SampleFiles
        Samples of the set that the handbook does not carry.

    Returns
    -------
    list of Prepared
        By sample.
    """
    if name == "full-length":
        # Four of its nine samples, those of the chapter, whose files have shorter names: reads so long are large files.
        own = files_in(datasets.path("reads", "full-length"))
        files = [SampleFiles(f"{one.sample.upper()}_P2C2", one.forward) for one in own]
    else:
        files = files_in(datasets.path("reads", f"small-{name}"))
    return [prepare(one, ASKED[name][0], folder) for one in sorted([*files, *more])]


def denoised(name: str, engine: Engine, folder: Path) -> Denoised:
    """Denoise a set by an engine, as the handbook does by default so many reads, and otherwise as DADA2 was asked.

    Parameters
    ----------
    name : str
        Of :data:`ASKED`.
    engine : Engine
        What tells errors from differences.
    folder : pathlib.Path
        Where prepared reads go.

    Returns
    -------
    Denoised
    """
    samples = prepared(name, folder)
    return engine.denoise(samples, asked_of(name, samples), folder, None)


def asked_of(name: str, samples: Sequence[Prepared]) -> Denoising:
    """Return how a set is denoised: by the defaults for so many reads, and otherwise as DADA2 was asked.

    Parameters
    ----------
    name : str
        Of :data:`ASKED`.
    samples : sequence of Prepared
        Its reads.

    Returns
    -------
    Denoising
    """
    how, asked = ASKED[name]
    passed = sum(one.passed for one in samples)
    fitting = Denoising.fitting(passed, how.expected_errors, paired=samples[0].reverse is not None)
    return replace(asked, least=fitting.least, most=fitting.most)


def table_of(found: Denoised) -> pd.DataFrame:
    """Return what an engine found: a row a sequence, known by its MD5, a column a sample.

    Parameters
    ----------
    found : Denoised
        Of an engine.

    Returns
    -------
    pandas.DataFrame
        Reads.
    """
    rows = {name: {asv_id(one): number for one, number in counts.items()} for name, counts in found.counts.items()}
    return pd.DataFrame(rows).fillna(0).astype(int)


def small_studies() -> pd.DataFrame:
    """Hold the embedded engine against vsearch and DADA2 on the three sets, and these against each other and itself.

    Returns
    -------
    pandas.DataFrame
        A row a set and a pair of engines: sequences of either and of both, and of the reads of either the part that
        is in sequences of the other, in whichever sample (%).
    """
    stored = datasets.frame("reads", "small")
    rows = []
    for name in ASKED:
        peers = {
            str(engine): some.pivot(index="sequence", columns="sample", values="reads").fillna(0)
            for engine, some in stored[stored["set"] == name].groupby("engine", sort=False)
        }
        with tempfile.TemporaryDirectory() as folder:
            ours = table_of(denoised(name, engine_named("embedded"), Path(folder)))
        pairs = [("embedded", ours, engine) for engine in peers]
        pairs += [("vsearch", peers["vsearch"], ALONE), (ALONE, peers[ALONE], TOGETHER)]
        rows += [
            {"reads": name, "one": one, "other": other, **_held(table, peers[other])} for one, table, other in pairs
        ]
    return pd.DataFrame(rows).set_index(["reads", "one", "other"])


#: What DADA2 does with a read that the embedded engine keeps, as it is stored, by what is told of it.
_FATES = {
    "the same sequence": "in the same sequence",
    "a sequence of both": "in another that both have",
    "1 or 2 bases away": "joined by DADA2 with one 1 or 2 bases away",
    "3 to 10 bases away": "with one 3 to 10 bases away",
    "more than 10 bases away": "with one further away",
    "dropped": "dropped by DADA2",
}


def apart() -> pd.DataFrame:
    """Return what DADA2 does with the reads that the embedded engine keeps of the three sets, as it is stored.

    Returns
    -------
    pandas.DataFrame
        A row a set: reads, and the parts of them by what becomes of each (%).
    """
    stored = datasets.frame("reads", "apart").pivot(index="set", columns="fate", values="reads").loc[list(ASKED)]
    stored = stored.reindex(columns=list(_FATES)).fillna(0)
    shares = (100 * stored.div(stored.sum(axis=1), axis=0)).rename(columns=_FATES)
    shares.insert(0, "reads", stored.sum(axis=1).astype(int))
    return shares.rename_axis(index="small set", columns=None)


def at_best(fates: pd.DataFrame) -> pd.Series:
    """Return the parts of our reads in sequences of DADA2, if all that it joins over 1 or 2 bases were joined here.

    Parameters
    ----------
    fates : pandas.DataFrame
        Of :func:`apart`.

    Returns
    -------
    pandas.Series
        By set (%).
    """
    return fates.iloc[:, 1:4].sum(axis=1)


def _held(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    both = one.index.intersection(other.index)
    return {
        "sequences of one": len(one),
        "of the other": len(other),
        "of both": len(both),
        _ITS: 100 * _reads(other.loc[both]) / _reads(other),
        _OWN: 100 * _reads(one.loc[both]) / _reads(one),
    }


def _reads(table: pd.DataFrame) -> int:
    return int(table.to_numpy().sum())


def shared_reads(beside: pd.DataFrame) -> dict[str, float]:
    """Return the parts of the reads in the same sequences, by their names on the page of checked numbers.

    Parameters
    ----------
    beside : pandas.DataFrame
        Of :func:`small_studies`.

    Returns
    -------
    dict of str to float
        In percent.
    """
    found = {}
    for row in beside.xs("embedded", level="one").reset_index().to_dict("records"):
        name, other = row["reads"], row["other"]
        found[f"Small {name} set: reads of {other} in sequences of ours (%)"] = float(row[_ITS])
        found[f"Small {name} set: our reads in sequences of {other} (%)"] = float(row[_OWN])
    return found
