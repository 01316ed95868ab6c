"""References: genes whose lineage is known, as SILVA, GTDB, Greengenes2 and DADA2's training sets give them out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from handbook_utils import datasets
from handbook_utils.errors import InputError, listed
from handbook_utils.reads.sequences import fasta_records
from handbook_utils.study.describing import read_taxonomy
from handbook_utils.study.lineages import is_lineage, lineages

#: What the reference that comes with the handbook is called, and what must be said of it wherever it is used.
BUNDLED = "Greengenes 13_8, a piece of it"
ITS_AGE = (
    "The reference is a small piece of Greengenes 13_8: its names are those of 2013, and what was described since is "
    "not in it. For a paper, give the SILVA, GTDB or Greengenes2 of today."
)
#: A first word of a header that is a lineage ends here in most reference files: id, blank, lineage.
_FEWEST = 2
#: What GTDB writes behind a lineage: [location=1..1540] [ssu_len=1540]; no part of the name of a species.
_TAGS = re.compile(r"(?:\s+\[\w+=[^\]]*\])+\s*$")


@dataclass(frozen=True, eq=False)
class Reference:
    """Sequences with their lineages.

    Attributes
    ----------
    name : str
        What it is called in tables and sentences.
    ids, sequences : tuple of str
        One of each a sequence; bases in capitals, 5' to 3' along the gene.
    taxonomy : pandas.DataFrame
        One row a sequence, one column a rank from broad to narrow; "" where there is no name.
    notes : tuple of str
        What was found out while it was read.
    """

    name: str
    ids: tuple[str, ...]
    sequences: tuple[str, ...]
    taxonomy: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def ranks(self) -> list[str]:
        """Its ranks, from broad to narrow."""
        return [str(rank) for rank in self.taxonomy.columns]

    @cached_property
    def unit_of(self) -> tuple[list[int], list[tuple[str, ...]]]:
        """For each sequence the number of its lineage, and the lineages, each once, in order."""
        rows = [tuple(map(str, row)) for row in self.taxonomy.itertuples(index=False)]
        known = sorted(set(rows))
        place = {row: number for number, row in enumerate(known)}
        return [place[row] for row in rows], known

    def with_sequences(self, sequences: dict[int, str], note: str) -> Reference:
        """Return the reference with other sequences: by their number, those that are kept.

        Parameters
        ----------
        sequences : dict of int to str
            Bases, by number of the sequence in this reference.
        note : str
            What was done, for whoever reads the report.

        Returns
        -------
        Reference
            With the lineages of those that are kept.
        """
        kept = sorted(sequences)
        return Reference(
            self.name,
            tuple(self.ids[number] for number in kept),
            tuple(sequences[number] for number in kept),
            self.taxonomy.iloc[kept],
            (*self.notes, note),
        )


@lru_cache(maxsize=1)
def bundled_reference() -> Reference:
    """Return the reference that comes with the handbook: a piece of Greengenes 13_8, of 2013.

    Examples
    --------
    >>> made = bundled_reference()
    >>> len(made) > 5000, made.ranks[-1]
    (True, 'species')
    """
    table = datasets.frame("gut-reference")
    return _made(BUNDLED, list(table["id"]), list(table["sequence"]), list(table["lineage"]), (ITS_AGE,))


def read_reference(fasta: str | Path, taxonomy: str | Path = "") -> Reference:
    r"""Read the reader's own reference.

    Parameters
    ----------
    fasta : str or pathlib.Path
        Sequences, plain or gzip. Without `taxonomy` each header is a lineage (DADA2's training sets), or an id, a
        blank and a lineage (SILVA).
    taxonomy : str or pathlib.Path, optional
        A table of id and lineage, as QIIME 2 writes it (TSV or artifact).

    Returns
    -------
    Reference

    Raises
    ------
    InputError, InputErrors
        What does not fit.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "train.fasta"
    >>> _ = path.write_text(">Bacteria;Bacillota;Bacilli;\nACGTACGTAC\n>Bacteria;Bacteroidota;\nGGGTACGTAC\n")
    >>> made = read_reference(path)
    >>> made.taxonomy["phylum"].tolist(), made.sequences[1]
    (['Bacillota', 'Bacteroidota'], 'GGGTACGTAC')
    """
    path = Path(fasta)
    if not path.is_file():
        raise InputError(
            "The reference is not there.",
            where=f"the reference, {path}",
            expected="a FASTA file of genes with known names",
            found="a folder" if path.is_dir() else "nothing",
            remedy="Check the path.",
        )
    if not taxonomy:
        return _with_lineages_in_headers(path)
    notes: list[str] = []
    names = read_taxonomy(Path(taxonomy), notes)
    ids, sequences, without = [], [], []
    known = set(names.index)
    for header, bases in fasta_records(path):
        name = header.split(maxsplit=1)[0]
        if name in known:
            ids.append(name)
            sequences.append(bases)
        else:
            without.append(name)
    if not ids:
        raise InputError(
            "No sequence of the reference has a lineage.",
            where=f"the lineages of the reference, {taxonomy}",
            expected=f"ids such as {listed(without, most=3)}",
            found=listed(list(names.index), most=3),
            remedy="Give the taxonomy that belongs to these sequences: the same release, the same clustering.",
        )
    if without:
        notes.append(f"Sequences of the reference without a lineage, left out: {len(without)} ({listed(without)}).")
    return Reference(path.name, tuple(ids), tuple(sequences), names.loc[ids], tuple(notes))


def keep(reference: Reference, path: Path) -> None:
    """Write a reference so that :func:`kept` gives it back, a line a sequence, so that memory does not grow.

    Parameters
    ----------
    reference : Reference
        As it was read, or cut.
    path : pathlib.Path
        In the folder of a run.
    """
    lineage = reference.taxonomy.itertuples(index=False, name=None)
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps([reference.name, reference.ranks, reference.notes]) + "\n")
        for row in zip(reference.ids, reference.sequences, lineage, strict=True):
            file.write(json.dumps(row) + "\n")


def kept(path: Path) -> Reference:
    """Read what :func:`keep` wrote.

    Parameters
    ----------
    path : pathlib.Path
        Of it.

    Returns
    -------
    Reference

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "kept"
    >>> keep(bundled_reference(), path)
    >>> kept(path).sequences == bundled_reference().sequences
    True
    """
    ids, sequences, rows = [], [], []
    with path.open(encoding="utf-8") as file:
        name, ranks, notes = json.loads(file.readline())
        for line in file:
            one, bases, lineage = json.loads(line)
            ids.append(one)
            sequences.append(bases)
            rows.append([sys.intern(part) for part in lineage])  # names of higher ranks are many times the same
    taxonomy = pd.DataFrame(rows, index=pd.Index(ids, dtype=object), columns=ranks, dtype=object)
    return Reference(name, tuple(ids), tuple(sequences), taxonomy, tuple(notes))


def _with_lineages_in_headers(path: Path) -> Reference:
    ids, sequences, texts, without = [], [], [], []
    for number, (header, bases) in enumerate(fasta_records(path), 1):
        name, text = _split(header, number)
        if not text:
            without.append(header)
            continue
        ids.append(name)
        sequences.append(bases)
        texts.append(text)
    if not ids:
        raise InputError(
            "The reference has no lineages.",
            where=f"the reference, {path}",
            expected="headers such as >Bacteria;Bacillota;Clostridia; or >AB1234 Bacteria;Bacillota;Clostridia",
            found=">" + listed(without, most=2),
            remedy="Give lineages too: the table of ids and lineages that comes with these sequences.",
        )
    notes = [f"Headers without a lineage, left out: {len(without)} ({listed(without, most=3)})."] if without else []
    return _made(path.name, ids, sequences, texts, tuple(notes))


def _split(header: str, number: int) -> tuple[str, str]:
    """Return id and lineage of a header; "" for a lineage where it has none."""
    if ";tax=" in header:  # vsearch's SINTAX: >id;tax=d:Bacteria,p:Bacillota;
        name, _, rest = header.partition(";tax=")
        return name.split(maxsplit=1)[0], rest.strip("; ")
    for name, text in _readings(_TAGS.sub("", header), number):
        if is_lineage(text.strip("; ")) or len([part for part in text.split(";") if part.strip()]) > _FEWEST:
            return name, text.strip("; ")
    return "", ""


def _readings(header: str, number: int) -> Iterator[tuple[str, str]]:
    name, _, rest = header.partition(" ")
    if ";" not in name and rest:
        yield name, rest
    name, _, rest = header.partition("\t")
    if rest:
        yield name, rest
    yield f"sequence-{number}", header


def _made(name: str, ids: list[str], sequences: list[str], texts: list[str], notes: tuple[str, ...]) -> Reference:
    return Reference(name, tuple(ids), tuple(sequences), lineages(texts, ids), notes)
