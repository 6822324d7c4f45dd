"""Living services come with the space they are planned for, and wear out from the start on."""

import numpy as np
import pytest

import sim
from sim.model.agents import Park


def a_head(cluster):
    """Living services a head of capacity in each park, and what was planned (parks,)."""
    parks = cluster.all(Park)
    return parks.amenity(), parks.amenity_planned


def test_at_the_start_each_park_has_the_living_services_of_its_data(toy_start):
    have, planned = a_head(toy_start.fork(toy_start.setup))
    assert planned.any()
    assert have == pytest.approx(planned)


def test_a_park_that_opens_later_gets_its_living_services_with_its_space():
    cluster = sim.build("ouhai", "run.burn_in=0", "run.until=2025-12").run()
    have, planned = a_head(cluster)
    late = (cluster.all(Park).opened_on > cluster.start) & (planned > 0)
    wear = (1 - cluster.parameters.amenity.depreciation / 12) ** (cluster.now - cluster.start)
    assert late.sum() > 10
    assert (have[late] <= planned[late] * (1 + 1e-9)).all()
    assert (have[late] >= planned[late] * wear).all()


def test_nothing_wears_out_before_the_start_and_then_by_a_twelfth_of_a_year(toy_start):
    cluster = toy_start.fork(toy_start.setup)
    before, fitted = cluster.all(Park).amenity_area.copy(), cluster.all(Park).fitted.copy()
    cluster.advance()
    parks = cluster.all(Park)
    opened = parks.amenity_planned * (parks.fitted - fitted) / cluster.parameters.space.area_per_head
    assert np.allclose(parks.amenity_area, before * (1 - cluster.parameters.amenity.depreciation / 12) + opened)
