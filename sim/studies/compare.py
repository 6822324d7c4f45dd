"""Compare policy packages on matched pairs: difference, interval, share of pairs agreeing, and what pairing bought."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from sim.indicators import MEASURES
from sim.lives import SOURCES

CONFIDENCE = 0.95
WHOLE = 0  # the year that stands for all years from the first policy on
COLUMNS = (
    *("scenario", "unit_kind", "unit", "year", "measure", "mean", "low", "high", "p05", "p95", "same_sign"),
    *("runs_saved", "correlation", "reference_mean", "mean_level", "pairs"),
)
COSTS = {  # what an extra unit of a measure costs: measure -> key
    "graduates": "cost_per_additional_graduate",
    "retained": "cost_per_additional_retained_person",
    "let_area": "cost_per_additional_m2_let",
}


@dataclass(frozen=True)
class Paired:
    """Paired differences of one scenario against the reference: values (pairs, measures, periods, units)."""

    measures: list
    units: list
    years: list
    reference: np.ndarray
    other: np.ndarray


def paired(matched, scenario, reference, kind, since):
    """Yearly values of both scenarios by pair, and the whole horizon since a year as period 0."""
    first = matched[0].outcomes[reference].yearly[kind]
    years = [int(y) for y in first.periods]

    def stack(name):
        values = np.stack([m.outcomes[name].yearly[kind].values for m in matched])
        late = values[:, :, [i for i, y in enumerate(years) if y >= since], :]
        with np.errstate(invalid="ignore"):
            totals = np.array([MEASURES[key].total for key in first.measures])[None, :, None]
            some = np.isfinite(late).sum(axis=2)
            whole = np.where(totals, np.nansum(late, axis=2), np.nansum(late, axis=2) / np.maximum(some, 1))
            whole = np.where(some > 0, whole, np.nan)
        return np.concatenate([values, whole[:, :, None, :]], axis=2)

    return Paired(first.measures, first.units, [*years, WHOLE], stack(reference), stack(scenario))


def interval(values, axis=0):
    """Mean and its 95 % interval by Student's t. One pair has no interval. values (pairs, …)."""
    n = values.shape[axis]
    mean = values.mean(axis=axis)
    if n < 2:
        return mean, np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    half = student.ppf(0.5 + CONFIDENCE / 2, n - 1) * values.std(axis=axis, ddof=1) / np.sqrt(n)
    return mean, mean - half, mean + half


def differences(matched, scenarios, reference, since, kinds=("cluster", "park", "operator", "sector")):
    """Tidy table of paired differences by scenario, unit, year and measure.

    Columns mean, low, high (95 % interval of the mean), p05, p95 (range of pairs), same_sign (share of pairs with the
    sign of the mean; pairs without a difference count for neither), pairs, runs_saved (how many times more independent
    runs the same interval would take) and correlation of the two worlds.
    """
    parts = []
    for scenario in scenarios:
        for kind in kinds if scenario != reference else ():
            p = paired(matched, scenario, reference, kind, since)
            gap = p.other - p.reference
            mean, low, high = interval(gap)
            n = len(gap)
            sign = (np.sign(gap) == np.sign(mean)).mean(axis=0)
            spread = [
                a.var(axis=0, ddof=1) if n > 1 else np.full(mean.shape, np.nan) for a in (p.reference, p.other, gap)
            ]
            with np.errstate(invalid="ignore", divide="ignore"):
                saved = np.where(spread[2] > 0, (spread[0] + spread[1]) / spread[2], np.nan)
                link = (spread[0] + spread[1] - spread[2]) / (2 * np.sqrt(spread[0] * spread[1]))
            columns = {
                "mean": mean, "low": low, "high": high, "p05": np.quantile(gap, 0.05, axis=0), "p95": np.quantile(gap, 0.95, axis=0),
                "same_sign": np.where(mean == 0, np.nan, sign), "runs_saved": saved,
                "correlation": np.where(np.isfinite(link), link, np.nan),
                "reference_mean": p.reference.mean(axis=0), "mean_level": p.other.mean(axis=0),
            }  # fmt: skip
            m, y, u = mean.shape
            table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
            table.insert(0, "measure", np.repeat(p.measures, y * u))
            table.insert(0, "year", np.tile(np.repeat(p.years, u), m))
            table.insert(0, "unit", np.tile(p.units, m * y))
            table.insert(0, "unit_kind", kind)
            table.insert(0, "scenario", scenario)
            parts.append(table.assign(pairs=n).dropna(subset="mean"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def fieller(cost, effect):
    """Ratio of means of cost to effect and its 95 % interval by Fieller (1954): (value, low, high, defined).

    Undefined when the interval of the mean effect spans zero: then no finite interval holds the ratio.
    """
    n = len(cost)
    mean, low, high = interval(effect)
    if n < 2 or not np.isfinite(low) or low <= 0 <= high:
        return np.nan, np.nan, np.nan, False
    t2 = student.ppf(0.5 + CONFIDENCE / 2, n - 1) ** 2
    c, v = cost.mean(), np.cov(cost, effect) / n
    a, b, d = mean**2 - t2 * v[1, 1], c * mean - t2 * v[0, 1], c**2 - t2 * v[0, 0]
    root = np.sqrt(max(b**2 - a * d, 0.0))
    return c / mean, (b - root) / a, (b + root) / a, True


def costs(matched, scenarios, reference, since):
    """What one more graduate, retained person or square metre let costs, with Fieller intervals, by scenario.

    Spending is the difference in public spending over the horizon; graduates are added up from the first policy year;
    people retained and space let are those of the last year.
    """
    rows = []
    for scenario in (s for s in scenarios if s != reference):
        p = paired(matched, scenario, reference, "cluster", since)
        gap = (p.other - p.reference)[..., 0]
        of = {name: gap[:, p.measures.index(name)] for name in ("public_spending", "graduates", "let_area")}
        spending = of["public_spending"][:, -1]
        staff = [
            a[:, p.measures.index("talent_retention_rate"), -2, 0] * a[:, p.measures.index("staff"), -2, 0]
            for a in (p.other, p.reference)
        ]
        effects = {
            "graduates": of["graduates"][:, -1],
            "retained": staff[0] - staff[1],
            "let_area": of["let_area"][:, -2],
        }
        for what, effect in effects.items():
            value, low, high, defined = fieller(spending, effect)
            mean, left, right = interval(effect)
            rows.append(
                (
                    scenario,
                    COSTS[what],
                    value,
                    low,
                    high,
                    defined,
                    float(mean),
                    float(left),
                    float(right),
                    spending.mean(),
                )
            )
    names = [
        "scenario",
        "measure",
        "value",
        "low",
        "high",
        "defined",
        "effect",
        "effect_low",
        "effect_high",
        "spending",
    ]
    return pd.DataFrame(rows, columns=names)


def displaced(matched, scenarios, reference):
    """Where the extra tenants of the last month would have been without the package, by source: see `by_source`."""
    parts = [
        by_source([m.displacement[scenario] for m in matched]).assign(scenario=scenario)
        for scenario in scenarios
        if scenario != reference
    ]
    columns = ["scenario", *SOURCE_COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


SOURCE_COLUMNS = ("source", "mean", "low", "high", "share_of_extra", "share_low", "share_high", "defined")


def by_source(found, inside=False):
    """Extra tenants by source with 95 % intervals, and each as a share of all with Fieller's interval.

    found: {source: firms} of each pair. inside: those from another park are extra tenants too, which they are of some
    parks and not of the whole cluster. calibrated is district + city, the calibrated displacement share (0.5 to 0.8, put in
    with `choice.outside_shares`); calibrated_of_outside is the same as a share of those from district, city and away alone,
    which is nearest to what was put in: net of tenants lost, the share of all can lie above or below it. A share is
    undefined when the interval of what it is divided by spans zero.
    """
    by = {source: np.array([pair[source] for pair in found], float) for source in SOURCES}
    counted = [source for source in SOURCES if inside or source != "other_park"]
    extra, calibrated = sum(by[source] for source in counted), by["district"] + by["city"]
    rows = [
        (source, values, extra if source in counted else None) for source, values in by.items()
    ] + [
        ("calibrated", calibrated, extra), ("calibrated_of_outside", calibrated, calibrated + by["away"]),
        ("extra_tenants", extra, None),
    ]  # fmt: skip
    nothing = (np.nan, np.nan, np.nan, False)
    return pd.DataFrame(
        [
            (source, *map(float, interval(values)), *(nothing if whole is None else fieller(values, whole)))
            for source, values, whole in rows
        ],
        columns=list(SOURCE_COLUMNS),
    )


def verdict(table, costs_table, setups, reference, lang="en"):
    """The answer in a sentence, computed from the results."""
    whole = table[(table.unit_kind == "cluster") & (table.measure == "graduates") & (table.year == WHOLE)].set_index(
        "scenario"
    )
    clear = whole[(whole.low > 0) | (whole.high < 0)]
    titles = {s.scenario: s.title[lang] for s in setups}
    if whole.empty or not np.isfinite(whole.low).all():
        n = {"zh": "只有一对运行，无法给出区间。", "en": "One pair has no interval: ask for more replicates."}
        return n[lang]
    if clear.empty:
        return {
            "zh": f"与“{titles[reference]}”相比，各方案的毕业企业数没有明确差异（95%区间均含0）。",
            "en": f"No package clearly changes the number of graduates against '{titles[reference]}' (all 95 % intervals span 0).",
        }[lang]
    best = clear["mean"].idxmax()
    row = whole.loc[best]
    agree = round(row.same_sign * row.pairs)
    cost = costs_table[(costs_table.scenario == best) & (costs_table.measure == COSTS["graduates"])].iloc[0]
    money = {"zh": "", "en": ""}
    if cost.defined and cost.value > 0:
        money = {
            "zh": f"，每多一家约{cost.value / 1e4:,.0f}万元（{cost.low / 1e4:,.0f}至{cost.high / 1e4:,.0f}）",
            "en": f", at {cost.value / 1e6:,.1f} million CNY each ({cost.low / 1e6:,.1f} to {cost.high / 1e6:,.1f})",
        }
    return {
        "zh": f"“{titles[best]}”比“{titles[reference]}”多{row['mean']:,.0f}家毕业企业（95%区间{row.low:,.0f}至{row.high:,.0f}），"
        f"{row.pairs:.0f}对运行中{agree}对同向{money['zh']}。",
        "en": f"'{titles[best]}' graduates {row['mean']:,.0f} more firms than '{titles[reference]}' "
        f"(95 % interval {row.low:,.0f} to {row.high:,.0f}; {agree} of {row.pairs:.0f} pairs agree){money['en']}.",
    }[lang]
