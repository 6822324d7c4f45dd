"""The fast month is the slow month: the same events, the same people, the same numbers."""

from dataclasses import replace

import numpy as np
import pytest

from sim.model.cluster import Cluster
from tests.helpers import same_record
from tests.month.worlds import POLICIES, setup_of, with_demand
from tests.reference import SLOW, binomial, draw, poisson, slowed

pytestmark = pytest.mark.usefixtures("readable")


def differences(fast, slow, tolerance=0.0):
    """Names of columns in which two clusters differ."""
    found = []
    for family, table in fast.tables.items():
        twin = slow.tables[family]
        assert len(table) == len(twin), family.__name__
        for name, column in table.data.items():
            a, b = column[: len(table)], twin.data[name][: len(table)]
            same = (
                np.allclose(a, b, rtol=tolerance, atol=0) if tolerance and a.dtype.kind == "f" else np.array_equal(a, b)
            )
            found += [] if same else [f"{family.__name__}.{name}"]
    return found


def same_tally(fast, slow):
    """Names of counts in which the last filed months differ."""
    found = []
    for a, b in zip(fast.tally.months[-1][1:], slow.tally.months[-1][1:], strict=True):
        for name in a.keys() | b.keys():
            if not np.allclose(a.get(name, 0), b.get(name, 0), rtol=1e-12, atol=0):
                found.append(name)
    return found


def twins(setup, seed, phases):
    start = Cluster(setup, seed)
    return start.fork(setup), slowed(start.fork(setup), phases)


def walk(fast, slow, months, tolerance=0.0):
    for month in range(months):
        fast.advance()
        slow.advance()
        assert differences(fast, slow, tolerance) == [], f"month {month}"
        assert same_tally(fast, slow) == [], f"month {month}"
    assert np.array_equal(fast.log.table(), slow.log.table())


@pytest.mark.parametrize("phase", sorted(SLOW))
def test_a_fast_phase_does_what_its_slow_form_does(phase):
    setup = with_demand(setup_of("toy", POLICIES, months=12, burn_in=30), 120)
    walk(*twins(setup, 2, (phase,)), months=8)


def test_the_fast_month_is_the_slow_month_for_fourteen_months_of_the_toy():
    setup = with_demand(setup_of("toy", POLICIES, months=14, burn_in=60), 120)
    fast, slow = twins(setup, 4, tuple(SLOW))
    walk(fast, slow, months=14)
    happened = set(fast.log.table()["event"].tolist())
    assert len(happened) >= 11, "a comparison in which little happens compares little"


def test_seed_rounds_vouchers_and_bundled_help_are_the_same_one_by_one():
    setup = with_demand(setup_of("toy", POLICIES, months=14, burn_in=30, start=0), 120)
    brisk = tuple(replace(p, rate=1.0) if p.kind == "seed_fund" else p for p in setup.policies)
    fast, slow = twins(replace(setup, policies=brisk), 5, ("serve", "grow"))
    walk(fast, slow, months=14)
    for name in ("seed_rounds", "vouchers", "bundled"):
        assert sum(filed[1].get(name, np.zeros(1)).sum() for filed in fast.tally.months) > 2, name


def test_the_fast_month_is_the_slow_month_in_ouhai():
    setup = setup_of("ouhai", POLICIES, months=2, burn_in=14, start=0)
    walk(*twins(setup, 9, tuple(SLOW)), months=2, tolerance=1e-12)


def test_draws_from_integers_are_the_draws_of_the_streams(toy):
    from sim.model.agents import Enterprise, Park

    firms, parks = toy.all(Enterprise), toy.all(Park)
    for decision in ("recognition", "closure_clock"):
        assert toy.draw(decision, firms).tolist() == [draw(toy, decision, luck) for luck in firms.luck]
    tastes = toy.draw("taste_park", firms, toy.park_hashes)
    assert tastes[3, 1] == draw(toy, "taste_park", firms.luck[3], toy.park_hashes[1])
    assert len(parks) == tastes.shape[1]


@pytest.mark.parametrize("n, p", [(1, 0.3), (7, 0.02), (9, 0.3), (40, 0.5), (3000, 0.01)])
def test_counts_by_inversion_reach_the_distribution_function(n, p):
    from scipy.stats import binom

    for u in (1e-9, 0.02, 0.3, 0.77, 0.999, 1 - 1e-9):
        k = binomial(u, n, p)
        assert binom.cdf(k, n, p) >= u - 1e-12 and (k == 0 or binom.cdf(k - 1, n, p) < u + 1e-12)


def test_a_poisson_count_by_inversion_reaches_the_distribution_function():
    from scipy.stats import poisson as law

    for u in (0.01, 0.5, 0.99):
        k = poisson(u, 1.7)
        assert law.cdf(k, 1.7) >= u and (k == 0 or law.cdf(k - 1, 1.7) < u)


def test_a_slow_month_is_of_the_same_luck_whether_looked_at_or_not(toy, toy_setup):
    other = toy.fork(toy_setup)
    assert len(other.agents) > 0  # makes Mesa's objects
    toy.advance()
    other.advance()
    assert same_record(toy, other)
