"""python -m tests.benchmarks: times as medians beside a numpy yardstick of the same run, and what paired luck buys.

Speed is judged here and never in a timed test. A table goes to stdout, a row to tests/benchmarks/log.csv.
"""

import argparse
import csv
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import numpy as np

LOG = Path(__file__).with_name("log.csv")


def yardstick():
    """Seconds that this machine takes for a fixed piece of numpy work."""
    x = np.random.default_rng(1).random(200_000)
    began = time.perf_counter()
    for _ in range(50):
        x = np.sort(np.exp(-x) + np.sqrt(x))
    return time.perf_counter() - began


def command(*arguments):
    """Seconds of a whole command."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "sim", *arguments], check=True, capture_output=True)
    return time.perf_counter() - began


def replicate(seed):
    """(burn-in seconds, run seconds, ms a month, live rows) of one Ouhai replicate."""
    from sim.cluster import Cluster
    from sim.config import load

    setup = load([])
    began = time.perf_counter()
    cluster = Cluster(setup, seed)
    burnt = time.perf_counter()
    cluster.run()
    ended = time.perf_counter()
    return burnt - began, ended - burnt


def main():
    """Measure, print, append to the log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=6, help="pairs for the luck table; 0 for none")
    options = parser.parse_args()
    rows = {"yardstick": [], "help": [], "list": [], "burn_in": [], "run": []}
    for seed in range(1, options.rounds + 1):
        rows["yardstick"].append(yardstick())
        rows["help"].append(command("--help"))
        rows["list"].append(command("list"))
        burn_in, run = replicate(seed)
        rows["burn_in"].append(burn_in)
        rows["run"].append(run)
    found = {name: median(values) for name, values in rows.items()}
    print("| what | median s | in yardsticks |\n| --- | --- | --- |")
    for name, seconds in found.items():
        print(f"| {name} | {seconds:.3f} | {seconds / found['yardstick']:.2f} |")
    new = not LOG.exists()
    with open(LOG, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(["when", "python", "numpy", "processor", *found])
        when = datetime.now(UTC).isoformat(timespec="seconds")
        writer.writerow(
            [when, platform.python_version(), np.__version__, platform.machine(), *(f"{v:.4f}" for v in found.values())]
        )
    if options.pairs:
        subprocess.run([sys.executable, "experiments/paired_luck.py", "--pairs", str(options.pairs)], check=True)


if __name__ == "__main__":
    main()
