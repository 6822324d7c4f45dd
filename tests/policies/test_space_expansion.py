"""Space expansion announces what it says, no more and no less."""

import numpy as np
import pytest

from sim.model.agents import Park
from tests.helpers import under


@pytest.fixture(scope="module")
def expanding(ouhai_setup, lever):
    """expanding(**changes) -> setup with expansion from the start."""
    return lambda **changes: under(ouhai_setup, [lever("space_expansion")], start=ouhai_setup.data.start, **changes)


def extra(ouhai, ouhai_setup, setup, months):
    with_it, without = (ouhai.fork(s).run(until=ouhai.start + months).all(Park).announced for s in (setup, ouhai_setup))
    return with_it - without


@pytest.mark.parametrize(("area", "over", "months"), [(400_000, 12, 14), (1_000, 7, 8), (35, 3, 3), (9_000, 2.5, 4)])
def test_it_announces_exactly_its_area(ouhai, ouhai_setup, expanding, area, over, months):
    added = extra(ouhai, ouhai_setup, expanding(area=area, over=over), months)
    assert (added >= 0).all()
    assert added.sum() == area


def test_half_intensity_is_half_the_area(ouhai, ouhai_setup, expanding):
    assert extra(ouhai, ouhai_setup, expanding(area=100_000, over=6, intensity=0.5), 6).sum() == 50_000


def test_only_target_parks_get_any(ouhai, ouhai_setup, expanding):
    added = extra(ouhai, ouhai_setup, expanding(parks=("carrier_01", "carrier_07"), over=6, area=10_000), 6)
    keys = np.array([park.key for park in ouhai_setup.data.parks])
    assert set(keys[added > 0]) == {"carrier_01", "carrier_07"} and added.sum() == 10_000


def test_every_announced_square_metre_is_paid_once(ouhai, ouhai_setup, expanding):
    setup = expanding(area=100_000, over=6)
    cluster = ouhai.fork(setup).run(until=ouhai.start + 8)
    added = extra(ouhai, ouhai_setup, setup, 8).sum()
    building = sum(amount for _, _, line, amount in cluster.spending if line == "building")
    assert building == pytest.approx(added * cluster.parameters.money.building)
