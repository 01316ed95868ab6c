"""No file ends in another error than one that says what is wrong, and none has its numbers changed in silence.

Each is read as a reader's file is: in a child, here with 2 GB of memory; and 10 s of work are more than any may take.
``HANDBOOK_FUZZ=100000`` tries so many damaged files; without it five thousand are tried. What was tried and held is
noted in ``_build/fuzz``: a long run that was stopped goes on where it was, as long as what reads the files is the same.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import random
import re
import resource
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.home import handbook_root
from handbook_utils.study import Study
from handbook_utils.study.describing import kind
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study
from handbook_utils.study.writers import write_study
from handbook_utils.text.hash import sha256
from handbook_utils.text.untrusted import Limits, apart

FOLDER = Path(__file__).parents[1] / "data" / "formats"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.is_file() and path.suffix != ".md" and path.name != "records.csv" and path.parent.name != "make"
)
EACH = max(int(os.environ.get("HANDBOOK_FUZZ", "5000")) // (len(FILES) + 3), 1)
#: Files that one child reads one after the other; of HDF5, which may crash what reads it, each has its own.
TOGETHER = 50
HDF5 = b"\x89HDF"
#: What a damaged file of metadata, a taxonomy or a tree is read with.
TABLE = FOLDER / "throat-biom-format.biom"
LIMITS, WORK = Limits(memory=2, seconds=600), 10
NASTY = [
    b"",
    b"\t",
    b",",
    b";",
    b'"',
    b"\n",
    b"\r",
    b"\x00",
    b"NA",
    b"nan",
    b"inf",
    b"-1",
    b"1e999",
    b"9" * 400,
    b"#",
    b"|",
]
NASTY += [
    b"s__",
    b"k__",
    "é".encode(),
    b"\xff",
    b"1_0",
    b"0x1",
    b"[",
    b"{",
    b"(",
    b"\xef\xbb\xbf",
    b"   ",
    "٣".encode(),
]


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Import all that reading imports, once, so that a child of one file has it."""
    for path in {path.suffix: path for path in FILES if kind(path) == "table"}.values():
        with contextlib.suppress(InputError, InputErrors):  # which way round one lies is to be said
            inspect(path)
            read_study(path)


@pytest.fixture(autouse=True)
def noted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Go on where a long run was stopped."""
    if "HANDBOOK_FUZZ" not in os.environ:
        yield
        return
    root = handbook_root()
    code = [path for part in ("study", "text") for path in sorted((root / "src/handbook_utils" / part).rglob("*.py"))]
    mark = sha256(b"".join(path.read_bytes() for path in [*code, Path(__file__), *FILES]))
    done = root / "_build" / "fuzz" / f"{mark[:16]}-{EACH}.txt"
    done.parent.mkdir(parents=True, exist_ok=True)
    if done.is_file() and request.node.nodeid in done.read_text(encoding="utf-8").splitlines():
        pytest.skip(f"it held in the run of before, {done}")
    failed = request.session.testsfailed
    yield
    if request.session.testsfailed == failed:
        with done.open("a", encoding="utf-8") as record:
            record.write(f"{request.node.nodeid}\n")


def damaged(content: bytes, dice: random.Random, other: bytes = b"") -> bytes:
    """Change, cut, double or mix up a few bytes, cells or lines; or put in a line of another file."""
    made = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        at = dice.randrange(len(made) + 1)
        kind = dice.randrange(10)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << dice.randrange(8)
        elif kind == 1:
            made[at:at] = dice.choice(NASTY)
        elif kind == 2:
            del made[at : at + dice.randrange(1, 30)]
        elif kind == 3:
            del made[at:]
        else:
            made = bytearray(b"\n".join(mixed_up(bytes(made).split(b"\n"), kind, dice, other)))
    return bytes(made)


def mixed_up(lines: list[bytes], kind: int, dice: random.Random, other: bytes) -> list[bytes]:
    one, two = dice.randrange(len(lines)), dice.randrange(len(lines))
    if kind == 4:
        lines[one], lines[two] = lines[two], lines[one]
    elif kind == 5:
        lines.insert(one, lines[two])
    elif kind == 6:
        lines.insert(one, dice.choice(other.split(b"\n")))
    elif kind == 7:
        sign = dice.choice([b",", b";", b" ", b"|", b"\t\t"])
        lines = [line.replace(b"\t", sign) for line in lines]
    elif kind == 8:
        place = dice.randrange(6)
        lines = [b"\t".join(cells[:place] + cells[place + 1 :]) for cells in (line.split(b"\t") for line in lines)]
    else:
        cells = lines[one].split(b"\t")
        cells[dice.randrange(len(cells))] = dice.choice(NASTY)
        lines[one] = b"\t".join(cells)
    return lines


def forked(target, arguments):
    process = multiprocessing.get_context("fork").Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def read(place: Path, contents: list[bytes], role: str = "table") -> int:
    """Read files in a child; of how many it is said what is wrong with them."""
    return apart(f"{__name__}:read_here", place, contents, role, files=[place], limits=LIMITS, start=forked)


def read_here(place: Path, contents: list[bytes], role: str) -> int:
    def too_long(*_: object) -> None:
        raise RuntimeError(f"more than {WORK} s of work")

    told = 0
    signal.signal(signal.SIGPROF, too_long)
    # A library that loops never comes back to be told: then the system ends it, as a test sees by the signal.
    resource.setrlimit(resource.RLIMIT_CPU, (WORK * 2 * len(contents),) * 2)
    for content in contents:
        place.write_bytes(content)
        for call in (read_study if role == "table" else partial(beside_a_table, role), inspect):
            signal.setitimer(signal.ITIMER_PROF, WORK)
            try:
                call(place)
            except (InputError, InputErrors) as error:
                assert str(error)
                told += 1
    signal.setitimer(signal.ITIMER_PROF, 0)
    return told


def beside_a_table(role: str, place: Path) -> None:
    read_study(TABLE, **{role: place})


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_damaged_file_never_ends_in_another_error(path: Path, tmp_path: Path) -> None:
    # A child that ends in any other way is an InputError here, and what it was reading lies at its place.
    dice = random.Random(str(path.relative_to(FOLDER)))  # noqa: S311 - the same files every time
    content, others, role = path.read_bytes(), [other.read_bytes() for other in FILES], kind(path)
    together = 1 if content.startswith(HDF5) else TOGETHER
    for start in range(0, EACH, together):
        made = [damaged(content, dice, dice.choice(others)) for _ in range(min(together, EACH - start))]
        try:
            read(tmp_path / "table", made, role)
        except InputError as error:
            # The library below may crash at HDF5: that is told, too, and costs the child alone.
            assert content.startswith(HDF5) and "crashed" in error.problem and error.found != "SIGXCPU", error


def table_of(path: Path) -> pd.DataFrame | None:
    """What is read, or nothing where it is refused."""
    try:
        return read_study(path).study.to_frame()
    except (InputError, InputErrors):
        return None


def alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.index.equals(other.index) and one.columns.equals(other.columns)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_number_of_any_format_is_changed_in_silence(path: Path, tmp_path: Path) -> None:
    # A cell that is one number of the table, as adding to it shows, is refused where it is spoiled, or is read as told.
    content, before = path.read_bytes(), table_of(path)
    sign = max((b"\t", b";", b","), key=content.count)
    whole = rb"(?<=%s)\d+(?:\.\d+)?(?=[%s\r\n])" % (sign, sign)
    numbers = [] if before is None else list(re.finditer(whole, content))
    dice, place = random.Random(str(path.relative_to(FOLDER))), tmp_path / path.name  # noqa: S311 - as above
    for number in dice.sample(numbers, min(len(numbers), max(EACH // 8, 2))) if before is not None else []:

        def put(cell: bytes, number: re.Match[bytes] = number) -> pd.DataFrame | None:
            place.write_bytes(content[: number.start()] + cell + content[number.end() :])
            return table_of(place)

        more = put(b"%d" % (int(float(number[0])) + 7919))
        if more is None or not alike(more, before) or (more != before).to_numpy().sum() != 1:
            continue
        at = dice.randrange(len(number[0]) + 1)
        spoiled_cell = number[0][:at] + dice.choice([b"_", b" ", b"'", b"e", b"x", b"O", b"l", b"I"]) + number[0][at:]
        spoiled_cell = dice.choice([spoiled_cell, "\u0663".encode(), "\u00bd".encode(), b"", b"NA", b"-3", b"1,234"])
        found = put(spoiled_cell)
        if found is None or not alike(found, before):
            continue  # refused; or a cell more, which is another table
        (row,), (column,) = (more != before).to_numpy().nonzero()
        value = found.to_numpy()[row, column]
        try:
            assert value == float(spoiled_cell.decode().replace(",", ".")), (path, spoiled_cell, value)
            assert b"_" not in spoiled_cell and spoiled_cell.isascii()
        except ValueError:
            raise AssertionError((path, spoiled_cell, value)) from None


def test_a_number_is_never_changed_in_silence(tmp_path: Path) -> None:
    # A damaged cell is refused, told, or is another number that stands there.
    dice = random.Random(5)  # noqa: S311 - the same cells every time
    lines = [["#OTU ID", "A", "B", "C"], ["x", "12", "7", "0"], ["y", "3", "400", "51"], ["z", "6", "8", "9"]]
    for _ in range(EACH * 20):
        row, column = dice.randrange(1, 4), dice.randrange(1, 4)
        cell = list(lines[row][column])
        cell.insert(dice.randrange(len(cell) + 1), dice.choice("_,.;' \u00a0eEx+-%OlI٣½²"))
        changed = "".join(cell)
        copy = [list(line) for line in lines]
        copy[row][column] = changed
        (tmp_path / "t").write_text("\n".join("\t".join(line) for line in copy) + "\n", encoding="utf-8")
        try:
            study = read_study(tmp_path / "t").study
        except (InputError, InputErrors):
            continue
        found = study.to_frame().loc["ABC"[column - 1], "xyz"[row - 1]]
        plain = changed.strip(" \u00a0")
        assert plain.isascii() and "_" not in plain and found == float(plain.replace(",", "."))
        assert "," not in plain or any("Decimal commas" in note for note in study.notes)


# ---------------------------------------------------------------------- HDF5, field by field


def hdf5(change) -> bytes:
    """A small BIOM table, changed inside."""
    study = Study.from_sparse(np.array([[1, 0, 2], [0, 3, 4]]), ["A", "B"], ["x", "y", "z"])
    made = io.BytesIO()
    path = Path(change.folder, "whole.biom")
    write_study(study, path, "biom")
    made.write(path.read_bytes())
    with h5py.File(made, "r+") as opened:
        change(opened)
    return made.getvalue()


def replaced(opened: h5py.File, name: str, values: object) -> None:
    del opened[name]
    opened[name] = np.array(values)


CHANGES = {
    "index out of range": lambda f: replaced(f, "sample/matrix/indices", [0, 2, 1, 3]),
    "index far out of range": lambda f: replaced(f, "sample/matrix/indices", [0, 2, 1, 2**31 - 1]),
    "negative index": lambda f: replaced(f, "sample/matrix/indices", [0, 2, 1, -1]),
    "indptr falls": lambda f: replaced(f, "sample/matrix/indptr", [0, 5, 4]),
    "indptr too long": lambda f: replaced(f, "sample/matrix/indptr", [0, 2, 4, 4]),
    "indptr beyond the data": lambda f: replaced(f, "sample/matrix/indptr", [0, 2, 40]),
    "indptr negative": lambda f: replaced(f, "sample/matrix/indptr", [-1, 2, 4]),
    "places that are fractions": lambda f: replaced(f, "sample/matrix/indices", [0.5, 2, 1, 2]),
    "less data than places": lambda f: replaced(f, "sample/matrix/data", [1.0, 2.0]),
    "two matrices that differ": lambda f: replaced(f, "sample/matrix/data", [1.0, 2.0, 3.0, 5.0]),
    "a cell twice": lambda f: replaced(f, "sample/matrix/indices", [0, 0, 1, 2]),
    "an id less": lambda f: replaced(f, "sample/ids", np.array([b"A"])),
}


@pytest.mark.parametrize("name", CHANGES)
def test_hdf5_is_checked_before_it_is_indexed(name: str, tmp_path: Path) -> None:
    class Change:
        folder = tmp_path

        def __call__(self, opened: h5py.File) -> None:
            CHANGES[name](opened)

    (tmp_path / "t").write_bytes(hdf5(Change()))
    with pytest.raises((InputError, InputErrors)) as raised:
        read_study(tmp_path / "t")
    assert "damaged" in str(raised.value)


def test_hdf5_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    class Link:
        folder = tmp_path

        def __call__(self, opened: h5py.File) -> None:
            del opened["sample/ids"]
            opened["sample/ids"] = h5py.ExternalLink("/etc/passwd", "/x")

    (tmp_path / "t").write_bytes(hdf5(Link()))
    with pytest.raises((InputError, InputErrors)):
        read_study(tmp_path / "t")

    class Outside(Link):
        def __call__(self, opened: h5py.File) -> None:
            del opened["sample/matrix/data"]
            opened.create_dataset("sample/matrix/data", (4,), "f8", external=[(str(tmp_path / "raw"), 0, 32)])

    (tmp_path / "raw").write_bytes(np.ones(4).tobytes())
    (tmp_path / "t").write_bytes(hdf5(Outside()))
    with pytest.raises(InputError, match="damaged"):
        read_study(tmp_path / "t")


def test_hdf5_of_a_size_that_is_only_stated_is_refused(tmp_path: Path) -> None:
    class Huge:
        folder = tmp_path

        def __call__(self, opened: h5py.File) -> None:
            del opened["sample/matrix/data"]
            opened.create_dataset("sample/matrix/data", (2**40,), "f8", chunks=(1024,))

    (tmp_path / "t").write_bytes(hdf5(Huge()))
    with pytest.raises(InputError, match="damaged") as raised:
        read_study(tmp_path / "t")
    assert "more than can be read" in (raised.value.found or "")


# ---------------------------------------------------------------------- HDF5, anything in it

#: What no index, no number and no id should be.
ODD = [-1, 0, 1, 3, 7, 2**31 - 1, -(2**31), 2**62, 0.5, float("nan"), float("inf"), -0.0, 1e308]


def spoiled(content: bytes, dice: random.Random) -> bytes:
    """Change a field of an HDF5 file: a value, the type, the length, the shape, what it is; or an attribute."""
    made = io.BytesIO(content)
    with h5py.File(made, "r+") as opened:
        names: list[str] = []
        opened.visit(names.append)
        for _ in range(dice.choice([1, 1, 2])):
            name = dice.choice([one for one in names if one in opened])
            kind = dice.randrange(8)
            found = opened[name]
            values = found[()] if isinstance(found, h5py.Dataset) else None
            if kind == 7 and len(opened.attrs):
                opened.attrs[dice.choice(sorted(opened.attrs))] = dice.choice([*ODD, "x", "OTU table"])
            elif kind == 0 or values is None:
                del opened[name]
                if dice.random() < 0.5:
                    opened.create_group(name)
            elif kind == 1:
                replaced(opened, name, np.asarray(values)[:-1])
            elif kind == 2:
                replaced(opened, name, np.repeat(values, dice.choice([2, 3, 1000]), axis=0))
            elif kind == 3:
                replaced(opened, name, np.asarray(values)[:, None])
            elif kind == 4:
                replaced(opened, name, np.zeros(len(values), dice.choice(["S3", "f4", "u8", "?", "i1", "c16"])))
            elif kind == 5:
                replaced(opened, name, np.asarray(values)[::-1])
            else:
                odd = np.array([dice.choice(ODD) for _ in range(len(values))])
                if values.dtype.kind in "iuf":
                    keep = np.array([dice.random() < 0.7 for _ in values])
                    odd = np.where(keep, values, odd)
                replaced(opened, name, odd)
    return made.getvalue()


@pytest.fixture(scope="module")
def biom(tmp_path_factory) -> bytes:
    class Same:
        folder = tmp_path_factory.mktemp("biom")

        def __call__(self, opened: h5py.File) -> None: ...

    return hdf5(Same())


def test_hdf5_with_any_field_changed_is_read_or_told(biom: bytes, tmp_path: Path) -> None:
    dice = random.Random(1)  # noqa: S311 - the same files every time
    for start in range(0, EACH, TOGETHER):
        read(tmp_path / "t", [spoiled(biom, dice) for _ in range(min(TOGETHER, EACH - start))])


def test_hdf5_with_any_byte_changed_is_read_or_told(biom: bytes, tmp_path: Path) -> None:
    # The library below may crash at these: that is told, too, and costs the child alone.
    dice = random.Random(2)  # noqa: S311 - the same files every time
    for _ in range(EACH):
        try:
            read(tmp_path / "t", [damaged(biom, dice)])
        except InputError as error:
            assert "crashed" in error.problem and error.found != "SIGXCPU", error


@pytest.mark.parametrize("size", [b"\xff" * 8, b"\x00" * 8], ids=["longer than the heap", "free, and of no size"])
def test_hdf5_whose_heap_has_an_object_without_an_end_is_refused(size: bytes, biom: bytes, tmp_path: Path) -> None:
    # HDF5 itself reads on for ever.
    heap = biom.index(b"GCOL")
    number = b"\x01\x00" if any(size) else b"\x00\x00"
    (tmp_path / "t").write_bytes(biom[: heap + 16] + number + biom[heap + 18 : heap + 24] + size + biom[heap + 32 :])
    with pytest.raises(InputError, match="damaged") as raised:
        read_study(tmp_path / "t")
    assert "no end" in (raised.value.found or "")
