"""Every chapter's reference under tests/reference is a test: nbval re-executes the chapter and compares.

nbval's kernel is Jupyter's ordinary one, and the reference was written by ours (handbook_utils.execution.shell): each
chapter's test is a comparison of the two, as well. nbval compares text exactly; here a check cell may state a tolerance
for its numbers. The notebook nbval reads is made of the chapter's source and the reference's texts: a reference holds
nothing else.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import nbval.kernel
import pytest
from hypothesis import settings
from jupyter_client import KernelManager
from nbformat.v4 import new_output
from nbval.plugin import IPyNbCell, IPyNbFile

from handbook_utils.chapters import Catalogue, Chapter, handbook_root
from handbook_utils.chapters.reference import agrees, checks_of, read_reference, tolerance_of
from handbook_utils.errors import InputError
from handbook_utils.execution.kernel import make_available
from handbook_utils.reads.denoising.engines import engine_named

ROOT = handbook_root()

#: Tests run many chapters in one process, which `handbook run` does not: it has no fork server.
os.environ.setdefault("HANDBOOK_KERNEL", "forked")
# From the beginning: numba refuses another number of threads once it has launched some.
make_available(2)

# No timed tests: a busy machine is no failure.
settings.register_profile("handbook", deadline=None)
settings.load_profile("handbook")

#: Scripts that made the test files, to be run by hand; they need programs that are not here.
collect_ignore_glob = ["data/*"]


@pytest.fixture
def needs_program() -> Callable[[str], None]:
    """Return what passes over a test whose engine's program is not here, and fails it in CI, which installs all."""

    def needed(engine: str) -> None:
        try:
            engine_named(engine)
        except InputError as error:
            if os.environ.get("CI"):
                pytest.fail(f"CI must have it: {error}")
            pytest.skip(str(error))

    return needed


def with_reference(chapter: Chapter, root: Path, folder: Path) -> Path:
    """Write the chapter as nbval wants it: a notebook whose check cells carry the stored outputs."""
    notebook = chapter.notebook()
    for number, (cell, text) in enumerate(zip(checks_of(notebook), read_reference(root, chapter), strict=True), 1):
        cell.outputs = [new_output("stream", name="stdout", text=text)]
        cell.execution_count = number  # nbval passes over cells that were never executed
    # Each in a folder of its own, as in the book: what one chapter writes beside itself is nothing to another.
    path = folder / chapter.slug / "chapter.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


class ByFiles(KernelManager):
    """What starts nbval's kernels: they speak by files of a folder, which nobody else can take as they can a port."""

    def __init__(self, **named) -> None:
        super().__init__(**named)
        self._sockets = tempfile.TemporaryDirectory(prefix="hb-")
        self.transport = "ipc"
        self.connection_file, self.ip = (str(Path(self._sockets.name, name)) for name in ("k.json", "k"))


nbval.kernel.KernelManager = ByFiles


class ChapterCell(IPyNbCell):
    """A code cell whose printed numbers may differ by what the cell states."""

    def compare_outputs(self, test, ref, skip_compare=None) -> bool:
        texts = [
            "".join(out.get("text", "") for out in outputs if out.get("name") == "stdout") for outputs in (ref, test)
        ]
        if agrees(*texts, tolerance_of(self.cell)):
            return True
        self.comparison_traceback = [f"reference:\n{texts[0]}\ntoday:\n{texts[1]}"]
        return False


class ChapterFile(IPyNbFile):
    """A chapter, for nbval."""

    def __init__(self, *arguments, **named) -> None:
        super().__init__(*arguments, **named)
        self.compare_outputs = False  # as with --nbval-lax: only cells tagged nbval-check-output

    def collect(self) -> Iterator[ChapterCell]:
        for cell in super().collect():
            yield ChapterCell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )


class Reference(pytest.File):
    """A stored reference, collected as the chapter it belongs to."""

    def collect(self) -> Iterator[pytest.Collector]:
        slug = self.path.relative_to(ROOT / "tests" / "reference").with_suffix("").as_posix()
        folder = self.config.stash[FOLDER]
        path = with_reference(Catalogue.read(ROOT).get(slug), ROOT, folder)
        yield ChapterFile.from_parent(self, path=path, nodeid=f"{self.nodeid}::{slug}")


FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FOLDER] = Path(tempfile.mkdtemp(prefix="handbook-references-"))


def pytest_unconfigure(config: pytest.Config) -> None:
    import shutil

    shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix == ".yml" and (ROOT / "tests" / "reference") in file_path.parents:
        return Reference.from_parent(parent, path=file_path)
    return None
