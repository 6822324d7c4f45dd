"""Funding rounds, intellectual property, certificates, acquisitions: rare events of a firm's life."""

import numpy as np

from sim.engine.distributions import normal, poisson
from sim.model.agents import Enterprise
from sim.model.kernels import twin
from sim.model.mechanisms import survival
from sim.model.status import Cause, Event


def raise_rounds(cluster, firms):
    """A month of funding rounds: equity counts as venture capital, bank credit only as outside funding."""
    p = cluster.parameters.funding
    funded = firms[find_investors(cluster, firms)]
    amount = p.amount_median * np.exp(p.amount_spread * normal(cluster.draw("round_amount", funded)))
    equity = cluster.draw("round_kind", funded) >= p.credit_share
    funded.cash, funded.funded_on = funded.cash + amount, cluster.now
    funded.vc_total = funded.vc_total + amount * equity
    tenant = np.flatnonzero(funded.is_tenant())
    tenants = funded[tenant]
    cluster.log.add(cluster.now, Event.FUNDED, tenants, amount=amount[tenant])
    cluster.tally.count("rounds", tenants)


@twin("milestones.find_investors")
def find_investors(cluster, firms):
    """Which firms have a funding round this month: positions."""
    return _happens(cluster.draw("round", firms), firms.round_hazard())


@twin("milestones.see_incubatees")
def see_incubatees(cluster, firms, revenue):
    """What befalls those of these firms that are under incubation; their revenue (n,), CNY a month, is put on record.

    Returns positions of those who file intellectual property, how much they file, positions of those who would be given the
    high-tech certificate, and of those who are bought or listed.
    """
    inside = np.flatnonzero(firms.is_incubating())
    incubatees = firms[inside]
    incubatees.record_revenue(revenue[inside])
    filed = poisson(cluster.draw("patent", incubatees), incubatees.patent_rate())
    some = np.flatnonzero(filed)
    certified = _happens(cluster.draw("certificate", incubatees), incubatees.certificate_hazard())
    sold = np.flatnonzero(cluster.draw("acquisition", incubatees) < acquisition_chance(cluster))
    return inside[some], filed[some], inside[certified], inside[sold]


def acquisition_chance(cluster):
    """Bought or listed within the month."""
    return survival.probability(survival.monthly_hazard(cluster.parameters.graduating.acquisition_hazard))


def _happens(luck, hazard):
    """Positions of those to whom a rare event happens this month: a chance is never above its hazard, so few need it."""
    likely = np.flatnonzero(luck < hazard)
    return likely[luck[likely] < survival.probability(hazard[likely])]


def pay_seed_rounds(cluster, firms):
    """A month of seed rounds from a public fund: cash in hand, on record as a round of funding and as a public grant.

    Not venture capital that counts towards graduation: the rule means investors who risk their own money.
    """
    if not cluster.all(Enterprise).seed_rate.max(initial=0):  # no firm is offered one
        return
    firms = firms[firms.seed_rate > 0]  # elsewhere no luck is drawn
    chosen = firms[_happens(cluster.draw("seed_round", firms), firms.seed_hazard())]
    amount = chosen.seed_amount
    chosen.cash, chosen.funded_on, chosen.granted = chosen.cash + amount, cluster.now, True
    cluster.log.add(cluster.now, Event.FUNDED, chosen, cause=Cause.SEED_FUND, amount=amount)
    cluster.tally.count("seed_rounds", chosen)
    cluster.tally.count("seed_money", chosen, amount)


def earn_certificates(cluster, firms, revenue):
    """A month of patents, certificates and sales among incubatees; their revenue (n,), CNY, is put on record."""
    inventive, filed, certified, sold = see_incubatees(cluster, firms, revenue)
    inventive = firms[inventive]
    inventive.patents = np.minimum(inventive.patents + filed, 30000).astype(np.int16)
    cluster.tally.count("patents", inventive, filed)
    certified = firms[certified]
    certified = certified[~certified.is_high_tech]
    certified.is_high_tech = True
    cluster.log.add(cluster.now, Event.CERTIFIED, certified)
    firms[sold].acquired = True
