"""What is asked of an execution, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handbook_utils.asking import Answers, Value
from handbook_utils.asking.answers import is_own
from handbook_utils.chapters.catalogue import Chapter
from handbook_utils.chapters.lesson import analysis


@dataclass(frozen=True)
class Request:
    """One run to do.

    Attributes
    ----------
    chapter : Chapter
        What to run.
    parameters : mapping
        What the reader gives; None of what is told to be none.
    results : pathlib.Path or None
        Where the chapter keeps its figures and tables; such a run is never taken from the cache.
    study : bool
        Whether the parameters come from a study file.
    answers : Answers or None
        The parameters, completed and checked; None where that is still to be done.
    """

    chapter: Chapter
    parameters: Mapping[str, object] = field(default_factory=dict)
    results: Path | None = None
    study: bool = False
    answers: Answers | None = None

    @property
    def own(self) -> bool:
        """Whether this is a run on the reader's own data, which executes and shows the analysis only."""
        return self.study or is_own(self.chapter.parameters, self.parameters)

    def notebook(self) -> Any:
        """Return the cells to execute: all of the chapter, or its analysis."""
        return analysis(self.chapter.notebook()) if self.own else self.chapter.notebook()


@dataclass(frozen=True)
class Failure:
    """Why a chapter did not end.

    Attributes
    ----------
    chapter : str
        Its slug.
    cell : int
        Number of the code cell, from 1; 0 where no cell was reached.
    source : str
        The cell's code.
    error, message : str
        Name and text of the exception.
    parameters : dict
        All parameters of the run.
    """

    chapter: str
    cell: int
    source: str
    error: str
    message: str
    parameters: dict[str, Value]

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        where = f"code cell {self.cell}" if self.cell else "before its first cell"
        code = "\n".join(f"    {line}" for line in self.source.splitlines()[:8])
        return (
            f"{self.chapter} failed in {where}: {self.error}: {self.message}"
            + (f"\n{code}" if code else "")
            + f"\n  parameters: {given or 'none'}"
        )


@dataclass(frozen=True)
class Outcome:
    """What a run left.

    Attributes
    ----------
    request : Request
        What was asked.
    notebook : nbformat.NotebookNode or None
        Executed and normalised; of a failed run as far as it came.
    failure : Failure or None
        None where all cells ran.
    cached : bool
        Nothing was executed.
    parameters : dict
        All parameters of the run, with the full paths of the reader's files; the notebook has their names only.
    """

    request: Request
    notebook: Any | None
    failure: Failure | None
    cached: bool
    parameters: Mapping[str, Value] = field(default_factory=dict)
