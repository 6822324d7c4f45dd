"""Origin of a result: hashes of question, data and source, and the cache of burn-ins that they name."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.files import cache_folder, digest, write_whole
from sim.engine.kernels import available
from sim.engine.mistakes import ConfigurationError

if TYPE_CHECKING:  # the command's version is told without loading the model
    from sim.model.setup import Setup

SOURCE = Path(__file__).resolve().parents[1]
OF_A_RUN = ("engine", "model", "inputs", "runs")  # rooms that a single run rests on
MOVE_NO_NUMBER = ("report", "cli", "__main__.py")  # all others may move a number of a study
KEPT = 200  # burn-ins in the cache at most


@cache
def model_digest() -> str:
    """Hash of all source that may move a number of a study: what the study's folder is named by."""
    return _digest_of(part for part in _modules() if part.parts[0] not in MOVE_NO_NUMBER)


@cache
def run_digest() -> str:
    """Hash of all source that a single run rests on: a changed study leaves the runs that are kept where they are."""
    return _digest_of(part for part in _modules() if part.parts[0] in OF_A_RUN)


def _modules():
    """Paths of all modules of the package, in a fixed order. Rooms are hashed whole: no list of files can go out of date."""
    return sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))


def _digest_of(modules):
    total = hashlib.sha256()
    for part in modules:
        total.update(part.as_posix().encode() + (SOURCE / part).read_bytes())
    return total.hexdigest()[:12]


def package_version() -> str:
    """Version of the installed package; 'source' in a checkout that is not installed."""
    try:
        return metadata.version("incubator-cluster-sim")
    except metadata.PackageNotFoundError:
        return "source"


def rests_on(setup: Setup) -> dict[str, str]:
    """Hashes of all that a history without policies rests on, part by part: {name: hash}. The last month does not matter."""
    run = (setup.run.burn_in, setup.run.follow, setup.run.compact_every)
    parts = {
        "cluster": setup.data, "parameters": setup.parameters, "world": setup.world, "rules": setup.rules, "run": run,
        "criteria": setup.criteria,
    }  # fmt: skip
    return {name: digest(repr(part)) for name, part in parts.items()}


def written_by() -> dict[str, str]:
    """Versions that decide a state's last bit beside setup and seed: the source it rests on, and numpy."""
    return {"model": run_digest(), "numpy": np.__version__}


@cache
def versions() -> dict[str, str | None]:
    """Versions that decide a run's numbers beside its setup and seed: the source it rests on, and libraries that compute."""
    numba = metadata.version("numba") if available() else None  # with kernels: the same but for the last digits
    return {"model": run_digest(), "numpy": np.__version__, "scipy": metadata.version("scipy"), "numba": numba}


def burn_in_name(setup: Setup, seed: int) -> str:
    """Name of a burn-in: what it rests on, its seed, who wrote it. Criteria do not matter: parks are judged later."""
    parts = rests_on(setup)
    del parts["criteria"]
    return digest([parts, seed, written_by()])


def kept_burn_in(name: str) -> bytes | None:
    """The content of a burn-in's file, or None."""
    folder = cache_folder()
    try:
        return (folder / f"{name}.npz").read_bytes() if folder else None
    except OSError:
        return None


def keep_burn_in(name: str, content: bytes) -> None:
    """Put a burn-in's state aside. A cache that cannot be written is no mistake."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        write_whole(folder / f"{name}.npz", content)
        for suffix, kept in (("npz", KEPT), ("state", 0)):  # .state: of earlier versions, read by nobody any more
            for path in sorted(folder.glob(f"*.{suffix}"), key=lambda p: p.stat().st_mtime)[: -kept or None]:
                path.unlink(missing_ok=True)
    except (OSError, ConfigurationError):
        return
