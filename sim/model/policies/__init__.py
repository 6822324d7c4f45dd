"""Levers: one file and one YAML each. A policy moves this month's terms, or announces space and orders services."""

from importlib import import_module
from pkgutil import iter_modules

from sim.model.policies.base import POLICY_KINDS, Policy, register
from sim.model.policies.targets import BySector, ByTier

__all__ = ["POLICY_KINDS", "BySector", "ByTier", "Policy", "register"]

for _module in iter_modules(__path__):  # a lever is known because its file lies here
    import_module(f"{__name__}.{_module.name}")
