"""Policy simulator for incubator clusters: the same firms, the same luck, different policies."""

import importlib

_HOMES = {
    "Cluster": "sim.cluster", "build": "sim.simulate", "compare": "sim.studies.study",
    "Enterprise": "sim.agents", "Park": "sim.agents", "Operator": "sim.agents", "ServicePlatform": "sim.agents",
    "District": "sim.agents", "Policy": "sim.policies", "register": "sim.policies", "load": "sim.config",
    "ConfigurationError": "sim.fields", "settle": "sim.studies.settle", "attribute": "sim.studies.attribution.attribute",
    "ledger": "sim.studies.ledgers.ledger", "sweep": "sim.studies.sweeps.sweep", "sensitivity": "sim.studies.uncertainty.assuming",
    "discover": "sim.studies.choosing.discover", "voi": "sim.studies.choosing.voi", "optimise": "sim.studies.optimising.optimise",
}  # fmt: skip
__all__ = sorted(_HOMES)


def __getattr__(name):
    """Public names are fetched on first use, so that `incubator --help` does not wait for the model."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__():
    return __all__
