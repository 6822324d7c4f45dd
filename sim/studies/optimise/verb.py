"""`incubator optimise`: the best packages for the money, found by search and judged on new seeds."""

from collections.abc import Iterator
from functools import cached_property

from sim.engine.mistakes import ConfigurationError
from sim.model.measures.definitions import SPENDING
from sim.report.units import money_unit
from sim.runs.store.folder import RunFolder
from sim.studies.common.command import Command
from sim.studies.common.options import whole_number
from sim.studies.common.terminal import Progress, columns
from sim.studies.optimise.question import make_question
from sim.studies.optimise.run import Optimised, folder_of, go_on
from sim.studies.optimise.tables import MINE, report_data, write

LEAST = {"candidates": 4, "population": 4, "replicates": 1, "confirm": 0, "front": 1, "draws": 1}
PACKAGE = {"zh": "方案（与参照之差）", "en": "package (difference)"}


class Verb(Command):
    """Search levers, sizes, starts and targets; then run what was found again on new seeds, beside the named packages."""

    name = "optimise"
    also = (
        "objectives", "budget", "candidates", "population", "confirm", "front", "robust", "draws", "levers", "search", "delays",
        "decision", "year", "engine",
    )  # fmt: skip
    usual_replicates = None
    may_end_early = True

    def check(self) -> None:
        """Refuse a single scenario."""
        if "scenario" in self.options:
            raise ConfigurationError(
                "incubator optimise: name the packages to beat as scenarios=[…]; without it, all there are."
            )

    def ask(self) -> None:
        """Check the question."""
        named = self.options.words("scenarios") if "scenarios" in self.options else None
        self.engine = self.options.get("engine", "local" if self.workers > 1 else "serial")
        self.question = make_question(named, self.overrides, own=self.config_dir, **self.typed())
        self.setups, self.total = self.question.setups, 1

    def typed(self) -> dict:
        """The options as `make_question` takes them; those not typed keep its defaults."""
        options, given = self.options, {}
        for name in ("reference", "robust", "search", "decision"):
            if name in options:
                given[name] = options[name]
        for name in ("objectives", "levers"):
            if name in options:
                given[name] = options.words(name)
        for name, least in LEAST.items():
            if name in options:
                given[name] = options.whole_number(name, None, least, 1_000_000)
        if "seed" in options:
            given["seed"] = self.seed
        if "year" in options:
            given["year"] = self.year()
        if "budget" in options:
            given["budget"] = money(options["budget"])
        if "delays" in options:
            given["delays"] = [whole_number("delays", part, 0, 600) for part in options.words("delays")]
            if not given["delays"]:
                raise ConfigurationError("delays=[]: name at least one number of months, such as delays=[0,12].")
        return given

    @cached_property
    def folder(self) -> RunFolder:
        """The study's folder: the same search, longer or shorter, finds it again."""
        return folder_of(self.question, self.out)

    def opening(self) -> Iterator[str]:
        """Say which levers are not searched, and why."""
        for name, why in self.question.levers.left_out.items():
            yield f"{name} is left out: {why}"

    def simulate(self, progress: Progress) -> Optimised:
        """Search, and run what was found again."""

        def tell(done, most):
            progress.expect(most)
            progress(done)

        return go_on(self.question, self.out, engine=self.engine, workers=self.workers, fresh=self.fresh, progress=tell)

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say where the runs are kept."""
        return f"finished runs are kept in {self.out}/store."

    def write(self, results: Optimised) -> None:
        """Write tables, scenarios and figures."""
        write(results, self.folder, began=self.began, figures=self.figures, own=self.config_dir)

    def lines(self, results: Optimised) -> Iterator[str]:
        """A small table: each point found and each named package, cheapest first, with what it adds and spends."""
        data, lang = report_data(results), self.lang
        shown = sorted(data.named("named") + data.named("found"), key=lambda point: data.row(point, SPENDING)["mean"])
        rows = [[PACKAGE[lang], *(data.measures[m]["title"][lang] for m in [*data.gains, SPENDING])]]
        for point in shown:
            spent = data.row(point, SPENDING)["mean"]
            cells = [data.unit(m, lang).change(data.row(point, m)["mean"]) for m in data.gains]
            name = data.name(point, lang) + (" ←" if point == results.chosen else "")
            rows.append([name, *cells, money_unit(spent, lang).level(spent)])
        for row in columns(rows):
            yield "  " + row

    def following(self, results: Optimised) -> str:
        """The comparison of what was found with the reference."""
        common = [o for o in self.overrides if not o.startswith("policies.") and ".." not in o]
        scenarios = f"scenarios=[{self.setups[0].scenario},{MINE}]"
        return " ".join(["incubator compare", scenarios, *common, "--config-dir", str(self.folder.path / "config")])


def money(text: str) -> float | str:
    """Read a sum in CNY, or the name of a scenario whose cost it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not 0 < value < float("inf"):
        raise ConfigurationError(f"budget={text}: expected CNY above 0, such as 2e9, or the name of a scenario.")
    return value
