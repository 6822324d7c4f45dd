"""The base of every lever: what one has to write, what every one can be set to, and what helps in writing it.

A lever is a subclass of `Policy` in a file of this folder, with `@register`, a `kind`, its own settings as fields, those of
the hooks below that it needs, and what it costs; `configs/policy/<name>.yaml` gives its values. `targets.py` has bases for
levers on sectors and on tiers of staff, `young_firms.py` and `platform_lever.py` for those on young firms and on platforms.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import both_languages, keys, month, number, one_of, text
from sim.engine.mistakes import ConfigurationError
from sim.model.agents import Enterprise, Park
from sim.model.district_data import EVIDENCE_GRADES, ClusterData
from sim.model.policies import checks

POLICY_KINDS: dict[str, type["Policy"]] = {}  # a YAML names a kind, never an importable path


def register(cls: type["Policy"]) -> type["Policy"]:
    """Make a Policy class known under its `kind`."""
    POLICY_KINDS[cls.kind] = cls
    return cls


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A lever in force from a month on. Subclasses say which terms it moves and what that costs.

    Strength rises from 0 to `intensity` over `ramp` months after `start`, and is 0 after `end`.
    """

    # ---- what a lever declares

    kind: ClassVar[str] = ""
    whole_district: ClassVar[bool] = False  # acts on the district at large, so that choosing parks would mean nothing
    stacking_reason: ClassVar[str] = ""  # why two of its kind may act on one target at a time; "" where they may not
    billed_counts: ClassVar[tuple[str, ...]] = ()  # firm counts of the month that its bill is made out by
    paid_next_year: ClassVar[str] = ""  # line of its cost that is paid in January for the year before

    # ---- what every lever can be set to

    name: str = text("name in the package", "名称")
    title: dict = both_languages("title", "标题")
    explanation: dict = both_languages("one paragraph for planners", "一段说明")
    answers: str = text("paragraph of the plan it answers, or none", "对应文件段落（没有则写none）")
    source: str = text("source of its size", "来源")
    grade: str = one_of(EVIDENCE_GRADES, "evidence grade", "证据等级")
    start: np.datetime64 = month("first month", "开始月份")
    end: np.datetime64 | None = month("last month; null for open-ended", "结束月份", default=None)
    ramp: float = number("month", 0, 120, "months to full strength", "达到全力度所需月数", default=0)
    intensity: float = number("1", 0, 1, "share of the full measure", "力度", default=1)
    set_up: float = number(
        "CNY", 0, 1e10, "paid once, in the first month in force, at full intensity", "一次性启动费用", default=0
    )
    parks: tuple = keys("parks it acts on; empty for all", "作用园区", default=())
    operators: tuple = keys("only parks of these operators; empty for all", "仅作用于这些运营机构的园区", default=())
    remote_from: float = number(
        "min", 0, 180, "only parks at least this far out", "仅作用于距离不少于此的园区", default=0
    )

    # ---- what a lever may do, each called once a month in its phase; what it writes itself are terms only

    def announces(self, cluster) -> Iterable[tuple[int, float]]:
        """Space announced this month: (park row, m2) pairs."""
        return ()

    def orders(self, cluster) -> Iterable[tuple[int, float]]:
        """Living services ordered this month: (park row, m2) pairs."""
        return ()

    def set_place_terms(self, cluster) -> None:
        """Edit this month's terms of district, parks, operators, platforms."""

    def set_firm_terms(self, cluster) -> None:
        """Edit this month's terms of enterprises, applicants included."""

    def cost(self, cluster) -> Mapping[str, float]:
        """Public spending of the month by line, CNY: {"building": …, "running": …}; computed from what happened."""
        return {}

    def owed(self, cluster) -> float:
        """Money that is earned and not yet paid, CNY."""
        return 0.0

    def beneficiaries(self, cluster) -> Enterprise:
        """Firms it acts on this month, for the ledger of lives: tenants of its parks while it is in force. A cohort."""
        return self.tenants_of(cluster, self.targets(cluster).rows if self.strength(cluster) else ())

    # ---- what helps in writing the above

    def strength(self, cluster) -> float:
        """Strength with which it acts this month, 0 to intensity."""
        first, last = self._first_and_last
        if not first <= cluster.now <= last:
            return 0.0
        return float(self.intensity * (min(1.0, (cluster.now - first + 1) / self.ramp) if self.ramp else 1.0))

    def targets(self, cluster) -> Park:
        """Parks it acts on, as a cohort."""
        rows = self.cached(cluster, "targets", lambda data: np.flatnonzero(self.target_parks(data)))
        return Park.cohort(cluster, rows)

    def tenants_of(self, cluster, rows: Iterable[int]) -> Enterprise:
        """Firms in these parks, as a cohort."""
        here = np.zeros(len(cluster.park_keys) + 1, bool)  # the last is for firms in no park
        here[list(rows)] = True
        return cluster.where(Enterprise, lambda f: here[f.park_row])

    def cached(self, cluster, what: str, compute: Callable[[ClusterData], Any]) -> Any:
        """Result of `compute(data)`, for what follows from the cluster's data alone: once a run, not every month."""
        known = cluster.derived.setdefault("policies", {})
        if (self.name, what) not in known:
            known[self.name, what] = compute(cluster.data)
        return known[self.name, what]

    # ---- targets and mistakes; a lever with targets of its own says more here

    def known_names(self, data: ClusterData) -> dict[str, tuple[str, Sequence[str]]]:
        """Names that settings may list: {setting: (what one of them is, names)}."""
        return {
            "parks": (f"a park of {data.name}", [park.key for park in data.parks]),
            "operators": (f"an operator of {data.name}", [operator.key for operator in data.operators]),
        }

    def target_parks(self, data: ClusterData) -> np.ndarray:
        """Mark the parks it acts on (parks,) bool."""
        return np.array(
            [
                (not self.parks or park.key in self.parks)
                and (not self.operators or park.operator in self.operators)
                and park.minutes >= self.remote_from
                for park in data.parks
            ]
        )

    def shares_months(self, other: Self) -> bool:
        """Return True if some month has both in force."""
        return all(a.end is None or b.start <= a.end for a, b in ((self, other), (other, self)))

    def shares_target(self, other: Self, data: ClusterData) -> bool:
        """Return True if both act on some target."""
        return bool((self.target_parks(data) & other.target_parks(data)).any())

    def problems(self, data: ClusterData) -> list[str]:
        """Sentences on what contradicts itself or the district."""
        return checks.problems(self, data)

    def clash(self, other: "Policy", data: ClusterData) -> str:
        """Reason why it cannot stand beside another policy of the package, or ''."""
        return checks.clash(self, other, data)

    # ---- what the month asks of every lever

    def bill(self, cluster) -> dict[str, float]:
        """Public spending of the month by line, CNY: the month's cost, and in the first month in force setting up.

        A cost below zero is refused: money that comes back is no spending, and would hide what the lever takes.
        """
        lines = dict(self.cost(cluster))
        if cluster.now == self._first_and_last[0]:
            lines["set_up"] = lines.get("set_up", 0.0) + self.set_up * self.intensity
        for line, amount in lines.items():
            if not 0 <= amount < np.inf:
                raise ConfigurationError(
                    f"policies.{self.name}: its cost '{line}' in {cluster.month} is {amount:g} CNY; expected 0 or more."
                )
        return lines

    @cached_property
    def _first_and_last(self):
        """Numbers of its first and last month in force."""
        return month_number(self.start), np.inf if self.end is None else month_number(self.end)
