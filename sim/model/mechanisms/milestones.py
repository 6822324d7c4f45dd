"""Rare events of a firm's life: rounds of funding, intellectual property, certificates, a sale."""

import numpy as np

from sim.engine.distributions import lognormal
from sim.engine.quantity import Quantity, Reading, either
from sim.model.mechanisms import survival
from sim.model.parameters import Funding, Graduating, Growth, Service


def round_hazard(
    quality: Quantity, by_operator: Quantity, helped: Quantity, pull: Quantity, granted: Quantity, p: Funding
) -> Reading:
    """A funding round, 1/month: better founders, better operators, finance platforms, pull of the district, grants.

    by_operator: factor by the operator's grade; helped, granted: by a finance platform, ever by a public grant; pull: factor.
    """
    hazard = p.round_hazard / 12 * lognormal(quality, p.quality_weight) * by_operator
    return hazard * either(helped, p.finance_service, 1.0) * pull * either(granted, p.grant_multiplier, 1.0)


def round_amount(normal: Quantity, p: Funding) -> Reading:
    """Amount of a funding round, CNY: lognormal of a given median."""
    return p.amount_median * np.exp(p.amount_spread * normal)


def seed_hazard(rate: Quantity) -> Reading:
    """A seed round from a public fund, 1/month. rate 1/year."""
    return rate / 12


def patent_rate(quality: Quantity, helped: Quantity, p: Growth, service: Service) -> Reading:
    """Intellectual property filed, 1/month: better founders file more, and so do firms helped with testing. p: growth."""
    rate = p.patents_per_year / 12 * np.exp(p.patents_quality * quality)
    return rate * either(helped, service.testing_patents, 1.0)


def certificate_hazard(quality: Quantity, helped: Quantity, age: Quantity, p: Graduating, service: Service) -> Reading:
    """The national high-tech certificate, 1/month: not before an age; testing helps. p: graduating."""
    hazard = p.certificate_hazard / 12 * lognormal(quality, p.certificate_quality)
    return hazard * either(helped, service.testing_patents, 1.0) * (age >= p.certificate_age)


def sale_chance(p: Graduating) -> Reading:
    """Chance to be bought or listed within the month. p: graduating."""
    return survival.probability(survival.monthly_hazard(p.acquisition_hazard))
