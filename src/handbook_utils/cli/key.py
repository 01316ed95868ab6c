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
    from handbook_utils.protocols.people.key_file import read_key
    from handbook_utils.protocols.study_file import read_study_file

    read = read_study_file(study)
    key_file = read.values.get("codes.key_file")
    if key_file is None:
        raise InputError("The study file names no key file.", where=str(read.path), expected="codes: key_file: …")
    secret = ask_passphrase()
    # Before anything that is slow to load: a wrong passphrase is told at once.
    read_key(Path(key_file), secret)
    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.people.key_desk import Desk

    return Desk(
        read.folder,
        key_file,
        Ledger(read.values["codes.ledger"]),
        secret,
        str(read.values["study.acronym"]),
        bool(read.values.get("study.simulated", False)),
        by,
    )


@app.command("show")
def show_code(code: str, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Say whose a code is."""
    desk = _desk(study, by)
    from handbook_utils.protocols.people.key_desk import show

    say(show(desk, code))


@app.command("find")
def find_code(screening_id: str, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Say which code a screening id has."""
    desk = _desk(study, by)
    from handbook_utils.protocols.people.key_desk import find

    say(find(desk, screening_id))


@app.command("import")
def import_codes(file: Path, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Take over the codes of a running study: a table with the columns screening_id and code."""
    desk = _desk(study, by)
    from handbook_utils.protocols.people.key_desk import take_over

    say(f"{take_over(desk, file)} codes taken over.")


@app.command("rekey")
def new_passphrase(study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Give the key another passphrase; no copy under the old one stays."""
    desk = _desk(study, by)
    from handbook_utils.protocols.ledger import Event
    from handbook_utils.protocols.people.key_file import rekey

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
    """Withdraw a participant: cut the link to the person, and write down every file and record that holds the code."""
    desk = _desk(study, by)
    from handbook_utils.protocols.people.withdrawal import report, withdraw
    from handbook_utils.text import durable

    found = withdraw(desk, code, keep=keep)
    target = desk.folder / f"withdrawn-{found.code}.md"
    durable.write(target, report(found, desk.ledger, by).encode("utf-8"), replace=True)
    say(f"{found.code} means nobody now. Tubes: {len(found.tubes)}; files that hold the code: {len(found.files)}.")
    say(f"What is to be done: {target}")


@app.command("destroyed")
def write_down_destroyed(
    code: str,
    tube: Annotated[list[str] | None, typer.Option(help="A tube of that code that was destroyed; many times.")] = None,
    study: StudyOption = Path("study.yml"),
    by: By = "",
) -> None:
    """Write down what was destroyed of a withdrawn participant, look once more, and renew the deletion report."""
    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.people.withdrawal import destroyed, report
    from handbook_utils.protocols.study_file import read_study_file
    from handbook_utils.text import durable

    read = read_study_file(study)
    ledger = Ledger(read.values["codes.ledger"])
    found = destroyed(read.folder, ledger, code, tube or [], by, skip=read.values.get("codes.key_file"))
    target = read.folder / f"withdrawn-{found.code}.md"
    durable.write(target, report(found, ledger, by).encode("utf-8"), replace=True)
    left = [] if found.keep else list(found.files["file"])
    say(f"{target}: {len(found.waiting)} tubes and {len(left)} files are still to be destroyed.")


@app.command("hand-over")
def hand_over_key(target: Path, study: StudyOption = Path("study.yml"), by: By = "") -> None:
    """Write a copy of the key for whoever takes over, under a passphrase of their own."""
    desk = _desk(study, by)
    from handbook_utils.protocols.people.key_desk import hand_over

    hand_over(desk, target, ask_passphrase(twice=True, variable=NEW_PASSPHRASE))
    say(f"Handed over: {target}")


@app.command("address-labels")
def address_labels_of_kits(
    addresses: Annotated[
        Path, typer.Argument(metavar="ADDRESSES", help="A table: screening_id, name, street, postcode, town.")
    ],
    target: Annotated[
        Path, typer.Argument(metavar="LABELS.PDF", help="Beside the key, and not in the study's folder.")
    ],
    study: StudyOption = Path("study.yml"),
    lang: Annotated[str, typer.Option(help="Language of the few words on them: nl or en.")] = "nl",
    sender: Annotated[str, typer.Option(help="Return address for a third label, its lines separated by commas.")] = "",
    first: Annotated[int, typer.Option(min=1, help="First label that is still on the first sheet.")] = 1,
    by: By = "",
) -> None:
    """Print the addresses of kits beside their codes, on a sheet of labels that is shredded after packing."""
    desk = _desk(study, by)
    from handbook_utils.protocols.paper.addresses import address_labels, check_target, read_addresses
    from handbook_utils.text import durable

    check_target(target, desk.folder)
    pdf, without = address_labels(desk, read_addresses(addresses), lang, sender, first)
    durable.write(target, pdf, replace=True)
    say(f"{target}: it names people. Print it, pack by it, then destroy the file and shred the sheet.")
    if without:
        say(f"No address is given of {len(without)} participants who have a code.")
