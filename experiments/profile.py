"""Where a month's time goes: by phase, because the month is a tuple, and by function.

    python experiments/profile.py [cluster=ouhai] [run.until=2030-12] ...

First a run timed by phase, in CPU time; then the same run under Python's profiler, which makes every call dearer: read its
shares, not its seconds.
"""

import sys
import time
from collections import Counter
from pathlib import Path

# Python's own profiler imports a module called profile: it must not find this one.
sys.path = [place for place in sys.path if Path(place or ".").resolve() != Path(__file__).resolve().parent]

from sim.engine.mistakes import ConfigurationError  # noqa: E402
from sim.inputs.config import load  # noqa: E402
from sim.runs.simulate import at_start  # noqa: E402

FUNCTIONS = 20  # told of all


def by_phase(cluster):
    """CPU seconds of a run to its end by phase, removal of ended rows as 'compact': Counter."""
    spent, every, clock = Counter(), int(cluster.setup.run.compact_every), time.process_time
    while cluster.now <= cluster.end:
        for phase in cluster.pipeline:
            began = clock()
            phase(cluster)
            spent[phase.__name__] += clock() - began
        cluster.now += 1
        if cluster.now % every == 0:
            began = clock()
            cluster.compact()
            spent["compact"] += clock() - began
    return spent


def by_function(cluster):
    """The functions of a run to its end that take most time themselves: [(share, calls, name)]."""
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.runcall(cluster.run)
    found = pstats.Stats(profiler).stats.items()
    whole = sum(own for _, (_, _, own, _, _) in found)
    longest = sorted(found, key=lambda item: -item[1][2])[:FUNCTIONS]
    return [(own / whole, calls, _named(*where)) for where, (_, calls, own, _, _) in longest]


def _named(path, line, function):
    return f"{Path(path).name}:{line} {function}" if line else function


def main(overrides):
    """Measure, print."""
    setup = load(overrides)
    start = at_start(setup, 1)
    start.fork(setup).run()  # whatever is loaded once
    cluster = start.fork(setup)
    months = cluster.end + 1 - cluster.now
    spent = by_phase(cluster)
    whole = sum(spent.values())
    steps = sum(filed[3]["live_rows"] for filed in cluster.tally.months)
    print(f"{'phase':20s} {'ms a month':>10s} {'share':>7s} {'ns an agent-step':>17s}")
    for name, seconds in [*spent.most_common(), ("in all", whole)]:
        shares = f"{100 * seconds / whole:5.1f} % {1e9 * seconds / steps:17.1f}"
        print(f"{name:20s} {1000 * seconds / months:10.3f} {shares}")
    print(f"\n{months} months, {steps:,.0f} agent-steps, {whole:.2f} s of CPU time\n")
    print(f"{'share':>7s} {'calls':>9s}  function")
    for share, calls, name in by_function(start.fork(setup)):
        print(f"{100 * share:5.1f} % {calls:9,d}  {name}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ConfigurationError as error:
        print(f"experiments/profile.py: {error}", file=sys.stderr)
        sys.exit(2)
