"""The methods on models whose answer is known: Ishigami's function, sums of known variances, nothing at all."""

import numpy as np
import pytest

from sim.methods import screening, sobol
from sim.methods import variance_split as split
from sim.studies.sensitivity.stages import Plan

pytest.importorskip("SALib")
from SALib.analyze import sobol as salib  # noqa: E402
from SALib.sample import morris as morris_points  # noqa: E402
from SALib.sample import sobol as saltelli  # noqa: E402
from SALib.test_functions import Ishigami  # noqa: E402

NAMES = ["a", "b", "c"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[-np.pi, np.pi]] * 3}
# Ishigami and Homma 1990 with a = 7, b = 0.1; the closed form is in Saltelli et al. 2008, p. 179.
A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
BOTH = 8 * B**2 * np.pi**8 / 225 / VARIANCE  # of a and c together
TOTAL = FIRST + np.array([BOTH, 0.0, BOTH])


def points(base, seed=1):
    return saltelli.sample(PROBLEM, base, calc_second_order=False, seed=seed)


def noisy(y, seeds, size, rng):
    """Values with luck: some that all points of a seed share, some of each run's own."""
    return y[:, None] + 3 * size * rng.normal(size=(1, seeds)) + size * rng.normal(size=(len(y), seeds))


def test_with_one_seed_the_indices_are_those_of_salib():
    y = Ishigami.evaluate(points(64))
    theirs, ours = salib.analyze(PROBLEM, y, calc_second_order=False, seed=1), sobol.indices(y, NAMES).table
    np.testing.assert_allclose(ours["first"], theirs["S1"], rtol=1e-9)
    np.testing.assert_allclose(ours["total"], theirs["ST"], rtol=1e-9)


@pytest.mark.statistical
def test_the_indices_of_ishigami_are_the_known_ones():
    tables = [sobol.indices(Ishigami.evaluate(points(256, seed)), NAMES, resamples=2) for seed in range(12)]
    for column, known in (("first", FIRST), ("total", TOTAL)):
        found = np.array([t.table[column] for t in tables])
        error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
        assert (np.abs(found.mean(axis=0) - known) < 4 * error).all(), (column, found.mean(axis=0), known, error)
        assert (error < 0.03).all()
    assert np.mean([t.parameters for t in tables]) == pytest.approx(VARIANCE, rel=0.03)


@pytest.mark.statistical
def test_luck_swells_no_index():
    rng, y = np.random.default_rng(5), Ishigami.evaluate(points(64))
    clean = sobol.indices(y, NAMES, resamples=2)
    found = [sobol.indices(noisy(y, 2, 3.0, rng), NAMES, resamples=2) for _ in range(300)]
    totals = np.array([f.table["total"] * f.parameters for f in found])
    error = totals.std(axis=0, ddof=1) / np.sqrt(len(totals))
    assert (np.abs(totals.mean(axis=0) - clean.table["total"] * clean.parameters) < 4 * error).all()
    naive = sobol.indices(noisy(y, 2, 3.0, rng).mean(axis=1), NAMES, resamples=2)
    # The mean over seeds keeps luck in every index.
    assert naive.table["total"].sum() > clean.table["total"].sum() + 0.3


@pytest.mark.statistical
def test_nineteen_in_twenty_intervals_hold_the_known_index():
    rng, repeats = np.random.default_rng(2), 120
    held = np.zeros(6)
    for seed in range(repeats):
        t = sobol.indices(noisy(Ishigami.evaluate(points(64, seed + 1)), 2, 1.0, rng), NAMES, resamples=100).table
        held[:3] += (t["first_low"] <= FIRST) & (t["first_high"] >= FIRST)
        held[3:] += (t["total_low"] <= TOTAL) & (t["total_high"] >= TOTAL)
    # 4 standard errors below 0.93: a bootstrap of 64 rows falls a little short of 0.95.
    assert (held / repeats > 0.93 - 4 * np.sqrt(0.93 * 0.07 / repeats)).all(), held / repeats


def test_an_output_of_luck_alone_has_no_shares_to_claim():
    rng = np.random.default_rng(0)
    found = sobol.indices(rng.normal(size=(5 * 32, 3)), NAMES)
    assert not (found.table["total_low"] > 0).any()
    same = sobol.indices(np.full((5 * 8, 2), 0.1), NAMES)
    assert same.table["total"].isna().all() and np.isnan(same.parameters)


def test_a_failed_run_costs_its_base_row_and_no_more():
    y = Ishigami.evaluate(points(32))
    y[7] = np.nan
    found = sobol.indices(y, NAMES)
    assert (found.rows, found.dropped) == (31, 1)
    assert np.isfinite(found.table["total"]).all()


def test_points_that_are_no_whole_design_are_refused():
    with pytest.raises(ValueError, match="5 points each"):
        sobol.indices(np.zeros(12), NAMES)


def test_luck_is_told_apart_from_what_points_share():
    rng = np.random.default_rng(1)
    y = noisy(np.zeros(4000), 5, 2.0, rng)
    assert sobol.reshuffled(y) == pytest.approx(4.0, abs=4 * 4 * np.sqrt(2 / (4 * 3999)))


# --- screening and PAWN ----------------------------------------------------------------------------------------------


def test_morris_finds_a_slope_exactly_and_leaves_out_a_broken_trajectory():
    x = morris_points.sample(PROBLEM, 6, num_levels=4, seed=1)
    y = 3 * x[:, 0] - x[:, 1]
    y[1] = np.nan
    table, dropped = screening.screen(PROBLEM, x, y[:, None], 4)
    span = 2 * np.pi
    np.testing.assert_allclose(table["mu"], [3 * span, -span, 0], atol=1e-9)
    np.testing.assert_allclose(table["mu_star"], [3 * span, span, 0], atol=1e-9)
    assert dropped == 1
    assert screening.strongest([table], 2) == ["a", "b"]
    assert screening.strongest([table], 9) == ["a", "b"]  # c has no effect: it is no strongest of anything


def test_a_parameter_that_only_reshuffles_luck_shows_the_effect_that_was_foretold():
    rng = np.random.default_rng(3)
    problem = {"num_vars": 40, "names": [f"p{i}" for i in range(40)], "bounds": [[0, 1]] * 40}
    x = morris_points.sample(problem, 20, num_levels=4, seed=1)
    table, _ = screening.screen(problem, x, rng.normal(scale=2.0, size=(len(x), 3)), 4)
    foretold, most = screening.luck_alone(4.0, 3, Plan(20, 6, 8, 3, 3, 3, 3), 40)
    assert table["mu_star"].max() < most
    error = table["mu_star"].std(ddof=1) / np.sqrt(40) * 2  # neighbours share a point
    assert abs(table["mu_star"].mean() - foretold) < 4 * error


def test_the_strongest_of_any_output_are_chosen():
    x = morris_points.sample(PROBLEM, 4, num_levels=4, seed=1)
    one, two = (screening.screen(PROBLEM, x, x[:, i] * size, 4)[0] for i, size in ((0, 1e6), (2, 1e-6)))
    assert set(screening.strongest([one, two], 2)) == {"a", "c"}


def test_pawn_orders_the_parameters_of_ishigami_and_knows_a_dummy():
    rng = np.random.default_rng(0)
    x = rng.uniform(-np.pi, np.pi, (512, 4))
    problem = {"num_vars": 4, "names": [*NAMES, "dummy"], "bounds": [[-np.pi, np.pi]] * 4}
    table = screening.distances(problem, x, Ishigami.evaluate(x)).set_index("name")
    assert table.loc["b", "pawn"] > table.loc["a", "pawn"] > table.loc["a", "nothing"]
    assert table.loc["dummy", "pawn"] < table.loc["dummy", "nothing"]


def test_pawn_of_a_handful_of_points_says_nothing():
    x = np.random.default_rng(0).random((10, 3))
    assert screening.distances(PROBLEM, x, x[:, 0])["pawn"].isna().all()


# --- the split ---------------------------------------------------------------------------------------------------------


def drawn(rng, m, p, r, structure):
    """Values of known variances: parameters 4 + 1, luck 2.25 + 1 + 0.25, structure as given."""
    n = rng.normal
    parameters = 2 * n(size=(1, p, 1)) + n(size=(m, p, 1))
    luck = 1.5 * n(size=(1, 1, r)) + n(size=(1, p, r)) + 0.5 * n(size=(m, p, r))
    return np.asarray(structure)[:, None, None] + parameters + luck


@pytest.mark.statistical
def test_the_three_variances_are_found_without_bias():
    rng, structure = np.random.default_rng(0), np.array([-1.0, 0.0, 1.0])
    found = np.array([split.components(drawn(rng, 3, 6, 3, structure)) for _ in range(2000)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - [3.5, 5.0, 1.0]) < 4 * error).all(), (found.mean(axis=0), error)


@pytest.mark.statistical
def test_nineteen_in_twenty_intervals_hold_the_share():
    rng, structure, repeats = np.random.default_rng(1), np.array([-1.0, 0.0, 1.0]), 200
    known, held = np.array([3.5, 5.0, 1.0]) / 9.5, np.zeros(3)
    for _ in range(repeats):
        table = split.split(drawn(rng, 3, 8, 3, structure)).table
        held += (table["low"] <= known) & (known <= table["high"])
    assert (held / repeats > 0.93 - 4 * np.sqrt(0.93 * 0.07 / repeats)).all(), held / repeats


def test_shares_add_up_and_a_world_without_luck_has_none():
    found = split.split(np.random.default_rng(0).normal(size=(3, 5, 1)) * np.ones((1, 1, 3)))
    assert found.share("luck") == pytest.approx(0, abs=1e-12) and found.table["share"].sum() == pytest.approx(1)


def test_luck_that_all_points_share_is_luck_and_not_parameters():
    found = split.components(np.zeros((3, 5, 1)) + np.array([-3.0, 0.0, 3.0]))
    np.testing.assert_allclose(found, [9.0, 0.0, 0.0], atol=1e-12)


def test_two_seeds_are_too_few_for_an_interval():
    assert split.split(np.random.default_rng(0).normal(size=(3, 5, 2))).table["share"].isna().all()


def test_a_point_that_failed_anywhere_is_left_out_everywhere():
    values = {(m, p, s): float(p) for m in "xy" for p in range(5) for s in (1, 2, 3)}
    del values["y", 2, 3]
    found = split.split(split.arranged(values, "xy", range(5), (1, 2, 3)))
    assert (found.points, found.dropped) == (4, 1)
    assert found.share("parameters") == pytest.approx(1)
