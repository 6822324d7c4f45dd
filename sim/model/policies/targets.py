"""Targets beside places: sectors of industry, tiers of staff. For levers to which they apply."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import keys
from sim.model.policies.base import Policy
from sim.model.vocabulary import TIERS


@dataclass(frozen=True, kw_only=True)
class BySector(Policy):
    """A lever that may be kept to some sectors."""

    sectors: tuple = keys("sectors it acts on; empty for all", "作用产业", default=())

    def _known(self, data):
        return super()._known(data) | {"sectors": (f"a sector of {data.name}", list(data.sectors))}

    def of_sector(self, data):
        """Which sectors it acts on (sectors,) bool."""
        return np.array([not self.sectors or key in self.sectors for key in data.sectors])


@dataclass(frozen=True, kw_only=True)
class ByTier(Policy):
    """A lever that may be kept to some tiers of staff."""

    tiers: tuple = keys("tiers of staff it acts on; empty for all", "作用人员层次", default=())

    def _known(self, data):
        return super()._known(data) | {"tiers": ("a tier of staff", TIERS)}

    def of_tier(self):
        """Which tiers it acts on (3,) bool."""
        return np.array([not self.tiers or tier in self.tiers for tier in TIERS])
