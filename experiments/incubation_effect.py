"""Does incubation lower exit? Follow the same enterprises with incubation and without it.

World A is the baseline. World B has no park anybody would enter, so that each enterprise lives on elsewhere with the same
luck. Compared are the enterprises admitted in A, from their month of admission on, with themselves in B. The raw gap is
the comparison an official table would make: tenants against firms that never were tenants, in A.

    python experiments/incubation_effect.py                     the table
    python experiments/incubation_effect.py --balance --write   set survival.outside_rivals so that the total effect is nil
"""

import argparse
import re
from pathlib import Path

import numpy as np

from sim.agents.status import Event, Place
from sim.cluster import Cluster
from sim.config import load

CALIBRATION = Path(__file__).resolve().parent.parent / "configs" / "calibration" / "start.yaml"
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
    """Log hazard ratio with against without incubation of the same firms, its standard error, and the raw log gap."""
    parts = np.array([compare(seed, until, *overrides) for seed in seeds], float)
    rates = np.log(parts[:, :, 0] / parts[:, :, 1])
    paired, raw = rates[:, 0] - rates[:, 1], rates[:, 0] - rates[:, 2]
    error = paired.std(ddof=1) / np.sqrt(len(seeds)) if len(seeds) > 1 else np.nan
    return paired.mean(), error, raw.mean(), parts.sum(axis=0)


def balance(seeds, until, rounds=4):
    """Rivals outside the parks at which incubation changes exit neither way: the factor it stands for is moved by the miss."""
    p = load([]).parameters.survival
    rivals = p.outside_rivals
    for _ in range(rounds):
        ratio, error, raw, _ = effect(seeds, until, f"parameters.survival.outside_rivals={rivals}")
        print(f"rivals {rivals:.0f}: same firms, log hazard ratio {ratio:+.3f} (s.e. {error:.3f}); raw gap {raw:+.3f}", flush=True)
        if abs(ratio) < 0.015:
            break
        factor = (1 + p.rivalry * np.log1p(rivals)) * np.exp(1.4 * ratio)  # about two thirds of the time is spent in a park
        rivals = float(np.clip(np.expm1((factor - 1) / p.rivalry), 0, 2000))
    return rivals


def main():
    """Print the table; with --balance, look for the rivals outside that make the total effect nil."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--until", default="2030-12")
    parser.add_argument("--balance", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1)
    if options.balance:
        rivals = balance(seeds, options.until)
        if options.write:
            text = CALIBRATION.read_text(encoding="utf-8")
            CALIBRATION.write_text(re.sub(r"(    outside_rivals: )[\d.]+", rf"\g<1>{rivals:.0f}", text), encoding="utf-8")
        return
    ratio, error, raw, parts = effect(seeds, options.until)
    print("                              closures   firm-years   a year")
    for name, (closures, months) in zip(("with incubation", "the same firms without", "firms never admitted"), parts, strict=True):
        print(f"{name:28s} {closures:9.0f} {months / 12:12.0f} {12 * closures / months:8.3f}")
    print(f"same firms, log hazard ratio {ratio:+.3f} (s.e. over seeds {error:.3f}); raw gap {raw:+.3f}")


if __name__ == "__main__":
    main()
