"""Tabulate the mean multiplier of the closure hazard of living firms that were never incubated, by age.

Good founders, growth and an empty till move the hazard; the registry's hazard by age already holds the average of all that.
Dividing by this mean lets state decide who closes while firms that were never incubated keep the registry's survival.

    python experiments/survival_balance.py            print the table
    python experiments/survival_balance.py --write    put it into configs/calibration/start.yaml
"""

import argparse
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.engine import streams
from sim.inputs.config import load
from sim.model.agents import Enterprise
from sim.model.cluster import Cluster
from sim.model.mechanisms import survival
from sim.model.month import grow, set_place_terms
from sim.model.phases.arrivals import mark
from sim.model.status import Place, Status

CALIBRATION = Path(__file__).resolve().parent.parent / "configs" / "calibration" / "start.yaml"
OLDEST = int(survival.NORMALISER_AGES[-1])


def registry(firms=100_000, seed=1):
    """Follow a cohort along its age: entrants join at the ages applicants have, nobody is ever incubated.

    Returns (mean multiplier by month of age, share alive of those who entered in their first month).
    """
    setup = load(["cluster=toy", "run.burn_in=0"])
    cluster = Cluster(replace(setup, run=replace(setup.run, burn_in=0)), seed)
    p, youngest = setup.parameters.survival, int(setup.parameters.demand.age_max)
    born, means, alive = cluster.now, np.ones(OLDEST + 1), []
    set_place_terms(cluster)
    each = firms // (youngest + 1)
    for age in range(OLDEST + 1):
        cluster.now = born + age
        if age <= youngest:
            enter(cluster, each, born)
        grow(cluster)
        living = cluster.where(Enterprise, lambda f: f.exists())
        state = np.exp(survival.log_state(living.quality, living.momentum, living.cash, p))
        means[age] = state.mean()
        hazard = survival.age_hazard(age, p) / means[age] * state
        living.closure_clock = living.closure_clock - hazard
        living[living.closure_clock <= 0].status = Status.CLOSED
        first = cluster.where(Enterprise, lambda f: f.entered_on == born)
        alive.append(first.exists().mean())
    return means, np.array(alive)


def enter(cluster, n, born):
    """Firms founded in month `born` that are looked at from now on; entered_on remembers when."""
    rows = cluster.tables[Enterprise].extend(n, Enterprise)
    new = Enterprise.cohort(cluster, rows)
    new.ident = streams.ident(np.full(n, 7), cluster.now, np.arange(n))
    new.luck = streams.luck(new.ident, cluster.seed)
    mark(cluster, new)
    new.status, new.place, new.founded_on, new.entered_on = Status.ELSEWHERE, Place.CITY, born, cluster.now


def main():
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--firms", type=int, default=100_000)
    options = parser.parse_args()
    means, alive = registry(options.firms)
    ages = survival.NORMALISER_AGES
    table = [round(float(means[max(0, a - 2) : a + 3].mean()), 4) for a in ages]
    print("age (months)  mean multiplier")
    for age, value in zip(ages, table, strict=True):
        print(f"{age:12d}  {value:.4f}")
    print(f"five-year survival of the cohort: {alive[59]:.3f} (registry: 0.702)")
    if options.write:
        text = CALIBRATION.read_text(encoding="utf-8")
        values = ", ".join(str(v) for v in table)
        CALIBRATION.write_text(re.sub(r"(    normaliser: )\[.*\]", rf"\1[{values}]", text), encoding="utf-8")
        print(f"written to {CALIBRATION.name}")


if __name__ == "__main__":
    main()
