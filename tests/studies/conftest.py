"""A Dask scheduler and workers as separate processes over loopback."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers import optional

ROOT = Path(__file__).resolve().parents[2]
DASK = "{first}\nimport sys\nfrom distributed.cli.dask_{part} import main\nsys.argv[0] = 'dask'\nmain()"


class Processes:
    """A scheduler, begun with its first workers, and workers that join it later."""

    def __init__(self, folder):
        self.folder, self.file, self.began = folder, folder / "scheduler.json", []

    def start(self, workers=2, first=""):
        """Path of the scheduler file. first: code that each of these workers runs before anything else."""
        if not self.began:
            self._run("scheduler", "", "--host", "127.0.0.1", "--port", "0")
            while not self.file.exists() or not self.file.read_text():
                assert self.began[0].poll() is None
                time.sleep(0.05)
        for _ in range(workers):
            self._run("worker", first, "--nthreads", "1", "--no-nanny")
        return self.file

    def _run(self, part, first, *arguments):
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
        code = [
            sys.executable,
            "-c",
            DASK.format(part=part, first=first),
            "--scheduler-file",
            str(self.file),
            "--no-dashboard",
        ]
        with open(self.folder / f"{part}{len(self.began)}.log", "w") as log:
            self.began.append(
                subprocess.Popen([*code, *arguments], env=environment, cwd=self.folder, stdout=log, stderr=log)
            )

    def kill(self):
        """kill -9 of all."""
        for process in self.began:
            process.kill()
            process.wait()


@pytest.fixture
def scheduler(tmp_path):
    """Processes, killed at the end."""
    optional("distributed")
    processes = Processes(tmp_path)
    yield processes
    processes.kill()
