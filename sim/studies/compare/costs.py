"""Public cost of one more graduate, retained person or square metre let: how sure, by which year, at which prices."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.methods.intervals import CONFIDENCE, interval
from sim.model.setup import Setup
from sim.report.words import LANGUAGES, in_both, say
from sim.runs.results import Matched, Outcome
from sim.studies.common.pairs import Paired, paired

COSTS = {  # what an extra unit of a measure costs: measure -> key
    "graduates": "cost_per_additional_graduate",
    "retained": "cost_per_additional_retained_person",
    "let_area": "cost_per_additional_m2_let",
}
PRICE_RANGE = 0.5  # unit prices are judgement, known to half up or down
WHY = {
    "unclear": "why_unclear",
    "fewer": "why_fewer",
    "one_pair": "why_one_pair",
}  # words for why a cost is not defined
TITLES = {  # words for a cost's title and unit, and for what spending is divided by
    "graduates": ("cost_of_graduate", "cost_of_graduate_unit", "cost_of_graduate_divisor"),
    "retained": ("cost_of_retained", "cost_of_retained_unit", "cost_of_retained_divisor"),
    "let_area": ("cost_of_space", "cost_of_space_unit", "cost_of_space_divisor"),
}


def describe_costs() -> dict[str, dict[str, Any]]:
    """The kinds of cost as plain data, like the measures': {key: title, unit, definition, percent, good}."""
    return {
        COSTS[what]: {
            "title": in_both(title),
            "unit": in_both(unit),
            "definition": {lang: say(lang, "cost_definition", divisor=say(lang, divisor)) for lang in LANGUAGES},
            "percent": False,
            "good": "down",
        }
        for what, (title, unit, divisor) in TITLES.items()
    }


def fieller(cost: np.ndarray, effect: np.ndarray) -> tuple[float, float, float, bool]:
    """Ratio of means of cost to effect and its 95 % interval by Fieller (1954): (value, low, high, defined).

    Undefined when the interval of the mean effect spans zero: then no finite interval holds the ratio.
    """
    n = len(cost)
    mean, low, high = interval(effect)
    if n < 2 or not np.isfinite(low) or low <= 0 <= high:
        return np.nan, np.nan, np.nan, False
    t2 = stdtrit(n - 1, 0.5 + CONFIDENCE / 2) ** 2
    c, v = cost.mean(), np.cov(cost, effect) / n
    a, b, d = mean**2 - t2 * v[1, 1], c * mean - t2 * v[0, 1], c**2 - t2 * v[0, 0]
    root = np.sqrt(max(b**2 - a * d, 0.0))
    return c / mean, (b - root) / a, (b + root) / a, True


def spent(outcome: Outcome, delayed: Mapping[str, str]) -> dict[tuple[int, str, str], float]:
    """A run's public spending by the year it was earned in: {(year, policy, line): CNY}.

    delayed: {policy: line} paid in January for the year before; what is still owed at the end belongs to the last year.
    """
    found, last = {}, int(outcome.yearly["cluster"].periods[-1])
    items = [
        (month // 12 - (month % 12 == 0 and delayed.get(policy) == line), policy, line, amount)
        for month, policy, line, amount in outcome.spending
    ]
    items += [(last, policy, delayed.get(policy) or "owed", due) for policy, due in outcome.owed.items()]
    for year, policy, line, amount in items:
        found[year, policy, line] = found.get((year, policy, line), 0.0) + amount
    return found


def paid_next_year(setups: Sequence[Setup]) -> dict[str, str]:
    """Lines paid a year late, by policy."""
    return {p.name: p.paid_next_year for s in setups for p in s.policies if p.paid_next_year}


def effects(p: Paired, at: int, since: int) -> dict[str, np.ndarray]:
    """Effects of a package up to a year, by pair: graduates since the first policy year, people retained, space let.

    p: of the cluster. at: position of the year. Returns {measure: (pairs,)}.
    """
    years = np.array(p.years[:-1])
    span = np.flatnonzero((years >= since) & (years <= years[at]))

    def of(world, name):
        return world[:, p.measures.index(name), :-1, 0]

    def retained(world):  # of January's staff, who are those of the December before
        if at == 0:
            return np.full(len(world), np.nan)
        return of(world, "talent_retention_rate")[:, at] * of(world, "staff")[:, at - 1]

    return {
        "graduates": (of(p.other, "graduates") - of(p.reference, "graduates"))[:, span].sum(axis=1),
        "retained": retained(p.other) - retained(p.reference),
        "let_area": of(p.other, "let_area")[:, at] - of(p.reference, "let_area")[:, at],
    }


def costs_by_year(
    matched: Sequence[Matched], scenarios: Iterable[str], reference: str, since: int, setups: Sequence[Setup] = ()
) -> pd.DataFrame:
    """Cost of one more of each outcome with Fieller intervals, if the books were closed at the end of each year.

    Spending counts in the year it was earned in, also where it is paid a year late. Nothing is discounted. `policy`
    names the lever where a package is the reference and one more. Not defined, with the reason in `why`, where the
    95 % interval of the effect leaves zero in, or the effect is negative.
    """
    rows, delayed = [], paid_next_year(setups)
    levers = {s.scenario: {p.name for p in s.policies} for s in setups}
    for scenario in (s for s in scenarios if s != reference):
        p = paired(matched, scenario, reference, "cluster", since)
        books = [[spent(m.outcomes[name], delayed) for name in (scenario, reference)] for m in matched]
        added = levers.get(scenario, set()) - levers.get(reference, set())
        lever = next(iter(added)) if len(added) == 1 and levers[reference] <= levers[scenario] else ""
        for at, year in enumerate(p.years[:-1]):
            if year < since:
                continue
            money = [[sum(v for (y, *_), v in book.items() if y <= year) for book in pair] for pair in books]
            spending = np.array([other - same for other, same in money])
            for what, effect in effects(p, at, since).items():
                head = {"scenario": scenario, "measure": COSTS[what], "year": year, "policy": lever}
                rows.append(head | _cost(spending, effect))
    names = ["scenario", "measure", "year", "policy", *_cost(np.zeros(1), np.zeros(1))]
    return pd.DataFrame(rows, columns=names)


def _cost(spending, effect):
    """One cost: the ratio with its interval, and what it was made of."""
    value, low, high, defined = fieller(spending, effect)
    mean, left, right = (float(x) for x in interval(effect))
    money, least, most = (float(x) for x in interval(spending))
    why = "" if defined and mean > 0 else "fewer" if defined else "one_pair" if len(effect) < 2 else "unclear"
    if why:
        value = low = high = np.nan
    return {
        "value": value, "low": low, "high": high, "defined": not why, "why": why, "effect": mean, "effect_low": left,
        "effect_high": right, "spending": money, "spending_low": least, "spending_high": most,
    }  # fmt: skip


def costs(
    matched: Sequence[Matched], scenarios: Sequence[str], reference: str, since: int, setups: Sequence[Setup] = ()
) -> pd.DataFrame:
    """The same over the whole horizon, and what it comes to at other unit prices: see `at_other_prices`."""
    table = costs_by_year(matched, scenarios, reference, since, setups)
    table = table[table.year == table.year.max()].drop(columns="year").reset_index(drop=True)
    return at_other_prices(table, extra_by_line(matched, scenarios, reference, setups))


def extra_by_line(
    matched: Sequence[Matched], scenarios: Iterable[str], reference: str, setups: Sequence[Setup] = ()
) -> pd.DataFrame:
    """Extra spending of each package by unit price, mean of the pairs, CNY: a row a scenario and price.

    A price is a line of a kind of policy: two policies of a kind share it. Lines of policies whose size is measured
    are official rates: `held`, they stay as they are. Money that is itself an incentive (pay) is priced like the rest:
    the effect is kept while its price moves.
    """
    delayed, about = paid_next_year(setups), {p.name: p for s in setups for p in s.policies}
    rows = []
    for scenario in (s for s in scenarios if s != reference):
        total = {}
        for m in matched:
            for name, sign in ((scenario, 1), (reference, -1)):
                for (_, policy, line), amount in spent(m.outcomes[name], delayed).items():
                    known = about.get(policy)
                    price = f"{known.kind if known else policy}.{line}"
                    held = known is not None and known.grade == "measured"
                    total[price, held] = total.get((price, held), 0.0) + sign * amount / len(matched)
        rows += [(scenario, price, held, amount) for (price, held), amount in sorted(total.items())]
    return pd.DataFrame(rows, columns=["scenario", "price", "held", "spending"])


def price_ranking(table: pd.DataFrame, extra: pd.DataFrame) -> pd.DataFrame:
    """Rows on whether the cheaper of two packages stays so at other unit prices: a row a measure and pair of packages.

    Costs are linear in prices, so the answer is exact: with D the difference at present prices and w_k the difference
    in spending an effect on line k, one price moves D by at most half of |w_k|, all together by half of their sum.
    `turns_at` is the factor on the price that matters most at which both would cost the same; empty if there is none.
    """
    rows = []
    for measure, costs_of in table[table.defined.astype(bool)].groupby("measure", sort=False):
        weights = _weights(costs_of, extra)
        order = costs_of.sort_values("value", kind="stable")
        for i, cheap in enumerate(order.itertuples()):
            for dear in order.iloc[i + 1 :].itertuples():
                gap, w = cheap.value - dear.value, weights[cheap.scenario] - weights[dear.scenario]
                most, every = w.abs().max() if len(w) else 0.0, w.abs().sum()
                price = w.abs().idxmax() if most > 0 else ""
                factor = 1 - gap / w[price] if price else np.nan
                rows.append(
                    (measure, cheap.scenario, dear.scenario, gap, gap - PRICE_RANGE * every, gap + PRICE_RANGE * every)
                    + (bool(gap + PRICE_RANGE * most < 0), bool(gap + PRICE_RANGE * every < 0))
                    + (price, factor if factor > 0 else np.nan)
                )
    names = ("measure", "cheaper", "dearer", "difference", "difference_low", "difference_high")
    return pd.DataFrame(rows, columns=[*names, "holds_each_price", "holds_all_prices", "price", "turns_at"])


def _weights(costs_of, extra):
    """Spending an effect by scenario on each price that may vary: {scenario: Series by price}."""
    free = extra[~extra.held.astype(bool)]
    by = free.pivot_table(index="price", columns="scenario", values="spending", aggfunc="sum", fill_value=0.0)
    return {c.scenario: by.get(c.scenario, pd.Series(0.0, by.index)) / c.effect for c in costs_of.itertuples()}


def at_other_prices(table: pd.DataFrame, extra: pd.DataFrame) -> pd.DataFrame:
    """Costs with their range when every unit price may be half up or down, and whether their ranking survives that.

    price_low, price_high: the cost at the most and least favourable prices. ranking_holds: the package keeps its place
    whichever one price moves; ranking_holds_all: whatever all of them do. Empty with fewer than two to rank.
    """
    ranking, table = price_ranking(table, extra), table.copy()
    margin = pd.Series(np.nan, table.index)
    for _, costs_of in table[table.defined.astype(bool)].groupby("measure", sort=False):
        weights = _weights(costs_of, extra)
        for row in costs_of.itertuples():
            margin[row.Index] = PRICE_RANGE * weights[row.scenario].abs().sum()
    table["price_low"], table["price_high"] = table.value - margin, table.value + margin
    for name, holds in (("ranking_holds", "holds_each_price"), ("ranking_holds_all", "holds_all_prices")):
        table[name] = [_holds(ranking, row.measure, row.scenario, holds) for row in table.itertuples()]
    return table


def _holds(ranking, measure, scenario, holds):
    mine = ranking[(ranking.measure == measure) & ((ranking.cheaper == scenario) | (ranking.dearer == scenario))]
    return bool(mine[holds].all()) if len(mine) else None
