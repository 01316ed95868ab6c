"""Sample sizes: simulation against the closed form, type I error, known effects, and mistakes told all at once."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from skbio import DistanceMatrix

from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.distance.permanova import permanova
from handbook_utils.analysis.pilot import baseline_residuals, changes, residuals
from handbook_utils.analysis.power import (
    _one_sample,
    _p_of,
    _welch,
    parallel_power,
    permanova_power,
    separation,
    taxon_power,
    tilted,
    two_groups,
    with_power,
)
from handbook_utils.analysis.sample_size import (
    cluster_t_power,
    design_effect,
    paired_t_power,
    size_reaching,
    t_power,
    t_size,
    visits_power,
)
from handbook_utils.errors import InputError, InputErrors
from handbook_utils.protocols.plan.inputs import effects_of, named_taxon, pilot_of, plan_the_study, sizes_of

GIVEN = {
    "pilot": "twins", "table": "", "metadata": "", "group": "", "person": "", "time": "", "reads": 500,
    "outcome": "shannon", "effect": 0.5, "taxon": "", "arms": ["a", "b"], "participants": 60, "sizes": ["10", "20"],
    "dropout": 0.1, "dropout_by_visit": [], "time_points": ["start", "end"],
    "cluster_size": 1.0, "cluster_icc": None, "cluster_spread": 0.0,
}  # fmt: skip
NORMAL = residuals(stats.norm.ppf((np.arange(2000) + 0.5) / 2000))
LINE = np.linspace(0.0, 1.0, 60)
SQUARE = (LINE[:, None] - LINE) ** 2


def test_closed_form_is_that_of_the_textbook():
    # Cohen 1988, table 2.4.1: d = 0.5, two-sided 5 %, power 80 % takes 64 a group; d = 0.2 takes 393, d = 0.8 takes 26.
    assert [t_size(effect) for effect in (0.5, 0.8)] == [64, 26]
    assert 390 <= t_size(0.2) <= 396
    # statsmodels computes it in its own way.
    from statsmodels.stats.power import TTestIndPower, TTestPower

    assert t_power(0.4, 30, 50) == pytest.approx(TTestIndPower().power(0.4, 30, 0.05, ratio=50 / 30), abs=1e-6)
    assert paired_t_power(0.4, 30) == pytest.approx(TTestPower().power(0.4, 30, 0.05), abs=1e-6)
    with pytest.raises(InputError, match="effect of 0"):
        t_size(0.0)


@pytest.mark.parametrize(("effect", "first", "ratio"), [(0.5, 64, 1.0), (0.8, 20, 1.0), (0.5, 40, 2.0)])
def test_simulation_agrees_with_the_closed_form(effect, first, ratio):
    trials = 8000
    truth = t_power(effect, first, round(ratio * first))
    found = parallel_power(NORMAL, effect, [first], ratio=ratio, simulations=trials, seed=4)["power"].iloc[0]
    assert abs(found - truth) < 4 * np.sqrt(truth * (1 - truth) / trials) + 0.003  # 4 SE, and Welch for Student


def test_paired_simulation_agrees_with_the_closed_form():
    truth = paired_t_power(0.5, 30)
    found = parallel_power(NORMAL, 0.5, [30], paired=True, simulations=8000, seed=4)["power"].iloc[0]
    assert abs(found - truth) < 4 * np.sqrt(truth * (1 - truth) / 8000)


def test_type_one_error_is_inside_its_binomial_interval():
    trials = 8000
    low, high = stats.binom.interval(0.999, trials, 0.05)
    assert low <= parallel_power(NORMAL, 0.0, [40], simulations=trials, seed=2)["hits"].iloc[0] <= high
    assert low <= parallel_power(NORMAL, 0.0, [40], paired=True, simulations=trials, seed=2)["hits"].iloc[0] <= high
    low, high = stats.binom.interval(0.999, 1000, 0.05)
    even = np.full(len(LINE), 1 / len(LINE))
    hits = permanova_power(SQUARE, even, even, [20], permutations=199, simulations=1000, seed=2)["hits"].iloc[0]
    assert low <= hits <= high


def test_power_rises_with_people_and_effect_and_falls_with_dropout():
    sizes = [10, 20, 40, 80]
    weak, strong, lossy = (
        parallel_power(NORMAL, effect, sizes, dropout=lost, simulations=2000)["power"].to_numpy()
        for effect, lost in ((0.4, 0.0), (0.8, 0.0), (0.4, 0.4))
    )
    assert (np.diff(weak) > 0).all()
    assert (strong >= weak).all()
    assert (lossy < weak).all()
    # Losing 40 % of 80 is having 48.
    assert lossy[-1] == pytest.approx(t_power(0.4, 48, 48), abs=0.05)


def test_a_seed_decides_everything():
    one, same = (parallel_power(NORMAL, 0.5, [20], simulations=300, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(parallel_power(NORMAL, 0.5, [20], simulations=300, seed=8))
    weights = tilted(SQUARE, 0.1)
    first, again = (permanova_power(SQUARE, *weights, [10], simulations=20, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_intervals_cover_and_touch_their_ends():
    never, always = with_power([(10, 10, 0, 20), (10, 10, 20, 20)]).itertuples()
    assert (never.low, always.high) == (0.0, 1.0)
    chances = stats.binom.pmf(np.arange(31), 30, 0.8)
    curve = with_power([(10, 10, hits, 30) for hits in range(31)])
    covered = curve["low"].le(0.8) & curve["high"].ge(0.8)
    assert chances[covered].sum() >= 0.95


@pytest.mark.parametrize("wanted", [0.0, 0.01, 0.05, 0.3])
def test_the_tilt_has_the_effect_it_claims(wanted):
    one, other = tilted(SQUARE, wanted)
    assert one.sum() == pytest.approx(1)
    assert separation(SQUARE, one, other) == pytest.approx(wanted, abs=1e-9)
    # A large draw shows that effect: R² tends to ω².
    generator = np.random.default_rng(1)
    drawn = np.concatenate([generator.choice(len(LINE), 2000, p=weights) for weights in (one, other)])
    share = two_groups(SQUARE[np.ix_(drawn, drawn)], 2000, 0, generator)[0]
    assert share == pytest.approx(wanted, abs=0.03)


def test_a_tilt_cannot_be_larger_than_the_pilot():
    with pytest.raises(InputError, match="so large an effect"):
        tilted(SQUARE, 0.99)


def test_two_groups_is_permanova():
    generator = np.random.default_rng(3)
    points = generator.normal(size=(24, 5))
    points[:10] += 0.4
    plain = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    ids = [f"s{number}" for number in range(24)]
    groups = pd.DataFrame({"arm": ["a"] * 10 + ["b"] * 14}, index=ids)
    theirs = permanova(DistanceMatrix(plain, ids=ids), design_of(groups, group="arm"), permutations=4999, seed=1).loc[
        "arm"
    ]
    share, p = two_groups(plain**2, 10, 4999, generator)
    assert share == pytest.approx(theirs["R2"], abs=1e-12)
    assert p == pytest.approx(theirs["p"], abs=0.02)


def test_a_taxon_that_did_not_change_is_called_changed_by_its_share():
    pilot = np.random.default_rng(1).poisson([[400, 100, 300, 200]], size=(40, 4))
    curve = taxon_power(pilot, 0, 2, 3.0, [20], simulations=100, reads=1000)
    assert curve["false_share"].iloc[0] > 0.9
    same = taxon_power(pilot, 0, 2, 1.0, [20], simulations=400, reads=1000)
    assert (
        stats.binom.interval(0.999, 400, 0.05)[0] <= same["hits"].iloc[0] <= stats.binom.interval(0.999, 400, 0.05)[1]
    )


def test_two_samples_a_person_help_where_they_are_alike():
    generator = np.random.default_rng(5)
    person = generator.normal(size=400)
    pairs = np.column_stack([person + generator.normal(0, 0.5, 400), person + generator.normal(0, 0.5, 400)])
    assert changes(pairs)[1] == pytest.approx(np.sqrt(1.25 / 0.5), rel=0.1)
    assert baseline_residuals(pairs)[1] == pytest.approx(1 / np.sqrt(1 - 0.8**2), rel=0.1)
    assert changes(pairs)[0].std() == pytest.approx(1)


def test_a_size_must_reach_and_stay():
    curve = pd.DataFrame({"first": [10, 20, 30, 40], "low": [0.5, 0.81, 0.79, 0.9]})
    assert size_reaching(curve, 0.8) == 40
    assert size_reaching(curve, 0.95) is None


@pytest.mark.parametrize("pilot", ["twins", "throat", "ecam"])
def test_bundled_pilots_are_pilots(pilot):
    made = pilot_of(GIVEN | {"pilot": pilot})
    assert len(made.shannon) == len(made.squared) == len(made.groups) >= 20
    assert made.taxa
    assert (len(made.visits) > 0) == (pilot != "throat")
    plan_the_study(GIVEN | {"pilot": pilot})


def test_all_mistakes_at_once():
    wrong = {
        "arms": ["a"],
        "participants": 1,
        "sizes": ["ten", "20"],
        "outcome": "permanova",
        "effect": 2.0,
        "taxon": "Bacteroidez",
    }
    with pytest.raises(InputErrors) as found:
        plan_the_study(GIVEN | wrong)
    text = str(found.value)
    for said in ("two arms", "too few participants", "share of the variation", "found:    ten", "'Bacteroides'"):
        assert said in text


def test_a_reader_s_own_pilot(tmp_path):
    generator = np.random.default_rng(1)
    table = pd.DataFrame(
        generator.poisson(60, size=(24, 12)), index=[f"s{n}" for n in range(24)], columns=[f"Tä{n}" for n in range(12)]
    )
    lines = [
        ";".join(["sample", *table.columns]),
        *(";".join([name, *map(str, row)]) for name, row in zip(table.index, table.to_numpy(), strict=True)),
    ]
    (tmp_path / "t.csv").write_bytes("\r\n".join(lines).encode("cp1252"))
    (tmp_path / "m.tsv").write_text(
        "sample\twho\tarm\n" + "".join(f"s{n}\tp{n // 2}\t{'xy'[n % 4 // 2]}\n" for n in range(24)), encoding="utf-8"
    )
    own = GIVEN | {
        "table": str(tmp_path / "t.csv"),
        "metadata": str(tmp_path / "m.tsv"),
        "person": "who",
        "group": "arm",
    }
    made = pilot_of(own)
    assert len(made.groups) == len(made.visits) == 12
    plan_the_study(own)
    with pytest.raises(InputErrors, match="no column 'wo'"):
        plan_the_study(own | {"person": "wo"})
    with pytest.raises((InputError, InputErrors), match="too few people"):
        plan_the_study(own | {"reads": 5000})


def test_words_of_parameters():
    assert sizes_of(["40", "20"]) == [20, 40]
    assert effects_of("taxon", 0.5)["taxon"] == 0.5
    with pytest.raises(InputError, match="factor, other than 1"):
        effects_of("taxon", 1.0)
    assert named_taxon(pilot_of(GIVEN), "")[0] != named_taxon(pilot_of(GIVEN), "")[1]


def test_what_was_seen_counts_among_the_permutations():
    """Of six people in two groups of three far apart, 2 of the 20 ways to choose three give as much."""
    points = np.array([0.0, 1, 2, 10, 11, 12])
    square = (points[:, None] - points) ** 2
    assert two_groups(square, 3, 0, np.random.default_rng(1))[1] == 1.0
    p = two_groups(square, 3, 1999, np.random.default_rng(1))[1]
    assert p == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 1999))
    assert p * 2000 == pytest.approx(round(p * 2000))


@pytest.mark.parametrize("simulations", [1, 250, 260, 501])
@pytest.mark.parametrize(("ratio", "second"), [(1.0, 5), (0.1, 2), (2.5, 12)])
def test_every_simulated_trial_is_counted_once(simulations, ratio, second):
    made = parallel_power(NORMAL, 50.0, [5], ratio=ratio, simulations=simulations)
    assert made[["first", "second", "hits", "simulations"]].to_numpy().tolist() == [
        [5, second, simulations, simulations]
    ]
    assert parallel_power(NORMAL, 50.0, [5], paired=True, simulations=simulations)["hits"].tolist() == [simulations]


def test_the_tests_in_a_simulation_are_those_of_scipy_among_who_stays():
    generator = np.random.default_rng(8)
    values, stays = generator.normal(size=(6, 13)), generator.random((6, 13)) < 0.7
    stays[0] = True
    p = _p_of(*_welch(values[:, :5], values[:, 5:], stays, 5))
    paired = _p_of(*_one_sample(values, stays))
    for row, here, own, alone in zip(values, stays, p, paired, strict=True):
        one, other = row[:5][here[:5]], row[5:][here[5:]]
        known = stats.ttest_ind(one, other, equal_var=False).pvalue if min(len(one), len(other)) > 1 else 1.0
        assert own == pytest.approx(known, rel=1e-9)
        assert alone == pytest.approx(stats.ttest_1samp(row[here], 0).pvalue, rel=1e-9)
    nobody = np.zeros_like(stays)
    assert (_p_of(*_welch(values[:, :5], values[:, 5:], nobody, 5)) == 1).all()


def test_two_points_are_tilted_as_far_as_their_shares_say():
    """Of two points with shares (1 ± d) / 2 and the opposite, d² of the variation lies between; d is at most tanh 4."""
    square = np.array([[0.0, 1], [1, 0]])
    one, other = tilted(square, 0.36)
    assert sorted(one) == pytest.approx([0.2, 0.8])
    assert other == pytest.approx(1 - one)
    assert separation(square, *tilted(square, np.tanh(4) ** 2 - 1e-6)) == pytest.approx(np.tanh(4) ** 2 - 1e-6)
    for far in (-0.01, np.tanh(4) ** 2 + 1e-6):
        with pytest.raises(InputError):
            tilted(square, far)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_first_group_leans_to_the_end_that_lies_farther_out(turn):
    points = turn * np.array([0.0, 1, 2, 10])
    one, other = tilted((points[:, None] - points) ** 2, 0.2)
    assert one.argmax() == 3
    assert other[3] < 0.25 < one[3]


def test_permanova_of_groups_that_share_no_sample_always_finds_them():
    square = np.where(np.eye(4), 0.0, 1.0)
    made = permanova_power(square, [1, 0, 0, 0], [0, 1, 0, 0], [6, 8], ratio=0.5, simulations=7, permutations=99)
    assert made[["first", "second", "hits", "simulations"]].to_numpy().tolist() == [[6, 3, 7, 7], [8, 4, 7, 7]]
    assert made["R2"].tolist() == pytest.approx([1, 1])
    assert permanova_power(square, [1, 0, 0, 0], [0, 1, 0, 0], [6], ratio=0.1, simulations=1)["second"].item() == 2
    # Weights need not add up to 1: a share of them is what counts.
    drawn = permanova_power(square, [3, 3, 0, 0], [0, 0, 5, 5], [200], simulations=2, permutations=99)
    assert drawn[["first", "second", "hits"]].to_numpy().tolist() == [[200, 200, 2]]
    assert drawn["R2"].item() == pytest.approx(separation(square, [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]), abs=0.02)
    assert separation(square, [0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5]) == pytest.approx((3 / 4 - 1 / 2) / (3 / 4))


def test_where_all_are_as_far_apart_every_order_separates_as_much():
    share, p = two_groups(np.where(np.eye(300), 0.0, 1.0), 100, 99, np.random.default_rng(1))
    assert share == pytest.approx(1 - (99 / 2 + 199 / 2) / (299 / 2))
    assert p == 1


def test_a_trial_that_loses_nearly_everyone_finds_nothing():
    square = np.where(np.eye(4), 0.0, 1.0)
    lost = permanova_power(square, [1, 0, 0, 0], [0, 1, 0, 0], [6], dropout=1.0, simulations=5)
    assert lost["hits"].item() == 0
    assert np.isnan(lost["R2"].item())
    assert parallel_power(NORMAL, 50.0, [6], dropout=1.0, simulations=5)["hits"].item() == 0
    # Of two and two people who begin, a test is made where all four stay.
    made = permanova_power(
        square, [1, 0, 0, 0], [0, 1, 0, 0], [2], dropout=0.3, permutations=2, alpha=1, simulations=2000
    )
    assert stats.binomtest(made["hits"].item(), 2000, 0.7**4).pvalue > 0.001


def test_a_taxon_s_power_is_that_of_trials_written_out_one_by_one():
    pilot = np.array([[40, 25, 5, 30], [30, 45, 5, 20], [20, 20, 20, 40]])
    levels, trials, lost = [0.01, 0.05], 40, 0.2
    ours = taxon_power(
        pilot, 1, 2, 2.5, [7], reads=60, ratio=1.3, dropout=lost, alpha=levels, simulations=trials, seed=3
    )
    generator = np.random.default_rng([3, 0])  # the people, the reads and who stays, in the order that the seed gives
    people = pilot[generator.integers(3, size=(trials, 16))].astype(float)
    people[:, 7:, 1] *= 2.5
    logs = np.log(generator.multinomial(60, people / people.sum(axis=2, keepdims=True)) + 0.5)
    stays = generator.random((trials, 16)) >= lost
    ratios = logs - logs.mean(axis=2, keepdims=True)
    seen = {"power": ratios[..., 1], "by_share": logs[..., 1], "false_clr": ratios[..., 2], "false_share": logs[..., 2]}
    for name, values in seen.items():
        p = [
            stats.ttest_ind(row[:7][here[:7]], row[7:][here[7:]], equal_var=False).pvalue
            for row, here in zip(values, stays, strict=True)
        ]
        assert ours[name].tolist() == pytest.approx([np.mean(np.array(p) <= level) for level in levels]), name
    assert ours[["first", "second", "simulations"]].to_numpy().tolist() == [[7, 9, trials]] * 2
    assert ours["alpha"].tolist() == levels


def test_more_trials_than_are_drawn_at_once_are_counted_and_the_second_group_has_two_at_least():
    pilot = np.array([[40, 25, 5, 30], [30, 45, 5, 20]])
    made = taxon_power(pilot, 1, 2, 50.0, [5, 6], ratio=0.1, alpha=1.0, simulations=120)
    assert made[["first", "second", "hits", "simulations"]].to_numpy().tolist() == [[5, 2, 120, 120], [6, 2, 120, 120]]
    assert made["false_share"].tolist() == [1, 1]
    plain = taxon_power(pilot, 1, 2, 50.0, [5], simulations=3)
    assert plain[["first", "second", "simulations", "alpha"]].to_numpy().tolist() == [[5, 5, 3, 0.05]]


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_closed_forms_of_one_design_are_special_cases_of_the_others(alpha):
    from statsmodels.stats.power import TTestIndPower

    # Nothing to find is found as often as the type I error says; up and down are alike.
    assert t_power(0.0, 12, 20, alpha) == pytest.approx(alpha)
    assert paired_t_power(0.0, 12, alpha) == pytest.approx(alpha)
    assert t_power(-0.7, 12, 20, alpha) == pytest.approx(t_power(0.7, 12, 20, alpha))
    # Clusters of one person are people; ten of them that are all alike are one; alike in nothing, ten.
    assert cluster_t_power(0.6, (12, 20), 1, 0.3, alpha=alpha) == pytest.approx(t_power(0.6, 12, 20, alpha))
    assert cluster_t_power(0.6, (12, 20), 10, 1.0, alpha=alpha) == pytest.approx(t_power(0.6, 12, 20, alpha))
    ten = cluster_t_power(0.2, (12, 20), 10, 0.0, alpha=alpha)
    assert ten == pytest.approx(t_power(0.2 * np.sqrt(10), 12, 20, alpha))
    # Mean size 4, by half of it apart: 1 + (1.25 * 4 - 1) * 0.1 = 1.4 times as many.
    assert design_effect(4, 0.1, 0.5) == pytest.approx(1.4)
    assert design_effect(0.5, 0.5) == 1
    uneven = cluster_t_power(0.6, (12, 20), 4, 0.1, 0.5, alpha)
    assert uneven == pytest.approx(t_power(0.6 * np.sqrt(4 / 1.4), 12, 20, alpha))
    # A sample of before that explains nothing costs one degree of freedom; who stopped before all visits is not there.
    once = visits_power(1.1, 8, 8, [0.25], 0.0, alpha)
    free = 16 * 0.75 - 3
    beyond = stats.t.isf(alpha / 2, free)
    shift = 1.1 * np.sqrt(4 * 0.75)
    assert once == pytest.approx(stats.nct.sf(beyond, free, shift) + stats.nct.cdf(-beyond, free, shift))
    # The number of people is the least that reaches the power.
    for effect, ratio in ((0.6, 1.0), (0.9, 0.5), (1.5, 1.0)):
        wanted = TTestIndPower().solve_power(effect, power=0.9, alpha=alpha, ratio=ratio)
        assert wanted <= t_size(effect, 0.9, alpha, ratio) <= wanted + 2 / ratio


def test_of_a_large_effect_two_are_enough_and_above_200_steps_are_of_1_percent():
    assert [t_size(100.0), t_size(100.0, ratio=0.1)] == [2, 2]
    assert t_size(0.1) in range(1571, 1571 + 16)  # 1571 by statsmodels
    assert t_size(0.3) == 176
    between = optimize.brentq(lambda effect: t_power(effect, 200, 200) - 0.8, 0.1, 1.0) - 1e-6
    assert t_power(between, 201, 201) > 0.8
    assert t_size(between) == 202  # 201 would do, and is no step
    assert size_reaching(pd.DataFrame({"first": [40, 20], "low": [0.9, 0.8]}), 0.8) == 20
