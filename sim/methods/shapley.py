"""Shapley shares: what each part of a whole is worth, exactly or by sampled orders, and how parts interact.

A coalition is a bit mask: bit i is set if part i is in it. Values of coalitions come as an array (2^parts, …) or, if only
some were simulated, as {mask: array}.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np

from sim.engine import bits, streams

Values = np.ndarray | Mapping[int, np.ndarray]  # of coalitions by mask, all of them or some


@cache
def share_weights(n: int) -> np.ndarray:
    """Weight of each coalition's value in each part's share (n, 2^n): the mean of what it adds over all orders.

    Shapley 1953: what part i adds to a coalition of s others counts s! (n - s - 1)! / n!.
    """
    weights = np.zeros((n, 1 << n))
    for i in range(n):
        for mask in range(1 << n):
            if not mask >> i & 1:
                size = mask.bit_count()
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                weights[i, mask | 1 << i] += weight
                weights[i, mask] -= weight
    return weights


@cache
def interaction_weights(n: int) -> np.ndarray:
    """Weight of each coalition's value in each pair's interaction (pairs, 2^n), pairs as `pairs_of(n)` lists them.

    The Shapley interaction index (Grabisch and Roubens 1999): the mean over what else is done of what two parts do
    together beyond what they do apart; below zero they are substitutes.
    """
    weights = np.zeros((len(pairs_of(n)), 1 << n))
    for row, (i, j) in enumerate(pairs_of(n)):
        one, other = 1 << i, 1 << j
        for mask in range(1 << n):
            if not mask & (one | other):
                size = mask.bit_count()
                weight = factorial(size) * factorial(n - size - 2) / factorial(n - 1)
                weights[row, mask | one | other] += weight
                weights[row, mask | one] -= weight
                weights[row, mask | other] -= weight
                weights[row, mask] += weight
    return weights


def pairs_of(n: int) -> list[tuple[int, int]]:
    """All pairs of n parts, in order."""
    return list(combinations(range(n), 2))


def shares(values: np.ndarray) -> np.ndarray:
    """Exact shares (n, …) of the value of all parts together, from the values of all coalitions (2^n, …).

    They add up to the whole: the sum over parts is values[-1] - values[0].
    """
    values = np.asarray(values, float)
    gain = values - values[0]  # weights sum to zero; taking the level away first keeps the last digits
    return np.tensordot(share_weights(_parts(values)), gain, axes=1)


def interactions(values: np.ndarray) -> np.ndarray:
    """Interaction of each pair of parts (pairs, …), from the values of all coalitions (2^n, …)."""
    values = np.asarray(values, float)
    return np.tensordot(interaction_weights(_parts(values)), values - values[0], axes=1)


def first_in(values: Values, n: int) -> np.ndarray:
    """Gain from each part alone (n, …)."""
    return np.stack([values[1 << i] - values[0] for i in range(n)])


def last_in(values: Values, n: int) -> np.ndarray:
    """Loss if each part alone is left out of the whole (n, …)."""
    whole = (1 << n) - 1
    return np.stack([values[whole] - values[whole & ~(1 << i)] for i in range(n)])


def _parts(values):
    return (len(values) - 1).bit_length()


# ---- many parts: some orders instead of all


def orders(names: Sequence[str], seed: int, count: int) -> np.ndarray:
    """Orders in which parts join (count, n), each followed by its reverse; keyed by seed and names, count even.

    A part that comes early in an order comes late in its reverse, so that most of what depends on place cancels
    (antithetic sampling: Mitchell, Cooper, Frank and Holmes 2022).
    """
    who = np.array([bits.hash64(f"part/{name}") for name in names], np.uint64)
    draws = np.array([bits.hash64(f"order/{k}") for k in range(count // 2)], np.uint64)
    places = streams.uniform(who, streams.key(seed, "part_order", 0), draws)  # (n, count / 2)
    forward = np.argsort(places, axis=0).T
    return np.stack([forward, forward[:, ::-1]], axis=1).reshape(-1, len(names))


def coalitions(joining: np.ndarray) -> list[int]:
    """Masks of the coalitions that orders (count, n) pass through, sorted; the empty one and the whole are among them."""
    passed = np.bitwise_or.accumulate(np.int64(1) << joining.astype(np.int64), axis=1)
    return sorted({0, *passed.ravel().tolist()})


def sampled(values: Values, joining: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares from sampled orders (count, n): (shares (n, …), variance of their sampling error (n, …)).

    In each order the gains add up to the whole, so the shares do too. The variance is that of the
    mean over independent pairs of an order and its reverse; not a number when there is one pair only.
    """
    gains = []
    for order in joining:
        gain, mask = {}, 0
        for part in order.tolist():
            gain[part] = values[mask | 1 << part] - values[mask]
            mask |= 1 << part
        gains.append(np.stack([gain[i] for i in range(len(order))]))
    pairs = (np.stack(gains[::2]) + np.stack(gains[1::2])) / 2
    if len(pairs) < 2:
        return pairs.mean(axis=0), np.full(pairs.shape[1:], np.nan)
    return pairs.mean(axis=0), pairs.var(axis=0, ddof=1) / len(pairs)
