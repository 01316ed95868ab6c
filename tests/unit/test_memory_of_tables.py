"""A large table takes little memory: its text is read line by line, and nothing dear is imported for it."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from handbook_utils.results import Results
from handbook_utils.study import Study
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study
from handbook_utils.study.writers import as_files, write_study

#: What costs more to import than all that a table needs.
DEAR = ("skbio", "biom", "scipy.stats", "matplotlib", "openpyxl", "sklearn", "statsmodels", "IPython")


def test_a_table_is_looked_into_without_what_it_does_not_need() -> None:
    code = "import sys, handbook_utils.study.formats as f, handbook_utils.study.inspection; f.known()\n"
    code += f"print([name for name in {DEAR} if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"


def test_a_run_of_one_recipe_imports_what_it_needs() -> None:
    # formulaic waits for a formula, statistics for a test, pyarrow for pandas: papermill wants it for Hadoop.
    dear = [*DEAR[:3], "scipy.spatial", "sklearn", "statsmodels", "numba", "formulaic"]
    code = "import sys, handbook_utils.recipes.import_and_inspect, handbook_utils.figures.inspection\n"
    code += f"print([name for name in {dear} if name in sys.modules])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
    code = "import sys\nfrom handbook_utils.execution.lean import without_pyarrow\n"
    code += "with without_pyarrow(): import papermill\n"
    code += "print('papermill' in sys.modules, 'pyarrow' in sys.modules)\nimport pyarrow"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "True False"


@pytest.fixture(scope="module")
def wide() -> Study:
    """200 samples x 12000 features, 2 % filled: 0.6 MB of numbers, 4.9 MB as text."""
    made = sparse.random(200, 12_000, density=0.02, random_state=np.random.default_rng(3), format="csr")
    made.data = np.ceil(made.data * 90)
    return Study.from_sparse(made, [f"S{n:03d}" for n in range(200)], [f"ASV{n:05d}" for n in range(12_000)])


def peak(work) -> float:
    """The most memory (MB) that Python held while something was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_a_text_is_never_in_memory_whole(wide: Study, tmp_path: Path) -> None:
    path = tmp_path / "wide.tsv"
    write_study(wide, path, "tsv")
    large = tmp_path / "large.tsv"  # the same numbers between many more blanks, which are no cells
    lines = path.read_text(encoding="utf-8").splitlines()
    large.write_text("\n".join(line + " " * 2000 for line in lines) + "\n", encoding="utf-8")
    size = large.stat().st_size / 1e6
    assert size > 20
    assert peak(lambda: inspect(large)) < size / 3
    assert peak(lambda: read_study(large)) < size / 3


def test_a_wide_table_is_written_row_by_row(wide: Study, tmp_path: Path) -> None:
    whole = tmp_path / "wide.tsv"
    write_study(wide, whole, "tsv")
    out = Results(folder=tmp_path / "results")
    rows = as_files(wide)["table.tsv"]
    assert peak(lambda: out.file("table.tsv", rows, "The table")) < 0.8 * whole.stat().st_size / 1e6
    assert (tmp_path / "results" / "files" / "table.tsv").read_bytes() == whole.read_bytes()
