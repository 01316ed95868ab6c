"""What this machine has and lacks for the handbook."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import multiprocessing
import os
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing looked for.

    Attributes
    ----------
    what : str
        Its name.
    ok : bool
        It is there, and as it must be.
    found : str
        What there is.
    purpose : str
        What needs it.
    needed : bool
        Nothing works without it.
    """

    what: str
    ok: bool
    found: str
    purpose: str
    needed: bool


def examine() -> list[Finding]:
    """Look at this machine.

    Returns
    -------
    list of Finding
        Python, pinned packages, data, the preloaded kernel, and programs some work needs.
    """
    from handbook_utils.chapters import handbook_root

    root = handbook_root()
    return [
        Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0], "everything", True),
        _packages(root),
        _data(),
        Finding(
            "room to build",
            os.access(root, os.W_OK),
            f"{shutil.disk_usage(root).free // 10**9} GB free",
            "make book",
            False,
        ),
        Finding(
            "fork server",
            "forkserver" in multiprocessing.get_all_start_methods(),
            sys.platform,
            "fast kernels; without it slower ones, with the same results",
            False,
        ),
        _package("distributed", "handbook batch --scheduler, on a cluster"),
        _package("pyarrow", "summary.parquet beside the summary.csv of a batch"),
        _program("chromium", "make test (the site in a browser), PDF hand-outs"),
        _program("git", "make new, make accept: read the diff"),
        _program("Rscript", "renewing the numbers under tests/peers"),
    ]


def _packages(root: Path) -> Finding:
    # A universal lock file may pin one package twice, for different versions of Python.
    pinned: dict[str, set[str]] = {}
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w.-]+)==([^\s\\;]+)", lock, re.MULTILINE):
        pinned.setdefault(name, set()).add(version)
    here = {dist.metadata["Name"].lower(): dist.version for dist in importlib.metadata.distributions()}
    other = [
        f"{name} {here[name]} (pinned {' or '.join(sorted(versions))})"
        for name, versions in pinned.items()
        if name in here and here[name] not in versions
    ]
    found = "; ".join(other[:3]) or f"{len(pinned.keys() & here.keys())} as pinned"
    return Finding("packages", not other, found, "results equal to the stored ones", False)


def _data() -> Finding:
    from handbook_utils import datasets
    from handbook_utils.errors import InputError, InputErrors

    try:
        datasets.verify()
    except (InputError, InputErrors) as error:
        return Finding("data", False, str(error), "every chapter", True)
    return Finding("data", True, f"{len(datasets.names())} data sets, checksums right", "every chapter", True)


def _package(name: str, purpose: str) -> Finding:
    there = importlib.util.find_spec(name) is not None
    return Finding(name, there, "there" if there else "not there", purpose, False)


def _program(name: str, purpose: str) -> Finding:
    # Where it lies is nobody's business in a report that may be sent around.
    return Finding(name, shutil.which(name) is not None, "there" if shutil.which(name) else "not there", purpose, False)
