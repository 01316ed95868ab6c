"""Studies like the reader's: what they keep of it, what is known of them, and what methods are said to do in them."""

import numpy as np
import pandas as pd
import pytest

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.taxa.filters import some_of
from handbook_utils.analysis.taxa.judging import Like, judged, placed, tried
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
