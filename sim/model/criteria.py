"""Official criteria as named rule sets: which park meets what. What the model does not simulate never counts as met."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.engine.fields import both_languages, flag, number, one_of, read, text
from sim.engine.mistakes import did_you_mean
from sim.model.agents import Enterprise, Park
from sim.model.status import Level

NOT_SIMULATED = "not_simulated"
FIGURES = (
    "certified_area", "tenant_area_share", "tenants", "tenants_per_1000m2", "cumulative_graduates", "funded_share",
    "patent_share", "years_running", "industry_share", "growing_share", "service_income_share",
)  # fmt: skip
UNITS = {  # code -> (zh, en)
    "share": ("%", "%"), "m2": ("㎡", "m²"), "firm": ("家", "firms"), "year": ("年", "years"), "CNY": ("元", "CNY"),
    "per 1000 m2": ("家/千㎡", "per 1,000 m²"), "per 10 firms": ("人/十家", "per 10 firms"),
}  # fmt: skip
PREFIX = "criterion_"  # of the counts in which December's figures are put on record


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of an official text: a figure of a park, and the least it must be."""

    key: str = text("name in code", "代码名")
    title: dict = both_languages("what is asked", "要求")
    figure: str = one_of((*FIGURES, NOT_SIMULATED), "figure of the park, or not_simulated", "对应指标")
    unit: str = one_of(tuple(UNITS), "unit of the figure", "单位")
    least: float | None = number(
        "1", 0, 1e9, "least value; none if only specialised parks are asked", "最低值", default=None
    )
    specialised: float | None = number("1", 0, 1e9, "least value for specialised parks", "专业型最低值", default=None)
    source: str = text("source", "来源")
    alternative_to: str | None = text("criterion that it may stand in for", "可替代的要求", default=None)
    recognition: bool = flag("asked when parks are recognised in the model", "是否用于模型内认定", default=True)
    note: dict | None = both_languages("how the model reads it", "模型口径", default=None)

    @property
    def simulated(self) -> bool:
        """True if the model has the figure."""
        return self.figure != NOT_SIMULATED

    def bar(self, special: np.ndarray | bool) -> np.ndarray:
        """Least value for each park; not-a-number where it is not asked. special (parks,) bool."""
        least = np.nan if self.least is None else self.least
        return np.where(special, least if self.specialised is None else self.specialised, least)

    def met(self, value: np.ndarray, special: np.ndarray) -> np.ndarray:
        """Return True where values (…, parks) reach the bar, or nothing is asked."""
        bar = self.bar(special)
        return np.isnan(bar) | (value >= bar)


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """One official text. `criteria` is empty where no text was found: then no park ever meets it."""

    key: str = ""
    criteria: tuple = ()
    title: dict = both_languages("title", "标题")
    level: str = one_of(
        ("none", "municipal", "provincial", "national"),
        "level that a park rises to in the model; none: reported only",
        "达标后在模型内认定的级别",
    )
    source: str = text("source", "来源")
    note: dict | None = both_languages("what to know", "说明", default=None)

    @property
    def simulated(self) -> list[Criterion]:
        """Criteria the model has a figure for."""
        return [c for c in self.criteria if c.simulated]

    @property
    def missing(self) -> list[Criterion]:
        """Criteria the model has no state for."""
        return [c for c in self.criteria if not c.simulated]

    def asked(self, special: bool) -> list[Criterion]:
        """Criteria with a figure that are asked of specialised parks, or of all others."""
        return [c for c in self.simulated if not np.isnan(c.bar(special))]

    def meets(self, known: Mapping[str, np.ndarray], special: np.ndarray, recognition: bool = False) -> np.ndarray:
        """Return True for parks that meet every simulated criterion, or one that may stand in for it; none if none is simulated.

        known: {figure: (…, parks)}. recognition: only what the model's own recognition asks for.
        """
        asked = [c for c in self.simulated if c.recognition or not recognition]
        passed = {c.key: c.met(known[c.figure], special) for c in asked}
        for (
            c
        ) in asked:  # a criterion is met by itself or by what may stand in for it, whichever of the two is simulated
            if c.alternative_to in passed:
                passed[c.alternative_to] = passed[c.alternative_to] | passed.pop(c.key)
        whole = np.full(np.shape(next(iter(known.values()))), bool(asked))
        for one in passed.values():
            whole &= one
        return whole


@dataclass(frozen=True, kw_only=True)
class Official:
    """All rule sets, and what they share."""

    growing: float = number("1/year", 0, 5, "revenue growth above which a tenant counts as growing", "增长企业门槛")
    sets: dict = field(default_factory=dict)  # key -> RuleSet, read apart


def read_criteria(values: Mapping[str, Any], problems: list[str]) -> "Official | None":
    """Official from a mapping of a configuration; sentences on what is wrong are added to problems."""
    listed = values.get("sets")
    if not isinstance(listed, dict) or not all(isinstance(about, dict) for about in listed.values()):
        problems.append(f"criteria.sets = {listed!r}: expected rule sets by name.")
        listed = {}
    official = read(Official, values, "criteria", problems, also=("sets",))
    sets = {key: _read_set(key, about, problems) for key, about in listed.items()}
    return official and replace(official, sets=sets)


def _read_set(key, about, problems):
    at, lines = f"criteria.sets.{key}", about.get("criteria", [])
    if not isinstance(lines, list) or not all(isinstance(c, dict) for c in lines):
        problems.append(f"{at}.criteria = {lines!r}: expected a list of criteria.")
        lines = []
    found = [read(Criterion, c, f"{at}.{c.get('key', '?')}", problems) for c in lines]
    criteria = [c for c in found if c is not None]
    known = [c.key for c in criteria]
    for c in criteria:
        if c.least is None and c.specialised is None:
            problems.append(f"{at}.{c.key}: least is missing (least value, or specialised for specialised parks only).")
        if c.alternative_to and c.alternative_to not in known:
            problems.append(
                f"{at}.{c.key}.alternative_to = '{c.alternative_to}': not in this set; {did_you_mean(c.alternative_to, known)}"
            )
    problems += [f"{at}: the criterion '{k}' is there twice." for k in sorted({k for k in known if known.count(k) > 1})]
    head = read(RuleSet, about, at, problems, also=("criteria",))
    return head and replace(head, key=key, criteria=tuple(criteria))


def figures(cluster, parks: Park) -> dict[str, np.ndarray]:
    """Figures by park that official texts ask for: {name: (parks,)}."""
    firms = cluster.where(Enterprise, lambda f: f.is_incubating())
    by_industry = firms.sum_by_park_and_sector(np.ones(len(firms)))
    tenants = by_industry.sum(axis=1)
    holders = firms.sum_by_park_and_sector(firms.patents > 0).sum(axis=1)
    funded = firms.sum_by_park_and_sector(firms.funded_on > cluster.now - 12).sum(axis=1)
    some = np.maximum(tenants, 1)
    area = parks.announced * parks.certified_share
    known = {
        "certified_area": area,
        "tenant_area_share": np.where(parks.fitted > 0, parks.let / np.maximum(parks.fitted, 1), 0),
        "tenants": tenants,
        "tenants_per_1000m2": tenants / np.maximum(area, 1) * 1000,
        "cumulative_graduates": parks.graduates,
        "funded_share": funded / some,
        "patent_share": holders / some,
        "years_running": (cluster.now - parks.opened_on + 1) / 12,
        "industry_share": by_industry.max(axis=1) / some,
        "growing_share": growing_share(cluster, firms),
        "service_income_share": parks.operator.service_share,
    }
    return {name: np.asarray(values, float) for name, values in known.items()}


def growing_share(cluster, firms: Enterprise) -> np.ndarray:
    """Share of tenants whose revenue grew by more than the bar over the year before, by park (parks,); 0 without any.

    Of tenants with 24 months of revenue on record, that is two years in the cluster: earlier books are not kept.
    """
    told = firms[firms.tenure() >= 24]
    # The ring of 24 months holds even years in its first half and odd years in its second; in December both are whole.
    halves = told.past_revenue.reshape(len(told), 2, 12).sum(axis=2, dtype=np.float64)
    this = cluster.now // 12 % 2
    grown = halves[:, this] > (1 + cluster.criteria.growing) * halves[:, 1 - this]
    known = told.sum_by_park_and_sector(np.ones(len(told))).sum(axis=1)
    return told.sum_by_park_and_sector(grown).sum(axis=1) / np.maximum(known, 1)


def certify(cluster, parks: Park) -> np.ndarray:
    """Levels after this year's tests: a park rises to what it meets, and keeps what it has. Figures go on record."""
    known, special, level = figures(cluster, parks), parks.focus.any(axis=1), parks.level.copy()
    for name, values in known.items():
        cluster.tally.at_parks(PREFIX + name, values)
    for rules in cluster.criteria.sets.values():
        met = rules.meets(known, special, recognition=True)
        level = np.where(met, np.maximum(level, Level[rules.level.upper()]), level)
    return level.astype(np.int8)
