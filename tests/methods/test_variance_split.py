"""The three-way split on sums of known variances."""

import numpy as np
import pytest

from sim.methods import variance_split as split


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
    y = np.zeros((2, 5, 3)) + np.arange(5.0)[:, None]  # (structures, points, seeds)
    y[1, 2, 2] = np.nan
    found = split.split(y)
    assert (found.points, found.dropped) == (4, 1)
    assert found.share("parameters") == pytest.approx(1)
