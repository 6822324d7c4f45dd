"""Base of levers on service platforms: more capacity, better quality, and what that costs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import number
from sim.model.agents import ServicePlatform
from sim.model.district_data import ClusterData
from sim.model.mechanisms import levers
from sim.model.policies.base import Policy


@dataclass(frozen=True, kw_only=True)
class PlatformLever(Policy, ABC):
    """A lever on the capacity and quality of some platforms. Subclasses say which."""

    whole_district = True

    extra_capacity: float = number("1", 0, 3, "capacity added to the platforms concerned, times", "新增办理能力倍数")
    quality: float = number("1", 0, 1, "quality the platforms concerned reach at least", "服务质量目标")

    @abstractmethod
    def concerned(self, data: ClusterData) -> np.ndarray:
        """Mark the platforms it acts on (platforms,) bool."""

    def shares_target(self, other: Self, data: ClusterData) -> bool:
        return bool((self.concerned(data) & other.concerned(data)).any())

    def factor(self, cluster) -> float:
        """Factor on their capacity this month."""
        return float(levers.scaled(self.strength(cluster), 1 + self.extra_capacity))

    def set_place_terms(self, cluster) -> None:
        """Raise capacity and quality."""
        strength = self.strength(cluster)
        if strength:
            platforms = ServicePlatform.cohort(cluster, np.flatnonzero(self.concerned(cluster.data)))
            platforms.edit(
                capacity=self.factor(cluster), quality=levers.towards(platforms.own_quality, self.quality, strength)
            )

    def cost(self, cluster) -> dict[str, float]:
        """Equipment for the full measure in its first month, then the cases that its capacity made possible.

        Cases paid by a voucher, and those from parks that only a service list reaches, are paid there.
        """
        strength, money = self.strength(cluster), cluster.parameters.money
        if not strength:
            return {}
        platforms = cluster.all(ServicePlatform)[self.concerned(cluster.data)]
        own = platforms.own_capacity
        cases = levers.added_cases(platforms.taken, own, platforms.capacity, self.factor(cluster))
        lines = {"cases": float(cases.sum()) * money.case}
        if cluster.now == month_number(self.start):
            better = levers.towards(platforms.own_quality, self.quality, 1.0) - platforms.own_quality
            size = own * (self.extra_capacity * money.platform_capacity + better * money.platform_quality)
            lines["equipment"] = self.intensity * float(size.sum())
        return lines
