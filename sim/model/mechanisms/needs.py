"""How often firms need a service, and what a case is worth."""

import numpy as np

from sim.model.mechanisms import survival
from sim.model.vocabulary import LEVEL_KINDS

EARLY = 24  # months of tenancy in which needs are more frequent


def chances(p):
    """Chance of a need this month, later and in the first two years (kinds, 2)."""
    return survival.probability(np.array(p.need_rate)[:, None] / 12 * np.array([1.0, p.early_needs]))


def level_gain(p):
    """Log level gained from one case of technology or market, by the best of platforms."""
    return p.level_gain / sum(p.need_rate[kind] for kind in LEVEL_KINDS)


def gained(before, gain, quality, p):
    """Log level gained from services after one more case, for the quality of its platform, up to a cap."""
    return np.minimum(before + gain * quality, p.level_cap)


def case_months(own, speed):
    """How long a platform takes for a case, month. speed: of the district, times."""
    return own * speed
