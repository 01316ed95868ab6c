import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from handbook_utils import datasets
from handbook_utils.analysis.time.trends import interrupted, measure_awareness, read_trends
from handbook_utils.analysis.time.trends_simulation import CAMPAIGN, TERMS, coverage, synthetic_trends
from handbook_utils.errors import InputError, InputErrors

ENGLISH = (
    "Category: All categories\n\n"
    "Week,darmen: (Netherlands),buikpijn: (Netherlands)\n2023-01-01,40,<1\n2023-01-08,100,0\n2023-01-15,3,7\n"
)
DUTCH = "Categorie: Alle categorieën\r\n\r\nMaand;darmen: (Nederland)\r\n2023-01;40\r\n2023-02;100\r\n2023-03;<1\r\n"


def written(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "multiTimeline.csv"
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_english_export(tmp_path, encoding):
    found = read_trends(written(tmp_path, ENGLISH, encoding))
    assert (found.step, found.place) == ("week", "Netherlands")
    assert found.interest["darmen"].tolist() == [40, 100, 3]
    assert found.interest["buikpijn"].tolist() == [0.5, 0, 7]
    assert found.too_little["buikpijn"].tolist() == [False, True, False]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_dutch_export(tmp_path, encoding):
    found = read_trends(written(tmp_path, DUTCH, encoding))
    assert (found.step, found.place, found.interest.columns.tolist()) == ("month", "Nederland", ["darmen"])


def test_the_newer_export_with_quotes_and_times(tmp_path):
    found = read_trends(
        written(tmp_path, '"Time","gut, health"\n"2023-01-01T00","1"\n"2023-01-02T00","2"\n"2023-01-03T00","3"\n')
    )
    assert (found.step, found.place, found.interest.columns.tolist()) == ("day", "", ["gut, health"])


def test_rows_in_any_order_come_out_in_order(tmp_path):
    found = read_trends(written(tmp_path, "Month,a\n2023-03,3\n2023-01,1\n2023-02,2\n"))
    assert found.interest["a"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "empty|not a file"),
        ("Region,darmen: (Netherlands)\nGroningen,100\n", "not a file of interest over time"),
        ("Week,darmen\n", "too few moments"),
        ("Week,darmen\n2023-01-01,1\n2023-01-08,2\n2023-01-22,3\n", "equal steps"),
        ("Week,darmen\n2023-01-01,1\n2023-01-01,2\n2023-01-08,3\n", "twice"),
        ("Week,darmen\n2023-01-01,1\n2023-01-08,101\n2023-01-15,3\n", "not one of an export"),
        ("Week,darmen\n2023-01-01,1\n2023-01-08,2.5\n2023-01-15,3\n", "not one of an export"),
        ("Week,darmen\n2023-01-01,1\n08-01-2023,2\n2023-01-15,3\n", "date cannot be read"),
        ("Week,darmen\n2023-01-01,1\n2023-02-30,2\n2023-01-15,3\n", "date cannot be read"),
        ("Week,darmen,darmen\n2023-01-01,1,1\n2023-01-08,2,2\n2023-01-15,3,3\n", "two columns"),
        ("Week,darmen\n2023-01-01,1,9\n2023-01-08,2\n2023-01-15,3\n", "another number of cells"),
    ],
)
def test_bad_files_say_what_is_wrong(tmp_path, content, problem):
    with pytest.raises(InputError, match=problem):
        read_trends(written(tmp_path, content))


def test_all_mistakes_at_once_with_their_lines(tmp_path):
    with pytest.raises(InputErrors) as raised:
        read_trends(written(tmp_path, "Category: x\n\nWeek,a,b\n2023-01-01,x,1\nlater,2,y\n"))
    assert len(raised.value.errors) == 3
    assert "line 4, a" in str(raised.value)
    assert "line 5" in str(raised.value)


def test_a_missing_file():
    with pytest.raises(InputError, match="cannot be opened"):
        read_trends("nowhere.csv")


@given(st.text(alphabet='Week,;\n\t"<10 2023-:()é', max_size=200))
def test_any_text_gives_a_table_or_an_input_error(tmp_path_factory, content):
    try:
        found = read_trends(written(tmp_path_factory.mktemp("x"), content))
    except (InputError, InputErrors):
        return
    assert found.interest.to_numpy().max() <= 100


def test_a_step_and_a_change_of_slope_are_found_exactly_where_there_is_no_noise():
    weeks = pd.date_range("2020-01-05", periods=200, freq="W")
    years = (weeks - pd.Timestamp("2022-01-02")).days / 365.25
    after = np.asarray(years >= 0, dtype=float)
    series = pd.Series(20 + 3 * years + 7 * after + 2 * years * after + 4 * np.sin(2 * np.pi * years), weeks)
    found = interrupted(series, "2022-01-02")
    assert found.level == pytest.approx(7)
    assert found.slope == pytest.approx(2)
    np.testing.assert_allclose(
        found.table["without"][weeks >= "2022-01-02"], series[weeks >= "2022-01-02"] - 7 - 2 * years[after == 1]
    )


def test_lag_zero_is_the_covariance_of_white_by_hand():
    """Without lags the covariance is (X'X)^-1 X' diag(e^2) X (X'X)^-1, times n / (n - k)."""
    random = np.random.default_rng(1)
    weeks = pd.date_range("2021-01-03", periods=80, freq="W")
    series = pd.Series(random.normal(size=80), weeks)
    found = interrupted(series, weeks[40], harmonics=0, lags=0, confidence=0.95)
    years = np.asarray((weeks - weeks[40]).days) / 365.25
    after = (years >= 0).astype(float)
    x = np.column_stack([np.ones(80), years, after, years * after])
    inverse = np.linalg.inv(x.T @ x)
    e = series.to_numpy() - x @ (inverse @ x.T @ series.to_numpy())
    variance = (inverse @ (x.T * e**2) @ x @ inverse)[2, 2] * 80 / 76
    assert (found.level_high - found.level_low) / 2 == pytest.approx(stats.t.ppf(0.975, 76) * np.sqrt(variance))


def test_too_little_around_the_moment():
    weeks = pd.date_range("2021-01-03", periods=100, freq="W")
    with pytest.raises(InputError, match="too few moments"):
        interrupted(pd.Series(1.0, weeks), weeks[95])
    with pytest.raises(InputError, match="a year before"):
        interrupted(pd.Series(1.0, weeks), weeks[30])


def test_the_truth_is_recovered_and_allowing_for_autocorrelation_helps():
    found = coverage(60, seed=100)
    assert abs(found["bias"]) < 1.5
    assert found["robust"] > found["plain"]
    assert 0.75 < found["robust"] <= 1
    with pytest.raises(ValueError, match="at least one"):
        coverage(0)


def test_the_bundled_data_are_what_the_seeded_module_makes():
    made = synthetic_trends()
    frame = datasets.frame("synthetic-trends")
    assert frame["week"].tolist() == [f"{week:%Y-%m-%d}" for week in made.interest.index]
    np.testing.assert_array_equal(frame[["darmen", "prikkelbare_darm", "microbioom"]], made.interest[list(TERMS)])
    assert made.interest.to_numpy().max() == 100
    assert CAMPAIGN in made.interest.index


def test_the_chapter_checks_its_input(tmp_path):
    good = {"trends": "", "term": "", "campaign": "2023-03-05"}
    measure_awareness(good)
    with pytest.raises(InputError, match="no date"):
        measure_awareness(good | {"campaign": "March"})
    weeks = pd.date_range("2021-01-03", periods=150, freq="W")
    path = written(
        tmp_path, "Week,darmen: (Nederland)\n" + "".join(f"{w:%Y-%m-%d},{n % 90 + 1}\n" for n, w in enumerate(weeks))
    )
    measure_awareness(good | {"trends": str(path)})
    with pytest.raises(InputError, match="not in the file"):
        measure_awareness(good | {"trends": str(path), "term": "darm"})
    with pytest.raises(InputError, match="too few moments"):
        measure_awareness(good | {"trends": str(path), "campaign": "2030-01-01"})
