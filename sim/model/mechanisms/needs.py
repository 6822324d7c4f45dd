"""How often firms need a service."""

from functools import cache

import numpy as np

from sim.model.mechanisms.survival import probability


@cache
def chances(p):
    """Chance of a need this month, later and in the first two years (kinds, 2)."""
    return probability(np.array(p.need_rate)[:, None] / 12 * np.array([1.0, p.early_needs]))
