"""Compare policy packages on matched pairs: difference, interval, share of pairs agreeing, and what pairing bought."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sim.methods.intervals import interval
from sim.model.measures.fates import SOURCES
from sim.runs.results import Matched
from sim.studies.common.pairs import paired
from sim.studies.compare.costs import fieller

COLUMNS = (
    *("scenario", "unit_kind", "unit", "year", "measure", "mean", "low", "high", "p05", "p95", "same_sign"),
    *("runs_saved", "correlation", "reference_mean", "mean_level", "pairs"),
)


def differences(
    matched: Sequence[Matched], scenarios: Iterable[str], reference: str, since: int, kinds: Sequence[str] | None = None
) -> pd.DataFrame:
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


def displaced(matched: Sequence[Matched], scenarios: Iterable[str], reference: str) -> pd.DataFrame:
    """Extra tenants of the last month by source, that is, by where they would have been without the package: see `by_source`."""
    parts = [
        by_source([m.displacement[scenario] for m in matched]).assign(scenario=scenario)
        for scenario in scenarios
        if scenario != reference
    ]
    columns = ["scenario", *SOURCE_COLUMNS]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


SOURCE_COLUMNS = ("source", "mean", "low", "high", "share_of_extra", "share_low", "share_high", "defined")


def by_source(found: Sequence[Mapping[str, float]], inside: bool = False) -> pd.DataFrame:
    """Extra tenants by source with 95 % intervals, and each as a share of all with Fieller's interval.

    found: {source: firms} of each pair. inside: those from another park are extra tenants too, which they are of some
    parks and not of the whole cluster. calibrated is district + city, the calibrated displacement share (0.5 to 0.8, put in
    with `choice.outside_shares`); calibrated_of_outside is the same as a share of those from district, city and away alone,
    which is nearest to what was put in: net of tenants lost, the share of all can lie above or below it. A share is
    undefined when the interval of what it is divided by spans zero.
    """
    by = {source: np.array([pair[source] for pair in found], float) for source in SOURCES}
    counted = [source for source in SOURCES if inside or source != "other_park"]
    extra, calibrated = sum((by[source] for source in counted), np.zeros(len(found))), by["district"] + by["city"]
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
