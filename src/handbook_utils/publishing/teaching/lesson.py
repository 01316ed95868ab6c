"""What a lesson is made of: an executed explainer's answer, drawing, figures, questions and notes, in one language."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handbook_utils.chapters.dates import spelled
from handbook_utils.publishing.pages.illustrations import DRAWINGS, Drawing, read_drawing
from handbook_utils.publishing.pages.quiz import choices, read_quiz
from handbook_utils.publishing.parts import Part, answer_of, box_of, cells_of, figures_in, page_of, parts_of, table_rows
from handbook_utils.publishing.words import WORDS
from handbook_utils.text import yaml_text

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter
    from handbook_utils.runs.page import Page

_DO, _TAKEAWAYS, _QUIZ, _NOTES = "What you can do", "Key takeaways", "Quiz", "Teacher's notes"
_SURE = "What is sure, what is likely, what is unknown?"
#: Sections whose figures are not for a lesson.
_NOT_TAUGHT = frozenset(["For the professional", "Parameters", "Check", "Exercise", "Limits", "References", _NOTES])
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Shown:
    """A figure: its section, its picture, what it shows, and what the chapter says of it; all HTML."""

    heading: str
    picture: str
    alt: str
    said: str


@dataclass(frozen=True)
class Asked:
    """A question of the quiz, its answer, what can be chosen and which of that is right; HTML but for the choices."""

    question: str
    answer: str
    options: tuple[str, ...] = ()
    right: int = -1


@dataclass(frozen=True)
class Lesson:
    """An explainer as somebody teaches it.

    Attributes
    ----------
    slug, lang, title : str
        The chapter, the language, and the question.
    answer, todo, takeaways : tuple of str
        Heading and HTML of the short answer, of what one can do, and of what to remember.
    drawing : Drawing or None
        The chapter's first.
    figures : tuple of Shown
        In the chapter's order.
    questions : tuple of Asked
        The quiz.
    sure : tuple of list of str
        The table of what is sure: its head, then its rows, each a list of cells of HTML.
    notes : str
        HTML for the teacher.
    works : tuple of str
        Items of a list: the works that are cited.
    book, version : str
        What it is taken from, and how to tell one printing from another.
    """

    slug: str
    lang: str
    title: str
    answer: tuple[str, str]
    todo: tuple[str, str]
    takeaways: tuple[str, str]
    drawing: Drawing | None
    figures: tuple[Shown, ...]
    questions: tuple[Asked, ...]
    sure: tuple[list[str], ...]
    notes: str
    works: tuple[str, ...]
    book: str
    version: str

    @property
    def name(self) -> str:
        """The chapter's name without its part."""
        return self.slug.rpartition("/")[2]


def lesson_of(chapter: Chapter, notebook: Any, root: Path) -> Lesson:
    """Take from an executed explainer what a lesson is made of.

    Parameters
    ----------
    chapter : Chapter
        An explainer.
    notebook : nbformat.NotebookNode
        Executed and normalised, with ``handbook_run`` in its metadata.
    root : pathlib.Path
        The handbook's folder, for its references, translations, drawings and titles.

    Returns
    -------
    Lesson
        In the language the chapter was executed in.

    Raises
    ------
    InputError
        The chapter has no short answer.
    """
    page = page_of(chapter, notebook, root)
    run = notebook.metadata["handbook_run"]
    parts = parts_of(notebook, page.expanded)
    by_name = {part.name: part for part in parts}
    answer = answer_of(parts)
    config = yaml_text.typed((root / "_config.yml").read_text(encoding="utf-8"), "_config.yml")
    taught = [part for part in parts if part.name not in _NOT_TAUGHT]
    lesson = Lesson(
        slug=chapter.slug,
        lang=page.lang,
        title=html.escape(page.said(str(run["title"]))),
        answer=(page.inline(answer.title), plain(page.render(answer.body))),
        todo=_section(page, by_name.get(_DO)),
        takeaways=_section(page, by_name.get(_TAKEAWAYS)),
        drawing=_drawing(parts[0], root, page.lang),
        figures=tuple(shown for part in taught for shown in _figures(page, part)),
        questions=tuple(_questions(page, by_name.get(_QUIZ), read_quiz(root).get(chapter.slug, []))),
        sure=tuple(_sure(page, by_name.get(_SURE))),
        notes=page.render("\n\n".join(by_name[_NOTES].prose)) if _NOTES in by_name else "",
        works=(),
        book=str(config["sphinx"]["config"]["handbook_titles"][page.lang]),
        version=WORDS[page.lang]["printed"].format(
            source=str(run.get("source", ""))[:12],
            date=spelled(date.fromisoformat(str(run["executed"])[:10]), page.lang),
        ),
    )
    return replace(lesson, works=tuple(page.works()))  # known when all that cites them has been rendered


def plain(made: str) -> str:
    """Return HTML without links: on a slide and on paper those within the page lead nowhere.

    Parameters
    ----------
    made : str
        HTML.

    Returns
    -------
    str
        The same, with the text of the links.

    Examples
    --------
    >>> plain('<p>As <a href="#ref-x">A, 2020</a> says.</p>')
    '<p>As A, 2020 says.</p>'
    """
    return re.sub(r"</?a\b[^>]*>", "", made)


def words_in(made: str) -> int:
    """Count the words of HTML.

    Parameters
    ----------
    made : str
        HTML.

    Returns
    -------
    int
        Of its text, tags left out.
    """
    return len(re.sub(r"<[^>]+>", " ", made).split())


def beginning(made: str, most: int) -> str:
    """Return the first sentences of paragraphs, as many as have no more than so many words; one at least.

    Parameters
    ----------
    made : str
        HTML.
    most : int
        Words.

    Returns
    -------
    str
        HTML, a paragraph for each that was taken from.

    Examples
    --------
    >>> beginning("<p>One two. Three four five.</p><p>Six.</p>", 4)
    '<p>One two.</p>'
    """
    taken: list[str] = []
    count = 0
    for paragraph in re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", made, re.DOTALL):
        kept: list[str] = []
        for sentence in _SENTENCE.split(paragraph.strip()):
            count += words_in(sentence)
            if count > most and (kept or taken):
                break
            kept.append(sentence)
        text = " ".join(kept)
        # A mark that spans sentences would be left open.
        whole = all(text.count(f"<{tag}>") == text.count(f"</{tag}>") for tag in ("em", "strong", "p"))
        if kept:
            taken.append(f"<p>{text if whole else re.sub('<[^>]+>', '', text)}</p>")
        if count > most:
            break
    return "".join(taken)


def _section(page: Page, part: Part | None) -> tuple[str, str]:
    if part is None:
        return "", ""
    # "…: [how we know](#there)" leads nowhere away from the page.
    within = re.compile(r':\s*<a href="#(?!ref-)[^"]*">[^<]*</a>(?=\s*\.?\s*</li>)')
    return page.inline(part.name), plain(within.sub("", page.render("\n\n".join(part.prose))))


def _drawing(part: Part, root: Path, lang: str) -> Drawing | None:
    for piece in part.prose:
        if (box := box_of(piece)) is not None and box.name == "drawing":
            return read_drawing(root / DRAWINGS / f"{box.title}.svg", lang)
    return None


def _figures(page: Page, part: Part) -> Iterator[Shown]:
    for place, block in enumerate(part.blocks):
        if isinstance(block, str):
            continue
        after = next((one for one in part.blocks[place + 1 :] if isinstance(one, str) and _is_prose(one)), "")
        for _, alt, picture in figures_in(block):
            shown = re.sub(r' id="[^"]*"', "", picture, count=1)
            yield Shown(page.inline(part.name), shown, alt, plain(page.render(after)) if after else f"<p>{alt}</p>")


def _is_prose(piece: str) -> bool:
    return box_of(piece) is None and not table_rows(piece) and not piece.startswith(("#", "-", "("))


def _questions(page: Page, part: Part | None, quiz: list[dict[str, Any]]) -> Iterator[Asked]:
    boxes = [box for piece in (part.prose if part else []) if (box := box_of(piece)) and box.name == "dropdown"]
    given = choices(quiz, page.lang) if len(quiz) == len(boxes) else [{"options": (), "right": -1}] * len(boxes)
    for box, one in zip(boxes, given, strict=True):
        yield Asked(page.inline(box.title), plain(page.render(box.body)), tuple(one["options"]), one["right"])


def _sure(page: Page, part: Part | None) -> Iterator[list[str]]:
    tables = [table_rows(piece) for piece in (part.prose if part else [])]
    for place, row in enumerate(next(filter(None, tables), [])):
        if place != 1:  # the line under the head
            yield [plain(page.inline(cell)) for cell in cells_of(row)]
