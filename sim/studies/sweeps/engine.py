"""Who does the work: this process, processes of this computer, or a Dask cluster. One word changes, not the study."""

import traceback
from contextlib import contextmanager
from dataclasses import dataclass

from sim.fields import ConfigurationError, did_you_mean

ENGINES = ("serial", "local", "dask:ADDRESS", "dask:FILE", "slurm")


@dataclass(frozen=True)
class Failure:
    """What became of an item that gave no result.

    error: one line; trace: the traceback, where there is one; lasting: the same item would fail again, as opposed to a
    worker that died or ran out of memory.
    """

    error: str
    trace: str = ""
    lasting: bool = True


def refuse_unknown(engine):
    """Raise ConfigurationError if a word names no engine."""
    kind, _, where = str(engine).partition(":")
    if engine == "serial" or kind in ("local", "dask", "slurm") and (kind == "dask") == bool(where):
        return
    known = "" if kind == "dask" else f" {did_you_mean(kind, ENGINES)}"
    raise ConfigurationError(
        f"engine={engine}: expected {', '.join(ENGINES[:-1])} or {ENGINES[-1]};{known or ' name it after the colon.'}"
    )


def results(work, todo, engine="local", workers=None):
    """Yield (item, result or Failure) for every item, in any order; work and items must pickle.

    work: a function of one item whose result depends on nothing else, for after the loss of a worker it may be called
    again. todo: items, asked for only a little ahead of what is done, so it may be endless. workers: processes to start
    (local, slurm). Closing the iterator gives up what is under way.
    """
    with opened(engine, workers) as crew:
        yield from crew.results(work, todo)


@contextmanager
def opened(engine="local", workers=None):
    """The crew of an engine, to be asked more than once: crew.size processes, crew.results(work, todo)."""
    refuse_unknown(engine)
    if engine == "serial":
        yield Serial()
        return
    kind, _, where = str(engine).partition(":")
    from sim.studies.sweeps.crews import crew

    with crew(kind, where, workers) as found:
        yield found


def tried(work, item):
    """The result of an item, or its Failure."""
    try:
        return work(item)
    except Exception as error:
        return failure_of(error)


def failure_of(error):
    """A Failure that tells of an exception."""
    lasting = not isinstance(error, (MemoryError, OSError))
    line = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return Failure(line, "".join(traceback.format_exception(error)), lasting)


class Serial:
    """This process alone."""

    size = 1

    def results(self, work, todo):
        """One item after the other."""
        for item in todo:
            yield item, tried(work, item)
