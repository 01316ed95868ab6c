"""What ``recipes/remove-contaminants`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import column_checks, study_of


def remove_contaminants(parameters: Mapping[str, Any]) -> None:
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
        study = study.agglomerate(parameters["rank"])
    kind, blank = parameters["kind"], parameters["blank"]
    collect(*column_checks(study, parameters, ["kind"], ["concentration"]))
    blanks = study.column(kind).astype(str) == blank
    if blanks.sum() < 2 or (~blanks).sum() < 2:
        raise InputError(
            "Blanks cannot be compared with samples.",
            where=f"sample metadata, column {kind}",
            expected=f"at least two samples called '{blank}' and two that are not",
            found=listed([f"{name} ({count})" for name, count in study.column(kind).value_counts().items()]),
            remedy="Give kind and blank: the column that tells blanks, and the word it uses for them.",
        )
    concentration = parameters["concentration"]
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
