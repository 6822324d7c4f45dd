"""Frame that `discover` and `voi` share on the command line: the decision that is asked about, and its sample."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from sim.engine.mistakes import ConfigurationError
from sim.studies.common import decision
from sim.studies.common.command import Command
from sim.studies.common.options import split_words
from sim.studies.common.terminal import columns, say
from sim.studies.sweep.space import VARIED_GRADES, varies

BEGINNING = {
    "zh": "{k}个参数，{points}个样本点，每点{n}对，至多{runs:,}次运行",
    "en": "{k} parameters, {points} points, {n} pairs at each, {runs:,} runs at most",
}
FAILED = {"zh": "{n}个样本点运行失败，未计入", "en": "{n} points failed and are left out"}


class DecisionCommand(Command):
    """A decision between scenarios, studied on a sample of parameters. A verb says how: `carry_out`, `write`, `rows`."""

    also = ("measures", "value", "vary", "grades", "points", "year", "hours", "engine")
    usual_replicates = decision.REPLICATES
    parts = None

    def check(self) -> None:
        """Refuse a single scenario."""
        self.needs_scenarios("scenarios=[service_first] reference=baseline")

    def ask(self) -> None:
        """Check the decision."""
        options, ranges = self.options, [o for o in self.overrides if varies(o)]
        vary = [*options.words("vary"), *ranges] if "vary" in options or ranges else None
        self.question = decision.make_decision(
            options.words("scenarios"), [o for o in self.overrides if o not in ranges], reference=options.get("reference"),
            measures=options.words("measures", "graduates"), value=values(options.get("value")), vary=vary,
            grades=options.words("grades", ",".join(VARIED_GRADES)),
            points=options.whole_number("points", decision.POINTS, 1, 1_000_000), replicates=self.replicates,
            year=self.year(), seed=self.seed, own=self.config_dir,
        )  # fmt: skip
        self.settings = {
            "engine": options.get("engine", "local"), "workers": self.workers, "hours": options.number("hours", 1.0),
            "fresh": self.fresh, "say": say, "folder": self.out,
        }  # fmt: skip
        self.setups, self.identity = self.question.setups, self.question.identity
        self.total = (self.question.points + 1) * self.question.replicates * len(self.question.scenarios)

    def opening(self) -> Iterator[str]:
        """Say how much will be simulated."""
        q = self.question
        yield BEGINNING[self.lang].format(k=len(q.space), points=q.points, n=q.replicates, runs=self.total)

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say how many runs are kept."""
        done, asked = getattr(stop, "done", 0), getattr(stop, "asked", "all")
        return f"{done} of {asked} runs finished and kept in {self.out}/store."

    def lines(self, results: Any) -> Iterator[str]:
        """A table of the parameters."""
        for row in columns(self.rows(results)):
            yield "  " + row
        if n := results.sample.failed:
            yield FAILED[self.lang].format(n=n)

    @abstractmethod
    def rows(self, results: Any) -> list[list[str]]:
        """The rows of that table, its heads first."""

    def following(self, results: Any) -> str:
        """The same with twice the points, which finds those of this one."""
        return self.again("points", 2 * self.question.points)


def values(text: str | None) -> float | dict[str, float] | None:
    """Read '500000' or '[graduates:500000,tenants:20000]': CNY for one more of a measure."""
    if text is None:
        return None
    items = [item.rpartition(":") for item in split_words(text)]
    try:
        numbers = [float(number) for _, _, number in items]
    except ValueError:
        numbers = []
    named = [name for name, _, _ in items if name]
    if not numbers or len(named) not in (0, len(items)) or (not named and len(items) > 1):
        raise ConfigurationError(
            f"value={text}: expected CNY for one of the measure, such as value=500000 or value=[graduates:500000,tenants:20000]."
        )
    return dict(zip(named, numbers, strict=True)) if named else numbers[0]
