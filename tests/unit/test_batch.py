"""Batches: nothing lost, whatever is killed."""

import csv
import errno
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.runs import batch as module
from handbook_utils.runs.batch import run_batch
from handbook_utils.runs.plan import read_plan
from handbook_utils.runs.records import params_text
from handbook_utils.text import durable

ROOT = Path(__file__).parents[1] / "data" / "small-handbook"
SCRIPT = """
import sys
from pathlib import Path
from handbook_utils.runs.batch import run_batch
from handbook_utils.runs.plan import read_plan
from handbook_utils.text import durable

if __name__ == "__main__":
    plan, out, root, resume = sys.argv[1:]
    run_batch(read_plan(Path(plan), root=Path(root)), Path(out), root=Path(root), resume=resume == "resume")
"""


def plan_of(folder, text, name="plan.csv"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return read_plan(folder / name, root=ROOT)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A batch in which runs go well, fail, and cannot begin."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "gone.txt").write_text("a\n", encoding="utf-8")
    plan = plan_of(
        folder,
        "name,chapter,divisor,factor,label,table\n"
        "zero,stumble,0,,,\n"
        "gone,count-things,,,,gone.txt\n"
        "five,stumble,2,,,\n"
        'count,count-things,,2,"=cmd(), ""x""",\n',
    )
    (folder / "gone.txt").unlink()
    states = []
    report = run_batch(plan, folder / "out", root=ROOT, progress=lambda name, state: states.append((name, state)))
    return report, states


def test_failing_runs_do_not_stop_the_others(mixed):
    report, states = mixed
    assert (report.done, report.skipped, [failed.run.name for failed in report.failed]) == (2, 0, ["zero", "gone"])
    assert names(report.out) == sorted(
        [
            *(".lock", "count", "five", "gone-failed", "zero-failed"),
            *("failures.csv", "summary.csv", "summary.parquet"),
        ]
    )
    assert states[:4] == [(name, "queued") for name in ("zero", "gone", "five", "count")]
    assert sorted(states[4:]) == [("count", "done"), ("five", "done"), ("gone", "failed"), ("zero", "failed")]


def test_the_summary_is_tidy_and_in_the_order_of_the_plan(mixed):
    label = '\'=cmd(), "x"'
    header, *rows = rows_of(mixed[0].summary)
    assert header == ["run", "chapter", "divisor", "table", "factor", "label", "name", "value"]
    assert rows == [
        ["five", "recipes/stumble", "2", "", "", "", "quotient", "5.0"],
        ["count", "recipes/count-things", "", "", "2.0", label, "lines", "1.0"],
        ["count", "recipes/count-things", "", "", "2.0", label, "first", "one"],
        ["count", "recipes/count-things", "", "", "2.0", label, "product", "2.0"],
    ]


def test_the_failures_say_why(mixed):
    header, *rows = rows_of(mixed[0].failures)
    assert header == ["run", "cell", "error", "message", "parameters"]
    assert rows[0][:4] == ["zero", "3", "ZeroDivisionError", "division by zero"]
    assert json.loads(rows[0][4])["divisor"] == 0
    assert rows[1][:3] == ["gone", "0", "InputErrors"]
    assert "names a file that is not there" in rows[1][3]
    assert "\n" not in rows[1][3]


def test_the_summary_as_parquet(mixed):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(mixed[0].out / "summary.parquet").to_pydict()
    assert table["name"] == ["quotient", "lines", "first", "product"]
    assert table["value"] == ["5.0", "1.0", "one", "2.0"]
    assert table["number"] == [5.0, 1.0, None, 2.0]


def test_resuming_runs_only_what_is_missing(tmp_path):
    text = "name,chapter,divisor\nzero,stumble,0\nfive,stumble,2\n"
    out = tmp_path / "out"
    run_batch(plan_of(tmp_path, text), out, root=ROOT, workers=1)
    first = (out / "five" / "notebook.ipynb").stat().st_mtime_ns
    with pytest.raises(InputError, match="already there") as caught:
        run_batch(plan_of(tmp_path, text), out, root=ROOT)
    assert "--resume" in caught.value.remedy
    # Mended in the plan: what failed is tried again, what is there stays.
    plan = plan_of(tmp_path, text.replace("zero,stumble,0", "zero,stumble,4"))
    report = run_batch(plan, out, root=ROOT, workers=1, resume=True)
    assert (report.done, report.skipped, report.failed) == (1, 1, ())
    assert (out / "five" / "notebook.ipynb").stat().st_mtime_ns == first
    assert "zero-failed" not in names(out)
    assert rows_of(report.failures) == [["run", "cell", "error", "message", "parameters"]]
    assert [row[-1] for row in rows_of(report.summary)] == ["value", "2.5", "5.0"]
    # Another plan under the same names is not taken for the same.
    with pytest.raises(InputErrors) as other:
        run_batch(plan_of(tmp_path, text.replace("stumble,2", "stumble,5")), out, root=ROOT, resume=True)
    assert "divisor=5" in other.value.errors[-1].expected
    assert "divisor=2" in other.value.errors[-1].found


def test_a_run_on_several_files_is_known_again(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).touch()
    plan = plan_of(tmp_path, "name,chapter,table\nboth,count-things,*.txt\n")
    folder = tmp_path / "out" / "both"
    folder.mkdir(parents=True)
    (folder / "ro-crate-metadata.json").touch()
    (folder / "params.yml").write_text(params_text(plan[0].chapter, plan[0].effective, {}, folder), encoding="utf-8")
    assert module._already_there(plan, tmp_path / "out", True) == ["both"]
    (tmp_path / "c.txt").touch()
    with pytest.raises(InputErrors, match="of another run"):
        module._already_there(read_plan(tmp_path / "plan.csv", root=ROOT), tmp_path / "out", True)


def test_two_batches_do_not_share_a_folder(tmp_path):
    plan = plan_of(tmp_path, "chapter\nstumble\n")
    (tmp_path / "out").mkdir()
    with durable.locked(tmp_path / "out" / ".lock", ""), pytest.raises(InputError, match="Another batch"):
        run_batch(plan, tmp_path / "out", root=ROOT)


def test_a_killed_worker_costs_a_retry_and_blames_no_neighbour(tmp_path):
    once = tmp_path / "once"
    plan = plan_of(
        tmp_path,
        "name,chapter,kill,seconds\n"
        f"slow,stumble,,1.5\nkilled,stumble,{once},0\nafter,stumble,,0\nnever,stumble,{tmp_path}/none/x,0\n",
    )
    report = run_batch(plan, tmp_path / "out", root=ROOT)
    assert once.exists()
    assert report.done == 3
    assert [(failed.run.name, failed.failure.error) for failed in report.failed] == [("never", "FileNotFoundError")]
    assert [path for path in names(tmp_path / "out") if path.startswith(".") and path != ".lock"] == []


class FragilePool(ThreadPoolExecutor):
    """A pool of two that is lost as a whole, as one of processes is, when it is given poison."""

    def __init__(self):
        super().__init__(2)
        self.broken = False

    def submit(self, function, run, *given):
        if self.broken:
            raise BrokenProcessPool("lost")
        return super().submit(self.work, run)

    def work(self, run):
        self.broken |= run.name == "poison"
        time.sleep(0.05)
        if self.broken:
            raise BrokenProcessPool("lost")


def test_a_run_that_always_kills_its_worker_is_found(tmp_path):
    plan = plan_of(tmp_path, "name,chapter\n" + "".join(f"{name},stumble\n" for name in ["a", "poison", "b", "c"]))
    pools = []

    def another():
        pools.append(FragilePool())
        return pools[-1]

    ended = {run.name: failure for run, failure in module._finished(plan, another, 2, (tmp_path, ROOT, 60.0, 2))}
    assert sorted(ended) == ["a", "b", "c", "poison"]
    assert [name for name, failure in ended.items() if failure] == ["poison"]
    assert "killed twice" in ended["poison"].message
    assert len(pools) == 3


def test_a_full_disk_ends_the_batch_with_its_reason(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_do", full)
    monkeypatch.setattr(module, "_processes", ThreadPoolExecutor)
    with pytest.raises(InputError, match="disk is full"):
        run_batch(plan_of(tmp_path, "chapter\nstumble\n"), tmp_path / "out", root=ROOT, workers=1)


def test_a_lost_cluster_is_told(tmp_path, monkeypatch):
    def lost(*_):
        raise CancelledError

    monkeypatch.setattr(module, "_do", lost)
    monkeypatch.setattr(module, "_processes", ThreadPoolExecutor)
    with pytest.raises(InputError, match="cluster was lost") as caught:
        run_batch(plan_of(tmp_path, "chapter\nstumble\n"), tmp_path / "out", root=ROOT, workers=1)
    assert "--resume" in caught.value.remedy


def test_killed_in_the_middle_and_resumed_gives_the_same_bytes(tmp_path):
    text = "chapter,divisor,seconds\n" + "".join(f"stumble,{number},0.3\n" for number in range(8))
    plan_of(tmp_path, text)
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT, encoding="utf-8")

    def start(out, resume=""):
        command = [sys.executable, str(script), str(tmp_path / "plan.csv"), str(out), str(ROOT), resume]
        return subprocess.Popen(command, start_new_session=True)

    whole, halved = tmp_path / "whole", tmp_path / "halved"
    assert start(whole).wait() == 0
    process = start(halved)
    while len(list(halved.glob("00*/ro-crate-metadata.json"))) < 3:
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list(halved.glob("00*/ro-crate-metadata.json")))
    assert 3 <= done < 7
    assert not (halved / "summary.csv").exists()
    assert start(halved, "resume").wait() == 0
    for name in ("summary.csv", "failures.csv"):
        assert (halved / name).read_bytes() == (whole / name).read_bytes()
    assert names(halved) == names(whole)
    assert len(rows_of(whole / "summary.csv")) == 8
    assert [row[0] for row in rows_of(whole / "failures.csv")[1:]] == ["0001-stumble"]


def test_a_worker_ends_with_its_batch(tmp_path):
    script = tmp_path / "hang.py"
    script.write_text(
        "import os, time\nfrom handbook_utils.runs.batch import _processes\n"
        "if __name__ == '__main__':\n"
        "    pool = _processes(1)\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        worker = int(process.stdout.readline())
        process.kill()
    while Path(f"/proc/{worker}").exists():  # for ever where it does not end: no clock decides on a busy machine
        time.sleep(0.1)


def test_dask_is_asked_for_where_it_is_missing(tmp_path, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "distributed" else found(name))
    with pytest.raises(InputError, match=r"dask\.distributed") as caught:
        run_batch(plan_of(tmp_path, "chapter\nstumble\n"), tmp_path / "out", root=ROOT, scheduler="tcp://127.0.0.1:1")
    assert "pip install" in caught.value.remedy


def test_a_scheduler_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="does not answer"):
        run_batch(plan_of(tmp_path, "chapter\nstumble\n"), tmp_path / "out", root=ROOT, scheduler="nonsense://x")


def test_a_cluster_gives_what_a_machine_gives(tmp_path):
    from distributed import LocalCluster

    plan = plan_of(tmp_path, "chapter,divisor\nstumble,0\nstumble,1\nstumble,2\nstumble,3\n")
    local = run_batch(plan, tmp_path / "local", root=ROOT, workers=1)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        far = run_batch(plan, tmp_path / "far", root=ROOT, scheduler=cluster.scheduler_address)
        with module._executors(1, cluster.scheduler_address) as (_, at_once, share):
            assert at_once == 4  # one at work and one in hand for each worker
            assert os.cpu_count() // share == 0  # a kernel has one core, however many there are
    assert (far.done, len(far.failed)) == (local.done, len(local.failed)) == (3, 1)
    for name in ("summary.csv", "failures.csv", "summary.parquet"):
        assert (far.out / name).read_bytes() == (local.out / name).read_bytes()
