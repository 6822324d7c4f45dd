"""Compiled loops over the firms: no equation stands here, kernels call those of `sim.model.mechanisms` or are handed results."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from sim.engine.kernels import available


def load() -> None:
    """Load every kernel now, where they are available, rather than when each is first asked for."""
    if available():
        for module in iter_modules(__path__):
            import_module(f"{__name__}.{module.name}")


def family(cluster, agents: Any, *_: object) -> bool:
    """Return True for a cohort read by its family's own rules: kernels know no subclass, nor a single agent."""
    return agents.many and type(agents) is agents.table.family


def read(firms: Any, *names: str) -> list[np.ndarray]:
    """Return columns of a cohort for a kernel to read: of all firms straight from the table, not even copied."""
    return [firms.table.data[name][firms.row] for name in names]


def part(firms: Any, positions: np.ndarray) -> Any:
    """Return some of a cohort by position in what was `read`; where all firms were, a position is the row's number."""
    rows = positions if isinstance(firms.row, slice) else firms.row[positions]
    return firms.cohort(firms.model, rows)
