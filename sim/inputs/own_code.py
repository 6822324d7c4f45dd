"""A user's own policies: a Python file that registers classes, read in this process and in every worker."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from sim.engine.mistakes import ConfigurationError

LOADED: list[str] = []  # files read so far, so that workers can read them too


def load_code(path: Path | str) -> ModuleType:
    """Run a user's own Python file, so that the classes it registers are known."""
    path = Path(path).resolve()
    if not path.is_file():
        raise ConfigurationError(f"--code {path}: no such file.")
    spec = importlib.util.spec_from_file_location(f"own_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"--code {path}: not a Python file; expected a name that ends in .py.")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigurationError(f"--code {path}: {type(error).__name__}: {error}") from None
    if str(path) not in LOADED:
        LOADED.append(str(path))
    return module
