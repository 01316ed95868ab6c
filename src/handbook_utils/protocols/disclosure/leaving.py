"""Whether what leaves may leave: groups large enough or an exception that somebody signed, and an archive that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from handbook_utils.errors import InputError, listed
from handbook_utils.protocols.disclosure.groups import SMALLEST, Groups
from handbook_utils.protocols.ledger import Event

#: Archives that show everybody all that they are given.
_OPEN = re.compile(
    r"\b(?:ENA|SRA|NCBI|DDBJ|GenBank|BioSamples?|Qiita|MGnify|MG-?RAST|Zenodo|Figshare|Dryad|OSF|4TU|GitHub)\b|"
    r"european nucleotide archive|sequence read archive|open science framework",
    re.IGNORECASE,
)
#: The archive that gives data of people on a committee's decision, and its sister nodes.
_EGA = re.compile(r"\bF?EGA\b|genome-phenome archive", re.IGNORECASE)
_SIGNED = ("by", "date", "k", "reason")


@dataclass(frozen=True)
class Exemption:
    """Somebody's decision that smaller groups may leave.

    Attributes
    ----------
    by, date, reason : str
        Who signed, on which day, and why.
    k : int
        The smallest group that it holds for.
    """

    by: str
    date: str
    reason: str
    k: int


def exemption_of(said: Mapping[str, str]) -> Exemption | None:
    """Read a signed exception from a study file, or return None where there is none.

    Parameters
    ----------
    said : mapping of str to str
        ``by``, ``date``, ``k`` and ``reason``; empty where there is no exception.

    Returns
    -------
    Exemption or None
        As it was signed.

    Raises
    ------
    InputError
        It is not signed in full.

    Examples
    --------
    >>> exemption_of({"by": "P. Officer", "date": "2026-03-01", "k": "2", "reason": "closed consortium"}).k
    2
    """
    if not said:
        return None
    lacking = [name for name in _SIGNED if not str(said.get(name, "")).strip()]
    day = pd.to_datetime(str(said.get("date", "")), format="%Y-%m-%d", errors="coerce")
    if lacking or pd.isna(day) or not re.fullmatch(r"[1-4]", str(said.get("k", "")).strip()):
        raise InputError(
            "The exception for small groups is not signed in full.",
            where="sharing.exception of the study file",
            expected=f"by (a name), date (such as 2026-03-31), k (1 to {SMALLEST - 1}) and reason",
            found=listed([f"{name}: {said[name]}" for name in said]),
        )
    return Exemption(str(said["by"]), str(said["date"]), str(said["reason"]), int(said["k"]))


def check_groups(groups: Groups, exception: Exemption | None) -> None:
    """Refuse what leaves where a group is small and nobody has signed for it.

    Parameters
    ----------
    groups : Groups
        Of the people in what leaves.
    exception : Exemption or None
        As it was signed.

    Raises
    ------
    InputError
        The smallest group has fewer people than :data:`SMALLEST`, or than the exception allows.
    """
    allowed = exception.k if exception else SMALLEST
    if not len(groups.people) or groups.k >= allowed:
        return
    raise InputError(
        "People in what leaves can be told apart.",
        where=", ".join(groups.known),
        expected=f"at least {allowed} people who share all of these (k)",
        found=f"k = {groups.k}; {groups.few} of {len(groups.people)} people are in groups of fewer than {SMALLEST}",
        remedy="Let record-metadata write bands (metadata.detail: band) and months or years "
        "(metadata.date_precision); or have it signed: sharing.exception: {by: …, date: …, k: …, reason: …}.",
    )


def check_access(access: str, repository: str) -> None:
    """Refuse to promise control over what an open archive shows to everybody.

    Parameters
    ----------
    access : str
        ``open`` or ``controlled``.
    repository : str
        Name of the archive.

    Raises
    ------
    InputError
        Access is said to be controlled, and the archive is open.

    Examples
    --------
    >>> check_access("controlled", "European Genome-phenome Archive"), check_access("open", "ENA")
    (None, None)
    """
    if access == "controlled" and _OPEN.search(repository) and not is_ega(repository):
        raise InputError(
            "An open archive shows everybody what it is given: access to it cannot be controlled.",
            where="sharing.access and sharing.repository of the study file",
            expected="access: open, where only bands, months and provinces leave; or an archive that decides on "
            "requests, such as the European Genome-phenome Archive",
            found=f"access: controlled, repository: {repository}",
        )


def check_human_reads(method: str, reads: str, said: str) -> None:
    """Refuse reads of everything in a tube of which nobody says how the person's own were removed.

    Parameters
    ----------
    method : str
        ``16S`` or ``shotgun``.
    reads : str
        Path of the files of reads; empty where there are none.
    said : str
        How human reads were removed.

    Raises
    ------
    InputError
        Files of shotgun reads are given, and it is not said.
    """
    if method == "shotgun" and reads and not said:
        raise InputError(
            "Nobody says how human reads were removed.",
            where="sharing.human_reads of the study file",
            expected="program, version, reference genome, and the share that was still human afterwards",
            remedy="Shotgun reads of stool hold the person's own DNA. Remove it from the files first.",
        )


def is_ega(repository: str) -> bool:
    """Whether an archive is the European Genome-phenome Archive or one of its nodes.

    Parameters
    ----------
    repository : str
        Name of the archive.

    Returns
    -------
    bool
        By its name.

    Examples
    --------
    >>> is_ega("Federated EGA, Dutch node"), is_ega("European Nucleotide Archive")
    (True, False)
    """
    return bool(_EGA.search(repository))


def told(groups: Groups, exception: Exemption | None) -> str:
    """Say in a sentence how large the smallest group is, and what that rests on.

    Parameters
    ----------
    groups : Groups
        Of the people in what leaves.
    exception : Exemption or None
        As it was signed.

    Returns
    -------
    str
        English, with k (people alike in all that is known of them) and, where there are sensitive answers, l.
    """
    of = f"by {', '.join(groups.known)}" if groups.known else "for nothing that leaves describes them"
    others = max(groups.k - 1, 0)
    said = f"k = {groups.k}: every one of {len(groups.people)} people shares all with {others} others or more, {of}."
    few = groups.diversity
    alike = f" l = {min(few.values())} over {len(few)} columns of sensitive answers." if few else ""
    signed = (
        f" Groups of fewer than {SMALLEST} were allowed by {exception.by} on {exception.date}: {exception.reason}."
        if exception
        else ""
    )
    return said + alike + signed


def table(groups: Groups) -> pd.DataFrame:
    """Return how many people are in groups of which size: ``people in a group``, ``groups``, ``people``.

    Parameters
    ----------
    groups : Groups
        Of the people in what leaves.

    Returns
    -------
    pandas.DataFrame
        A row a size.
    """
    sizes = groups.sizes.value_counts().sort_index()
    rows = [(size, number // size, number) for size, number in zip(sizes.index, sizes, strict=True)]
    return pd.DataFrame(rows, columns=["people in a group", "groups", "people"])


def decision(exception: Exemption) -> Event:
    """Return a signed exception as the ledger remembers it.

    Parameters
    ----------
    exception : Exemption
        As it was signed.

    Returns
    -------
    Event
        Of the kind ``decision``.
    """
    return Event(
        "decision",
        f"groups of {exception.k} may leave",
        {"by": exception.by, "date": exception.date, "reason": exception.reason},
    )
