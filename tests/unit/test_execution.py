"""Execution: parameters, cache, failures, interruption."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest

from handbook_utils.chapters import Catalogue, Chapter, handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.execution import Request, execute, run_one
from handbook_utils.execution.cache import Cache
from handbook_utils.execution.kernel import forked, start_here
from handbook_utils.execution.used import PACKAGE, files_used
from handbook_utils.text import durable, untrusted

ROOT = handbook_root()

PAGE = """---
jupytext:
  text_representation: {{extension: .md, format_name: myst}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
handbook:
  part: recipes
  question: Does it run?
  audience: [researchers]
  minutes: 1
  data: []
  languages: [en]
  needs: Nothing.
---
# {title}

{prose}

```{{code-cell}} python
:tags: [parameters]
divisor: int = 2  # divide by this [0..9]
seconds: float = 0.0  # wait so long
```

```{{code-cell}} python
import os
import time
time.sleep(seconds)
print({number} / divisor, object())
```

```{{code-cell}} python
print(os.environ["HANDBOOK_RESULTS"], os.environ["OMP_NUM_THREADS"])
```
"""


def write(root: Path, name: str, number: int = 10, prose: str = "Prose.") -> None:
    path = root / "notebooks" / "recipes" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PAGE.format(title=f"Run {name}", prose=prose, number=number), encoding="utf-8")


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("handbook")
    for name in ("one", "two", "three"):
        write(folder, name)
    toc = "format: jb-book\nroot: notebooks/recipes/one\nchapters:\n"
    toc += "- file: notebooks/recipes/two\n- file: notebooks/recipes/three\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    shutil.copy(handbook_root() / "requirements.lock", folder)
    return folder


@pytest.fixture
def chapter(root):
    write(root, "one")
    return Catalogue.read(root).get("one")


def text_of(outcome) -> str:
    return "".join(out.get("text", "") for cell in outcome.notebook.cells for out in cell.get("outputs", []))


def test_run_is_normalised_and_carries_its_provenance(root, chapter):
    outcome = run_one(Request(chapter, {"divisor": "4"}), root=root, cache=False)
    assert outcome.failure is None
    assert "2.5 <object object>" in text_of(outcome)
    cells = outcome.notebook.cells
    assert [cell.id for cell in cells] == [f"cell-{number:03d}" for number in range(len(cells))]
    assert not any("papermill" in cell.metadata for cell in cells)
    assert "injected-parameters" not in nbformat.writes(outcome.notebook)
    table = cells[1].outputs[0].data["text/html"]
    assert "<td>4 <small>(given)</small></td>" in table
    assert "<td>0 <small>(default)</small></td>" in table
    assert "divide by this" in table
    run = outcome.notebook.metadata["handbook_run"]
    assert run["given"] == {"divisor": 4}
    assert run["answers"] == {"divisor": "given", "seconds": "default"}
    assert run["parameters"] == {"divisor": 4, "seconds": 0.0}
    assert set(run["versions"]) >= {"numpy", "scikit-bio"}


def test_equal_runs_are_equal_bytes(root, chapter):
    first, second = (run_one(Request(chapter), root=root, cache=False).notebook for _ in range(2))
    for notebook in (first, second):
        del notebook.metadata["handbook_run"]["executed"]
    assert nbformat.writes(first) == nbformat.writes(second)


def test_prose_re_executes_nothing_and_code_does(root, chapter):
    assert not run_one(Request(chapter, {"divisor": 5}), root=root).cached
    write(root, "one", prose="Other prose.")
    changed = Catalogue.read(root).get("one")
    again = run_one(Request(changed, {"divisor": 5}), root=root)
    assert again.cached
    assert "Other prose." in again.notebook.cells[0].source
    assert "2.0 <object object>" in text_of(again)
    write(root, "one", number=20)
    assert not run_one(Request(Catalogue.read(root).get("one"), {"divisor": 5}), root=root).cached


def test_changed_helper_re_executes(root, chapter, monkeypatch):
    from handbook_utils.execution import cache

    before = cache.key_of(chapter, chapter.defaults, {}, root)
    monkeypatch.setattr(cache, "_unchanged", lambda path: "changed" if path.name == "normalise.py" else "")
    changed = cache.key_of(chapter, chapter.defaults, {}, root)
    monkeypatch.setattr(cache, "_unchanged", lambda path: "")
    assert cache.key_of(chapter, chapter.defaults, {}, root) not in (before, changed)


def test_another_version_of_a_library_re_executes(tmp_path, chapter):
    from handbook_utils.execution import cache

    lock, keys = tmp_path / "requirements.lock", []
    for text in ("scipy==1.0", "scipy==1.1", "scipy==1.0"):
        lock.write_text(text, encoding="utf-8")
        keys.append(cache.key_of(chapter, chapter.defaults, {}, tmp_path))
    assert keys[0] != keys[1]
    assert keys[0] == keys[2]


def test_a_key_hangs_on_what_a_chapter_uses_and_on_nothing_else():
    """An edit in ``protocols/`` is nothing to an explainer; one of a peer's number is all to its chapter."""
    used = {}
    for chapter in Catalogue.read(ROOT).chapters:
        code = [cell.source for cell in chapter.notebook().cells if cell.cell_type == "code"]
        used[chapter.slug] = {path.relative_to(PACKAGE).parts[0] for path in files_used(code)}
    assert [slug for slug in used if not slug.startswith("protocols/") and "protocols" in used[slug]] == []
    assert [slug for slug in used if used[slug] & {"chapters", "runs", "publishing", "cli"}] == []
    assert all("results" in parts for parts in used.values())


def test_a_changed_peer_re_executes_its_chapters_and_no_other(tmp_path):
    from handbook_utils.execution import cache

    (tmp_path / "data").mkdir()
    peers, keys = ROOT / "data" / "peers.csv", []
    chapters = [Catalogue.read(ROOT).get(f"recipes/{name}") for name in ("compare-groups", "map-differences")]
    for text in (peers.read_text(encoding="utf-8"), peers.read_text(encoding="utf-8").replace("0.0491019024", "0.05")):
        (tmp_path / "data" / "peers.csv").write_text(text, encoding="utf-8")
        keys.append([cache.key_of(chapter, chapter.defaults, {}, tmp_path) for chapter in chapters])
    assert keys[0][0] != keys[1][0]
    assert keys[0][1] == keys[1][1]


def test_failure_names_cell_error_and_parameters_and_the_others_finish(root, chapter):
    catalogue = Catalogue.read(root)
    requests = [Request(chapter, {"divisor": 0}), Request(catalogue.get("two")), Request(catalogue.get("three"))]
    states = []
    outcomes = execute(requests, root=root, progress=lambda slug, state: states.append((slug, state)))
    assert [outcome.failure is None for outcome in outcomes] == [False, True, True]
    failure = outcomes[0].failure
    assert (failure.cell, failure.error) == (2, "ZeroDivisionError")
    assert "divisor=0" in str(failure)
    assert "print(10 / divisor" in str(failure)
    assert ("recipes/one", "failed") in states
    # A failure is not kept: the next run tries again.
    assert not run_one(requests[0], root=root).cached


def test_chapter_that_takes_too_long_is_stopped(root, chapter):
    outcome = run_one(Request(chapter, {"seconds": 3600}), root=root, timeout=2)
    assert outcome.failure is not None
    assert outcome.failure.error == "CellTimeoutError"
    assert (outcome.failure.cell, "sleep(seconds)" in outcome.failure.source) == (2, True)
    assert "not done within 2 s; give it more: --timeout 20" in str(outcome.failure)


def test_a_kernel_that_dies_is_told_with_its_cell(root, chapter):
    path = chapter.path
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "print(10 / divisor", "import os; os.kill(os.getpid(), 9); print(10 / divisor"
        )
    )
    outcome = run_one(Request(Catalogue.read(root).get("one")), root=root)
    assert outcome.failure is not None
    assert (outcome.failure.cell, outcome.failure.error) == (2, "DeadKernelError")
    assert "no memory left" in str(outcome.failure)


@pytest.mark.parametrize("by", ["--memory", "HANDBOOK_MEMORY"])
def test_a_kernel_that_takes_too_much_memory_is_told_with_its_cell(root, chapter, monkeypatch, by):
    path = chapter.path
    # Slowly, so that a machine too busy to look at once is not filled meanwhile.
    hungry = "import time\nkept = []\nwhile True: kept.append(bytearray(b'1') * 20_000_000); time.sleep(0.05)"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("print(10 / divisor", f"{hungry}\nprint(10 / divisor"), encoding="utf-8")
    monkeypatch.setenv("HANDBOOK_MEMORY", "1" if by == "HANDBOOK_MEMORY" else "1000")
    given = 1.0 if by == "--memory" else None
    failure = run_one(Request(Catalogue.read(root).get("one")), root=root, memory=given).failure
    assert failure is not None
    assert (failure.cell, failure.error) == (2, "MemoryLimitError")
    assert "of at most 1 GB" in str(failure)
    assert "more is allowed by --memory" in str(failure)


def test_no_room_for_temporary_files_is_told(root, chapter, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("papermill.execute_notebook", full)
    with pytest.raises(InputError, match="no room for temporary files") as told:
        run_one(Request(chapter), root=root, cache=False)
    assert "TMPDIR=" in str(told.value.remedy)


def test_bad_input_stops_before_anything_runs(root, chapter):
    with pytest.raises(InputErrors, match="divisr"):
        execute([Request(chapter, {"divisr": 1})], root=root)


def test_results_folder_is_told_to_the_chapter_and_skips_the_cache(root, chapter, tmp_path):
    for _ in range(2):
        outcome = run_one(Request(chapter, results=tmp_path), root=root)
        assert not outcome.cached
        assert str(tmp_path) in text_of(outcome)


def test_corrupted_data_file_stops_before_anything_runs(root, tmp_path, monkeypatch):
    shutil.copytree(handbook_root() / "data", tmp_path / "data")
    (tmp_path / "data" / "throat" / "metadata.csv").write_text("changed\n", encoding="utf-8")
    monkeypatch.setenv("HANDBOOK_DATA", str(tmp_path / "data"))
    path = root / "notebooks" / "recipes" / "one.md"
    path.write_text(path.read_text(encoding="utf-8").replace("data: []", "data: [throat]"), encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=r"metadata\.csv"):
        execute([Request(Catalogue.read(root).get("one"))], root=root)


SCRIPT = """
import sys
from pathlib import Path
from handbook_utils.chapters import Catalogue
from handbook_utils.execution import Request, execute
root = Path(sys.argv[1])
catalogue = Catalogue.read(root)
slow = {"seconds": float(sys.argv[2])}
requests = [Request(catalogue.get("two"), {"divisor": 7}), Request(catalogue.get("three"), slow)]
for outcome in execute(requests, root=root, workers=1):
    print(outcome.request.chapter.slug, outcome.cached, outcome.failure, flush=True)
"""


def test_killed_in_the_middle_then_again_does_not_repeat_what_is_done(root):
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(root), "120"], start_new_session=True)
    done = Catalogue.read(root).get("two")
    store = root / "_build" / "cache"
    before = set(store.rglob("*.sealed"))
    while set(store.rglob("*.sealed")) <= before:
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    again = run_one(Request(done, {"divisor": 7}), root=root)
    assert again.cached
    assert again.failure is None
    left = list(store.rglob(".*.part"))
    assert [gone for folder in {part.parent for part in left} for gone in durable.clear(folder)] == left


def test_cache_entry_is_whole_or_not_there(tmp_path, monkeypatch):
    store = Cache(tmp_path)
    assert store.get("ab" * 32) is None
    store.put("ab" * 32, nbformat.v4.new_notebook())
    assert store.get("ab" * 32).nbformat == 4

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(InputError, match="nothing was changed"):
        store.put("ab" * 32, nbformat.v4.new_notebook(metadata={"another": 1}))
    assert "another" not in store.get("ab" * 32).metadata
    assert len(list(tmp_path.rglob("*.*"))) == 1


def test_a_damaged_cache_entry_is_not_there(tmp_path):
    store, key = Cache(tmp_path), "cd" * 32
    draws = np.random.default_rng(1)
    store.put(key, nbformat.v4.new_notebook(metadata={"title": "résumé"}))
    [entry] = [path for path in tmp_path.rglob("*") if path.is_file()]
    whole = entry.read_bytes()
    for _ in range(200):
        damaged = bytearray(whole)
        place = int(draws.integers(len(whole)))
        if draws.random() < 0.5:
            del damaged[place:]
        else:
            damaged[place] ^= 1 << int(draws.integers(8))
        entry.write_bytes(damaged)
        assert store.get(key) is None
    entry.write_bytes(whole)
    assert store.get(key).metadata["title"] == "résumé"


def test_a_damaged_cache_entry_is_executed_again(root, chapter):
    run_one(Request(chapter), root=root)
    for entry in (root / "_build" / "cache").rglob("*.sealed"):
        entry.write_bytes(entry.read_bytes()[:-100])
    again = run_one(Request(chapter), root=root)
    assert again.failure is None
    assert not again.cached
    assert run_one(Request(chapter), root=root).cached


def test_provenance_is_plain_json(root, chapter):
    run = run_one(Request(chapter), root=root).notebook.metadata["handbook_run"]
    assert json.loads(json.dumps(run)) == run


EARLY = """
import multiprocessing
import os

from threadpoolctl import threadpool_info

from handbook_utils.execution.kernel import prepare

prepare(os.cpu_count() + 1)
with multiprocessing.get_context("forkserver").Pool(1) as pool:
    print([library["num_threads"] for library in pool.apply(threadpool_info)])
"""


@pytest.mark.skipif(start_here() is not forked, reason="no fork server on this platform")
def test_kernels_forked_early_share_the_cores_for_linear_algebra():
    # The libraries count their threads when they are imported, which is before the first kernel is asked for.
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", EARLY], env=environment, capture_output=True, text=True, check=True)
    counts = json.loads(done.stdout)
    assert counts
    assert set(counts) == {1}


#: What a chapter does; then the modules that came after the fork server had frozen its own out of sight.
LATE = """
import gc, io, sys
import matplotlib.pyplot as plt, pandas as pd
from handbook_utils.results import Results
read = pd.read_csv(io.StringIO("a\\tb\\n1\\t2\\n"), sep="\\t")
Results("en").table(read, "read", "What was read")
print(read.T.to_string(), read.stack().to_dict(), read.to_csv(), read.to_dict("records"))
figure, axes = plt.subplots()
axes.plot([1, 2])
Results("en").figure(figure, "line", alt="A line.")
seen = {id(one) for one in gc.get_objects()}
print("late:", sorted(name for name, one in sys.modules.items() if id(one) in seen and "." in name))
"""


@pytest.mark.skipif(start_here() is not forked, reason="there is no fork server")
def test_a_kernel_imports_nothing_that_was_not_imported_before_it_was_forked(root: Path, chapter: Chapter) -> None:
    text = chapter.path.read_text(encoding="utf-8")
    chapter.path.write_text(text.replace("print(10 / divisor", f"{LATE}\nprint(10 / divisor"), encoding="utf-8")
    outcome = run_one(Request(Catalogue.read(root).get("one")), root=root, cache=False)
    assert outcome.failure is None
    assert "late: []" in text_of(outcome), text_of(outcome)[:3000]


ALONE = """
import sys
from pathlib import Path
from handbook_utils.chapters import Catalogue
from handbook_utils.execution import Request, execute
root = Path(sys.argv[1])
request = Request(Catalogue.read(root).get("one"), {"divisor": 5}, Path(sys.argv[2]))
[outcome] = execute([request], root=root, workers=1, alone=True)
outputs = [output for cell in outcome.notebook.cells for output in cell.get("outputs", [])]
print(outcome.failure, *[output["text"] for output in outputs if "text" in output])
"""


def test_a_run_by_itself_has_a_kernel_of_its_own(
    root: Path, chapter: Chapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The fork server, which has imported everything, would be half of the memory of the one run; pyarrow, a twentieth.
    monkeypatch.delenv("HANDBOOK_KERNEL", raising=False)
    assert start_here(alone=True) is untrusted.forked
    text = chapter.path.read_text(encoding="utf-8")
    # scikit-learn asks of everything whether it is of pyarrow, and is what DESeq2's method fits with.
    look = "import pandas, sys\nfrom sklearn.linear_model import LinearRegression as Line\nLine().fit([[1.0]], [2.0])\n"
    look += "print(pandas.Series(['a']).dtype, 'pyarrow' in sys.modules, 'jupyter_client' in sys.modules, 10 / divisor"
    chapter.path.write_text(text.replace("print(10 / divisor", look), encoding="utf-8")
    command = [sys.executable, "-c", ALONE, str(root), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "None str False False 2.0" in done.stdout
