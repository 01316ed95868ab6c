"""Write chapters, and keep them true."""

from __future__ import annotations

from typing import Annotated

import typer

from handbook_utils.cli.terminal import Memory, Slug, Timeout, chapter_of, executed, say, tell
from handbook_utils.errors import InputError
from handbook_utils.home import handbook_root

app = typer.Typer()


@app.command()
def check(slug: Slug, timeout: Timeout = 600, memory: Memory = None) -> None:
    """Execute a chapter; hold it against the contract and against its reference."""
    from handbook_utils.chapters import contract, reference

    root = handbook_root()
    chapter = chapter_of(slug)
    broken = contract.violations(chapter, root)
    outcome = executed(chapter, timeout, memory)
    broken += contract.executed_violations(outcome.notebook)
    changed = reference.differences(root, chapter, outcome.notebook)
    for line in broken:
        tell(f"contract: {line}")
    for difference in changed:
        tell(str(difference))
    if broken or changed:
        raise typer.Exit(1)
    say(f"{chapter.slug}: meets the contract and agrees with its reference.")


@app.command()
def accept(slug: Slug, timeout: Timeout = 600, memory: Memory = None) -> None:
    """Execute a chapter and store the outputs of its check cells as its reference. Read the diff before you commit."""
    from handbook_utils.chapters import reference

    chapter = chapter_of(slug)
    outcome = executed(chapter, timeout, memory)
    path = reference.write_reference(handbook_root(), chapter, outcome.notebook)
    say(f"Written: {path.relative_to(handbook_root())}")


@app.command()
def new(slug: Annotated[str, typer.Argument(metavar="PART/NAME", help="For example recipes/my-topic.")]) -> None:
    """Write a chapter that meets the contract, as a beginning, with all that goes with one."""
    from handbook_utils.chapters import reference
    from handbook_utils.chapters.new import new_chapter

    root = handbook_root()
    written = new_chapter(root, slug)
    chapter = chapter_of(slug)
    written.append(reference.write_reference(root, chapter, executed(chapter, 600, None).notebook))
    for path in written:
        say(f"Written: {path.relative_to(root)}")
    say(f"Write the chapter, then renew its reference: make accept NB={slug}")


@app.command()
def translate() -> None:
    """Bring the Dutch catalogues under locale/ in step with the English pages."""
    from handbook_utils.publishing import update_catalogues

    say(str(update_catalogues(handbook_root())))


@app.command()
def claims(
    by: Annotated[str, typer.Option(metavar="DAY", help="List what is due by this day; by default today.")] = "",
) -> None:
    """List the claims about health, and the advice passed on, that must be looked up again."""
    from datetime import date

    from handbook_utils.chapters.advice import dated
    from handbook_utils.chapters.claims import summary

    try:
        day = date.fromisoformat(by) if by else date.today()
    except ValueError:
        raise InputError("That is no day.", where="--by", expected="a day such as 2027-01-31", found=by) from None
    say(summary(dated(handbook_root()), day))
