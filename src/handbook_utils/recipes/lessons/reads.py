"""The lesson of ``recipes/from-reads-to-table``: other engines, a community that is known, and the whole gene."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pandas as pd

from handbook_utils import datasets
from handbook_utils.analysis.peers import held_against
from handbook_utils.analysis.stored import simulated
from handbook_utils.reads.denoising.embedded import Embedded
from handbook_utils.reads.denoising.engine import Denoising
from handbook_utils.reads.preparing import prepare
from handbook_utils.reads.sequences import asv_id
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.recipes.lessons.small_studies import shared_reads
from handbook_utils.recipes.reads.steps import Steps

#: What the chapter asks when nothing is given.
QUESTIONS = {
    **dict.fromkeys(("reads", "sheet", "forward_primer", "reverse_primer", "host", "keep"), ""),
    **dict.fromkeys(("truncate_forward", "truncate_reverse", "least"), 0),
    "use": "both",
    "engine": "embedded",
    "expected_errors": 2.0,
    "overlap": 12,
    "workers": 1,
}
#: Shares of the members of the simulated community, in parts.
_PARTS = (200, 150, 120, 90, 60, 40, 30, 20, 12, 8, 6, 40)
#: Simulated pairs of reads of each of its two samples.
_PAIRS = 1_500
#: A sequence above this share of a sample (%) that no other engine has would be spurious.
_SPURIOUS = 1.0


def bundled(made: Steps | None = None) -> Steps:
    """Return the bundled pairs as the chapter takes them by default.

    Parameters
    ----------
    made : Steps, optional
        On their way already: where they are just these, nothing is done twice.

    Returns
    -------
    Steps
    """
    asked = Steps.asked(QUESTIONS)
    if made is None or type(made.engine) is not type(asked.engine):
        return asked
    return made if replace(made, engine=asked.engine, workers=asked.workers) == asked else asked


def full_length() -> Steps:
    """Return the bundled full-length reads, by the same defaults."""
    return Steps.asked({**QUESTIONS, "reads": str(datasets.path("reads", "full-length"))})


def cut_at(steps: Steps, lengths: tuple[int, int]) -> Steps:
    """Return the same reads, to be cut at other lengths.

    Parameters
    ----------
    steps : Steps
        Reads on their way to a table.
    lengths : tuple of int
        Of forward and reverse reads.

    Returns
    -------
    Steps
        With nothing else changed.
    """
    return replace(steps, truncate=lengths)


def engines() -> dict[str, pd.DataFrame]:
    """Return the tables that other engines made of the bundled pairs: a row a sequence, a column a sample."""
    stored = datasets.frame("reads", "engines")
    return {
        str(engine): rows.pivot(index="sequence", columns="sample", values="reads").fillna(0)
        for engine, rows in stored.groupby("engine", sort=False)
    }


def beside_peers(steps: Steps) -> pd.DataFrame:
    """Hold the table of the bundled pairs against those of other engines.

    Parameters
    ----------
    steps : Steps
        The bundled pairs.

    Returns
    -------
    pandas.DataFrame
        A row an engine, ours first: sequences, reads, those in common, and the parts of the reads in the same
        sequences of the same sample, both ways (%).
    """
    ours = steps.table
    rows = {
        "embedded": {
            "sequences": len(ours), "in both": len(ours), "reads": int(ours.to_numpy().sum()),
            "its reads in sequences of ours (%)": 100.0, "our reads in sequences of its (%)": 100.0,
        }
    }  # fmt: skip
    for engine, theirs in engines().items():
        one, other = ours.align(theirs, fill_value=0)
        rows[engine] = {
            "sequences": len(theirs),
            "in both": len(set(ours.index) & set(theirs.index)),
            "reads": int(theirs.to_numpy().sum()),
            "its reads in sequences of ours (%)": _part(other, one),
            "our reads in sequences of its (%)": _part(one, other),
        }
    return pd.DataFrame(rows).T.rename_axis("engine")


def not_in(engine: str, steps: Steps) -> tuple[int, float]:
    """Count our sequences that another engine does not have.

    Parameters
    ----------
    engine : str
        Of :func:`engines`.
    steps : Steps
        The bundled pairs.

    Returns
    -------
    int, float
        How many, and the largest part that one has of a sample (%).
    """
    shares = 100 * steps.table / steps.table.sum()
    alone = shares.drop(index=list(set(engines()[engine].index) & set(shares.index)))
    return len(alone), float(alone.to_numpy().max(initial=0.0))


def _part(of: pd.DataFrame, where: pd.DataFrame) -> float:
    return float(100 * of.to_numpy()[where.to_numpy() > 0].sum() / of.to_numpy().sum())


def found_in_mock(seed: int) -> tuple[pd.DataFrame, int]:
    """Simulate a community, read it with errors, and denoise it.

    Parameters
    ----------
    seed : int
        Of the sequences and of their reads.

    Returns
    -------
    pandas.DataFrame
        A row a member, and one for all that is no member: share and what was found (%).
    int
        Distinct sequences before denoising.
    """
    sequences = members(len(_PARTS), seed)

    def communities(count: int) -> pd.DataFrame:
        return pd.concat([_community(sequences, seed + number) for number in range(count)])

    made = simulated("mock-of-twelve", communities, 1, sequences, list(_PARTS), QUESTIONS, _PAIRS, seed)
    return made.set_index("member")[["share (%)", "found (%)"]], int(made["distinct"].iloc[0])


def _community(sequences: dict[str, str], seed: int) -> pd.DataFrame:
    shares = {name: part / sum(_PARTS) for name, part in zip(sequences, _PARTS, strict=True)}
    with tempfile.TemporaryDirectory() as folder:
        for at in range(2):
            write_mock(Path(folder), f"mock{at}", shares, sequences, Mock(pairs=_PAIRS), seed + at)
        steps = Steps.asked({**QUESTIONS, "reads": folder})
        total = steps.table.sum(axis=1)
        distinct = without_denoising(steps)
    found = 100 * total / total.sum()
    names = {asv_id(sequence): name for name, sequence in sequences.items()}
    by_member = found.groupby(lambda key: names.get(key, "no member")).sum()
    made = pd.DataFrame({"share (%)": pd.Series(shares) * 100, "found (%)": by_member, "distinct": distinct})
    return made.reindex([*sequences, "no member"]).fillna(0.0).rename_axis("member").reset_index()


def without_denoising(steps: Steps) -> int:
    """Count the distinct sequences after merging, of all samples together.

    Parameters
    ----------
    steps : Steps
        Reads on their way to a table.

    Returns
    -------
    int
        How many there are.
    """
    found: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for files in steps.files:
            prepared = prepare(files, steps.how, Path(folder))
            found |= set(Embedded().distinct(prepared, Denoising(overlap=steps.overlap), Path(folder)))
    return len(found)


def against_peers(steps: Steps, long: Steps, small: pd.DataFrame) -> pd.DataFrame:
    """Hold the numbers of the bundled reads against R's DADA2, q2-dada2 and vsearch.

    Parameters
    ----------
    steps, long : Steps
        The bundled pairs, and the bundled full-length reads.
    small : pandas.DataFrame
        Of :func:`handbook_utils.recipes.lessons.small_studies.small_studies`.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    passed = {one.sample: one.passed for one in steps.result[0]}
    primed = long.account["input"] - long.account["without primer"]
    filtered = _passed_as_in_q2(long)
    ours = steps.table
    known = set().union(*(set(table.index) for table in engines().values()))
    shares = 100 * ours / ours.sum()
    beside = beside_peers(steps).astype(float)
    its_in = beside["its reads in sequences of ours (%)"].to_dict()
    our_in = beside["our reads in sequences of its (%)"].to_dict()
    return held_against(
        "recipes/from-reads-to-table",
        {
            **{f"Pairs of {name} that pass the filter": number for name, number in passed.items()},
            **{f"Full-length reads of {name} with both primers": int(number) for name, number in primed.items()},
            **{f"Full-length reads of {name} that pass the filter": number for name, number in filtered.items()},
            "Sequences, beside vsearch": len(ours),
            "vsearch's reads in sequences of ours (%)": its_in["vsearch"],
            "Our reads in sequences of vsearch (%)": our_in["vsearch"],
            "DADA2's reads in sequences of ours (%)": its_in["DADA2"],
            "Our reads in sequences of DADA2 (%)": our_in["DADA2"],
            **shared_reads(small),
            "Sequences above 1 % of a sample that no other engine has": int(
                (shares.drop(index=list(known & set(ours.index))) > _SPURIOUS).any(axis=1).sum()
            ),
        },
    )


def _passed_as_in_q2(long: Steps) -> dict[str, int]:
    """Count the full-length reads that pass where they are filtered as q2-dada2 does by default."""
    how = replace(long.how, shortest=20, longest=0, least_quality=4, phix=None)
    with tempfile.TemporaryDirectory() as folder:
        return {one.sample: prepare(one, how, Path(folder)).passed for one in long.files}
