"""Who gets which arm: in balance by stratum, the same for the same seed, and nobody sees the next one."""

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from handbook_utils import cli, datasets
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.allocation.design import Design, arms_in_order, blocks, minimised, stratum
from handbook_utils.protocols.allocation.sealed import Sealed, allocate, allocated, audit, opened, pseudonym, seal
from handbook_utils.protocols.ledger import Ledger
from handbook_utils.protocols.people import key_file

SECRET = "correct horse battery staple"  # noqa: S105 - of lists that the tests make
ARMS = ("fibre", "fermented", "usual")


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Scrypt at its real cost is the business of test_assignment."""
    monkeypatch.setattr(key_file, "_COST", 2)


def people_of(number, seed=1):
    generator = np.random.default_rng(seed)
    return [
        {"centre": str(generator.choice(["Groningen", "Wageningen"])), "sex": str(generator.choice(["female", "male"]))}
        for _ in range(number)
    ]


designs = st.builds(
    lambda arms, ratio, sizes: (arms, ratio, sizes),
    st.integers(2, 4),
    st.lists(st.integers(1, 3), min_size=4, max_size=4),
    st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True),
)


@settings(max_examples=60, deadline=None)
@given(designs, st.integers(0, 2**128 - 1), st.text("ABC", max_size=5))
def test_every_block_holds_the_arms_in_their_ratio(drawn, seed, name):
    number, ratio, sizes = drawn
    arms, ratio = tuple("ABCD"[:number]), tuple(ratio[:number])
    whole = sum(ratio)
    design = Design("blocks", arms, ratio=ratio, sizes=tuple(whole * size for size in sizes)).checked()
    told = list(itertools.islice(blocks(design, seed, name), whole * 40))
    counts = dict.fromkeys(arms, 0)
    for place, arm in enumerate(told, start=1):
        counts[arm] += 1
        # Within a block no arm is further ahead than a whole block; at most one block is open.
        for one, share in zip(arms, ratio, strict=True):
            assert abs(counts[one] - place * share / whole) <= share * max(sizes)
    assert told == list(itertools.islice(blocks(design, seed, name), whole * 40))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**64), st.integers(10, 90))
def test_arms_are_in_balance_in_every_stratum(seed, number):
    design = Design("blocks", ARMS, ("centre", "sex"), sizes=(3, 6)).checked()
    people = people_of(number, number)
    told = pd.DataFrame(
        {"stratum": [stratum(design, one) for one in people], "arm": arms_in_order(design, seed, people)}
    )
    counts = told.value_counts().unstack(fill_value=0).reindex(columns=list(ARMS), fill_value=0)
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 2


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**64))
def test_minimisation_balances_every_factor_and_is_repeatable(seed):
    design = Design("minimisation", ARMS, ("centre", "sex"), probability=0.8).checked()
    people = people_of(60, seed % 1000)
    told = arms_in_order(design, seed, people)
    assert told == arms_in_order(design, seed, people)
    frame = pd.DataFrame(people).assign(arm=told)
    for factor in design.factors:
        counts = pd.crosstab(frame[factor], frame["arm"]).reindex(columns=list(ARMS), fill_value=0)
        assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 8


def test_all_orders_of_a_block_are_as_likely():
    design = Design("blocks", ("A", "B"), sizes=(4,)).checked()
    seen = ["".join(itertools.islice(blocks(design, seed, "x"), 4)) for seed in range(3000)]
    orders = {"".join(order) for order in itertools.permutations("AABB")}
    assert set(seen) == orders
    assert chisquare([seen.count(order) for order in sorted(orders)]).pvalue > 0.001


def test_minimisation_takes_the_preferred_arm_as_often_as_was_said():
    design = Design("minimisation", ("A", "B"), ("sex",), probability=0.7).checked()
    earlier = pd.DataFrame({"sex": ["f"], "arm": ["A"]})
    drawn = [minimised(design, seed, {"sex": "f"}, earlier) for seed in range(2000)]
    assert abs(drawn.count("B") / len(drawn) - 0.7) < 0.04


@pytest.mark.parametrize(
    ("design", "said"),
    [
        (Design("coin", ("A", "B")), "blocks or minimisation"),
        (Design("blocks", ("A",), sizes=(2,)), "two or more"),
        (Design("blocks", ("A", "B"), sizes=(3,)), "multiples of 2"),
        (Design("blocks", ("A", "B")), "one or more"),
        (Design("blocks", ("A", "B"), ratio=(1,), sizes=(2,)), "a number for each arm"),
        (Design("minimisation", ("A", "B"), ("sex",), probability=0.4), "more than 0.50"),
        (Design("minimisation", ("A", "B")), "what is to be balanced"),
    ],
)
def test_what_cannot_be_is_said(design, said):
    with pytest.raises(InputErrors, match=said):
        design.checked()


# ------------------------------------------------------------------ sealed


def sealed_in(folder, method="blocks"):
    design = Design(method, ARMS, ("centre", "sex"), sizes=(3, 6)).checked()
    ledger, path = Ledger(folder / "ledger.sqlite"), folder / "allocation.enc"
    made = Sealed("X", design, 2**100 + 7)
    seal(path, made, SECRET, ledger, "AB")
    return made, path, ledger


@pytest.mark.parametrize("method", ["blocks", "minimisation"])
def test_arms_are_told_one_at_a_time_and_nothing_shows_the_next(tmp_path, method):
    made, path, ledger = sealed_in(tmp_path, method)
    people = people_of(12)
    expected = arms_in_order(made.design, made.seed, people)
    for number, levels in enumerate(people):
        found = opened(path, SECRET, ledger, "X")
        assert found == made
        assert len(allocated(ledger)) == number
        assert allocate(found, f"S{number:03d}", levels, ledger) == expected[number]
        kept = ledger.events()
        assert len(kept) == number + 2
        text = json.dumps(kept["detail"].tolist()) + " ".join(kept["subject"])
        assert str(made.seed) not in text
        assert f"S{number:03d}" not in text
        assert "sizes" not in text
    sealed = path.read_bytes()
    assert not any(arm.encode() in sealed for arm in ARMS)
    # Asked again, a person keeps the arm, however the id is written.
    assert allocate(made, " s000", people[0], ledger) == expected[0]
    assert len(allocated(ledger)) == 12
    assert audit(made, ledger, {"S000": expected[0], "S001": ""}) == []


def test_the_audit_finds_what_the_log_says_otherwise(tmp_path):
    made, _, ledger = sealed_in(tmp_path)
    arm = allocate(made, "S1", {"centre": "Groningen", "sex": "male"}, ledger)
    other = next(one for one in ARMS if one != arm)
    assert audit(made, ledger, {"S1": other, "S2": arm}) == [
        f"S1: the log says {other}, and {arm} was given",
        f"S2: the log says {arm}, and nobody allocated it",
    ]
    for number, levels in enumerate(people_of(20)):
        allocate(made, f"T{number}", levels, ledger)
    assert audit(made, ledger, {}) == []
    assert any(line.startswith("allocation ") for line in audit(Sealed("X", made.design, made.seed + 1), ledger, {}))


def test_another_list_is_refused(tmp_path):
    made, path, ledger = sealed_in(tmp_path)
    with pytest.raises(InputError, match="already"):
        seal(path, made, SECRET, ledger)
    path.unlink()
    with pytest.raises(InputError, match="already"):
        seal(path, Sealed("X", made.design, 8), SECRET, ledger)
    with pytest.raises(InputError, match="cannot be read"):
        opened(path, SECRET, ledger, "X")
    seal(path, Sealed("X", made.design, 8), SECRET, Ledger(tmp_path / "other.sqlite"))
    with pytest.raises(InputError, match="not the one that the ledger knows"):
        opened(path, SECRET, ledger, "X")


def test_another_passphrase_or_study_is_refused(tmp_path):
    made, path, ledger = sealed_in(tmp_path)
    with pytest.raises(InputError, match="cannot be opened"):
        opened(path, "another passphrase 123", ledger, "X")
    with pytest.raises(InputError, match="another study"):
        opened(path, SECRET, ledger, "Y")
    with pytest.raises(InputError, match="a level"):
        allocate(made, "S1", {"centre": "Groningen", "sex": ""}, ledger)
    assert pseudonym(made, "S 1") == pseudonym(made, "s1")


def run(*arguments):
    try:
        cli.main(list(map(str, arguments)))
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_commands_seal_tell_and_audit(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HANDBOOK_ALLOCATION_PASSPHRASE", SECRET)
    folder = tmp_path / "study"
    folder.mkdir()
    for name in (
        "study.yml",
        "screening.csv",
        "scans.csv",
        "questionnaire.csv",
        "concentrations.csv",
        "counts.csv",
        "mock.csv",
    ):
        (folder / name).write_bytes(datasets.path("example-study", name).read_bytes())
    (folder / "loggers").mkdir()
    log = pd.read_csv(folder / "screening.csv", dtype=str, keep_default_na=False)
    first, second = log.index[log["arm"] != ""][:2]
    refused = log.index[log["arm"] == ""][0]
    log["arm"] = ""
    log.to_csv(folder / "screening.csv", index=False)
    where = ("--study", folder / "study.yml")
    assert run("allocation", "next", log["screening_id"][first], *where) == 2
    assert "made once, by the statistician" in capsys.readouterr().err
    sealing = ("allocation", "seal", "--method", "blocks", "--size", 3, "--size", 6, "--factor", "centre", *where)
    assert run(*sealing) == 0
    assert run(*sealing) == 2
    capsys.readouterr()
    assert run("allocation", "next", log["screening_id"][first], *where) == 0
    told = capsys.readouterr().out.split(": ")[1].strip()
    assert told in ARMS
    assert run("allocation", "next", log["screening_id"][refused], *where) == 2
    assert run("allocation", "next", "nobody", *where) == 2
    log.loc[first, "arm"] = told
    log.to_csv(folder / "screening.csv", index=False)
    assert run("allocation", "audit", *where) == 0
    log.loc[second, "arm"] = told
    log.to_csv(folder / "screening.csv", index=False)
    capsys.readouterr()
    assert run("allocation", "audit", *where) == 1
    assert "nobody allocated it" in capsys.readouterr().out
