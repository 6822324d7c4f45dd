"""Read by each Dask worker as it starts: Ctrl-C is for whoever started the study, and long-lived modules are left alone."""

import signal
from contextlib import suppress


def dask_setup(worker):
    """What Dask calls in the worker's process."""
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
