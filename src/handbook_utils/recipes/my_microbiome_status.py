"""What ``explainers/my-microbiome-status`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping

from handbook_utils.analysis.models.placement import place
from handbook_utils.recipes.checks import study_of
from handbook_utils.study.readers import open_study


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
