"""What ``recipes/find-differential-taxa`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.differential import METHODS, differential
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.errors import collect
from handbook_utils.recipes.checks import column_checks, study_of
from handbook_utils.study.readers import require_counts


def find_differential_taxa(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/find-differential-taxa`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table that the method cannot compare, columns that are not there, a design that these samples cannot answer
        (with what shows it), filters that nothing passes, a method that does not take this design.
    """
    study = study_of(parameters, "twins")
    rank, method = str(parameters["rank"]), str(parameters["method"])
    checks: list[Callable[[], object]] = [partial(keep_taxa, study, prevalence=float(parameters["prevalence"]))]
    if not METHODS[method].shares:
        checks.append(partial(require_counts, study))
    if rank:
        checks.append(partial(study.agglomerate, rank))
    collect(*checks)
    plain = [name for name in parameters["covariates"] if "(" not in name]
    collect(*column_checks(study, {**parameters, "covariates": plain}, [], ["covariates", "person", "time"]))
    least = float(parameters["least_depth"]) if study.quantity == "counts" else 0.0
    deep = study.choose_samples((study.depth >= least).to_numpy())
    questions = ("group", "reference", "exposure", "person", "time", "interactions", "contrast", "missing")
    other, reference = parameters["other"], parameters["reference"]
    design = design_of(
        deep.metadata,
        covariates=", ".join(parameters["covariates"]),
        levels=f"{reference}, {other}" if other and reference else "",
        minimum=3,
        **{name: parameters[name] for name in questions},
    )
    differential(keep_taxa(deep, prevalence=float(parameters["prevalence"])), design, method=method)
