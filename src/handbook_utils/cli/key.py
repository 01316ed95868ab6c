"""``handbook key``: who has which code. Each opening of the key is written into the study's ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handbook_utils.cli.terminal import ask_passphrase, say
from handbook_utils.errors import InputError

if TYPE_CHECKING:
    from handbook_utils.protocols.people.key_desk import Desk

app = typer.Typer(
    help="The key of a study: look up codes, take over those of before, withdraw one, hand the key over.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
StudyOption = Annotated[Path, typer.Option("--study", metavar="STUDY.YML", help="The study file, or its folder.")]
By = Annotated[str, typer.Option(help="Your initials, for the ledger.")]
NEW_PASSPHRASE = "HANDBOOK_KEY_NEW_PASSPHRASE"  # noqa: S105 - its name


def _desk(study: Path, by: str) -> Desk:
    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.people.key_desk import Desk
    from handbook_utils.protocols.study_file import read_study_file

    read = read_study_file(study)
    key_file = read.values.get("codes.key_file")
    if key_file is None:
        raise InputError("The study file names no key file.", where=str(read.path), expected="codes: key_file: …")
    return Desk(
        read.folder,
        key_file,
        Ledger(read.values["codes.ledger"]),
        ask_passphrase(),
        str(read.values["study.acronym"]),
        bool(read.values.get("study.simulated", False)),
        by,
    )


@app.command("show")
def show_code(code: str, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Say whose a code is."""
    from handbook_utils.protocols.people.key_desk import show

    say(show(_desk(study, by), code))


@app.command("find")
def find_code(screening_id: str, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Say which code a screening id has."""
    from handbook_utils.protocols.people.key_desk import find

    say(find(_desk(study, by), screening_id))


@app.command("import")
def import_codes(file: Path, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Take over the codes of a running study: a table with the columns screening_id and code."""
    from handbook_utils.protocols.people.key_desk import take_over

    say(f"{take_over(_desk(study, by), file)} codes taken over.")


@app.command("rekey")
def new_passphrase(study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Give the key another passphrase; no copy under the old one stays."""
    from handbook_utils.protocols.ledger import Event
    from handbook_utils.protocols.people.key_file import rekey

    desk = _desk(study, by)
    rekey(desk.key_file, desk.secret, ask_passphrase(twice=True, variable=NEW_PASSPHRASE))
    desk.remember(Event("key opened", desk.key_file.name, {"what": "another passphrase"}))
    say("The key has another passphrase. Copies elsewhere have the old one: destroy them.")


@app.command("withdraw")
def withdraw_code(
    code: str,
    keep: Annotated[bool, typer.Option("--keep/--destroy", help="May stay what was analysed, by the consent?")],
    study: StudyOption = Path("study.yml"),
    by: By = "",
) -> None:
    """Withdraw a participant: cut the link to the person, and list every file that holds the code."""
    from handbook_utils.protocols.people.key_desk import withdraw

    found = withdraw(_desk(study, by), code, keep=keep)
    say(f"{code} means nobody now. Tubes of this code: destroy them, and write that down.")
    for file, times, what in found.itertuples(index=False):
        say(f"{file}: {times} times; {what}")


@app.command("hand-over")
def hand_over_key(target: Path, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Write a copy of the key for whoever takes over, under a passphrase of their own."""
    from handbook_utils.protocols.people.key_desk import hand_over

    desk = _desk(study, by)
    hand_over(desk, target, ask_passphrase(twice=True, variable=NEW_PASSPHRASE))
    say(f"Handed over: {target}")
