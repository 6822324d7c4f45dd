"""Files written whole or not at all, and short hashes."""

import hashlib
import io
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.mistakes import ConfigurationError


def digest(thing: Any, length: int = 12) -> str:
    """Short hash of anything JSON can hold."""
    text = json.dumps(thing, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def write_whole(path: Path | str, content: bytes | str) -> Path:
    """Write a file so that a reader sees the old one or the whole new one, never half of it. Returns the path.

    Missing folders are made. Raises ConfigurationError where the disk refuses, and leaves nothing behind.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.replace(part, path)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be written ({error.strerror}); choose another folder with out=FOLDER."
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return path


def write_arrays(path: Path | str, arrays: dict[str, np.ndarray]) -> Path:
    """Write arrays by name as one compressed .npz file. Returns the path."""
    content = io.BytesIO()
    named: dict[str, Any] = dict(arrays)  # one name is an option of numpy's, and of another type
    np.savez_compressed(content, **named)
    return write_whole(path, content.getvalue())


def cache_folder() -> Path | None:
    """Folder in which burn-ins are kept between commands; INCUBATOR_CACHE names another place, or nothing for none."""
    named = os.environ.get("INCUBATOR_CACHE")
    if named is not None:
        return Path(named) if named else None
    home = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "incubator-cluster-sim"
