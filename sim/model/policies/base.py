"""What every lever has: a schedule, an intensity, targets, costs, and the paragraph of the plan it answers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.fields import ConfigurationError, both_languages, did_you_mean, keys, month, number, one_of, text
from sim.model.agents import Enterprise, Park
from sim.model.district_data import EVIDENCE_GRADES

POLICY_KINDS = {}  # the registry: kind -> class. A YAML names a kind, never an importable path.


def register(cls):
    """Make a Policy class known under its `kind`."""
    POLICY_KINDS[cls.kind] = cls
    return cls


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A lever in force from a month on. Subclasses say which terms it moves and what that costs.

    Strength rises from 0 to `intensity` over `ramp` months after `start`, and is 0 after `end`. Levers whose targets are
    sectors or tiers of staff, not places alone, inherit from `sim.model.policies.targets`.
    """

    kind = ""
    paid_next_year = ""  # line of its cost that is paid in January for the year before
    whole_district = False  # acts on the district at large, so that choosing parks would mean nothing
    billed_counts = ()  # firm counts of the month that its bill is made out by
    stacking_reason = ""  # why two of this kind may act on one target in the same months; "" where they may not

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

    # ---- what may be chosen

    def problems(self, data):
        """What contradicts itself or the cluster, one sentence each."""
        found, at = [], f"policies.{self.name}"
        if self.end is not None and self.end < self.start:
            found.append(f"{at}: ends in {self.end}, before it starts in {self.start}.")
        if self.start < data.start:
            found.append(f"{at}.start = {self.start}: before the simulation starts in {data.start}.")
        for setting, (what, known) in self._known(data).items():
            found += [
                f"{at}.{setting}: '{name}' is not {what}; {did_you_mean(name, known)}"
                for name in getattr(self, setting)
                if name not in known
            ]
        if found:
            return found
        if self.whole_district:
            found = [
                f"{at}.{setting} = {list(chosen)}: it acts on the whole district; leave it empty."
                for setting, chosen in (("parks", self.parks), ("operators", self.operators))
                if chosen
            ]
            if self.remote_from:
                found.append(f"{at}.remote_from = {self.remote_from:g}: it acts on the whole district; leave it at 0.")
            return found
        if not self._targeted(data).any():
            found.append(f"{at}: its targets match no park of {data.name}.")
        return found

    def _known(self, data):
        """What a setting that lists targets may list: {setting: (what one of them is, names)}."""
        return {
            "parks": (f"a park of {data.name}", [park.key for park in data.parks]),
            "operators": (f"an operator of {data.name}", [operator.key for operator in data.operators]),
        }

    def _targeted(self, data):
        """Which parks it acts on (parks,) bool."""
        return np.array(
            [
                (not self.parks or park.key in self.parks)
                and (not self.operators or park.operator in self.operators)
                and park.minutes >= self.remote_from
                for park in data.parks
            ]
        )

    def clash(self, other, data):
        """Why it cannot stand beside another policy of the package, or ''.

        Levers of different kinds combine as each term's column declares. Two of one kind would say the same thing
        twice, unless the class says why its copies add up.
        """
        one_kind = self._family() is other._family()
        if not one_kind or self.stacking_reason or not (self._same_months(other) and self._same_target(other, data)):
            return ""
        return (
            f"policies.{self.name} and policies.{other.name}: two of the kind {self._family().kind} have the same target "
            "in the same months; give them different targets or months, or keep one."
        )

    @classmethod
    def _family(cls):
        """The lever it is a form of: the oldest ancestor that has a kind."""
        return next((ancestor for ancestor in reversed(cls.__mro__) if vars(ancestor).get("kind")), cls)

    def _same_months(self, other):
        """Whether some month has both in force."""
        return all(a.end is None or b.start <= a.end for a, b in ((self, other), (other, self)))

    def _same_target(self, other, data):
        """Whether some target is both's."""
        return bool((self._targeted(data) & other._targeted(data)).any())

    # ---- when and where it acts

    def strength(self, cluster):
        """How strongly it acts this month, 0 to intensity."""
        first, last = self._in_force
        if not first <= cluster.now <= last:
            return 0.0
        return float(self.intensity * (min(1.0, (cluster.now - first + 1) / self.ramp) if self.ramp else 1.0))

    @cached_property
    def _in_force(self):
        """Numbers of its first and last month."""
        return month_number(self.start), np.inf if self.end is None else month_number(self.end)

    def targets(self, cluster):
        """The parks it acts on, as a cohort."""
        return Park.cohort(cluster, self.cached(cluster, "targets", lambda data: np.flatnonzero(self._targeted(data))))

    def cached(self, cluster, what, of):
        """What follows from the cluster's data alone, `of(data)`: worked out once a run, not every month."""
        known = cluster.derived.setdefault("policies", {})
        if (self.name, what) not in known:
            known[self.name, what] = of(cluster.data)
        return known[self.name, what]

    def beneficiaries(self, cluster):
        """Whom it acts on this month, for the ledger of lives: tenants of its parks while it is in force. A cohort."""
        return self._tenants_of(cluster, self.targets(cluster).rows if self.strength(cluster) else ())

    def _tenants_of(self, cluster, rows):
        here = np.zeros(len(cluster.park_keys) + 1, bool)  # the last is for firms in no park
        here[list(rows)] = True
        return cluster.where(Enterprise, lambda f: here[f.park_row])

    # ---- what a lever may do, each called once a month in its phase

    def announces(self, cluster):
        """Space announced this month: (park row, m2) pairs."""
        return ()

    def orders(self, cluster):
        """Living services ordered this month: (park row, m2) pairs."""
        return ()

    def set_place_terms(self, cluster):
        """Edit terms of district, parks, operators, platforms."""

    def set_firm_terms(self, cluster):
        """Edit terms of enterprises, applicants included."""

    # ---- what it costs

    def cost(self, cluster):
        """Public spending of the month by line, CNY: {"building": …, "running": …}; computed from what happened."""
        return {}

    def bill(self, cluster):
        """What the public pays this month by line, CNY: the month's cost, and in the first month in force setting up.

        A cost below zero is refused: money that comes back is no spending, and would hide what the lever takes.
        """
        lines = dict(self.cost(cluster))
        if cluster.now == self._in_force[0]:
            lines["set_up"] = lines.get("set_up", 0.0) + self.set_up * self.intensity
        for line, amount in lines.items():
            if not 0 <= amount < np.inf:
                raise ConfigurationError(
                    f"policies.{self.name}: its cost '{line}' in {cluster.month} is {amount:g} CNY; expected 0 or more."
                )
        return lines

    def owed(self, cluster):
        """What is earned and not yet paid, CNY."""
        return 0.0
