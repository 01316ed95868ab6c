"""Cells in a shell over a pipe leave what they leave in Jupyter's ordinary kernel, however the process is started."""

import math
import os
import shutil
from pathlib import Path

import psutil
import pytest

from handbook_utils.chapters import Catalogue, Chapter, handbook_root
from handbook_utils.execution import Request, run_one
from handbook_utils.execution.kernel import spawned, start_here
from handbook_utils.execution.shell import CellTimeoutError, DeadKernelError, MemoryLimitError, Shell

#: Deadlines by no clock: one that does not come, and one that is over.
NEVER, OVER = math.inf, 0.0
HEAD = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
handbook:
  part: recipes
  question: Does it run?
  audience: [researchers]
  minutes: 1
  data: []
  languages: [en]
  needs: Nothing.
---
# Cells

"""
#: What a cell may do, one thing each; a tag where it needs one.
CELLS = [
    ("number: int = 1  # any", "parameters"),
    ("import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c', end='')", ""),
    ("print('d', file=sys.stderr)\nprint('e')\nprint('f', file=sys.stderr)", ""),
    ("1 + 1", ""),
    ("_ + 1;", ""),
    ("import pandas as pd\npd.DataFrame({'é': [1.5, None]})", ""),
    (
        "from IPython.display import HTML, Image, display\ndisplay(HTML('<b>x</b>'), 2)\nprint('b')\nHTML('<i>y</i>')",
        "",
    ),
    ("import io, matplotlib.pyplot as plt\nplt.plot([1, 2])", ""),
    ("kept = io.BytesIO()\nplt.figure(figsize=(1, 1)).savefig(kept, metadata={'Software': None})\nplt.close()", ""),
    ("Image(kept.getvalue())", ""),
    ("from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('stays')", ""),
    ("print('stays till then')\nclear_output(wait=True)\nprint('and goes')", ""),
    ("%env HANDBOOK_RESULTS", ""),
    ("%%capture held\nprint('unseen')", ""),
    ("held.stdout", ""),
    ("async def seven():\n    return 7\nawait seven()", ""),
    ("'\\ud800'", ""),
    ("Path = None\n[name for name in dir() if not name.startswith('_')][:6]", ""),
    ("__name__, hasattr(sys.modules['__main__'], 'held')", ""),
]
#: In the ordinary kernel these wait for ever, or print at any time, or nothing.
CHILDREN = {
    "import subprocess, sys\n_ = subprocess.run([sys.executable, '-c', 'print(5)'])": "5\n",
    "import os\nchild = os.fork()\nif not child:\n    print('nine'); os._exit(0)\n_ = os.waitpid(child, 0)": "nine\n",
    "import multiprocessing as m\nwith m.get_context('fork').Pool(1) as pool:\n    print(pool.map(abs, [-8]))": "[8]\n",
}


@pytest.fixture(scope="module")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Chapter:
    root = tmp_path_factory.mktemp("handbook")
    page = root / "notebooks/recipes/one.md"
    page.parent.mkdir(parents=True)
    cells = [f"```{{code-cell}} python\n{f':tags: [{tag}]' if tag else ''}\n{source}\n```\n" for source, tag in CELLS]
    page.write_text(HEAD + "\n".join(cells), encoding="utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: notebooks/recipes/one\n", encoding="utf-8")
    shutil.copy(handbook_root() / "requirements.lock", root)
    return Catalogue.read(root).get("one")


def left(chapter: Chapter, by: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[object]]]:
    """Run all cells in a kernel that is started so; return the code of each and what it left."""
    monkeypatch.setenv("HANDBOOK_KERNEL", by)
    outcome = run_one(Request(chapter), root=chapter.path.parents[2], cache=False)
    assert outcome.failure is None
    cells = [cell for cell in outcome.notebook.cells if cell.cell_type == "code"]
    return [(cell.source, [dict(output) for output in cell.outputs]) for cell in cells]


@pytest.mark.parametrize("by", ["forked", "spawned"])
def test_a_cell_leaves_what_it_leaves_in_the_ordinary_kernel(
    chapter: Chapter, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = left(chapter, by, monkeypatch), left(chapter, "ordinary", monkeypatch)
    assert len(ours) == len(CELLS)
    for our, their in zip(ours, theirs, strict=True):
        assert our == their
    assert sum(bool(outputs) for _, outputs in ours) >= 15


def test_a_cell_may_have_children(tmp_path: Path) -> None:
    with Shell(start_here(), dict(os.environ), tmp_path) as shell:
        for code, said in CHILDREN.items():
            outputs, done = shell.run(code, NEVER, None)
            assert (done, [output["text"] for output in outputs]) == (True, [said])


def test_all_that_a_shell_began_ends_with_it(tmp_path: Path) -> None:
    code = "import subprocess, sys\nprint(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    with Shell(start_here(), dict(os.environ), tmp_path) as shell:
        outputs, _ = shell.run(code, NEVER, None)
        child = psutil.Process(int(outputs[0]["text"]))
        assert child.is_running()
    psutil.wait_procs([child])


def test_a_shell_that_dies_is_told_though_its_child_lives_which_ends_with_it(tmp_path: Path) -> None:
    code = "import os, time\nchild = os.fork()\nif not child: time.sleep(600)\nopen('child', 'w').write(str(child))"
    with Shell(start_here(), dict(os.environ), tmp_path) as shell:
        assert shell.run(code, NEVER, None)[1]
        child = psutil.Process(int((tmp_path / "child").read_text()))
        with pytest.raises(DeadKernelError):
            shell.run("os._exit(1)", NEVER, None)
        assert child.is_running()
    psutil.wait_procs([child])


def test_late_dead_and_hungry_cells_are_told_apart(tmp_path: Path) -> None:
    for code, deadline, memory, error in [
        ("while True: pass", OVER, None, CellTimeoutError),
        ("import os; os._exit(3)", NEVER, None, DeadKernelError),
        ("import time; kept = bytearray(b'1') * 300_000_000; time.sleep(600)", NEVER, 0.3, MemoryLimitError),
    ]:
        with Shell(spawned, dict(os.environ), tmp_path) as shell:
            assert shell.run("1", NEVER, None)[1]
            with pytest.raises(error):
                shell.run(code, deadline, memory)
