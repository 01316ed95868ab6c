"""Compare the tables that ``make trials`` wrote with those of the last commit; what differs is printed, with exit 1.

Numbers may differ by rounding, which is not the same on every machine, and so may the packed bytes and their checksums
in datapackage.json. Everything else in this folder must be as it was.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pandas as pd

from handbook_utils.analysis.stored import unpacked

#: As far as numbers may differ, relative to their size; as in tests/chapters/test_simulated.py.
ROUNDING = 1e-6


def tables(packed: bytes) -> dict[str, pd.DataFrame]:
    """Return the table of a packed file, and those that it holds in its cells."""
    table = pd.read_csv(io.BytesIO(packed), compression="gzip")
    if "content" not in table:
        return {"the table": table}
    held = {name: unpacked(content) for name, content in zip(table["name"], table["content"], strict=True)}
    return {"the list of tables": table.drop(columns="content"), **held}


def differences(before: bytes, now: bytes) -> list[str]:
    """Say which tables of a packed file differ by more than rounding, and how."""
    old, new, found = tables(before), tables(now), []
    for name in dict.fromkeys([*old, *new]):
        try:
            pd.testing.assert_frame_equal(new.get(name), old.get(name), rtol=ROUNDING, check_dtype=False)
        except AssertionError as error:
            found.append(f"{name}: {error}")
    return found


def main() -> int:
    """Compare every file of this folder that differs from the last commit."""
    root, wrong = Path(__file__).parents[1], []
    changed = subprocess.check_output(["git", "diff", "--name-only", "HEAD", "--", "data"], cwd=root, text=True)
    for name in changed.split():
        if name.endswith(".csv.gz"):
            before = subprocess.check_output(["git", "show", f"HEAD:{name}"], cwd=root)
            wrong += [f"{name}, {told}" for told in differences(before, (root / name).read_bytes())]
        elif name != "data/datapackage.json":
            wrong.append(f"{name} differs")
    print("\n".join(wrong) or "What is stored comes out again.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
