"""Cases a planner can read: tests/month/cases/*.yaml, each with what is given, what happens, and what must come of it.

given: columns of enterprises (one value, or a list with one for each; `count` of them if all alike), parks by key, a
month, parameters, policies, the value of places outside (`outside_value`), and luck by decision where it must not be
left to chance. In words that are not columns: `age`, `tenure`, `recognised` and `need_technology` in months gone by,
`revenue_24m`, `park` by its key, `staff` as one number. when: one phase or several; `for`: so many months.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.engine.calendar import month_number
from sim.engine.streams import ident, luck
from sim.model import month
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from sim.model.parameters import catalogue
from sim.model.status import Cause, Level, Place, Status
from sim.model.vocabulary import NEEDS
from tests.month.worlds import setup_of, with_demand, with_parameters

FOLDER = Path(__file__).parent / "cases"
CASES = {
    f"{path.stem}: {case['name']}": case
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}
WORDS = {"status": Status, "place": Place, "route": Cause, "level": Level}
ALIVE = 1e9  # a clock that does not run out


def world(given):
    """The toy cluster, empty but for what is given."""
    setup = setup_of("toy", tuple(given.get("policies", ())), burn_in=0, months=60, start=0)
    values = {}
    for name, value in given.get("parameters", {}).items():
        values[name] = (value,) * len(catalogue()[name]["names"]) if catalogue()[name]["kind"] == "numbers" else value
    setup = with_demand(with_parameters(setup, values), 0, outside_value=given.get("outside_value", 0.0))
    cluster = Cluster(replace(setup, run=replace(setup.run, follow=1)), 1)
    cluster.now = month_number(given.get("month", "2024-06"))
    everywhere = cluster.all(Park)
    everywhere.announced = everywhere.fitted = np.array([park.stock for park in cluster.data.parks], np.int64)
    enter(cluster, given.get("enterprises"))
    month.set_place_terms(cluster)
    for key, columns in given.get("parks", {}).items():
        park = Park.cohort(cluster, [cluster.park_keys.index(key)])
        for name, value in columns.items():
            setattr(
                park, name, np.array([WORDS[name][value] if name in WORDS else value], park.table.columns[name].dtype)
            )
        if "fitted" in columns and "announced" not in columns:
            park.announced = park.fitted
    cluster.derive_let()
    chosen = given.get("luck", {})
    dice = cluster.draw

    def draw(decision, agents, alternatives=None):
        drawn = dice(decision, agents, alternatives)
        return np.full_like(drawn, chosen[decision]) if decision in chosen else drawn

    cluster.draw = draw
    return cluster


def enter(cluster, columns):
    """Enter the enterprises that are given."""
    if not columns:
        return
    n = max((len(v) for v in columns.values() if isinstance(v, list)), default=columns.get("count", 1))
    table = {name: v if isinstance(v, list) else [v] * n for name, v in columns.items() if name != "count"}
    table = {"age": [12] * n, "tenure": [-1] * n, "staff": [5] * n, "area": [0] * n} | table
    status = np.array([Status[s] for s in table.pop("status")], np.int8)
    tenant = (status == Status.INCUBATING) | (status == Status.GRADUATE_IN_PLACE)
    park = table.pop("park", ["central_park"] * n)
    rows = np.array(
        [cluster.park_keys.index(p) if p and t else -1 for p, t in zip(park, tenant, strict=True)], np.int32
    )
    who = ident(np.zeros(n, int), 1, np.arange(n))
    heads = np.array(table.pop("staff"))
    months = {
        name: np.array(table.pop(name)) for name in ("age", "tenure", "recognised", "need_technology") if name in table
    }
    since = {name: np.where(m >= 0, cluster.now - m, -1).astype(np.int32) for name, m in months.items()}
    firms = Enterprise.enter(
        cluster, n, ident=who, luck=luck(who, cluster.seed), status=status, park_row=rows,
        place=np.where(tenant, Place.CLUSTER, Place.GONE).astype(np.int8), founded_on=since["age"],
        entered_on=np.where(tenant & (months["tenure"] < 0), cluster.now - 12, since["tenure"]).astype(np.int32),
        staff=np.stack([heads, 0 * heads, 0 * heads], axis=1).astype(np.int32), desired=heads.astype(float),
        revenue=np.full(n, 1e6), cash=np.full(n, 1e6), closure_clock=np.full(n, ALIVE),
        relocation_clock=np.full(n, ALIVE),
    )  # fmt: skip
    if "recognised" in since:
        firms.recognised_on = since["recognised"]
    if "need_technology" in since:
        firms.need_since = np.stack([since["need_technology"], *[np.full(n, -1)] * (len(NEEDS) - 1)], axis=1).astype(
            np.int32
        )
    if "revenue_24m" in table:
        firms.past_revenue = np.repeat(np.array(table.pop("revenue_24m"))[:, None] / 24, 24, axis=1).astype(np.float32)
    for name, values in table.items():
        values = [WORDS[name][v] for v in values] if name in WORDS else values
        setattr(firms, name, np.array(values).astype(firms.table.columns[name].dtype))


SEEN = {
    "staff": lambda firms: firms.headcount(),
    "net_rent": lambda firms: firms.net_rent(),
    "waiting": lambda firms: firms.status == Status.WAITING,
    "open_needs": lambda firms: (firms.need_since >= 0).sum(axis=1),
    "cases_under_way": lambda firms: (firms.need_due >= 0).sum(axis=1),
    "park": lambda firms: [firms.model.park_keys[row] if row >= 0 else None for row in firms.park_row],
}


def seen(agents, name):
    """What is to be compared: a column or a word for it, with names instead of numbers."""
    values = SEEN[name](agents) if name in SEEN else getattr(agents, name)
    return [WORDS[name](v).name if name in WORDS else v for v in values]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_case(case):
    cluster = world(case["given"])
    phases = case["when"] if isinstance(case["when"], list) else [case["when"]]
    for _ in range(case.get("for", 1)):
        for phase in phases:
            getattr(month, phase)(cluster)
        cluster.now += 1
    cluster.now -= 1  # what is seen is seen in the last month
    then = case["then"]
    firms = cluster.all(Enterprise)
    for name, expected in then.get("enterprises", {}).items():
        expected = expected if isinstance(expected, list) else [expected] * len(firms)
        assert seen(firms, name) == [
            e if isinstance(e, (str, bool, type(None))) else pytest.approx(e) for e in expected
        ], name
    for key, columns in then.get("parks", {}).items():
        park = Park.cohort(cluster, [cluster.park_keys.index(key)])
        for name, expected in columns.items():
            expected = expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-5)
            assert seen(park, name)[0] == expected, f"{name} of {key}"


def test_there_are_cases_in_both_languages():
    assert len(CASES) >= 10
    for name in CASES:
        chinese, english = name.split(": ", 1)[1].split(" / ")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese) and english.isascii()
