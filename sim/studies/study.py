"""A study from question to folder: simulate what is missing, put it aside pair by pair, write tables, figures and page."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.branch import Branches
from sim.config import compose, load
from sim.fields import ConfigurationError, did_you_mean
from sim.indicators import HEADLINE, describe
from sim.lifetimes import survival
from sim.results import events_table, long_table, spending_table
from sim.setup import month_number, month_of
from sim.simulate import matched_pairs, seeds_of, shareable, simulate_matched
from sim.studies import compare as comparing
from sim.studies import costs as costing
from sim.studies.keeping.matched_runs import MatchedRuns
from sim.studies.readable import with_reasons, with_titles
from sim.studies.store import RunFolder, now, write_table

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


def scenarios_of(names, overrides=(), own=None, seed=None, nations=False):
    """Setups of several scenarios that may be paired, or a sentence why not. nations: whether a nation will do."""
    if not names:
        raise ConfigurationError("scenarios=[]: name at least one, such as scenarios=[baseline,service_first].")
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ConfigurationError(f"scenarios=[{','.join(names)}]: '{twice[0]}' is named twice.")
    if len(names) > 1 and any(o.startswith("policy=") for o in overrides):
        raise ConfigurationError(
            "policy= replaces the package of every scenario, so nothing is left to compare; write a scenario of your own."
        )
    problems, setups = [], []
    levers = [o for o in overrides if o.startswith("policies.")] if len(names) > 1 else []
    common = [o for o in overrides if o not in levers]
    packages = {name: _package(name, common, own) for name in names} if levers else {}
    for lever in levers:  # a lever's setting acts on the scenarios that have it
        if not any(lever.split(".")[1] in package for package in packages.values()):
            problems.append(f"{lever}: none of the scenarios has the policy '{lever.split('.')[1]}'.")
    for name in names:
        mine = [o for o in levers if o.split(".")[1] in packages[name]]
        try:
            setups.append(load([*common, *mine, f"scenario={name}"], own))
        except ConfigurationError as error:
            problems += [p for p in error.problems if p not in problems]
    if problems:
        raise ConfigurationError(problems)
    if not nations:
        setups[0].as_one_cluster()
    if not shareable(setups):
        raise ConfigurationError(
            "scenarios differ in cluster, parameters, world, rules or run, not only in policies: they cannot be paired."
        )
    return setups


def _package(name, overrides, own):
    """Names of the policies of a scenario; none if it does not compose (which is told elsewhere)."""
    try:
        return set(compose([*overrides, f"scenario={name}"], own)["policies"])
    except ConfigurationError:
        return set()


def first_policy_month(setups):
    """The month the first policy starts in any scenario, or the first month of all."""
    starts = [p.start for s in setups for p in s.policies]
    return min(starts) if starts else setups[0].data.start


def check_past(branch, setups, seeds):
    """Raise ConfigurationError unless a branch, if one is named, holds the past of these setups and seeds."""
    if branch and setups[0].cities:
        raise ConfigurationError(
            f"from={branch}: of no use to a nation, whose cities start from burn-ins of their own."
        )
    if branch:
        Branches(Path(branch)).check(setups, seeds)


def steps(setups):
    """In how many steps a pair is done: one, or as many as a nation has cities."""
    return len(setups[0].cities) or 1


def gather(
    setups, seeds, *, reference, workers=None, detail=False, folder=None, fresh=False, progress=None, branch=None,
    each=simulate_matched,
):  # fmt: skip
    """Matched pairs of all seeds, earlier ones taken from the folder. progress(done) is called after each step.

    branch: where the past of each seed lies, if `incubator branch` has kept it. each: see `matched_pairs`.
    """
    check_past(branch, setups, seeds)
    found, asked = {}, {"branch": branch} | ({"detail": True} if detail else {})
    runs = MatchedRuns(setups, folder.store if folder and each is simulate_matched else None)
    if folder and not fresh:
        found = {seed: kept for seed in seeds if (kept := folder.kept(seed)) is not None}
    done = steps(setups) * len(found)

    def tick():
        nonlocal done
        done += 1
        if progress:
            progress(done)

    if progress:
        progress(done)
    try:
        missing = [seed for seed in seeds if seed not in found]
        for matched in (
            matched_pairs(setups, missing, reference=reference, workers=workers, each=each, tick=tick, **asked)
            if missing
            else ()
        ):
            found[matched.seed] = matched
            if folder and not detail:
                folder.keep(matched)
            runs.keep(matched)
    except KeyboardInterrupt as stop:
        stop.found = found
        raise
    finally:
        runs.flush()
    return [found[seed] for seed in sorted(found)]


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


def checked_reference(reference, scenarios):
    """The reference scenario: the first one unless named."""
    reference = reference or scenarios[0]
    if reference not in scenarios:
        raise ConfigurationError(
            f"reference={reference}: not among the scenarios; {did_you_mean(reference, scenarios)}"
        )
    return reference


def write(results, folder, *, began, asked, figures, command):
    """Write tables (Parquet and CSV), figures and page into the study's folder; the manifest last."""
    path, files = folder.path, []
    if figures:
        from sim.report import Drawing, write_report

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
    from sim.report import ReportData

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
