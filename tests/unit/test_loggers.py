"""Files of loggers: every form is read right or refused with what was seen; what goes in comes out again."""

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.chain import judge
from handbook_utils.protocols.cold.loggers.dates import fixed_zone, found_order, written
from handbook_utils.protocols.cold.loggers.forms import form_of, forms
from handbook_utils.protocols.cold.reading import Log, read_log
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import limits_of

MAKES = {"HOBO", "LogTag", "Testo", "Elitech", "EL-USB", "iButton", "Sensitech"}


def log(tmp_path, text: str, **asked: str) -> Log:
    path = tmp_path / "box.csv"
    path.write_text(text, encoding="utf-8")
    return read_log(path, **asked)


def refused(tmp_path, text: str, **asked: str) -> str:
    with pytest.raises((InputError, InputErrors)) as found:
        log(tmp_path, text, **asked)
    return str(found.value)


def test_twenty_forms_and_the_makes_that_studies_use():
    assert len(forms()) >= 20
    assert {form.make for form in forms()} >= MAKES


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.name)
def test_every_form_is_known_and_read_right_or_refused(form, tmp_path):
    assert form_of(form.sample) == form
    assert "compared with no file of a device" in form.source
    asked = {name: form.reads[name] for name in ("sensor", "date_order", "zone") if name in form.reads}
    if "refused" in form.reads:
        told = refused(tmp_path, form.sample, **asked)
        assert form.reads["refused"] in told
        assert "found:" in told
        assert "remedy:" in told
        return
    read = log(tmp_path, form.sample, **asked)
    moment, _, celsius = form.reads["first"].rpartition(" ")
    assert read.celsius.index[0] == pd.Timestamp(moment, tz="UTC")
    assert read.celsius.iloc[0] == pytest.approx(float(celsius))
    assert len(read.celsius) == int(form.reads["readings"])
    assert form.make in read.notes[0]
    assert read.unsure == ()


# ------------------------------------------------------------------------------------------ which number is the day


@pytest.mark.parametrize(
    ("dates", "order", "why"),
    [
        (["2026-03-04", "2026-03-05"], "year-month-day", "no other order"),
        (["13/03/2026", "14/03/2026"], "day-month-year", "no other order"),
        (["03/13/2026", "03/14/2026"], "month-day-year", "no other order"),
        (["03/04/2026", "04/04/2026"], "day-month-year", "follow each other"),
        (["03/04/2026", "03/05/2026"], "month-day-year", "follow each other"),
        (["03.04.2026", "03.04.2026"], "day-month-year", "with points"),
        (["03/03/2026", "03/03/2026"], "day-month-year", "does not matter"),
        (["20-12-25", "21-12-25"], "day-month-year", "follow each other"),
        (["25-12-20", "25-12-21"], "year-month-day", "follow each other"),
        (["3 mrt 2026", "4 mrt 2026"], "day-month-year", "no other order"),
        (["Mar-03-2026", "Mar-04-2026"], "month-day-year", "no other order"),
    ],
)
def test_the_order_of_dates_is_found_in_the_file(dates, order, why):
    found, said = found_order([written(f"{date} 12:00") for date in dates], "box.csv")
    assert found == order
    assert why in said


@pytest.mark.parametrize("dates", [["03/04/2026"] * 3, ["03-04-26"] * 2, ["01/02/2026", "01/02/2026"]])
def test_dates_that_can_be_read_in_two_ways_are_asked_and_never_guessed(dates):
    moments = [written(f"{date} {10 + turn}:00") for turn, date in enumerate(dates)]
    with pytest.raises(InputError, match="which number is the day") as found:
        found_order(moments, "box.csv")
    assert "date_order" in str(found.value)
    for order, month in (("day-month-year", int(dates[0][3:5])), ("month-day-year", int(dates[0][:2]))):
        chosen, _ = found_order(moments, "box.csv", order)
        assert moments[0].in_order(chosen).month == month


@pytest.mark.parametrize(
    ("asked", "said"), [("auto", "not in one order"), ("year-month-day", "are not year-month-day")]
)
def test_dates_in_no_order_are_refused(asked, said):
    with pytest.raises(InputError, match=said):
        found_order([written("13/03/2026 12:00"), written("03/14/2026 12:00")], "box.csv", asked)


@pytest.mark.parametrize("text", ["soon", "2026-03-03", "12:00", "2026-03-03 25:00", "2026-03-03 13:00 PM", "1/1 9:00"])
def test_what_is_no_moment_is_told(text):
    with pytest.raises(ValueError, match=r"a time|an hour"):
        written(text)


def test_noon_and_midnight_before_and_after_noon():
    hours = {
        text: written(f"2026-03-03 {text}").time.hour for text in ("12:00 AM", "12:00 PM", "1:00 a.m.", "11:59 p.m.")
    }
    assert list(hours.values()) == [0, 12, 1, 23]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("GMT+01:00", 1), ("UTC -05:00", -5), ("(UTC+5:30)", 5.5), ("Time, GMT+2", 2), ("+0200", 2), ("UTC", 0)],
)
def test_distances_from_utc(text, hours):
    assert fixed_zone(text).utcoffset(None) == dt.timedelta(hours=hours)
    assert fixed_zone("Time of logger 1") is None


# ----------------------------------------------------------------------------------------------- what is not known


def test_a_file_that_does_not_say_its_unit_is_read_as_celsius_and_its_tubes_are_flagged(tmp_path):
    lines = [f"2026-03-03 {8 + turn // 6:02d}:{turn % 6}0,-70" for turn in range(30)]
    read = log(tmp_path, "time,temp\n" + "\n".join(lines) + "\n")
    assert "does not say its unit" in " ".join(read.notes)
    moments = ("2026-03-03 07:10", "2026-03-03 07:20", "2026-03-03 07:30", None, "2026-03-03 11:00")
    row = dict(zip(("collected", "frozen", "packed", "shipped", "received"), moments, strict=True))
    tubes = pd.DataFrame({name: [pd.Timestamp(moment, tz="UTC")] for name, moment in row.items()}, index=["T"])
    [judged] = judge(tubes.assign(shipment="box"), {"box": read}, limits_of(kit_of("none")))
    assert judged.verdict == "flag"
    assert judged.reasons == ("the logger's file does not say whether it is °C or °F",)


def test_several_sensors_are_asked_and_one_or_the_warmest_is_taken(tmp_path):
    text = "Time;Lid (°C);Core temp (°C)\n2026-03-03 09:00;-60;-70\n2026-03-03 09:10;-61;-50\n"
    told = refused(tmp_path, text)
    assert "Lid (°C), Core temp (°C)" in told
    assert "Did you" not in told
    assert log(tmp_path, text, sensor="core").celsius.tolist() == [-70, -50]
    assert log(tmp_path, text, sensor="warmest").celsius.tolist() == [-60, -50]
    assert "none of them is 'side'" in refused(tmp_path, text, sensor="side")


def test_gaps_and_error_words_are_gaps_and_nonsense_is_an_error(tmp_path):
    text = "Time;Temp (°C)\n2026-03-03 09:00;-60\n2026-03-03 09:10;---\n2026-03-03 09:20;\n2026-03-03 09:30;-61\n"
    read = log(tmp_path, text)
    assert len(read.celsius) == 2
    assert "2 lines without a reading" in read.notes
    assert "line 3" in refused(tmp_path, text.replace("---", "frosty"))


@pytest.mark.parametrize(("begins", "said"), [(b"%PDF-1.7 x", "a PDF report"), (b"PK\x03\x04 x", "a workbook")])
def test_reports_and_workbooks_are_refused_with_the_way_out(tmp_path, begins, said):
    path = tmp_path / "box.pdf"
    path.write_bytes(begins)
    with pytest.raises(InputError, match="no text") as found:
        read_log(path)
    assert said in str(found.value)
    assert "Export" in str(found.value)


# ------------------------------------------------------------------------------------------------ there and back

ORDERS = {"day-month-year": "%d{0}%m{0}%Y", "month-day-year": "%m{0}%d{0}%Y", "year-month-day": "%Y{0}%m{0}%d"}
ZONES = {"GMT+01:00": dt.timezone(dt.timedelta(hours=1)), "UTC": dt.UTC, "": ZoneInfo("Europe/Amsterdam")}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    celsius=st.lists(st.integers(-800, 400).map(lambda tenths: tenths / 10), min_size=2, max_size=30),
    minutes=st.sampled_from([1, 10, 60, 600]),
    order=st.sampled_from(list(ORDERS)),
    sign=st.sampled_from(["-", "/"]),
    separator=st.sampled_from([";", "\t", ","]),
    comma=st.booleans(),
    fahrenheit=st.booleans(),
    half=st.booleans(),
    columns=st.booleans(),
    zone=st.sampled_from(list(ZONES)),
    newest=st.booleans(),
)
def test_what_a_logger_wrote_is_read_again_or_asked_about(
    tmp_path, start, celsius, minutes, order, sign, separator, comma, fahrenheit, half, columns, zone, newest
):
    moments = [
        start.replace(microsecond=0, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes * turn)
        for turn in range(len(celsius))
    ]
    date, time = ORDERS[order].format(sign), "%I:%M:%S %p" if half else "%H:%M:%S"
    comma = comma and separator != ","
    lines = []
    for moment, value in zip(moments, celsius, strict=True):
        here = moment.astimezone(ZONES[zone])
        number = f"{value * 9 / 5 + 32 if fahrenheit else value:.2f}"
        cells = [f"{here:{date}}", f"{here:{time}}"] if columns else [f"{here:{date}} {here:{time}}"]
        lines.append(separator.join([*cells, number.replace(".", ",") if comma else number]))
    named = f" ({zone})" if zone else ""
    head = ["Date", f"Time{named}"] if columns else [f"Date/Time{named}"]
    text = "\n".join(
        [separator.join([*head, "Temp °F" if fahrenheit else "Temp °C"]), *(lines[::-1] if newest else lines)]
    )
    path = tmp_path / "box.csv"
    path.write_text(text + "\n", encoding="utf-8")
    try:
        read = read_log(path)
    except InputError as error:
        assert "which number is the day" in str(error)
        read = read_log(path, date_order=order)
    repeats = not zone and len({f"{moment.astimezone(ZONES['']):%Y%m%d%H%M%S}" for moment in moments}) < len(moments)
    if repeats or (not zone and minutes >= 60 and any(moment.astimezone(ZONES[""]).fold for moment in moments)):
        return  # the hour that daylight saving repeats cannot be told apart by hourly readings, nor newest first
    assert list(read.celsius.index) == moments
    assert read.celsius.tolist() == pytest.approx(celsius, abs=0.006)
