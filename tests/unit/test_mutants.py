"""The changes that are tried on a statistic, and the tests they are tried by."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from handbook_utils.chapters import handbook_root

_SPEC = importlib.util.spec_from_file_location("mutants", handbook_root() / "benchmarks/mutants.py")
assert _SPEC
assert _SPEC.loader
mutants = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(mutants)


def changes(source: str) -> list[str]:
    return [ast.unparse(other) for *_, other in mutants.places(ast.parse(source))]


def test_signs_numbers_and_comparisons_are_changed():
    assert changes("p = (1 + beaten) / (1 + n)") == [
        "(1 + beaten) * (1 + n)",
        "1 - beaten",
        "2",
        "1 - n",
        "2",
    ]
    assert changes("if a < b and not c: pass") == ["a < b or not c", "a <= b", "c"]


def test_what_is_no_statistic_is_left():
    assert changes("raise InputError('three', found=3)") == []
    assert changes("zip(a, b, strict=True), np.einsum('ij->', a, optimize=True)") == []
    assert "x > y - 1e-09" not in changes("x >= y - 1e-9")
    assert changes("_ALIKE = 1e-9\nx >= y - _ALIKE") == ["1.000000001", "y + _ALIKE"]
    assert changes("for step in range(100): pass") == []
    assert changes("for step in range(self.n, 2): pass") == ["3"]
    assert changes("_AT_ONCE, SURE = 500, 0.5\nmany = size >= _AT_ONCE") == ["1.5"]
    assert changes("zip(a, b, strict=True), np.einsum('ij->', a, optimize=True)") == []
    assert changes("def f(x, seed=1, permutations=999, *, confidence=0.95, minimum=3): pass") == ["1.95", "4"]


def test_tests_are_looked_for_where_a_module_is_imported_and_where_its_importers_are():
    module = mutants.PACKAGE / "analysis/taxa/shifts.py"
    near, further = (set(mutants.tests_near(module, steps)) for steps in (1, 2))
    assert {"tests/unit/test_shifts.py", "src/handbook_utils/analysis/taxa/shifts.py"} <= near < further
    assert "src/handbook_utils/analysis/taxa/methods.py" in further - near
    # Tests import from the package what it takes from its modules.
    assert "tests/unit/test_design.py" in mutants.tests_near(mutants.PACKAGE / "analysis/design/checks.py", 2)


def test_only_tests_that_come_to_a_line_are_run_the_quickest_first():
    module = Path(mutants.PACKAGE / "analysis/taxa/presence.py")
    here, elsewhere = ("analysis/taxa/presence.py", 10, 20), ("analysis/taxa/presence.py", 30, 40)
    calls = {"a::slow": {here}, "a::quick": {here}, "b::other": {elsewhere}, "c.py": {here}}
    seconds = {"a::slow": 2.0, "a::quick": 1.0, "b::other": 0.1, "c.py::of_a_fixture": 0.1}
    # What a fixture calls may serve any test of its file, which then come last.
    assert mutants.tests_at(module, 15, calls, seconds, 60) == ["a::quick", "a::slow", "c.py::of_a_fixture"]
    assert mutants.tests_at(module, 35, calls, seconds, 60) == ["b::other"]
    assert mutants.tests_at(module, 15, calls, seconds, 2.5) == ["a::quick"]
    # A line outside all functions is everybody's, also of who comes to a module that imports this one.
    calls["d::reads"], seconds["d::reads"] = {("analysis/taxa/methods.py", 10, 20)}, 0.5
    assert len(mutants.tests_at(module, 5, calls, seconds, 60)) == 5
    assert mutants.tests_at(module, 35, calls, seconds, 60) == ["b::other"]


def test_own_tests_of_what_is_compiled_are_as_near_as_those_of_its_callers():
    module = Path(mutants.PACKAGE / "analysis/taxa/shifts.py")
    calls = {"tests/unit/test_differential.py::a": {("analysis/taxa/methods.py", 1, 9)}}
    seconds = {"tests/unit/test_differential.py::a": 2.0, "tests/unit/test_shifts.py::b": 1.0}
    assert mutants.tests_at(module, 60, calls, seconds, 60) == list(seconds)[::-1]


def test_a_function_notes_that_it_was_called_and_does_what_it_did():
    spec = mutants.Marked().find_spec("handbook_utils.analysis.diversity.chao")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)  # where its dataclass looks
        spec.loader.exec_module(module)
    mutants.Marked.noted = set()
    assert module.chao1([4, 1, 1, 2], bias_corrected=True).estimate == 4 + 2 * 1 / (2 * 2)
    assert module.chao1.__doc__.startswith("Estimate a lower bound")
    ((path, first, last),) = mutants.Marked.noted
    assert (path, first < last) == ("analysis/diversity/chao.py", True)
    # Loops that are compiled have no mark.
    assert mutants.Marked().find_spec("handbook_utils.analysis.taxa.shifts") is None


def test_a_score_takes_the_place_of_the_one_before(tmp_path):
    scores = tmp_path / "mutants.csv"
    for module, seen in (("b.py", 3), ("a.py", 4), ("b.py", 5)):
        mutants.kept(scores, module, 18, 5, seen)
    lines = scores.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "module,changes,noticed,seed,date"
    assert [line.rsplit(",", 1)[0] for line in lines[1:]] == ["a.py,5,4,18", "b.py,5,5,18"]
