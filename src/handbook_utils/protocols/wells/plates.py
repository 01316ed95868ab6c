"""Plate layouts: which sample goes into which well, drawn at random, within rules, and balanced.

The rules. A participant's series lies on one plate (one extraction batch), in wells that do not touch: contamination
goes mainly to neighbouring wells (Minich et al. 2019, doi:10.1128/mSystems.00186-19), and between two samples of one
person it would look like stability. Every plate has its controls; they do not touch each other and no quadrant of the
plate holds more than its share. Within the rules, covariates are balanced over plates, rows, columns and neighbours
(:class:`~handbook_utils.protocols.wells.balance.Score`).

The search. Participants are dealt to plates and exchanged while that improves the balance. On every plate many
arrangements are drawn at random; the best are improved by exchanging the two wells that help most until no exchange
helps. All of it hangs on the seed alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from handbook_utils.errors import InputError
from handbook_utils.protocols.wells.balance import (
    CONTENTS,
    DUPLICATE,
    EMPTY,
    PARTS,
    SAMPLE,
    Features,
    Grid,
    Score,
    broken_rules,
    part_means,
    score_of,
    totals,
)
from handbook_utils.protocols.wells.requests import SHAPES, Request, asked, checked, duplicate_tube, most_apart, tube
from handbook_utils.protocols.wells.search import arranged, dealt
from handbook_utils.text.hash import sha256


@dataclass(frozen=True)
class Layout:
    """What is in every well.

    Attributes
    ----------
    wells : pandas.DataFrame
        One row a well, plate by plate, in the order in which columns are filled: ``plate`` (from 1), ``well`` ("A1"),
        ``row`` ("A"), ``column`` (from 1), ``content`` ("sample", "blank", "mock", "ntc", "duplicate" or "empty"),
        ``sample`` (the id of the tube: unique, also for controls; "" where empty), ``source`` (the sample that a
        sample or duplicate was taken from), ``participant``, and the covariates.
    score : Score
        How balanced it is, and which rules it breaks: none, if :func:`layout` made it.
    plate : int
        Wells of a plate.
    seed : int
        What it was drawn with.
    covariates : tuple of str
        What was balanced.
    """

    wells: pd.DataFrame
    score: Score
    plate: int
    seed: int
    covariates: tuple[str, ...]

    @property
    def plates(self) -> int:
        """How many plates there are."""
        return int(self.wells["plate"].max())

    @property
    def id(self) -> str:
        """Eight characters that tell this layout from every other: the beginning of the SHA-256 of its wells."""
        text = self.wells[["plate", "well", "content", "sample"]].to_csv(index=False, lineterminator="\n")
        return sha256(text.encode())[:8]

    def counts(self) -> pd.DataFrame:
        """Return how many wells of each plate hold what."""
        counted = pd.crosstab(self.wells["plate"], self.wells["content"])
        return counted.reindex(columns=[*CONTENTS[1:], CONTENTS[0]], fill_value=0)


def layout(
    samples: pd.DataFrame,
    *,
    plate: int = 96,
    plates: int | None = None,
    sample: str = "sample",
    participant: str = "participant",
    covariates: Sequence[str] = (),
    blanks: int = 2,
    mocks: int = 1,
    ntc: int = 1,
    duplicates: int = 1,
    candidates: int = 100,
    seed: int = 1,
    where: str = "the samples",
) -> Layout:
    """Lay samples out over plates: at random, within the rules, balanced.

    Parameters
    ----------
    samples : pandas.DataFrame
        One row a sample.
    plate : {96, 384}
        Wells of a plate.
    plates : int, optional
        How many; by default as few as will do.
    sample : str
        The column with the samples' ids.
    participant : str
        The column that says which samples are of one participant; "" where no two are.
    covariates : sequence of str
        Columns to balance. Numbers with more than 8 different values are quantities, all else categories.
    blanks, mocks, ntc, duplicates : int
        Controls of every plate: extraction blanks (2 or more), mock communities (1 or more), no-template controls of
        the PCR, and second extractions of a sample on the same plate.
    candidates : int
        Random arrangements drawn for every plate, and random ways to deal participants to plates.
    seed : int
        The same request with the same seed gives the same layout.
    where : str
        What messages call the samples: the file they come from.

    Returns
    -------
    Layout
        It breaks no rule.

    Raises
    ------
    InputError, InputErrors
        The samples or numbers do not fit, with what would; or no layout within the rules was found.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> made = layout(example_samples(), covariates=["arm", "sex", "time_point"], seed=7)
    >>> made.plates, made.score.broken
    (2, 0)
    >>> made.counts().loc[1].to_dict()
    {'sample': 90, 'blank': 2, 'mock': 1, 'ntc': 1, 'duplicate': 1, 'empty': 1}
    """
    request = checked(
        samples,
        plate,
        plates,
        sample,
        participant,
        covariates,
        (blanks, mocks, ntc, duplicates),
        candidates,
        seed,
        where,
    )
    belongs = dealt(request, candidates)
    content = np.full((request.plates, *request.shape), EMPTY, dtype=np.intp)
    source = np.full_like(content, -1)
    for number in range(request.plates):
        content[number], source[number] = arranged(request, number, np.flatnonzero(belongs == number), candidates)
    made = _made(request, content, source)
    if made.score.broken:
        longest = int(np.bincount(request.person).max())
        raise InputError(
            "No layout within the rules was found.",
            where="parameter candidates",
            expected=f"{request.plates} plates without a broken rule",
            found=f"{made.score.broken} broken rules in the best of {candidates} arrangements a plate; the longest "
            f"series has {longest} samples, of which at most {most_apart(plate)} fit on a plate without touching",
            remedy="Ask for one plate more, fewer controls, or more candidates."
            if longest + (duplicates > 0) <= most_apart(plate)
            else "Ask for plates of 384 wells, or for no duplicates: twice the same tube lies beside its own series.",
        )
    return made


def randomised(samples: pd.DataFrame, *, seed: int = 1, **wanted: object) -> Layout:
    """Lay samples and controls out by plain randomisation: any well may hold any tube. The measure for what rules gain.

    Parameters are those of :func:`layout`; the number of plates is the same, too.

    Parameters
    ----------
    samples : pandas.DataFrame
        A row a tube.
    seed : int
        Of the draw.
    **wanted
        The other parameters of :func:`layout`.

    Returns
    -------
    Layout
        With its score and the rules it breaks.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> randomised(example_samples(), covariates=["arm"], seed=7).score.broken > 0
    True
    """
    request = asked(samples, seed, wanted)
    content, source = _shuffled(request, 1)
    return _made(request, content[0], source[0])


def in_order(samples: pd.DataFrame, **wanted: object) -> Layout:
    """Lay samples out as they stand in the file, column by column, with the controls in each plate's last wells.

    That is what a layout must not be; it is here to be shown. Parameters are those of :func:`layout`.

    Parameters
    ----------
    samples : pandas.DataFrame
        A row a tube.
    **wanted
        The other parameters of :func:`layout`.

    Returns
    -------
    Layout
        With its score and the rules it breaks.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> in_order(example_samples(), covariates=["arm"]).score.adjacent_series
    104
    """
    request = asked(samples, 0, wanted)
    rows, columns = request.shape
    content = np.full((request.plates, columns, rows), EMPTY, dtype=np.intp)
    source = np.full_like(content, -1)
    for number, taken in enumerate(np.array_split(np.arange(len(request.ids)), request.plates)):
        flat, which = content[number].reshape(-1), source[number].reshape(-1)
        flat[: len(taken)], which[: len(taken)] = SAMPLE, taken
        flat[len(flat) - len(request.controls) :] = request.controls
        which[flat == DUPLICATE] = taken[: int((flat == DUPLICATE).sum())]
    return _made(request, content.swapaxes(1, 2), source.swapaxes(1, 2))


def plain_scores(samples: pd.DataFrame, *, draws: int = 1000, seed: int = 1, **wanted: object) -> pd.DataFrame:
    """Score many plain randomisations, to see what balance chance gives.

    Parameters
    ----------
    samples : pandas.DataFrame
        As :func:`layout` takes them.
    draws : int
        How many.
    seed : int
        Of the draws.
    **wanted : object
        The other arguments of :func:`layout`.

    Returns
    -------
    pandas.DataFrame
        One row a draw: ``total``, the four parts as in :class:`~handbook_utils.protocols.wells.balance.Score`, and how
        often each rule is broken: ``split_series``, ``adjacent_series``, ``adjacent_controls``, ``crowded_controls``.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> plain_scores(example_samples(), draws=20, covariates=["arm"]).shape
    (20, 9)
    """
    request = asked(samples, seed, wanted)
    found = []
    step = max(1, 4_000_000 // (request.plates * request.plate * max(1, request.features.values.shape[1])))
    for start in range(0, draws, step):
        content, source = _shuffled(request, min(step, draws - start), start)
        parts = request.features.parts(np.where(content == SAMPLE, source, -1))
        broken = broken_rules(content, source, request.person)
        found.append(np.column_stack([totals(parts), part_means(parts), broken]))
    counts = ["split_series", "adjacent_series", "adjacent_controls", "crowded_controls"]
    frame = pd.DataFrame(np.concatenate(found), columns=["total", *PARTS, *counts])
    return frame.astype(dict.fromkeys(counts, int))


def score(wells: pd.DataFrame, covariates: Sequence[str], *, plate: int = 96) -> Score:
    """Score plates as they were filled, after deviations.

    Parameters
    ----------
    wells : pandas.DataFrame
        As in :class:`Layout`; wells that hold nothing may be left out.
    covariates : sequence of str
        Columns to score.
    plate : {96, 384}
        Wells of a plate.

    Returns
    -------
    Score
        As :func:`layout` has it.

    Examples
    --------
    >>> from handbook_utils.protocols.example.people import example_samples
    >>> made = layout(example_samples(), covariates=["arm"], candidates=1, seed=7)
    >>> score(made.wells, ["arm"]).total == made.score.total
    True
    """
    known = wells[wells["content"] != "empty"].reset_index(drop=True)
    samples = known[known["content"] == "sample"].reset_index(drop=True)
    at = (
        known["plate"].to_numpy() - 1,
        known["row"].map(lambda letter: ord(letter) - ord("A")).to_numpy(),
        known["column"].to_numpy() - 1,
    )
    content = np.full((int(known["plate"].max()), *SHAPES[plate]), EMPTY, dtype=np.intp)
    source = np.full_like(content, -1)
    content[at] = known["content"].map(CONTENTS.index)
    number = {name: position for position, name in enumerate(samples["source"])}
    source[at] = [number.get(name, -1) for name in known["source"]]
    person = pd.factorize(samples["participant"])[0].astype(np.intp)
    return score_of(Features.of_samples(samples, covariates), content, source, person)


# ---------------------------------------------------------------------- plain ones, and what comes out


def _shuffled(request: Request, draws: int, stage: int = 0) -> tuple[Grid, Grid]:
    generator = request.generator(2, stage)
    count, wells = len(request.ids), request.plates * request.plate
    content = np.full(wells, EMPTY, dtype=np.intp)
    content[:count] = SAMPLE
    controls = request.controls * request.plates
    content[count : count + len(controls)] = controls
    source = np.full_like(content, -1)
    source[:count] = np.arange(count)
    repeats = np.flatnonzero(content == DUPLICATE)
    order = generator.permuted(np.tile(np.arange(wells), (draws, 1)), axis=1)
    sources = np.tile(source, (draws, 1))
    for row in sources:
        row[repeats] = generator.choice(count, len(repeats), replace=False)
    shape = (draws, request.plates, *request.shape)
    return content[order].reshape(shape), np.take_along_axis(sources, order, axis=1).reshape(shape)


def _made(request: Request, content: Grid, source: Grid) -> Layout:
    score = score_of(request.features, content, source, request.person)
    return Layout(_wells(request, content, source), score, request.plate, request.seed, request.covariates)


def _wells(request: Request, content: Grid, source: Grid) -> pd.DataFrame:
    rows, columns = request.shape
    plate, column, row = (axis.reshape(-1) for axis in np.indices((request.plates, columns, rows)))
    what, which = content[plate, row, column], source[plate, row, column]
    names: list[str] = []
    seen: dict[tuple[int, int], int] = {}
    for place, code, at in zip(plate, what, which, strict=True):
        if code == SAMPLE:
            names.append(request.ids[at])
        elif code == DUPLICATE:
            names.append(duplicate_tube(request.ids[at]))
        elif code == EMPTY:
            names.append("")
        else:
            turn = seen[place, code] = seen.get((place, code), -1) + 1
            names.append(tube(code, place, turn))
    letters = np.array([chr(ord("A") + number) for number in range(rows)], dtype=object)
    frame = pd.DataFrame(
        {
            "plate": plate + 1,
            "well": [f"{letters[r]}{c + 1}" for r, c in zip(row, column, strict=True)],
            "row": letters[row],
            "column": column + 1,
            "content": np.array(CONTENTS, dtype=object)[what],
            "sample": names,
            "source": [request.ids[at] if at >= 0 else "" for at in which],
            "participant": [request.participants[request.person[at]] if at >= 0 else "" for at in which],
        }
    )
    for name in request.covariates:
        column_of = request.samples[name].to_numpy(dtype=object)
        frame[name] = pd.array([column_of[at] if at >= 0 else None for at in which], dtype=object)
    return frame
