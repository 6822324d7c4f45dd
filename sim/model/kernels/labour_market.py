"""The market for people in compiled passes: quits, layoffs, vacancies and hires; partings; re-employed people who leave.

Firms are taken in blocks. What has to be known of every firm is worked out in plain loops over the block, which the
compiler turns into vector instructions; the few to whom something happens are listed, and only they are gone through.
"""

import numpy as np

from sim.engine.kernels.draws import binomial, mix, some, uniform
from sim.engine.kernels.kernel import as_tuple, kernel
from sim.engine.streams import keys
from sim.model.agents import District, Enterprise, Park
from sim.model.mechanisms import survival, talent
from sim.model.vocabulary import NEEDS, TIERS

TALENT = NEEDS.index("talent")
N = len(TIERS)  # known to the compiler, which then unrolls loops over tiers
CAST = 2 * N  # group (employed on 1 January, or hired since) and tier as one number
FIRM_KINDS = 4  # of firms: outside parks, helped outside, tenant, helped tenant
IS_TENANT, IS_HELPED = np.arange(FIRM_KINDS) // 2, np.arange(FIRM_KINDS) % 2
BLOCK = 256  # firms at a time: what is known of them stays in the fastest memory
SMALL = 16  # people for whom the chance that it happens to none is tabulated
POSTS = np.arange(64.0)  # the same for vacancies
COUNTS = [f"{what}_{name}" for what in ("quits", "layoffs", "vacancies", "hires") for name in TIERS]
CASTS = [f"{group}_{name}" for group in ("january", "later") for name in TIERS]
LEAVING = tuple(f"{what}_{cast}" for what in ("quit", "stay_quit", "layoff", "stay_layoff") for cast in CASTS)
DRIFTING = tuple(f"drift_{name}" for name in TIERS)
PARTING = tuple(f"parting_{cast}" for cast in CASTS)
HIRING = tuple(f"{what}_{name}" for what in ("rounding", "hire") for name in TIERS)


def turn_over(cluster, firms: Enterprise) -> np.ndarray:
    """Do what the readable rule does; returns the labour pool (3,)."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    luck, data, support = firms.luck, firms.table.data, _support(district)
    rows = firms.rows.view(np.uint64)  # without a sign, so that compiled loops need not look for negative numbers
    weight, park_row, sector, staff = (data[name] for name in ("weight", "park_row", "sector", "staff"))
    stay = talent.stays(np.array([p.stay_after_quit, p.stay_after_layoff])[:, None, None], support, p)
    draws = keys(cluster.seed, LEAVING + HIRING, cluster.now)[:, 0]
    leaving, rounding, hiring = draws[: 4 * CAST].reshape(4, CAST), draws[4 * CAST : -N], draws[-N:]
    counts = np.zeros((len(COUNTS), len(parks) + 1, len(cluster.sector_keys)))  # last: no park, which is -1
    earned = _revenue_per_head(rows, data["revenue"], staff)
    wage = talent.relative_wage(earned, cluster.parameters.demand.revenue_per_head, p)
    staying, wanted, vacant, kind = _leave(
        rows, cluster.now, as_tuple(p), luck, wage, weight, park_row, sector, staff, data["january"], data["january_park"],
        data["desired"], data["helped_until"], np.append(parks.felt_minutes(), p.district_minutes), leaving, rounding, stay,
        cluster.tables[Park].data["reemployed"], counts, cluster.tally.wants(COUNTS),
    )  # fmt: skip
    pool = district.labour_pool[0] + staying[0] + staying[1]
    vacancies = wanted.sum(axis=1)[:, None]
    speed, housing = np.array(p.hire_speed)[:, None], support[IS_TENANT].T
    chance = talent.hire_chance(speed, pool[:, None], vacancies, housing, IS_HELPED, p)
    chance = talent.rationed(chance, pool[:, None], (wanted * chance).sum(axis=1)[:, None])
    none = np.log1p(-chance)
    nobody = np.exp(POSTS * none[..., None])
    taken = _hire(rows, luck, weight, park_row, sector, staff, vacant, kind, chance, none, nobody, hiring, counts)
    cluster.tally.cells(COUNTS, counts)
    return pool - taken


def part(cluster, firms: Enterprise, base: float) -> None:
    """Do what the readable rule does."""
    if not len(firms):
        return
    data, district, draws = firms.table.data, cluster.all(District), keys(cluster.seed, PARTING, cluster.now)[:, 0]
    chance = talent.stays(base, _support(district), cluster.parameters.labour)
    columns = [data[name] for name in ("weight", "park_row", "sector", "staff", "january", "january_park")]
    staying = _part(firms.rows, firms.luck, *columns, draws, chance, cluster.tables[Park].data["reemployed"])
    district.labour_pool = district.labour_pool + staying


def drift(cluster, parks: Park) -> None:
    """Do what the readable rule does."""
    draws = keys(cluster.seed, DRIFTING, cluster.now)[:, 0]
    chance = talent.monthly(cluster.parameters.labour.reemployed_leave)
    _drift(parks.luck, cluster.sector_hashes, draws, chance, parks.table.data["reemployed"])


@kernel
def _drift(luck, sectors, draws, chance, reemployed):
    """Some of those in each park, sector and tier leave."""
    none = np.log1p(-chance)
    for park in range(len(luck)):
        for tier in range(N):
            mine = mix(luck[park] + draws[tier])
            for sector in range(len(sectors)):
                people = reemployed[park, sector, tier]
                if people:
                    reemployed[park, sector, tier] -= binomial(uniform(mine, sectors[sector]), people, chance, none)


def _support(district):
    """Housing support by whether the firm is a tenant, and tier (2, tiers)."""
    return np.array([[0.0], [1.0]]) * district.housing


@kernel(calls=(talent.revenue_per_head,))
def _revenue_per_head(rows, revenue, staff):
    earned = np.empty(len(rows))
    for k in range(len(rows)):
        i = rows[k]
        earned[k] = talent.revenue_per_head(revenue[i], staff[i, 0] + staff[i, 1] + staff[i, 2])
    return earned


@kernel
def _part(rows, luck, weight, park_row, sector, staff, january, january_park, draws, stay, reemployed):
    """All people of these firms leave; returns who of them stay in the district (N,), weighted."""
    staying, unlikely = np.zeros(N), np.log1p(-stay)
    for i in range(len(rows)):
        row = rows[i]
        tenant = 1 if park_row[row] >= 0 else 0
        for cast in range(CAST):
            tier = cast % N
            people = january[row, tier] if cast < N else staff[row, tier] - january[row, tier]
            if people:
                stayed = binomial(uniform(luck[i], draws[cast]), people, stay[tenant, tier], unlikely[tenant, tier])
                staying[tier] += stayed * weight[row]
                if stayed and cast < N:
                    reemployed[january_park[row], sector[row], tier] += stayed
        staff[row], january[row] = 0, 0
    return staying


@kernel(calls=(talent.posts,))
def _leave(
    rows, now, p, luck, wage, weight, park_row, sector, staff, january, january_park, desired, helped_until, felt, draws,
    rounding, stay, reemployed, counts, counted,
):  # fmt: skip
    """Quits, then layoffs, then vacancies, block by block; vacancies are counted only if `counted`.

    Returns who left and stays in the district, after quits and after layoffs (2, tiers); vacancies by tier and kind of
    firm (tiers, kinds), and of each firm (tiers, n); and each firm's kind (n,): twice whether it is a tenant, plus
    whether a talent platform helps it. Sums are weighted.
    """
    unlikely, staying, wanted = np.log1p(-stay), np.zeros((2, N)), np.zeros((N, FIRM_KINDS), np.int64)
    nobody_stays = np.exp(np.arange(SMALL) * unlikely.reshape(2, 2, N, 1))
    vacant, kind, weights = np.empty((N, len(rows)), np.int32), np.empty(len(rows), np.int32), np.empty(BLOCK, np.int32)
    people, heads, wished = np.empty((CAST, BLOCK), np.int32), np.empty(BLOCK), np.empty(BLOCK)
    minutes = np.empty(BLOCK)
    cells, chances = np.empty(CAST * BLOCK, np.int32), np.empty((4, CAST * BLOCK))
    for first in range(0, len(rows), BLOCK):
        last = first + BLOCK
        block, mine, kinds, pay = rows[first:last], luck[first:last], kind[first:last], wage[first:last]
        for j in range(len(block)):
            row = block[j]
            for tier in range(N):
                people[tier, j] = january[row, tier]
                people[N + tier, j] = staff[row, tier] - january[row, tier]
            wished[j], minutes[j] = desired[row], felt[park_row[row]]
            kinds[j] = 2 * (park_row[row] >= 0) + (helped_until[row, TALENT] >= now)
            weights[j] = weight[row]
        for j in range(len(block)):
            heads[j] = people[0, j] + people[1, j] + people[2, j] + people[3, j] + people[4, j] + people[5, j]
        for why in range(2):  # who quits, who is laid off
            if why:
                listed = _laid_off(p, mine, people, heads, wished, draws[2], cells, chances)
            else:
                listed = _quitting(p, mine, people, pay, minutes, draws[0], cells, chances)
            for k in range(listed):
                u, none, chance, nobody = chances[0, k], chances[1, k], chances[2, k], chances[3, k]
                if u <= nobody:
                    continue
                cast, j = cells[k] // BLOCK, cells[k] % BLOCK
                tier, row = cast % N, block[j]
                left = some(u, people[cast, j], chance, none, nobody)
                park = park_row[row]
                tenant = 1 if park >= 0 else 0
                people[cast, j] -= left
                staff[row, tier] -= left
                none, u = unlikely[why, tenant, tier], uniform(mine[j], draws[2 * why + 1, cast])
                nobody = nobody_stays[why, tenant, tier, left] if left < SMALL else np.exp(left * none)
                stayed = some(u, left, stay[why, tenant, tier], none, nobody) if u > nobody else 0
                if cast < N:
                    january[row, tier] -= left
                    if stayed:
                        reemployed[january_park[row], sector[row], tier] += stayed
                staying[why, tier] += stayed * weight[row]
                counts[why * N + tier, park, sector[row]] += left
        for tier in range(N):
            open_, share = vacant[tier, first:last], p.tier_shares[tier]
            for j in range(len(block)):
                posts = np.floor(talent.posts(wished[j], share) + uniform(mine[j], rounding[tier]))
                open_[j] = max(np.int32(posts - (people[tier, j] + people[N + tier, j])), 0)
            for number in range(FIRM_KINDS):
                here = np.int64(0)
                for j in range(len(block)):
                    here += np.int64(open_[j]) * weights[j] * (kinds[j] == number)
                wanted[tier, number] += here
            if counted:
                for j in range(len(block)):
                    counts[2 * N + tier, park_row[block[j]], sector[block[j]]] += open_[j]
    return staying, wanted, vacant, kind


@kernel(calls=(talent.yearly_quits, talent.most_monthly, talent.monthly, survival.probability, survival.monthly_hazard))
def _quitting(p, luck, people, wage, minutes, draws, cells, chances):
    """Cells of this block (group and tier as one number, times BLOCK, plus firm) whose luck may let somebody quit.

    Returns how many. chances (4, cells): luck; of a month: log(1 - p), p, and the chance that nobody goes.
    """
    found, steep, touched = 0, np.empty(BLOCK), np.empty(BLOCK, np.bool_)
    for tier in range(N):
        base = p.quit_base[tier]  # looked up inside the loop, it would forbid vector instructions
        for j in range(len(luck)):
            most = talent.most_monthly(talent.yearly_quits(base, minutes[j], wage[j], p))
            steep[j] = -most * (1 + 0.55 * most)  # never above log(1 - p) up to 14 % a month; quits reach 8
        for cast in (tier, N + tier):
            # Of n heads none goes with a chance of (1 - p)^n = exp x; a cubic never above it spares the power. Divisions
            # would take as long as all the rest.
            for j in range(len(luck)):
                x = people[cast, j] * steep[j]
                touched[j] = uniform(luck[j], draws[cast]) > 1 + x * (1 + x * (0.5 + x * (1 / 6))) - 1e-9
            for j in range(len(luck)):
                cells[found] = cast * BLOCK + j
                found += touched[j]
    # One function of many numbers, then the next: several of one number in turn would wait for each other.
    for k in range(found):
        cast, j = cells[k] // BLOCK, cells[k] % BLOCK
        chances[2, k] = talent.monthly(talent.yearly_quits(p.quit_base[cast % N], minutes[j], wage[j], p))
    for k in range(found):
        chances[1, k] = np.log1p(-chances[2, k])
    for k in range(found):
        cast, j = cells[k] // BLOCK, cells[k] % BLOCK
        chances[0, k], chances[3, k] = uniform(luck[j], draws[cast]), np.exp(people[cast, j] * chances[1, k])
    return found


@kernel(calls=(talent.overstaffed, talent.layoff_chance))
def _laid_off(p, luck, people, heads, desired, draws, cells, chances):
    """The same for layoffs, in firms with more heads than they want."""
    found = 0
    for j in range(len(luck)):
        if not talent.overstaffed(heads[j], desired[j]):
            continue
        chance = talent.layoff_chance(heads[j], desired[j], p)
        none = np.log1p(-chance)
        for cast in range(CAST):
            u, x = uniform(luck[j], draws[cast]), people[cast, j] * none
            if u > 1 + x * (1 + x * (0.5 + x * (1 / 6))) - 1e-9:
                cells[found] = cast * BLOCK + j
                chances[0, found], chances[1, found], chances[2, found], chances[3, found] = u, none, chance, np.exp(x)
                found += 1
    return found


@kernel
def _hire(rows, luck, weight, park_row, sector, staff, vacant, kind, chance, none, nobody, draws, counts):
    """Vacancies that are filled, as long as the pool has people; returns how many by tier (N,), weighted.

    none, nobody (tiers, kinds, …): log(1 - chance), and the chance that none of so many posts is filled, for few posts.
    """
    taken, many, never = np.zeros(N), nobody.shape[2], np.zeros((FIRM_KINDS, 1))
    u, filled, likely = np.empty(BLOCK), np.empty(BLOCK, np.int32), np.empty(BLOCK, np.bool_)
    for tier in range(N):
        bound = np.append(nobody[tier], never, 1).ravel()  # never above the true one: of many posts some may be filled
        for first in range(0, len(rows), BLOCK):
            last = first + BLOCK
            mine, kinds, open_ = luck[first:last], kind[first:last], vacant[tier, first:last]
            for j in range(len(mine)):
                u[j] = uniform(mine[j], draws[tier])
            for j in range(len(mine)):
                likely[j] = u[j] > bound[np.uint32(kinds[j] * (many + 1) + min(open_[j], many))]
            found = 0
            for j in range(len(mine)):
                filled[found] = j
                found += likely[j]
            for j in filled[:found]:
                row, k, posts = rows[first + j], kinds[j], open_[j]
                unfilled = nobody[tier, k, posts] if posts < many else np.exp(posts * none[tier, k])
                hired = some(u[j], posts, chance[tier, k], none[tier, k], unfilled) if u[j] > unfilled else 0
                staff[row, tier] += hired
                taken[tier] += hired * weight[row]
                counts[3 * N + tier, park_row[row], sector[row]] += hired
    return taken
