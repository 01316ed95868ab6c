"""The files of a shipment: read together, all mistakes at once; the simulated ones are read like real ones."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.cold.chain import judge, longest_gap
from handbook_utils.protocols.cold.figures import shipments_figure
from handbook_utils.protocols.cold.inputs import keep_it_cold, read_shipments
from handbook_utils.protocols.example.cold import example_shipments, write_example_shipments
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.kits import kit_of
from handbook_utils.protocols.kits.limits import limits_of
from handbook_utils.protocols.people.codes import draw_codes, tube_code
from handbook_utils.protocols.tubes import VERDICTS

SAMPLES = example_samples(30)
TUBES = SAMPLES["sample"].tolist()
GIVEN = {"zone": "Europe/Amsterdam", "kit": "none"}
LIMITS = limits_of(kit_of("none"))


@pytest.fixture
def files(tmp_path):
    return write_example_shipments(tmp_path, SAMPLES, seed=2)


@pytest.fixture
def given_out(tmp_path):
    SAMPLES.to_csv(tmp_path / "tubes.csv", index=False)
    return tmp_path / "tubes.csv"


def test_simulated_shipments_give_every_verdict(files, given_out):
    logs, scans = read_shipments(*files, "Europe/Amsterdam", given_out)
    assert set(logs) == {f"box-{number}" for number in range(1, 9)}
    assert list(scans.tubes.index) == TUBES
    judged = judge(scans.tubes, logs, LIMITS)
    assert {one.verdict for one in judged} == set(VERDICTS)
    assert {one.shipment for one in judged if one.verdict == "reject"} == {"box-7"}
    assert all("gap" in one.reasons[0] for one in judged if one.shipment == "box-8")
    missing = [one for one in judged if one.verdict == "missing"]
    assert len(missing) == 4
    assert sorted({one.reasons[0] for one in missing}) == [
        "collected and frozen, but not received",
        "given out, and not scanned since",
    ]


def test_every_layout_of_a_logger_is_among_them_and_the_night_of_summer_time_has_no_gap(files):
    logs, _ = read_shipments(*files, "Europe/Amsterdam")
    notes = {name: " ".join(log.notes) for name, log in logs.items()}
    for said in ("semicolons, decimal comma, Windows-1252", "commas, decimal point", "times in UTC", "tabs"):
        assert any(said in note for note in notes.values()), said
    assert longest_gap(logs["box-4"]) == 10
    assert logs["box-4"].celsius.index[-1] - logs["box-4"].celsius.index[0] == pd.Timedelta(hours=30)
    assert longest_gap(logs["box-8"]) == 70


def test_equal_seeds_give_equal_files():
    assert example_shipments(SAMPLES, 2) == example_shipments(SAMPLES, 2) != example_shipments(SAMPLES, 3)


def test_the_stored_files_are_what_the_generator_makes():
    made = example_shipments(example_samples())
    for name, content in made.items():
        assert datasets.path("example-study", name).read_bytes() == content
    folders = ("loggers", "freezers")
    stored = {f"{one}/{path.name}" for one in folders for path in datasets.path("example-study", one).iterdir()}
    assert stored | {"scans.csv"} == set(made)


@pytest.mark.parametrize("people", [12, 100])  # the more fill more than one box of a freezer
def test_a_study_of_another_shape_has_shipments_too(tmp_path, people):
    other = example_samples(people).assign(centre="Assen")
    logs, scans = read_shipments(*write_example_shipments(tmp_path, other), "Europe/Amsterdam")
    assert set(logs) == {f"box-{number}" for number in range(1, 6)}
    assert set(scans.tubes.index) < set(other["sample"])


def test_scans_that_cannot_be_are_refused_at_once(files, given_out):
    loggers, scans = files
    stranger = draw_codes(1, seed=99)[0]
    swapped = TUBES[0][1] + TUBES[0][0] + TUBES[0][2:]
    missing = next(tube for tube in TUBES if tube not in scans.read_text(encoding="utf-8"))
    with scans.open("a", encoding="utf-8") as log:
        log.write(f"{stranger}-1,collected,2026-02-01 08:00,\n{TUBES[0]},received,2026-02-11 08:00,box-1\n")
        log.write(f"{swapped},collected,2026-02-01 08:00,\n{TUBES[0][:-1]}4,collected,2026-02-01 08:00,\n")
        log.write(f"{missing},collected,2026-05-01 08:00,\n{missing},frozen,2026-04-30 08:00,\n")
        log.write(f"{missing},received,2026-05-02 08:00,\n")
    with pytest.raises(InputErrors) as found:
        keep_it_cold({"loggers": str(loggers), "scans": str(scans), "tubes": str(given_out), **GIVEN})
    text = str(found.value)
    assert len(found.value.errors) == 6
    for said in (
        f"Tube {stranger}-1 was never given out",
        f"Tube {TUBES[0]} was scanned twice as received",
        f"'{swapped}' is not a study code",
        f"Tube {TUBES[0][:-1]}4 was never given out",
        f"Tube {missing} was frozen before it was collected",
        f"Tube {missing} was received without a shipment",
    ):
        assert said in text


def test_a_list_with_a_barcode_twice_or_without_its_columns(files, given_out):
    loggers, scans = files
    parameters = {"loggers": str(loggers), "scans": str(scans), "tubes": str(given_out), **GIVEN}
    given_out.write_text(f"sample,participant\n{TUBES[0]},P\n{TUBES[0].lower()},P\nnobody-1,P\n", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        keep_it_cold(parameters)
    assert "occurs twice" in str(found.value)
    assert "line 3" in str(found.value)
    assert "'nobody-1' is not a study code" in str(found.value)
    given_out.write_text("tube;participant\nA;B\n", encoding="cp1252")
    with pytest.raises(InputErrors, match="columns lack"):
        keep_it_cold(parameters)


def test_a_log_of_scans_in_windows_1252(files, given_out):
    loggers, scans = files
    text = scans.read_text(encoding="utf-8").replace("box-1", "Kühlbox").replace(",", ";").replace("\n", "\r\n")
    scans.write_bytes(text.encode("cp1252"))
    (loggers / "box-1.csv").rename(loggers / "Kühlbox.csv")
    _, table = read_shipments(loggers, scans, "Europe/Amsterdam", given_out)
    assert (table.tubes["shipment"] == "Kühlbox").sum() > 5


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_an_error(text):
    try:
        code = tube_code(text, "here")
    except InputError:
        return
    assert tube_code(code, "here") == code


def test_shipments_are_drawn_a_panel_each_the_warmest_where_there_are_many(files):
    logs, _ = read_shipments(*files, "Europe/Amsterdam")
    many = {f"{turn}-{name}": log for turn in range(2) for name, log in logs.items()}
    figure = shipments_figure(many, LIMITS, "boxes").figure
    # The handbook's style, where another test has set it, puts titles at the left.
    titles = [axes.get_title("left") or axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert len(titles) == 12
    assert any(title.startswith("0-box-7: 2") and title.endswith("min outside") for title in titles)
    assert sum("never outside" in title for title in titles) == 10
    assert sum("gap 70 min" in title for title in titles) == 2


def test_mistakes_in_several_files_at_once(files):
    loggers, scans = files
    (loggers / "box-1.csv").write_text("nothing;here\n1;2\n", encoding="utf-8")
    (loggers / "box-2.csv").write_text("time;temp\nsoon;1\n2026-03-03 09:00;warm\n", encoding="utf-8")
    scans.write_text(
        scans.read_text(encoding="utf-8") + f"{TUBES[0]},received,2026-03-03 10:00,box-1\n", encoding="utf-8"
    )
    with pytest.raises(InputErrors) as found:
        keep_it_cold({"loggers": str(loggers), "scans": str(scans), **GIVEN})
    text = str(found.value)
    assert len(found.value.errors) == 4
    for said in ("no header", "line 2", "line 3", "scanned twice"):
        assert said in text


def test_one_without_the_other_and_an_empty_folder(files, tmp_path):
    loggers, scans = files
    with pytest.raises(InputError, match="belong together"):
        keep_it_cold({"loggers": str(loggers), "scans": "", **GIVEN})
    with pytest.raises(InputError, match="needs the log of their scans"):
        keep_it_cold({"loggers": "", "scans": "", "tubes": "tubes.csv", **GIVEN})
    keep_it_cold({"loggers": "", "scans": "", "tubes": "", **GIVEN})
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputErrors, match="no logger files"):
        keep_it_cold({"loggers": str(empty), "scans": str(scans), **GIVEN})
