"""What an edition offers to teach with: slides and sheets of every explainer, beside its pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from handbook_utils.publishing.chromium import chromium
from handbook_utils.publishing.parts import is_lesson
from handbook_utils.publishing.teaching.lesson import lesson_of
from handbook_utils.publishing.teaching.qr import page_address
from handbook_utils.publishing.teaching.sheets import SHEETS
from handbook_utils.publishing.teaching.slides import slides_html

if TYPE_CHECKING:
    from handbook_utils.execution import Outcome

#: Where they lie in an edition.
LESSONS = "lessons"
#: What is offered, in its order; of one there is a PDF where Chromium is there.
KINDS = ("slides", *SHEETS)
_AS_PDF = "handout"


def file_of(name: str, kind: str) -> str:
    """Return the address of what is offered of an explainer, seen from the edition's folder.

    Parameters
    ----------
    name : str
        Of the explainer, without its part.
    kind : str
        What is offered, such as ``slides``.

    Returns
    -------
    str
        A PDF where that is how this kind is offered and Chromium is there; otherwise HTML.
    """
    ending = "pdf" if kind == _AS_PDF and chromium() else "html"
    return f"{LESSONS}/{name}-{kind}.{ending}"


def add_lessons(out: Path, root: Path, outcomes: Iterable[Outcome], *, address: str) -> dict[Path, str]:
    """Write slides and sheets of every explainer that was executed.

    Parameters
    ----------
    out : pathlib.Path
        The edition's pages.
    root : pathlib.Path
        The handbook's folder.
    outcomes : iterable of Outcome
        Of the edition's chapters.
    address : str
        Where the site will be published; empty where that is not known.

    Returns
    -------
    dict of pathlib.Path to str
        HTML that is still to be printed, by the PDF it becomes; none without Chromium.
    """
    printed = {}
    for outcome in outcomes:
        chapter, notebook = outcome.request.chapter, outcome.notebook
        if outcome.failure is not None or chapter.part != "explainers" or not is_lesson(notebook):
            continue
        lesson = lesson_of(chapter, notebook, root)
        leads = page_address(root, chapter.slug, lesson.lang, address)
        folder = out / LESSONS
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{lesson.name}-slides.html").write_text(slides_html(lesson, leads), encoding="utf-8")
        for kind, sheet in SHEETS.items():
            made = sheet(lesson, leads)
            (folder / f"{lesson.name}-{kind}.html").write_text(made, encoding="utf-8")
            if kind == _AS_PDF and chromium():
                printed[folder / f"{lesson.name}-{kind}.pdf"] = made
    return printed
