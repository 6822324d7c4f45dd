"""`incubator branch`: history simulated once, kept for every package that is asked about later."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from sim.engine.mistakes import ConfigurationError
from sim.runs.matched_pairs import seeds_of
from sim.studies.branch.run import checked_month, history, keep, kept
from sim.studies.common.command import Command
from sim.studies.common.terminal import Progress

ANSWER = {
    "zh": "{until}月初的状态，{n}个随机种子；此后各方案从这里继续，结果与从头运行逐位相同。",
    "en": "The state at the start of {until} for {n} seeds; packages go on from it, bit for bit as if run from the start.",
}


class Verb(Command):
    """Keep the state of each seed at the month of decision."""

    name = "branch"
    also = ("until",)
    usual_replicates = 1
    parts = "states"

    def check(self) -> None:
        """Refuse scenarios, which history has not."""
        if "until" not in self.options:
            raise ConfigurationError("incubator branch: until is missing; write the month of decision, until=2026-01.")
        for name in ("scenario", "scenarios", "reference"):
            if name in self.options:
                raise ConfigurationError(
                    f"incubator branch: {name}= has no place here, history has no new policy; name packages in 'incubator compare'."
                )

    def ask(self) -> None:
        """Compose the history, and name the file of each seed."""
        setup = history(*self.overrides, own=self.config_dir)
        self.setups, self.until = [setup], checked_month(self.options["until"], setup)
        self.seeds, self.identity = seeds_of(self.seed, self.replicates), {"until": self.options["until"]}
        self.one_file, self.total = self.out.endswith(".npz"), len(self.seeds)
        if self.one_file and self.replicates > 1:
            raise ConfigurationError(
                f"out={self.out}: one file holds one seed; name a folder for {self.replicates} replicates."
            )

    @cached_property
    def files(self) -> list[Path]:
        """The file of each seed."""
        return [Path(self.out) if self.one_file else self.folder.path / "states" / f"{s}.npz" for s in self.seeds]

    def opening(self) -> Iterable[str]:
        """Nothing: a branch is found again by its file."""
        return ()

    def simulate(self, progress: Progress) -> None:
        """Simulate the past of each seed that is not kept."""
        self.done = 0
        for seed, file in zip(self.seeds, self.files, strict=True):
            if self.fresh or not kept(file, self.setups[0], seed, self.until):
                keep(self.setups[0], seed, self.until, file)
            self.done += 1
            progress(self.done)

    def kept(self, stop: KeyboardInterrupt) -> str:
        """Say how many states are kept."""
        return f"{self.done} of {len(self.seeds)} finished and kept."

    def write(self, results: None) -> None:
        """Write the manifest, unless one file was asked for."""
        if not self.one_file:
            answer = {lang: self._answer(lang) for lang in ANSWER}
            self.folder.manifest(
                done=self.done, asked=self.replicates, began=self.began, files=self.files, answer=answer
            )

    def work(self, results: None, seconds: float) -> str:
        """Nothing: how long the past took is of no interest later."""
        return ""

    def where(self) -> Path:
        """The folder, or the one file."""
        return Path(self.out) if self.one_file else self.folder.path

    def answer(self, results: None) -> str:
        """Say which states there are now."""
        return self._answer(self.lang)

    def _answer(self, lang):
        return ANSWER[lang].format(until=self.options["until"], n=len(self.seeds))

    def following(self, results: None) -> str:
        """A comparison that starts from these states."""
        typed = [o for o in self.overrides if not o.startswith("cluster=ouhai")]
        sizes = [f"replicates={self.replicates}", f"seed={self.seed}"]
        return " ".join(
            ["incubator compare scenarios=[baseline,service_first]", *sizes, *typed, f"from={self.where()}"]
        )
