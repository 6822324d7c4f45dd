"""Frequency of needs for a service, and the worth of a case."""

import numpy as np

from sim.engine.quantity import Quantity, Reading
from sim.model.mechanisms import survival
from sim.model.parameters import Service
from sim.model.vocabulary import LEVEL_KINDS

EARLY = 24  # months of tenancy in which needs are more frequent


def chances(p: Service) -> np.ndarray:
    """Chance of a need this month, later and in the first two years (kinds, 2)."""
    return survival.probability(np.array(p.need_rate)[:, None] / 12 * np.array([1.0, p.early_needs]))


def level_gain(p: Service) -> float:
    """Log level gained from one case of technology or market, by the best of platforms."""
    return p.level_gain / sum(p.need_rate[kind] for kind in LEVEL_KINDS)


def gained(before: Quantity, gain: Quantity, quality: Quantity, p: Service) -> Reading:
    """Log level gained from services after one more case, for the quality of its platform, up to a cap."""
    return np.minimum(before + gain * quality, p.level_cap)


def case_months(own: Quantity, speed: Quantity) -> Reading:
    """Time a platform takes for a case, month. speed: of the district, times."""
    return own * speed
