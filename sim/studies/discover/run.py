"""Conditions that make a choice wrong: flip points of each parameter, and boxes of parameters in which it is regretted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.mistakes import ConfigurationError
from sim.methods import emulator, flip_points, prim
from sim.methods.emulator import Accuracy, Emulator
from sim.methods.intervals import interval
from sim.studies.common.decision import Decision, make_decision
from sim.studies.common.sample import Sample, simulate, simulate_at
from sim.studies.discover.sentences import answer
from sim.studies.discover.tables import report_data
from sim.studies.sweep.run import HOURS

BOXES = 2


@dataclass
class Discovered:
    """Flip points, boxes of regret and the sample they rest on.

    preferred, other: scenarios; the first is better with every parameter as it is. difference (points, seeds): preferred
    less other. present: a flip_points.Present, emulated; simulated: mean, low, high of the pairs at the present values themselves.
    boxes: [(Box, Stability)] on regret. checked: rows of the nearest flip's check on new seeds, empty if there was none.
    """

    sample: Sample
    preferred: str
    other: str
    difference: np.ndarray
    emulator: Emulator
    held: Accuracy
    present: flip_points.Present
    simulated: tuple[float, ...]
    flips: list[flip_points.Flip]
    boxes: list[tuple[prim.Box, prim.Stability]]
    checked: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def regret(self) -> np.ndarray:
        """Mean over seeds of what the preferred choice loses where the other is better: (points,)."""
        return regret_of(self.difference)

    @property
    def table(self) -> pd.DataFrame:
        """Flip points: a row a parameter, nearest first."""
        return pd.DataFrame([vars(f) for f in self.flips])

    @property
    def limits(self) -> pd.DataFrame:
        """Boxes: a row a restricted parameter. again: share of resamples whose box restricts it too."""
        rows = []
        for k, (box, stable) in enumerate(self.boxes, start=1):
            for name, limit in box.limits.items():
                span = {"low": limit[0], "high": limit[1], "values": ""}
                if name in self.sample.decision.scale.words:
                    span = {"low": np.nan, "high": np.nan, "values": ",".join(map(str, limit))}
                about = {key: getattr(box, key) for key in ("mass", "density", "coverage", "mean")}
                rows.append({"box": k, "name": name, **span, "again": stable.again.get(name, 0.0), **about})
        columns = ["box", "name", "low", "high", "values", "again", "mass", "density", "coverage", "mean"]
        return pd.DataFrame(rows, columns=columns)

    def verdict(self, lang: str = "en") -> str:
        """The answer in sentences."""
        return answer(report_data(self), lang)


def regret_of(difference: np.ndarray) -> np.ndarray:
    """Regret of the first choice at each point: what the other gains in the mean over seeds; difference (points, seeds)."""
    return np.maximum(0.0, -difference.mean(axis=1))


def discover(
    scenarios: Sequence[str],
    *overrides: str,
    boxes: int = BOXES,
    check: bool = True,
    engine: str = "local",
    workers: int | None = None,
    folder: Path | str | None = None,
    hours: float = HOURS,
    **question: Any,
) -> Discovered:
    """Find where A is better than B: `discover(["service_first", "baseline"], "cluster=toy", vary=["parameters.choice.*"])`.

    question: as of `make_decision` (reference, measures, value, vary, grades, points, replicates, year, seed). boxes: at most so
    many; check: simulate the nearest flip on new seeds. Returns Discovered.
    """
    decision = make_decision(scenarios, overrides, **question)
    return carry_out(decision, boxes=boxes, check=check, engine=engine, workers=workers, folder=folder, hours=hours)


def carry_out(decision: Decision, *, boxes: int = BOXES, check: bool = True, **settings: Any) -> Discovered:
    """Carry out a decision between two."""
    check_ready(decision)
    sample = simulate(decision, **settings)
    found = analysed(sample, boxes)
    if check and (rows := to_check(found)):
        seeds = [max(decision.seeds) + 1 + k for k in range(decision.replicates)]
        quiet = {name: value for name, value in settings.items() if name != "progress"}
        benefit = simulate_at(decision, [{r["name"]: r["value"]} for r in rows], seeds, **quiet)
        found.checked = _checked(found, rows, benefit)
    return found


def check_ready(decision: Decision) -> None:
    """Raise ConfigurationError unless the choice is between two and the library for emulators is there."""
    if len(decision.scenarios) != 2:
        raise ConfigurationError(
            f"scenarios=[{','.join(decision.scenarios)}]: 'discover' holds two against each other; name one, and reference=NAME."
        )
    emulator.check_library()


def analysed(
    sample: Sample, boxes: int = BOXES, resamples: int = prim.RESAMPLES, draws: int = flip_points.DRAWS
) -> Discovered:
    """Find flip points and boxes in a sample."""
    decision = sample.decision
    first = 0 if sample.present[:, 0].mean() >= sample.present[:, 1].mean() else 1
    difference = sample.benefit[:, :, first] - sample.benefit[:, :, 1 - first]
    now = sample.present[:, first] - sample.present[:, 1 - first]
    x = np.vstack([sample.x, decision.scale(pd.DataFrame([decision.now]))])
    emulated = emulator.Emulator(x, np.vstack([difference, now]), decision.scale.owners)
    held = emulator.cross_validated(sample.x, difference, decision.scale.owners, start=emulated)
    present, found = flip_points.flips(emulated, decision.scale, decision.now, draws)
    covering = prim.covering(sample.points, regret_of(difference), boxes)
    regretted = []
    if covering:
        stable = prim.stability(sample.points, difference, regret_of, resamples)
        regretted = [(box, stable) for box in covering]
    return Discovered(
        sample=sample, preferred=decision.scenarios[first], other=decision.scenarios[1 - first], difference=difference,
        emulator=emulated, held=held, present=present, simulated=tuple(map(float, interval(now))), flips=found,
        boxes=regretted,
    )  # fmt: skip


def to_check(results: Discovered) -> list[dict[str, Any]]:
    """Points at which the nearest flip is checked: the ends of its interval, or the parameter's bound for an open end."""
    first = next((f for f in results.flips if f.value is not None), None)
    if first is None or not results.present.clear:
        return []
    if first.side == "is":
        return [{"name": first.name, "value": first.value, "expected": "other"}]
    low, high = results.sample.decision.scale.ranges[first.name]
    near, far = (first.low, first.high) if first.side == "above" else (first.high, first.low)
    end = high if first.side == "above" else low
    return [
        {"name": first.name, "value": near, "expected": "preferred"},
        {"name": first.name, "value": end if far is None else far, "expected": "other"},
    ]


def _checked(results, rows, benefit):
    first = results.sample.decision.scenarios.index(results.preferred)
    each = benefit[:, :, first] - benefit[:, :, 1 - first]
    checks = []
    for row, values in zip(rows, each, strict=True):
        mean, low, high = map(float, interval(values[np.isfinite(values)]))
        sign = 1 if row["expected"] == "preferred" else -1
        against = high < 0 if sign > 0 else low > 0
        checks.append(row | {"mean": mean, "low": low, "high": high, "agrees": sign * mean > 0, "against": against})
    return pd.DataFrame(checks)
