"""Enlarge and improve service platforms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.fields import keys
from sim.model.district_data import ClusterData
from sim.model.policies.base import register
from sim.model.policies.platform_lever import PlatformLever
from sim.model.vocabulary import NEEDS


@register
@dataclass(frozen=True, kw_only=True)
class PlatformCapacity(PlatformLever):
    """健全配套服务体系：平台扩能提质. The platforms chosen take up more cases a month, and do them better.

    Capacity shortens waiting where it binds, and nowhere else. Quality is what a case of technology or of market and
    chain adds to a firm's level; of the other kinds it only decides which platform is preferred.
    """

    kind = "platform_capacity"
    needs: tuple = keys("kinds of service; empty for all", "服务类型", default=())
    platforms: tuple = keys("platforms; empty for all of these kinds", "目标平台", default=())

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        platforms = (f"a platform of {data.name}", [platform.key for platform in data.platforms])
        return super().known_names(data) | {"needs": ("a kind of service", NEEDS), "platforms": platforms}

    def problems(self, data: ClusterData) -> list[str]:
        """Sentences also on choices that leave no platform."""
        found = super().problems(data)
        if not found and not self.concerned(data).any():
            found.append(f"policies.{self.name}: its needs and platforms match no platform of {data.name}.")
        return found

    def concerned(self, data: ClusterData) -> np.ndarray:
        """Mark the platforms of the kinds and of the names chosen."""
        return np.array(
            [
                (not self.needs or platform.kind in self.needs)
                and (not self.platforms or platform.key in self.platforms)
                for platform in data.platforms
            ],
            bool,
        )
