"""Numbers that the month needs over and over, worked out once: tables by age, chances a month, constants of a logit."""

from math import exp, expm1, log, log1p

from sim.model.mechanisms import survival
from sim.model.vocabulary import NEEDS

OLDEST = 1200  # months of age up to which tables reach
TECHNOLOGY, TESTING, TALENT, FINANCE, MARKET = range(len(NEEDS))


def monthly(yearly):
    """Chance a month of a chance a year."""
    return -expm1(log1p(-yearly) / 12)


class Rates:
    """Parameters of a setup in the form in which agents read them."""

    def __init__(self, setup):
        p = setup.parameters
        growth, labour, exit_, service, choice = p.growth, p.labour, p.survival, p.service, p.choice
        ages = range(OLDEST)
        self.drift = [growth.early_drift * exp(-age / growth.drift_fade) / 12 for age in ages]
        self.margin = [growth.margin - growth.early_loss * exp(-age / growth.loss_fade) for age in ages]
        self.hazard = survival.base_table(exit_).tolist()
        self.quality_drift = growth.quality_drift / 12
        self.spread = growth.spread * growth.reference_size**growth.spread_exponent
        self.shrink = -growth.spread_exponent
        self.adjustment, self.staff_elasticity = growth.adjustment, growth.staff_elasticity
        self.shortage = growth.shortage_exponent
        self.outside_rent = (choice.reference_rent + choice.service_charge) * p.space.area_per_head
        self.charge = choice.service_charge
        self.quality_state, self.growth_state, self.broke = exit_.quality, exit_.growth, exit_.broke
        self.learning, self.rivalry = exit_.learning, exit_.rivalry
        self.outside_rivalry = 1 + exit_.rivalry * log1p(exit_.outside_rivals)
        self.bump, self.bump_months, self.bump_stay = exit_.bump, exit_.bump_months, exit_.bump_stay
        self.relocation = -log1p(-p.leaving.relocation) / 12
        self.acquisition = monthly(p.graduating.acquisition_hazard)
        self.round_hazard, self.certificate_hazard = p.funding.round_hazard / 12, p.graduating.certificate_hazard / 12
        self.patents, self.patents_quality = growth.patents_per_year / 12, growth.patents_quality
        self.wage_scale = labour.wage_slope * labour.wage_elasticity
        self.market_revenue = p.demand.revenue_per_head
        self.relief_of_wage = self.wage_scale * log(self.market_revenue)
        self.tier_shares = labour.tier_shares
        self.commute = [  # yearly quits outside the parks, by tier
            base + labour.commute_slope * (labour.district_minutes - labour.commute_reference)
            for base in labour.quit_base
        ]
        self.stay_after_quit, self.stay_after_layoff = labour.stay_after_quit, labour.stay_after_layoff
        self.stay_after_departure, self.layoff_speed = labour.stay_after_departure, labour.layoff_speed
        self.reemployed_leave = monthly(labour.reemployed_leave)
        self.needs = [-expm1(-rate / 12) for rate in service.need_rate]
        self.early_needs = [-expm1(-rate * service.early_needs / 12) for rate in service.need_rate]
        self.level_gain = service.level_gain / (service.need_rate[TECHNOLOGY] + service.need_rate[MARKET])
        self.recognition, self.minimum = setup.rules.recognition, setup.rules.minimum


def binomial(random, n, chance):
    """People out of n to whom something happens."""
    luck = random()
    return count(luck, n, chance) if luck < n * chance else 0  # n p is never less than the chance of anybody at all


def count(luck, n, chance):
    """The same by inversion, counted from the end where nobody is concerned: little luck means many."""
    if chance >= 1.0:
        return n
    term = (1 - chance) ** n
    tail, found, odds = 1 - term, 0, chance / (1 - chance)
    while luck < tail and found < n:
        found += 1
        term *= (n - found + 1) / found * odds
        tail -= term
    return found


def poisson(random, mean):
    """A Poisson count, by inversion."""
    luck = random()
    if luck >= mean:
        return 0
    term = exp(-mean)
    tail, count = 1 - term, 0
    while luck < tail and term > 0:
        count += 1
        term *= mean / count
        tail -= term
    return count


def between(grade, values):
    """A figure given by grade D, C, B, A, read off between grades. grade 0 to 3."""
    low = min(int(grade), len(values) - 2)
    return values[low] + (grade - low) * (values[low + 1] - values[low])
