"""Who looks for space, and what a newcomer has in hand."""

import numpy as np

from sim.engine.distributions import lognormal


def reputation_pull(reputation, p):
    """Arrivals multiplied by the reputation of the parks: a power of it."""
    return np.exp(p.reputation_exponent * np.log(reputation))


def applicants(yearly, segment_shares, origin_shares):
    """Expected applicants a month before any pull, by segment and origin (segments, origins)."""
    return yearly / 12 * (segment_shares[:, None] * origin_shares)


def age(u, p):
    """Age on arrival, whole months, all up to the oldest alike. u uniform."""
    return np.floor(u * (p.age_max + 1))


def staff(normal, p):
    """Heads on arrival: lognormal of a given mean, whole, at least one."""
    return np.maximum(np.rint(p.staff_mean * lognormal(normal, p.staff_spread)), 1)


def revenue(heads, normal, p):
    """Revenue a year on arrival: by head, lognormal. CNY."""
    return heads * p.revenue_per_head * lognormal(normal, p.revenue_spread)


def cash(heads, p):
    """Cash on arrival: some months of staff cost. CNY."""
    return p.runway / 12 * p.staff_cost * heads
