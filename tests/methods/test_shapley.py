"""Shapley shares on games whose shares are known, and against adding up every order by hand."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest

from sim.methods import shapley


def values_of(game, n):
    """A game's value of every coalition."""
    return np.array([game({i for i in range(n) if mask >> i & 1}) for mask in range(1 << n)], float)


def by_every_order(values, n):
    """Shares as they are defined: what each part adds, averaged over all orders of joining."""
    total = np.zeros(n)
    for order in permutations(range(n)):
        mask = 0
        for part in order:
            total[part] += values[mask | 1 << part] - values[mask]
            mask |= 1 << part
    return total / factorial(n)


def test_in_an_additive_game_each_part_gets_what_it_brings():
    brings = np.array([3.0, -1.0, 0.0, 2.5])
    values = values_of(lambda s: 10 + sum(brings[list(s)]), 4)
    assert shapley.shares(values) == pytest.approx(brings)
    assert shapley.interactions(values) == pytest.approx(np.zeros(6))


def test_in_a_unanimity_game_those_who_are_needed_share_alike():
    values = values_of(lambda s: 6.0 * ({0, 2, 3} <= s), 5)
    assert shapley.shares(values) == pytest.approx([2, 0, 2, 2, 0])


def test_two_parts_that_work_only_together_interact_by_all_they_do():
    values = values_of(lambda s: 6.0 * ({0, 2} <= s), 3)
    assert shapley.shares(values) == pytest.approx([3, 0, 3])
    assert dict(zip(shapley.pairs_of(3), shapley.interactions(values), strict=True)) == pytest.approx(
        {(0, 1): 0, (0, 2): 6, (1, 2): 0}
    )


def test_two_parts_either_of_which_does_it_all_are_substitutes():
    values = values_of(lambda s: 6.0 * bool(s & {0, 1}), 3)
    assert shapley.shares(values) == pytest.approx([3, 3, 0])
    assert shapley.interactions(values)[0] == pytest.approx(-6)


def test_in_the_glove_game_the_scarce_hand_gets_two_thirds():
    values = values_of(lambda s: min(len(s & {0}), len(s & {1, 2})), 3)
    assert shapley.shares(values) == pytest.approx([4 / 6, 1 / 6, 1 / 6])


@pytest.mark.parametrize("n", [2, 3, 5, 6])
def test_shares_are_what_every_order_gives_and_add_up_to_the_whole(n):
    values = 1e4 + np.random.default_rng(n).normal(size=1 << n)
    shares = shapley.shares(values)
    assert shares == pytest.approx(by_every_order(values, n))
    assert abs(shares.sum() - (values[-1] - values[0])) < 1e-9


def test_first_and_last_in_are_the_ends_of_the_orders():
    values = np.random.default_rng(3).normal(size=8)
    assert shapley.first_in(values, 3) == pytest.approx([values[m] - values[0] for m in (1, 2, 4)])
    assert shapley.last_in(values, 3) == pytest.approx([values[7] - values[m] for m in (6, 5, 3)])


def test_orders_are_keyed_and_each_is_followed_by_its_reverse():
    names = [f"part{i}" for i in range(9)]
    joining = shapley.orders(names, 5, 6)
    assert np.array_equal(joining, shapley.orders(names, 5, 6))
    assert not np.array_equal(joining, shapley.orders(names, 6, 6))
    assert np.array_equal(shapley.orders(names, 5, 4), joining[:4]), "more orders contain the fewer"
    assert np.array_equal(joining[1::2], joining[::2, ::-1])
    assert all(sorted(order) == list(range(9)) for order in joining.tolist())


def test_a_part_takes_the_same_place_whatever_row_it_has():
    names = ["rent", "services", "homes", "contracts"]
    one = [[names[i] for i in order] for order in shapley.orders(names, 2, 4)]
    other = [[names[::-1][i] for i in order] for order in shapley.orders(names[::-1], 2, 4)]
    assert one == other


def test_sampled_shares_add_up_and_touch_few_coalitions():
    n, rng = 16, np.random.default_rng(1)
    joining = shapley.orders([str(i) for i in range(n)], 1, 4)
    masks = shapley.coalitions(joining)
    assert len(masks) <= 2 + 4 * (n - 1) and masks[0] == 0 and masks[-1] == (1 << n) - 1
    values = {mask: rng.normal(size=3) for mask in masks}
    shares, error = shapley.sampled(values, joining)
    assert np.abs(shares.sum(axis=0) - (values[masks[-1]] - values[0])).max() < 1e-9
    assert (error > 0).all()


def test_sampling_an_additive_game_has_no_error():
    values = values_of(lambda s: sum(s), 7)
    shares, error = shapley.sampled(dict(enumerate(values)), shapley.orders("abcdefg", 1, 4))
    assert shares == pytest.approx(range(7)) and error == pytest.approx(np.zeros(7), abs=1e-20)


def test_one_order_and_its_reverse_cannot_tell_their_error():
    values = values_of(lambda s: len(s) ** 2, 3)
    _, error = shapley.sampled(dict(enumerate(values)), shapley.orders("abc", 1, 2))
    assert np.isnan(error).all()


@pytest.mark.statistical
def test_sampled_shares_are_unbiased_and_know_their_error():
    n, seeds = 7, 600
    values = np.random.default_rng(4).normal(size=1 << n).cumsum()
    exact = shapley.shares(values)
    table = dict(enumerate(values))
    found = [shapley.sampled(table, shapley.orders("abcdefg", seed, 4)) for seed in range(seeds)]
    shares, error = (np.array(part) for part in zip(*found, strict=True))
    spread = shares.std(axis=0, ddof=1) / np.sqrt(seeds)
    assert (np.abs(shares.mean(axis=0) - exact) < 4 * spread).all()
    # The error told (a variance of one degree of freedom) is right on average: four standard errors of its own mean.
    told = error.mean(axis=0), error.std(axis=0, ddof=1) / np.sqrt(seeds)
    kurtosis_room = 4 * np.sqrt(2 / (seeds - 1)) * shares.var(axis=0, ddof=1) * 2
    assert (np.abs(told[0] - shares.var(axis=0, ddof=1)) < 4 * told[1] + kurtosis_room).all()
