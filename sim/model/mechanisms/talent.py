"""People: who quits, who is hired, who stays in the district."""

import numpy as np

from sim.model.mechanisms.survival import monthly_hazard

MOST = 0.6  # yearly quits at most
STEEPEST = 1.001 * (1 - (1 - MOST) ** (1 / 12)) / MOST  # a month's chance is never above this share of the year's


def felt_minutes(minutes, amenity, minutes_per_unit):
    """Commute as it is felt: living services at the park take minutes away, never below none."""
    return np.maximum(0.0, minutes - minutes_per_unit * amenity)


def relative_wage(revenue_per_head, reference, p):
    """Log wage paid against the market: firms that earn more a head pay a little more."""
    return p.wage_elasticity * np.log(np.maximum(revenue_per_head, 1.0) / reference)


def yearly_quits(tier, felt, log_wage, p):
    """Chance a year that one head of a tier quits [C14]: base, commute, pay; between 0.5 and 60 %."""
    yearly = np.asarray(p.quit_base)[tier] + p.commute_slope * (felt - p.commute_reference) - p.wage_slope * log_wage
    return np.clip(yearly, 0.005, MOST)


def monthly(yearly):
    """Chance a month of a chance a year."""
    return -np.expm1(-monthly_hazard(yearly))


def quit_probability(tier, felt, log_wage, p):
    """Chance a month that one head of a tier quits."""
    return monthly(yearly_quits(tier, felt, log_wage, p))


def hire_probability(tier, pool, vacancies, housing, helped, p):
    """Chance a month that one vacancy of a tier is filled: tightness, housing support, a talent platform's help."""
    tight = np.where(
        pool > 0, np.exp(p.pool_exponent * np.log(np.maximum(pool, 1e-9) / np.maximum(pool + vacancies, 1e-9))), 0
    )
    speed = np.array(p.hire_speed)[tier] * tight * (1 + p.housing_hire * housing) * (1 + p.talent_service * helped)
    return -np.expm1(-speed)


def stays(base, housing, p):
    """Chance that someone who loses or leaves a job finds another in the district; housing support adds to it."""
    return np.minimum(0.999, base + p.housing_stay * housing)
