"""What levers that pay young tenants share: which firms they mean."""

from dataclasses import dataclass

import numpy as np

from sim.agents import Enterprise
from sim.fields import keys, number
from sim.policies.base import Policy
from sim.policies.district_wide import unknown


@dataclass(frozen=True, kw_only=True)
class YoungFirms(Policy):
    """Money for tenants under incubation, of some sectors, up to an age. Subclasses say what for."""

    sectors: tuple = keys("sectors it pays; empty for all", "适用产业", default=())
    under_age: float = number("month", 1, 120, "only firms younger than this", "适用企业最大企龄")

    def problems(self, data):
        """Also: sectors that do not exist."""
        at = f"policies.{self.name}.sectors"
        return super().problems(data) + unknown(at, self.sectors, list(data.sectors), f"a sector of {data.name}")

    def clash(self, other, data):
        """Two of one kind would pay the same firms, and which of them paid could not be told."""
        if type(other) is type(self):
            return f"policies.{self.name} and policies.{other.name}: two measures of kind {self.kind} in one package; keep one of them."
        return super().clash(other, data)

    def meant(self, cluster):
        """Incubatees at target parks, of the sectors and ages it pays. Returns a cohort."""
        here = self._targeted(cluster.data)
        chosen = np.array([not self.sectors or key in self.sectors for key in cluster.sector_keys])
        incubating = cluster.where(Enterprise, lambda f: f.is_incubating())
        young = incubating.age() < self.under_age
        return incubating[young & here[incubating.park_row] & chosen[incubating.sector]]
