"""Proposals against a rival: exact where effects do add up, and never dearer than the rival by what is known."""

from itertools import product

import numpy as np

from sim.methods.additive_proposals import ROOM, coded, columns_of, proposals

SIZES = {"a": 2, "a.size": 3, "b": 2, "b.size": 2, "c": 2}
GAINS = {"a": [(2, 0), (4, 0), (6, 0)], "b": [(0, 3), (1, 4)], "c": [(1, 1)]}  # by size, two objectives
COSTS = {"a": [1e8, 2e8, 4e8], "b": [1e8, 3e8], "c": [2e8]}
DEFAULT = dict.fromkeys(SIZES, 0)


def worth(point):
    chosen = [(name, point.get(f"{name}.size", 0)) for name in GAINS if point[name]]
    return sum((np.array(GAINS[n][s], float) for n, s in chosen), np.zeros(2)), sum(COSTS[n][s] for n, s in chosen)


def every_point():
    return [dict(zip(SIZES, places, strict=True)) for places in product(*map(range, SIZES.values()))]


def test_where_effects_add_up_the_best_package_of_a_cost_is_found_from_a_few_points():
    points = every_point()
    told = [point for point in points if sum(point[name] for name in GAINS) <= 1] * 30  # each lever alone, each size
    x = np.array([list(point.values()) for point in told])
    gains, costs = np.array([worth(p)[0] for p in told]), np.array([worth(p)[1] for p in told])
    rival = (np.array([2.0, 1.0]), 4e8)
    (found,) = proposals(SIZES, x, gains, costs, [rival], DEFAULT)
    scale = gains.std(axis=0)
    least = {
        tuple(p.values()): ((worth(p)[0] - rival[0]) / scale).min()
        for p in points
        if worth(p)[1] <= (1 - ROOM) * rival[1]
    }
    assert least[tuple(found.values())] == max(least.values())


def test_how_a_lever_is_set_counts_only_where_it_is_chosen():
    names, options = list(SIZES), columns_of(SIZES)
    off, on = coded(names, options, [[0, 2, 0, 0, 0], [1, 2, 0, 0, 0]])
    assert off.sum() == 0 and [options[k] for k in np.flatnonzero(on)] == [("a", None, 1), ("a", "a.size", 2)]


def test_what_is_known_is_not_proposed_again_and_a_rival_without_cost_gets_at_most_what_is_free():
    x = np.array([list(p.values()) for p in every_point()])
    gains, costs = np.array([worth(p)[0] for p in every_point()]), np.array([worth(p)[1] for p in every_point()])
    assert proposals(SIZES, x, gains, costs, [(np.zeros(2), 4e8), (np.zeros(2), 0.0)], DEFAULT) == []
