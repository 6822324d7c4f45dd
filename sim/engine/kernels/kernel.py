"""How a kernel is compiled, and where what was compiled is kept.

numba keeps compiled code by the file that a function stands in, and so does not see that a function it calls, or a number
it was compiled with, has changed elsewhere. Here the folder's name carries a hash of all of them: after a change nothing
old is found.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numba

from sim.engine.files import cache_folder

PACKAGE = Path(__file__).resolve().parents[2]
READ = (
    "engine",
    "model/kernels",
    "model/mechanisms",
    "model/status.py",
    "model/parameters.py",
)  # what kernels are compiled from
KEPT = 3  # folders of compiled code, of this version and those before


def kernel(function=None, **options):
    """Compile a function when it is first called, and keep it for later processes. options: of numba.njit.

    Division by zero gives infinity, as numpy has it.
    """
    if function is None:
        return lambda function: kernel(function, **options)
    place, before = compiled_folder(), numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(place)  # read when a function is declared; others' functions keep their own place
    try:
        return numba.njit(function, cache=True, error_model="numpy", **options)
    finally:
        numba.config.CACHE_DIR = before


def source_digest():
    """Hash of all source that kernels are compiled from."""
    total = hashlib.sha256()
    for name in READ:
        place = PACKAGE / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            total.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


@cache
def compiled_folder():
    """Where code compiled from this source is kept: beside the package, or where only the user may write."""
    name = source_digest()
    for parent in (PACKAGE / "__pycache__", cache_folder(), Path(tempfile.gettempdir()) / "incubator-cluster-sim"):
        if parent is not None and _writable(parent / f"compiled-{name}"):
            _forget_old(parent)
            return parent / f"compiled-{name}"
    raise OSError("no folder can be written in which compiled code could be kept")


def _writable(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _forget_old(parent):
    """Remove what older versions compiled. Whoever cannot remove it leaves it."""
    with contextlib.suppress(OSError):
        found = sorted(parent.glob("compiled-*"), key=os.path.getmtime)
        for folder in found[:-KEPT]:
            shutil.rmtree(folder, ignore_errors=True)
