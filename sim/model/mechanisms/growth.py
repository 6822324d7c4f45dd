"""Revenue, level of productivity, cash."""

import numpy as np

from sim.engine.distributions import root_gamma

MONTHS = 12


def drift(age, quality, p):
    """Mean log growth a month: fades with age, better founders grow faster."""
    return (p.early_drift * np.exp(-age / p.drift_fade) + p.quality_drift * quality) / MONTHS


def spread(size, p):
    """Spread of yearly log growth by size, falling by the power 0.18 [C15b]; size is at least one head."""
    return p.spread * np.exp(-p.spread_exponent * np.log(np.maximum(size, 1.0) / p.reference_size))


def shock(u_size, normal, size, p):
    """A month's log shock, variance gamma: twelve of them add up to a Laplace year exactly [C15a].

    b sqrt(2 G) Z with G gamma of shape 1/12 and b = spread / sqrt 2.
    """
    return spread(size, p) * root_gamma(u_size, 1 / MONTHS) * normal


def neighbours(same_sector_staff, p):
    """Log level that same-sector staff within range bring [C16].

    Measured against premises outside the parks, so that moving in is no gift by itself: space alone has no effect.
    """
    return p.agglomeration * (np.log1p(same_sector_staff) - np.log1p(p.outside_neighbours))


def level_target(neighbours, chain, gained, capability, p):
    """Where a tenant's log level of productivity tends: neighbours and chain (logs), services (log), operator (grade)."""
    return neighbours + chain + gained + p.operator_level * capability / 3


def margin(age, p):
    """Cash margin on revenue: young firms burn, mature firms earn."""
    return p.margin - p.early_loss * np.exp(-age / p.loss_fade)


def realised(potential, staff, desired, p):
    """Revenue after vacancies have cost some of it: (staff / desired) to a power, at most 1."""
    filled = np.minimum(1.0, np.maximum(staff, 1.0) / np.maximum(desired, 1.0))
    return potential * np.exp(p.shortage_exponent * np.log(filled))
