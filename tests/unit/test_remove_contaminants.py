"""What remove-contaminants removes, keeps and says, with blanks and without, with a plate map, of counts and shares."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.taxa.leakage import leak, plate_study
from handbook_utils.errors import InputError
from handbook_utils.recipes.remove_contaminants import Cleaning, remove_contaminants
from handbook_utils.study import Study
from handbook_utils.study.readers import read_study
from handbook_utils.study.writers import encoded, write_metadata, write_study


@pytest.fixture(scope="module")
def plate() -> Study:
    made = plate_study(samples=40, blanks=8, seed=1)
    metadata = made.metadata.assign(kind=np.where(made.metadata["blank"], "blank", "stool"))
    return made.with_metadata(metadata)


def cleaned(study: Study, **given) -> Cleaning:
    asked = {
        "kind": "",
        "blank": "",
        "positive": [],
        "concentration": "",
        "batch": "",
        "rank": "",
        "well": "",
        "plate": "",
    }
    asked |= {"method": "auto", "threshold": 0.1, "expected": [], "seed": 1}
    return Cleaning.of(study, **{**asked, **given})


def said(made: Cleaning) -> str:
    answer = made.answer
    parts = [answer["asked"], answer["found"], *answer["rests_on"], *answer["left_out"], *made.limits, made.methods]
    return " ".join(parts)


def truth(study: Study) -> set[str]:
    return set(study.features[(study.taxonomy["truth"] == "contaminant").to_numpy()])


def test_both_signs_decide_where_both_are_there(plate):
    made = cleaned(plate, kind="kind", blank="blank", concentration="concentration")
    assert made.used == "combined"
    assert set(made.called.index[made.called]) == truth(plate)
    assert set(made.cleaned.features).isdisjoint(truth(plate))
    assert len(made.cleaned.samples) == 40
    assert "10 of" in made.answer["found"]
    assert "blanks and DNA concentrations together" in made.answer["found"]
    assert (made.decisions["decision"].str.startswith("removed: its share falls")).all()


def test_without_blanks_the_concentrations_decide_and_that_is_said(plate):
    made = cleaned(plate.choose_samples((~plate.metadata["blank"]).to_numpy()), concentration="concentration")
    assert made.used == "frequency"
    assert truth(plate) <= set(made.called.index[made.called])
    assert "by DNA concentrations alone" in made.answer["found"]
    assert "Without blanks a contaminant is known by its share alone" in said(made)
    assert "there are no blanks" in {name: value for name, value, _ in made.values}["removed-blanks"]


def test_what_blanks_have_from_their_neighbours_is_kept(plate):
    leaked = leak(plate, 0.02, seed=2)
    made = cleaned(leaked, kind="kind", blank="blank", well="well")
    assert len(made.leaking)
    assert "in blanks come from the wells beside them" in said(made)
    assert not (made.called & made.from_neighbours).any()
    assert made.spared == int((made.judged["contaminant"] & made.from_neighbours).sum())


def test_positive_controls_are_read_and_are_no_samples(plate):
    counts = plate.to_frame()
    counts.loc["mock"] = 0
    counts.loc["mock", ["R01", "C01"]] = [900, 100]
    metadata = pd.concat([plate.metadata, pd.DataFrame({"kind": ["mock"]}, index=["mock"])])
    study = Study.from_frame(counts, metadata)
    made = cleaned(study, kind="kind", blank="blank", positive=["mock"], expected=["R01"])
    assert made.controls.loc["mock", "expected"] == pytest.approx(0.9)
    assert "1 positive controls hold a median of 90.0 % that is expected" in said(made)
    assert "mock" not in made.cleaned.samples


def test_shares_and_functions_are_told_as_such(plate):
    shares = plate.proportions()
    made = cleaned(replace(shares, features_are="functions"), kind="kind", blank="blank")
    assert "reads" not in said(made).replace("reads of the", "")
    assert "taxa" not in said(made)
    assert "Many organisms share a function" in said(made)


def test_the_cleaned_table_reads_back(plate, tmp_path):
    made = cleaned(plate, kind="kind", blank="blank").cleaned
    for ending in ("biom", "tsv"):
        path = tmp_path / f"cleaned.{ending}"
        path.write_bytes(encoded(made, ending))
        back = read_study(path).study
        pd.testing.assert_frame_equal(back.to_frame(), made.to_frame(), check_names=False)


def test_a_word_that_no_well_has_is_refused(plate, tmp_path):
    plain = Study.from_frame(plate.to_frame(), plate.metadata[["kind"]])
    write_study(plain, tmp_path / "table.tsv", "tsv")
    write_metadata(plain, tmp_path / "metadata.tsv")
    given = {
        "table": str(tmp_path / "table.tsv"),
        "metadata": str(tmp_path / "metadata.tsv"),
        "taxonomy": "",
        "tree": "",
    }
    given |= {"kind": "kind", "blank": "blanc", "positive": [], "expected": [], "concentration": "", "batch": ""}
    given |= {"well": "", "plate": "", "rank": "", "method": "auto", "threshold": 0.1}
    with pytest.raises(InputError, match="No well is called 'blanc'") as caught:
        remove_contaminants(given)
    assert "blank (8)" in str(caught.value.found)
    assert caught.value.remedy == "Did you mean 'blank'?"
    remove_contaminants(given | {"blank": "blank"})


def test_batches_that_hold_no_samples_beside_their_blanks_are_refused(plate, tmp_path):
    metadata = plate.metadata[["kind", "concentration"]]
    plain = Study.from_frame(plate.to_frame(), metadata.assign(run=np.where(plate.metadata["blank"], "x", "y")))
    write_study(plain, tmp_path / "table.tsv", "tsv")
    write_metadata(plain, tmp_path / "metadata.tsv")
    given = {"table": str(tmp_path / "table.tsv"), "metadata": str(tmp_path / "metadata.tsv")}
    given |= dict.fromkeys(("taxonomy", "tree", "well", "plate", "rank"), "") | {"positive": [], "expected": []}
    given |= {"kind": "kind", "blank": "blank", "concentration": "concentration", "batch": "run", "threshold": 0.1}
    for method in ("auto", "combined", "prevalence", "minimum", "both"):
        with pytest.raises(InputError, match="No batch has both blanks and samples") as caught:
            remove_contaminants(given | {"method": method})
        assert "method frequency" in str(caught.value.remedy)
    remove_contaminants(given | {"method": "frequency"})


def test_what_blanks_and_samples_all_have_is_told_though_no_score_calls_it():
    generator = np.random.default_rng(1)
    counts = pd.DataFrame(generator.poisson(400, (16, 8)), index=[f"s{n}" for n in range(16)], columns=list("abcdefgh"))
    counts["h"] = generator.poisson(20, 16)
    counts.iloc[12:, :7] = 0
    counts.loc[counts.index[12:], "h"] = 300
    kinds = pd.DataFrame({"kind": ["stool"] * 12 + ["blank"] * 4}, index=counts.index)
    made = cleaned(Study.from_frame(counts, kinds), kind="kind", blank="blank")
    assert not made.called["h"]
    assert "the median blank holds h (100 %)" in said(made)
    counts.iloc[:12, 7] = 0
    gone = cleaned(Study.from_frame(counts, kinds), kind="kind", blank="blank")
    assert gone.called["h"] and "look at these yourself" not in said(gone)
