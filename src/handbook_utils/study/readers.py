"""Read a study from the files of other programs, and match its tables."""

from __future__ import annotations

import logging
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from handbook_utils import datasets
from handbook_utils.asking.kept import kept_in
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study import describing, formats, kept
from handbook_utils.study.cells.amounts import settle
from handbook_utils.study.cells.delimited import Sheet
from handbook_utils.study.cells.orientation import orient
from handbook_utils.study.choices import Choices
from handbook_utils.study.lineages import joined_phyla
from handbook_utils.study.matching import affix_errors, changed_ids, changes, nothing_shared, pairs_by
from handbook_utils.study.metadata import Metadata
from handbook_utils.study.model import Study
from handbook_utils.study.tables import Table

if TYPE_CHECKING:
    from skbio import TreeNode

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reading:
    """A study read from files, and what was found out while reading it.

    Parameters
    ----------
    study : Study
        Table, metadata, taxonomy and tree, as far as they were given.
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
    choices: Choices | None = None,
) -> Reading:
    r"""Read a feature table, with sample metadata, taxonomy and tree where they are given.

    Formats are found out from the content. A sample of the table that the metadata does not name stops the reading,
    with how its id may have been changed (a suffix, blanks, a spreadsheet); ``choices`` says how to go on.

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
    choices : Choices, optional
        What is asked where files have two readings.

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
    choices = choices or Choices()
    held = formats.read_table(table, choices)
    ids = {*held.rows, *held.columns}
    described = None if metadata is None else describing.read_metadata(Path(metadata), choices, ids, Path(table))
    known = described.candidates() if described else None
    if described and Path(table).is_file() and Path(table).samefile(str(metadata)):  # two worksheets of one workbook
        for told in (held.notes, described.notes):
            told[:] = [note for note in told if not note.startswith("Other worksheets")]
    _no_samples(held.remarks, known or set(), str(table))
    orient(held, known, choices, str(table))
    settle(held, choices, str(table))
    several = [] if Path(table).exists() else str(table).split(os.pathsep)
    name = f"{len(several)} files of {Path(several[0]).parent.name}" if len(several) > 1 else Path(table).name
    notes = held.notes
    leave_out(held, choices, str(table))
    matrix, samples, features = held.oriented()
    _not_empty(matrix, str(table))
    read, place = f"{len(samples)} samples and {len(features)} features", len(notes)
    if described is None and held.metadata is not None:
        described = _within(held.metadata, str(table), choices)
    elif held.metadata is not None:
        notes.append("Sample metadata in the table was not used: a file of metadata was given.")
    frame = None
    if described is not None:
        frame = described.frame(samples)
        if not choices.leave_out:
            _no_metadata(features, frame, str(table))
        frame, chosen = _matched(samples, frame, str(table), str(metadata or table), choices, notes)
        notes += [note.replace("Format:", "Metadata:") for note in described.notes]
        if chosen != list(range(len(samples))):  # a copy would be as large as the table
            matrix, samples = matrix[chosen], [samples[n] for n in chosen]
        frame = frame.loc[samples]
    names, phylogeny = held.taxonomy, None
    if taxonomy is not None:
        if names is not None:
            notes.append("The taxonomy in the table was not used: a file of it was given.")
        names = describing.taxonomy_of(features, Path(taxonomy), str(table), notes, choices)
    elif names is not None:
        notes.append(f"Taxonomy: in the table, {listed(list(names.columns), most=9)}.")
    if names is not None and choices.phylum_names == "joined":
        names, renamed = joined_phyla(names)
        if renamed:
            told = [f"{old} is now {new}" for old, new in renamed.items()]
            notes.append(f"Phyla with two names were joined, as asked: {listed(told, most=12)}.")
    if tree is not None:
        phylogeny = describing.read_tree(Path(tree), notes)
        _tips(phylogeny, features, str(table), str(tree), notes)
    study = Study.from_sparse(
        matrix, samples, features, frame, taxonomy=names, tree=phylogeny, quantity=held.kind, name=name
    )
    study = replace(study, doubts=described.doubts if described else {}, features_are=held.of)
    silent = study.samples[(study.depth == 0).to_numpy()]
    if len(silent):
        raise InputError(
            f"{len(silent)} samples have {'no reads at all' if held.kind == 'counts' else 'a total of 0'}.",
            where=str(table),
            expected="a total above zero for every sample",
            found=listed(list(silent)),
            remedy=f"Nothing can be said about them. Go on without: leave_out '{', '.join(map(str, silent))}'.",
        )
    kept = f"{study.shape[0]} samples and {study.shape[1]} features"
    notes.insert(place, f"Read{' and kept' if read == kept else ''}: {read}.")
    notes += [f"Kept: {kept}."] if read != kept else []
    return Reading(replace(study, notes=tuple(notes)))


def open_study(
    table: str, metadata: str, *, taxonomy: str = "", tree: str = "", bundled: str = "", choices: Choices | None = None
) -> Study:
    """Read the reader's own study, or the bundled one where no table is given.

    What was found out is kept in ``study.notes``. Without `choices`, those of the run are taken, which every chapter
    with a table asks for.

    Parameters
    ----------
    table, metadata, taxonomy, tree : str
        Paths as :func:`read_study` takes them; empty for none.
    bundled : str
        The data set that is taken where no table is given.
    choices : Choices, optional
        What is asked where a file has two readings.

    Returns
    -------
    Study
        Read once in a run.

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
    study = _read_once(table, metadata, taxonomy, tree, choices or Choices.of_this_run())
    for note in study.notes:
        _log.info(note)
    return study


def _read_once(table: str, metadata: str, taxonomy: str, tree: str, choices: Choices) -> Study:
    """Read a study; in a run, take what its check has read."""
    folder = kept_in()
    asked = {"table": table, "metadata": metadata, "taxonomy": taxonomy, "tree": tree, **asdict(choices)}
    path = None if folder is None else kept.path_for(folder, asked)
    if path is not None and path.is_file():
        return kept.kept(path)
    study = read_study(table, metadata or None, taxonomy=taxonomy or None, tree=tree or None, choices=choices).study
    if path is not None:
        kept.keep(study, path)
    return study


def _not_empty(matrix: sparse.csr_array, where: str) -> None:
    """Stop at a table without samples, without features, or without anything but zeros.

    Raises
    ------
    InputError
        With what there is.
    """
    if min(matrix.shape) == 0 or not matrix.count_nonzero():
        raise InputError(
            "This table is empty." if min(matrix.shape) == 0 else "This table holds nothing but zeros.",
            where=where,
            expected="a number above zero for a feature of each sample",
            found=f"{matrix.shape[0]} samples and {matrix.shape[1]} features",
            remedy="Was everything filtered out? Take the table before that, or export it again.",
        )


# ---------------------------------------------------------------------- matching


def _no_samples(remarks: list[str], known: set[str], where: str) -> None:
    """Stop at a row that seemed a footnote and is a sample of the metadata.

    Raises
    ------
    InputError
        With the row.
    """
    lost = [name for name in remarks if name in known]
    if lost:
        raise InputError(
            f"{len(lost)} samples of the metadata have no numbers in the table.",
            where=where,
            expected="a number for each feature of a sample",
            found=f"empty rows: {listed(lost)}",
            remedy="Are empty cells features that were not seen? Then: empty_cells zero. Else delete these rows.",
        )


def _no_metadata(features: list[str], frame: pd.DataFrame, where: str) -> None:
    """Stop at features that are called as columns of the metadata: a table that holds both would count the ages.

    Raises
    ------
    InputError
        With their names.
    """
    both = [name for name in features if name in frame.columns]
    if both:
        raise InputError(
            f"{len(both)} features of the table have the name of a column of the metadata.",
            where=where,
            expected="names of features that no column of the metadata has",
            found=listed(both, most=12),
            remedy=f"Name those that are no features: leave_out '{both[0]}', for example; or leave_out none.",
        )


def leave_out(held: Table, choices: Choices, where: str) -> None:
    """Leave out the samples and features that the reader named.

    Parameters
    ----------
    held : Table
        It is changed. Its samples are known.
    choices : Choices
        With the names.
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        A name that is nowhere.
    """
    asked = [name for name in choices.left_out if name != "none" and name not in held.left_out]
    if not asked:
        return
    matrix, samples, features = held.oriented()
    unknown = [name for name in asked if name not in samples and name not in features]
    if unknown:
        close = nearest(unknown[0], [*samples, *features])
        raise InputError(
            "What is to be left out is not there.",
            where=f"parameter leave_out, {where}",
            expected=f"names of samples or features, as {listed(samples, most=3)} or {listed(features, most=3)}",
            found=listed(unknown),
            remedy=f"Did you mean {close!r}?" if close else "Write the names as the table does, commas between them.",
        )
    kept = [[n for n, name in enumerate(ids) if name not in asked] for ids in (samples, features)]
    held.matrix = sparse.csr_array(matrix[kept[0]][:, kept[1]])
    held.rows, held.columns = [samples[n] for n in kept[0]], [features[n] for n in kept[1]]
    held.rows_are = "samples"
    held.taxonomy = None if held.taxonomy is None else held.taxonomy.iloc[kept[1]]
    held.metadata = None if held.metadata is None else held.metadata.iloc[kept[0]]
    held.notes.append(f"Left out, as asked: {listed(asked, most=20)}.")


def _within(frame: pd.DataFrame, where: str, choices: Choices) -> Metadata:
    """Return the sample metadata that a table holds, read as a file of it would be."""
    cells = frame.map(lambda value: "" if value is None or value != value else str(value))
    header = ["sample-id", *map(str, frame.columns)]
    rows = [(n, [str(sample), *row]) for n, (sample, *row) in enumerate(cells.itertuples(name=None), start=1)]

    def place(line: int, column: int) -> str:
        return f"sample {rows[line - 1][1][0]}, {header[column - 1]}"

    return Metadata.read(Sheet(header, iter(rows), place, where, "in the table", ""), choices)


def _matched(
    samples: list[str], frame: pd.DataFrame, table: str, metadata: str, choices: Choices, notes: list[str]
) -> tuple[pd.DataFrame, list[int]]:
    """Return the metadata, with the ids of the table, and the places of the samples that it describes.

    Raises
    ------
    InputErrors
        Samples of the table without metadata, unless that was said to be right.
    """
    both = f"{table} and {metadata}"
    at = {sample: n for n, sample in enumerate(samples)}
    there = set(frame.index)
    left = [sample for sample in samples if sample not in there]
    unused = [str(name) for name in frame.index if name not in at]
    if choices.match_ids != "exact":
        pairs = {other: one for one, other in pairs_by(choices.match_ids, left, unused).items()}
        frame = frame.rename(index=pairs)
        left = [sample for sample in left if sample not in set(pairs.values())]
        unused = [name for name in unused if name not in pairs]
        told = [f"{other} is {one}" for other, one in pairs.items()]
        names = f" ({listed(told)})" if told else ""
        notes.append(f"Sample ids matched but for {choices.match_ids}, as asked: {len(pairs) or 'none'}{names}.")
    # In the order of the metadata, so that a study does not depend on how a program sorted the samples of its table.
    chosen = [at[sample] for sample in frame.index if sample in at]
    if not chosen or (left and not choices.keep_matched):
        go_on = f" Or go on with the {len(chosen)} that match: keep_matched true." if chosen else ""
        raise InputErrors(_unmatched(left, unused, samples, both, go_on))
    if left:
        notes.append(
            f"Left out, because the metadata does not name them: {len(left)} samples ({listed(left, most=50)})."
        )
    if unused:
        notes.append(
            f"The metadata names {len(unused)} samples that the table does not have ({listed(unused, most=50)})."
        )
    return frame, chosen


def _unmatched(left: list[str], unused: list[str], samples: list[str], where: str, go_on: str) -> list[InputError]:
    """Say of samples without metadata how their ids were changed, as far as that is seen, and how to go on."""
    places = ("the table", "the metadata")
    errors = changed_ids(left, unused, "sample", places, where)
    named = {name for pairs in changes(left, unused) for pair in pairs.items() for name in pair}
    rest = [sample for sample in left if sample not in named]
    errors += affix_errors(rest, [name for name in unused if name not in named], places, where)
    for error in errors:
        error.remedy = f"{error.remedy}{go_on}"
    if not errors and len(left) == len(samples):
        return [nothing_shared("sample", samples, "metadata", unused, where)]
    explained = sum(int(error.problem.split(" ", 1)[0]) for error in errors)
    if len(left) > explained:
        there = f"; the metadata alone has {listed(unused, most=6)}" if unused else ""
        errors.append(
            InputError(
                f"{len(left)} of {len(samples)} samples of the table have no metadata.",
                where=where,
                expected="metadata for every sample of the table",
                found=f"none for {listed(left, most=12)}{there}",
                remedy=f"Add them to the metadata.{go_on}",
            )
        )
    return errors


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


def require_counts(study: Study) -> None:
    """Refuse abundances where counts of reads are needed.

    Parameters
    ----------
    study : Study
        As it was read.

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
