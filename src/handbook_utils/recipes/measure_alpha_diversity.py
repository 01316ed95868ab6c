"""What ``recipes/measure-alpha-diversity`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handbook_utils.analysis.diversity.comparison import changing, one_row_a_person, ratios
from handbook_utils.errors import collect
from handbook_utils.recipes.checks import check_groups, column_checks, study_of
from handbook_utils.study.readers import require_counts


def measure_alpha_diversity(parameters: Mapping[str, Any]) -> None:
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
    group, person = parameters["group"], parameters["person"]
    covariates = parameters["covariates"]
    minimum = parameters["minimum"]
    collect(
        partial(require_counts, study),
        partial(check_groups, study, parameters, minimum),
        *column_checks(study, parameters, [], ["covariates", "person"]),
    )
    columns = [group, *covariates, *([person] if person else [])]
    samples = study.metadata[columns].assign(one=1.0)
    if person:
        samples = samples[~samples[person].astype(str).isin(changing(samples, person, [group]))]
    people = one_row_a_person(samples, person)
    ratios(people, "one", group, covariates=covariates, reference=parameters["reference"])
