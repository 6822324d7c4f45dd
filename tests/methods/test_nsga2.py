"""The search on problems whose answer is known, and what makes it one that can be repeated and gone on with."""

import numpy as np
import pytest

from sim.methods.nsga2 import search, spaced, undominated

STEPS = 20


def zdt1(points):
    """Zitzler, Deb and Thiele (2000), problem 1, on a grid of six variables; the front is f2 = 1 - sqrt(f1), here f1 >= 0.3."""
    x = np.array([[point[f"x{k}"] / STEPS for k in range(6)] for point in points])
    g = 1 + 9 * x[:, 1:].mean(axis=1)
    return np.column_stack([x[:, 0], g * (1 - np.sqrt(x[:, 0] / g))]), 0.3 - x[:, 0]


def searched(candidates, seed=3, **how):
    return search({f"x{k}": STEPS + 1 for k in range(6)}, zdt1, objectives=2, candidates=candidates, seed=seed, **how)


def test_it_comes_near_the_known_front_and_keeps_the_constraint():
    found = searched(1000)
    f1, f2 = found.losses[found.front].T
    gap, start = f2 - (1 - np.sqrt(f1)), searched(40).losses
    assert (f1 >= 0.3).all() and len(found.front) >= 8
    assert gap.max() < 0.3 < (start[:, 1] - (1 - np.sqrt(start[:, 0]))).min()


def test_a_longer_search_goes_on_from_a_shorter_one_and_another_seed_goes_elsewhere():
    long, short = searched(130), searched(70)
    assert np.array_equal(long.points[:70], short.points) and np.array_equal(long.losses[:70], short.losses)
    assert not np.array_equal(searched(70, seed=4).points, short.points)


def test_points_to_begin_with_come_first():
    first = [{f"x{k}": 0 for k in range(6)}, {f"x{k}": STEPS for k in range(6)}]
    assert searched(40, first=first).points[:2].tolist() == [[0] * 6, [STEPS] * 6]
    assert searched(60, population=30, then=lambda points: first).points[30:32].tolist() == [[0] * 6, [STEPS] * 6]


def test_a_front_without_a_point_that_keeps_the_constraint_is_empty():
    found = search(
        {"x": 5},
        lambda points: (np.ones((len(points), 2)), np.ones(len(points))),
        objectives=2,
        candidates=8,
        population=4,
    )
    assert len(found.front) == 0


def test_undominated_is_what_comparing_every_two_rows_says():
    losses = np.random.default_rng(1).integers(0, 4, (60, 3))
    slow = [not any((o <= row).all() and (o < row).any() for o in losses) for row in losses]
    assert undominated(losses).tolist() == slow


def test_representatives_hold_what_is_kept_and_the_ends():
    values = np.column_stack([np.arange(11.0), np.arange(11.0)[::-1]])
    assert spaced(values, 3, keep=[5])[0] == 5 and set(spaced(values, 3, keep=[5])) == {5, 0, 10}
    assert len(spaced(values, 50)) == 11


@pytest.mark.parametrize("losses", [np.zeros((3, 2)), np.ones((1, 4))])
def test_equal_rows_do_not_beat_each_other(losses):
    assert undominated(losses).all()
