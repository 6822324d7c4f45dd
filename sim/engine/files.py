"""Files written whole or not at all, and short hashes."""

import hashlib
import json
import os
import sys
from pathlib import Path

from sim.engine.fields import ConfigurationError


def digest(thing, length=12):
    """Short hash of anything JSON can hold."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


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


def write_whole(path, data):
    """Write bytes or text so that the file is there whole or not at all."""
    try:
        write_bytes(Path(path), data.encode("utf-8") if isinstance(data, str) else data)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be written ({error.strerror}); choose another folder with out=FOLDER."
        ) from None


def cache_folder():
    """Where burn-ins are kept between commands; INCUBATOR_CACHE names another place, or nothing for none."""
    named = os.environ.get("INCUBATOR_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "incubator-cluster-sim"
