"""What ``recipes/control-quality`` asks of the reader's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.errors import collect
from handbook_utils.recipes.checks import check_groups, study_of
from handbook_utils.study.readers import require_counts, require_groups


def control_quality(parameters: Mapping[str, Any]) -> None:
    """Check the parameters of ``recipes/control-quality`` against the files they name.

    Parameters
    ----------
    parameters : mapping
        All parameters of the chapter.

    Raises
    ------
    InputError, InputErrors
        A table without counts, groups that are too small, filters that nothing passes.
    """
    study = study_of(parameters, "throat")
    prevalence, share = parameters["least_prevalence"], parameters["least_share"]
    collect(
        partial(require_counts, study),
        partial(check_groups, study, parameters, 3),
        partial(keep_taxa, study, prevalence=prevalence, share=share),
    )
    deep = study.choose_samples(study.depth >= parameters["least_depth"])
    require_groups(deep, parameters["group"], minimum=3)
