"""What import-and-inspect sees in a table, and what it says of it."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.recipes.import_and_inspect import Look
from handbook_utils.study import Study

NAMES = [f"s{number}" for number in range(8)]


def counts(**changes) -> pd.DataFrame:
    drawn = np.random.default_rng(1).poisson(np.geomspace(0.5, 300, 60), (8, 60))
    frame = pd.DataFrame(drawn, index=NAMES, columns=[f"t{number}" for number in range(60)])
    return frame.assign(**changes)


def look_at(frame: pd.DataFrame, metadata: pd.DataFrame | None = None, **parts) -> Look:
    return Look(Study.from_frame(frame, metadata, **parts), "")


def test_nothing_stands_out_where_nothing_does():
    metadata = pd.DataFrame({"arm": ["a", "b"] * 4, "age": range(8)}, index=NAMES)
    seen = look_at(counts(), metadata)
    assert seen.doubts == []
    assert "Nothing stands out" in seen.answer["found"]
    assert seen.read_back == {"table": True, "samples": True, "metadata, but for blanks at the ends of words": True}
    assert set(seen.files) == {"table.biom", "table.tsv", "metadata.tsv"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.mul([1, 1, 1, 1, 1, 1, 1, 20], axis=0), "Depth differs 19 times between samples"),
        (lambda frame: (frame * 30).div([1, 30, 1, 1, 1, 1, 1, 1], axis=0).round(), "a tenth of the median depth: s1"),
        (lambda frame: pd.concat([frame.iloc[:7], frame.iloc[[0]].set_axis(["s7"])]), "every feature: s7 = s0"),
        (lambda frame: frame.assign(t0=0), "1 features occur in none of these samples"),
        (lambda frame: frame.where(frame != 1, 0), "as after denoising"),
        (lambda frame: frame.clip(upper=1), "Every value is 0 or 1"),
    ],
)
def test_what_is_wrong_is_told(change, said):
    seen = look_at(change(counts()))
    assert said in " ".join(seen.doubts)
    assert said in seen.answer["found"]


def test_columns_that_say_nothing_or_too_little_are_told():
    metadata = pd.DataFrame({"site": "x", "age": [1.0, None, 3, 4, 5, 6, 7, 8]}, index=NAMES)
    doubts = " ".join(look_at(counts(), metadata).doubts)
    assert "Column site has one value only" in doubts
    assert "Column age has no value for 1 samples." in doubts


def test_shares_have_no_depth():
    shares = counts().div(counts().sum(axis=1), axis=0)
    seen = look_at(shares, quantity="abundances")
    assert "how deeply samples were read is not known" in seen.answer["found"]
    assert "reads of" not in seen.answer["found"]
    assert not seen.doubts
    part = look_at(shares.iloc[:, :50], quantity="abundances")
    assert "do not add up to the same" in part.doubts[0]


def test_metadata_that_qiime_refuses_are_not_among_the_files():
    refused = pd.DataFrame({"sample-id": ["a", "b"] * 4}, index=NAMES)
    seen = look_at(counts(), refused)
    assert set(seen.files) == {"table.biom", "table.tsv"}
    assert seen.read_back == {"table": True, "samples": True}
