"""What paired luck buys: the standard error of a policy's effect, three ways, where parks have room and where they are full.

- matched: the same firms with the same luck (this project's way);
- one stream: one seed, but luck in sequence, as an ordinary random stream gives it: equal until the two worlds first
  differ, unrelated ever after (imitated by putting the state of the world into the key of every monthly draw);
- independent: different seeds for the two worlds.

    python experiments/paired_luck.py                  40 pairs, graduates of 2026-2035, rent relief against doing nothing
    python experiments/paired_luck.py --pairs 8        a quick look

Writes runs/paired_luck.csv and prints the same table.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from sim.engine import bits, streams
from sim.inputs.config import load
from sim.model.agents import Enterprise, Park
from sim.model.cluster import Cluster
from sim.model.month import MONTH

CASES = {  # name -> what makes it so
    "slack": [],
    "full": ["parameters.choice.size_exponent=0.44", "cluster.balance.space_pulls.outside_value=3.0"],
}
SALT = {"now": 0}
KEYS = streams.keys_of_month


def salted(seed, month):
    """Keys in which luck that belongs to a month also belongs to the state of the world."""
    monthly = {name for name, (belongs, _) in streams.DECISIONS.items() if belongs}
    return {
        name: bits.mix_int(key + SALT["now"]) if name in monthly else key for name, key in KEYS(seed, month).items()
    }


def look_around(cluster):
    """First phase of a month with one stream: from the first difference on, every draw is another."""
    firms = cluster.where(Enterprise, lambda f: f.exists())
    SALT["now"] = (
        int(firms.ident.sum(dtype=np.uint64) % (1 << 62)) + int(firms.staff.sum()) * 1_000_003 + int(firms.area.sum())
    )


def graduates(case, policy, seed, until, stream):
    """Graduates from 2026 on, and occupancy at the end, of one run."""
    setup = load([*CASES[case], f"policy=[{policy}]" if policy else "policy=[]", f"run.until={until}"])
    streams.keys_of_month = salted if stream else KEYS
    SALT["now"] = 0
    cluster = Cluster(setup, seed)
    if stream:
        cluster.pipeline = (look_around, *MONTH)
    cluster.run()
    months, firm, _, _ = cluster.tally.stacked()
    parks = cluster.all(Park)
    return firm["graduates"][months >= 2026 * 12].sum(), parks.let.sum() / parks.fitted.sum()


def task(arguments):
    """One seed of one case: both worlds, with matched luck and with one stream."""
    case, policy, seed, until = arguments
    found = [graduates(case, world, seed, until, stream) for stream in (False, True) for world in (None, policy)]
    return case, seed, [g for g, _ in found], found[0][1]


def table(results, policy):
    """Standard errors and effective runs saved by case."""
    rows = []
    for case in CASES:
        of = [r for r in results if r[0] == case]
        if not of:
            continue
        counts, n = np.array([r[2] for r in of], float), len(of)
        gap, stream = counts[:, 1] - counts[:, 0], counts[:, 3] - counts[:, 2]
        alone = counts[:, 0].var(ddof=1) + counts[:, 1].var(ddof=1)
        row = {
            "parks": case,
            "occupancy": np.mean([r[3] for r in of]),
            "policy": policy,
            "pairs": n,
            "effect": gap.mean(),
        }
        row |= {
            "se_matched": gap.std(ddof=1) / n**0.5,
            "se_one_stream": stream.std(ddof=1) / n**0.5,
            "se_independent": (alone / n) ** 0.5,
        }
        row |= {
            "runs_saved_to_independent": alone / gap.var(ddof=1),
            "runs_saved_to_one_stream": stream.var(ddof=1) / gap.var(ddof=1),
        }
        rows.append(row | {"correlation_of_pairs": np.corrcoef(counts[:, 0], counts[:, 1])[0, 1]})
    return pd.DataFrame(rows)


def measure(pairs=40, policy="rent_relief", until="2035-12", workers=2):
    """The table for both cases."""
    tasks = [(case, policy, seed, until) for case in CASES for seed in range(1, pairs + 1)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return table(list(pool.map(task, tasks)), policy)


def main():
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--policy", default="rent_relief")
    parser.add_argument("--until", default="2035-12")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    found = measure(options.pairs, options.policy, options.until, options.workers)
    print(found.round(3).T.to_string(header=False))
    Path("runs").mkdir(exist_ok=True)
    found.to_csv("runs/paired_luck.csv", index=False, encoding="utf-8-sig")


if __name__ == "__main__":
    main()
