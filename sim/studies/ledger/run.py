"""The ledger of lives: which enterprises a package gains, loses or moves, from where, since when and after what event."""

from dataclasses import dataclass

import pandas as pd

from sim.model.setup import Setup
from sim.runs.matched_pairs import seeds_of
from sim.studies.common.gather import gather
from sim.studies.ledger.paired_lives import Pair, simulate_lives
from sim.studies.ledger.question import setups_of
from sim.studies.ledger.sentences import verdict
from sim.studies.ledger.tables import lives_table, tables_of


@dataclass
class Ledger:
    """The ledger of a scenario: tidy tables, each with 95 % intervals over pairs.

    changes, flows, transitions, outcomes, shares, displacement, lives: see `sim.studies.ledger.tables`.
    """

    setups: list[Setup]  # reference, scenario
    pairs: int
    changes: pd.DataFrame
    flows: pd.DataFrame
    transitions: pd.DataFrame
    outcomes: pd.DataFrame
    shares: pd.DataFrame
    displacement: pd.DataFrame
    lives: pd.DataFrame

    @property
    def follow(self) -> int:
        """One in so many of the firms that settle elsewhere is followed."""
        return int(self.setups[0].run.follow)

    def verdict(self, lang: str = "en") -> str:
        """The answer in a sentence, computed from the results."""
        return verdict(self, lang)


def ledger(
    scenario: str | None, *overrides: str, reference: str = "baseline", replicates: int = 20, seed: int = 1,
    workers: int | None = None, own: str | None = None, branch: str | None = None,
) -> Ledger:  # fmt: skip
    """The ledger of lives in memory: `ledger("service_first", "cluster=toy").flows`. Returns Ledger.

    Of levers alone: `ledger(None, "policy=[rent_relief]")`.
    """
    setups = setups_of(scenario, reference, overrides, own)
    seeds = seeds_of(seed, replicates)
    pairs = gather(setups, seeds, reference=reference, workers=workers, branch=branch, each=simulate_lives)
    return conclude(setups, pairs)


def conclude(setups: list[Setup], pairs: list[Pair]) -> Ledger:
    """Make the tables of a ledger from its pairs."""
    scenario = setups[1].scenario
    lives = lives_table(pairs, scenario, setups[0].data)
    return Ledger(setups, len(pairs), **tables_of(pairs, scenario), lives=lives)
