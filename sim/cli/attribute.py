"""`attribute`: which part of a package did the work, what it cost, and what parts do together."""

import os
import sys
import time

from sim.cli.options import choice, language, options, whole, words
from sim.cli.terminal import Progress, columns, say
from sim.engine.fields import ConfigurationError

ALSO = ("measures", "by", "orders", "budget", "year")


def main(arguments):
    """Shares of a package's effect by lever or by paragraph of the plan."""
    own, overrides, folder = options(arguments, ALSO)
    if "scenario" not in own and not any(o.startswith("policy=") for o in overrides):
        raise ConfigurationError(
            "incubator attribute: scenario is missing; write scenario=service_first, or policy=[rent_relief,service_list]."
        )
    if any(a.startswith("scenarios=") for a in arguments):
        raise ConfigurationError(
            "incubator attribute takes one package, scenario=NAME, and what it starts from, reference=NAME."
        )
    from sim.runs.matched_pairs import seeds_of
    from sim.runs.store.folder import RunFolder, now
    from sim.studies.attribute import coalitions
    from sim.studies.attribute import run as attributing
    from sim.studies.common.horizon import checked_year

    replicates = whole(own, "replicates", coalitions.REPLICATES, 1, 100000)
    seed, workers = whole(own, "seed", 1, 0), whole(own, "workers", os.cpu_count() or 1, 1, 1024)
    by = choice(own, "by", "lever", coalitions.BY)
    orders, budget = whole(own, "orders", None, 2, 10000), whole(own, "budget", None, 1)
    year = whole(own, "year", None, 1900, 2200)
    figures = choice(own, "figures", "true", ("true", "false")) == "true"
    fresh = choice(own, "fresh", "false", ("true", "false")) == "true"
    lang = choice(own, "lang", language(), ("zh", "en"))
    began, clock = now(), time.perf_counter()
    scenario, reference = own.get("scenario", "baseline"), own.get("reference", "baseline")
    package, held = coalitions.package_and_reference(scenario, reference, overrides, folder)
    measures = words(own.get("measures", "graduates"))
    game = coalitions.game(package, held, measures=measures, by=by, replicates=replicates, orders=orders, budget=budget)
    checked_year(year, held, game.since)
    question = {"by": by, "measures": game.measures, "orders": game.orders}
    place = RunFolder(own.get("out", "runs"), "attribute", [held, package], question, seed, parts=None)
    say(place.stale())
    print(_beginning(game, replicates, lang), file=sys.stderr)
    with Progress(replicates, package.title[lang]) as bar:
        try:
            worths = coalitions.play(
                game, seeds_of(seed, replicates), workers=workers, store=place.store, fresh=fresh, progress=bar
            )
        except KeyboardInterrupt as stop:
            done = getattr(stop, "done", 0)
            print(
                f"incubator: interrupted; {done} of {replicates} finished and kept in {place.store.path}.",
                file=sys.stderr,
            )
            print("incubator: the same command goes on from there.", file=sys.stderr)
            return 130
    found = attributing.attributed(game, worths, year)
    attributing.write(found, place, began=began, asked=replicates, figures=figures)
    _closing(found, place, lang, time.perf_counter() - clock)
    following = [
        "incubator attribute",
        *(a for a in arguments if not a.startswith("replicates=")),
        f"replicates={2 * replicates}",
    ]
    print({"zh": "下一步: ", "en": "Next: "}[lang] + " ".join(following))
    return 0


def _beginning(game, replicates, lang):
    runs, parts = replicates * game.runs_a_seed, len(game.parts)
    if game.orders is None:
        return {
            "zh": f"incubator: {parts}个部分，{2**parts}种组合全部模拟，共{runs:,}次运行",
            "en": f"incubator: {parts} parts, all {2**parts} coalitions of them, {runs:,} runs",
        }[lang]
    return {
        "zh": f"incubator: {parts}个部分，每对运行抽取{game.orders}种加入次序，至多{runs:,}次运行",
        "en": f"incubator: {parts} parts, {game.orders} sampled orders of joining a pair, {runs:,} runs at most",
    }[lang]


def _closing(found, place, lang, seconds):
    """A table of the parts, where it lies, and the answer."""
    from sim.studies.attribute.run import report_data
    from sim.studies.attribute.sentences import answer, sampling

    data, spending = report_data(found, place), found.game.measures[-1]
    asked = [m for m in found.game.measures if m != spending] or [spending]
    for measure in asked:
        unit = data.unit(measure, lang)
        print(
            f"{data.measures[measure]['title'][lang]} ({unit.change_label})"
            if unit.change_label
            else data.measure_name(measure, lang)
        )
        for row in columns(_rows(data, measure, unit, lang)):
            print("  " + row)
        if data.orders is not None:
            print("  " + sampling(data, measure, lang))
    print({"zh": f"用时{seconds:.0f}秒", "en": f"{seconds:.0f} s in all"}[lang])
    print({"zh": "结果: ", "en": "Results: "}[lang] + str(place.path))
    print(
        {"zh": "结论: ", "en": "Answer: "}[lang]
        + ("" if lang == "zh" else " ").join(answer(data, m, lang) for m in asked)
    )


def _rows(data, measure, unit, lang):
    from sim.report.units import money_unit
    from sim.studies.attribute.sentences import per_million, span

    heads = {
        "zh": ["部分", "贡献", "95%区间", "单独实施", "去掉则失", "财政支出", "每百万元"],
        "en": ["part", "share", "95% interval", "alone", "if left out", "spending", "per CNY m"],
    }[lang]
    rows = [heads]
    for row in data.ordered(measure):
        bounds = span(unit.bare_change(row.low), unit.bare_change(row.high), lang)
        ends = [unit.bare_change(row.first_mean), unit.bare_change(-row.last_mean)]
        value, within = per_million(row, lang)
        each = [value, f"({within})"] if within else [value]
        money = money_unit(row.spending, lang).level(row.spending)
        rows.append([data.name(row.part, lang), unit.bare_change(row.mean), bounds, *ends, money, " ".join(each)])
    whole = data.whole(measure)
    bounds = span(unit.bare_change(whole.low), unit.bare_change(whole.high), lang)
    return [*rows, [{"zh": "合计", "en": "together"}[lang], unit.bare_change(whole["mean"]), bounds, "", "", "", ""]]
