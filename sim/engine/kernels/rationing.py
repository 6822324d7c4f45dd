"""Deferred acceptance, compiled: kernels of sim.engine.rationing."""

import numpy as np

from sim.engine.kernels.kernel import kernel


@kernel
def wish_lists(
    applicant: np.ndarray, worth: np.ndarray, length: int, choice: np.ndarray, size: np.ndarray, priority: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Do what the readable form does."""
    m, n, depth = len(applicant), 0, 1
    pairs, who = np.empty((m, length), np.int64), np.empty(m, np.int64)
    listed = np.empty(m, np.int64)
    for k in range(m):
        if k == 0 or applicant[k] != applicant[k - 1]:
            who[n], listed[n] = applicant[k], 0
            n += 1
        row, place = n - 1, listed[n - 1]
        while place and worth[pairs[row, place - 1]] < worth[k]:
            if place < length:
                pairs[row, place] = pairs[row, place - 1]
            place -= 1
        if place < length:
            pairs[row, place] = k
            listed[row] = min(listed[row] + 1, length)
            depth = max(depth, listed[row])
    choices, sizes, priorities = np.full((n, depth), -1), np.zeros((n, depth), np.int64), np.zeros((n, depth))
    for row in range(n):
        for place in range(listed[row]):
            k = pairs[row, place]
            choices[row, place], sizes[row, place], priorities[row, place] = choice[k], size[k], priority[k]
    return who[:n], choices, sizes, priorities


def allocate(
    choices: np.ndarray, size: np.ndarray, priority: np.ndarray, tie: np.ndarray, capacity: np.ndarray
) -> np.ndarray:
    """Do what the readable form does."""
    choices, size, capacity = (np.asarray(a, np.int64) for a in (choices, size, capacity))
    if priority.ndim == 1:
        if choices.shape[1] <= 1 or size.min(initial=1) == size.max(initial=1):
            return in_turn(choices, size, np.asarray(priority, np.int64), tie, capacity)
        priority = np.repeat(priority[:, None], choices.shape[1], axis=1)
    return _rounds(choices, size, np.asarray(priority, float), tie, capacity)


@kernel
def in_turn(
    choices: np.ndarray, size: np.ndarray, priority: np.ndarray, tie: np.ndarray, capacity: np.ndarray
) -> np.ndarray:
    """One after another in the order of priority and tie, each at the first choice with room for it.

    The same as rounds of proposals if all alternatives have one order of standing and nobody who makes way leaves room
    that others could have used: with one choice each, or with equal sizes. Only those who still find room somewhere
    are put in the order of ties.
    """
    n, depth = choices.shape
    held, left = np.full(n, -1), capacity.copy()
    looking = np.empty(n, np.int64)
    m, low, high = 0, 0, -1
    for i in range(n):
        if choices[i, 0] >= 0:
            low, high = (min(low, priority[i]), max(high, priority[i])) if m else (priority[i], priority[i])
            looking[m] = i
            m += 1
    start = np.zeros(high - low + 2, np.int64)  # where those of each priority begin
    for i in looking[:m]:
        start[priority[i] - low + 1] += 1
    start = np.cumsum(start)
    queue, place = np.empty(m, np.int64), start.copy()
    for i in looking[:m]:
        queue[place[priority[i] - low]] = i
        place[priority[i] - low] += 1
    luck = np.empty(m)
    for k in range(len(start) - 1):
        hopeful = 0
        for i in queue[start[k] : start[k + 1]]:
            for turn in range(depth):
                if choices[i, turn] < 0:
                    break
                if size[i, turn] <= left[choices[i, turn]]:
                    looking[hopeful], luck[hopeful] = i, tie[i]
                    hopeful += 1
                    break
        for position in np.argsort(luck[:hopeful], kind="mergesort"):
            i = looking[position]
            for turn in range(depth):
                at = choices[i, turn]
                if at < 0:
                    break
                if size[i, turn] <= left[at]:
                    left[at] -= size[i, turn]
                    held[i] = at
                    break
    return held


@kernel
def _rounds(choices, size, standing, tie, capacity):
    """Rounds of proposals; standing (n, depth), low first."""
    n, depth = choices.shape
    held = np.full(n, -1)
    if not depth:
        return held
    looking = np.flatnonzero(choices[:, 0] >= 0)
    who = looking[np.argsort(tie[looking], kind="mergesort")]  # from here on a firm's number says who wins a tie
    n = len(who)
    at, asked, wants = np.full(n, -1), np.zeros(n, np.int64), np.full(n, -1)
    waits = np.empty(n)
    while True:
        settled = True
        for i in range(n):
            wants[i] = choices[who[i], asked[i]] if asked[i] < depth else -1
            waits[i] = standing[who[i], asked[i]] if wants[i] >= 0 else np.inf
            settled &= wants[i] == at[i]
        if settled:
            held[who] = at
            return held
        order = np.argsort(waits, kind="mergesort")  # stable
        left = capacity.copy()
        at[:] = -1
        for i in order:
            if wants[i] >= 0:
                needed = size[who[i], asked[i]]
                if needed <= left[wants[i]]:
                    left[wants[i]] -= needed
                    at[i] = wants[i]
                else:
                    asked[i] += 1
