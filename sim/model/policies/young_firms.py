"""What levers that pay young tenants share: which firms they mean."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.agents import Enterprise
from sim.model.policies.targets import BySector


@dataclass(frozen=True, kw_only=True)
class YoungFirms(BySector):
    """Money for tenants under incubation, of some sectors, up to an age. Subclasses say what for."""

    under_age: float = number("month", 1, 120, "only firms younger than this", "适用企业最大企龄")

    def _same_target(self, other, data):
        """Always: what is paid is counted for the district, so that two of a kind would both pay the whole."""
        return True

    def eligible(self, cluster):
        """Incubatees at target parks, of the sectors and ages it pays. Returns a cohort."""
        here = self.cached(cluster, "here", lambda data: np.outer(self._targeted(data), self.of_sector(data)))
        incubating = cluster.where(Enterprise, lambda f: f.is_incubating())
        young = incubating.age() < self.under_age
        return incubating[young & here[incubating.park_row, incubating.sector]]
