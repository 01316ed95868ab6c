"""What ``recipes/import-and-inspect`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handbook_utils.recipes.checks import study_of


def import_and_inspect(parameters: Mapping[str, Any]) -> None:
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
        study.agglomerate(parameters["rank"])
