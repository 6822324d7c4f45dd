"""What this computer can do: a fixed piece of numpy work, and the bandwidth of its memory. Beside them times mean something."""

import gc
import sys
import time
from statistics import median

import numpy as np

TRIAD = 32 << 20  # values an array: 256 MiB, three of them


def yardstick(repeats=3):
    """CPU seconds for a fixed piece of numpy work (arithmetic, gathers, sorting), the median of some repeats."""
    return median(_fixed_work() for _ in range(repeats))


def _fixed_work():
    x = np.random.default_rng(1).random(200_000)
    began = time.process_time()
    for _ in range(20):
        x = np.sort(np.exp(-x) + np.sqrt(x))
    return time.process_time() - began


def bandwidth(size=TRIAD, repeats=4):
    """Memory bandwidth, byte/s, by the triad a = b + s c (McCalpin 1995) on arrays larger than the cache; the best repeat.

    numpy takes two passes, so that five arrays are read or written, not three; what the cache fetches beside is not counted.
    """
    a, b, c = np.zeros(size), np.ones(size), np.ones(size)
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time()
        np.multiply(c, 1.5, out=a)
        np.add(a, b, out=a)
        best = min(best, time.process_time() - began)
    return 5 * a.nbytes / best


def row_bytes(table):
    """Bytes of one row of a table of agents: what must pass through memory to see a firm once."""
    return sum(array.nbytes // len(array) for array in table.data.values())


def peak_memory():
    """Most memory this process ever held, byte; NaN where the system does not say (Windows)."""
    try:
        import resource
    except ModuleNotFoundError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else 1024 * peak)


def memory_now():
    """Memory this process holds, byte; NaN where the system does not say (anything but Linux)."""
    gc.collect()
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            import os

            return float(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return float("nan")
