"""A sweep: every point of a design and every seed through all scenarios, kept run by run, so that a study can grow."""

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from sim.engine.mistakes import ConfigurationError
from sim.model.setup import Setup
from sim.runs.executors.choose import opened, refuse_unknown
from sim.runs.executors.failures import Failure
from sim.runs.lean import kept_with
from sim.runs.matched_pairs import seeds_of
from sim.runs.results import KeptRun
from sim.runs.store.identity import outdated
from sim.runs.store.shards import RunStore
from sim.runs.unit import SimulateUnit
from sim.studies.common.horizon import checked_measures
from sim.studies.common.scenarios import checked_reference
from sim.studies.sweep.designs import Design
from sim.studies.sweep.plan import Plan, make_plan
from sim.studies.sweep.tables import Sweep, conclude

HOURS = 1.0  # a sweep expected to take longer is given up unless allowed
FEW = 50  # runs that are begun whatever they take
PILOT = 5  # runs after which the length of a sweep is judged, the first unit of each process aside: it loads the model
QUICKEST = 0.02  # seconds that no run falls short of: what more cannot end in time is not even laid out


def sweep(
    design: Design,
    scenarios: str | Sequence[str | Setup],
    *,
    seeds: int | Sequence[int],
    measures: str | Sequence[str],
    cluster="ouhai",
    overrides: Sequence[str] = (),
    reference: str | None = None,
    engine: str = "local",
    workers: int | None = None,
    folder: Path | str | None = None,
    progress: Callable[[int, int], None] | None = None,
    own: str | None = None,
    hours: float = HOURS,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
) -> Sweep:
    """Simulate a design: `sweep(sobol(space, 64), ["baseline", "service_first"], seeds=4, measures=["graduates"])`.

    scenarios: names, or Setups that share everything but policies. seeds: a list, or how many from 1 on. engine, workers:
    see `sim.runs.executors.choose`. folder: where runs are kept (in `store`) and found again; None keeps nothing. hours: longest
    time that is begun without being asked for. progress(done, total) and say(sentence) are told how it goes. fresh:
    simulate all anew. Returns Sweep.
    """
    seeds = seeds_of(1, seeds) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    if not seeds:
        raise ConfigurationError("seeds=[]: name at least one.")
    if isinstance(scenarios, str):
        scenarios = [scenarios]
    refuse_unknown(engine)
    measures, overrides = checked_measures(measures), list(overrides)
    if all(isinstance(s, str) for s in scenarios) and not any(o.startswith("cluster=") for o in overrides):
        overrides = [f"cluster={cluster}", *overrides]
    refuse_endless(len(design) * len(seeds) * len(scenarios), engine, workers, hours)
    plan = make_plan(design, scenarios, seeds, overrides, own)
    reference = checked_reference(reference, [s.scenario for s in plan.setups])
    store = RunStore(Path(folder) / "store") if folder else None
    runs = perform(
        plan, measures, engine=engine, workers=workers, store=store, progress=progress, hours=hours, fresh=fresh, say=say
    )  # fmt: skip
    return conclude(design, plan, runs, measures, reference)


def perform(
    plan: Plan,
    measures: Sequence[str],
    *,
    engine: str = "local",
    workers: int | None = None,
    store: RunStore | None = None,
    progress: Callable[[int, int], None] | None = None,
    hours: float = HOURS,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
) -> dict[str, KeptRun]:
    """Every run of a Plan with these measures at least, kept ones found and missing ones simulated: {run id: KeptRun}."""
    progress, measures = progress or (lambda done, total: None), kept_with(tuple(measures))
    runs = store.kept(plan.names, measures) if store and not fresh else {}
    if store and say:
        _tell(plan, runs, store, say, fresh)
    progress(len(runs), len(plan.names))
    todo = plan.missing(runs)
    try:
        if todo:
            _simulate(plan, todo, runs, measures, engine, workers, store, progress, hours)
    except KeyboardInterrupt as stop:
        stop.done, stop.asked = len(runs), len(plan.names)  # pyright: ignore[reportAttributeAccessIssue]: told by it
        raise
    finally:
        if store:
            store.flush()
    if store:
        store.together()
    return runs


def _tell(plan, runs, store, say, fresh):
    """Say what of the store cannot be used."""
    if store.damaged:
        say(
            f"{store.damaged} damaged file{'s' * (store.damaged > 1)} in {store.path} put aside; these runs are simulated again."
        )
    missing = {(name.question, name.seed) for run_id, name in plan.names.items() if run_id not in runs}
    if missing and not fresh and (count := store.others(missing)):
        say(outdated(count, len(plan.names)))


def _simulate(plan, todo, runs, measures, engine, workers, store, progress, hours):
    """Simulate units and add their runs to those there are and to the store."""
    left, begun, seconds = sum(len(unit.runs) for unit in todo), len(runs), []
    with opened(engine, workers) as pool:
        judged = left <= FEW
        if not judged and begun >= PILOT:
            judged = _affordable([run.seconds for run in runs.values()], left, pool.size, hours, store)
        results = pool.results(SimulateUnit(plan.frames, measures), todo)
        try:
            for k, (unit, done) in enumerate(results):
                if isinstance(done, Failure):  # no worker brought it to an end
                    done = [KeptRun.failed(name, done) for name in unit.runs.values()]
                for run in done:
                    runs[run.run_id] = run
                    if store:
                        store.keep(run)
                    if k >= pool.size:
                        seconds.append(run.seconds)
                progress(len(runs), len(plan.names))
                if not judged and len(seconds) >= PILOT:
                    judged = _affordable(seconds, left + begun - len(runs), pool.size, hours, store)
        finally:
            results.close()


def refuse_endless(runs: int, engine: str, workers: int | None, hours: float) -> None:
    """Raise ConfigurationError if so many runs cannot end in time however quick they are."""
    if runs > FEW and not str(engine).startswith("dask:"):
        _affordable([QUICKEST], runs, 1 if engine == "serial" else workers or os.cpu_count() or 1, hours, None)


def _affordable(seconds, left, processes, hours, store):
    """True, or the sentence that says how long it would take."""
    each = median(seconds)
    needed = left * each / processes / 3600
    if needed <= hours:
        return True
    raise ConfigurationError(
        f"this sweep takes about {_said(needed)} more ({left:,} runs of {each:.2g} s on {processes} "
        f"process{'es' * (processes > 1)}), and {_said(hours)} is allowed; write hours={math.ceil(1.2 * needed)} to let it, or ask for "
        f"fewer points or replicates{'; what is done is kept' if store else ''}."
    )


def _said(hours):
    return f"{hours:,.1f} hours" if hours > 1 else f"{60 * hours:.0f} minutes" if hours < 1 else "1 hour"
