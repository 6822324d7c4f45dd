"""A study from question to folder: simulate what is missing, put it aside pair by pair, write tables, figures and page."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.engine.calendar import month_number, month_of
from sim.model.measures.definitions import HEADLINE, describe
from sim.model.measures.survival import survival
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import events_table, long_table, spending_table
from sim.runs.store.folder import RunFolder, now, write_table
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, first_policy_month, scenarios_of
from sim.studies.common.titles import with_reasons, with_titles
from sim.studies.compare import costs as costing
from sim.studies.compare import differences as comparing

DETAIL_LIMIT = 5  # replicates for which `run` keeps events and monthly tables of every park


@dataclass
class Results:
    """What a study found: tidy tables, and the folder they were written to (None if kept in memory)."""

    setups: list
    reference: str
    yearly: pd.DataFrame
    monthly: pd.DataFrame
    spending: pd.DataFrame
    differences: pd.DataFrame
    costs: pd.DataFrame
    displaced: pd.DataFrame
    events: pd.DataFrame | None
    survival: pd.DataFrame | None
    pairs: int
    sizes: dict
    costs_by_year: pd.DataFrame
    price_ranking: pd.DataFrame
    folder: RunFolder | None = None
    files: list | None = None

    def verdict(self, lang="en"):
        """The answer in a sentence."""
        return comparing.verdict(self.differences, self.costs, self.setups, self.reference, lang)


def conclude(setups, matched, reference):
    """Tables of a study from its matched pairs."""
    names = [s.scenario for s in setups]
    outcomes = [m.outcomes[name] for name in names for m in matched]
    since = int(str(first_policy_month(setups))[:4])
    detailed = [o for o in outcomes if o.events is not None]
    data = setups[0].data
    parks, sectors = [p.key for p in data.parks], list(data.sectors)
    sizes = pd.DataFrame([o.counts for o in outcomes]).mean().round().astype(int).to_dict()
    costs = comparing.costs(matched, names, reference, since, setups)
    extra = costing.extra_by_line(matched, names, reference, setups)
    return Results(
        setups=setups, reference=reference, yearly=long_table(outcomes, "yearly"), monthly=long_table(outcomes, "monthly"),
        spending=spending_table(outcomes), differences=comparing.differences(matched, names, reference, since),
        costs=costs, costs_by_year=costing.costs_by_year(matched, names, reference, since, setups),
        price_ranking=costing.price_ranking(costs, extra), displaced=comparing.displaced(matched, names, reference),
        events=pd.concat([events_table(o, parks, sectors) for o in detailed], ignore_index=True) if detailed else None,
        survival=pd.concat([_survival(o, setups[0]) for o in detailed], ignore_index=True) if detailed else None,
        pairs=len(matched), sizes=sizes,
    )  # fmt: skip


def _survival(outcome, setup):
    curves = survival(outcome.events, outcome.seed, int(setup.run.follow), month_number(setup.run.until))
    return curves.assign(scenario=outcome.scenario, replicate=outcome.seed)


def compare(scenarios, *overrides, reference=None, replicates=20, seed=1, workers=None, own=None, branch=None):
    """Compare scenarios in memory: `compare(["baseline", "service_first"], "cluster=toy").differences`.

    branch: folder or file of `incubator branch` to take the past from.
    """
    setups = scenarios_of(list(scenarios), overrides, own, nations=True)
    reference = checked_reference(reference, scenarios)
    matched = gather(setups, seeds_of(seed, replicates), reference=reference, workers=workers, branch=branch)
    return conclude(setups, matched, reference)


def write(results, folder, *, began, asked, figures, command):
    """Write tables (Parquet and CSV), figures and page into the study's folder; the manifest last."""
    path, files = folder.path, []
    if figures:
        from sim.studies.compare.drawing import Drawing
        from sim.studies.compare.page import write_report

        data = report_data(results, folder, command)
        drawing = Drawing(data)

    def put(name, table, digits=10):
        write_table(path / name, table, digits)
        files.append(path / name)

    put("yearly.parquet", results.yearly)
    put("monthly.parquet", results.monthly)
    put("yearly_cluster.csv", results.yearly[results.yearly.unit_kind == "cluster"])
    for kind in sorted({"city", "city_size"} & set(results.yearly.unit_kind.unique())):
        put(f"yearly_{kind}.csv", results.yearly[results.yearly.unit_kind == kind])
    put("spending.csv", results.spending)
    put("measures.csv", measures_table())
    if len(results.differences):
        put("differences.parquet", results.differences)
        horizon = int(str(first_policy_month(results.setups))[:4]), int(results.yearly.year.max())
        readable = with_titles(results.differences, results.setups, horizon)
        for kind in readable.unit_kind.unique():
            put(f"differences_{kind}.csv", readable[readable.unit_kind == kind], digits=6)
        put("costs.csv", with_reasons(with_titles(results.costs, results.setups)))
        put("costs_by_year.csv", with_reasons(with_titles(results.costs_by_year, results.setups)))
        put("price_ranking.csv", with_titles(results.price_ranking, results.setups))
        put("displacement.csv", results.displaced)
    if results.events is not None:
        put("events.parquet", results.events)
        put("survival.csv", results.survival)
    if figures:
        files += [Path(p) for p in write_report(data, path, pictures=drawing.pictures())]
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")} if len(results.setups) > 1 else {}
    folder.manifest(done=results.pairs, asked=asked, began=began, files=files, answer=answer)
    return files


def measures_table():
    """The dictionary of measures: key, titles, units, definitions."""
    rows = []
    for key, about in (describe() | costing.describe_costs()).items():
        both = {
            f"{name}_{lang}": about[name][lang] for name in ("title", "unit", "definition") for lang in ("zh", "en")
        }
        rows.append({"measure": key, **both, "percent": about["percent"], "good": about["good"]})
    return pd.DataFrame(rows)


def report_data(results, folder, command):
    """What the report needs, from a study's results."""
    from sim.studies.compare.report_data import ReportData

    data, setup = results.setups[0].data, results.setups[0]
    shown = () if setup.cities else data.parks  # the parks of a nation fit no page
    parks = pd.DataFrame(
        {
            "key": [p.key for p in shown], "label": [f"{i + 1:02d}" for i in range(len(shown))],
            "title_zh": [p.title_zh for p in shown], "title_en": [p.title_en for p in shown],
            "place_zh": [p.place_zh for p in shown], "longitude": [p.longitude for p in shown],
            "latitude": [p.latitude for p in shown], "minutes": [p.minutes for p in shown],
        }
    )  # fmt: skip
    grades = pd.Series([s["grade"] for s in setup.sources.values()]).value_counts().to_dict()
    yearly, monthly = results.yearly, results.monthly
    shown = yearly.measure == HEADLINE[0]  # of parks the report shows one measure, and of other units none
    return ReportData(
        title=data.title, reference=results.reference,
        scenarios={s.scenario: {"title": s.title, "explanation": s.explanation} for s in results.setups},
        monthly=monthly[monthly.unit_kind == "cluster"],
        yearly=yearly[(yearly.unit_kind == "cluster") | ((yearly.unit_kind == "park") & shown)],
        differences=results.differences, costs=results.costs,
        measures=describe() | costing.describe_costs(), parks=parks,
        policy_start=str(first_policy_month(results.setups)), pairs=results.pairs, run_id=folder.id, seed=folder.seed,
        version=f"{folder.identity['model']}", command=command, grades=grades,
    )  # fmt: skip


def headline_lines(results, lang="en"):
    """A small table of the last year: rows of text, one a scenario, for the terminal."""
    last = results.yearly[(results.yearly.unit_kind == "cluster") & (results.yearly.year == results.yearly.year.max())]
    mean = last.groupby(["scenario", "measure"], observed=True)["value"].mean().unstack()
    rows = []
    for setup in results.setups:
        values = mean.loc[setup.scenario]
        shown = [f"{100 * values[key]:.1f} %" for key in HEADLINE]
        rows.append([setup.title[lang], *shown, f"{values['tenants']:,.0f}", f"{values['graduates']:,.0f}"])
    return rows


__all__ = ["Results", "compare", "conclude", "gather", "headline_lines", "month_of", "now", "scenarios_of", "write"]
