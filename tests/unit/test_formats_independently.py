"""Every real file of a format has the ids and numbers that an independent reading of it has."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from handbook_utils.errors import InputError
from handbook_utils.study import describing
from handbook_utils.study.choices import Choices
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study

_spec = importlib.util.spec_from_file_location("independent", Path(__file__).with_name("independent.py"))
independent = importlib.util.module_from_spec(_spec)
sys.modules["independent"] = independent
_spec.loader.exec_module(independent)

Values = dict[str, dict[str, float]]
FOLDER = Path(__file__).parents[1] / "data" / "formats"
#: Every file there is, but for how they were made.
FILES = sorted(
    p for p in FOLDER.rglob("*") if p.is_file() and p.name not in ("README.md", "records.csv") and "make" not in p.parts
)
#: What is asked of a file that does not say it.
SAID = {
    "german.csv": Choices(decimal_sign="comma"),
    "throat-write-table.txt": Choices(samples_in="columns"),
    "emu-combined-species-counts.tsv": Choices(empty_cells="zero"),
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_file_is_read_as_an_independent_reading_reads_it(path: Path) -> None:
    found = independent.reading(path)
    assert found is not None, f"{path.name} has no independent reading"
    kind, read = found
    globals()[f"_same_{kind}"](path, read(path))


def _same_table(path: Path, expected: Values) -> None:
    choices = SAID.get(path.name, Choices())
    frame = read_study(path, choices=choices).study.to_frame()
    features = {feature for held in expected.values() for feature in held}
    assert set(frame.index) == set(expected) and set(frame.columns) == features and features
    for sample, held in expected.items():
        numbers = frame.loc[sample]
        for feature in features:  # what a list of one sample does not name, it does not have
            assert numbers[feature] == held.get(feature, 0.0), (sample, feature)
    told = inspect(path, choices)
    assert (told.what, told.samples, told.features) == ("feature table", len(expected), len(features))


def _same_metadata(path: Path, expected: dict[str, dict[str, str]]) -> None:
    frame = describing.read_metadata(path, Choices()).frame()
    assert list(frame.index) == list(expected)
    for sample, held in expected.items():
        assert set(held) == set(frame.columns)
        for column, cell in held.items():
            number = frame[column].dtype.kind in "if"
            assert frame.loc[sample, column] == (float(cell) if number else cell)
    told = inspect(path)
    assert (told.what, told.samples) == ("sample metadata", len(expected))


def _same_taxonomy(path: Path, expected: dict[str, dict[str, str]]) -> None:
    frame = describing.read_taxonomy(path, [])
    names = {str(feature): {rank: name for rank, name in row.items() if name} for feature, row in frame.iterrows()}
    assert names == expected
    told = inspect(path)
    assert (told.what, told.features) == ("taxonomy", len(expected))


def _same_tree(path: Path, expected: dict[tuple[str, str], float]) -> None:
    tree = describing.read_tree(path, [])
    assert independent.distances(tree) == pytest.approx(expected)
    assert inspect(path).what == "tree"


def _same_refusal(path: Path, expected: str) -> None:
    for call in (read_study, inspect):
        with pytest.raises(InputError, match=expected):
            call(path)
