"""What describe-composition says is true of the data: people, samples, taxa, functions, counts, shares."""

from dataclasses import replace

import numpy as np
import pandas as pd

from handbook_utils.recipes.describe_composition import Description
from handbook_utils.study import Study

NAMES = [f"s{number}" for number in range(12)]


def study_of(**parts) -> Study:
    shares = np.random.default_rng(3).dirichlet(np.ones(6), 12)
    counts = np.round(shares * 5000)
    counts[0] *= 3
    frame = pd.DataFrame(counts, index=NAMES, columns=[*"ABCDE", "Unassigned"])
    metadata = pd.DataFrame({"arm": ["a", "b"] * 6, "who": [f"p{n // 2}" for n in range(12)]}, index=NAMES)
    return Study.from_frame(frame, metadata, **parts)


def described(study: Study, **given) -> Description:
    asked = {"rank": "", "group": "", "person": "", "nameless": [], "top": 3, "core_share": 0.001}
    return Description.of(study, **{**asked, "core_prevalence": 0.5, **given})


def said(made: Description) -> str:
    answer = made.answer
    parts = [answer["asked"], answer["found"], *answer["rests_on"], *answer["left_out"], *made.limits, made.methods]
    return " ".join(parts)


def test_samples_are_people_only_where_a_person_is_named():
    alone, people = described(study_of(), group="arm"), described(study_of(), person="who")
    assert "12 samples (arm: a 6, b 6)" in said(alone)
    assert "people" not in said(alone)
    assert len(people.study.samples) == 6
    assert "6 people" in said(people)
    assert "6 further samples of the same people: of each person the deepest sample was taken." in said(people)
    assert "s0" in people.study.samples


def test_what_has_no_name_is_drawn_and_never_ranked():
    made = described(study_of())
    assert made.nameless == ("Unassigned",)
    assert "Unassigned" not in made.leading.index
    assert "Unassigned" in made.shares
    np.testing.assert_allclose(made.shares.sum(axis=1), 1)


def test_functions_are_no_taxa_and_shares_have_no_depth():
    functions = study_of(quantity="abundances")
    functions = described(type(functions)(**{**vars_of(functions), "features_are": "functions"}), person="who")
    text = said(functions)
    assert "taxa" not in text
    assert "reads" not in text.replace("deeply samples were read", "")
    assert "of each person the first sample was taken" in text
    assert "A function that genes could serve need not be in use." in text


def vars_of(study: Study) -> dict:
    return {name: value for name, value in vars(study).items() if name != "_depth"}


def test_who_has_no_group_is_left_out_by_name():
    study = study_of()
    study = study.with_metadata(study.metadata.assign(arm=[None, *["a", "b"] * 5, "a"]))
    made = described(study, group="arm")
    assert made.answer["left_out"] == ["arm missing: s0."]
    assert len(made.study.samples) == 11
    assert len(made.groups) == 11


def test_the_answer_holds_the_interval_of_the_mean():
    made = described(study_of())
    first = made.shown[0]
    share = 100 * made.shares[first].mean()
    assert f"{first} leads, with {share:.1f} % of reads on average (95 % interval" in made.answer["found"]


def test_a_rank_is_told():
    study = study_of()
    names = pd.DataFrame({"phylum": [*"xxyyz", ""], "genus": [*"abcde", ""]}, index=study.features)
    made = described(Study.from_frame(study.to_frame(), study.metadata, taxonomy=names), rank="genus")
    assert "added up to genus" in said(made)
    assert made.nameless == ("unassigned",)


def test_shares_are_of_what_was_kept_where_something_was_left_out():
    note = "Left out, no function: UNMAPPED (0.3, 0.3)."
    kept = described(replace(study_of(quantity="abundances"), notes=(note,)))
    assert "% of what was kept on average" in said(kept) and "as shares of what was kept" in kept.methods
    assert "of the reads kept" in said(
        described(replace(study_of(), notes=("Left out: reads without any taxon (a 5).",)))
    )
    assert "as shares of reads" in described(study_of()).methods
    assert "samples that have it (%)" in described(study_of()).listing
    assert "people who have it (%)" in described(study_of(), person="who").listing
