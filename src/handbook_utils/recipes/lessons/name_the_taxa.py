"""The lesson of ``recipes/name-the-taxa``: names held against strains that somebody grew, and against R's dada2."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from handbook_utils import datasets
from handbook_utils.analysis.naming.agreement import plain
from handbook_utils.analysis.naming.bayes import NaiveBayes, trained
from handbook_utils.analysis.naming.names import Names
from handbook_utils.analysis.naming.reference import Reference, bundled_reference
from handbook_utils.analysis.naming.regions import primer_of, region
from handbook_utils.analysis.peers import held_against
from handbook_utils.reads.sequences import read_fasta
from handbook_utils.study.lineages import lineages

#: The mock whose members are of the gut, and the primers of the region that most studies read.
_GUT, _ENDS = "mock-12", ("515F", "806R")
#: Most bacteria of a gut are of these (by their names of 2013).
_GUT_PHYLA = ("Firmicutes", "Bacteroidetes")


def strains_reference() -> Reference:
    """Return the genes of strains in mock communities with their lineages in SILVA, a small second reference."""
    table = datasets.frame("mock-strains")
    return Reference(
        "SILVA 123, strains of mock communities",
        tuple(table["id"]),
        tuple(table["sequence"]),
        lineages(list(table["silva"]), list(table["id"])),
    )


def _strains() -> pd.DataFrame:
    table = datasets.frame("mock-strains").set_index("id")
    return table[table["mock"] == _GUT]


def of_known_strains(seed: int) -> dict[str, Names]:
    """Name gut strains whose species are known, by their whole genes and by the region V4 of them.

    Parameters
    ----------
    seed : int
        Of the draws of words by which confidence is found.

    Returns
    -------
    dict of str to Names
        ``whole gene`` and ``V4``, by the bundled reference.
    """
    strains = _strains()
    whole = Reference(_GUT, tuple(strains.index), tuple(strains["sequence"]), strains[["species"]])
    cut = region(whole, *(primer_of(name, way, way) for name, way in zip(_ENDS, ("forward", "reverse"), strict=True)))
    asked = {
        "whole gene": dict(zip(whole.ids, whole.sequences, strict=True)),
        "V4": dict(zip(cut.ids, cut.sequences, strict=True)),
    }
    return {name: trained(bundled_reference()).names(sequences, seed) for name, sequences in asked.items()}


def right_and_wrong(named: dict[str, Names], least: Sequence[float]) -> pd.DataFrame:
    """Count right, wrong and missing names of known strains, by piece of the gene, confidence asked for and rank.

    A genus counts as right where it is that of the strain's name, with Greengenes' brackets or without; so a genus
    that was renamed between 2013 and the mock counts as wrong.

    Parameters
    ----------
    named : dict of str to Names
        By piece of the gene, as of :func:`of_known_strains`.
    least : sequence of float
        Confidences asked for, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        ``piece``, ``confidence``, ``rank`` (genus or species), and numbers of genes: ``right``, ``wrong``, ``no
        name``.
    """
    species = _strains()["species"]
    rows = []
    for piece, names in named.items():
        truth = species.loc[names.best.index].str.split(" ", expand=True)
        for confidence in least:
            told = plain(names.at(confidence))
            for rank, known in (("genus", truth[0]), ("species", truth[1])):
                given = told[rank]
                right = given == known
                rows.append(
                    (
                        piece,
                        confidence,
                        rank,
                        int(right.sum()),
                        int(((given != "") & ~right).sum()),
                        int((given == "").sum()),
                    )
                )
    return pd.DataFrame(rows, columns=["piece", "confidence", "rank", "right", "wrong", "no name"])


def sure_and_wrong(named: Names, least: float) -> pd.DataFrame:
    """Return the strains that get a wrong genus or species with a confidence of at least `least`.

    Parameters
    ----------
    named : Names
        Of one piece of the gene.
    least : float
        Confidence asked for, 0 to 1.

    Returns
    -------
    pandas.DataFrame
        A row a strain, the surest first: ``the strain``, ``its name here`` and ``confidence`` (0 to 1).
    """
    strain = _strains().loc[named.best.index, "species"]
    told = plain(named.at(least))
    wrong_genus = (told["genus"] != "") & (told["genus"] != strain.str.split(" ").str[0])
    wrong = wrong_genus | ((told["species"] != "") & (told["species"] != strain.str.split(" ").str[1]))
    made = pd.DataFrame(
        {
            "the strain": strain,
            "its name here": (told["genus"] + " " + told["species"]).str.strip(),
            "confidence": named.confidence["species"].where(told["species"] != "", named.confidence["genus"]),
        }
    )[wrong]
    order: pd.DataFrame = made.sort_values("confidence", ascending=False, kind="stable")
    return order.drop_duplicates("the strain").reset_index(drop=True)


def by_gut_alone(sequences: dict[str, str], seed: int) -> dict[str, pd.DataFrame]:
    """Name strains that are of no phylum of the gut, by the whole reference and by one of two gut phyla alone.

    Parameters
    ----------
    sequences : dict of str to str
        Bases by id, as of :func:`not_of_these_phyla`.
    seed : int
        Of the draws of words by which confidence is found.

    Returns
    -------
    dict of str to pandas.DataFrame
        Names at 80 %: ``whole`` and ``two phyla``.
    """
    whole = bundled_reference()
    kept = [number for number, phylum in enumerate(whole.taxonomy["phylum"]) if phylum in _GUT_PHYLA]
    part = whole.with_sequences({number: whole.sequences[number] for number in kept}, "two phyla")
    return {
        "whole": trained(bundled_reference()).names(sequences, seed).at(0.8),
        "two phyla": NaiveBayes(part).names(sequences, seed).at(0.8),
    }


def not_of_these_phyla() -> dict[str, str]:
    """Return one gene of each species of the mocks that is of neither phylum that most gut bacteria are of."""
    table = datasets.frame("mock-strains").drop_duplicates("species").set_index("id")
    phylum = table["silva"].str.split(";").str[1]
    other = table[~phylum.isin(_GUT_PHYLA)]
    return dict(zip(other.index, other["sequence"], strict=True))


def against_peers(seed: int) -> pd.DataFrame:
    """Hold names of 100 sequences against R's dada2.

    Parameters
    ----------
    seed : int
        Of the draws of words by which confidence is found.

    Returns
    -------
    pandas.DataFrame
        As :func:`handbook_utils.analysis.peers.held_against`.
    """
    theirs = pd.read_csv(datasets.path("gut-reference", "dada2.csv"), keep_default_na=False)
    wide = theirs.pivot(index="id", columns="rank", values="name")
    sure = theirs.pivot(index="id", columns="rank", values="confidence") / 100
    genes = read_fasta(datasets.path("mock-dilutions", "sequences.fasta.gz"))
    genes |= dict(datasets.frame("mock-strains").set_index("id")["sequence"])
    ours = trained(bundled_reference()).names({name: genes[name] for name in wide.index}, seed)
    ranks = ours.best.columns
    told = Names(wide[ranks], sure[ranks], "", "").at(0.8)
    numbers: dict[str, float] = {}
    for rank in ("family", "genus", "species"):
        numbers[f"Sequences named to the {rank} at 80 %, of 100"] = int((ours.at(0.8)[rank] != "").sum())
        numbers[f"Sequences with the same {rank}, or none, as dada2 at 80 %, of 100"] = int(
            (ours.at(0.8)[rank] == told[rank]).sum()
        )
    both = (ours.best["genus"] != "") & (ours.best["genus"] == wide["genus"])
    apart = (ours.confidence["genus"] - sure["genus"]).abs()[both]
    numbers["Confidence of a genus: mean difference from dada2"] = float(apart.mean())
    return held_against("recipes/name-the-taxa", numbers)
