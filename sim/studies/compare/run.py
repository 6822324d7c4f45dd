"""Scenarios compared on matched pairs: what is missing simulated, and the tables of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.engine.calendar import month_number
from sim.model.measures.survival_curves import survival
from sim.model.setup import Setup
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import Matched, events_table, long_table, spending_table
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, first_policy_month, scenarios_of
from sim.studies.compare.costs import costs, costs_by_year, extra_by_line, price_ranking
from sim.studies.compare.differences import differences, displaced
from sim.studies.compare.sentences import verdict

DETAIL_LIMIT = 5  # replicates for which `run` keeps events and monthly tables of every park


@dataclass
class Results:
    """Tidy tables of a comparison."""

    setups: list[Setup]
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
    sizes: dict[str, int]
    costs_by_year: pd.DataFrame
    price_ranking: pd.DataFrame

    def verdict(self, lang: str = "en") -> str:
        """The answer in a sentence."""
        titles = {setup.scenario: setup.title for setup in self.setups}
        return verdict(self.differences, self.costs, titles, self.reference, lang)


def conclude(setups: list[Setup], matched: Sequence[Matched], reference: str) -> Results:
    """Tables of a study from its matched pairs."""
    names = [s.scenario for s in setups]
    outcomes = [m.outcomes[name] for name in names for m in matched]
    since = int(str(first_policy_month(setups))[:4])
    detailed = [o for o in outcomes if o.events is not None]
    data = setups[0].data
    parks, sectors = [p.key for p in data.parks], list(data.sectors)
    sizes = pd.DataFrame([o.counts for o in outcomes]).mean().round().astype(int).to_dict()
    each = costs(matched, names, reference, since, setups)
    extra = extra_by_line(matched, names, reference, setups)
    return Results(
        setups=setups, reference=reference, yearly=long_table(outcomes, "yearly"), monthly=long_table(outcomes, "monthly"),
        spending=spending_table(outcomes), differences=differences(matched, names, reference, since),
        costs=each, costs_by_year=costs_by_year(matched, names, reference, since, setups),
        price_ranking=price_ranking(each, extra), displaced=displaced(matched, names, reference),
        events=pd.concat([events_table(o, parks, sectors) for o in detailed], ignore_index=True) if detailed else None,
        survival=pd.concat([_survival(o, setups[0]) for o in detailed], ignore_index=True) if detailed else None,
        pairs=len(matched), sizes=sizes,
    )  # fmt: skip


def _survival(outcome, setup):
    curves = survival(outcome.events, outcome.seed, int(setup.run.follow), month_number(setup.run.until))
    return curves.assign(scenario=outcome.scenario, replicate=outcome.seed)


def compare(
    scenarios: Sequence[str], *overrides: str, reference: str | None = None, replicates: int = 20, seed: int = 1,
    workers: int | None = None, own: str | None = None, branch: Path | str | None = None,
) -> Results:  # fmt: skip
    """Compare scenarios in memory: `compare(["baseline", "service_first"], "cluster=toy").differences`.

    branch: folder or file of `incubator branch` to take the past from.
    """
    setups = scenarios_of(list(scenarios), overrides, own, nations=True)
    reference = checked_reference(reference, scenarios)
    matched = gather(setups, seeds_of(seed, replicates), reference=reference, workers=workers, branch=branch)
    return conclude(setups, matched, reference)
