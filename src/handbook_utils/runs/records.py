"""What a run records beside its report, as text: parameters, log, values."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.values import PATHS
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.execution import Outcome

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


#: The parts of a file of parameters, and what stands above each.
_ORIGINS = {
    "given": "Given:",
    "none": "None: told to be none, or not asked for:",
    "example": "Of the bundled study:",
    "default": "Left at the default:",
}


def params_text(chapter: Chapter, parameters: Mapping[str, Any], states: Mapping[str, str], folder: Path) -> str:
    """Write the parameters of a run as the YAML that repeats it.

    Parameters
    ----------
    chapter : Chapter
        What was run.
    parameters : mapping
        All its parameters, those left at their default too: a default may change.
    states : mapping of str to str
        Where each value comes from: given, default, example, none; empty where that is not known.
    folder : pathlib.Path
        Where the file will lie: the reader's files are named by their way from there.

    Returns
    -------
    str
        YAML with a line of comment that says how to use it, and one above what was given, what is none, what is the
        bundled study's and what was left at its default; several files of one parameter are a list.
    """
    kinds = {parameter.name: parameter.kind for parameter in chapter.questions}

    def shown(name: str, value: Any) -> Any:
        if kinds.get(name) not in PATHS or not value:
            return value
        paths = [Path(os.path.relpath(path, folder.resolve())).as_posix() for path in paths_of(str(value))]
        return paths if len(paths) > 1 else paths[0]

    lines = [f"# Repeat this run: handbook run {chapter.slug} -f params.yml"]
    for state, heading in {**_ORIGINS, "": "Of the run:"}.items():
        names = [name for name in parameters if states.get(name, "") == state]
        part = {name: None if state == "none" else shown(name, parameters[name]) for name in names}
        if part:
            lines += [f"# {heading}", yaml.safe_dump(part, sort_keys=False, allow_unicode=True).rstrip()]
    return "\n".join(lines if parameters else [*lines, "{}"]) + "\n"


def read_records(recorded: Path) -> list[dict[str, Any]]:
    """Read what a chapter recorded of one kind.

    Parameters
    ----------
    recorded : pathlib.Path
        ``answers.jsonl``, ``methods.jsonl``, ``read.jsonl`` or ``values.jsonl`` of a run.

    Returns
    -------
    list of dict
        In the order of the chapter. A kernel that died and was started again wrote some twice; those are kept once.
    """
    lines = recorded.read_text(encoding="utf-8").splitlines() if recorded.is_file() else []
    return [json.loads(line) for line in dict.fromkeys(lines)]


@dataclass(frozen=True)
class Told:
    """What a run said of the data it was given.

    Attributes
    ----------
    read : tuple of dict
        Of each table: ``name``, ``samples``, ``features``, ``quantity``, and ``notes`` of its reading.
    left_out : tuple of str
        What was left out, in reading and by the analysis.
    """

    read: tuple[dict[str, Any], ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, results: Path) -> Told:
        """Read it.

        Parameters
        ----------
        results : pathlib.Path
            The folder that the run wrote its results in.

        Returns
        -------
        Told
            Of a run that read no table, nothing.
        """
        left = [sentence for answer in read_records(results / "answers.jsonl") for sentence in answer["left_out"]]
        return cls(tuple(read_records(results / "read.jsonl")), tuple(dict.fromkeys(left)))

    @property
    def lines(self) -> list[str]:
        """All of it, a sentence each, the file and its size first."""
        told = []
        for table in self.read:
            unit = "counts of reads" if table["quantity"] == "counts" else "abundances, not counts of reads"
            told += [f"{table['name']}: {table['samples']} samples, {table['features']} features; {unit}."]
            told += table["notes"]
        return list(dict.fromkeys([*told, *self.left_out]))

    def as_json(self) -> str:
        """Write it as JSON.

        Returns
        -------
        str
            An object with ``read`` and ``left_out``.
        """
        return json.dumps({"read": self.read, "left_out": self.left_out}, indent=1, ensure_ascii=False) + "\n"


def log_text(outcome: Outcome, told: Sequence[str] = ()) -> str:
    """Write what a run read and left out, what it printed, cell by cell, and how it ended.

    Parameters
    ----------
    outcome : Outcome
        Of a run that ended well, or did not.
    told : sequence of str
        What it said of the data it was given.

    Returns
    -------
    str
        Plain text.
    """
    lines = [f"chapter: {outcome.request.chapter.slug}"]
    if outcome.notebook is not None:
        run = outcome.notebook.metadata.get("handbook_run", {})
        lines += [f"{name}: {run.get(name, '')}" for name in ("executed", "python")]
        lines += ["", "What was read and left out:", *told] if told else []
        number = 0
        for cell in outcome.notebook.cells:
            if cell.cell_type != "code":
                continue
            number += 1
            for output in cell.outputs:
                if output.output_type == "stream":
                    lines += ["", f"code cell {number}, {output.name}:", "".join(output.text).rstrip("\n")]
                elif output.output_type == "error":
                    lines += ["", f"code cell {number}, error:", "\n".join(output.traceback)]
    lines += ["", str(outcome.failure) if outcome.failure else "All cells ran."]
    return _ANSI.sub("", "\n".join(lines)) + "\n"


def read_values(path: Path) -> list[tuple[str, str]]:
    """Read the recorded numbers of a run.

    Parameters
    ----------
    path : pathlib.Path
        ``values.jsonl`` of a run.

    Returns
    -------
    list of (str, str)
        Name and value, in the order they were first recorded; of a name recorded twice, the last value. Numbers are
        written in full, so that they read back as the same number.
    """
    values: dict[str, str] = {}
    for record in read_records(path):
        value = record["value"]
        values[str(record["name"])] = value if isinstance(value, str) else repr(value)
    return list(values.items())
