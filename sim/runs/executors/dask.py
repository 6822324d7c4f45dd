"""Pools of Dask workers: started here, found at an address, or asked of Slurm.

Items travel in chunks of about a second, few of them ahead of what is done, so that neither tiny items nor the loss of a
worker cost much. A worker returns results and writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from sim.engine.mistakes import ConfigurationError
from sim.engine.optional import require
from sim.inputs.own_code import LOADED, load_code
from sim.runs.executors.failures import Failure, failure_of, tried
from sim.runs.executors.processes import refuse_unguarded
from sim.runs.provenance import versions

SECOND = 1.0  # wished length of a chunk
LARGEST = 256  # items in a chunk
AHEAD = 4  # chunks given to each process before the first is done
DEATHS = 10  # workers that may die over one chunk before its items are tried one by one
BEGINNINGS = 3  # attempts to start processes of this computer
CLOSING = 15  # seconds that processes started here may take to stop
DESERTED = 600  # seconds after which a scheduler without workers is given up
POLL = 0.01  # seconds between looks at what is done; other chunks are under way meanwhile
PATIENCE = 30  # seconds that a scheduler, and then a first worker, may take to answer
THREADS = {f"{name}_NUM_THREADS": 1 for name in ("OMP", "MKL", "OPENBLAS")}


@contextmanager
def worker_pool(kind: str, where: str, workers: int | None) -> Iterator[WorkerPool]:
    """Workers of an engine, its processes stopped at the end if they were started here."""
    dask = require("dask", f"engine={kind}")
    distributed = require("distributed", f"engine={kind}")
    settings = {
        "distributed.nanny.pre-spawn-environ": THREADS,  # and so without MALLOC_TRIM_THRESHOLD_, which made numpy slow
        # a look at each stack every 10 ms took a tenth of the workers' time, ticks of 20 ms half of what the driver takes
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "1s",
        "distributed.admin.system-monitor.interval": "5s",
        "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.comm.timeouts.connect": f"{PATIENCE}s",
        "distributed.worker.memory.terminate": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.target": False,
        "distributed.admin.log-format": "%(message)s",
    }
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        stack.enter_context(_quiet())
        if kind == "local":
            count = workers or os.cpu_count() or 1
            cluster = stack.enter_context(_local(distributed, count))
        elif kind == "slurm":
            count, cluster = workers or 1, stack.enter_context(_slurm(workers))
        else:
            count, cluster = 0, None
        client = stack.enter_context(distributed.Client(cluster) if cluster else _connected(distributed, where))
        yield WorkerPool(
            client, f"engine={kind}{':' + where if where else ''}", (lambda: cluster.scale(count)) if cluster else None
        )


@contextmanager
def _quiet():
    """Dask's own log kept to itself: what matters is said in a sentence of ours."""
    log = logging.getLogger("distributed")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


@contextmanager
def _local(distributed, count):
    """Processes of this computer, stopped at the end; one that does not stop is left to die with this process."""
    refuse_unguarded('engine="serial"')
    cluster = _begun(distributed, count)
    try:
        yield cluster
    finally:
        with suppress(TimeoutError):
            cluster.close(timeout=CLOSING)


def _begun(distributed, count):
    """Processes of this computer; begun anew if one dies before it is up, which Dask does not forgive."""
    for _ in range(BEGINNINGS):
        try:
            return distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0", memory_limit=0,
                silence_logs=logging.CRITICAL, preload=["sim.runs.executors.dask_worker"],
            )  # fmt: skip
        except RuntimeError as error:
            reason = error.__cause__ or error
    raise ConfigurationError(
        f"engine=local: processes die as they start ({type(reason).__name__}: {reason}); is there memory for {count} of them? "
        "Fewer by workers=1, none by engine=serial."
    )


@contextmanager
def _slurm(workers):
    """Jobs of one process each; queue, account, memory and time as the user's own Dask configuration has them."""
    if not shutil.which("sbatch"):
        raise ConfigurationError(
            "engine=slurm: there is no sbatch on this computer; start the study where Slurm's jobs are submitted."
        )
    jobqueue = require("dask_jobqueue", "engine=slurm")
    asked = {"cores": 1, "processes": 1, "memory": "4GB", "log_directory": None}
    known = {k: v for k, v in asked.items() if _configured("jobqueue.slurm." + k) is None}
    with jobqueue.SLURMCluster(**known, worker_extra_args=["--preload", "sim.runs.executors.dask_worker"]) as cluster:
        cluster.scale(workers or 1)
        yield cluster


def _configured(name):
    from dask import config

    return config.get(name, None)


def _connected(distributed, where):
    """A client of a scheduler at an address, or of the one that wrote a scheduler file."""
    address = where
    if "://" not in where and not where.rpartition(":")[2].isdigit():
        try:
            address = json.loads(Path(where).read_text(encoding="utf-8"))["address"]
        except FileNotFoundError:
            raise ConfigurationError(
                f"engine=dask:{where}: no such scheduler file; start one with 'dask scheduler --scheduler-file {where}'."
            ) from None
        except (OSError, ValueError, KeyError, TypeError):
            raise ConfigurationError(f"engine=dask:{where}: not a scheduler file of Dask.") from None
    try:
        return distributed.Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigurationError(
            f"engine=dask:{where}: no scheduler answers at {address} ({type(error).__name__}); "
            "is it running, and does it let this computer in?"
        ) from None


class WorkerPool:
    """Workers of one scheduler. replace: starts workers anew that are gone for good, where they are ours to start."""

    def __init__(self, client: Any, name: str, replace: Callable | None = None) -> None:
        self.client, self.name, self.replace, self._alone = client, name, replace, 0
        self._await_workers()
        self._check_workers()

    @property
    def size(self) -> int:
        """Threads that work at once: one a worker."""
        return sum(self.client.nthreads().values()) or 1

    def _await_workers(self):
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE if not self.name.endswith("slurm") else None)
        except TimeoutError:
            raise ConfigurationError(
                f"{self.name}: the scheduler has had no worker for {PATIENCE} s; start some with 'dask worker ADDRESS --nthreads 1'."
            ) from None

    def _check_workers(self):
        """Every worker must have this very model, or rows would come from another one."""
        mine = versions()
        for address, theirs in self.client.run(versions_there, on_error="return").items():
            if isinstance(theirs, (OSError, TimeoutError, CancelledError)):
                continue  # it died while it was asked; whoever takes its place is asked with the first chunk
            if isinstance(theirs, BaseException):
                raise self.without_us(address, theirs)
            if theirs != mine:
                other = ", ".join(f"{k} {theirs.get(k)} and here {v}" for k, v in mine.items() if theirs.get(k) != v)
                raise ConfigurationError(
                    f"{self.name}: worker {address} has another version ({other}); install the same there."
                )

    def results(self, work: Callable, todo: Iterable) -> Iterator[tuple[Any, Any]]:
        """Yield (item, result or Failure) as they are done; items over which workers died come last, one alone at a time."""
        flow = _Flow(self, work)
        try:
            yield from flow.through(iter(todo), AHEAD * self.size)
            while flow.suspects:
                flow.pace.size, suspects, flow.suspects = 1, flow.suspects, []
                for item in suspects:
                    yield from flow.through(iter([item]), 1, alone=True)
        finally:
            flow.give_up()

    def look_after(self) -> None:
        """Replace lost workers, give up a scheduler without any; called every few seconds while nothing is done."""
        if self.client.status != "running":
            raise self.gone()
        self._alone = 0 if self.client.nthreads() else self._alone + 1
        if self.replace:
            self.replace()
        elif self._alone * PATIENCE > DESERTED:
            raise ConfigurationError(
                f"{self.name}: all workers have been gone for {DESERTED // 60} minutes; "
                "what is finished is kept, and the same command goes on from there."
            )

    def gone(self) -> ConfigurationError:
        """Error for a scheduler that answers no more."""
        return ConfigurationError(
            f"{self.name}: the scheduler is gone; what is finished is kept, and the same command goes on from there."
        )

    def without_us(self, address: str, error: BaseException) -> ConfigurationError:
        """Error for a worker that cannot import what we send."""
        if isinstance(error, Elsewhere):
            return ConfigurationError(f"{self.name}: a worker ({address}) {error}; install the same there.")
        reason = str(error) if type(error) is Exception else f"{type(error).__name__}: {error}"
        return ConfigurationError(
            f"{self.name}: a worker ({address}) cannot use our package ({reason}); install "
            "incubator-cluster-sim there, or put it on that worker's PYTHONPATH."
        )


class _Flow:
    """Chunks of one work under way. suspects: items of chunks over which workers died."""

    def __init__(self, pool, work):
        from distributed import as_completed

        packed = pickle.dumps(work)
        self.pool, self.pace, self.suspects, self.under_way = pool, Pace(), [], as_completed()
        self.sent = (hashlib.sha256(packed).hexdigest()[:16], packed, tuple(LOADED), versions())

    def through(self, coming: Iterator, ahead: int, alone: bool = False) -> Iterator[tuple[Any, Any]]:
        """Yield what becomes of items, so many chunks given before the first is done."""
        more = True
        while True:
            while more and self.under_way.count() < ahead:
                chunk = list(islice(coming, self.pace.size))
                more = bool(chunk)
                if more:
                    future = self.pool.client.submit(chunk_there, *self.sent, chunk, pure=False)
                    future.items = chunk
                    self.under_way.add(future)
            if self.under_way.is_empty():
                return
            yield from self._results_of(self._next(), alone)

    def _next(self):
        """The next future that is done."""
        looked = time.monotonic()
        while not self.under_way.has_ready():
            time.sleep(POLL)
            if time.monotonic() - looked > PATIENCE:
                self.pool.look_after()
                looked = time.monotonic()
        return next(self.under_way)

    def _results_of(self, future, alone):
        if future.status == "lost":  # it was done, and its result went with a worker: Dask computes it again
            self.under_way.add(future)
            return []
        if future.status == "cancelled":
            raise self.pool.gone()
        chunk = future.items
        try:
            error = future.exception() if future.status == "error" else None
            found, seconds = ((), 0.0) if error else future.result()
        except (OSError, TimeoutError, CancelledError):  # on the way here: lost with a worker, or with the scheduler
            if self.pool.client.status != "running":
                raise self.pool.gone() from None
            self.under_way.add(future)
            return []
        if error is None:
            self.pace.took(seconds, len(chunk))
            return zip(chunk, found, strict=True)
        if type(error).__name__ == "KilledWorker":  # all that waited on a dying worker are blamed, most of them wrongly
            if not alone:
                self.suspects += chunk
                return []
            return [(item, Failure(f"{DEATHS} workers died over it", "", lasting=False)) for item in chunk]
        if isinstance(error, (ImportError, Elsewhere)):
            raise self.pool.without_us("one that joined later", error)
        return [(item, failure_of(error)) for item in chunk]

    def give_up(self) -> None:
        """Cancel what is under way."""
        left = list(self.under_way.futures)
        if left and self.pool.client.status == "running":
            self.pool.client.cancel(left, force=True)


class Pace:
    """Number of items that take about a second."""

    def __init__(self) -> None:
        self.seconds: float | None = None
        self.size = 1

    def took(self, seconds: float, items: int) -> None:
        """Learn from a finished chunk."""
        mine = max(seconds / items, 1e-6)
        self.seconds = mine if self.seconds is None else 0.7 * self.seconds + 0.3 * mine
        self.size = max(1, min(LARGEST, round(SECOND / self.seconds)))


# ---- on the worker


class Elsewhere(Exception):
    """The worker has another version of the model."""


_WORK = {}


def versions_there() -> dict[str, str | None]:
    """Versions of source and libraries on the worker."""
    return versions()


def chunk_there(key: str, packed: bytes, code: Sequence[str], mine: dict, chunk: list) -> tuple[list, float]:
    """Results or Failures of a chunk's items, and the seconds it took."""
    if versions() != mine:
        raise Elsewhere("has another version of the model")
    began = time.perf_counter()
    if key not in _WORK:
        for path in code:  # a user's own classes must be known before they are unpickled
            load_code(path)
        _WORK.clear()
        _WORK[key] = pickle.loads(packed)
    found = [tried(_WORK[key], item) for item in chunk]
    return found, time.perf_counter() - began
