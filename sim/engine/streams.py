"""Luck with names: every random number belongs to (seed, decision, enterprise, month[, alternative]).

Two scenarios with the same seed give the same enterprise the same luck, whatever else a policy changes, because no draw
depends on a position in a stream. A draw is a hash (splitmix64, Steele et al. 2014) of who draws, what, and when.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import numpy as np

from sim.engine.bits import _R12, _S24, _S40, GOLDEN, MASK, UINT64, hash64, mix, mix_int
from sim.engine.distributions import exponential
from sim.engine.kernels import has_kernel
from sim.engine.quantity import Quantity, Reading

# name -> (does the luck belong to a month?, what is decided): filled by `register`.
DECISIONS: dict[str, tuple[bool, str]] = {}


def register(decisions: Mapping[str, tuple[bool, str]]) -> None:
    """Make decisions known that are left to luck. decisions: {name: (does the luck belong to a month?, what is decided)}.

    A month belongs in the key only if the luck is of that month: tastes and founders' marks last for life.
    """
    DECISIONS.update(decisions)


@lru_cache(16)
def _bases(seed, names):
    """Starts of decisions' keys (names,) uint64, and flags for the month being mixed in (names,) bool."""
    started = [mix_int(hash64(name) + seed * GOLDEN) for name in names]
    return np.array(started, UINT64), np.array([DECISIONS[name][0] for name in names])


def keys_of_month(seed: int, month: int) -> Mapping[str, int]:
    """The key of every decision in a month, {name: Python integer}; worked out together, for a month asks for most."""
    return _keys_of_month(seed, month, len(DECISIONS))


@lru_cache(256)  # runs of one seed under several scenarios often follow each other
def _keys_of_month(seed, month, decisions):
    """The same; decisions: how many there are, so that one registered later is found too."""
    base, monthly = _bases(seed, tuple(DECISIONS))
    mixed = mix(base + np.uint64((month + 1) * GOLDEN & MASK))
    return _Keys(zip(DECISIONS, np.where(monthly, mixed, base).tolist(), strict=True))


class _Keys(dict):
    """Keys by the name of their decision."""

    def __missing__(self, name):
        raise KeyError(f"'{name}' is no registered decision: name it with sim.engine.streams.register")


def key(seed: int, name: str, month: int) -> int:
    """One Python integer per phase: seed and decision, with the month mixed in where the luck is of that month."""
    return keys_of_month(seed, int(month))[name]


def ident(source: Quantity, month: Quantity, k: Quantity) -> np.ndarray:
    """Identity of the k-th arrival from a source in a month: 24, 16 and 24 bits, uint64. `month` counts from year 0."""
    source, month, k = (np.asarray(x).astype(np.uint64) for x in (source, month, k))  # below zero becomes very large
    if (month >= 1 << 16).any():
        raise OverflowError("ident: the month must lie within years 0 to 5461")
    if ((source | k) >= 1 << 24).any():
        raise OverflowError("ident: more than 16 million arrivals from one source in one month")
    return source << _S40 | month << _S24 | k


def luck(idents: np.ndarray, seed: int) -> np.ndarray:
    """The column from which all draws of an enterprise start. idents (n,) uint64."""
    z = np.asarray(idents)
    if z.dtype != np.uint64:
        raise TypeError(f"luck: identities must be uint64, not {z.dtype}")
    return mix(mix(z + np.uint64(mix_int(seed + 1))) + np.uint64(GOLDEN))


@has_kernel("sim.engine.kernels.draws:drawn")
def uniform(
    luck: Quantity,
    decision_key: int | np.ndarray,
    alternatives: np.ndarray | None = None,
    pairs: tuple[np.ndarray, np.ndarray] | None = None,
) -> Reading:
    """Uniform draws in (0, 1), never 0 nor 1: 52 bits and a half.

    luck (n,) uint64; decision_key: one key, or a uint64 array of keys that broadcasts with luck; alternatives (m,)
    uint64 hashes or None. Returns (n,) or (n, m). pairs: only these of the (n, m), as positions (who, which).
    """
    luck, decision_key = np.asarray(luck), np.asarray(decision_key, UINT64)
    if luck.dtype != UINT64:
        raise TypeError(f"uniform: luck must be uint64, not {luck.dtype}")
    z = mix((luck if luck.ndim else luck[None]) + decision_key)
    if pairs is not None and alternatives is not None:
        z = mix(z[pairs[0]] + alternatives[pairs[1]])
    elif alternatives is not None:
        z = mix(z[..., None] + alternatives)
    z >>= _R12
    u = z.astype(np.float64)
    u += 0.5
    u *= 2.0**-52
    return u if luck.ndim else u[0]


def keys(seed: int, names: Iterable[str], month: int) -> np.ndarray:
    """Keys of several decisions at once (names, 1), to draw them together: uniform(luck, keys) is (names, n).

    Rows are decisions because numpy is fast along the last axis, which should be the long one.
    """
    known = keys_of_month(seed, int(month))
    return np.array([known[name] for name in names], UINT64)[:, None]


def poisson_field(seed: int, month: int, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of a unit Poisson process on the intensity axis that lie below each source's intensity.

    intensity (sources,) expected arrivals this month. Returns (source, k), both (n,) int64, ordered by source then k.
    A scenario of higher intensity accepts more points of the same process, so arrivals keep their identity.
    """
    return _points(np.uint64(key(seed, "arrival_gap", month)), np.asarray(intensity, float))


@has_kernel("sim.engine.kernels.draws:points")
def _points(base, intensity):
    """The same from the key of the month."""
    sources = mix(_numbers(intensity.size) + base)
    most, points = intensity.max(initial=0.0), 8
    points += int(most + 6 * np.sqrt(most))
    while True:
        gaps = exponential(uniform(sources, _slots(points)))
        # Added one after another, so that the number of points makes no difference.
        count = np.count_nonzero(gaps.cumsum(axis=0) <= intensity, axis=0)
        if np.all(count < points):
            break
        points *= 2  # never seen: six standard deviations were not enough
    source, first = np.repeat(np.arange(count.size), count), count.cumsum() - count
    return source, np.arange(source.size) - first[source]


@cache
def _numbers(sources):
    """Numbers that tell so many sources apart (sources,)."""
    return np.arange(sources, dtype=np.uint64) * np.uint64(GOLDEN)


@cache
def _slots(points):
    """Keys of the first so many points of a source (points, 1)."""
    return np.array([[(mix_int(k + 1) + GOLDEN) & MASK] for k in range(points)], np.uint64)
