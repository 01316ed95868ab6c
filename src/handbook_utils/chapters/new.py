"""A new chapter that meets the contract, for an author to fill.

What it begins with stands in ``templates``, a file a part; of an explainer the Dutch and the answers of its quiz, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from handbook_utils.chapters.catalogue import PARTS
from handbook_utils.chapters.claims import CLAIMS
from handbook_utils.chapters.contract import QUIZ
from handbook_utils.errors import InputError
from handbook_utils.home import TOC

_TEMPLATES = Path(__file__).with_name("templates")


def new_chapter(root: Path, slug: str) -> list[Path]:
    """Write a chapter that meets the contract and runs, as a beginning.

    Parameters
    ----------
    root : pathlib.Path
        The handbook's folder.
    slug : str
        Part and name: ``recipes/my-topic``.

    Returns
    -------
    list of pathlib.Path
        The files written or changed, the chapter first: the table of contents, of an explainer its Dutch, the
        register of claims and the answers of the quiz.

    Raises
    ------
    InputError
        A name that is not one, or one that is taken.
    """
    part, _, name = slug.partition("/")
    if part not in PARTS or not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InputError(
            f"'{slug}' cannot be the slug of a chapter.",
            expected=f"a part ({', '.join(PARTS)}), a slash, and small letters, digits and hyphens",
            found=slug,
            remedy="For example: recipes/my-topic",
        )
    path = root / "notebooks" / f"{slug}.md"
    if path.exists():
        raise InputError(f"Chapter {slug} exists.", where=path.relative_to(root).as_posix())
    bibliography = (root / "book" / "references.bib").read_text(encoding="utf-8")
    citation = re.search(r"^@\w+\{([^,\s]+),", bibliography, re.MULTILINE)
    told = {"@name@": name, "@citation@": citation[1] if citation else ""}
    written = [path]
    _fill(_TEMPLATES / f"{part}.md", path, told)
    if part == "explainers":
        written.append(root / "locale" / "nl" / "LC_MESSAGES" / "notebooks" / f"{slug}.po")
        _fill(_TEMPLATES / f"{part}.po", written[-1], told)
    # In the table of contents, after the last of its part; an explainer shows a claim, for a beginning the first.
    line = rf"(?m)^( *)- file: notebooks/{part}/.*\n(?!(?s:.*)notebooks/{part}/)"
    written += _put(root / TOC, line, rf"\g<0>\1- file: notebooks/{slug}\n", f"notebooks/{slug}")
    if part == "explainers":
        written += _put(root / CLAIMS, r"(?m)^(  pages: \[.*)\]$", rf"\1, {slug}]", slug)
        answers = (_TEMPLATES / f"{part}.quiz.yml").read_text(encoding="utf-8").replace("@name@", name)
        written += _put(root / QUIZ, r"(?s)\A.+\Z", rf"\g<0>{answers}", slug)
    return written


def _fill(template: Path, path: Path, told: Mapping[str, str]) -> None:
    text = template.read_text(encoding="utf-8")
    for mark, word in told.items():
        text = text.replace(mark, word)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _put(path: Path, place: str, line: str, what: str) -> list[Path]:
    """Put a line into a file where it is not there; return the file, if it changed."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    made = text if re.search(rf"\b{re.escape(what)}\b", text) else re.sub(place, line, text, count=1)
    if made == text:
        return []
    path.write_text(made, encoding="utf-8")
    return [path]
