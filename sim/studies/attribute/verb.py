"""`incubator attribute`: which part of a package did the work, what it cost, and what parts do together."""

from collections.abc import Iterator, Sequence

from sim.engine.mistakes import ConfigurationError
from sim.report.units import money_unit
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import KeptRun
from sim.studies.attribute.question import BY, REPLICATES, make_game, package_and_reference
from sim.studies.attribute.run import play
from sim.studies.attribute.sentences import answer, per_million, sampling, span
from sim.studies.attribute.tables import Attributed, attributed, report_data, write
from sim.studies.common.command import Command
from sim.studies.common.horizon import checked_year
from sim.studies.common.terminal import Progress, columns

EVERY = {
    "zh": "{parts}个部分，{coalitions}种组合全部模拟，共{runs:,}次运行",
    "en": "{parts} parts, all {coalitions} coalitions of them, {runs:,} runs",
}
SAMPLED = {
    "zh": "{parts}个部分，每对运行抽取{orders}种加入次序，至多{runs:,}次运行",
    "en": "{parts} parts, {orders} sampled orders of joining a pair, {runs:,} runs at most",
}
HEADS = {
    "zh": ["部分", "贡献", "95%区间", "单独实施", "去掉则失", "财政支出", "每百万元"],
    "en": ["part", "share", "95% interval", "alone", "if left out", "spending", "per CNY m"],
}
TOGETHER = {"zh": "合计", "en": "together"}


class Verb(Command):
    """Shares of a package's effect by lever or by paragraph of the plan."""

    name = "attribute"
    also = ("measures", "by", "orders", "budget", "year")
    usual_replicates = REPLICATES
    parts = None

    def check(self) -> None:
        """Refuse anything but one package."""
        options = self.options
        if "scenario" not in options and not any(o.startswith("policy=") for o in self.overrides):
            raise ConfigurationError(
                "incubator attribute: scenario is missing; write scenario=service_first, or policy=[rent_relief,service_list]."
            )
        if any(a.startswith("scenarios=") for a in options.arguments):
            raise ConfigurationError(
                "incubator attribute takes one package, scenario=NAME, and what it starts from, reference=NAME."
            )

    def ask(self) -> None:
        """Find the parts of the package."""
        options = self.options
        by = options.one_of("by", "lever", BY)
        orders, budget = options.whole_number("orders", None, 2, 10000), options.whole_number("budget", None, 1)
        self.only_year = self.year()
        scenario, reference = options.get("scenario", "baseline"), options.get("reference", "baseline")
        package, held = package_and_reference(scenario, reference, self.overrides, self.config_dir)
        self.game = make_game(
            package, held, measures=options.words("measures", "graduates"), by=by, replicates=self.replicates, orders=orders,
            budget=budget,
        )  # fmt: skip
        checked_year(self.only_year, held, self.game.since)
        self.setups, self.total = [held, package], self.replicates
        self.identity = {"by": by, "measures": self.game.measures, "orders": self.game.orders}

    def opening(self) -> Iterator[str]:
        """Say how many parts there are, and how many runs."""
        yield self.folder.outdated()
        parts, runs = len(self.game.parts), self.replicates * self.game.runs_a_seed
        sentence = EVERY if self.game.orders is None else SAMPLED
        yield sentence[self.lang].format(parts=parts, coalitions=2**parts, orders=self.game.orders, runs=runs)

    def simulate(self, progress: Progress) -> list[dict[int, KeptRun]]:
        """Simulate the coalitions of every seed."""
        return play(
            self.game, seeds_of(self.seed, self.replicates), workers=self.workers, store=self.folder.store, fresh=self.fresh,
            progress=progress,
        )  # fmt: skip

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say how many seeds are kept."""
        return f"{getattr(stop, 'done', 0)} of {self.replicates} finished and kept in {self.folder.store.path}."

    def conclude(self, simulated: Sequence[dict[int, KeptRun]]) -> Attributed:
        """Share out the effect."""
        return attributed(self.game, simulated, self.only_year)

    def write(self, results: Attributed) -> None:
        """Write tables and figures."""
        write(results, self.folder, began=self.began, asked=self.replicates, figures=self.figures)

    def lines(self, results: Attributed) -> Iterator[str]:
        """A table of the parts for each measure."""
        data = report_data(results, self.folder)
        for measure in results.measures_asked:
            unit = data.unit(measure, self.lang)
            title = data.measures[measure]["title"][self.lang]
            yield f"{title} ({unit.change_label})" if unit.change_label else data.measure_name(measure, self.lang)
            for row in columns(_rows(data, measure, unit, self.lang)):
                yield "  " + row
            if data.orders is not None:
                yield f"  {sampling(data, measure, self.lang)}"

    def answer(self, results: Attributed) -> str:
        """The answer for each measure."""
        data = report_data(results, self.folder)
        return {"zh": "", "en": " "}[self.lang].join(answer(data, m, self.lang) for m in results.measures_asked)

    def following(self, results: Attributed) -> str:
        """The same on twice the seeds."""
        return self.again("replicates", 2 * self.replicates)


def _rows(data, measure, unit, lang):
    rows = [HEADS[lang]]
    for row in data.ordered(measure):
        bounds = span(unit.bare_change(row.low), unit.bare_change(row.high), lang)
        ends = [unit.bare_change(row.first_mean), unit.bare_change(-row.last_mean)]
        value, within = per_million(row, lang)
        each = [value, f"({within})"] if within else [value]
        money = money_unit(row.spending, lang).level(row.spending)
        rows.append([data.name(row.part, lang), unit.bare_change(row.mean), bounds, *ends, money, " ".join(each)])
    whole = data.whole(measure)
    bounds = span(unit.bare_change(whole.low), unit.bare_change(whole.high), lang)
    return [*rows, [TOGETHER[lang], unit.bare_change(whole["mean"]), bounds, "", "", "", ""]]
