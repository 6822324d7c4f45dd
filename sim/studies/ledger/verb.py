"""`incubator ledger`: which firms a package gains, loses or moves, from where, since when, and the story of one of them."""

from collections.abc import Iterator

from sim.engine.mistakes import ConfigurationError
from sim.runs.matched_pairs import seeds_of
from sim.studies.common.command import Command
from sim.studies.common.gather import gather
from sim.studies.common.scenarios import check_past
from sim.studies.common.terminal import Progress, columns
from sim.studies.ledger.paired_lives import Pair, PairFiles, simulate_lives
from sim.studies.ledger.question import setups_of
from sim.studies.ledger.run import Ledger, conclude
from sim.studies.ledger.sentences import about_the_unfollowed, closing_tables
from sim.studies.ledger.story import story
from sim.studies.ledger.tables import write


class Verb(Command):
    """The ledger of a scenario against the reference, or one firm's story."""

    name = "ledger"
    also = ("from", "firm")

    def check(self) -> None:
        """Refuse several scenarios."""
        if "scenarios" in self.options:
            raise ConfigurationError(
                f"scenarios={self.options['scenarios']}: a ledger has one scenario and a reference; write scenario=NAME."
            )
        self.reference, self.past = self.options.get("reference", "baseline"), self.options.get("from")

    def run(self) -> int:
        """Tell the story of a firm if one is named, else make the ledger."""
        return self.tell() if "firm" in self.options else super().run()

    def tell(self) -> int:
        """Print one firm's life in both worlds."""
        ident = self.options.whole_number("firm", 0, 0, 2**64 - 1)
        if "replicates" in self.options and self.replicates > 1:
            raise ConfigurationError("firm=: the story is of one seed; name it with seed=, and leave out replicates=.")
        for line in story(
            ident,
            self.options.get("scenario"),
            *self.overrides,
            reference=self.reference,
            seed=self.seed,
            lang=self.lang,
            own=self.config_dir,
            branch=self.past,
        ):
            print(line)
        return 0

    def ask(self) -> None:
        """Compose the two worlds."""
        self.setups = setups_of(self.options.get("scenario"), self.reference, self.overrides, self.config_dir)
        self.seeds, self.identity = seeds_of(self.seed, self.replicates), {"reference": self.reference}
        self.total = len(self.seeds)
        check_past(self.past, self.setups, self.seeds)

    def simulate(self, progress: Progress) -> list[Pair]:
        """Simulate the lives of every pair that is not kept."""
        return gather(
            self.setups, self.seeds, reference=self.reference, workers=self.workers, folder=PairFiles(self.folder.path / "pairs"),
            fresh=self.fresh, progress=progress, branch=self.past, each=simulate_lives,
        )  # fmt: skip

    def conclude(self, simulated: list[Pair]) -> Ledger:
        """Make the ledger of the pairs."""
        return conclude(self.setups, simulated)

    def write(self, results: Ledger) -> None:
        """Write the tables and the figure of lives."""
        write(results, self.folder, began=self.began, asked=self.replicates, figures=self.figures)

    def lines(self, results: Ledger) -> Iterator[str]:
        """Small tables: how many firms have which outcome, source and share."""
        for head, rows in closing_tables(results, self.lang):
            yield head
            yield from ("  " + row for row in columns(rows))
        yield about_the_unfollowed(results, self.lang)

    def work(self, results: Ledger, seconds: float) -> str:
        """Say how long it took in all."""
        return {"zh": f"共{seconds:.0f}秒", "en": f"{seconds:.0f} s in all"}[self.lang]

    def following(self, results: Ledger) -> str:
        """The story of a firm that was gained, or more pairs where no life differs."""
        given, lives = self.options.given, results.lives
        example = lives[lives.change == "gained"]
        example = example if len(example) else lives
        typed = [f"{name}={given[name]}" for name in ("scenario", "reference", "from") if name in given]
        if len(example):
            more = [f"seed={example.iloc[0].replicate}", f"firm={example.iloc[0].ident}"]
        else:
            more = [f"replicates={2 * results.pairs}"]
        return " ".join(["incubator ledger", *typed, *self.overrides, *more])
