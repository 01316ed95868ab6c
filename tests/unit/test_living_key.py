"""The key and the ledger of a study that runs: no code changes, no key is lost, no tube changes its visit."""

import contextlib
import errno
import gzip
import io
import os
import sqlite3
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols import ledger as ledger_module
from handbook_utils.protocols.ledger import Event, Ledger, check_known, status, visit_numbers
from handbook_utils.protocols.people import key_desk, key_file, withdrawal
from handbook_utils.protocols.people.assignment import INCLUDED_COLUMNS, assign_codes, check_key, remember, tubes_of
from handbook_utils.protocols.people.key_file import Key, changed, read_key, rekey, write_key
from handbook_utils.text import durable

#: Of each seed; 1,000 in all were tried when this was written.
FAULTS = 40
SECRET = "correct horse battery staple"  # noqa: S105 - of keys that the tests make


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Scrypt at its real cost is the business of test_assignment; here there are thousands of openings."""
    monkeypatch.setattr(key_file, "_COST", 2)
    monkeypatch.setattr(ledger_module, "_SYNCHRONOUS", "OFF")
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


def people(*ids):
    return pd.DataFrame([(name, "Utrecht", "female", "18-39", "usual") for name in ids], columns=INCLUDED_COLUMNS)


def given(folder, *ids, points=("T0", "T1"), ledger=True):
    """Assign codes and remember them, as the chapter does."""
    memory = Ledger(folder / "ledger.sqlite") if ledger else None
    made = assign_codes(
        people(*ids),
        study="X",
        length=6,
        spares=2,
        seed=None,
        key_file=folder / "key" / "key.enc",
        secret=SECRET,
        ledger=memory,
    )
    numbers = visit_numbers(memory, points)
    tubes = tubes_of(made.people, points, numbers)
    if memory:
        remember(made, tubes, numbers, memory, "assign-codes-and-labels 1.0")
    return made, tubes


def desk(folder):
    return key_desk.Desk(
        folder, folder / "key" / "key.enc", Ledger(folder / "ledger.sqlite"), SECRET, "X", simulated=False, by="AB"
    )


def test_a_missing_key_with_printed_codes_is_refused(tmp_path):
    given(tmp_path, "P1", "P2")
    values = {
        "codes.key_file": tmp_path / "key" / "key.enc",
        "codes.ledger": tmp_path / "ledger.sqlite",
        "study.acronym": "X",
    }
    for file in (tmp_path / "key").iterdir():
        file.unlink()
    for attempt in (lambda: given(tmp_path, "P1", "P2", "P3"), lambda: check_key(values, SECRET)):
        with pytest.raises(InputError, match="The key file is gone"):
            attempt()
    assert not (tmp_path / "key" / "key.enc").exists()


def test_an_old_copy_of_the_key_is_refused(tmp_path):
    given(tmp_path, "P1")
    key = tmp_path / "key" / "key.enc"
    old = key.read_bytes()
    given(tmp_path, "P1", "P2")
    key.write_bytes(old)
    with pytest.raises(InputError, match="in no key"):
        given(tmp_path, "P1", "P2")
    assert key.read_bytes() == old


@pytest.mark.parametrize("left", ["key.enc.before", ".key.enc.part", "key.enc.g000001"])
def test_what_is_left_of_a_key_is_no_key(tmp_path, left):
    given(tmp_path, "P1", ledger=False)
    key = tmp_path / "key" / "key.enc"
    content = key.read_bytes()
    for file in (tmp_path / "key").iterdir():
        file.unlink()
    (tmp_path / "key" / left).write_bytes(content)
    with pytest.raises(InputError, match="gone, and others of it are there") as told:
        given(tmp_path, "P1", ledger=False)
    assert left in str(told.value)


def test_one_person_under_two_ways_of_writing(tmp_path):
    given(tmp_path, "P1", "P2")
    for other in ("p1", "P-1", "Ｐ1"):
        with pytest.raises(InputErrors, match="written in two ways"):
            given(tmp_path, other, "P2")
    with pytest.raises(InputErrors, match="written in two ways"):
        given(tmp_path, "P3", "p3")


def test_two_runs_at_once_lose_nothing(tmp_path):
    found = {}

    def one(name):
        found[name] = given(tmp_path, "P1", name)[0]

    threads = [threading.Thread(target=one, args=(f"Q{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    key = read_key(tmp_path / "key" / "key.enc", SECRET)
    assert len(found) == 8
    assert set(key.codes) == {"P1", *found}
    for made in found.values():
        assert set(made.people["participant"]) <= set(key.codes.values())


def test_a_visit_put_between_renames_no_tube(tmp_path):
    _, before = given(tmp_path, "P1", "P2", points=("T0", "T1"))
    _, after = given(tmp_path, "P1", "P2", "P3", points=("T0", "T0b", "T1"))
    of_before, now = (dict(zip(table["sample"], table["time_point"], strict=True)) for table in (before, after))
    assert of_before.items() <= now.items()
    assert {sample.rpartition("-")[2] for sample, point in now.items() if point == "T0b"} == {"3"}
    _, less = given(tmp_path, "P1", points=("T1",))
    assert set(less["sample"]) <= set(before["sample"])


def test_twelve_visits_of_a_thousand_people():
    everybody = people(*(f"P{n}" for n in range(1000)))
    made = assign_codes(everybody, study="X", length=6, spares=0, seed=1, key_file=None, secret=None)
    tubes = tubes_of(made.people, [f"T{n}" for n in range(12)])
    assert tubes["sample"].is_unique
    assert list(tubes["time_point"][:12]) == [f"T{n}" for n in range(12)]
    assert tubes["sample"][9].endswith("-10")


# --------------------------------------------------------------------------------------------------- faults, injected


class _Killed(BaseException):
    """Stands for a kill: nothing after it is done."""


@pytest.mark.parametrize("seed", range(3))
def test_faults_anywhere_cost_nothing(tmp_path, monkeypatch, seed):
    draws = np.random.default_rng(seed)
    ids, printed, labels = ["P0"], {}, {}
    points = ["T0"]
    steps = ("open", "write", "fsync", "replace", "link", "unlink")
    for _ in range(FAULTS):
        if draws.random() < 0.5:
            ids.append(f"P{len(ids)}")
        if draws.random() < 0.1:
            points.insert(int(draws.integers(len(points) + 1)), f"V{len(points)}")
        name, at = str(draws.choice(steps)), int(draws.integers(1, 6))
        after, kill = bool(draws.random() < 0.5), bool(draws.random() < 0.5)
        count, real = [0], getattr(os, name)

        def faulty(*args, _real=real, _count=count, _at=at, _after=after, _kill=kill, **named):
            _count[0] += 1
            done = _real(*args, **named) if _after or _count[0] != _at else None
            if _count[0] == _at:
                raise _Killed if _kill else OSError(errno.EIO, "Input/output error")
            return done

        with monkeypatch.context() as patched, contextlib.suppress(InputError, InputErrors, _Killed, OSError):
            patched.setattr(os, name, faulty)
            made, tubes = given(tmp_path, *ids, points=tuple(points))
            _check(tmp_path, printed, labels, ids, made, tubes)
        made, tubes = given(tmp_path, *ids, points=tuple(points))
        _check(tmp_path, printed, labels, ids, made, tubes)


def _check(folder, printed, labels, ids, made, tubes):
    key = read_key(folder / "key" / "key.enc", SECRET)
    now = {name: key.codes[name] for name in ids}
    assert printed.items() <= now.items()
    printed |= now
    assert set(made.people["participant"]) == set(now.values())
    of_tubes = dict(zip(tubes["sample"], tubes["time_point"], strict=True))
    assert labels.items() <= of_tubes.items()
    labels |= of_tubes


KILLED = """
import os, signal, sys
from pathlib import Path
from handbook_utils.protocols.people import key_file
from handbook_utils.protocols.people.key_file import Key, write_key
from handbook_utils.text import durable
key_file._COST = 2
real = getattr(durable.os, sys.argv[2])
def kill(*given, **named):
    if sys.argv[3] == "after":
        real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(durable.os, sys.argv[2], kill)
write_key(Path(sys.argv[1]), Key("X", False, {"P1": "7K3PXP", "P2": "8HY72H"}), "correct horse battery staple")
"""


@pytest.mark.parametrize("call", ["fsync", "link", "replace"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_real_kill_leaves_a_whole_key(tmp_path, call, when):
    path = tmp_path / "key.enc"
    first = Key("X", simulated=False, codes={"P1": "7K3PXP"})
    write_key(path, first, SECRET)
    subprocess.run([sys.executable, "-c", KILLED, str(path), call, when], check=False)
    assert read_key(path, SECRET).codes["P1"] == "7K3PXP"
    changed(path, SECRET, lambda key: key_file.imported(key, {"P3": "K-3"}))
    assert read_key(path, SECRET).codes.items() >= {"P1": "7K3PXP", "P3": "K-3"}.items()
    assert not list(tmp_path.glob(f".*{durable.PART}"))


def test_a_change_that_loses_a_code_is_refused(tmp_path):
    path = tmp_path / "key.enc"
    write_key(path, Key("X", simulated=False, codes={"P1": "7K3PXP"}, spares=("8HY72H",)), SECRET)
    for worse in (Key("X", simulated=False), Key("X", simulated=False, codes={"P1": "8HY72H"})):
        with pytest.raises(InputError, match="would be lost"):
            changed(path, SECRET, lambda _, worse=worse: worse)
    assert read_key(path, SECRET).codes == {"P1": "7K3PXP"}


# -------------------------------------------------------------------------------------------------------- at the desk


def test_five_thousand_codes_of_before_are_taken_over(tmp_path):
    rows = [(f"S{n:05d}", f"AB{n:04d}-{n % 7}") for n in range(5000)]
    path = tmp_path / "codes.csv"
    pd.DataFrame(rows, columns=["screening_id", "code"]).to_csv(path, index=False)
    here = desk(tmp_path)
    assert key_desk.take_over(here, path) == 5000
    assert key_desk.take_over(here, path) == 0
    assert key_desk.find(here, "s00042") == "AB0042-0"
    assert key_desk.show(here, "ab0042-0") == "S00042"
    made, _ = given(tmp_path, "S00042", "NEW")
    assert "AB0042-0" in set(made.people["participant"])
    assert made.kept == 1
    assert "AB0042-0" in made.imported


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["P1,K 1"], "cannot be on a label"),
        (["P1,K1", "P2,k-1"], "mean two people"),
        (["P1,K1", "P1,K2"], "stand twice"),
        (["P1,"], "line 2"),
        (["P9,ANOTHER"], "another code already"),
        (["P1,K1", "p1,K2"], "in two ways"),
    ],
)
def test_codes_that_cannot_be_taken_over(tmp_path, rows, said):
    here = desk(tmp_path)
    write_key(here.key_file, Key("X", simulated=False, codes={"P9": "7K3PXP"}), SECRET)
    path = tmp_path / "codes.csv"
    path.write_text("screening_id,code\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=said):
        key_desk.take_over(here, path)
    assert read_key(here.key_file, SECRET).codes == {"P9": "7K3PXP"}


def test_archives_of_a_study_are_looked_into_within_limits(tmp_path):
    (tmp_path / "crate.zip").write_bytes(_zip({"a/tubes.csv": b"code\nK7P\n", "b.zip": _zip({"c.txt": b"k7p K7P"})}))
    (tmp_path / "bomb.zip").write_bytes(_zip({"zeros": bytes(65 * 1024**2)}))
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(65 * 1024**2)))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"K7P" * 99)[:-9])
    deep = b"K7P"
    for _ in range(4):
        deep = _zip({"in.zip": deep})
    (tmp_path / "deep.zip").write_bytes(deep)
    found = withdrawal.files_with(tmp_path, "K7P").set_index("file")["times"].to_dict()
    unseen = "(cannot be opened: look yourself)"
    assert found == {
        "crate.zip/a/tubes.csv": 1,
        "crate.zip/b.zip/c.txt": 2,
        **{f"{name} {unseen}": 0 for name in ("bomb.gz", "bomb.zip", "cut.gz", "deep.zip/in.zip/in.zip/in.zip")},
    }


def _zip(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_withdrawal_cuts_the_link_everywhere(tmp_path):
    import zipfile

    made, _ = given(tmp_path, "P1", "P2")
    here = desk(tmp_path)
    code = key_desk.find(here, "P1")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "tubes.csv").write_text(f"sample\n{code}-1\n{code.lower()}-2\n", encoding="utf-8")
    (tmp_path / "results" / "other.csv").write_text(f"x{code}y\n", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "results" / "crate.zip", "w") as archive:
        archive.writestr("table.csv", f"{code}\n")
    withdrawn = withdrawal.withdraw(here, code, keep=False)
    found = withdrawn.files
    assert dict(zip(found["file"], found["times"], strict=True)) == {
        "results/crate.zip/table.csv": 1,
        "results/tubes.csv": 2,
    }
    assert len(key_file.generations(here.key_file)) == 1
    with pytest.raises(InputError, match="withdrawn"):
        key_desk.show(here, code)
    assert set(status(here.ledger).query("participant == @code")["state"]) == {"withdrawn"}
    again, _ = given(tmp_path, "P2", "P3", "P4")
    assert code not in set(again.people["participant"])
    assert len(made.people) == 2


def test_a_deletion_report_lists_tubes_files_and_records_until_nothing_waits(tmp_path):
    given(tmp_path, "P1", "P2")
    here = desk(tmp_path)
    code = key_desk.find(here, "P1")
    archive = tmp_path / "results" / "share-the-data" / "files" / "ena-samples.tsv"
    archive.parent.mkdir(parents=True)
    archive.write_text(f"alias\ttitle\n{code}-1\tstool of {code}\nZZ-1\tstool\n", encoding="utf-8")
    made = withdrawal.withdraw(here, code, keep=False)
    text = withdrawal.report(made, here.ledger, "AB")
    assert f"| {code}-1 | T0 |" in text
    assert f"- {code}-1: ask the archive to suppress it" in text
    assert "ZZ-1" not in text
    assert "destroy, or make it again without" in text
    (tmp_path / f"withdrawn-{code}.md").write_text(text, encoding="utf-8")
    archive.unlink()
    left = withdrawal.destroyed(tmp_path, here.ledger, code, [f"{code}-1"], "AB", skip=here.key_file)
    assert left.files.empty
    assert left.waiting == [f"{code}-2"]
    done = withdrawal.destroyed(tmp_path, here.ledger, code.lower(), [f"{code}-2"], "AB", skip=here.key_file)
    assert done.waiting == []
    assert set(status(here.ledger).loc[made.tubes.index, "state"]) == {"destroyed"}
    assert "may stay, by the consent" in withdrawal.report(replace(done, keep=True, files=made.files), here.ledger, "")
    with pytest.raises(InputError, match="no tubes of that code"):
        withdrawal.destroyed(tmp_path, here.ledger, code, ["ZZ-1"], "AB")
    with pytest.raises(InputError, match="has withdrawn"):
        withdrawal.destroyed(tmp_path, here.ledger, key_desk.find(here, "P2"), [], "AB")


@pytest.mark.parametrize("command", [["key", "find", "P1", "--study"], ["study", "run"]])
def test_a_wrong_passphrase_is_told_before_anything_slow_is_loaded(tmp_path, command):
    """What is slow to load is what a wrong passphrase waited for; a clock would measure the machine instead."""
    from handbook_utils.protocols import study_template

    text = study_template.example().replace("simulated: true", "simulated: false")
    (tmp_path / "study.yml").write_text(text.replace("acronym: BUIK", "acronym: X"), encoding="utf-8")
    write_key(tmp_path / "key" / "key.enc", Key("X", simulated=False, codes={"P1": "7K3PXP"}), SECRET)
    code = (
        "import sys\nfrom handbook_utils.protocols.people import key_file\nkey_file._COST = 2\n"
        "from handbook_utils import cli\ntry:\n    cli.main(sys.argv[1:])\n"
        "except SystemExit as end:\n    slow = {'pandas', 'skbio', 'scipy', 'matplotlib'} & set(sys.modules)\n"
        "    print(end.code, sorted(slow))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *command, str(tmp_path / "study.yml")],
        env={**os.environ, key_file.PASSPHRASE: "another horse battery staple"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.strip() == "2 []", ended.stdout + ended.stderr
    assert "cannot be opened" in ended.stderr


def test_another_passphrase_and_a_hand_over(tmp_path):
    given(tmp_path, "P1")
    given(tmp_path, "P1", "P2")
    here = desk(tmp_path)
    new = "four other words by dice"
    key_desk.hand_over(here, tmp_path / "copy.enc", new)
    assert read_key(tmp_path / "copy.enc", new) == here.key()
    with pytest.raises(InputError, match="too simple"):
        rekey(here.key_file, SECRET, "aaaaaaaaaaaaaaaa")
    rekey(here.key_file, SECRET, new)
    for file in [here.key_file, *key_file.generations(here.key_file)]:
        with pytest.raises(InputError, match="cannot be opened"):
            read_key(file, SECRET)
        assert set(read_key(file, new).codes) == {"P1", "P2"}
    assert {"key handed over", "code"} <= set(here.ledger.events()["kind"])


# --------------------------------------------------------------------------------------------------------- the ledger


def test_the_ledger_takes_nothing_back(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert ledger.events().empty
    one = [Event("visit", "1", {"time_point": "T0"}), Event("label", "7K3PXP-1", {"participant": "7K3PXP"})]
    assert ledger.append(one, step="s") == 2
    assert ledger.append(one, step="s") == 0
    with pytest.raises(InputErrors, match="means something else"):
        ledger.append([Event("code", "8HY72H"), Event("visit", "1", {"time_point": "T1"})], step="s")
    assert list(ledger.events()["subject"]) == ["1", "7K3PXP-1"]
    with sqlite3.connect(ledger.path) as connection, pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute("DELETE FROM events")
    with sqlite3.connect(ledger.path) as connection:
        connection.executescript("DROP TRIGGER no_update; UPDATE events SET subject = '2' WHERE number = 1")
    with pytest.raises(InputError, match="has been changed"):
        ledger.events()


def test_two_write_at_once(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.append([Event("code", "A")], step="s")
    threads = [
        threading.Thread(target=lambda n=n: ledger.append([Event("code", f"C{n}-{i}") for i in range(20)], step="s"))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.events()) == 121


def test_where_every_tube_is(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    tubes = [Event("label", f"7K3PXP-{n}", {"participant": "7K3PXP", "time_point": f"T{n}"}) for n in (1, 2, 3)]
    ledger.append(tubes, step="s")
    ledger.append([Event("received", "7K3PXP-1"), Event("judged", "7K3PXP-1", {"verdict": "flag"})], step="t")
    ledger.append([Event("not collected", "7K3PXP-2", {"reason": "on holiday"})], step="t")
    assert list(status(ledger)["state"]) == ["flag", "not collected", "given out"]
    assert status(ledger).loc["7K3PXP-2", "detail"] == "on holiday"
    with pytest.raises(InputError, match="2 codes were never given out"):
        check_known(ledger, ["7K3PXP-1", "X-1", "Y-1"], "scans.csv")


def test_who_reads_while_a_ledger_is_made_sees_it_whole(tmp_path):
    for number in range(20):
        path, done, wrong = tmp_path / f"{number}.sqlite", threading.Event(), []

        def read(path=path, done=done, wrong=wrong):
            while not done.is_set():
                try:
                    Ledger(path).events()
                except InputError as error:
                    wrong.append(str(error))

        reader = threading.Thread(target=read)
        reader.start()
        Ledger(path).append([Event("code", "ABC123", {})], step="test 1")
        done.set()
        reader.join()
        assert wrong == []
        assert Ledger(path).subjects("code") == {"ABC123"}
