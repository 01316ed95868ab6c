"""The ``handbook`` command: parse, call, print.

Exit codes: 0 done, 1 a chapter failed or differs, 2 the user's input. Heavy modules are imported by the command that
needs them, so that ``--help`` and a build with nothing to do are quick.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from handbook_utils.asking import Question, written
from handbook_utils.cli_key import ask_passphrase, key_app
from handbook_utils.errors import InputError, InputErrors

if TYPE_CHECKING:
    from handbook_utils.chapters import Chapter
    from handbook_utils.execution import Outcome
    from handbook_utils.execution.run import Progress
    from handbook_utils.study.choices import Choices

app = typer.Typer(
    name="handbook",
    help="The Gut Microbiome Handbook: list its chapters, run one on your own data, build the book.",
    epilog="Exit codes: 0 done · 1 a chapter failed · 2 something in your input is not right.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
study_app = typer.Typer(
    help="A study of your own: check its study file, run its steps.", no_args_is_help=True, rich_markup_mode="rich"
)
app.add_typer(study_app, name="study")
app.add_typer(key_app, name="key")
shown = Console()
told = Console(stderr=True)


def _slug_completion(incomplete: str) -> list[str]:
    from handbook_utils.chapters import Catalogue, handbook_root

    return [slug for slug in Catalogue.read(handbook_root()).slugs if incomplete in slug]


Slug = Annotated[
    str,
    typer.Argument(metavar="CHAPTER", help="A chapter, as `handbook list` names it.", autocompletion=_slug_completion),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a script.")]
Reading = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME VALUE", help="How the file is read, as -p rank genus."),
]
Workers = Annotated[int, typer.Option(min=1, max=256, help="Chapters to run at once.")]


@app.command("list")
def list_chapters(as_json: AsJson = False) -> None:
    """List the chapters, with the question each answers."""
    from handbook_utils.chapters import Catalogue, handbook_root

    chapters = Catalogue.read(handbook_root()).chapters
    if as_json:
        _print_json([_described(chapter) for chapter in chapters])
        return
    table = Table("chapter", "question", "minutes", box=None, pad_edge=False)
    for chapter in chapters:
        table.add_row(chapter.slug, chapter.question, str(chapter.minutes))
    shown.print(table)


@app.command()
def describe(slug: Slug, as_json: AsJson = False) -> None:
    """Say what a chapter answers, what it needs, and which parameters it takes."""
    chapter = _chapter(slug)
    if as_json:
        _print_json(_described(chapter))
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
    timeout: Annotated[float, typer.Option(help="Seconds the chapter may take.")] = 600,
) -> None:
    """Run a chapter on your own data and leave a result folder: report, figures, tables, methods text, crate."""
    import tempfile

    from handbook_utils.chapters import handbook_root
    from handbook_utils.execution import Request, execute
    from handbook_utils.runs.folder import being_made, check_target, write_result_folder

    root = handbook_root()
    chapter = _chapter(slug)
    given = {**_from_file(parameters_file, chapter), **_from_options(parameter or [])}
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
        with told.status(f"Running {chapter.slug}"):
            request = Request(chapter, given, Path(results), study=study is not None)
            outcome = execute([request], root=root, workers=1, timeout=timeout)[0]
        folder = write_result_folder(outcome, target, root=root, force=force)
    if outcome.failure:
        told.print(str(outcome.failure), highlight=False, markup=False)
        told.print(f"What there is to find out why: {folder}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1)
    shown.print(str(folder / "report.html"), highlight=False, markup=False, soft_wrap=True)


@app.command("new-study")
def new_study(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The study's folder; made where it is not there.")],
) -> None:
    """Write the commented study file that a study of your own begins with. Nothing is ever overwritten."""
    from handbook_utils.protocols.study_file import NAME
    from handbook_utils.protocols.study_template import template

    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template())
    except FileExistsError:
        raise InputError(
            "There is a study file already, and it is not overwritten.",
            where=str(path if path.exists() else folder),
            expected="a folder without one",
            remedy="Name another folder.",
        ) from None
    except OSError as error:
        raise InputError("The study file cannot be written.", where=str(path), found=str(error.strerror)) from error
    shown.print(str(path), highlight=False, markup=False, soft_wrap=True)
    told.print(f"Fill in what is marked (needed), then: handbook study check {path}", highlight=False, soft_wrap=True)


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY.YML", help="The study file, or the folder it lies in.")]


@study_app.command("check")
def check_study(path: StudyArgument) -> None:
    """Check a study file, and say which steps can be run with what is there."""
    from handbook_utils.chapters import Catalogue, handbook_root
    from handbook_utils.chapters.sources import result_folder, study_parameters
    from handbook_utils.protocols.study_file import STEPS, read_study_file
    from handbook_utils.runs.chain import chosen_steps

    study = read_study_file(path)
    chapters, left_out = chosen_steps(Catalogue.read(handbook_root()), [f"protocols/{step}" for step in STEPS])
    table = Table("step", "state", "why", box=None, pad_edge=False)
    for chapter in chapters:
        step = chapter.slug.rpartition("/")[2]
        if result_folder(study.folder, step).exists():
            table.add_row(step, "done", f"results/{step}")
            continue
        try:
            study_parameters(chapter, study.values, study.path)
            table.add_row(step, "ready", "")
        except InputErrors as waiting:
            table.add_row(step, "waits", "\n".join(error.problem for error in waiting.errors))
    for step, reason in left_out.items():
        table.add_row(step, "left out", reason)
    shown.print(f"{study.name}: the study file fits.", highlight=False, markup=False, soft_wrap=True)
    shown.print(table)


@study_app.command("status")
def study_status(path: StudyArgument) -> None:
    """Say where every tube is, as the study's ledger knows it: how many of each visit, and what happened last."""
    from handbook_utils.protocols.ledger import Ledger, status
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(path)
    tubes = status(Ledger(study.values["codes.ledger"]))
    counts = tubes.groupby(["time_point", "state"], sort=False)["since"].agg(["size", "max"]).reset_index()
    table = Table("visit", "state", "tubes", "last", box=None, pad_edge=False)
    for visit, state, number, last in counts.itertuples(index=False):
        table.add_row(visit, state, str(number), last)
    said = (
        f"{len(tubes)} tubes of {tubes['participant'].nunique()} participants"
        if len(tubes)
        else "no tube given out yet"
    )
    shown.print(f"{study.name}: {said}.", highlight=False, markup=False, soft_wrap=True)
    shown.print(table)


@study_app.command("run")
def run_study(
    path: StudyArgument,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="STEP", help="Run this step alone; may be given many times.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier result folders.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds a step may take.")] = 600,
) -> None:
    """Run the steps of a study in their order; each leaves its result folder under results/, beside the study file."""
    from handbook_utils.chapters import Catalogue, handbook_root
    from handbook_utils.protocols.people.assignment import check_key
    from handbook_utils.protocols.study_file import STEPS, read_study_file
    from handbook_utils.runs.chain import chosen_steps, run_steps

    root = handbook_root()
    study = read_study_file(path)
    steps = [f"protocols/{step}" for step in STEPS]
    chapters, left_out = chosen_steps(Catalogue.read(root), steps, only or [])
    if study.values.get("codes.key_file") and not study.values.get("study.simulated"):
        check_key(study.values, ask_passphrase())
    for name, reason in left_out.items():
        told.print(f"Left out: {name}: {reason}.", highlight=False, markup=False, soft_wrap=True)
    with _progress() as progress:
        done = run_steps(chapters, study.values, study.path, root=root, force=force, timeout=timeout, progress=progress)
    for step in done:
        if step.failure:
            told.print(str(step.failure), highlight=False, markup=False)
            told.print(f"What there is to find out why: {step.folder}", highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(1)
        shown.print(str(step.folder / "report.html"), highlight=False, markup=False, soft_wrap=True)


@app.command()
def batch(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="CSV or YAML: a row a run, or a grid of parameters.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder for all results.")] = Path(
        "batch-results"
    ),
    workers: Workers = 2,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A dask.distributed scheduler, tcp://host:8786.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Run only what is missing.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds a run may take.")] = 600,
) -> None:
    """Run a plan of many runs, on this machine or on a cluster; failures are listed, nothing is lost."""
    from handbook_utils.chapters import handbook_root
    from handbook_utils.runs.batch import run_batch
    from handbook_utils.runs.plan import read_plan

    root = handbook_root()
    runs = read_plan(plan, root=root)
    with _progress() as progress:
        report = run_batch(
            runs,
            output,
            root=root,
            workers=workers,
            scheduler=scheduler,
            resume=resume,
            timeout=timeout,
            progress=progress,
        )
    shown.print(f"{report.done} done, {report.skipped} there from before, {len(report.failed)} failed", highlight=False)
    shown.print(str(report.summary), highlight=False, markup=False, soft_wrap=True)
    if report.failed:
        told.print(f"Reasons: {report.failures}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1)


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
    timeout: Annotated[float, typer.Option(help="Seconds the chapter may take.")] = 600,
) -> None:
    """Make slides of an explainer: one HTML file that needs no network, with speaker notes (press S)."""
    from handbook_utils.chapters import handbook_root
    from handbook_utils.publishing.slides import slides_html

    chapter, target = _explainer(slug, lang, output, ".html", force)
    outcome = _executed(chapter, timeout, {"lang": lang})
    _keep(target, slides_html(chapter, outcome.notebook, handbook_root()).encode())


@app.command()
def handout(
    slug: Slug,
    output: Output = None,
    lang: Language = "en",
    force: Force = False,
    timeout: Annotated[float, typer.Option(help="Seconds the chapter may take.")] = 600,
) -> None:
    """Make a handout of an explainer: one A4 page as PDF, with its short answer, a figure, and how sure we are."""
    import tempfile

    from handbook_utils.chapters import handbook_root
    from handbook_utils.publishing.handout import handout_pdf

    chapter, target = _explainer(slug, lang, output, ".pdf", force)
    with tempfile.TemporaryDirectory(prefix="handbook-handout-") as name:
        outcome = _executed(chapter, timeout, {"lang": lang}, Path(name))
        _keep(target, handout_pdf(chapter, outcome.notebook, Path(name), handbook_root()))


@app.command()
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A table, sample metadata, a taxonomy, a tree or reads; or a folder or 'pattern' of Kraken 2 reports.",
        ),
    ],
    parameter: Reading = None,
    as_json: AsJson = False,
) -> None:
    """Say what is in a file: format, orientation, depth, sparsity, and what would stop an analysis."""
    from dataclasses import asdict

    from handbook_utils.reads.fastq import is_fastq
    from handbook_utils.reads.inspection import inspect_reads
    from handbook_utils.study.inspection import inspect as look

    found = asdict(inspect_reads(file) if is_fastq(file) else look(file, _reading(parameter)))
    if as_json:
        _print_json(found)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in found.items():
        if value not in (None, "", (), {}):
            table.add_row(name.replace("_", " "), _written(value))
    shown.print(table)


@app.command()
def formats(as_json: AsJson = False) -> None:
    """List the formats of tables that are read: program, versions, by what each is known, and where that is written."""
    from handbook_utils.study.formats import known

    rows = [
        {name: getattr(found, name) for name in ("name", "program", "versions", "sign", "source")} for found in known()
    ]
    if as_json:
        _print_json(rows)
        return
    table = Table("format", "program", "versions", "known by", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row["name"], row["program"], row["versions"], row["sign"])
    shown.print(table)


@app.command()
def convert(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A feature table in any format the handbook reads.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A .biom, .tsv or .csv file that is not there yet.")],
    metadata: Annotated[
        Path | None, typer.Option(help="Sample metadata; written beside the table for QIIME 2.")
    ] = None,
    taxonomy: Annotated[Path | None, typer.Option(help="Taxonomy, where the table has none.")] = None,
    parameter: Reading = None,
) -> None:
    """Write a feature table in another format: BIOM 2.1, TSV, or CSV that a spreadsheet cannot take for formulas."""
    from handbook_utils.study.readers import read_study
    from handbook_utils.study.writers import write_metadata, write_study

    kind = target.suffix.lstrip(".")
    beside = target.with_name(f"{target.stem}-metadata.tsv")
    if kind not in ("biom", "tsv", "csv"):
        raise InputError(
            "The target's ending does not say a format.", expected=".biom, .tsv or .csv", found=target.name
        )
    for path in (target, *([beside] if metadata else [])):
        if path.exists():
            raise InputError("The target is there already, and is not overwritten.", where=str(path))
    study = read_study(table, metadata, taxonomy=taxonomy, choices=_reading(parameter)).study
    write_study(study, target, kind)  # type: ignore[arg-type]
    if metadata:
        write_metadata(study, beside)
    for note in study.notes:
        told.print(note, highlight=False, markup=False)
    shown.print(str(target), highlight=False, markup=False, soft_wrap=True)


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Sample metadata: CSV, TSV or Excel.")],
    standard: Annotated[
        str, typer.Option("--standard", "-s", help="mixs, ena, ncbi, qiime2, qiita, or questionnaire.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="XLSX", help="A workbook with the cells in question marked."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold sample metadata against a standard: every mistake, with row, column, value, rule and remedy."""
    from handbook_utils.protocols.metadata.validation import summary
    from handbook_utils.protocols.metadata.validation import validate as hold
    from handbook_utils.protocols.metadata.workbook import workbook
    from handbook_utils.text import durable

    if output is not None and (output.suffix != ".xlsx" or output.exists()):
        raise InputError(
            "The workbook cannot be written there.", expected="a .xlsx that is not there yet", found=str(output)
        )
    found = hold(file, standard)
    if output is not None:
        durable.write(output, workbook(found), replace=True)
    if as_json:
        _print_json(summary(found))
    else:
        for one in found.advice:
            at = f"line {one.row}, {one.column}" if one.row else one.column
            told.print(f"advice: {at}: {one.rule}. {one.remedy}", highlight=False, markup=False, soft_wrap=True)
        if not found.errors:
            shown.print(
                f"{file}: {len(found.table)} samples, valid by {found.standard.title}.",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
    if found.errors:
        if as_json:
            raise typer.Exit(2)
        raise found.as_input_errors()


@app.command()
def check(slug: Slug, timeout: Annotated[float, typer.Option(help="Seconds the chapter may take.")] = 600) -> None:
    """Execute a chapter; hold it against the contract and against its reference."""
    from handbook_utils.chapters import contract, handbook_root, reference

    root = handbook_root()
    chapter = _chapter(slug)
    broken = contract.violations(chapter, root)
    outcome = _executed(chapter, timeout)
    broken += contract.executed_violations(outcome.notebook)
    changed = reference.differences(root, chapter, outcome.notebook)
    for line in broken:
        told.print(f"contract: {line}", highlight=False, markup=False)
    for difference in changed:
        told.print(str(difference), highlight=False, markup=False)
    if broken or changed:
        raise typer.Exit(1)
    shown.print(f"{chapter.slug}: meets the contract and agrees with its reference.")


@app.command()
def accept(slug: Slug, timeout: Annotated[float, typer.Option(help="Seconds the chapter may take.")] = 600) -> None:
    """Execute a chapter and store the outputs of its check cells as its reference. Read the diff before you commit."""
    from handbook_utils.chapters import handbook_root, reference

    chapter = _chapter(slug)
    outcome = _executed(chapter, timeout)
    path = reference.write_reference(handbook_root(), chapter, outcome.notebook)
    shown.print(f"Written: {path.relative_to(handbook_root())}")


@app.command()
def new(slug: Annotated[str, typer.Argument(metavar="PART/NAME", help="For example recipes/my-topic.")]) -> None:
    """Write a chapter that meets the contract, as a beginning."""
    from handbook_utils.chapters import handbook_root
    from handbook_utils.chapters.new import new_chapter

    path = new_chapter(handbook_root(), slug)
    shown.print(f"Written: {path.relative_to(handbook_root())}")
    shown.print(f"Put `- file: notebooks/{slug}` into _toc.yml, write the chapter, then: make accept NB={slug}")


@app.command()
def build(
    lang: Annotated[str, typer.Option(help="Editions, separated by commas.")] = "en,nl",
    workers: Annotated[
        int, typer.Option(min=0, max=256, help="Chapters to run at once; 0: one more than there are cores.")
    ] = 0,
    timeout: Annotated[float, typer.Option(help="Seconds a chapter may take.")] = 600,
) -> None:
    """Execute every chapter and publish the book under _build/html."""
    from datetime import date

    from handbook_utils.chapters import handbook_root
    from handbook_utils.chapters.advice import dated
    from handbook_utils.chapters.claims import due
    from handbook_utils.execution.run import AT_ONCE
    from handbook_utils.publishing import build_book

    languages = tuple(part.strip() for part in lang.split(",") if part.strip())
    with _progress() as progress:
        report = build_book(handbook_root(), languages, workers=workers or AT_ONCE, timeout=timeout, progress=progress)
    for failure in report.failures:
        told.print(str(failure), highlight=False, markup=False)
    shown.print(str(report.index), highlight=False, soft_wrap=True)
    if late := due(dated(handbook_root()), date.today()):
        told.print(f"{len(late)} claims or pieces of advice must be looked up again: handbook claims", highlight=False)
    if report.failures:
        raise typer.Exit(1)


@app.command()
def translate() -> None:
    """Bring the Dutch catalogues under locale/ in step with the English pages."""
    from handbook_utils.chapters import handbook_root
    from handbook_utils.publishing import update_catalogues

    shown.print(str(update_catalogues(handbook_root())), highlight=False, markup=False)


@app.command()
def claims(
    by: Annotated[str, typer.Option(metavar="DAY", help="List what is due by this day; by default today.")] = "",
) -> None:
    """List the claims about health, and the advice passed on, that must be looked up again."""
    from datetime import date

    from handbook_utils.chapters import handbook_root
    from handbook_utils.chapters.advice import dated
    from handbook_utils.chapters.claims import summary

    try:
        day = date.fromisoformat(by) if by else date.today()
    except ValueError:
        raise InputError("That is no day.", where="--by", expected="a day such as 2027-01-31", found=by) from None
    shown.print(summary(dated(handbook_root()), day), highlight=False, markup=False)


@app.command()
def serve(port: Annotated[int, typer.Option(help="Where to listen, on this machine only.")] = 8000) -> None:
    """Show the built book at an address of this machine."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from handbook_utils.home import build_folder, handbook_root

    folder = build_folder(handbook_root()) / "html"
    if not (folder / "index.html").is_file():
        raise InputError("The book has not been built.", expected="_build/html/index.html", remedy="make book")
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        shown.print(f"http://127.0.0.1:{port}/ (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            shown.print("Ended.")


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what this machine has, what it lacks, and what each thing is for."""
    from handbook_utils.doctor import examine

    findings = examine()
    if as_json:
        _print_json([finding._asdict() for finding in findings])
    else:
        table = Table("", "what", "found", "for", box=None, pad_edge=False)
        for finding in findings:
            table.add_row("ok" if finding.ok else "--", finding.what, finding.found, finding.purpose)
        shown.print(table)
    if any(finding.needed and not finding.ok for finding in findings):
        raise typer.Exit(1)


def _reading(pairs: Sequence[str] | None) -> Choices:
    """Return how a file is to be read, as it was said on the command line."""
    from handbook_utils.asking import answered, reading
    from handbook_utils.study.choices import Choices

    given = _from_options(pairs or [])
    answered(reading.QUESTIONS, given, asked_by="reading a file")
    return Choices.of(given)


def _from_options(pairs: Sequence[str]) -> dict[str, object]:
    given: dict[str, object] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InputError("A parameter has no value.", expected="-p name value", found=f"-p {name}")
        given[name] = value
    return given


def _from_file(path: Path | None, chapter: Chapter) -> dict[str, object]:
    from handbook_utils.asking.paths import found_from
    from handbook_utils.text import yaml_text
    from handbook_utils.text.decode import read_text

    if path is None:
        return {}
    content = yaml_text.read(read_text(path)[0], str(path))
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise InputError(
            "The parameters file does not name parameters.",
            where=str(path),
            expected="lines of the form  name: value",
            found=type(content).__name__,
        )
    kinds = {question.name: question.kind for question in chapter.questions}
    return {name: found_from(path.parent, kinds.get(name, ""), value) for name, value in content.items()}


def _chapter(slug: str) -> Chapter:
    from handbook_utils.chapters import Catalogue, handbook_root

    return Catalogue.read(handbook_root()).get(slug)


def _explainer(slug: str, lang: str, output: Path | None, ending: str, force: bool) -> tuple[Chapter, Path]:
    """Return an explainer that is written in this language, and the file to make of it, which may be written."""
    from handbook_utils.publishing.parts import check_explainer, check_new_file

    chapter = _chapter(slug)
    target = output or Path(f"{chapter.slug.rpartition('/')[2]}-{lang}{ending}")
    check_explainer(chapter, lang)
    check_new_file(target, ending, force=force)
    return chapter, target


def _keep(target: Path, content: bytes) -> None:
    from handbook_utils.text import durable

    durable.write(target, content, replace=True)
    shown.print(str(target), highlight=False, markup=False, soft_wrap=True)


def _executed(
    chapter: Chapter, timeout: float, given: Mapping[str, object] | None = None, results: Path | None = None
) -> Outcome:
    from handbook_utils.chapters import handbook_root
    from handbook_utils.execution import Request, execute

    with told.status(f"Running {chapter.slug}"):
        outcome = execute([Request(chapter, given or {}, results)], root=handbook_root(), workers=1, timeout=timeout)[0]
    if outcome.failure:
        told.print(str(outcome.failure), highlight=False, markup=False)
        raise typer.Exit(1)
    return outcome


@contextmanager
def _progress() -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=told, transient=True) as bar:
        task = bar.add_task("chapters", total=0)
        total = done = failed = 0

        def tell(slug: str, state: str) -> None:
            nonlocal total, done, failed
            total += state == "queued"
            done += state != "queued"
            failed += state == "failed"
            note = f"{failed} failed, last {slug}" if failed else slug
            bar.update(task, total=total, completed=done, description=note)

        yield tell


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
    if value is None:
        return ""
    if value in ("", [], {}):
        return "the bundled data" if question.example is not None else "none"
    return written(value)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text}" for name, text in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(f"{entry:,.6g}" if isinstance(entry, float) else str(entry) for entry in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _joined(arguments: Sequence[str]) -> list[str]:
    """Let parameters be given as papermill's users know them, ``-p name value``, beside ``-p name=value``."""
    joined: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        joined.append(argument)
        if argument in ("-p", "--parameter"):
            name = next(rest, None)
            if name is not None and not re.match(r"\w+=", name):
                value = next(rest, None)
                name = name if value is None else f"{name}={value}"
            joined += [name] if name is not None else []
    return joined


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of this process, which is then all that it does.
    """
    from handbook_utils.session import session

    given = sys.argv[1:] if arguments is None else arguments
    try:
        with session() if arguments is None else nullcontext():
            app(args=_joined(given), prog_name="handbook")
    except (InputError, InputErrors) as error:
        told.print(str(error), highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
