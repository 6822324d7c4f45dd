"""Where a choice would be wrong: flip points of each parameter, and boxes of parameters in which it is regretted."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.engine.fields import ConfigurationError
from sim.methods import emulator, prim
from sim.methods import flip_points as flips
from sim.methods.intervals import interval
from sim.runs.provenance import model_digest
from sim.runs.store.folder import write_table
from sim.studies.common import decision as choices
from sim.studies.sweep.run import HOURS

BOXES = 2


@dataclass
class Discovered:
    """What was found.

    preferred, other: scenarios; the first is better with every parameter as it is. difference (points, seeds): preferred
    less other. present: a flips.Present, emulated; simulated: mean, low, high of the pairs at the present values themselves.
    boxes: [(Box, Stability)] on regret. checked: rows of the nearest flip's check on new seeds, empty if there was none.
    """

    sample: choices.Sample
    preferred: str
    other: str
    difference: np.ndarray
    emulator: emulator.Emulator
    held: emulator.Accuracy
    present: flips.Present
    simulated: tuple
    flips: list
    boxes: list
    checked: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def regret(self):
        """Mean over seeds of what the preferred choice loses where the other is better: (points,)."""
        return regret_of(self.difference)

    @property
    def table(self):
        """Flip points: a row a parameter, nearest first."""
        return pd.DataFrame([vars(f) for f in self.flips])

    @property
    def limits(self):
        """Boxes: a row a restricted parameter. again: share of resamples whose box restricts it too."""
        rows = []
        for k, (box, stable) in enumerate(self.boxes, start=1):
            for name, limit in box.limits.items():
                span = {"low": limit[0], "high": limit[1], "values": ""}
                if name in self.sample.choice.scale.words:
                    span = {"low": np.nan, "high": np.nan, "values": ",".join(map(str, limit))}
                told = {key: getattr(box, key) for key in ("mass", "density", "coverage", "mean")}
                rows.append({"box": k, "name": name, **span, "again": stable.again.get(name, 0.0), **told})
        columns = ["box", "name", "low", "high", "values", "again", "mass", "density", "coverage", "mean"]
        return pd.DataFrame(rows, columns=columns)

    def verdict(self, lang="en"):
        """The answer in sentences."""
        from sim.studies.discover.sentences import answer

        return answer(report_data(self), lang)


def regret_of(difference):
    """Regret of the first choice at each point: what the other gains in the mean over seeds; difference (points, seeds)."""
    return np.maximum(0.0, -difference.mean(axis=1))


def discover(
    scenarios, *overrides, boxes=BOXES, check=True, engine="local", workers=None, folder=None, hours=HOURS, **question
):  # fmt: skip
    """Where A is better than B: `discover(["service_first", "baseline"], "cluster=toy", vary=["parameters.choice.*"])`.

    question: as of `choices.asked` (reference, measures, value, vary, grades, points, replicates, year, seed). boxes: at most so
    many; check: simulate the nearest flip on new seeds. Returns Discovered.
    """
    choice = choices.asked(scenarios, overrides, **question)
    return carry_out(choice, boxes=boxes, check=check, engine=engine, workers=workers, folder=folder, hours=hours)


def carry_out(choice, *, boxes=BOXES, check=True, **settings):
    """A Choice of two carried out."""
    check_ready(choice)
    sample = choices.simulate(choice, **settings)
    found = analysed(sample, boxes)
    if check and (rows := to_check(found)):
        seeds = [max(choice.seeds) + 1 + k for k in range(choice.replicates)]
        quiet = {name: value for name, value in settings.items() if name != "progress"}
        benefit = choices.at(choice, [{r["name"]: r["value"]} for r in rows], seeds, **quiet)
        found.checked = _checked(found, rows, benefit)
    return found


def check_ready(choice):
    """Raise ConfigurationError unless the choice is between two and the library for emulators is there."""
    if len(choice.scenarios) != 2:
        raise ConfigurationError(
            f"scenarios=[{','.join(choice.scenarios)}]: 'discover' holds two against each other; name one, and reference=NAME."
        )
    emulator.check_library()


def analysed(sample, boxes=BOXES, resamples=prim.RESAMPLES, draws=flips.DRAWS):
    """Discovered from a Sample."""
    choice = sample.choice
    first = 0 if sample.present[:, 0].mean() >= sample.present[:, 1].mean() else 1
    difference = sample.benefit[:, :, first] - sample.benefit[:, :, 1 - first]
    now = sample.present[:, first] - sample.present[:, 1 - first]
    x = np.vstack([sample.x, choice.scale(pd.DataFrame([choice.now]))])
    emulated = emulator.Emulator(x, np.vstack([difference, now]), choice.scale.owners)
    held = emulator.cross_validated(sample.x, difference, choice.scale.owners, start=emulated)
    present, found = flips.flips(emulated, choice.scale, choice.now, draws)
    told = prim.covering(sample.points, regret_of(difference), boxes)
    stable = prim.stability(sample.points, difference, regret_of, resamples) if told else None
    return Discovered(
        sample=sample, preferred=choice.scenarios[first], other=choice.scenarios[1 - first], difference=difference,
        emulator=emulated, held=held, present=present, simulated=tuple(map(float, interval(now))), flips=found,
        boxes=[(box, stable) for box in told],
    )  # fmt: skip


def to_check(found):
    """Where the nearest flip is checked: at the ends of its interval, or at the bound of the parameter in place of an open end."""
    first = next((f for f in found.flips if f.value is not None), None)
    if first is None or not found.present.clear:
        return []
    if first.side == "is":
        return [{"name": first.name, "value": first.value, "expected": "other"}]
    low, high = found.sample.choice.scale.ranges[first.name]
    near, far = (first.low, first.high) if first.side == "above" else (first.high, first.low)
    end = high if first.side == "above" else low
    return [
        {"name": first.name, "value": near, "expected": "preferred"},
        {"name": first.name, "value": end if far is None else far, "expected": "other"},
    ]


def _checked(found, rows, benefit):
    first = found.sample.choice.scenarios.index(found.preferred)
    each = benefit[:, :, first] - benefit[:, :, 1 - first]
    told = []
    for row, values in zip(rows, each, strict=True):
        mean, low, high = map(float, interval(values[np.isfinite(values)]))
        sign = 1 if row["expected"] == "preferred" else -1
        against = high < 0 if sign > 0 else low > 0
        told.append(row | {"mean": mean, "low": low, "high": high, "agrees": sign * mean > 0, "against": against})
    return pd.DataFrame(told)


def report_data(found, run_id=""):
    """What figures and sentences need."""
    from sim.studies.discover.sentences import DiscoveryData

    choice = found.sample.choice
    numbers = [f.name for f in found.flips if f.name in found.emulator.kept and f.name not in choice.scale.words][:2]
    chart = None
    if len(numbers) == 2:
        first, second, mean, better = flips.chance_map(found.emulator, choice.scale, choice.now, numbers)
        chart = {"names": numbers, "first": first, "second": second, "mean": mean, "better": better}
    stable = found.boxes[0][1] if found.boxes else None
    return DiscoveryData(
        scenarios={s.scenario: s.title for s in choice.setups}, preferred=found.preferred, other=found.other,
        measure=choices.yardstick(choice), years=choice.years, parameters=choices.parameter_titles(choice),
        present=found.present, simulated=found.simulated, flips=found.table, boxes=found.limits, chart=chart, held=found.held,
        stability=stable, regretted=float((found.regret > 0).mean()), checked=found.checked, points=len(found.sample.points),
        pairs=choice.replicates, run_id=run_id, version=model_digest(), values=choices.valued(choice),
    )  # fmt: skip


def write(found, folder, *, began, figures=True):
    """Write tables, figures and the answer into the study's folder, a RunFolder; the manifest last. Returns the files."""
    from sim.studies.discover.sentences import answer

    data, files = report_data(found, folder.id), []
    points = found.sample.points.assign(
        difference=found.difference.mean(axis=1), regret=found.regret, spread=found.difference.std(axis=1, ddof=1)
    )
    tables = {"flips": titled(found.table, data), "boxes": titled(found.limits, data), "points": points}
    tables["emulator"] = pd.DataFrame([vars(found.held) | {"failed_points": found.sample.failed}])
    for name, table in (tables | {"checked": titled(found.checked, data)}).items():
        if len(table.columns):
            write_table(folder.path / f"{name}.csv", table)
            files.append(folder.path / f"{name}.csv")
    if figures:
        from sim.studies.discover.figures import write_figures

        files += write_figures(data, folder.path)
    asked = len(found.sample.points) + found.sample.failed
    folder.manifest(
        done=len(found.sample.points), asked=asked, began=began, files=files,
        answer={lang: answer(data, lang) for lang in ("zh", "en")},
    )  # fmt: skip
    return files


def titled(table, data):
    """The same rows with titles and units of the parameters in both languages after their names."""
    if "name" not in table:
        return table
    about, at = [data.parameters[name] for name in table["name"]], table.columns.get_loc("name") + 1
    table = table.copy()
    for k, (key, lang) in enumerate([("title", "zh"), ("title", "en"), ("unit", "zh"), ("unit", "en")]):
        table.insert(at + k, f"{key}_{lang}", [one[key][lang] for one in about])
    return table
