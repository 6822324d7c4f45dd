"""Revenue, level of productivity, staff wished for, cash."""

import numpy as np

from sim.engine.distributions import root_gamma
from sim.engine.quantity import Quantity, Reading
from sim.model.parameters import Choice, Growth

MONTHS = 12


def youth(age: Quantity, p: Growth) -> Reading:
    """Part of its growth at birth that a firm still has by its age (months): 1 at birth, fading."""
    return np.exp(-age / p.drift_fade)


def drift(youth: Quantity, quality: Quantity, p: Growth) -> Reading:
    """Mean log growth a month: the young grow, more so with better founders, and both fade [growth_given_age_size_effect].

    Differences between founders so become differences of the level that firms reach, not of growth for life
    [growth_ex_ante_types].
    """
    return (p.early_drift + p.quality_drift * quality) * youth / MONTHS


def spread(size: Quantity, p: Growth) -> Reading:
    """Spread of yearly log growth by size, falling by the power 0.18 [C15b]; size is at least one head."""
    return p.spread * np.exp(-p.spread_exponent * np.log(np.maximum(size, 1.0) / p.reference_size))


def shock(u_size: Quantity, normal: Quantity, size: Quantity, p: Growth) -> Reading:
    """A month's log shock, variance gamma: twelve of them add up to a Laplace year exactly [C15a].

    b sqrt(2 G) Z with G gamma of shape 1/12 and b = spread / sqrt 2.
    """
    return spread(size, p) * root_gamma(u_size, 1 / MONTHS) * normal


def neighbours(same_sector_staff: Quantity, p: Growth) -> Reading:
    """Log level that same-sector staff within range bring [C16].

    Measured against premises outside the parks, so that moving in is no gift by itself: space alone has no effect.
    """
    return p.agglomeration * (np.log1p(same_sector_staff) - np.log1p(p.outside_neighbours))


def chain(completeness: Quantity, p: Growth) -> Reading:
    """Log level that a complete chain in the district brings. completeness: share of the inputs that is present."""
    return p.chain_level * completeness


def level_target(neighbours: Quantity, chain: Quantity, gained: Quantity, capability: Quantity, p: Growth) -> Reading:
    """Log level of productivity a tenant tends to: neighbours and chain (logs), services (log), operator (grade)."""
    return neighbours + chain + gained + p.operator_level * capability / 3


def rise(level: Quantity, target: Quantity, p: Growth) -> Reading:
    """Part of the gap to its target that the log level closes in a month."""
    return p.adjustment * (target - level)


def change(drift: Quantity, rise: Quantity, shock: Quantity) -> Reading:
    """A month's log growth of revenue: drift, the rise of the firm's level, and a shock."""
    return drift + rise + shock


def growth_factor(change: Quantity) -> Reading:
    """Factor on potential revenue from a month's log growth."""
    return np.exp(change)


def staff_factor(change: Quantity, p: Growth) -> Reading:
    """Factor on the staff wished for from a month's log growth of revenue."""
    return np.exp(p.staff_elasticity * change)


def momentum(before: Quantity, change: Quantity) -> Reading:
    """Log growth of about the last year, a month later."""
    return before * (1 - 1 / MONTHS) + change


def early_loss(age: Quantity, p: Growth) -> Reading:
    """Share of revenue that a young firm burns, fading with age (months)."""
    return p.early_loss * np.exp(-age / p.loss_fade)


def margin(loss: Quantity, p: Growth) -> Reading:
    """Cash margin on revenue: young firms burn, mature firms earn."""
    return p.margin - loss


def filled(staff: Quantity, desired: Quantity) -> Reading:
    """Share of the posts wished for that are filled, at most 1; no firm has less than one head or post."""
    return np.minimum(1.0, np.maximum(staff, 1.0) / np.maximum(desired, 1.0))


def realised(filled: Quantity, p: Growth) -> Reading:
    """Share of potential revenue that is realised with so many of the posts filled: a power of it."""
    return np.exp(p.shortage_exponent * np.log(filled))


def monthly(yearly: Quantity) -> Reading:
    """A month of a yearly amount, CNY."""
    return yearly / MONTHS


def rent_bill(net: Quantity, area: Quantity, p: Choice) -> Reading:
    """Rent and charges a month, CNY. net CNY/m2/month; p: choice."""
    return (net + p.service_charge) * area


def cash(before: Quantity, revenue: Quantity, margin: Quantity, bill: Quantity) -> Reading:
    """Cash after a month's revenue and rent, CNY."""
    return before + revenue * margin - bill
