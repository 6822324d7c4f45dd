"""Forms that a result takes on its way from the model to a table, each named once.

1. `Tally` (sim.model.tally): the counts of a month by park and sector, filed by the cluster while it runs.
2. `Counts` (sim.model.measures.counts): all months of a run, and the measures they make for any unit, as `Values`.
3. `Outcome`: one run's measures by kind of unit, its spending and, if asked, its events. A `KeptRun` is what the store keeps
   of one: the yearly measures of the whole cluster, under the run's name.
4. `Matched`: one seed through several scenarios, an Outcome each; put aside as an .npz file while a study is under way.
5. Tables (pandas): what a study makes of its pairs or kept runs, writes to its folder, and hands to sentences and figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.engine.calendar import month_of
from sim.model.agents import Enterprise
from sim.model.cluster import Cluster
from sim.model.criteria import FIGURES, PREFIX
from sim.model.measures.counts import Counts, Values
from sim.model.measures.fates import Fates, fates_of
from sim.model.measures.measure import UNIT_KINDS
from sim.model.status import Cause, Event, Place, Status
from sim.runs.executors.failures import Failure


@dataclass
class Outcome:
    """Measures, spending and, if asked, events of one run."""

    scenario: str
    seed: int
    yearly: dict[str, Values]  # by kind of unit
    monthly: dict[str, Values]
    spending: list[tuple]  # (month number, policy, line, CNY)
    owed: dict[str, float]  # policy -> CNY earned and not yet paid at the end
    events: np.ndarray | None
    fates: Fates | None
    counts: dict[str, int]  # live rows, tenants, agent-steps
    criteria: Values | None = None  # figures that official texts ask for, and the park's level, by year and park


@dataclass
class Matched:
    """One seed through several scenarios: the same firms with the same luck."""

    seed: int
    outcomes: dict[str, Outcome]  # by scenario
    displacement: dict[str, Mapping[str, float]] = field(default_factory=dict)  # scenario -> {source: firms}
    seconds: float = 0.0

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays by name, from which `from_arrays` makes the same again; events and fates are left out."""
        head = {"seed": self.seed, "seconds": self.seconds, "displacement": self.displacement, "outcomes": {}}
        arrays = {}

        def put(name, values):
            arrays[name] = values.values
            return {"measures": values.measures, "units": values.units, "periods": values.periods.tolist()}

        for name, o in self.outcomes.items():
            about = {"owed": o.owed, "counts": o.counts, "spending": o.spending}
            for period in ("yearly", "monthly"):
                about[period] = {kind: put(f"{name}/{period}/{kind}", v) for kind, v in getattr(o, period).items()}
            if o.criteria:
                about["criteria"] = put(f"{name}/criteria", o.criteria)
            head["outcomes"][name] = about
        return {"head": np.array(json.dumps(head)), **arrays}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Matched:
        """One seed as `to_arrays` left it."""
        head = json.loads(str(arrays["head"]))

        def take(name, about):
            return Values(about["measures"], about["units"], np.array(about["periods"]), arrays[name])

        outcomes = {}
        for name, about in head["outcomes"].items():
            periods = {
                period: {kind: take(f"{name}/{period}/{kind}", v) for kind, v in about[period].items()}
                for period in ("yearly", "monthly")
            }
            criteria = about.get("criteria")
            outcomes[name] = Outcome(
                scenario=name, seed=head["seed"], **periods, spending=[tuple(item) for item in about["spending"]],
                owed=about["owed"], events=None, fates=None, counts=about["counts"],
                criteria=criteria and take(f"{name}/criteria", criteria),
            )  # fmt: skip
        return cls(head["seed"], outcomes, head["displacement"], head["seconds"])


class RunName(NamedTuple):
    """A run before it is simulated: its own name, the name of what it asks of the model, and its seed."""

    run_id: str
    question: str
    seed: int


@dataclass(frozen=True)
class KeptRun:
    """A run as the store keeps it: yearly measures of the whole cluster under the run's name.

    years (y,), values (measures, y): none where it failed, and `error` then holds the traceback. lasting: False where a
    worker was lost, so that the same run may go well another time; such a one is not kept.
    """

    run_id: str
    question: str
    seed: int
    ok: bool
    error: str
    seconds: float
    measures: tuple[str, ...]
    years: np.ndarray
    values: np.ndarray
    lasting: bool = True

    @classmethod
    def done(
        cls, name: RunName, seconds: float, measures: Sequence[str], years: np.ndarray, values: np.ndarray
    ) -> KeptRun:
        """A run that went well."""
        return cls(*name, True, "", seconds, tuple(measures), np.asarray(years), values)

    @classmethod
    def failed(cls, name: RunName, failure: Failure, seconds: float = 0.0) -> KeptRun:
        """A run that did not."""
        error = failure.trace or failure.error
        return cls(*name, False, error, seconds, (), np.zeros(0), np.zeros((0, 0)), failure.lasting)

    def of(self, measures: Sequence[str]) -> np.ndarray:
        """Values of these measures (measures, y)."""
        return self.values[[self.measures.index(m) for m in measures]]


def outcome_of(cluster: Cluster, detail: bool) -> Outcome:
    """Outcome of a finished cluster. detail: parks, operators and sectors month by month too."""
    counts = Counts(cluster)
    yearly = {kind: counts.values(kind, True) for kind in UNIT_KINDS}
    kinds = UNIT_KINDS if detail else ("cluster",)
    monthly = {kind: counts.values(kind, False) for kind in kinds}
    events = cluster.log.table()
    return Outcome(
        scenario=cluster.setup.scenario, seed=cluster.seed, yearly=yearly, monthly=monthly, spending=list(cluster.spending),
        owed=owed(cluster), events=events,
        fates=fates_of(cluster, events), counts=sizes_of_run(cluster, counts), criteria=official_figures(counts),
    )  # fmt: skip


def sizes_of_run(cluster: Cluster, counts: Counts) -> dict[str, int]:
    """Size of a run: living firms, tenants, followed firms elsewhere and how many these stand for at its end; agent-steps."""
    firms = cluster.where(Enterprise, lambda f: f.exists())
    outside = firms[firms.status == Status.ELSEWHERE]
    return {
        "live_rows": len(firms), "tenants": int((firms.park_row >= 0).sum()), "followed": len(outside),
        "followed_stand_for": int(outside.weight.sum()), "agent_steps": int(counts.district["live_rows"].sum()),
    }  # fmt: skip


def owed(cluster: Cluster) -> dict[str, float]:
    """Sum that each policy has earned others and not yet paid at the end, CNY."""
    return {p.name: due for p in cluster.policies if (due := p.owed(cluster))}


def official_figures(counts: Counts) -> Values:
    """Figures that official texts ask for, as they stood each December, with the level the park then had."""
    found = counts.of_decembers([*(PREFIX + name for name in FIGURES), "level"])
    return found._replace(measures=[*FIGURES, "level"])


def long_table(outcomes: Sequence[Outcome], period: str) -> pd.DataFrame:
    """Tidy table of measures: scenario, replicate, year or month, unit_kind, unit, measure, value.

    period: 'yearly' or 'monthly'. Names are categories, so that millions of rows stay small.
    """
    names = {"scenario": [], "unit_kind": [], "unit": [], "measure": []}
    parts = []

    def code(column, words):
        known = names[column]
        known += [w for w in words if w not in known]
        return np.array([known.index(w) for w in words], np.int32)

    for outcome in outcomes:
        for kind, v in getattr(outcome, period).items():
            m, p, u = v.values.shape
            size = m * p * u
            parts.append(
                {
                    "scenario": np.full(size, code("scenario", [outcome.scenario])[0]),
                    "replicate": np.full(size, outcome.seed),
                    "period": np.tile(np.repeat(v.periods, u), m),
                    "unit_kind": np.full(size, code("unit_kind", [kind])[0]),
                    "unit": np.tile(code("unit", v.units), m * p),
                    "measure": np.repeat(code("measure", v.measures), p * u),
                    "value": v.values.ravel(),
                }
            )
    table = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})
    table = table[np.isfinite(table["value"].to_numpy())].reset_index(drop=True)
    for name, known in names.items():
        table[name] = pd.Categorical.from_codes(table[name], known)
    if period == "yearly":
        return table.rename(columns={"period": "year"})
    months = np.unique(table["period"])
    table["period"] = pd.Categorical.from_codes(
        np.searchsorted(months, table["period"]), [str(month_of(n)) for n in months]
    )
    return table.rename(columns={"period": "month"})


def events_table(outcome: Outcome, park_keys: Sequence[str], sector_keys: Sequence[str]) -> pd.DataFrame:
    """The event log with names: month, event, cause, ident, park, place, sector …"""
    log = outcome.events
    if log is None:
        raise LookupError(f"{outcome.scenario}: no events were kept of this run")
    named = {
        "month": _worded(log["month"], _month_text),
        "event": _worded(log["event"], lambda e: Event(e).name.lower()),
        "cause": _worded(log["cause"], lambda c: Cause(c).name.lower()),
        "ident": log["ident"],
        "park": _worded(log["park"], lambda p: park_keys[p] if p >= 0 else ""),
        "place": _worded(log["place"], lambda p: Place(p).name.lower()),
        "sector": _worded(log["sector"], lambda s: sector_keys[s]),
        "entered": _worded(log["since"], _month_text),
        "stay": log["stay"],
        "amount": log["amount"],
    }
    return pd.DataFrame(named).assign(scenario=outcome.scenario, replicate=outcome.seed)


def _worded(codes, word):
    """The word of each code (n,): asked for once a code, not once a row."""
    known, which = np.unique(codes, return_inverse=True)
    return np.array([word(int(code)) for code in known], object)[which]


def _month_text(number):
    return str(month_of(number)) if number >= 0 else ""


def spending_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Public spending by scenario, replicate, year, policy and line, CNY; 'owed' is what the last year still owes."""
    rows = [
        (o.scenario, o.seed, month // 12, policy, line, amount)
        for o in outcomes
        for month, policy, line, amount in o.spending
    ]
    last = {id(o): int(o.yearly["cluster"].periods[-1]) for o in outcomes}
    rows += [(o.scenario, o.seed, last[id(o)], policy, "owed", due) for o in outcomes for policy, due in o.owed.items()]
    table = pd.DataFrame(rows, columns=["scenario", "replicate", "year", "policy", "line", "value"])
    return table.groupby(["scenario", "replicate", "year", "policy", "line"], as_index=False)["value"].sum()
