"""The market for people: who leaves, who is hired, and who stays in the district. People are whole numbers by tier."""

import numpy as np

from sim.agents import District, Park
from sim.agents.status import Place
from sim.mechanisms import talent
from sim.parameters import TIERS
from sim.streams import binomial


def turn_over(cluster, firms):
    """A month of quits, layoffs and hires in these firms, all of them in the district."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    felt = np.where(firms.park_row >= 0, parks.felt_minutes()[firms.park_row], p.district_minutes)
    heads = firms.headcount()
    per_head = firms.revenue / np.maximum(heads, 1)
    wage = talent.relative_wage(per_head, cluster.parameters.demand.revenue_per_head, p)
    excess = np.where(heads > firms.desired + 1, (heads - firms.desired) / np.maximum(heads, 1), 0.0)
    helped = firms.helped("talent")
    pool, staff, january = district.labour_pool[0].copy(), firms.staff.copy(), firms.january.copy()
    covered = firms.is_tenant()
    for tier, name in enumerate(TIERS):
        quits, housing = talent.quit_probability(tier, felt, wage, p), district.housing[0][tier] * covered
        after_quit = talent.stays(p.stay_after_quit, housing, p)
        after_layoff = talent.stays(p.stay_after_layoff, housing, p)
        pool[tier] += separate(cluster, firms, staff, january, tier, "quit", quits, after_quit)
        pool[tier] += separate(cluster, firms, staff, january, tier, "layoff", p.layoff_speed * excess, after_layoff)
        pool[tier] -= hire(cluster, firms, staff, tier, pool[tier], housing, helped)
        cluster.tally.district[f"labour_pool_{name}"] = float(pool[tier])
    firms.staff, firms.january = staff, january
    return pool


def separate(cluster, firms, staff, january, tier, why, chance, stay):
    """People of a tier who leave their firm, in place in staff and january (n, 3). Returns how many stay in the district.

    Two binomials, January's people and the others, are the exact split of one.
    """
    name, gone, kept = TIERS[tier], 0, 0
    for group in ("january", "later"):
        there = january[:, tier] if group == "january" else staff[:, tier] - january[:, tier]
        some = np.flatnonzero((there > 0) & (chance > 0))
        if not some.size:
            continue
        these = firms[some]
        left = binomial(cluster.draw(f"{why}_{group}_{name}", these), there[some], chance[some])
        moved = np.flatnonzero(left)
        some, these, left = some[moved], these[moved], left[moved]
        stayed = binomial(cluster.draw(f"stay_{group}_{name}", these), left, stay[some])
        staff[some, tier] -= left
        if group == "january":
            january[some, tier] -= left
            reemploy(cluster, these, tier, stayed)
        cluster.tally.count(f"{why}s_{name}", these, left)
        gone, kept = gone + left.sum(), kept + stayed.sum()
    return int(kept)


def reemploy(cluster, firms, tier, people):
    """January's people who found another employer in the district, filed under the park they worked in on 1 January."""
    home, some = firms.january_park, people > 0
    parks = cluster.tables[Park].data["reemployed"]
    np.add.at(parks, (home[some], firms.sector[some], tier), people[some])


def hire(cluster, firms, staff, tier, pool, housing, helped):
    """Vacancies of a tier that are filled this month, in place in staff (n, 3). Returns how many."""
    p, name = cluster.parameters.labour, TIERS[tier]
    rounding = cluster.draw(f"rounding_{name}", firms)
    posts = np.floor(firms.desired * p.tier_shares[tier] + rounding).astype(np.int64)
    vacant = np.maximum(posts - staff[:, tier], 0)
    total = vacant.sum()
    cluster.tally.count(f"vacancies_{name}", firms, vacant)
    if not total:
        return 0
    some = np.flatnonzero(vacant)
    chance = talent.hire_probability(tier, pool, total, housing[some], helped[some], p)
    chance = chance * min(1.0, max(pool, 0.0) / max(float((vacant[some] * chance).sum()), 1e-9))
    hired = binomial(cluster.draw(f"hire_{name}", firms[some]), vacant[some], chance)
    staff[some, tier] += hired.astype(staff.dtype)
    cluster.tally.count(f"hires_{name}", firms[some], hired)
    return int(hired.sum())


def part(cluster, firms, stay):
    """Staff of firms that end or leave the district: some find another employer in it. stay: base chance. All leave."""
    p, district = cluster.parameters.labour, cluster.all(District)
    staff, january = firms.staff.copy(), firms.january.copy()
    pool = district.labour_pool[0].copy()
    for tier, name in enumerate(TIERS):
        chance = talent.stays(stay, district.housing[0][tier] * firms.is_tenant(), p)
        later = binomial(cluster.draw(f"parting_later_{name}", firms), staff[:, tier] - january[:, tier], chance)
        early = binomial(cluster.draw(f"parting_january_{name}", firms), january[:, tier], chance)
        reemploy(cluster, firms, tier, early)
        pool[tier] += later.sum() + early.sum()
    district.labour_pool = pool[None, :]
    firms.staff, firms.january = np.zeros_like(staff), np.zeros_like(january)


def drift(cluster):
    """Re-employed people who leave the district after all."""
    p, parks = cluster.parameters.labour, cluster.all(Park)
    reemployed = parks.reemployed.copy()
    chance = -np.expm1(np.log1p(-p.reemployed_leave) / 12)
    for tier, name in enumerate(TIERS):
        u = cluster.draw(f"drift_{name}", parks, cluster.sector_digests)
        left = binomial(u.ravel(), reemployed[:, :, tier].ravel(), chance).reshape(u.shape)
        reemployed[:, :, tier] -= left
    parks.reemployed = reemployed


def supply(cluster, pool):
    """The labour pool after this year's graduates came in and some of it left. pool (3,), person."""
    p = cluster.parameters.labour
    graduates = cluster.data.graduates_per_year / 12 * p.graduates_stay * np.array(p.tier_shares)
    return np.maximum((pool + graduates) * (1 - p.pool_fade), 0.0)


def followed(firms):
    """Alive and in the district: those whose staff is simulated."""
    return firms.exists() & (firms.place <= Place.DISTRICT)


def by_park_and_sector(cluster, firms, amount, park=None):
    """Sum of an amount over the firms of each park and sector (parks, sectors), whole numbers; firms in no park left out."""
    row = firms.park_row if park is None else park
    inside = row >= 0
    cell = row[inside] * len(cluster.sector_keys) + firms.sector[inside]
    size = len(cluster.park_keys) * len(cluster.sector_keys)
    return np.bincount(cell, weights=amount[inside], minlength=size).reshape(-1, len(cluster.sector_keys)).astype(np.int64)
