"""Results kept by content: the same code, parameters, data and versions are not run twice.

Prose is not part of a key, so an edit to prose re-executes nothing; of the package, what a chapter imports is, and what
that imports (:mod:`handbook_utils.execution.used`), so that a changed helper re-executes the chapters that hang on it,
and no other. So are the numbers of its peers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.values import READ, Value
from handbook_utils.execution.used import PACKAGE, files_used
from handbook_utils.text import durable
from handbook_utils.text.hash import sealed, sha256, sha256_of, unsealed

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter


def key_of(chapter: Chapter, effective: dict[str, Value], data: dict[str, str], root: Path) -> str:
    """Name the outcome of a run before it is run.

    Parameters
    ----------
    chapter : Chapter
        Its code cells count, its prose does not.
    effective : dict
        Every parameter; of a file its content counts.
    data : dict of str to str
        Checksums of the chapter's data sets.
    root : pathlib.Path
        The handbook's folder.

    Returns
    -------
    str
        A SHA-256.
    """
    code = [
        [cell.source, cell.metadata.get("tags", [])] for cell in chapter.notebook().cells if cell.cell_type == "code"
    ]
    paths = {parameter.name for parameter in chapter.parameters if parameter.kind in READ}
    values = {
        name: _content(str(value)) if name in paths and value else [type(value).__name__, value]
        for name, value in effective.items()
    }
    package = _package([cell.source for cell in chapter.notebook().cells if cell.cell_type == "code"])
    parts = [
        code,
        values,
        {question.name: question.help_nl for question in chapter.parameters},  # a table of parameters shows it
        data,
        package,
        _peers(chapter, root),
        _digest(root / "requirements.lock"),
        list(sys.version_info[:3]),
    ]
    return sha256(json.dumps(parts, sort_keys=True).encode())


def _package(code: Iterable[str]) -> list[str]:
    return [f"{path.relative_to(PACKAGE).as_posix()} {_unchanged(path)}" for path in files_used(code)]


@lru_cache(maxsize=1024)
def _unchanged(path: Path) -> str:
    # The code of a running process does not change.
    return sha256_of(path)


def _peers(chapter: Chapter, root: Path) -> list[str]:
    """Return the rows of ``data/peers.csv``, and of its Dutch, that are this chapter's."""
    paths = [path for name in ("peers.csv", "peers-nl.csv") if (path := root / "data" / name).is_file()]
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line.startswith(f"{chapter.slug},")]


def _content(given: str) -> list[str]:
    digests = []
    for path in paths_of(given):
        files = sorted(entry for entry in path.rglob("*") if entry.is_file()) if path.is_dir() else [path]
        digests += [f"{file.name} {_digest(file)}" for file in files]
    return digests


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


class Cache:
    """Executed notebooks by key, one file each, under ``_build/cache``.

    Parameters
    ----------
    folder : pathlib.Path
        Made when the first entry is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.sealed"

    def get(self, key: str) -> Any | None:
        """Return the executed notebook of this key, or None; what was cut or changed is not there.

        Parameters
        ----------
        key : str
            Of :func:`key_of`.

        Returns
        -------
        nbformat.NotebookNode or None
            Executed and normalised.
        """
        import nbformat

        try:
            content = unsealed(self._path(key).read_bytes())
        except OSError:
            return None
        return None if content is None else nbformat.v4.reads(content.decode("utf-8"))

    def put(self, key: str, notebook: Any) -> None:
        """Keep an executed notebook; a reader sees the whole of it or nothing.

        Parameters
        ----------
        key : str
            Of :func:`key_of`.
        notebook : nbformat.NotebookNode
            Executed and normalised.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.clear(path.parent)
        # In one line: nobody but `get` reads it, and indenting takes ten times as long as all the rest.
        durable.write(path, sealed(json.dumps(notebook, ensure_ascii=False).encode("utf-8")), replace=True)
