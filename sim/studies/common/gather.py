"""Pairs simulated, kept, and gathered."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.model.setup import Setup
from sim.runs.executors.processes import Processes
from sim.runs.matched_pairs import matched_pairs
from sim.runs.simulate import simulate_matched
from sim.runs.store.matched_runs import MatchedRuns
from sim.studies.common.scenarios import check_past, steps


def gather(
    setups: Sequence[Setup], seeds: Sequence[int], *, reference: str | None, workers: int | Processes | None = None,
    detail: bool = False, folder: Any = None, fresh: bool = False,
    progress: Callable[[int], None] | None = None, branch: Path | str | None = None, each: Callable = simulate_matched,
) -> list[Any]:  # fmt: skip
    """Matched pairs of all seeds, earlier ones taken from the folder. progress(done) is called after each step.

    branch: where the past of each seed lies, if `incubator branch` has kept it. each: see `matched_pairs`; it gives a
    Matched unless another function is named. folder: a RunFolder, or one that keeps what that function gives.
    """
    check_past(branch, setups, seeds)
    found, asked = {}, {"branch": branch} | ({"detail": True} if detail else {})
    runs = MatchedRuns(setups, folder.store if folder and each is simulate_matched else None)
    if folder and not fresh:
        found = {seed: kept for seed in seeds if (kept := folder.kept(seed)) is not None}
    done = steps(setups) * len(found)

    def tick():
        nonlocal done
        done += 1
        if progress:
            progress(done)

    if progress:
        progress(done)
    try:
        missing = [seed for seed in seeds if seed not in found]
        for matched in (
            matched_pairs(setups, missing, reference=reference, workers=workers, each=each, tick=tick, **asked)
            if missing
            else ()
        ):
            found[matched.seed] = matched
            if folder and not detail:
                folder.keep(matched)
            runs.keep(matched)
    except KeyboardInterrupt as stop:
        stop.found = found  # pyright: ignore[reportAttributeAccessIssue]: told by it
        raise
    finally:
        runs.flush()
    return [found[seed] for seed in sorted(found)]
