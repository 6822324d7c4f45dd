"""Pay operators by results."""

from dataclasses import dataclass

from sim.engine.fields import number
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class PerformanceContracts(Policy):
    """增强国资平台运营效能. Public pay that follows results lifts operators' initiative: an inverted U in the amount."""

    kind = "performance_contracts"
    stacking_reason = "pay of several contracts is felt and paid as its sum"
    pay: float = number("CNY/year", 0, 5e6, "performance pay a park at full intensity", "每园区绩效激励")

    def set_place_terms(self, cluster) -> None:
        """Set this month's pay at each target park; its operator feels the mean over its parks."""
        strength = self.strength(cluster)
        if strength:
            self.targets(cluster).edit(pay=self.pay * strength)

    def cost(self, cluster) -> dict[str, float]:
        """A twelfth of the yearly pay for each target park in operation."""
        parks = self.targets(cluster)
        return {"pay": self.pay * self.strength(cluster) / 12 * float((parks.fitted > 0).sum())}
