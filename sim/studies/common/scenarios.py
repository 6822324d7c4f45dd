"""The scenarios that a study compares."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.config import compose, load
from sim.model.setup import Setup
from sim.runs.branches import Branches
from sim.runs.matched_pairs import shareable


def scenarios_of(
    names: Sequence[str], overrides: Sequence[str] = (), own: str | None = None, nations: bool = False
) -> list[Setup]:
    """Setups of several scenarios that may be paired, or a sentence why not. nations: whether a nation will do."""
    if not names:
        raise ConfigurationError("scenarios=[]: name at least one, such as scenarios=[baseline,service_first].")
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ConfigurationError(f"scenarios=[{','.join(names)}]: '{twice[0]}' is named twice.")
    if len(names) > 1 and any(o.startswith("policy=") for o in overrides):
        raise ConfigurationError(
            "policy= replaces the package of every scenario, so nothing is left to compare; write a scenario of your own."
        )
    problems, setups = [], []
    levers = [o for o in overrides if o.startswith("policies.")] if len(names) > 1 else []
    common = [o for o in overrides if o not in levers]
    packages = {name: _package(name, common, own) for name in names} if levers else {}
    for lever in levers:  # a lever's setting acts on the scenarios that have it
        if not any(lever.split(".")[1] in package for package in packages.values()):
            problems.append(f"{lever}: none of the scenarios has the policy '{lever.split('.')[1]}'.")
    for name in names:
        mine = [o for o in levers if o.split(".")[1] in packages[name]]
        try:
            setups.append(load([*common, *mine, f"scenario={name}"], own))
        except ConfigurationError as error:
            problems += [p for p in error.problems if p not in problems]
    if problems:
        raise ConfigurationError(problems)
    if not nations:
        setups[0].as_one_cluster()
    if not shareable(setups):
        raise ConfigurationError(
            "scenarios differ in cluster, parameters, world, rules or run, not only in policies: they cannot be paired."
        )
    return setups


def _package(name, overrides, own):
    """Names of the policies of a scenario; none if it does not compose (which is told elsewhere)."""
    try:
        return set(compose([*overrides, f"scenario={name}"], own)["policies"])
    except ConfigurationError:
        return set()


def first_policy_month(setups: Sequence[Setup]) -> np.datetime64:
    """The month the first policy starts in any scenario, or the first month of all."""
    starts = [p.start for s in setups for p in s.policies]
    return min(starts) if starts else setups[0].data.start


def check_past(branch: Path | str | None, setups: Sequence[Setup], seeds: Sequence[int]) -> None:
    """Raise ConfigurationError unless a branch, if one is named, holds the past of these setups and seeds."""
    if branch and setups[0].cities:
        raise ConfigurationError(
            f"from={branch}: of no use to a nation, whose cities start from burn-ins of their own."
        )
    if branch:
        Branches(Path(branch)).check(setups, seeds)


def steps(setups: Sequence[Setup]) -> int:
    """Return the number of steps in which a pair is done: one, or as many as a nation has cities."""
    return len(setups[0].cities) or 1


def checked_reference(reference: str | None, scenarios: Sequence[str]) -> str:
    """Return the reference scenario: the first one unless named."""
    reference = reference or scenarios[0]
    if reference not in scenarios:
        raise ConfigurationError(
            f"reference={reference}: not among the scenarios; {did_you_mean(reference, scenarios)}"
        )
    return reference


def with_reference(names: list[str], reference: str | None) -> tuple[list[str], str]:
    """Return the scenarios with the reference among them, first if it was not named, as `compare` has it; and the reference."""
    if reference and reference not in names:
        names = [reference, *names]
    if len(names) < 2:
        raise ConfigurationError(f"scenarios=[{','.join(names)}]: name at least two, or one and reference=NAME.")
    return names, checked_reference(reference, names)
