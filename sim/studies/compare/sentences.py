"""Sentences computed from the results: a claim appears only if its 95 % interval leaves out zero."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from sim.report.units import money_unit, percent, unit_of
from sim.report.words import listed, say, within
from sim.studies.compare.report_data import COST_PER_GRADUATE, WHOLE_HORIZON, Cost, Difference, ReportData

THRESHOLDS = (0.7, 0.5)


def overlap(a: Difference | Cost, b: Difference | Cost) -> bool:
    """True when the 95 % intervals of two estimates touch, so that they are not ranked."""
    return a.low <= b.high and b.low <= a.high


def measure_sentence(data: ReportData, measure: str, lang: str) -> str:
    """Say which package moves a measure most in the last year, and by how much; or that none clearly does."""
    name = within(data.measure_name(measure, lang), lang)
    common = {"year": data.last_year, "measure": name, "reference": data.name(data.reference, lang)}
    compared = [d for d in data.compared(measure) if math.isfinite(d.mean)]
    if not compared:
        unit = unit_of(data.measures[measure], lang, data.level(data.reference, measure))
        return say(lang, "only_reference", level=unit.level(data.level(data.reference, measure)), **common)
    clear = sorted((d for d in compared if d.clear), key=data.gain, reverse=True)
    if not clear:
        key = "none_clear_one" if len(compared) == 1 else "none_clear"
        return say(lang, key, package=data.name(compared[0].scenario, lang), **common)
    better = [d for d in clear if data.gain(d) > 0]
    if better:
        return _moved(data, better, len(compared), lang, common)
    worst = clear[-1]
    unit = unit_of(data.measures[measure], lang, worst.mean)
    common |= {"package": data.name(worst.scenario, lang), "size": unit.change(abs(worst.mean), sign=False)}
    if len(compared) == 1:
        return say(lang, "moved_worse_one", moves=_verb(worst, lang), **common)
    wished = "lowers" if worst.mean > 0 else "raises"
    return say(lang, "moved_worse", moves=say(lang, wished), opposite=_verb(worst, lang), **common)


def _verb(difference, lang):
    return say(lang, "raises" if difference.mean > 0 else "lowers")


def _moved(data, better, packages, lang, common):
    """The sentence for packages that clearly better a measure, the best first."""
    top = better[0]
    same_way = [d for d in better if (d.mean > 0) == (top.mean > 0)]
    tied = [d for d in same_way if overlap(d, top)]
    unit = unit_of(data.measures[top.measure], lang, top.mean)
    sizes = [unit.change(abs(d.mean), sign=False) for d in tied]
    common |= {"package": data.name(top.scenario, lang), "size": sizes[0], "moves": _verb(top, lang)}
    common["move"] = say(lang, "raise" if top.mean > 0 else "lower")
    if packages == 1:
        return say(lang, "moved_one", **common)
    if len(tied) == 1:
        return say(lang, "moved_most", **common)
    if len(tied) == 2:
        return say(lang, "moved_tied", other=data.name(tied[1].scenario, lang), other_size=sizes[1], **common)
    bounds = {"least": unit.bare_change(abs(same_way[-1].mean), sign=False), "most": sizes[0]}
    return say(lang, "moved_many", n=len(same_way), **bounds, **common)


def headline(data: ReportData, lang: str) -> str:
    """The one sentence a reader should remember: what clearly moved, by the first headline measure that did."""
    moved = [m for m in data.headline if any(d.clear for d in data.compared(m))]
    return measure_sentence(data, moved[0], lang) if moved else overall_sentence(data, lang)


def overall_sentence(data: ReportData, lang: str) -> str:
    """Say whether any package betters every headline measure at once."""
    n, reference = len(data.headline), data.name(data.reference, lang)
    if not data.packages:
        units = {m: unit_of(data.measures[m], lang, data.level(data.reference, m)) for m in data.headline}
        levels = [
            f"{within(data.measure_name(m, lang), lang)} {unit.level(data.level(data.reference, m))}"
            for m, unit in units.items()
        ]
        return say(lang, "levels_only", reference=reference, year=data.last_year, levels=listed(levels, lang))
    found = {m: {d.scenario: d for d in data.compared(m) if d.clear} for m in data.headline}
    if not any(found.values()):
        return say(lang, "all_unclear", reference=reference)
    winners = [
        key for key in data.packages if all(key in found[m] and data.gain(found[m][key]) > 0 for m in data.headline)
    ]
    if not winners:
        return say(lang, "all_better_none", n=n)
    key = "all_better_one" if len(winners) == 1 else "all_better_many"
    return say(lang, key, package=data.name(winners[0], lang), k=len(winners), n=n)


def sure_sentence(data: ReportData, lang: str) -> str:
    """Say how many of the differences in the headline measures are clear."""
    found = [d for m in data.headline for d in data.compared(m) if math.isfinite(d.mean)]
    clear = sum(d.clear for d in found)
    if not found:
        return say(lang, "sure_nothing")
    key = "sure_none" if not clear else "sure_all" if clear == len(found) else "sure_some"
    return say(lang, key, n=len(found), k=clear)


def parks_sentence(data: ReportData, lang: str) -> str:
    """Say how many parks stay under 70 % (else 50 %) occupancy under the leading package, and whether that changes."""
    levels, n = data.park_levels, len(data.parks)
    reference, lead = levels[data.reference], data.lead()
    common = {"n": n, "reference": data.name(data.reference, lang), "year": data.last_year}
    common["package"] = data.name(lead, lang) if lead else ""
    if lead is None:
        threshold = THRESHOLDS[0]
        k = int((reference < threshold).sum())
        return say(lang, "parks_count", k=k, threshold=percent(threshold, 0), **common)
    cluster, parks = data.difference(lead, data.headline[0]), data.park_differences(lead)
    for threshold in THRESHOLDS:
        before, after = int((reference < threshold).sum()), int((levels[lead] < threshold).sum())
        # Fewer weak parks is claimed only if the cluster's own occupancy clearly moved that way.
        if cluster and cluster.clear and before != after and (after < before) == (cluster.mean > 0):
            key = "parks_fewer" if after < before else "parks_more"
            return say(lang, key, threshold=percent(threshold, 0), before=before, after=after, **common)
    up, down = int((parks["low"] > 0).sum()), int((parks["high"] < 0).sum())
    # Of n parks that do not change, chance alone makes about one in twenty look as if they did.
    by_chance = 0.05 * n + 1.96 * math.sqrt(0.05 * 0.95 * n)
    if up + down <= by_chance:
        return say(lang, "parks_unclear", **common)
    return say(lang, "parks_moved", up=up, down=down, **common)


def harm_sentence(data: ReportData, lang: str) -> str | None:
    """Say what clearly gets worse under some package, so that no gain is read alone; None if nothing does."""
    worse = [d for m in data.headline for d in data.compared(m) if d.clear and data.gain(d) < 0]
    if not worse:
        return None
    harms = []
    for d in sorted(worse, key=lambda d: -abs(d.mean))[:3]:
        size = unit_of(data.measures[d.measure], lang, d.mean).change(abs(d.mean), sign=False)
        words = {"package": data.name(d.scenario, lang), "measure": within(data.measure_name(d.measure, lang), lang)}
        harms.append(say(lang, "harm", verb=_verb(d, lang), size=size, **words))
    key = "harms" if len(worse) <= len(harms) else "harms_more"
    return say(lang, key, harms=say(lang, "semicolon").join(harms), n=len(worse))


def cost_sentence(data: ReportData, lang: str) -> str | None:
    """Say which package buys an additional graduate cheapest, if that can be said; None with nothing to compare."""
    costs = [cost for key in data.packages if (cost := data.cost(key, COST_PER_GRADUATE)) is not None]
    defined = sorted((c for c in costs if c.defined and math.isfinite(c.value)), key=lambda c: c.value)
    if not costs:
        return None
    if not defined:
        return say(lang, "cost_undefined")
    unit = money_unit(defined[0].value, lang)
    cheapest = defined[0]
    if len(defined) > 1 and overlap(cheapest, defined[1]):
        low, high = unit.level(cheapest.value), unit.level(defined[-1].value)
        return say(lang, "cost_tied", n=len(defined), low=low, high=high)
    key = "cost_cheapest" if len(defined) > 1 else "cost_one"
    numbers = {"value": unit.level(cheapest.value), "low": unit.bare(cheapest.low), "high": unit.bare(cheapest.high)}
    return say(lang, key, package=data.name(cheapest.scenario, lang), **numbers)


def prices_sentence(data: ReportData, lang: str) -> str | None:
    """Say whether the ranking by cost of a graduate survives unit prices half up or down; None with nothing to rank."""
    costs = [cost for key in data.packages if (cost := data.cost(key)) is not None]
    ranked = [cost for cost in costs if cost.ranking_holds is not None]
    if not ranked:
        return None
    if all(cost.ranking_holds_all for cost in ranked):
        return say(lang, "prices_hold_all")
    return say(lang, "prices_hold" if all(cost.ranking_holds for cost in ranked) else "prices_turn")


def findings(data: ReportData, lang: str) -> list[str]:
    """The bullets below the headline, without repeating it."""
    first = headline(data, lang)
    sentences = [measure_sentence(data, m, lang) for m in data.headline]
    sentences += [overall_sentence(data, lang), harm_sentence(data, lang), cost_sentence(data, lang)]
    sentences += [prices_sentence(data, lang)]
    sentences += [parks_sentence(data, lang)] if len(data.parks) else []
    return [s for s in dict.fromkeys(sentences) if s and s != first]


def verdict(
    table: pd.DataFrame, costs_table: pd.DataFrame, titles: Mapping[str, Mapping[str, str]], reference: str, lang: str = "en"
) -> str:  # fmt: skip
    """The answer in a sentence, computed from the tables of differences and costs. titles: of the scenarios."""
    whole = table[
        (table.unit_kind == "cluster") & (table.measure == "graduates") & (table.year == WHOLE_HORIZON)
    ].set_index("scenario")
    clear = whole[(whole.low > 0) | (whole.high < 0)]
    if whole.empty:
        return say(lang, "verdict_never")
    if not whole.low.abs().lt(math.inf).all():
        return say(lang, "verdict_one_pair")
    if clear.empty:
        return say(lang, "verdict_unclear", reference=titles[reference][lang])
    best = clear["mean"].idxmax()
    row = whole.loc[best]
    cost = costs_table[(costs_table.scenario == best) & (costs_table.measure == COST_PER_GRADUATE)].iloc[0]
    money = ""
    if cost.defined and cost.value > 0:
        size, digits = {"zh": (1e4, 0), "en": (1e6, 1)}[lang]
        value, low, high = (f"{amount / size:,.{digits}f}" for amount in (cost.value, cost.low, cost.high))
        money = say(lang, "verdict_cost", value=value, low=low, high=high)
    return say(
        lang, "verdict_best", package=titles[best][lang], reference=titles[reference][lang], size=f"{row['mean']:,.0f}",
        low=f"{row.low:,.0f}", high=f"{row.high:,.0f}", agree=round(row.same_sign * row.pairs), pairs=f"{row.pairs:.0f}",
        money=money,
    )  # fmt: skip
