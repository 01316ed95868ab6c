"""What ``recipes/compare-before-and-after`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from handbook_utils.analysis.time.paired import crossover_of
from handbook_utils.errors import InputError, collect, listed
from handbook_utils.recipes.checks import check_groups_of_people, column_checks, study_of
from handbook_utils.study.readers import require_counts


def compare_before_and_after(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/compare-before-and-after`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, columns that are not there, too few people with both samples, a person with several
        samples at one moment, arms of too few people.
    """
    study = study_of(parameters, "twins")
    person, moment = parameters["person"], parameters["moment"]
    collect(
        partial(require_counts, study),
        *column_checks(study, parameters, ["person", "moment"], ["arm", "treatment", "covariates"]),
    )
    deep = study.choose_samples(study.depth >= parameters["least_depth"])
    when = deep.column(moment).map(lambda cell: f"{cell:g}" if isinstance(cell, float) else str(cell))
    have = {name: deep.column(person)[when == str(parameters[name])].astype(str) for name in ("before", "after")}
    both = set(have["before"]) & set(have["after"])
    if len(both) < 9:
        raise InputError(
            "Too few people have a sample before and a sample after.",
            where=f"sample metadata, columns {person} and {moment}",
            expected="nine people or more with both",
            found=f"{len(both)}; {moment} has {listed(sorted(when.unique()))}",
            remedy="Give before and after as the column writes them.",
        )
    twice = sorted({who for names in have.values() for who in names[names.duplicated()]})
    if twice:
        raise InputError(
            "A person has several samples at one moment.",
            where=f"sample metadata, columns {person} and {moment}",
            expected="one sample before and one after",
            found=listed(twice),
            remedy="Choose one of them.",
        )
    arm = parameters["arm"]
    if arm:
        first = deep.choose_samples(list(have["before"].index[have["before"].isin(both)]))
        check_groups_of_people(first.column(arm), "arm", arm)
    treatment = str(parameters["treatment"])
    if treatment:
        inside = when.isin([str(parameters[name]) for name in ("before", "after")])
        rows = deep.samples[inside.to_numpy()]
        given = deep.column(treatment)[rows].astype(str)
        crossover_of(
            pd.Series(1.0, rows) + np.arange(len(rows)), deep.column(person)[rows].astype(str), when[rows], given
        )
