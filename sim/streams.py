"""Luck with names: every random number belongs to (seed, decision, enterprise, month[, alternative]).

Two scenarios with the same seed give the same enterprise the same luck, whatever else a policy changes, because no draw
depends on a position in a stream. A draw is a hash (splitmix64, Steele et al. 2014) of who draws, what, and when.
"""

import hashlib
from functools import cache, lru_cache

import numpy as np
from scipy.special import bdtrik, gammaincinv, ndtri

from sim.compiled import available, draws

UINT64 = np.dtype(np.uint64)
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15

# Every decision that is left to luck: name -> (does the luck belong to a month?, what it decides).
# A month belongs in the key only if the luck is of that month: tastes and founders' marks last for life.
DECISIONS = {
    "arrival_gap": (True, "gaps of the Poisson field from which applicants come"),
    "mark_quality": (False, "founder quality"),
    "mark_age": (False, "age on arrival"),
    "mark_staff": (False, "staff on arrival"),
    "mark_revenue": (False, "revenue a head on arrival"),
    "mark_long_stay": (False, "entitled to the longer tenancy limit"),
    "rounding_general": (False, "rounding of general posts"),
    "rounding_skilled": (False, "rounding of skilled posts"),
    "rounding_high_level": (False, "rounding of high-level posts"),
    "taste_park": (False, "taste for each park"),
    "taste_outside": (False, "taste for premises outside the cluster"),
    "taste_leaving": (False, "taste for each place after leaving a park"),
    "followed": (False, "whether a firm that settles elsewhere is in the sample that is followed"),
    "tie": (False, "order among equals"),
    "screening": (False, "error of a park's judgement of an applicant"),
    "review": (True, "does a tenant look around for another park this month"),
    "need_technology": (True, "a need for research technology"),
    "need_testing": (True, "a need for inspection and testing"),
    "need_talent": (True, "a need for help in finding staff"),
    "need_finance": (True, "a need for finance"),
    "need_market": (True, "a need for market and chain contacts"),
    "process_time": (True, "whether a case takes the month more or less"),
    "growth_size": (True, "how large a month's shock is: gamma time of the variance-gamma process"),
    "growth_sign": (True, "its direction: the normal part"),
    "round": (True, "a funding round"),
    "round_amount": (True, "its amount"),
    "round_kind": (True, "equity or bank credit"),
    "patent": (True, "intellectual property filed"),
    "certificate": (True, "the national high-tech certificate"),
    "acquisition": (True, "acquired or listed"),
    "recognition": (True, "recognised as a graduate this month"),
    "seed_round": (True, "a seed round from a public fund"),
    "voucher": (False, "who comes first while vouchers are not yet for everybody"),
    "bundle": (True, "whether a case of technology comes with help from finance"),
    "closure_clock": (False, "unit exponential of the closure clock"),
    "relocation_clock": (False, "unit exponential of the relocation clock"),
    "part_order": (False, "the order in which parts of a package join, when their shares are sampled"),
}
TIERS = ("general", "skilled", "high_level")
for _tier in TIERS:
    DECISIONS |= {
        f"hire_{_tier}": (True, "hires this month"),
        f"quit_january_{_tier}": (True, "who leaves among those employed on 1 January"),
        f"quit_later_{_tier}": (True, "who leaves among those hired since"),
        f"layoff_january_{_tier}": (True, "who is laid off among those employed on 1 January"),
        f"layoff_later_{_tier}": (True, "who is laid off among those hired since"),
        f"stay_quit_january_{_tier}": (
            True,
            "who of January's people that quit finds another employer in the district",
        ),
        f"stay_quit_later_{_tier}": (True, "who of the later people that quit finds one"),
        f"stay_layoff_january_{_tier}": (True, "who of January's people laid off finds one"),
        f"stay_layoff_later_{_tier}": (True, "who of the later people laid off finds one"),
        f"parting_january_{_tier}": (True, "January's people of a firm that ends or leaves: who stays in the district"),
        f"parting_later_{_tier}": (True, "the later people of a firm that ends or leaves: who stays in the district"),
        f"drift_{_tier}": (True, "re-employed people who leave the district after all"),
    }


def digest(text):
    """64-bit number of a name. Never Python's hash, which differs from process to process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


# Constants of splitmix64 as arrays without a dimension: numpy need not convert them at each call.
_R12, _R27, _R30, _R31, _S24, _S40 = (np.array(shift, np.uint64) for shift in (12, 27, 30, 31, 24, 40))
_M1, _M2 = (np.array(factor, np.uint64) for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def mix(z):
    """Finaliser of splitmix64 on a uint64 array: each bit in moves each bit out with chance one half."""
    z = z ^ (z >> _R30)
    z *= _M1
    z ^= z >> _R27
    z *= _M2
    z ^= z >> _R31
    return z


def mix_int(z):
    """The same for one Python integer."""
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


@lru_cache(16)
def _bases(seed, names):
    """Where the keys of decisions start (names,) uint64, and whether the month is mixed in (names,) bool."""
    started = [mix_int(digest(name) + seed * GOLDEN) for name in names]
    return np.array(started, UINT64), np.array([DECISIONS[name][0] for name in names])


def keys_of_month(seed, month):
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
        raise KeyError(f"'{name}' is no registered decision: add it to DECISIONS in sim/streams.py")


def key(seed, name, month):
    """One Python integer per phase: seed and decision, with the month mixed in where the luck is of that month."""
    return keys_of_month(seed, int(month))[name]


def ident(source, month, k):
    """Identity of the k-th arrival from a source in a month: 24, 16 and 24 bits, uint64. `month` counts from year 0."""
    source, month, k = (np.asarray(x).astype(np.uint64) for x in (source, month, k))  # below zero becomes very large
    if (month >= 1 << 16).any():
        raise OverflowError("ident: the month must lie within years 0 to 5461")
    if ((source | k) >= 1 << 24).any():
        raise OverflowError("ident: more than 16 million arrivals from one source in one month")
    return source << _S40 | month << _S24 | k


def luck(idents, seed):
    """The column from which all draws of an enterprise start. idents (n,) uint64."""
    z = np.asarray(idents)
    if z.dtype != np.uint64:
        raise TypeError(f"luck: identities must be uint64, not {z.dtype}")
    return mix(mix(z + np.uint64(mix_int(seed + 1))) + np.uint64(GOLDEN))


def uniform(luck, decision_key, alternatives=None, pairs=None):
    """Uniform draws in (0, 1), never 0 nor 1: 52 bits and a half.

    luck (n,) uint64; decision_key: one key, or a uint64 array of keys that broadcasts with luck; alternatives (m,)
    uint64 digests or None. Returns (n,) or (n, m). pairs: only these of the (n, m), as positions (who, which).
    """
    luck, decision_key = np.asarray(luck), np.asarray(decision_key, UINT64)
    if luck.dtype != UINT64:
        raise TypeError(f"uniform: luck must be uint64, not {luck.dtype}")
    if luck.ndim == 1 and available():
        drawn = _compiled_uniform(luck, decision_key, alternatives, pairs)
        if drawn is not None:
            return drawn
    z = mix((luck if luck.ndim else luck[None]) + decision_key)
    if pairs is not None:
        z = mix(z[pairs[0]] + alternatives[pairs[1]])
    elif alternatives is not None:
        z = mix(z[..., None] + alternatives)
    z >>= _R12
    u = z.astype(np.float64)
    u += 0.5
    u *= 2.0**-52
    return u if luck.ndim else u[0]


def _compiled_uniform(luck, decision_key, alternatives, pairs):
    """The same bits, several times as fast; None for shapes that nobody draws in great numbers."""
    compiled = draws()
    if not decision_key.ndim:
        if pairs is not None:
            return compiled.of_pairs(luck, decision_key[()], alternatives, *pairs)
        if alternatives is not None:
            return compiled.of_alternatives(luck, decision_key[()], alternatives)
        return compiled.uniforms(luck, decision_key[None])[0]
    if alternatives is None and decision_key.shape[1:] == (1,):
        return compiled.uniforms(luck, decision_key[:, 0])
    return None


def keys(seed, names, month):
    """Keys of several decisions at once (names, 1), to draw them together: uniform(luck, keys) is (names, n).

    Rows are decisions because numpy is fast along the last axis, which should be the long one.
    """
    known = keys_of_month(seed, int(month))
    return np.array([known[name] for name in names], UINT64)[:, None]


def exponential(u):
    """Unit exponential."""
    return -np.log(u)


def gumbel(u):
    """Standard Gumbel, the error of a logit."""
    return -np.log(-np.log(u))


def normal(u):
    """Standard normal."""
    u = np.asarray(u, float)
    if u.ndim == 1 and available():
        from sim.compiled import shocks as compiled

        return compiled.normal(u)
    return ndtri(u)


def poisson(u, mean):
    """Poisson count by inversion of one uniform: more mean never means fewer events. u, mean (n,)."""
    u, mean = np.atleast_1d(u), np.asarray(mean, float)
    count = np.zeros(u.shape, np.int64)
    none = np.exp(-mean)
    open_ = np.flatnonzero(u > none)
    u, mean = u[open_], np.broadcast_to(mean, count.shape)[open_]
    term = total = np.broadcast_to(none, count.shape)[open_]
    k = 0
    while open_.size:
        k += 1
        count[open_] = k
        term = term * (mean / k)
        total = total + term
        more = np.flatnonzero((u > total) & (term > 0))
        open_, u, mean, term, total = open_[more], u[more], mean[more], term[more], total[more]
    return count


def binomial(u, n, p):
    """Binomial count by inversion of one uniform: more staff never means other luck. u, n, p (m,); p below 1.

    Chances of the counts 1 to 4, then of the next 8, 16 ... are worked out together, each from the one before, for
    those whose luck is not reached yet.
    """
    if available():
        return draws().binomials(u, np.asarray(n, np.int64), np.asarray(p, float))
    count = np.zeros(len(u), np.int64)
    none = np.exp(n * np.log1p(-p))
    open_ = np.flatnonzero(u > none)
    if not open_.size:
        return count
    u, n, p, chance = u[open_], n[open_], p[open_], none[open_]
    if chance.min() < SMALLEST:  # too small a number to start from: the library's inverse, rounded up
        far, near = np.flatnonzero(chance < SMALLEST), np.flatnonzero(chance >= SMALLEST)
        count[open_[far]] = np.clip(np.ceil(bdtrik(u[far], n[far], p[far])), 0, n[far])
        open_, u, n, p, chance = open_[near], u[near], n[near], p[near], chance[near]
    reached, odds, done, width = chance, p / (1 - p), 0, 4 if open_.size > 200 else 16  # few in fewer steps
    while open_.size:
        k = np.arange(done + 1, done + width + 1)[:, None]
        table = ((n + 1.0) - k) * (1 / k) * odds  # (counts, m): chance of k over that of k - 1; 0 just beyond n
        table[0] *= chance
        np.multiply.accumulate(table, axis=0, out=table)
        chance = table[-1].copy()
        table[0] += reached
        np.add.accumulate(table, axis=0, out=table)
        found = np.add.reduce(table < u, axis=0, dtype=np.int64)
        count[open_] = np.minimum(done + 1 + found, n)
        done += width
        more = np.flatnonzero((found == width) & (n > done))
        open_, u, n, odds, chance, reached = open_[more], u[more], n[more], odds[more], chance[more], table[-1, more]
        width *= 2
    return count


SMALLEST = 1e-280
_CELLS = 1 << 14  # cells of the table of the gamma distribution
_EXACT = 1 - 64 / _CELLS  # from here on the table is too coarse: the distribution function turns vertical


@cache
def _gamma_table(shape):
    """sqrt of the inverse distribution function of a gamma variable on a uniform grid, and its rise over each cell."""
    grid = np.arange(_CELLS + 1) / _CELLS
    grid[-1] = 1 - 0.5 / _CELLS
    table = np.sqrt(gammaincinv(shape, grid))
    return table, np.diff(table)


def root_gamma(u, shape):
    """Square root of a gamma draw of the given shape and scale 1. Tabulated; exact in the upper tail. u (n,)."""
    u = np.atleast_1d(u)
    table, rise = _gamma_table(shape)
    if available():
        from sim.compiled import shocks as compiled

        return compiled.root_gamma(u, table, _EXACT, *compiled.gamma_tail(shape, _EXACT))
    place = u * _CELLS
    cell = place.astype(np.int64)
    value = table[cell] + (place - cell) * rise[cell]
    tail = np.flatnonzero(u >= _EXACT)
    if tail.size:
        value[tail] = np.sqrt(gammaincinv(shape, u[tail]))
    return value


def poisson_field(seed, month, intensity):
    """Points of a unit Poisson process on the intensity axis that lie below each source's intensity.

    intensity (sources,) expected arrivals this month. Returns (source, k), both (n,) int64, ordered by source then k.
    A scenario of higher intensity accepts more points of the same process, so arrivals keep their identity.
    """
    intensity = np.asarray(intensity, float)
    base = np.uint64(key(seed, "arrival_gap", month))
    if available():
        return draws().points(base, intensity)
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
    """What tells so many sources apart (sources,)."""
    return np.arange(sources, dtype=np.uint64) * np.uint64(GOLDEN)


@cache
def _slots(points):
    """Keys of the first so many points of a source (points, 1)."""
    return np.array([[(mix_int(k + 1) + GOLDEN) & MASK] for k in range(points)], np.uint64)
