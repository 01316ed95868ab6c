"""The study file that a new study begins with, and that of the example study: written from the questions.

``python -m handbook_utils.protocols.study_template`` prints the example study's file anew, for ``data/example-study``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import pandas as pd

from handbook_utils.asking import Question, written
from handbook_utils.asking.study import sections, study_questions
from handbook_utils.asking.values import PATHS


def keys_table() -> pd.DataFrame:
    """Return what may stand in a study file, as a table for a page.

    Returns
    -------
    pandas.DataFrame
        One row a key: ``key``, ``meaning``, ``allowed``, ``left out`` (what holds where the line is not there).
    """
    rows = [(name, key.help, _allowed(key), _left_out(key)) for name, key in study_questions().items()]
    return pd.DataFrame(rows, columns=["key", "meaning", "allowed", "left out"])


def _allowed(key: Question) -> str:
    return "a path, from this file's folder" if key.kind in PATHS else key.allowed


def _left_out(key: Question) -> str:
    if key.needed:
        return "needed"
    if key.default is not None:
        return written(key.default) or "none"
    return "not stated" if key.optional else "asked for by the step that needs it"


def template() -> str:
    r"""Write the commented study file that a new study begins with.

    Returns
    -------
    str
        YAML. What only the study knows is left empty: what is needed is named by the check until it is filled in, and
        nothing else is made up for it.

    Examples
    --------
    >>> print(template().splitlines()[-2].strip())
    counts: counts.csv  # reads of every feature in every well (a path, from this file's folder)
    """
    # The name of a file is where it is looked for, and no answer of anybody's.
    named = {name: key.example if key.kind in PATHS else key.default for name, key in study_questions().items()}
    return _text(named)


def example() -> str:
    """Write the study file of the example study, which is simulated and says so."""
    head = "# SIMULATED: the example study of the Gut Microbiome Handbook. Nobody in it exists.\n"
    asked = study_questions().items()
    said = {name: key.example if key.default is None or key.kind in PATHS else key.default for name, key in asked}
    return head + _text(said | {"study.simulated": True, "files.freezers": "freezers"})


def _text(values: Mapping[str, Any]) -> str:
    lines = [
        "# The study file: what all steps of the study share. Run them with: handbook study run study.yml",
        "# Indent by two spaces. What is marked (needed) must be filled in; every other line may be left out.",
    ]
    for section in sections():
        lines += ["", f"# {section.help}", f"{section.name}:"]
        for key in section.questions:
            value = values[f"{section.name}.{key.name}"]
            answer = "" if value is None else f" {_yaml(value)}"
            needed = "(needed) " if key.needed else ""
            lines.append(f"  {key.name}:{answer}  # {needed}{key.help} ({_allowed(key)})")
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_yaml(entry)}" for name, entry in value.items()) + "}"
    text = str(value)
    plain = re.fullmatch(r"[\w/(<][\w /().<>-]*", text) or isinstance(value, (int, float))
    return text if plain else json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(example())
