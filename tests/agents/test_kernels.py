"""Kernels do what the readable rules do, firm by firm; without numba everything works the same."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from sim.engine import distributions, kernels, streams
from sim.engine.rationing import allocate, wish_lists
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.cluster import Cluster
from sim.model.measures import stock
from sim.model.mechanisms import choice
from sim.model.month import MONTH, serve
from sim.model.phases import arrivals, departures, labour_market, milestones, neighbourhood, services, space_market
from sim.model.phases import growth as development
from tests.helpers import later, under
from tests.month.worlds import POLICIES, setup_of

pytestmark = pytest.mark.skipif(not kernels.available(), reason="numba is not installed")
CLOSE = {"rtol": 1e-12, "atol": 1e-15}  # a sum of shocks may come near zero


@pytest.fixture
def plain(monkeypatch):
    """plain(function, …) -> what it gives without kernels."""

    def call(function, *arguments):
        with monkeypatch.context() as patch:
            patch.setattr(kernels, "ON", False)
            return function(*arguments)

    return call


@pytest.fixture(scope="module")
def relieved(ouhai, ouhai_setup, lever):
    """Ouhai under rent relief and the service list, so that every branch of the rules is taken."""
    levers = [lever("rent_relief"), lever("service_list"), lever("talent_housing")]
    setup = under(ouhai_setup, levers, start=later(ouhai_setup, 2), ramp=0)
    return setup, ouhai.fork(setup).run(until=ouhai.start + 30)


def both(relieved, plain, rule):
    """A rule's result and the tables after it, compiled and not: ((result, cluster), (result, cluster))."""
    setup, cluster = relieved
    fast, slow = cluster.fork(setup), cluster.fork(setup)
    return (rule(fast), fast), (plain(rule, slow), slow)


def assert_alike(fast, slow, close=CLOSE):
    for family, table in fast.tables.items():
        for name, column in table.data.items():
            other = slow.tables[family].data[name]
            if column.dtype.kind == "f":
                np.testing.assert_allclose(column[: len(table)], other[: len(table)], **close, err_msg=name)
            else:
                np.testing.assert_array_equal(column[: len(table)], other[: len(table)], err_msg=name)
    for name, cells in fast.tally.firm.items():
        np.testing.assert_allclose(cells, slow.tally.firm[name], **close, err_msg=name)


def everyone(cluster):
    return cluster.where(Enterprise, lambda f: f.exists())


def test_a_month_of_growth_is_the_same_for_every_firm(relieved, plain):
    (fast, after), (slow, other) = both(relieved, plain, lambda c: development.develop(c, everyone(c)))
    np.testing.assert_allclose(fast, slow, **CLOSE)
    assert_alike(after, other)


def test_clocks_run_down_alike_for_every_firm(relieved, plain):
    def run_down(cluster):
        firms = everyone(cluster)
        part = np.arange(len(firms)) % 9
        firms[part == 0].closure_clock = 0.0
        firms[part <= 1].relocation_clock = 0.0
        firms[part == 2].entered_on = cluster.now - 48  # the shorter limit ends, the longer one does not
        firms[part == 3].founded_on = cluster.now - 130
        firms[part == 4].founded_on = cluster.now - 2000  # beyond the table of ages
        return departures.run_down(cluster, firms[part != 5])

    (fast, after), (slow, other) = both(relieved, plain, run_down)
    assert all(np.array_equal(*rows) and rows[0].size for rows in zip(fast, slow, strict=True))
    assert_alike(after, other)


def test_rare_events_meet_the_same_firms(relieved, plain):
    def meet(cluster):
        firms = everyone(cluster)
        firms.quality = firms.quality + 1.5
        part = np.arange(len(firms)) % 4
        firms[part == 0].granted = True
        firms[part < 2].helped_until = cluster.now
        before = np.count_nonzero(firms.is_high_tech)
        milestones.raise_rounds(cluster, firms)
        milestones.earn_certificates(cluster, firms, np.ones(len(firms)))
        return np.count_nonzero(firms.is_high_tech) - before

    (fast, after), (slow, other) = both(relieved, plain, meet)
    assert fast == slow > 10
    assert_alike(after, other)
    assert min(after.tally.firm[what].sum() for what in ("rounds", "patents")) > 50


def test_a_month_of_quits_layoffs_and_hires_moves_the_same_people(relieved, plain):
    def turn_over(cluster):
        return labour_market.turn_over(cluster, cluster.where(Enterprise, labour_market.followed))

    (fast, after), (slow, other) = both(relieved, plain, turn_over)
    np.testing.assert_allclose(fast, slow, **CLOSE)
    assert_alike(after, other)
    assert all(after.tally.firm[f"{what}_skilled"].sum() > 0 for what in ("quits", "layoffs", "vacancies", "hires"))


def test_people_move_the_same_ways_if_nobody_counts_them(relieved):
    setup, cluster = relieved
    counted, uncounted = cluster.fork(setup), cluster.fork(setup)
    uncounted.tally.wanted = {"graduates"}
    for one in (counted, uncounted):
        labour_market.turn_over(one, one.where(Enterprise, labour_market.followed))
    assert np.array_equal(counted.all(Enterprise).staff, uncounted.all(Enterprise).staff)
    assert "vacancies_skilled" in counted.tally.firm and "vacancies_skilled" not in uncounted.tally.firm


@pytest.fixture(scope="module")
def coming_and_going(ouhai, ouhai_setup, lever):
    """Ouhai just before firms are served, under levers of platforms, so that some cases are paid by voucher."""
    levers = [lever("rd_vouchers"), lever("service_list"), lever("coordination_mechanism")]
    setup = under(ouhai_setup, levers, start=later(ouhai_setup, 2), ramp=0)
    cluster = ouhai.fork(setup).run(until=ouhai.start + 30)
    for phase in MONTH[: MONTH.index(serve)]:
        phase(cluster)
    return setup, cluster


def in_a_queue(cluster, tenants):
    """Cases of several months wait for few places."""
    since = tenants.need_since
    longer = np.arange(len(tenants), dtype=np.int32)[:, None] % 5
    tenants.need_since = np.where(since >= 0, since - longer, since)
    platforms = cluster.all(ServicePlatform)
    platforms.capacity = 0.6 * platforms.capacity
    return services.taken_up(cluster, tenants)


@pytest.mark.parametrize(
    "rule",
    [
        services.new_needs,
        lambda cluster, tenants: services.clear(cluster, tenants, "need_due", cluster.now),
        lambda cluster, tenants: services.clear(cluster, tenants, "need_since", cluster.now - 0.5),
        services.done_cases,
        services.taken_up,
        in_a_queue,
    ],
    ids=["new", "done", "given up", "done with their gains", "taken up", "taken from a queue"],
)
def test_the_same_cases_arise_wait_and_are_done(coming_and_going, plain, rule):
    def cases(cluster):
        return np.array(rule(cluster, cluster.where(Enterprise, lambda f: f.is_tenant())))

    (fast, after), (slow, other) = both(coming_and_going, plain, cases)
    assert fast.shape == slow.shape and np.array_equal(in_order(fast), in_order(slow)) and fast.shape[1] > 20
    assert_alike(after, other)
    if len(fast) == 5:
        assert 0 < fast[4].sum() < fast.shape[1]


@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_draws_are_put_in_order(n):
    from sim.model.kernels.services import _in_order

    draws = np.random.default_rng(n).random(n)
    for some in (draws, draws**9, -np.sort(-draws), np.full(n, 1 - 2.0**-53)):
        assert np.array_equal(_in_order(some), np.argsort(some, kind="stable"))


def in_order(cases):
    """Cases by firm and kind (fields, m)."""
    return cases[:, np.lexsort(cases[1::-1])]


def test_firms_of_tens_of_thousands_turn_over_alike(relieved, plain):
    def turn_over(cluster):
        firms = cluster.where(Enterprise, labour_market.followed)
        large = firms[np.arange(0, len(firms), 50)]
        large.staff, large.desired = large.staff * 9000, large.desired * np.linspace(1000, 9000, len(large))
        large.january = large.january * 4000
        return labour_market.turn_over(cluster, firms)

    (fast, after), (slow, other) = both(relieved, plain, turn_over)
    np.testing.assert_allclose(fast, slow, **CLOSE)
    assert_alike(after, other)
    assert after.all(Enterprise).staff.max() > 50_000


def test_people_whose_firm_ends_go_the_same_ways(relieved, plain):
    def part(cluster):
        firms = cluster.where(Enterprise, labour_market.followed)
        ending, before = firms[np.arange(0, len(firms), 7)], cluster.all(Park).reemployed.sum()
        labour_market.part(cluster, ending, 0.4)
        labour_market.part(cluster, firms[np.arange(0)], 0.4)
        assert not ending.staff.any() and cluster.all(Park).reemployed.sum() > before

    (_, after), (_, other) = both(relieved, plain, part)
    assert_alike(after, other)


def test_the_same_re_employed_people_drift_away(relieved, plain):
    def drift(cluster):
        parks = cluster.all(Park)
        parks.reemployed = 100 + parks.reemployed
        labour_market.drift(cluster, parks)

    (_, after), (_, other) = both(relieved, plain, drift)
    assert_alike(after, other)


@pytest.mark.parametrize("part", [lambda firms: firms, lambda firms: firms[np.arange(0, len(firms), 3)]])
def test_who_is_where_is_counted_alike(relieved, plain, part):
    (fast, _), (slow, _) = both(relieved, plain, lambda c: neighbourhood.count(c, part(c.all(Enterprise))))
    for mine, other in zip(fast, slow, strict=True):
        assert np.array_equal(mine, other) and mine.sum() > 0


def test_a_months_stock_is_counted_alike(relieved, plain):
    def count(cluster):
        cluster.run(until=cluster.now + 11)  # across a January, so that people have a park of that day
        cluster.tally.clear()
        return stock.count_firms(cluster, everyone(cluster))

    (fast, after), (slow, other) = both(relieved, plain, count)
    assert_alike(after, other)
    assert np.array_equal(fast, slow) and np.array_equal(fast, after.tally.firm["tenants"][:-1])
    assert all(cells.sum() > 0 for cells in after.tally.firm.values())


@pytest.mark.parametrize("relief", [True, False], ids=["relief", "no relief"])
def test_the_same_parks_are_worth_more_to_firms_than_what_they_have_otherwise(relieved, plain, relief):
    def prefer(cluster):
        parks, firms = cluster.all(Park), cluster.all(Enterprise)
        parks.relief = np.where(np.arange(len(parks)) % 2, 30.0 * relief, 0.0)
        firms.relief_area = 100.0 * (firms.ident % 4)
        cluster.now -= 1  # newcomers of the last month look again
        size = choice.size_utility(
            np.maximum(parks.lettable(), 50 * (np.arange(len(parks)) % 5)), cluster.parameters.choice
        )
        firms.status = np.where(firms.place > 1, 1, firms.status).astype(np.int8)
        seeking = firms[firms.status <= 3]
        outside = space_market.values_outside(cluster)
        return space_market.preferences(cluster, seeking, space_market.offers(cluster), size, outside)

    (fast, after), (slow, _) = both(relieved, plain, prefer)
    for mine, theirs in zip(fast[:3], slow[:3], strict=True):
        assert np.array_equal(mine, theirs) and len(mine)
    np.testing.assert_allclose(fast[3], slow[3], rtol=1e-9, atol=1e-12)
    assert len(np.unique(fast[0])) == 4  # a cluster's park, and the three places outside


def test_space_let_is_the_same(relieved, plain):
    (fast, _), (slow, _) = both(relieved, plain, lambda c: space_market.let_area(c, c.all(Enterprise)))
    assert np.array_equal(fast, slow) and fast.sum() > 0


@pytest.mark.parametrize(
    "arguments", [(7,), (7, np.arange(5, dtype=np.uint64)), (np.array([[7], [8]], np.uint64),)], ids=str
)
def test_draws_are_the_same_bits(plain, arguments):
    luck = streams.luck(np.arange(1000, dtype=np.uint64), 3)
    assert np.array_equal(streams.uniform(luck, *arguments), plain(streams.uniform, luck, *arguments))


def test_draws_of_pairs_are_the_same_bits(plain):
    luck, parks = (streams.luck(np.arange(n, dtype=np.uint64), 3) for n in (100, 9))
    pairs = (np.repeat(np.arange(100), 3), np.arange(300) % 9)
    assert np.array_equal(streams.uniform(luck, 7, parks, pairs), plain(streams.uniform, luck, 7, parks, pairs))


def test_the_same_points_of_the_field_are_accepted(plain):
    intensity = np.append(np.random.default_rng(4).gamma(1, 4, 200), [0.0, 60.0])
    fast, slow = streams.poisson_field(3, 24300, intensity), plain(streams.poisson_field, 3, 24300, intensity)
    assert np.array_equal(fast, slow) and fast[0].size > 500


def test_the_same_newcomers_come_with_the_same_in_hand(relieved, plain):
    def come(cluster):
        cluster.balance = replace(cluster.balance, applicants_per_year=12 * 3000)  # enough for every branch
        return arrivals.arrivals(cluster)

    (fast, after), (slow, other) = both(relieved, plain, come)
    assert np.array_equal(fast.rows, slow.rows) and len(fast) > 2000
    assert_alike(after, other)
    assert len(np.unique(fast.segment)) > 10 and len(np.unique(fast.origin)) == 4 and fast.long_stay.any()


def test_binomial_counts_are_the_same_from_one_head_to_a_hundred_thousand(plain):
    rng = np.random.default_rng(1)
    n = np.concatenate([rng.integers(0, 60, 5000), [100_000, 30_000]])
    u, p = rng.random(len(n)), rng.random(len(n)) * 0.9
    assert np.array_equal(distributions.binomial(u, n, p), plain(distributions.binomial, u, n, p))


def test_gamma_draws_are_the_same_to_the_far_tail(plain):
    u = np.concatenate([np.random.default_rng(2).random(5000), [1e-15, 0.9999, 1 - 1e-12]])
    np.testing.assert_allclose(distributions.root_gamma(u, 1 / 12), plain(distributions.root_gamma, u, 1 / 12), **CLOSE)


def test_normal_draws_are_the_same_to_the_far_tails(plain):
    u = np.concatenate([np.random.default_rng(2).random(5000), [2.0**-53, 1e-12, 0.074, 0.5, 0.926, 1 - 2.0**-53]])
    np.testing.assert_allclose(distributions.normal(u), plain(distributions.normal, u), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("common", [True, False], ids=["one standing", "a standing with each"])
@pytest.mark.parametrize("alike", [True, False], ids=["one size", "sizes of their own"])
def test_scarce_room_goes_to_the_same(plain, common, alike):
    rng = np.random.default_rng(3)
    for _ in range(50):
        n, depth, parks = rng.integers(1, 80), rng.integers(1, 6), 7
        choices = np.argsort(rng.random((n, parks)), axis=1)[:, :depth]
        choices[np.arange(depth) >= rng.integers(0, depth + 1, n)[:, None]] = -1
        size = np.full((n, depth), 50) if alike else 50 * rng.integers(1, 9, (n, depth))
        priority = rng.integers(0, 4, n if common else (n, depth)).astype(float)
        market = (choices, size, priority, rng.random(n), 50 * rng.integers(0, 40, parks))
        assert np.array_equal(allocate(*market), plain(allocate, *market))


def test_wish_lists_are_the_same(plain):
    rng = np.random.default_rng(4)
    for m in (0, 1, 5, 200):
        applicant, choices = np.sort(rng.integers(0, m // 4 + 1, m)), np.arange(m) % 9
        pairs = (np.round(rng.random(m), 1), 3, choices, rng.integers(1, 9, m), rng.random(m))  # some worth the same
        for mine, theirs in zip(wish_lists(applicant, *pairs), plain(wish_lists, applicant, *pairs), strict=True):
            assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("name, months", [("toy", 36), ("ouhai", 6)])
def test_two_runs_tell_the_same_events_compiled_or_not(plain, name, months):
    setup = setup_of(name, POLICIES, months=months, burn_in=24)
    fast, slow = Cluster(setup, 5).run(), plain(lambda: Cluster(setup, 5).run())
    for column in fast.log.table().dtype.names:
        np.testing.assert_allclose(fast.log.table()[column], slow.log.table()[column], rtol=1e-9)
    assert_alike(fast, slow, {"rtol": 1e-9})  # cash, a sum over months, may come near zero


class Hesitant(Enterprise):
    """Closes at half the usual hazard."""

    def closure_hazard(self):
        return 0.5 * super().closure_hazard()


def test_a_subclass_is_read_by_its_own_rules(relieved):
    cluster = relieved[1]
    ordinary = everyone(cluster)
    other = Hesitant.cohort(cluster, ordinary.rows)
    np.testing.assert_allclose(other.closure_hazard(), 0.5 * ordinary.closure_hazard(), **CLOSE)


def test_without_numba_the_readable_rules_run():
    script = (
        "import sys; sys.modules['numba'] = None; import sim; from sim.engine import kernels\n"
        "cluster = sim.build('toy', 'run.burn_in=6'); cluster.step(); print(kernels.available(), cluster.month)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "2022-02"] and not done.stderr
