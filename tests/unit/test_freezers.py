"""A freezer's own log: what was too warm in it is judged for each tube that stood there, and what it lacks is told."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.chain import judge
from handbook_utils.protocols.cold.freezers import excursions, freezers_table, read_freezers, uncovered, with_logs
from handbook_utils.protocols.cold.inputs import keep_it_cold
from handbook_utils.protocols.cold.reading import Log
from handbook_utils.protocols.cold.scans import read_scans
from handbook_utils.protocols.cold.storage import Freezers
from handbook_utils.protocols.cold.told import events
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import limits_of

LIMITS = limits_of(kit_of("none"), 30)
START = pd.Timestamp("2026-03-02 10:00", tz="UTC")
BEGINS = START - pd.Timedelta(hours=2)
TUBES = ("056K2N-1", "056K2N-2", "056K2N-3")
SCANS = """code,event,time,shipment,freezer,until,celsius
056K2N-1,received,2026-03-02 09:00Z,b,,,
056K2N-1,frozen,2026-03-02 09:15Z,,F2,,
056K2N-2,received,2026-03-02 09:00Z,b,,,
056K2N-2,frozen,2026-03-02 09:20Z,,F1,,
056K2N-3,received,2026-03-06 09:00Z,b,,,
056K2N-3,frozen,2026-03-06 09:20Z,,F2,,
"""


def write(path, celsius, every="30min", start=BEGINS):
    moments = pd.date_range(start, periods=len(celsius), freq=every)
    lines = [f"{moment:%Y-%m-%d %H:%M:%S};{value:.1f}" for moment, value in zip(moments, celsius, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["Time (UTC);Temperature (°C)", *lines]) + "\n", encoding="utf-8")


def scanned(tmp_path, text=SCANS):
    (tmp_path / "scans.csv").write_text(text, encoding="utf-8")
    return read_scans(tmp_path / "scans.csv", known=TUBES)


def failing():
    """Three days at -80 °C, and on the second six hours at 3 °C."""
    celsius = np.full(48 * 5, -80.0)
    celsius[60:72] = 3.0
    return celsius


def test_a_failure_in_the_log_rejects_what_stood_there_and_nothing_else(tmp_path):
    write(tmp_path / "freezers" / "F2.csv", failing())
    logs = read_freezers(tmp_path / "freezers", "Europe/Amsterdam")
    scans = with_logs(scanned(tmp_path), logs, LIMITS)
    [alarm] = scans.storage.query("event == 'alarm'").to_dict("records")
    assert (alarm["code"], alarm["celsius"]) == ("F2", 3.0)
    assert abs((alarm["until"] - alarm["time"]).total_seconds() / 3600 - 6) < 0.5
    judged = {one.code: one for one in judge(scans.tubes, {}, LIMITS, Freezers(scans.storage, logs))}
    assert judged["056K2N-1"].verdict == "reject"
    assert "F2 failed on 2026-03-03" in judged["056K2N-1"].reasons[-1]
    assert judged["056K2N-2"].verdict == judged["056K2N-3"].verdict == "flag"  # no log of their journey
    assert not any("failed" in reason for reason in judged["056K2N-3"].reasons)
    assert [one for one in events(list(judged.values()), scans) if one.kind == "alarm"]


def test_files_of_one_freezer_are_joined_and_overlap(tmp_path):
    celsius = failing()
    write(tmp_path / "f" / "F2" / "march-1.csv", celsius[:130])
    write(tmp_path / "f" / "F2" / "march-2.csv", celsius[100:], start=START + pd.Timedelta(hours=48))
    write(tmp_path / "g" / "F2.csv", celsius)
    parts, whole = read_freezers(tmp_path / "f", "UTC"), read_freezers(tmp_path / "g", "UTC")
    pd.testing.assert_series_equal(parts["F2"].celsius, whole["F2"].celsius, check_freq=False)


def test_an_alarm_that_was_scanned_without_how_warm_is_told_by_the_log(tmp_path):
    write(tmp_path / "freezers" / "F2.csv", failing())
    [found] = excursions(read_freezers(tmp_path / "freezers", "UTC")["F2"], -10)
    vague = f"F2,alarm,{found.start:%Y-%m-%d %H:%M}Z,,,,\n"
    scans = scanned(tmp_path, SCANS + vague)
    logs = read_freezers(tmp_path / "freezers", "UTC")
    assert with_logs(scans, {}, LIMITS) is scans
    assert with_logs(scans, logs, LIMITS).storage.query("event == 'alarm'")["celsius"].tolist() == [3.0]
    far = scanned(tmp_path, SCANS + "F2,alarm,2026-03-05 10:00Z,,,,\n")
    assert len(with_logs(far, logs, LIMITS).storage.query("event == 'alarm'")) == 2


@pytest.mark.parametrize(("hours", "verdict"), [(1, "flag"), (30, "reject")])
def test_a_log_that_ends_too_warm_is_as_long_as_is_known(tmp_path, hours, verdict):
    write(tmp_path / "freezers" / "F2.csv", [-80.0] * 20 + [5.0] * (2 * hours))
    logs = read_freezers(tmp_path / "freezers", "UTC")
    scans = with_logs(scanned(tmp_path), logs, LIMITS)
    judged = {one.code: one for one in judge(scans.tubes, {}, LIMITS, Freezers(scans.storage, logs))}
    assert judged["056K2N-1"].verdict == verdict
    assert any("F2 failed" in reason for reason in judged["056K2N-1"].reasons)


def test_what_a_log_does_not_cover_is_flagged():
    moments = pd.date_range(START, periods=100, freq="10min")
    whole = Log("F1", pd.Series(-80.0, index=moments))
    assert uncovered(whole, moments[3], moments[90], 30) == ()
    assert uncovered(whole, moments[3], None, 30) == ()
    assert "ends 2.5 h before" in uncovered(whole, moments[3], moments[-1] + pd.Timedelta(hours=2.5), 30)[0]
    gap = Log("F1", whole.celsius.drop(moments[40:60]))
    assert "gap of 3.5 h" in uncovered(gap, moments[3], None, 30)[0]
    assert uncovered(gap, moments[70], None, 30) == ()
    hourly = Log("F1", pd.Series(-80.0, index=pd.date_range(START, periods=50, freq="h")))
    assert uncovered(hourly, moments[3], None, 30) == ()


def test_freezers_without_a_log_stand_in_the_table_and_wrong_files_are_told_at_once(tmp_path):
    write(tmp_path / "freezers" / "F2.csv", failing())
    table = freezers_table(read_freezers(tmp_path / "freezers", "UTC"), scanned(tmp_path).storage, LIMITS)
    assert table["tubes"].to_dict() == {"F1": 1, "F2": 2}
    assert table.loc["F1", "alarms"] == "no log"
    assert table.loc["F2", "alarms"] == 1
    (tmp_path / "freezers" / "F1.csv").write_bytes(b"%PDF-1.4")
    (tmp_path / "freezers" / "F3.csv").write_text("nothing", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        read_freezers(tmp_path / "freezers", "UTC")
    assert len(found.value.errors) == 2
    (tmp_path / "none").mkdir()
    with pytest.raises(InputErrors, match="no logs"):
        read_freezers(tmp_path / "none", "UTC")
    with pytest.raises(InputError, match="what stood in each"):
        keep_it_cold({"kit": "none", "kit_file": "", "zone": "UTC", "freezers": str(tmp_path / "freezers")})
