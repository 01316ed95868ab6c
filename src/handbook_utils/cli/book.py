"""Build the book and look at it; examine the machine."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from handbook_utils.cli.terminal import AsJson, Memory, Timeout, print_json, progress_bar, say, shown, tell
from handbook_utils.errors import InputError
from handbook_utils.home import handbook_root

app = typer.Typer()


@app.command()
def build(
    lang: Annotated[str, typer.Option(help="Editions, separated by commas.")] = "en,nl",
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Chapters to run at once; 0: one more than there are cores.")
    ] = 0,
    timeout: Timeout = 600,
    memory: Memory = None,
    address: Annotated[
        str, typer.Option(metavar="URL", help="Where the site will be published; else what _config.yml says.")
    ] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="Make a PDF of each whole edition, too: needs Chromium.")] = False,
    epub: Annotated[bool, typer.Option("--epub", help="Make an EPUB of each whole edition, too.")] = False,
) -> None:
    """Execute every chapter and publish the book under _build/html."""
    from datetime import date

    from handbook_utils.chapters.advice import dated
    from handbook_utils.chapters.claims import due
    from handbook_utils.execution.run import AT_ONCE
    from handbook_utils.publishing import build_book

    languages = tuple(part.strip() for part in lang.split(",") if part.strip())
    with progress_bar() as progress:
        report = build_book(
            handbook_root(),
            languages,
            workers=workers or AT_ONCE,
            timeout=timeout,
            memory=memory,
            progress=progress,
            address=address,
            whole=[kind for kind, wanted in (("pdf", pdf), ("epub", epub)) if wanted],
        )
    for failure in report.failures:
        tell(str(failure))
    say(str(report.index))
    if late := due(dated(handbook_root()), date.today()):
        tell(f"{len(late)} claims or pieces of advice must be looked up again: handbook claims")
    if report.failures:
        raise typer.Exit(1)


@app.command()
def serve(port: Annotated[int, typer.Option(help="Where to listen, on this machine only.")] = 8000) -> None:
    """Show the built book at an address of this machine."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from handbook_utils.home import build_folder

    folder = build_folder(handbook_root()) / "html"
    if not (folder / "index.html").is_file():
        raise InputError("The book has not been built.", expected="_build/html/index.html", remedy="make book")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        say(f"http://127.0.0.1:{port}/ (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Ended.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine has, what it lacks, and what each thing is for."""
    from handbook_utils.doctor import examine

    findings = examine()
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        table = Table("", "what", "found", "for", box=None, pad_edge=False)
        for finding in findings:
            table.add_row("ok" if finding.ok else "--", finding.what, finding.found, finding.purpose)
        shown.print(table)
    if any(finding.needed and not finding.ok for finding in findings):
        raise typer.Exit(1)
