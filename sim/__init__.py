"""Policy simulator for incubator clusters: the same firms, the same luck, different policies."""

import importlib

_HOMES = {
    "Cluster": "sim.model.cluster", "build": "sim.runs.simulate", "compare": "sim.studies.compare.run",
    "Enterprise": "sim.model.agents", "Park": "sim.model.agents", "Operator": "sim.model.agents", "ServicePlatform": "sim.model.agents",
    "District": "sim.model.agents", "Policy": "sim.model.policies", "register": "sim.model.policies", "load": "sim.inputs.config",
    "ConfigurationError": "sim.engine.fields", "settle": "sim.studies.settle.run", "attribute": "sim.studies.attribute.run",
    "ledger": "sim.studies.ledger.run", "sweep": "sim.studies.sweep.run", "sensitivity": "sim.studies.sensitivity.run",
    "discover": "sim.studies.discover.run", "voi": "sim.studies.voi.run", "optimise": "sim.studies.optimise.run",
}  # fmt: skip
__all__ = sorted(_HOMES)


def __getattr__(name):
    """Public names are fetched on first use, so that `incubator --help` does not wait for the model."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__():
    return __all__
