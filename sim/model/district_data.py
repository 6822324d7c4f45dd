"""Data of a district: parks, operators, platforms, segments."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engine.fields import month, number, one_of, text
from sim.model.vocabulary import NEEDS

PARK_KINDS = ("makerspace", "incubator", "accelerator", "industrial_park")
LEVELS = ("none", "municipal", "provincial", "national")
OWNERSHIPS = ("state", "private", "university")
HOSTS = ("university", "institute", "state", "private")
EVIDENCE_GRADES = ("measured", "derived", "borrowed", "assumed")


def names(en: str, **default: Any) -> Any:
    """A cell that lists names, joined by ';'."""
    return field(metadata={"kind": "names", "en": en}, **default)


@dataclass(frozen=True, kw_only=True)
class ParkData:
    """One row of parks.csv."""

    key: str = text("name in code", "代码名")
    title_zh: str = text("name in Chinese", "中文名")
    title_en: str = text("name in English", "英文名")
    kind: str = one_of(PARK_KINDS, "stage of the incubation chain", "载体类型")
    level: str = one_of(LEVELS, "official recognition at the start", "起始认定级别")
    place: str = text("sub-district", "街道代码")
    place_zh: str = text("sub-district in Chinese", "街道")
    longitude: float = number("degree", -180, 180, "longitude", "经度")
    latitude: float = number("degree", -90, 90, "latitude", "纬度")
    minutes: float = number("min", 0, 180, "travel time to the district's centre", "到区中心分钟数")
    opened_on: np.datetime64 = month("first month in operation", "启用月份")
    stock: float = number("m2", 0, 5e6, "space announced and fitted out at the start", "起始存量面积")
    additions: tuple = field(metadata={"kind": "additions", "en": "space announced later, 2023-03:20000;2024-01:15000"})
    certified_share: float = number("1", 0, 1, "share of space that official tests count", "认定面积占比")
    rent: float = number("CNY/m2/month", 1, 300, "asking rent at the start", "起始租金")
    focus: tuple = names("sectors the park is positioned for")
    operator: str = text("key of its operator", "运营机构")
    amenity: float = number(
        "m2/person", 0, 20, "living services a head that open with its space", "随空间启用的人均生活配套面积"
    )
    letting_target: float = number(
        "1", 0, 1, "share of vacancy set as the year's letting task", "年度招租任务占空置比例"
    )
    grade: str = one_of(EVIDENCE_GRADES, "evidence grade", "证据等级")
    source: str = text("source", "来源")
    note: str = text("note", "备注", default="")

    @property
    def added(self) -> float:
        """All space announced after the start, m2."""
        return sum(area for _, area in self.additions)


@dataclass(frozen=True, kw_only=True)
class OperatorData:
    """One row of operators.csv."""

    key: str = text("name in code", "代码名")
    title_zh: str = text("name in Chinese", "中文名")
    title_en: str = text("name in English", "英文名")
    ownership: str = one_of(OWNERSHIPS, "owner", "所有制")
    grade: str = one_of(("A", "B", "C", "D"), "capability grade", "能力等级")
    initiative: float = number("1", 0, 1, "how strongly pay follows results", "主观能动性")
    service_share: float = number("1", 0, 0.95, "share of income from services", "服务收入占比")
    grade_source: str = text("source of the grade", "等级来源", default="")
    evidence_grade: str = one_of(EVIDENCE_GRADES, "evidence grade", "证据等级")
    source: str = text("source", "来源")
    note: str = text("note", "备注", default="")


@dataclass(frozen=True, kw_only=True)
class PlatformData:
    """One row of platforms.csv."""

    key: str = text("name in code", "代码名")
    title_zh: str = text("name in Chinese", "中文名")
    title_en: str = text("name in English", "英文名")
    kind: str = one_of(NEEDS, "kind of service", "服务类型")
    host: str = one_of(HOSTS, "host", "依托单位")
    capacity: float = number("1/month", 0, 1e5, "cases a month", "月办理能力")
    quality: float = number("1", 0, 1, "quality", "质量")
    sectors: tuple = names("sectors served, or all")
    parks: tuple = names("parks on its list, or all")
    grade: str = one_of(EVIDENCE_GRADES, "evidence grade", "证据等级")
    source: str = text("source", "来源")
    note: str = text("note", "备注", default="")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A link of an industrial chain."""

    key: str
    title: dict
    sector: str
    share: float
    inputs: dict


@dataclass(frozen=True, kw_only=True)
class Balance:
    """Numbers that a script sets so that the start comes out as observed; one set per regime of demand."""

    applicants_per_year: float = number("1/year", 0, 1e7, "applicants a year before promotion", "基础年申请企业数")
    outside_value: float = number("1", -20, 20, "joint value of all places outside the cluster", "园区外综合效用")


@dataclass(frozen=True, kw_only=True)
class ClusterData:
    """Everything the model needs to know about a place."""

    name: str
    title: dict
    start: np.datetime64
    parks: tuple
    operators: tuple
    platforms: tuple
    sectors: dict  # key -> {"title", "share", "long_stay"}
    segments: tuple
    centre_minutes: float
    graduates_per_year: float
    seekers_per_year: float
    balance: dict  # regime -> Balance
    sources: dict
    scale: float = 1.0  # what levers spend on a whole district, times
