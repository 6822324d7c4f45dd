"""Newcomers in compiled passes: who they are, and what they have in hand."""

from typing import Any

import numpy as np

from sim.engine.bits import mix_int
from sim.engine.distributions import lognormal
from sim.engine.kernels import draws
from sim.engine.kernels.distributions import normal
from sim.engine.kernels.draws import uniform
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.streams import keys
from sim.model.agents import Enterprise
from sim.model.mechanisms import arrivals, talent
from sim.model.random_decisions import MARKS
from sim.model.status import Place, Status
from sim.model.vocabulary import ORIGINS

APPLICANT, GONE = int(Status.APPLICANT), int(Place.GONE)
NORMAL = tuple(MARKS.index(f"mark_{what}") for what in ("quality", "staff", "revenue"))
AGE, LONG_STAY, ROUNDING, CLOSURE, RELOCATION = (
    MARKS.index(name)
    for name in ("mark_age", "mark_long_stay", "rounding_general", "closure_clock", "relocation_clock")
)


def introduce(cluster, new: Enterprise, source: np.ndarray, k: np.ndarray) -> Any:
    """Do what the readable rule does; what does not fit into an identity is left to that, which says so."""
    columns = [new.table.data[name] for name in ("ident", "luck", "segment", "origin", "sector")]
    seed = np.uint64(mix_int(cluster.seed + 1))
    fits = _introduce(new.rows, source, k, cluster.now, seed, cluster.segment_sector, *columns)
    return None if fits else NotImplemented


@kernel
def _introduce(rows, source, k, now, seed, segment_sector, ident, luck, segment, origin, sector):
    """Writes nothing and returns False if a number does not fit into an identity."""
    for i in range(len(rows)):
        if now >> 16 or (source[i] | k[i]) >> 24:
            return False
    for i in range(len(rows)):
        row, from_segment = rows[i], source[i] // len(ORIGINS)
        ident[row] = draws.ident(source[i], now, k[i])
        luck[row] = draws.luck(ident[row], seed)
        segment[row], origin[row] = from_segment, source[i] % len(ORIGINS)
        sector[row] = segment_sector[from_segment]
    return True


def mark(cluster, new: Enterprise) -> None:
    """Do what the readable rule does."""
    names = (
        "luck", "sector", "status", "place", "park_row", "quality", "founded_on", "long_stay", "staff", "desired",
        "revenue", "cash", "closure_clock", "relocation_clock",
    )  # fmt: skip
    _mark(
        new.rows, cluster.now, as_tuple(cluster.parameters.demand), np.array(cluster.parameters.labour.tier_shares),
        cluster.long_stay_share, keys(cluster.seed, MARKS, cluster.now)[:, 0], *(new.table.data[name] for name in names),
    )  # fmt: skip


@kernel(
    calls=(arrivals.quality, arrivals.age, arrivals.staff, arrivals.revenue, arrivals.cash, talent.posts, lognormal)
)
def _mark(
    rows, now, p, shares, long_stay_share, draws, luck, sector, status, place, park_row, quality, founded_on, long_stay,
    staff, desired, revenue, cash, closure_clock, relocation_clock,
):  # fmt: skip
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
        quality[row] = arrivals.quality(drawn[i], p)
        founded_on[row] = now - np.int64(arrivals.age(uniform(mine, draws[AGE]), p))
        long_stay[row] = uniform(mine, draws[LONG_STAY]) < long_stay_share[sector[row]]
        heads = arrivals.staff(drawn[n + i], p)
        for tier in range(len(shares)):
            posts = talent.posts(heads, shares[tier]) + uniform(mine, draws[ROUNDING + tier])
            staff[row, tier] = np.int64(np.floor(posts))
        desired[row] = heads
        revenue[row] = arrivals.revenue(heads, drawn[2 * n + i], p)
        cash[row] = arrivals.cash(heads, p)
        closure_clock[row] = -np.log(uniform(mine, draws[CLOSURE]))
        relocation_clock[row] = -np.log(uniform(mine, draws[RELOCATION]))
