"""What the commands share: how they print, and the arguments that many take."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.segment import Segment
from rich.spinner import Spinner
from rich.text import Text

from handbook_utils.errors import InputError
from handbook_utils.home import handbook_root
from handbook_utils.session import doing

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter
    from handbook_utils.execution import Outcome
    from handbook_utils.execution.run import Progress

#: Seconds between two looks of the line that says what runs.
_OFTEN = 0.1

#: What commands a terminal, by what is shown for it: control characters, and those that turn the direction of a line.
_COMMANDS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_COMMANDS |= dict.fromkeys((*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)


class _Terminal(Console):
    """Shows whatever a reader's file holds, and lets none of it command the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(segment.text.translate(_COMMANDS), segment.style)


shown = _Terminal()
told = _Terminal(stderr=True)


def say(text: str) -> None:
    """Print what was asked for, as it is.

    Parameters
    ----------
    text : str
        On standard output.
    """
    shown.print(text, highlight=False, markup=False, soft_wrap=True)


def tell(text: str) -> None:
    """Print what else there is to know, as it is, beside what was asked for.

    Parameters
    ----------
    text : str
        On standard error.
    """
    told.print(text, highlight=False, markup=False, soft_wrap=True)


def _slug_completion(incomplete: str) -> list[str]:
    from handbook_utils.chapters import Catalogue

    return [slug for slug in Catalogue.read(handbook_root()).slugs if incomplete in slug]


Slug = Annotated[
    str,
    typer.Argument(metavar="CHAPTER", help="A chapter, as `handbook list` names it.", autocompletion=_slug_completion),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a script.")]
Timeout = Annotated[float, typer.Option(help="Seconds a chapter may take.")]


def _gb(said: str) -> float | None:
    from handbook_utils.text.untrusted import allowed_memory

    return allowed_memory(said)


Memory = Annotated[
    float | None,
    typer.Option(
        parser=_gb,
        metavar="GB",
        help="Memory that reading files, and each kernel, may take; else what HANDBOOK_MEMORY says, or 8 for reading.",
    ),
]


def chapter_of(slug: str) -> Chapter:
    """Return the chapter of this name.

    Parameters
    ----------
    slug : str
        Part and name, or the name alone.

    Returns
    -------
    Chapter
        As the catalogue reads it.
    """
    from handbook_utils.chapters import Catalogue

    return Catalogue.read(handbook_root()).get(slug)


def executed(
    chapter: Chapter,
    timeout: float,
    memory: float | None,
    given: Mapping[str, object] | None = None,
    results: Path | None = None,
) -> Outcome:
    """Run one chapter; where it fails, say why and end.

    Parameters
    ----------
    chapter : Chapter
        What to run.
    timeout : float
        Seconds it may take.
    memory : float or None
        GB that reading its files, and its kernel, may take.
    given : mapping of str to object, optional
        Parameters.
    results : pathlib.Path, optional
        Where it keeps its figures and tables.

    Returns
    -------
    Outcome
        Of a run without a failure.

    Raises
    ------
    typer.Exit
        With 1, where the chapter failed.
    """
    from handbook_utils.execution import Request, execute

    request = Request(chapter, given or {}, results)
    with running(chapter.slug):
        outcome = execute([request], root=handbook_root(), workers=1, timeout=timeout, memory=memory)[0]
    if outcome.failure:
        tell(str(outcome.failure))
        raise typer.Exit(1)
    return outcome


@contextmanager
def running(slug: str) -> Iterator[None]:
    """Say in a line on the terminal that a chapter runs, and the cell it is at.

    Where the system has a timer (Windows has not), no thread is needed: a process without others can be forked, and a
    kernel then shares with it what both have imported.

    Parameters
    ----------
    slug : str
        Of the chapter.
    """
    timed = hasattr(signal, "setitimer")
    with Live(Spinner("dots", _Running(slug)), console=told, transient=True, auto_refresh=not timed) as live:
        if not (timed and told.is_terminal):
            yield
            return
        before = signal.signal(signal.SIGALRM, lambda *_: live.refresh())
        signal.setitimer(signal.ITIMER_REAL, _OFTEN, _OFTEN)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


class _Running:
    def __init__(self, slug: str) -> None:
        self._slug = slug

    def __rich__(self) -> Text:
        at = doing.get(self._slug)
        return Text(f"Running {self._slug}" + (f", {at}" if at else ""))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a bar of chapters, and yield what tells it of them."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=told, transient=True) as bar:
        task = bar.add_task("chapters", total=0)
        total = done = failed = 0

        def note(slug: str, state: str) -> None:
            nonlocal total, done, failed
            total += state == "queued"
            done += state != "queued"
            failed += state == "failed"
            last = f"{failed} failed, last {slug}" if failed else slug
            bar.update(task, total=total, completed=done, description=last)

        yield note


def from_options(pairs: Sequence[str]) -> dict[str, object]:
    """Part ``name=value`` of each -p.

    Parameters
    ----------
    pairs : sequence of str
        As ``name=value``.

    Returns
    -------
    dict of str to object
        Text, by name.

    Raises
    ------
    InputError
        A name without a value.
    """
    given: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError("A parameter has no value.", expected="-p name value", found=f"-p {name}")
        given[name] = value
    return given


def print_json(content: object) -> None:
    """Print what was asked for, for a script.

    Parameters
    ----------
    content : object
        What JSON can write.
    """
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def ask_passphrase(*, twice: bool = False, variable: str | None = None, of: str = "the key") -> str:
    """Take the passphrase from the environment, or ask for it once at the terminal.

    Parameters
    ----------
    twice : bool
        Whether it is asked for again, where it is a new one.
    variable : str, optional
        Of the environment; by default that of the key.
    of : str
        What it opens.

    Returns
    -------
    str
        Strong enough.

    Raises
    ------
    InputError
        It is weak, or there is nobody to ask.
    """
    from handbook_utils.protocols.people.key_file import PASSPHRASE, check_strength

    name = variable or PASSPHRASE
    found = os.environ.get(name)
    if not found:
        if not os.isatty(0):
            raise InputError("There is no passphrase.", where=f"the environment variable {name}", found="nothing")
        found = str(typer.prompt(f"Passphrase of {of}", hide_input=True, confirmation_prompt=twice, err=True))
    check_strength(found)
    return found
