"""Formats are known by their structure, every one by itself, and what is no sample or feature is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.study import Study, describing
from handbook_utils.study.choices import Choices
from handbook_utils.study.content import Content
from handbook_utils.study.formats import known, recognised
from handbook_utils.study.inspection import inspect
from handbook_utils.study.readers import read_study


@pytest.fixture
def read(tmp_path: Path):
    """Read a text as a table, with choices."""

    def reader(text: str, metadata: str | None = None, name: str = "table", **choices: object) -> Study:
        (tmp_path / name).write_text(text, encoding="utf-8")
        path = None
        if metadata is not None:
            path = tmp_path / "metadata"
            path.write_text(metadata, encoding="utf-8")
        return read_study(tmp_path / name, path, choices=Choices.of(choices)).study

    return reader


def values(study: Study) -> dict[str, dict[str, float]]:
    """Abundances by feature and sample."""
    return study.to_frame().to_dict()


@pytest.mark.parametrize("format_", [f for f in known() if f.sample], ids=lambda f: f.name)
def test_a_sample_of_every_format_is_known_as_that_and_read(format_, read) -> None:
    assert recognised(Content.of_text(format_.sample)).name == format_.name
    study = read(format_.sample, name="S1")
    assert study.table.sum() > 0 and study.samples[0] == "S1"
    for said in (format_.program, format_.versions, format_.sign, format_.source):
        assert said


def test_names_of_formats_are_unique_and_cover_the_programs() -> None:
    names = [format_.name for format_ in known()]
    assert len(set(names)) == len(names)
    programs = " ".join(format_.program for format_ in known())
    for program in (
        "HUMAnN",
        "MetaPhlAn",
        "mOTUs",
        "Kaiju",
        "ganon",
        "KMCP",
        "taxpasta",
        "Pavian",
        "MEGAN",
        "PICRUSt2",
    ):
        assert program in programs


# ---------------------------------------------------------------------- shotgun


def test_merged_kraken_reports_hold_counts_of_species(read) -> None:
    study = read(
        "ID\tA\tB\nd__Bacteria\t70\t60\nd__Bacteria|p__Bacteroidota\t70\t60\n"
        "d__Bacteria|p__Bacteroidota|c__Bacteroidia|o__Bacteroidales|f__X|g__Prevotella|s__Prevotella copri\t50\t20\n"
        "d__Bacteria|p__Bacteroidota|g__Alien|s__Alien sp\t20\t40\n"
    )
    assert study.quantity == "counts" and study.depth.to_list() == [70, 60]
    assert study.taxonomy.loc["Alien sp"].to_list() == ["Bacteria", "Bacteroidota", "", "", "", "Alien", "Alien sp"]


def test_a_table_of_all_ranks_is_read_at_the_rank_that_is_asked_for(read) -> None:
    text = "#Classification\tA\nd__B\t9\nd__B|p__P\t9\nd__B|p__P|g__G\t8\nd__B|p__P|g__G|s__S\t5\n"
    assert values(read(text, rank="genus")) == {"G": {"A": 8}}
    assert values(read(text)) == {"S": {"A": 5}}
    finer = read(text, rank="family")
    assert values(finer) == {"G": {"A": 8}}
    assert "No clade of the rank family: read at the rank genus, whose lineages say the family." in finer.notes
    with pytest.raises(InputError, match="no clade of the rank strain") as raised:
        read(text, rank="strain")
    assert "species (1)" in (raised.value.found or "") and "rank species" in (raised.value.remedy or "")


def test_metaphlan_2_has_a_second_header(read) -> None:
    study = read(
        "ID\tA_profile\tB_profile\n#SampleID\tMetaphlan2_Analysis\tMetaphlan2_Analysis\nk__Bacteria\t100.0\t97.0\n"
        "k__Bacteria|p__F|g__G|s__G_a\t30.0\t50.0\nk__Bacteria|p__F|g__G|s__G_a|t__X\t30.0\t50.0\n"
        "k__Bacteria|p__F|g__G|s__G_b\t70.0\t47.0\n"
    )
    assert study.quantity == "abundances" and values(study)["G_b"] == {"A": 70.0, "B": 47.0}


def test_metaphlan_4_estimates_reads(read) -> None:
    study = read(
        "#mpa_vOct22\nclade_name\tA\tB\nUNCLASSIFIED\t17\t19\nk__Bacteria\t500\t400\n"
        "k__Bacteria|p__F|g__G|s__G_a\t500\t400\nk__Bacteria|p__F|g__G|s__G_a|t__SGB9\t500\t400\n"
    )
    assert study.quantity == "counts" and "Left out, without a name: UNCLASSIFIED (17, 19 reads)." in study.notes


def test_a_domain_with_another_code_stays_the_domain(read) -> None:
    lines = [
        "5.00\t5\t5\tU\t0\tunclassified",
        "95.00\t95\t0\tR\t1\troot",
        "95.00\t95\t0\tR1\t131567\t  cellular organisms",
    ]
    lines += ["95.00\t95\t0\tR2\t2\t    Bacteria", "95.00\t95\t0\tK\t3379134\t      Pseudomonadati"]
    lines += ["95.00\t95\t5\tP\t976\t        Bacteroidota", "90.00\t90\t90\tS\t820\t          Bacteroides uniformis"]
    study = read("\n".join(lines) + "\n", name="K7.kreport")
    assert study.taxonomy.iloc[0].to_list()[:2] == ["Bacteria", "Bacteroidota"]
    assert any("reads without any taxon (K7 5)" in note for note in study.notes)
    assert values(read("\n".join(lines) + "\n", name="K7.kreport", rank="phylum")) == {"Bacteroidota": {"K7": 95}}


def test_motus_unassigned_is_told(read) -> None:
    study = read(
        "# motus version 3.1.0 | map_tax 3.1.0\n# call: motus merge -d x, y\n#consensus_taxonomy\tA\tB\n"
        "Dorea longicatena [ref_mOTU_v31_00003]\t4\t3\nunassigned\t7\t8\n"
    )
    assert study.shape == (2, 1) and any("unassigned (7, 8)" in note for note in study.notes)


def test_motus_2_has_its_names_beside_its_numbers(read) -> None:
    study = read(
        "# git tag version 2.1.1 |  motus version 2.1.1\n# call: motus profile -u\n#mOTU\tconsensus_taxonomy\tA\n"
        "ref_mOTU_v2_0003\tDorea longicatena\t4\nmeta_mOTU_v2_0004\tunknown Dorea\t2\n-1\t-1\t7\n"
    )
    assert list(study.features) == ["Dorea longicatena [ref_mOTU_v2_0003]", "unknown Dorea [meta_mOTU_v2_0004]"]
    assert study.quantity == "counts" and study.taxonomy is None


def test_coverm_has_a_column_for_each_sample_and_method(read) -> None:
    head = "Genome\t{0} Mean\t{0} Covered Fraction\t{1} Mean\t{1} Covered Fraction\n".format("gut.fna/A", "gut.fna/B")
    text = f"{head}unmapped\tNA\tNA\tNA\tNA\nMAG_1\t10.5\t1\t3\t0.5\nMAG_2\t0.5\t0.1\t7\t0.5\n"
    study = read(text, empty_cells="zero")
    assert values(study) == {"MAG_1": {"A": 10.5, "B": 3}, "MAG_2": {"A": 0.5, "B": 7}}
    assert "Left out, because another method: Covered Fraction." in study.notes and study.quantity == "abundances"
    several = text.replace("Covered Fraction", "Read Count")
    with pytest.raises(InputError, match="several amounts of each sample") as raised:
        read(several)
    assert "leave_out 'Read Count'" in (raised.value.remedy or "")
    counted = read(several.replace("0.5\n", "5\n").replace("0.1", "1"), leave_out="Mean", empty_cells="zero")
    assert counted.quantity == "counts" and values(counted)["MAG_1"] == {"A": 1, "B": 5}
    with pytest.raises(InputError, match="This table has no amounts"):
        read("Contig\tA Covered Bases\tA Length\nc1\t10\t20\n")


def test_taxpasta_names_taxa_and_tells_the_nameless(read) -> None:
    study = read("taxonomy_id\tname\trank\tA\tB\n821\tPhocaeicola vulgatus\tspecies\t3\t4\n0\t\t\t1\t2\n")
    assert list(study.features) == ["Phocaeicola vulgatus", "unassigned (0)"]
    assert any("Without a name: taxon 0 (1, 2)" in note for note in study.notes)


# ---------------------------------------------------------------------- functions


@pytest.mark.parametrize(
    ("head", "unmapped"),
    [
        ("# Gene Family HUMAnN v4.0.0 Adjusted CPMs\tA_Abundance-CPM", "READS_UNMAPPED"),
        ("# Gene Family\tA_Abundance-RPKs", "UNMAPPED"),
        ("# Pathway\tA_Abundance", "UNMAPPED: NO_NAME"),
    ],
)
def test_functions_of_humann_are_counted_once(head: str, unmapped: str, read) -> None:
    text = f"{head}\n{unmapped}\t5000\nF1: x\t10.5\nF1: x|g__G.s__G_a\t4.5\nF1: x|unclassified\t6\nF2\t2\n"
    study = read(text)
    assert values(study) == {"F1: x": {"A": 10.5}, "F2": {"A": 2}} and study.quantity == "abundances"
    assert f"Left out, no function: {unmapped} (5000)." in study.notes
    assert list(read(text, functions="by-species").features) == ["F1: x|g__G.s__G_a", "F1: x|unclassified"]


def test_rows_of_picrust2_are_functions(read) -> None:
    columns = [f"S{n}" for n in range(9)]
    row = "\t".join(f"{n}.5" for n in range(9))
    study = read("pathway\t" + "\t".join(columns) + f"\nPWY-9\t{row}\nPWY-8\t{row}\n")
    assert study.shape == (9, 2) and list(study.features) == ["PWY-9", "PWY-8"]
    strat = "function\tsequence\tA\tB\nK1\ts1\t1.5\t2\nK1\ts2\t1\t0\nK2\ts1\t0\t3\n"
    assert values(read(strat)) == {"K1": {"A": 2.5, "B": 2}, "K2": {"A": 0, "B": 3}}
    contrib = "sample\tfunction\ttaxon\ttaxon_function_abun\nA\tK1\tt1\t2\nA\tK1\tt2\t3\nB\tK1\tt1\t4\n"
    assert values(read(contrib)) == {"K1": {"A": 5, "B": 4}}


# ---------------------------------------------------------------------- plain tables


def test_totals_are_no_samples_and_no_features(read) -> None:
    study = read("#OTU ID\tA\tB\tTotal\nx\t1\t2\t3\ny\t4\t5\t9\nTotal\t5\t7\t12\n")
    assert study.shape == (2, 2) and study.depth.to_list() == [5, 7]
    assert sum("totals of the others" in note for note in study.notes) == 2
    with pytest.raises(InputError, match="is not the total of the others") as raised:
        read("#OTU ID\tA\tB\nx\t1\t2\ny\t4\t5\nTotal\t9\t9\n")
    assert "leave_out 'Total'" in (raised.value.remedy or "")
    assert read("#OTU ID\tA\tB\nx\t1\t2\ny\t4\t5\nTotal\t9\t9\n", leave_out="Total").shape == (2, 2)
    assert read("Representative_Sequence\ttotal\tA\tB\ns1\t9\t4\t5\ns2\t3\t3\t0\n").depth.to_list() == [7, 5]


def test_numbers_about_features_are_no_samples(read) -> None:
    study = read("OTU\tlength\tGC\tA\tB\nx\t250\t51.5\t1\t2\ny\t251\t49.0\t3\t4\n")
    assert list(study.samples) == ["A", "B"] and study.quantity == "counts"
    assert any("length, GC" in note for note in study.notes)


@pytest.mark.parametrize("name", ["16S_rRNA_Count", "mean", "prevalence", "avg_length", "GC%", "taxon_id", "Gesamt"])
def test_what_programs_put_beside_samples_is_no_sample(name: str, read) -> None:
    study = read(f"OTU\tA\tB\t{name}\nx\t1\t2\t3\ny\t3\t4\t7\n")
    assert list(study.samples) == ["A", "B"] and any(name in note for note in study.notes)


def test_clades_within_each_other_are_never_counted_twice(read) -> None:
    study = read("taxon\tA.bracken\nk__Bacteria|g__G|s__G_a\t5\nk__Bacteria|g__G\t5\n")
    assert values(study) == {"G_a": {"A.bracken": 5}} and study.quantity == "counts"


def test_reads_of_an_otu_map_are_counted_by_sample(read) -> None:
    study = read("ref1\tS1_0\tS1_1\tS2_0\nref2\tS2_7\n")
    assert values(study) == {"ref1": {"S1": 2, "S2": 1}, "ref2": {"S1": 0, "S2": 1}}
    study = read("ref1\tM01:7:000\tM01:7:001\nref2\tM01:7:002\n", name="one_sample")
    assert study.shape == (1, 2) and any("counted as one sample" in note for note in study.notes)
    with pytest.raises(InputError, match="1 reads of this map stand in it more than once"):
        read("ref1\tS1_0\tS1_1\nref2\tS1_0\n")


def test_alignments_are_no_table(read) -> None:
    with pytest.raises(InputError, match="list of alignments") as raised:
        read("r1\tref1\t100\t240\t0\t0\t1\t240\t1\t240\t1.64e-122\t429\n" * 2)
    assert "--otu_map" in (raised.value.remedy or "")


def test_long_tables_by_sample_and_species(read) -> None:
    assert values(read("sample-id,species,reads\nA,x,5\nA,y,6\nB,x,7\n")) == {
        "x": {"A": 5, "B": 7},
        "y": {"A": 6, "B": 0},
    }


def test_an_open_quotation_mark_swallows_no_lines(read) -> None:
    study = read('#OTU ID\tA\ttaxonomy\nx\t1\t"Candidatus Q\ny\t2\tBacteria\nz\t3\tBacteria;"F"\nw\t4\tBacteria\n')
    assert study.depth.to_list() == [10]
    assert any("not closed was read as a character: line 2" in note for note in study.notes)


def test_titles_comments_and_empty_columns_are_passed_over(read) -> None:
    assert read("# made on Monday, 3 June, in Utrecht\n#OTU ID\tA\tB\nx\t1\t2\ny\t3\t4\n").shape == (2, 2)
    study = read("Table S2. Counts of all samples\n\nOTU\tA\tB\nx\t1\t2\ny\t3\t4\n")
    assert study.shape == (2, 2) and any("Skipped before the header: 'Table S2" in note for note in study.notes)
    assert read("#OTU ID\tA\tB\t\nx\t1\t2\t\ny\t3\t4\t\n").shape == (2, 2)


def test_underscores_and_foreign_digits_are_no_numbers(read) -> None:
    for cell in ("2_000", "٣", "0x10"):
        with pytest.raises(InputErrors, match="not numbers"):
            read(f"#OTU ID\tA\tB\nx\t{cell}\t2\ny\t3\t4\n")


def test_a_long_table_of_phyloseq_holds_everything(read) -> None:
    study = read(
        '"","OTU","Sample","Abundance","arm","Kingdom","Phylum"\n"1","x","A",3,"p","Bacteria","Bacillota"\n'
        '"2","x","B",0,"q","Bacteria","Bacillota"\n"3","y","A",1,"p","Bacteria",NA\n"4","y","B",2,"q","Bacteria",NA\n'
    )
    assert values(study) == {"x": {"A": 3, "B": 0}, "y": {"A": 1, "B": 2}}
    assert study.metadata["arm"].to_list() == ["p", "q"] and study.taxonomy.loc["y"].to_list() == ["Bacteria", ""]


def test_in_a_collapsed_table_it_is_asked_which_columns_are_taxa(read) -> None:
    text = "index,d__Bacteria;p__A,d__Bacteria;p__B,weight\nA,1,2,70\nB,3,4,80\n"
    with pytest.raises(InputError, match="may be taxa, or describe the samples") as raised:
        read(text)
    assert raised.value.found == "weight" and "leave_out 'weight'" in (raised.value.remedy or "")
    study = read(text, leave_out="weight")
    assert study.shape == (2, 2) and study.metadata["weight"].to_list() == [70, 80]
    assert read(text, leave_out="none").shape == (2, 3)


def test_rows_named_by_ranks_alone(read) -> None:
    text = "superkingdom\tgenus\tspecies\tA\tB\nBacteria\tG\tG a\t0.5\t0.25\nBacteria\tG\tG b\t0.5\t\n\t\t\t0\t0.75\n"
    with pytest.raises(InputErrors, match="not numbers") as raised:
        read(text)
    assert "empty_cells zero" in str(raised.value)
    study = read(text, empty_cells="zero")
    assert list(study.features) == ["G a", "G b", "unassigned"] and values(study)["G b"] == {"A": 0.5, "B": 0}
    assert any("a row without a name" in note for note in study.notes)
    assert study.taxonomy.loc["G b"].to_list() == ["Bacteria", "G", "G b"]


def test_ids_that_are_lineages_are_the_taxonomy(read) -> None:
    study = read("#OTU ID\tA\tB\nd__Bacteria;p__P;c__C\t1\t2\nd__Bacteria;p__Q\t3\t4\nUnassigned;__;__\t5\t6\n")
    assert study.taxonomy.iloc[1].to_list() == ["Bacteria", "Q", ""] and study.taxonomy.iloc[2].to_list() == [
        "",
        "",
        "",
    ]


def test_which_way_round_can_be_said(read) -> None:
    text = "x\ta\tb\nc\t1\t2\nd\t3\t4\ne\t5\t6\n"
    with pytest.raises(InputError, match="not certain which way round") as raised:
        read(text)
    assert raised.value.found == "3 rows (c, d, e) and 2 columns (a, b)"
    assert read(text, samples_in="columns").shape == (2, 3) and read(text, samples_in="rows").shape == (3, 2)


@pytest.mark.parametrize(
    "ids",
    [
        "Bacteroides uniformis,Prevotella copri,Blautia obeum",
        "ASV1,ASV2,ASV3",
        "Lachnospiraceae,Bifidobacterium,Other",
        "K00001,EC:1.1.1.1,PWY-7219: biosynthesis",
        "d41d8cd98f00b204e9800998ecf8427e,00000000000000000000000000000000,ffffffffffffffffffffffffffffffff",
    ],
)
def test_a_square_table_is_known_by_the_names_of_its_features(ids: str, read) -> None:
    features = ids.split(",")
    rows = "".join(f"{name},{n},2,3,4\n" for n, name in enumerate(features))
    assert list(read(f'"",P1,P2,P3,P4\n{rows}').features) == features
    rows = "".join(f"P{n},1,2,3\n" for n in range(4))
    assert list(read(f'"",{ids}\n{rows}').features) == features


# ---------------------------------------------------------------------- what is no table


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("sample-id\tage\tbmi\nA\t30\t22.5\nB\t40\t21\n", "sample metadata"),
        ("sample-id\tcentre code\nA\t06\nB\t11\n", "sample metadata"),
        ("sample-id\tArm\tSample\nA\tx\tp\nB\ty\tq\n", "sample metadata"),
        ('"","Kingdom","Genus"\n"ACGT","Bacteria",NA\n"ACGA","Bacteria","Blautia"\n', "taxonomy"),
        ("ASV_ID\tKingdom\tSpecies\tconfidence\nx\tBacteria\tS\t0.9\ny\tBacteria\t\t0.8\n", "taxonomy"),
        ("Feature ID\tTaxon\tConfidence\nx\td__Bacteria\t0.9\n", "taxonomy"),
        ("sample-id\tOTU1\tOTU2\nA\t3\t4\nB\t0\t1\n", "feature table"),
    ],
)
def test_what_is_no_feature_table_is_told(text: str, what: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text, encoding="utf-8")
    assert inspect(tmp_path / "x").what == what


def test_a_format_can_be_asked_for(read) -> None:
    with pytest.raises(InputError, match="no format 'metaphlan'"):
        read("#OTU ID\tA\nx\t1\n", table_format="metaphlan")
    with pytest.raises(InputError, match="not of the format 'Kaiju summary'"):
        read("#OTU ID\tA\nx\t1\n", table_format="Kaiju summary")
    text = "sample\tage\tweight\nA\t3\t4\nB\t0\t1\n"
    with pytest.raises(InputError, match="looks like sample metadata"):
        read(text)
    assert np.isclose(read(text, table_format="plain table").table.sum(), 8)


def test_domains_go_before_kingdoms_in_a_taxonomy(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("OTU\tDomain\tKingdom\tPhylum\nx\tBacteria\tBacillati\tBacillota\n", encoding="utf-8")
    assert describing.read_taxonomy(tmp_path / "x", []).iloc[0].to_list() == ["Bacteria", "Bacillota"]
