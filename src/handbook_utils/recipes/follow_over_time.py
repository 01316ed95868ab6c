"""What ``recipes/follow-over-time`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.outcomes import followed
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import check_groups_of_people, column_checks, study_of

#: Samples of one person that a search for jumps needs.
_SERIES = 20


def follow_over_time(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/follow-over-time`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        Columns that are not there, times that are no numbers, an outcome that is not there or needs counts, too few
        people with several samples, groups of too few people, a design that these samples cannot answer, a series that
        is too short to be searched.
    """
    study = study_of(parameters, "ecam")
    person, time, group = (str(parameters[name]) for name in ("person", "time", "group"))
    plain = [name for name in parameters["covariates"] if "(" not in name]
    collect(
        *column_checks(study, {**parameters, "covariates": plain}, ["person", "time"], ["group", "covariates"]),
    )
    deep = study.choose_samples((study.depth >= float(parameters["least_depth"])).to_numpy())
    columns = [person, time, *([group] if group else [])]
    frame = deep.metadata[columns].dropna()
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
    if group:
        check_groups_of_people(frame.groupby(person)[group].first().astype(str), "group", group)
    moments = pd.to_numeric(deep.column(time), errors="coerce")
    values, _ = followed(deep, str(parameters["outcome"]), deep.column(person).astype(str), moments)
    asked = {"group": group, "interactions": f"{group}:{time}"} if group else {"exposure": time}
    design = design_of(
        deep.metadata.loc[values.index],
        covariates=", ".join(parameters["covariates"]),
        person=person,
        time=time,
        missing=parameters["missing"],
        minimum=3,
        **asked,
    )
    series = str(parameters["series"])
    if series and int((design.people == series).sum()) < _SERIES:
        raise InputError(
            "This person's series is too short to be searched for jumps.",
            where="parameter series",
            expected=f"{_SERIES} samples or more of one person",
            found=f"{int((design.people == series).sum())} of '{series}'",
            remedy='Run without: series "".',
        )
