"""Draw more applicants."""

from dataclasses import dataclass

from sim.engine.fields import number
from sim.model.agents import District
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class InvestmentPromotion(Policy):
    """加强招商引资力度. Spending draws more applicants of every kind, each further yuan fewer than the last.

    Arrivals are multiplied by 1 + w ln(1 + spend/spend0) (`sim.model.mechanisms.adaptation.promotion_pull`); the cost is the
    spending. More points of the same process are accepted: who would have come anyway comes with the same luck.
    """

    kind = "investment_promotion"
    whole_district = True
    stacking_reason = "budgets of several promoters are spent on one pull, and each pays its own"
    spend: float = number("CNY/month", 0, 1e8, "spending at full intensity, beside what is in force", "新增招商投入")

    def set_place_terms(self, cluster) -> None:
        """Add this month's spending to what promotes the district."""
        strength = self.strength(cluster)
        if strength:
            cluster.all(District).edit(promotion_spend=self.spend * cluster.data.scale * strength)

    def cost(self, cluster) -> dict[str, float]:
        """The spending itself."""
        return {"promotion": self.spend * cluster.data.scale * self.strength(cluster)}
