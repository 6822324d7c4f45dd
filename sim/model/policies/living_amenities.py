"""Living services at parks, planned ahead."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import number
from sim.model.agents import Enterprise
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class LivingAmenities(Policy):
    """生活服务配套. Orders living services until target parks hold a given m2 a head of capacity; they open after building."""

    kind = "living_amenities"
    per_head: float = number("m2/person", 0, 10, "living services a head of capacity to reach", "人均配套目标")
    step_months: float = number("month", 1, 60, "months between orders", "下单间隔")

    def orders(self, cluster) -> Iterable[tuple[int, float]]:
        """Order what is missing from the target by park, works under way counted."""
        elapsed = cluster.now - month_number(self.start)
        if not self.strength(cluster) or elapsed % int(self.step_months):
            return ()
        parks = self.targets(cluster)
        goal = self.per_head * self.strength(cluster) * parks.capacity()
        area = np.maximum(0.0, goal - parks.amenity_area - cluster.under_way()[parks.rows])
        return [(row, float(size)) for row, size in zip(parks.rows.tolist(), area, strict=True) if size > 0]

    def beneficiaries(self, cluster) -> Enterprise:
        """Tenants of the parks where something it ordered has opened."""
        return self.tenants_of(
            cluster, {w.row for w in cluster.works if w.policy == self.name and w.due <= cluster.now}
        )

    def cost(self, cluster) -> dict[str, float]:
        """Building when ordered; running what this policy has opened."""
        money = cluster.parameters.money
        mine = [work for work in cluster.works if work.policy == self.name]
        ordered = sum(work.area for work in mine if work.ordered_on == cluster.now)
        running = sum(work.area for work in mine if work.due <= cluster.now)
        return {"building": ordered * money.amenity_building, "running": running * money.amenity_running}
