"""``handbook allocation``: the arms of a study, sealed by a statistician and told one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from handbook_utils.cli.key import By, StudyOption
from handbook_utils.cli.terminal import ask_passphrase, say, tell
from handbook_utils.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.study_file import StudyFile

app = typer.Typer(
    help="The arms of a study: sealed by a statistician, told one at a time by somebody who includes nobody.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
PASSPHRASE = "HANDBOOK_ALLOCATION_PASSPHRASE"  # noqa: S105 - its name
_LIST = "the sealed list"


def _study(path: Path) -> tuple[StudyFile, Path, Ledger]:
    from handbook_utils.protocols.ledger import Ledger
    from handbook_utils.protocols.study_file import read_study_file

    study = read_study_file(path)
    file = study.values.get("allocation.file")
    if file is None:
        raise InputError("The study file names no sealed list.", where=str(study.path), expected="allocation: file: …")
    return study, Path(file), Ledger(study.values["codes.ledger"])


def _screened(study: StudyFile) -> pd.DataFrame:
    """Return the screening log with what was decided, by screening id."""
    from handbook_utils.protocols.people.rules import rules_of
    from handbook_utils.protocols.people.screening import decide, read_screening

    rules = rules_of(study.values)
    log = read_screening(Path(study.values["files.screening"]), rules)
    decided = decide(log, rules)
    return log.assign(decision=decided["decision"], age_band=decided["age_band"]).set_index("screening_id")


@app.command("seal")
def seal_list(
    method: Annotated[str, typer.Option(help="blocks (within strata) or minimisation.")],
    study: StudyOption = Path("study.yml"),
    by_factor: Annotated[
        list[str] | None, typer.Option("--factor", help="Of strata, or to balance: centre, sex, age_band; many times.")
    ] = None,
    size: Annotated[
        list[int] | None, typer.Option(help="Size of blocks; given twice or more, drawn at random.")
    ] = None,
    ratio: Annotated[list[int] | None, typer.Option(help="One for each arm, in their order; by default alike.")] = None,
    probability: Annotated[float, typer.Option(help="That minimisation takes the arm it prefers.")] = 0.8,
    seed: Annotated[int | None, typer.Option(help="A secret one of your own; by default drawn, 128 bits.")] = None,
    by: By = "",
) -> None:
    """Seal how people are allocated, once, before the first. Sizes of blocks stand in the sealed file alone."""
    from handbook_utils.protocols.allocation.design import Design
    from handbook_utils.protocols.allocation.sealed import Sealed, new_seed, seal

    read, file, ledger = _study(study)
    factors = tuple(by_factor or ())
    known = ("centre", "sex", "age_band")
    unknown = next((name for name in factors if name not in known), None)
    if unknown:
        raise InputError(
            "The screening log does not know this factor before the arm.",
            where="--factor",
            expected=", ".join(known),
            found=unknown,
            remedy=f"Did you mean {close}?" if (close := nearest(unknown, known)) else None,
        )
    design = Design(
        method, tuple(read.values["design.arms"]), factors, tuple(ratio or ()), tuple(size or ()), probability
    ).checked()
    made = Sealed(str(read.values["study.acronym"]), design, new_seed() if seed is None else seed)
    seal(file, made, ask_passphrase(twice=True, variable=PASSPHRASE, of=_LIST), ledger, by)
    say(f"Sealed: {file}")
    tell("Keep the passphrase away from whoever includes people, and a copy of the file in another place.")


@app.command("next")
def next_person(
    screening_id: Annotated[str, typer.Argument(help="Of somebody who may take part, as the screening log has it.")],
    study: StudyOption = Path("study.yml"),
    by: By = "",
) -> None:
    """Tell the arm of the next person: eligible by the screening log, without an arm yet."""
    from handbook_utils.protocols.allocation.sealed import allocate, opened
    from handbook_utils.protocols.people.screening import INCLUDED, WAITING

    read, file, ledger = _study(study)
    people = _screened(read)
    if screening_id not in people.index:
        close = nearest(screening_id, list(people.index))
        raise InputError(
            "Nobody of this screening id is in the log.",
            found=screening_id,
            remedy=f"Is it {close}?" if close else None,
        )
    person = people.loc[screening_id]
    if person["decision"] not in (WAITING, INCLUDED):
        raise InputError(
            "This person may not take part, and gets no arm.",
            where=screening_id,
            expected=WAITING,
            found=str(person["decision"]),
        )
    sealed = opened(file, ask_passphrase(variable=PASSPHRASE, of=_LIST), ledger, str(read.values["study.acronym"]))
    levels = {factor: str(person[factor]) for factor in sealed.design.factors}
    say(f"{screening_id}: {allocate(sealed, screening_id, levels, ledger, by)}")


@app.command("audit")
def audit_list(study: StudyOption = Path("study.yml")) -> None:
    """Hold the ledger and the screening log against what follows from the seed, and tell it: for the statistician."""
    from handbook_utils.protocols.allocation.sealed import allocated, audit, opened

    read, file, ledger = _study(study)
    log = {str(name): str(arm) for name, arm in _screened(read)["arm"].items()}
    sealed = opened(file, ask_passphrase(variable=PASSPHRASE, of=_LIST), ledger, str(read.values["study.acronym"]))
    wrong = audit(sealed, ledger, log)
    say(f"{len(allocated(ledger))} people were allocated by {sealed.design.method}; seed {sealed.seed}.")
    for line in wrong:
        say(line)
    if wrong:
        raise typer.Exit(1)
    say("All arms follow from the seed, and the screening log agrees.")
