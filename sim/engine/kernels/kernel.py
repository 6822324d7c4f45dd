"""Kernels: how a loop is compiled, which equations it calls, and where what was compiled is kept.

A kernel holds a loop over columns and no equation: it calls functions of `sim.model.mechanisms` by their names, which are
compiled with it, or is handed what they gave. Where one of these has been replaced since, by a test or by somebody who
tries another equation, the kernel no longer says what the model says, and the readable rule is taken.

numba keeps compiled code by the file that a function stands in, and so does not see that a function it calls, or a number
it was compiled with, has changed elsewhere. Here the folder's name carries a hash of all that kernels import: after a
change nothing old is found.
"""

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numba
from numba.extending import register_jitable

from sim.engine.files import cache_folder

PACKAGE = Path(__file__).resolve().parents[2]
KERNELS = ("engine/kernels", "model/kernels")
IMPORT = re.compile(r"^\s*from (sim[\w.]*) import ([\w, ]+)", re.MULTILINE)
KEPT = 3  # folders of compiled code, of this version and those before

NUMBA: Any = numba  # its settings have no types

_CALLS: dict[str, set[Callable]] = {}  # module of kernels -> equations that its kernels call


def kernel(function: Callable | None = None, *, calls: Iterable[Callable] = (), **options: Any) -> Callable:
    """Compile a function when it is first called, and keep it for later processes.

    calls: equations that it calls by their names. options: of numba.njit. Division by zero gives infinity, as numpy has it.
    """
    if function is None:
        return lambda function: kernel(function, calls=calls, **options)
    for equation in calls:
        _compilable(equation)
    _CALLS.setdefault(function.__module__, set()).update(calls)
    place, before = compiled_folder(), NUMBA.config.CACHE_DIR
    NUMBA.config.CACHE_DIR = str(place)  # read when a function is declared; others' functions keep their own place
    try:
        return numba.njit(function, cache=True, error_model="numpy", **options)
    finally:
        NUMBA.config.CACHE_DIR = before


@cache
def _compilable(equation: Callable) -> None:
    """Let compiled loops call an equation; to everybody else it stays the Python function that it is."""
    register_jitable(error_model="numpy")(equation)


def equations_of(module: str) -> list[tuple[dict, str, Callable]]:
    """Return the equations that a module's kernels were compiled with: where each stands, its name, itself."""
    return [(vars(sys.modules[e.__module__]), e.__name__, e) for e in _CALLS.get(module, ())]


@cache
def _tuple_of(group: type) -> Callable:
    parts: Any = [(part.name, float) for part in fields(group)]
    return NamedTuple(group.__name__, parts)


_TUPLES: dict[int, tuple[Any, NamedTuple]] = {}  # by identity; the group is held so that its identity stays its own


def as_tuple(group: Any) -> NamedTuple:
    """Return a group of parameters as compiled code can read it: by name, every number a float, lists as tuples."""
    found = _TUPLES.get(id(group))
    if found is None or found[0] is not group:
        if len(_TUPLES) > 1000:
            _TUPLES.clear()
        values = (getattr(group, part.name) for part in fields(group))
        numbers = (tuple(map(float, v)) if isinstance(v, tuple) else float(v) for v in values)
        found = _TUPLES[id(group)] = (group, _tuple_of(type(group))(*numbers))
    return found[1]


def source_digest() -> str:
    """Hash of all source that kernels are compiled from: their own, and what they import, and what that imports."""
    waiting = {path for folder in KERNELS for path in (PACKAGE / folder).glob("*.py")}
    found: dict[Path, bytes] = {}
    while waiting:
        path = waiting.pop()
        found[path] = path.read_bytes()
        for home, names in IMPORT.findall(found[path].decode("utf-8")):
            places = [PACKAGE.parent.joinpath(*home.split("."))]
            places += [places[0] / name.split()[0] for name in names.split(",") if name.strip()]
            files = {f for place in places for f in (place.with_suffix(".py"), place / "__init__.py")}
            waiting |= {file for file in files - found.keys() if file.is_file()}
    total = hashlib.sha256()
    for path in sorted(found):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + found[path])
    return total.hexdigest()[:16]


@cache
def compiled_folder() -> Path:
    """Return the folder of code compiled from this source: beside the package, or where only the user may write."""
    name = source_digest()
    for parent in (PACKAGE / "__pycache__", cache_folder(), Path(tempfile.gettempdir()) / "incubator-cluster-sim"):
        if parent is not None and _writable(parent / f"compiled-{name}"):
            _forget_old(parent)
            return parent / f"compiled-{name}"
    raise OSError("no folder can be written in which compiled code could be kept")


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _forget_old(parent: Path) -> None:
    """Remove what older versions compiled. Whoever cannot remove it leaves it."""
    with contextlib.suppress(OSError):
        for folder in sorted(parent.glob("compiled-*"), key=os.path.getmtime)[:-KEPT]:
            shutil.rmtree(folder, ignore_errors=True)
