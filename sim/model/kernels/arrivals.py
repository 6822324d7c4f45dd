"""Newcomers, compiled: twins of sim.model.phases.arrivals.introduce and mark."""

import numpy as np

from sim.engine.bits import mix_int
from sim.engine.kernels.distributions import normal
from sim.engine.kernels.draws import GOLDEN, mix, uniform
from sim.engine.kernels.kernel import kernel
from sim.engine.streams import keys
from sim.model.decisions import MARKS
from sim.model.status import Place, Status
from sim.model.vocabulary import ORIGINS

APPLICANT, GONE = int(Status.APPLICANT), int(Place.GONE)
NORMAL = tuple(MARKS.index(f"mark_{what}") for what in ("quality", "staff", "revenue"))
AGE, LONG_STAY, ROUNDING, CLOSURE, RELOCATION = (
    MARKS.index(name)
    for name in ("mark_age", "mark_long_stay", "rounding_general", "closure_clock", "relocation_clock")
)


def introduce(cluster, new, source, k):
    """See the readable rule."""
    names = ("ident", "luck", "segment", "origin", "sector")
    known = _introduce(
        new.rows, source, k, cluster.now, np.uint64(mix_int(cluster.seed + 1)), len(ORIGINS),
        cluster.segment_sector, *(new.table.data[name] for name in names),
    )  # fmt: skip
    return None if known else NotImplemented


@kernel
def _introduce(rows, source, k, month, seed, origins, segment_sector, ident, luck, segment, origin, sector):
    """Writes nothing and returns False if a number does not fit into an identity."""
    for i in range(len(rows)):
        if month >> 16 or (source[i] | k[i]) >> 24:
            return False
    for i in range(len(rows)):
        row = rows[i]
        ident[row] = np.uint64(source[i]) << np.uint64(40) | np.uint64(month) << np.uint64(24) | np.uint64(k[i])
        luck[row] = mix(mix(ident[row] + seed) + GOLDEN)
        segment[row], origin[row] = source[i] // origins, source[i] % origins
        sector[row] = segment_sector[segment[row]]
    return True


def mark(cluster, new):
    """See the readable rule; one pass over the newcomers."""
    p, data = cluster.parameters.demand, new.table.data
    draws = keys(cluster.seed, MARKS, cluster.now)[:, 0]
    numbers = (
        p.age_max + 1, p.staff_mean, p.staff_spread, p.staff_spread**2 / 2, p.revenue_spread, p.revenue_spread**2 / 2,
        p.revenue_per_head, p.runway / 12 * p.staff_cost,
    )  # fmt: skip
    names = (
        "luck", "sector", "status", "place", "park_row", "quality", "founded_on", "long_stay", "staff", "desired",
        "revenue", "cash", "closure_clock", "relocation_clock",
    )  # fmt: skip
    shares = np.array(cluster.parameters.labour.tier_shares)
    _mark(
        new.rows, draws, np.array(numbers, float), cluster.now, cluster.long_stay_share, shares,
        *(data[name] for name in names),
    )  # fmt: skip


@kernel
def _mark(
    rows, draws, numbers, now, long_stay_share, shares, luck, sector, status, place, park_row, quality, founded_on,
    long_stay, staff, desired, revenue, cash, closure_clock, relocation_clock,
):  # fmt: skip
    ages, mean, spread, half_variance, revenue_spread, revenue_half_variance, per_head, cash_per_head = numbers
    n = len(rows)
    drawn = np.empty(len(NORMAL) * n)
    for j in range(len(NORMAL)):
        for i in range(n):
            drawn[j * n + i] = uniform(luck[rows[i]], draws[NORMAL[j]])
    drawn = normal(drawn)
    for i in range(n):
        row = rows[i]
        mine = luck[row]
        status[row], place[row], park_row[row] = APPLICANT, GONE, -1
        quality[row] = drawn[i]
        founded_on[row] = now - np.int64(np.floor(uniform(mine, draws[AGE]) * ages))
        long_stay[row] = uniform(mine, draws[LONG_STAY]) < long_stay_share[sector[row]]
        heads = max(np.rint(mean * np.exp(spread * drawn[n + i] - half_variance)), 1.0)
        for tier in range(len(shares)):
            staff[row, tier] = np.int64(np.floor(heads * shares[tier] + uniform(mine, draws[ROUNDING + tier])))
        desired[row] = heads
        revenue[row] = heads * per_head * np.exp(revenue_spread * drawn[2 * n + i] - revenue_half_variance)
        cash[row] = cash_per_head * heads
        closure_clock[row] = -np.log(uniform(mine, draws[CLOSURE]))
        relocation_clock[row] = -np.log(uniform(mine, draws[RELOCATION]))
