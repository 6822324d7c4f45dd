"""Link the cluster with universities and high-level platforms."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.agents import District
from sim.model.district_data import ClusterData
from sim.model.mechanisms import levers
from sim.model.phases import arrivals
from sim.model.policies.base import register
from sim.model.policies.platform_lever import PlatformLever
from sim.model.vocabulary import ORIGINS

KNOWLEDGE_HOSTS = ("university", "institute")


@register
@dataclass(frozen=True, kw_only=True)
class UniversityLinkage(PlatformLever):
    """高校与高能级平台联动. More spin-offs look for space, and research technology of universities and institutes is opened up.

    What it brings is knowledge: more cases of research technology, better done. It has no term on survival, as firms
    with university links do not live longer by them (Löfsten and Lindelöf 2002: more links, a mixed gain).
    """

    kind = "university_linkage"
    spin_offs: float = number("1", 1, 5, "university spin-offs that look for space, times", "高校衍生企业倍数")

    def concerned(self, data: ClusterData) -> np.ndarray:
        """Mark platforms of research technology hosted by universities and institutes."""
        return np.array([p.kind == "technology" and p.host in KNOWLEDGE_HOSTS for p in data.platforms], bool)

    def pull(self, cluster) -> np.ndarray:
        """Factor on applicants by origin (origins,)."""
        of_university = np.array([origin == "university" for origin in ORIGINS])
        return np.where(of_university, levers.scaled(self.strength(cluster), self.spin_offs), 1.0)

    def set_place_terms(self, cluster) -> None:
        """Bring more spin-offs, and open up the platforms."""
        super().set_place_terms(cluster)
        if self.strength(cluster):
            cluster.all(District).edit(origin_pull=self.pull(cluster)[None, :])

    def cost(self, cluster) -> dict[str, float]:
        """Cost of the platforms, and of each spin-off of the month that would not have come without it."""
        if not self.strength(cluster):
            return {}
        extra = arrivals.brought(cluster, self.pull(cluster))
        return super().cost(cluster) | {"spin_offs": extra * cluster.parameters.money.spin_off}
