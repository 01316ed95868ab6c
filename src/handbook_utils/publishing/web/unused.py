"""Files that tools put beside the pages and no page asks for."""

from __future__ import annotations

import re
from pathlib import Path

_NAME = re.compile(r"[\"'(/]([\w.-]{1,100}\.(?:js|css))\b")


def drop_unused(edition: Path) -> list[str]:
    """Remove style sheets and scripts that neither a page names nor a file that a page names.

    Parameters
    ----------
    edition : pathlib.Path
        Its finished pages, with ``_static``.

    Returns
    -------
    list of str
        What was removed.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "_static").mkdir()
    >>> for name, text in {"a.js": 'import "./b.js"', "b.js": "", "c.js": ""}.items():
    ...     _ = (folder / "_static" / name).write_text(text)
    >>> _ = (folder / "page.html").write_text('<script src="_static/a.js"></script>')
    >>> drop_unused(folder)
    ['c.js']
    """
    files = {path.name: path for path in (edition / "_static").rglob("*") if path.suffix in {".js", ".css"}}
    asked = {name for page in edition.rglob("*.html") for name in _NAME.findall(page.read_text(encoding="utf-8"))}
    kept: set[str] = set()
    while new := (asked & files.keys()) - kept:
        kept |= new
        asked |= {name for one in new for name in _NAME.findall(files[one].read_text(encoding="utf-8"))}
    unused = sorted(files.keys() - kept)
    for name in unused:
        files[name].unlink()
    return unused
