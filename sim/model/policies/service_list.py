"""Bring the service list to each park."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.fields import keys, number
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.district_data import ClusterData
from sim.model.policies.base import Policy, register
from sim.model.vocabulary import NEEDS


@register
@dataclass(frozen=True, kw_only=True)
class ServiceList(Policy):
    """梳理形成服务清单，精准向各孵化园区输送. Platforms' lists reach the target parks too, and cases they add are paid for."""

    kind = "service_list"
    billed_counts = ("taken_by_policy",)
    needs: tuple = keys("kinds of service; empty for all", "服务类型", default=())
    extra_capacity: float = number(
        "1", 0, 3, "capacity added to the platforms concerned, times", "新增办理能力倍数", default=0
    )

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        return super().known_names(data) | {"needs": ("a kind of service", NEEDS)}

    def _platforms(self, cluster):
        return self.cached(
            cluster, "platforms", lambda data: np.array([p.kind in (self.needs or NEEDS) for p in data.platforms], bool)
        )

    def reached(self, cluster) -> Park:
        """Parks that the list has reached by now, as a cohort: while it ramps up, the largest first."""
        parks = self.targets(cluster)
        count = int(round(self.strength(cluster) * len(parks)))
        if count == len(parks):
            return parks
        order = np.argsort(-parks.announced, kind="stable")
        return parks[np.sort(order[:count])]

    def set_place_terms(self, cluster) -> None:
        """Put the parks reached on the lists of the platforms concerned."""
        if not self.strength(cluster):
            return
        concerned, parks = self._platforms(cluster), self.reached(cluster)
        parks.edit(service_list=np.broadcast_to(concerned, (len(parks), len(concerned))))
        platforms = ServicePlatform.cohort(cluster, np.flatnonzero(concerned))
        platforms.edit(capacity=1 + self.extra_capacity * self.strength(cluster))

    def beneficiaries(self, cluster) -> Enterprise:
        """Tenants of the parks whose list it has made longer."""
        if not self.strength(cluster):
            return self.tenants_of(cluster, ())
        parks = self.reached(cluster)
        longer = (self._platforms(cluster) & ~parks.own_list).any(axis=1)
        return self.tenants_of(cluster, parks.rows[longer])

    def cost(self, cluster) -> dict[str, float]:
        """Cases taken up from parks that were not on the list before."""
        rows = self.targets(cluster).rows
        taken = cluster.tally.firm.get("taken_by_policy")
        cases = float(taken[rows].sum()) if taken is not None and self.strength(cluster) else 0.0
        return {"cases": cases * cluster.parameters.money.case}
