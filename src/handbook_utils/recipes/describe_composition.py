"""What ``recipes/describe-composition`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handbook_utils.errors import collect
from handbook_utils.recipes.checks import column_checks, study_of


def describe_composition(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/describe-composition`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, a rank that the taxonomy does not have.
    """
    study = study_of(parameters, "twins")
    rank = parameters["rank"]
    collect(
        *column_checks(study, parameters, ["group"], ["person"]),
        *([partial(study.agglomerate, rank)] if rank else []),
    )
