"""Which park meets which official rule set, year by year, what it lacks, and what the model does not simulate."""

from dataclasses import dataclass

import pandas as pd

from sim.runs.matched_pairs import seeds_of
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.criteria.tables import tables_of


@dataclass
class CriteriaResults:
    """Tidy tables: a row a park, year and criterion; a row a park, year and rule set; a row a year and rule set."""

    setups: list
    reference: str | None
    tests: pd.DataFrame
    levels: pd.DataFrame
    counts: pd.DataFrame
    pairs: int

    @property
    def sets(self):
        """Rule sets by key."""
        return self.setups[0].criteria.sets


def criteria(scenarios, *overrides, reference=None, replicates=20, seed=1, workers=None, own=None):
    """Official criteria in memory: `criteria(["baseline", "service_first"], "cluster=toy").levels`."""
    setups = scenarios_of(list(scenarios), overrides, own)
    reference = checked_reference(reference, scenarios)
    matched = gather(setups, seeds_of(seed, replicates), reference=reference, workers=workers)
    return conclude(setups, matched, reference)


def conclude(setups: list, matched: list, reference: str | None) -> CriteriaResults:
    """Make the tables of matched pairs."""
    return CriteriaResults(setups, reference, **tables_of(setups, matched, reference), pairs=len(matched))
