"""What plate-layout is given, checked before the chapter runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handbook_utils import datasets
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.wells.requests import asked

_WANTED = ("plate", "sample", "participant", "blanks", "mocks", "ntc", "duplicates", "candidates")


def plate_layout(parameters: Mapping[str, Any]) -> None:
    """Check what the chapter ``protocols/plate-layout`` is given.

    Parameters
    ----------
    parameters : mapping of str to object
        The chapter's parameters, of which ``samples`` is a file, or "" for the example study.

    Raises
    ------
    InputError, InputErrors
        Everything that is wrong with the file and the numbers, at once.
    """
    path = parameters.get("samples", "")
    samples = read_samples(Path(path)) if path else datasets.frame("example-study")
    wanted = {name: parameters[name] for name in _WANTED if name in parameters}
    wanted |= {
        "covariates": parameters.get("covariates", []),
        "plates": parameters.get("plates") or None,
    }
    asked(samples, parameters.get("seed", 1), wanted | {"where": path or "the example study"})
