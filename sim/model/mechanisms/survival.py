"""Closure of enterprises: the registry's hump by age, times what the firm's state says."""

import numpy as np

from sim.engine.quantity import Quantity, Reading
from sim.model.parameters import Survival

AGE_STEPS = np.array([12, 24, 36, 84])  # months of age at which the registry's yearly figure changes
NORMALISER_AGES = np.arange(0, 181, 6)  # months
OLDEST = 1199  # months: up to 100 years are told apart


def monthly_hazard(yearly_probability: Quantity) -> Reading:
    """Hazard a month of a probability a year: -ln(1 - p) / 12."""
    return -np.log1p(-yearly_probability) / 12


def probability(hazard: Quantity) -> Reading:
    """Chance that it happens within the month: 1 - exp(-h)."""
    return -np.expm1(-hazard)


def age_hazard(age: Quantity, p: Survival) -> Reading:
    """Closure hazard by age in months, as the registry has it; peaks in year 3 [C9, C10]. Returns 1/month."""
    return monthly_hazard(np.array(p.yearly))[np.searchsorted(AGE_STEPS, age, side="right")]


def base_hazards(p: Survival) -> np.ndarray:
    """The registry's hazard at each month of age, over the mean multiplier among living never-incubated firms of that age.

    So state decides who closes, and firms that were never incubated keep the registry's survival together. Returns
    (OLDEST + 1,) 1/month.
    """
    age = np.arange(OLDEST + 1)
    return age_hazard(age, p) / np.interp(age, NORMALISER_AGES, p.normaliser)


def log_state(quality: Quantity, momentum: Quantity, cash: Quantity, p: Survival) -> Reading:
    """Effect of state on the closure hazard, in logs: good founders and growth lower it, an empty till raises it."""
    return p.quality * quality + p.growth * momentum + p.broke * (cash < 0)


def log_learning(gained: Quantity, quality: Quantity, p: Survival) -> Reading:
    """Weak firms that are helped learn sooner that they are weak: offsets the cash that help brings. Not below 0."""
    return p.learning * gained * (quality < 0)


def state_factor(state: Quantity, learning: Quantity) -> Reading:
    """Factor on the closure hazard from state and learning, both in logs."""
    return np.exp(state + learning)


def rivalry(same_sector_tenants: Quantity, p: Survival) -> Reading:
    """Same-sector neighbours at the closest range raise the closure hazard [same_industry_1mile_mortality].

    Measured against premises outside the parks, which have rivals too: 1 with as many rivals as there.
    """
    return (1 + p.rivalry * np.log1p(same_sector_tenants)) / (1 + p.rivalry * np.log1p(p.outside_rivals))


def leaving_bump(months_since: Quantity, stay: Quantity, p: Survival) -> Reading:
    """Factor on the closure hazard for up to three years after leaving, more after a longer stay [eff_postgrad_hazard_bump]."""
    return 1 + p.bump * np.maximum(0.0, 1 - months_since / p.bump_months) * (stay / p.bump_stay)


def closure_hazard(base: Quantity, state: Quantity, rivalry: Quantity, bump: Quantity) -> Reading:
    """Closure hazard, 1/month: that of its age, times what state, rivals and a recent leaving say."""
    return base * state * rivalry * bump
