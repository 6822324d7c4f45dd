"""Applicants for space, and what a newcomer has in hand."""

from collections.abc import Sequence

import numpy as np

from sim.engine.distributions import lognormal
from sim.engine.quantity import Quantity, Reading
from sim.model.parameters import Demand


def reputation_pull(reputation: Quantity, p: Demand) -> Reading:
    """Arrivals multiplied by the reputation of the parks: a power of it."""
    return np.exp(p.reputation_exponent * np.log(reputation))


def applicants(yearly: float, segment_shares: np.ndarray, origin_shares: Sequence[float]) -> np.ndarray:
    """Expected applicants a month before any pull, by segment and origin (segments, origins)."""
    return yearly / 12 * (segment_shares[:, None] * origin_shares)


def quality(normal: Quantity, p: Demand) -> Reading:
    """Founder quality: standard normal, held within so many standard deviations, so that no founder is without equal."""
    return np.minimum(np.maximum(normal, -p.quality_most), p.quality_most)


def age(u: Quantity, p: Demand) -> Reading:
    """Age on arrival, whole months, all up to the oldest alike. u uniform."""
    return np.floor(u * (p.age_max + 1))


def staff(normal: Quantity, p: Demand) -> Reading:
    """Heads on arrival: lognormal of a given mean, whole, at least one."""
    return np.maximum(np.rint(p.staff_mean * lognormal(normal, p.staff_spread)), 1)


def revenue(heads: Quantity, normal: Quantity, p: Demand) -> Reading:
    """Revenue a year on arrival: by head, lognormal. CNY."""
    return heads * p.revenue_per_head * lognormal(normal, p.revenue_spread)


def cash(heads: Quantity, p: Demand) -> Reading:
    """Cash on arrival: some months of staff cost. CNY."""
    return p.runway / 12 * p.staff_cost * heads
