"""Libraries that only studies need, fetched when they are asked for; one sentence where they are not installed."""

from importlib import import_module

from sim.engine.fields import ConfigurationError

EXTRA = "pip install 'incubator-cluster-sim[studies]'"


def needed(module, what):
    """A module of the extra `studies`, or a sentence that says how to get it. what: who needs it."""
    try:
        return import_module(module)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise ConfigurationError(f"{what} needs {module.partition('.')[0]}, which is not installed: {EXTRA}.") from None


def salib(part):
    """A part of SALib."""
    return needed(f"SALib.{part}", "this design or analysis")
