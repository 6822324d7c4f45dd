"""People: who quits, who is laid off, who is hired, who stays in the district."""

from collections.abc import Sequence

import numpy as np

from sim.engine.quantity import Quantity, Reading
from sim.model.mechanisms import survival
from sim.model.parameters import Labour

LEAST, MOST = 0.005, 0.6  # yearly quits at least and at most
STEEPER = ((1 - (1 - MOST) ** (1 / 12)) / MOST - 1 / 12) / MOST


def felt_minutes(minutes: Quantity, amenity: Quantity, minutes_per_unit: Quantity) -> Reading:
    """Commute as it is felt: living services at the park take minutes away, never below none."""
    return np.maximum(0.0, minutes - minutes_per_unit * amenity)


def revenue_per_head(revenue: Quantity, heads: Quantity) -> Reading:
    """Revenue a year for each head, of one head at least. CNY."""
    return revenue / np.maximum(heads, 1)


def relative_wage(revenue_per_head: Quantity, reference: Quantity, p: Labour) -> Reading:
    """Log wage paid against the market: firms that earn more a head pay a little more."""
    return p.wage_elasticity * np.log(np.maximum(revenue_per_head, 1.0) / reference)


def yearly_quits(base: Quantity, felt: Quantity, log_wage: Quantity, p: Labour) -> Reading:
    """Chance a year that one head quits [C14]: its tier's base, commute, pay; between 0.5 and 60 %."""
    yearly = base + p.commute_slope * (felt - p.commute_reference) - p.wage_slope * log_wage
    return np.minimum(np.maximum(yearly, LEAST), MOST)


def monthly(yearly: Quantity) -> Reading:
    """Chance a month of a chance a year."""
    return survival.probability(survival.monthly_hazard(yearly))


def most_monthly(yearly: Quantity) -> Reading:
    """A bound that the chance a month never exceeds, without a power: the chance is convex over the year's."""
    return yearly * (1 / 12 + STEEPER * yearly) * 1.000001


def posts(desired: Quantity, share: Quantity) -> Reading:
    """Posts of a tier, before rounding. desired: staff wished for in all; share of the tier."""
    return desired * share


def overstaffed(heads: Quantity, desired: Quantity) -> Reading:
    """True where a firm has markedly more heads than it wishes for."""
    return heads > desired + 1


def layoff_chance(heads: Quantity, desired: Quantity, p: Labour) -> Reading:
    """Chance a month that one head of an overstaffed firm is laid off."""
    return p.layoff_speed * ((heads - desired) / np.maximum(heads, 1))


def hire_chance(
    speed: Quantity, pool: Quantity, vacancies: Quantity, housing: Quantity, helped: Quantity, p: Labour
) -> Reading:
    """Chance a month that one vacancy is filled: its tier's speed, tightness, housing support, a talent platform's help."""
    tight = np.where(
        pool > 0, np.exp(p.pool_exponent * np.log(np.maximum(pool, 1e-9) / np.maximum(pool + vacancies, 1e-9))), 0
    )
    return survival.probability(speed * tight * (1 + p.housing_hire * housing) * (1 + p.talent_service * helped))


def rationed(chance: Quantity, pool: Quantity, expected: Quantity) -> Reading:
    """Chance of a hire where the pool may not have people enough. expected: hires at that chance, person."""
    return chance * np.minimum(1.0, np.maximum(pool, 0.0) / np.maximum(expected, 1e-9))


def stays(base: Quantity, housing: Quantity, p: Labour) -> Reading:
    """Chance that someone who loses or leaves a job finds another in the district; housing support adds to it."""
    return np.minimum(0.999, base + p.housing_stay * housing)


def newcomers(graduates: float, seekers: float, shares: Sequence[float], p: Labour) -> np.ndarray:
    """People who begin to look for work a month by tier: local graduates who stay, other employers' people. Both 1/year."""
    return (graduates * p.graduates_stay + seekers) / 12 * np.array(shares)


def pool(before: Quantity, newcomers: Quantity, p: Labour) -> Reading:
    """People looking for work after newcomers came and some gave up, by tier."""
    return np.maximum((before + newcomers) * (1 - p.pool_fade), 0.0)
