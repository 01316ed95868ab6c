"""Results kept by content: the same code, parameters, data and versions are not run twice.

Prose is not part of a key, so an edit to prose re-executes nothing; code that chapters import is, so a changed helper
re-executes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.values import READ, Value

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter

#: Parts of the package that a chapter's outcome does not hang on.
_ELSEWHERE = {"chapters", "runs", "publishing", "cli.py", "cli"}


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
    parts = [code, values, data, _package(), _digest(root / "requirements.lock"), list(sys.version_info[:3])]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=1)
def _package() -> str:
    package = Path(__file__).resolve().parents[1]
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        if inside.parts[0] not in _ELSEWHERE:
            found.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _content(given: str) -> list[str]:
    digests = []
    for path in paths_of(given):
        files = sorted(entry for entry in path.rglob("*") if entry.is_file()) if path.is_dir() else [path]
        digests += [f"{file.name} {_digest(file)}" for file in files]
    return digests


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        return self.folder / key[:2] / f"{key}.ipynb"

    def get(self, key: str) -> Any | None:
        """Return the executed notebook of this key, or None."""
        import nbformat

        path = self._path(key)
        if not path.is_file():
            return None
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)

    def put(self, key: str, notebook: Any) -> None:
        """Keep an executed notebook; a reader sees the whole of it or nothing."""
        import nbformat

        write_atomically(self._path(key), nbformat.writes(notebook).encode("utf-8"))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written, whatever happens meanwhile.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "new" / "file.txt"
    >>> write_atomically(path, b"all of it")
    >>> path.read_text()
    'all of it'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
