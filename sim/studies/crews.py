"""Crews of Dask workers: started here, found at an address, or asked of Slurm.

Items travel in chunks of about a second, few of them ahead of what is done, so that neither tiny items nor the loss of a
worker cost much. A worker returns results and writes nothing.
"""

import hashlib
import json
import logging
import os
import pickle
import shutil
import time
from collections import deque
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.fields import ConfigurationError
from sim.provenance import versions
from sim.policies.own import LOADED, load_code
from sim.studies.engine import Failure, failure_of, tried
from sim.studies.needs import needed

SECOND = 1.0  # wished length of a chunk
LARGEST = 256  # items in a chunk
AHEAD = 4  # chunks given to each process before the first is done
DEATHS = 10  # workers that may die over one chunk before its items are tried one by one
PATIENCE = 30  # seconds that a scheduler, and then a first worker, may take to answer
THREADS = {f"{name}_NUM_THREADS": 1 for name in ("OMP", "MKL", "OPENBLAS")}


@contextmanager
def crew(kind, where, workers):
    """The crew of an engine, its processes stopped at the end if they were started here."""
    dask = needed("dask", f"engine={kind}")
    distributed = needed("distributed", f"engine={kind}")
    settings = {
        "distributed.nanny.pre-spawn-environ": THREADS,  # and so without MALLOC_TRIM_THRESHOLD_, which made numpy slow
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
            cluster = stack.enter_context(_local(distributed, workers))
            client = stack.enter_context(distributed.Client(cluster))
        elif kind == "slurm":
            cluster = stack.enter_context(_slurm(workers))
            client = stack.enter_context(distributed.Client(cluster))
        else:
            client = stack.enter_context(_connected(distributed, where))
        yield Crew(client, f"engine={kind}{':' + where if where else ''}")


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


def _local(distributed, workers):
    count = workers or os.cpu_count() or 1
    return distributed.LocalCluster(
        n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0,
        silence_logs=logging.CRITICAL, preload=["sim.studies.worker"],
    )  # fmt: skip


@contextmanager
def _slurm(workers):
    """Jobs of one process each; queue, account, memory and time as the user's own Dask configuration has them."""
    if not shutil.which("sbatch"):
        raise ConfigurationError("engine=slurm: there is no sbatch on this computer; start the study where Slurm's jobs are submitted.")
    jobqueue = needed("dask_jobqueue", "engine=slurm")
    asked = {"cores": 1, "processes": 1, "memory": "4GB", "log_directory": None}
    known = {k: v for k, v in asked.items() if _configured("jobqueue.slurm." + k) is None}
    with jobqueue.SLURMCluster(**known, worker_extra_args=["--preload", "sim.studies.worker"]) as cluster:
        cluster.scale(workers or 1)
        yield cluster


def _configured(name):
    import dask

    return dask.config.get(name, None)


def _connected(distributed, where):
    """A client of a scheduler at an address, or of the one that wrote a scheduler file."""
    address = where
    if "://" not in where and not where.rpartition(":")[2].isdigit():
        try:
            address = json.loads(Path(where).read_text(encoding="utf-8"))["address"]
        except FileNotFoundError:
            raise ConfigurationError(f"engine=dask:{where}: no such scheduler file; start one with 'dask scheduler --scheduler-file {where}'.") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise ConfigurationError(f"engine=dask:{where}: not a scheduler file of Dask.") from None
    try:
        return distributed.Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigurationError(
            f"engine=dask:{where}: no scheduler answers at {address} ({type(error).__name__}); is it running, and does it let this computer in?"
        ) from None


class Crew:
    """Workers of one scheduler."""

    def __init__(self, client, name):
        self.client, self.name = client, name
        self._await_workers()
        self._check_workers()

    @property
    def size(self):
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
            if isinstance(theirs, BaseException):
                raise ConfigurationError(self._without_us(address, theirs))
            if theirs != mine:
                other = ", ".join(f"{k} {theirs.get(k)} and here {v}" for k, v in mine.items() if theirs.get(k) != v)
                raise ConfigurationError(f"{self.name}: worker {address} has another version ({other}); install the same there.")

    def _without_us(self, address, error):
        return (
            f"{self.name}: worker {address} cannot use our package ({type(error).__name__}: {error}); install "
            "incubator-cluster-sim there, or put it on that worker's PYTHONPATH."
        )

    def results(self, work, todo):
        """Yield (item, result or Failure) as they are done."""
        from distributed import as_completed

        packed = pickle.dumps(work)
        key, code = hashlib.sha256(packed).hexdigest()[:16], tuple(LOADED)
        coming, again, pace, under_way = iter(todo), deque(), Pace(), as_completed()

        def give():
            chunk = again.popleft() if again else _next(coming, pace.size)
            if chunk:
                future = self.client.submit(chunk_there, key, packed, code, versions(), chunk, pure=False)
                future.items = chunk
                under_way.add(future)

        try:
            for _ in range(AHEAD * self.size):
                give()
            while not under_way.is_empty():
                future = next(under_way)
                for item, result in self._told(future, again, pace):
                    yield item, result
                while under_way.count() < AHEAD * self.size and (again or pace.more):
                    before = under_way.count()
                    give()
                    if under_way.count() == before:
                        pace.more = False
        finally:
            self.client.cancel([f for f in under_way.futures], force=True) if under_way.futures else None

    def _told(self, future, again, pace):
        """What a finished chunk says; one that killed its workers is given again, item by item."""
        from distributed import KilledWorker

        chunk = future.items
        error = future.exception() if future.status == "error" else None
        if future.status in ("cancelled", "lost"):
            raise ConfigurationError(f"{self.name}: the scheduler is gone; what is finished is kept, and the same command goes on from there.")
        if error is None:
            found, seconds = future.result()
            pace.took(seconds, len(chunk))
            return list(zip(chunk, found, strict=True))
        if isinstance(error, KilledWorker):
            if len(chunk) > 1:
                again.extend([item] for item in chunk)
                return []
            return [(chunk[0], Failure(f"{DEATHS} workers died over it", "", lasting=False))]
        if isinstance(error, (ImportError, Elsewhere)):
            raise ConfigurationError(self._without_us("that joined later", error))
        return [(item, failure_of(error)) for item in chunk]


class Pace:
    """How many items make about a second."""

    def __init__(self):
        self.seconds, self.size, self.more = None, 1, True

    def took(self, seconds, items):
        """Learn from a finished chunk."""
        mine = max(seconds / items, 1e-6)
        self.seconds = mine if self.seconds is None else 0.7 * self.seconds + 0.3 * mine
        self.size = max(1, min(LARGEST, round(SECOND / self.seconds)))


def _next(coming, size):
    chunk = []
    for item in coming:
        chunk.append(item)
        if len(chunk) == size:
            break
    return chunk


# ---- on the worker


class Elsewhere(Exception):
    """The worker has another version of the model."""


_WORK = {}


def versions_there():
    """What decides the last bit, on the worker."""
    return versions()


def chunk_there(key, packed, code, mine, chunk):
    """Results or Failures of a chunk's items, and the seconds it took."""
    if versions() != mine:
        raise Elsewhere("it has another version of the model")
    began = time.perf_counter()
    if key not in _WORK:
        for path in code:  # a user's own classes must be known before they are unpickled
            load_code(path)
        _WORK.clear()
        _WORK[key] = pickle.loads(packed)
    found = [tried(_WORK[key], item) for item in chunk]
    return found, time.perf_counter() - began
