"""Fill a missing link of an industrial chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.engine.fields import keys, number
from sim.model.agents import District
from sim.model.district_data import ClusterData
from sim.model.mechanisms import levers
from sim.model.phases import arrivals
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class ChainStrengthening(Policy):
    """强链补链延链. More applicants of the segments named; if none is named, of those the district has too few of.

    Without names a segment is worked on in months in which the district has fewer than `service.chain_firms` firms of
    it, so that the work, and its cost, ends when the link is there. Named segments are worked on throughout: that is
    how a link that exists is strengthened or a chain extended. Firms that buy from a segment gain by
    `District.chain` once it is present; nobody gains by the lever as such.
    """

    kind = "chain_strengthening"
    whole_district = True
    segments: tuple = keys("segments to bring in; empty for those the district is missing", "目标环节", default=())
    pull: float = number("1", 1, 10, "applicants of such a segment at full strength, times", "目标环节申请企业倍数")

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        return super().known_names(data) | {"segments": (f"a segment of {data.name}", [s.key for s in data.segments])}

    def shares_target(self, other: Self, data: ClusterData) -> bool:
        return not (self.segments and other.segments) or bool(set(self.segments) & set(other.segments))

    def aims(self, cluster) -> np.ndarray:
        """Mark the segments it works on this month (segments,) bool."""
        if self.segments:
            return np.isin(cluster.segment_keys, self.segments)
        return ~cluster.all(District).present[0]

    def factor(self, cluster) -> np.ndarray:
        """Factor on applicants by segment (segments,)."""
        return np.where(self.aims(cluster), levers.scaled(self.strength(cluster), self.pull), 1.0)

    def set_place_terms(self, cluster) -> None:
        """Bring more applicants of the segments it works on."""
        if self.strength(cluster):
            cluster.all(District).edit(segment_pull=self.factor(cluster)[None, :])

    def cost(self, cluster) -> dict[str, float]:
        """Price of each applicant of the month who would not have come without it."""
        if not self.strength(cluster):
            return {}
        extra = arrivals.brought(cluster, self.factor(cluster)[:, None])
        return {"applicants": extra * cluster.parameters.money.chain_applicant}
