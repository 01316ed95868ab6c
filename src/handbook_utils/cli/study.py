"""A study of one's own: its study file, and its steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from handbook_utils.cli.terminal import Memory, Timeout, ask_passphrase, progress_bar, say, shown, tell
from handbook_utils.errors import InputError
from handbook_utils.home import handbook_root

if TYPE_CHECKING:
    from handbook_utils.protocols.study_file import StudyFile

top = typer.Typer()
app = typer.Typer(
    help="A study of your own: check its study file, run its steps.", no_args_is_help=True, rich_markup_mode="rich"
)


@top.command("new-study")
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
    say(str(path))
    tell(f"Fill in what is marked (needed), then: handbook study check {path}")


@top.command("kits")
def show_kits(
    name: Annotated[str, typer.Argument(metavar="[KIT]", help="Print this kit's file, to be copied and changed.")] = "",
) -> None:
    """List the ways of keeping stool that there are, with their limits; or print one, to make a kit of your own."""
    from handbook_utils.protocols.kits import LIMITS, kit_text, kits

    if name:
        say(kit_text(name).rstrip())
        return
    table = Table("kit", "what it is", *LIMITS.values(), box=None, pad_edge=False)
    for kit in kits().values():
        table.add_row(kit.name, kit.title, *(kit.limits[limit].said for limit in LIMITS))
    shown.print(table)
    tell("One of your own: handbook kits omnigene > my-kit.yml, changed, and under collection: kit_file: my-kit.yml")


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY.YML", help="The study file, or the folder it lies in.")]


@app.command("check")
def check_study(path: StudyArgument) -> None:
    """Check a study file, and say which steps can be run with what is there."""
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(path)
    say(f"{study.name}: the study file fits.")
    shown.print(_states(study))


def _states(study: StudyFile) -> Table:
    """Return how each step stands, and why."""
    from handbook_utils.chapters import Catalogue
    from handbook_utils.protocols.study_file import STEPS
    from handbook_utils.runs.chain import chosen_steps, state_of

    chapters, left_out = chosen_steps(Catalogue.read(handbook_root()), [f"protocols/{step}" for step in STEPS])
    table = Table("step", "state", "why", box=None, pad_edge=False)
    for chapter in chapters:
        state = state_of(chapter, study.values, study.path)
        table.add_row(chapter.slug.rpartition("/")[2], state.name, "\n".join(state.why))
    for step, reason in left_out.items():
        table.add_row(step, "left out", reason)
    return table


@app.command("status")
def study_status(
    path: StudyArgument,
    each: Annotated[
        bool, typer.Option("--tubes", help="Every tube by itself, as CSV, with the place it stands in.")
    ] = False,
) -> None:
    """Say where every tube is, as the study's ledger knows it, and how every step stands."""
    from handbook_utils.protocols.ledger import Ledger, status
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(path)
    tubes = status(Ledger(study.values["codes.ledger"]))
    if each:
        say(tubes.to_csv().rstrip())
        return
    counts = tubes.groupby(["time_point", "state"], sort=False)["since"].agg(["size", "max"]).reset_index()
    visits = {visit: number for number, visit in enumerate(dict.fromkeys(tubes["time_point"]))}
    counts = counts.sort_values("time_point", key=lambda points: points.map(visits), kind="stable")
    table = Table("visit", "state", "tubes", "last", box=None, pad_edge=False)
    for visit, state, number, last in counts.itertuples(index=False):
        table.add_row(visit, state, str(number), last)
    said = (
        f"{len(tubes)} tubes of {tubes['participant'].nunique()} participants"
        if len(tubes)
        else "no tube given out yet"
    )
    say(f"{study.name}: {said}.")
    if len(tubes):
        shown.print(table)
    shown.print(_states(study))


@app.command("record")
def record_in_the_ledger(
    kind: Annotated[str, typer.Argument(help="deviation, training or approval.")],
    subject: Annotated[str, typer.Argument(help="The tube or code it is of, or the procedure with its version.")],
    what: Annotated[str, typer.Option(help="What happened, was learnt or was approved, in a sentence.")],
    by: Annotated[str, typer.Option(help="Initials of who writes it.")],
    decision: Annotated[str, typer.Option(help="Of a deviation: what was decided, and why.")] = "",
    path: Annotated[Path, typer.Option("--study", metavar="STUDY.YML", help="The study file.")] = Path("study.yml"),
) -> None:
    """Write a deviation, a training or an approval into the study's ledger; personal data are refused."""
    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.noted import noted
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(path)
    ledger = Ledger(study.values["codes.ledger"])
    event = noted(ledger, kind, subject, what, by, decision)
    ledger.append([event], step="handbook study record", by=by)
    say(f"{kind}: {subject}")


@app.command("run")
def run_study(
    path: StudyArgument,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="STEP", help="Run this step alone; may be given many times.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run steps that are done too, and replace their result folders.")
    ] = False,
    timeout: Timeout = 600,
    memory: Memory = None,
) -> None:
    """Run the steps of a study in their order; each leaves its result folder under results/, beside the study file.

    What is done and still true is kept. What rests on something that has changed is run again; what it had left before
    is kept under earlier/. What waits for a file is told.
    """
    from handbook_utils.protocols.people.key_file import read_key
    from handbook_utils.protocols.study_file import STEPS, read_study_file

    root = handbook_root()
    study = read_study_file(path)
    guarded = study.values.get("codes.key_file") and not study.values.get("study.simulated")
    secret = ask_passphrase() if guarded else ""
    if guarded:
        # Before anything that is slow to load: a wrong passphrase is told at once.
        read_key(Path(study.values["codes.key_file"]), secret)
    from handbook_utils.chapters import Catalogue
    from handbook_utils.protocols.people.assignment import check_key
    from handbook_utils.runs.chain import chosen_steps, run_steps

    steps = [f"protocols/{step}" for step in STEPS]
    chapters, left_out = chosen_steps(Catalogue.read(root), steps, only or [])
    if guarded:
        check_key(study.values, secret)
    for name, reason in left_out.items():
        tell(f"Left out: {name}: {reason}.")
    with progress_bar() as progress:
        done = run_steps(
            chapters,
            study.values,
            study.path,
            root=root,
            wanted=bool(only),
            force=force,
            timeout=timeout,
            memory=memory,
            progress=progress,
        )
    for step in done:
        name = step.chapter.slug.rpartition("/")[2]
        if step.failure:
            tell(str(step.failure))
            tell(f"What there is to find out why: {step.folder}")
            raise typer.Exit(1)
        if step.state.name == "waiting":
            tell(f"Waiting: {name}: {' '.join(step.state.why)}")
            continue
        if step.state.name == "stale":
            tell(f"Run again: {name}: {'; '.join(step.state.why)}.")
        say(str(step.folder / "report.html"))
