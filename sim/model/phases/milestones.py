"""Funding rounds, intellectual property, certificates, acquisitions: rare events of a firm's life."""

from itertools import product

import numpy as np

from sim.engine.distributions import normal, poisson
from sim.engine.kernels import has_kernel
from sim.model.agents import Enterprise
from sim.model.kernels import family
from sim.model.mechanisms import milestones, survival
from sim.model.status import Cause, Event

EITHER = (False, True)


def raise_rounds(cluster, firms: Enterprise) -> None:
    """A month of funding rounds: equity counts as venture capital, bank credit only as outside funding."""
    p = cluster.parameters.funding
    pulls = 1.0, float(firms.of_district("finance_pull"))
    ranges = _qualities(firms), (*p.grade_multiplier, 1.0), EITHER, pulls, EITHER
    most = _highest(cluster, milestones.round_hazard, ranges, (p,))
    funded = firms[find_investors(cluster, firms, cluster.draw("round", firms), most)]
    amount = milestones.round_amount(normal(cluster.draw("round_amount", funded)), p)
    equity = cluster.draw("round_kind", funded) >= p.credit_share
    funded.cash, funded.funded_on = funded.cash + amount, cluster.now
    funded.vc_total = funded.vc_total + amount * equity
    tenant = np.flatnonzero(funded.is_tenant())
    tenants = funded[tenant]
    cluster.log.add(cluster.now, Event.FUNDED, tenants, amount=amount[tenant])
    cluster.tally.count("rounds", tenants)


@has_kernel("sim.model.kernels.milestones:find_investors", family)
def find_investors(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> np.ndarray:
    """Return positions of firms that have a funding round this month. luck (n,); most: see `_likely`."""
    return _happens(firms, luck, most, lambda f: f.round_hazard())


def see_incubatees(cluster, firms: Enterprise, revenue: np.ndarray) -> tuple[np.ndarray, ...]:
    """Draw the rare events of incubatees among these firms; their revenue (n,), CNY a month, is put on record.

    Returns positions of those who file intellectual property, how much they file, positions of those who would be given the
    high-tech certificate, and of those who are bought or listed.
    """
    inside = np.flatnonzero(firms.is_incubating())
    incubatees = firms[inside]
    incubatees.record_revenue(revenue[inside])
    p, quality = cluster.parameters, _qualities(firms)
    patent, certificate, sale = cluster.draw(("patent", "certificate", "acquisition"), incubatees)
    most = _highest(cluster, milestones.patent_rate, (quality, EITHER), (p.growth, p.service))
    inventive, filed = file_patents(cluster, incubatees, patent, most)
    most = _highest(cluster, milestones.certificate_hazard, (quality, EITHER, (0, 10**6)), (p.graduating, p.service))
    certified = earn_certificate(cluster, incubatees, certificate, most)
    sold = np.flatnonzero(sale < milestones.sale_chance(p.graduating))
    return inside[inventive], filed, inside[certified], inside[sold]


@has_kernel("sim.model.kernels.milestones:file_patents", family)
def file_patents(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Return positions of firms that file intellectual property this month, and how much. luck (n,); most: see `_likely`."""
    some = _likely(firms, 1 - luck, most)  # none are filed with a chance of exp(-rate), which is above 1 - rate
    filed = poisson(luck[some], firms[some].patent_rate())
    return some[filed > 0], filed[filed > 0]


@has_kernel("sim.model.kernels.milestones:earn_certificate", family)
def earn_certificate(cluster, firms: Enterprise, luck: np.ndarray, most: float) -> np.ndarray:
    """Return positions of firms that would be given the high-tech certificate. luck (n,); most: see `_likely`."""
    return _happens(firms, luck, most, lambda f: f.certificate_hazard())


def _happens(firms, luck, most, hazard):
    """Positions of those to whom a rare event happens this month. most: see `_likely`; hazard: function of firms, 1/month.

    A chance is never above its hazard, and no hazard above `most`: whom luck spares needs neither worked out.
    """
    some = _likely(firms, luck, most)
    hazards = hazard(firms[some])
    near = np.flatnonzero(luck[some] < hazards)
    return some[near[luck[some[near]] < survival.probability(hazards[near])]]


def _likely(firms, luck, most):
    """Positions of firms whose luck is below what none of their family exceeds; of a subclass, with rules of its own, all."""
    return np.flatnonzero(luck < most) if family(None, firms) else np.arange(len(luck))


def _qualities(firms):
    """Bounds, in halves, of founder quality in the whole table, of which all of these firms are part.

    In halves, for bounds that seldom change make limits that seldom have to be worked out.
    """
    qualities = firms.table.data["quality"][: len(firms.table)]
    least, most = qualities.min(initial=0.0), qualities.max(initial=0.0)
    return float(np.floor(2 * least)) / 2, float(np.ceil(2 * most)) / 2


def _highest(cluster, equation, ranges, others):
    """The largest value that an equation takes where each argument lies in its range: it is at one of their ends.

    For equations that rise or fall throughout with each argument. others: what follows the arguments.
    """

    def work_out():
        corners = np.array(list(product(*ranges)))
        return equation(*corners.T, *others).max() * (1 + 1e-9)

    return cluster.known((equation.__name__, ranges), work_out)


def pay_seed_rounds(cluster, firms: Enterprise) -> None:
    """A month of seed rounds from a public fund: cash in hand, on record as a round of funding and as a public grant.

    Not venture capital that counts towards graduation: the rule means investors who risk their own money.
    """
    if not cluster.all(Enterprise).seed_rate.max(initial=0):  # no firm is offered one
        return
    firms = firms[firms.seed_rate > 0]  # elsewhere no luck is drawn
    chosen = firms[_happens(firms, cluster.draw("seed_round", firms), np.inf, lambda f: f.seed_hazard())]
    amount = chosen.seed_amount
    chosen.cash, chosen.funded_on, chosen.granted = chosen.cash + amount, cluster.now, True
    cluster.log.add(cluster.now, Event.FUNDED, chosen, cause=Cause.SEED_FUND, amount=amount)
    cluster.tally.count("seed_rounds", chosen)
    cluster.tally.count("seed_money", chosen, amount)


def earn_certificates(cluster, firms: Enterprise, revenue: np.ndarray) -> None:
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
