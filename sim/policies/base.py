"""What every lever has: a schedule, an intensity, targets, a cost, and the sentence of the plan it answers."""

from dataclasses import dataclass

import numpy as np

from sim.agents import Enterprise, Park
from sim.fields import both_languages, did_you_mean, keys, month, number, one_of, text
from sim.setup import month_number

KINDS = {}  # the registry: kind -> class. A YAML names a kind, never an importable path.
GRADES = ("measured", "derived", "borrowed", "assumed")


def register(cls):
    """Make a Policy class known under its `kind`."""
    KINDS[cls.kind] = cls
    return cls


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A lever in force from a month on. Subclasses say which terms it moves and what that costs.

    Strength rises from 0 to `intensity` over `ramp` months after `start`, and is 0 after `end`.
    """

    kind = ""
    arrears = ""  # line of its cost that is paid in January for the year before

    name: str = text("name in the package", "名称")
    title: dict = both_languages("title", "标题")
    explanation: dict = both_languages("one paragraph for planners", "一段说明")
    answers: str = text("paragraph of the plan it answers", "对应文件段落")
    source: str = text("source of its size", "来源")
    grade: str = one_of(GRADES, "evidence grade", "证据等级")
    start: np.datetime64 = month("first month", "开始月份")
    end: np.datetime64 | None = month("last month; null for open-ended", "结束月份", default=None)
    ramp: float = number("month", 0, 120, "months to full strength", "达到全力度所需月数", default=0)
    intensity: float = number("1", 0, 1, "share of the full measure", "力度", default=1)
    parks: tuple = keys("parks it acts on; empty for all", "作用园区", default=())
    remote_from: float = number(
        "min", 0, 180, "only parks at least this far out", "仅作用于距离不少于此的园区", default=0
    )

    def problems(self, data):
        """What contradicts itself or the cluster, one sentence each."""
        found, known = [], [p.key for p in data.parks]
        at = f"policies.{self.name}"
        if self.end is not None and self.end < self.start:
            found.append(f"{at}: ends in {self.end}, before it starts in {self.start}.")
        if self.start < data.start:
            found.append(f"{at}.start = {self.start}: before the simulation starts in {data.start}.")
        found += [
            f"{at}.parks: '{k}' is not a park of {data.name}; {did_you_mean(k, known)}"
            for k in self.parks
            if k not in known
        ]
        if not found and not self._targeted(data).any():
            found.append(f"{at}: its targets match no park of {data.name}.")
        return found

    def _targeted(self, data):
        return np.array([(not self.parks or p.key in self.parks) and p.minutes >= self.remote_from for p in data.parks])

    def clash(self, other, data):
        """Why it cannot stand beside another policy of the package, or ''."""
        return ""

    def strength(self, cluster):
        """How strongly it acts this month, 0 to intensity."""
        begin = month_number(self.start)
        if cluster.now < begin or (self.end is not None and cluster.now > month_number(self.end)):
            return 0.0
        return float(self.intensity * (min(1.0, (cluster.now - begin + 1) / self.ramp) if self.ramp else 1.0))

    def targets(self, cluster):
        """The parks it acts on, as a cohort."""
        return Park.cohort(cluster, np.flatnonzero(self._targeted(cluster.data)))

    def reaches(self, cluster):
        """Whom it acts on this month, for the ledger of lives: tenants of its parks while it is in force. A cohort."""
        return self._tenants_of(cluster, self.targets(cluster).rows if self.strength(cluster) else ())

    def _tenants_of(self, cluster, rows):
        here = np.zeros(len(cluster.park_keys) + 1, bool)  # the last is for firms in no park
        here[list(rows)] = True
        return cluster.where(Enterprise, lambda f: here[f.park_row])

    # What a lever may do, each called once a month in its phase:

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

    def cost(self, cluster):
        """Public spending of the month by line, CNY: {"building": …, "running": …}; computed from what happened."""
        return {}

    def owed(self, cluster):
        """What is earned and not yet paid, CNY."""
        return 0.0
