"""Apportion the totals of a whole to cities, carriers, operators and platforms: exactly, and the same every time.

- *Cities* by rank and size: the k-th holds carriers in proportion to k^-rank_exponent, whole ones that add up.
- *Kinds, grades, owners* in the shares given, whole ones that add up over all cities, allotted by chance. *Levels* by size: the
  largest carriers are national, the next provincial, and so on.
- *Sizes* log-normal around the mean of the kind, scaled so that all carriers have stock + added, in whole square metres.
- *Opening*: a city's carriers stand in an order of chance. From its head, the city's share of the stock is there at the
  start, opened at any time of the twelve years before: makerspaces and incubators, where anything opens later. The rest
  is announced in that order up to `added_until`, at a rate that changes evenly until the last month has `pace` times that
  of the first. One carrier a city may have some of both.
- *Places*: minutes to the centre even between nearest and farthest, by chance; the position follows. Rent falls between 10
  and 30 minutes, living services with the way, certified space with size, as in experiments/ouhai_parks.py.
- *Operators* run their carriers in one city. *Platforms*: one a kind of service and city, with the city's share of cases.
- *In proportion to space*: a city's applicants, graduates, job seekers, cases, and what levers spend on a whole district.
  What all places outside its parks are worth rises with the log of the number of its parks: else large cities would be
  full by arithmetic.

Chance here belongs to names, not to a run's seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, log, radians, sin

import numpy as np

from sim.engine.bits import hash64
from sim.engine.distributions import normal
from sim.engine.fields import month, number, numbers
from sim.engine.mistakes import ConfigurationError
from sim.engine.streams import luck, uniform
from sim.inputs.tables import check_relations
from sim.model.district_data import (
    LEVELS,
    OWNERSHIPS,
    PARK_KINDS,
    Balance,
    ClusterData,
    OperatorData,
    ParkData,
    PlatformData,
)
from sim.model.vocabulary import NEEDS, OPERATOR_GRADES

CENTRE = (110.0, 32.0)  # degrees; positions mean something within a city only
KILOMETRES = 0.4  # a minute's way
DEGREE = 111.32  # kilometres
OPENING_LATER = ("accelerator", "industrial_park")  # open after the start, where anything does
OPENED_WITHIN = 144  # months before the start in which the carriers of the start opened
RINGS = ((15, "centre", "中心城区"), (30, "middle", "近郊"), (np.inf, "outer", "远郊"))  # nearer than so many minutes
SERVICE_NAMES = dict(zip(NEEDS, ("科研技术", "检验检测", "人才", "金融", "市场"), strict=True))
HOST_OF = dict(zip(NEEDS, ("university", "state", "state", "state", "private"), strict=True))
SOURCE = "rule: sim/inputs/apportion.py"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of a whole, and of how it is apportioned. Totals are those of all cities together."""

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


def make_cities(figures: Figures, common: Mapping) -> tuple[ClusterData, ...]:
    """Make all cities from figures of the whole, the largest first. common: what the file says of every city."""
    cities = city_names(figures) or [common["name"]]
    counts = whole_parts(figures.carriers, np.arange(1, len(cities) + 1.0) ** -figures.rank_exponent, least=1)
    city, first = np.repeat(np.arange(len(cities)), counts), np.cumsum(counts) - counts
    keys = [f"carrier_{n:03d}" for n in np.arange(len(city)) - first[city] + 1]
    if city_names(figures):
        keys = [f"{cities[c]}_{key}" for c, key in zip(city, keys, strict=True)]
    carriers = _carriers(figures, common["start"], list(common["sectors"]), keys, city)
    operators = _operators(figures, counts)
    space = np.bincount(city, carriers["area"])
    problems, made = [], []
    for c, name in enumerate(cities):
        rows = slice(first[c], first[c] + counts[c])
        columns = [values[rows].tolist() for values in carriers.values()]
        own = [dict(zip(carriers, row, strict=True)) for row in zip(*columns, strict=True)]
        made.append(_city(figures, common, name, own, operators[c], space[c], counts.mean()))
        check_relations(f"cluster {name}", made[-1], problems)
    if problems:
        raise ConfigurationError(problems[:5])
    return tuple(made)


def city_names(figures: Figures) -> list[str]:
    """Names of the cities, the largest first; none where there is but one, which has the cluster's own name."""
    return [f"city_{k:04d}" for k in range(1, int(figures.cities) + 1)] if figures.cities > 1 else []


def whole_parts(total: float, weights: Sequence[float] | np.ndarray, least: int = 0) -> np.ndarray:
    """Whole numbers in proportion to weights that add up to a whole total, none below `least` (largest remainders)."""
    part = np.asarray(weights, float)
    exact = least + (total - least * len(part)) * part / part.sum()
    found = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: int(total) - found.sum()]] += 1
    return found


def drawn(what: str, keys: Sequence[str] | np.ndarray) -> np.ndarray:
    """Chance of these names in one respect (n,), in (0, 1)."""
    idents = np.array([hash64(key) for key in keys], np.uint64)
    return uniform(luck(idents, 0), hash64(f"generated/{what}"))


def allotted(shares: Sequence[float], order: np.ndarray) -> np.ndarray:
    """Allot one of several kinds to each, in the given shares; the lowest in order get the first kind (n,)."""
    found = np.empty(len(order), np.int64)
    found[np.argsort(order, kind="stable")] = np.repeat(np.arange(len(shares)), whole_parts(len(order), shares))
    return found


def _carriers(figures, start, sectors, keys, city):
    """Columns of every carrier, but for its operator: {name: (n,)}."""
    mine = {what: drawn(what, keys) for what in ("kind", "size", "order", "age", "way", "side", "focus", "sector")}
    kind = allotted(figures.kinds, mine["kind"])
    wish = np.array(figures.areas)[kind] * np.exp(figures.spread * normal(mine["size"]) - figures.spread**2 / 2)
    total = figures.stock + figures.added
    area = np.diff(np.rint(np.cumsum(wish * total / wish.sum())), prepend=0).astype(np.int64)
    late = np.array([k in OPENING_LATER for k in PARK_KINDS])[kind]
    soonest = late * min(1.0, figures.stock / max(area[~late].sum(), 1))  # by then the start has all its space
    order = np.lexsort((soonest + (1 - soonest) * mine["order"], city))
    stock, later = np.empty_like(area), np.empty(len(area))
    stock[order], later[order] = _at_start(area[order], city[order], figures.stock / total)
    opening = start + announced(later, figures, start)
    near, far = figures.minutes
    focus = [sectors[k] for k in (mine["sector"] * len(sectors)).astype(int)]
    return {
        "key": np.array(keys), "kind": np.array(PARK_KINDS)[kind], "level": np.array(LEVELS)[allotted(figures.levels, area)],
        "area": area, "stock": stock, "opening": opening,
        "opened_on": np.where(stock > 0, start - 1 - (mine["age"] * OPENED_WITHIN).astype(int), opening),
        "minutes": np.round(near + (far - near) * mine["way"], 1), "side": 2 * np.pi * mine["side"],
        "focus": np.where(mine["focus"] < figures.focused, focus, ""),
    }  # fmt: skip


def _at_start(area, city, share):
    """Space that each carrier has at the start, and where on its city's path its middle lies that comes later (0 to 1).

    area, city (n,): in the order in which carriers open, city by city. A city's stock is its share, in whole square metres.
    """
    space = np.bincount(city, area)
    stock = np.diff(np.rint(np.cumsum(space) * share), prepend=0)
    until = np.cumsum(area) - (np.cumsum(space) - space)[city]  # space of the city up to and with this carrier
    there = np.clip(stock[city] - (until - area), 0, area)
    later, still = area - there, (space - stock)[city]
    middle = np.divide(until - later / 2 - stock[city], still, out=np.zeros(len(area)), where=still > 0)
    return there.astype(np.int64), np.clip(middle, 0, 1)


def announced(share: np.ndarray, figures: Figures, start: np.datetime64) -> np.ndarray:
    """Months after the start by which a share of all space is announced: r(t) = r(0) (1 + (pace - 1) t / T), inverted (n,)."""
    if not figures.added:
        return np.zeros(len(share), np.int64)
    months, rise = int((figures.added_until - start).astype(int)), figures.pace - 1
    x = share if rise == 0 else (np.sqrt(1 + 2 * rise * (1 + rise / 2) * share) - 1) / rise
    return 1 + np.minimum((x * months).astype(np.int64), months - 1)


def _operators(figures, counts):
    """Grade and owner of each operator, city by city: [(grades, owners)]."""
    many = [max(1, round(n / figures.parks_per_operator)) for n in counts]
    keys = [f"{c}/{i}" for c, n in enumerate(many) for i in range(n)]
    grade, owner = (allotted(getattr(figures, name), drawn(f"operator/{name}", keys)) for name in ("grades", "owners"))
    ends = np.cumsum(many)
    return [(grade[end - n : end], owner[end - n : end]) for n, end in zip(many, ends, strict=True)]


def _city(figures, common, name, carriers, operators, space, parks_of_a_city):
    """One city as ClusterData. carriers: a mapping each; operators: (grades, owners); space: m2, of all its carriers."""
    part = float(space / (figures.stock + figures.added))
    prefix, number = ("", "") if name == common["name"] else (f"{name}_", name[-4:])
    titles = (f"城市{number}", f"City {number}, ") if number else ("", "")
    runs = [f"{prefix}operator_{k:03d}" for k in range(1, len(operators[0]) + 1)]
    parks = tuple(_park(figures, row, runs[i % len(runs)], titles) for i, row in enumerate(carriers))
    balance = {
        regime: Balance(
            applicants_per_year=b.applicants_per_year * part,
            outside_value=b.outside_value + log(len(carriers) / float(parks_of_a_city)),
        )
        for regime, b in common["balance"].items()
    }
    return ClusterData(
        **(common | {"name": name, "balance": balance, "title": _title(common, number)}),
        parks=parks, operators=tuple(map(_operator(figures, titles), runs, *operators)),
        platforms=_platforms(figures, parks, prefix, part, titles),
        graduates_per_year=figures.graduates_per_year * part, seekers_per_year=figures.seekers_per_year * part,
        scale=float(space / figures.district_space),
    )  # fmt: skip


def _title(common, number):
    return {"zh": f"城市{number}", "en": f"City {number}"} if number else common["title"]


def _park(figures, row, operator, titles):
    ring, ring_zh = next((ring, zh) for nearer, ring, zh in RINGS if row["minutes"] < nearer)
    away = KILOMETRES * row["minutes"] / DEGREE
    central, remote = figures.rents
    later, number = row["area"] - row["stock"], row["key"][-3:]
    return ParkData(
        key=row["key"], title_zh=f"{titles[0]}载体{number}", title_en=f"{titles[1]}{'c' if titles[1] else 'C'}arrier {number}",
        kind=row["kind"], level=row["level"], place=ring, place_zh=ring_zh,
        longitude=CENTRE[0] + away * cos(row["side"]) / cos(radians(CENTRE[1])),
        latitude=CENTRE[1] + away * sin(row["side"]), minutes=row["minutes"],
        opened_on=np.datetime64(row["opened_on"], "M"), stock=row["stock"],
        additions=((np.datetime64(row["opening"], "M"), later),) if later else (),
        certified_share=round(min(0.6, max(0.3, 0.6 * (5000 / max(row["area"], 1)) ** 0.2)), 2),
        rent=round(central + (remote - central) * min(1, max(0, (row["minutes"] - 10) / 20)), 1),
        focus=(row["focus"],) if row["focus"] else (), operator=operator,
        amenity=round(max(0, 2 * (30 - row["minutes"]) / 22), 1), letting_target=figures.letting_target,
        grade="assumed", source=SOURCE,
    )  # fmt: skip


def _operator(figures, titles):
    """A function of (key, grade, owner)."""

    def made(key, grade, owner):
        number = key[-3:]
        return OperatorData(
            key=key, title_zh=f"{titles[0]}运营机构{number}", title_en=f"{titles[1]}{'o' if titles[1] else 'O'}perator {number}",
            ownership=OWNERSHIPS[owner], grade=OPERATOR_GRADES[grade], initiative=figures.initiative[owner],
            service_share=figures.service_share[grade], grade_source=f"eval_share_{OPERATOR_GRADES[grade]}",
            evidence_grade="assumed", source=SOURCE,
        )  # fmt: skip

    return made


def _platforms(figures, parks, prefix, part, titles):
    """One platform a kind of service, with the city's part of all cases."""
    keys = np.array([park.key for park in parks])
    return tuple(
        PlatformData(
            key=f"{prefix}{need}", title_zh=f"{titles[0]}{SERVICE_NAMES[need]}平台", title_en=f"{titles[1]}{need} platform".capitalize(),
            kind=need, host=HOST_OF[need], capacity=max(1, round(figures.cases * part)), quality=figures.quality,
            sectors=("all",), parks=tuple(keys[drawn(f"list/{need}", keys) < figures.reach].tolist()),
            grade="assumed", source=SOURCE,
        )
        for need in NEEDS
    )  # fmt: skip
