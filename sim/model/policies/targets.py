"""Bases of levers with targets beside places: sectors of industry, tiers of staff."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.fields import keys
from sim.model.district_data import ClusterData
from sim.model.policies.base import Policy
from sim.model.vocabulary import TIERS


@dataclass(frozen=True, kw_only=True)
class BySector(Policy):
    """A lever that may be kept to some sectors."""

    sectors: tuple = keys("sectors it acts on; empty for all", "作用产业", default=())

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        return super().known_names(data) | {"sectors": (f"a sector of {data.name}", list(data.sectors))}

    def of_sector(self, data: ClusterData) -> np.ndarray:
        """Mark the sectors it acts on (sectors,) bool."""
        return np.array([not self.sectors or key in self.sectors for key in data.sectors])


@dataclass(frozen=True, kw_only=True)
class ByTier(Policy):
    """A lever that may be kept to some tiers of staff."""

    tiers: tuple = keys("tiers of staff it acts on; empty for all", "作用人员层次", default=())

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        return super().known_names(data) | {"tiers": ("a tier of staff", TIERS)}

    def of_tier(self) -> np.ndarray:
        """Mark the tiers it acts on (3,) bool."""
        return np.array([not self.tiers or tier in self.tiers for tier in TIERS])
