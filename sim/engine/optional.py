"""Libraries that only studies need, imported on first use; one sentence where they are not installed."""

from importlib import import_module
from types import ModuleType

from sim.engine.mistakes import ConfigurationError

EXTRA = "pip install 'incubator-cluster-sim[studies]'"


def require(module: str, what: str) -> ModuleType:
    """Import a module of the extra `studies`; where it is missing, say how to get it. what: who needs it, in a message."""
    try:
        return import_module(module)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise ConfigurationError(f"{what} needs {module.partition('.')[0]}, which is not installed: {EXTRA}.") from None


def salib(part: str) -> ModuleType:
    """Import a part of SALib, such as `analyze.morris`."""
    return require(f"SALib.{part}", "this design or analysis")
