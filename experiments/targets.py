"""Hold the baseline against the targets C1 to C22 of configs/calibration/targets.csv: what evidence says of its moments.

Each target is a function of what was seen of one run (experiments/moments.py). The table tells the mean over seeds, its
95 % interval over runs (parameters stay as they are), the band, and whether the mean lies in it. What is put in is "set".

    python experiments/targets.py                                       Ouhai, both worlds, 10 seeds to 2034-12
    python experiments/targets.py --clusters ouhai,city --seeds 3
    python experiments/targets.py --only C5,C18 parameters.growth.early_drift=0.3

Writes runs/targets.csv, and prints the table.
"""

import argparse
import sys

import numpy as np
import pandas as pd

from experiments.moments import TARGETS
from experiments.watching import WORLDS, Run, Ticks, watch
from sim.engine.files import write_whole
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.catalogue import shipped_folder
from sim.inputs.config import load
from sim.methods.intervals import interval
from sim.studies.common.terminal import columns

BANDS = shipped_folder() / "calibration" / "targets.csv"
UNTIL = "2034-12"
MOST = 85  # characters of a moment that are printed; the file has all
WORDS = {"in": "in band", "out": "OUT", "set": "set", "beside": "told beside", "none": "not seen"}


def bands() -> pd.DataFrame:
    """Return the targets on file, by id."""
    return pd.read_csv(BANDS, encoding="utf-8-sig", dtype={"target": str}).set_index("id")


def chosen(only: str | None) -> list[str]:
    """Return names of targets: all, or those of ids joined by commas; C8 stands for C8a and C8b."""
    if not only:
        return list(TARGETS)
    found = []
    for wanted in only.split(","):
        some = [name for name in TARGETS if wanted in (of(name), of(name).rstrip("ab"))]
        if not some:
            raise ConfigurationError(f"--only {only}: no such target '{wanted}'; {did_you_mean(wanted, TARGETS)}")
        found += some
    return [name for name in TARGETS if name in found]


def of(name: str) -> str:
    """Return the id that a name belongs to: C8a of 'C8a, tenancies'."""
    return name.partition(",")[0]


def moments(run: Run, names: list[str]) -> np.ndarray:
    """Return these targets of one run (names,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([TARGETS[name].of_run(run) for name in names])


def judged(values: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Return a row a target: mean and interval over runs, or spread, band and verdict. values (runs, names)."""
    known, rows = bands(), []
    for name, found in zip(names, values.T, strict=True):
        band, low, high = known.loc[of(name)], np.nan, np.nan
        if TARGETS[name].over == "spread":
            told = found.std(ddof=1) / found.mean() if len(found) > 1 else np.nan
        else:
            told, low, high = (float(end) for end in interval(found))
        moment = band.moment + (f" ({name.partition(', ')[2]})" if name != of(name) else "")
        rows.append(
            {
                "id": of(name), "moment": moment, "mean": told, "low_over_runs": low, "high_over_runs": high,
                "target": band.target, "band_low": band.low, "band_high": band.high, "verdict": verdict(name, told, band),
                "runs": len(found),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def verdict(name: str, told: float, band: pd.Series) -> str:
    """Return in, out, set, beside or none (not seen); an end that the band lacks is open."""
    if name != of(name):
        return "beside"
    if TARGETS[name].put_in:
        return "set"
    if not np.isfinite(told):
        return "none"
    return "out" if told < band.low or told > band.high else "in"


def hold(clusters, worlds, seeds, names, *overrides) -> pd.DataFrame:
    """Return the table of all clusters and worlds; progress is told by month."""
    cases = [(c, w) for c in clusters for w in worlds]
    setups = [load([f"cluster={c}", f"world={w}", f"run.until={UNTIL}", *overrides]).as_one_cluster() for c, w in cases]
    tables = []
    with Ticks(sum(setup.months for setup in setups) * len(seeds)) as tick:
        for (cluster, world), setup in zip(cases, setups, strict=True):
            # A burn-in of changed settings is not asked for again: it would push others out of the cache.
            runs = [moments(watch(setup, seed, cached=not overrides, tick=tick), names) for seed in seeds]
            table = judged(np.array(runs), names)
            table.insert(0, "cluster", cluster)
            table.insert(1, "world", world)
            tables.append(table)
    return pd.concat(tables, ignore_index=True)


def printed(table: pd.DataFrame) -> str:
    """Return the table as text, a block a cluster and world."""

    def number(value):
        return "–" if pd.isna(value) else f"{value:.3g}"

    blocks = []
    for (cluster, world), rows in table.groupby(["cluster", "world"], sort=False):
        shown = [("id", "moment", "mean", "95 % over runs", "band", "verdict")]
        for row in rows.itertuples():
            spans = [
                f"{number(a)} to {number(b)}"
                for a, b in ((row.low_over_runs, row.high_over_runs), (row.band_low, row.band_high))
            ]
            shown.append((row.id, row.moment[:MOST], number(row.mean), *spans, WORDS[row.verdict]))
        tally = rows["verdict"].value_counts()
        inside, outside = (int(tally.get(key, 0)) for key in ("in", "out"))
        head = f"{cluster}, {world}, {rows.runs.iloc[0]} runs: {inside} of {inside + outside} in band"
        blocks.append("\n".join([head, *(line.rstrip() for line in columns(shown, left=True))]))
    return "\n\n".join(blocks)


def main(arguments=None) -> None:
    """Hold, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clusters", default="ouhai")
    parser.add_argument("--worlds", default=",".join(WORLDS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", default=None, help="ids joined by commas, such as C5,C18")
    parser.add_argument("overrides", nargs="*", help="settings, such as parameters.growth.early_drift=0.3")
    options = parser.parse_intermixed_args(arguments)
    if options.seeds < 1:
        raise ConfigurationError(f"--seeds {options.seeds}: expected 1 or more.")
    names, seeds = chosen(options.only), range(1, options.seeds + 1)
    table = hold(options.clusters.split(","), options.worlds.split(","), seeds, names, *options.overrides)
    print(printed(table))
    write_whole("runs/targets.csv", "\ufeff" + table.to_csv(index=False))


if __name__ == "__main__":
    try:
        main()
    except ConfigurationError as error:
        print(f"experiments/targets.py: {error}", file=sys.stderr)
        sys.exit(2)
