"""The ``handbook`` command: parse, call, print.

Exit codes: 0 done, 1 a chapter failed or differs, 2 the user's input. Heavy modules are imported by the command that
needs them, so that ``list``, ``--help`` and a build with nothing to do are quick.
"""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import typer

from handbook_utils.cli import allocation, book, catalogue, files, forms, key, running, study, teaching, writing
from handbook_utils.cli.terminal import tell
from handbook_utils.errors import InputError, InputErrors

app = typer.Typer(
    name="handbook",
    help="The Gut Microbiome Handbook: list its chapters, run one on your own data, build the book.",
    epilog="Exit codes: 0 done · 1 a chapter failed · 2 something in your input is not right.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for _group in (catalogue.app, running.app, study.top, files.app, forms.app, teaching.app, writing.app, book.app):
    app.add_typer(_group)
app.add_typer(study.app, name="study")
app.add_typer(key.app, name="key")
app.add_typer(allocation.app, name="allocation")


def _joined(arguments: Sequence[str]) -> list[str]:
    """Let parameters be given as papermill's users know them, ``-p name value``, beside ``-p name=value``."""
    joined: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        joined.append(argument)
        if argument in ("-p", "--parameter"):
            name = next(rest, None)
            if name is not None and not re.match(r"\w+=", name):
                value = next(rest, None)
                name = name if value is None else f"{name}={value}"
            joined += [name] if name is not None else []
    return joined


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of this process, which is then all that it does.
    """
    from handbook_utils.session import session

    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that has no … shows a question mark
    try:
        with session() if arguments is None else nullcontext(), _printed():
            app(args=_joined(given), prog_name="handbook")
    except (InputError, InputErrors) as error:
        tell(error.counted() if isinstance(error, InputErrors) else str(error))
        sys.exit(2)


@contextmanager
def _printed() -> Iterator[None]:
    """See that what was printed has arrived, or tell that it could not."""
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO) or error.filename is not None:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python would try it once more at its end
        raise InputError(
            "What was asked for could not be printed, or something could not be written.",
            found=error.strerror,
            remedy="Make room on the disk that the output goes to.",
        ) from None
