"""The study file: what is right is read, and all that is wrong is told at once, with its line and what to do."""

import re
import shutil
import tempfile
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handbook_utils import datasets
from handbook_utils.asking.study import sections, study_questions
from handbook_utils.asking.values import PATHS, none_of
from handbook_utils.chapters import Catalogue, check_parameters, handbook_root
from handbook_utils.chapters.catalogue import read_chapter
from handbook_utils.chapters.parameters import answers
from handbook_utils.chapters.sources import study_parameters
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols import study_template
from handbook_utils.protocols.study_file import STEPS, read_study_file

ROOT = handbook_root()
CHAPTERS = [chapter for chapter in Catalogue.read(ROOT).chapters if chapter.study]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "study.yml"
    path.write_bytes(text.encode(encoding))
    return path


def wrong(folder: Path, text: str) -> list[InputError]:
    with pytest.raises(InputErrors) as found:
        read_study_file(written(folder, text))
    return list(found.value.errors)


def replaced(line: str, by: str) -> str:
    text = study_template.example()
    made = re.sub(rf"(?m)^  {line}:.*$", by, text)
    assert made != text, line
    return made


def test_the_stored_example_is_what_the_schema_writes():
    assert datasets.path("example-study", "study.yml").read_text(encoding="utf-8") == study_template.example()


def test_the_example_fits_and_says_what_it_says():
    values = read_study_file(datasets.path("example-study", "study.yml")).values
    assert values["design.time_points"] == ["baseline", "week-6", "week-12"]
    assert values["design.participants"] == 60
    assert values["study.simulated"] is True
    assert values["study.version"] == "1.0"
    assert values["people.phone"] == "050 000 0000"
    assert values["metadata.region_by_centre"] == {"Groningen": "Groningen", "Wageningen": "Gelderland"}
    assert values["files.scans"].name == "scans.csv"
    assert not {"files.bench", "files.reads"} & set(values)
    assert set(values) <= set(study_questions())


def test_a_new_study_misses_only_what_it_must_say_itself(tmp_path):
    errors = wrong(tmp_path, study_template.template())
    needed = [name for name, key in study_questions().items() if key.needed and key.default is None]
    assert [error.problem for error in errors] == [f"The study file does not say {name}." for name in needed]


def test_every_default_and_example_fits_its_key(tmp_path):
    # Needed keys are filled from the example; everything else is the default of a new study.
    lines = []
    for section in sections():
        lines.append(f"{section.name}:")
        for key in section.questions:
            value = key.default if key.default is not None else key.example
            if value is not None:
                lines.append(f"  {key.name}: {study_template._yaml(value)}")
    text = "\n".join(line for line in lines if line.startswith(" ") or any(s.questions for s in sections()))
    assert read_study_file(written(tmp_path, text)).values["study.simulated"] is False


def test_all_errors_at_once_with_line_found_expected_and_remedy(tmp_path):
    text = (
        study_template.example()
        .replace("  warmest_celsius:", "  warmest_kelvin:")
        .replace("seed: 20230214", "seed: many")
        .replace("language: nl", "language: fr")
        .replace("plates:\n", "plaets:\n")
        .replace("power: 0.8", "power: 0,8")
        .replace("gap_minutes: 30.0", "gap_minutes: 30 min")
    )
    told = "\n".join(map(str, wrong(tmp_path, text)))
    line = text[: text.index("  warmest_kelvin")].count("\n") + 1
    assert f"study.yml, line {line}, cold.warmest_kelvin" in told
    assert "Did you mean 'warmest_celsius'? The unit is part of the name." in told
    assert "There is no section 'plaets'" in told
    assert "Did you mean 'plates'?" in told
    assert "a whole number from 0 to 4294967295" in told
    assert "one of nl, en" in told
    assert "Write a decimal point: 0.8" in told
    assert "Write the number alone, 30" in told
    assert told.count("where:") == 6


@pytest.mark.parametrize(
    ("line", "by", "said"),
    [
        ("date", "  date: 2026-02-30", "no such day"),
        ("date", "  date: 12-01-2026", "2026-03-31"),
        ("acronym", "  acronym: buik belang", "capitals and digits"),
        ("arms", "  arms: fibre, fibre", "fibre twice"),
        ("arms", "  arms: [fibre, fibre]", "fibre twice"),
        ("arms", "  arms: []", "empty list"),
        ("arms", '  arms: ["a, b", c]', "without ,"),
        ("simulated", "  simulated: perhaps", "true or false"),
        ("email", "  email: nobody", "an e-mail address"),
        ("age_min", "  age_min: 85", "below"),
        ("age_max", "  age_max: 85", "none for 80"),
        ("age_bands", "  age_bands: [18-50, 40-79]", "overlap"),
        ("age_bands", "  age_bands: [young, old]", "18-39"),
        ("reject_minutes", "  reject_minutes: 10", "at most"),
        ("zone", "  zone: Europe/Amsterdm", "Europe/Amsterdam"),
        ("region_by_centre", "  region_by_centre: {Groningen: Groningen}", "for each centre"),
        ("participants", "  participants: 60.5", "whole number"),
        ("participants", "  participants: [60]", "whole number"),
        ("plate", "  plate: 95", "96, 384"),
        ("seed", "  seed: 1\n  seed: 2", "stands twice"),
        ("kit", "  kit: ethanoll", "Did you mean 'ethanol'?"),
        ("number", "  sedd: 3", "no key 'sedd'"),
        ("number", "  flag_minutes: 3", "It belongs under cold:"),
        ("antibiotics_washout_days", "  antibiotics_washout_days: 30", "from 90"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, line, by, said):
    errors = wrong(tmp_path, replaced(line, by))
    assert said in "\n".join(map(str, errors))
    assert all("study.yml, line" in str(error.where) for error in errors)
    assert len(errors) == 1


def test_yaml_does_not_take_words_for_something_else(tmp_path):
    text = replaced("centres", "  centres: [no, on]").replace("version: 1.0", "version: 1.10")
    text = re.sub(r"(?m)^  \w+_by_centre:.*\n", "", text).replace("050 000 0000", "0600")
    values = read_study_file(written(tmp_path, text)).values
    assert values["design.centres"] == ["no", "on"]
    assert values["study.version"] == "1.10"
    assert values["people.phone"] == "0600"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"study:\n  name: Zo\xeb\n  surname: Zo\xc3\xab\n", "mixes two text encodings"),
        (b"study:\n\tname: x\n", "never by tabs"),
        (b"study: [1\n", "not YAML"),
        (b"", "no sections"),
        (b"- a\n", "no sections"),
        (b"study: text\n", "Under study there are no keys"),
        (b"study: {name: !!python/object/apply:os.system [ls]}\n", "study.name cannot be that"),
    ],
)
def test_files_that_are_no_study_file(tmp_path, raw, said):
    path = tmp_path / "study.yml"
    path.write_bytes(raw)
    with pytest.raises((InputError, InputErrors), match=re.escape(said)):
        read_study_file(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="handbook new-study"):
        read_study_file(tmp_path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_reason(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "study.yml"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    with pytest.raises((InputError, InputErrors)):
        read_study_file(path)


@given(st.from_regex(r"[^\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]{1,30}", fullmatch=True))
def test_names_come_back_as_they_were_written(tmp_path_factory, name):
    text = re.sub(r"(?m)^  name:.*$", lambda _: f"  name: {study_template._yaml(name)}", study_template.example())
    assert read_study_file(written(tmp_path_factory.mktemp("name"), text)).name == name.strip()


# ---------------------------------------------------------------------------- chapters and the study file fit together


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_what_chapters_take_is_asked_by_the_study_file(chapter):
    asked = study_questions()
    known = {parameter.name: parameter for parameter in chapter.parameters}
    for name, source in chapter.study.items():
        if source.removeprefix("?").startswith("@"):
            assert source.removeprefix("?")[1:].partition("/")[0] in (*STEPS, "")  # of a step, or of all
            continue
        question, mine = asked[source.removeprefix("?")], known[name]
        for what in ("kind", "help", "low", "high", "choices", "pattern", "default"):
            assert getattr(mine, what) == getattr(question, what), (name, what)


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("power: float = 0.8  # wanted power [0.5..0.99]", "power: float = 0.8  # wanted power [0.5..1]"),
        ("power: float = 0.8  #", "power: float = 0.9  #"),
        ("power: float = 0.8  # wanted power", "power: float = 0.8  # power"),
        ("arms: list[str] = [\"fibre\", \"fermented\", \"usual\"]", "arms: str = \"fibre\""),
        ("usual\"]  # arms of the study, the one to compare with last (example)",
         "usual\"]  # arms of the study, the one to compare with last"),
        ("    arms: design.arms", "    arms: design.amrs"),
    ],
)  # fmt: skip
def test_a_chapter_that_asks_otherwise_than_the_study_file_is_refused(tmp_path, line, by):
    text = (ROOT / "notebooks/protocols/plan-the-study.md").read_text(encoding="utf-8")
    assert line in text
    path = tmp_path / "notebooks" / "protocols" / "plan-the-study.md"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(line, by), encoding="utf-8")
    with pytest.raises(InputErrors) as found:
        read_chapter(path, tmp_path)
    [error] = found.value.errors
    assert error.remedy


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_the_example_study_fits_every_chapter(chapter):
    study = read_study_file(datasets.path("example-study", "study.yml"))
    files = {entry.name for entry in chapter.parameters if entry.kind in ("file", "folder")}
    steps = {name for name, source in chapter.study.items() if "@" in source}
    taken = study_parameters(chapter, study.values, study.path, given=files | steps)
    assert taken
    check_parameters(chapter, taken)


# ------------------------------------------------------------------------- the example study never answers for another

#: What the example study says of itself, by key: text long enough to be known again.
EXAMPLES = {name: question.example for name, question in study_questions().items() if question.example is not None}
LEFT_OUT = [name for name, one in study_questions().items() if not one.needed and one.kind not in PATHS]


def told(chapter, without: list[str]) -> dict[str, object]:
    """Return what a chapter is given by the example study's file without some of its lines."""
    text = study_template.example()
    for name in without:
        section, key = name.split(".")
        head, found, rest = text.partition(f"\n{section}:\n")
        text = head + found + re.sub(rf"(?m)^  {key}:.*\n", "", rest, count=1)
    folder = datasets.path("example-study", "study.yml").parent
    (folder_of_text := Path(tempfile.mkdtemp()) / "study.yml").write_text(text, encoding="utf-8")
    study = read_study_file(folder_of_text)
    assert not {*without} & {*study.values}
    skipped = {one.name for one in chapter.parameters if one.kind in PATHS}
    given = study_parameters(chapter, study.values, folder / "study.yml", given=skipped)
    return answers(chapter, given).values


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_a_line_that_is_left_out_is_never_the_examples(chapter):
    """Every optional line one by one, and some pairs: what is left out is a default, none, or asked for."""
    sources = {source.removeprefix("?"): name for name, source in chapter.study.items() if "@" not in source}
    mine = [name for name in LEFT_OUT if name in sources]
    drawn = np.random.default_rng(16)
    pairs = [list(map(str, drawn.choice(mine, 2, replace=False))) for _ in range(6)] if len(mine) > 1 else []
    asked = {one.name: one for one in chapter.parameters}
    for without in [*([name] for name in mine), *pairs]:
        try:
            values = told(chapter, without)
        except InputErrors as refused:
            assert {str(error.where) for error in refused.errors} <= {f"parameter {sources[name]}" for name in without}
            continue
        for name in without:
            question, value = asked[sources[name]], values[sources[name]]
            assert value == (none_of(question.kind) if question.default is None else question.default)
            assert value != EXAMPLES.get(name, object())


def test_every_question_has_its_help_in_both_languages():
    assert all(section.help and section.help_nl for section in sections())
    assert [name for name, one in study_questions().items() if not (one.help and one.help_nl)] == []


# ------------------------------------------------- a line that is left out is nobody's example, by one and by two lines

MAY_BE_LEFT_OUT = [name for name, one in study_questions().items() if not one.needed and one.kind not in PATHS]


def test_a_line_that_is_left_out_leaves_the_others_as_they_are(tmp_path):
    text = study_template.example()
    shutil.copytree(datasets.path("example-study", "study.yml").parent, tmp_path, dirs_exist_ok=True)
    whole = read_study_file(written(tmp_path, text)).values
    for name in MAY_BE_LEFT_OUT:
        section, key = name.split(".")
        head, heading, rest = text.partition(f"\n{section}:\n")
        without = head + heading + re.sub(rf"(?m)^  {key}:.*\n", "", rest, count=1)
        assert read_study_file(written(tmp_path, without)).values == {k: v for k, v in whole.items() if k != name}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)
def test_no_answer_is_the_examples_where_one_line_is_left_out_or_two(chapter):
    """What a run is given is the same whichever other lines stand there: so by one, and by pairs that it asks for."""
    study = datasets.path("example-study", "study.yml")
    whole = read_study_file(study).values
    files = {one.name for one in chapter.parameters if one.kind in PATHS} | {
        name for name, source in chapter.study.items() if "@" in source
    }
    sources = {source.removeprefix("?") for source in chapter.study.values()}
    asked = [name for name in MAY_BE_LEFT_OUT if name in sources]
    for left_out in [(), *combinations(asked, 1), *combinations(asked, 2)]:
        values = {name: value for name, value in whole.items() if name not in left_out}
        given = study_parameters(chapter, values, study, given=files)
        try:
            found = answers(chapter, given)
        except InputErrors as wanted:
            # Asked for, which is right, and by the line that was left out.
            said = str(wanted)
            assert all("which is not given" in error.problem for error in wanted.errors), said
            assert any(name.rpartition(".")[2] in said for name in left_out), said
            continue
        examples = {name for name, state in found.states.items() if state == "example"} - files
        assert examples == set(), left_out


def test_eleven_steps_are_held_to_that():
    assert len(CHAPTERS) >= len(STEPS) + 1
