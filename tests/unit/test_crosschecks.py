"""Forms, scans and diagnoses against one another: seeded mistakes are found, and what is right is left alone.

What is found and what is a false alarm is counted, over the example study and mistakes of one kind at a time.
"""

import numpy as np
import pandas as pd
import pytest

from handbook_utils import datasets
from handbook_utils.errors import InputErrors
from handbook_utils.protocols.diagnoses.vocabulary import kinds
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.example.questionnaire import example_questionnaire
from handbook_utils.protocols.metadata.records import read_questionnaire
from handbook_utils.protocols.people.conditions import folded
from handbook_utils.protocols.people.rules import rules_of
from handbook_utils.protocols.people.screening import INCLUDED, decide, read_screening
from handbook_utils.protocols.study_file import read_study_file

FEWEST = 0.99
#: Mistakes of each kind; 100 were tried when this was written.
TRIED = 40


@pytest.fixture(scope="module")
def study():
    scans = pd.read_csv(datasets.path("example-study", "scans.csv"))
    scanned = scans[scans["event"] == "collected"].set_index("code")["time"].str[:16].str.replace("T", " ")
    answers = example_questionnaire()
    return answers[answers["tube"].isin(scanned.index)].reset_index(drop=True), scanned, example_samples()


def said(folder, answers, scanned, tubes):
    """Return what is found wrong in a set of forms; "" where nothing is."""
    path = folder / "answers.csv"
    answers.to_csv(path, index=False)
    mine = tubes[tubes["sample"].isin(answers["tube"])]
    try:
        read_questionnaire(path, mine, scanned=scanned)
    except InputErrors as found:
        return str(found)
    return ""


def swapped(answers, generator):
    """Two forms filed under one another's tube."""
    one, other = generator.choice(len(answers), 2, replace=False)
    made = answers.copy()
    made.loc[[one, other], "tube"] = made.loc[[other, one], "tube"].to_numpy()
    return made, (answers["tube"][one], answers["tube"][other])


def visits_swapped(answers, generator):
    """Two forms of one person in the wrong order."""
    person = answers["tube"].str[:-2]
    several = person[person.duplicated(keep=False)].unique()
    mine = answers.index[person == generator.choice(several)]
    one, other = generator.choice(mine, 2, replace=False)
    made = answers.copy()
    made.loc[[one, other], "tube"] = made.loc[[other, one], "tube"].to_numpy()
    return made, (answers["tube"][one], answers["tube"][other])


def day_wrong(answers, generator):
    """A day, month or year mistyped, or morning for evening."""
    place = generator.integers(len(answers))
    made = answers.copy()
    off = generator.choice(
        [
            pd.Timedelta(days=1),
            pd.Timedelta(days=-1),
            pd.Timedelta(hours=12),
            pd.Timedelta(days=30),
            pd.Timedelta(days=-365),
        ]
    )
    made.loc[place, "collected"] = f"{pd.Timestamp(answers['collected'][place]) + off:%Y-%m-%d %H:%M}"
    return made, (answers["tube"][place],)


@pytest.mark.parametrize("mistake", [swapped, visits_swapped, day_wrong])
def test_seeded_mistakes_are_found(study, tmp_path, mistake):
    answers, scanned, tubes = study
    generator = np.random.default_rng(20261129)
    found = 0
    for _ in range(TRIED):
        made, tubes_meant = mistake(answers, generator)
        text = said(tmp_path, made, scanned, tubes)
        found += any(tube in text for tube in tubes_meant)
    assert found >= FEWEST * TRIED, f"{found} of {TRIED}"


def test_what_is_right_is_left_alone(study, tmp_path):
    answers, scanned, tubes = study
    assert said(tmp_path, answers, scanned, tubes) == ""
    generator = np.random.default_rng(7)
    alarms = 0
    for _ in range(20):
        # People write a time down up to an hour late, and to the quarter.
        late = pd.to_timedelta(generator.integers(0, 61, len(answers)), unit="min")
        made = answers.assign(
            collected=(pd.to_datetime(answers["collected"]) + late).dt.round("15min").dt.strftime("%Y-%m-%d %H:%M")
        )
        alarms += said(tmp_path, made, scanned, tubes) != ""
    assert alarms == 0, f"{alarms} of 20"


# ------------------------------------------------------------------ diagnoses


def variants(word):
    """Ways in which people write one word: capitals, no accents, an apostrophe, a code behind it."""
    yield from (word, word.upper(), word.title(), folded(word), f"{word} (K50)", f"  {word}. ", word.replace("'", "’"))


def mistyped(word, generator):
    """One letter is missing."""
    place = int(generator.integers(1, max(len(word) - 1, 2)))
    return word[:place] + word[place + 1 :]


def screened(folder, conditions, rules):
    log = pd.read_csv(datasets.path("example-study", "screening.csv"), dtype=str, keep_default_na=False)
    fine = log[log["arm"] != ""].iloc[[0]]
    rows = pd.concat([fine] * len(conditions), ignore_index=True)
    rows["screening_id"] = [f"D{number:04d}" for number in range(len(rows))]
    rows["conditions"] = list(conditions)
    path = folder / "screening.csv"
    rows.to_csv(path, index=False)
    return decide(read_screening(path, rules), rules)["decision"].to_numpy()


def test_excluded_diagnoses_in_other_words_are_never_included(tmp_path):
    rules = rules_of(read_study_file(datasets.path("example-study", "study.yml")).values)
    table = datasets.frame("conditions").fillna("")
    meant, harmless = [], []
    for concept, words in zip(table["concept"], table["words"], strict=True):
        excluded = any(one in rules.conditions for one in kinds(concept))
        for word in filter(None, (concept, *words.split("|"))):
            if not word.startswith("-"):
                (meant if excluded else harmless).extend(variants(word) if excluded else [word])
    decisions = screened(tmp_path, meant, rules)
    missed = [word for word, decision in zip(meant, decisions, strict=True) if decision == INCLUDED]
    assert len(meant) > 100
    assert len(missed) <= (1 - FEWEST) * len(meant), missed
    alarms = [word for word, one in zip(harmless, screened(tmp_path, harmless, rules), strict=True) if one != INCLUDED]
    assert alarms == []


def test_excluded_diagnoses_with_a_letter_missing_are_refused_or_wait(tmp_path):
    rules = rules_of(read_study_file(datasets.path("example-study", "study.yml")).values)
    generator = np.random.default_rng(2)
    words = [mistyped(word, generator) for word in rules.conditions for _ in range(5)]
    passed = []
    for word in words:
        try:
            passed += [word] if screened(tmp_path, [word], rules)[0] == INCLUDED else []
        except InputErrors as refused:
            assert "almost one that excludes" in str(refused)
    assert passed == []
