"""Hire professionals to run parks."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.agents import Operator, Park
from sim.model.district_data import ClusterData
from sim.model.policies.base import Policy, register
from sim.model.vocabulary import OPERATOR_GRADES


@register
@dataclass(frozen=True, kw_only=True)
class ProfessionalOperators(Policy):
    """向全国一流专业孵化运营机构迈进. Hired professionals bring at least a given capability; better operators need none.

    A team is hired for each target park whose operator was below that capability at the start. An operator gains by the
    share of its open parks that have a team. No inverted U: its source is about pay that follows results
    (performance_contracts), not about people hired.
    """

    kind = "professional_operators"
    capability: float = number(
        "grade", 0, 3, "capability that professionals bring at least: D 0 to A 3", "专业团队能力"
    )
    team: float = number("CNY/year", 0, 1e7, "a team of professionals for one park", "每园区专业团队费用")

    def target_parks(self, data: ClusterData) -> np.ndarray:
        weaker = {o.key for o in data.operators if OPERATOR_GRADES.index(o.grade) < self.capability}
        return super().target_parks(data) & np.array([park.operator in weaker for park in data.parks])

    def with_teams(self, cluster) -> Park:
        """Target parks in operation, as a cohort."""
        parks = self.targets(cluster)
        return parks[parks.fitted > 0]

    def set_place_terms(self, cluster) -> None:
        """Bring capability: from the operator's own towards the professionals', by strength and share of parks."""
        strength = self.strength(cluster)
        if not strength:
            return
        count = len(cluster.all(Operator))
        mine = np.bincount(self.with_teams(cluster).operator_row, minlength=count)
        parks = cluster.all(Park)
        every = np.bincount(parks.operator_row, parks.fitted > 0, minlength=count)
        operators = Operator.cohort(cluster, np.flatnonzero(mine))
        share = strength * mine[operators.rows] / every[operators.rows]
        own = operators.own_capability
        operators.edit(professional=own + share * (self.capability - own))

    def cost(self, cluster) -> dict[str, float]:
        """A twelfth of a team's yearly cost for each target park in operation."""
        return {"teams": self.team * self.strength(cluster) / 12 * len(self.with_teams(cluster))}
