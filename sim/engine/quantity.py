"""Numbers of one agent, or an array of them for several: their types, and a choice between two."""

from typing import Any, TypeAlias

import numpy as np

# What an equation is given: one number, or a number for each of several agents.
Quantity: TypeAlias = float | np.ndarray
# What it gives back, and what agents say of themselves: an array where it was asked of several, a number where it was asked of
# one. Whoever asks knows which, and need not tell the type checker each time: hence Any.
Reading: TypeAlias = np.ndarray | Any


def either(holds: Quantity, yes: Quantity, no: Quantity) -> Reading:
    """One number where something holds, another elsewhere; both finite.

    A sum, which is exact: `np.where` takes many times as long over single numbers, and so in compiled loops.
    """
    return holds * yes + (1 - holds) * no
