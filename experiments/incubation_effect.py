"""Does incubation make closure rarer? Follow the same enterprises with incubation and without it.

World A is the baseline. World B has no park anybody would enter, so that each enterprise lives on elsewhere with the same
luck. Compared are the enterprises admitted in A, from their month of admission on, with themselves in B. The raw gap is
the comparison an official table would make: tenants against firms that never were tenants, in A.

The first is the effect of incubation; the second is that plus selection: who is admitted differs from who is not.

    python experiments/incubation_effect.py

Writes runs/incubation_effect.csv, and prints the same table.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from sim.inputs.config import load
from sim.methods.intervals import interval
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from sim.model.status import Event, Place, Status

NOBODY_ENTERS = 20.0  # joint value of the outside at which every applicant prefers it


def lives(seed, *overrides):
    """Closing month of each enterprise that arrived after the start, and when and where it settled or was admitted."""
    cluster = Cluster(load(["run.follow=1", *overrides]), seed).run()
    log = cluster.log.table()

    def of(event):
        part = log[log["event"] == event]
        return dict(zip(part["ident"].tolist(), part["month"].tolist(), strict=True)), part

    closed, _ = of(Event.CLOSED)
    admitted, _ = of(Event.ADMITTED)
    settled, part = of(Event.SETTLED)
    stays = set(part["ident"][part["place"] != Place.GONE].tolist())
    return {"closed": closed, "admitted": admitted, "settled": settled, "stays": stays, "end": cluster.end}


def exposure(who, since, closed, end):
    """(closures, firm-months) of enterprises from their month `since` on."""
    months = [closed.get(i, end) - since[i] + 1 for i in who]
    return sum(i in closed for i in who), sum(months)


def compare(seed, until, *overrides):
    """Closures and firm-months: admitted firms with incubation, the same without it, and firms never admitted."""
    inside = lives(seed, f"run.until={until}", *overrides)
    regime = load([]).world.regime
    outside = lives(seed, f"run.until={until}", f"cluster.balance.{regime}.outside_value={NOBODY_ENTERS}", *overrides)
    when = inside["admitted"]
    who = [i for i in when if i in outside["stays"] and outside["closed"].get(i, outside["end"]) >= when[i]]
    never = [i for i in inside["stays"] if i not in when]
    return np.array(
        [
            exposure(who, when, inside["closed"], inside["end"]),
            exposure(who, when, outside["closed"], outside["end"]),
            exposure(never, inside["settled"], inside["closed"], inside["end"]),
        ]
    )


def effect(seeds, until, *overrides):
    """Log hazard ratio with against without incubation of the same firms, its standard error, and the raw log gap.

    Last, closures and firm-months of the three groups, and both logs by seed (seeds, 2).
    """
    parts = np.array([compare(seed, until, *overrides) for seed in seeds], float)
    rates = np.log(parts[:, :, 0] / parts[:, :, 1])
    paired, raw = rates[:, 0] - rates[:, 1], rates[:, 0] - rates[:, 2]
    error = paired.std(ddof=1) / np.sqrt(len(seeds)) if len(seeds) > 1 else np.nan
    return paired.mean(), error, raw.mean(), parts.sum(axis=0), np.stack([paired, raw], axis=1)


def ratios(logs):
    """The table: closing hazard of admitted firms relative to two others, with 95 % intervals over seeds. logs (seeds, 2)."""
    mean, low, high = interval(logs)
    names = ("the same firms without incubation (effect)", "firms never admitted (raw gap: effect and selection)")
    table = pd.DataFrame({"admitted firms against": names, "log_hazard_ratio": mean, "low": low, "high": high})
    for name, log in (("hazard_ratio", mean), ("ratio_low", low), ("ratio_high", high)):
        table[name] = np.exp(log)
    return table.assign(seeds=len(logs))


def rivals_around(seed=1):
    """Same-sector tenants an incubatee has around it on average, at the end of 2025: what outside_rivals is set to."""
    cluster = Cluster(load(["run.until=2025-12"]), seed).run()
    firms = cluster.where(Enterprise, lambda f: f.status == Status.INCUBATING)
    return float((firms.by_park_and_sector(cluster.all(Park).tenants_by_sector, 0) - 1).mean())


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--until", default="2030-12")
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1)
    _, _, _, parts, logs = effect(seeds, options.until)
    print("                              closures   firm-years   a year")
    for name, (closures, months) in zip(
        ("with incubation", "the same firms without", "firms never admitted"), parts, strict=True
    ):
        print(f"{name:28s} {closures:9.0f} {months / 12:12.0f} {12 * closures / months:8.3f}")
    print(f"same-sector tenants around an incubatee: {rivals_around():.0f} (survival.outside_rivals)")
    table = ratios(logs)
    print(table.round(3).to_string(index=False))
    Path("runs").mkdir(exist_ok=True)
    table.to_csv("runs/incubation_effect.csv", index=False, encoding="utf-8-sig")


if __name__ == "__main__":
    main()
