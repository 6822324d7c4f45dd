"""What was measured as Markdown, and as a row of a log that stands for one run of the benchmarks."""

import csv
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from statistics import median

import numpy as np

from sim.engine.files import write_whole
from sim.runs.provenance import model_digest
from tests.benchmarks.agreement import told

MIB = 1 << 20
PROFILED = ("set_place_terms", "open_space", "found", "set_firm_terms", "admit", "serve", "staff", "grow", "graduate",
            "depart", "adapt", "settle", "measure", "compact")  # fmt: skip

COLUMNS = (
    "world", "enterprises at the start", "µs an agent-step", "readable rules, µs", "plain Mesa twin, µs", "times faster",
    "readable, times faster", "million agent-steps a second", "yardsticks a million", "over the memory floor",
    "peak, MiB", "twin's peak, MiB",
)  # fmt: skip


def markdown(found):
    """All tables."""
    parts = [head(found), speeds(found), phases(found), commands(found), pairs(found), linear(found)]
    if found.get("agreement"):
        parts.append(
            "## The twin is the same model\n\nMeans over seeds; a difference below 4 is none.\n\n"
            + told(found["agreement"])
        )
    parts.append(leak(found))
    return "\n\n".join(part for part in parts if part) + "\n"


def head(found):
    """On what, and how."""
    about = (
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, Mesa {installed('mesa')}, "
        f"numba {installed('numba')}; model {model_digest()}; "
        f"memory {found['machine']['bandwidth'] / 1e9:.1f} GB/s (triad); yardstick {1000 * yardstick(found):.0f} ms; "
        f"{'medians of ' + str(found['rounds']) + ' rounds' if found['rounds'] > 1 else 'one round'}, CPU time{busy()}."
    )
    return f"# How fast\n\n{about}\n\nMade by `python -m tests.benchmarks`; worlds: `tests/benchmarks/worlds.py`."


def busy():
    """How much else the computer had to do: a full one has less cache for each process, and wall times are long."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f"; load {os.getloadavg()[2]:.1f} on {os.cpu_count()} cores over the last quarter of an hour"


def installed(name):
    """Version of a package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def yardstick(found):
    """The numpy yardstick, s: median over all measurements."""
    return median(
        done["yardstick"] for _, about in found["worlds"].items() for r in about["rounds"] for done in r.values()
    )


def cost(done):
    """Microseconds an agent-step."""
    return 1e6 * done["seconds"] / done["steps"]


def of(about, who, figure=cost):
    """Median of a figure over rounds; NaN where there is none."""
    values = [figure(r[who]) for r in about["rounds"] if who in r]
    return median(values) if values else float("nan")


def times(about, who="ours"):
    """How many times faster than the twin: median of the ratios of each round."""
    ratios = [cost(r["plain"]) / cost(r[who]) for r in about["rounds"] if "plain" in r]
    return median(ratios) if ratios else float("nan")


def floor(about, found):
    """Microseconds in which one row could pass through memory once."""
    return 1e6 * about["rounds"][0]["ours"]["row_bytes"] / found["machine"]["bandwidth"]


def speeds(found):
    """Cost of an agent-step, beside the twin, the yardstick and the memory."""
    lines = [
        "## Agent-steps",
        "",
        "An agent-step is one living enterprise in one month, all phases and measures on. The memory floor is the time in "
        "which its row passes through memory once. Peak memory is of one run, the libraries included; the twin's includes the "
        "cluster it is read from.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "| --- |" + " ---: |" * (len(COLUMNS) - 1),
    ]
    for world, about in found["worlds"].items():
        ours, per_million = (
            of(about, "ours"),
            of(about, "ours", lambda d: d["seconds"] / d["steps"] * 1e6 / d["yardstick"]),
        )
        cells = [
            title(world), f"{about['start']['rows']:,}", f"{ours:.2f}", shown(of(about, "readable")), shown(of(about, "plain")),
            shown(times(about), 1), shown(times(about, "readable"), 1), f"{1 / ours:.2f}", f"{per_million:.1f}",
            f"{ours / floor(about, found):.0f}", f"{peak(about['memory']):.0f}", shown(of(about, "plain", peak), 0),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def peak(done):
    return done["peak"] / MIB


def shown(value, digits=2):
    """A number, or a dash where there is none."""
    return f"{value:,.{digits}f}" if np.isfinite(value) else "–"


def title(world):
    kind, enterprises, months = world
    return (
        f"{kind} {enterprises // 1000}k, {months} months"
        if enterprises >= 1000
        else f"{kind} {enterprises}, {months} months"
    )


def phases(found):
    """Where the time goes, by phase and world."""
    worlds = found["worlds"]
    lines = [
        "## By phase", "", "Nanoseconds an agent-step, with the share of all.", "",
        "| phase | " + " | ".join(title(world) for world in worlds) + " |", "| --- |" + " ---: |" * len(worlds),
    ]  # fmt: skip
    for name in PROFILED:
        cells = []
        for about in worlds.values():
            spent = of(about, "ours", lambda d, name=name: 1e9 * d["phases"].get(name, 0.0) / d["steps"])
            cells.append(f"{spent:.0f} ({spent / of(about, 'ours') / 10:.0f} %)")
        lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def commands(found):
    """Whole commands."""
    lines = ["## Commands", "", "| command | wall, s | CPU, s | CPU, yardsticks |", "| --- | ---: | ---: | ---: |"]
    for name in found["commands"]["rounds"][0]:
        wall, cpu = (median(r[name][k] for r in found["commands"]["rounds"]) for k in (0, 1))
        lines.append(f"| `{name}` | {wall:.2f} | {cpu:.2f} | {cpu / yardstick(found):.0f} |")
    return "\n".join(lines)


def pairs(found):
    """Matched pairs on two processes."""
    done = found["pairs"]
    if not done:
        return ""
    each = done["pairs"] / done["wall"]
    spent = done["cpu"] / done["pairs"]
    return (
        f"## Matched pairs\n\n{done['pairs']} pairs of Ouhai, 14 years, two scenarios, 2 processes, burn-ins from the cache: "
        f"{done['wall']:.1f} s wall, {each:.2f} pairs a second; {spent:.2f} s of CPU time a pair, start-up counted."
    )


def linear(found):
    """What twice as much costs."""
    done = found["linear"]
    if not done:
        return ""
    lines = [
        "## Twice as much", "", "CPU time over CPU time; agent-steps over agent-steps.", "",
        "| twice the | time | agent-steps | time an agent-step |", "| --- | ---: | ---: | ---: |",
    ]  # fmt: skip
    for name, less, more in (("months", "once", "months"), ("replicates", "replicates", "twice")):
        a, b = done[less], done[more]
        # One replicate repeats its run until the clock can be trusted: time is told for one run.
        steps = one_run(b, "steps") / one_run(a, "steps")
        seconds = one_run(b, "seconds") / one_run(a, "seconds")
        lines.append(f"| {name} | {seconds:.2f} | {steps:.2f} | {cost(b) / cost(a):.2f} |")
    return "\n".join(lines)


def one_run(done, name):
    return done[name] / done["repeats"]


def leak(found):
    """Memory over many runs in one process."""
    done = found.get("leak")
    if not done:
        return ""
    held = np.array(done["held"]) / MIB
    return (
        f"## Many runs in one process\n\n{len(held)} runs, Mesa {done['mesa']}: {held[9]:.1f} MiB held after the 10th, "
        f"{held[len(held) // 2]:.1f} after half, {held[-1]:.1f} after the last; {1024 * slope(held):.1f} KiB a run."
    )


def slope(held, after=10):
    """Growth a run by least squares, once things are warm."""
    return float(np.polyfit(np.arange(len(held) - after), held[after:], 1)[0])


LOGGED = ("dense", "districts")
SIZES = (1000, 5000, 50_000, 500_000)


def row(found):
    """The run as one line: {column: value}; columns are the same whatever was asked."""
    worlds = {(kind, n): about for (kind, n, _), about in found["worlds"].items()}
    line = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"), "model": model_digest(), "processor": platform.machine(),
        "python": platform.python_version(), "numpy": np.__version__, "mesa": installed("mesa"), "numba": installed("numba"),
        "rounds": found["rounds"], "yardstick_s": yardstick(found), "bandwidth_GBps": found["machine"]["bandwidth"] / 1e9,
    }  # fmt: skip
    for key in [*((kind, n) for kind in LOGGED for n in SIZES), ("districts", 5700)]:
        about, name = worlds.get(key), f"{key[0]}_{key[1]}"
        line |= {
            f"{name}_us": of(about, "ours") if about else None,
            f"{name}_times": times(about) if about else None,
            f"{name}_MiB": peak(about["memory"]) if about else None,
        }
    for name, command in (
        ("help", "incubator --help"),
        ("list", "incubator list"),
        ("run", "incubator run replicates=1"),
    ):
        line[f"{name}_wall_s"] = median(r[command][0] for r in found["commands"]["rounds"])
    done = found["pairs"]
    line["pairs_per_s"] = done["pairs"] / done["wall"] if done else None
    line["pair_cpu_s"] = done["cpu"] / done["pairs"] if done else None
    return {name: f"{value:.4g}" if isinstance(value, float) else value for name, value in line.items()}


def write(folder, text, line):
    """The table whole, and the line at the end of the log; a log with other columns is begun anew beside the old."""
    write_whole(folder / "table.md", text)
    path = folder / "log.csv"
    if path.exists():
        with open(path, encoding="utf-8", newline="") as file:
            if next(csv.reader(file), []) != list(line):
                path.replace(path.with_suffix(".old.csv"))
    new = not path.exists()
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(line)
        writer.writerow(line.values())
