"""The setup of a simulation: a place, numbers, an outside world, rules, policies, and how long. Plain frozen dataclasses."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from sim.engine.fields import both_languages, flag, month, number, one_of, path, sentences, text
from sim.engine.mistakes import ConfigurationError
from sim.model.criteria import Official
from sim.model.district_data import EVIDENCE_GRADES, ClusterData
from sim.model.parameters import Parameters


@dataclass(frozen=True, kw_only=True)
class World:
    """An outside world: what the district does not decide."""

    name: str = text("name", "名称")
    title: dict = both_languages("title", "标题")
    regime: str = one_of(("space_pulls", "promotion_pulls"), "what drew tenants in 2022-25", "2022-25年入驻增长的动因")
    macro: dict = path(0, 10, "demand index", "宏观需求指数")
    promotion: dict = path(0, 10, "promotion already in force, times", "既有招商力度倍数")


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Demand for space, whatever the district does. Worlds take their demand index from here."""

    name: str = text("name", "名称")
    title: dict = both_languages("title", "标题")
    explanation: dict = both_languages("one sentence for planners", "一句说明")
    source: str = text("source", "来源")
    grade: str = one_of(EVIDENCE_GRADES, "evidence grade", "证据等级")
    macro: dict = path(0, 10, "demand index", "宏观需求指数")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The document that levers answer: its paragraphs, each in a few of its own words."""

    name: str = text("name", "名称")
    title: dict = both_languages("title", "标题")
    source: str = text("source", "来源")
    paragraphs: dict = sentences("what each paragraph asks, by its number", "各段要求")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Conditions of graduation, and limits of stay. A rule set has a name: the 2018 rules, or a district's own."""

    name: str = text("name", "名称")
    title: dict = both_languages("title", "标题")
    source: str = text("source", "来源")
    certificate: bool = flag("the high-tech certificate counts", "高企认定")
    acquisition: bool = flag("being acquired or listed counts", "被并购或上市")
    revenue_bar: float | None = number(
        "CNY", 1e5, 1e9, "revenue of 24 months above this counts", "两年营收门槛", default=None
    )
    vc_bar: float | None = number(
        "CNY", 1e5, 1e9, "venture capital to date above this counts", "累计融资门槛", default=None
    )
    limit: float = number("month", 6, 240, "longest tenancy", "在孵期限")
    long_limit: float = number("month", 6, 240, "longest tenancy in slow sectors", "长周期产业在孵期限")
    minimum: float = number("month", 0, 48, "nobody is recognised sooner", "最短在孵月数")
    recognition: float = number(
        "1/month", 0.01, 1, "chance a month that whoever meets the bar is recognised", "达标后月认定概率"
    )


@dataclass(frozen=True, kw_only=True)
class Run:
    """Length of a run, and how much of it is kept."""

    until: np.datetime64 = month("last month", "结束月份")
    burn_in: float = number("month", 0, 600, "months simulated before the start, on the space of the start", "预热月数")
    follow: float = number(
        "firm",
        1,
        1000,
        "one in so many of the firms that settle elsewhere is followed",
        "园区外企业抽样比（每几家取一）",
    )
    compact_every: float = number("month", 1, 600, "months between removals of ended firms' rows", "清理间隔")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One scenario of one cluster, ready to be simulated with any seed."""

    scenario: str
    title: dict
    explanation: dict
    data: ClusterData
    parameters: Parameters
    world: World
    rules: Rules
    criteria: Official
    policies: tuple  # Policy instances, sorted by name: a package has no order
    run: Run
    sources: dict = field(default_factory=dict)
    resolved: dict = field(default_factory=dict)  # the configuration this came from, plain
    demand: Demand | None = None
    plan: Plan | None = None

    @property
    def cities(self) -> tuple:
        """The cities of a nation, each a cluster of its own; none of a place that is one cluster."""
        return getattr(self.data, "cities", ())

    def as_one_cluster(self) -> Self:
        """This setup, or a ConfigurationError if it is of a nation, which is simulated city by city."""
        if self.cities:
            raise ConfigurationError(
                f"cluster={self.data.name}: a nation of many cities, which only 'incubator run' and 'incubator compare' take."
            )
        return self

    @property
    def months(self) -> int:
        """Number of months simulated after the burn-in."""
        return int((self.run.until - self.data.start).astype(int)) + 1

    def by_paragraph(self) -> dict[str, list]:
        """Policies by the paragraph of the plan they answer, in the plan's order; 'none' last: {paragraph: [Policy]}."""
        order = [*(self.plan.paragraphs if self.plan else ()), "none"]
        found = {number: [p for p in self.policies if p.answers == number] for number in order}
        return {number: policies for number, policies in found.items() if policies}

    def sentence(self, policy: Any) -> dict[str, str] | None:
        """Return the plan's words that a policy answers, {zh: …, en: …}; None for a policy that answers nothing in it."""
        return self.plan.paragraphs.get(policy.answers) if self.plan else None

    def without_policies(self) -> Self:
        """The same, doing nothing."""
        return replace(self, policies=())
