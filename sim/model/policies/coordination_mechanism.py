"""A district-level coordination mechanism."""

from dataclasses import dataclass

from sim.engine.fields import number
from sim.model.agents import District
from sim.model.mechanisms import levers
from sim.model.policies.base import Policy, register


@register
@dataclass(frozen=True, kw_only=True)
class CoordinationMechanism(Policy):
    """统筹协调机制. One counter for technology and finance: cases take less time, and a case of technology brings finance too.

    The plan asks for integrated services of technology and finance and for streamlined processes, not for more
    money in either: so process time falls for all kinds, and who is helped in technology is helped in finance as well,
    if the district has a finance platform for its sector. Rounds are not made likelier for anybody else.
    """

    kind = "coordination_mechanism"
    whole_district = True
    saved: float = number("1", 0, 0.9, "share of the process time saved at full strength", "办理时间缩短比例")
    bundled: float = number(
        "1", 0, 1, "share of technology cases that bring help from finance", "科技服务附带金融服务比例"
    )

    def set_place_terms(self, cluster) -> None:
        """Shorten cases, and join help with finance to help with technology."""
        strength = self.strength(cluster)
        if strength:
            cluster.all(District).edit(
                process_speed=levers.shortened(strength, self.saved), bundled=self.bundled * strength
            )

    def cost(self, cluster) -> dict[str, float]:
        """A twelfth of the yearly cost of the office, in proportion to its strength."""
        return {"office": self.strength(cluster) * cluster.parameters.money.coordination / 12}
