"""`incubator compare`: scenarios on matched pairs, from the question to the closing lines."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engine.mistakes import ConfigurationError
from sim.studies.common.command import Command
from sim.studies.common.terminal import Progress, columns

if TYPE_CHECKING:
    from sim.runs.results import Matched
    from sim.studies.compare.run import Results

HEADS = {
    "zh": ["情景", "入驻率", "人才留存率", "毕业率", "租户（家）", "毕业（家/年）"],
    "en": ["scenario", "occupancy", "retention", "graduation", "tenants", "graduates/year"],
}
YEAR = {
    "zh": "{year}年，{pairs}次运行均值（模型推演，不是预测）",
    "en": "{year}, mean of {pairs} runs (scenario output, not a prediction)",
}
WORK = {
    "zh": "模拟{simulated:.0f}秒，共{total:.0f}秒；每次运行：期末租户{tenants:,}、企业行{live_rows:,}"
    "（其中园区外样本{followed:,}，代表{followed_stand_for:,}家），主体步数{agent_steps:,}",
    "en": "{simulated:.0f} s simulating, {total:.0f} s in all; a run ends with {tenants:,} tenants and "
    "{live_rows:,} live rows ({followed:,} of firms elsewhere that stand for "
    "{followed_stand_for:,}), after {agent_steps:,} agent-steps",
}


class Verb(Command):
    """Several scenarios on matched pairs."""

    name = "compare"
    also = ("from",)

    def check(self) -> None:
        """Refuse fewer than two scenarios."""
        self.needs_scenarios("scenarios=[baseline,service_first]")
        self.scenarios, self.named = self.options.words("scenarios"), self.options.get("reference")
        if self.named and self.named not in self.scenarios:
            self.scenarios = [self.named, *self.scenarios]
        if len(self.scenarios) < 2:
            raise ConfigurationError(
                f"scenarios={self.options['scenarios']}: name at least two, or one and reference=NAME."
            )

    def helpers(self) -> AbstractContextManager:
        """Start processes, which load the model while this one reads what is asked."""
        from sim.runs.executors.processes import started

        return started(min(self.workers, self.replicates), ["sim.runs.simulate", "sim.model.policies"])

    def ask(self) -> None:
        """Compose the scenarios, and check that they may be paired."""
        from sim.runs.matched_pairs import seeds_of
        from sim.studies.common.scenarios import check_past, checked_reference, scenarios_of, steps

        self.setups = scenarios_of(self.scenarios, self.overrides, self.config_dir, nations=True)
        self.cities = steps(self.setups)
        self.reference = checked_reference(self.named, self.scenarios)
        self.identity = {"reference": self.reference}
        self.seeds = seeds_of(self.seed, self.replicates)
        self.total = self.cities * len(self.seeds)
        check_past(self.options.get("from"), self.setups, self.seeds)

    def simulate(self, progress: Progress) -> list[Matched]:
        """Simulate what is missing, pair by pair."""
        from sim.studies.common.gather import gather

        if self.figures:  # a second's worth of libraries, fetched while the processes simulate
            threading.Thread(target=import_module, args=("sim.studies.compare.page",), daemon=True).start()
        return gather(
            self.setups, self.seeds, reference=self.reference, progress=progress, detail=self.detailed(), folder=self.folder,
            workers=self.processes if self.processes and self.cities == 1 else self.workers, fresh=self.fresh,
            branch=self.options.get("from"),
        )  # fmt: skip

    def detailed(self) -> bool:
        """Keep events and monthly tables of every park if True."""
        return False

    def conclude(self, simulated: Sequence[Matched]) -> Results:
        """Make tables of the pairs."""
        from sim.studies.compare.run import conclude

        return conclude(self.setups, simulated, self.reference)

    def write(self, results: Results) -> None:
        """Write tables, figures and the page."""
        from sim.studies.compare.tables import write

        sizes = f"replicates={self.replicates}", f"seed={self.seed}"
        command = " ".join(["incubator", self.name, *self.compared(), *sizes, *self.overrides])
        write(results, self.folder, began=self.began, asked=self.replicates, figures=self.figures, command=command)

    def compared(self) -> list[str]:
        """The scenarios compared, as they are typed."""
        return [f"scenarios=[{','.join(self.scenarios)}]", f"reference={self.reference}"]

    def lines(self, results: Results) -> Iterator[str]:
        """A small table of the last year."""
        from sim.studies.compare.tables import headline_lines

        yield YEAR[self.lang].format(year=int(results.yearly.year.max()), pairs=results.pairs)
        for row in columns([HEADS[self.lang], *headline_lines(results, self.lang)]):
            yield "  " + row

    def work(self, results: Results, seconds: float) -> str:
        """Say how long it took, and how large a run is."""
        return WORK[self.lang].format(simulated=self.simulation_seconds, total=seconds, **results.sizes)

    def where(self) -> Path:
        """The page, if there is one."""
        return self.folder.path / f"report.{self.lang}.html" if self.figures else self.folder.path

    def following(self, results: Results) -> str:
        """The same with twice the pairs."""
        more = f"scenarios=[{','.join(self.scenarios)}]", f"replicates={2 * results.pairs}"
        return " ".join(["incubator compare", *more, *self.same_place()])

    def same_place(self) -> list[str]:
        """Words that a following command has to say again so that it asks about the same place, in the order typed."""
        from sim.inputs.own_code import LOADED

        given = self.options.given
        kept = [f"{name}={quoted(given[name])}" for name in ("seed", "from", "out", "workers") if name in given]
        paths = ([("--config-dir", self.config_dir)] if self.config_dir else []) + [("--code", path) for path in LOADED]
        return [*kept, *self.overrides, *(word for name, path in paths for word in (name, quoted(path)))]


def quoted(path: str) -> str:
    """Return a path as it is typed: in quotation marks if it has spaces."""
    return f'"{path}"' if " " in str(path) else str(path)
