"""Matched pairs as runs of the store: whichever study simulates a run, the others find it."""

import numpy as np

from sim.runs.store.identity import question_of, run_id
from sim.runs.store.shards import Row


class MatchedRuns:
    """The runs of some scenarios, by seed. store: a RunStore, or None to keep nothing. Of nations nothing is kept."""

    def __init__(self, setups, store):
        self.questions = {s.scenario: question_of(s) for s in setups} if not setups[0].cities else {}
        self.store = store if self.questions else None

    def names(self, seed):
        """{scenario: run id}."""
        return {scenario: run_id(question, seed) for scenario, question in self.questions.items()}

    def rows(self, matched):
        """{scenario: Row} of a Matched: all measures of the whole cluster."""
        found, names = {}, self.names(matched.seed)
        for scenario, outcome in matched.outcomes.items():
            whole = outcome.yearly["cluster"]
            found[scenario] = Row(
                names[scenario], self.questions[scenario], matched.seed, True, "", matched.seconds / len(matched.outcomes),
                tuple(whole.measures), np.asarray(whole.periods), whole.values[:, :, 0],
            )  # fmt: skip
        return found

    def keep(self, matched):
        """Put the runs of a Matched into the store."""
        if self.store:
            for row in self.rows(matched).values():
                self.store.put(row)

    def flush(self):
        """Write what waits."""
        if self.store:
            self.store.flush()

    def kept(self, seeds, measures):
        """Seeds of which every scenario's run went well and is kept with these measures: {seed: {scenario: Row}}."""
        if not self.store:
            return {}
        names = {seed: self.names(seed) for seed in seeds}
        found = self.store.kept((name for mine in names.values() for name in mine.values()), measures)
        return {
            seed: {scenario: found[name] for scenario, name in mine.items()}
            for seed, mine in names.items()
            if all(name in found and found[name].ok for name in mine.values())
        }
