"""From receipt on: freezers, boxes, positions, thaws, aliquots and alarms; a stabilised study that is not refused."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputErrors
from handbook_utils.protocols.cold.chain import judge
from handbook_utils.protocols.cold.inputs import read_shipments
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.cold.scans import Scans, read_scans
from handbook_utils.protocols.cold.storage import Freezers, places
from handbook_utils.protocols.cold.told import answer, events
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import kit_with, limits_of
from handbook_utils.protocols.ledger import Event, Ledger, status
from handbook_utils.protocols.people.codes import draw_codes

CODES = [f"{code}-1" for code in draw_codes(4, seed=11)]
FROZEN = limits_of(kit_of("none"))
HEAD = "code,event,time,shipment,freezer,box,position,aliquot,until,celsius"


def read(tmp_path, *rows: str) -> Scans:
    path = tmp_path / "scans.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return read_scans(path, known=CODES)


def came(code: str, freezer: str = "F1", position: str = "") -> list[str]:
    at = f"{position or CODES.index(code) + 1}"
    return [
        f"{code},collected,2026-03-03 08:00",
        f"{code},frozen,2026-03-03 08:30",
        f"{code},packed,2026-03-03 10:00",
        f"{code},shipped,2026-03-03 10:05",
        f"{code},received,2026-03-03 11:50,box",
        f"{code},frozen,2026-03-03 12:00,,{freezer},B1,{at}",
    ]


def verdicts(scans: Scans, limits=FROZEN) -> dict[str, tuple[str, str]]:
    index = pd.date_range("2026-03-03 08:00", periods=18, freq="10min", tz="UTC")
    log = Log("box", pd.Series(-70.0, index=index))
    judged = judge(scans.tubes, {"box": log}, limits, Freezers(scans.storage))
    return {one.code: (one.verdict, "; ".join(one.reasons)) for one in judged}


def test_a_tube_that_was_frozen_and_stayed_so_is_accepted_and_stands_where_it_was_put(tmp_path):
    scans = read(tmp_path, *came(CODES[0]), f"{CODES[0]},moved,2026-04-01 09:00,,F2,B7,12")
    assert verdicts(scans) == {CODES[0]: ("accept", "")}
    at = places(scans.storage).loc[CODES[0]]
    assert (at["freezer"], at["box"], at["position"], at["thaws"]) == ("F2", "B7", "12", 0)


@pytest.mark.parametrize(
    ("alarm", "verdict", "said"),
    [
        ("F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 12:00,-2", "reject", "-2 °C at most, for 720 min"),
        ("F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 02:00,4", "flag", "for 120 min"),
        ("F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 00:20,4", "accept", ""),
        ("F1,alarm,2026-05-01 00:00,,,,,,2026-05-03 00:00,-25", "accept", ""),
        ("F1,alarm,2026-05-01 00:00,,,,,,,", "flag", "how warm or how long is not known"),
        ("F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 12:00,", "flag", "how warm or how long is not known"),
        ("F1,alarm,2026-01-01 00:00,,,,,,2026-01-02 12:00,20", "accept", ""),
    ],
)
def test_an_alarm_is_judged_for_the_tubes_that_stood_in_that_freezer(tmp_path, alarm, verdict, said):
    found = verdicts(read(tmp_path, *came(CODES[0]), *came(CODES[1], "F2"), alarm))
    assert found[CODES[0]][0] == verdict
    assert said in found[CODES[0]][1]
    assert found[CODES[1]][0] == "accept", "it stood in another freezer"


def test_a_tube_that_was_moved_before_the_alarm_or_in_the_midst_of_it(tmp_path):
    alarm = "F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 12:00,4"
    before = read(tmp_path, *came(CODES[0]), f"{CODES[0]},moved,2026-04-30 12:00,,F2,B1,1", alarm)
    assert verdicts(before)[CODES[0]][0] == "accept"
    within = read(tmp_path, *came(CODES[0]), f"{CODES[0]},moved,2026-05-01 01:00,,F2,B1,1", alarm)
    assert "for 60 min" in verdicts(within)[CODES[0]][1]


def test_thaws_are_counted_and_what_was_not_put_back_or_nowhere_is_flagged(tmp_path):
    scans = read(
        tmp_path,
        *came(CODES[0]),
        f"{CODES[0]},thawed,2026-04-01 09:00",
        f"{CODES[0]},frozen,2026-04-01 10:00,,F1,B1,1",
        *came(CODES[1]),
        f"{CODES[1]},thawed,2026-04-01 09:00",
        *came(CODES[2])[:-1],
    )
    found = verdicts(scans)
    assert found[CODES[0]] == ("flag", "thawed 1 time(s), more than 0")
    assert "not frozen since" in found[CODES[1]][1]
    assert "no freezer of the laboratory" in found[CODES[2]][1]
    once = limits_of(kit_with({"kit": "none", "freeze_thaws": 1}))
    assert verdicts(scans, once)[CODES[0]] == ("accept", "")
    unknown = limits_of(kit_with({"kit": "omnigene", "warmest_celsius": 30.0}))
    assert "how often is allowed for its kit is not known" in verdicts(scans, unknown)[CODES[0]][1]


def test_aliquots_have_places_and_thaws_of_their_own(tmp_path):
    scans = read(
        tmp_path,
        *came(CODES[0]),
        f"{CODES[0]},aliquoted,2026-04-01 09:00,,,,,{CODES[0]}.1",
        f"{CODES[0]}.1,frozen,2026-04-01 09:05,,F2,B9,3",
        f"{CODES[0]}.1,thawed,2026-06-01 09:05",
        f"{CODES[0]}.1,frozen,2026-06-01 10:05,,F2,B9,3",
    )
    table = places(scans.storage)
    assert (table.loc[f"{CODES[0]}.1", "thaws"], table.loc[CODES[0], "thaws"], table.loc[CODES[0], "aliquots"]) == (
        1,
        0,
        1,
    )
    assert verdicts(scans) == {CODES[0]: ("accept", "")}


def test_what_cannot_be_in_a_log_of_storage_is_refused_at_once(tmp_path):
    with pytest.raises(InputErrors) as found:
        read(
            tmp_path,
            *came(CODES[0], position="5"),
            *came(CODES[1], position="5"),
            "F9,alarm,2026-05-01 00:00,,,,,,2026-05-01 12:00,4",
            f"{CODES[0]},moved,2026-05-01 00:00",
            f"{CODES[0]},aliquoted,2026-05-01 00:00,,,,,{CODES[1]}.1",
            f"{CODES[2]}.1,frozen,2026-05-01 00:00,,F1,B1,9",
            f"{CODES[3]},shipped,2026-03-03 09:00",
            f"{CODES[3]},packed,2026-03-03 10:00",
            "F1,alarm,2026-05-01 00:00,,,,,,2026-05-01 12:00,hot",
        )
    told = str(found.value)
    assert len(found.value.errors) == 7
    for said in (
        "in which nothing ever was",
        "moved without a freezer",
        "does not bear its code",
        f"{CODES[2]}.1 was never given out",
        "was shipped before it was packed",
        "stand in one position",
        "A temperature cannot be read",
    ):
        assert said in told


def test_the_ledger_follows_a_tube_through_freezers_and_a_second_run_adds_nothing(tmp_path):
    scans = read(
        tmp_path,
        *came(CODES[0]),
        f"{CODES[0]},thawed,2026-04-01 09:00",
        f"{CODES[0]},frozen,2026-04-01 10:00,,F2,B1,1",
        "F1,alarm,2026-02-01 00:00,,,,,,2026-02-01 12:00,4",
    )
    index = pd.date_range("2026-03-03 08:00", periods=18, freq="10min", tz="UTC")
    judged = judge(scans.tubes, {"box": Log("box", pd.Series(-70.0, index=index))}, FROZEN, Freezers(scans.storage))
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.append([Event("label", CODES[0], {"participant": "P", "time_point": "T0"})], step="codes")
    assert ledger.append(events(judged, scans), step="cold") == 10
    assert ledger.append(events(judged, scans), step="cold") == 0
    told = status(ledger).loc[CODES[0]]
    assert (told["state"], told["freezer"], told["box"], told["position"]) == ("flag", "F2", "B1", "1")


# ------------------------------------------------------------------- a study of 150 people with a stabiliser, by post


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    """571 tubes of a simulated study with a stabiliser: nobody freezes at home, the post takes up to three days."""
    folder = tmp_path_factory.mktemp("posted")
    generator = np.random.default_rng(19)
    people = draw_codes(150, seed=19)
    tubes = [f"{code}-{visit}" for code in people for visit in (1, 2, 3, 4)][:571]
    (folder / "tubes.csv").write_text(
        "sample,participant\n" + "".join(f"{tube},{tube[:-2]}\n" for tube in tubes), encoding="utf-8"
    )
    loggers = folder / "loggers"
    loggers.mkdir()
    rows = ["code,event,time,shipment,freezer,box,position"]
    boxes = {f"bag-{number}": tubes[start : start + 20] for number, start in enumerate(range(0, len(tubes), 20), 1)}
    for number, (box, inside) in enumerate(boxes.items()):
        start = pd.Timestamp("2026-05-04 12:00") + pd.Timedelta(days=number)
        hours = int(generator.integers(20, 60))
        log = pd.date_range(start - pd.Timedelta(hours=1), periods=6 * hours + 13, freq="10min")
        heat = 19 + 4 * np.sin(np.arange(len(log)) / 144 * 2 * np.pi)
        lines = [f"{moment:%Y-%m-%d %H:%M},{value:.1f}" for moment, value in zip(log, heat, strict=True)]
        (loggers / f"{box}.csv").write_text("time,celsius\n" + "\n".join(lines) + "\n", encoding="utf-8")
        end = start + pd.Timedelta(hours=hours)
        for place, tube in enumerate(inside):
            taken = start - pd.Timedelta(minutes=int(generator.integers(60, 600)))
            rows += [
                f"{tube},collected,{taken:%Y-%m-%d %H:%M},,,,",
                f"{tube},packed,{start:%Y-%m-%d %H:%M},,,,",
                f"{tube},received,{end:%Y-%m-%d %H:%M},{box},,,",
                f"{tube},frozen,{end + pd.Timedelta(minutes=20):%Y-%m-%d %H:%M},,F1,B{number},{place + 1}",
            ]
    (folder / "scans.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def counted(folder, said) -> dict[str, int]:
    logs, scans = read_shipments(folder / "loggers", folder / "scans.csv", "Europe/Amsterdam", folder / "tubes.csv")
    limits = limits_of(kit_with(said))
    judged = judge(scans.tubes, logs, limits, Freezers(scans.storage))
    assert answer(judged, logs, limits)["found"].startswith("Of 571 tubes given out")
    return pd.Series([one.verdict for one in judged]).value_counts().to_dict()


def test_a_study_with_a_stabiliser_is_read_without_an_error_and_accepted_by_its_own_kit(posted):
    """These files gave 571 errors (packed before frozen), and 0 of 571 tubes were accepted (above -10 °C)."""
    assert counted(posted, {"kit": "omnigene"}) == {"accept": 571}
    assert counted(posted, {"kit": "none"}) == {"reject": 571}


def test_limits_of_72_hours_and_25_degrees_can_be_set_and_raised(posted):
    strict = counted(posted, {"kit": "omnigene", "hours": 48.0, "warmest_celsius": 20.0})
    assert strict.get("accept", 0) < 571
    assert counted(posted, {"kit": "omnigene", "hours": 72.0, "warmest_celsius": 25.0}) == {"accept": 571}
    assert counted(posted, {"kit": "omnigene", "hours": 96.0, "warmest_celsius": 40.0}) == {"accept": 571}


def test_a_kit_whose_limits_nobody_gave_flags_every_tube_and_says_why(posted):
    assert counted(posted, {"kit": "swab"}) == {"flag": 571}
    assert counted(posted, {"kit": "swab", "hours": 72.0, "warmest_celsius": 25.0}) == {"accept": 571}
