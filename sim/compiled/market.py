"""Deferred acceptance, compiled: twin of the rounds in sim.mechanisms.rationing."""

import numpy as np
from numba import njit


@njit(cache=True, error_model="numpy")
def rounds(choices, size, standing, capacity):
    """Where each applicant ends up, -1 for nowhere; applicants stand in the order of ties.

    choices, size (n, depth); standing (n, depth), low first, equals in the order they have, or (0, 0) if all are in
    order; capacity (alternatives,).
    """
    n, depth = choices.shape
    at, asked, wants = np.full(n, -1), np.zeros(n, np.int64), np.full(n, -1)
    order, waits = np.arange(n), np.empty(n)
    while True:
        settled = True
        for i in range(n):
            wants[i] = choices[i, asked[i]] if asked[i] < depth else -1
            settled &= wants[i] == at[i]
        if settled:
            return at
        if len(standing):
            for i in range(n):
                waits[i] = standing[i, asked[i]] if wants[i] >= 0 else np.inf
            order = np.argsort(waits, kind="mergesort")  # stable
        left = capacity.copy()
        at[:] = -1
        for i in order:
            if wants[i] >= 0:
                if size[i, asked[i]] <= left[wants[i]]:
                    left[wants[i]] -= size[i, asked[i]]
                    at[i] = wants[i]
                else:
                    asked[i] += 1
