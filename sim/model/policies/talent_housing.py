"""Housing for talent."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.engine.fields import number, numbers
from sim.model.agents import District, Enterprise
from sim.model.district_data import ClusterData
from sim.model.policies.base import register
from sim.model.policies.targets import ByTier
from sim.model.vocabulary import TIERS


def staff_of_tenants(cluster, firms: Enterprise) -> np.ndarray:
    """People whom the tenants among these firms employ, by tier (3,)."""
    return np.einsum("ij->j", firms[firms.is_tenant()].staff)


@register
@dataclass(frozen=True, kw_only=True)
class TalentHousing(ByTier):
    """人才公寓与补贴. Supports a share of staff by tier [house_purchase_limit_effect].

    Offers are taken up more, and those who leave a firm stay in the district more.
    """

    kind = "talent_housing"
    whole_district = True
    coverage: tuple = numbers(TIERS, "1", 0, 1, "share of tenants' staff supported, by tier", "支持覆盖率（按层次）")
    per_person: float = number("CNY/year", 0, 1e5, "support a person a year", "人均年支持额")

    def problems(self, data: ClusterData) -> list[str]:
        """Sentences also on tiers of which nobody is supported."""
        found = super().problems(data)
        if not found and self.tiers and not any(self.covered()):
            found.append(f"policies.{self.name}: its targets match nobody; coverage of {', '.join(self.tiers)} is 0.")
        return found

    def covered(self) -> np.ndarray:
        """Share of staff supported by tier, 0 for tiers it does not act on (3,)."""
        return np.where(self.of_tier(), self.coverage, 0.0)

    def shares_target(self, other: Self, data: ClusterData) -> bool:
        """Return True if both support people of some tier."""
        return bool(((self.covered() > 0) & (other.covered() > 0)).any())

    def set_place_terms(self, cluster) -> None:
        """Set this month's coverage by tier."""
        strength = self.strength(cluster)
        if strength:
            cluster.all(District).edit(housing=strength * self.covered()[None, :])

    def cost(self, cluster) -> dict[str, float]:
        """A twelfth of the yearly support for the staff covered, counted at the end of the month."""
        people = float(staff_of_tenants(cluster, cluster.all(Enterprise)) @ self.covered()) * self.strength(cluster)
        return {"support": people * self.per_person / 12}
