"""The search for a balanced layout: participants dealt to plates, samples laid out in wells, both improved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from handbook_utils.protocols.wells.balance import DUPLICATE, EMPTY, SAMPLE, Floats, Grid, broken_rules, totals
from handbook_utils.protocols.wells.requests import Request, most_apart, pack

#: Of so many random arrangements of a plate one more than the best is improved by exchanges.
_PER_IMPROVED = 50
#: What breaking a rule costs, in a sum whose other terms lie between 0 and 1.
_COST = 100.0
#: Series of more than this part of what fits on a plate without touching are seldom laid out by chance.
_LONG = 2 / 3
#: Decimals that count: smaller differences are rounding, which may differ between machines.
_DECIMALS = 9


# ---------------------------------------------------------------------- participants to plates


def dealt(request: Request, candidates: int) -> Grid:
    """Say for every sample which plate it is on: series whole, covariates balanced.

    Parameters
    ----------
    request : Request
        What is to be laid out.
    candidates : int
        Random orders to choose from.

    Returns
    -------
    numpy.ndarray of int, shape (samples,)
        Plates, from 0.

    Raises
    ------
    AssertionError
        Series do not fit after all: a fault of ours.
    """
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

    Parameters
    ----------
    request : Request
        What is to be laid out.
    number : int
        Of the plate, from 0.
    members : numpy.ndarray of int
        Its samples.
    candidates : int
        Random arrangements to choose from.

    Returns
    -------
    content, source : numpy.ndarray
        Grids of the plate's rows and columns.
    """
    generator = request.generator(1, number)
    repeated = generator.permutation(members)[: request.controls.count(DUPLICATE)]
    rows, columns = request.shape
    longest = int(np.bincount(request.person[members]).max(initial=0))
    if longest > _LONG * most_apart(rows * columns):
        drawn = [_drawn_apart(request, members, generator) for _ in range(candidates)]
    else:
        drawn = [_drawn(request, members, repeated, generator) for _ in range(candidates)]
    content, source = (np.stack(grids) for grids in zip(*drawn, strict=True))
    score = totals(request.features.parts(np.where(content == SAMPLE, source, -1)[:, np.newaxis]))
    broken = broken_rules(content[:, np.newaxis], source[:, np.newaxis], request.person).sum(axis=-1)
    order = np.argsort(np.round(score + _COST * broken, _DECIMALS), kind="stable")
    best, least = order[0], np.inf
    for position, at in enumerate(order):
        # Only where rules are still broken are more than a few worth the time.
        if position > candidates // _PER_IMPROVED and least < _COST:
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


def _drawn_apart(request: Request, members: Grid, generator: np.random.Generator) -> tuple[Grid, Grid]:
    """Lay long series out: each in every second well of every second row, of which no two touch.

    A plate has four such lattices. Controls lie in the one with most room, and a tube is extracted twice within the
    lattice of its own series, where there is room for that.
    """
    rows, columns = request.shape
    wells = np.arange(rows * columns).reshape(rows, columns)
    room = [list(generator.permutation(wells[down::2, right::2].ravel())) for down in range(2) for right in range(2)]
    content = np.full(rows * columns, EMPTY, dtype=np.intp)
    source = np.full_like(content, -1)
    whose = request.person[members]
    series = [members[whose == person] for person in generator.permutation(np.unique(whose))]
    home: dict[int, int] = {}

    def put(kind: int, tube: int, lattice: int) -> None:
        # Where a lattice is full, any well will do: exchanges mend what they can.
        free = room[lattice] or max(room, key=len)
        at = free.pop()
        content[at], source[at] = kind, tube

    for own in sorted(series, key=len, reverse=True):
        lattice = int(np.argmax([len(free) for free in room]))
        for tube in own:
            home[int(tube)] = lattice
            put(SAMPLE, int(tube), lattice)
    widest = int(np.argmax([len(free) for free in room]))
    for kind in request.controls:
        if kind != DUPLICATE:
            put(kind, -1, widest)
    twice = sorted(generator.permutation(members), key=lambda tube: -len(room[home[int(tube)]]))
    for tube in twice[: request.controls.count(DUPLICATE)]:
        put(DUPLICATE, int(tube), home[int(tube)])
    return content.reshape(rows, columns), source.reshape(rows, columns)


def _scattered(count: int, rows: int, columns: int, generator: np.random.Generator) -> Grid:
    """Draw wells of which no two touch, in turn from the four quadrants, so that those of one kind lie apart."""
    turns = np.tile(generator.permutation(4), -(-count // 4))[:count]
    quadrants = [
        (slice(down * rows // 2, (down + 1) * rows // 2), slice(right * columns // 2, (right + 1) * columns // 2))
        for down in range(2)
        for right in range(2)
    ]
    wells = np.arange(rows * columns).reshape(rows, columns)
    for _ in range(20):
        chosen: list[int] = []
        free = np.ones((rows, columns), dtype=bool)
        for quadrant in turns:
            inside = quadrants[quadrant]
            possible = wells[inside][free[inside]]
            if not len(possible):
                break
            chosen.append(int(possible[generator.integers(len(possible))]))
            row, column = divmod(chosen[-1], columns)
            free[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = False
        else:
            return np.array(chosen, dtype=np.intp)
    # So many that chance does not find them: every second well of every second row.
    lattice: dict[int, list[int]] = {quadrant: [] for quadrant in range(4)}
    for row in range(0, rows, 2):
        for column in range(0, columns, 2):
            lattice[2 * (row >= rows // 2) + (column >= columns // 2)].append(row * columns + column)
    shuffled = {quadrant: list(generator.permutation(wells)) for quadrant, wells in lattice.items()}
    return np.array([shuffled[int(quadrant)].pop() for quadrant in turns], dtype=np.intp)


def _exchange_wells(request: Request, content: Grid, source: Grid) -> float:
    """Exchange samples between wells, the pairs that help most first, while it helps; return what is left.

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
    touching = np.nonzero(near)
    repeats = np.argwhere(content == DUPLICATE)
    repeat_of, near_repeat = person[source[content == DUPLICATE]], _touch(wells, repeats)
    pairs = max(1, int(near.sum()) // 2)
    spread = features.joined((features.values**2).sum(axis=0)) / total
    members = source[rows, columns].copy()
    lines = []
    for line, groups in ((rows, content.shape[0]), (columns, content.shape[1])):
        weight = np.sqrt(features.divisor(groups * request.plates) * number * len(wells))[features.of]
        count = np.bincount(line, minlength=groups).astype(float)
        elsewhere = (line[:, np.newaxis] != line) * (2 / count[line])[:, np.newaxis]
        lines.append((line, groups, count, weight, elsewhere))

    def look(members: Grid) -> tuple[float, Floats]:
        values = features.values[members]
        # Half of the change: what the exchange does at the one well; its transpose is what it does at the other.
        half = np.zeros((len(wells), len(wells)))
        left = 0.0
        for line, groups, count, weight, elsewhere in lines:
            scaled = values / weight
            sums = np.zeros((groups, scaled.shape[1]))
            np.add.at(sums, line, scaled)
            reach = (sums @ scaled.T)[line]
            gram = scaled @ scaled.T
            own = gram.diagonal()
            reach -= gram
            reach += (own / 2 - reach.diagonal() - own)[:, np.newaxis] + own / 2
            half += reach * elsewhere
            left += float(((sums**2).sum(axis=1) / np.maximum(count, 1)).sum())
        who = person[members]
        same = (who[:, np.newaxis] == who).astype(float)
        repeats_of = (who[:, np.newaxis] == repeat_of).astype(float)
        fellows = (same - np.eye(len(who))) @ near + repeats_of @ near_repeat.T
        left += _COST * float(fellows.diagonal().sum() + (repeats_of * near_repeat).sum()) / 2
        half += _COST * (fellows - fellows.diagonal()[:, np.newaxis]) * (1 - same)
        change = half + half.T
        for covariate in range(len(features.names)):
            part = values[:, features.of == covariate]
            beside = near @ part
            half = beside @ part.T
            half -= half.diagonal()[:, np.newaxis].copy()
            moved = half + half.T
            moved[touching] -= ((part[touching[0]] - part[touching[1]]) ** 2).sum(axis=1)
            now = float((beside * part).sum()) / 2
            scale = pairs * number * (spread[covariate] or 1)
            moved += now
            change += (np.abs(moved, out=moved) - abs(now)) / scale
            left += abs(now) / scale
        return left, np.round(change, _DECIMALS)

    left, change = look(members)
    while exchanges := _independent(change, rows, columns, person[members]):
        first = exchanges[0]
        for tried in (exchanges, exchanges[:1]):
            after = members.copy()
            for a, b in tried:
                after[[a, b]] = after[[b, a]]
            left_after, change_after = look(after)
            # Neighbours tie exchanges together after all: several at once must gain more than the best one alone.
            if round(left_after - left, _DECIMALS) <= change[first] or len(tried) == 1:
                break
        members, left, change = after, left_after, change_after
    source[rows, columns] = members
    return left


def _independent(change: Floats, rows: Grid, columns: Grid, who: Grid) -> list[tuple[int, int]]:
    """Choose exchanges that help, the best first, such that no two share a row, a column or a participant."""
    best = change.argmin(axis=1)
    gain = change[np.arange(len(best)), best]
    chosen: list[tuple[int, int]] = []
    taken: set[tuple[str, int]] = set()
    for a in np.argsort(gain, kind="stable"):
        if gain[a] >= 0:
            break
        pair = (int(a), int(best[a]))
        touched = {
            (what, int(of[well])) for what, of in (("row", rows), ("column", columns), ("person", who)) for well in pair
        }
        if taken.isdisjoint(touched):
            taken |= touched
            chosen.append(pair)
    return chosen


def _touch(one: npt.NDArray[np.intp], other: npt.NDArray[np.intp]) -> Floats:
    """Say which wells of two lists are neighbours: 1 where they touch, by a corner too."""
    touch: Floats = (np.abs(one[:, np.newaxis] - other).max(axis=-1, initial=0) == 1).astype(float)
    return touch
