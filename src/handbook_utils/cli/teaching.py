"""Slides and handouts of explainers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handbook_utils.cli.terminal import Memory, Slug, Timeout, chapter_of, executed, say
from handbook_utils.home import handbook_root

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter


app = typer.Typer()


Language = Annotated[str, typer.Option("--lang", help="Language: en or nl.")]


Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="By default named after the chapter."),
]


Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@app.command()
def slides(
    slug: Slug,
    output: Output = None,
    lang: Language = "en",
    force: Force = False,
    timeout: Timeout = 600,
    memory: Memory = None,
) -> None:
    """Make slides of an explainer: one HTML file that needs no network, with speaker notes (press S)."""
    from handbook_utils.publishing.teaching.lesson import lesson_of
    from handbook_utils.publishing.teaching.qr import page_address
    from handbook_utils.publishing.teaching.slides import slides_html

    chapter, target = _explainer(slug, lang, output, ".html", force)
    lesson = lesson_of(chapter, executed(chapter, timeout, memory, {"lang": lang}).notebook, handbook_root())
    _keep(target, slides_html(lesson, page_address(handbook_root(), slug, lang)).encode())


@app.command()
def handout(
    slug: Slug,
    output: Output = None,
    lang: Language = "en",
    force: Force = False,
    timeout: Timeout = 600,
    memory: Memory = None,
) -> None:
    """Make a handout of an explainer: one A4 page with its short answer, its drawing, and how sure we are.

    A PDF, made by Chromium; or HTML, where the name of the output ends so.
    """
    import tempfile

    from handbook_utils.publishing.chromium import chromium, files_of
    from handbook_utils.publishing.teaching.lesson import lesson_of
    from handbook_utils.publishing.teaching.qr import page_address
    from handbook_utils.publishing.teaching.sheets import handout_html

    ending = ".html" if (output.suffix == ".html" if output else not chromium()) else ".pdf"
    chapter, target = _explainer(slug, lang, output, ending, force)
    lesson = lesson_of(chapter, executed(chapter, timeout, memory, {"lang": lang}).notebook, handbook_root())
    made = handout_html(lesson, page_address(handbook_root(), slug, lang))
    if ending == ".html":
        _keep(target, made.encode())
        return
    with tempfile.TemporaryDirectory(prefix="handbook-handout-") as name:
        printed = Path(name) / "page.pdf"
        files_of({printed: made})
        _keep(target, printed.read_bytes())


def _explainer(slug: str, lang: str, output: Path | None, ending: str, force: bool) -> tuple[Chapter, Path]:
    """Return an explainer that is written in this language, and the file to make of it, which may be written."""
    from handbook_utils.publishing.parts import check_explainer, check_new_file

    chapter = chapter_of(slug)
    target = output or Path(f"{chapter.slug.rpartition('/')[2]}-{lang}{ending}")
    check_explainer(chapter, lang)
    check_new_file(target, ending, force=force)
    return chapter, target


def _keep(target: Path, content: bytes) -> None:
    from handbook_utils.text import durable

    durable.write(target, content, replace=True)
    say(str(target))
