"""Morris screening and PAWN on slopes, on Ishigami's function, and on nothing at all."""

import numpy as np
import pytest

from sim.methods import screening

pytest.importorskip("SALib")
from SALib.sample import morris as morris_points  # noqa: E402
from SALib.test_functions import Ishigami  # noqa: E402

NAMES = ["a", "b", "c"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[-np.pi, np.pi]] * 3}


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
    foretold, most = screening.noise_alone(4.0, 3, 20, 4, 40)
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
    table = screening.pawn(problem, x, Ishigami.evaluate(x)).set_index("name")
    assert table.loc["b", "pawn"] > table.loc["a", "pawn"] > table.loc["a", "nothing"]
    assert table.loc["dummy", "pawn"] < table.loc["dummy", "nothing"]


def test_pawn_of_a_handful_of_points_says_nothing():
    x = np.random.default_rng(0).random((10, 3))
    assert screening.pawn(PROBLEM, x, x[:, 0])["pawn"].isna().all()
