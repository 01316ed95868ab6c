"""PDF of a page, by Chromium, with its structure and its language marked; and how a page looks, as a picture.

Chromium is no part of the package. Where it is not there, pages stay HTML, which every browser prints.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from handbook_utils.errors import InputError
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Names Chromium, or is empty where none is to be used.
_VARIABLE = "HANDBOOK_CHROMIUM"
_MOST_SECONDS = 600


def chromium() -> str:
    """Return the Chromium of this machine: what ``HANDBOOK_CHROMIUM`` names, else one on the path; empty without."""
    named = os.environ.get(_VARIABLE)
    return named if named is not None else next(filter(None, map(shutil.which, _NAMES)), "")


def check_chromium(where: str) -> str:
    """Return the Chromium of this machine; best asked before anything else is done.

    Parameters
    ----------
    where : str
        What asked for a PDF, for the message.

    Returns
    -------
    str
        Name or path of the program.

    Raises
    ------
    InputError
        There is none.
    """
    program = chromium()
    if not program:
        raise InputError(
            "A PDF is made by Chromium, which is not on this machine.",
            where=where,
            expected="the command chromium",
            remedy="apt-get install chromium, or name it in HANDBOOK_CHROMIUM; or ask for HTML and print that.",
        )
    return program


def picture_of(page: Path, target: Path, width: int, height: int) -> None:
    """Keep how a page of this machine looks.

    Parameters
    ----------
    page : pathlib.Path
        HTML.
    target : pathlib.Path
        A PNG.
    width, height : int
        Of the window, in pixels.

    Raises
    ------
    InputError
        There is no Chromium, or it made none.
    """
    _made(page, target, f"--window-size={width},{height}", "--hide-scrollbars", "--screenshot={made}")


def pdf_of(page: Path, target: Path) -> None:
    """Print a page of this machine.

    Parameters
    ----------
    page : pathlib.Path
        HTML.
    target : pathlib.Path
        The PDF.

    Raises
    ------
    InputError
        There is no Chromium, or it could not print.
    """
    _made(page, target, "--no-pdf-header-footer", "--generate-pdf-document-outline", "--print-to-pdf={made}")


def _made(page: Path, target: Path, *options: str) -> None:
    program = check_chromium(str(target))
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as name:
        made = Path(name) / f"made{target.suffix}"
        command = [program, "--headless", "--disable-gpu", f"--user-data-dir={name}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # which it refuses to set up for root; the page is our own
        command += [*(option.format(made=made) for option in options), page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_MOST_SECONDS)
            told = done.stderr
        except (OSError, subprocess.TimeoutExpired) as error:
            told = str(error)
        if not made.is_file():
            raise InputError(
                "Chromium could not print a page.",
                where=str(target),
                expected="a Chromium that prints without a window",
                found=told.strip()[-300:] or "nothing",
                remedy="Set HANDBOOK_CHROMIUM to another Chromium, or to nothing for a book without PDFs.",
            )
        durable.write(target, made.read_bytes(), replace=True)


def remembered_pdf(page: str, target: Path, cache: Path) -> None:
    """Print a page that stands in one file, or take the PDF that was printed of the same one.

    Parameters
    ----------
    page : str
        HTML with everything it needs in it.
    target : pathlib.Path
        The PDF.
    cache : pathlib.Path
        The folder that remembers; made where it is not there.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{sha256(page.encode())}.pdf"
    if not kept.is_file():
        with tempfile.TemporaryDirectory(prefix="handbook-print-") as name:
            source = Path(name) / "page.html"
            source.write_text(page, encoding="utf-8")
            pdf_of(source, kept)
    shutil.copyfile(kept, target)
