"""Matched pairs: intervals that mean what they say, the same on one process or two, and costs that know when to be silent."""

import numpy as np
import pytest
from scipy import stats

from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.methods.intervals import interval
from sim.runs.matched_pairs import matched_pairs, shareable
from sim.runs.simulate import simulate, simulate_matched
from sim.studies.common.scenarios import scenarios_of
from sim.studies.compare.costs import costs, fieller
from sim.studies.compare.differences import differences
from sim.studies.compare.run import compare
from sim.studies.compare.sentences import verdict

SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12"]


@pytest.fixture(scope="module")
def setups():
    return [load([*SHORT, f"scenario={name}"]) for name in ("baseline", "fill_before_build", "talent_first")]


@pytest.fixture(scope="module")
def matched(setups):
    return list(matched_pairs(setups, [1, 2, 3, 4], reference="baseline", workers=1))


def test_two_processes_give_the_same_bits_as_one(setups, matched):
    again = {m.seed: m for m in matched_pairs(setups, [1, 2, 3, 4], reference="baseline", workers=2)}
    for one in matched:
        two = again[one.seed]
        assert one.displacement == two.displacement
        for name, outcome in one.outcomes.items():
            assert outcome.spending == two.outcomes[name].spending
            for kind, values in outcome.yearly.items():
                assert np.array_equal(values.values, two.outcomes[name].yearly[kind].values, equal_nan=True)


def test_a_shared_past_changes_nothing(setups, matched):
    alone = simulate(setups[1], seed=2)
    shared = matched[1].outcomes["fill_before_build"]
    assert np.array_equal(alone.yearly["park"].values, shared.yearly["park"].values, equal_nan=True)
    assert alone.spending == shared.spending


def test_a_scenario_against_itself_differs_by_exactly_nothing(setups):
    twin = load([*SHORT, "scenario=baseline"])
    object.__setattr__(twin, "scenario", "twin")
    found = simulate_matched([setups[0], twin], 5)
    table = differences([found, found], ["baseline", "twin"], "baseline", 2026)
    assert (table["mean"] == 0).all() and (table["high"] == 0).all()


def test_difference_table_holds_what_the_pairs_say(setups, matched):
    names = [s.scenario for s in setups]
    table = differences(matched, names, "baseline", 2026)
    row = table.query(
        "scenario == 'talent_first' and unit_kind == 'cluster' and year == 2027 and measure == 'occupancy_rate'"
    ).iloc[0]

    def of(m, name):
        v = m.outcomes[name].yearly["cluster"]
        return v.values[v.measures.index("occupancy_rate"), -1, 0]

    gaps = np.array([of(m, "talent_first") - of(m, "baseline") for m in matched])
    half = stats.t.ppf(0.975, 3) * gaps.std(ddof=1) / 2
    assert row["mean"] == pytest.approx(gaps.mean()) and row["high"] == pytest.approx(gaps.mean() + half)
    assert row["same_sign"] == np.mean(np.sign(gaps) == np.sign(gaps.mean()))


def test_before_any_policy_every_difference_is_exactly_zero(matched, setups):
    table = differences(matched, [s.scenario for s in setups], "baseline", 2026)
    past = table[(table.year > 0) & (table.year < 2026)]
    assert len(past) and (past["mean"] == 0).all() and (past["low"] == 0).all()


@pytest.mark.statistical
def test_interval_covers_the_truth_as_often_as_it_says():
    rng, n, rounds = np.random.default_rng(7), 12, 4000
    draws = rng.normal(3.0, 2.0, (n, rounds))
    _, low, high = interval(draws)
    covered = np.mean((low <= 3.0) & (high >= 3.0))
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / rounds)


@pytest.mark.statistical
def test_fieller_covers_the_ratio_as_often_as_it_says():
    rng, n, rounds, inside = np.random.default_rng(8), 15, 3000, 0
    for _ in range(rounds):
        effect = rng.normal(10, 4, n)
        _, low, high, defined = fieller(3 * effect + rng.normal(20, 5, n), effect)
        inside += defined and low <= 5.0 <= high
    assert abs(inside / rounds - 0.95) < 4 * np.sqrt(0.95 * 0.05 / rounds)


def test_cost_of_an_uncertain_effect_is_undefined():
    cost, effect = np.array([5.0, 6.0, 5.5, 6.1]), np.array([1.0, -1.0, 0.5, -0.4])
    assert fieller(cost, effect)[3] is False


def test_verdict_claims_only_what_is_clear(setups, matched):
    names = [s.scenario for s in setups]
    table = differences(matched, names, "baseline", 2026)
    prices = costs(matched, names, "baseline", 2026)
    titles, unclear = {s.scenario: s.title for s in setups}, table.copy()
    unclear[["low", "high"]] = [-1.0, 1.0]
    assert "No package clearly changes" in verdict(unclear, prices, titles, "baseline", "en")
    clear = table.copy()
    clear.loc[clear.measure == "graduates", ["mean", "low", "high", "same_sign"]] = [5.0, 2.0, 8.0, 1.0]
    assert "graduates 5 more firms" in verdict(clear, prices, titles, "baseline", "en")


def test_scenarios_that_differ_in_more_than_policies_are_not_paired(setups):
    other = load([*SHORT, "parameters.choice.rent_sensitivity=2"])
    assert not shareable([setups[0], other])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "name at least one"),
        (["baseline", "baseline"], "named twice"),
        (["baseline", "talent_frist"], "did you mean 'talent_first'"),
    ],
)
def test_a_wrong_list_of_scenarios_is_one_sentence(names, said):
    with pytest.raises(ConfigurationError, match=said):
        scenarios_of(names, SHORT)


def test_compare_from_python_gives_tidy_tables():
    results = compare(["baseline", "talent_first"], *SHORT, replicates=2, workers=1)
    assert set(results.yearly.columns) == {"scenario", "replicate", "year", "unit_kind", "unit", "measure", "value"}
    assert set(results.yearly.unit_kind) == {"cluster", "park", "operator", "sector", "tier"}
    assert results.pairs == 2 and results.yearly.value.notna().all()
