"""What ``recipes/find-differential-taxa`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handbook_utils.analysis.taxa.differential import differential
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import column_checks, study_of
from handbook_utils.study.readers import require_counts


def find_differential_taxa(parameters: Mapping[str, Any]) -> None:
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
    group, person, rank = (parameters[name] for name in ("group", "person", "rank"))
    covariates = parameters["covariates"]
    collect(
        partial(require_counts, study),
        partial(keep_taxa, study, prevalence=parameters["prevalence"]),
        *column_checks(study, parameters, ["group"], ["covariates", "person"]),
        *([partial(study.agglomerate, rank)] if rank else []),
    )
    people = study.choose_samples(study.depth >= parameters["least_depth"])
    if person:
        people = people.choose_samples(~people.column(person).duplicated())
    wanted = [parameters[name] for name in ("other", "reference")]
    sizes = people.column(group).astype(str).value_counts().reindex(wanted, fill_value=0)
    if sizes.min() < 8 or len(people.samples) < 2 * parameters["people"]:
        raise InputError(
            "There are too few people to compare.",
            where=f"sample metadata, column {group}, and parameter people",
            expected=f"eight or more in each group, and {2 * parameters['people']} in all for the simulation",
            found=listed([f"{name} ({size})" for name, size in people.column(group).value_counts().items()]),
            remedy="Give other and reference as the column writes them, and lower people for a small study.",
        )
    differential(people, group, method="linda", other=wanted[0], reference=wanted[1], covariates=covariates)
