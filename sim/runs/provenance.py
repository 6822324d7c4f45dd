"""Where a result comes from: hashes of question, data and source, and the cache of burn-ins that they name."""

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from sim.engine.files import cache_folder, digest, write_bytes

SOURCE = Path(__file__).resolve().parents[1]
MOVE_NO_NUMBER = ("report", "app", "cli", "__main__.py")  # rooms of the package; all others are hashed
KEPT = 200  # burn-ins in the cache at most


@cache
def model_digest():
    """Hash of all source that may move a number, whole rooms of it, so that no list of files can go out of date."""
    total = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*.py")):
        part = path.relative_to(SOURCE)
        if part.parts[0] not in MOVE_NO_NUMBER:
            total.update(part.as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:12]


def package_version():
    """Version of the installed package; 'source' in a checkout that is not installed."""
    try:
        return metadata.version("incubator-cluster-sim")
    except metadata.PackageNotFoundError:
        return "source"


def rests_on(setup):
    """Hashes of what a history without policies rests on, part by part: {name: hash}. The last month does not matter."""
    run = (setup.run.burn_in, setup.run.follow, setup.run.compact_every)
    parts = {
        "cluster": setup.data, "parameters": setup.parameters, "world": setup.world, "rules": setup.rules, "run": run,
        "criteria": setup.criteria,
    }  # fmt: skip
    return {name: digest(repr(part)) for name, part in parts.items()}


def written_by():
    """What decides the last bit beside the setup: the model's source, and numpy."""
    return {"model": model_digest(), "numpy": np.__version__}


@cache
def versions():
    """What decides a run's numbers beside its setup and seed: the source it rests on, and libraries that compute."""
    from sim.engine.kernels import available

    numba = metadata.version("numba") if available() else None  # compiled rules: the same to the last digits
    return {"model": model_digest(), "numpy": np.__version__, "scipy": metadata.version("scipy"), "numba": numba}


def burn_in_name(setup, seed):
    """Name of a burn-in: what it rests on, its seed, who wrote it. Criteria do not matter: parks are judged later."""
    parts = rests_on(setup)
    del parts["criteria"]
    return digest([parts, seed, written_by()])


def kept_burn_in(name):
    """The content of a burn-in's file, or None."""
    folder = cache_folder()
    try:
        return (folder / f"{name}.npz").read_bytes() if folder else None
    except OSError:
        return None


def keep_burn_in(name, content):
    """Put a burn-in's state aside. A cache that cannot be written is no mistake."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        write_bytes(folder / f"{name}.npz", content)
        for suffix, kept in (("npz", KEPT), ("state", 0)):  # .state: of earlier versions, read by nobody any more
            for path in sorted(folder.glob(f"*.{suffix}"), key=lambda p: p.stat().st_mtime)[: -kept or None]:
                path.unlink(missing_ok=True)
    except OSError:
        return
