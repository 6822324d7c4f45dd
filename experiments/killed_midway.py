"""kill -9 of a worker and of the driver at random moments: does a sweep lose nothing, do nothing twice, end the same?

    python experiments/killed_midway.py                           20 times each, a quarter of an hour on two quiet cores
    python experiments/killed_midway.py --times 3 --points 24     quicker

Each time a small sweep of the toy cluster is begun in a folder of its own. *Worker*: one of its two workers is killed and the
sweep goes on by itself. *Driver*: the command itself is killed, its workers have to go away, and the command is given again.
Then the tables' digest must be that of a sweep nobody disturbed, and the store must hold every run once. A moment at which
the sweep was over already is drawn anew.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

import pandas as pd
import psutil

WORKERS = 2
PATIENCE = 60  # seconds in which orphans must be gone


def command(folder, points):
    """A sweep as it is typed."""
    return [
        sys.executable, "-m", "sim", "sweep", "cluster=toy", "run.burn_in=12", "run.until=2027-12", "vary=[parameters.choice.*]",
        f"points={points}", "scenarios=[baseline,service_first]", "engine=local", f"workers={WORKERS}", f"out={folder}", "lang=en",
    ]  # fmt: skip


def begun(folder, points):
    """The sweep as a process of its own; what it says goes to a file beside its folder."""
    with open(f"{folder}.log", "w", encoding="utf-8") as log:
        return subprocess.Popen(command(folder, points), stdout=log, stderr=log)


def finished(folder, points):
    """Give the command and wait until it is done: seconds."""
    began = time.monotonic()
    subprocess.run(command(folder, points), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def workers_of(process):
    """Worker processes of a sweep."""
    try:
        found = psutil.Process(process.pid).children(recursive=True)
        return [p for p in found if "resource_tracker" not in " ".join(p.cmdline())]
    except psutil.Error:
        return []


def found(folder):
    """The digest of a finished sweep, runs it asked for, rows in the store, different runs in the store."""
    (manifest,) = Path(folder).glob("sweep-*/manifest.json")
    about = json.loads(manifest.read_text(encoding="utf-8"))
    rows = pd.concat([pd.read_parquet(path, columns=["run_id"]) for path in Path(folder).glob("store/*.parquet")])
    return about["digest"], about["different_runs"], len(rows), rows["run_id"].nunique()


def kept(folder):
    """Runs in a store that are whole."""
    return sum(len(pd.read_parquet(path, columns=["run_id"])) for path in Path(folder).glob("store/*.parquet"))


def worker_killed(folder, points, moment, luck):
    """Kill a worker at a moment; the sweep goes on. Returns what was killed in words, None if there was no worker any more."""
    process = begun(folder, points)
    time.sleep(moment)
    workers = workers_of(process)
    if workers:
        luck.choice(workers).kill()
    if process.wait() != 0:
        said = Path(f"{folder}.log").read_text(encoding="utf-8")
        raise SystemExit(
            f"the sweep ended with {process.returncode} after a worker was killed at {moment:.1f} s:\n{said}"
        )
    return f"one of {len(workers)} workers" if workers else None


def driver_killed(folder, points, moment, luck):
    """Kill the command at a moment, see its workers go, and give it again. Returns how many runs were kept, in words, None if
    it had ended by then.
    """
    process = begun(folder, points)
    time.sleep(moment)
    orphans = workers_of(process)
    if process.poll() is not None:
        return None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    psutil.wait_procs(orphans, timeout=PATIENCE)
    left = [p.pid for p in orphans if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    if left:
        raise SystemExit(f"workers {left} still run {PATIENCE} s after the driver was killed")
    before = kept(folder)
    finished(folder, points)
    return f"{before} runs kept"


def tried(times=20, points=60, seed=1):
    """Yield (what was killed, moment, what it returned, problem or '') for each time."""
    luck = random.Random(seed)
    with tempfile.TemporaryDirectory() as place:
        finished(f"{place}/first", 2)  # rules are compiled once, and moments are not to wait for that
        seconds = finished(f"{place}/calm", points)
        calm, runs, *_ = found(f"{place}/calm")
        for killing in (worker_killed, driver_killed):
            done, attempts = 0, count()
            while done < times:
                k = next(attempts)
                folder, moment = f"{place}/{killing.__name__}{k}", luck.uniform(0.25, 0.95) * seconds
                told = killing(folder, points, moment, luck)
                if told is None:
                    continue
                done += 1
                digest, asked, rows, different = found(folder)
                problem = "" if (digest, asked, rows, different) == (calm, runs, runs, runs) else (
                    f"digest {digest} instead of {calm}; {rows} rows and {different} runs instead of {runs}"
                )  # fmt: skip
                yield killing.__name__, moment, told, problem


def main():
    """Print each time, and whether all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20, help="how often each is killed")
    parser.add_argument("--points", type=int, default=60, help="points of the sweep")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    bad = 0
    for what, moment, told, problem in tried(**vars(parser.parse_args())):
        bad += bool(problem)
        print(f"{what} at {moment:.1f} s ({told}): {problem or 'the same'}", flush=True)
    print(f"{bad} went wrong" if bad else "nothing lost, nothing twice, all tables the same")
    return bad > 0


if __name__ == "__main__":
    raise SystemExit(main())
