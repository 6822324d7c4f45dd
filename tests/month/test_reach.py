"""Pairs of a firm and a park that luck rules out are never those that the firm would choose."""

import numpy as np
import pytest

from sim.model.agents import Enterprise, Park
from sim.model.mechanisms import choice
from sim.model.phases import space_market
from tests.helpers import later, under


@pytest.fixture(scope="module")
def relieved(ouhai, ouhai_setup, lever):
    """Ouhai under rent relief, which firms feel differently, and its tenants as a cohort."""
    setup = under(ouhai_setup, [lever("rent_relief")], start=later(ouhai_setup, 2), ramp=0)
    cluster = ouhai.fork(setup).run(until=ouhai.start + 6)
    return cluster, cluster.where(Enterprise, lambda f: f.is_tenant())


@pytest.mark.parametrize("level", [-2.0, 1.0, 4.0])
def test_no_better_park_is_lost_and_most_others_are_spared(relieved, level):
    cluster, firms = relieved
    parks, n = cluster.all(Park), len(firms)
    offered = space_market.offers(cluster)
    size = choice.size_utility(
        np.where(parks.fitted > 0, np.maximum(parks.lettable(), 50), 0), cluster.parameters.choice
    )
    threshold = level + np.random.default_rng(1).normal(size=n)
    every = np.divmod(np.arange(n * len(parks)), len(parks))
    better = space_market.worth(cluster, firms, offered, *every) + size[every[1]] > threshold[every[0]]
    firm, park = space_market.within_reach(cluster, firms, offered, size, threshold)
    found = np.zeros((n, len(parks)), bool)
    found[firm, park] = True
    assert found.ravel()[better].all()
    assert better.sum() <= found.sum() < 0.5 * (found.size + better.sum())
