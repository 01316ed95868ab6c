"""Files that are not right, given to the command as a reader gives them.

Each ends in exit 2 and a message that says where, what was expected, what was found and what to do; and nothing is
written. What each reader says of a damaged file, alone, is in ``tests/unit/test_readers_bad_input.py``.
"""

from __future__ import annotations

import csv
import errno
import gzip
import io
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from handbook_utils.asking.values import READ
from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.chapters.parameters import check_inputs, check_parameters
from handbook_utils.cli import main
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import files

CATALOGUE = Catalogue.read(handbook_root())
FORMATS = Path(__file__).parents[1] / "data" / "formats"
IDS = tuple(f"S{number}" for number in range(1, 13))
Change = Callable[[dict[str, bytes]], None]


def table(ids: tuple[str, ...] = IDS, *, rows: int = 4, cell: Callable[[int, int], object] | None = None) -> bytes:
    """Return a table with features in rows; a cell's value is made of its row and column."""
    made = cell or (lambda row, column: (row * 7 + column * 3) % 11 + 1)
    lines = ["\t".join(["#OTU ID", *ids])]
    lines += ["\t".join([f"f{row}", *(str(made(row, n)) for n in range(len(ids)))]) for row in range(rows)]
    return ("\n".join(lines) + "\n").encode()


def sheet(ids: tuple[str, ...] = IDS, *, column: str = "treatment") -> bytes:
    """Return metadata with two groups of equal size."""
    return "\n".join([f"id\t{column}", *(f"{name}\t{'ab'[n % 2]}" for n, name in enumerate(ids)), ""]).encode()


def qza(member: str = "", content: bytes = b"x", *, without: str = "") -> bytes:
    """Return QIIME 2's table with a member more, or one less."""
    made = io.BytesIO()
    with zipfile.ZipFile(FORMATS / "throat-table.qza") as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if not (without and name.endswith(without)):
                new.writestr(name, old.read(name))
        if member:
            new.writestr(member, content)
    return made.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    """Return an Excel workbook with one sheet."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def renamed(**names: str) -> tuple[str, ...]:
    return tuple(names.get(name, name) for name in IDS)


TREE = "((f0:1,f1:1):1,f2:1);"
HDF5 = (FORMATS / "throat-biom-format.biom").read_bytes()
JSON = (FORMATS / "throat-biomformat-r.biom").read_bytes()
ZEROS = b"\0" * (files.HARMLESS + 1)
WIDE = "\t".join(f"c{number}" for number in range(1_000_000))

#: What no chapter reads.
RUBBISH = {
    "folder/x.csv": b"\0\1",
    "empty": b"",
    "binary": bytes(range(256)),
    "words": b"lorem\nipsum\n",
    "old": "é;ü\nß;ö\n".encode("cp1252"),
    "other": b"id,g\nS1,a\n",
}
#: What is wrong: the files, what else is given, and what the message must say.
BAD: dict[str, tuple[dict[str, bytes], list[str], list[str]]] = {
    "HDF5 that is truncated": ({"table": HDF5[:40_000]}, [], ["cut off or damaged", "table"]),
    "JSON that is cut off": ({"table": JSON[: len(JSON) // 2]}, [], ["cut off", ", line 1, column "]),
    "an artifact with a path that climbs out": ({"table": qza("../../evil")}, [], ["'../../evil'", "Do not trust"]),
    "an artifact that is a zip bomb": ({"table": qza("big", ZEROS)}, [], ["unpacks to far more", "MiB from"]),
    "a gzip bomb": ({"table": gzip.compress(ZEROS, mtime=0)}, [], ["unpacks to far more", "MiB from"]),
    "an artifact without its table": ({"table": qza(without="feature-table.biom")}, [], ["lacks a member"]),
    "sample ids twice in the table": ({"table": table((*IDS[:-1], "S1"))}, [], ["'S1' (column 2 and column 13)"]),
    "sample ids twice in the metadata": (
        {"metadata": sheet((*IDS[:-1], "S1"))},
        [],
        ["'S1' (line 2, column 1 and line 13, column 1)"],
    ),
    "ids that match after trimming": (
        {"table": table(renamed(S3="S3 "))},
        [],
        ["blanks", "'S3 ' and 'S3'"],
    ),
    "1.10 that became 1.1": (
        {"table": table(renamed(S3="1.10")), "metadata": sheet(renamed(S3="1.1"))},
        [],
        ["spreadsheet", "'1.10' and '1.1'"],
    ),
    "MARCH1 that became a date": (
        {"table": table(renamed(S3="MARCH1")), "metadata": sheet(renamed(S3="1-Mar"))},
        [],
        ["spreadsheet", "'MARCH1' and '1-Mar'"],
    ),
    "an id that a workbook holds as a number": (
        {
            "table": table(renamed(S3="1.10")),
            "metadata": workbook(
                [["id", "treatment"], *([1.1 if i == "S3" else i, "ab"[n % 2]] for n, i in enumerate(IDS))]
            ),
        },
        [],
        ["'1.10' and '1.1'", "format the column as Text"],
    ),
    "metadata without the group column": ({}, ["group", "treatmnt"], ["'treatmnt'", "Did you mean 'treatment'?"]),
    "a group with one sample": (
        {"metadata": sheet().replace(b"S12\tb", b"S12\tc")},
        [],
        ["'c' has 1", "3 or more samples"],
    ),
    "samples without reads": (
        {"table": table(cell=lambda row, column: 0 if column == 4 else row + column + 1)},
        [],
        ["no reads at all", "S5"],
    ),
    "negative counts": (
        {"table": table(cell=lambda row, column: -3 if (row, column) == (1, 4) else row + column + 1)},
        [],
        ["negative", "sample S5, feature f1"],
    ),
    "a tree that lacks a feature": (
        {"tree": TREE.encode()},
        [],
        ["1 of 4 features of the table are not in the tree", "f3"],
    ),
    "decimal commas among decimal points": (
        {"table": table(cell=lambda row, column: {0: "0,5", 1: "2.5"}.get(column, 1))},
        [],
        ["decimals or thousands", "line 2, column 2"],
    ),
    "encodings that are mixed": (
        {"table": table().replace(b"f1", "é".encode()).replace(b"f2", "ü".encode("cp1252"))},
        [],
        ["mixes two text encodings", "line 4", "line 3"],
    ),
    "a file of blanks": ({"table": b" \n\n"}, [], ["This file is empty", "3 bytes"]),
    "a file of 0 bytes": ({"table": b""}, [], ["This file is empty", "0 bytes"]),
    "metadata of 0 bytes": ({"metadata": b""}, [], ["This file is empty", "0 bytes"]),
    "a million columns of metadata": (
        {"metadata": f"id\ttreatment\t{WIDE}\nS1\ta\n".encode()},
        [],
        ["too many columns", "1000002"],
    ),
    "the name of a column that is none of a column": (
        {},
        ["group", "<script>=cmd()🦠\n'"],
        ['no column "<script>=cmd()🦠\\n\'"'],
    ),
}

#: The same where only counts will do: equally many reads are to be drawn from each sample.
SHARES: dict[str, tuple[bytes, str]] = {
    "fractions": (table(cell=lambda row, column: row + column + (1.5 if (row, column) == (1, 4) else 1)), "feature f1"),
    "shares": (table(cell=lambda row, _: (row + 1) / 10), "add up to 1)"),
    "percentages": (table(cell=lambda row, _: (row + 0.5) * 12.5), "add up to 100)"),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is where the command is run."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


def run(*arguments: str, recipe: str = "measure-alpha-diversity") -> int:
    with pytest.raises(SystemExit) as ended:
        main(["run", f"recipes/{recipe}", *arguments])
    return int(ended.value.code or 0)


def options(given: dict[str, object], **more: str) -> list[str]:
    plain = {"group": "treatment", "minimum": "3", **(more or {"least_depth": "10"})}
    return [word for name, value in {**plain, **given}.items() for word in ("-p", name, str(value))]


def written(folder: Path, **contents: bytes) -> dict[str, object]:
    """Write a study, with these of its files changed, and return what names them."""
    made: dict[str, object] = {}
    for name, content in {"table": table(), "metadata": sheet(), **contents}.items():
        (folder / name).write_bytes(content)
        made[name] = folder / name
    return made


def refused(place: Path, capsys: pytest.CaptureFixture[str], given: dict[str, object]) -> str:
    """Run the command on what is not right, and return what it says."""
    assert run(*options(given), "-o", "deep/kept") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    for part in ("where:", "expected:", "found:", "remedy:"):
        assert f"  {part}" in told.err, told.err
    assert list(place.iterdir()) == []
    return told.err


@pytest.mark.parametrize("wrong", BAD)
def test_bad_input_says_where_and_what_and_writes_nothing(wrong, place, tmp_path, capsys):
    contents, given, said = BAD[wrong]
    study = written(tmp_path, **contents)
    told = refused(place, capsys, study | dict(zip(given[::2], given[1::2], strict=True)))
    assert [part for part in said if part not in told] == [], told


@pytest.mark.parametrize("wrong", SHARES)
def test_shares_are_refused_where_counts_are_needed(wrong, place, tmp_path, capsys):
    content, said = SHARES[wrong]
    given = options(written(tmp_path, table=content), reads="rarefied")
    assert run(*given, "-o", "deep/kept", recipe="compare-groups") == 2
    told = capsys.readouterr().err
    assert "needs counts" in told
    assert said in told
    assert list(place.iterdir()) == []


def test_the_study_that_these_files_spoil_is_right(tmp_path):
    plain = options(dict(written(tmp_path)))
    looked_at("recipes/measure-alpha-diversity", dict(zip(plain[1::3], plain[2::3], strict=True)))


def looked_at(slug: str, given: dict[str, str]) -> None:
    """Do what is done before a chapter runs."""
    chapter = CATALOGUE.get(slug)
    check_inputs(chapter, check_parameters(chapter, given))


@pytest.mark.parametrize(
    "slug", [chapter.slug for chapter in CATALOGUE.chapters if READ & {p.kind for p in chapter.parameters}]
)
def test_no_chapter_runs_on_any_file_that_is_none_of_its_own(slug, tmp_path):
    (tmp_path / "folder").mkdir()
    for path, content in RUBBISH.items():
        (tmp_path / path).write_bytes(content)
    asked = CATALOGUE.get(slug).parameters
    # All else is answered as the bundled study does, so that it is the file that is refused.
    answers = {one.name: one.example for one in asked if one.example is not None and one.kind not in (*READ, "place")}
    needed = [one.name for one in asked if one.example is not None and one.kind in (*READ, "place")]
    for parameter in asked:
        for path in tmp_path.iterdir() if parameter.kind in READ else ():
            with pytest.raises((InputError, InputErrors)) as refused:
                looked_at(slug, {**answers, **dict.fromkeys(needed, str(path)), parameter.name: str(path)})
            assert "which is not given" not in str(refused.value)


def test_names_that_would_run_or_break_what_shows_them(place, tmp_path, capsys):
    """They are no mistake: they come back as they are, and nowhere as code."""
    script, formula = "<script>alert(1)</script>", '=cmd() "🦠"\nline two'
    ids = renamed(S1=script, S2=formula, S3="'); DROP TABLE x; --", S4="a,b\t\\ $x_{1")
    quoted = [f'"{name.replace(chr(34), chr(34) * 2)}"' for name in ids]
    columns = f"{script}\t=1+1"
    groups = ["$x_{1 & <b>", "@b'\\"]
    rows = "\n".join(f"{name}\t{groups[n % 2]}\t{n}" for n, name in enumerate(quoted))
    study = written(
        tmp_path,
        table=table(
            tuple(quoted), rows=20, cell=lambda row, column: (row * 13 + column * 7) * (row + column) % 29
        ).replace(b"f1\t", b"=f1\t"),
        metadata=f"id\t{columns}\n{rows}\n".encode(),
    )
    assert run(*options(study | {"group": script}), "-o", "kept") == 0, capsys.readouterr().err
    report = Path("kept/report.html").read_text(encoding="utf-8")
    assert "<script" not in report
    assert "<b>" not in report
    for path in Path("kept").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if cell[:1] in "=@" and cell] == [], path


@pytest.mark.parametrize("name", ["table", "metadata"])
def test_a_folder(name, place, tmp_path, capsys):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert "notes.txt" in refused(place, capsys, written(tmp_path) | {name: folder})


def test_a_file_that_is_not_there(place, tmp_path, capsys):
    study = written(tmp_path)
    assert "Did you mean" in refused(place, capsys, study | {"table": tmp_path / "tabel"})


def test_a_file_that_may_not_be_read(place, tmp_path, capsys, monkeypatch):
    """CI is root, who may read all; so the system's answer is put in its place."""
    study, real = written(tmp_path), Path.open

    def denied(path: Path, *given: object, **named: object) -> object:
        if path == study["table"]:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", denied)
    assert "chmod u+r table" in refused(place, capsys, study)


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a disk of 16 kB: a real one where we may mount it (CI is root), else one whose writing fails alike."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(shutil, "copyfile", full)
        monkeypatch.setattr(os, "fdopen", full)
        monkeypatch.setattr(threading, "active_count", lambda: 1)  # the child is a fork, which has these, too
    yield disk
    if mounted:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize(
    "arguments",
    [["run", "count-things", "-o", "{disk}/kept"], ["convert", str(FORMATS / "throat.tsv"), "{disk}/t.biom"]],
)
def test_a_full_disk(arguments, small_disk, place, capsys, monkeypatch):
    monkeypatch.setenv("HANDBOOK_ROOT", str(FORMATS.parent / "small-handbook"))
    with pytest.raises(SystemExit) as ended:
        main([word.format(disk=small_disk) for word in arguments])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "Make room" in told
    assert "Traceback" not in told
    assert list(small_disk.iterdir()) == []
