"""From reads to sequences: every read is accounted for, known members are found, and a killed run goes on."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils.errors import InputError
from handbook_utils.reads.accounting import accounted
from handbook_utils.reads.denoising.embedded import Embedded
from handbook_utils.reads.denoising.engine import Denoised, Denoising
from handbook_utils.reads.denoising.engines import ENGINES, engine_named
from handbook_utils.reads.denoising.kernels import chimeras, edits
from handbook_utils.reads.fastq import columns
from handbook_utils.reads.kernels import _AGREE, _DIFFER, merged_pair, merged_pairs, passing
from handbook_utils.reads.preparing import Preparation, prepare
from handbook_utils.reads.primers import cutters
from handbook_utils.reads.processes import Processes
from handbook_utils.reads.samples import SampleFiles
from handbook_utils.reads.sequences import reverse_complement
from handbook_utils.reads.simulation import Mock, members, write_mock
from handbook_utils.recipes.lessons.reads import QUESTIONS
from handbook_utils.recipes.reads.from_reads_to_table import Told
from handbook_utils.recipes.reads.steps import Steps


def denoised(files: list[SampleFiles], how: Preparation, den: Denoising, folder: Path, pool=None) -> Denoised:
    return Embedded().denoise([prepare(one, how, folder) for one in files], den, folder, pool)


def account(files: list[SampleFiles], how: Preparation, den: Denoising, folder: Path) -> dict[str, dict[str, int]]:
    prepared = [prepare(one, how, folder) for one in files]
    found = Embedded().denoise(prepared, den, folder, None)
    return {
        one.sample: {**one.account, **found.losses[one.sample], "kept": sum(found.counts[one.sample].values())}
        for one in prepared
    }


@pytest.fixture(scope="module")
def mock(tmp_path_factory):
    """Return three simulated samples with twelve members, two of them two bases apart."""
    folder = tmp_path_factory.mktemp("mock")
    sequences = members(12, seed=7)
    weights = np.array([200, 150, 120, 90, 60, 40, 30, 20, 12, 8, 6, 40], dtype=float)
    shares = dict(zip(sequences, weights / weights.sum(), strict=True))
    files = [write_mock(folder, f"S{at}", shares, sequences, Mock(pairs=2_000), seed=at) for at in range(3)]
    return files, sequences, shares


CUT = Preparation(truncate=(200, 150))
OTHER = str.maketrans("ACGT", "CGTA")


def test_all_members_of_a_mock_are_found_and_nothing_else(mock, tmp_path):
    files, sequences, shares = mock
    found = denoised(files, CUT, Denoising(), tmp_path)
    truth = set(sequences.values())
    for counts in found.counts.values():
        assert {sequences[name] for name, share in shares.items() if share > 0.005} <= set(counts)
    everything = {sequence for counts in found.counts.values() for sequence in counts}
    assert len(everything & truth) >= 0.95 * len(everything)
    for counts in found.counts.values():
        total = sum(counts.values())
        assert all(sequence in truth for sequence, number in counts.items() if number > 0.01 * total)
        for name, share in shares.items():
            assert counts[sequences[name]] / total == pytest.approx(share, rel=0.35, abs=0.003)


@pytest.mark.parametrize("engine", ["embedded", "vsearch"])
def test_many_samples_of_few_reads_are_read_together(tmp_path, engine, needs_program):
    needs_program(engine)
    sequences = members(25, seed=8)
    random = np.random.default_rng(8)
    shares = [dict(zip(sequences, random.dirichlet(np.full(25, 0.5)), strict=True)) for _ in range(16)]
    files = [
        write_mock(tmp_path, f"S{at:02d}", some, sequences, Mock(pairs=100), seed=at) for at, some in enumerate(shares)
    ]
    prepared = [prepare(one, CUT, tmp_path) for one in files]
    asked = Denoising.fitting(sum(one.passed for one in prepared), 2.0, paired=True)
    assert asked.least == 2
    found = engine_named(engine).denoise(prepared, asked, tmp_path, None)
    truth = set(sequences.values())
    total = pd.DataFrame(found.counts).fillna(0)
    common = [name for name in sequences if sum(some[name] for some in shares) / 16 > 0.005]
    assert {sequences[name] for name in common} <= set(total.index)
    assert len(set(total.index) & truth) >= 0.95 * len(total)
    assert total.loc[total.index.isin(truth)].to_numpy().sum() >= 0.95 * sum(one.passed for one in prepared)
    assert not (total.loc[~total.index.isin(truth)] / total.sum() > 0.01).any(axis=None)


@pytest.mark.parametrize("engine", ["embedded", "vsearch"])
def test_a_long_read_is_not_counted_with_another_bacterium(tmp_path, engine, needs_program):
    needs_program(engine)
    random = np.random.default_rng(2)
    whole = "".join(random.choice(list("ACGT"), 1_450))

    def changed(edits: int) -> str:
        places = set(random.choice(1_400, edits, replace=False).tolist())
        return "".join(whole.translate(OTHER)[at] if at in places else base for at, base in enumerate(whole))

    reads = [(changed(3), 5), (changed(20), 7)]
    asked = Denoising.fitting(2_000, 2.0, paired=False)
    assert engine_named(engine).counted_back(reads, [whole], asked, tmp_path) == {0: 5}


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "embedded"])
def test_a_mock_is_found_by_the_other_engines_too(mock, tmp_path, engine, needs_program):
    needs_program(engine)
    files, sequences, shares = mock
    prepared = [prepare(one, CUT, tmp_path) for one in files[:2]]
    found = engine_named(engine).denoise(prepared, Denoising(), tmp_path, None)
    for one in prepared:
        counts = found.counts[one.sample]
        assert {sequences[name] for name, share in shares.items() if share > 0.01} <= set(counts)
        assert one.passed == sum(counts.values()) + sum(found.losses[one.sample].values())


@pytest.mark.parametrize("engine", ENGINES)
def test_qualities_that_are_all_high_are_read_as_they_are(tmp_path, engine, needs_program):
    needs_program(engine)
    sequences = members(3, seed=9)
    files = write_mock(tmp_path, "S", dict.fromkeys(sequences, 1 / 3), sequences, Mock(pairs=500, worst=34), seed=9)
    for path in (files.forward, files.reverse):
        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        # 27 at least, as accurate long reads have, and up to 52, as some sequencers write.
        lines[3::4] = ["".join("<" if sign < "A" else chr(ord(sign) + 12) for sign in signs) for signs in lines[3::4]]
        path.write_bytes(gzip.compress("\n".join([*lines, ""]).encode()))
    prepared = [prepare(files, CUT, tmp_path)]
    found = engine_named(engine).denoise(prepared, Denoising(), tmp_path, None)
    assert set(sequences.values()) == set(found.counts["S"])


def test_killed_and_resumed_gives_the_same_table(mock, tmp_path, monkeypatch):
    files, _, _ = mock
    whole = denoised(files, CUT, Denoising(), tmp_path)
    started = tmp_path / "started"
    started.mkdir()
    prepare(files[0], CUT, started)
    real = Embedded.counted_back
    calls = []

    def dies(self, *arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(self, *arguments)

    monkeypatch.setattr(Embedded, "counted_back", dies)
    with pytest.raises(KeyboardInterrupt):
        denoised(files, CUT, Denoising(), started)
    monkeypatch.setattr(Embedded, "counted_back", real)
    # What a killed writer leaves half done has another name.
    (started / ".half.part").write_bytes(b"@")
    assert denoised(files, CUT, Denoising(), started) == whole
    monkeypatch.setattr(Embedded, "distinct", lambda *_: pytest.fail("a sample that was done is done again"))
    monkeypatch.setattr(Embedded, "counted_back", lambda *_: pytest.fail("a sample that was done is done again"))
    assert denoised(files, CUT, Denoising(), started) == whole


def test_pairs_that_lie_either_way_round_are_told_of(mock, tmp_path):
    files, sequences, _ = mock
    for name, (one, other) in {"A": (1, 2), "B": (2, 1)}.items():
        shutil.copy(files[0].forward, tmp_path / f"{name}_R{one}.fastq.gz")
        shutil.copy(files[0].reverse, tmp_path / f"{name}_R{other}.fastq.gz")
    told = Told(Steps.asked({**QUESTIONS, "reads": str(tmp_path)}))
    both = [one for one in told.doubts if "in both directions" in one]
    assert len(both) == 1
    assert both[0].startswith(f"{2 * len(sequences)} sequences (100 % of the pairs)")
    told = Told(Steps.asked({**QUESTIONS, "reads": str(files[0].forward.parent)}))
    assert not [one for one in told.doubts if "in both directions" in one]


def test_processes_and_order_change_nothing(mock, tmp_path):
    files, _, _ = mock
    whole = denoised(files, CUT, Denoising(), tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    again = denoised(files[::-1], CUT, Denoising(workers=2), other, Processes(2))
    assert again.counts == whole.counts
    assert again.losses == whole.losses


def test_another_file_of_the_same_name_is_done_anew(mock, tmp_path):
    files, sequences, shares = mock
    once = denoised(files[:1], CUT, Denoising(), tmp_path)
    place = tmp_path / "more"
    place.mkdir()
    other = write_mock(place, "S0", shares, sequences, Mock(pairs=500), seed=99)
    assert denoised([other], CUT, Denoising(), tmp_path) != once


READ = st.tuples(st.text("ACGTN", min_size=0, max_size=40), st.integers(0, 40))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(READ, READ), min_size=1, max_size=25), st.booleans(), st.integers(0, 30))
def test_what_comes_in_is_what_is_kept_and_each_loss(pairs, paired, cut):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = ["", ""]
        for at, pair in enumerate(pairs):
            for side, (bases, quality) in enumerate(pair):
                texts[side] += f"@r{at}\n{bases}\n+\n{chr(33 + quality) * len(bases)}\n"
        paths = [folder / f"A_R{side + 1}.fastq" for side in range(2)]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        files = [SampleFiles("A", paths[0], paths[1] if paired else None)]
        how = Preparation(truncate=(cut, cut), shortest=5, longest=35)
        rows = account(files, how, Denoising(least=2, overlap=5), folder)
        table = accounted(rows)
        assert int(table.at["A", "input"]) == len(pairs)
        assert int(table.loc["A"].drop("input").sum()) == len(pairs)


def test_each_loss_is_told_as_what_it_is(tmp_path):
    good, phix = "ACGT" * 20, "GAGTTTTATCGCTTCCATGACGCAGAAGTTAACACTTTCGGATATTTCTGATGAGTCGAAAAATTATCTTGATAAAGCAGGAATT"
    host = "".join(np.random.default_rng(1).choice(list("ACGT"), 200))
    for name, sequence in (("phix", phix), ("host", host)):
        (tmp_path / f"{name}.fasta").write_text(f">{name}\n{sequence}\n")
    reads = [
        (good, "I" * 80), ("ACGT" * 5, "I" * 20), (good * 3, "I" * 240), (good[:-1] + "N", "I" * 80), (good, "&" * 80),
        (phix[:80], "I" * 80), (reverse_complement(host[20:100]), "I" * 80), ("A" * 80, "I" * 79 + "%"),
    ]  # fmt: skip
    path = tmp_path / "A.fastq.gz"
    text = "".join(f"@r{at}\n{bases}\n+\n{signs}\n" for at, (bases, signs) in enumerate(reads))
    path.write_bytes(gzip.compress(text.encode()))
    how = Preparation(
        shortest=50, longest=100, expected_errors=2.0, least_quality=5, phix=tmp_path / "phix.fasta",
        host=tmp_path / "host.fasta",
    )  # fmt: skip
    found = prepare(SampleFiles("A", path), replace(how, least_quality=0), tmp_path)
    assert found.account == {
        "input": 8, "too short": 1, "too long": 1, "unclear base": 1, "expected errors": 1, "phiX": 1, "host": 1,
    }  # fmt: skip
    assert found.passed == 2
    assert prepare(SampleFiles("A", path), how, tmp_path).account["low quality"] == 1


def test_primers_are_taken_off_in_either_orientation(tmp_path):
    forward, reverse = "GTGYCAGCMGCCGCGGTAA", "GGACTACNVGGGTWTCTAAT"
    first, second = ("GTGCCAGCAGCCGCGGTAA" + "ACGTT" * 8, "I" * 59), ("GGACTACAGGGGTTTCTAAT" + "CCTAG" * 8, "H" * 60)
    cut = cutters(forward, reverse, whole=False)
    right = [("ACGTT" * 8, "I" * 40), ("CCTAG" * 8, "H" * 40)]
    assert cut([first, second]) == right
    assert cut([second, first]) == right, "a pair that is the other way round is turned"
    assert cut([first, first]) is None
    # A read that goes on through the other end of what was copied is cut there.
    through = ("GTGCCAGCAGCCGCGGTAA" + "ACGTT" * 8 + reverse_complement("GGACTACAGGGGTTTCTAAT") + "GATC", "I" * 83)
    assert cutters(forward, reverse, whole=False)([through]) == [("ACGTT" * 8, "I" * 40)]
    whole = cutters(forward, reverse, whole=True)
    assert whole([through]) == [("ACGTT" * 8, "I" * 40)]
    assert whole([(reverse_complement(through[0]), through[1])]) == [("ACGTT" * 8, "I" * 40)]
    assert whole([first]) is None


@given(st.text("ACGT", max_size=24), st.text("ACGT", max_size=24), st.integers(0, 8))
@settings(max_examples=200, deadline=None)
def test_edits_are_those_of_the_whole_table(first, second, most):
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    told = edits(*(np.frombuffer(text.encode(), dtype=np.uint8) for text in (first, second)), most)
    assert told == min(row[-1], most + 1)


def test_pairs_are_merged_where_they_overlap_and_nowhere_else():
    random = np.random.default_rng(3)
    whole = "".join(random.choice(list("ACGT"), 120))

    def merge(first: str, second: str, signs: str = "I") -> str | None:
        arrays = [
            np.frombuffer(text.encode(), dtype=np.uint8)
            for text in (first, signs * len(first), second, "I" * len(second))
        ]
        found = merged_pair(*arrays, 12, 0.2)
        return None if found is None else found[0].tobytes().decode()

    assert merge(whole[:80], whole[50:]) == whole
    # A read longer than what was copied: what hangs out is cut.
    assert merge(whole[:80] + "ACACACACAC", "GTGTGTGTGT" + whole[:80]) == whole[:80]
    assert merge(whole[:60], whole[60:]) is None
    assert merge("AC" * 40, "AC" * 40) is None, "a repeat overlaps in many ways"
    # Where two bases differ, that of the higher quality is taken.
    wrong = whole[:70] + ("A" if whole[70] != "A" else "C") + whole[71:80]
    assert merge(wrong, whole[50:], signs="5") == whole


def best_place(first, first_q, second, second_q, least, differ):
    """Score every place whole, as no loop that leaves off early does."""
    found = []
    for offset in range(least - len(second), len(first) - least + 1):
        places = range(max(0, offset), min(len(first), offset + len(second)))
        same = [first[at] == second[at - offset] for at in places]
        if len(places) < least or same.count(False) > int(differ * len(places)):
            continue
        tables = [_AGREE if one else _DIFFER for one in same]
        scores = [table[first_q[at], second_q[at - offset]] for table, at in zip(tables, places, strict=True)]
        found.append((sum(scores), offset))
    found.sort(reverse=True)
    clear = found and found[0][0] >= 10 and (len(found) == 1 or found[0][0] >= found[1][0] + 5)
    return found[0][1] + len(second) if clear else None


@given(st.integers(0, 2**32), st.sampled_from(["ACGT", "AC", "A"]))
@settings(max_examples=60, deadline=None)
def test_many_pairs_are_merged_as_each_by_itself_at_the_best_of_all_places(seed, letters):
    random = np.random.default_rng(seed)
    forward, reverse, expected, alone = [], [], [], []
    for _ in range(5):
        whole = random.choice(list(letters), random.integers(20, 60))
        ends = [whole[: random.integers(13, 50)], whole[-random.integers(13, 50) :]]
        for end in ends:
            wrong = random.random(len(end)) < 0.08
            end[:] = np.where(wrong, random.choice(list("ACGT"), len(end)), end)
        signs = [random.integers(35, 74, len(end)).astype(np.uint8) for end in ends]
        bases = [np.frombuffer("".join(end).encode(), dtype=np.uint8) for end in ends]
        found = merged_pair(bases[0], signs[0], bases[1], signs[1], 12, 0.2)
        alone.append(b"" if found is None else found[0].tobytes())
        expected.append(best_place(bases[0], signs[0], bases[1], signs[1], 12, 0.2))
        forward.append((bases[0].tobytes(), signs[0].tobytes()))
        reverse.append((reverse_complement("".join(ends[1])).encode(), signs[1][::-1].tobytes()))
    merged, ends = merged_pairs(*columns(*zip(*forward)), *columns(*zip(*reverse)), 12, 0.2)  # noqa: B905
    whole = merged.tobytes()
    assert [whole[a:b] for a, b in pairwise(ends)] == alone
    assert [len(one) or None for one in alone] == expected


reads_of_any_kind = st.lists(
    st.integers(0, 40).flatmap(
        lambda n: st.tuples(
            st.text("ACGTN", min_size=n, max_size=n), st.lists(st.integers(0, 41), min_size=n, max_size=n)
        )
    ),
    max_size=8,
)


@given(reads_of_any_kind, st.sampled_from([0, 12]), st.sampled_from([0, 5]), st.sampled_from([0, 30]))
@settings(max_examples=150, deadline=None)
def test_reads_pass_by_the_rules_one_after_another(reads, cut, least_quality, longest):
    def alone(bases, qualities):
        if longest and len(bases) > longest:
            return 0, 1
        end = next((at for at, one in enumerate(qualities) if one <= 2), len(bases))
        if cut and end < cut:
            return 0, 2
        end = min(end, cut or end)
        if end < 10:
            return 0, 2
        if set(bases[:end]) - set("ACGT"):
            return 0, 3
        if min(qualities[:end]) < least_quality:
            return 0, 4
        return (0, 5) if sum(10 ** (-one / 10) for one in qualities[:end]) > 1.5 else (end, 0)

    arrays = columns([one.encode() for one, _ in reads], [bytes(at + 33 for at in signs) for _, signs in reads])
    ends, why = passing(
        *arrays, cut=cut, least=10, longest=longest, worst=35, least_sign=33 + least_quality, most_errors=1.5,
        wrong=10.0 ** (-(np.arange(128) - 33.0) / 10.0),
    )  # fmt: skip
    assert list(zip(ends.tolist(), why.tolist(), strict=True)) == [alone(*one) for one in reads]


def test_a_chimera_is_put_together_from_two_more_abundant():
    made = list(members(3, seed=5, close=4).values())
    chimera = made[0][:120] + made[1][120:]
    sequences = [*made[:2], chimera]
    flat = np.frombuffer("".join(sequences).encode(), dtype=np.uint8)
    starts = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    assert chimeras(flat, starts, np.array([100, 80, 20]), 2.0, 2, 0).tolist() == [False, False, True]
    assert not chimeras(flat, starts, np.array([100, 80, 70]), 2.0, 2, 0).any()


def test_a_program_that_is_not_there_is_told_with_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, how in (("vsearch", "apt-get install vsearch"), ("dada2", "apt-get install r-bioc-dada2")):
        with pytest.raises(InputError) as caught:
            engine_named(name)
        assert how in str(caught.value)
        assert "-p engine embedded" in str(caught.value)
    with pytest.raises(InputError, match="no such engine"):
        engine_named("dada")
    assert shutil.which("vsearch") is None


def test_what_a_worker_raises_comes_back_as_it_is():
    with pytest.raises(InputError, match="no such engine"):
        Processes(2).map(engine_named, ["embedded", "dada"])
    with pytest.raises(RuntimeError, match="a worker ended"):
        Processes(1).map(os._exit, [3])
