"""Build more space."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import number
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class SpaceExpansion(Policy):
    """持续拓展优质空间. Announces new space evenly over a period, shared among target parks by their planned size."""

    kind = "space_expansion"
    stacking_reason = "each announces and pays for square metres of its own"
    area: float = number("m2", 0, 2e7, "space announced over the whole period at full intensity", "新增面积")
    over: float = number("month", 1, 240, "months over which it is announced", "分布月数")

    def schedule(self, cluster) -> np.ndarray:
        """Whole square metres announced up to each month since the start, by park (months + 1, parks)."""
        size = np.where(self.target_parks(cluster.data), [p.stock + p.added for p in cluster.data.parks], 0.0)
        area = self.intensity * self.area * cluster.data.scale
        whole = np.diff(np.rint(np.cumsum(area * size / size.sum())), prepend=0)  # adds up exactly
        part = np.minimum(np.arange(self._months + 1) / self.over, 1.0)
        return np.floor(part[:, None] * whole).astype(np.int64)

    @property
    def _months(self):
        return int(np.ceil(self.over))

    def announced(self, cluster, month: int) -> np.ndarray:
        """Square metres announced in a month, by park (parks,)."""
        step = month - month_number(self.start) + 1
        if not 1 <= step <= self._months or (self.end is not None and month > month_number(self.end)):
            return np.zeros(len(cluster.data.parks), np.int64)
        path = self.cached(cluster, "schedule", lambda _: self.schedule(cluster))
        return path[step] - path[step - 1]

    def announces(self, cluster) -> Iterable[tuple[int, float]]:
        """Announce this month's square metres."""
        return [(row, size) for row, size in enumerate(self.announced(cluster, cluster.now).tolist()) if size]

    def cost(self, cluster) -> dict[str, float]:
        """Building when announced; fit-out and running as the new space is fitted out at the usual pace."""
        money, rate = cluster.parameters.money, cluster.parameters.space.fit_out_rate
        begin, last = month_number(self.start), month_number(cluster.setup.run.until)
        new = self.cached(
            cluster, "new", lambda _: [int(self.announced(cluster, m).sum()) for m in range(begin, last + 1)]
        )
        new = new[: max(cluster.now + 1 - begin, 0)]
        bare = fitting = fitted = 0.0
        for area in new:
            fitting = rate * (bare + area)
            bare, fitted = bare + area - fitting, fitted + fitting
        if not new:
            return {}
        return {
            "building": new[-1] * money.building,
            "fit_out": fitting * money.fit_out,
            "running": fitted * money.running,
        }
