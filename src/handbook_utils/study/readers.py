"""Read a study from the files of other programs, and match its tables."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from skbio import TreeNode

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study import delimited, formats
from handbook_utils.study.matching import changed_ids
from handbook_utils.study.model import Study

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """A study read from files, and what was found out while reading it.

    Parameters
    ----------
    study : Study
    """

    study: Study

    @property
    def notes(self) -> tuple[str, ...]:
        """Format, orientation and how it was decided, encoding, samples left out: a sentence each."""
        return self.study.notes


def read_study(
    table: str | Path,
    metadata: str | Path | None = None,
    *,
    taxonomy: str | Path | None = None,
    tree: str | Path | None = None,
) -> Reading:
    r"""Read a feature table, with sample metadata, taxonomy and tree where they are given.

    Formats are found out from the content. Samples that the metadata does not name are left out, and that is noted;
    but where ids look as if they had been changed on the way (blanks, capitals, a spreadsheet, R), that is an error.

    Parameters
    ----------
    table : str or pathlib.Path
        BIOM 1.0 or 2.1, TSV or CSV in either orientation, Excel, QIIME 2 artifact, mothur shared file, MetaPhlAn,
        HUMAnN, DADA2; for Kraken 2 and Bracken a folder of reports, a pattern (``reports/*.txt``) or several names
        separated by ``os.pathsep``.
    metadata : str or pathlib.Path, optional
        TSV, CSV, Excel or QIIME 2 metadata.
    taxonomy : str or pathlib.Path, optional
        A lineage or ranks for every feature.
    tree : str or pathlib.Path, optional
        A rooted phylogeny in Newick, or as QIIME 2 artifact, with all features among its tips.

    Returns
    -------
    Reading

    Raises
    ------
    InputError, InputErrors
        What is wrong, where, and how to mend it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "table.tsv")
    ...     _ = file.write_text("#OTU ID\tS1\tS2\nf1\t0\t3\nf2\t1\t2\n", encoding="utf-8")
    ...     reading = read_study(file)
    >>> reading.study.shape, reading.notes[1]
    ((2, 2), "Rows are features (the first cell reads '#OTU ID').")
    """
    held = formats.read_table(table)
    described = None if metadata is None else formats.read_metadata(Path(metadata))
    delimited.orient(held, described.candidates() if described else None)
    matrix, samples, features = held.oriented()
    name, notes = Path(table).name, held.notes
    frame = None
    if described is not None:
        frame = described.frame(samples)
        chosen = _matched(samples, frame, str(table), str(metadata), notes)
        notes += [note.replace("Format:", "Metadata:") for note in described.notes]
        matrix, samples = matrix[chosen], [samples[n] for n in chosen]
        frame = frame.loc[samples]
    names, phylogeny = held.taxonomy, None
    if taxonomy is not None:
        names = formats.read_taxonomy(Path(taxonomy), notes)
        names = _complete(names, features, str(table), str(taxonomy), notes)
    if tree is not None:
        phylogeny = formats.read_tree(Path(tree), notes)
        _tips(phylogeny, features, str(table), str(tree), notes)
    if held.kind == "abundances":
        notes.append("The values are abundances, not counts of reads.")
    study = Study.from_sparse(
        matrix, samples, features, frame, taxonomy=names, tree=phylogeny, quantity=held.kind, name=name
    )
    silent = study.samples[(study.depth == 0).to_numpy()]
    if len(silent):
        raise InputError(
            f"{len(silent)} samples have no reads at all.",
            where=str(table),
            expected="a total above zero for every sample",
            found=listed(list(silent)),
            remedy="Leave them out of the metadata (or of the table): nothing can be said about them.",
        )
    return Reading(replace(study, notes=tuple(notes)))


def open_study(table: str, metadata: str, *, taxonomy: str = "", tree: str = "", bundled: str = "") -> Study:
    """Read the reader's own study, or the bundled one where no table is given.

    What was found out is kept in ``study.notes``.

    Raises
    ------
    InputError, InputErrors
        As :func:`read_study`; or metadata, taxonomy or tree without a table.

    Examples
    --------
    >>> open_study("", "", bundled="throat").shape
    (60, 856)
    """
    if not table:
        given = {"metadata": metadata, "taxonomy": taxonomy, "tree": tree}
        lost = [f"{name} = {value}" for name, value in given.items() if value]
        if lost:
            raise InputError(
                "There is no feature table to go with the other files.",
                where="the parameter table",
                expected="the path of a feature table",
                found=", ".join(lost),
                remedy="Give table too, or none of them for the bundled study.",
            )
        if not bundled:
            raise InputError("There is no feature table.", where="the parameter table", expected="the path of one")
        return datasets.load(bundled)
    study = read_study(table, metadata or None, taxonomy=taxonomy or None, tree=tree or None).study
    for note in study.notes:
        _log.info(note)
    return study


# ---------------------------------------------------------------------- matching


def _matched(samples: list[str], frame: pd.DataFrame, table: str, metadata: str, notes: list[str]) -> list[int]:
    there = set(frame.index)
    at = {sample: n for n, sample in enumerate(samples)}
    # In the order of the metadata, so that a study does not depend on how a program sorted the samples of its table.
    chosen = [at[sample] for sample in frame.index if sample in at]
    left = [sample for sample in samples if sample not in there]
    unused = list(frame.index.difference(pd.Index(samples, dtype=object), sort=False))
    errors = changed_ids(left, unused, "sample", ("the table", "the metadata"), f"{table} and {metadata}")
    if not chosen and not errors:
        errors = [_nothing_shared("sample", samples, "metadata", list(frame.index), f"{table} and {metadata}")]
    if errors:
        raise InputErrors(errors)
    if left:
        notes.append(f"Left out, because the metadata does not name them: {len(left)} samples ({listed(left)}).")
    if unused:
        notes.append(f"The metadata names {len(unused)} samples that the table does not have ({listed(unused)}).")
    return chosen


def _complete(names: pd.DataFrame, features: list[str], table: str, taxonomy: str, notes: list[str]) -> pd.DataFrame:
    """Take the rows of the features; those without one are unnamed, unless their ids were changed or none matches."""
    there = set(names.index)
    left = [feature for feature in features if feature not in there]
    errors = changed_ids(
        left,
        list(there.difference(features)) if left else [],
        "feature",
        ("the table", "the taxonomy"),
        f"{table} and {taxonomy}",
    )
    if len(left) == len(features) and not errors:
        errors = [_nothing_shared("feature", features, "taxonomy", list(names.index), f"{table} and {taxonomy}")]
    if errors:
        raise InputErrors(errors)
    if left:
        notes.append(f"{len(left)} features have no row in the taxonomy and are unnamed ({listed(left)}).")
    return names.reindex(features, fill_value="")


def _nothing_shared(what: str, ours: list[str], other: str, theirs: list[str], where: str) -> InputError:
    return InputError(
        f"No {what} of the feature table is in the {other}.",
        where=where,
        expected=f"the same {what} ids in both",
        found=f"in the table {listed(ours, most=3)}; in the {other} {listed(theirs, most=3)}",
        remedy="Are these files of the same study?",
    )


def _tips(tree: TreeNode, features: list[str], table: str, where: str, notes: list[str]) -> None:
    tips = {tip.name for tip in tree.tips()}
    missing = [feature for feature in features if feature not in tips]
    if missing:
        errors = changed_ids(
            missing, tips.difference(features), "feature", ("the table", "the tree"), f"{table} and {where}"
        )
        raise InputErrors(
            errors
            or [
                InputError(
                    f"{len(missing)} of {len(features)} features of the table are not in the tree.",
                    where=where,
                    expected="a tip for every feature",
                    found=f"not there: {listed(missing)}",
                    remedy="Give the tree that was made from these features, or leave these features out.",
                )
            ]
        )
    more = len(tips) - len(features)
    if more:
        notes.append(f"The tree has {more} more tips than the table has features.")


# ---------------------------------------------------------------------- what a chapter needs


def require_groups(study: Study, column: str, *, minimum: int) -> pd.Series:
    """Return a metadata column that makes two or more groups, each large enough.

    Parameters
    ----------
    study : Study
    column : str
        Name of the column.
    minimum : int
        Samples needed in each group.

    Returns
    -------
    pandas.Series
        One value a sample, as text.

    Raises
    ------
    InputError, InputErrors
        No such column (the nearest is named); missing values; one group; groups that are too small, each with the
        number found and needed.

    Examples
    --------
    >>> require_groups(datasets.load("throat"), "smoking", minimum=5).value_counts().to_dict()
    {'NonSmoker': 32, 'Smoker': 28}
    """
    values = study.column(column)
    missing = list(values.index[values.isna()])
    sizes = values.value_counts().sort_index()
    where, errors = f"{study.name}, metadata column {column!r}", []
    if missing:
        errors.append(
            InputError(
                f"{len(missing)} samples belong to no group.",
                where=where,
                expected="a value for every sample",
                found=f"nothing for {listed(missing)}",
                remedy="Fill in their groups, or leave these samples out of the metadata.",
            )
        )
    if len(sizes) < 2:
        errors.append(
            InputError(
                "There are no groups to compare.",
                where=where,
                expected="two or more groups",
                found=f"only {sizes.index[0]!r}" if len(sizes) else "no values",
                remedy="Choose another column.",
            )
        )
    small = sizes[sizes < minimum]
    if len(small):
        errors.append(
            InputError(
                f"{len(small)} of {len(sizes)} groups have too few samples.",
                where=where,
                expected=f"{minimum} or more samples in each group",
                found=listed([f"{group!r} has {size}" for group, size in small.items()], most=8),
                remedy="Add samples, join groups, or leave small groups out of the metadata."
                + (" Is this a measurement rather than a group?" if len(sizes) > len(values) / 2 else ""),
            )
        )
    if errors:
        raise InputErrors(errors) if len(errors) > 1 else errors[0]
    return values.astype(str)


def require_counts(study: Study) -> None:
    """Refuse abundances where counts of reads are needed.

    Raises
    ------
    InputError
        Fractions, or only 0 and 1, with what they look like: proportions, percentages, presence.

    Examples
    --------
    >>> require_counts(datasets.load("throat"))
    """
    values = study.table.data
    broken = np.flatnonzero(values != np.round(values))
    presence = len(values) > 0 and bool((values == 1).all())
    if study.quantity == "counts" and not len(broken) and not presence:
        return
    totals = study.depth.to_numpy()
    kinds = {1.0: "proportions (samples add up to 1)", 100.0: "percentages (samples add up to 100)"}
    kind = "presence and absence (0 and 1)" if presence else ""
    kind = kind or next((text for total, text in kinds.items() if np.allclose(totals, total, rtol=0.01)), "abundances")
    found = kind
    if len(broken):
        at = int(broken[0])
        row = int(np.searchsorted(study.table.indptr, at, side="right")) - 1
        feature = study.features[study.table.indices[at]]
        found += f"; {len(broken)} fractions, first {values[at]:g} (sample {study.samples[row]}, feature {feature})"
    raise InputError(
        "This chapter needs counts of reads.",
        where=study.name,
        expected="whole numbers of reads, not normalised or rarefied to shares",
        found=found,
        remedy="Give the table of raw counts, as it came out of the denoising or clustering step.",
    )
