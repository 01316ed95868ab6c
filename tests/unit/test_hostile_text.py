"""Parameters, study files, plans and maps that were made to do harm end in a message at once, through the command."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

import pytest

from handbook_utils.cli.application import main

LAUGHS = "b0: &b0 lol\n" + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]\n" for n in range(1, 12))
EXPORT = "record_id,age,sex\n1,30,1\n2,31,0\n"
HARM = {
    "billion laughs": LAUGHS,
    "nested deep": "a: " + "[" * 200_000,
    "nested by indents": "".join(" " * n + f"a{n}:\n" for n in range(400)),
    "an alias of itself": "a: &a [*a]\n",
    "a number of a million digits": "seed: " + "9" * 1_000_000,
    "many values": "a: [" + "1," * 2_000_000 + "1]",
    "one long line": "a: " + "x" * 21_000_000,
    "a tag that makes objects": "a: !!python/object/apply:os.system ['true']\n",
    "zero bytes": "a: 1\n\x00\n",
    "a pipe": None,
}
COMMANDS = {
    "parameters": ["run", "recipes/import-and-inspect", "-f", "given.yml", "-o", "out"],
    "study": ["run", "protocols/plate-layout", "--study", "given.yml", "-o", "out"],
    "study check": ["study", "check", "given.yml"],
    "plan": ["batch", "given.yml", "-o", "out"],
    "map": ["import-forms", "export.csv", "--map", "given.yml", "-o", "out.csv"],
}
#: Bytes that a child may have, beside what it has at its begin: a bomb takes more.
ROOM = 2_500_000_000


def _child(arguments: list[str], folder: str, told: str) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_taken() + ROOM, _taken() + ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))  # a hang ends as a signal
    os.chdir(folder)
    with Path(told).open("w", encoding="utf-8") as out:
        sys.stdout = sys.stderr = out
        main(arguments)


def _taken() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_made_to_do_harm_is_a_message(command: str, harm: str, tmp_path: Path) -> None:
    content = HARM[harm]
    if content is None:
        os.mkfifo(tmp_path / "given.yml")
    else:
        (tmp_path / "given.yml").write_text(content, encoding="utf-8")
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(
        target=_child, args=(COMMANDS[command], str(tmp_path), str(tmp_path / "told"))
    )
    process.start()
    process.join(300)
    process.kill()
    told = (tmp_path / "told").read_text(encoding="utf-8")
    assert process.exitcode == 2, told
    assert "Traceback" not in told and ("expected:" in told or "found:" in told), told
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.csv").exists()
