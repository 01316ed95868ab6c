"""The questions a design is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The questions a design is made from, as the parameters of chapters name them.
QUESTIONS = (
    *("group", "levels", "reference", "exposure", "covariates", "person", "strata", "nested_in", "time"),
    *("interactions", "contrast", "missing", "formula", "minimum"),
)


def asked_in(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the questions of a design among the parameters of a chapter.

    Parameters
    ----------
    parameters : mapping of str to object
        Of a chapter.

    Returns
    -------
    dict of str to object
        As :func:`design_of` takes them.

    Examples
    --------
    >>> asked_in({"table": "my.biom", "group": "arm", "minimum": 5})
    {'group': 'arm', 'minimum': 5}
    """
    return {name: parameters[name] for name in QUESTIONS if name in parameters}


# ---------------------------------------------------------------------- from answers to terms
