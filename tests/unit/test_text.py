"""The one door for bytes: decoded, split, guarded, hashed, written whole or not at all."""

import ast
import contextlib
import errno
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import handbook_utils
from handbook_utils.errors import InputError
from handbook_utils.text import durable, yaml_text
from handbook_utils.text.decode import decode, read_text
from handbook_utils.text.guard import inert
from handbook_utils.text.hash import sealed, sha256, sha256_of, unsealed
from handbook_utils.text.sniff import separator

PACKAGE = Path(handbook_utils.__file__).parent


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_is_decoded_whatever_wrote_it(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("name;weight\nZoë;70,5\n".encode(encoding))
    assert read_text(path)[0] == "name;weight\nZoë;70,5\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_where_a_text_was_cut_off_is_counted_from_its_begin(encoding):
    content = ("id\tname\n" * 150_000).encode(encoding)[:-1]
    with pytest.raises(InputError) as caught:
        decode(content, "a.tsv")
    assert caught.value.found.endswith(f"at byte {len(content)}")
    odd = b"\xdc\x00" if encoding == "utf-16-be" else b"\x00\xdc"
    with pytest.raises(InputError, match="at byte 2000001\n"):
        decode(content[:2_000_000] + odd + content[2_000_002:-1], "a.tsv")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"PK\x03\x04\x00\x00\x12", "not a text file"),
        ("Zoë\n".encode() + "Zoë\n".encode("cp1252"), "mixes two"),
        (b"a\x81b", "not known"),
    ],
)
def test_what_is_no_text_is_told(tmp_path, content, said):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_text(path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1,5\t2\n", "\t"),
        ('"a,b";c\n"d,e";f\n', ";"),
        ("only\n007\n", ""),
        ("name, first;b;c\n1;2;3\n4;5;6\n", ";"),
    ],
)
def test_the_separator_is_found_from_all_rows(text, found):
    assert separator(text) == found


@pytest.mark.parametrize("text", ["-1,5", "+3", "-1.5e-3", "-.5", "-12 %".replace(" ", ""), "-inf", "lean", "a=b", ""])
def test_numbers_and_words_are_left_alone(text):
    assert inert(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\tx", "\r=1", "-1,5,6", "-1\n=x"])
def test_formulas_become_text(text):
    assert inert(text) == "'" + text


def test_a_seal_finds_every_change(tmp_path):
    kept = sealed(b"content")
    assert unsealed(kept) == b"content"
    assert all(unsealed(kept[:n]) is None for n in range(len(kept)))
    assert unsealed(b"content") is None
    (tmp_path / "a").write_bytes(b"content")
    assert sha256_of(tmp_path / "a") == sha256(b"content")


# ------------------------------------------------------------------------------------------------------------- writing


def test_a_file_is_not_replaced_unless_asked(tmp_path):
    path = tmp_path / "a"
    durable.write(path, b"1")
    with pytest.raises(InputError, match="already"):
        durable.write(path, b"2")
    assert path.read_bytes() == b"1"
    durable.write(path, b"2", replace=True)
    assert path.read_bytes() == b"2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_without_hard_links_it_is_not_replaced_either(tmp_path, monkeypatch):
    def none(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(durable.os, "link", none)
    durable.write(tmp_path / "a", b"1")
    with pytest.raises(InputError, match="already"):
        durable.write(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_folder_takes_its_name_once_or_replaces_the_other_whole(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    durable.place(tmp_path / "one", tmp_path / "there")
    with pytest.raises(FileExistsError):
        durable.place(tmp_path / "two", tmp_path / "there")
    assert (tmp_path / "there" / "x").read_text() == "one"
    durable.place(tmp_path / "two", tmp_path / "there", replace=True)
    assert (tmp_path / "there" / "x").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_only_its_owner_reads_what_is_private(tmp_path):
    durable.write(tmp_path / "a", b"1", private=True)
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_whatever_fails_the_old_content_or_the_new_is_there(tmp_path, monkeypatch):
    path, calls = tmp_path / "a", ("write", "fsync", "replace", "open")
    durable.write(path, b"old")
    for name in calls:
        for nth in range(1, 4):
            real, count = getattr(os, name), [0]

            def failing(*given, _real=real, _count=count, _nth=nth, **named):
                _count[0] += 1
                if _count[0] == _nth:
                    raise OSError(errno.EIO, "Input/output error")
                return _real(*given, **named)

            with monkeypatch.context() as patched:
                patched.setattr(durable.os, name, failing)
                with contextlib.suppress(InputError):
                    durable.write(path, b"new", replace=True)
            assert path.read_bytes() in (b"old", b"new")
            assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
            durable.write(path, b"old", replace=True)


KILLED = """
import os, signal, sys
from pathlib import Path
from handbook_utils.text import durable
durable.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
durable.write(Path(sys.argv[1]), b"half", replace=True)
"""


def test_what_a_killed_writer_left_is_cleared(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"whole")
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert path.read_bytes() == b"whole"
    [left] = [entry for entry in tmp_path.iterdir() if entry != path]
    with durable.lock(left):
        assert durable.clear(tmp_path) == []  # somebody is still writing
    assert durable.clear(tmp_path) == [left]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_a_lock_is_held_by_one(tmp_path):
    with (
        durable.locked(tmp_path / ".lock", "Somebody else is at work."),
        pytest.raises(InputError, match="Somebody else"),
        durable.locked(tmp_path / ".lock", "Somebody else is at work."),
    ):
        pass
    with durable.locked(tmp_path / ".lock", "Somebody else is at work."):
        pass


# ---------------------------------------------------------------------------------------------------------------- YAML


def test_yaml_stays_text():
    assert yaml_text.read("{a: no, b: 007, c: 1_000, d: '', e: ~, f: [on, 2026-01-01]}", "x") == {
        "a": "no",
        "b": "007",
        "c": "1_000",
        "d": "",
        "e": None,
        "f": ["on", "2026-01-01"],
    }
    assert yaml_text.read("a: &x [1]\nb: *x\n", "x") == {"a": ["1"], "b": ["1"]}
    assert yaml_text.typed("{a: true, b: 7}", "x") == {"a": True, "b": 7}


@pytest.mark.parametrize("read", [yaml_text.read, yaml_text.typed])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2\n", "line 2.*\n.*\n.*as in line 1"),
        ("a: {b: 1, b: 2}", "stands twice"),
        ("a: &x [1, *x]\n", "nested deeper"),
        ("[" * 100_000, "nested deeper"),
        ("a: [1", "not YAML"),
        ("a:\n\tb: 1", "not YAML"),
    ],
)
def test_yaml_that_is_not_taken(read, text, said):
    with pytest.raises(InputError) as told:
        read(text, "x.yml")
    assert re.search(said, str(told.value))


def test_billion_laughs_end_at_once():
    laughs = "a0: &a0 lol\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    with pytest.raises(InputError, match="unfold"):
        yaml_text.read(laughs, "x.yml")


# ------------------------------------------------------------------------------------------------------------ one door


def _calls(names):
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "text":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split("(")[0].endswith(names):
                yield f"{path.relative_to(PACKAGE)}: {ast.unparse(node)[:80]}"


@pytest.mark.parametrize(
    "names",
    [
        ("hashlib.sha256",),
        ("fcntl.flock", "os.fsync"),
        ("yaml.safe_load", "yaml.load", "yaml.compose"),
        ("csv.Sniffer",),
        ("tempfile.mkstemp",),
    ],
)
def test_there_is_no_second_way(names):
    assert list(_calls(names)) == []


def test_random_bytes_are_text_or_told():
    draws = np.random.default_rng(19)
    for _ in range(300):
        content = draws.bytes(int(draws.integers(1, 60)))
        try:
            decode(content, "x")
        except InputError as told:
            assert "x" in str(told)


@pytest.mark.parametrize(
    "text",
    [
        "[" + "1," * 2_400_000 + "1]",
        "[" * 100_000 + "]" * 100_000,
        "a: &a [x,x,x,x,x,x,x,x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 8)}]\n" for n in range(9)),
        "a: &a x\nb: [" + ",".join(["*a"] * 600_000) + "]",
        "a: " + "x" * 20_000_000,
        "? " * 5_000_000,
    ],
    ids=["many", "deep", "laughs", "aliases", "long", "questions"],
)
def test_no_yaml_takes_much(text: str) -> None:
    # What reading may take does not grow with the file: it is counted in what the parser gives, and told.
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            yaml_text.read(text, "params.yml")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000_000
    finally:
        tracemalloc.stop()


def test_a_huge_number_in_yaml_stays_text() -> None:
    assert yaml_text.read("a: " + "9" * 1_000_000, "params.yml") == {"a": "9" * 1_000_000}
    with pytest.raises(InputError, match="holds a value that cannot be read"):
        yaml_text.typed("a: " + "9" * 1_000_000, "params.yml")


def test_a_text_that_never_ends_or_is_too_large_is_not_read(tmp_path: Path, monkeypatch) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    with pytest.raises(InputError, match="pipe or a device"):
        read_text(tmp_path / "pipe.yml")
    monkeypatch.setattr("handbook_utils.text.decode.MOST", 10)
    (tmp_path / "large.csv").write_text("chapter,seed\n", encoding="utf-8")
    with pytest.raises(InputError, match="larger than anybody writes"):
        read_text(tmp_path / "large.csv")
