"""Living services are ordered ahead, open late, wear out."""

import numpy as np
import pytest

from sim.model.agents import Park
from tests.helpers import under

REMOTE = 1  # row of the remote park, which starts with none


@pytest.fixture
def amenities(toy_start, toy_setup, lever):
    """amenities(**changes) -> the toy cluster with living services ordered from its first month on."""
    return lambda **changes: toy_start.fork(
        under(toy_setup, [lever("living_amenities")], start=toy_setup.data.start, **changes)
    )


def followed(cluster, months):
    """Living services in use at the remote park, and its capacity, at the end of each month."""
    area, capacity = [], []
    for _ in range(months):
        cluster.advance()
        area.append(cluster.all(Park).amenity_area[REMOTE])
        capacity.append(cluster.all(Park).capacity()[REMOTE])
    return np.array(area), np.array(capacity)


def test_they_open_eighteen_months_after_the_order(amenities):
    area, capacity = followed(amenities(), 19)
    assert not area[:18].any()
    assert area[18] == pytest.approx(2.0 * capacity[0], rel=0.02)  # the order stood on the capacity of its own month


def test_they_wear_out(amenities):
    area, _ = followed(amenities(), 24)
    wear = amenities().parameters.amenity.depreciation / 12
    assert wear > 0
    assert np.allclose(area[19:24], area[18] * (1 - wear) ** np.arange(1, 6), rtol=1e-12)


def test_central_parks_get_none(amenities):
    cluster = amenities()
    cluster.run(until=cluster.start + 20)
    assert {work.row for work in cluster.works} == {REMOTE}


@pytest.mark.parametrize("step", [1, 6, 12, 18])
def test_what_is_under_way_or_about_to_open_is_not_ordered_again(amenities, step):
    cluster = amenities(step_months=step)
    for _ in range(24):
        cluster.advance()
        parks = cluster.all(Park)
        assert parks.amenity_area[REMOTE] + cluster.under_way()[REMOTE] <= 2.0 * parks.capacity()[REMOTE] * (1 + 1e-9)


def test_building_is_paid_when_ordered_and_running_when_open(amenities):
    cluster = amenities()
    cluster.run(until=cluster.start + 24)
    money = cluster.parameters.money
    for when, _, line, amount in cluster.spending:
        areas = [w.area for w in cluster.works if (w.ordered_on == when if line == "building" else w.due <= when)]
        price = money.amenity_building if line == "building" else money.amenity_running
        assert amount == pytest.approx(sum(areas) * price)
    assert sum(amount for _, _, line, amount in cluster.spending if line == "running") > 0


def test_they_take_felt_minutes_away(amenities):
    cluster = amenities()
    without = cluster.all(Park).felt_minutes()[REMOTE]
    cluster.run(until=cluster.start + 19)
    assert cluster.all(Park).felt_minutes()[REMOTE] < without - 5
