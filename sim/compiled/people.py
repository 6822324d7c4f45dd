"""The month's quits, layoffs and hires, compiled: twin of sim.labour_market.turn_over.

Firms are taken in blocks. What has to be known of every firm is worked out in plain loops over the block, which the
compiler turns into vector instructions; the few to whom something happens are listed, and only they are gone through.
"""

import numpy as np
from numba import njit

from sim.agents import District, Park
from sim.compiled.luck import binomial, some, uniform
from sim.mechanisms import talent
from sim.parameters import NEEDS, TIERS
from sim.streams import keys

TALENT = NEEDS.index("talent")
N = len(TIERS)  # known to the compiler, which then unrolls loops over tiers
BLOCK = 256  # firms at a time: what is known of them stays in the fastest memory
SMALL = 64  # vacancies for which the chance of no hire is tabulated
COUNTS = [f"{what}_{name}" for what in ("quits", "layoffs", "vacancies", "hires") for name in TIERS]
CASTS = [f"{group}_{name}" for group in ("january", "later") for name in TIERS]  # group and tier as one number: 0 to 5
LEAVING = tuple(f"{what}_{cast}" for what in ("quit", "stay_quit", "layoff", "stay_layoff") for cast in CASTS)
PARTING = tuple(f"parting_{cast}" for cast in CASTS)
HIRING = tuple(f"{what}_{name}" for what in ("rounding", "hire") for name in TIERS)


def turn_over(cluster, firms):
    """See the readable rule; returns the labour pool (3,)."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    luck, data, support = firms.luck, firms.table.data, _support(district)
    rows = firms.rows.view(np.uint64)  # without a sign, so that compiled loops need not look for negative numbers
    weight, park_row, sector, staff, january = (
        data[name] for name in ("weight", "park_row", "sector", "staff", "january")
    )
    market, felt = cluster.parameters.demand.revenue_per_head, np.append(parks.felt_minutes(), p.district_minutes)
    stay = talent.stays(np.array([p.stay_after_quit, p.stay_after_layoff])[:, None, None], support, p)
    draws = keys(cluster.seed, LEAVING + HIRING, cluster.now)[:, 0]
    leaving, hiring = draws[: len(LEAVING)].reshape(4, -1), draws[len(LEAVING) :].reshape(2, -1)
    counts = np.zeros((len(COUNTS), len(parks) + 1, len(cluster.sector_keys)))  # last: no park, which is -1

    numbers = np.array([p.commute_slope, p.commute_reference, p.wage_slope, p.wage_elasticity, market, talent.MOST])
    quits, (people, per_head, minutes), over = _look(
        rows, luck, park_row, staff, january, data["revenue"], data["desired"], felt, np.array(p.quit_base), numbers,
        leaving[0],
    )  # fmt: skip
    wage = talent.relative_wage(per_head, market, p)
    chance = talent.monthly(talent.yearly_quits(quits[1] % len(TIERS), minutes, wage, p))
    none = np.log1p(-chance)
    chances = np.array([chance, none, np.exp(people * none)])
    staying = _leave(
        rows, luck, weight, park_row, sector, staff, january, data["january_park"], data["desired"], quits, chances, over,
        p.layoff_speed, leaving, stay, cluster.tables[Park].data["reemployed"], counts,
    )  # fmt: skip
    pool = district.labour_pool[0] + staying[0] + staying[1]

    vacancies, wanted = _vacancies(
        rows, luck, weight, park_row, sector, staff, data["desired"], data["helped_until"], cluster.now,
        np.array(p.tier_shares), hiring[0], counts,
    )  # fmt: skip
    kinds, tiers = np.arange(4), np.arange(len(TIERS))[:, None]  # outside, helped outside, tenant, helped tenant
    chance = talent.hire_probability(
        tiers, pool[:, None], wanted.sum(axis=1)[:, None], support[kinds // 2].T, kinds % 2 == 1, p
    )
    expected = (wanted * chance).sum(axis=1)
    chance = chance * np.minimum(1.0, np.maximum(pool, 0.0) / np.maximum(expected, 1e-9))[:, None]
    taken = _hire(rows, luck, weight, park_row, sector, staff, vacancies, chance, hiring[1], counts)
    cluster.tally.cells(COUNTS, counts)
    return pool - taken


def part(cluster, firms, stay):
    """See the readable rule."""
    if not len(firms):
        return
    data, district, draws = firms.table.data, cluster.all(District), keys(cluster.seed, PARTING, cluster.now)[:, 0]
    stay = talent.stays(stay, _support(district), cluster.parameters.labour)
    columns = [data[name] for name in ("weight", "park_row", "sector", "staff", "january", "january_park")]
    staying = _part(firms.rows, firms.luck, *columns, draws, stay, cluster.tables[Park].data["reemployed"])
    district.labour_pool = district.labour_pool + staying


def _support(district):
    """Housing support by whether the firm is a tenant, and tier (2, tiers)."""
    return np.array([[0.0], [1.0]]) * district.housing


@njit(cache=True, error_model="numpy")
def _part(rows, luck, weight, park_row, sector, staff, january, january_park, draws, stay, reemployed):
    """All people of these firms leave; returns who of them stay in the district (N,), weighted."""
    staying, unlikely = np.zeros(N), np.log1p(-stay)
    for i in range(len(rows)):
        row = rows[i]
        tenant = 1 if park_row[row] >= 0 else 0
        for cast in range(2 * N):
            tier = cast % N
            people = january[row, tier] if cast < N else staff[row, tier] - january[row, tier]
            if people:
                stayed = binomial(uniform(luck[i], draws[cast]), people, stay[tenant, tier], unlikely[tenant, tier])
                staying[tier] += stayed * weight[row]
                if stayed and cast < N:
                    reemployed[january_park[row], sector[row], tier] += stayed
        staff[row], january[row] = 0, 0
    return staying


@njit(cache=True, error_model="numpy")
def _look(rows, luck, park_row, staff, january, revenue, desired, felt, quit_base, numbers, draws):
    """Who may quit, and who has to lay off.

    Returns (cells whose luck may let somebody quit (2, k): firm, group and tier as one number; people, revenue per head
    and felt minutes of each (3, k); firms with more heads than they want (m,)).
    """
    slope, reference, wage_slope, elasticity, market, most = numbers
    found, many = 0, 0
    steeper = ((1 - (1 - most) ** (1 / 12)) / most - 1 / 12) / most
    quits = np.empty((2, 2 * N * len(rows)), np.int32)
    known, over = np.empty((3, 2 * N * len(rows))), np.empty(len(rows), np.int32)
    people, per_head, minutes = np.empty((2 * N, BLOCK), np.int32), np.empty(BLOCK), np.empty(BLOCK)
    heads, excess, slack, pay = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    chosen, touched, bits = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.bool_), pay.view(np.int64)
    for first in range(0, len(rows), BLOCK):
        n = min(BLOCK, len(rows) - first)
        mine = luck[first : first + n]
        for j in range(n):
            row = rows[first + j]
            for tier in range(N):
                people[tier, j] = january[row, tier]
                people[N + tier, j] = staff[row, tier] - january[row, tier]
            per_head[j], excess[j], minutes[j] = revenue[row], desired[row], felt[park_row[row]]
        for j in range(n):
            heads[j] = people[0, j] + people[1, j] + people[2, j] + people[3, j] + people[4, j] + people[5, j]
            excess[j] = heads[j] - excess[j]
            per_head[j] /= max(heads[j], 1.0)
            pay[j] = max(per_head[j], 1.0) / market
        for j in range(n):
            # A number's own bits are its logarithm to base 2, straight between powers of 2: never above the true one.
            wage = elasticity * np.log(2.0) * (bits[j] * 2.0**-52 - 1023)
            slack[j] = slope * (minutes[j] - reference) - wage_slope * wage
        for cast in range(2 * N):
            base, some_ = quit_base[cast % N], 0
            for j in range(n):
                yearly = min(max(base + slack[j], 0.005), most)
                bound = yearly * (1 / 12 + steeper * yearly)  # of a month's chance, which is convex over the year's
                # Of n heads none goes with a chance of (1 - p)^n = exp x; a cubic never above it spares the power.
                x = -people[cast, j] * bound * (1 + 0.55 * bound)
                touched[j] = uniform(mine[j], draws[cast]) > 1 + x * (1 + x * (0.5 + x / 6)) - 1e-9
            for j in range(n):
                chosen[some_] = j
                some_ += touched[j]
            for j in chosen[:some_]:
                quits[0, found], quits[1, found] = first + j, cast
                known[0, found], known[1, found], known[2, found] = people[cast, j], per_head[j], minutes[j]
                found += 1
        for j in range(n):
            over[many] = first + j
            many += excess[j] > 1
    return quits[:, :found], known[:, :found], over[:many]


@njit(cache=True, error_model="numpy")
def _leave(
    rows, luck, weight, park_row, sector, staff, january, january_park, desired, quits, chances, over, speed, draws, stay,
    reemployed, counts,
):  # fmt: skip
    """Quits, then layoffs; returns who of them stay in the district (2, N), weighted.

    quits (2, k): see above; chances (3, k): a head's chance of a month, log(1 - it), the chance that nobody goes.
    """
    found = 0
    staying, unlikely = np.zeros((2, N)), np.log1p(-stay)
    heads, gone = np.empty(len(over), np.int64), np.empty((quits.shape[1] + 2 * N * len(over), 4), np.int32)
    for k in range(len(over)):
        row = rows[over[k]]
        heads[k] = staff[row, 0] + staff[row, 1] + staff[row, 2]  # before anybody quits
    for k in range(quits.shape[1]):
        i, cast = quits[0, k], quits[1, k]
        u = uniform(luck[i], draws[0, cast])
        if u > chances[2, k]:
            row, tier = rows[i], cast % N
            people = january[row, tier] if cast < N else staff[row, tier] - january[row, tier]
            left = some(u, people, chances[0, k], chances[1, k], chances[2, k])
            staff[row, tier] -= left
            january[row, tier] -= left if cast < N else 0
            gone[found, 0], gone[found, 1], gone[found, 2], gone[found, 3] = 0, i, cast, left
            found += 1
    for k in range(len(over)):
        i, row = over[k], rows[over[k]]
        excess = speed * ((heads[k] - desired[row]) / max(heads[k], 1))
        none = np.log1p(-excess)
        for cast in range(2 * N):
            tier = cast % N
            people = january[row, tier] if cast < N else staff[row, tier] - january[row, tier]
            u, x = uniform(luck[i], draws[2, cast]), people * none
            if u > 1 + x * (1 + x * (0.5 + x / 6)) - 1e-9:
                nobody = np.exp(x)
                if u > nobody:
                    left = some(u, people, excess, none, nobody)
                    staff[row, tier] -= left
                    january[row, tier] -= left if cast < N else 0
                    gone[found, 0], gone[found, 1], gone[found, 2], gone[found, 3] = 1, i, cast, left
                    found += 1
    for k in range(found):
        why, i, cast, left = gone[k]
        row, tier = rows[i], cast % N
        park = park_row[row]
        tenant = 1 if park >= 0 else 0
        u = uniform(luck[i], draws[2 * why + 1, cast])
        stayed = binomial(u, left, stay[why, tenant, tier], unlikely[why, tenant, tier])
        staying[why, tier] += stayed * weight[row]
        counts[why * N + tier, park, sector[row]] += left
        if stayed and cast < N:
            reemployed[january_park[row], sector[row], tier] += stayed
    return staying


@njit(cache=True, error_model="numpy")
def _vacancies(rows, luck, weight, park_row, sector, staff, desired, helped_until, now, shares, rounding, counts):
    """Posts less staff where that leaves any.

    Returns (vacancies (k, 3): firm, tier and kind as one number, posts open; weighted sum by tier and kind (N, 4)).
    Kind is twice whether the firm is a tenant, plus whether a talent platform helps it.
    """
    found = 0
    wanted, vacancies = np.zeros((N, 4)), np.empty((len(rows) * N, 3), np.int32)
    wished, people, open_ = np.empty(BLOCK), np.empty((N, BLOCK)), np.empty(BLOCK, np.int32)
    chosen = np.empty(BLOCK, np.int32)
    for first in range(0, len(rows), BLOCK):
        n = min(BLOCK, len(rows) - first)
        mine = luck[first : first + n]
        for j in range(n):
            row = rows[first + j]
            wished[j] = desired[row]
            for tier in range(N):
                people[tier, j] = staff[row, tier]
        for tier in range(N):
            some_ = 0
            for j in range(n):
                posts = np.floor(wished[j] * shares[tier] + uniform(mine[j], rounding[tier]))
                open_[j] = np.int32(posts - people[tier, j])
            for j in range(n):
                chosen[some_] = j
                some_ += open_[j] > 0
            for j in chosen[:some_]:
                row = rows[first + j]
                kind = (2 if park_row[row] >= 0 else 0) + (1 if helped_until[row, TALENT] >= now else 0)
                wanted[tier, kind] += open_[j] * weight[row]
                counts[2 * N + tier, park_row[row], sector[row]] += open_[j]
                vacancies[found, 0], vacancies[found, 1], vacancies[found, 2] = first + j, 4 * tier + kind, open_[j]
                found += 1
    return vacancies[:found], wanted


@njit(cache=True, error_model="numpy")
def _hire(rows, luck, weight, park_row, sector, staff, vacancies, chance, draws, counts):
    """Vacancies that are filled, as long as the pool has people; returns how many by tier (N,), weighted."""
    taken, chance = np.zeros(N), chance.ravel()
    none = np.log1p(-chance)
    nobody = np.exp(np.arange(SMALL) * none.reshape(-1, 1))
    found, filled = 0, np.empty(len(vacancies), np.int32)
    for k in range(len(vacancies)):
        i, cell, vacant = vacancies[k]
        u, filled[found] = uniform(luck[i], draws[cell // 4]), k
        found += u > (nobody[cell, vacant] if vacant < SMALL else np.exp(vacant * none[cell]))
    for k in filled[:found]:
        i, cell, vacant = vacancies[k]
        row, tier = rows[i], cell // 4
        u = uniform(luck[i], draws[tier])
        hired = some(u, vacant, chance[cell], none[cell], np.exp(vacant * none[cell]))
        staff[row, tier] += hired
        taken[tier] += hired * weight[row]
        counts[3 * N + tier, park_row[row], sector[row]] += hired
    return taken
