"""Work for engines that costs nothing: workers in other processes import it by name."""

import os
import signal
import time


def square(item):
    if item % 10 == 7:
        raise ValueError(f"no {item}")
    return item * item


def where(item):
    """Process, what slows its numpy, threads of its libraries, and whether it is profiled."""
    from distributed import get_worker

    profiled = "profile" in get_worker().periodic_callbacks
    return os.getpid(), os.environ.get("MALLOC_TRIM_THRESHOLD_"), os.environ.get("OMP_NUM_THREADS"), profiled


def nap(item):
    time.sleep(0.05)
    return item


def deadly(item):
    """Item 3 kills its worker, once it is well awake."""
    if item == 3:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def marked(item):
    """Leaves a line for every time an item is done: (folder, number)."""
    folder, number = item
    time.sleep(0.02)
    (folder / f"{number}-{os.getpid()}-{time.monotonic_ns()}").touch()
    return number
