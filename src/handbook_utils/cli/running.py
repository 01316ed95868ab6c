"""Run chapters on data of one's own: one, or a plan of many."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handbook_utils.cli.terminal import (
    Memory,
    Slug,
    Timeout,
    chapter_of,
    from_options,
    progress_bar,
    running,
    say,
    tell,
)
from handbook_utils.home import handbook_root

app = typer.Typer()


@app.command()
def run(
    slug: Slug,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            metavar="NAME VALUE",
            help="A parameter, as `handbook describe` names it; may be given many times.",
        ),
    ] = None,
    parameters_file: Annotated[
        Path | None,
        typer.Option(
            "-f",
            "--parameters-file",
            metavar="FILE",
            help="Parameters as YAML, such as the params.yml of an earlier run; files are looked for from its folder; "
            "-p wins over it.",
        ),
    ] = None,
    study: Annotated[
        Path | None,
        typer.Option("--study", metavar="STUDY.YML", help="A study file, for parameters; -f and -p win over it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="The result folder; by default the chapter's name, of a study under results/ beside its file.",
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the report, where the chapter has two: en or nl.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier result folder.")] = False,
    timeout: Timeout = 600,
    memory: Memory = None,
) -> None:
    """Run a chapter on your own data and leave a result folder: report, figures, tables, methods text, crate."""
    import tempfile

    from handbook_utils.chapters.parameters import from_file
    from handbook_utils.execution import Request, execute
    from handbook_utils.runs.folder import being_made, check_target, write_result_folder
    from handbook_utils.runs.records import Told

    root = handbook_root()
    chapter = chapter_of(slug)
    given = {**from_file(chapter, parameters_file), **from_options(parameter or [])}
    if lang:
        given["lang"] = lang
    target = output or Path(chapter.slug.rpartition("/")[2])
    if study is not None:
        from handbook_utils.chapters.sources import result_folder, study_parameters
        from handbook_utils.protocols.study_file import read_study_file

        file = read_study_file(study)
        given = {**study_parameters(chapter, file.values, file.path, given), **given}
        target = output or result_folder(file.folder, chapter.slug)
    check_target(target, force=force)
    with being_made(target), tempfile.TemporaryDirectory(prefix="handbook-run-") as results:
        with running(chapter.slug):
            request = Request(chapter, given, Path(results), study=study is not None)
            outcome = execute([request], root=root, workers=1, timeout=timeout, memory=memory, alone=True)[0]
        folder = write_result_folder(outcome, target, root=root, force=force)
        said = Told.of(Path(results)).lines
    for sentence in said:
        tell(sentence)
    if outcome.failure:
        tell(str(outcome.failure))
        tell(f"What there is to find out why: {folder}")
        raise typer.Exit(1)
    say(str(folder / "report.html"))


@app.command()
def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="CSV or YAML: a row a run, or a grid of parameters.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder for all results.")] = Path(
        "batch-results"
    ),
    workers: Annotated[int, typer.Option(min=1, max=256, help="Chapters to run at once.")] = 2,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A dask.distributed scheduler, tcp://host:8786.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Run only what is missing.")] = False,
    timeout: Timeout = 600,
    memory: Memory = None,
) -> None:
    """Run a plan of many runs, on this machine or on a cluster; failures are listed, nothing is lost."""
    from handbook_utils.runs.batch import run_batch
    from handbook_utils.runs.plan import read_plan

    root = handbook_root()
    runs = read_plan(plan, root=root)
    with progress_bar() as progress:
        report = run_batch(
            runs,
            output,
            root=root,
            workers=workers,
            scheduler=scheduler,
            resume=resume,
            timeout=timeout,
            memory=memory,
            progress=progress,
        )
    say(f"{report.done} done, {report.skipped} there from before, {len(report.failed)} failed")
    say(str(report.summary))
    if report.failed:
        tell(f"Reasons: {report.failures}")
        raise typer.Exit(1)
