"""Branches from question to folder: the past of each seed, kept once for every package that is asked about later."""

from pathlib import Path

import numpy as np

from sim.engine.calendar import month_number
from sim.engine.files import write_whole
from sim.engine.mistakes import ConfigurationError
from sim.model.setup import Setup
from sim.runs.branches import Branches, content_of
from sim.runs.simulate import at_start
from sim.studies.common.scenarios import scenarios_of


def history(*overrides: str, own: str | None = None) -> Setup:
    """Return the Setup whose past is to be kept: a cluster and its settings, without policies."""
    setup = scenarios_of(["baseline"], overrides, own)[0]
    if setup.policies:
        raise ConfigurationError(
            f"incubator branch simulates history without new policies, and {', '.join(p.name for p in setup.policies)} "
            "would act in it; name the package in 'incubator compare … from='."
        )
    return setup


def checked_month(until: str, setup: Setup) -> int:
    """Number of the month a branch starts in."""
    try:
        month = np.datetime64(until, "M")
        if len(until) != len("2026-01"):
            raise ValueError
    except ValueError:
        raise ConfigurationError(f"until={until}: expected a month such as 2026-01.") from None
    if not setup.data.start < month <= setup.run.until:
        raise ConfigurationError(
            f"until={until}: expected a month after the start, {setup.data.start}, and not after run.until, {setup.run.until}."
        )
    return month_number(month)


def keep(setup: Setup, seed: int, until: int, path: Path | str) -> Path | str:
    """Simulate a seed up to, not including, month number `until`, and write its state whole."""
    write_whole(path, content_of(at_start(setup, seed).run(until=until)))
    return path


def kept(path: Path, setup: Setup, seed: int, until: int) -> bool:
    """Return True if a file is this very branch already."""
    try:
        found = Branches(path)
        found.check([setup], [seed])
        return found.month() == until
    except ConfigurationError:
        return False


def branch(until: str, path: Path | str, *overrides: str, seed: int = 1, own: str | None = None) -> Path | str:
    """Keep the state of one seed at a month: `branch("2026-01", "now.npz", "cluster=toy")`, then compare(…, branch="now.npz").

    The state is that before the month's first phase. Returns the path.
    """
    setup = history(*overrides, own=own)
    return keep(setup, seed, checked_month(until, setup), path)
