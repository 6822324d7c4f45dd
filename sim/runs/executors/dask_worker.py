"""Read by each Dask worker as it starts: Ctrl-C is for whoever started the study, and long-lived modules are left alone."""

import signal
from contextlib import suppress


def dask_setup(worker: object) -> None:
    """Leave Ctrl-C to the study; called by Dask in the worker's process."""
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
