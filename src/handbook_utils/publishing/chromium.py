"""PDF of pages, by Chromium, with their structure and their language marked; and how a page looks, as a picture.

Chromium is no part of the package. Where it is not there, pages stay HTML, which every browser prints. It takes longer
to start than to print a page (measured: 1.2 and 0.1 CPU-s), so one does all that is asked for at once. It is spoken to
in its `DevTools protocol <https://chromedevtools.github.io/devtools-protocol/>`_ through two pipes, which nobody else
sees, and which end it when this process ends.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from handbook_utils.errors import InputError
from handbook_utils.session import ending
from handbook_utils.text import durable
from handbook_utils.text.hash import sha256

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Names Chromium, or is empty where none is to be used.
_VARIABLE = "HANDBOOK_CHROMIUM"
#: Of one page.
_MOST_SECONDS = 600
_ATTEMPTS = 2
_PDF = {"printBackground": True, "preferCSSPageSize": True, "generateTaggedPDF": True, "generateDocumentOutline": True}
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    ".pdf": ("Page.printToPDF", _PDF),
    ".png": ("Page.captureScreenshot", {}),
}
#: Pixels of a picture, as those ask for who show one of a page.
WIDTH, HEIGHT = 1200, 630
#: What a Chromium without a window does besides, and nobody here needs: a first tab, and a process for the next one.
_QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-startup-window",
    "--disable-features=SpareRendererForSitePerProcess",
)
#: Is kept when a page and all that it shows is there.
_SHOWN = """new Promise(done => document.readyState == "complete" ? done() : addEventListener("load", done))
    .then(() => document.fonts.ready).then(() => 0)"""


def chromium() -> str:
    """Return the Chromium of this machine: what ``HANDBOOK_CHROMIUM`` names, else one on the path; empty without."""
    if not hasattr(os, "posix_spawn"):  # and so no pipes with the numbers that it wants
        return ""
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


def files_of(pages: Mapping[Path, Path | str]) -> None:
    """Have Chromium make of each page the file that the target's name says: a PDF, or a PNG of its first screen.

    One browser makes them all. Where it dies or says nothing, another one does what is left.

    Parameters
    ----------
    pages : mapping of pathlib.Path to pathlib.Path or str
        HTML by what it becomes: a file of this machine, or a page with everything it needs in it, which is made without
        going anywhere, in two thirds of the time.

    Raises
    ------
    InputError
        There is no Chromium, or it could not make one of them.
    """
    left, told, failed = dict(pages), "", 0
    while left and failed < _ATTEMPTS and not ending.is_set():
        before = len(left)
        try:
            with _browser(check_chromium(str(next(iter(left))))) as browser:
                for target, page in list(left.items()):
                    durable.write(target, browser.made_of(page, *_KINDS[target.suffix]), replace=True)
                    del left[target]
        except OSError as error:
            told = str(error)
            # Of hundreds of pages a few may each end a browser once: only one that makes nothing is counted.
            failed = 1 + failed * (len(left) == before)
    if left:
        raise InputError(
            "Chromium could not print a page.",
            where=str(next(iter(left))),
            expected="a Chromium that prints without a window",
            found=told.strip()[-300:],
            remedy="Set HANDBOOK_CHROMIUM to another Chromium, or to nothing for a book without PDFs.",
        )


@contextmanager
def _browser(program: str) -> Iterator[_Browser]:
    """Start a browser, and end it with all that it started."""
    with tempfile.TemporaryDirectory(prefix="handbook-print-") as name, contextlib.ExitStack() as pipes:
        said = Path(name) / "said"
        command = [
            program,
            "--headless",
            f"--user-data-dir={name}/profile",
            "--remote-debugging-pipe",
            *_QUIET,
        ]
        if os.geteuid() == 0:
            command.append("--no-sandbox")  # which it refuses to set up for root; the page is our own
        (commands, tell), (hear, answers) = os.pipe(), os.pipe()
        pipes.callback(os.close, tell)
        pipes.callback(os.close, hear)
        try:
            inherits = [
                (os.POSIX_SPAWN_DUP2, commands, 3),
                (os.POSIX_SPAWN_DUP2, answers, 4),
                (os.POSIX_SPAWN_OPEN, 2, said, os.O_WRONLY | os.O_CREAT, 0o600),
                (os.POSIX_SPAWN_DUP2, 2, 1),
            ]
            browser = os.posix_spawnp(program, command, os.environ, file_actions=inherits, setpgroup=0)
        finally:
            os.close(commands)
            os.close(answers)
        try:
            yield _Browser(tell, hear)
        except (EOFError, BrokenPipeError):
            raise OSError(said.read_text(errors="replace") or "it ended") from None
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(browser, signal.SIGKILL)
            os.waitpid(browser, 0)


class _Browser:
    """What is said to a browser and heard from it: JSON, with a NUL after each."""

    def __init__(self, tell: int, hear: int) -> None:
        self._tell, self._hear, self._heard, self._count = tell, hear, bytearray(), 0
        self._session: dict[str, str] = {}
        self._frame = ""

    def made_of(self, page: Path | str, method: str, asked: dict[str, Any]) -> bytes:
        """Return what is made of a page, with all that it shows."""
        until = time.monotonic() + _MOST_SECONDS
        if not self._session:
            self._open(until)
        if isinstance(page, Path):
            self._go(page, until)
        else:
            self._ask(until, "Page.setDocumentContent", frameId=self._frame, html=page)
        self._ask(until, "Runtime.evaluate", expression=_SHOWN, awaitPromise=True)
        return base64.b64decode(self._ask(until, method, **asked)["data"])

    def _open(self, until: float) -> None:
        self._frame = self._ask(until, "Target.createTarget", url="about:blank")["targetId"]  # also its first frame's
        session = self._ask(until, "Target.attachToTarget", targetId=self._frame, flatten=True)["sessionId"]
        self._session = {"sessionId": session}
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self._ask(until, "Emulation.setDeviceMetricsOverride", **size)
        self._ask(until, "Page.enable")
        self._ask(until, "Page.setLifecycleEventsEnabled", enabled=True)

    def _go(self, page: Path, until: float) -> None:
        opened = self._ask(until, "Page.navigate", url=page.resolve().as_uri())
        if "errorText" in opened:
            raise OSError(opened["errorText"])
        loaded = {"loaderId": opened["loaderId"], "name": "load"}.items()
        while not loaded <= self._next(until).get("params", {}).items():
            pass

    def _ask(self, until: float, method: str, **params: Any) -> Any:
        self._count += 1
        asked = {"id": self._count, "method": method, "params": params, **self._session}
        os.write(self._tell, json.dumps(asked).encode() + b"\0")
        while (told := self._next(until)).get("id") != self._count:
            pass
        if "result" not in told:
            raise OSError(f"{method}: {told['error']['message']}")
        return told["result"]

    def _next(self, until: float) -> Any:
        seen = 0
        while (end := self._heard.find(b"\0", seen)) < 0:
            seen = len(self._heard)
            if not wait([self._hear], until - time.monotonic()):
                raise TimeoutError(f"it said nothing in {_MOST_SECONDS} seconds")
            more = os.read(self._hear, 2**20)
            if not more:
                raise EOFError
            self._heard += more
        told = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        return told


def remembered_files(pages: Mapping[Path, str], cache: Path) -> None:
    """Make files of pages as :func:`files_of` does, or take what was made of the same page before.

    Parameters
    ----------
    pages : mapping of pathlib.Path to str
        HTML with everything it needs in it, by what it becomes.
    cache : pathlib.Path
        The folder that remembers; made where it is not there.
    """
    cache.mkdir(parents=True, exist_ok=True)
    kept = {target: cache / f"{sha256(page.encode())}{target.suffix}" for target, page in pages.items()}
    files_of({kept[target]: page for target, page in pages.items() if not kept[target].is_file()})
    for target, made in kept.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, target)
