"""The parts of a package told apart: every coalition of them simulated on the same seeds."""

from collections.abc import Callable, Iterable, Sequence

from sim.methods import shapley
from sim.runs.executors.processes import over_seeds
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import KeptRun, RunName
from sim.runs.store.identity import question_of, run_name
from sim.runs.store.shards import RunStore
from sim.runs.unit import simulate_coalitions, with_parts
from sim.studies.attribute.question import REPLICATES, Game, make_game, package_and_reference
from sim.studies.attribute.tables import Attributed, attributed


def attribute(
    scenario: str, *overrides: str, reference: str = "baseline", measures: str | Sequence[str] = ("graduates",),
    by: str = "lever", replicates: int = REPLICATES, seed: int = 1, orders: int | None = None, budget: int | None = None,
    year: int | None = None, workers: int | None = None, own: str | None = None,
) -> Attributed:  # fmt: skip
    """Attribute in memory: `attribute("service_first", "cluster=toy", replicates=5).shares`."""
    package, held = package_and_reference(scenario, reference, overrides, own)
    game = make_game(package, held, measures=measures, by=by, replicates=replicates, orders=orders, budget=budget)
    return attributed(game, play(game, seeds_of(seed, replicates), workers=workers), year)


def play(
    game: Game, seeds: Sequence[int], *, workers: int | None = None, store: RunStore | None = None, fresh: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[dict[int, KeptRun]]:  # fmt: skip
    """Runs of every coalition, {mask: KeptRun} for each seed; progress(done) is called after each.

    Runs that a store holds are not simulated again.
    """
    runs = CoalitionRuns(game, seeds, store)
    runs.find(fresh)
    missing = {seed: names for seed in seeds if (names := runs.missing(seed))}
    done = len(seeds) - len(missing)
    if progress:
        progress(done)
    settings = {"runs": missing, "measures": game.measures}
    try:
        for found in (
            over_seeds(simulate_coalitions, game.setups, list(missing), workers, **settings) if missing else ()
        ):
            runs.add(found)
            done += 1
            if progress:
                progress(done)
    except KeyboardInterrupt as stop:
        stop.done = done  # pyright: ignore[reportAttributeAccessIssue]: told by it
        raise
    finally:
        if store:
            store.flush()
    return [runs.of_seed(seed) for seed in seeds]


class CoalitionRuns:
    """The runs behind a game, each by its name in the store, so that other studies' runs serve and this one's serve others."""

    def __init__(self, game: Game, seeds: Sequence[int], store: RunStore | None) -> None:
        self.measures, self.store, self.runs = game.measures, store, {}
        keys, (base, *parts) = [part.key for part in game.parts], game.setups
        every = list(range(game.runs_a_seed)) if game.orders is None else None
        self.masks = {seed: every or shapley.coalitions(shapley.orders(keys, seed, game.orders or 0)) for seed in seeds}
        every = sorted(set().union(*self.masks.values()))
        self.questions = {mask: question_of(with_parts(base, parts, mask)) for mask in every}
        self.names = {seed: {m: run_name(self.questions[m], seed) for m in masks} for seed, masks in self.masks.items()}

    def find(self, fresh: bool) -> None:
        """Take from the store what is there."""
        if self.store and not fresh:
            names = [name.run_id for mine in self.names.values() for name in mine.values()]
            self.runs = {name: run for name, run in self.store.kept(names, self.measures).items() if run.ok}

    def missing(self, seed: int) -> dict[int, RunName]:
        """Coalitions of a seed that are still to be simulated: {mask: RunName}."""
        return {mask: name for mask, name in self.names[seed].items() if name.run_id not in self.runs}

    def add(self, found: Iterable[KeptRun]) -> None:
        """Take in what a seed gave, and put it into the store."""
        for run in found:
            self.runs[run.run_id] = run
            if self.store:
                self.store.keep(run)

    def of_seed(self, seed: int) -> dict[int, KeptRun]:
        """All coalitions of a seed: {mask: KeptRun}."""
        return {mask: self.runs[name.run_id] for mask, name in self.names[seed].items()}
