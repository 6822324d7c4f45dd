"""Draws inside compiled loops: the same bits as sim.engine.streams gives."""

from typing import Any

import numpy as np

from sim.engine.bits import GOLDEN as STEP
from sim.engine.kernels.kernel import kernel

R12, R24, R27, R30, R31, R40 = (np.uint64(n) for n in (12, 24, 27, 30, 31, 40))
M1, M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
GOLDEN = np.uint64(STEP)
MOST_POINTS = (1 << 24) + 1  # more than an identity can tell apart
SMALLEST = 1e-280
SMALLEST_POWER = np.log(SMALLEST)


@kernel(inline="always")
def mix(z: Any) -> Any:
    """Finaliser of splitmix64."""
    z = (z ^ (z >> R30)) * M1
    z = (z ^ (z >> R27)) * M2
    return z ^ (z >> R31)


@kernel(inline="always")
def uniform(luck: Any, key: Any) -> float:
    """One uniform in (0, 1): luck and key uint64."""
    return (np.float64(np.int64(mix(luck + key) >> R12)) + 0.5) * 2.0**-52  # signed converts in one step


@kernel(inline="always")
def ident(source: Any, month: Any, k: Any) -> Any:
    """Identity of the k-th arrival from a source in a month, of numbers that fit."""
    return np.uint64(source) << R40 | np.uint64(month) << R24 | np.uint64(k)


@kernel(inline="always")
def luck(ident: Any, seed: Any) -> Any:
    """Start of all draws of an identity. seed: mixed, uint64."""
    return mix(mix(ident + seed) + GOLDEN)


@kernel
def binomial(u: float, n: int, p: float, none: float) -> int:
    """Binomial count by inversion, none = log(1 - p)."""
    nobody = np.exp(n * none)
    return 0 if u <= nobody else some(u, n, p, none, nobody)


@kernel
def some(u: float, n: int, p: float, none: float, nobody: float) -> int:
    """The same where u is above the chance of none, nobody."""
    odds, k, chance = p / (1 - p), 0, nobody
    if chance < SMALLEST:  # too small a number to start from: counts that no luck is small enough for are passed over
        if p >= 1:
            return n
        power = n * none
        while power < SMALLEST_POWER:
            k += 1
            power += np.log(((n + 1.0) - k) * (1 / k) * odds)
        chance = np.exp(power)
    total = chance
    while total < u and k < n:
        k += 1
        chance *= ((n + 1.0) - k) * (1 / k) * odds
        total += chance
    return k


@kernel
def poisson(u: float, mean: float) -> int:
    """Poisson count by inversion."""
    chance = np.exp(-mean)
    total, k = chance, 0
    while u > total and chance > 0:
        k += 1
        chance *= mean / k
        total += chance
    return k


def binomials(u: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Binomial counts of many (m,)."""
    return _binomials(u, np.asarray(n, np.int64), np.asarray(p, float))


@kernel
def _binomials(u, n, p):
    found = np.empty(len(u), np.int64)
    for i in range(len(u)):
        found[i] = binomial(u[i], n[i], p[i], np.log1p(-p[i]))
    return found


def drawn(
    luck: np.ndarray,
    decision_key: Any,
    alternatives: np.ndarray | None = None,
    pairs: tuple[np.ndarray, np.ndarray] | None = None,
) -> Any:
    """Uniform draws as sim.engine.streams gives them; for shapes that nobody draws in great numbers NotImplemented."""
    luck, decision_key = np.asarray(luck), np.asarray(decision_key, np.uint64)
    if luck.ndim != 1 or luck.dtype != np.uint64:
        return NotImplemented
    if not decision_key.ndim:
        if pairs is not None:
            return of_pairs(luck, decision_key[()], alternatives, *pairs)
        if alternatives is not None:
            return of_alternatives(luck, decision_key[()], alternatives)
        return uniforms(luck, decision_key[None])[0]
    if alternatives is None and decision_key.shape[1:] == (1,):
        return uniforms(luck, decision_key[:, 0])
    return NotImplemented


@kernel
def uniforms(luck: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Uniforms of many in several decisions: luck (n,), keys (k,), both uint64. Returns (k, n).

    A plain loop over neighbours, which the compiler turns into vector instructions: many times as fast as drawing one by
    one between branches.
    """
    found = np.empty((len(keys), len(luck)))
    for j in range(len(keys)):
        for i in range(len(luck)):
            found[j, i] = uniform(luck[i], keys[j])
    return found


@kernel
def of_alternatives(luck: np.ndarray, key: np.uint64, alternatives: np.ndarray) -> np.ndarray:
    """Uniforms of many for each of several alternatives: luck (n,), key one uint64, alternatives (m,). Returns (n, m)."""
    found = np.empty((len(luck), len(alternatives)))
    for i in range(len(luck)):
        z = mix(luck[i] + key)
        for j in range(len(alternatives)):
            found[i, j] = uniform(z, alternatives[j])
    return found


@kernel
def of_pairs(
    luck: np.ndarray, key: np.uint64, alternatives: np.ndarray, who: np.ndarray, which: np.ndarray
) -> np.ndarray:
    """Uniforms of some of these pairs only: who, which (p,). Returns (p,)."""
    found = np.empty(len(who))
    for i in range(len(who)):
        found[i] = uniform(mix(luck[who[i]] + key), alternatives[which[i]])
    return found


@kernel
def points(base: np.uint64, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of unit Poisson processes that lie below each source's intensity: (source, k), see sim.engine.streams."""
    count = np.zeros(len(intensity), np.int64)
    for i in range(len(count)):
        mine = mix(np.uint64(i) * GOLDEN + base)
        height = _gap(mine, 0)
        while height <= intensity[i] and count[i] < MOST_POINTS:
            count[i] += 1
            height += _gap(mine, count[i])
    source, k, n = np.empty(count.sum(), np.int64), np.empty(count.sum(), np.int64), 0
    for i in range(len(count)):
        for j in range(count[i]):
            source[n], k[n] = i, j
            n += 1
    return source, k


@kernel
def _gap(mine, k):
    """From one point of a source to the next, the k-th."""
    return -np.log(uniform(mine, mix(np.uint64(k + 1)) + GOLDEN))
