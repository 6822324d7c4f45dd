"""Put idle space to use."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class StockActivation(Policy):
    """提升存量空间使用率. Idle space is fitted out and turned round faster and cut into smaller units; it makes no m2."""

    kind = "stock_activation"
    speed: float = number("1", 0, 3, "extra speed of fit-out and of turning, times", "装修与整备提速倍数")
    small_units: float = number("1", 0, 1, "share of the way to units of half size", "小单元比例")

    def set_place_terms(self, cluster) -> None:
        """Speed up fit-out and turning, and make units smaller."""
        strength = self.strength(cluster)
        if strength:
            self.targets(cluster).edit(activation=self.speed * strength, small_units=self.small_units * strength)

    def cost(self, cluster) -> dict[str, float]:
        """The share of this month's fitted-out and returned space that activation brought forward."""
        extra = self.speed * self.strength(cluster)
        rows = self.targets(cluster).rows
        area = cluster.tally.park["fitted_out"][rows] + cluster.tally.park["returned"][rows]
        return {"activation": float(np.sum(area)) * extra / (1 + extra) * cluster.parameters.money.activation}
