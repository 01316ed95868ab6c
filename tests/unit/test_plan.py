"""Plans of a batch: every form, and every mistake at once."""

import os
from pathlib import Path

import pytest

from handbook_utils.chapters import handbook_root
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.runs.plan import read_plan

ROOT = Path(__file__).parents[1] / "data" / "small-handbook"


def plan_of(folder, text, name="plan.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return read_plan(path, root=ROOT)


def errors_of(folder, text, name="plan.csv"):
    with pytest.raises((InputError, InputErrors)) as caught:
        plan_of(folder, text, name)
    return caught.value.errors if isinstance(caught.value, InputErrors) else [caught.value]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_has_a_row_a_run(tmp_path, separator, encoding):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").touch()
    text = (
        "name,chapter,table,factor,divisor\nfirst,count-things,data/a.csv,2,\n\nÉén,recipes/stumble,,,3\n,stumble,,,\n"
    )
    runs = plan_of(tmp_path, text.replace(",", separator), encoding=encoding)
    assert [(run.name, run.chapter.slug, run.parameters) for run in runs] == [
        ("first", "recipes/count-things", {"table": str(tmp_path / "data" / "a.csv"), "factor": 2.0}),
        ("Één", "recipes/stumble", {"divisor": 3}),
        ("0003-stumble", "recipes/stumble", {}),
    ]


def test_several_files_of_one_parameter(tmp_path):
    for name in "ab":
        (tmp_path / name).touch()
    runs = plan_of(tmp_path, f"chapter,table\ncount-things,a{os.pathsep}b\ncount-things,[ab]\n")
    both = f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}"
    assert [run.parameters["table"] for run in runs] == [both, both]


def test_a_yaml_lists_runs_and_spans_a_grid(tmp_path):
    runs = plan_of(
        tmp_path,
        "runs:\n- {chapter: stumble, name: one, parameters: {divisor: 4, seconds: null}}\n"
        "grid:\n  chapter: count-things\n  parameters: {factor: [1, 2.5], label: [a, b], lang: nl}\n",
        "plan.yml",
    )
    assert runs[0].parameters == {"divisor": 4}
    assert [run.parameters for run in runs[1:]] == [
        {"factor": factor, "label": label, "lang": "nl"} for factor in (1.0, 2.5) for label in "ab"
    ]
    assert [run.name for run in runs] == ["one", *(f"000{number}-count-things" for number in (2, 3, 4, 5))]


def test_a_plain_list_and_several_chapters(tmp_path):
    assert len(plan_of(tmp_path, "- chapter: stumble\n- chapter: count-things\n", "plan.yaml")) == 2
    assert len(plan_of(tmp_path, '{"grid": {"chapter": ["stumble", "count-things"]}}', "plan.json")) == 2


def test_all_mistakes_of_a_csv_at_once(tmp_path):
    found = errors_of(
        tmp_path,
        "name,chapter,table,facter,factor,divisor\n"
        "a,cuont-things,,,,\n"
        "b,count-things,none.csv,1,many,\n"
        "c,stumble,,,,99\n"
        "../d,stumble,,,,1\n"
        "C,stumble,,,,1\n",
    )
    told = [(error.where, error.problem) for error in found]
    assert told == [
        ("plan.csv, row 2, column chapter", "There is no chapter 'cuont-things'."),
        ("plan.csv, row 3, column table", "Parameter 'table' names a file that is not there."),
        ("plan.csv, row 3, column facter", "Chapter recipes/count-things has no parameter 'facter'."),
        ("plan.csv, row 3, column factor", "Parameter 'factor' cannot be 'many'."),
        ("plan.csv, row 4, column divisor", "Parameter 'divisor' cannot be '99'."),
        ("plan.csv", "A run cannot be called '../d'."),
        ("plan.csv", "Two runs have the same name."),
    ]
    assert "count-things" in found[0].remedy
    assert "'factor'" in found[2].remedy
    assert "from 0 to 9" in found[4].expected


@pytest.mark.parametrize(
    ("text", "name", "problem"),
    [
        ("", "plan.csv", "empty"),
        ("chapter\n", "plan.csv", "no runs"),
        ("# nothing", "plan.yml", "no runs"),
        ("chaptr,a\nx,1\n", "plan.csv", "no column 'chapter'"),
        ("chapter,factor,factor\nx,1,2\n", "plan.csv", "twice"),
        ("chapter,factor\nstumble,1,2\n", "plan.csv", "cells of the header"),
        ('chapter,label\ncount-things,"a\n', "plan.csv", "as CSV"),
        ("runs: [\n", "plan.yml", "not YAML"),
        ("3\n", "plan.yml", "neither a list"),
        ("run: []\n", "plan.yml", "neither a list"),
        ("runs: {a: 1}\n", "plan.yml", "not a list"),
        ("- 3\n", "plan.yml", "no chapter"),
        ("- {name: a}\n", "plan.yml", "no chapter"),
        ("- {chapter: stumble, divisor: 1}\n", "plan.yml", "has no 'divisor'"),
        ("- {chapter: stumble, parameters: [1]}\n", "plan.yml", "not a mapping"),
        ("- {chapter: stumble, parameters: {divisor: [1, 2]}}\n", "plan.yml", "several values"),
        ("grid: {parameters: {divisor: [1]}}\n", "plan.yml", "no chapter"),
        ("grid: {chapter: stumble, parameters: {divisor: [10, x]}}\n", "plan.yml", "cannot be '10'"),
        (
            f"grid: {{chapter: stumble, parameters: {{divisor: &a {list(range(400))}, seconds: *a}}}}\n",
            "plan.yml",
            "too large",
        ),
    ],
)
def test_what_is_no_plan(tmp_path, text, name, problem):
    found = errors_of(tmp_path, text, name)
    assert problem in found[0].problem
    assert name in found[0].where


def test_a_plan_that_cannot_be_opened(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_plan(path, root=ROOT)


def test_bytes_that_are_no_text(tmp_path):
    with pytest.raises(InputError, match="encoding of this file is not known"):
        plan_of(tmp_path, b"chapter\n\x81\n")


def test_a_quoted_cell_over_two_lines_does_not_shift_the_rows(tmp_path):
    found = errors_of(tmp_path, 'chapter,label,factor\ncount-things,"a\nb",1\ncount-things,c,x\n')
    assert [error.where for error in found] == ["plan.csv, row 4, column factor"]


def test_none_can_be_written_in_a_csv_and_null_in_a_yaml(tmp_path):
    (tmp_path / "mine.tsv").write_text("x", encoding="utf-8")
    (tmp_path / "plan.csv").write_text(
        "chapter,table,group,covariates,metric\ncompare-groups,mine.tsv,arm,none,\n"
        'compare-groups,mine.tsv,arm,"sex, age",\n',
        encoding="utf-8",
    )
    none, several = read_plan(tmp_path / "plan.csv", root=handbook_root())
    assert (none.parameters["covariates"], none.effective["covariates"]) == (None, [])
    assert several.effective["covariates"] == ["sex", "age"]
    (tmp_path / "plan.yml").write_text(
        "- {chapter: compare-groups, parameters: {table: mine.tsv, group: arm, covariates: null, strata: null}}\n"
        "- {chapter: compare-groups, parameters: {table: mine.tsv, group: arm, covariates: [sex, age]}}\n",
        encoding="utf-8",
    )
    again = read_plan(tmp_path / "plan.yml", root=handbook_root())
    assert [run.effective for run in again] == [none.effective, several.effective]


def test_a_row_without_an_answer_is_named(tmp_path):
    (tmp_path / "mine.tsv").write_text("x", encoding="utf-8")
    (tmp_path / "plan.csv").write_text("chapter,table,time\nfollow-over-time,mine.tsv,week\n", encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        read_plan(tmp_path / "plan.csv", root=handbook_root())
    [error] = caught.value.errors
    assert (error.where, error.remedy) == ("plan.csv, row 2", "Give it: -p person …")
