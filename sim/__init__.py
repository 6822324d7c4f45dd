"""Policy simulator for incubator clusters: the same firms, the same luck, different policies."""

import importlib
from pathlib import Path

_STUDIES = Path(__file__).parent / "studies"
# Where public names live. A study's function is named as its folder.
_HOMES = {
    "Cluster": "sim.model.cluster", "build": "sim.runs.simulate", "Enterprise": "sim.model.agents", "Park": "sim.model.agents",
    "Operator": "sim.model.agents", "ServicePlatform": "sim.model.agents", "District": "sim.model.agents",
    "Policy": "sim.model.policies", "register": "sim.model.policies", "load": "sim.inputs.config",
    "ConfigurationError": "sim.engine.mistakes",
} | {file.parent.name: f"sim.studies.{file.parent.name}.run" for file in _STUDIES.glob("*/run.py")}  # fmt: skip
__all__ = sorted(_HOMES)


def __getattr__(name):
    """Public names are fetched on first use, so that `incubator --help` does not wait for the model."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__():
    return __all__
