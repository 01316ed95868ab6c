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
    assert "later" in str(raised.value)
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


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([7, 7, 14, 7], "14 days from 2023-01-15 to 2023-01-29"),
        ([7, 7, 8, 7], "8 days from 2023-01-15 to 2023-01-23"),
        ([7, 3, 7, 7], "3 days from 2023-01-08 to 2023-01-11"),
        ([31, 28, 31, 61], "61 days from 2023-04-01 to 2023-06-01"),
        *[([step] * 4, f"{step} days from 2023-01-01") for step in (2, 6, 8, 27, 32)],
    ],
)
def test_the_step_that_is_unlike_the_others_is_told(tmp_path, days, told):
    dates = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.cumsum([0, *days]), unit="D")
    with pytest.raises(InputError, match="equal steps") as caught:
        read_trends(written(tmp_path, "Day,a\n" + "".join(f"{date:%Y-%m-%d},1\n" for date in dates)))
    assert told in str(caught.value)


def test_three_moments_are_enough_and_two_are_not(tmp_path):
    rows = "Maand,a: (Nederland),b: (België)\n2023-01,0,100\n2023-02,< 1,99\n"
    with pytest.raises(InputError, match="too few moments"):
        read_trends(written(tmp_path, rows))
    found = read_trends(written(tmp_path, rows + "2023-03,7,1\n"))
    assert found.interest["a"].tolist() == [0, 0.5, 7]
    assert found.place == "Nederland, België"


@pytest.mark.parametrize(("rows", "wrong"), [("Week,,a\n", "names no term"), ("Week\nb,c\n", "not a file of interest")])
def test_a_header_names_a_term_in_each_column(tmp_path, rows, wrong):
    with pytest.raises(InputError, match=wrong):
        read_trends(written(tmp_path, rows + "2023-01-01,1,2\n2023-01-08,1,2\n2023-01-15,1,2\n"))


def test_of_many_mistakes_a_hundred_are_told(tmp_path):
    with pytest.raises(InputErrors) as raised:
        read_trends(written(tmp_path, "Week,a\n" + "2023-01-01,x\n" * 120))
    assert len(raised.value.errors) == 100


def noisy(points, moment):
    weeks = pd.date_range("2021-01-03", periods=points, freq="W")
    return pd.Series(np.random.default_rng(3).normal(size=points), weeks), weeks[moment]


def test_intervals_are_of_newey_and_west_by_hand():
    """The covariance of White, and of neighbours l weeks apart with the weight 1 - l / (lags + 1)."""
    series, moment = noisy(100, 55)
    found = interrupted(series, moment, harmonics=0, confidence=0.9)
    assert found.lags == 4  # floor of 4 (100 / 100)^(2/9)
    years = np.asarray((series.index - moment).days) / 365.25
    after = (years >= 0).astype(float)
    x = np.column_stack([np.ones(100), years, after, years * after])
    inverse = np.linalg.inv(x.T @ x)
    params = inverse @ x.T @ series.to_numpy()
    scores = x * (series.to_numpy() - x @ params)[:, None]
    middle = scores.T @ scores
    for lag in range(1, 5):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / 5) * (cross + cross.T)
    errors = np.sqrt(np.diag(inverse @ middle @ inverse) * 100 / 96)
    width = stats.t.ppf(0.95, 96) * errors
    assert (found.level, found.slope) == pytest.approx(tuple(params[2:]))
    assert (found.level_low, found.level_high) == pytest.approx((params[2] - width[2], params[2] + width[2]))
    assert (found.slope_low, found.slope_high) == pytest.approx((params[3] - width[3], params[3] + width[3]))
    # By default intervals are of 95 %.
    wider = interrupted(series, moment, harmonics=0)
    ratio = (wider.level_high - wider.level) / (found.level_high - found.level)
    assert ratio == pytest.approx(stats.t.ppf(0.975, 96) / stats.t.ppf(0.95, 96))
    assert [interrupted(*noisy(points, 12), harmonics=0).lags for points in (26, 80, 400)] == [2, 3, 5]


def test_seasons_are_by_default_of_a_year_and_of_half_a_year():
    weeks = pd.date_range("2020-01-05", periods=200, freq="W")
    years = np.asarray((weeks - weeks[100]).days) / 365.25
    once, twice, thrice = (np.cos(2 * np.pi * k * years) + np.sin(2 * np.pi * k * years) for k in (1, 2, 3))
    for wave, harmonics, exact in (
        (once, {"harmonics": 1}, True),
        (twice, {"harmonics": 1}, False),
        (twice, {}, True),
        (thrice, {}, False),
        (once, {"harmonics": 0}, False),
    ):
        table = interrupted(pd.Series(wave, weeks), weeks[100], **harmonics).table
        assert np.allclose(table["observed"], table["fitted"]) == exact


@pytest.mark.parametrize(("points", "moment", "enough"), [(24, 12, True), (23, 12, False), (23, 11, False)])
def test_twelve_moments_on_each_side_are_enough(points, moment, enough):
    series, first = noisy(points, moment)
    if enough:
        assert interrupted(series, first, harmonics=0).table.shape == (24, 3)
        return
    with pytest.raises(InputError, match="too few moments") as told:
        interrupted(series, first, harmonics=0)
    assert f"{moment} before, {points - moment} after" in str(told.value)


def test_seasons_need_a_whole_year_before_the_change():
    series, _ = noisy(80, 0)
    with pytest.raises(InputError, match="a year before") as told:
        interrupted(series, series.index[52])
    assert "364 days" in str(told.value)
    assert len(interrupted(series, series.index[53]).table) == 80


def test_the_first_term_is_looked_at_where_none_is_named_and_zeros_are_no_moments(tmp_path):
    weeks = pd.date_range("2021-01-03", periods=150, freq="W")
    rows = "".join(f"{week:%Y-%m-%d},{n % 90 + 1},{(n < 110) * 7},<1\n" for n, week in enumerate(weeks))
    given = {"trends": str(written(tmp_path, "Week,a,b,c\n" + rows)), "term": "", "campaign": str(weeks[100].date())}
    measure_awareness(given)
    with pytest.raises(InputError, match="too few moments"):  # ten weeks with interest in b follow
        measure_awareness(given | {"term": "b"})
    measure_awareness(given | {"term": "c"})  # "<1" is more than nothing
