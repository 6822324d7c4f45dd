"""Numbers that the month needs over and over, worked out once: tables by age, chances a month; and counts by luck."""

from math import exp

from sim.model.mechanisms import needs as needs_of_many
from sim.model.mechanisms import survival as survival_of_many
from sim.model.vocabulary import NEEDS
from tests.benchmarks.plain_mesa.equations import growth, milestones, needs, survival, talent

TECHNOLOGY, TESTING, TALENT, FINANCE, MARKET = range(len(NEEDS))


class Rates:
    """What follows from the parameters of a setup alone, in the form in which agents read it."""

    def __init__(self, setup):
        p = setup.parameters
        labour, funding = p.labour, p.funding
        ages = range(survival.OLDEST + 1)
        self.youth = [growth.youth(age, p.growth) for age in ages]
        self.margin = [growth.margin(growth.early_loss(age, p.growth), p.growth) for age in ages]
        self.hazard = survival_of_many.base_hazards(p.survival).tolist()
        self.outside_rivalry = survival.rivalry(p.survival.outside_rivals, p.survival)
        self.relocation = survival.monthly_hazard(p.leaving.relocation)
        self.sale = milestones.sale_chance(p.graduating)
        self.best_operator = max(1.0, *funding.grade_multiplier)
        self.stay_after_quit, self.stay_after_layoff, self.stay_after_departure = (
            talent.stays(base, 0.0, labour)
            for base in (labour.stay_after_quit, labour.stay_after_layoff, labour.stay_after_departure)
        )
        self.reemployed_leave = talent.monthly(labour.reemployed_leave)
        self.needs, self.early_needs = needs_of_many.chances(p.service).T.tolist()
        self.level_gain = needs.level_gain(p.service)
        self.case_months = needs.case_months(p.service.process_months, 1.0)
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
