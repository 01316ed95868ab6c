"""A study that is run while it goes on: at every visit with what there is, and at the end as if it had been run once.

Simulated: 12 people, 4 visits, of 48 tubes one lost on the way and two of missed visits, two freezers, and one of them
fails once, which its own log tells.
"""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.cli import main
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.example.screening import example_screening
from handbook_utils.protocols.ledger import Ledger, status
from handbook_utils.protocols.people.key_file import PASSPHRASE
from handbook_utils.protocols.sequencing.example import example_concentrations, example_counts
from handbook_utils.protocols.study_file import STEPS
from handbook_utils.protocols.study_template import example

SECRET = "correct horse battery staple"  # noqa: S105 - of keys that the tests make
PEOPLE, SEED = 12, 5
VISITS = ("T0", "T1", "T2", "T3")
FIRST = pd.Timestamp("2026-03-02 09:00")
BETWEEN = pd.Timedelta(days=42)
#: The freezer of one centre failed for six hours between the second visit and the third.
FAILED = FIRST + BETWEEN * 1.5
#: Steps that are run before the first visit, and at each; the plan of a trial takes long, and no tube rests on it.
BEFORE = ("include-participants", "assign-codes-and-labels", "collect-at-home")
AT_EVERY_VISIT = ("keep-it-cold", "record-metadata", "extract-and-plate", "share-the-data")


def handbook(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code, arguments


def run(folder: Path, steps: Sequence[str]) -> None:
    handbook("study", "run", str(folder), *(word for step in steps for word in ("--only", step)))


def begin(folder: Path) -> Path:
    """Write what a study has before its first visit."""
    folder.mkdir()
    text = example()
    for line, value in {
        "name": "A study that goes on (simulated)",
        "seed": SEED,
        "participants": PEOPLE,
        "time_points": f"[{', '.join(VISITS)}]",
        "comparison": "",
    }.items():
        text = re.sub(rf"(?m)^  {line}:.*?(  #.*)?$", f"  {line}: {value}", text, count=1)
    (folder / "study.yml").write_text(text, encoding="utf-8")
    example_screening(PEOPLE, SEED).to_csv(folder / "screening.csv", index=False)
    shutil.copy(datasets.path("example-study", "mock.csv"), folder)
    return folder


def fates(tubes: pd.DataFrame) -> dict[str, str]:
    """Say what becomes of the tubes that do not come: one is lost, and of two missed visits one is not spoken of."""
    drawn = np.random.default_rng(SEED).permutation(tubes["sample"].to_numpy(dtype=object))
    return dict(zip(drawn, ("lost on the way", "not collected", "silent"), strict=False))


def bring(folder: Path, upto: int) -> None:
    """Write scans, loggers and questionnaires of the first visits."""
    tubes = pd.read_csv(files(folder, "assign-codes-and-labels") / "tubes.csv", dtype=str)
    gone = fates(tubes)
    (folder / "loggers").mkdir(exist_ok=True)
    rows, taken = ["code,event,time,shipment,freezer,box,position,until,celsius"], {}
    minutes = dict(zip(tubes["sample"], np.random.default_rng(SEED).integers(3, 50, len(tubes)), strict=True))
    for number, visit in enumerate(VISITS[:upto]):
        packed = FIRST + number * BETWEEN
        readings = pd.date_range(packed - pd.Timedelta(hours=1), periods=200, freq="10min")
        lines = [f"{number},{_at_one(moment)},-70.5" for number, moment in enumerate(readings, 1)]
        head = '"#","Date Time, GMT+01:00","Temp, °C (LGR S/N: 1, SEN S/N: 1)"'
        (folder / "loggers" / f"box-{visit}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        for place, tube in enumerate(tubes.loc[tubes["time_point"] == visit].itertuples(index=False), 1):
            fate = gone.get(tube.sample, "")
            if fate in ("not collected", "silent"):
                continue
            at = packed - pd.Timedelta(days=1, minutes=int(minutes[tube.sample]) * 7)
            taken[tube.sample] = f"{at:%Y-%m-%d %H:%M}"
            rows += [
                f"{tube.sample},collected,{at:%Y-%m-%d %H:%M},,,,,,",
                f"{tube.sample},frozen,{at + pd.Timedelta(minutes=int(minutes[tube.sample])):%Y-%m-%d %H:%M},,,,,,",
            ]
            if fate != "lost on the way":
                end = packed + pd.Timedelta(hours=26)
                away = end + pd.Timedelta(minutes=15)
                freezer = "F2" if tube.centre == "Wageningen" else "F1"
                rows += [
                    f"{tube.sample},packed,{packed:%Y-%m-%d %H:%M},,,,,,",
                    f"{tube.sample},received,{end:%Y-%m-%d %H:%M},box-{visit},,,,,",
                    f"{tube.sample},frozen,{away:%Y-%m-%d %H:%M},,{freezer},{visit},{place},,",
                ]
    _log_of_freezer(folder, "F2", FIRST + (upto - 1) * BETWEEN + pd.Timedelta(days=2))
    (folder / "scans.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    asked = example_questionnaire(SEED, tubes, SEED).set_index("tube")
    asked["collected"] = pd.Series(taken)
    silent = [tube for tube, fate in gone.items() if fate == "not collected" and tube[-1] <= str(upto)]
    asked.loc[silent, "collected"] = "not collected"
    asked = asked.loc[[*taken, *silent]]
    asked.reset_index(names="tube").to_csv(folder / "questionnaire.csv", index=False)


def _log_of_freezer(folder: Path, name: str, until: pd.Timestamp) -> None:
    """Write the freezer's own log up to a moment: -80 °C, but for six hours at 3 °C where it failed."""
    (folder / "freezers").mkdir(exist_ok=True)
    moments = pd.date_range(FIRST, until, freq="30min")
    warm = (moments > FAILED) & (moments <= FAILED + pd.Timedelta(hours=6))
    lines = [f"{at:%Y-%m-%dT%H:%M:%S}Z;{3.0 if failed else -80.0}" for at, failed in zip(moments, warm, strict=True)]
    text = "\n".join(["Time (UTC);Temperature (°C)", *lines])
    (folder / "freezers" / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")


def _at_one(moment: pd.Timestamp) -> str:
    """The logger's clock is an hour ahead of UTC all year, that on the wall two in summer."""
    return f"{moment.tz_localize('Europe/Amsterdam').tz_convert('Etc/GMT-1'):%m/%d/%Y %H:%M:%S}"


def measure(folder: Path) -> None:
    """Write what the laboratory measured of the plates, at the end."""
    wells = pd.read_csv(files(folder, "extract-and-plate") / "wells.csv", keep_default_na=False)
    example_concentrations(wells).to_csv(folder / "concentrations.csv", index=False)
    example_counts(wells).to_csv(folder / "counts.csv")


def files(folder: Path, step: str) -> Path:
    return folder / "results" / step / "files"


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """One study run at every visit and at the end, with what was seen on the way; and one run over all files."""
    root = tmp_path_factory.mktemp("living")
    # A folder may have the sign in its name that stands between paths.
    lived, seen = begin(root / f"lived{os.pathsep}2026"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSPHRASE, SECRET)
        run(lived, BEFORE)
        once = root / "once"
        shutil.copytree(lived, once)  # codes are drawn once: what was given out is the same in both
        for upto in range(1, len(VISITS) + 1):
            bring(lived, upto)
            run(lived, AT_EVERY_VISIT)
            verdicts = pd.read_csv(files(lived, "keep-it-cold") / "verdicts.csv", keep_default_na=False)
            metadata = pd.read_csv(files(lived, "record-metadata") / "metadata-ena.tsv", sep="\t", dtype=str)
            wells = pd.read_csv(files(lived, "extract-and-plate") / "wells.csv", keep_default_na=False)
            scans = pd.read_csv(lived / "scans.csv", dtype=str)
            seen.append((verdicts, metadata, wells, scans, status(Ledger(lived / "ledger.sqlite"))))
        measure(lived)
        run(lived, STEPS[1:])
        bring(once, len(VISITS))
        shutil.copy(lived / "concentrations.csv", once)
        shutil.copy(lived / "counts.csv", once)
        run(once, STEPS[1:])
    return lived, once, seen


def test_no_row_is_invented_at_any_visit(studies):
    lived, _, seen = studies
    tubes = set(pd.read_csv(files(lived, "assign-codes-and-labels") / "tubes.csv", dtype=str)["sample"])
    assert len(tubes) == PEOPLE * len(VISITS)
    for number, (verdicts, metadata, wells, scans, where) in enumerate(seen, 1):
        came = set(scans.loc[scans["event"] == "received", "code"])
        assert came
        assert {tube[-1] for tube in came} == {str(visit) for visit in range(1, number + 1)}
        assert set(verdicts["tube"]) == set(where.index) == tubes
        assert set(verdicts.loc[verdicts["verdict"] != "missing", "tube"]) == came
        placed = set(wells.loc[wells["content"] == "sample", "sample"])
        assert placed == set(verdicts.loc[verdicts["verdict"].isin(["accept", "flag"]), "tube"])
        described = set(metadata["alias"]) & tubes
        assert described <= came
        assert placed <= described
        # One that was scanned at home and never arrived may still come: to the ledger it is given out.
        assert set(where.index[where["state"] == "given out"]) == tubes - came


def test_the_freezer_that_failed_rejects_what_stood_in_it_and_no_later_tube(studies):
    _, _, seen = studies
    before, after = (seen[number][0].set_index("tube")["verdict"] for number in (1, 2))
    where = seen[2][4]
    changed = before.index[(before != "reject") & (after == "reject")]
    assert len(changed)
    assert {tube[-1] for tube in changed} == {"1", "2"}
    assert set(where.loc[changed, "freezer"]) == {"F2"}


def test_a_missed_visit_is_no_row_and_a_lost_tube_is_missing(studies):
    lived, _, seen = studies
    verdicts, metadata, *_ = seen[-1]
    tubes = pd.read_csv(files(lived, "assign-codes-and-labels") / "tubes.csv", dtype=str)
    for tube, fate in fates(tubes).items():
        assert verdicts.set_index("tube").loc[tube, "verdict"] == "missing", fate
        assert tube not in set(metadata["alias"])


def test_the_end_equals_one_run_over_all_files(studies):
    lived, once, _ = studies
    compared = 0
    for step in STEPS[1:]:
        names, other = (
            {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            for folder in (files(lived, step), files(once, step))
        )
        assert names == other
        for name in sorted(names):
            if not name.endswith((".zip", ".json")):  # crates name the day of the run
                assert (files(lived, step) / name).read_bytes() == (files(once, step) / name).read_bytes(), (step, name)
                compared += 1
    assert compared > 30


def test_the_ledger_knows_how_far_every_tube_came(studies):
    lived, _, seen = studies
    where = status(Ledger(lived / "ledger.sqlite"))
    accepted = set(seen[-1][0].query("verdict in ['accept', 'flag']")["tube"])
    assert set(where.index[where["state"] == "shared"]) == accepted
    assert (where.loc[sorted(accepted), "well"] != "").all()
    kinds = Ledger(lived / "ledger.sqlite").events()["kind"]
    assert {"placed", "well", "extracted", "pooled", "sequenced", "shared"} <= set(kinds)
    handbook("study", "status", str(lived), "--tubes")


def test_another_run_without_a_change_runs_nothing(studies):
    lived, _, _ = studies
    before = {step: (lived / "results" / step / "report.html").stat().st_mtime_ns for step in STEPS[1:]}
    run(lived, STEPS[1:])
    assert {step: (lived / "results" / step / "report.html").stat().st_mtime_ns for step in STEPS[1:]} == before
