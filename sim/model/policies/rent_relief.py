"""Rent relief as the official rule has it: a reward to the operator, most of it passed on to tenants."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.agents import Enterprise, Park
from sim.model.policies.base import register
from sim.model.policies.targets import BySector


def covered_area(
    cluster, firms: Enterprise, years: np.ndarray, sectors: np.ndarray, per_firm: float, per_person: float
) -> np.ndarray:
    """Space under relief of applicants and of tenants in their first years; nothing of other firms. (n,) m2.

    years (parks + 1,): that relief lasts, the last of firms in no park; sectors (sectors,) bool; per_firm, per_person: m2.
    """
    young = (firms.entered_on < 0) | (firms.tenure() < 12 * years[firms.park_row])
    covered = (firms.is_tenant() | firms.is_newcomer()) & sectors[firms.sector] & young
    return np.where(covered, np.minimum(per_firm, per_person * firms.headcount()), 0.0)


@register
@dataclass(frozen=True, kw_only=True)
class RentRelief(BySector):
    """租金减免. 15 CNY/m2/month to the operator, at most 200 m2 a firm and 10 m2 a person, one to three years by the park's level.

    Paid in January for the year before, in proportion to the letting task met, nothing below 70 %. Tenants get their
    share monthly on last year's paid fraction, so a miss falls on the operator [rent_subsidy_standard]. With `sectors`,
    only firms of these are covered. A reward that changes with time is two entries, one from the month after the other ends:
    each pays for its own months.
    """

    kind = "rent_relief"
    paid_next_year = "reward"
    reward: float = number("CNY/m2/month", 0, 200, "reward to the operator", "奖励标准")
    per_firm: float = number("m2", 0, 5000, "covered space a firm at most", "每家企业面积上限")
    per_person: float = number("m2/person", 0, 100, "covered space a head at most", "人均面积上限")

    def set_place_terms(self, cluster) -> None:
        """Set the reward that operators earn and the relief that tenants see on covered space."""
        strength, parks = self.strength(cluster), self.targets(cluster)
        if strength:
            passed = cluster.parameters.money.pass_through * self.reward * strength
            parks.edit(reward=self.reward * strength, relief=passed * parks.paid_fraction)

    def set_firm_terms(self, cluster) -> None:
        """Cover space of firms inside their first years, and of applicants."""
        if not self.strength(cluster):
            return
        years, firms = np.append(cluster.all(Park).relief_years(), 1), cluster.all(Enterprise)
        sectors = self.cached(cluster, "sectors", self.of_sector)
        area = covered_area(cluster, firms, years, sectors, float(self.per_firm), float(self.per_person))
        firms.edit(relief_area=area)

    def beneficiaries(self, cluster) -> Enterprise:
        """Tenants whose rent is relieved: inside their years, in a park that is granted the reward."""
        covered = super().beneficiaries(cluster)
        return covered[(covered.relief_area > 0) & (covered.at_park("relief") > 0)]

    def owed(self, cluster) -> float:
        """The year's reward as earned, paid next January: of the months in which it was in force."""
        first, last = self._first_and_last
        january = cluster.now + 1 - (cluster.now + 1) % 12 - 12  # of the last year that has ended
        of_year = january + np.arange(12)
        return float(self.targets(cluster).relief_due[:, (first <= of_year) & (of_year <= last)].sum())

    def cost(self, cluster) -> dict[str, float]:
        """Last year's reward as earned, paid in January on the parks it acts on."""
        return {"reward": self.owed(cluster)}
