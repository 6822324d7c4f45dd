"""Let each park take the firms it is made for."""

from dataclasses import dataclass

import numpy as np

from sim.engine.fields import number
from sim.model.district_data import ClusterData
from sim.model.policies.base import register
from sim.model.policies.targets import BySector


@register
@dataclass(frozen=True, kw_only=True)
class PrecisePositioning(BySector):
    """精准定位园区发展方向. Parks with a focus admit by it: applicants from other sectors must score that much higher.

    It draws nobody to the district and makes no firm better: it moves good firms between places, so graduates are to
    be read net, over the whole cluster. Parks without a focus go on as before; with `sectors`, only parks focused on one
    of them are positioned.
    """

    kind = "precise_positioning"
    focus_only: float = number("1", 0, 1, "how far admission follows focus", "按主导产业招商的程度")
    bar: float = number("1", 0, 3, "rise of the score that every applicant must reach there", "准入分数线提高")

    def target_parks(self, data: ClusterData) -> np.ndarray:
        chosen = {key for key, of in zip(data.sectors, self.of_sector(data), strict=True) if of}
        return super().target_parks(data) & np.array([bool(chosen & set(park.focus)) for park in data.parks])

    def set_place_terms(self, cluster) -> None:
        """Let parks admit by their focus this month."""
        strength = self.strength(cluster)
        if strength:
            self.targets(cluster).edit(focus_only=self.focus_only * strength, admission_bar=self.bar * strength)
