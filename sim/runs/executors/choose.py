"""The choice of who does the work: this process, processes of this computer, or a Dask cluster. One word changes, not the study."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.runs.executors.dask import worker_pool
from sim.runs.executors.failures import tried

ENGINES = ("serial", "local", "dask:ADDRESS", "dask:FILE", "slurm")


def refuse_unknown(engine: str) -> None:
    """Raise ConfigurationError if a word names no engine."""
    kind, _, where = str(engine).partition(":")
    if engine == "serial" or kind in ("local", "dask", "slurm") and (kind == "dask") == bool(where):
        return
    known = "" if kind == "dask" else f" {did_you_mean(kind, ENGINES)}"
    raise ConfigurationError(
        f"engine={engine}: expected {', '.join(ENGINES[:-1])} or {ENGINES[-1]};{known or ' name it after the colon.'}"
    )


def results(
    work: Callable, todo: Iterable, engine: str = "local", workers: int | None = None
) -> Iterator[tuple[Any, Any]]:
    """Yield (item, result or Failure) for every item, in any order; work and items must pickle.

    work: a function of one item whose result depends on nothing else, for after the loss of a worker it may be called
    again. todo: items, asked for only a little ahead of what is done, so it may be endless. workers: processes to start
    (local, slurm). Closing the iterator gives up what is under way.
    """
    with opened(engine, workers) as pool:
        yield from pool.results(work, todo)


@contextmanager
def opened(engine: str = "local", workers: int | None = None) -> Iterator[Any]:
    """Workers of an engine, to be used more than once: pool.size processes, pool.results(work, todo)."""
    refuse_unknown(engine)
    if engine == "serial":
        yield Serial()
        return
    kind, _, where = str(engine).partition(":")
    with worker_pool(kind, where, workers) as pool:
        yield pool


class Serial:
    """This process alone."""

    size = 1

    def results(self, work: Callable, todo: Iterable) -> Iterator[tuple[Any, Any]]:
        """Yield (item, result or Failure), one item after the other."""
        for item in todo:
            yield item, tried(work, item)
