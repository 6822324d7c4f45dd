"""The month's quits, layoffs and hires, compiled: twin of sim.labour_market.turn_over."""

import numpy as np
from numba import njit

from sim.agents import District, Park
from sim.compiled.luck import binomial, uniform, uniforms
from sim.mechanisms import talent
from sim.parameters import NEEDS, TIERS
from sim.streams import keys

TALENT = NEEDS.index("talent")
SMALL = 16  # vacancies for which the chance of no hire is tabulated
GROUPS = ("january", "later")
COUNTS = [f"{what}_{name}" for what in ("quits", "layoffs", "vacancies", "hires") for name in TIERS]


def turn_over(cluster, firms):
    """See the readable rule; returns the labour pool (3,), or NotImplemented for firms of thousands."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    table, tally = cluster.tables[type(firms)], cluster.tally
    data, rows, housing = table.data, firms.rows, district.housing[0]
    sectors = len(cluster.sector_keys)
    support = np.array([np.zeros_like(housing), housing])  # by whether the firm is a tenant (2, tiers)
    stay = np.array([talent.stays(base, support, p) for base in (p.stay_after_quit, p.stay_after_layoff)])
    felt = np.append(parks.felt_minutes(), p.district_minutes)  # no park, -1, reads the last
    numbers = np.array(
        [
            p.commute_slope, p.commute_reference, p.wage_slope, p.layoff_speed, talent.MOST,
        ]
    )  # fmt: skip
    draws = np.array([_keys(cluster, what) for what in ("quit", "stay_quit", "layoff", "stay_layoff")])
    hiring = keys(cluster.seed, [f"{what}_{name}" for what in ("rounding", "hire") for name in TIERS], cluster.now)
    hiring = hiring.reshape(2, len(TIERS))
    columns = [data[name] for name in ("luck", "desired", "weight", "park_row", "january_park", "sector")]
    staff, january = data["staff"].take(rows, 0), data["january"].take(rows, 0)
    pool, heads = district.labour_pool[0].copy(), np.maximum(staff[:, 0] + staff[:, 1] + staff[:, 2], 1)
    reemployed = np.zeros((len(parks) * sectors, len(TIERS)), np.int64)
    counts = np.zeros((len(COUNTS), (len(parks) + 1) * sectors))
    shares = np.array(p.tier_shares)
    mine = firms.luck
    wage = talent.relative_wage(firms.revenue / heads, cluster.parameters.demand.revenue_per_head, p)
    done = _leave(
        rows,
        uniforms(mine, draws[0]),
        wage,
        *columns,
        staff,
        january,
        felt,
        np.array(p.quit_base),
        numbers,
        draws,
        stay,
        pool,
        reemployed,
        counts,
        sectors,
    )
    if not done:
        return NotImplemented
    luck, desired, weight, park_row, _, sector = columns
    helped = data["helped_until"][:, TALENT]
    vacancies, wanted = _vacancies(
        rows,
        luck,
        desired,
        weight,
        park_row,
        sector,
        helped,
        cluster.now,
        staff,
        shares,
        uniforms(mine, hiring[0]),
        counts,
        sectors,
    )
    tiers = np.arange(len(TIERS))[:, None]
    kinds = np.arange(4)  # outside, helped outside, tenant, helped tenant
    chance = talent.hire_probability(tiers, pool[:, None], wanted[:, None], support[kinds // 2].T, kinds % 2 == 1, p)
    taken = _hire(rows, luck, weight, park_row, sector, staff, vacancies, chance, hiring[1], pool, counts, sectors)
    if taken[0] < 0:
        return NotImplemented
    _write(rows, data["staff"], data["january"], staff, january)
    parks.reemployed = parks.reemployed + reemployed.reshape(parks.reemployed.shape)
    tally.cells(COUNTS, counts.reshape(len(COUNTS), len(parks) + 1, sectors))
    return pool - taken


def _keys(cluster, decision):
    return keys(cluster.seed, [f"{decision}_{group}_{tier}" for group in GROUPS for tier in TIERS], cluster.now)[:, 0]


@njit(cache=True, error_model="numpy")
def _leave(
    rows, quits, wage, luck, desired, weight, park_row, january_park, sector, staff, january, felt, quit_base, numbers,
    draws, stay, pool, reemployed, counts, sectors,
):  # fmt: skip
    """Quits, then layoffs, firm by firm; both move people between staff, pool and the park of 1 January."""
    slope, reference, wage_slope, speed, most = numbers
    tiers = len(quit_base)
    steeper = ((1 - (1 - most) ** (1 / 12)) / most - 1 / 12) / most
    unlikely = np.log1p(-stay)
    for i in range(len(rows)):
        row = rows[i]
        park = park_row[row]
        tenant = 1 if park >= 0 else 0
        heads = staff[i, 0] + staff[i, 1] + staff[i, 2]
        excess = speed * ((heads - desired[row]) / max(heads, 1)) if heads > desired[row] + 1 else 0.0
        commute = slope * (felt[park] - reference)
        for why in range(2 if excess else 1):
            for tier in range(tiers):
                yearly = min(max(quit_base[tier] + commute - wage_slope * wage[i], 0.005), most)
                bound = yearly * (1 / 12 + steeper * yearly)  # of a month's chance, which is convex over the year's
                for group in range(2):
                    people = staff[i, tier] - january[i, tier] if group else january[i, tier]
                    cast = group * tiers + tier
                    if why:
                        if not people:
                            continue
                        u, chance = uniform(luck[row], draws[2, cast]), excess
                    else:
                        # Of n heads none goes with a chance of (1 - p)^n = exp x; a cubic never above it spares the power.
                        u, x = quits[cast, i], -people * bound * (1 + 0.55 * bound)
                        if u <= 1 + x * (1 + x * (0.5 + x / 6)) - 1e-9:
                            continue
                        chance = -np.expm1(np.log1p(-yearly) / 12)
                    left = binomial(u, people, chance, np.log1p(-chance))
                    if not left:
                        continue
                    u = uniform(luck[row], draws[2 * why + 1, cast])
                    stayed = binomial(u, left, stay[why, tenant, tier], unlikely[why, tenant, tier])
                    if left < 0 or stayed < 0:
                        return False
                    staff[i, tier] -= left
                    if not group:
                        january[i, tier] -= left
                        if stayed:
                            reemployed[january_park[row] * sectors + sector[row], tier] += stayed
                    pool[tier] += stayed * weight[row]
                    counts[why * tiers + tier, (park if tenant else len(felt) - 1) * sectors + sector[row]] += left
    return True


@njit(cache=True, error_model="numpy")
def _vacancies(rows, luck, desired, weight, park_row, sector, helped, now, staff, shares, rounding, counts, sectors):
    """Posts less staff where that leaves any: (vacancies (k, 4): firm, tier, kind, posts open; weighted sum by tier).

    kind: twice whether it is a tenant, plus whether a talent platform helps.
    """
    tiers = len(shares)
    wanted, found = np.zeros(tiers), 0
    vacancies = np.empty((len(rows) * tiers, 4), np.int64)
    outside = counts.shape[1] // sectors - 1
    for tier in range(tiers):
        for i in range(len(rows)):
            row = rows[i]
            wished = desired[row] * shares[tier]
            posts = np.floor(wished + rounding[tier, i])
            if posts > staff[i, tier]:
                vacant = np.int64(posts) - staff[i, tier]
                wanted[tier] += vacant * weight[row]
                park = park_row[row]
                counts[2 * tiers + tier, (park if park >= 0 else outside) * sectors + sector[row]] += vacant
                kind = (2 if park >= 0 else 0) + (1 if helped[row] >= now else 0)
                vacancies[found] = i, tier, kind, vacant
                found += 1
    return vacancies[:found], wanted


@njit(cache=True, error_model="numpy")
def _hire(rows, luck, weight, park_row, sector, staff, vacancies, chance, hiring, pool, counts, sectors):
    """Vacancies that are filled, as long as the pool has people; returns how many by tier (3,), weighted."""
    tiers, outside = len(pool), counts.shape[1] // sectors - 1
    taken, expected = np.zeros(tiers), np.zeros(tiers)
    for k in range(len(vacancies)):
        i, tier, kind, vacant = vacancies[k]
        expected[tier] += vacant * weight[rows[i]] * chance[tier, kind]
    chance = chance * np.minimum(1.0, np.maximum(pool, 0.0) / np.maximum(expected, 1e-9)).reshape(tiers, 1)
    none = np.log1p(-chance)
    nobody = np.exp(np.arange(SMALL) * none.reshape(tiers, 4, 1))
    for k in range(len(vacancies)):
        i, tier, kind, vacant = vacancies[k]
        row = rows[i]
        u = uniform(luck[row], hiring[tier])
        if vacant < SMALL and u <= nobody[tier, kind, vacant]:
            continue
        hired = binomial(u, vacant, chance[tier, kind], none[tier, kind])
        if hired < 0:
            return np.full(tiers, -1.0)
        if hired:
            staff[i, tier] += hired
            taken[tier] += hired * weight[row]
            park = park_row[row] if park_row[row] >= 0 else outside
            counts[3 * tiers + tier, park * sectors + sector[row]] += hired
    return taken


@njit(cache=True, error_model="numpy")
def _write(rows, staff_column, january_column, staff, january):
    """Put what has changed into the columns."""
    for i in range(len(rows)):
        for tier in range(staff.shape[1]):
            staff_column[rows[i], tier] = staff[i, tier]
            january_column[rows[i], tier] = january[i, tier]
