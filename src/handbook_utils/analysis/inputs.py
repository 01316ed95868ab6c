"""What a recipe asks of the reader's files, looked at before anything is executed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd

from handbook_utils.analysis.comparison import changing, one_row_a_person, ratios
from handbook_utils.analysis.differential import differential
from handbook_utils.analysis.distances import ON_A_TREE
from handbook_utils.analysis.filters import keep_taxa
from handbook_utils.analysis.placement import place
from handbook_utils.errors import InputError, InputErrors, listed
from handbook_utils.study import Study
from handbook_utils.study.readers import open_study, require_counts, require_groups


def names_in(text: object) -> list[str]:
    """Return the names in a list separated by commas.

    Examples
    --------
    >>> names_in("sex, age")
    ['sex', 'age']
    """
    return [part.strip() for part in str(text).split(",") if part.strip()]


def study_of(parameters: Mapping[str, object], bundled: str) -> Study:
    """Open the study that a chapter's parameters name."""
    given = {name: str(parameters.get(name, "")) for name in ("table", "metadata", "taxonomy", "tree")}
    return open_study(**given, bundled=bundled)


def _columns(
    study: Study, parameters: Mapping[str, object], needed: Sequence[str], optional: Sequence[str] = ()
) -> list[Callable[[], object]]:
    """Return a check for each column that these parameters name: where it is not there, the parameter is told.

    An optional parameter may be empty; ``covariates``, ``strata`` and ``conditions`` list several columns.
    """
    pairs = [(name, str(parameters[name])) for name in needed]
    for name in optional:
        text = str(parameters[name])
        several = name in ("covariates", "strata", "conditions")
        pairs += [(name, column) for column in (names_in(text) if several else [text]) if column]
    return [partial(_column, study, column, name, may_be_empty=name in optional) for name, column in pairs]


def _column(study: Study, column: str, parameter: str, *, may_be_empty: bool) -> None:
    try:
        study.column(column)
    except InputError as error:
        remedy = f'{error.remedy} Or run without one: {parameter} "".' if may_be_empty else error.remedy
        where = f"parameter {parameter}"
        raise InputError(
            error.problem, where=where, expected=error.expected, found=error.found, remedy=remedy
        ) from None


def _groups(study: Study, parameters: Mapping[str, object], minimum: int) -> None:
    _column(study, str(parameters["group"]), "group", may_be_empty=False)
    require_groups(study, str(parameters["group"]), minimum=minimum)


def _groups_of_people(groups: pd.Series, parameter: str, column: str, minimum: int = 3) -> None:
    """Check the groups of people: a row a person, missing where there is none."""
    sizes = groups.value_counts()
    if len(sizes) < 2 or sizes.min() < minimum or groups.isna().any():
        found = [f"{name} ({size})" for name, size in sizes.items()]
        without = [f"none of them ({groups.isna().sum()})"] if groups.isna().any() else []
        raise InputError(
            "These groups of people cannot be compared.",
            where=f"parameter {parameter}, column {column}",
            expected=f"two groups or more, each of {minimum} people or more, and everybody in one",
            found=listed([*found, *without]),
            remedy=f'Join groups, leave people out, or run without: {parameter} "".',
        )


def compare_groups(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/compare-groups`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, groups that are too small, a tree that is needed and absent.
    """
    study = study_of(parameters, "throat")
    collect(
        partial(_groups, study, parameters, int(str(parameters["minimum"]))),
        *_columns(study, parameters, [], ["covariates", "strata"]),
        partial(_tree, study, str(parameters["metric"])),
    )


def import_and_inspect(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/import-and-inspect`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError
        A rank that the taxonomy does not have.
    """
    study = study_of(parameters, "globalpatterns")
    if study.taxonomy is not None:
        study.agglomerate(str(parameters["rank"]))


def collect(*checks: Callable[[], object]) -> None:
    """Run every check, so that a reader is told of all mistakes at once.

    Raises
    ------
    InputErrors
        What the checks found.
    """
    errors: list[InputError] = []
    for check in checks:
        try:
            check()
        except InputErrors as found:
            errors.extend(found.errors)
        except InputError as found:
            errors.append(found)
    if errors:
        raise InputErrors(errors)


def _tree(study: Study, metric: str) -> None:
    if metric in ON_A_TREE and study.tree is None:
        raise InputError(
            f"The distance '{metric}' needs a tree of the features.",
            where="parameter tree",
            expected="a Newick file",
            remedy="Give tree, or choose metric bray-curtis or aitchison.",
        )


def measure_alpha_diversity(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/measure-alpha-diversity`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, columns that are not there, groups that are too small.
    """
    study = study_of(parameters, "twins")
    group, person = str(parameters["group"]), str(parameters["person"])
    covariates = names_in(parameters["covariates"])
    minimum = int(str(parameters["minimum"]))
    collect(
        partial(require_counts, study),
        partial(_groups, study, parameters, minimum),
        *_columns(study, parameters, [], ["covariates", "person"]),
    )
    columns = [group, *covariates, *([person] if person else [])]
    samples = study.metadata[columns].assign(one=1.0)
    if person:
        samples = samples[~samples[person].astype(str).isin(changing(samples, person, [group]))]
    people = one_row_a_person(samples, person)
    ratios(people, "one", group, covariates=covariates, reference=str(parameters["reference"]))


def remove_contaminants(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/remove-contaminants`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, no blanks, nothing but blanks, or DNA concentrations that are missing, not numbers,
        or not above 0.
    """
    study = study_of(parameters, "lung")
    if parameters["rank"]:
        study = study.agglomerate(str(parameters["rank"]))
    kind, blank = str(parameters["kind"]), str(parameters["blank"])
    collect(*_columns(study, parameters, ["kind"], ["concentration"]))
    blanks = study.column(kind).astype(str) == blank
    if blanks.sum() < 2 or (~blanks).sum() < 2:
        raise InputError(
            "Blanks cannot be compared with samples.",
            where=f"sample metadata, column {kind}",
            expected=f"at least two samples called '{blank}' and two that are not",
            found=listed([f"{name} ({count})" for name, count in study.column(kind).value_counts().items()]),
            remedy="Give kind and blank: the column that tells blanks, and the word it uses for them.",
        )
    concentration = str(parameters["concentration"])
    if concentration:
        column = pd.to_numeric(study.column(concentration)[~blanks], errors="coerce")
        wrong = [str(name) for name in column.index[~(column > 0)]]
        if wrong:
            raise InputError(
                "The frequency test needs a DNA concentration of every sample.",
                where=f"sample metadata, column {concentration}",
                expected="numbers above 0",
                found=f"others in {listed(wrong)}",
                remedy="Leave these samples out, or run without concentration.",
            )


def describe_composition(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/describe-composition`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, a rank that the taxonomy does not have, counts that are none.
    """
    study = study_of(parameters, "twins")
    rank = str(parameters["rank"])
    collect(
        partial(require_counts, study),
        *_columns(study, parameters, ["group"], ["person"]),
        *([partial(study.agglomerate, rank)] if rank else []),
    )


def map_differences(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/map-differences`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, groups that are too small, a tree that is needed and absent.
    """
    study = study_of(parameters, "throat")
    collect(
        partial(_groups, study, parameters, 3),
        *_columns(study, parameters, [], ["conditions"]),
        partial(_tree, study, str(parameters["metric"])),
    )


def control_quality(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/control-quality`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, groups that are too small, filters that nothing passes.
    """
    study = study_of(parameters, "throat")
    prevalence, share = float(str(parameters["least_prevalence"])), float(str(parameters["least_share"]))
    collect(
        partial(require_counts, study),
        partial(_groups, study, parameters, 3),
        partial(keep_taxa, study, prevalence=prevalence, share=share),
    )
    deep = study.choose_samples(study.depth >= int(str(parameters["least_depth"])))
    require_groups(deep, str(parameters["group"]), minimum=3)


def follow_over_time(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/follow-over-time`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, columns that are not there, times that are no numbers, too few people with several
        samples, groups of too few people.
    """
    study = study_of(parameters, "ecam")
    person, time, group = (str(parameters[name]) for name in ("person", "time", "group"))
    columns = [person, time, *([group] if group else [])]
    collect(partial(require_counts, study), *_columns(study, parameters, ["person", "time"], ["group"]))
    frame = study.metadata[columns][study.metadata[columns].notna().all(axis=1)]
    frame = frame[study.depth[frame.index] >= int(str(parameters["least_depth"]))]
    numbers = pd.to_numeric(frame[time], errors="coerce")
    if numbers.isna().any():
        raise InputError(
            "Times must be numbers.",
            where=f"sample metadata, column {time}",
            expected="days, months or the like since a start",
            found=listed(sorted(frame[time][numbers.isna()].astype(str).unique())),
            remedy="Turn dates into days since each person's start.",
        )
    several = int((frame[person].value_counts() > 1).sum())
    if several < 5:
        raise InputError(
            "Too few people have several samples.",
            where=f"sample metadata, columns {person} and {time}",
            expected="five people or more with two samples or more",
            found=f"{several}",
        )
    if group and not pd.api.types.is_numeric_dtype(frame[group]):
        _groups_of_people(frame.groupby(person)[group].first(), "group", group)


def compare_before_and_after(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/compare-before-and-after`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, columns that are not there, too few people with both samples, a person with several
        samples at one moment, arms of too few people.
    """
    study = study_of(parameters, "twins")
    person, moment = str(parameters["person"]), str(parameters["moment"])
    collect(partial(require_counts, study), *_columns(study, parameters, ["person", "moment"], ["arm"]))
    deep = study.choose_samples(study.depth >= int(str(parameters["least_depth"])))
    when = deep.column(moment).map(lambda cell: f"{cell:g}" if isinstance(cell, float) else str(cell))
    have = {name: deep.column(person)[when == str(parameters[name])].astype(str) for name in ("before", "after")}
    both = set(have["before"]) & set(have["after"])
    if len(both) < 9:
        raise InputError(
            "Too few people have a sample before and a sample after.",
            where=f"sample metadata, columns {person} and {moment}",
            expected="nine people or more with both",
            found=f"{len(both)}; {moment} has {listed(sorted(when.unique()))}",
            remedy="Give before and after as the column writes them.",
        )
    twice = sorted({who for names in have.values() for who in names[names.duplicated()]})
    if twice:
        raise InputError(
            "A person has several samples at one moment.",
            where=f"sample metadata, columns {person} and {moment}",
            expected="one sample before and one after",
            found=listed(twice),
            remedy="Choose one of them.",
        )
    arm = str(parameters["arm"])
    if arm:
        first = deep.choose_samples(list(have["before"].index[have["before"].isin(both)]))
        _groups_of_people(first.column(arm), "arm", arm)


def find_differential_taxa(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``recipes/find-differential-taxa`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, columns that are not there, groups that are too small, filters that nothing passes,
        covariates that tell the groups apart.
    """
    study = study_of(parameters, "twins")
    group, person, rank = (str(parameters[name]) for name in ("group", "person", "rank"))
    covariates = names_in(parameters["covariates"])
    collect(
        partial(require_counts, study),
        partial(keep_taxa, study, prevalence=float(str(parameters["prevalence"]))),
        *_columns(study, parameters, ["group"], ["covariates", "person"]),
        *([partial(study.agglomerate, rank)] if rank else []),
    )
    people = study.choose_samples(study.depth >= int(str(parameters["least_depth"])))
    if person:
        people = people.choose_samples(~people.column(person).duplicated())
    wanted = [str(parameters[name]) for name in ("other", "reference")]
    sizes = people.column(group).astype(str).value_counts().reindex(wanted, fill_value=0)
    if sizes.min() < 8 or len(people.samples) < 2 * int(str(parameters["people"])):
        raise InputError(
            "There are too few people to compare.",
            where=f"sample metadata, column {group}, and parameter people",
            expected=f"eight or more in each group, and {2 * int(str(parameters['people']))} in all for the simulation",
            found=listed([f"{name} ({size})" for name, size in people.column(group).value_counts().items()]),
            remedy="Give other and reference as the column writes them, and lower people for a small study.",
        )
    differential(people, group, method="linda", other=wanted[0], reference=wanted[1], covariates=covariates)


def my_microbiome_status(parameters: Mapping[str, object]) -> None:
    """Check the parameters of ``explainers/my-microbiome-status`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        No such sample, too few reads, values that are no counts, a reference that is too small or has other taxa.
    """
    mine = study_of(parameters, "twins")
    reference = open_study(str(parameters["reference"]), str(parameters["reference_metadata"]), bundled="twins")
    place(
        mine,
        reference,
        str(parameters["sample"]),
        person=str(parameters["person"]),
        rank=str(parameters["rank"]),
        least_reads=int(str(parameters["least_reads"])),
    )
