"""Emulator and flip points on functions whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, qmc

from sim.engine.mistakes import ConfigurationError
from sim.methods.emulator import Emulator, Scale, cross_validated, strongest
from sim.methods.flip_points import chance_map, first_positive, flips
from tests.helpers import library

library("sklearn")  # the extra `studies`

NAMES = list("abcd")
SCALE = Scale({name: (0.0, 2.0) for name in NAMES})
NOW = dict.fromkeys(NAMES, 0.6)


def difference(x):
    """Of the points from 0 to 1: crosses zero along a alone, at 1.15 of its 0 to 2 where the others are at 0.6."""
    return 3 - 8 * (x[:, 0] - 0.2) + 0.5 * (x[:, 1] - 0.3) - 2 * (x[:, 2] - 0.3) ** 2


def sampled(n=64, seeds=6, seed=1, noise=1.0, truth=difference):
    x, rng = qmc.Sobol(4, rng=seed).random(n), np.random.default_rng(seed)
    luck = rng.normal(0, 0.5, (1, seeds)) + x[:, :1] * rng.normal(0, 0.5, (1, seeds))
    return x, truth(x)[:, None] + luck + rng.normal(0, noise, (n, seeds))


def test_an_emulator_tells_of_unseen_points_nearly_all_that_luck_leaves_to_tell():
    x, values = sampled()
    held = cross_validated(x, values, NAMES)
    assert held.highest - 0.1 < held.r2 <= 1 and 0.85 <= held.coverage <= 1 and held.points == 64


def test_pure_luck_is_emulated_as_nothing():
    x, values = sampled(truth=lambda x: np.zeros(len(x)))
    held = cross_validated(x, values, NAMES)
    assert held.r2 < 0.2 and held.highest < 0.5 and held.coverage > 0.85


def test_luck_shared_by_all_points_widens_every_value_alike():
    x, values = sampled(noise=0.0)
    values = difference(x)[:, None] + np.random.default_rng(3).normal(0, 2, (1, 6))
    drawn = Emulator(x, values, NAMES).draws(x[:5], 4000)
    half = np.diff(np.quantile(drawn, [0.025, 0.975], axis=0), axis=0)[0] / 2
    student = 2.571 * values[0].std(ddof=1) / 6**0.5  # t of five degrees of freedom
    assert half == pytest.approx(student, rel=0.1)


def test_the_strongest_parameters_are_kept_when_there_are_too_many():
    x, values = sampled()
    assert strongest(x, values.mean(axis=1), NAMES, 1) == ["a"]


def test_the_flip_point_is_found_and_no_other_is_claimed():
    x, values = sampled()
    present, found = flips(Emulator(x, values, NAMES), SCALE, NOW, draws=300)
    assert present.clear and present.sign == 1
    first, *rest = found
    assert (first.name, first.side, first.status) == ("a", "above", "flip")
    assert first.value == pytest.approx(1.15, abs=0.15) and first.low < first.value < first.high
    assert all(f.value is None and f.status in ("none", "possible") for f in rest)


def test_a_flip_below_the_present_value_is_told_from_one_above():
    x, values = sampled(truth=lambda x: 2 + 12 * (x[:, 0] - 0.3))
    first = flips(Emulator(x, values, NAMES), SCALE, NOW, draws=300)[1][0]
    assert first.side == "below" and first.value == pytest.approx(0.27, abs=0.15) and first.low < first.high < 0.6


def test_the_worse_choice_has_the_same_flip_points():
    x, values = sampled()
    one = flips(Emulator(x, values, NAMES), SCALE, NOW, draws=300)[1][0]
    other = flips(Emulator(x, -values, NAMES), SCALE, NOW, draws=300)
    assert other[0].sign == -1 and other[1][0].value == pytest.approx(one.value, abs=0.01)


def test_a_flip_that_may_lie_beyond_the_bounds_has_an_open_end():
    x, values = sampled(seeds=3, truth=lambda x: 0.4 + 2.6 * (0.9 - x[:, 0]))
    first = next(f for f in flips(Emulator(x, values, NAMES), SCALE, NOW, draws=300)[1] if f.name == "a")
    assert first.status in ("open", "possible") and first.high is None


def test_a_choice_that_is_better_everywhere_has_no_flip_point():
    x, values = sampled(truth=lambda x: 20 + x[:, 0])
    assert {f.status for f in flips(Emulator(x, values, NAMES), SCALE, NOW, draws=300)[1]} == {"none"}


def test_a_word_that_turns_the_preference_is_named():
    rng = np.random.default_rng(5)
    points = pd.DataFrame({"demand": rng.choice(["steady", "downturn"], 64), "a": 2 * rng.random(64)})
    scale = Scale({"demand": ("steady", "downturn"), "a": (0.0, 2.0)}, ("demand",))
    values = np.where(points.demand == "downturn", -3.0, 3.0)[:, None] + rng.normal(0, 0.5, (64, 5))
    found = flips(Emulator(scale(points), values, scale.owners), scale, {"demand": "steady", "a": 1.0}, draws=300)[1]
    assert (found[0].name, found[0].side, found[0].value, found[0].status) == ("demand", "is", "downturn", "flip")


def test_the_map_turns_where_the_flip_point_lies():
    x, values = sampled()
    first, second, mean, better = chance_map(Emulator(x, values, NAMES), SCALE, NOW, ["a", "b"], draws=300)
    row = np.abs(second - 0.6).argmin()
    assert np.interp(0, -mean[row], first) == pytest.approx(1.15, abs=0.15)
    assert better[row, 0] > 0.99 and better[row, -1] < 0.01


def test_the_first_crossing_lies_straight_between_two_places():
    places = np.array([0.0, 1.0, 2.0])
    values = np.array([[-1.0, 1.0, -1.0], [-1.0, -1.0, -1.0], [1.0, -1.0, 1.0], [-3.0, -1.0, 1.0]])
    assert first_positive(places, values).tolist() == [0.5, np.inf, 0.0, 1.5]


def test_too_few_points_are_refused():
    x, values = sampled(8)
    with pytest.raises(ConfigurationError, match="8 points are too few"):
        Emulator(x, values, NAMES)


@pytest.mark.slow
@pytest.mark.statistical
def test_intervals_of_flip_points_hold_the_truth_as_often_as_they_say():
    held, n = 0, 30
    for k in range(n):
        x, values = sampled(32, 5, 100 + k, noise=1.5)
        first = next(f for f in flips(Emulator(x, values, NAMES), SCALE, NOW, draws=400)[1] if f.name == "a")
        held += (first.low is None or first.low <= 1.15) and (first.high is None or first.high >= 1.15)
    # Fewer than this happens once in ten thousand times if 95 % hold it.
    assert held >= binom.ppf(1e-4, n, 0.95)
