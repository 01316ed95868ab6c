"""The reader's files: look into them, convert them, hold them against a standard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from handbook_utils.cli.terminal import AsJson, from_options, print_json, say, shown, tell
from handbook_utils.errors import InputError

if TYPE_CHECKING:
    from handbook_utils.study.choices import Choices


app = typer.Typer()


Reading = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME VALUE", help="How the file is read, as -p rank genus."),
]


@app.command()
def inspect(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A table, sample metadata, a taxonomy, a tree, reads or a sample sheet of reads; "
            "or a folder of reads, or a folder or 'pattern' of Kraken 2 reports.",
        ),
    ],
    reads: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The folder that a sample sheet is held against; its own otherwise."),
    ] = None,
    parameter: Reading = None,
    as_json: AsJson = False,
) -> None:
    """Say what is in a file: format, orientation, depth, sparsity, and what would stop an analysis."""
    from handbook_utils.text.untrusted import apart

    found = apart(f"{__name__}:looked_into", file, from_options(parameter or []), reads, files=[file])
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in found.items():
        if value not in (None, "", [], {}):
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
        print_json(rows)
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
    from handbook_utils.text.untrusted import apart

    kind = target.suffix.lstrip(".")
    if kind not in ("biom", "tsv", "csv"):
        raise InputError(
            "The target's ending does not say a format.", expected=".biom, .tsv or .csv", found=target.name
        )
    for path in (target, *([beside_of(target)] if metadata else [])):
        if path.exists():
            raise InputError("The target is there already, and is not overwritten.", where=str(path))
    files = [file for file in (table, metadata, taxonomy) if file]
    given = from_options(parameter or [])
    for note in apart(f"{__name__}:converted", table, target, metadata, taxonomy, given, files=files):
        tell(note)
    say(str(target))


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
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What was decided about findings of the privacy guard, with reasons."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold sample metadata against a standard: every mistake, with row, column, value, rule and remedy."""
    from handbook_utils.errors import InputErrors
    from handbook_utils.text.untrusted import apart

    if output is not None and (output.suffix != ".xlsx" or output.exists()):
        raise InputError(
            "The workbook cannot be written there.", expected="a .xlsx that is not there yet", found=str(output)
        )
    found = apart(f"{__name__}:held_against", file, standard, output, answers, files=[file])
    if as_json:
        print_json(found["summary"])
    else:
        for line in found["advice"]:
            tell(line)
        if not found["errors"]:
            say(f"{file}: {found['summary']['samples']} samples, valid by {found['title']}.")
    if found["errors"]:
        if as_json:
            raise typer.Exit(2)
        raise InputErrors([InputError(error.pop("problem"), **error) for error in found["errors"]])


# ---------------------------------------------------------------------- in a child, since the file is a stranger's


def looked_into(file: Path, given: Mapping[str, object], reads: Path | None = None) -> object:
    """Return what is in a file.

    Parameters
    ----------
    file : pathlib.Path
        Reads, a sample sheet or a folder of them, a feature table, metadata, a taxonomy or a tree.
    given : mapping of str to object
        How it is to be read.
    reads : pathlib.Path, optional
        The folder that a sample sheet is held against.

    Returns
    -------
    Inspection, ReadsFound or ReadsOfSamples
    """
    from handbook_utils.reads.fastq import is_fastq
    from handbook_utils.reads.inspection import inspect_folder, inspect_reads, inspect_sheet
    from handbook_utils.reads.samples import reads_in
    from handbook_utils.reads.sheets import is_sheet
    from handbook_utils.study.inspection import inspect as look

    if reads is not None or is_sheet(file):
        return inspect_sheet(file, reads)
    if file.is_dir() and reads_in(file):
        return inspect_folder(file)
    return inspect_reads(file) if is_fastq(file) else look(file, _reading(given))


def converted(
    table: Path, target: Path, metadata: Path | None, taxonomy: Path | None, given: Mapping[str, object]
) -> list[str]:
    """Write a feature table in another format, and return what was found out.

    Parameters
    ----------
    table, target : pathlib.Path
        What is read, and what is written: its ending says the format.
    metadata, taxonomy : pathlib.Path or None
        What belongs to the table; metadata are written beside the target.
    given : mapping of str to object
        How they are to be read.

    Returns
    -------
    list of str
    """
    from handbook_utils.study.readers import read_study
    from handbook_utils.study.writers import write_metadata, write_study

    study = read_study(table, metadata, taxonomy=taxonomy, choices=_reading(given)).study
    write_study(study, target, target.suffix.lstrip("."))  # type: ignore[arg-type]
    if metadata:
        write_metadata(study, beside_of(target))
    return list(study.notes)


def beside_of(target: Path) -> Path:
    """Return where sample metadata lie that are written with a table.

    Parameters
    ----------
    target : pathlib.Path
        Of the table.

    Returns
    -------
    pathlib.Path
    """
    return target.with_name(f"{target.stem}-metadata.tsv")


def held_against(file: Path, standard: str, output: Path | None, answers: Path | None = None) -> dict[str, object]:
    """Hold sample metadata against a standard, and write the workbook of what is in question.

    Parameters
    ----------
    file : pathlib.Path
        Sample metadata.
    standard : str
        Its key.
    output : pathlib.Path or None
        Where the workbook is written; none without it.
    answers : pathlib.Path, optional
        What was decided about findings of the privacy guard.

    Returns
    -------
    dict
        Its title, a summary, lines of advice, and errors.
    """
    from handbook_utils.protocols.disclosure.guard import guard_of
    from handbook_utils.protocols.metadata.validation import summary, validate
    from handbook_utils.protocols.metadata.workbook import workbook
    from handbook_utils.text import durable

    found = validate(file, standard, guard=guard_of({"answers": answers or ""}))
    if output is not None:
        durable.write(output, workbook(found), replace=True)
    advice = [
        f"advice: {f'line {one.row}, {one.column}' if one.row else one.column}: {one.rule}. {one.remedy}"
        for one in found.advice
    ]
    errors = [vars(error) for error in found.as_input_errors().errors]
    return {"title": found.standard.title, "summary": summary(found), "advice": advice, "errors": errors}


def _reading(given: Mapping[str, object]) -> Choices:
    """Return how a file is to be read, as it was said on the command line."""
    from handbook_utils.asking import answered, reading
    from handbook_utils.study.choices import Choices

    answered(reading.QUESTIONS, given, asked_by="reading a file")
    return Choices.of(given)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text}" for name, text in value.items())
    if isinstance(value, (list, tuple)):
        return "\n".join(f"{entry:,.6g}" if isinstance(entry, float) else str(entry) for entry in value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)
