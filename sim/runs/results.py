"""A run as tables: measures by unit and period, events, spending, and who was where at the end."""

import json
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.engine.calendar import month_of
from sim.model.agents import Enterprise
from sim.model.criteria import FIGURES, PREFIX
from sim.model.measures.definitions import UNIT_KINDS
from sim.model.measures.fates import Lives, lives_of
from sim.model.status import Cause, Event, Place, Status


@dataclass
class Values:
    """Measures of all units of one kind: values (measures, periods, units)."""

    measures: list
    units: list
    periods: np.ndarray  # years, or month numbers
    values: np.ndarray


@dataclass
class Outcome:
    """What one run leaves behind."""

    scenario: str
    seed: int
    yearly: dict  # unit kind -> Values
    monthly: dict  # unit kind -> Values
    spending: list  # (month number, policy, line, CNY)
    owed: dict  # policy -> CNY earned and not yet paid at the end
    events: np.ndarray | None
    lives: Lives | None
    counts: dict  # live rows, tenants, agent-steps
    criteria: Values | None = None  # figures that official texts ask for, and the park's level, by year and park


def outcome_of(cluster, counts, detail):
    """The Outcome of a finished cluster."""
    yearly = {kind: Values(*counts.values(kind, True)) for kind in UNIT_KINDS}
    kinds = UNIT_KINDS if detail else ("cluster",)
    monthly = {kind: Values(*counts.values(kind, False)) for kind in kinds}
    events = cluster.log.table()
    return Outcome(
        scenario=cluster.setup.scenario, seed=cluster.seed, yearly=yearly, monthly=monthly, spending=list(cluster.spending),
        owed=owed(cluster), events=events,
        lives=lives_of(cluster, events), counts=sizes_of_run(cluster, counts), criteria=official_figures(counts),
    )  # fmt: skip


def sizes_of_run(cluster, counts):
    """How large a run was, at its end: rows of living firms, tenants, firms elsewhere that are followed and how many they
    stand for; agent-steps over all months.
    """
    firms = cluster.where(Enterprise, lambda f: f.exists())
    outside = firms[firms.status == Status.ELSEWHERE]
    return {
        "live_rows": len(firms), "tenants": int((firms.park_row >= 0).sum()), "followed": len(outside),
        "followed_stand_for": int(outside.weight.sum()), "agent_steps": int(counts.district["live_rows"].sum()),
    }  # fmt: skip


def owed(cluster):
    """What each policy has earned others and not yet paid at the end, CNY."""
    return {p.name: due for p in cluster.policies if (due := p.owed(cluster))}


def official_figures(counts):
    """Figures that official texts ask for, as they stood each December, with the level the park then had."""
    _, parks, years, values = counts.of_decembers([*(PREFIX + name for name in FIGURES), "level"])
    return Values([*FIGURES, "level"], parks, years, values)


def long_table(outcomes, period):
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


def events_table(outcome, park_keys, sector_keys):
    """The event log with names: month, event, cause, ident, park, place, sector …"""
    log = outcome.events
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


def spending_table(outcomes):
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


def to_part(matched):
    """A Matched as plain arrays for one .npz file."""
    head, arrays = (
        {"seed": matched.seed, "seconds": matched.seconds, "displacement": matched.displacement, "outcomes": {}},
        {},
    )
    for name, o in matched.outcomes.items():
        about = {"owed": o.owed, "counts": o.counts, "spending": o.spending, "yearly": {}, "monthly": {}}
        for period in ("yearly", "monthly"):
            for kind, v in getattr(o, period).items():
                about[period][kind] = {"measures": v.measures, "units": v.units, "periods": v.periods.tolist()}
                arrays[f"{name}/{period}/{kind}"] = v.values
        if o.criteria:
            v = o.criteria
            about["criteria"] = {"measures": v.measures, "units": v.units, "periods": v.periods.tolist()}
            arrays[f"{name}/criteria"] = v.values
        head["outcomes"][name] = about
    return {"head": np.array(json.dumps(head)), **arrays}


def from_part(part):
    """The Matched of an .npz file: (seed, outcomes, displacement, seconds)."""
    head = json.loads(str(part["head"]))
    outcomes = {}
    for name, about in head["outcomes"].items():
        periods = {
            period: {
                kind: Values(v["measures"], v["units"], np.array(v["periods"]), part[f"{name}/{period}/{kind}"])
                for kind, v in about[period].items()
            }
            for period in ("yearly", "monthly")
        }
        spending, v = [tuple(item) for item in about["spending"]], about.get("criteria")
        outcomes[name] = Outcome(
            scenario=name,
            seed=head["seed"],
            **periods,
            spending=spending,
            owed=about["owed"],
            events=None,
            lives=None,
            counts=about["counts"],
            criteria=v and Values(v["measures"], v["units"], np.array(v["periods"]), part[f"{name}/criteria"]),
        )
    return head["seed"], outcomes, head["displacement"], head["seconds"]


@dataclass
class Matched:
    """One seed through several scenarios: the same firms with the same luck."""

    seed: int
    outcomes: dict  # scenario -> Outcome
    displacement: dict = field(default_factory=dict)  # scenario -> {source: firms}
    seconds: float = 0.0
