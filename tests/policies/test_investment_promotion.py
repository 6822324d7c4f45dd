"""Promotion draws more applicants at a rising price, and changes nobody who would have come anyway."""

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.calendar import along
from sim.model import month
from sim.model.agents import Enterprise
from sim.model.phases.arrivals import intensities
from tests.conftest import OUHAI
from tests.helpers import under

ASSUMED_PRICE = 15_000  # CNY an extra applicant, the first ones


@pytest.fixture
def applicants(ouhai, ouhai_setup, lever):
    """applicants(spend) -> expected applicants in Ouhai's first month at so much spending, CNY a month."""

    def expected(spend):
        changes = {"start": ouhai_setup.data.start, "ramp": 0, "spend": spend}
        cluster = ouhai.fork(under(ouhai_setup, [lever("investment_promotion")], **changes))
        month.set_place_terms(cluster)
        return intensities(cluster).sum()

    return expected


def test_each_further_million_draws_fewer_applicants_than_the_last(applicants):
    drawn = np.diff([applicants(million * 1e6) for million in range(6)])
    assert (drawn > 0).all() and (np.diff(drawn) < 0).all()


@pytest.mark.parametrize("world", ["space_pulls", "promotion_pulls"])
def test_the_first_extra_applicant_costs_what_was_assumed_in_both_worlds(world, composed):
    """The pull is 1 + w ln(1 + S/S0), so that the first one costs S0/(w · applicants a month), reputation at its norm."""
    setup = composed(*OUHAI, f"world={world}")
    p, now = setup.parameters.demand, 2026 * 12
    monthly = setup.data.balance[world].applicants_per_year / 12 * along(setup.world.promotion, now)
    assert p.promotion_spend0 / (p.promotion_weight * monthly) == pytest.approx(ASSUMED_PRICE, rel=0.02)


def test_who_would_have_come_anyway_comes_with_the_same_luck(toy_start, toy_setup, lever):
    start = toy_setup.data.start
    promoted = toy_start.fork(under(toy_setup, [lever("investment_promotion")], start=start, ramp=0, spend=1e7))
    plain = toy_start.fork(toy_setup)
    for cluster in (promoted, plain):
        for phase in month.MONTH[:3]:
            phase(cluster)
    firms = [c.where(Enterprise, lambda f, c=c: (f.entered_on < 0) & (f.status == 0)) for c in (promoted, plain)]
    more, fewer = (set(f.ident.tolist()) for f in firms)
    assert fewer < more
    same = np.isin(firms[0].ident, firms[1].ident)
    assert np.array_equal(np.sort(firms[0][same].luck), np.sort(firms[1].luck))


def test_two_budgets_are_one_pull(applicants, ouhai, ouhai_setup, lever):
    changes = {"start": ouhai_setup.data.start, "ramp": 0, "spend": 1e6}
    setup = under(ouhai_setup, [lever("investment_promotion")], **changes)
    both = replace(setup, policies=(*setup.policies, replace(setup.policies[0], name="another")))
    cluster = ouhai.fork(both)
    month.set_place_terms(cluster)
    assert intensities(cluster).sum() == pytest.approx(applicants(2e6), rel=1e-12)
    assert [policy.cost(cluster) for policy in cluster.policies] == [{"promotion": 1e6}] * 2
