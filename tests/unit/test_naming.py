"""Names for sequences, where the truth is known: genes drawn here, with names drawn here."""

import shutil
import stat

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from handbook_utils.analysis.naming.agreement import VERDICTS, compared, differing
from handbook_utils.analysis.naming.bayes import NaiveBayes, trained, words
from handbook_utils.analysis.naming.gains import Gains
from handbook_utils.analysis.naming.names import Names, consensus
from handbook_utils.analysis.naming.reference import BUNDLED, Reference, bundled_reference, read_reference
from handbook_utils.analysis.naming.regions import primer_of, region
from handbook_utils.analysis.naming.search import exact_names, find_vsearch, search_names
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.reads.sequences import reverse_complement
from handbook_utils.recipes.reads.name_the_taxa import _last

RANKS = ["kingdom", "phylum", "class", "order", "family", "genus"]
FORWARD, REVERSE = "GTGYCAGCMGCCGCGGTAA", "GGACTACNVGGGTWTCTAAT"


def mutated(bases: str, share: float, generator: np.random.Generator) -> str:
    letters = np.array(list(bases))
    at = generator.random(len(letters)) < share
    letters[at] = generator.choice(list("ACGT"), int(at.sum()))
    return "".join(letters)


@pytest.fixture(scope="module")
def drawn() -> Reference:
    """Four families of three genera of four genes: 20 % apart, 8 % apart and 1 % apart."""
    generator = np.random.default_rng(7)
    root = "".join(generator.choice(list("ACGT"), 900))
    ids, genes, lineage = [], [], []
    for family in range(4):
        trunk = mutated(root, 0.25, generator)
        for genus in range(3):
            branch = mutated(trunk, 0.1, generator)
            for copy in range(4):
                ids.append(f"g{family}{genus}{copy}")
                genes.append(mutated(branch, 0.01, generator))
                lineage.append(["Bacteria", "P", "C", "O", f"F{family}", f"G{family}{genus}"])
    return Reference("drawn", tuple(ids), tuple(genes), pd.DataFrame(lineage, index=ids, columns=RANKS, dtype=object))


@pytest.fixture(scope="module")
def queries(drawn) -> dict[str, str]:
    generator = np.random.default_rng(8)
    return {
        name: mutated(gene[300:600], 0.005, generator) for name, gene in zip(drawn.ids, drawn.sequences, strict=True)
    }


def test_genes_that_were_drawn_get_their_genus(drawn, queries):
    named = NaiveBayes(drawn).names(queries)
    assert (named.at(0.8)["genus"] == drawn.taxonomy["genus"]).all()
    assert not named.turned


def test_a_sequence_from_the_other_strand_gets_the_same_name(drawn, queries):
    other = {name: reverse_complement(bases) for name, bases in queries.items()}
    named = NaiveBayes(drawn).names(other)
    assert (named.at(0.8)["genus"] == drawn.taxonomy["genus"]).all()
    assert set(named.turned) == set(queries)


def test_what_is_new_is_named_as_far_as_the_reference_goes(drawn):
    """Genes of a genus that is not there are of its family, and their genus is unsure."""
    without = [number for number, name in enumerate(drawn.taxonomy["genus"]) if name != "G00"]
    part = Reference(
        "part",
        tuple(drawn.ids[n] for n in without),
        tuple(drawn.sequences[n] for n in without),
        drawn.taxonomy.iloc[without],
    )
    asked = {drawn.ids[n]: drawn.sequences[n][:250] for n in range(4)}
    told = NaiveBayes(part).names(asked).at(0.8)
    assert (told["family"] == "F0").all()
    assert (told["genus"] == "").sum() >= 3


def test_two_genera_with_the_same_gene_are_named_by_neither(drawn):
    gene = drawn.sequences[0]
    ranks = pd.DataFrame([["F", "Escherichia"], ["F", "Shigella"]], index=["a", "b"], columns=["family", "genus"])
    named = NaiveBayes(Reference("twins", ("a", "b"), (gene, gene), ranks)).names({"x": gene[:250]})
    assert named.confidence.loc["x", "family"] == 1
    assert 0.3 < named.confidence.loc["x", "genus"] < 0.7
    assert named.at(0.8).loc["x"].tolist() == ["F", ""]


def test_an_eighth_of_the_words_is_drawn_and_a_draw_without_the_one_that_tells_is_a_toss(drawn):
    """Sixteen clear words, of which one tells two genera apart: of two that are drawn it is one in 1 - (15/16)²."""
    stem = drawn.sequences[0][:22]
    pieces = stem + "N" * 40  # 15 words
    told, other = drawn.sequences[5][30:38], drawn.sequences[9][30:38]
    ranks = pd.DataFrame([["F", "A"], ["F", "B"]], index=["a", "b"], columns=["family", "genus"])
    two = Reference("two", ("a", "b"), (f"{stem}N{told}", f"{stem}N{other}"), ranks)
    named = NaiveBayes(two).names({"x": f"{pieces}N{told}"}, draws=20_000)
    assert named.best.loc["x", "genus"] == "A"
    seen = 1 - (15 / 16) ** 2
    assert named.confidence.loc["x"].tolist() == pytest.approx([1, seen + (1 - seen) / 2], abs=0.014)  # 4 SE


def test_fifty_bases_are_named_and_one_less_is_not(drawn):
    gene = drawn.sequences[0]
    named = NaiveBayes(drawn).names({"fifty": gene[:50], "less": gene[:49], "one word": gene[:8] + "N" * 50})
    assert named.best["family"].tolist() == ["F0", "", named.best.loc["one word", "family"]]
    assert named.best.loc["one word", "family"] != ""
    assert named.notes == ("Too short to be named, or without a whole word: 1.",)
    assert NaiveBayes(drawn).names({"fifty": gene[:50]}).notes == ()


def test_a_genus_of_the_same_name_in_another_family_is_another(drawn):
    gene = drawn.sequences[0]
    ranks = pd.DataFrame([["F", "G"], ["E", "G"]], index=["a", "b"], columns=["family", "genus"])
    named = NaiveBayes(Reference("twins", ("a", "b"), (gene, gene), ranks)).names({"x": gene[:250]})
    family, genus = named.confidence.loc["x"]
    assert 0.3 < family < 0.7
    assert genus == family


def test_a_reader_s_reference_is_trained_whatever_it_is_called(drawn):
    own = Reference(BUNDLED, drawn.ids, drawn.sequences, drawn.taxonomy)
    assert trained(own).reference is own
    assert trained(drawn).reference is drawn


def test_a_name_depends_on_nothing_but_its_sequence_and_the_seed(drawn, queries):
    model = NaiveBayes(drawn)
    few = dict(list(queries.items())[5:7])
    pd.testing.assert_frame_equal(model.names(queries).confidence.loc[list(few)], model.names(few).confidence)


@pytest.mark.parametrize("at_once", [3, 5])
def test_training_in_parts_is_training_at_once(drawn, queries, monkeypatch, at_once):
    """Also where one lineage, of four genes, is more than a part."""
    whole = NaiveBayes(drawn).names(queries)
    monkeypatch.setattr("handbook_utils.analysis.naming.bayes._AT_ONCE", at_once)
    pd.testing.assert_frame_equal(NaiveBayes(drawn).names(queries).confidence, whole.confidence)


def test_short_sequences_and_letters_that_are_no_bases_have_no_name(drawn):
    named = NaiveBayes(drawn).names({"short": "ACGT", "unclear": "N" * 200})
    assert (named.best == "").all(axis=None)
    assert named.layout(0.8)["Taxon"].tolist() == ["Unassigned"] * 2
    assert "2." in named.notes[0]


def test_the_layout_ends_where_the_name_does_and_is_read_back_as_a_taxonomy(drawn, queries, tmp_path):
    from handbook_utils.study.describing import read_taxonomy

    named = NaiveBayes(drawn).names(queries)
    layout = named.layout(0.8)
    assert list(layout.reset_index().columns) == ["Feature ID", "Taxon", "Confidence"]
    path = tmp_path / "taxonomy.tsv"
    layout.to_csv(path, sep="\t")
    assert (read_taxonomy(path, [])["genus"] == named.at(0.8)["genus"]).all()


def test_the_same_bases_in_two_genera_are_told_by_what_they_share(drawn):
    gene = drawn.sequences[0][:300]
    ranks = pd.DataFrame([["F", "A"], ["F", "B"]], index=["a", "b"], columns=["family", "genus"])
    two = Reference("two", ("a", "b"), (gene + "AA", "CC" + gene), ranks)
    named = exact_names({"x": gene, "turned": reverse_complement(gene), "unlike": "ACGT" * 20}, two)
    assert named.at(0.51).to_numpy().tolist() == [["F", ""], ["F", ""], ["", ""]]
    assert named.turned == ("turned",)


def test_a_gene_counts_once_even_if_it_has_the_sequence_on_both_strands(drawn):
    gene = drawn.sequences[0][:50]
    ranks = pd.DataFrame([["F", "A"], ["F", "B"]], index=["a", "b"], columns=["family", "genus"])
    two = Reference("two", ("a", "b"), (gene + "TTT" + reverse_complement(gene), gene), ranks)
    named = exact_names({"fifty": gene, "one less": gene[:49], "N": "N" + gene}, two)
    assert named.best.to_numpy().tolist() == [["F", ""], ["", ""], ["", ""]]
    assert named.confidence.loc["fifty"].tolist() == [1, 0]
    assert named.notes == ("Nothing like them in the reference: 2 of 3 sequences.",)
    assert exact_names({"fifty": gene}, two).notes == ()


def test_of_what_is_searched_four_fifths_must_be_alike_in_ten_genes_at_most(drawn, needs_program):
    needs_program("vsearch")
    gene = drawn.sequences[0]
    noise = "".join(np.random.default_rng(5).choice(list("ACGT"), 200))
    ranks = pd.DataFrame([["A"]] * 10 + [["B"]] * 10, columns=["genus"], index=[f"r{n}" for n in range(20)])
    twenty = Reference("twenty", tuple(ranks.index), (gene,) * 20, ranks)
    asked = {
        "most": gene[-330:] + noise[:70],
        "less": gene[-310:] + noise[:90],
        "turned": reverse_complement(gene[:300]),
    }
    named = search_names(asked, twenty, 0.97)
    assert [bool(name) for name in named.confidence.max(axis=1)] == [True, False, True]
    # Of twenty that are the same ten are looked at.
    assert named.confidence.loc["turned", "genus"] * 10 == pytest.approx(
        round(named.confidence.loc["turned", "genus"] * 10)
    )
    assert named.turned == ("turned",)
    assert "97 % identity (10 at most)" in named.method
    assert named.notes == ("Nothing like them in the reference: 1 of 3 sequences.",)


def test_vsearch_finds_what_is_alike_or_is_asked_for(drawn, queries):
    if shutil.which("vsearch") is None:
        with pytest.raises(InputError, match="not installed"):
            search_names(queries, drawn, 0.97)
        return
    named = search_names({**queries, "odd id; with | signs": queries["g000"], "noise": "ACGTTGCA" * 30}, drawn, 0.97)
    assert (named.at(0.51)["genus"].loc[list(queries)] == drawn.taxonomy["genus"]).all()
    assert named.at(0.51).loc["odd id; with | signs", "genus"] == "G00"
    assert named.best.loc["noise", "genus"] == ""


def test_without_vsearch_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="not installed") as caught:
        find_vsearch()
    assert "apt install vsearch" in str(caught.value)


def test_a_vsearch_that_fails_is_told(monkeypatch, tmp_path, drawn):
    broken = tmp_path / "vsearch"
    broken.write_text("#!/bin/sh\necho 'out of memory' >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(InputError, match="vsearch failed") as caught:
        search_names({"x": "ACGT" * 30}, drawn, 0.97)
    assert "out of memory" in str(caught.value)


# ------------------------------------------------------------------------------------------------- references


def test_the_region_between_primers_whatever_their_letters(drawn):
    genes = tuple(
        f"{gene[:200]}GTGCCAGCAGCCGCGGTAA{gene[200:450]}ATTAGATACCCTGGTAGTCC{gene[450:]}" for gene in drawn.sequences
    )
    made = Reference("primed", drawn.ids, (*genes[:-1], drawn.sequences[-1]), drawn.taxonomy)
    cut = region(made, FORWARD, REVERSE)
    assert len(cut) == len(drawn) - 1
    assert all(bases == gene[200:450] for bases, gene in zip(cut.sequences, drawn.sequences, strict=False))
    assert f"{len(cut)} of {len(drawn)}" in cut.notes[-1]
    with pytest.raises(InputError, match="primers are not in the reference"):
        region(drawn, FORWARD, REVERSE)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("GTGCCAGCAGCCGCGGTAA", "ATTAGATACCCTGGTAGTCC", True),
        ("GAGCCAGCTGCCGCGGTAA", "ATTAGATACCCAGGTAGTCG", True),  # two wrong bases of each
        ("GAGCCAGCTGCCGAGGTAA", "ATTAGATACCCTGGTAGTCC", False),  # three
        ("GTGCCAGCAGCCGCGGTAA", "ATTAGATTCCCAGGTAGTCG", False),
        ("GTGCCAGCGCCGCGGTAA", "ATTAGATACCCTGGTAGTCC", False),  # one base lost
        ("GTGCCAGCAGCCGCGGTAA", "ATTAGATACCTGGTAGTCC", False),
    ],
)
def test_a_primer_is_found_with_wrong_bases_and_with_none_lost(drawn, first, last, found):
    whole = "GTGCCAGCAGCCGCGGTAA", "ATTAGATACCCTGGTAGTCC"
    ends = [whole, (first, last)]
    genes = tuple(
        f"{gene[:90]}{a}{gene[90:300]}{b}{gene[300:]}" for (a, b), gene in zip(ends, drawn.sequences, strict=False)
    )
    cut = region(Reference("two", drawn.ids[:2], genes, drawn.taxonomy[:2]), FORWARD, REVERSE)
    assert cut.sequences == tuple(gene[90:300] for gene in drawn.sequences[: 1 + found])


def test_a_tenth_of_the_genes_with_the_region_is_enough_and_nothing_between_is_no_region(drawn):
    gene = "ACGT" * 10 + "GTGCCAGCAGCCGCGGTAA" + "C" * 30 + "ATTAGATACCCTGGTAGTCC"
    for others, fits in ((9, True), (10, False)):
        genes = (gene, *drawn.sequences[:others])
        made = Reference("few", drawn.ids[: len(genes)], genes, drawn.taxonomy[: len(genes)])
        if fits:
            assert region(made, FORWARD, REVERSE).sequences == ("C" * 30,)
            begins = Reference("few", made.ids, (gene[40:], *genes[1:]), made.taxonomy)
            assert region(begins, FORWARD, REVERSE).sequences == ("C" * 30,)
        else:
            with pytest.raises(InputError, match="primers are not in the reference"):
                region(made, FORWARD, REVERSE)
    both = Reference("both", drawn.ids[:2], (gene, gene.replace("C" * 30, "")), drawn.taxonomy[:2])
    assert region(both, FORWARD, REVERSE).ids == drawn.ids[:1]


def test_a_primer_is_known_by_name_or_by_its_bases():
    for bases in ("ACGTACGTAC", "ACGTRYSWKMBDHVN"):
        assert primer_of(bases, "forward", "forward") == bases
    with pytest.raises(InputError, match="no forward primer"):
        primer_of("ACGTACGTA", "forward", "forward")
    assert primer_of("806R", "reverse", "reverse") == REVERSE
    assert primer_of("gtgycagcmgccgcgguaa", "forward", "forward") == FORWARD
    with pytest.raises(InputError, match="no forward primer") as caught:
        primer_of("515R", "forward", "forward")
    assert "515F" in str(caught.value)


LINEAGE = "Bacteria;Bacillota;Clostridia;Lachnospirales;Lachnospiraceae;Blautia"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (LINEAGE + ";", "sequence-1"),  # DADA2's training sets
        (f"AB1234.1.1500 {LINEAGE};Blautia wexlerae", "AB1234.1.1500"),  # SILVA
        (f"AB1234\t{LINEAGE}", "AB1234"),
        ("r1;tax=d:Bacteria,p:Bacillota,c:Clostridia,o:Lachnospirales,f:Lachnospiraceae,g:Blautia;", "r1"),  # SINTAX
        ("k__Bacteria;p__Bacillota;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;g__Blautia", "sequence-1"),
        (
            "RS_GCF_1~X d__Bacteria;p__Bacillota;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;g__Blautia",
            "RS_GCF_1~X",
        ),
        (
            "RS_GCF_1~X d__Bacteria;p__Bacillota;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;g__Blautia;"
            "s__Blautia wexlerae [locus_tag=B_1] [location=2..1541] [ssu_len=1540] [contig_len=9]",
            "RS_GCF_1~X",
        ),
    ],
)
def test_headers_of_every_reference(tmp_path, header, name):
    path = tmp_path / "ref.fasta"
    path.write_text(f">{header}\n{'ACGTTGCAAC' * 10}\n", encoding="utf-8")
    made = read_reference(path)
    assert made.taxonomy.iloc[0].tolist()[:6] == LINEAGE.split(";")
    assert made.taxonomy.iloc[0].tolist()[6:] in ([], [""], ["Blautia wexlerae"])
    assert made.ids == (name,)


def test_three_parts_are_a_lineage_two_are_none_and_what_has_no_name_is_numbered(tmp_path):
    path = tmp_path / "ref.fasta"
    headers = ["A1 one;two;three", "A2 one;two", "one;Candidatus two;three;four", "one;two"]
    path.write_text("".join(f">{header}\nACGT\n" for header in headers), encoding="utf-8")
    made = read_reference(path)
    assert made.ids == ("A1", "sequence-3")
    assert made.taxonomy.to_numpy().tolist() == [
        ["one", "two", "three", ""],
        ["one", "Candidatus two", "three", "four"],
    ]
    assert made.notes == ("Headers without a lineage, left out: 2 (A2 one;two, one;two).",)


def test_sequences_and_a_table_of_lineages(tmp_path):
    fasta, table = tmp_path / "seqs.fasta", tmp_path / "tax.tsv"
    fasta.write_text(">a\nACGT\n>b x\nAAAA\n>c\nCCCC\n", encoding="utf-8")
    table.write_text(
        "Feature ID\tTaxon\na\td__Bacteria; p__Bacillota\nb\td__Archaea; p__Methanobacteriota\n", encoding="utf-8"
    )
    made = read_reference(fasta, table)
    assert made.ids == ("a", "b")
    assert made.taxonomy["kingdom"].tolist() == ["Bacteria", "Archaea"]
    assert any("1 (c)" in note for note in made.notes)


@pytest.mark.parametrize(
    ("fasta", "taxonomy", "said"),
    [
        (None, None, "not there"),
        ("", None, "holds no sequences"),
        ("@r1\nACGT\n+\nIIII\n", None, "not FASTA"),
        (">a\nACGT\n", None, "has no lineages"),
        (
            ">a\nACGT\n",
            "Feature ID\tTaxon\nz\td__Bacteria; p__Bacillota\n",
            "No sequence of the reference has a lineage",
        ),
        (">a Bacteria;P;C\nACG*\n", None, "no bases"),
    ],
)
def test_what_is_no_reference(tmp_path, fasta, taxonomy, said):
    path, table = tmp_path / "ref.fasta", tmp_path / "tax.tsv"
    if fasta is not None:
        path.write_text(fasta, encoding="utf-8")
    if taxonomy:
        table.write_text(taxonomy, encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=said):
        read_reference(path, table if taxonomy else "")


NAME = st.text("abcdefgh", min_size=3, max_size=9).map(str.capitalize)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(NAME, min_size=2, max_size=5, unique=True), min_size=1, max_size=6))
def test_lineages_with_prefixes_are_read_as_they_are_written(tmp_path_factory, drawn_names):
    path = tmp_path_factory.mktemp("ref") / "ref.fasta"
    lines = []
    for number, rest in enumerate(drawn_names):
        lineage = ";".join(f"{letter}__{name}" for letter, name in zip("kpcofg", ["Bacteria", *rest], strict=False))
        lines.append(f">id{number} {lineage}\n{'ACGT' * 20}\n")
    path.write_text("".join(lines), encoding="utf-8")
    made = read_reference(path)
    for row, rest in zip(made.taxonomy.to_numpy(), drawn_names, strict=True):
        assert [name for name in row if name] == ["Bacteria", *rest]


@settings(max_examples=50, deadline=None)
@given(st.text("ACGTN", max_size=60))
def test_words_are_those_of_the_sequence(bases):
    expected = [
        sum("ACGT".index(base) * 4 ** (7 - place) for place, base in enumerate(bases[at : at + 8]))
        for at in range(len(bases) - 7)
        if "N" not in bases[at : at + 8]
    ]
    assert words(bases).tolist() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz")), min_size=1, max_size=12))
def test_a_consensus_is_what_most_have(lineages):
    names, shares = consensus(lineages, 0.51)
    for rank, (name, share) in enumerate(zip(names, shares, strict=True)):
        having = [one for one in lineages if tuple(one[: rank + 1]) == tuple(names[: rank + 1])]
        assert (name == "") == (share == 0)
        if name:
            assert share == len(having) / len(lineages) >= 0.51


def test_the_bundled_reference_says_its_age():
    made = bundled_reference()
    assert made.name == BUNDLED
    assert "2013" in made.notes[0]
    assert {"Bacteroides", "Faecalibacterium", "Akkermansia"} <= set(made.taxonomy["genus"])


# ---------------------------------------------------------------------------------------------- two references


def test_two_references_add_up_to_all(drawn):
    a = pd.DataFrame({"phylum": ["Firmicutes", "Firmicutes", "", ""], "genus": ["X", "Y", "", "Z"]}, index=list("abcd"))
    b = pd.DataFrame({"phylum": ["Bacillota", "", "Bacillota", ""], "genus": ["X", "W", "", ""]}, index=list("abcd"))
    weight = pd.Series([4.0, 3.0, 2.0, 1.0], index=list("abcd"))
    table = compared(a, b, weight)
    assert list(table.columns) == list(VERDICTS)
    np.testing.assert_allclose(table.sum(axis=1), 100)
    assert table.loc["phylum"].tolist() == [40, 0, 30, 20, 10]
    assert table.loc["genus"].tolist() == [40, 30, 10, 0, 20]
    assert differing(a, b, weight, "genus").to_numpy().tolist() == [["Y", "W", 30.0]]


def test_pairs_that_differ_are_added_up_the_largest_first_and_alike_ones_by_name():
    a = pd.DataFrame({"genus": ["Y", "X", "X", "[Z]", "Q", "", "R"]}, index=list("abcdefg"))
    b = pd.DataFrame({"genus": ["", "Q", "U", "Z", "W", "W", "V"]}, index=list("gedfcba"))
    weight = pd.Series([3.0, 1.0, 2.0, 4.0, 5.0, 6.0, 4.0], index=list("abcdefg"))
    told = differing(a, b, weight, "genus")
    assert told.values.tolist() == [["Z", "U", 16.0], ["X", "W", 12.0], ["Y", "V", 12.0]]
    assert told.index.tolist() == [0, 1, 2]


def test_the_layout_tells_the_last_name_that_is_sure_to_four_places():
    best = pd.DataFrame([["B", "", "G"], ["B", "P", "G"], ["B", "P", "G"]], columns=["kingdom", "clade", "genus"])
    sure = pd.DataFrame([[1.0, 0.97, 0.912351], [0.312351, 0.2, 0.1], [1.0, 0.8, 0.79]], columns=best.columns)
    assert Names(best, sure, "", "").layout(0.8).to_numpy().tolist() == [
        ["k__B; clade__; g__G", 0.9124],
        ["Unassigned", 0.3124],
        ["k__B; clade__P", 0.8],
    ]
    nothing = pd.DataFrame(index=["a"])
    assert Names(nothing, nothing, "", "").layout(0.8).to_numpy().tolist() == [["Unassigned", 0.0]]


def test_a_share_that_is_just_enough_is_enough():
    assert consensus([["A"], ["A"], ["A"], ["B"], ["B"]], 0.6) == (["A"], [0.6])
    assert consensus([["A"], ["A"], ["A"], ["B"], ["B"]], 0.61) == ([""], [0.0])
    assert consensus([["A", "x"], ["A", "y"], ["B", "z"]], 0.51) == (["A", ""], [2 / 3, 0.0])
    assert consensus([], 0.51) == ([], [])


def test_below_an_unsure_rank_nothing_is_called():
    best = pd.DataFrame([["B", "P", "G"]], index=["a"], columns=["kingdom", "phylum", "genus"])
    sure = pd.DataFrame([[1.0, 0.5, 0.9]], index=["a"], columns=best.columns)
    assert Names(best, sure, "", "").at(0.8).iloc[0].tolist() == ["B", "", ""]


def test_lineages_that_are_passed_over_are_never_the_best(drawn):
    generator = np.random.default_rng(9)
    copies = [mutated(gene, 0.02, generator) for gene in drawn.sequences for _ in range(10)]
    sizes = generator.integers(1, 4, len(copies))  # some lineages have more sequences, and so another base
    genes = [mutated(gene, 0.005, generator) for gene, size in zip(copies, sizes, strict=True) for _ in range(size)]
    has = np.zeros((len(copies), 4**8), dtype=np.float32)
    for lineage, gene in zip(np.repeat(np.arange(len(copies)), sizes), genes, strict=True):
        has[lineage, np.unique(words(gene))] += 1
    prior = (has.sum(axis=0) + 0.5) / (sizes.sum() + 1)
    parts = (sparse.csc_array(has[some].T) for some in np.array_split(np.arange(len(copies)), 3))
    gains = Gains(parts, int((has > 0).sum()), sizes)
    looked_at = []
    for gene in copies[::48]:
        own = words(mutated(gene[200:450], 0.02, generator))
        draws = generator.integers(0, len(own), (20, len(own) // 8))
        lot = gains.drawn(gains.lot(own), draws)
        near, scores = gains.best(lot)
        told = np.log((has + prior) / (sizes[:, None] + 1)) - np.log(prior)  # but for what all share
        whole = np.array([told[:, own[draw]].sum(axis=1) for draw in draws])
        assert np.allclose(scores, whole[:, near], atol=1e-3)
        others = np.setdiff1d(np.arange(len(copies)), near)
        assert (whole[:, others] < whole.max(axis=1, keepdims=True) - 1e-3).all()
        assert not len(gains.best(lot, floor=1e9)[0])
        looked_at.append(len(near))
    assert max(looked_at) < len(copies)


def test_a_species_is_told_with_its_genus_whatever_the_reference_writes():
    ranks = ["family", "genus", "species"]
    rows = [["R", "Faecalibacterium", "prausnitzii"], ["R", "Blautia", "Blautia obeum"], ["R", "", "x"], ["R", "B", ""]]
    told = [_last(pd.Series(row, index=ranks)[lambda names: names != ""]) for row in [*rows, ["", "", ""]]]
    assert told == ["Faecalibacterium prausnitzii", "Blautia obeum", "x", "B", "unclassified"]
