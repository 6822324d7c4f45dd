"""Clusters of which only totals are known: a city of hundreds of parks, or a nation of such cities, made by one rule.

Nobody publishes which carrier is where, how large, and who runs it. A cluster's file that has `figures` in place of
`tables` says what is known of the whole; `sim.inputs.apportion` deals it out. The same file always makes the same places.
"""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from sim.engine.fields import ConfigurationError, check, keys, month, number, numbers, read
from sim.inputs import apportion as dealing
from sim.inputs.tables import read_cluster, read_common
from sim.model.district_data import LEVELS, OWNERSHIPS, PARK_KINDS
from sim.model.vocabulary import OPERATOR_GRADES

SHARES = ("kinds", "levels", "grades", "owners")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What is known of a whole, and how it is dealt out. Totals are those of all cities together."""

    cities: float = number("city", 1, 2000, "cities", "城市数")
    carriers: float = number("park", 1, 50_000, "carriers", "载体数")
    rank_exponent: float = number("1", 0, 1.5, "a city's carriers fall with its rank to this power", "城市位序指数")
    stock: float = number("m2", 1e3, 1e10, "space at the start", "起始存量面积")
    added: float = number("m2", 0, 1e10, "space announced after the start", "起始之后公布的面积")
    added_until: np.datetime64 = month("last month in which space is announced", "公布截止月份")
    pace: float = number("1", 0.1, 10, "space announced in the last month, times the first", "末月与首月公布面积之比")
    kinds: tuple = numbers(PARK_KINDS, "1", 0, 1, "share of carriers by kind", "各类载体占比")
    areas: tuple = numbers(
        PARK_KINDS, "m2", 100, 1e6, "mean space by kind, before scaling to the total", "各类载体平均面积"
    )
    spread: float = number("1", 0, 2, "log standard deviation of space within a kind", "同类载体面积对数离差")
    levels: tuple = numbers(LEVELS, "1", 0, 1, "share of carriers by level", "各认定级别占比")
    grades: tuple = numbers(OPERATOR_GRADES, "1", 0, 1, "share of operators by grade", "各等级运营机构占比")
    owners: tuple = numbers(OWNERSHIPS, "1", 0, 1, "share of operators by owner", "各所有制运营机构占比")
    initiative: tuple = numbers(OWNERSHIPS, "1", 0, 1, "how strongly pay follows results, by owner", "主观能动性")
    service_share: tuple = numbers(
        OPERATOR_GRADES, "1", 0, 0.95, "share of income from services, by grade", "服务收入占比"
    )
    parks_per_operator: float = number("park", 1, 100, "carriers an operator runs", "每家机构运营载体数")
    focused: float = number("1", 0, 1, "share of carriers with a focus", "有主导产业的载体占比")
    minutes: tuple = numbers(("nearest", "farthest"), "min", 0, 180, "way to the city's centre", "到市中心分钟数")
    rents: tuple = numbers(("central", "remote"), "CNY/m2/month", 1, 300, "asking rent at the start", "起始租金")
    letting_target: float = number("1", 0, 1, "share of vacancy set as the year's letting task", "年度招租任务占比")
    cases: float = number("1/month", 0, 1e7, "cases that platforms of each kind take up", "各类平台月办理能力")
    quality: float = number("1", 0, 1, "quality of platforms", "平台质量")
    reach: float = number("1", 0, 1, "share of carriers on a platform's list", "清单覆盖载体占比")
    graduates_per_year: float = number("person/year", 0, 1e8, "local graduates", "本地毕业生")
    seekers_per_year: float = number("person/year", 0, 1e9, "people of other employers who look for a job", "求职者")
    district_space: float = number(
        "m2", 1e4, 1e9, "space for which levers' amounts are written", "政策额度所对应的面积"
    )


@dataclass(frozen=True, kw_only=True)
class NationData:
    """Cities, each a cluster of its own. What is asked of one cluster is answered for all of them together."""

    name: str
    title: dict
    start: np.datetime64
    cities: tuple  # ClusterData, the largest first
    balance: dict  # regime -> Balance of the whole
    sources: dict

    @property
    def parks(self):
        """The parks of all cities."""
        return tuple(chain.from_iterable(city.parks for city in self.cities))

    @property
    def operators(self):
        """The operators of all cities."""
        return tuple(chain.from_iterable(city.operators for city in self.cities))

    @property
    def platforms(self):
        """The platforms of all cities."""
        return tuple(chain.from_iterable(city.platforms for city in self.cities))

    @property
    def sectors(self):
        """Sectors, the same in every city."""
        return self.cities[0].sectors

    @property
    def segments(self):
        """Segments, the same in every city."""
        return self.cities[0].segments


def read_place(values, folder):
    """The place that a cluster's YAML describes, by tables or by figures: ClusterData, or NationData of many cities."""
    if not isinstance(values, dict) or "figures" not in values:
        return read_cluster(values, folder)
    problems, at = [], f"cluster {values.get('name', '?')}"
    common = read_common(values, {"figures": set()}, at, problems, optional=("only", "follow"))
    figures = read(Figures, values["figures"], f"{at}.figures", problems)
    only = check(values.get("only", []), keys("", "").metadata, f"{at}.only", problems)
    if figures and not problems:
        _agree(figures, common["start"], at, problems)
    if not problems and only:
        known = dealing.names(figures)
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
    """What must hold between figures."""
    if figures.carriers < figures.cities:
        problems.append(
            f"{at}.figures.carriers = {figures.carriers:g}: fewer than cities ({figures.cities:g}); each needs one."
        )
    if figures.added and figures.added_until <= start:
        problems.append(f"{at}.figures.added_until = {figures.added_until}: not after the start ({start}).")
    for name in SHARES:
        total = sum(getattr(figures, name))
        if abs(total - 1) > 1e-6:
            problems.append(f"{at}.figures.{name}: shares add up to {total:g}, not 1.")
    for name in ("cities", "carriers"):
        if getattr(figures, name) % 1:
            problems.append(f"{at}.figures.{name} = {getattr(figures, name):g}: expected a whole number.")


_LAST = {}  # what was made last: scenarios of one study share their place


def _made(figures, common):
    asked = repr((figures, common))
    if asked not in _LAST:
        _LAST.clear()
        _LAST[asked] = dealing.deal(figures, common)
    return _LAST[asked]
