"""Tests over time and before and after: the right rate of false findings, power that rises, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, t
from scipy.stats import f as f_distribution
from skbio import DistanceMatrix

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.outcomes import followed
from handbook_utils.analysis.time.course import MODELS, attendance, course, marginal
from handbook_utils.analysis.time.longitudinal import change_points, mixed_model, pairs_in_time
from handbook_utils.analysis.time.mixed import MixedFit, fit_mixed
from handbook_utils.analysis.time.paired import crossover, crossover_of, paired_ratio
from handbook_utils.errors import InputError
from handbook_utils.study import Study

SIZE = 200


def people(generator, slope, count=20, times=4):
    level = np.repeat(generator.normal(0, 1, count), times)
    month = np.tile(np.arange(times, dtype=float), count)
    values = level + slope * month + generator.normal(0, 1, count * times)
    return pd.DataFrame({"who": np.repeat([f"p{n}" for n in range(count)], times), "month": month, "y": values})


def plausible(found: int, tries: int) -> bool:
    return binomtest(found, tries, 0.05).pvalue > 0.001


def test_mixed_model_rarely_finds_what_is_not_there_and_finds_more_the_steeper():
    rates = []
    for slope in (0.0, 0.15, 0.5):
        generator = np.random.default_rng(5)
        made = [mixed_model(people(generator, slope), "y", ["month"], "who").table.loc["month", "p"] for _ in range(60)]
        rates.append(sum(p <= 0.05 for p in made))
    assert plausible(rates[0], 60)
    assert rates[0] < rates[1] < rates[2]


def test_paired_and_crossover_hold_their_level_and_gain_power():
    names = ("paired", "ranks", "crossover", "carry-over")
    found = {(name, effect): 0 for name in names for effect in (0.0, 0.2, 0.5)}
    for effect in (0.0, 0.2, 0.5):
        generator = np.random.default_rng(8)
        for _ in range(SIZE):
            level = generator.normal(2, 0.5, 16)
            first = pd.Series(np.exp(level + generator.normal(0, 0.3, 16)))
            second = pd.Series(np.exp(level + effect + generator.normal(0, 0.3, 16)))
            paired = paired_ratio(first, second)
            found["paired", effect] += paired["p"] <= 0.05
            found["ranks", effect] += paired["p_rank"] <= 0.05
            order = pd.Series(["AB"] * 8 + ["BA"] * 8)
            given = np.where(order == "AB", effect, 0.0)
            one = pd.Series(np.exp(level + given + generator.normal(0, 0.3, 16)))
            two = pd.Series(np.exp(level + effect - given + generator.normal(0, 0.3, 16)))
            crossed = crossover(one, two, order)["p"]
            found["crossover", effect] += crossed["treatment"] <= 0.05
            # Nothing is carried over, whatever the treatment does.
            found["carry-over", effect] += crossed["carry-over"] <= 0.05
    assert all(plausible(found["carry-over", effect], SIZE) for effect in (0.0, 0.2, 0.5))
    for name in ("paired", "ranks", "crossover"):
        assert plausible(found[name, 0.0], SIZE)
        assert found[name, 0.0] < found[name, 0.2] < found[name, 0.5]


def test_carry_over_is_found_more_often_the_more_is_carried():
    found = []
    for carried in (0.0, 0.8, 2.0):
        generator = np.random.default_rng(9)
        order, times = pd.Series(["AB"] * 8 + ["BA"] * 8), 0
        for _ in range(100):
            level = generator.normal(2, 0.5, 16)
            one = pd.Series(np.exp(level + generator.normal(0, 0.3, 16)))
            two = pd.Series(np.exp(level + carried * (order == "AB") + generator.normal(0, 0.3, 16)))
            times += crossover(one, two, order).loc["carry-over", "p"] <= 0.05
        found.append(times)
    assert plausible(found[0], 100)
    assert found[0] < found[1] < found[2]


def test_groups_of_people_with_several_samples_are_compared_as_people():
    found = []
    for effect in (0.0, 0.7, 1.5):
        generator = np.random.default_rng(6)
        times = 0
        for _ in range(60):
            frame = people(generator, 0.0)
            second = frame["who"].isin([f"p{n}" for n in range(10)])
            frame = frame.assign(arm=np.where(second, "b", "a"), y=frame["y"] + effect * second)
            times += mixed_model(frame, "y", ["arm"], "who").table["p"].iloc[-1] <= 0.05
        found.append(times)
    assert plausible(found[0], 60)
    assert found[0] < found[1] < found[2]


def series(generator, jump):
    noise = generator.normal(size=(60, 4))
    for day in range(1, 60):
        noise[day] += 0.4 * noise[day - 1]
    noise[30:] += jump
    return DistanceMatrix(np.sqrt(((noise[:, None] - noise) ** 2).sum(axis=2)), ids=[f"d{n}" for n in range(60)])


def test_a_jump_is_found_where_it_is_and_seldom_where_there_is_none():
    generator = np.random.default_rng(2)
    jumped = change_points(series(generator, 3.0), permutations=99)
    assert "d30" in jumped.index
    found = [
        sum(len(change_points(series(generator, jump), permutations=99)) > 0 for _ in range(tries))
        for jump, tries in ((0.0, 100), (0.5, 40), (1.5, 40))
    ]
    assert plausible(found[0], 100)
    assert found[0] / 100 < found[1] / 40 < found[2] / 40


def test_pairs_are_within_people_only():
    apart = DistanceMatrix([[0, 1, 2], [1, 0, 3], [2, 3, 0]], ids=list("abc"))
    found = pairs_in_time(apart, pd.Series({"a": "x", "b": "y", "c": "x"}), pd.Series({"a": 5.0, "b": 1, "c": 2}))
    assert found.to_dict("records") == [{"person": "x", "gap": 3.0, "distance": 2.0, "next": True}]


def test_what_cannot_be_fitted_is_refused():
    frame = pd.DataFrame({"who": list("abc"), "month": [0.0, 1, 2], "y": [1.0, 2, 3]})
    with pytest.raises(InputError, match="several samples of several people"):
        mixed_model(frame, "y", ["month"], "who")
    with pytest.raises(InputError, match="two sequences"):
        crossover(pd.Series([1.0, 2]), pd.Series([1.0, 2]), pd.Series(["AB", "AB"]))
    with pytest.raises(InputError, match="above 0"):
        paired_ratio(pd.Series([0.0, 1, 2]), pd.Series([1.0, 1, 2]))


def test_own_slopes_keep_the_level_where_people_differ_in_pace():
    generator = np.random.default_rng(8)
    found = {None: 0, "week": 0}
    for _ in range(60):
        who = np.repeat(np.arange(20), 4)
        week = np.tile(np.arange(4.0), 20)
        pace = generator.normal(0, 0.3, 20)
        y = generator.normal(0, 0.3, 20)[who] + pace[who] * week + generator.normal(0, 0.2, 80)
        frame = pd.DataFrame({"who": who, "week": week, "arm": np.where(who % 2, "a", "b"), "y": y})
        frame["both"] = frame["week"] * (frame["arm"] == "b")
        for slopes in found:
            p = mixed_model(frame, "y", ["week", "arm", "both"], "who", slopes=slopes).table.loc["both", "p"]
            found[slopes] += p <= 0.05
    # 3 of 60 are expected at 5 %; binomial 99.9 % upper limit: 9.
    assert found["week"] <= 9 < found[None]


@pytest.mark.parametrize(
    ("values", "who", "said"),
    [
        ([1.0, 2, 3, 4], list("aabb"), "several samples of several people"),
        ([1.0, 2, 3, 4, 5], list("abcde"), "several samples of several people"),
        ([1.0] * 6, list("aabbcc"), "no finite fit"),
    ],
)
def test_a_mixed_model_that_cannot_be_fitted_is_refused(values, who, said):
    with pytest.raises(InputError, match=said):
        fit_mixed(values, pd.DataFrame({"1": np.ones(len(values))}), who)
    model = pd.DataFrame({"1": 1.0, "one": [0.0, 1, 0, 1, 0, 1], "again": [0.0, 1, 0, 1, 0, 1]})
    with pytest.raises(InputError, match="say the same"):
        fit_mixed([1.0, 2, 2, 3, 1, 4], model, list("aabbcc"))


def cross_over(generator, effect=0.0, people=16):
    """Return a row a sample of a cross-over study, A and B in two periods."""
    who = np.repeat(np.arange(people), 2)
    drug = np.where((who % 2 == 0) == (np.tile([1, 2], people) == 1), "A", "B")
    level = generator.normal(3, 0.5, people)[who]
    value = np.exp(level + effect * (drug == "B") + generator.normal(0, 0.2, 2 * people))
    return pd.DataFrame({"who": who, "period": np.tile([1, 2], people), "drug": drug, "value": value})


def of_rows(frame):
    return crossover_of(frame["value"], frame["who"], frame["period"], frame["drug"])


def test_a_cross_over_is_read_from_a_row_a_sample_and_missing_visits_still_count():
    generator = np.random.default_rng(6)
    frame = cross_over(generator, effect=0.4)
    whole = of_rows(frame)
    assert list(whole.index[:2]) == ["B over A, people with both periods", "B over A, everybody"]
    assert whole["low"].iloc[0] < np.exp(0.4) < whole["high"].iloc[0]
    wide = frame.pivot(index="who", columns="period", values="value")
    order = pd.Series(np.where(np.arange(16) % 2 == 0, "AB", "BA"))
    plain = crossover(wide[1], wide[2], order).loc["treatment"]
    assert whole["ratio"].iloc[0] == pytest.approx(1 / plain["ratio"])
    assert whole["low"].iloc[0] == pytest.approx(1 / plain["high"])
    # Balanced and whole, the mixed model is the same analysis.
    assert list(whole.iloc[1, :4]) == pytest.approx(list(whole.iloc[0, :4]), rel=1e-5)
    fewer = of_rows(frame.drop(index=[1, 4]))
    assert (fewer["people"].iloc[0], fewer["samples"].iloc[0]) == (14, 28)
    assert (fewer["people"].iloc[1], fewer["samples"].iloc[1]) == (16, 30)
    assert fewer["ratio"].iloc[0] != pytest.approx(fewer["ratio"].iloc[1], rel=1e-6)


def test_a_cross_over_of_everybody_keeps_its_level_with_missing_visits():
    generator = np.random.default_rng(7)
    small = 0
    for _ in range(60):
        frame = cross_over(generator).drop(index=generator.choice(32, 5, replace=False))
        small += of_rows(frame)["p"].iloc[1] <= 0.05
    assert binomtest(small, 60, 0.05).pvalue > 0.001


def test_what_is_no_cross_over_is_refused():
    frame = cross_over(np.random.default_rng(1))
    for wrong in (
        frame.assign(drug="A"),
        frame.assign(period=1),
        frame.assign(drug=np.where(frame["period"] == 1, "A", "A")),
    ):
        with pytest.raises(InputError, match="no cross-over"):
            of_rows(wrong)
    with pytest.raises(InputError, match="two sequences"):
        of_rows(frame.assign(drug=np.where(frame["period"] == 1, "A", "B")))


def followed_people(times, *, twice=False):
    generator = np.random.default_rng(9)
    who = np.repeat([f"p{n}" for n in range(12)], times)
    week = np.tile(np.arange(times, dtype=float), 12)
    week = np.where(twice & (week == 1), 0.0, week)
    frame = pd.DataFrame({"who": who, "week": week, "arm": np.where(pd.factorize(who)[0] % 2, "a", "b")})
    frame.index = [f"s{row}" for row in frame.index]
    values = generator.normal(0, 1, 12)[pd.factorize(who)[0]] + 0.5 * week + generator.normal(0, 0.3, len(who))
    return pd.Series(values, index=frame.index), frame


def test_a_course_is_modelled_with_own_slopes_where_there_are_samples_enough():
    values, frame = followed_people(4)
    asked = {"group": "arm", "person": "who", "time": "week", "interactions": "arm:week", "minimum": 3}
    whole = course(values, design_of(frame, **asked), "week")
    assert whole.model == "slopes"
    assert list(whole.table.index) == ["week", "arm[b]", "arm[b]:week"]
    assert whole.table.loc["week", "low"] < 0.5 < whole.table.loc["week", "high"]
    assert list(whole.others.loc["week"].index)[-1] == "averages over people (GEE)"
    assert len(whole.others.loc["week"]) == len(MODELS) + 1
    few, fewer = followed_people(2)
    assert course(few, design_of(fewer, **asked), "week").model == "level and neighbours"
    # Two samples of one person at one time cannot be neighbours in time.
    same, twice = followed_people(4, twice=True)
    assert len(course(same, design_of(twice, **asked), "week").others.loc["week"]) == 3
    with pytest.raises(InputError, match="two samples at one time"):
        fit_mixed(same, pd.DataFrame({"1": np.ones(48)}), twice["who"], when=twice["week"])


def test_what_can_be_followed():
    table = pd.DataFrame([[5, 5], [9, 1], [0, 10]], index=list("xyz"), columns=["Blautia", "b"])
    study, who = Study.from_frame(table), pd.Series(["p", "p", "q"], index=list("xyz"))
    day = pd.Series([1.0, 0, 3], index=list("xyz"))
    # The first sample of a person is that of the earliest day, and has no distance from itself.
    assert followed(study, "distance", who, day)[0].round(3).to_dict() == {"x": 0.4}
    assert followed(study, "shannon", who, day)[0]["x"] == pytest.approx(np.log(2))
    with pytest.raises(InputError, match="no feature 'Blautja'") as caught:
        followed(study, "Blautja", who, day)
    assert "Blautia" in str(caught.value.remedy)
    # Half of the least share stands for none; people are told apart, and who has no time is not followed.
    shares = followed(study, "b", who, day)
    assert shares[0].to_dict() == pytest.approx({"x": -1.0, "y": np.log2(0.1), "z": 0.0})
    assert shares[1] == "share of b (logarithm to base 2)"
    assert followed(study, "Blautia", who, day)[0]["z"] == pytest.approx(np.log2(0.5 / 2))
    assert followed(study, "distance", who, day.where(day > 0))[0].empty
    with pytest.raises(InputError, match="No sample has 'c'"):
        followed(Study.from_frame(table.assign(c=0)), "c", who, day)


def test_averages_need_more_people_than_columns():
    with pytest.raises(InputError, match="more people"):
        marginal(np.arange(4.0), pd.DataFrame({"1": 1.0, "x": [0.0, 1, 0, 1]}), pd.Series(list("aabb")))


def test_a_jump_counts_the_order_that_was_seen_and_where_nothing_changes_there_is_none():
    place = np.r_[np.zeros(20), np.ones(20)]
    apart = DistanceMatrix(np.abs(place[:, None] - place), ids=[f"d{n:02d}" for n in range(40)])
    one = change_points(apart, permutations=0, threshold=1.0)
    assert (one["p"] == 1).all()
    assert one.loc["d20", "share"] == pytest.approx(1.0)
    found = change_points(apart, permutations=199)
    assert found.index.to_list() == ["d20"]
    assert found["p"].iloc[0] * 200 == pytest.approx(round(found["p"].iloc[0] * 200))


def test_many_times_are_counted_in_parts_and_empty_parts_are_left_out():
    days = [*range(10), *range(20, 30)]
    rows = pd.DataFrame({"person": ["a", "b"] * 10, "time": days, "group": ["x", "y"] * 10})
    counted = attendance(rows, "day", most=12, parts=3)
    assert len(counted) == 2
    assert counted.to_numpy().tolist() == [[1, 1], [1, 1]]
    assert len(attendance(rows, "day", most=20)) == 20


def test_of_a_marginal_answer_interval_and_p_are_those_of_t():
    frame = people(np.random.default_rng(8), 0.4, count=15)
    model = pd.DataFrame({"1": 1.0, "month": frame["month"]})
    found = marginal(frame["y"].to_numpy(), model, frame["who"]).loc["month"]
    assert found["df"] == 13
    ends = t.interval(0.95, 13, found["estimate"], found["error"])
    assert (found["low"], found["high"]) == pytest.approx(ends)
    assert found["p"] == pytest.approx(2 * t.sf(abs(found["estimate"]) / found["error"], 13))


def test_two_samples_of_a_person_are_as_alike_as_they_were_made():
    frame = people(np.random.default_rng(9), 0.4, count=200)
    found = mixed_model(frame, "y", ["month"], "who")
    assert found.between == pytest.approx(1, abs=0.25)
    assert found.same_person == pytest.approx(0.5, abs=0.07)


def bare(gradients, variance, estimate=(1.0, 2.0)) -> MixedFit:
    """A fit of two coefficients with variances of 4 and 9, whose variances' parameters are as unsure as is said."""
    parts = pd.Series(estimate, index=["a", "b"]), np.diag([4.0, 9.0]), np.eye(1), np.empty((0, 0))
    return MixedFit(*parts, 1.0, float("nan"), 0.0, 20, 5, 0, np.array(gradients), np.array(variance))


def test_degrees_of_freedom_of_satterthwaite_by_hand():
    """Twice the square of the variance, over the variance of the variance by the delta method."""
    fit = bare([np.diag([1.0, 2.0]), np.diag([0.0, 1.0])], [[3.0, 0.5], [0.5, 2.0]])
    # Of b the gradient is (2, 1): its variance varies by 4 * 3 + 2 * 2 * 0.5 + 2 = 16.
    assert fit.freedom([0, 1]) == pytest.approx(2 * 81 / 16)
    assert fit.freedom([1, 0]) == pytest.approx(2 * 16 / 3)
    row = fit.contrast([0, 1], confidence=0.9)
    low, high = t.interval(0.9, 2 * 81 / 16, 2, 3)
    assert row[["low", "high"]].to_list() == pytest.approx([low, high])
    assert row["p"] == pytest.approx(2 * t.sf(2 / 3, 2 * 81 / 16))
    # One term is its t squared, with the same degrees of freedom and p.
    assert fit.together([1]).to_list() == pytest.approx([4 / 9, 1, 2 * 81 / 16, row["p"]])
    # Variances that are known exactly: samples less coefficients.
    assert bare([np.zeros((2, 2))], [[1.0]]).freedom([0, 1]) == 18


@pytest.mark.parametrize(
    ("variance", "second"),
    [
        # Degrees of freedom of each direction: 2 over the variance of the parameter, whose gradient is the variance.
        (1.0, 2.0),  # 2 and 2: no expectation
        (0.8, 2.5),  # 2.5 and 2.5: E = 10, and 2 * 10 / (10 - 2)
        (0.2, 10.0),
    ],
)
def test_terms_together_after_fai_and_cornelius_by_hand(variance, second):
    fit = bare([np.diag([4.0, 9.0])], [[variance]])
    found = fit.together([0, 1])
    f = (1 / 4 + 4 / 9) / 2
    assert found.to_list() == pytest.approx([f, 2, second, f_distribution.sf(f, 2, second)])


def test_where_neighbours_are_no_more_alike_than_others_the_answer_is_that_of_a_model_without_them():
    """Zigzags end at no autocorrelation at all, an edge of the search: paces and their freedom are as without it."""
    draw = np.random.default_rng(3)
    who, week = np.repeat(np.arange(12), 6), np.tile(np.arange(6.0), 12)
    zigzag = np.tile([1.0, -1.0], 36) * draw.uniform(0.5, 1.5, 72)
    y = draw.normal(0, 2, 12)[who] + draw.normal(0.5, 0.6, 12)[who] * week + zigzag
    came = draw.uniform(size=72) < 0.8
    model = pd.DataFrame({"1": 1.0, "week": week})[came]
    asked = {"slope": week[came]}
    near = fit_mixed(y[came], model, who[came], when=week[came], **asked)
    plain = fit_mixed(y[came], model, who[came], **asked)
    assert near.correlation < 1e-3
    np.testing.assert_allclose(near.table(), plain.table(), rtol=1e-3)
    assert not np.isclose(plain.table().loc["week", "df"], round(plain.table().loc["week", "df"]), atol=1e-3)


def test_the_unit_of_time_does_not_matter_to_neighbours():
    frame = people(np.random.default_rng(3), 0.3, count=12, times=5)
    model = pd.DataFrame({"1": 1.0, "month": frame["month"]})
    frame["y"] += frame.groupby("who")["y"].shift(fill_value=0) * 0.6
    one, other = (fit_mixed(frame["y"], model, frame["who"], when=frame["month"] * times) for times in (1, 30))
    np.testing.assert_allclose(one.table(), other.table(), rtol=1e-5)
    assert 0.1 < one.correlation < 0.95
    assert other.correlation**30 == pytest.approx(one.correlation, rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "said"),
    [(list("aabbaa"), "2 units; 0 people"), (list("abccdd"), "4 units; 1 people"), (list("aabbcc"), "")],
)
def test_units_are_three_or_more_and_nobody_is_in_two(unit, said):
    given = [1.0, 2, 2, 4, 1, 3], pd.DataFrame({"1": np.ones(6)}), list("ppqqrr")
    if not said:
        assert fit_mixed(*given, unit=unit).units == 3
        return
    with pytest.raises(InputError, match="three or more") as told:
        fit_mixed(*given, unit=unit)
    assert said in str(told.value)


def test_three_people_with_one_sample_more_are_enough_and_as_many_columns_as_samples_are_not():
    model = pd.DataFrame({"1": 1.0, "x": [0.0, 1, 2, 4]})
    assert fit_mixed([1.0, 2, 2, 4], model, list("aabc")).people == 3
    square = model.assign(z=[0.0, 1, 0, 0], w=[0.0, 0, 1, 0])
    with pytest.raises(InputError, match="say the same"):
        fit_mixed([1.0, 2, 2, 4], square, list("aabc"))
    for values in ([1.0, np.nan, 2, 4], -0.1 - 0.3 * model["x"]):
        with pytest.raises(InputError, match="no finite fit"):
            fit_mixed(values, model, list("aabc"))
    with pytest.raises(InputError, match="several samples of several people"):
        fit_mixed([1.0, 2, 2, 4], model, list("aabc"), slope=model["x"])


def test_of_a_mean_the_error_of_averages_is_that_of_peoples_means_corrected_for_few():
    """People's means are 1, 2 and 6: Mancl and DeRouen give the root of 7 / 2, and the plain way that of 14 / 9."""
    values, who = np.array([0.0, 2, 1.5, 2.5, 5, 7]), pd.Series(list("aabbcc"))
    model = pd.DataFrame({"1": np.ones(6)})
    assert marginal(values, model, who).loc["1", "error"] == pytest.approx(np.sqrt(7 / 2))
    assert marginal(values, model, who, plain=True).loc["1", "error"] == pytest.approx(np.sqrt(14) / 3)


def test_up_to_twelve_times_are_counted_one_by_one_and_more_in_six_parts():
    rows = pd.DataFrame({"person": "a", "time": np.linspace(0, 10, 13), "group": "all"})
    parts = attendance(rows, "day")
    assert list(parts.index[[1, -1]]) == ["(1.7, 3.3]", "(8.3, 10.0]"]
    assert len(parts) == 6
    assert len(attendance(rows.iloc[:12], "day")) == 12


def test_words_are_groups_each_but_the_first_with_a_column():
    generator = np.random.default_rng(4)
    frame = people(generator, 0.5, count=30)
    arm = np.repeat(["c", "a", "b"] * 10, 4)
    frame = frame.assign(arm=arm, y=frame["y"] + 3.0 * (arm == "b") + 6.0 * (arm == "c"))
    found = mixed_model(frame, "y", ["arm", "month"], "who").table
    assert found.index.to_list() == ["arm: b", "arm: c", "month"]
    assert (found["low"] < [3, 6, 0.5]).all() and (found["high"] > [3, 6, 0.5]).all()
    narrower = mixed_model(frame, "y", ["arm", "month"], "who", confidence=0.5).table
    assert ((narrower["high"] - narrower["low"]) < 0.5 * (found["high"] - found["low"])).all()


def test_a_cross_over_needs_two_people_of_each_order():
    order = pd.Series(["AB", "AB", "BA"])
    with pytest.raises(InputError, match="two sequences"):
        crossover(pd.Series([1.0, 2, 3]), pd.Series([2.0, 2, 1]), order)
    three = pd.Series(["AB", "AB", "BA", "BA", "AC", "AC"])
    with pytest.raises(InputError, match="two sequences"):
        crossover(pd.Series([1.0, 2, 3, 1, 2, 3]), pd.Series([2.0, 2, 1, 4, 1, 2]), three)
    small, smaller = pd.Series([0.2, 0.5, 0.4]), pd.Series([0.1, 0.3, 0.1])
    pd.testing.assert_series_equal(paired_ratio(small, smaller), paired_ratio(10 * small, 10 * smaller))
    with pytest.raises(InputError, match="three people"):
        paired_ratio(pd.Series([1.0, 2]), pd.Series([2.0, 1]))


def test_every_split_is_weighed_by_the_distance_of_its_sides():
    """The share of a split is what the means of its sides explain of the squares around the mean of all."""
    place = np.array([0.0, 0.2, 0.1, 0.3, 5.0, 5.2, 5.1, 5.3, 5.2, 5.0])
    apart = DistanceMatrix(np.abs(place[:, None] - place), ids=[f"d{n}" for n in range(10)])
    found = change_points(apart, minimum=4, permutations=0, threshold=1.0)
    whole = ((place - place.mean()) ** 2).sum()
    within = sum(((side - side.mean()) ** 2).sum() for side in (place[:4], place[4:]))
    assert found.index.to_list() == ["d4"]
    assert found["share"].iloc[0] == pytest.approx(1 - within / whole)
    # A side of four cannot be split into fours, and with five on each side the jump itself cannot be found.
    assert change_points(apart, minimum=5, permutations=0, threshold=1.0).index.to_list() == ["d5"]
    assert change_points(apart, minimum=6, permutations=0, threshold=1.0).empty


def test_without_being_asked_ten_samples_lie_on_each_side():
    place = np.r_[np.zeros(9), np.ones(31)] + np.linspace(0, 0.01, 40)
    apart = DistanceMatrix(np.abs(place[:, None] - place), ids=[f"d{n}" for n in range(40)])
    assert change_points(apart, permutations=0, threshold=1.0).index[0] == "d10"
    ids = [f"d{n}" for n in range(20)]
    assert change_points(apart.filter(ids), permutations=0, threshold=1.0).index.to_list() == ["d10"]
    assert change_points(apart.filter(ids[:19]), permutations=0, threshold=1.0).empty
