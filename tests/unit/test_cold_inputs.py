"""The files of a shipment: read together, all mistakes at once; the simulated ones are read like real ones."""

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.codes import draw_codes
from handbook_utils.protocols.cold_inputs import keep_it_cold, read_shipments
from handbook_utils.protocols.coldchain import Limits, judge
from handbook_utils.protocols.example_cold import write_example_shipments

CODES = draw_codes(20, seed=5)
GIVEN = {"zone": "Europe/Amsterdam"}


@pytest.fixture
def files(tmp_path):
    return write_example_shipments(tmp_path, CODES, seed=2)


def test_simulated_shipments_give_every_verdict(files):
    logs, scans = read_shipments(*files, "Europe/Amsterdam")
    assert set(logs) == {"box-1", "box-2"}
    assert sorted(scans.index) == sorted(CODES)
    verdicts = {one.code: one.verdict for one in judge(scans, logs, Limits())}
    assert "accept" in verdicts.values()
    assert all(verdicts[code] == "reject" for code in CODES[1::2])


def test_equal_seeds_give_equal_files(tmp_path):
    first, second = (write_example_shipments(tmp_path / name, CODES, seed=2) for name in "ab")
    for one, other in zip(sorted(first[0].iterdir()), sorted(second[0].iterdir()), strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first[1].read_bytes() == second[1].read_bytes()


def test_mistakes_in_several_files_at_once(files):
    loggers, scans = files
    (loggers / "box-1.csv").write_text("nothing;here\n1;2\n", encoding="utf-8")
    (loggers / "box-2.csv").write_text("time;temp\nsoon;1\n2026-03-03 09:00;warm\n", encoding="utf-8")
    scans.write_text(
        scans.read_text(encoding="utf-8") + f"{CODES[0]},received,2026-03-03 10:00,box-1\n", encoding="utf-8"
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
    keep_it_cold({"loggers": "", "scans": "", **GIVEN})
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputErrors, match="no logger files"):
        keep_it_cold({"loggers": str(empty), "scans": str(scans), **GIVEN})
