"""Matched pairs as runs of the store: whichever study simulates a run, the others find it."""

from collections.abc import Iterable, Sequence

from sim.model.setup import Setup
from sim.runs.results import KeptRun, Matched, RunName
from sim.runs.store.identity import question_of, run_name
from sim.runs.store.shards import RunStore


class MatchedRuns:
    """The runs of some scenarios, by seed. store: None to keep nothing. Of nations nothing is kept."""

    def __init__(self, setups: Sequence[Setup], store: RunStore | None) -> None:
        self.questions = {s.scenario: question_of(s) for s in setups} if not setups[0].cities else {}
        self.store = store if self.questions else None

    def names(self, seed: int) -> dict[str, RunName]:
        """Names of a seed's runs: {scenario: RunName}."""
        return {scenario: run_name(question, seed) for scenario, question in self.questions.items()}

    def runs(self, matched: Matched) -> dict[str, KeptRun]:
        """All measures of the whole cluster, by scenario."""
        found, names = {}, self.names(matched.seed)
        seconds = matched.seconds / len(matched.outcomes)
        for scenario, outcome in matched.outcomes.items():
            whole = outcome.yearly["cluster"]
            found[scenario] = KeptRun.done(
                names[scenario], seconds, whole.measures, whole.periods, whole.values[:, :, 0]
            )
        return found

    def keep(self, matched: Matched) -> None:
        """Put the runs of a seed into the store."""
        if self.store:
            for run in self.runs(matched).values():
                self.store.keep(run)

    def flush(self) -> None:
        """Write what waits."""
        if self.store:
            self.store.flush()

    def kept(self, seeds: Iterable[int], measures: Iterable[str]) -> dict[int, dict[str, KeptRun]]:
        """Seeds of which every scenario's run went well and is kept with these measures: {seed: {scenario: KeptRun}}."""
        if not self.store:
            return {}
        names = {seed: {scenario: name.run_id for scenario, name in self.names(seed).items()} for seed in seeds}
        found = self.store.kept((name for mine in names.values() for name in mine.values()), measures)
        return {
            seed: {scenario: found[name] for scenario, name in mine.items()}
            for seed, mine in names.items()
            if all(name in found and found[name].ok for name in mine.values())
        }
