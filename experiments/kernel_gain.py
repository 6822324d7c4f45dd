"""What each kernel is worth: whole runs with it and without it in turn, in one process.

    python experiments/kernel_gain.py [--rounds 5] [cluster=ouhai] [scenario=service_first] ...

Prints, for each kernel and for each module of kernels, the CPU time of a run without it over that of a run with all, as
median, smallest and largest over rounds. The table in docs/researchers.md was made with it. A kernel that brings less
than 5 % of a run is to go, unless its module as a whole brings more and it shares its loops.
"""

import argparse
import gc
import statistics
import sys
import time
from collections import defaultdict

from sim.engine import kernels
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.cluster import forget
from sim.runs.simulate import at_start

kernel_at = kernels._kernel


def without(*places):
    """Let the readable form be taken of the functions that have a kernel at these places."""
    kernels._kernel = lambda place: (lambda *_, **__: NotImplemented, []) if place in places else kernel_at(place)


def cpu_seconds(start, setup):
    """CPU time of one run from the start of the simulation to its end."""
    cluster = start.fork(setup)
    gc.collect()
    began = time.process_time()
    cluster.run()
    spent = time.process_time() - began
    forget(cluster)
    return spent


def main(rounds, overrides):
    """Measure, print."""
    setup = load(overrides)
    start = at_start(setup, 1)
    start.fork(setup).run()  # whatever is loaded once
    modules = defaultdict(list)
    for place in sorted(kernels.KERNELS):
        modules[place.split(":")[0]].append(place)
    cases = {place.removeprefix("sim."): (place,) for places in modules.values() for place in places}
    cases |= {module.removeprefix("sim."): tuple(places) for module, places in modules.items() if len(places) > 1}
    cases["all kernels"] = tuple(kernels.KERNELS)
    ratios = defaultdict(list)
    for number in range(rounds):
        for name, places in cases.items():
            without()
            whole = cpu_seconds(start, setup)
            without(*places)
            ratios[name].append(cpu_seconds(start, setup) / whole)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    print("| kernel | median | smallest | largest |\n|---|---|---|---|")
    for name, found in sorted(ratios.items()):
        print(f"| `{name}` | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("overrides", nargs="*", default=["cluster=ouhai", "scenario=service_first"])
    asked = parser.parse_args()
    try:
        main(asked.rounds, asked.overrides)
    except ConfigurationError as error:
        print(f"experiments/kernel_gain.py: {error}", file=sys.stderr)
        sys.exit(2)
