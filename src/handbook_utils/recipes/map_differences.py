"""What ``recipes/map-differences`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handbook_utils.errors import collect
from handbook_utils.recipes.checks import check_groups, check_tree, column_checks, study_of


def map_differences(parameters: Mapping[str, Any]) -> None:
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
        partial(check_groups, study, parameters, 3),
        *column_checks(study, parameters, [], ["conditions"]),
        partial(check_tree, study, parameters["metric"]),
    )
