"""What chapters there are, and what each asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table

from handbook_utils.cli.terminal import AsJson, Slug, chapter_of, print_json, shown
from handbook_utils.home import handbook_root

if TYPE_CHECKING:
    from handbook_utils.asking import Question
    from handbook_utils.chapters import Chapter


app = typer.Typer()


@app.command("list")
def list_chapters(as_json: AsJson = False) -> None:
    """List the chapters, with the question each answers."""
    from handbook_utils.chapters import Catalogue

    chapters = Catalogue.read(handbook_root()).chapters
    if as_json:
        print_json([_described(chapter) for chapter in chapters])
        return
    table = Table("chapter", "question", "minutes", box=None, pad_edge=False)
    for chapter in chapters:
        table.add_row(chapter.slug, chapter.question, str(chapter.minutes))
    shown.print(table)


@app.command()
def describe(slug: Slug, as_json: AsJson = False) -> None:
    """Say what a chapter answers, what it needs, and which parameters it takes."""
    chapter = chapter_of(slug)
    if as_json:
        print_json(_described(chapter))
        return
    shown.print(f"[bold]{chapter.title}[/bold] ({chapter.slug})", highlight=False)
    shown.print(f"Question  {chapter.question}", highlight=False)
    shown.print(f"Needs     {chapter.needs}", highlight=False)
    shown.print(f"Data      {', '.join(chapter.data) or 'none'}\n", highlight=False)
    sources = ["from a study file"] if chapter.study else []
    table = Table("parameter", "type", "default", "example", "meaning", "allowed", *sources, box=None, pad_edge=False)
    for entry in chapter.questions:
        source = [chapter.study.get(entry.name, "")] if chapter.study else []
        told_ones = [_shown_value(entry, entry.default), _shown_value(entry, entry.example)]
        table.add_row(entry.name, entry.kind, *told_ones, entry.help, entry.allowed, *source)
    shown.print(table)


def _described(chapter: Chapter) -> dict[str, Any]:
    return {
        "slug": chapter.slug,
        "title": chapter.title,
        "question": chapter.question,
        "audience": chapter.audience,
        "minutes": chapter.minutes,
        "data": chapter.data,
        "languages": chapter.languages,
        "needs": chapter.needs,
        "parameters": [
            {
                "name": entry.name,
                "type": entry.kind,
                "default": entry.default,
                "example": entry.example,
                "may_be_none": entry.may_be_none,
                "help": entry.help,
                "allowed": entry.allowed,
                **({"study": chapter.study[entry.name]} if entry.name in chapter.study else {}),
            }
            for entry in chapter.questions
        ],
    }


def _shown_value(question: Question, value: object) -> str:
    """Write a default or an example: of a path that is "" the bundled data, or none."""
    from handbook_utils.asking import written

    if value is None:
        return ""
    if value in ("", [], {}):
        return "the bundled data" if question.example is not None else "none"
    return written(value)
