"""Numbers held against somebody else's: what agrees, what differs, and sets of numbers that are not the same."""

import pytest

from handbook_utils import datasets
from handbook_utils.analysis.peers import held_against
from handbook_utils.errors import InputError


@pytest.fixture(autouse=True)
def _peers(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "root", lambda: tmp_path)
    lines = ["chapter,name,theirs,tolerance,source", "a,size,2.5,0.5,R", "a,p,0.05,0.001,R", "b,size,7,1,a paper"]
    (tmp_path / "peers.csv").write_text("\n".join(lines), encoding="utf-8")
    dutch = ["chapter,english,dutch", "a,size,grootte", "b,p,kans", "a,R,R in het Nederlands"]
    (tmp_path / "peers-nl.csv").write_text("\n".join(dutch), encoding="utf-8")


@pytest.mark.parametrize(
    ("size", "verdict"),
    [
        (2.5, "agrees"),
        (3.0, "agrees"),
        (2.0, "agrees"),
        (3.0001, "differs"),
        (1.9999, "differs"),
        (-2.5, "differs"),
        (float("nan"), "differs"),
        (float("-inf"), "differs"),
    ],
)
def test_a_number_agrees_within_its_tolerance_on_both_sides(size, verdict):
    row = held_against("a", {"p": 0.05, "size": size}).set_index("name").loc["size"]
    assert row["verdict"] == verdict
    assert row["difference"] == pytest.approx(size - 2.5, nan_ok=True)


def test_a_row_tells_both_numbers_and_whose_theirs_is_in_both_languages():
    first, second = held_against("a", {"p": 0.0504, "size": 3}).to_dict("records")
    assert second == {
        "chapter": "a",
        "name": "size",
        "ours": 3.0,
        "theirs": 2.5,
        "difference": 0.5,
        "tolerance": 0.5,
        "source": "R",
        "verdict": "agrees",
        "name_nl": "grootte",
        "source_nl": "R in het Nederlands",
    }
    assert first["name_nl"] == ""  # what is Dutch of another chapter is not of this one


@pytest.mark.parametrize(("ours", "found"), [({"size": 1}, "held against: p"), ({"size": 1, "p": 1, "q": 1}, "for q")])
def test_the_numbers_are_the_same_set(ours, found):
    with pytest.raises(InputError, match="not the same set") as caught:
        held_against("a", ours)
    assert found in caught.value.found
