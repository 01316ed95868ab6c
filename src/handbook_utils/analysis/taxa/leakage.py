"""Wells that take up their neighbours' DNA: simulated plates, and the signs of leakage on a real one.

Source: Minich and others (2019), mSystems 4:e00186-19, doi:10.1128/mSystems.00186-19: DNA goes from well to well within
a plate, most to the nearest ones. A taxon in a blank may then be the neighbours', and not the kit's.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from handbook_utils.analysis.taxa.contaminants import judged
from handbook_utils.analysis.taxa.differential import benjamini_hochberg
from handbook_utils.errors import InputError, listed
from handbook_utils.study import Study

__all__ = ["leak", "leaked_taxa", "places_of", "plate_study", "rules_of_leaking_wells", "scores_of_a_plate"]

#: Rows and columns of a plate of 96 wells.
PLATE = (8, 12)
_WELL = re.compile(r"([A-Pa-p])0?([1-9]|1[0-9]|2[0-4])")


def places_of(wells: pd.Series) -> npt.NDArray[np.int64]:
    """Return row and column, from 0, of wells named as laboratories do.

    Parameters
    ----------
    wells : pandas.Series of str
        Such as ``A1``, ``a01`` or ``H12``; up to ``P24`` of a plate of 384.

    Returns
    -------
    numpy.ndarray, shape (wells, 2)

    Raises
    ------
    InputError
        Names that are none of a well.

    Examples
    --------
    >>> places_of(pd.Series(["A1", "h12"])).tolist()
    [[0, 0], [7, 11]]
    """
    found = [_WELL.fullmatch(str(name).strip()) for name in wells]
    wrong = [str(name) for name, match in zip(wells, found, strict=True) if match is None]
    if wrong:
        raise InputError(
            "A well cannot be read.",
            where=f"sample metadata, column {wells.name}",
            expected="a letter and a number, such as A1 or H12, of every sample and blank",
            found=listed(sorted(set(wrong))),
            remedy='Write the wells so, or run without a plate map: well "".',
        )
    return np.array([(ord(match[1].upper()) - ord("A"), int(match[2]) - 1) for match in found if match])


def leaked_taxa(
    study: Study,
    blanks: pd.Series,
    wells: pd.Series,
    plates: pd.Series | None = None,
    *,
    permutations: int = 999,
    seed: int = 1,
) -> pd.DataFrame:
    """Find the taxa that blanks hold because the wells beside them do.

    For each taxon the share that it has in the samples beside a blank that holds it is compared with that in the other
    samples of the plate. The samples of a plate are put into its sample wells at random to see how large the
    difference is by chance. Well-to-well leakage makes it large; DNA of a reagent comes to all wells alike.

    Parameters
    ----------
    study : Study
        Samples and blanks; no others.
    blanks : pandas.Series of bool
        By sample, whether it is a blank.
    wells, plates : pandas.Series
        By sample, the well (``A1``) and, where there are several plates, the plate.
    permutations, seed : int
        Random places of the samples, and the seed of them.

    Returns
    -------
    pandas.DataFrame
        By taxon that is in a blank with a sample beside it: ``blanks`` that hold it, its mean share ``beside`` them
        and ``elsewhere`` on their plates (0 to 1), ``p`` (one-sided), and ``q`` (Benjamini and Hochberg).

    Raises
    ------
    InputError
        Wells that cannot be read, or two samples in one well.

    Examples
    --------
    >>> clean = plate_study(seed=1)
    >>> from_neighbours = leaked_taxa(leak(clean, 0.02), clean.metadata["blank"], clean.metadata["well"])
    >>> bool(from_neighbours.loc[from_neighbours["q"] <= 0.1].index.str.startswith("R").all())
    True
    """
    where = blanks.reindex(study.samples).to_numpy(dtype=bool)
    place = places_of(wells.reindex(study.samples))
    plate = np.zeros(len(where), dtype=int) if plates is None else pd.factorize(plates.reindex(study.samples))[0]
    named = pd.DataFrame(np.column_stack([plate, place]))
    twice = named.duplicated(keep=False).to_numpy()
    if twice.any():
        raise InputError(
            "Two samples stand in one well.",
            where=f"sample metadata, column {wells.name}",
            expected="each well of a plate once",
            found=listed([str(name) for name in study.samples[twice]]),
            remedy="Give plate, the column that tells the plates apart, or mend the wells.",
        )
    shares = study.proportions().table.toarray()
    near = (np.abs(place[where][:, None] - place[~where]).max(axis=2) <= 1) & (plate[where][:, None] == plate[~where])
    far = ~near & (plate[where][:, None] == plate[~where])
    usable = near.any(axis=1) & far.any(axis=1)
    near, far, own = near[usable], far[usable], shares[where][usable]
    samples, on = shares[~where], plate[~where]
    beside_of, elsewhere_of = (part / part.sum(axis=1, keepdims=True) for part in (near, far))
    holds = (own > 0).sum(axis=0)
    seen = holds > 0

    def excess(of: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray((np.sqrt(own) * ((beside_of - elsewhere_of) @ np.sqrt(of))).sum(axis=0)[seen], dtype=float)

    generator = np.random.default_rng(seed)
    observed = excess(samples)
    beaten = np.zeros(seen.sum())
    for _ in range(permutations):
        order = np.arange(len(samples))
        for one in np.unique(on):
            rows = np.flatnonzero(on == one)
            order[rows] = generator.permutation(rows)
        beaten += excess(samples[order]) >= observed - 1e-12
    p = (beaten + 1) / (permutations + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [(((own > 0) * (of @ samples)).sum(axis=0) / holds)[seen] for of in (beside_of, elsewhere_of)]
    return pd.DataFrame(
        {"blanks": holds[seen], "beside": means[0], "elsewhere": means[1], "p": p, "q": benjamini_hochberg(p)},
        index=study.features[seen],
    )


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
    1 to 1000 times as much. Metadata: ``blank``, ``concentration`` (relative), ``well`` (such as ``A1``); taxonomy:
    ``truth``.

    Parameters
    ----------
    samples, blanks : int
        Wells.
    residents, contaminants : int
        Taxa of the samples, and of the reagents.
    reads : int
        Of a sample; a blank gives a tenth.
    seed : int
        Of the simulation.

    Returns
    -------
    Study
        Of counts. Simulated.

    Raises
    ------
    ValueError
        More wells than a plate of 96 has.

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
    named = [f"{'ABCDEFGH'[place // PLATE[1]]}{place % PLATE[1] + 1}" for place in places]
    metadata = pd.DataFrame({"blank": blank, "concentration": own + kit, "well": named}, index=ids)
    table = pd.DataFrame(counts, index=ids, columns=names)
    return Study.from_frame(table, metadata, taxonomy=pd.DataFrame({"truth": truth}, index=names))


def leak(study: Study, share: float, seed: int = 1) -> Study:
    """Let every well take up some of the DNA of the wells beside it (simulated well-to-well leakage).

    A well receives, from each of its up to eight neighbours in use, ``share`` of that neighbour's reads, in Poisson
    numbers; what it gives it does not lose.

    Parameters
    ----------
    study : Study
        With a metadata column ``well``, such as ``A1``.
    share : float
        Share of a neighbour's reads that arrives, such as 0.01.
    seed : int
        Of the Poisson numbers.

    Returns
    -------
    Study
        With what was taken up. Simulated.

    Examples
    --------
    >>> clean = plate_study(seed=1)
    >>> bool((leak(clean, 0.01).depth >= clean.depth).all())
    True
    """
    generator = np.random.default_rng(seed)
    place = places_of(study.column("well"))
    near = np.abs(place[:, None] - place).max(axis=2) <= 1
    np.fill_diagonal(near, False)
    counts = study.to_frame()
    taken = generator.poisson(share * (near.astype(float) @ counts.to_numpy()))
    return Study.from_frame(counts + taken, study.metadata, taxonomy=study.taxonomy)


def scores_of_a_plate(made: Study) -> pd.DataFrame:
    """Return what three scores find of the contaminants of simulated wells, and what they call besides (%).

    Parameters
    ----------
    made : Study
        Of :func:`plate_study`.

    Returns
    -------
    pandas.DataFrame
        ``contaminants found (%)`` and ``residents called (%)`` by test.
    """
    blank, truth = made.metadata["blank"].astype(bool), _contaminants(made)
    rows = {}
    for way in ("prevalence", "frequency", "combined"):
        called = judged(made, blanks=blank, concentration=made.metadata["concentration"], method=way)["contaminant"]
        found, wrong = 100 * called[truth].mean(), 100 * called[~truth].mean()
        rows[way] = {"contaminants found (%)": found, "residents called (%)": wrong}
    return pd.DataFrame(rows).T.rename_axis("test")


def rules_of_leaking_wells(made: Study, threshold: float, seed: int) -> pd.DataFrame:
    """Return what two rules remove from simulated wells that leak into each other (%).

    Parameters
    ----------
    made : Study
        Of :func:`plate_study`.
    threshold : float
        The largest score of prevalence that is called.
    seed : int
        Of the leakage.

    Returns
    -------
    pandas.DataFrame
        Contaminants and residents removed, and reads of residents lost, by rule.
    """
    blank, truth = made.metadata["blank"].astype(bool), _contaminants(made)
    leaked = leak(made, 0.001, seed=seed)
    seen = judged(leaked, blanks=blank, threshold=threshold)
    parts = leaked.choose_samples(~blank).proportions().to_frame()
    rules = {
        "wrong: seen in any blank": seen["in_blanks"] > 0,
        "right: score of prevalence below the threshold": seen["contaminant"],
    }
    rows = {
        rule: {
            "contaminants removed (%)": 100 * chosen[truth].mean(),
            "residents removed (%)": 100 * chosen[~truth].mean(),
            "reads of residents lost (%)": 100
            * parts.loc[:, chosen & ~truth].to_numpy().sum()
            / parts.loc[:, ~truth].to_numpy().sum(),
        }
        for rule, chosen in rules.items()
    }
    return pd.DataFrame(rows).T.rename_axis("rule")


def _contaminants(made: Study) -> pd.Series:
    return pd.Series(dtype=bool) if made.taxonomy is None else made.taxonomy["truth"] == "contaminant"
