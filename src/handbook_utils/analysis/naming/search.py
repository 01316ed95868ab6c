"""Names by what a sequence is like: the same bases in a gene of the reference, or a search with vsearch.

Where several genes are as like, the name is what most of their lineages have in common (a consensus), as in QIIME 2's
classify-consensus-vsearch.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from handbook_utils.analysis.naming.bayes import SHORTEST, WORD, words
from handbook_utils.analysis.naming.names import Names, consensus
from handbook_utils.analysis.naming.reference import Reference
from handbook_utils.errors import InputError
from handbook_utils.reads.sequences import as_fasta, reverse_complement

#: Share of lineages that must agree: QIIME 2's default.
AGREE = 0.51
#: Genes of the reference that are taken into a consensus, and the part of the sequence that must be aligned.
_ACCEPTED, _COVERED = 10, 0.8
#: Genes with many words in common that are aligned in vain before vsearch gives up: twice its default.
_REJECTED = 64


def exact_names(sequences: Mapping[str, str], reference: Reference) -> Names:
    """Name sequences that stand, base by base, in genes of the reference; others have no name.

    Parameters
    ----------
    sequences : mapping of str to str
        Id to bases, either strand.
    reference : Reference
        Whole genes, or the region.

    Returns
    -------
    Names
        The confidence is the share of the genes with these bases that have the name.

    Examples
    --------
    >>> genes = ("TTTT" + "ACGTACGGTC" * 6 + "GG", "A" * 70)
    >>> ranks = pd.DataFrame({"genus": ["Blautia", "Dorea"]}, index=["a", "b"])
    >>> two = Reference("two", ("a", "b"), genes, ranks)
    >>> exact_names({"x": "ACGTACGGTC" * 6, "y": "C" * 60}, two).best["genus"].tolist()
    ['Blautia', '']
    """
    hits: dict[str, list[int]] = defaultdict(list)
    turned: set[str] = set()
    # A sequence can only stand where its first word does: one pass over the reference finds those places, and what has
    # as many bases from there on is looked up, since most sequences of a study begin alike.
    begins: dict[int, tuple[str, dict[int, dict[str, list[tuple[str, bool]]]]]] = {}
    for name, bases in sequences.items():
        for strand, other in ((bases, False), (reverse_complement(bases), True)):
            first = words(strand[:WORD])
            if len(first) and len(bases) >= SHORTEST:
                _, by_length = begins.setdefault(int(first[0]), (strand[:WORD], {}))
                by_length.setdefault(len(strand), {}).setdefault(strand, []).append((name, other))
    looked_for = np.zeros(4**WORD, dtype=bool)
    looked_for[list(begins)] = True
    for number, gene in enumerate(reference.sequences):
        own = words(gene)
        for word in set(own[looked_for[own]].tolist()):
            start, by_length = begins[word]
            for place in (found.start() for found in re.finditer(f"(?={start})", gene)):
                for length, strands in by_length.items():
                    for name, other in strands.get(gene[place : place + length], ()):
                        if number not in hits[name][-1:]:
                            hits[name].append(number)
                            if other:
                                turned.add(name)
    return _named(sequences, reference, hits, "the same bases in the reference", tuple(sorted(turned)))


def find_vsearch() -> str:
    """Return where vsearch is.

    Raises
    ------
    InputError
        It is not installed.
    """
    found = shutil.which("vsearch")
    if found is None:
        raise InputError(
            "vsearch is not installed.",
            where="parameter method",
            expected="the program vsearch, for method search",
            found="nothing of that name on this machine",
            remedy="Install it (Debian: apt install vsearch; conda: conda install -c bioconda vsearch), or take method "
            "bayes or exact, which need no other program.",
        )
    return found


def search_names(sequences: Mapping[str, str], reference: Reference, identity: float, threads: int = 1) -> Names:
    """Name sequences by the genes of the reference that vsearch finds most like them.

    Parameters
    ----------
    sequences : mapping of str to str
        Id to bases, either strand.
    reference : Reference
        Genes that are searched, with their lineages.
    identity : float
        Share of bases that must be the same, 0 to 1.
    threads : int
        Of vsearch.

    Returns
    -------
    Names
        The confidence is the share of the genes found (ten at most) that have the name.

    Raises
    ------
    InputError
        vsearch is not installed, or fails.
    """
    program = find_vsearch()
    with tempfile.TemporaryDirectory() as folder:
        asked, genes, found = (Path(folder, name) for name in ("asked.fasta", "genes.fasta", "found.tsv"))
        # Ids of any reader are any text: numbers stand for them while vsearch runs.
        asked.write_bytes(as_fasta({str(place): bases for place, bases in enumerate(sequences.values())}))
        genes.write_bytes(as_fasta({str(place): bases for place, bases in enumerate(reference.sequences)}))
        command = [program, "--usearch_global", asked, "--db", genes, "--id", f"{identity:g}", "--strand", "both"]
        command += ["--query_cov", f"{_COVERED:g}", "--maxaccepts", str(_ACCEPTED), "--maxrejects", str(_REJECTED)]
        command += ["--threads", str(threads), "--userout", found, "--userfields", "query+target+id+qstrand"]
        command += ["--minseqlength", "1", "--qmask", "none", "--dbmask", "none", "--quiet"]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError(
                "vsearch failed.",
                where="parameter method",
                found=(done.stderr.strip() or f"exit code {done.returncode}")[-500:],
                remedy="Run the same command by hand, or take method bayes.",
            )
        rows = [line.split("\t") for line in found.read_text(encoding="utf-8").splitlines()]
    names, hits, turned = list(sequences), defaultdict(list), set()
    for query, target, _, strand in rows:
        hits[names[int(query)]].append(int(target))
        if strand == "-":
            turned.add(names[int(query)])
    method = f"the consensus of the genes that vsearch finds at {100 * identity:g} % identity ({_ACCEPTED} at most)"
    return _named(sequences, reference, hits, method, tuple(sorted(turned)))


def _named(
    sequences: Mapping[str, str],
    reference: Reference,
    hits: Mapping[str, Sequence[int]],
    method: str,
    turned: tuple[str, ...],
) -> Names:
    lineages = [tuple(map(str, row)) for row in reference.taxonomy.itertuples(index=False)]
    best, sure = [], []
    for name in sequences:
        common, shares = consensus([lineages[number] for number in hits.get(name, ())], AGREE)
        best.append(common or [""] * len(reference.ranks))
        sure.append(shares or [0.0] * len(reference.ranks))
    index = pd.Index(list(sequences), dtype=object)
    none = sum(name not in hits or not hits[name] for name in sequences)
    return Names(
        pd.DataFrame(best, index=index, columns=reference.ranks, dtype=object),
        pd.DataFrame(sure, index=index, columns=reference.ranks),
        method,
        reference.name,
        turned,
        (f"Nothing like them in the reference: {none} of {len(sequences)} sequences.",) if none else (),
    )
