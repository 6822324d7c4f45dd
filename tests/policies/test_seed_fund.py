"""A seed round is cash and a grant: later rounds come a little more often, survival and graduation are not bought."""

from dataclasses import replace

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import Enterprise
from sim.model.phases import milestones
from sim.model.status import Cause, Event, Status
from tests.helpers import under


@pytest.fixture
def funded(ouhai, ouhai_setup, lever):
    """funded(**changes) -> Ouhai with the fund in force at full strength from the start."""
    return lambda **changes: ouhai.fork(
        under(ouhai_setup, [lever("seed_fund")], **{"start": ouhai_setup.data.start, "ramp": 0} | changes)
    )


def seed_rounds(cluster):
    log = cluster.log.table()
    return log[(log["event"] == Event.FUNDED) & (log["cause"] == Cause.SEED_FUND)]


def test_the_fund_pays_what_firms_receive_and_nothing_else_moves_that_month(funded, ouhai, ouhai_setup):
    plain, acting = ouhai.fork(ouhai_setup), funded(rate=1.0)
    for cluster in (plain, acting):
        for phase in cluster.pipeline[: cluster.pipeline.index(month.grow) + 1]:
            phase(cluster)
    before, after = plain.all(Enterprise), acting.all(Enterprise)
    paid = after.granted & ~before.granted
    assert paid.sum() > 10
    assert np.array_equal(after.cash, np.where(paid, before.cash + 500_000, before.cash))
    assert np.array_equal(after.vc_total, before.vc_total)
    assert (after.funded_on[paid] == acting.now).all()
    assert set(seed_rounds(acting)["ident"].tolist()) == set(after.ident[paid].tolist())
    assert acting.policies[0].cost(acting) == {"seed_rounds": 500_000.0 * paid.sum()}


def test_a_firm_has_one_round_in_its_life(funded):
    cluster = funded(rate=1.0).run(until=funded().start + 18)
    rounds = seed_rounds(cluster)
    assert len(rounds) > 100 and len(np.unique(rounds["ident"])) == len(rounds)
    assert sum(amount for *_, amount in cluster.spending) == 500_000.0 * len(rounds)


def test_only_young_incubatees_of_target_parks_and_sectors_are_meant(funded):
    parks = ("university_science_park", "carrier_01")
    cluster = funded(sectors=("digital_economy",), parks=parks, selection=0.0)
    month.set_place_terms(cluster)
    month.set_firm_terms(cluster)
    firms = cluster.all(Enterprise)
    here = np.isin(firms.park_row, [cluster.park_keys.index(key) for key in parks])
    digital = firms.sector == cluster.sector_keys.index("digital_economy")
    meant = here & digital & (firms.status == Status.INCUBATING) & (firms.age() < 36)
    assert meant.any() and np.array_equal(firms.seed_rate, np.where(meant, 0.05, 0))


@pytest.mark.statistical
@pytest.mark.parametrize("selection", [0.0, 1.0])
def test_rounds_are_as_frequent_as_set_and_better_founders_come_first_only_if_it_leans(funded, selection):
    cluster = funded(rate=1.0, selection=selection)
    month.set_place_terms(cluster)
    month.set_firm_terms(cluster)
    eligible = cluster.where(Enterprise, lambda f: f.seed_rate > 0)
    chance, quality = -np.expm1(-np.exp(selection * eligible.quality - selection**2 / 2) / 12), eligible.quality
    milestones.pay_seed_rounds(cluster, cluster.where(Enterprise, lambda f: f.exists()))
    chosen = eligible.granted
    assert abs(chosen.sum() - chance.sum()) < 4 * np.sqrt((chance * (1 - chance)).sum())
    lead = ((chosen - chosen.mean()) * quality).sum()  # covariance with quality, summed
    expected = ((chance - chance.mean()) * quality).sum()
    assert abs(lead - expected) < 4 * np.sqrt((chance * (1 - chance) * quality**2).sum())
    assert (expected > 0.05 * len(eligible)) == (selection > 0)


def test_later_rounds_are_likelier_by_the_multiplier_between_nothing_and_a_doubling(toy):
    firms = toy.where(Enterprise, lambda f: f.is_tenant())
    firms.granted = False
    before = firms.round_hazard()
    firms.granted = True
    assert firms.round_hazard() == pytest.approx(1.2 * before)


def test_a_round_of_any_size_makes_no_graduate(toy):
    firms = toy.where(Enterprise, lambda f: f.is_incubating())
    firms.vc_total, firms.acquired, firms.is_high_tech, firms.past_revenue = 0.0, False, False, np.float32(0)
    firms.seed_rate, firms.seed_amount = 1e6, 1e9  # certain, and far above the bar of 5 million
    milestones.pay_seed_rounds(toy, firms)
    assert firms.granted.all() and not firms.graduation_route().any()


def test_a_firm_with_money_closes_as_often_with_a_round_as_without(toy):
    firms = toy.where(Enterprise, lambda f: f.is_incubating() & (f.cash > 0))
    before = firms.closure_hazard()
    firms.granted, firms.cash = True, firms.cash + 500_000
    assert len(firms) and np.array_equal(firms.closure_hazard(), before)


def test_two_seed_funds_in_one_package_are_refused_in_a_sentence(lever, toy_setup):
    one = lever("seed_fund")
    two = replace(one, name="second_fund")
    assert two.clash(one, toy_setup.data) == (
        "policies.second_fund and policies.seed_fund: two of the kind seed_fund have the same target "
        "in the same months; give them different targets or months, or keep one."
    )


def test_a_sector_that_does_not_exist_is_refused_in_a_sentence(lever, toy_setup):
    wrong = replace(lever("seed_fund"), sectors=("traditonal",))
    sentence = "policies.seed_fund.sectors: 'traditonal' is not a sector of toy; did you mean 'traditional'?"
    assert wrong.problems(toy_setup.data) == [sentence]
