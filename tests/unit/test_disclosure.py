"""What leaves names nobody: groups of people who are alike, answers to findings, and exceptions that are signed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils.chapters import Catalogue, handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.disclosure.answers import decisions, read_answers
from handbook_utils.protocols.disclosure.groups import SMALLEST, groups, suppressed
from handbook_utils.protocols.disclosure.guard import Guard
from handbook_utils.protocols.disclosure.leaving import check_access, check_groups, exemption_of, told
from handbook_utils.protocols.ledger import Ledger
from handbook_utils.protocols.metadata.coarse import coarsened
from handbook_utils.protocols.metadata.standards import standard
from handbook_utils.protocols.metadata.validation import validate_table
from handbook_utils.protocols.privacy.examine import WITHHELD, examine
from handbook_utils.protocols.share.crate import guard
from handbook_utils.protocols.share.inputs import shared

ROOT = handbook_root()
DEFAULTS = {entry.name: entry.in_book for entry in Catalogue.read(ROOT).get("protocols/share-the-data").parameters}
DECLARED = ["sex", "age", "place", "date", "body"]
EXCEPTION = {"by": "P. Officer", "date": "2026-03-01", "k": "1", "reason": "agreed in the consortium"}


def by_hand(people):
    """Count people alike without pandas: the slow and plain way."""
    rows = [tuple(row) for row in people.astype(str).to_numpy()]
    return min(rows.count(row) for row in rows)


people_of = st.lists(
    st.tuples(st.sampled_from("fm"), st.sampled_from(["18-39", "40-59", "60-79"]), st.sampled_from("abcd")),
    min_size=1,
    max_size=60,
)


@given(people_of, st.integers(2, 7))
def test_no_group_is_small_after_values_were_hidden(rows, smallest):
    people = pd.DataFrame(rows, columns=["sex", "band", "place"])
    made = suppressed(people, ["place", "band", "sex"], smallest)
    assert by_hand(made) >= min(smallest, len(people))
    kept = made.to_numpy() == people.to_numpy()
    assert ((made.to_numpy() == WITHHELD) | kept).all()


@given(people_of)
def test_k_is_the_smallest_group_counted_by_hand(rows):
    people = pd.DataFrame(rows, columns=["sex", "age_band", "region"])
    codes = [f"P{number}" for number in range(len(people))]
    table = people.assign(sample=[f"{code}-1" for code in codes])[["sample", "sex", "age_band", "region"]]
    assert groups({"t": table}, codes, DECLARED, []).k == by_hand(people)


def test_what_stands_in_two_files_counts_together():
    codes = [f"P{number}" for number in range(4)]
    one = pd.DataFrame({"participant": codes, "sex": ["f", "f", "m", "m"]})
    other = pd.DataFrame({"tube": [f"{code}-1" for code in codes], "age band": ["1-2", "3-4", "1-2", "3-4"]})
    assert groups({"one": one}, codes, DECLARED, []).k == 2
    assert groups({"one": one, "other": other}, codes, DECLARED, []).k == 1
    assert groups({"one": one, "other": other}, codes, ["sex"], []).k == 2


def test_l_is_the_least_number_of_answers_in_a_group():
    table = pd.DataFrame({"participant": list("ABCD"), "sex": ["f", "f", "m", "m"], "host diet": ["x", "y", "x", "x"]})
    found = groups({"t": table}, list("ABCD"), DECLARED, ["diet"])
    assert found.diversity == {"t: host diet": 1}
    assert "l = 1" in told(found, None)


def test_the_example_leaves_with_groups_of_five_and_without_anything_exact():
    made = shared(DEFAULTS)
    assert made.groups.k >= SMALLEST
    header, *_ = made.members["data/assign-codes-and-labels/tubes.csv"].decode().splitlines()
    assert header == "sample,participant,arm,time_point"
    assert not any("qiime2" in name for name in made.members)
    ena = made.sheets["ena-samples"]
    assert set(ena["host age"]) | set(ena["host height"]) | set(ena["host total mass"]) == {""}
    assert max(map(len, ena["collection date"][ena["collection date"].str[0] == "2"])) == 7


def test_exact_answers_are_refused_until_somebody_signs(tmp_path):
    table = pd.DataFrame({"participant": list("ABCDEF"), "host age": ["30", "31", "32", "33", "34", "35"]})
    found = groups({"t": table}, list("ABCDEF"), DECLARED, [])
    with pytest.raises(InputError) as refused:
        check_groups(found, None)
    assert "k = 1; 6 of 6 people" in str(refused.value)
    signed = exemption_of(EXCEPTION)
    check_groups(found, signed)
    assert "P. Officer on 2026-03-01: agreed in the consortium" in told(found, signed)
    with pytest.raises(InputError, match="told apart"):
        check_groups(found, exemption_of(EXCEPTION | {"k": "2"}))


@pytest.mark.parametrize("wrong", [{"by": ""}, {"reason": " "}, {"date": "March"}, {"k": "7"}, {"k": "none"}])
def test_an_exception_is_signed_in_full(wrong):
    with pytest.raises(InputError, match="not signed in full"):
        exemption_of(EXCEPTION | wrong)


@pytest.mark.parametrize("archive", ["European Nucleotide Archive", "ENA", "NCBI SRA", "Zenodo", "Qiita"])
def test_an_open_archive_cannot_control_access(archive):
    with pytest.raises(InputError, match="cannot be controlled"):
        shared(DEFAULTS | {"access": "controlled", "repository": archive})
    check_access("open", archive)


def test_controlled_access_has_the_sheets_of_its_archive_and_no_open_ones():
    made = shared(DEFAULTS | {"access": "controlled", "repository": "European Genome-phenome Archive"})
    assert set(made.sheets) == {"ega-samples", "ega-study", "ega-experiments", "ega-runs"}
    assert not any(name.startswith("archive/ena-") for name in made.members)
    sheet = made.sheets["ega-samples"].set_index("alias")
    assert set(sheet["biological_sex"]) <= {"female", "male", "unknown"}
    assert set(sheet.columns) == {
        *("title", "description", "biological_sex", "subject_id", "phenotype", "organism_part")
    }


def test_shotgun_reads_need_a_word_on_human_reads(tmp_path):
    asked = DEFAULTS | {"method": "shotgun", "reads": str(tmp_path), "human_reads": ""}
    with pytest.raises(InputError, match="human reads"):
        shared(asked)


# ------------------------------------------------------------------ answers


ANSWERS = "column,what,value,reason,by,date\n"


def test_a_finding_is_answered_with_a_reason_and_kept_in_the_ledger(tmp_path):
    members = {"data/t.csv": b"sample,box\nA-1,Mr. Frosty\nA-2,mevrouw Jansen\n"}
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS + "box,name,mr. frosty,a brand of ice boxes,AB,2026-03-01\n", encoding="utf-8")
    answers = read_answers(path)
    with pytest.raises(InputErrors) as found:
        guard(members, Guard(answers))
    [left] = found.value.errors
    assert "line 3" in left.where
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert ledger.append(decisions(answers), step="share-the-data") == 1
    assert ledger.append(decisions(answers), step="share-the-data") == 0
    [event] = ledger.events("decision").to_dict("records")
    assert event["subject"] == "name in box: mr…ty"
    assert event["detail"]["reason"] == "a brand of ice boxes"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("box,name,x,,AB,2026-03-01", "not signed"),
        ("box,name,x,a brand of ice boxes,,2026-03-01", "not signed"),
        ("box,name,x,a brand of ice boxes,AB,", "not signed"),
        (",name,x,a brand of ice boxes,AB,2026-03-01", "names no finding"),
        ("note,e-mail address,,all of ours and public,AB,2026-03-01", "whole column"),
    ],
)
def test_an_answer_that_says_nothing_is_refused(tmp_path, line, said):
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS + line + "\n", encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        read_answers(path)
    assert said in str(found.value)


def test_an_answer_holds_for_its_column_and_kind_alone(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(ANSWERS + "box,name,,brands of ice boxes,AB,2026-03-01\n", encoding="utf-8")
    table = pd.DataFrame({"sample-id": ["A", "B"], "box": ["Mr. Frosty", "call 06-12345678"], "by": ["", "Mr. Jansen"]})
    held = validate_table(table, standard("qiime2"), guard=Guard(read_answers(path)))
    assert [(one.column, one.rule.rpartition(": ")[2]) for one in held.errors] == [
        ("box", "telephone number"),
        ("by", "name"),
    ]


def test_patient_numbers_by_a_hospitals_own_form():
    table = pd.DataFrame({"note": ["seen as 1234567", "12345678 reads", "K123.456"], "reads": ["1234567", "2", "3"]})
    assert examine(table) == []
    found = examine(table, patient_numbers=("9999999", "A999.999"))
    assert [(one.row, one.column, one.what) for one in found] == [
        (1, "note", "patient number"),
        (3, "note", "patient number"),
    ]


def test_coarse_records_keep_controls_and_all_rows():
    rows = [
        {
            "sample": f"P{person}-1",
            "content": "sample",
            "participant": f"P{person}",
            "sex": "female",
            "age_band": "18-39",
            "region": "Drenthe",
            "date": "2026-03",
            "age": "30",
            "centre": "Assen",
        }
        for person in range(6)
    ]
    table = pd.DataFrame([*rows, {"sample": "BLANK-1-1", "content": "blank"}]).fillna("")
    made = coarsened(table)
    assert len(made) == 7
    assert set(made.loc[:5, "sex"]) == {"female"}
    assert set(made["age"]) == {""}
    assert made.loc[6].drop("sample").replace("blank", "").eq("").all()
