"""make bench, or python -m tests.benchmarks: how fast and how large, beside a plain Mesa twin and this computer's own speed.

Each measurement runs in a process of its own; the twin and this model take turns, round after round; medians are told.
A Markdown table goes to stdout and to tests/benchmarks/table.md, a row to tests/benchmarks/log.csv. Speed is judged here
and never in a timed test.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIZES = (1000, 5000, 50_000, 500_000)
TWIN_MOST = 50_000  # enterprises of the largest world in which the twin has the patience to run
WHOLE = ("districts", 5700, 168)  # Ouhai, 14 years
TRIAD_SMALL = 8 << 20


def main(arguments=None):
    """Measure, print, write."""
    asked = options(arguments)
    found = {"rounds": asked.rounds, "worlds": {}, "commands": {}}
    plan = worlds(asked.sizes, asked.quick)
    for world in plan:
        say(f"{name_of(world)}: burn-in")
        found["worlds"][world] = {
            "start": probe("start", **as_settings(world)), "memory": probe("memory", **as_settings(world)), "rounds": [],
        }  # fmt: skip
    for number in range(asked.rounds):
        for world in plan:
            say(f"{name_of(world)}: round {number + 1} of {asked.rounds}")
            found["worlds"][world]["rounds"].append(one_round(world, number))
        found["commands"].setdefault("rounds", []).append(commands())
    say("memory, pairs, months and replicates")
    found["machine"] = probe("machine", **({"size": TRIAD_SMALL} if asked.quick else {}))
    found["pairs"] = probe("pairs", count=asked.pairs, workers=2) if asked.pairs else None
    found["linear"] = None if asked.quick else probe("linear", months=84, replicates=4)
    if not asked.quick:
        say("agreement of the twin")
        found["agreement"] = agreement(asked.seeds)
    if asked.leak:
        say("200 runs in one process")
        found["leak"] = probe("leak", cluster="ouhai", runs=200, settings=["run.burn_in=12", "run.until=2023-12"])
    text = table.markdown(found)
    print(text)
    table.write(HERE, text, table.row(found))


def options(arguments):
    """What is typed, checked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small worlds, one round, under a minute")
    parser.add_argument("--sizes", type=sizes, help="enterprises, such as 1000,5000,50000,500000")
    parser.add_argument("--rounds", type=whole(1), help="rounds of which medians are taken (3)")
    parser.add_argument("--pairs", type=whole(0), help="matched pairs of Ouhai on 2 processes (100); 0 for none")
    parser.add_argument("--seeds", type=whole(2), default=8, help="seeds on which twin and model are compared (8)")
    parser.add_argument("--leak", action="store_true", help="memory over 200 runs in one process too")
    asked = parser.parse_args(arguments)
    usual = (
        {"sizes": (1000, 5000), "rounds": 1, "pairs": 2} if asked.quick else {"sizes": SIZES, "rounds": 3, "pairs": 100}
    )
    for name, value in usual.items():
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    return asked


def sizes(text):
    """'1000,5000' as numbers."""
    found = [item.strip() for item in text.split(",")]
    if not all(item.isdigit() and int(item) >= 500 for item in found):
        raise argparse.ArgumentTypeError(f"'{text}': expected whole numbers from 500, such as 1000,5000.")
    return tuple(dict.fromkeys(map(int, found)))


def whole(least):
    """Reader of a whole number from `least` on."""

    def read(text):
        if not text.isdigit() or int(text) < least:
            raise argparse.ArgumentTypeError(f"'{text}': expected a whole number from {least} on.")
        return int(text)

    return read


def worlds(chosen, quick):
    """What is simulated: (kind, enterprises, months)."""
    found = [("dense", n, months_of(n)) for n in chosen]
    if not quick:
        found += [("districts", n, months_of(n)) for n in chosen if n >= 20_000]
        found.append(WHOLE)
    return found


def months_of(enterprises):
    """Months that make a measurement neither short nor long; at least a year, for there are things done in December."""
    return min(max(300_000 // enterprises, 12), 48)


def one_round(world, number):
    """This model, its readable rules alone, and the twin, one after another; who begins changes from round to round."""
    asked, found = as_settings(world), {}
    who = ["ours", "readable"] + ["plain"] * has_twin(world)
    for name in who[number % len(who) :] + who[: number % len(who)]:
        if name == "readable":
            found[name] = probe("ours", environment={"INCUBATOR_COMPILED": "0"}, **asked)
        else:
            found[name] = probe(name, **asked)
    return found


def has_twin(world):
    """Whether the twin runs in this world."""
    kind, enterprises, _ = world
    return enterprises <= TWIN_MOST and (kind == "dense" or world == WHOLE)


def as_settings(world):
    return dict(zip(("kind", "enterprises", "months"), world, strict=True))


def name_of(world):
    kind, enterprises, months = world
    return "Ouhai, 14 years" if world == WHOLE else f"{kind}, {enterprises:,} enterprises, {months} months"


def probe(what, environment=None, **asked):
    """A measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.probe", json.dumps({"what": what, **asked})]
    done = subprocess.run(command, cwd=ROOT, env=surroundings(environment), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"tests.benchmarks: {what} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def surroundings(more=None):
    """Environment of a measurement: burn-ins in a cache of its own, threads of libraries off."""
    own = {"INCUBATOR_CACHE": str(ROOT / ".cache" / "benchmarks"), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own, **(more or {})}


def commands():
    """Whole commands as a user types them, wall and CPU seconds: {name: (wall, cpu)}."""
    with tempfile.TemporaryDirectory() as out:
        timed_command("run", "replicates=1", f"out={out}/warm")
        return {
            "import sim": timed_command("-c", "import sim; sim.Cluster", module=()),
            "incubator --help": timed_command("--help"),
            "incubator list": timed_command("list"),
            "incubator run replicates=1": timed_command("run", "replicates=1", f"out={out}/run"),
            "the same, burn-in not in the cache": timed_command(
                "run", "replicates=1", f"out={out}/cold", environment={"INCUBATOR_CACHE": f"{out}/cache"}
            ),
        }


def timed_command(*arguments, module=("-m", "sim"), environment=None):
    """Wall and CPU seconds of a command."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *module, *arguments],
        cwd=ROOT,
        env=surroundings(environment),
        check=True,
        capture_output=True,
    )
    wall, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def agreement(seeds):
    """The twin against this model on the headline measures, over some years of Ouhai from a short burn-in."""
    from sim.inputs.config import load
    from tests.benchmarks.agreement import compare

    os.environ.update(surroundings())
    return compare(load(["run.burn_in=36", "run.until=2026-12"]), range(1, seeds + 1))


def say(line):
    print(f"{line} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
