"""Differential abundance: known truth, bad input, what moves and what does not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from skbio.stats.composition import ancombc2

from handbook_utils import datasets
from handbook_utils.analysis.design import design_of
from handbook_utils.analysis.models.simulation import groups_with_known_difference
from handbook_utils.analysis.taxa.differential import (
    METHODS,
    benjamini_hochberg,
    calls_too_much,
    differential,
    first_p_values,
    usable_methods,
)
from handbook_utils.analysis.taxa.filters import keep_taxa
from handbook_utils.analysis.taxa.linda import mode_of, zeros_replaced
from handbook_utils.analysis.taxa.presence import presence
from handbook_utils.analysis.taxa.shifts import shifts
from handbook_utils.errors import InputError
from handbook_utils.study import Study

FAST = [name for name in METHODS if name not in ("deseq2", "ancom-bc2", "aldex2-like", "presence")]


@pytest.fixture(scope="module")
def people() -> Study:
    twins = datasets.load("twins")
    first = twins.choose_samples((twins.depth >= 200).to_numpy() & (twins.column("visit") == 1).to_numpy())
    return keep_taxa(first, prevalence=0.25)


def compare(study: Study, method: str) -> pd.DataFrame:
    return differential(study, design_of(study.metadata, group="group", reference="untouched"), method=method)


@pytest.mark.parametrize("method", FAST)
def test_small_p_values_without_a_difference_are_as_rare_as_they_should_be(people, method):
    # One taxon a simulated study, so that the tests counted are independent of each other.
    taxon = "Bacteroides"
    times = 300
    small = sum(
        compare(groups_with_known_difference(people, 30, [], 1.0, seed), method).loc[taxon, "p"] <= 0.05
        for seed in range(times)
    )
    low, high = stats.binom.interval(0.999, times, 0.05)
    assert low <= small <= high


def drawn(method: str, generator: np.random.Generator, people: int, reads: tuple[int, int] = (0, 0)) -> Study:
    """Draw counts of 100 taxa in two groups that do not differ, as a method supposes counts come about.

    Taxa are drawn apart from each other (but for the shares of ``aldex2-like``, which add up to 1), so that their
    p-values are independent but for what a method estimates from all of them.
    """
    taxa, samples = 100, 2 * people
    if method == "deseq2":  # Negative binomial; dispersion falls with the mean, and taxa scatter about that line.
        mean = np.exp(generator.normal(4.5, 1.2, taxa))
        dispersion = (0.1 + 2 / mean) * np.exp(generator.normal(0, 0.4, taxa))
        amounts = np.exp(generator.normal(0, 0.4, samples))[:, None] * mean
        counts = generator.poisson(generator.gamma(1 / dispersion, amounts * dispersion))
    elif method == "ancom-bc2":  # Normal logarithms, and another part of every sample is read.
        mean, spread = generator.normal(7, 1, taxa), generator.uniform(0.5, 1.2, taxa)
        part = generator.normal(0, 0.7, samples)
        counts = np.round(np.exp(part[:, None] + mean + spread * generator.normal(size=(samples, taxa))))
    else:  # Multinomial reads of Dirichlet shares.
        shares = generator.dirichlet(np.exp(generator.normal(0.5, 1, taxa)), samples)
        depth = generator.integers(*reads, samples)
        counts = np.array([generator.multinomial(*one) for one in zip(depth, shares, strict=True)])
    names = [f"s{number}" for number in range(samples)]
    group = np.repeat(["untouched", "multiplied"], people)
    table = pd.DataFrame(counts, index=names, columns=[f"t{number}" for number in range(taxa)])
    return Study.from_frame(table, pd.DataFrame({"group": group}, index=names))


def small_p_values(method: str, studies: int, *model: object) -> tuple[int, int]:
    """Return how many p-values are at most 0.05, and how many there are."""
    generator = np.random.default_rng(11)
    p = np.concatenate([compare(drawn(method, generator, *model), method)["p"].dropna() for _ in range(studies)])
    return int((p <= 0.05).sum()), len(p)


@pytest.mark.parametrize(
    ("method", "studies", "model"), [("deseq2", 3, (30,)), ("aldex2-like", 10, (20, (20_000, 200_000)))]
)
def test_methods_that_hold_their_level_in_their_own_model(method, studies, model):
    """Studies of 100 taxa, one seed: within the 99.9 % interval about 5 %."""
    found, tests = small_p_values(method, studies, *model)
    low, high = stats.binom.interval(0.999, tests, 0.05)
    assert low <= found <= high


@pytest.mark.parametrize(
    ("method", "model", "rate"), [("aldex2-like", (20, (500, 2000)), 0.0105), ("ancom-bc2", (30,), 0.0115)]
)
def test_methods_that_stay_below_their_level_even_in_their_own_model(method, model, rate):
    """ALDEx2's average over draws, with few reads, and ANCOM-BC2's added variance give too few small p-values.

    Ten studies of 100 taxa, one seed: within the 99.9 % interval about the rate that was measured once in 6000
    (ALDEx2) and 2000 (ANCOM-BC2) other draws, and below that about 5 %.
    """
    found, tests = small_p_values(method, 10, *model)
    low, high = stats.binom.interval(0.999, tests, rate)
    assert low <= found <= high
    assert found < stats.binom.interval(0.999, tests, 0.05)[0]


@pytest.mark.parametrize(("method", "times"), [("deseq2", 3), ("ancom-bc2", 6), ("aldex2-like", 20)])
def test_slow_methods_do_not_find_too_much_among_real_people(people, method, times):
    # Over all taxa of real people put into groups by lot: not independent, and no method's own model. A wide bound.
    found = [compare(groups_with_known_difference(people, 30, [], 1.0, seed), method) for seed in range(times)]
    assert np.mean([(one["p"] <= 0.05).mean() for one in found]) < 0.12


def test_zeros_as_missing_alone_find_too_much(people):
    """scikit-bio's ANCOM-BC2 without the sensitivity analysis: why ours takes the largest of three p-values."""
    shares = []
    for seed in range(6):
        made = groups_with_known_difference(people, 30, [], 1.0, seed)
        frame = pd.DataFrame({"x": (made.column("group") == "multiplied").astype(float)}, index=made.samples)
        theirs = ancombc2(made.to_frame(), frame, "x", p_adjust=None).result.xs("x", level="Covariate")
        shares.append((theirs["pvalue"] <= 0.05).mean())
    assert np.mean(shares) > 0.12


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"presence"}))
def test_a_larger_difference_is_found_more_often(people, method):
    taxa = ["Bacteroides", "Faecalibacterium", "Roseburia"]
    mean = [
        compare(groups_with_known_difference(people, 40, taxa, times, seed=3), method).loc[taxa, "log2_fold"].mean()
        for times in (1.0, 4.0, 16.0)
    ]
    assert mean[0] < mean[1] < mean[2]
    p = [
        np.median(compare(groups_with_known_difference(people, 40, taxa, times, seed=3), method).loc[taxa, "p"])
        for times in (1.0, 16.0)
    ]
    assert p[1] < p[0]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_all_methods_give_one_kind_of_table(people, method):
    found = compare(groups_with_known_difference(people, 20, [], 1.0, seed=1), method)
    numbers = ["log2_fold", "low", "high", "p", "q"]
    assert list(found.columns) == ["contrast", *numbers, "n", "in untouched", "in multiplied", "note"]
    assert found["n"].eq(40).all()
    known = found[numbers].dropna()
    assert (known["low"] <= known["high"]).all()
    assert known["p"].between(0, 1).all()
    assert (known["q"] >= known["p"] - 1e-12).all()


def test_presence_keeps_its_level_and_gains_power_even_where_groups_are_apart():
    generator = np.random.default_rng(2)
    model = np.column_stack([np.ones(40), generator.normal(size=40), np.repeat([0, 1], 20)])
    p = presence(generator.random((40, 400)) < 0.4, model)[:, 3]
    low, high = stats.binom.interval(0.999, 400, 0.05)
    assert low <= (p <= 0.05).sum() <= high
    apart = presence(np.repeat([[False], [True]], 20, axis=0), model)[0]
    assert apart[3] < 1e-6
    assert 0 < apart[1] < apart[0] < apart[2] < 100
    assert np.isnan(presence(np.ones((40, 1), dtype=bool), model)).all()


def test_covariates_take_a_confounder_away():
    generator = np.random.default_rng(5)
    age = np.repeat([30.0, 60.0], 60) + generator.normal(0, 4, 120)
    old = age + generator.normal(0, 12, 120) > 45
    amounts = np.exp(generator.normal(4, 0.4, (120, 12)))
    amounts[:, 0] *= np.exp((age - 45) / 15)
    names = [f"s{row}" for row in range(120)]
    table = pd.DataFrame(generator.poisson(amounts), index=names, columns=list("abcdefghijkl"))
    study = Study.from_frame(table, pd.DataFrame({"ill": np.where(old, "yes", "no"), "age": age}, index=names))
    alone = differential(study, design_of(study.metadata, group="ill"), method="linda").loc["a"]
    beside = differential(study, design_of(study.metadata, group="ill", covariates="age"), method="linda").loc["a"]
    assert alone["low"] > 0.5
    assert beside["low"] < 0 < beside["high"]


def visits(people: int = 24, taxa: int = 20, *, own: float = 0.8, seed: int = 1) -> Study:
    """Simulate three samples a person, whose taxa have levels of their own, in three arms that do not differ."""
    generator = np.random.default_rng(seed)
    who = np.repeat(np.arange(people), 3)
    level = np.exp(generator.normal(3, 1, taxa) + generator.normal(0, own, (people, taxa))[who])
    names = [f"s{row}" for row in range(len(who))]
    table = pd.DataFrame(generator.poisson(level), index=names, columns=[f"t{place}" for place in range(taxa)])
    metadata = {"who": who, "arm": who % 3 + 1, "week": np.tile([0.0, 1, 2], people), "dose": (who % 7).astype(float)}
    return Study.from_frame(table, pd.DataFrame(metadata, index=names))


def test_bad_input(people):
    study = groups_with_known_difference(people, 10, [], 1.0, seed=1)
    with pytest.raises(InputError, match="no method 'lindy'") as caught:
        compare(study, "lindy")
    assert "linda" in str(caught.value.remedy)
    repeated = visits()
    for method, known in METHODS.items():
        one = repeated.choose_samples(list(repeated.samples[::3]))
        three = design_of(one.metadata, group="arm", covariates="dose")
        if not known.columns:
            with pytest.raises(InputError, match="two groups and nothing beside them"):
                differential(one, three, method=method)
        if not known.people:
            with pytest.raises(InputError, match="no repeated samples"):
                differential(repeated, design_of(repeated.metadata, group="arm", person="who"), method=method)
        if not known.shares:
            with pytest.raises(InputError, match="needs counts"):
                differential(one.proportions(), three, method=method)
    with pytest.raises(InputError, match="too few people"):
        groups_with_known_difference(people, 1000, [], 1.0, seed=1)


def test_repeated_samples_are_taken_as_people():
    small = {"": 0, "who": 0}
    for seed in range(8):
        study = visits(seed=seed)
        for person in small:
            found = differential(study, design_of(study.metadata, group="arm", person=person), method="linda")
            small[person] += int((found["p"] <= 0.05).sum())
    # 8 studies × 20 taxa × 2 contrasts.
    low, high = stats.binom.interval(0.999, 320, 0.05)
    assert low <= small["who"] <= high < small[""]


def test_a_design_that_no_method_takes_is_told_without_a_method_to_choose():
    rows = pd.DataFrame(
        {
            "diet": list("aabb") * 6,
            "mouse": [f"m{n // 2}" for n in range(24)],
            "cage": [f"c{n // 4}" for n in range(24)],
        },
        index=[f"s{n}" for n in range(24)],
    )
    counts = pd.DataFrame(np.arange(48).reshape(24, 2) + 1, rows.index, ["x", "y"])
    design = design_of(rows, group="diet", person="mouse", nested_in="cage")
    with pytest.raises(InputError) as told:
        differential(Study.from_frame(counts), design, method="linda")
    assert "Keep one sample of each; no other method takes this design either." in str(told.value)


def test_numbers_are_groups_and_contrasts_are_named():
    study = visits()
    design = design_of(study.metadata, group="arm", person="who", time="week", interactions="arm:week")
    found = differential(study, design, method="linda")
    assert list(found["contrast"].unique()) == ["2 - 1", "3 - 1", "arm[2]:week", "arm[3]:week"]
    assert (found.groupby("contrast").size() == 20).all()
    pairs = differential(study, design_of(study.metadata, group="arm", person="who", contrast="pairs"), method="linda")
    folds = {name: part["log2_fold"] for name, part in pairs.groupby("contrast")}
    # Each contrast is moved by its own commonest difference, as after choosing another reference.
    assert np.ptp(folds["3 - 1"] - folds["2 - 1"] - folds["3 - 2"]) < 1e-9
    assert pairs["n"].eq(72).all()


def test_a_number_is_compared_as_one_and_paired_samples_within_people():
    generator = np.random.default_rng(3)
    study = visits(own=1.5)
    counts = study.to_frame()
    counts["t0"] = generator.poisson(20 * 2 ** study.metadata["dose"])
    counts["t1"] = generator.poisson(counts["t1"] * 2 ** study.metadata["week"])
    made = Study.from_frame(counts, study.metadata)
    dose = differential(made, design_of(made.metadata, exposure="dose", person="who"), method="linda")
    assert dose.loc["t0", "log2_fold"] == pytest.approx(1, abs=0.15)
    assert list(dose["contrast"].unique()) == ["dose"]
    early = made.choose_samples((made.metadata["week"] < 2).to_numpy())
    early = early.with_metadata(
        early.metadata.assign(moment=np.where(early.metadata["week"] == 0, "a before", "b after"))
    )
    paired = differential(early, design_of(early.metadata, group="moment", person="who"), method="linda").loc["t1"]
    plain = differential(early, design_of(early.metadata, group="moment"), method="linda").loc["t1"]
    assert paired["low"] < 1 < paired["high"]
    assert paired["high"] - paired["low"] < 0.3 * (plain["high"] - plain["low"])


@pytest.mark.parametrize("method", [name for name in METHODS if name != "deseq2"])
def test_a_taxon_that_a_group_never_has_is_named_and_gets_no_fold(method):
    study = visits(people=48, taxa=12)
    study = study.choose_samples(list(study.samples[::3]))
    arms = study.metadata.assign(arm=np.repeat(["a", "b"], 24))
    counts = study.to_frame()
    counts.loc[arms["arm"] == "a", "t0"] = 0
    # A rare taxon that one group lacks by chance is no such thing.
    counts["t1"] = 0
    counts.loc[study.samples[-1], "t1"] = 3
    made = Study.from_frame(counts, arms)
    found = differential(made, design_of(arms, group="arm"), method=method)
    assert found.loc["t0", "note"] == "structural zero in a"
    assert found.loc["t0", ["log2_fold", "low", "high"]].isna().all()
    assert found.loc["t0", "p"] < 1e-9
    assert (found.loc["t0", "in a"], found.loc["t0", "in b"]) == (0, 1)
    assert found.loc["t1", "note"] == ""


def test_unequal_reads_do_not_make_differences():
    """Without the adaptive step a false discovery was made in every one of such studies."""
    found = []
    for seed in range(10):
        generator = np.random.default_rng(seed)
        mean = np.exp(generator.normal(0, 2, 40))
        shares = generator.dirichlet(mean / mean.sum() * 30, 40)
        counts = np.array(
            [generator.multinomial(reads, one) for reads, one in zip(np.repeat([2000, 20000], 20), shares, strict=True)]
        )
        names = [f"s{row}" for row in range(40)]
        arms = pd.DataFrame({"arm": np.repeat(["a", "b"], 20)}, index=names)
        made = keep_taxa(
            Study.from_frame(pd.DataFrame(counts, index=names, columns=[f"t{n}" for n in range(40)]), arms),
            prevalence=0.25,
        )
        found.append((differential(made, design_of(arms, group="arm"), method="linda")["q"] <= 0.05).any())
    assert sum(found) <= stats.binom.ppf(0.999, 10, 0.05)


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=15), st.lists(st.integers(-50, 50), min_size=3, max_size=15))
def test_shifts_are_those_of_all_differences(one, two):
    x, y = np.array(one) / 7, np.array(two) / 7
    apart = np.sort((y[:, None] - x).ravel())
    cut = max(int(len(apart) / 2 - stats.norm.ppf(0.975) * np.sqrt(len(apart) * (len(x) + len(y) + 1) / 12)), 0)
    expected = [np.median(apart), apart[cut], apart[len(apart) - 1 - cut]]
    np.testing.assert_allclose(shifts(x[:, None], y[:, None])[0], expected, atol=1e-12)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_corrected_p_values_keep_their_order(p):
    q = benjamini_hochberg(np.array(p))
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-15).all()
    assert (q <= 1).all()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=30))
def test_the_mode_lies_among_the_numbers(values):
    assert min(values) - 2 <= mode_of(np.array(values)) <= max(values) + 2


def test_the_order_of_what_is_beside_does_not_matter_to_presence():
    generator = np.random.default_rng(11)
    arm, age, sex = np.repeat([0.0, 1.0], 15), generator.normal(0, 3, 30), generator.integers(0, 2, 30).astype(float)
    there = generator.random((30, 5)) < 0.3 + 0.3 * arm[:, None]
    one, other = (presence(there, np.column_stack([np.ones(30), *beside, arm])) for beside in ((age, sex), (sex, age)))
    assert one == pytest.approx(other, rel=1e-6)
    # Of a two by two table alone, a half is added to each cell (Firth 1993).
    cells = np.array([[there[arm == group, 0].sum(), (~there[arm == group, 0]).sum()] for group in (1, 0)]) + 0.5
    plain = presence(there[:, :1], np.column_stack([np.ones(30), arm]))[0]
    ratio = np.log2(cells[0, 0] * cells[1, 1] / cells[0, 1] / cells[1, 0])
    assert plain[0] == pytest.approx(ratio, rel=1e-5)


def test_one_read_is_seen_and_compared():
    counts = pd.DataFrame({"a": [9, 8, 7, 7, 8, 9], "b": [50, 60, 70, 55, 60, 65], "rare": [0, 0, 1, 0, 0, 0]})
    counts.index = pd.Index([f"s{row}" for row in range(6)])
    rows = pd.DataFrame({"arm": list("nnnyyy"), "age": [30, 40, 50, 60, 45, 35]}, index=counts.index)
    study = Study.from_frame(counts.assign(nowhere=0), rows)
    by_arm = differential(study, design_of(rows, group="arm"), method="linda")
    assert sorted(by_arm.index) == ["a", "b", "rare"]
    assert by_arm.loc["rare", ["in n", "in y"]].to_list() == pytest.approx([1 / 3, 0])
    by_age = differential(study, design_of(rows, exposure="age"), method="linda")
    assert by_age["in all"].to_dict() == pytest.approx({"a": 1, "b": 1, "rare": 1 / 6})


@pytest.mark.parametrize("people", [6, 7, 11, 25])
def test_zeros_of_rarefied_tables_get_a_pseudocount(people):
    """Where each sample has as many reads, reads go with nothing; that hung on rounding."""
    generator = np.random.default_rng(people)
    model = np.column_stack([np.ones(2 * people), generator.normal(size=2 * people), np.repeat([0.0, 1.0], people)])
    counts = generator.multinomial(3000, [0.7, 0.2, 0.0999, 0.0001], 2 * people).astype(float)
    filled, how = zeros_replaced(counts, model, None, counts=True)
    assert how == "pseudocount"
    np.testing.assert_array_equal(filled, counts + 0.5)


@pytest.mark.parametrize(("few", "many", "most"), [(14, 56, True), (14, 55, False), (15, 60, False), (8, 60, True)])
def test_linda_is_warned_of_most_where_groups_are_small_and_four_times_apart(few, many, most):
    design = design_of(pd.DataFrame({"arm": ["a"] * few + ["b"] * many}), group="arm")
    told = calls_too_much("linda", design)
    assert ("most of all" in told) == most
    assert not most or f"{few} and {many}" in told
    assert "most of all" not in calls_too_much("deseq2", design)
    assert calls_too_much("maaslin-like", design) is None


@pytest.mark.parametrize(("each", "absent"), [(3, False), (4, True)])
@pytest.mark.parametrize("samples", [1, 2])
def test_a_group_lacks_a_taxon_where_so_many_people_could_hardly_miss_it(each, absent, samples):
    """All of 4 and none of 4 has a p of 2 / 70 by Fisher's exact test, of 3 and 3 one of 2 / 20: people count."""
    people = np.repeat(np.arange(2 * each), samples)
    names = [f"s{row}" for row in range(len(people))]
    generator = np.random.default_rng(1)
    counts = pd.DataFrame(generator.poisson(50, (len(people), 4)), index=names, columns=list("wxyz"))
    counts["x"] = np.where(people >= each, counts["x"], 0)
    rows = pd.DataFrame({"arm": np.where(people >= each, "b", "a"), "who": people}, index=names)
    design = design_of(rows, group="arm", person="who" if samples > 1 else "")
    found = differential(Study.from_frame(counts, rows), design, method="linda")
    assert found["note"].tolist() == ["", "structural zero in a" if absent else "", "", ""]
    assert np.isnan(found.loc["x", "log2_fold"]) == absent
    if absent:
        assert found.loc["x", "p"] == pytest.approx(2 / 70)
    np.testing.assert_allclose(found["q"], stats.false_discovery_control(found["p"]))


@pytest.mark.parametrize("method", FAST)
def test_first_p_values_are_those_of_the_table(method):
    study = visits()
    part = study.choose_samples((study.metadata["arm"] < 3).to_numpy() & (study.metadata["week"] == 0).to_numpy())
    counts = part.to_frame()
    counts.loc[part.metadata["arm"] == 1, "t3"] = 0
    design = design_of(part.metadata, group="arm")
    found = differential(Study.from_frame(counts, part.metadata), design, method=method)
    np.testing.assert_allclose(first_p_values(counts.to_numpy(dtype=float), design, method, counts=True), found["p"])
    assert found.loc["t3", "note"] == "structural zero in 1"


@pytest.mark.parametrize(
    ("contrast", "two"),
    [("", True), ("pairs", True), ("3 - 0.5 1 - 0.5 2", False), ("0.5 3 + 0.5 2 - 1", False), ("2 3 - 2 1", False)],
)
def test_ranks_are_of_two_groups_and_of_no_mean_of_several(contrast, two):
    design = design_of(visits().metadata.iloc[::3], group="arm", contrast=contrast)
    assert ("clr-wilcoxon" in usable_methods(design)) == two
    assert "linda" in usable_methods(design)


def test_what_cannot_be_compared_is_told():
    study = visits()
    one = study.choose_features(["t0"])
    design = design_of(study.metadata, group="arm", person="who")
    with pytest.raises(InputError, match="Fewer than two taxa"):
        differential(one, design, method="linda")
    assert len(differential(study.choose_features(["t0", "t1"]), design, method="linda")) == 4
    empty = study.to_frame()
    empty.loc["s4"] = 0
    with pytest.raises(InputError, match="Samples without reads") as told:
        differential(Study.from_frame(empty, study.metadata), design, method="linda")
    assert "s4" in str(told.value)


def test_an_interaction_of_others_is_beside_and_not_asked_about():
    study = visits()
    asked = {"group": "arm", "person": "who", "time": "week", "covariates": "dose"}
    beside = differential(study, design_of(study.metadata, **asked, interactions="dose:week"), method="linda")
    assert list(beside["contrast"].unique()) == ["2 - 1", "3 - 1"]


def test_q_is_of_all_p_also_where_a_method_that_has_its_own_met_a_structural_zero():
    study = visits(people=48, taxa=12)
    study = study.choose_samples(list(study.samples[::3]))
    arms = study.metadata.assign(arm=np.repeat(["a", "b"], 24))
    counts = study.to_frame()
    counts.loc[arms["arm"] == "a", "t0"] = 0
    found = differential(Study.from_frame(counts, arms), design_of(arms, group="arm"), method="aldex2-like")
    np.testing.assert_allclose(found["q"], stats.false_discovery_control(found["p"]))
