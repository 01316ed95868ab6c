"""What several recipes check of the reader's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import pandas as pd

from handbook_utils.analysis.depth import deep_enough
from handbook_utils.analysis.design import Design, design_of
from handbook_utils.analysis.design.questions import asked_in, columns_asked
from handbook_utils.analysis.design.terms import as_words
from handbook_utils.analysis.distance.distances import ON_A_TREE, tells_apart
from handbook_utils.errors import InputError, InputErrors, listed, nearest
from handbook_utils.study import Study
from handbook_utils.study.choices import Choices
from handbook_utils.study.readers import open_study

Made = TypeVar("Made")


def study_of(parameters: Mapping[str, Any], bundled: str) -> Study:
    """Open the study that a chapter's parameters name.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter: table, metadata, taxonomy, tree, and how they are read.
    bundled : str
        The data set that is opened where no table is given.

    Returns
    -------
    Study
        What was read.
    """
    given = {name: str(parameters.get(name, "")) for name in ("table", "metadata", "taxonomy", "tree")}
    return open_study(
        given["table"],
        given["metadata"],
        taxonomy=given["taxonomy"],
        tree=given["tree"],
        bundled=bundled,
        choices=Choices.of(parameters),
    )


def opens(parameters: Mapping[str, Any]) -> None:
    """Check that the reader's files are what they are said to be, and fit together; all that many recipes need.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        As :func:`handbook_utils.study.readers.open_study`.
    """
    if any(parameters.get(name) for name in ("table", "metadata", "taxonomy", "tree")):
        study_of(parameters, "")


def column_checks(
    study: Study, parameters: Mapping[str, Any], needed: Sequence[str], optional: Sequence[str] = ()
) -> list[Callable[[], object]]:
    """Return a check for each column that these parameters name: where it is not there, the parameter is told.

    An optional parameter may be empty, and may list several columns.

    Parameters
    ----------
    study : Study
        Whose metadata are looked at.
    parameters : mapping of str to object
        Of a chapter.
    needed, optional : sequence of str
        Names of the parameters that name columns.

    Returns
    -------
    list of callable
        Each raises ``InputError`` where its column is not there.
    """
    pairs = [(name, parameters[name]) for name in needed]
    for name in optional:
        given = parameters[name]
        pairs += [(name, column) for column in (given if isinstance(given, list) else [given]) if column]
    return [partial(check_column, study, column, name, may_be_empty=name in optional) for name, column in pairs]


def check_column(study: Study, column: str, parameter: str, *, may_be_empty: bool) -> None:
    """Check that a column is there; where it is not, the parameter that names it is told.

    Parameters
    ----------
    study : Study
        Whose metadata are looked at.
    column : str
        The name of it.
    parameter : str
        Which named it.
    may_be_empty : bool
        Whether the chapter can do without: the message then says so.

    Raises
    ------
    InputError
        There is no such column.
    """
    try:
        study.column(column)
    except InputError as error:
        remedy = f'{error.remedy} Or run without one: {parameter} "".' if may_be_empty else error.remedy
        where = f"parameter {parameter}, {error.where}"
        raise InputError(
            error.problem, where=where, expected=error.expected, found=error.found, remedy=remedy
        ) from None


def design_in(study: Study, parameters: Mapping[str, Any]) -> Design:
    """Make the design that a chapter's parameters ask for.

    Parameters
    ----------
    study : Study
        Whose metadata hold the columns.
    parameters : mapping of str to object
        Of a chapter, with the questions of a design.

    Returns
    -------
    Design
        As :func:`~handbook_utils.analysis.design.design_of`.

    Raises
    ------
    InputError, InputErrors
        What the samples cannot answer; a column that can be read in two ways.
    """
    asked = asked_in(parameters)
    for name in columns_asked(asked, study.metadata):
        if name in study.doubts:
            raise study.doubts[name]
    return design_of(study.metadata, **asked)


def deep_design(
    study: Study, parameters: Mapping[str, Any], make: Callable[[Study], Design] | None = None
) -> tuple[Study, Design]:
    """Leave out samples with fewer reads than ``least_depth``, and make the design of the others.

    Parameters
    ----------
    study : Study
        All samples that were read.
    parameters : mapping of str to object
        Of a chapter: ``least_depth`` and the questions of a design.
    make : callable, optional
        Makes the design of a study; by default :func:`design_in`.

    Returns
    -------
    tuple of Study and Design
        The samples that are deep enough, and the design of these.

    Raises
    ------
    InputError, InputErrors
        A design that these samples cannot answer; where they could with all of them, how many reads to ask for is told.
    """
    least = int(parameters["least_depth"])
    make = make or (lambda of: design_in(of, parameters))
    before = make(study)
    deep = deep_enough(study, least)
    try:
        return deep, make(deep)
    except (InputError, InputErrors) as error:
        first = error.errors[0] if isinstance(error, InputErrors) else error
        enough = int(study.depth.loc[before.samples].min())
        raise InputError(
            first.problem,
            where=first.where,
            expected=first.expected,
            found=f"{first.found or 'too few'}, after {len(study.samples) - len(deep.samples)} samples with fewer than "
            f"{least} reads were left out",
            remedy=f"Ask for fewer reads: with least_depth {enough} no sample is left out.",
        ) from None


def of_deep(study: Study, least: int, make: Callable[[Study], Made]) -> Made:
    """Make something of the samples that are deep enough.

    Parameters
    ----------
    study : Study
        All samples that were read.
    least : int
        ``least_depth``: the fewest reads of a sample.
    make : callable
        Takes a study.

    Returns
    -------
    object
        What it makes.

    Raises
    ------
    InputError, InputErrors
        What it refuses; where it would take all samples, how many reads to ask for is told.
    """
    deep = deep_enough(study, least)
    try:
        return make(deep)
    except (InputError, InputErrors) as error:
        lost = len(study.samples) - len(deep.samples)
        if not lost:
            raise
        make(study)
        first = error.errors[0] if isinstance(error, InputErrors) else error
        raise InputError(
            first.problem,
            where=first.where,
            expected=first.expected,
            found=f"{first.found or 'too few'}, after {lost} samples with fewer than {least} reads were left out",
            remedy=f"Ask for fewer reads: with least_depth {int(study.depth.min())} no sample is left out.",
        ) from None


def check_own(metadata: pd.DataFrame, first: pd.Series, second: pd.Series, group: str, question: str = "group") -> None:
    """Refuse an arm that is not a person's own: what changes between the samples of one is a treatment.

    Parameters
    ----------
    metadata : pandas.DataFrame
        A row a sample.
    first, second : pandas.Series
        Sample before and after, by person.
    group : str
        The column of arms; empty: none.
    question : str
        Whose answer named it.

    Raises
    ------
    InputError
        People whose arm changes, and how to ask about treatments.
    """
    if not group:
        return
    words = as_words(metadata[group])
    both = zip(first.index, words.loc[list(first)], words.loc[list(second)], strict=True)
    told = [
        f"{who}: {old} before, {new} after"
        for who, old, new in both
        if isinstance(old, str) and isinstance(new, str) and old != new
    ]
    if told:
        raise InputError(
            f"'{group}' changes within {len(told)} of {len(first)} people, and an arm is a person's own.",
            where=f"parameter {question}, column {group}",
            expected="the same before and after",
            found=listed(told, most=6),
            remedy=f'Is it the treatment of a cross-over study? Then: treatment "{group}" and {question} "". '
            f'Else run without arms: {question} "".',
        )


def check_words(study: Study, column: str, parameter: str, words: Sequence[str]) -> None:
    """Refuse words that no well has in a column of kinds: those wells would be taken for samples.

    Parameters
    ----------
    study : Study
        Whose metadata are looked at.
    column : str
        Of kinds of wells.
    parameter : str
        Which gave the words.
    words : sequence of str
        What the parameter calls wells; an empty one and ``none`` ask for nothing.

    Raises
    ------
    InputError
        A word that the column does not have.
    """
    kinds = study.column(column).astype("string").value_counts()
    absent = [word for word in words if word and word != "none" and word not in kinds.index]
    if absent:
        close = nearest(absent[0], [str(word) for word in kinds.index])
        raise InputError(
            f"No well is called '{absent[0]}'.",
            where=f"parameter {parameter}, sample metadata, column {column}",
            expected="a word that this column has",
            found=listed([f"{word} ({count})" for word, count in kinds.items()], most=8),
            remedy=f"Did you mean '{close}'?" if close else f"Write it as the column does, or {parameter} none.",
        )


def check_tree(study: Study, metric: str) -> None:
    """Check that a distance on a tree has one.

    Parameters
    ----------
    study : Study
        With or without a tree.
    metric : str
        Name of a distance.

    Raises
    ------
    InputError
        The distance is measured along a tree, and there is none.
    """
    if metric in ON_A_TREE and study.tree is None:
        raise InputError(
            f"The distance '{metric}' needs a tree of the features.",
            where="parameter tree",
            expected="a Newick file",
            remedy="Give tree, or choose metric bray-curtis or aitchison.",
        )


def check_differ(study: Study, design: Design, metric: str) -> None:
    """Refuse a distance by which all samples of a design are the same: nothing could be compared by it.

    Parameters
    ----------
    study : Study
        At least the samples of the design.
    design : Design
        Whose samples are looked at.
    metric : str
        Name of a distance.

    Raises
    ------
    InputError
        All distances are 0.
    """
    of_design = study.choose_samples(design.samples)
    if (metric not in ON_A_TREE or study.tree is not None) and not tells_apart(of_design, metric):
        raise InputError(
            f"By the distance '{metric}' all samples are the same.",
            where="parameter metric",
            expected="a distance that is above 0 for some samples",
            found=f"0 between all {len(of_design.samples)} samples"
            + ("" if tells_apart(of_design, "bray-curtis") else ": each has the same shares of the same features"),
            remedy="Choose metric bray-curtis or aitchison, which look at shares."
            if tells_apart(of_design, "bray-curtis")
            else "Is this the right table?",
        )
