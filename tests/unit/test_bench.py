"""What a layout becomes at the bench: sheets read back from the PDF, the robot's table, maps; the list of samples."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from handbook_utils.errors import InputError, InputErrors
from handbook_utils.figures import use_style
from handbook_utils.protocols.example.people import example_samples
from handbook_utils.protocols.inputs import read_samples
from handbook_utils.protocols.wells.bench import bench_pdf, fitted, robot_csv
from handbook_utils.protocols.wells.layout_inputs import plate_layout
from handbook_utils.protocols.wells.maps import drawable, in_words, letters_for, plate_map, score_figure
from handbook_utils.protocols.wells.plates import layout, plain_scores
from handbook_utils.results import Results

MADE = layout(example_samples(), covariates=["arm"], candidates=2, seed=1)


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_every_tube_stands_on_the_sheet_of_its_plate():
    read = pages(bench_pdf(MADE, study="Vezels & gefermenteerd – één", version="1.2", date="2026-11-24"))
    assert len(read) == MADE.plates == 2
    for number, page in enumerate(read, start=1):
        assert f"Plate {number} of 2" in page
        assert f"page {number} of 2" in page
        assert f"Layout {MADE.id}   seed 1   96 wells   version 1.2   date 2026-11-24" in page
        assert "Vezels & gefermenteerd – één" in page
        assert "Checked by, date" in page
        words = page.split()
        tubes = MADE.wells.loc[(MADE.wells["plate"] == number) & (MADE.wells["sample"] != ""), "sample"]
        assert [tube for tube in tubes if tube not in words] == []
        others = MADE.wells.loc[(MADE.wells["plate"] != number) & (MADE.wells["sample"] != ""), "sample"]
        assert [tube for tube in others if tube in words] == []


def test_the_bench_does_not_see_the_groups():
    text = " ".join(pages(bench_pdf(MADE)))
    assert [arm for arm in ("fibre", "fermented", "usual") if arm in text] == []
    assert "version ______" in text


def test_sheets_are_a4_landscape_and_the_same_bytes():
    made = bench_pdf(MADE, study="S")
    assert made == bench_pdf(MADE, study="S") != bench_pdf(MADE, study="T")
    box = PdfReader(io.BytesIO(made)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (842, 595)


def test_384_wells_with_long_ids_are_all_there():
    samples = example_samples(100)
    samples["sample"] = "Umc-" + samples["sample"] + "-stool-aliquot"
    made = layout(samples, plate=384, candidates=1)
    text = "".join("".join(pages(bench_pdf(made))).split())
    assert [tube for tube in samples["sample"] if tube not in text] == []


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=36))
def test_ids_fit_into_a_well_of_96(text):
    size, lines = fitted(text, 60, 47)
    assert "".join(lines) == text
    assert size * len(lines) <= 47
    assert size >= 5


def test_the_robots_table_is_the_layout_and_no_formula():
    samples = example_samples(10)
    samples.loc[0, "sample"], samples.loc[1, "sample"] = "=cmd|'/c calc'!A1", "+31-1"
    made = layout(samples, candidates=2)
    content = robot_csv(made)
    assert content.count(b"\r\n") == content.count(b"\n") == 97
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert [row["well"] for row in rows[:9]] == ["A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1", "A2"]
    assert [int(row["position"]) for row in rows] == list(range(1, 97))
    assert [row["sample"].lstrip("'") for row in rows] == made.wells["sample"].tolist()
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))] == []
    assert {"'=cmd|'/c calc'!A1", "'+31-1"} <= {row["sample"] for row in rows}


def letters_drawn(figure) -> list[str]:
    """Every letter on a map, once for each well that carries it."""
    groups = [group for axes in figure.axes for group in axes.collections]
    return [group.get_label() for group in groups for _ in group.get_offsets()]


def test_the_map_shows_every_well_and_letters_beside_colours():
    figure = plate_map(MADE, "arm").figure
    drawn = letters_drawn(figure)
    letters = letters_for(sorted(set(example_samples()["arm"])))
    arms = MADE.wells.loc[MADE.wells["content"] == "sample", "arm"].value_counts()
    for arm, letter in letters.items():
        assert drawn.count(letter) == arms[arm]
    assert [drawn.count(mark) for mark in "BMND"] == [4, 2, 2, 2]


def test_letters_are_different_whatever_the_names():
    assert letters_for(["a", "aa", "aaa", "ab"]) == {"a": "a", "aa": "2", "aaa": "3", "ab": "b"}


def test_too_many_levels_for_colours_are_refused():
    samples = example_samples().assign(week=[str(n % 8) for n in range(180)])
    with pytest.raises(InputError, match="cannot be told apart"):
        plate_map(layout(samples, covariates=["week"], candidates=1), "week")


def test_samples_without_covariates_are_drawn_alike():
    made = layout(example_samples(), candidates=1)
    assert drawable(made) == ""
    drawn = letters_drawn(plate_map(made).figure)
    assert drawn.count("s") == 180
    assert plain_scores(example_samples(), draws=2)["total"].tolist() == [0, 0]


def test_a_map_is_told_in_words():
    words = in_words(MADE, drawable(MADE))
    assert words.startswith(
        "Map of 2 of 2 plates of 96 wells. Plate 1 holds 90 samples (30 fermented, 30 fibre, 30 usual)"
    )


def test_scores_are_drawn_for_the_whole_and_every_part():
    use_style()
    plain = plain_scores(example_samples(), draws=30, covariates=["arm"])
    figure = score_figure(plain, plain.iloc[:2]).figure
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["total", "plate", "row", "column", "neighbours"]
    assert sum(patch.get_height() for patch in figure.axes[0].patches) == 30


# ---------------------------------------------------------------------- the list of samples


TEXT = "sample;participant;centre\r\n007;P1;Zürich\r\n1E5;P2;’s-Gravenhage\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encoding_and_separator_are_found_from_the_content(tmp_path, encoding, separator):
    path = tmp_path / "samples.txt"
    path.write_bytes(TEXT.replace(";", separator).encode(encoding))
    frame = read_samples(path)
    assert frame.to_dict("list") == {
        "sample": ["007", "1E5"],
        "participant": ["P1", "P2"],
        "centre": ["Zürich", "’s-Gravenhage"],
    }
    assert frame.index.tolist() == [2, 3]


def test_a_workbook_is_read_too(tmp_path):
    example_samples(5).to_excel(tmp_path / "samples.xlsx", index=False)
    pd.testing.assert_frame_equal(
        read_samples(tmp_path / "samples.xlsx").reset_index(drop=True), example_samples(5), check_dtype=False
    )


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(tmp_path):
    path = tmp_path / "my samples.csv"
    path.write_text("sample,participant,arm\nS1,P1,a\nS2,,b\nS1,P2,a\n,P3,b\n", encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        plate_layout({"samples": str(path), "covariates": ["arm", "sxe"], "plate": 96, "blanks": 1})
    message = str(caught.value)
    for part in (
        "my samples.csv, line 3",
        "1 rows have no participant",
        "Sample id 'S1' occurs more than once",
        "line 2, 4",
        "line 5",
        "There is no column 'sxe'",
        "too few blanks",
    ):
        assert part in message


def test_a_plate_over_full_is_told_before_anything_runs(tmp_path):
    path = tmp_path / "samples.csv"
    example_samples().to_csv(path, index=False)
    plate_layout({"samples": str(path), "covariates": ["arm", "sex"], "plates": 0, "plate": 96, "seed": 1})
    with pytest.raises(InputError, match="do not fit on so few plates"):
        plate_layout({"samples": str(path), "covariates": ["arm"], "plates": 1})
    with pytest.raises(InputError, match="do not fit on so few plates"):
        plate_layout({"samples": "", "covariates": ["arm"], "plates": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,participant,arm\nS1,P1,a,b\nS2,P2,b\n", "more cells than the header"),
        ("sample,,arm\nS1,P1,a\n", "Columns have no name"),
        ("sample,arm,arm\nS1,P1,a\n", "Columns have the same name"),
        ("sample,participant,content\nS1,P1,a\nS2,P1,b\n", "the layout itself has such a column"),
    ],
)
def test_tables_that_are_none(tmp_path, text, message):
    path = tmp_path / "samples.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((InputError, InputErrors), match=message):
        plate_layout({"samples": str(path), "covariates": ["content"]})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        plate_layout({"samples": str(tmp_path / "none.csv")})


# ---------------------------------------------------------------------- offered for download


def test_a_file_is_kept_and_linked(tmp_path, capsys):
    Results(folder=tmp_path).file("plates.csv", b"a,b\r\n", "Robot <table>")
    assert (tmp_path / "files" / "plates.csv").read_bytes() == b"a,b\r\n"
    shown = capsys.readouterr().out
    assert "Robot &lt;table&gt; (CSV, 1 kB)" in shown
    assert 'href="data:text/csv;base64,YSxiDQo="' in shown


@pytest.mark.parametrize("name", ["../a.csv", "a/b.csv", ".hidden.csv", "noending", ""])
def test_a_file_has_a_plain_name(name, tmp_path):
    with pytest.raises(ValueError, match="not a file name"):
        Results(folder=tmp_path).file(name, b"", "label")
