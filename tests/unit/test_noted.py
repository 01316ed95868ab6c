"""Deviations, trainings and approvals are data in the ledger, signed and without a name."""

import pytest

from handbook_utils import cli
from handbook_utils.errors import InputError
from handbook_utils.protocols import study_template
from handbook_utils.protocols.ledger import Event, Ledger
from handbook_utils.protocols.noted import noted


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "ledger.sqlite")
    made.append([Event("label", "7K3PXP-1", {"participant": "7K3PXP", "time_point": "T0"})], step="s")
    return made


def test_what_was_written_is_kept(ledger):
    event = noted(ledger, "deviation", "7K3PXP-1", "thawed in the car", "AB", "rejected: above the limit")
    assert ledger.append([event], step="s", by="AB") == 1
    [kept] = ledger.events("deviation").to_dict("records")
    assert kept["detail"] == {"what": "thawed in the car", "by": "AB", "decision": "rejected: above the limit"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("accident", "x", "y", "AB"), "deviation, training, approval"),
        (("training", "sequence 1.0", "", "AB"), "not complete"),
        (("approval", "sequence 1.0", "read", ""), "not complete"),
        (("deviation", "7K3PXP-1", "thawed", "AB"), "decision"),
        (("deviation", "7K3PXP-1", "mevrouw Jansen called", "AB", "kept"), "no name"),
        (("deviation", "7K3PXP-1", "call 06-12345678", "AB", "kept"), "telephone number"),
    ],
)
def test_what_cannot_be_kept_is_refused(ledger, given, said):
    with pytest.raises(InputError, match=said):
        noted(ledger, *given)


def test_the_command_writes_into_the_ledger(tmp_path):
    (tmp_path / "study.yml").write_text(study_template.example(), encoding="utf-8")
    where = ["--study", str(tmp_path / "study.yml"), "--by", "AB"]
    with pytest.raises(SystemExit) as end:
        cli.main(["study", "record", "training", "keep-it-cold 1.0", "--what", "read and shown", *where])
    assert not end.value.code
    assert set(Ledger(tmp_path / "ledger.sqlite").events("training")["subject"]) == {"keep-it-cold 1.0"}
