"""Data of a report: the results of one comparison of scenarios, and the few questions figures ask of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.model.measures.definitions import HEADLINE, SPENDING
from sim.report.checks import lacking
from sim.report.source_line import source_line
from sim.studies.common.pairs import WHOLE
from sim.studies.compare.costs import COSTS

COST_PER_GRADUATE, COST_PER_RETAINED = COSTS["graduates"], COSTS["retained"]
WHOLE_HORIZON = WHOLE

COLUMNS = {
    "monthly": ("scenario", "replicate", "month", "measure", "value"),
    "yearly": ("scenario", "replicate", "year", "unit_kind", "unit", "measure", "value"),
    "differences": (
        *("scenario", "unit_kind", "unit", "year", "measure", "mean", "low", "high"),
        *("p05", "p95", "same_sign", "pairs", "runs_saved"),
    ),
    "costs": (
        *("scenario", "measure", "value", "low", "high", "defined", "effect", "effect_low", "effect_high"),
        *("spending", "spending_low", "spending_high", "price_low", "price_high", "ranking_holds", "ranking_holds_all"),
    ),
    "parks": ("key", "label", "title_zh", "title_en", "place_zh", "longitude", "latitude", "minutes"),
}


class Difference(NamedTuple):
    """Distance by which a package moved a measure from the reference, over runs that shared their luck.

    low, high: 95 % interval of the mean paired difference; p05, p95: 90 % of the pairs lie between them.
    """

    scenario: str
    measure: str
    mean: float
    low: float
    high: float
    p05: float
    p95: float
    same_sign: float
    pairs: float
    runs_saved: float

    @property
    def clear(self) -> bool:
        """True when the 95 % interval leaves out zero; only then may a sentence claim a change."""
        return bool(self.low > 0 or self.high < 0)


class Cost(NamedTuple):
    """Cost of one more of something to the public purse, CNY, with its 95 % interval; or not defined.

    effect and spending: what it is made of, each with its 95 % interval; price_low, price_high: the cost when assumed
    unit prices are half up or down; ranking_holds, ranking_holds_all: whether its rank survives one price moving, or
    all of them (None with nothing to rank).
    """

    scenario: str
    measure: str
    value: float
    low: float
    high: float
    defined: bool
    effect: float
    effect_low: float
    effect_high: float
    spending: float
    spending_low: float
    spending_high: float
    price_low: float
    price_high: float
    ranking_holds: bool | None
    ranking_holds_all: bool | None


@dataclass(frozen=True, eq=False)
class ReportData:
    """Everything a report says, gathered once; the tables' columns are listed in COLUMNS.

    Texts shown to readers are mappings {"zh": ..., "en": ...}. Rates are shares (0.76, not 76), money is CNY,
    a month is "2026-01". In `differences` the year 0 means the whole horizon.
    """

    title: Mapping[str, str]
    reference: str
    scenarios: Mapping[str, Mapping]
    monthly: pd.DataFrame
    yearly: pd.DataFrame
    differences: pd.DataFrame
    costs: pd.DataFrame
    measures: Mapping[str, Mapping]
    parks: pd.DataFrame
    policy_start: str | None
    pairs: int
    run_id: str
    seed: int
    version: str
    command: str
    grades: Mapping[str, int]
    headline: tuple[str, ...] = HEADLINE

    def __post_init__(self) -> None:
        """Refuse data a report could not be made of, naming everything that is missing."""
        missing = lacking(self, COLUMNS)
        if self.reference not in self.scenarios:
            missing.append(f"reference '{self.reference}' is not among the scenarios {', '.join(self.scenarios)}")
        unknown = [name for name in self.headline if name not in self.measures]
        missing += [f"headline measure '{name}' is not described" for name in unknown]
        if not missing and self.cluster.empty:
            missing.append("yearly holds no rows with unit_kind 'cluster'")
        if missing:
            raise ValueError("cannot report: " + "; ".join(missing))

    # --- names -------------------------------------------------------------------------------------------------

    @property
    def packages(self) -> list[str]:
        """The scenarios compared with the reference, in the user's order."""
        return [key for key in self.scenarios if key != self.reference]

    @property
    def ordered(self) -> list[str]:
        """The reference first, then the packages."""
        return [self.reference, *self.packages]

    def name(self, scenario: str, lang: str) -> str:
        """Title of a scenario."""
        return self.scenarios[scenario]["title"][lang]

    def source_line(self, lang: str) -> str:
        """The line below every figure: where it comes from."""
        return source_line(self.version, self.pairs, self.run_id, lang, compared=bool(self.packages))

    def measure_name(self, measure: str, lang: str) -> str:
        """Title of a measure."""
        return self.measures[measure]["title"][lang]

    # --- levels ------------------------------------------------------------------------------------------------

    @cached_property
    def cluster(self) -> pd.DataFrame:
        """Yearly results of the whole cluster, one row a scenario, run, year and measure."""
        return self.yearly[self.yearly["unit_kind"] == "cluster"]

    @cached_property
    def years(self) -> tuple[int, int]:
        """First and last calendar year of the results."""
        return int(self.cluster["year"].min()), int(self.cluster["year"].max())

    @property
    def last_year(self) -> int:
        """The year by which scenarios are judged."""
        return self.years[1]

    @cached_property
    def _last_means(self):
        last = self.cluster[self.cluster["year"] == self.last_year]
        return last.groupby(["scenario", "measure"], observed=True)["value"].mean().to_dict()

    @cached_property
    def _spending(self):
        rows = self.cluster[self.cluster["measure"] == SPENDING]
        per_run = rows.groupby(["scenario", "replicate"], observed=True)["value"].sum()
        return per_run.groupby(level=0, observed=True).mean().to_dict()

    def level(self, scenario: str, measure: str) -> float:
        """Mean of the runs in the last year, for the whole cluster; nan if there is none."""
        return float(self._last_means.get((scenario, measure), np.nan))

    def spending(self, scenario: str) -> float:
        """Public spending over all years, CNY, mean of the runs."""
        return float(self._spending.get(scenario, np.nan))

    @cached_property
    def courses(self) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
        """The spread of the runs through time: {headline measure: {scenario: (positions, quantiles)}}.

        quantiles (5, positions): 5, 25, 50, 75 and 95 %, so that two bands hold half and nine tenths of the runs.
        """
        found = {}
        for measure in self.headline:
            by_time = self._course(measure).groupby(["scenario", "at"], observed=True)["value"]
            spread = by_time.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).unstack().dropna().sort_index()
            given = set(spread.index.get_level_values("scenario"))
            tables = {key: spread.loc[key] for key in self.ordered if key in given}
            found[measure] = {key: (table.index.to_numpy(float), table.to_numpy().T) for key, table in tables.items()}
        return found

    def _course(self, measure):
        """A measure through time for the cluster: columns scenario, value, at (position on the axis of years).

        Monthly where the model gave months, else yearly. A year is a stretch from 2030.0 to 2031.0; a month or a year
        stands at its middle.
        """
        months = self.monthly[self.monthly["measure"] == measure]
        if len(months):
            table = months[["scenario", "month", "value"]]
            names = table["month"].unique()
            at = {name: int(str(name)[:4]) + (int(str(name)[5:7]) - 0.5) / 12 for name in names}
            return table.assign(at=table["month"].map(at).astype(float))
        table = self.cluster[self.cluster["measure"] == measure]
        return table.assign(at=table["year"].astype(float) + 0.5)

    @cached_property
    def park_levels(self) -> pd.DataFrame:
        """Occupancy of each park in the last year, mean of the runs: a row per park, a column per scenario."""
        kind, year, measure = self.yearly["unit_kind"], self.yearly["year"], self.yearly["measure"]
        rows = self.yearly[(kind == "park") & (year == self.last_year) & (measure == self.headline[0])]
        table = rows.groupby(["unit", "scenario"], observed=True)["value"].mean().unstack("scenario")
        return table.reindex(index=list(self.parks["key"]), columns=self.ordered)

    # --- differences -------------------------------------------------------------------------------------------

    @cached_property
    def _differences(self):
        rows = self.differences[self.differences["unit_kind"] == "cluster"]
        numbers = [column for column in Difference._fields if column not in ("scenario", "measure")]
        table = rows[["scenario", "measure", "year", *numbers]]
        return {
            (scenario, measure, int(year)): Difference(scenario, measure, *map(float, values))
            for scenario, measure, year, *values in table.itertuples(index=False)
        }

    def difference(self, scenario: str, measure: str, year: int | None = None) -> Difference | None:
        """The paired difference from the reference in a year (the last if none is named); None if not given."""
        return self._differences.get((scenario, measure, self.last_year if year is None else year))

    def compared(self, measure: str) -> list[Difference]:
        """Paired differences of all packages in the last year, in the user's order."""
        return [d for key in self.packages if (d := self.difference(key, measure)) is not None]

    def compared_measures(self) -> list[str]:
        """Measures that have a difference in the last year, headline measures first, the rest as in `measures`."""
        known = {measure for _, measure, year in self._differences if year == self.last_year}
        order = [*self.headline, *(m for m in self.measures if m not in self.headline)]
        return [measure for measure in order if measure in known]

    def park_differences(self, scenario: str) -> pd.DataFrame:
        """Paired differences of the parks' occupancy in the last year: mean, low, high by park key."""
        d = self.differences
        rows = d[(d["unit_kind"] == "park") & (d["scenario"] == scenario) & (d["measure"] == self.headline[0])]
        rows = rows[rows["year"] == self.last_year].drop_duplicates("unit").set_index("unit")
        return rows[["mean", "low", "high"]].reindex(list(self.parks["key"])).astype(float)

    @cached_property
    def _costs(self):
        words, flags = ("scenario", "measure"), ("defined", "ranking_holds", "ranking_holds_all")
        found = {}
        for row in self.costs[list(Cost._fields)].to_dict("records"):
            numbers: dict[str, Any] = {name: float(row[name]) for name in Cost._fields if name not in (*words, *flags)}
            answers: dict[str, Any] = {name: None if pd.isna(row[name]) else bool(row[name]) for name in flags}
            found[row["scenario"], row["measure"]] = Cost(row["scenario"], row["measure"], **numbers, **answers)
        return found

    def cost(self, scenario: str, measure: str = COST_PER_GRADUATE) -> Cost | None:
        """Cost of one more graduate, or of another outcome, under a package; None for the reference or if not given."""
        return self._costs.get((scenario, measure))

    def gain(self, difference: Difference) -> float:
        """A difference counted so that more is better; its size where a measure is neither good nor bad."""
        good = self.measures[difference.measure]["good"]
        return {"up": difference.mean, "down": -difference.mean, "none": abs(difference.mean)}[good]

    def tone(self, difference: Difference) -> str:
        """Judge a difference: "better", "worse", neither ("plain") or "unclear" because its interval holds zero.

        Spending is a means, so that more of it is neither.
        """
        if not difference.clear:
            return "unclear"
        if self.measures[difference.measure]["good"] == "none" or difference.measure == SPENDING:
            return "plain"
        return "better" if self.gain(difference) > 0 else "worse"

    def lead(self, measure: str | None = None) -> str | None:
        """The package that betters a measure most, or if none clearly does, moves it most; None if there is none."""
        compared = [d for d in self.compared(measure or self.headline[0]) if np.isfinite(d.mean)]
        clear = [d for d in compared if d.clear]
        better = [d for d in clear if self.gain(d) > 0]
        return max(better or clear or compared, key=lambda d: abs(d.mean)).scenario if compared else None
