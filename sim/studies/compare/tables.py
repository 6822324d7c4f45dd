"""The files of a comparison, and the data of its report."""

from pathlib import Path

import pandas as pd

from sim.model.measures.definitions import HEADLINE, describe
from sim.runs.store.folder import RunFolder, write_table
from sim.studies.common.scenarios import first_policy_month
from sim.studies.common.titles import with_reasons, with_titles
from sim.studies.compare.costs import describe_costs
from sim.studies.compare.report_data import ReportData
from sim.studies.compare.run import Results


def write(results: Results, folder: RunFolder, *, began: str, asked: int, figures: bool, command: str) -> list[Path]:
    """Write tables (Parquet and CSV), figures and page into the study's folder; the manifest last. Returns the files."""
    path, files = folder.path, []
    if figures:
        from sim.studies.compare.drawing import Drawing
        from sim.studies.compare.page import write_report

        data = report_data(results, folder, command)
        drawing = Drawing(data)

    def put(name, table, digits=10):
        files.append(write_table(path / name, table, digits))

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
        files += write_report(data, path, pictures=drawing.pictures())
    answer = {lang: results.verdict(lang) for lang in ("zh", "en")} if len(results.setups) > 1 else {}
    folder.manifest(done=results.pairs, asked=asked, began=began, files=files, answer=answer)
    return files


def measures_table() -> pd.DataFrame:
    """The dictionary of measures: key, titles, units, definitions."""
    rows = []
    for key, about in (describe() | describe_costs()).items():
        both = {
            f"{name}_{lang}": about[name][lang] for name in ("title", "unit", "definition") for lang in ("zh", "en")
        }
        rows.append({"measure": key, **both, "percent": about["percent"], "good": about["good"]})
    return pd.DataFrame(rows)


def report_data(results: Results, folder: RunFolder, command: str) -> ReportData:
    """Data of the report, from a study's results."""
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
        measures=describe() | describe_costs(), parks=parks,
        policy_start=str(first_policy_month(results.setups)), pairs=results.pairs, run_id=folder.id, seed=folder.seed,
        version=f"{folder.identity['model']}", command=command, grades=grades,
    )  # fmt: skip


def headline_lines(results: Results, lang: str = "en") -> list[list[str]]:
    """A small table of the last year: rows of text, one a scenario, for the terminal."""
    last = results.yearly[(results.yearly.unit_kind == "cluster") & (results.yearly.year == results.yearly.year.max())]
    mean = last.groupby(["scenario", "measure"], observed=True)["value"].mean().unstack()
    rows = []
    for setup in results.setups:
        values = mean.loc[setup.scenario]
        shown = [f"{100 * values[key]:.1f} %" for key in HEADLINE]
        rows.append([setup.title[lang], *shown, f"{values['tenants']:,.0f}", f"{values['graduates']:,.0f}"])
    return rows
