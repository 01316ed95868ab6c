"""What ``explainers/my-microbiome-status`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook_utils.analysis.models.placement import place
from handbook_utils.recipes.checks import study_of
from handbook_utils.study.readers import open_study


def my_microbiome_status(parameters: Mapping[str, Any]) -> None:
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
    reference = open_study(parameters["reference"], parameters["reference_metadata"], bundled="twins")
    place(
        mine,
        reference,
        parameters["sample"],
        person=parameters["person"],
        rank=parameters["rank"],
        least_reads=parameters["least_reads"],
    )
