"""QIIME 2 artifacts (.qza): zip archives with a type, data and provenance."""

from __future__ import annotations

from dataclasses import dataclass

from handbook_utils.errors import InputError
from handbook_utils.study.files import Archive
from handbook_utils.text import yaml_text
from handbook_utils.text.decode import decode

#: Which member holds the data of each type that is read here.
_DATA = {
    "FeatureTable": "feature-table.biom",
    "FeatureData": "taxonomy.tsv",
    "Phylogeny": "tree.nwk",
    "SampleData": "alpha-diversity.tsv",
    "ImmutableMetadata": "metadata.tsv",
}
_READABLE = "FeatureTable, FeatureData[Taxonomy], Phylogeny[Rooted], SampleData[AlphaDiversity] or ImmutableMetadata"


@dataclass(frozen=True)
class Artifact:
    """What an artifact says of itself, and its data.

    Parameters
    ----------
    type : str
        As ``FeatureTable[Frequency]``.
    uuid : str
        By which QIIME 2's provenance knows it.
    data : bytes
        The member that holds the data, as it is in the archive.
    where : str
        The archive and the member, for messages.
    """

    type: str
    uuid: str
    data: bytes
    where: str

    @property
    def note(self) -> str:
        """The artifact in words, to keep its provenance."""
        return f"QIIME 2 artifact {self.type}, uuid {self.uuid}"


def is_artifact(archive: Archive) -> bool:
    """Whether a zip archive has the shape of an artifact: one folder with a VERSION.

    Parameters
    ----------
    archive : Archive
        Opened.

    Returns
    -------
    bool
        By the names of its members.
    """
    return any(name.count("/") == 1 and name.endswith("/VERSION") for name in archive.names)


def read(archive: Archive) -> Artifact:
    """Read an artifact's type and data; nothing is unpacked to disk.

    Parameters
    ----------
    archive : Archive
        For which :func:`is_artifact` holds.

    Returns
    -------
    Artifact
        Type, uuid, and the bytes of its data.

    Raises
    ------
    InputError
        A member is missing or damaged; a type that holds no table, taxonomy, tree or metadata; an unrooted tree.
    """
    root = next(name for name in archive.names if name.count("/") == 1 and name.endswith("/VERSION")).split("/")[0]
    stated = f"{root}/metadata.yaml"
    written = archive.read(stated)
    try:
        said = yaml_text.read(decode(written, stated)[0], stated)
        kind, uuid = str(said["type"]), str(said["uuid"])
    except (InputError, KeyError, TypeError) as error:
        raise InputError(
            "This artifact does not say what it is.",
            where=f"{archive.where}, {stated}",
            expected="uuid and type",
            found=str(error),
            remedy="Export it again from QIIME 2.",
        ) from None
    if kind == "Phylogeny[Unrooted]":
        raise InputError(
            "This tree has no root.",
            where=archive.where,
            expected="Phylogeny[Rooted]",
            found=kind,
            remedy="Root it: qiime phylogeny midpoint-root --i-tree … --o-rooted-tree …",
        )
    family = kind.partition("[")[0]
    if family not in _DATA or (family in {"FeatureData", "SampleData"} and kind not in _READABLE):
        raise InputError(
            "An artifact of this type cannot be read here.",
            where=archive.where,
            expected=_READABLE,
            found=kind,
            remedy="In QIIME 2, `qiime tools export` shows what it holds.",
        )
    member = f"{root}/data/{_DATA[family]}"
    return Artifact(kind, uuid, archive.read(member), f"{archive.where}, {member}")
