"""Branches: history simulated once and kept in a file a seed, from which any package goes on as if run from the start."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.engine.calendar import month_number, month_of
from sim.engine.mistakes import ConfigurationError
from sim.model import snapshot
from sim.model.cluster import Cluster, sizes_of
from sim.model.setup import Setup
from sim.runs.provenance import rests_on, written_by

PARTS = {"cluster": "cluster", "parameters": "parameters", "world": "world", "rules": "rules", "criteria": "criteria"}
PARTS["run"] = "run (burn_in, follow or compact_every)"


def content_of(cluster: Cluster) -> bytes:
    """Content of a branch's file: the state at the month about to be simulated, and what that state rests on."""
    about = {"kind": "branch", **written_by(), "name": cluster.data.name, "rests_on": rests_on(cluster.setup)}
    return snapshot.to_bytes(cluster.state(), about)


def same_past(head: dict, setup: Setup) -> list[str]:
    """List problems with taking a branch's header for the past of a setup, as the ends of sentences."""
    about, mine = head["about"], written_by()
    if {name: about[name] for name in mine} != mine:
        return [
            f"made by model {about['model']} with numpy {about['numpy']}, and this is model {mine['model']} with numpy "
            f"{mine['numpy']}: make it anew with 'incubator branch'."
        ]
    if about["name"] != setup.data.name:
        return [f"a branch of cluster={about['name']}, not of cluster={setup.data.name}."]
    wanted = rests_on(setup)
    problems = [
        f"made under other settings of {PARTS[part]}: give the same settings here as to 'incubator branch'."
        for part, hashed in about["rests_on"].items()
        if hashed != wanted[part]
    ]
    for policy in setup.policies:
        if month_number(policy.start) < head["now"]:
            problems.append(
                f"starts in {month_of(head['now'])}, after policies.{policy.name} of {setup.scenario} (start = {policy.start}): "
                "make an earlier branch, or start the policy later."
            )
    if setup.run.until < month_of(head["now"]):
        problems.append(f"starts in {month_of(head['now'])}, after run.until = {setup.run.until}.")
    return problems


@dataclass(frozen=True)
class Branches:
    """States of one month, one a seed: a folder that `incubator branch` wrote, or one of its files."""

    path: Path

    def files(self) -> dict[int, Path]:
        """Files by seed."""
        if self.path.is_file():
            return {self._head(self.path)["seed"]: self.path}
        folder = self.path / "states" if (self.path / "states").is_dir() else self.path
        found = {int(file.stem): file for file in folder.glob("*.npz") if re.fullmatch(r"\d+", file.stem)}
        if not found:
            raise ConfigurationError(
                f"from={self.path}: no branch there; make one with 'incubator branch until=MONTH'."
            )
        return found

    def month(self) -> int:
        """Number of the month that the branches start in."""
        return self._head(next(iter(self.files().values())))["now"]

    def check(self, setups: Sequence[Setup], seeds: Sequence[int]) -> None:
        """Raise ConfigurationError unless each seed has a state that is the past of each setup."""
        files = self.files()
        missing = [str(seed) for seed in seeds if seed not in files]
        if missing:
            raise ConfigurationError(
                f"from={self.path}: holds no state of seed {', '.join(missing[:8])}{' …' * (len(missing) > 8)}; it has "
                f"{_listed(sorted(files))}. Make more with 'incubator branch', or ask for these seeds."
            )
        problems = []
        for seed in seeds:
            head = self._head(files[seed])
            for setup in setups:
                found = [f"from={files[seed]}: {problem}" for problem in same_past(head, setup)]
                problems += [problem for problem in found if problem not in problems]
            if problems:
                raise ConfigurationError(problems)

    def start(self, setup: Setup, seed: int) -> Cluster:
        """Make a Cluster that goes on from the kept state of a seed."""
        file = self.files()[seed]
        try:
            state = snapshot.from_bytes(file.read_bytes(), sizes_of(setup.data))
        except snapshot.UNREADABLE as error:
            raise _damaged(file, error) from None
        return Cluster(setup, seed, state=state)

    def _head(self, file):
        try:
            head = snapshot.head_of(file.read_bytes())
            if head["about"]["kind"] != "branch":
                raise ValueError("of another kind")
            return head
        except snapshot.UNREADABLE as error:
            raise _damaged(file, error) from None


def _damaged(file, error):
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ConfigurationError(
        f"from={file}: not a branch, or damaged ({reason}); make it anew with 'incubator branch'."
    )


def _listed(seeds):
    """1 to 20 where they follow each other, else each."""
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds[:12])) + " …" * (len(seeds) > 12)
