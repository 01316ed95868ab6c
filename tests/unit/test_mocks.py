"""Mock communities against what is in them: known content found again, known strangers told, bad input refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handbook_utils.analysis.controls.mock import (
    by_member,
    certified,
    found_and_missed,
    log_ratios,
    matched,
    mock_deviation,
    mock_of,
    products,
    read_certificate,
)
from handbook_utils.cli import main
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.recipes.lessons.check_with_a_mock import recovered
from handbook_utils.recipes.reads.check_with_a_mock import Checked
from handbook_utils.study import Study

KNOWN = ["D6300", "D6310", "D6331", "MSA-1000", "MSA-1002", "MSA-1003", "HM-276D", "HM-277D"]
ASKED = {
    "mock": "D6300",
    "certificate": "",
    "kind": "kind",
    "positive": ["mock"],
    "blank": "blank",
    "well": "well",
    "plate": "",
    "rank": "",
    "noise": 0.25,
    "permutations": 99,
    "seed": 1,
    "detected_percent": 100.0,
    "mock_percent": 20.0,
    "strangers": 0,
    "foreign_percent": 1.0,
    "leakage_percent": 0.2,
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("level", ["species", "genus"])
def test_a_mock_that_holds_what_it_should_passes(name, level):
    mock = mock_of(name)
    counts = (mock.expected * 1e8).round()
    if level == "genus":
        counts = counts.groupby([species.split()[0] for species in counts.index]).sum()
    table, expected = by_member(mock, counts.to_frame("well").T)
    seen = found_and_missed(table.loc["well"], expected)
    assert seen["recall"] == 100
    assert (seen["strangers"], seen["noise"]) == (0, 0)
    assert mock_deviation(table.loc["well"], expected)["deviation"] < 1
    assert log_ratios(table.loc["well"], expected).abs().max() < 0.1
    assert expected.sum() == pytest.approx(1)


def test_every_product_has_a_content_or_says_why_not():
    for name in products().index:
        if name in KNOWN:
            assert 7 < len(mock_of(name).expected) < 30
        else:
            with pytest.raises(InputError, match="not known here"):
                mock_of(name)
    with pytest.raises(InputError) as caught:
        mock_of("RM-8048")
    assert "no mixture" in str(caught.value)
    with pytest.raises(InputError, match="not known here") as caught:
        mock_of("D6301")
    assert "Did you mean D6300?" in str(caught.value) or "D6300" in str(caught.value)


@pytest.mark.parametrize(
    ("taxon", "species"),
    [
        ("Lactobacillus", "Limosilactobacillus fermentum"),
        ("g__Lactobacillus", "Limosilactobacillus fermentum"),
        ("Bacteria;Firmicutes;Bacilli;Bacillales;Listeriaceae;Listeria", "Listeria monocytogenes"),
        ("s__Lactobacillus_fermentum", "Limosilactobacillus fermentum"),
        ("D_4__Listeriaceae;D_5__Listeria;D_6__", "Listeria monocytogenes"),  # SILVA 132 in QIIME 2
        ("Bacteria(100);Listeriaceae(100);Listeria(98);", "Listeria monocytogenes"),  # mothur
        ("k__Bacteria|g__Bacillus|s__Bacillus_subtilis", "Bacillus subtilis"),  # MetaPhlAn
        ("[Bacillus]", "Bacillus subtilis"),
        ("", None),
        ("Escherichia-Shigella", "Escherichia coli"),
        ("Shigella", "Escherichia coli"),
        ("Blautia", None),
        ("Enterobacteriaceae (unassigned)", None),
    ],
)
def test_members_by_the_names_that_references_give_them(taxon, species):
    assert matched(mock_of("D6300"), [taxon]).get(taxon) == species


def test_species_that_a_genus_does_not_tell_apart_are_one_member():
    mock = mock_of("HM-276D")
    table, expected = by_member(mock, pd.DataFrame({"Staphylococcus": [10], "Blautia": [5]}, index=["w"]))
    assert expected["Staphylococcus aureus + Staphylococcus epidermidis"] == pytest.approx(0.1)
    assert table.loc["w"].sum() == 15


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=10, max_size=10), st.floats(0.01, 5))
def test_reads_are_neither_lost_nor_made_and_measures_stay_in_range(reads, noise):
    names = ["Listeria", "Bacillus", "Lactobacillus", "Blautia", "Shigella", "Escherichia", "x", "y", "Salmonella", "z"]
    counts = pd.DataFrame([reads], index=["w"], columns=names)
    table, expected = by_member(mock_of("D6300"), counts)
    assert table.loc["w"].sum() == sum(reads)
    seen = found_and_missed(table.loc["w"], expected, noise)
    assert 0 <= seen["recall"] <= 100
    strangers = sum(value > 0 for name, value in zip(names, reads, strict=True) if name in ("Blautia", "x", "y", "z"))
    assert seen["strangers"] + seen["noise"] == strangers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,share\na,1\n", "Columns are missing"),
        ("taxon,percent\na,50\nb,x\n", "numbers above 0"),
        ("taxon,percent\na,50\nb,20\n", "add up to 100"),
        ("taxon,percent\na,50\na,50\n", "occur twice"),
    ],
)
def test_certificates_that_are_none(tmp_path, text, said):
    path = tmp_path / "lot.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=said):
        read_certificate(path)


def test_a_certificate_knows_the_names_of_its_genera(tmp_path):
    path = tmp_path / "lot.csv"
    path.write_text("taxon;percent\nLimosilactobacillus fermentum;40,5\nListeria;59,5\n", encoding="utf-8")
    mock = certified(read_certificate(path))
    assert matched(mock, ["Lactobacillus", "Listeria"]) == {
        "Lactobacillus": "Limosilactobacillus fermentum",
        "Listeria": "Listeria",
    }


def plate(leak: float, seed: int = 3) -> Study:
    """Three mocks, nine blanks and forty samples on a plate; wells take up `leak` of each neighbour's reads."""
    generator = np.random.default_rng(seed)
    mock = mock_of("D6300").expected
    gut = [f"gut {number}" for number in range(20)]
    names = [*mock.index, *gut]
    kinds = np.array(["mock"] * 3 + ["blank"] * 9 + ["sample"] * 40)
    places = generator.permutation(96)[: len(kinds)]
    truth = np.zeros((len(kinds), len(names)))
    truth[:3, :8] = 20000 * mock.to_numpy()
    truth[12:, 8:] = 20000 * generator.dirichlet(np.full(20, 0.3), 40)
    row, column = places // 12, places % 12
    near = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column)) == 1
    counts = generator.poisson(truth + leak * near @ truth)
    counts[3:12, 19] += 5
    wells = [f"{'ABCDEFGH'[r]}{c + 1}" for r, c in zip(row, column, strict=True)]
    ids = [f"w{number}" for number in range(len(kinds))]
    metadata = pd.DataFrame({"kind": kinds, "well": wells}, index=ids)
    return Study.from_frame(pd.DataFrame(counts, index=ids, columns=names), metadata)


def test_wells_that_leak_are_told_and_wells_that_do_not_are_not():
    leaky, tight = (Checked.of(plate(share), **ASKED) for share in (0.01, 0.0))
    assert leaky.leakage["p"].iloc[0] <= 0.02
    assert leaky.leakage["rate, median (%)"].iloc[0] == pytest.approx(1, abs=0.5)
    assert tight.leakage["p"].iloc[0] > 0.02
    assert tight.passed == 3
    assert leaky.mocks["foreign"].max() > tight.mocks["foreign"].max()
    assert tight.stray["reads"] == 0
    assert "3 of 3" in tight.answer["found"]
    assert set(leaky.strangers.index) <= {f"gut {number}" for number in range(20)}


def test_a_mock_with_a_stranger_and_a_lost_member_fails_for_these_reasons():
    study = plate(0.0)
    counts = study.to_frame()
    counts.loc["w0", "gut 3"] = 400
    counts.loc["w0", "Listeria monocytogenes"] = 0
    made = Checked.of(Study.from_frame(counts, study.metadata), **ASKED)
    reasons = made.verdicts.loc["w0", "reasons"]
    assert made.verdicts["verdict"].tolist() == ["FAIL", "pass", "pass"]
    for part in ("members with reads", "taxa not expected 1", "reads not expected"):
        assert part in reasons


def family_only(reads):
    """One mock well, named to the genus but for some reads of Enterobacteriaceae and of a family without members."""
    names = {
        "Pseudomonas": "Pseudomonadaceae", "Escherichia-Shigella": "Enterobacteriaceae",
        "Salmonella": "Enterobacteriaceae", "Limosilactobacillus": "Lactobacillaceae",
        "Enterococcus": "Enterococcaceae", "Staphylococcus": "Staphylococcaceae",
        "Listeria": "Listeriaceae", "Bacillus": "Bacillaceae",
    }  # fmt: skip
    shares = (mock_of("D6300").expected * 10000).round().astype(int).tolist()
    rows = [*((family, genus) for genus, family in names.items()), *((family, "") for family in reads)]
    ids = [f"f{number}" for number in range(len(rows))]
    counts = pd.DataFrame([[*shares, *reads.values()]], index=["w"], columns=ids)
    taxonomy = pd.DataFrame(rows, index=ids, columns=["family", "genus"])
    asked = ASKED | {"kind": "", "positive": [], "blank": "", "well": "", "rank": "genus"}
    return Checked.of(Study.from_frame(counts, taxonomy=taxonomy), **asked)


def test_a_name_that_stops_at_the_family_of_a_member_fails_no_well_and_is_told():
    made = family_only({"Enterobacteriaceae": 500})
    assert made.unclear == ["Enterobacteriaceae (unassigned)"]
    assert made.verdicts["verdict"].tolist() == ["pass"]
    assert made.mocks.loc["w", "unclear"] == pytest.approx(100 * 500 / 10500)
    assert any("Enterobacteriaceae (unassigned) (4.76 % of" in said for said in made.answer["rests_on"])
    assert made.strangers.empty
    other = family_only({"Lachnospiraceae": 500})
    assert other.unclear == []
    assert other.verdicts["verdict"].tolist() == ["FAIL"]


def test_one_well_is_one_well_and_a_range_of_one_number_is_that_number():
    made = family_only({})
    assert made.answer["found"].startswith("1 of 1 mock well passes. ")
    assert " to " not in made.answer["found"]
    assert made.methods.startswith("1 mock well of ZymoBIOMICS Microbial Community Standard (D6300) was held")
    two = Checked.of(plate(0.0), **ASKED)
    assert two.methods.startswith("3 mock wells of ")
    assert "wells pass. " in two.answer["found"]


def test_without_a_plate_map_nothing_is_said_of_wells():
    made = Checked.of(plate(0.01), **(ASKED | {"well": ""}))
    assert made.leakage.empty
    assert "was not looked for" in made.leak_told
    assert "cannot be bounded" in made.hop_told


def test_simulated_leakage_is_found_again():
    found = recovered((0.0, 0.02), seed=1)
    assert found["p"].iloc[0] > 0.05
    assert found["p"].iloc[1] <= 0.05
    assert found["rate found (%)"].iloc[1] == pytest.approx(2, rel=0.4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mock": "D6301"}, "not known here"),
        ({"mock": "8048"}, "no mixture"),
        ({"positive": "mocks"}, "No well is called"),
        ({"kind": "kinds"}, "no column"),
        ({"well": "kind"}, "well cannot be read"),
        ({"positive": ""}, "No well is a mock"),
    ],
)
def test_what_does_not_fit_ends_before_anything_runs(tmp_path, capsys, changed, said):
    study = plate(0.0)
    study.to_frame().T.rename_axis("#OTU ID").to_csv(tmp_path / "table.tsv", sep="\t")
    study.metadata.rename_axis("sample-id").to_csv(tmp_path / "metadata.tsv", sep="\t")
    given = {
        "mock": "D6300",
        "kind": "kind",
        "positive": "mock",
        "blank": "blank",
        "well": "well",
        "rank": "",
    } | changed
    given |= {"table": str(tmp_path / "table.tsv"), "metadata": str(tmp_path / "metadata.tsv")}
    arguments = [part for name, value in given.items() for part in ("-p", name, value)]
    with pytest.raises(SystemExit) as ended:
        main(["run", "recipes/check-with-a-mock", *arguments, "-o", str(tmp_path / "run")])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_table_whose_features_have_no_names_gets_no_verdict_but_how_to_name_them():
    counts, metadata = plate(0.0).to_frame(), plate(0.0).metadata
    genera = dict(
        zip(
            mock_of("D6300").expected.index,
            [
                "Pseudomonas",
                "Escherichia",
                "Salmonella",
                "Limosilactobacillus",
                "Enterococcus",
                "Staphylococcus",
                "Listeria",
                "Bacillus",
            ],
            strict=True,
        )
    )
    taxonomy = pd.DataFrame({"genus": [genera.get(str(name), "Blautia") for name in counts.columns]})
    counts.columns = taxonomy.index = [f"asv{number}" for number in range(counts.shape[1])]
    asked = ASKED | {"rank": ""}
    with pytest.raises(InputError, match="No feature has the name of a member") as told:
        Checked.of(Study.from_frame(counts, metadata), **asked)
    assert "name-the-taxa" in told.value.remedy
    named = Study.from_frame(counts, metadata, taxonomy=taxonomy)
    with pytest.raises(InputError, match="No feature has the name of a member") as told:
        Checked.of(named, **asked)
    assert "-p rank genus; this table has genus" in told.value.remedy
    assert (Checked.of(named, **(asked | {"rank": "genus"})).verdicts["verdict"] == "pass").all()


def test_what_was_found_and_missed_by_hand():
    """10,000 reads: three of four members have some, and of what is none one taxon is over 0.25 % of the reads."""
    counts = pd.Series({"a": 5000, "b": 4000, "d": 3, "dust": 25, "speck": 1, "guest": 971, "absent": 0})
    expected = pd.Series({"a": 0.5, "b": 0.3, "c": 0.1996, "d": 0.0004})
    assert found_and_missed(counts, expected) == pytest.approx(
        {"recall": 75, "detectable": 200 / 3, "precision": 200 / 3, "strangers": 1, "noise": 2}
    )
    # Four reads were to be expected of d, which is too few to ask for it; five are enough.
    assert found_and_missed(pd.Series({"a": 10}), pd.Series({"a": 1.0, "b": 1.0}))["detectable"] == 50
    assert found_and_missed(pd.Series({"a": 10}), pd.Series({"a": 5.0, "b": 1.0}))["detectable"] == 100
    # Of dust 0.25 % is noise; with a few reads more it is a stranger, and where less is noise, too.
    assert found_and_missed(counts + 5 * (counts.index == "dust"), expected)["strangers"] == 2
    assert found_and_missed(counts, expected, 0.24)["strangers"] == 2
    assert found_and_missed(counts, expected, 0.0)["precision"] == pytest.approx(50)
    # Of two reads nothing can be asked, and where nothing was read nothing is precise.
    few = found_and_missed(pd.Series({"a": 1, "guest": 1}), pd.Series(0.25, index=list("abcd")))
    assert np.isnan(few["detectable"])
    assert (few["recall"], few["precision"]) == (25, 50)
    assert np.isnan(found_and_missed(pd.Series({"a": 0, "guest": 0}), expected)["precision"])
    assert found_and_missed(pd.Series({"a": 1, "guest": 9}), pd.Series({"a": 1.0}))["detectable"] == 100
    only = found_and_missed(pd.Series({"guest": 10}), pd.Series({"a": 1.0}))
    assert (only["recall"], only["detectable"], only["precision"], only["strangers"]) == (0, 0, 0, 1)


def test_deviations_and_ratios_by_hand():
    seen, expected = pd.Series({"a": 7, "b": 1, "dust": 2}), pd.Series({"a": 2.0, "b": 2.0})
    made = mock_deviation(seen, expected)
    # 7/8 and 1/8 where a half is expected: 75 % off both; (7.5 : 1.5) with half a read added.
    assert made == pytest.approx(
        {"deviation": 75, "largest": 75, "aitchison": np.log(5) / np.sqrt(2), "foreign": 20, "missing": 0}
    )
    assert log_ratios(seen, expected).to_dict() == pytest.approx({"a": np.log2(15 / 9), "b": np.log2(3 / 9)})
    one = mock_deviation(pd.Series({"a": 8, "b": 0}), expected)
    assert (one["deviation"], one["largest"], one["foreign"], one["missing"]) == (100, 100, 0, 1)
    assert mock_deviation(pd.Series({"a": 1, "b": 0}), expected)["foreign"] == 0
    nothing = mock_deviation(pd.Series({"dust": 3}), expected)
    assert (nothing["deviation"], nothing["largest"], nothing["foreign"], nothing["missing"]) == (100, 100, 100, 2)


@pytest.mark.parametrize(
    ("small", "total", "fits"),
    [(0.5, 95, True), (0.5, 105, True), (0.5, 94.9, False), (0.5, 105.1, False), (0, 100, False)],
)
def test_a_certificate_adds_up_to_100_within_5_and_small_shares_count(tmp_path, small, total, fits):
    path = tmp_path / "lot.csv"
    path.write_text(f"note,Percent, taxon\nx,{total - small},Listeria\ny,{small},Bacillus\n", encoding="utf-8")
    if not fits:
        with pytest.raises(InputErrors):
            read_certificate(path)
        return
    assert read_certificate(path).to_dict() == pytest.approx({"Listeria": 1 - small / total, "Bacillus": small / total})


def test_shares_of_a_certificate_are_made_to_add_up():
    assert certified(pd.Series({"Listeria": 2.0, "Bacillus x": 6.0})).expected.to_list() == [0.25, 0.75]
