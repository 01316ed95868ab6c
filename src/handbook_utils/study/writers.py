"""Write studies for other programs: BIOM 2.1, TSV, QIIME 2 metadata, CSV that is safe in a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np
import pandas as pd

from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study.metadata import QIIME_ID_HEADERS
from handbook_utils.study.model import Study
from handbook_utils.study.tables import RANKS
from handbook_utils.text import durable
from handbook_utils.text.moment import moment
from handbook_utils.text.spreadsheets import safe_for_spreadsheets

Format = Literal["biom", "tsv", "csv"]
#: Bytes that are taken from the disk at once.
_PIECE = 2**20


def write_study(study: Study, path: str | Path, format: Format = "biom") -> None:  # noqa: A002 - what people call it
    r"""Write the feature table, whole or not at all.

    Parameters
    ----------
    study : Study
        Whose table is written.
    path : str or pathlib.Path
        An existing file is replaced.
    format : {"biom", "tsv", "csv"}
        BIOM 2.1 (HDF5) with lineages; classic TSV with features in rows and lineages in the column ``taxonomy``; or
        CSV with samples in rows and an apostrophe before every id that a spreadsheet would run as a formula.

    Raises
    ------
    InputError
        The file cannot be written, or the format is not known.

    Examples
    --------
    >>> import tempfile
    >>> study = Study.from_sparse(np.array([[1, 0], [2, 3]]), ["S1", "S2"], ["a", "b"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_study(study, Path(folder, "table.tsv"), "tsv")
    ...     print(Path(folder, "table.tsv").read_text(encoding="utf-8").expandtabs(8))
    #OTU ID S1      S2
    a       1       2
    b       0       3
    <BLANKLINE>
    """
    durable.write(Path(path), encoded(study, format), replace=True)


def encoded(study: Study, format: Format = "biom") -> bytes:  # noqa: A002 - what people call it
    """Return what :func:`write_study` writes.

    Parameters
    ----------
    study : Study
        What is written.
    format : {"biom", "tsv", "csv"}
        As :func:`write_study` knows them.

    Returns
    -------
    bytes
        The same for the same study.

    Raises
    ------
    InputError
        The format is not known.
    """
    if format not in ("biom", "tsv", "csv"):
        raise InputError("This format cannot be written.", expected="biom, tsv or csv", found=repr(format))
    return {"biom": _biom, "tsv": _tsv, "csv": _csv}[format](study)


def as_files(study: Study) -> dict[str, Iterable[bytes]]:
    """Return the study as other programs read it: table (BIOM, TSV), taxonomy, tree, metadata, where there are any.

    The taxonomy has QIIME 2's form: ``Feature ID`` and ``Taxon``, ranks with their prefixes. Metadata that QIIME 2
    would refuse are not among the files.

    Parameters
    ----------
    study : Study
        What is written.

    Returns
    -------
    dict of str to iterable of bytes
        By name of the file: what is in it, piece by piece. A wide table is made as it is asked for, and never whole.

    Examples
    --------
    >>> sorted(as_files(Study.from_sparse(np.array([[1, 2]]), ["S1"], ["a", "b"])))
    ['table.biom', 'table.tsv']
    """
    made: dict[str, Iterable[bytes]] = {"table.biom": _Packed(study), "table.tsv": _Rows(study)}
    taxonomy = _all_ranks(study)
    if taxonomy is not None:
        lines = [_joined(["Feature ID", "Taxon"], "\t")]
        lines += [
            _joined([str(feature), "; ".join(row)], "\t")
            for feature, row in zip(study.features, taxonomy.to_numpy(dtype=object).tolist(), strict=True)
        ]
        made["taxonomy.tsv"] = ["".join(lines).encode()]
    if study.tree is not None:
        made["tree.nwk"] = [str(study.tree).encode()]
    if len(study.metadata.columns) and not _refused_by_qiime(study):
        made["metadata.tsv"] = [_metadata(study)]
    return made


def write_metadata(study: Study, path: str | Path) -> None:
    """Write the sample metadata as QIIME 2 reads it, with the types of the columns in ``#q2:types``.

    Source: QIIME 2 documentation, "Metadata in QIIME 2".

    Parameters
    ----------
    study : Study
        Whose metadata are written.
    path : str or pathlib.Path
        A file that is there is replaced.

    Raises
    ------
    InputError, InputErrors
        Ids or column names that QIIME 2 refuses; numbers that are infinite; the file cannot be written.
    """
    if errors := _refused_by_qiime(study):
        raise InputErrors(errors)
    durable.write(Path(path), _metadata(study), replace=True)


def _metadata(study: Study) -> bytes:
    metadata = study.metadata
    numeric = [_is_number(metadata[name]) for name in metadata]
    types = ["numeric" if number else "categorical" for number in numeric]
    lines = [["sample-id", *map(str, metadata.columns)], ["#q2:types", *types]]
    columns = [
        map(_number if number else _word, metadata[name]) for name, number in zip(metadata, numeric, strict=True)
    ]
    lines += [[str(sample), *row] for sample, *row in zip(study.samples, *columns, strict=True)]
    return "".join(_joined(line, "\t") for line in lines).encode()


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV that a spreadsheet shows with its accents and cannot take for formulas.

    Source: OWASP, CSV Injection.

    Parameters
    ----------
    frame : pandas.DataFrame
        With the names of its rows.
    path : str or pathlib.Path
        A file that is there is replaced.
    """
    safe = safe_for_spreadsheets(frame)
    # Spreadsheets know UTF-8 by its byte order mark.
    durable.write(Path(path), safe.to_csv(lineterminator="\r\n").encode("utf-8-sig"), replace=True)


# ---------------------------------------------------------------------- formats


def _biom(study: Study) -> bytes:
    return b"".join(_Packed(study))


def _tsv(study: Study) -> bytes:
    return b"".join(_Rows(study))


@dataclass(frozen=True)
class _Packed:
    """A table as BIOM, made on the disk when it is asked for: in memory it would stand beside two more of it."""

    study: Study

    def __iter__(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as made:
            with h5py.File(made, "w", rdcc_nbytes=_PIECE) as opened:
                table = replace(self.study, _taxonomy=_all_ranks(self.study)).to_biom()
                table.type = "OTU table"  # a controlled word, which programs that check the file ask for
                table.to_hdf5(opened, "Gut Microbiome Handbook", creation_date=moment().replace(tzinfo=None))
            made.seek(0)
            while piece := made.read(_PIECE):
                yield piece


@dataclass(frozen=True)
class _Rows:
    """A table as TSV, a row at a time: as text its zeros take a hundred times what they take as a matrix."""

    study: Study

    def __iter__(self) -> Iterator[bytes]:
        return map(str.encode, _tsv_rows(self.study))


def _tsv_rows(study: Study) -> Iterator[str]:
    taxonomy = _all_ranks(study)
    head = ["#OTU ID", *study.samples, *([] if taxonomy is None else ["taxonomy"])]
    lineages = [] if taxonomy is None else taxonomy.to_numpy(dtype=object).tolist()
    by_feature = study.table.tocsc()
    yield _joined(head, "\t")
    for n, feature in enumerate(study.features):
        row = ["0"] * len(study.samples)
        part = slice(by_feature.indptr[n], by_feature.indptr[n + 1])
        for sample, number in zip(by_feature.indices[part], by_feature.data[part].tolist(), strict=True):
            row[sample] = _frequent(number)
        last = [] if taxonomy is None else [_quoted("; ".join(lineages[n]), "\t")]
        yield "\t".join([_quoted(feature, "\t"), *row, *last]) + "\n"


def _csv(study: Study) -> bytes:
    lines = [_joined(["sample", *_inert(study.features)], ",")]
    for n, sample in enumerate(_inert(study.samples)):
        row = ["0"] * len(study.features)
        part = slice(study.table.indptr[n], study.table.indptr[n + 1])
        for feature, number in zip(study.table.indices[part], study.table.data[part].tolist(), strict=True):
            row[feature] = _frequent(number)
        lines.append(",".join([_quoted(sample, ","), *row]) + "\n")
    return "".join(lines).encode("utf-8-sig")


def _inert(ids: pd.Index) -> list[str]:
    return list(safe_for_spreadsheets(pd.DataFrame({"id": ids}), index=False)["id"])


def _all_ranks(study: Study) -> pd.DataFrame | None:
    """Return the taxonomy with all ranks down to its lowest, and ``f__`` before a family and so on.

    A lineage in a file has no names of ranks, and biom-format drops those that are empty.
    """
    taxonomy = study.taxonomy
    if taxonomy is None or not set(taxonomy.columns) <= set(RANKS):
        return taxonomy
    lowest = max(RANKS.index(rank) for rank in taxonomy.columns)
    whole = taxonomy.reindex(columns=list(RANKS[: lowest + 1]), fill_value="")
    for rank, letter in zip(whole.columns, "kpcofgst", strict=False):
        whole[rank] = f"{letter}__" + whole[rank]
    return whole


def _quoted(text: str, separator: str) -> str:
    return text if {separator, '"', "\n", "\r"}.isdisjoint(text) else '"' + text.replace('"', '""') + '"'


def _joined(cells: Iterable[str], separator: str) -> str:
    return separator.join(_quoted(cell, separator) for cell in cells) + "\n"


def _number(value: Any) -> str:
    if pd.isna(value):
        return ""
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


@lru_cache(maxsize=1_000)
def _frequent(number: float) -> str:
    """Write a number of a table, in which most occur often."""
    return _number(number)


def _word(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _refused_by_qiime(study: Study) -> list[InputError]:
    metadata, errors = study.metadata, []
    bad = [name for name in study.samples if name != name.strip() or name.startswith("#")]
    if bad:
        errors.append(
            InputError(
                f"{len(bad)} sample ids cannot be read by QIIME 2.",
                where=study.name,
                expected="ids that do not begin with # and have no blanks around them",
                found=listed([repr(name) for name in bad]),
                remedy="Rename these samples in table and metadata.",
            )
        )
    names = [str(name) for name in metadata.columns]
    bad = [name for name in names if not name or name != name.strip() or name.casefold() in QIIME_ID_HEADERS]
    if bad:
        errors.append(
            InputError(
                f"{len(bad)} metadata columns have names that QIIME 2 refuses.",
                where=study.name,
                expected="names that are not those of the id column, and have no blanks around them",
                found=listed([repr(name) for name in bad]),
                remedy="Rename these columns.",
            )
        )
    infinite = [
        name for name in metadata if _is_number(metadata[name]) and np.isinf(metadata[name].astype(float)).any()
    ]
    if infinite:
        errors.append(
            InputError("QIIME 2 has no infinite numbers.", where=study.name, found=f"columns {listed(infinite)}")
        )
    return errors
