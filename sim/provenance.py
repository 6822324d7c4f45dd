"""Where a result comes from: hashes of question, data and source, and the cache of burn-ins that they name."""

import hashlib
import json
import os
import sys
import zlib
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).resolve().parent
NOT_MODEL = ("report", "app", "commands", "cli.py", "__main__.py")  # parts of the package that move no number
KEPT = 200  # burn-ins in the cache at most


def digest(thing):
    """Short hash of anything JSON can hold."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def model_digest():
    """Hash of the model's own source: changes when a result might."""
    total = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*.py")):
        part = path.relative_to(SOURCE)
        if part.parts[0] not in NOT_MODEL:
            total.update(part.as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:12]


def package_version():
    """Version of the installed package; 'source' in a checkout that is not installed."""
    try:
        return metadata.version("incubator-cluster-sim")
    except metadata.PackageNotFoundError:
        return "source"


def write_bytes(path, data):
    """Write a file whole or not at all; raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def cache_folder():
    """Where burn-ins are kept between commands; INCUBATOR_CACHE names another place, or nothing for none."""
    named = os.environ.get("INCUBATOR_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "incubator-cluster-sim"


def burn_in_name(setup, seed):
    """Name of a burn-in: place, numbers, world, rules, seed, source, numpy. Policies and the last month do not matter."""
    run = (setup.run.burn_in, setup.run.follow, setup.run.compact_every)
    parts = [repr(p) for p in (setup.data, setup.parameters, setup.world, setup.rules, run)]
    return digest([*parts, seed, model_digest(), np.__version__])


def kept_burn_in(name):
    """A burn-in's state, or None."""
    folder = cache_folder()
    try:
        return zlib.decompress((folder / f"{name}.state").read_bytes()) if folder else None
    except (OSError, zlib.error):
        return None


def keep_burn_in(name, state):
    """Put a burn-in's state aside. A cache that cannot be written is no mistake."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        write_bytes(folder / f"{name}.state", zlib.compress(state, 1))
        old = sorted(folder.glob("*.state"), key=lambda p: p.stat().st_mtime)[:-KEPT]
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        return
