"""What ``recipes/follow-over-time`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import check_groups_of_people, column_checks, study_of
from handbook_utils.study.readers import require_counts


def follow_over_time(parameters: Mapping[str, Any]) -> None:
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
    person, time, group = (parameters[name] for name in ("person", "time", "group"))
    columns = [person, time, *([group] if group else [])]
    collect(partial(require_counts, study), *column_checks(study, parameters, ["person", "time"], ["group"]))
    frame = study.metadata[columns][study.metadata[columns].notna().all(axis=1)]
    frame = frame[study.depth[frame.index] >= parameters["least_depth"]]
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
        check_groups_of_people(frame.groupby(person)[group].first(), "group", group)
