"""Who gets scarce room: deferred acceptance, the applicants proposing (Gale and Shapley 1962)."""

import numpy as np


def allocate(choices, size, priority, tie, capacity):
    """Where each applicant ends up, -1 for nowhere.

    choices (n, depth) alternatives in order of preference, -1 after the last; size (n, depth) integer room needed there;
    priority (n, depth) standing with each choice, low first; tie (n,) breaks ties; capacity (alternatives,). Each
    alternative keeps the best while they fit, passing over one too big for what is left. No row order decides.
    """
    n, depth = choices.shape
    held, asked = np.full(n, -1), np.zeros(n, np.int64)
    if not depth:
        return held
    everyone = np.arange(n)
    while True:
        free = (held < 0) & (asked < depth)
        turn = np.minimum(asked, depth - 1)
        asks = np.where(free, choices[everyone, turn], -1)
        if not np.any(asks >= 0):
            return held
        wants = np.where(held >= 0, held, asks)
        kept = _keep(wants, size[everyone, turn], priority[everyone, turn], tie, capacity)
        held = np.where(kept, wants, -1)
        asked += (wants >= 0) & ~kept


def _keep(wants, size, priority, tie, capacity):
    """Which proposals fit, taken by priority within each alternative. wants (n,), returns (n,) bool."""
    proposing = np.flatnonzero(wants >= 0)
    order = proposing[np.lexsort((tie[proposing], priority[proposing], wants[proposing]))]
    at, need = wants[order], size[order]
    total = np.cumsum(need)
    first = np.searchsorted(at, np.arange(len(capacity)))  # where each alternative's proposals begin
    before = np.concatenate([[0], total])[first]
    kept = total - before[at] <= capacity[at]
    left = capacity - np.bincount(at[kept], weights=need[kept], minlength=len(capacity))
    for position in np.flatnonzero(~kept & (need <= left[at])).tolist():  # smaller ones behind one too big
        if need[position] <= left[at[position]]:
            left[at[position]] -= need[position]
            kept[position] = True
    result = np.zeros(len(wants), bool)
    result[order[kept]] = True
    return result
