"""Let the baseline run on for 50 years after 2025 with space and demand constant, and judge whether it comes to rest.

Nothing is added to the space and no path of demand or promotion moves after 2025, and no policy is in force. Each quantity
is at rest if its means of years 31-40 and 41-50 differ by less than 2 %, or by less than two standard errors over seeds.
Unfilled posts have to stay under 10 % of all posts, and no firm in a park may have more heads than its space holds.

    python experiments/long_run.py                            Ouhai, both worlds, 10 seeds
    python experiments/long_run.py --cluster toy --seeds 2    a trial
    python experiments/long_run.py --figure docs/images       also draw long_run.zh.svg and long_run.en.svg there

Writes runs/long_run.csv, and prints the verdict row by row.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from experiments.watching import WORLDS, Run, Ticks, watch
from sim.engine.calendar import along, month_number
from sim.engine.files import digest, write_whole
from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.methods.intervals import interval
from sim.model.setup import Setup
from sim.report.files import render
from sim.report.source_line import source_line
from sim.report.style import GREY, MARGIN, PALE, REFERENCE_COLOUR, WIDTH, WORSE, Sheet, house
from sim.report.units import percent, plain
from sim.report.words import LANGUAGES
from sim.runs.provenance import package_version
from sim.studies.common.terminal import columns

LAST = "2025-12"  # afterwards space and demand stand still
YEARS, DECADE = 50, 10
CLOSE, ERRORS = 0.02, 2  # at rest: apart by less than this share, or by less than so many standard errors
MOST_UNFILLED, UNFILLED_FROM = 0.10, 2  # of all posts; from the third year on, as target C17
EXPLODES = 1000  # a panel that spans more than such a factor has an axis in powers of ten
MEASURES = ("occupancy_rate", "talent_retention_rate", "graduation_rate", "staff_per_tenant")


class Quantity(NamedTuple):
    """A quantity of the long run: its names, and how its axis is labelled: as percent, or in units of so much."""

    zh: str
    en: str
    unit: float = 0.01  # 0.01 stands for percent


QUANTITIES = {
    "occupancy_rate": Quantity("出租率（%）", "Occupancy, %"),
    "talent_retention_rate": Quantity("人才留存率（%）", "Talent retained, %"),
    "graduation_rate": Quantity("年毕业率（%）", "Graduates a year, %"),
    "staff_per_tenant": Quantity("户均从业人员（人）", "Staff a tenant", 1),
    "area_a_head": Quantity("人均面积（平方米）", "Space a head, m2", 1),
    "unfilled_share": Quantity("空缺岗位占比（%）", "Unfilled posts, %"),
    "seekers_share": Quantity("求职人数与岗位之比（%）", "Seekers over posts, %"),
    "past_incubation": Quantity("非在孵租户面积占比（%）", "Space past incubation, %"),
    "revenue_a_head": Quantity("人均营收（万元/年）", "Revenue a head, 10,000 CNY", 1e4),
    "largest": Quantity("最大企业用人意愿（人）", "Largest firm, heads wished", 1),
}
WORDS = {
    "zh": {
        "rest": "2025年后空间和需求不变：{n}项指标在第41至50年全部稳定",
        "moves": "2025年后空间和需求不变：{n}项指标中有{k}项在第41至50年仍在变动",
        "unfilled": "；空缺岗位最高占{share}",
        "subtitle": "{place}，无政策；线为{seeds}次推演均值，色带为均值在各次推演之间的95%区间；"
        "灰底为相比较的两个十年；虚线为空缺岗位上限10%。",
    },
    "en": {
        "rest": "With space and demand constant after 2025, all {n} figures are at rest in years 41 to 50",
        "moves": "With space and demand constant after 2025, {k} of {n} figures still move in years 41 to 50",
        "unfilled": "; unfilled posts reach {share}",
        "subtitle": "{place}, no policy; lines are means of {seeds} runs, bands their 95 % interval over runs; grey are the two "
        "decades compared; dashed the limit of 10 % for unfilled posts.",
    },
}


def constant(setup: Setup) -> Setup:
    """Return a setup in which no space is added after 2025, demand and promotion keep what they are then, and nothing is done."""
    last = np.datetime64(LAST)
    parks = tuple(
        replace(park, additions=tuple((when, area) for when, area in park.additions if when <= last))
        for park in setup.data.parks
    )

    def held(path):
        until = {month: value for month, value in path.items() if np.datetime64(month) < last}
        return until | {LAST: along(path, month_number(LAST))}

    world = replace(setup.world, macro=held(setup.world.macro), promotion=held(setup.world.promotion))
    return replace(setup.without_policies(), data=replace(setup.data, parks=parks), world=world)


def by_year(run: Run) -> dict[str, np.ndarray]:
    """Return the quantities, and firms that are too many for their space, by year after 2025: {name: (years,)}."""
    first = 2026 - month_number(run.setup.data.start) // 12  # years before

    def years(series):
        return series[1:].reshape(-1, 12).sum(axis=1)[first:]

    whole = {name: years(series) for name, series in run.whole.items()}
    space = {name: years(series.sum(axis=1)) for name, series in run.parks.items()}
    return {name: run.yearly[name][first:] for name in MEASURES} | {
        "area_a_head": space["let"] / whole["staff"],
        "unfilled_share": whole["unfilled"] / whole["posts"],
        "seekers_share": whole["seekers"] / whole["posts"],
        "past_incubation": space["let_past_incubation"] / space["let"],
        "revenue_a_head": whole["revenue"] / whole["staff"],
        "largest": whole["largest"] / 12,
        "crowded": whole["crowded"],
    }


def at_rest(values: np.ndarray) -> dict[str, float | bool]:
    """Compare the means of the last two decades. values (seeds, years). One seed has no standard error."""
    before, after = (values[:, part].mean(axis=1) for part in (slice(-2 * DECADE, -DECADE), slice(-DECADE, None)))
    moved = after - before
    error = moved.std(ddof=1) / np.sqrt(len(moved)) if len(moved) > 1 else np.nan
    change = abs(moved.mean())
    rests = change < CLOSE * abs(before.mean()) or change < ERRORS * error or change == 0
    return {
        "years_31_40": before.mean(), "years_41_50": after.mean(), "change": moved.mean() / before.mean(),
        "standard_errors": moved.mean() / error if error > 0 else np.nan, "holds": bool(rests),
    }  # fmt: skip


def judge(found: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return the verdict, a row a condition. found: {name: (seeds, years)}."""
    rows = [{"condition": name, **at_rest(found[name])} for name in QUANTITIES]
    unfilled = found["unfilled_share"][:, UNFILLED_FROM:].max()
    rows.append({"condition": "unfilled_share_at_most", "highest": unfilled, "holds": bool(unfilled < MOST_UNFILLED)})
    crowded = found["crowded"].sum()
    rows.append({"condition": "firm_months_too_full", "highest": crowded, "holds": bool(crowded == 0)})
    return pd.DataFrame(rows)


def follow(setups: Sequence[Setup], seeds: Sequence[int]) -> list[dict[str, np.ndarray]]:
    """Return what each setup's runs show by year: {name: (seeds, years)}."""
    found = []
    with Ticks(sum(setup.months for setup in setups) * len(seeds)) as tick:
        for setup in setups:
            runs = [by_year(watch(setup, seed, firms=False, measures=MEASURES, tick=tick)) for seed in seeds]
            found.append({name: np.array([run[name] for run in runs]) for name in runs[0]})
    return found


def printed(table: pd.DataFrame) -> str:
    """Return the verdict as text, a block a world."""

    def number(value):
        return "–" if pd.isna(value) else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"

    blocks = []
    for world, rows in table.groupby("world", sort=False):
        shown = [("condition", "years 31-40", "years 41-50", "change", "standard errors", "highest", "verdict")]
        for row in rows.itertuples():
            change = "–" if pd.isna(row.change) else f"{row.change:+.1%}"
            values = (
                number(row.years_31_40),
                number(row.years_41_50),
                change,
                number(row.standard_errors),
                number(row.highest),
            )
            shown.append((row.condition, *values, "holds" if row.holds else "DOES NOT HOLD"))
        head = f"{rows.cluster.iloc[0]}, {world}, {rows.runs.iloc[0]} runs: {rows.holds.sum()} of {len(rows)} hold"
        blocks.append("\n".join([head, *(line.rstrip() for line in columns(shown))]))
    return "\n\n".join(blocks)


def title(table: pd.DataFrame, lang: str) -> str:
    """Return the finding in a sentence: a figure counts as moving if it moves in either world."""
    moving = table[table["condition"].isin(QUANTITIES) & ~table["holds"]]["condition"].nunique()
    unfilled = table.loc[table["condition"] == "unfilled_share_at_most", "highest"].max()
    words = WORDS[lang]
    found = words["moves" if moving else "rest"].format(n=len(QUANTITIES), k=moving)
    return found + (words["unfilled"].format(share=percent(unfilled, 0)) if unfilled >= MOST_UNFILLED else "")


def draw(setups: Sequence[Setup], found: Sequence[dict], table: pd.DataFrame, lang: str, run_id: str):
    """Draw ten small panels, a line a world."""
    seeds, width, height, across = table.runs.iloc[0], 1.42, 1.05, 5
    step, row = (WIDTH - 2 * MARGIN) / across, height + 0.75
    about = WORDS[lang]["subtitle"].format(place=setups[0].data.title[lang], seeds=seeds)
    foot = source_line(package_version(), int(seeds * len(setups)), run_id, lang, compared=False)
    with house():
        sheet = Sheet(2 * row + 0.1, title(table, lang), about, foot)
        for k, (setup, colour) in enumerate(zip(setups, (REFERENCE_COLOUR, WORSE), strict=False)):
            sheet.text(MARGIN + 1.5 * k, 0.02, setup.world.title[lang], size=8.5, weight="bold", color=colour, va="top")
        for k, (name, quantity) in enumerate(QUANTITIES.items()):
            left, top = MARGIN + step * (k % across), 0.32 + row * (k // across)
            sheet.text(left, top, quantity.zh if lang == "zh" else quantity.en, size=8, weight="bold", va="top")
            axes = sheet.axes(left + 0.34, top + 0.22, width, height)
            panel(axes, [series[name] / quantity.unit for series in found])
            if name == "unfilled_share":
                axes.axhline(100 * MOST_UNFILLED, color=GREY, linewidth=0.8, linestyle="--")
    return sheet.figure


def panel(axes, worlds: Sequence[np.ndarray]) -> None:
    """Draw one quantity over the years, each world (seeds, years) with its interval, and shade the two decades."""
    years = 2026 + np.arange(worlds[0].shape[1])
    for first, alpha in ((-2 * DECADE, 1), (-DECADE, 0.5)):
        axes.axvspan(years[first], years[first] + DECADE - 1, color=PALE, alpha=alpha, linewidth=0)
    for values, colour in zip(worlds, (REFERENCE_COLOUR, WORSE), strict=False):
        mean, low, high = interval(values)
        axes.fill_between(years, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(years, mean, color=colour, linewidth=1.2)
    axes.set_xlim(years[0], years[-1])
    axes.set_xticks([years[0] + 4, years[-1] - 5])
    means = np.array([values.mean(axis=0) for values in worlds])
    if means.min() > 0 and means.max() > EXPLODES * means.min():
        axes.set_yscale("log")
        axes.set_ylim(means.min() / 2, 2 * means.max())
        axes.yaxis.set_major_locator(LogLocator(numticks=4))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(power))
    else:
        axes.set_ylim(0, 1.08 * means.max())
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.tick_params(labelsize=7)


def power(value: float, _=None) -> str:
    """Return the label of a power of ten: 100, 1e6."""
    return (
        plain(value, 0 if value >= 1 else 2)
        if 0.01 <= value < 1e5
        else f"{value:.0e}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")
    )


def main(arguments=None) -> None:
    """Follow, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cluster", default="ouhai")
    parser.add_argument("--worlds", default=",".join(WORLDS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--figure", metavar="FOLDER", help="draw the figure into this folder")
    parser.add_argument("overrides", nargs="*", help="settings, such as parameters.growth.early_drift=0.3")
    options = parser.parse_intermixed_args(arguments)
    if options.seeds < 1:
        raise ConfigurationError(f"--seeds {options.seeds}: expected 1 or more.")
    worlds, seeds = options.worlds.split(","), range(1, options.seeds + 1)
    settings = [f"cluster={options.cluster}", f"run.until={2025 + YEARS}-12", *options.overrides]
    setups = [constant(load([f"world={world}", *settings]).as_one_cluster()) for world in worlds]
    found = follow(setups, seeds)
    tables = [
        judge(each).assign(cluster=options.cluster, world=w, runs=len(seeds))
        for each, w in zip(found, worlds, strict=True)
    ]
    table = pd.concat(tables, ignore_index=True)
    print(printed(table))
    write_whole("runs/long_run.csv", "\ufeff" + table.to_csv(index=False))
    if options.figure:
        run_id = digest([settings, worlds, len(seeds)], 8)
        for lang in LANGUAGES:
            figure = draw(setups, found, table, lang, run_id)
            write_whole(f"{options.figure}/long_run.{lang}.svg", render(figure, "svg", title(table, lang), run_id))


if __name__ == "__main__":
    try:
        main()
    except ConfigurationError as error:
        print(f"experiments/long_run.py: {error}", file=sys.stderr)
        sys.exit(2)
