"""Value of information against closed forms and brute force."""

import numpy as np
import pytest
from scipy.stats import norm, qmc

from sim.methods.value_of_information import evpi, evppi, gain, smooth
from tests.helpers import library

SLOPES, MEAN = np.array([3.0, 1.0, 0.0]), 1.0


def loss(mean, spread):
    """Unit normal loss: EVPI of two choices whose difference is normal (Raiffa & Schlaifer 1961)."""
    return spread * norm.pdf(mean / spread) - abs(mean) * norm.cdf(-abs(mean) / spread)


def normal_linear(n=128, seeds=5, seed=0, noise=2.0):
    """Benefits of two choices whose difference is MEAN + SLOPES z, z normal, with luck of runs: x (n, 3), (n, seeds, 2)."""
    x, rng = qmc.Sobol(3, rng=seed).random(n), np.random.default_rng(seed)
    apart = (MEAN + norm.ppf(x) @ SLOPES)[:, None] + rng.normal(0, noise, (n, seeds))
    own = rng.normal(0, 5, (n, seeds))
    return x, np.stack([own, own + apart], axis=-1)


def test_worth_of_each_parameter_is_that_of_the_closed_form():
    x, benefits = normal_linear()
    first, second, none = evppi(x, list("abc"), benefits, draws=60, shuffles=50)
    for worth, slope in ((first, 3.0), (second, 1.0)):
        truth = loss(MEAN, slope)
        assert worth.low <= truth <= worth.high and worth.value == pytest.approx(truth, abs=0.3)
    assert first.clear and not none.clear and none.value < 0.05


def test_worth_of_all_parameters_is_that_of_the_closed_form():
    library("sklearn")
    x, benefits = normal_linear()
    worth, _ = evpi(x, list("abc"), benefits, draws=60)
    truth = loss(MEAN, np.sqrt((SLOPES**2).sum()))
    assert worth.low <= truth <= worth.high and worth.value == pytest.approx(truth, abs=0.3)


@pytest.mark.statistical
def test_the_mean_over_samples_is_the_closed_form_within_four_standard_errors():
    found = np.array([[w.value for w in evppi(*_sample(seed), draws=2, shuffles=2)] for seed in range(30)])
    for column, slope in ((0, 3.0), (1, 1.0)):
        error = found[:, column].std(ddof=1) / len(found) ** 0.5
        # The best of noisy means is a little too high: 0.01 is left for that.
        assert abs(found[:, column].mean() - loss(MEAN, slope)) < 4 * error + 0.01


def _sample(seed):
    x, benefits = normal_linear(128, 6, seed)
    return x, list("abc"), benefits


def test_worth_among_three_choices_is_that_of_brute_force():
    def means(x):  # of three choices, the third parameter without effect
        return np.stack([2 * x[:, 0], 1 + np.sin(5 * x[:, 1]), 2.2 - 2 * x[:, 0]], axis=-1)

    rng = np.random.default_rng(4)
    x = qmc.Sobol(3, rng=4).random(512)
    found = evppi(x, list("abc"), means(x)[:, None] + rng.normal(0, 0.5, (512, 4, 3)), draws=50, shuffles=50)
    outer, inner = (np.arange(200) + 0.5) / 200, rng.random((4000, 3))
    whole = means(inner).mean(axis=0).max()
    for k, worth in enumerate(found):  # each value of a parameter held while all others are drawn
        held = inner.copy()
        best = []
        for value in outer:
            held[:, k] = value
            best.append(means(held).mean(axis=0).max())
        assert worth.value == pytest.approx(np.mean(best) - whole, abs=0.06)


def test_what_all_choices_share_is_worth_nothing_to_know():
    rng = np.random.default_rng(6)
    x, shared = rng.random((64, 2)), rng.normal(0, 50, (64, 4))
    benefits = np.stack([shared, shared - 1], axis=-1)
    assert [w.value for w in evppi(x, list("ab"), benefits, draws=20, shuffles=20)] == [0.0, 0.0]


def test_a_word_that_decides_is_worth_half_the_gap():
    word = np.tile(np.eye(2), (50, 1))
    benefits = np.stack([np.zeros((100, 3)), np.where(word[:, :1] > 0, 4.0, -4.0) * np.ones((1, 3))], axis=-1)
    (worth,) = evppi(word, ["demand", "demand"], benefits, draws=20, shuffles=20)
    assert worth.value == pytest.approx(2.0) and worth.clear


def test_a_straight_line_is_left_straight_and_a_curve_is_followed():
    x = np.sort(np.random.default_rng(7).random(200))[:, None]
    line, curve = 2 * x[:, 0] - 1, np.sin(6 * x[:, 0])
    assert smooth(x, line) == pytest.approx(line, abs=1e-6)
    noisy = curve + np.random.default_rng(8).normal(0, 0.3, 200)
    assert np.sqrt(np.mean((smooth(x, noisy) - curve) ** 2)) < 0.12


def test_gain_is_the_mean_of_the_best_less_the_best_of_the_means():
    assert gain(np.array([[1.0, 0.0], [0.0, 3.0]])) == pytest.approx(2.0 - 1.5)
