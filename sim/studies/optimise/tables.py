"""Results of a search as tables, as data of figures and sentences, and as scenarios that any other command can run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.calendar import month_of
from sim.engine.files import write_whole
from sim.inputs.config import load
from sim.methods.nsga2 import SearchResult
from sim.model.measures.definitions import SPENDING, describe
from sim.model.policies import Policy
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.horizon import years_that_count
from sim.studies.optimise.levers import Levers, key_of, scenario_yaml
from sim.studies.optimise.outside_worlds import regret
from sim.studies.optimise.question import Question
from sim.studies.optimise.sentences import OptimisingData

MINE = "mine"  # name of the recommended point as a scenario


def differences_of(q: Question, values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Mean over seeds of the difference to the reference on the same seed (rows, worlds, measures)."""
    return (values - reference).mean(axis=2)


def gains_of(q: Question, differences: np.ndarray) -> np.ndarray:
    """Differences as gains: objectives only, more is better. (rows, worlds, measures) -> (rows, worlds, objectives)."""
    return q.signs * differences[..., [q.measures.index(m) for m in q.objectives]]


def searched_table(
    q: Question, result: SearchResult, packages: Sequence[tuple[Policy, ...]], values: np.ndarray, known: np.ndarray
) -> pd.DataFrame:
    """A row a candidate: what it is, what it is worth on the seeds of the search, whether on the front."""
    differences = differences_of(q, values, known[0]).mean(axis=1)
    front = set(result.front.tolist())
    table = pd.DataFrame({f"{m}": differences[:, k] for k, m in enumerate(q.measures)})
    table.insert(0, "candidate", np.arange(len(packages)))
    table.insert(1, "key", [key_of(p) for p in packages])
    table.insert(2, "feasible", result.excess <= 0)
    table.insert(3, "front", [row in front for row in range(len(packages))])
    chosen = [_flat(q, policies) for policies in packages]
    columns = list(dict.fromkeys(name for row in chosen for name in row))
    return pd.concat([table, pd.DataFrame(chosen, columns=sorted(columns))], axis=1)


def _flat(q, policies):
    by_name = q.levers.by_name
    return {
        f"{p.name}.{setting}": as_text(getattr(p, setting))
        for p in policies
        for setting in (by_name[p.name].settings if p.name in by_name else ("start",))
    }


def as_text(value: Any) -> str:
    """A setting as a table has it: a number as text too, so that a column has one type."""
    if isinstance(value, tuple):
        return ";".join(map(str, value)) or "all"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def levers_table(q: Question, packages: Mapping[str, Sequence[Policy]]) -> pd.DataFrame:
    """Rows of what each point consists of: point, policy, setting, value."""
    rows = [
        (point, *name.split("."), value)
        for point, policies in packages.items()
        for name, value in _flat(q, policies).items()
    ]
    return pd.DataFrame(rows, columns=["point", "policy", "setting", "value"])


def regret_table(q: Question, keys: Sequence[str], gains: np.ndarray) -> pd.DataFrame:
    """Rows of what each point gives away in each world, in the objective's unit."""
    given = regret(gains)
    rows = [
        (key, world.key, m, given[k, w, j])
        for k, key in enumerate(keys)
        for w, world in enumerate(q.worlds)
        for j, m in enumerate(q.objectives)
    ]
    return pd.DataFrame(rows, columns=["point", "world", "objective", "regret"])


def report_data(results: Any, run_id: str = "", version: str = "") -> OptimisingData:
    """Return the data of figures and sentences."""
    q = results.question
    titles = {lever.policy.name: lever.policy.title for lever in q.levers.levers}
    titles |= {p.name: p.title for policies in results.packages.values() for p in policies}
    measures = describe()
    return OptimisingData(
        points=results.points, beaten=results.beaten, searched=results.searched, levers=_with_shares(results.levers, q.levers),
        regret=_scaled(results.regret), titles=results.titles, measures={m: measures[m] for m in q.measures}, objectives=q.objectives,
        lever_titles=titles, sizes={name: size_of(q.levers, name) for name in titles},
        worlds={world.key: world.title for world in q.worlds}, reference=q.setups[0].scenario, chosen=results.chosen,
        decision=str(month_of(q.decision)), years=years_that_count(q.setups[0], q.decision // 12, q.year), seeds=(q.replicates, q.confirm),
        runs=results.runs, budget=results.budget, run_id=run_id, version=version,
    )  # fmt: skip


def _main(levers, name):
    """The setting that is a lever's size: the first number that is searched beside its start and its distance."""
    lever = levers.by_name.get(name)
    numbers = (
        [s for s in lever.settings if _about(lever, s)["kind"] == "number" and s != "remote_from"] if lever else []
    )
    return numbers[0] if numbers else None


def _about(lever, setting):
    return lever.policy.__dataclass_fields__[setting].metadata


def size_of(levers: Levers, name: str) -> dict[str, str]:
    """Return the name of a lever's size, with its unit: {zh, en}."""
    main = _main(levers, name)
    if main is None:
        return {"zh": "", "en": ""}
    about = _about(levers.by_name[name], main)
    unit = "" if about["unit"] == "1" else about["unit"]
    return {lang: about[lang] + (f", {unit}" if unit else "") for lang in ("zh", "en")}


def _with_shares(table, levers: Levers):
    """Add to each value its place among those searched, and whether it is the size of its lever."""
    shares, main = [], []
    for row in table.itertuples():
        lever = levers.by_name.get(row.policy)
        values = [as_text(v) for v in lever.settings.get(row.setting, ())] if lever else []
        shares.append(values.index(row.value) / max(1, len(values) - 1) if row.value in values else 1.0)
        main.append(_main(levers, row.policy) == row.setting)
    return table.assign(share=shares, main=main)


def _scaled(regret):
    """Regret as a share of the range of all points in that world and objective."""
    span = regret.groupby(["world", "objective"])["regret"].transform("max")
    return regret.assign(share=(regret["regret"] / span.where(span > 0, 1.0)))


def write(results: Any, folder: RunFolder, *, began: str, figures: bool = True, own: str | None = None) -> list[Path]:
    """Write tables, scenarios and figures into the study's folder; the manifest last. Returns the files."""
    path, files = folder.path, []
    for name, table in {
        "searched": results.searched, "points": results.points, "beaten": results.beaten, "levers": results.levers,
        "regret": results.regret,
    }.items():  # fmt: skip
        for form in ("csv", "parquet"):
            files.append(write_table(path / f"{name}.{form}", table))
    for name, text in scenarios(results, folder.id, own).items():
        files.append(write_whole(path / "config" / "scenario" / f"{name}.yaml", text))
    if figures:
        from sim.studies.optimise.figures import write_figures

        files += write_figures(report_data(results, folder.id, folder.identity["model"]), path)
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")}
    folder.manifest(
        done=len(results.searched), asked=results.question.candidates, began=began, files=files, answer=answer
    )
    return files


def scenarios(results: Any, run_id: str, own: str | None = None) -> dict[str, str]:
    """Each point found as a scenario file, the recommended one once more under the name 'mine': {name: YAML}."""
    q = results.question
    points = [p for p in results.packages if p not in {s.scenario for s in q.setups}]
    names = sorted({policy.name for point in points for policy in results.packages[point]})
    cluster = f"cluster={q.setups[0].data.name}"
    as_shipped = {p.name: p for p in load([cluster, f"policy=[{','.join(names)}]"], own).policies} if names else {}
    texts = {}
    for point in points:
        about = results.points[(results.points["point"] == point)].set_index("measure")["mean"]
        cost = about[SPENDING]
        explanation = {
            "zh": f"由搜索得到：自决策月起比参照多支出{cost / 1e8:,.2f}亿元（新种子均值）。",
            "en": f"Found by search: {cost / 1e6:,.0f} million CNY more than the reference (mean of new seeds).",
        }
        note = f"Written by 'incubator optimise', {run_id}, point {point}."
        title = results.titles[point]
        texts[point.lower()] = scenario_yaml(title, explanation, results.packages[point], as_shipped, note)
        if point == results.chosen:
            texts[MINE] = scenario_yaml(
                {"zh": "推荐方案", "en": "Recommended"}, explanation, results.packages[point], as_shipped, note
            )
    return texts
