"""What share-the-data is given, collected and guarded before the chapter runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd

from handbook_utils.asking.paths import paths_of
from handbook_utils.asking.study import study_questions
from handbook_utils.errors import InputError
from handbook_utils.protocols.disclosure.answers import Answer
from handbook_utils.protocols.disclosure.groups import Groups, groups
from handbook_utils.protocols.disclosure.guard import guard_of
from handbook_utils.protocols.disclosure.leaving import (
    Exemption,
    check_access,
    check_groups,
    check_human_reads,
    exemption_of,
)
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.metadata.exports import all_standards, as_tsv
from handbook_utils.protocols.metadata.inputs import coordinates, planned_controls
from handbook_utils.protocols.metadata.records import Circumstances, records
from handbook_utils.protocols.metadata.validation import validate
from handbook_utils.protocols.sequencing.archive_sheets import qiita_preparation, sheets
from handbook_utils.protocols.sequencing.read_files import read_files
from handbook_utils.protocols.share.crate import (
    CRATE,
    DECISIONS,
    LICENCES,
    PACKAGE,
    About,
    check_among,
    collect,
    crate_metadata,
    data_package,
    guard,
    tables,
    without,
)
from handbook_utils.protocols.share.ega import ega_samples
from handbook_utils.protocols.share.management import READS, management
from handbook_utils.protocols.share.reporting import NOT_STATED, storms
from handbook_utils.protocols.wells.extraction import chosen, example_extraction
from handbook_utils.text.spreadsheets import safe_for_spreadsheets


@dataclass(frozen=True)
class Shared:
    """A study ready to be shared.

    Parameters
    ----------
    members : mapping of str to bytes
        All files of the crate, by path in it, descriptions included.
    decided : pandas.DataFrame
        What leaves, what stays, and why.
    items : pandas.DataFrame
        The items of STORMS.
    sheets : mapping of str to pandas.DataFrame
        The archive's sheets by name.
    told : mapping of str to str
        What each file is.
    samples : pandas.DataFrame
        Samples and controls, as ENA's checklist has them.
    groups : Groups
        Everybody in what leaves, by what others may know.
    exemption : Exemption or None
        What somebody signed for small groups.
    answers : tuple of Answer
        What was answered to findings of the privacy guard.
    """

    members: Mapping[str, bytes]
    decided: pd.DataFrame
    items: pd.DataFrame
    sheets: Mapping[str, pd.DataFrame]
    told: Mapping[str, str]
    samples: pd.DataFrame
    groups: Groups
    exemption: Exemption | None
    answers: tuple[Answer, ...]


def shared(said: Mapping[str, Any]) -> Shared:
    """Make the crate of a study, or of the example study where no metadata are given.

    Parameters
    ----------
    said : mapping of str to object
        Parameters of ``protocols/share-the-data``.

    Returns
    -------
    Shared

    Raises
    ------
    InputError, InputErrors
        The files are no study's results, a table holds personal data, the sample sheet is not valid, or a parameter is
        not what an archive takes.
    """
    given = said["metadata"]
    said = {**said, "simulated": said["simulated"] or not given}
    looking, exemption = guard_of(said), exemption_of(said["exception"])
    check_access(said["access"], said["repository"])
    check_human_reads(said["method"], said["reads"], said["human_reads"])
    if given:
        left = paths_of(str(said["left"]))
        check_among(Path(given), left)
        members, decided = collect(left, looking, said["quasi_identifiers"])
        held = validate(Path(given), "ena", guard=looking)
        if held.errors:
            raise held.as_input_errors()
        samples = held.table
    else:
        members, decided, samples = _example(said)
    if str(said["licence"]) not in LICENCES:
        raise InputError("The licence is unknown.", expected=", ".join(LICENCES), found=str(said["licence"]))
    reads = read_files(Path(str(said["reads"])), list(samples["alias"])) if said["reads"] else None
    name = str(said["study"])
    simulated = " SIMULATED: nobody in it exists." if said["simulated"] else ""
    description = (
        f"Data of the study {name}, version {said['version'] or NOT_STATED}: metadata, sheets for the archive and what "
        f"the laboratory recorded of {len(samples)} samples and controls.{simulated}"
    )
    dates = sorted({date for date in samples["collection date"] if date[:1].isdigit()})
    items = storms({**said, "extraction": _extraction(said), "dates": f"{dates[0]} to {dates[-1]}" if dates else ""})
    abstract = f"{said['comparison'] or 'The comparison is not stated'}.{simulated}"
    method, instrument = str(said["method"]), str(said["instrument"])
    library = str(items.set_index("item").loc["primers or library", "what the study says"])
    asked = sheets(samples, str(said["acronym"]), name, abstract, method, instrument, library, reads)
    made = {"ena-samples": samples, **asked}
    centre, known = str(said["laboratory"]), library if library != NOT_STATED else ""
    prepared = qiita_preparation(samples, centre, method, instrument, known, name, str(said["forward"]), reads)
    if prepared is not None:
        made["qiita-preparation"] = prepared
    if said["access"] == "controlled":
        made = {"ega-samples": ega_samples(samples)} | {
            name.replace("ena-", "ega-"): sheet for name, sheet in asked.items()
        }
    members |= {f"archive/{key}.tsv": as_tsv(frame, key) for key, frame in made.items()}
    members["storms.csv"] = safe_for_spreadsheets(items, index=False).to_csv(index=False).encode("utf-8")
    members["data-management.md"] = management(said, decided).encode("utf-8")
    guard(members, looking)
    participants = set(samples["host subject id"]) - {""}
    found = groups(tables(members), participants, said["quasi_identifiers"], said["sensitive"])
    check_groups(found, exemption)
    told = {
        **{one.file: one.why[0].upper() + one.why[1:] for one in DECISIONS},
        "ena-samples.tsv": "Samples for ENA, checklist ERC000015",
        "ena-study.tsv": "The study for ENA",
        "ena-experiments.tsv": "Experiments for ENA, one a sample",
        "ena-runs.tsv": f"Runs for ENA, one a file of reads; {READS[reads is not None]}",
        "qiita-preparation.tsv": "Preparation information file for Qiita, which goes with metadata-qiita.tsv",
        "ega-samples.tsv": "Samples for the European Genome-phenome Archive; the phenotype is to be filled in",
        "ega-study.tsv": "The study for the European Genome-phenome Archive",
        "ega-experiments.tsv": "Experiments, one a sample",
        "ega-runs.tsv": f"Runs, one a file of reads; {READS[reads is not None]}",
        "storms.csv": "Items of STORMS that the study file answers",
        "data-management.md": "Data management and access: what leaves, what stays, who decides",
        PACKAGE: "Data Package: every table with columns, units and checksum",
        CRATE: "RO-Crate: every file with what it is",
    }
    who = str(said["laboratory"]) or str(said["principal_investigator"]) or name
    crate = About(
        name, description, str(said["licence"]), str(said["date"]), who, str(items.iloc[-1]["what the study says"])
    )
    members[PACKAGE] = data_package(members, crate)
    members[CRATE] = crate_metadata(members, told, crate)
    return Shared(members, decided, items, made, told, samples, found, exemption, looking.answers)


def _extraction(said: Mapping[str, Any]) -> str:
    given = {name: said[f"extraction_{name}"] for name in ("kit", "protocol")}
    given |= {name: said[name] for name in ("bead_mm", "sample_mg")}
    return chosen(given).in_words if all(given.values()) else ""


def _example(asked: Mapping[str, Any]) -> tuple[dict[str, bytes], pd.DataFrame, pd.DataFrame]:
    def said(name: str) -> dict[str, str]:
        return cast("dict[str, str]", study_questions()[f"metadata.{name}_by_centre"].in_book)

    tubes = example_samples()
    study = Circumstances(
        "Fibre and fermented food, example study (simulated)",
        "Netherlands",
        said("region"),
        coordinates(said("latitude"), said("longitude")),
        precision="month",
        kit=kit_of(asked["kit"]),
        method=str(asked["method"]),
        extraction=example_extraction(),
    )
    wanted = {"plate": 96, "plates": 0, "blanks": 2, "mocks": 1, "ntc": 1, "duplicates": 1}
    written = all_standards(records(example_questionnaire(), tubes, planned_controls(tubes, wanted), study), study)
    members = {f"data/record-metadata/metadata-{key}.tsv": as_tsv(frame, key) for key, frame in written.items()}
    listed_tubes = tubes.to_csv(index=False).encode("utf-8")
    members["data/assign-codes-and-labels/tubes.csv"] = without("tubes.csv", listed_tubes, asked["quasi_identifiers"])
    del members["data/record-metadata/metadata-qiime2.tsv"]
    there = {tuple(name.split("/")[1:]) for name in members}
    rows = [
        (one.step, one.file, "yes" if one.leaves else "no", one.why)
        for one in DECISIONS
        if not one.leaves or (one.step, one.file) in there
    ]
    return members, pd.DataFrame(rows, columns=["step", "file", "leaves", "why"]), written["ena"]


def share_the_data(parameters: Mapping[str, Any]) -> None:
    """Check what the chapter ``protocols/share-the-data`` is given.

    Parameters
    ----------
    parameters : mapping of str to object
        Of the chapter.

    Raises
    ------
    InputError, InputErrors
        As :func:`shared`.
    """
    shared(parameters)
