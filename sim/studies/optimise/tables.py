"""Tables of a search: its candidates, what the points consist of, what each gives away."""

import numpy as np
import pandas as pd

from sim.studies.optimise.levers import key_of
from sim.studies.optimise.outside_worlds import regret


def differences_of(q, values, reference):
    """Mean over seeds of the difference to the reference on the same seed (rows, worlds, measures)."""
    return (values - reference).mean(axis=2)


def gains_of(q, differences):
    """Differences as gains: objectives only, more is better. (rows, worlds, measures) -> (rows, worlds, objectives)."""
    return q.signs * differences[..., [q.measures.index(m) for m in q.objectives]]


def searched_table(q, found, packages, values, known):
    """A row a candidate: what it is, what it is worth on the seeds of the search, whether on the front."""
    told = differences_of(q, values, known[0]).mean(axis=1)
    front = set(found.front.tolist())
    table = pd.DataFrame({f"{m}": told[:, k] for k, m in enumerate(q.measures)})
    table.insert(0, "candidate", np.arange(len(packages)))
    table.insert(1, "key", [key_of(p) for p in packages])
    table.insert(2, "feasible", found.excess <= 0)
    table.insert(3, "front", [row in front for row in range(len(packages))])
    chosen = [_flat(q, policies) for policies in packages]
    columns = list(dict.fromkeys(name for row in chosen for name in row))
    return pd.concat([table, pd.DataFrame(chosen, columns=sorted(columns))], axis=1)


def _flat(q, policies):
    by_name = q.levers.by_name
    return {
        f"{p.name}.{setting}": as_text(getattr(p, setting))
        for p in policies
        for setting in (by_name[p.name].settings if p.name in by_name else ("start",))
    }


def as_text(value):
    """A setting as a table has it: a number as text too, so that a column has one type."""
    if isinstance(value, tuple):
        return ";".join(map(str, value)) or "all"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def levers_table(q, packages):
    """What each point consists of: point, policy, setting, value."""
    rows = [
        (point, *name.split("."), value)
        for point, policies in packages.items()
        for name, value in _flat(q, policies).items()
    ]
    return pd.DataFrame(rows, columns=["point", "policy", "setting", "value"])


def regret_table(q, keys, gains):
    """What each point gives away in each world, in the objective's unit."""
    given = regret(gains)
    rows = [
        (key, world.key, m, given[k, w, j])
        for k, key in enumerate(keys)
        for w, world in enumerate(q.worlds)
        for j, m in enumerate(q.objectives)
    ]
    return pd.DataFrame(rows, columns=["point", "world", "objective", "regret"])
