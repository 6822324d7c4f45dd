"""The plain Mesa twin is the same model, so that its cost may stand beside ours."""

from random import Random

import numpy as np
import pytest

from sim.model.agents import Enterprise, Park
from sim.model.status import Status
from tests.benchmarks.agreement import compare
from tests.benchmarks.plain_mesa import PlainCluster
from tests.benchmarks.plain_mesa.market import Wish, match
from tests.benchmarks.plain_mesa.rates import binomial, poisson
from tests.conftest import SEED, TOY


@pytest.fixture
def twin(toy):
    return PlainCluster(toy, SEED)


def test_the_twin_begins_in_the_state_of_the_model(toy, twin):
    firms, parks = toy.where(Enterprise, lambda f: f.exists()), toy.all(Park)
    assert sorted(firm.status for firm in twin.enterprises) == sorted(firms.status.tolist())
    assert sum(sum(firm.staff) for firm in twin.enterprises) == firms.staff.sum()
    assert [park.let for park in twin.parks] == parks.let.tolist()
    assert [len(park.tenants) for park in twin.parks] == np.bincount(
        firms.park_row[firms.is_tenant()], minlength=len(parks)
    ).tolist()
    assert sum(firm.revenue for firm in twin.enterprises) == pytest.approx(firms.revenue.sum())


def test_reading_the_state_leaves_the_cluster_as_it_was(toy, toy_start):
    PlainCluster(toy, SEED).run(3)
    for name, array in toy.tables[Enterprise].data.items():
        size = toy.tables[Enterprise].size
        assert np.array_equal(
            array[:size], toy_start.tables[Enterprise].data[name][:size], equal_nan=array.dtype.kind == "f"
        )


def test_the_twins_stocks_are_those_of_its_firms_after_every_month(twin):
    for _ in range(30):
        twin.step()
        for park in twin.parks:
            assert park.let == sum(firm.area for firm in park.tenants)
            assert 0 <= park.let + park.turning <= park.fitted <= park.announced
            assert all(firm.park is park for firm in park.tenants)
        assert set(twin.tenants) == {firm for park in twin.parks for firm in park.tenants}
        assert set(twin.locals) == {firm for firm in twin.enterprises if firm.place <= 1}
        assert set(twin.waiting) == {firm for firm in twin.enterprises if firm.status <= Status.WAITING}
        assert all(min(firm.staff) >= 0 and min(firm.january) >= 0 for firm in twin.enterprises)
        assert all(pool >= 0 for pool in twin.pool)


def test_the_twin_gives_the_same_run_for_the_same_seed(toy):
    runs = [PlainCluster(toy, 3).run().datacollector.get_model_vars_dataframe() for _ in range(2)]
    assert runs[0].equals(runs[1])


def test_the_twin_refuses_a_cluster_with_policies(composed, toy_start):
    setup = composed(*TOY, "policy=[rent_relief]")
    with pytest.raises(ValueError, match="knows no policies"):
        PlainCluster(toy_start.fork(setup))


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("draw", "mean", "variance"),
    [
        (lambda luck: binomial(luck, 7, 0.03), 7 * 0.03, 7 * 0.03 * 0.97),
        (lambda luck: binomial(luck, 40, 0.3), 40 * 0.3, 40 * 0.3 * 0.7),
        (lambda luck: poisson(luck, 0.4), 0.4, 0.4),
    ],
)
def test_counts_by_inversion_have_their_mean_and_variance(draw, mean, variance):
    n, luck = 20_000, Random(1).random
    drawn = np.array([draw(luck) for _ in range(n)])
    assert abs(drawn.mean() - mean) < 4 * (variance / n) ** 0.5
    fourth = ((drawn - drawn.mean()) ** 4).mean()
    assert abs(drawn.var() - variance) < 4 * ((fourth - variance**2) / n) ** 0.5


def test_parks_keep_the_best_who_fit_and_the_others_go_to_their_next_choice(twin):
    one, two = twin.parks[:2]
    for park in (one, two):
        park.fitted, park.let, park.turning = 100, 0, 0
    wishes = []
    for firm, standing in zip(twin.enterprises, (1, 0, 2), strict=False):
        wish = Wish(firm, "no room")
        wish.parks, wish.standing, wish.area = [one, two], {one: standing, two: standing}, 100
        wishes.append(wish)
    placed = match(wishes)
    assert [placed.get(wish.firm) for wish in wishes] == [two, one, None]


@pytest.mark.slow
@pytest.mark.statistical
def test_twin_and_model_agree_on_the_headline_measures_within_four_standard_errors(composed):
    setup = composed("run.burn_in=24", "run.until=2025-12")
    found = compare(setup, range(1, 7))
    for measure in found:
        # Of a mean over seeds no more than 5 % may be noise, or the band would let anything pass.
        assert measure.error < 0.05 * measure.ours, measure
        assert abs(measure.z) < 4, measure
