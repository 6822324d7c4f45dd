"""Parks held against official rule sets year by year: whether they meet them, what they lack, what is not simulated."""

from collections.abc import Sequence

from sim.model.setup import Setup
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import Matched
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import checked_reference, scenarios_of
from sim.studies.criteria.tables import CriteriaResults, tables_of


def criteria(
    scenarios: Sequence[str], *overrides: str, reference: str | None = None, replicates: int = 20, seed: int = 1,
    workers: int | None = None, own: str | None = None,
) -> CriteriaResults:  # fmt: skip
    """Official criteria in memory: `criteria(["baseline", "service_first"], "cluster=toy").levels`."""
    setups = scenarios_of(list(scenarios), overrides, own)
    reference = checked_reference(reference, scenarios)
    matched = gather(setups, seeds_of(seed, replicates), reference=reference, workers=workers)
    return conclude(setups, matched, reference)


def conclude(setups: Sequence[Setup], matched: Sequence[Matched], reference: str) -> CriteriaResults:
    """Make the tables of matched pairs."""
    return CriteriaResults(setups, reference, **tables_of(setups, matched, reference), pairs=len(matched))
