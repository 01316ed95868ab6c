"""The cold chain: loggers' layouts, daylight saving, time above a limit, verdicts, and mistakes all at once."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.chain import judge, longest_gap, mean_kinetic_temperature, minutes_above
from handbook_utils.protocols.cold.reading import Log, read_log
from handbook_utils.protocols.cold.scans import Scans, read_scans
from handbook_utils.protocols.cold.told import events, without_withdrawn
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import Limits, limits_of
from handbook_utils.protocols.ledger import Event, Ledger, status
from handbook_utils.protocols.people.codes import draw_codes

CODES = draw_codes(4, seed=11)


def log_of(*celsius: float, step: str = "10min") -> Log:
    index = pd.date_range("2026-03-03 08:00", periods=len(celsius), freq=step, tz="UTC")
    return Log("box", pd.Series(list(celsius), index=index, dtype=float))


@pytest.mark.parametrize(
    ("content", "first", "note"),
    [
        (b"Time,Temperature\n2026-03-03 09:00,-18.5\n2026-03-03 09:10,-18.0\n", -18.5, "commas, decimal point, UTF-8"),
        (
            "Serienummer;123\nDatum/tijd;Temperatuur (°C)\n03-03-2026 09:00;-18,5\n03-03-2026 09:10;-18,0\n".encode(
                "cp1252"
            ),
            -18.5,
            "semicolons, decimal comma, Windows-1252",
        ),
        (
            "Time (UTC)\tTemp °C\n2026-03-03 08:00:00\t−18,5\n2026-03-03 08:10:00\t-18\n".encode("utf-16"),
            -18.5,
            "UTF-16",
        ),
        (
            b"no;date;celsius\n1;2026-03-03T09:00:00+01:00;-18.5 C\n2;2026-03-03T09:10:00+01:00;-18\n",
            -18.5,
            "semicolons",
        ),
    ],
)
def test_layouts_of_loggers(tmp_path, content, first, note):
    path = tmp_path / "box.csv"
    path.write_bytes(content)
    log = read_log(path)
    assert log.celsius.iloc[0] == first
    assert log.celsius.index[0] == pd.Timestamp("2026-03-03 08:00", tz="UTC")
    assert note in log.notes[0]


def test_repeated_hour_in_autumn_is_told_apart_and_skipped_hour_in_spring_is_an_error(tmp_path):
    path = tmp_path / "autumn.csv"
    times = ["02:30", "02:45", "02:00", "02:15"]  # 25 October 2026: 03:00 becomes 02:00
    path.write_text("time;temp\n" + "".join(f"2026-10-25 {time};-20\n" for time in times), encoding="utf-8")
    assert longest_gap(read_log(path)) == 15
    path.write_text("time;temp\n2026-03-29 01:30;-20\n2026-03-29 02:30;-20\n", encoding="utf-8")
    with pytest.raises(InputErrors, match="skipped when summer time began"):
        read_log(path)


def test_all_bad_lines_are_named_at_once(tmp_path):
    path = tmp_path / "box.csv"
    path.write_text(
        "time;temp\n2026-03-03 09:00;-18\nyesterday;-18\n2026-03-03 09:20;warm\n2026-03-03 09:30;999\n2026-03-03\n"
    )
    with pytest.raises(InputErrors) as found:
        read_log(path)
    assert [error.where.rpartition(" ")[2] for error in found.value.errors] == ["3", "4", "5", "6"]
    assert "Fahrenheit" in str(found.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"a;b\n1;2\n", "no header"), (b"time;temp\n2026-03-03 09:00;1\n", "fewer than two")],
)
def test_files_that_are_no_logs(tmp_path, content, said):
    path = tmp_path / "box.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_log(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_log(tmp_path / "absent.csv")


def test_time_above_is_exact_for_straight_lines():
    assert minutes_above(log_of(-20, -20, -20), -10) == 0
    assert minutes_above(log_of(0, 0, 0), -10) == 20
    assert minutes_above(log_of(-20, 0, -20), -10) == pytest.approx(10)
    assert minutes_above(log_of(-15, 0, -15), -10) == pytest.approx(20 * 10 / 15)
    start = dt.datetime(2026, 3, 3, 8, 5, tzinfo=dt.UTC)
    assert minutes_above(log_of(0, 0, 0), -10, start) == pytest.approx(15)


#: As loggers write them: a grid cannot tell 0 from 1e-97.
HUNDREDTHS = st.integers(-8000, 4000).map(lambda value: value / 100)


@given(st.lists(HUNDREDTHS, min_size=2, max_size=30), HUNDREDTHS)
def test_time_above_agrees_with_a_fine_grid(celsius, limit):
    log = log_of(*celsius)
    grid = np.interp(np.linspace(0, len(celsius) - 1, 20_001), range(len(celsius)), celsius)
    total = 10 * (len(celsius) - 1)
    assert minutes_above(log, limit) == pytest.approx((grid > limit).mean() * total, abs=total * 0.01 + 0.01)


@given(st.lists(st.floats(-80, 40), min_size=1, max_size=30))
def test_kinetic_mean_lies_between_the_mean_and_the_warmest(celsius):
    kinetic = mean_kinetic_temperature(celsius)
    assert np.mean(celsius) - 1e-6 <= kinetic <= max(celsius) + 1e-6


def test_kinetic_mean_by_hand():
    low, high = math.exp(-10_000 / 293.15), math.exp(-10_000 / 303.15)
    assert mean_kinetic_temperature([20, 30]) == pytest.approx(-10_000 / math.log((low + high) / 2) - 273.15)


def rules(**other) -> Limits:
    return replace(limits_of(kit_of("none")), **other)


def scans(tmp_path, *rows: str) -> pd.DataFrame:
    return all_scans(tmp_path, *rows).tubes


def all_scans(tmp_path, *rows: str) -> Scans:
    path = tmp_path / "scans.csv"
    path.write_text("code;event;time;shipment\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return read_scans(path, known=CODES)


def whole(code: str, frozen: str = "08:30", shipment: str = "box") -> list[str]:
    return [
        f"{code};collected;2026-03-03 08:00;",
        f"{code};frozen;2026-03-03 {frozen};",
        f"{code};packed;2026-03-03 10:00;",
        f"{code};received;2026-03-03 11:50;{shipment}",
    ]


def test_verdicts_and_their_reasons(tmp_path):
    table = scans(
        tmp_path,
        *whole(CODES[0]),
        *whole(CODES[1], frozen="10:00"),
        *whole(CODES[2], shipment="warm"),
        *whole(CODES[3], shipment="lost"),
    )
    cold = log_of(*[-70.0] * 18)
    warm = Log("warm", log_of(*[5.0] * 18).celsius)
    judged = {entry.code: entry for entry in judge(table, {"box": cold, "warm": warm}, rules(reject_minutes=100))}
    assert judged[CODES[0]].verdict == "accept"
    assert judged[CODES[0]].reasons == ()
    assert judged[CODES[0]].kinetic == pytest.approx(-70)
    assert judged[CODES[1]].verdict == "flag"
    assert "2.0 h from collection to the freezer" in judged[CODES[1]].reasons[0]
    assert judged[CODES[2]].verdict == "reject"
    assert judged[CODES[2]].minutes_outside == pytest.approx(110)
    assert judged[CODES[3]].verdict == "flag"
    assert "no temperature log" in judged[CODES[3]].reasons[0]


def test_a_gap_in_the_log_is_flagged(tmp_path):
    table = scans(tmp_path, *whole(CODES[0]))
    log = log_of(*[-70.0] * 6, step="50min")
    [judged] = judge(table, {"box": log}, rules(gap_minutes=30))
    assert judged.verdict == "flag"
    assert "gap" in judged.reasons[0]


@pytest.mark.parametrize(
    ("shift", "keep", "said"),
    [
        ("-730D", 18, "of other days"),
        ("30D", 18, "of other days"),
        ("0min", 9, "ends 1.5 h before it was received"),
        ("100min", 18, "begins 0.7 h after it was packed"),
    ],
)
def test_a_log_that_does_not_cover_the_journey_never_accepts(tmp_path, shift, keep, said):
    table = scans(tmp_path, *whole(CODES[0]))
    series = log_of(*[-70.0] * 18).celsius.iloc[:keep]
    log = Log("box", pd.Series(series.to_numpy(), index=series.index + pd.Timedelta(shift)))
    [judged] = judge(table, {"box": log}, rules())
    assert judged.verdict == "flag"
    assert said in "; ".join(judged.reasons)


def test_a_logger_started_before_packing_is_judged_from_packing_on(tmp_path):
    table = scans(tmp_path, *whole(CODES[0]))
    log = log_of(*[21.0] * 6, *[-70.0] * 12)  # packed at 09:00 UTC, after an hour on the bench
    [judged] = judge(table, {"box": log}, rules(flag_minutes=5, reject_minutes=30))
    assert judged.verdict == "accept"
    assert judged.minutes_outside == 0
    unpacked = table.assign(packed=pd.NaT)
    [judged] = judge(unpacked, {"box": log}, rules())
    assert judged.verdict == "flag"
    assert "not known when it was packed" in "; ".join(judged.reasons)


def test_a_stabilised_tube_needs_no_freezer_at_home(tmp_path):
    table = scans(
        tmp_path,
        f"{CODES[0]};collected;2026-02-20 08:00;",
        f"{CODES[0]};packed;2026-03-03 10:00;",
        f"{CODES[0]};received;2026-03-03 11:50;box",
        f"{CODES[1]};packed;2026-03-03 10:00;",
        f"{CODES[1]};received;2026-03-03 11:50;box",
    )
    log = log_of(*[21.0] * 18)
    kept = rules(warmest=30, hours=24 * 14, frozen_at_home=False)
    assert [one.verdict for one in judge(table.loc[CODES[:2]], {"box": log}, kept)] == ["accept", "flag"]
    late = rules(warmest=30, hours=24 * 7, frozen_at_home=False)
    [judged] = judge(table.loc[CODES[:1]], {"box": log}, late)
    assert "from collection to receipt, more than 168 h" in judged.reasons[0]


def test_all_mistakes_of_a_scan_log_at_once(tmp_path):
    stranger = draw_codes(1, seed=99)[0]
    with pytest.raises(InputErrors) as found:
        scans(
            tmp_path,
            f"{CODES[0]};collected;2026-03-03 08:00;",
            f"{CODES[0]};collected;2026-03-03 08:05;",
            f"{CODES[0]};frozen;2026-03-03 07:00;",
            f"{stranger};collected;2026-03-03 08:00;",
            f"{CODES[1][1] + CODES[1][0] + CODES[1][2:]};collected;2026-03-03 08:00;",
            f"{CODES[2]};melted;2026-03-03 08:00;",
            f"{CODES[3]};frozen;soon;",
        )
    text = str(found.value)
    assert len(found.value.errors) == 6
    for said in (
        "scanned twice",
        "frozen before it was collected",
        "never given out",
        "not a study code",
        "Unknown event",
    ):
        assert said in text


def test_the_ledger_remembers_what_came_and_what_was_said_of_it(tmp_path):
    came, never = CODES[:2], CODES[2]
    read = all_scans(tmp_path, *whole(came[0]), *whole(came[1]))
    judged = judge(read.tubes.reindex([*came, never]).fillna({"shipment": ""}), {"box": log_of(*[-70.0] * 18)}, rules())
    ledger = Ledger(tmp_path / "ledger.sqlite")
    labels = [Event("label", tube, {"participant": f"P{tube}", "time_point": "T0"}) for tube in [*came, never]]
    ledger.append(labels, step="codes")
    assert ledger.append(events(judged, read), step="cold") == 10
    assert ledger.append(events(judged, read), step="cold") == 0, "a second run says nothing new"
    told = status(ledger)["state"].to_dict()
    assert told == {came[0]: "accept", came[1]: "accept", never: "given out"}
    ledger.append([Event("withdrawn", f"P{came[0]}", {})], step="key")
    after = {one.code: one for one in without_withdrawn(judged, ledger)}
    assert (after[came[0]].verdict, after[came[0]].reasons) == ("reject", ("consent was withdrawn",))
    assert after[came[1]].verdict == "accept"
