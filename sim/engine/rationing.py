"""Sharing out scarce room: deferred acceptance, the applicants proposing (Gale and Shapley 1962)."""

import numpy as np

from sim.engine.kernels import has_kernel


@has_kernel("sim.engine.kernels.rationing:wish_lists")
def wish_lists(
    applicant: np.ndarray, worth: np.ndarray, length: int, choice: np.ndarray, size: np.ndarray, priority: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The choices of each applicant in order of preference, at most so many.

    applicant, worth, choice, size, priority (m,): pairs of an applicant and what it would go to, by applicant. Returns
    (applicant (n,), and for `allocate` choices, size, priority, each (n, depth)).
    """
    order = np.lexsort((-worth, applicant))
    rank = np.arange(len(applicant)) - np.searchsorted(applicant, applicant)  # applicants are the same in this order
    listed = np.flatnonzero(rank < length)
    who, row = np.unique(applicant, return_inverse=True)
    pair = np.full((len(who), int(rank.max(initial=0, where=rank < length)) + 1), -1)
    pair[row[listed], rank[listed]] = order[listed]
    return who, *(np.append(of_pairs, none)[pair] for of_pairs, none in ((choice, -1), (size, 0), (priority, 0.0)))


@has_kernel("sim.engine.kernels.rationing:allocate")
def allocate(
    choices: np.ndarray, size: np.ndarray, priority: np.ndarray, tie: np.ndarray, capacity: np.ndarray
) -> np.ndarray:
    """Return the alternative at which each applicant ends up (n,), -1 for none.

    choices (n, depth) alternatives in order of preference, -1 after the last; size (n, depth) integer room needed
    there; priority (n, depth) standing with each choice, low first, or (n,) whole numbers where it is the same with all;
    tie (n,) breaks ties; capacity (alternatives,). Each alternative keeps the best while they fit, passing over one too big for
    what is left. No row order decides.
    """
    n, depth = choices.shape
    held = np.full(n, -1)
    if not depth:
        return held
    # Everybody is put in the order of standing first, so that the rounds have less to sort.
    looking = np.flatnonzero(choices[:, 0] >= 0)
    ranked = looking[np.argsort(tie[looking])]
    if priority.ndim == 1:  # a stable sort of small whole numbers takes one pass
        standing = priority[ranked] - priority.min(initial=0)
        ranked = ranked[np.argsort(standing.astype(np.uint16), kind="stable")]
    choices, size = choices[ranked], size[ranked]
    standings = None if priority.ndim == 1 else priority[ranked]
    at, asked = np.full(len(ranked), -1), np.zeros(len(ranked), np.int64)
    everyone = np.arange(len(ranked))
    while True:
        turn = np.minimum(asked, depth - 1)
        wants = choices[everyone, turn]
        wants[asked >= depth] = -1
        if np.array_equal(wants, at):  # nobody is left who could ask
            held[ranked] = at
            return held
        proposing = np.flatnonzero(wants >= 0)
        standing = None if standings is None else standings[proposing, turn[proposing]]
        kept = proposing[_keep(wants[proposing], size[proposing, turn[proposing]], standing, capacity)]
        at = np.full(len(ranked), -1)
        at[kept] = wants[kept]
        asked += (wants >= 0) & (at < 0)


def _keep(wants, size, standing, capacity):
    """Keep the proposals that fit, best standing first within each alternative. wants (n,), returns positions.

    standing (n,), low first, equals in the order they have; None if all are in order.
    """
    order = np.argsort(wants.astype(np.int16), kind="stable") if standing is None else np.lexsort((standing, wants))
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
    return order[kept]
