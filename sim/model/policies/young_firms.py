"""Base of levers that pay young tenants: the firms that are eligible."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.engine.fields import number
from sim.model.agents import Enterprise
from sim.model.district_data import ClusterData
from sim.model.policies.targets import BySector


@dataclass(frozen=True, kw_only=True)
class YoungFirms(BySector):
    """A lever that pays tenants under incubation, of some sectors, up to an age. Subclasses say what for."""

    under_age: float = number("month", 1, 120, "only firms younger than this", "适用企业最大企龄")

    def shares_target(self, other: Self, data: ClusterData) -> bool:
        """Always true: what is paid is counted for the district, so that two of a kind would both pay the whole."""
        return True

    def eligible(self, cluster) -> Enterprise:
        """Incubatees at target parks, of the sectors and ages it pays, as a cohort."""
        here = self.cached(cluster, "here", lambda data: np.outer(self.target_parks(data), self.of_sector(data)))
        incubating = cluster.where(Enterprise, lambda f: f.is_incubating())
        young = incubating.age() < self.under_age
        return incubating[young & here[incubating.park_row, incubating.sector]]
