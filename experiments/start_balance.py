"""Set how many firms look for space, and how good the outside is, so that the cluster starts as observed.

Two figures are matched for each regime of demand: tenants per 1,000 m2 at the start (3.3 in Wenzhou, 2022 [C3]) and the
share of applicants admitted in the first year (0.11 where space pulls, 0.16 where promotion pulls: model notes, section 3).

    python experiments/start_balance.py                     print
    python experiments/start_balance.py --write             put the values into configs/cluster/ouhai.yaml
    python experiments/start_balance.py --cluster nation    another cluster; of a nation every so many cities are simulated
"""

import argparse
import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.inputs.config import load
from sim.model.agents import Enterprise
from sim.model.cluster import Cluster

CLUSTERS = Path(__file__).resolve().parent.parent / "configs" / "cluster"
EVERY = 57  # of a nation's cities, by size, from the twentieth on
DENSITY = 3.33  # tenants per 1,000 m2 [wenzhou_tenants_per_1000m2]
ADMITTED = {"space_pulls": 0.11, "promotion_pulls": 0.16}


def look(name, regime, pool, outside, seeds):
    """Density at the start and share admitted in the first year, over all places and seeds."""
    balance = f"cluster.balance.{regime}"
    values = [f"{balance}.applicants_per_year={pool}", f"{balance}.outside_value={outside}", "run.until=2022-12"]
    setup = load([f"cluster={name}", f"world={regime}", *values])
    found = []
    cities = getattr(setup.data, "cities", ())
    for place in cities[19::EVERY] or [setup.data]:
        for seed in seeds:
            cluster = Cluster(replace(setup, data=place), seed)
            tenants = int((cluster.all(Enterprise).park_row >= 0).sum())
            cluster.run()
            _, firm, _, _ = cluster.tally.stacked()
            stock = sum(p.stock for p in place.parks)
            found.append((1000 * tenants, stock, firm["admitted"].sum(), firm["arrivals"].sum()))
    tenants, stock, admitted, arrived = np.sum(found, axis=0)
    return tenants / stock, admitted / arrived


def balance(name, regime, pool, outside, rounds=8, seeds=(1, 2)):
    """Move the pool by the density missed and the outside by the log odds missed, round by round; the nearest one counts."""
    best = (np.inf, pool, outside)
    for number in range(rounds):
        density, share = look(name, regime, pool, outside, seeds)
        print(
            f"{regime} round {number}: pool {pool:.0f}, outside {outside:.2f} -> density {density:.2f}, admitted {share:.3f}",
            flush=True,
        )
        miss = abs(density - DENSITY) / DENSITY + abs(share - ADMITTED[regime]) / ADMITTED[regime]
        best = min(best, (miss, pool, outside))
        pool *= (DENSITY / density) ** 0.7
        outside += 0.7 * (np.log(share / (1 - share)) - np.log(ADMITTED[regime] / (1 - ADMITTED[regime])))
    return round(best[1], -1), round(best[2], 2)


def main():
    """Print or write the balance of both regimes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--cluster", default="ouhai")
    options = parser.parse_args()
    start, path = load([f"cluster={options.cluster}"]).data.balance, CLUSTERS / f"{options.cluster}.yaml"
    for regime in ADMITTED:
        now = start[regime]
        pool, outside = balance(options.cluster, regime, now.applicants_per_year, now.outside_value, options.rounds)
        print(f"{regime}: applicants_per_year {pool:.0f}, outside_value {outside:.2f}")
        if options.write:
            text = path.read_text(encoding="utf-8")
            line = rf"(  {regime}: )\{{applicants_per_year: [\d.]+, outside_value: [\d.\-]+\}}"
            text = re.sub(line, rf"\g<1>{{applicants_per_year: {pool:.0f}, outside_value: {outside:.2f}}}", text)
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
