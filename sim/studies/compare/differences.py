"""Compare policy packages on matched pairs: difference, interval, share of pairs agreeing, and what pairing bought."""

import numpy as np
import pandas as pd

from sim.methods.intervals import CONFIDENCE, interval
from sim.model.measures.fates import SOURCES
from sim.studies.common.pairs import WHOLE, Paired, paired
from sim.studies.compare.costs import COSTS, costs, fieller

__all__ = [
    "CONFIDENCE", "COSTS", "WHOLE", "Paired", "costs", "differences", "displaced", "fieller", "interval", "paired",
    "verdict",
]  # fmt: skip

COLUMNS = (
    *("scenario", "unit_kind", "unit", "year", "measure", "mean", "low", "high", "p05", "p95", "same_sign"),
    *("runs_saved", "correlation", "reference_mean", "mean_level", "pairs"),
)


def differences(matched, scenarios, reference, since, kinds=None):
    """Tidy table of paired differences by scenario, unit, year and measure.

    Columns mean, low, high (95 % interval of the mean), p05, p95 (range of pairs), same_sign (share of pairs with the
    sign of the mean; pairs without a difference count for neither), pairs, runs_saved (how many times more independent
    runs the same interval would take) and correlation of the two worlds. kinds: of units; None for all there are.
    """
    parts, kinds = [], kinds or tuple(matched[0].outcomes[reference].yearly)
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
    if whole.empty:
        return {
            "zh": "模拟期结束前没有任何方案开始实施，因此没有差异可比。",
            "en": "No package starts before the end of the run, so there is no difference to tell.",
        }[lang]
    if not np.isfinite(whole.low).all():
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
