"""Studies like the reader's: what they keep of it, what is known of them, and what methods are said to do in them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.filters import depth_table, keep_taxa, some_of
from handbook_utils.analysis.taxa.judging import Like, dealt_anew, judged, placed, tried, ways_to_report
from handbook_utils.errors import InputError
from handbook_utils.study import Study

TAXA = [f"t{number}" for number in range(20)]


def study_of(metadata: dict, *, depth=3000, rarest=0.5) -> Study:
    generator = np.random.default_rng(1)
    number = len(next(iter(metadata.values())))
    shares = generator.dirichlet(np.geomspace(rarest, 8, 20), number)
    counts = [generator.multinomial(n, one) for n, one in zip(np.broadcast_to(depth, number), shares, strict=True)]
    names = [f"s{place}" for place in range(number)]
    return Study.from_frame(pd.DataFrame(counts, names, TAXA), pd.DataFrame(metadata, index=names))


def like_of(study: Study, **asked) -> Like:
    return Like.of(study, design_of(study.metadata, **asked))


def drawn(like: Like, seed: int = 1, changed: int = 0, times: float = 1.0):
    return like.drawn(np.random.default_rng(seed), changed=changed, times=times)


def test_sizes_and_depth_are_those_of_the_study():
    depth = np.repeat([1000, 10000], [12, 20])
    like = like_of(study_of({"arm": ["a"] * 12 + ["b"] * 20}, depth=depth), group="arm")
    values, design, which = drawn(like)
    assert design.sizes["samples"].to_dict() == {"a": 12, "b": 20}
    assert set(values[design.codes == 0].sum(axis=1)) == {1000}
    assert set(values[design.codes == 1].sum(axis=1)) == {10000}
    assert len(which) == 0
    # Drawn from the deep ones alone: a shallow sample cannot be made deep.
    assert like.weights["a"][:12].sum() == 0


def test_groups_go_with_covariates_as_they_did():
    age = np.r_[np.full(20, 30.0), np.full(5, 60.0), np.full(5, 30.0), np.full(20, 60.0)]
    like = like_of(study_of({"arm": ["a"] * 25 + ["b"] * 25, "age": age}), group="arm", covariates="age")
    old = []
    for seed in range(40):
        _, design, _ = drawn(like, seed)
        old.append((design.frame["age"] > 45).groupby(design.labels.astype(str)).mean())
    means = pd.DataFrame(old).mean()
    assert means["a"] == pytest.approx(0.2, abs=0.06)
    assert means["b"] == pytest.approx(0.8, abs=0.06)
    # Without the covariate in the design there is nothing that groups go with.
    alone = like_of(study_of({"arm": ["a"] * 25 + ["b"] * 25}), group="arm")
    np.testing.assert_allclose(alone.weights["a"], 1 / 50)


def test_people_move_as_a_whole_and_changes_within_them_stay_within():
    visits = {"who": np.repeat(np.arange(12), 3), "arm": np.repeat(["a", "b"], 18), "moment": list("xyz") * 12}
    study = study_of(visits)
    _, between, _ = drawn(like_of(study, group="arm", person="who"))
    assert between.n_people == 12
    assert (between.labels.astype(str).groupby(between.people).nunique() == 1).all()
    _, within, _ = drawn(like_of(study, group="moment", person="who"))
    assert (within.labels.astype(str).groupby(within.people).nunique() == 3).all()


def test_what_differs_is_known():
    study = study_of({"arm": ["a", "b"] * 40}, depth=100_000)
    values, design, which = drawn(like_of(study, group="arm"), changed=4, times=16.0)
    shares = values / values.sum(axis=1, keepdims=True)
    logs = np.log2(shares + 1e-5)
    apart = logs[design.codes == 1].mean(axis=0) - logs[design.codes == 0].mean(axis=0)
    up, down = which[::2], which[1::2]
    assert apart[up].min() > 1 > -1 > apart[down].max()


def test_a_number_goes_with_depth_and_with_what_differs():
    dose = np.linspace(0, 10, 60)
    study = study_of({"dose": dose}, depth=np.where(dose > 5, 8000, 2000))
    values, design, which = drawn(like_of(study, exposure="dose"), changed=2, times=64.0)
    number = design.frame["dose"].to_numpy(dtype=float)
    assert np.corrcoef(number, values.sum(axis=1))[0, 1] > 0.5
    shares = np.log2(values / values.sum(axis=1, keepdims=True) + 1e-4)
    assert np.corrcoef(number, shares[:, which[0]])[0, 1] > 0.5 > -0.5 > np.corrcoef(number, shares[:, which[1]])[0, 1]


@pytest.mark.parametrize("scale", ["log(dose)", "log10(dose)", "sqrt(dose)"])
def test_a_number_is_drawn_on_the_scale_of_the_model(scale):
    """Of 60 skewed doses beside age, none that is drawn falls where the scale has no value."""
    generator = np.random.default_rng(4)
    age = generator.uniform(20, 80, 60)
    dose = np.exp(generator.normal(0, 1.5, 60) + 0.02 * age).round(2) + 0.01
    like = like_of(study_of({"dose": dose, "age": age}), exposure="dose", formula=f"~ {scale} + age")
    assert judged(tried(like, ["linda"], studies=4, rate=0.05)).loc["linda", "studies"] == 4
    assert np.median(drawn(like)[1].frame["dose"]) == pytest.approx(np.median(dose), rel=0.6)


def test_roots_are_drawn_of_numbers_that_have_them():
    """Doses of 0 are as many in what is drawn as they were: what would fall below 0 is drawn again, not made 0."""
    age = np.linspace(20, 80, 60)
    dose = (np.maximum(age - 50, 0) / 10 + np.tile([0, 0.4, 1.5], 20)).round(2) + 0.01
    like = like_of(study_of({"dose": dose, "age": age}), exposure="dose", formula="~ sqrt(dose) + age")
    doses = np.concatenate([drawn(like, seed)[1].frame["dose"] for seed in range(20)])
    assert doses.min() >= 0
    assert (doses == 0).mean() < 0.01


def test_where_no_study_can_be_drawn_that_is_told(monkeypatch):
    like = like_of(study_of({"arm": ["a", "b"] * 10}), group="arm")

    def refuse(*_, **__):
        raise InputError("follows from the others")

    monkeypatch.setattr(Like, "drawn", refuse)
    with pytest.raises(InputError, match="No study like this one"):
        tried(like, ["linda"], studies=2, rate=0.05)


def test_shares_stay_shares():
    study = study_of({"arm": ["a", "b"] * 10}).proportions()
    values, _, _ = drawn(like_of(study, group="arm"), changed=2, times=4.0)
    np.testing.assert_allclose(values.sum(axis=1), 1)


def test_depth_alone_makes_ranks_of_log_ratios_cry_wolf_and_not_linda():
    depth = np.repeat([300, 9000], 20)
    like = like_of(study_of({"arm": ["a"] * 20 + ["b"] * 20}, depth=depth, rarest=0.02), group="arm")
    trials = tried(like, ["linda", "clr-wilcoxon"], studies=8, rate=0.05)
    summed = judged(trials)
    assert summed.loc["clr-wilcoxon", "any"] > 60
    assert summed.loc["linda", "any"] < 45
    assert placed(trials, 0.05)["place"].to_dict() == {"linda": "first", "clr-wilcoxon": "finds too much"}


def test_a_covariate_left_out_of_the_model_makes_differences():
    kind = np.array((["x"] * 20 + ["y"] * 5) + (["x"] * 5 + ["y"] * 20))
    study = study_of({"arm": ["a"] * 25 + ["b"] * 25, "kind": kind})
    counts = study.to_frame()
    counts.loc[kind == "y", TAXA[:6]] *= 12
    made = Study.from_frame(counts, study.metadata)
    like = like_of(made, group="arm", covariates="kind")
    small = {
        left: judged(tried(like, ["linda"], studies=8, rate=0.05, unadjusted=left))["small"]["linda"]
        for left in (True, False)
    }
    assert small[True] > 15 > small[False]


def test_what_is_summed_up_is_what_was_counted():
    trials = pd.DataFrame(
        {
            "number": [0, 0, 1, 1], "differs": [True, False] * 2, "method": "linda", "found": [2, 0, 0, 0],
            "false": [1, 0, 0, 3], "changed": [4, 0, 4, 0], "small": [0, 1, 0, 3], "same": [10, 14, 10, 14],
        }
    )  # fmt: skip
    summed = judged(trials).loc["linda"]
    assert summed["false"] == pytest.approx(100 * (1 / 3 + 0) / 2)
    assert summed["found"] == pytest.approx(25)
    assert summed["any"] == pytest.approx(50)
    assert summed["small"] == pytest.approx(100 * 4 / 28)


def trials_of(**methods) -> pd.DataFrame:
    """Return made-up trials of twenty studies: for each method, found and false of ten that differ, by study."""
    rows = []
    for method, result in methods.items():
        for number in range(20):
            found, false, null = result(number)
            rows.append((number, 1, method, found, false, 10))
            rows.append((number, 0, method, 0, null, 0))
    return pd.DataFrame(rows, columns=["number", "differs", "method", "found", "false", "changed"])


def test_methods_are_ranked_study_by_study():
    # Studies differ far more than methods do: only side by side is the one that finds one less seen to be behind.
    easy = [number % 9 for number in range(20)]
    ranks = placed(
        trials_of(
            most=lambda n: (easy[n] + 1, 0, 0),
            less=lambda n: (easy[n], 0, 0),
            alike=lambda n: (easy[n] + (2 if n % 2 else 0), 0, 0),
            wild=lambda n: (10, 10, 5),
            idle=lambda n: (0, 0, 0),
        ),
        0.05,
    )
    assert set(ranks.index[:2]) == {"most", "alike"}
    assert ranks["place"].iloc[:2].to_list() == ["first", "not told from the first"]
    assert (
        ranks["place"].to_dict().items()
        >= {"less": "behind", "wild": "finds too much", "idle": "finds nothing"}.items()
    )
    assert ranks.loc["less", "behind"] == pytest.approx(10)
    assert ranks.loc["less", "found_low"] < ranks.loc[ranks.index[0], "found"] < ranks.loc["less", "found_high"]
    assert np.isnan(ranks.loc["wild", "behind"])


def test_few_studies_do_not_rank():
    both = trials_of(one=lambda n: (5 + n % 3, 0, 0), two=lambda n: (5 - n % 2, 0, 0))
    assert placed(both, 0.05)["place"].to_list() == ["first", "behind"]
    few = placed(both[both["number"] < 3], 0.05)
    assert few["place"].to_list() == ["first", "not told from the first"]
    assert few.loc["two", "behind_low"] < 0 < few.loc["two", "behind_high"]


def test_none_is_first_where_all_find_too_much():
    ranks = placed(trials_of(one=lambda n: (5, 5, 1), two=lambda n: (6, 9, 1)), 0.05)
    assert set(ranks["place"]) == {"finds too much"}


def large(people: int, samples: int, features: int):
    generator = np.random.default_rng(3)
    counts = generator.poisson(3.0, (people * samples, features))
    names = [f"s{place}" for place in range(len(counts))]
    who = np.repeat([f"p{number}" for number in range(people)], samples)
    arm = np.where(np.repeat(np.arange(people), samples) % 4 == 0, "few", "many")
    taxa = [f"t{number}" for number in range(features)]
    study = Study.from_frame(pd.DataFrame(counts, names, taxa), pd.DataFrame({"arm": arm, "who": who}, index=names))
    return study, design_of(study.metadata, group="arm", person="who" if samples > 1 else "")


@pytest.mark.parametrize(("people", "samples", "features"), [(600, 1, 300), (300, 3, 250)])
def test_of_a_large_study_a_part_of_whole_people_is_drawn_as_many_of_each_group(people, samples, features):
    study, design = large(people, samples, features)
    part, asked = some_of(study, design, 1)
    assert asked.n == len(part.samples) <= 220 and len(part.features) == 200
    assert asked.asked == design.asked
    assert asked.people.value_counts().eq(samples).all()
    sizes = asked.sizes["people"]
    assert sizes["few"] / sizes.sum() == pytest.approx(0.25, abs=0.02)
    again, _ = some_of(study, design, 1)
    assert list(again.samples) == list(part.samples) and list(again.features) == list(part.features)


def test_a_study_that_is_not_large_is_as_it_was():
    study, design = large(250, 1, 100)
    assert some_of(study, design, 1) == (study, design)


def alike(metadata: dict) -> Study:
    """Return a study of shares that are the same in every sample: what is put into it alone can differ."""
    number = len(next(iter(metadata.values())))
    names = [f"s{place}" for place in range(number)]
    shares = np.tile(np.arange(1.0, 21) / 210, (number, 1))
    return Study.from_frame(
        pd.DataFrame(shares, names, TAXA), pd.DataFrame(metadata, index=names), quantity="abundances"
    )


@pytest.mark.parametrize("changed", [1, 2, 5])
def test_every_other_feature_is_multiplied_in_one_group_and_the_rest_in_the_other(changed):
    like = like_of(alike({"arm": ["a", "b"] * 6}), group="arm")
    values, design, which = drawn(like, changed=changed, times=8.0)
    assert len(which) == len(set(which)) == changed
    still = np.setdiff1d(np.arange(20), which)[0]
    times = values / values[:, [still]] / (like.values / like.values[:, [still]])
    expected = np.ones((12, 20))
    of_b = (design.labels == "b").to_numpy()
    expected[np.ix_(of_b, which[::2])] = 8
    expected[np.ix_(~of_b, which[1::2])] = 8
    np.testing.assert_allclose(times, expected)


def test_by_a_number_a_feature_is_multiplied_over_two_standard_deviations():
    like = like_of(alike({"dose": np.arange(30.0) ** 1.5}), exposure="dose")
    values, design, which = drawn(like, changed=2, times=8.0)
    dose = design.frame["dose"].to_numpy(dtype=float)
    side = (dose - dose.mean()) / (2 * dose.std())
    still = np.setdiff1d(np.arange(20), which)[0]
    times = values / values[:, [still]] / (like.values / like.values[:, [still]])
    np.testing.assert_allclose(times[:, which], np.column_stack([8.0**side, 8.0**-side]))


@pytest.mark.parametrize(("deep", "few"), [(2000, False), (2001, True)])
def test_units_are_drawn_from_the_deep_ones_where_medians_are_more_than_twice_apart(deep, few):
    depth = np.r_[np.arange(910, 1100, 20), np.full(10, deep)]  # the median of the first is 1000
    study = study_of({"arm": ["a"] * 10 + ["b"] * 10}, depth=depth)
    weights = like_of(study, group="arm").weights["a"]
    expected = np.repeat([0, 1 / 15], [5, 15]) if few else np.full(20, 0.05)
    np.testing.assert_allclose(weights, expected)
    # Shares say nothing of depth.
    np.testing.assert_allclose(like_of(study.proportions(), group="arm").weights["a"], 0.05)


@pytest.mark.parametrize(("number", "alone"), [(7, False), (8, True)])
def test_of_fewer_than_eight_deep_ones_nothing_is_drawn_and_half_the_depth_is_deep(number, alone):
    depth = np.r_[np.full(20, 1000), np.full(number - 2, 8000), 4000, 4000]
    study = study_of({"arm": ["a"] * 20 + ["b"] * number}, depth=depth)
    weights = like_of(study, group="arm").weights["b"]
    assert weights.sum() == pytest.approx(1)
    expected = np.r_[np.zeros(20), np.full(8, 1 / 8)] if alone else np.full(27, 1 / 27)
    np.testing.assert_allclose(weights, expected)


def test_chances_by_a_covariate_are_those_of_its_cells_with_half_a_person_added():
    """Of two groups and a covariate of two kinds Firth's chance is (n + 0.5) / (N + 1) of each kind."""
    kind = ["x"] * 12 + ["y"] * 8 + ["x"] * 4 + ["y"] * 16
    study = study_of({"arm": ["a"] * 20 + ["b"] * 20, "kind": kind})
    weights = like_of(study, group="arm", covariates="kind").weights
    for group, (x, y) in {"a": (12.5 / 17, 8.5 / 25), "b": (4.5 / 17, 16.5 / 25)}.items():
        expected = np.where(np.array(kind) == "x", x, y)
        np.testing.assert_allclose(weights[group], expected / expected.sum(), rtol=1e-5)


def test_depths_are_of_one_of_the_five_samples_with_the_nearest_numbers():
    dose = np.arange(40.0) ** 2
    like = like_of(study_of({"dose": dose}, depth=1000 + np.arange(40)), exposure="dose")
    seen = set()
    for seed in range(12):
        values, design, _ = drawn(like, seed)
        places = (values.sum(axis=1) - 1000).astype(int)
        away = np.abs(design.frame["dose"].to_numpy(dtype=float)[:, None] - dose)
        ranks = away.argsort(axis=1).argsort(axis=1)[np.arange(40), places]
        seen |= set(ranks.tolist())
    assert seen == {0, 1, 2, 3, 4}


def test_a_number_that_goes_with_a_covariate_is_drawn_about_what_the_covariate_expects():
    age = np.linspace(20, 80, 60)
    dose = 3 * age + np.tile([-1.0, 0, 1], 20)
    like = like_of(study_of({"dose": dose, "age": age}), exposure="dose", covariates="age")
    line = np.polyfit(age, dose, 1)
    left = dose - np.polyval(line, age)
    frame = drawn(like)[1].frame
    away = (frame["dose"] - np.polyval(line, frame["age"])).to_numpy()
    assert np.abs(away[:, None] - left).min(axis=1).max() < 1e-9
    # Of another person than the covariate, or nothing would be drawn anew.
    assert len(set(away.round(6))) > 20
    assert np.abs(frame["dose"].to_numpy()[:, None] - dose).min(axis=1).max() > 1e-3


def test_trials_count_what_was_called_and_how_many_differ():
    like = like_of(study_of({"arm": ["a", "b"] * 12}), group="arm")
    trials = tried(like, ["linda", "maaslin-like"], studies=2, rate=0.2, part=0.25, times=64.0, seed=3)
    assert trials[["number", "differs"]].to_numpy().tolist() == [
        [number, differs] for number in (0, 1) for differs in (False, False, True, True)
    ]
    assert trials["changed"].tolist() == [0, 0, 5, 5] * 2
    assert (trials["same"] == 20 - trials["changed"]).all()
    for row in trials.itertuples():
        hits, truth = set(row.hits), set(row.truth)
        assert (row.found, row.false, row.changed) == (len(hits & truth), len(hits - truth), len(truth))
    assert trials.loc[trials["differs"], "found"].min() >= 3
    assert (trials["small"] <= trials["same"]).all()
    two = tried(like, ["linda"], studies=1, rate=0.05, seed=3)
    assert two["changed"].tolist() == [0, 2]  # a tenth of twenty
    assert tried(like, ["linda"], studies=1, rate=0.05, part=0.01)["changed"].tolist() == [0, 2]


def test_errors_are_those_of_means_over_studies():
    rows = [
        (n, d, "linda", f, w, 4 * d, 1, 10)
        for n, d, f, w in [(0, 1, 2, 0), (1, 1, 4, 4), (2, 1, 0, 0), (0, 0, 0, 1), (1, 0, 0, 0), (2, 0, 0, 2)]
    ]
    trials = pd.DataFrame(rows, columns=["number", "differs", "method", "found", "false", "changed", "small", "same"])
    made = judged(trials.astype({"differs": bool})).loc["linda"]
    for name, parts in {"false": [0, 0.5, 0], "found": [0.5, 1, 0], "any": [1, 0, 1]}.items():
        assert made[name] == pytest.approx(100 * np.mean(parts))
        assert made[f"{name}_error"] == pytest.approx(100 * stats.sem(parts))
    assert (made["studies"], made["small"]) == (3, pytest.approx(10))


def test_methods_are_held_against_the_first_by_paired_t_with_bonferroni():
    finds = {"a": lambda n: 8 - n % 2, "b": lambda n: 7 - n % 3, "c": lambda n: 2 + n % 4}
    trials = trials_of(
        **{name: lambda n, find=find: (find(n), int(n == 3), int(n < 2)) for name, find in finds.items()}
    )
    ranks = placed(trials, 0.05)
    parts = {name: np.array([find(n) / 10 for n in range(20)]) for name, find in finds.items()}
    assert ranks.index.tolist() == ["a", "b", "c"]
    for name in "bc":
        theirs = stats.ttest_rel(parts["a"], parts[name]).confidence_interval(1 - 0.05 / 3)
        assert ranks.loc[name, ["behind", "behind_low", "behind_high"]].tolist() == pytest.approx(
            [100 * (parts["a"] - parts[name]).mean(), 100 * theirs.low, 100 * theirs.high]
        )
        assert ranks.loc[name, "found"] == pytest.approx(100 * parts[name].mean())
        assert ranks.loc[name, ["any", "any_low", "any_high"]].tolist() == pytest.approx(
            [10, *(100 * np.array(proportion_confint(2, 20, method="beta")))]
        )
        wrong = 1 / (finds[name](3) + 1) / 20
        assert ranks.loc[name, ["false", "false_low", "false_high"]].tolist() == pytest.approx(
            [100 * wrong, *(100 * np.array(proportion_confint(20 * wrong, 20, method="beta")))]
        )


@pytest.mark.parametrize(("false", "null"), [(5, 0), (0, 5)])
def test_too_much_is_too_much_among_what_is_found_or_where_nothing_differs(false, null):
    ranks = placed(trials_of(wild=lambda _: (9, false, null), good=lambda _: (5, 0, 0)), 0.05)
    assert ranks["place"].to_dict() == {"good": "first", "wild": "finds too much"}
    # By the lower end of the exact interval of that part of 20 studies.
    low = proportion_confint(20 * false / (9 + false) if false else 20, 20, method="beta")[0]
    for rate, place in ((0.995 * low, "finds too much"), (1.005 * low, "first")):
        assert set(placed(trials_of(wild=lambda _: (9, false, null)), rate)["place"]) == {place}


def test_a_method_that_finds_the_same_in_every_study_is_not_behind():
    ranks = placed(trials_of(one=lambda n: (n % 5, 0, 0), same=lambda n: (n % 5, 0, 0)), 0.05)
    assert ranks["place"].to_dict() == {"one": "first", "same": "not told from the first"}


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_chances_hang_on_no_unit_of_a_covariate(unit):
    age = np.r_[np.arange(20.0), np.arange(10.0, 30)]
    arms = {"arm": ["a"] * 20 + ["b"] * 20}
    plain, other = (like_of(study_of(arms | {"age": one * age}), group="arm", covariates="age") for one in (1, unit))
    np.testing.assert_allclose(other.weights["a"], plain.weights["a"], rtol=1e-6)
    assert plain.weights["a"][:10].min() > plain.weights["a"][30:].max()


def test_one_study_ranks_nobody_and_none_that_finds_nothing_is_first():
    one = placed(trials_of(a=lambda n: (5, 0, 0), b=lambda n: (1, 0, 0)).query("number == 0"), 0.05)
    assert one["place"].tolist() == ["first", "not told from the first"]
    assert np.isinf(one.loc["b", "behind_high"])
    idle = placed(trials_of(a=lambda n: (0, 0, 0), b=lambda n: (0, 0, 0)), 0.05)
    assert set(idle["place"]) == {"finds nothing"}
    assert idle["behind"].isna().all()


def test_what_any_method_finds_by_hand():
    hits = {0: {"linda": (1, 2), "x": (2, 9), "y": (2, 3)}, 1: {"linda": (4,), "x": (4, 8), "y": ()}}
    truth = {0: (1, 2, 3, 5), 1: (4, 6)}
    rows = []
    for number, methods in hits.items():
        for name, own in methods.items():
            found, false = len({*own} & {*truth[number]}), len({*own} - {*truth[number]})
            rows.append((number, True, name, own, truth[number], found, false, len(truth[number]), 0, 5))
            rows.append((number, False, name, (7,), (), 0, 1, 0, 0, 5))
    columns = ["number", "differs", "method", "hits", "truth", "found", "false", "changed", "small", "same"]
    trials = pd.DataFrame(rows, columns=columns)
    ways = ways_to_report(trials)
    assert ways.iloc[0].tolist() == pytest.approx([100 * (1 / 4 + 1 / 2) / 2, 100 * (3 / 4 + 1 / 2) / 2])
    assert ways.loc["found by half of the methods"].tolist() == pytest.approx([0, 100 * (1 / 4 + 1 / 2) / 2])
    assert ways.loc["found by all methods"].tolist() == pytest.approx([0, 100 * (1 / 4 + 0) / 2])
    assert ways.loc["right: LinDA, chosen beforehand"].tolist() == pytest.approx([0, 100 * (2 / 4 + 1 / 2) / 2])


def test_groups_dealt_anew_are_rarely_found_to_differ_though_they_do():
    study = study_of({"arm": ["a"] * 15 + ["b"] * 15})
    counts = study.to_frame()
    counts.iloc[:15, :8] *= 6
    made = Study.from_frame(counts, study.metadata)
    found = dealt_anew(made, "arm", 6, 1)
    assert len(found) == 6
    assert found == dealt_anew(made, "arm", 6, 1)
    assert sum(number > 0 for number in found) <= 2


@pytest.mark.parametrize(
    ("people", "features", "whole"),
    [(200, 200, True), (201, 200, False), (200, 201, False), (100, 400, True), (100, 401, False)],
)
def test_of_40_000_cells_a_study_is_not_large(people, features, whole):
    study, design = large(people, 1, features)
    part, _ = some_of(study, design, 1)
    assert (part is study) == whole


def test_of_a_large_study_eight_of_each_group_are_drawn_at_least():
    study, _ = large(600, 1, 300)
    arms = study.metadata.assign(arm=np.where(np.arange(600) < 9, "few", "many"))
    part, design = some_of(study.with_metadata(arms), design_of(arms, group="arm"), 1)
    assert design.sizes["people"].to_dict() == {"few": 8, "many": round(200 / 600 * 591)}
    assert len(part.features) == 40_000 // 205 if 40_000 // 205 > 200 else 200


def test_taxa_are_kept_by_the_least_that_is_enough():
    table = pd.DataFrame([[5, 5, 90], [0, 10, 90], [0, 5, 95], [0, 0, 100]], index=list("wxyz"), columns=list("abc"))
    study = Study.from_frame(table)
    assert keep_taxa(study, prevalence=0.75).features.tolist() == ["b", "c"]
    assert keep_taxa(study, share=0.05).features.tolist() == ["b", "c"]
    assert keep_taxa(study).features.tolist() == ["a", "b", "c"]
    assert keep_taxa(study, prevalence=0.25, share=0.0125).features.tolist() == ["a", "b", "c"]
    with pytest.raises(InputError, match="passes the filter"):
        keep_taxa(study, share=0.94)
    shallow = depth_table(study, [100, 101])
    assert shallow["samples"].tolist() == [4, 0]
    assert shallow.loc[101].isna().tolist() == [False, True, True]


def test_one_finding_in_three_studies_without_a_difference_shows_nothing():
    rows = [(n, d, "a", d * 2, int(n == 0 and not d), 4) for n in range(3) for d in (0, 1)]
    few = pd.DataFrame(rows, columns=["number", "differs", "method", "found", "false", "changed"])
    assert placed(few, 0.05).loc["a", "place"] == "first"
    many = pd.concat([few.assign(number=few["number"] + 3 * times) for times in range(10)])
    assert placed(many, 0.05).loc["a", "place"] == "finds too much"
