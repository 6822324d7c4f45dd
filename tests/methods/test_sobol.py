"""Sobol indices of Ishigami's function, whose indices are known, with noise and without."""

import numpy as np
import pytest

from sim.methods import sobol

pytest.importorskip("SALib")
from SALib.analyze import sobol as salib  # noqa: E402
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
    assert sobol.unshared_noise(y) == pytest.approx(4.0, abs=4 * 4 * np.sqrt(2 / (4 * 3999)))
