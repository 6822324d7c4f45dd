"""`incubator settle`: pairs until differences are known well enough, or until scenarios are in order."""

from functools import cached_property

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.definitions import describe
from sim.runs.store.folder import RunFolder
from sim.studies.common.command import Command
from sim.studies.common.options import split_words
from sim.studies.common.scenarios import scenarios_of, with_reference
from sim.studies.common.terminal import Progress
from sim.studies.settle.question import BUDGET, LEAST, MINIMUM, PROBABILITY, make_question
from sim.studies.settle.run import Settled, go_on
from sim.studies.settle.sentences import standing
from sim.studies.settle.tables import write


class Verb(Command):
    """Scenarios on matched pairs until the answer is settled, or the budget spent."""

    name = "settle"
    also = ("measures", "half_width", "ranking", "probability", "minimum", "budget", "year")
    may_end_early = True

    def check(self) -> None:
        """Refuse a fixed number of pairs."""
        self.needs_scenarios("scenarios=[service_first] reference=baseline")
        if any(
            a.startswith("replicates=") for a in self.options.arguments
        ):  # those of an experiment are another verb's
            raise ConfigurationError("replicates: 'settle' finds it itself; limit it with budget=N.")

    def ask(self) -> None:
        """Check the question, and compose the scenarios."""
        options = self.options
        self.scenarios, self.reference = with_reference(options.words("scenarios"), options.get("reference"))
        self.question = make_question(
            options.words("measures", "graduates"), widths(options.get("half_width")), options.yes("ranking", False),
            options.number("probability", PROBABILITY), options.whole_number("minimum", MINIMUM, LEAST),
            options.whole_number("budget", BUDGET, 1, 100000),
        )  # fmt: skip
        self.only_year, self.total = self.year(), self.question.budget
        self.setups = scenarios_of(self.scenarios, self.overrides, self.config_dir)

    @cached_property
    def folder(self) -> RunFolder:
        """The study's folder; its pairs lie in that of the comparison of the same scenarios, which then finds them done."""
        compared = RunFolder(self.out, "compare", self.setups, {"reference": self.reference}, self.seed)
        identity = {"reference": self.reference, "year": self.only_year} | vars(self.question)
        return RunFolder(self.out, self.name, self.setups, identity, self.seed, compared)

    def simulate(self, progress: Progress) -> Settled:
        """Simulate pair after pair."""
        question, measures = self.question, describe()

        def tell(done, rows):
            progress(done, standing(rows, measures, question.ranking, done, question.minimum, self.lang))

        return go_on(
            self.setups, self.reference, question, seed=self.seed, year=self.only_year, workers=self.workers, folder=self.folder,
            fresh=self.fresh, progress=tell,
        )  # fmt: skip

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say how many pairs are kept."""
        return f"{getattr(stop, 'done', 0)} pairs finished and kept in {self.folder.pairs}."

    def write(self, results: Settled) -> None:
        """Write the comparisons, and how they came about."""
        write(results, self.folder, began=self.began)

    def following(self, results: Settled) -> str:
        """The whole comparison of these pairs, or more of them."""
        if not results.settled and results.more < float("inf"):
            return self.again("budget", int(results.pairs + results.more))
        named = [f"scenarios=[{','.join(self.scenarios)}]", f"reference={self.reference}", f"seed={self.seed}"]
        return " ".join(["incubator compare", *named, *self.overrides, f"replicates={results.pairs}"])


def widths(text: str | None) -> list[float] | dict[str, float] | None:
    """Read '3', '[3,0.01]' or '[graduates:3,occupancy_rate:0.01]' as settle() takes it."""
    if text is None:
        return None
    items = [item.rpartition(":") for item in split_words(text)]
    if not items:
        raise ConfigurationError(f"half_width={text}: expected a number, or one for each measure.")
    numbers = []
    for _, _, number in items:
        try:
            numbers.append(float(number))
        except ValueError:
            raise ConfigurationError(
                f"half_width={text}: '{number}' is no number; write half_width=20 or half_width=[graduates:20,occupancy_rate:0.005]."
            ) from None
    named = [name for name, colon, _ in items if colon]
    if named and len(named) < len(items):
        raise ConfigurationError(f"half_width={text}: name the measure of every number, or of none.")
    return dict(zip(named, numbers, strict=True)) if named else numbers
