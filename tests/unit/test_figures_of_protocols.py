"""Named plots of the protocols: each says in words what it shows, computed from the same numbers."""

import pandas as pd

from handbook_utils.figures.procedures.completeness import answered
from handbook_utils.figures.procedures.files import file_sizes
from handbook_utils.figures.procedures.labels import label_enlarged, slips_noticed
from handbook_utils.figures.procedures.plates import expected_and_found, plates_coloured


def test_the_question_answered_least_often_is_named():
    drawn = answered(pd.Series({"diet": 0.5, "sex": 1.0}), "Answers", "forms (%)")
    assert "Least often answered: diet, 50%. 1 of 2 were always answered" in drawn.alt


def test_files_are_counted_by_their_folder_and_the_largest_is_named():
    sizes = pd.Series({"data/a.csv": 9000, "archive/b.tsv": 1000, "readme.md": 500})
    drawn = file_sizes(sizes, {"data": "tables", "archive": "sheets", "": "descriptions"}, "Crate")
    assert "tables: 1; sheets: 1; descriptions: 1. The largest is a.csv, 9 kB" in drawn.alt


def test_a_label_shows_the_code_in_dots_and_in_letters():
    drawn = label_enlarged([[True, False], [False, True]], ["7K3PXP-1", "baseline"], (38, 21), "One label")
    assert "reads 7K3PXP-1, and beside it 7K3PXP-1, baseline" in drawn.alt
    assert [text.get_text() for text in drawn.figure.axes[0].texts] == ["7K3PXP-1", "baseline"]


def test_both_checks_are_told():
    drawn = slips_noticed(pd.DataFrame({"caught": [100.0], "plain sum": [3.0]}, index=["swap"]), "Slips")
    assert "This check: swap 100.0 %. A plain sum: swap 3.0 %." in drawn.alt


def test_the_taxon_of_a_mock_that_is_furthest_off_is_named():
    shares = pd.DataFrame({"expected": [50.0, 50.0], "1-H1": [30.0, 70.0]}, index=["a", "b"])
    assert "Well 1-H1 is furthest off at a: 30.0 % for 50.0 %" in expected_and_found(shares, "Mock", "share (%)").alt


def test_wells_are_coloured_where_they_lie_and_controls_bear_letters():
    wells = pd.DataFrame(
        {"plate": 1, "row": ["A", "B", "H"], "column": [1, 2, 12], "content": ["sample", "blank", "sample"]},
        index=["1-A1", "1-B2", "1-H12"],
    )
    drawn = plates_coloured(wells, {1: pd.Series({"1-A1": 2.0, "1-H12": 5.0})}, {"blank": "B"}, "", "reads")
    grid = drawn.figure.axes[0].images[0].get_array()
    assert (grid.shape, grid[0, 0], grid[7, 11]) == ((8, 12), 2.0, 5.0)
    assert "On plate 1 most, 5.0, in 1-H12" in drawn.alt
    assert [text.get_text() for text in drawn.figure.axes[0].texts] == ["B"]
