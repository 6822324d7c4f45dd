"""Worker processes of this computer. They may be started before anybody knows what they will be asked, for they take as
long to load the model as their parent takes to read what is asked.
"""

import ast
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sim.engine.mistakes import ConfigurationError
from sim.inputs.own_code import LOADED, load_code
from sim.model.kernels import load

AHEAD = 2  # items given to each process before the first is done: none waits for work, few are begun in vain


def refuse_unguarded(instead: str) -> None:
    """Raise ConfigurationError if a script asks for processes where each of them, reading it anew, would ask again.

    instead: what to write for a study without processes.
    """
    main = sys.modules["__main__"]
    frame, file = sys._getframe(), getattr(main, "__file__", None)
    while frame and not (frame.f_globals is vars(main) and frame.f_code.co_name == "<module>"):
        frame = frame.f_back
    module = getattr(main.__spec__, "name", "")
    if frame is None or file is None or module.endswith("__main__"):  # nobody reads these anew
        return
    try:
        blocks = ast.walk(ast.parse(Path(file).read_bytes()))
    except OSError:  # such as one from standard input
        raise ConfigurationError(
            f"{file}: several processes cannot read this script; save it as a file, or write {instead}."
        ) from None
    guards = [block for block in blocks if isinstance(block, ast.If) and "__name__" in ast.unparse(block.test)]
    if not any(block.lineno <= frame.f_lineno <= (block.end_lineno or 0) for block in guards):
        raise ConfigurationError(
            f"{Path(file).name}, line {frame.f_lineno}: a script that simulates in several processes is read by each of "
            f"them; put what it does under 'if __name__ == \"__main__\":', or write {instead}."
        )


@contextmanager
def started(count: int, preload: Sequence[str] = ()) -> "Iterator[Processes | None]":
    """Worker processes, begun at once and gone at the end; None for fewer than two, which need none.

    preload: names of the modules that their work will need, loaded while nobody knows yet what that work is.
    """
    if count < 2:
        yield None
        return
    refuse_unguarded("workers=1")
    processes = Processes(count, preload)
    try:
        yield processes
    finally:
        processes.close()


class Processes:
    """Worker processes: each loads what it is told to, and then waits until `results` says on what it works.

    preload: names of modules.
    """

    def __init__(self, count: int, preload: Sequence[str] = ()) -> None:
        context = get_context("spawn")
        self.count = count
        self.messages: Any = context.Queue()
        self.pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_begin, initargs=(self.messages, preload)
        )
        for _ in range(count):  # the pool starts a process for each item that finds none idle
            self.pool.submit(_nothing)

    def results(self, work: Callable, setups: Sequence, seeds: Iterable, settings: dict[str, Any]) -> Iterator[Any]:
        """Yield `work(setups, seed, **settings)` for each seed as it is done, in any order; they are asked for little ahead."""
        message = list(LOADED), pickle.dumps(list(setups))
        for _ in range(self.count):
            self.messages.put(message)
        coming = iter(seeds)
        waiting = {self.pool.submit(_done, work, seed, settings) for seed in islice(coming, AHEAD * self.count)}
        try:
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                waiting |= {self.pool.submit(_done, work, seed, settings) for seed in islice(coming, len(done))}
                for task in done:
                    yield task.result()
        except BrokenProcessPool:
            raise ConfigurationError(
                "a worker process died, perhaps for want of memory; finished pairs are kept: try workers=1."
            ) from None
        self.messages = None  # all is done: nobody need be stopped

    def close(self) -> None:
        """End the processes; what is under way is given up."""
        hook = threading.excepthook
        try:
            if self.messages is not None:
                # The pool's own thread would report workers that are stopped on purpose.
                threading.excepthook = lambda _: None
                self.messages.cancel_join_thread()
                for process in list(getattr(self.pool, "_processes", {}).values()):
                    process.terminate()
            self.pool.shutdown(cancel_futures=True)
        finally:
            threading.excepthook = hook


_SETUPS = []


def _begin(messages, preload):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for module in preload:
        import_module(module)
    load()
    code, setups = messages.get()
    for path in code:  # a user's own classes must be known before they are unpickled
        load_code(path)
    _SETUPS[:] = pickle.loads(setups)
    gc.freeze()  # what stays for good need not be looked through at each collection


def _nothing():
    """The first item of each process."""


def _done(work, seed, settings):
    return work(_SETUPS, seed, **settings)


def over_seeds(
    work: Callable, setups: Sequence, seeds: Iterable, workers: int | Processes | None = None, **settings: Any
) -> Iterator[Any]:
    """Yield `work(setups, seed, **settings)` for each seed as it is done, in any order.

    work: a function of a module, so that other processes find it. seeds: may be endless; they are asked for no more than
    a few ahead of what is done, so that whoever has seen enough can stop. workers: how many processes, 1 for this one alone,
    or Processes that were started earlier.
    """
    if isinstance(workers, Processes):
        yield from workers.results(work, setups, seeds, settings)
        return
    with started(workers or os.cpu_count() or 1, [work.__module__]) as processes:
        if processes:
            yield from processes.results(work, setups, seeds, settings)
            return
    for seed in seeds:
        yield work(setups, seed, **settings)
