"""The frame of every command that simulates: from what is typed to the closing lines."""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.engine.mistakes import ConfigurationError
from sim.studies.common.options import Options, language
from sim.studies.common.terminal import Progress, say

if TYPE_CHECKING:
    from sim.model.setup import Setup
    from sim.runs.store.folder import RunFolder

INTERRUPTED = 130  # exit code
SECONDS = {"zh": "用时{:.0f}秒", "en": "{:.0f} s in all"}
RESULTS = {"zh": "结果: ", "en": "Results: "}
ANSWER = {"zh": "结论: ", "en": "Answer: "}
NEXT = {"zh": "下一步: ", "en": "Next: "}


class Command(ABC):
    """Frame of all commands: read options, simulate under a progress bar, write, and sum up.

    `sim/studies/<verb>/verb.py` has a class Verb of this kind, which says what is its own. `ask`, `simulate` and
    `write` have to be written; everything else has a form that serves most.
    """

    name: str  # the verb, and what its folders of results begin with
    also: tuple[str, ...] = ()  # options that this verb alone has
    usual_replicates: Any = 20  # a number, or None where a verb settles it otherwise; so with the next
    usual_workers: Any = os.cpu_count() or 1
    most_workers = 1024
    usual_figures = True
    parts: str | None = "pairs"  # where finished parts are kept in the study's folder; None: not there
    may_end_early = False  # whether the bar's total is the most there will be

    # What `ask` finds out.
    setups: "list[Setup]"
    seeds: list[int]
    total: int  # steps of the progress bar
    identity: Mapping[str, Any]  # what beside scenarios and seed makes it another study

    def __init__(self, arguments: Iterable[str]) -> None:
        options = self.options = Options(arguments, self.also)
        self.overrides, self.config_dir = options.overrides, options.config_dir
        self.check()
        self.replicates = options.whole_number("replicates", self.usual_replicates, 1, 100000)
        self.seed = options.whole_number("seed", 1, 0)
        self.workers = options.whole_number("workers", self.usual_workers, 1, self.most_workers)
        self.figures, self.fresh = options.yes("figures", self.usual_figures), options.yes("fresh", False)
        self.lang = options.one_of("lang", language(), ("zh", "en"))
        self.out = options.get("out", "runs")

    def run(self) -> int:
        """Carry the command out, and return its exit code."""
        clock, stopped = time.perf_counter(), None
        with self.helpers() as self.processes:
            from sim.runs.store.folder import now

            self.began = now()
            self.ask()
            for sentence in self.opening():
                say(sentence)
            with Progress(self.total, self.setups[0].data.title[self.lang], self.may_end_early) as bar:
                try:
                    simulated = self.simulate(bar)
                except KeyboardInterrupt as stop:
                    stopped = stop
        if stopped:
            say(f"interrupted; {self.kept(stopped)}")
            say("the same command goes on from there.")
            return INTERRUPTED
        self.simulation_seconds = time.perf_counter() - clock
        results = self.conclude(simulated)
        self.write(results)
        self._close(results, time.perf_counter() - clock)
        return 0

    def _close(self, results, seconds):
        for line in self.lines(results):
            print(line)
        work, answer, following = self.work(results, seconds), self.answer(results), self.following(results)
        if work:
            print(work)
        print(RESULTS[self.lang] + str(self.where()))
        if answer:
            print(ANSWER[self.lang] + answer)
        if following:
            print(NEXT[self.lang] + following)

    # --- what a verb fills in -------------------------------------------------------------------------------------------

    def check(self) -> None:  # noqa: B027  a verb that takes everything leaves it as it is
        """Refuse what this verb does not take, and what it lacks, before anything is loaded."""

    def helpers(self) -> AbstractContextManager:
        """Start processes before it is known what they will be asked; none unless a verb wants them."""
        return nullcontext()

    @abstractmethod
    def ask(self) -> None:
        """Check what is asked: set `setups`, `seeds`, `total` and `identity`, or raise ConfigurationError."""

    @cached_property
    def folder(self) -> "RunFolder":
        """The study's folder, made when it is first wanted."""
        from sim.runs.store.folder import RunFolder

        return RunFolder(self.out, self.name, self.setups, self.identity, self.seed, parts=self.parts)

    def opening(self) -> Iterable[str]:
        """Sentences on stderr before it begins."""
        yield self.folder.outdated()

    @abstractmethod
    def simulate(self, progress: Progress) -> Any:
        """Simulate, and return what `conclude` takes; progress(done) is called on the way."""

    def conclude(self, simulated: Any) -> Any:
        """Turn what was simulated into results: the argument of all that follows."""
        return simulated

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say what an interruption leaves behind."""
        return f"{len(getattr(stop, 'found', {}))} of {len(self.seeds)} finished and kept in {self.folder.path}."

    @abstractmethod
    def write(self, results: Any) -> None:
        """Write tables, figures and the manifest into the study's folder."""

    def lines(self, results: Any) -> Iterable[str]:
        """Lines above the closing ones, such as small tables."""
        return ()

    def work(self, results: Any, seconds: float) -> str:
        """Say how long it took in all."""
        return SECONDS[self.lang].format(seconds)

    def where(self) -> Path:
        """The place that the line 'Results' names."""
        return self.folder.path

    def answer(self, results: Any) -> str:
        """The answer in a sentence; '' for none."""
        return results.verdict(self.lang)

    def following(self, results: Any) -> str:
        """The command to type next; '' for none."""
        return ""

    # --- what several verbs share ---------------------------------------------------------------------------------------

    def year(self) -> int | None:
        """The year asked for, or None for the whole horizon."""
        return self.options.whole_number("year", None, 1900, 2200)

    def needs_scenarios(self, example: str) -> None:
        """Raise ConfigurationError unless scenarios are named."""
        if "scenarios" not in self.options:
            raise ConfigurationError(f"incubator {self.name}: scenarios is missing; write {example}.")

    def again(self, name: str, value: object) -> str:
        """The same command as it was typed, with another value of one option."""
        kept = [word for word in self.options.arguments if not word.startswith(f"{name}=")]
        return " ".join(["incubator", self.name, *kept, f"{name}={value}"])
