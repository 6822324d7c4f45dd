"""Regret, and the candidate that has least of it in any world."""

import numpy as np

from sim.studies.optimise.outside_worlds import compromise, regret


def test_regret_and_the_compromise_by_hand():
    one = np.array([[10, 2], [8, 4], [5, 5], [0, 0]], float)[:, None]  # four rows, one world, two objectives
    assert regret(one)[:, 0].tolist() == [[0, 3], [2, 1], [5, 0], [10, 5]]
    assert compromise(one) == 1  # shares of the range: 0.6, 0.2, 0.5, 1
    other = np.array([[10, 5], [1, 1], [6, 3], [0, 0]], float)[:, None]
    assert compromise(np.concatenate([one, other], axis=1)) == 2  # the largest of both worlds: 0.6, 0.9, 0.5, 1
