"""Official criteria: which park meets which level. What the model does not simulate never counts as met."""

from dataclasses import dataclass

import numpy as np

from sim.agents import Enterprise
from sim.agents.status import Level
from sim.fields import both_languages, number, one_of, text
from sim.labour_market import by_park_and_sector


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of an official text: a figure of a park, and the least it must be."""

    key: str = text("name in code", "代码名")
    title: dict = both_languages("what is asked", "要求")
    level: str = one_of(("municipal", "national"), "level it belongs to", "级别")
    figure: str = text("figure of the park, or not_simulated", "对应指标")
    least: float = number("1", 0, 1e9, "least value", "最低值")
    specialised: float = number("1", 0, 1e9, "least value for specialised parks", "专业型最低值", default=None)
    source: str = text("source", "来源")


def figures(cluster, parks):
    """Figures by park that official texts ask for: {name: (parks,)}."""
    firms = cluster.where(Enterprise, lambda f: f.is_incubating())
    tenants = by_park_and_sector(cluster, firms, np.ones(len(firms))).sum(axis=1)
    holders = by_park_and_sector(cluster, firms, firms.patents > 0).sum(axis=1)
    funded = by_park_and_sector(cluster, firms, firms.funded_on > cluster.now - 12).sum(axis=1)
    some = np.maximum(tenants, 1)
    area = parks.announced * parks.certified_share
    return {
        "certified_area": area,
        "tenant_area_share": np.where(parks.fitted > 0, parks.let / np.maximum(parks.fitted, 1), 0),
        "tenants": tenants,
        "tenants_per_1000m2": tenants / np.maximum(area, 1) * 1000,
        "cumulative_graduates": parks.graduates,
        "funded_share": funded / some,
        "patent_share": holders / some,
        "years_running": (cluster.now - parks.opened_on + 1) / 12,
    }


def meets(cluster, parks, level):
    """Whether each park meets every simulated criterion of a level (parks,); nowhere if none is simulated."""
    known, asked = figures(cluster, parks), [c for c in cluster.criteria if c.level == level]
    simulated = [c for c in asked if c.figure in known]
    special = parks.focus.any(axis=1)
    passed = np.full(len(parks), bool(simulated))
    for c in simulated:
        least = np.where(special, c.least if c.specialised is None else c.specialised, c.least)
        passed &= known[c.figure] >= least
    return passed


def certify(cluster, parks):
    """Levels after this year's tests: a park rises to what it meets, and keeps what it has."""
    level = parks.level.copy()
    level = np.where(meets(cluster, parks, "municipal"), np.maximum(level, Level.MUNICIPAL), level)
    return np.where(meets(cluster, parks, "national"), np.maximum(level, Level.NATIONAL), level).astype(np.int8)
