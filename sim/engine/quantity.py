"""The type of what an equation reads and gives: one number, or a number for each of several agents."""

from typing import TypeAlias

import numpy as np

Quantity: TypeAlias = float | np.ndarray
