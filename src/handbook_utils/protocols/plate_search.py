"""The search for a balanced layout: participants dealt to plates, samples laid out in wells, both improved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from handbook_utils.protocols.balance import DUPLICATE, EMPTY, SAMPLE, Floats, Grid, broken_rules, totals
from handbook_utils.protocols.plate_requests import Request, pack

#: How many of the best arrangements of a plate are improved by exchanges.
_IMPROVED = 3
#: What breaking a rule costs, in a sum whose other terms lie between 0 and 1.
_COST = 100.0
#: Decimals that count: smaller differences are rounding, which may differ between machines.
_DECIMALS = 9


# ---------------------------------------------------------------------- participants to plates


def dealt(request: Request, candidates: int) -> Grid:
    """Say for every sample which plate it is on: series whole, covariates balanced."""
    person, plates = request.person, request.plates
    if plates == 1:
        return np.zeros(len(person), dtype=np.intp)
    people = len(request.participants)
    sizes = np.bincount(person, minlength=people)
    divisor = request.features.divisor(plates)
    columns = request.features.values[:-1] / np.sqrt(divisor * max(1, len(divisor)))[request.features.of]
    sums = np.zeros((people, columns.shape[1]))
    np.add.at(sums, person, columns)
    generator = request.generator(0)
    best, least = np.zeros(people, dtype=np.intp), np.inf
    for _ in range(candidates):
        order = generator.permutation(people)
        order = order[np.argsort(-sizes[order], kind="stable")]
        taken = pack(sizes[order], plates, request.room)
        if taken is None:  # pragma: no cover - _plates_needed has packed these sizes
            raise AssertionError("series that fitted do not fit")
        on = np.empty(people, dtype=np.intp)
        on[order] = generator.permutation(plates)[taken]
        found = round(_between(sums, sizes, on, plates), _DECIMALS)
        if found < least:
            best, least = on, found
    _exchange_participants(best, sums, sizes, plates)
    return best[person]


def _between(sums: Floats, sizes: Grid, on: Grid, plates: int) -> float:
    total, count = np.zeros((plates, sums.shape[1])), np.zeros(plates)
    np.add.at(total, on, sums)
    np.add.at(count, on, sizes)
    return float((total**2 / np.maximum(count, 1)[:, np.newaxis]).sum())


def _exchange_participants(on: Grid, sums: Floats, sizes: Grid, plates: int) -> None:
    """Exchange participants with series of one length between two plates, the best pair first, while it helps."""
    count = np.bincount(on, sizes, minlength=plates)
    pairs = [(one, other) for one in range(plates) for other in range(one + 1, plates)]
    helped = True
    while helped:
        helped = False
        for one, other in pairs:
            here, there = np.flatnonzero(on == one), np.flatnonzero(on == other)
            change = sums[there][np.newaxis] - sums[here][:, np.newaxis]
            squares = (change**2).sum(axis=-1)
            total_here, total_there = sums[here].sum(axis=0), sums[there].sum(axis=0)
            gain = (2 * change @ total_here + squares) / count[one] + (squares - 2 * change @ total_there) / count[
                other
            ]
            gain = np.where(sizes[here][:, np.newaxis] == sizes[there], np.round(gain, _DECIMALS), 0)
            at = int(gain.argmin())
            a, b = divmod(at, gain.shape[1])
            if gain[a, b] < 0:
                on[here[a]], on[there[b]], helped = other, one, True


# ---------------------------------------------------------------------- samples to wells


def arranged(request: Request, number: int, members: Grid, candidates: int) -> tuple[Grid, Grid]:
    """Lay the samples of one plate out: the best of many random arrangements, improved.

    Returns
    -------
    content, source : numpy.ndarray
        Grids of the plate's rows and columns.
    """
    generator = request.generator(1, number)
    repeated = generator.permutation(members)[: request.controls.count(DUPLICATE)]
    drawn = [_drawn(request, members, repeated, generator) for _ in range(candidates)]
    content, source = (np.stack(grids) for grids in zip(*drawn, strict=True))
    score = totals(request.features.parts(np.where(content == SAMPLE, source, -1)[:, np.newaxis]))
    broken = broken_rules(content[:, np.newaxis], source[:, np.newaxis], request.person).sum(axis=-1)
    order = np.argsort(np.round(score + _COST * broken, _DECIMALS), kind="stable")
    best, least = order[0], np.inf
    for position, at in enumerate(order):
        # Only where rules are still broken are more than a few worth the time.
        if position >= _IMPROVED and least < _COST:
            break
        found = round(_exchange_wells(request, content[at], source[at]), _DECIMALS)
        if found < least:
            best, least = at, found
    return content[best], source[best]


def _drawn(request: Request, members: Grid, repeated: Grid, generator: np.random.Generator) -> tuple[Grid, Grid]:
    rows, columns = request.shape
    content = np.full(rows * columns, EMPTY, dtype=np.intp)
    source = np.full_like(content, -1)
    at = _scattered(len(request.controls), rows, columns, generator)
    content[at] = request.controls
    source[at[len(at) - len(repeated) :]] = repeated
    free = generator.permutation(np.flatnonzero(content == EMPTY))[: len(members)]
    content[free], source[free] = SAMPLE, generator.permutation(members)
    return content.reshape(rows, columns), source.reshape(rows, columns)


def _scattered(count: int, rows: int, columns: int, generator: np.random.Generator) -> Grid:
    """Draw wells of which no two touch, in turn from the four quadrants, so that those of one kind lie apart."""
    turns = np.tile(generator.permutation(4), -(-count // 4))[:count]
    for _ in range(20):
        chosen: list[tuple[int, int]] = []
        for quadrant in turns:
            down, right = divmod(int(quadrant), 2)
            possible = [
                (row, column)
                for row in range(down * rows // 2, (down + 1) * rows // 2)
                for column in range(right * columns // 2, (right + 1) * columns // 2)
                if all(max(abs(row - other), abs(column - beside)) > 1 for other, beside in chosen)
            ]
            if not possible:
                break
            chosen.append(possible[int(generator.integers(len(possible)))])
        else:
            return np.array([row * columns + column for row, column in chosen], dtype=np.intp)
    # So many that chance does not find them: every second well of every second row.
    lattice: dict[int, list[int]] = {quadrant: [] for quadrant in range(4)}
    for row in range(0, rows, 2):
        for column in range(0, columns, 2):
            lattice[2 * (row >= rows // 2) + (column >= columns // 2)].append(row * columns + column)
    shuffled = {quadrant: list(generator.permutation(wells)) for quadrant, wells in lattice.items()}
    return np.array([shuffled[int(quadrant)].pop() for quadrant in turns], dtype=np.intp)


def _exchange_wells(request: Request, content: Grid, source: Grid) -> float:
    """Exchange samples between wells, the pair that helps most first, while it helps; return what is left.

    The change that each of the m x m exchanges would make is computed at once. With t the features of a well's sample,
    d = t_b - t_a and S_r the sum over row r, exchanging wells a and b changes |S_r|^2 by 2 S_r d + |d|^2 in the row of
    a, and likewise in that of b. With F_a the sum over the neighbours of a, it changes the sum of products over
    neighbours by d (F_a - F_b), less |d|^2 where a and b are neighbours themselves.
    """
    features, person = request.features, request.person
    total, number = len(request.ids), max(1, len(features.names))
    wells = np.argwhere(content == SAMPLE)
    rows, columns = wells[:, 0], wells[:, 1]
    near = _touch(wells, wells)
    repeats = np.argwhere(content == DUPLICATE)
    repeat_of, near_repeat = person[source[content == DUPLICATE]], _touch(wells, repeats)
    pairs = max(1, int(near.sum()) // 2)
    spread = features.joined((features.values**2).sum(axis=0)) / total
    members = source[rows, columns].copy()
    lines = []
    for line, groups in ((rows, content.shape[0]), (columns, content.shape[1])):
        weight = np.sqrt(features.divisor(groups * request.plates) * number * len(wells))[features.of]
        lines.append((line, groups, np.bincount(line, minlength=groups).astype(float), weight))

    while True:
        values = features.values[members]
        change = np.zeros((len(wells), len(wells)))
        left = 0.0
        for line, groups, count, weight in lines:
            scaled = values / weight
            sums = np.zeros((groups, scaled.shape[1]))
            np.add.at(sums, line, scaled)
            gram = scaled @ scaled.T
            own = gram.diagonal()
            squares = own[:, np.newaxis] + own - 2 * gram
            reach = (sums @ scaled.T)[line]
            half = (2 * (reach - reach.diagonal()[:, np.newaxis]) + squares) / count[line][:, np.newaxis]
            change += np.where(line[:, np.newaxis] == line, 0, half + half.T)
            left += float(((sums**2).sum(axis=1) / np.maximum(count, 1)).sum())
        for covariate in range(len(features.names)):
            part = values[:, features.of == covariate]
            beside = near @ part
            gram = part @ part.T
            own = gram.diagonal()
            reach = beside @ part.T
            half = reach - reach.diagonal()[:, np.newaxis]
            moved = half + half.T - near * (own[:, np.newaxis] + own - 2 * gram)
            now = float((beside * part).sum()) / 2
            scale = pairs * number * (spread[covariate] or 1)
            change += (np.abs(now + moved) - abs(now)) / scale
            left += abs(now) / scale
        who = person[members]
        same = (who[:, np.newaxis] == who).astype(float)
        fellows = (same - np.eye(len(who))) @ near + (who[:, np.newaxis] == repeat_of).astype(float) @ near_repeat.T
        half = fellows - fellows.diagonal()[:, np.newaxis]
        change += _COST * np.where(same > 0, 0, half + half.T)
        left += _COST * (fellows.diagonal().sum() + ((who[:, np.newaxis] == repeat_of) * near_repeat).sum()) / 2
        change = np.round(change, _DECIMALS)
        a, b = divmod(int(change.argmin()), len(wells))
        if change[a, b] >= 0:
            source[rows, columns] = members
            return float(left)
        members[[a, b]] = members[[b, a]]


def _touch(one: npt.NDArray[np.intp], other: npt.NDArray[np.intp]) -> Floats:
    """Say which wells of two lists are neighbours: 1 where they touch, by a corner too."""
    touch: Floats = (np.abs(one[:, np.newaxis] - other).max(axis=-1, initial=0) == 1).astype(float)
    return touch
