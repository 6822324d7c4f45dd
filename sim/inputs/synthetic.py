"""Clusters of which only totals are known: a city of hundreds of parks, or a nation of such cities, made by one rule.

Nobody publishes which carrier is where, how large, and who runs it. A cluster's file that has `figures` in place of
`tables` says what is known of the whole; `sim.inputs.apportion` makes the parts. The same file always makes the same places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from sim.engine.fields import check, keys, read
from sim.engine.mistakes import ConfigurationError
from sim.inputs import apportion
from sim.inputs.apportion import Figures
from sim.inputs.tables import read_cluster, read_common
from sim.model.district_data import (
    Balance,
    ClusterData,
    OperatorData,
    ParkData,
    PlatformData,
    Segment,
)

SHARE_FIELDS = ("kinds", "levels", "grades", "owners")


@dataclass(frozen=True, kw_only=True)
class NationData:
    """A nation: cities, each a cluster of its own, whose results are added up."""

    name: str
    title: dict
    start: np.datetime64
    cities: tuple[ClusterData, ...]  # the largest first
    balance: dict[str, Balance]  # of the whole, by regime
    sources: dict

    @property
    def parks(self) -> tuple[ParkData, ...]:
        """The parks of all cities."""
        return tuple(chain.from_iterable(city.parks for city in self.cities))

    @property
    def operators(self) -> tuple[OperatorData, ...]:
        """The operators of all cities."""
        return tuple(chain.from_iterable(city.operators for city in self.cities))

    @property
    def platforms(self) -> tuple[PlatformData, ...]:
        """The platforms of all cities."""
        return tuple(chain.from_iterable(city.platforms for city in self.cities))

    @property
    def sectors(self) -> dict:
        """Sectors, the same in every city."""
        return self.cities[0].sectors

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Segments, the same in every city."""
        return self.cities[0].segments


def read_place(values: Mapping, folder: Path | str) -> ClusterData | NationData:
    """Read the place that a cluster's YAML describes, by tables or by figures; many cities make a NationData."""
    if not isinstance(values, dict) or "figures" not in values:
        return read_cluster(values, folder)
    problems, at = [], f"cluster {values.get('name', '?')}"
    common = read_common(values, {"figures": set()}, at, problems, optional=("only", "follow"))
    figures = read(Figures, values["figures"], f"{at}.figures", problems)
    only = check(values.get("only", []), keys("", "").metadata, f"{at}.only", problems)
    if figures and not problems:
        _agree(figures, common["start"], at, problems)
    if not problems and only:
        known = apportion.city_names(figures)
        problems += [
            f"{at}.only: '{name}' is no city; "
            + (f"expected names from {known[0]} to {known[-1]}." if known else "it is one city, leave it empty.")
            for name in only
            if name not in known
        ]
    if problems:
        raise ConfigurationError(problems)
    made = _made(figures, common)
    if figures.cities == 1:
        return made[0]
    chosen = tuple(city for city in made if not only or city.name in only)
    kept = {name: common[name] for name in ("name", "title", "start", "balance", "sources")}
    return NationData(cities=chosen, **kept)


def _agree(figures, start, at, problems):
    """Add to problems where figures contradict each other."""
    if figures.carriers < figures.cities:
        problems.append(
            f"{at}.figures.carriers = {figures.carriers:g}: fewer than cities ({figures.cities:g}); each needs one."
        )
    if figures.added and figures.added_until <= start:
        problems.append(f"{at}.figures.added_until = {figures.added_until}: not after the start ({start}).")
    for name in SHARE_FIELDS:
        total = sum(getattr(figures, name))
        if abs(total - 1) > 1e-6:
            problems.append(f"{at}.figures.{name}: shares add up to {total:g}, not 1.")
    for name in ("cities", "carriers"):
        if getattr(figures, name) % 1:
            problems.append(f"{at}.figures.{name} = {getattr(figures, name):g}: expected a whole number.")


_LAST = {}  # what was made last: scenarios of one study share their place


def _made(figures, common):
    wanted = repr((figures, common))
    if wanted not in _LAST:
        _LAST.clear()
        _LAST[wanted] = apportion.make_cities(figures, common)
    return _LAST[wanted]
