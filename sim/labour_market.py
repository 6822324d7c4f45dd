"""The market for people: who leaves, who is hired, and who stays in the district. People are whole numbers by tier."""

import numpy as np

from sim.agents import District, Park
from sim.agents.status import Place
from sim.mechanisms import talent
from sim.parameters import TIERS
from sim.streams import binomial, key, uniform


def turn_over(cluster, firms):
    """A month of quits, layoffs and hires in these firms, all of them in the district. Returns the labour pool (3,)."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    tenant, heads, desired = firms.is_tenant(), firms.headcount(), firms.desired
    felt = np.where(tenant, parks.felt_minutes()[firms.park_row], p.district_minutes)
    wage = talent.relative_wage(firms.revenue / np.maximum(heads, 1), cluster.parameters.demand.revenue_per_head, p)
    quits = np.stack([talent.quit_probability(tier, felt, wage, p) for tier in range(len(TIERS))], axis=1)
    excess = np.where(heads > desired + 1, (heads - desired) / np.maximum(heads, 1), 0.0)
    layoffs = np.broadcast_to((p.layoff_speed * excess)[:, None], quits.shape)
    housing = district.housing[0] * tenant[:, None]
    flow, pool = Flow(cluster, firms), district.labour_pool[0].copy()
    pool += flow.separate("quit", quits, talent.stays(p.stay_after_quit, housing, p))
    pool += flow.separate("layoff", layoffs, talent.stays(p.stay_after_layoff, housing, p))
    pool -= flow.hire(pool, desired, housing, firms.helped("talent"))
    firms.staff, firms.january = flow.staff, flow.january
    return pool


def part(cluster, firms, stay):
    """Staff of firms that end or leave the district: some find another employer in it. stay: base chance. All leave."""
    district = cluster.all(District)
    housing = district.housing[0] * firms.is_tenant()[:, None]
    flow = Flow(cluster, firms)
    district.labour_pool = district.labour_pool + flow.dissolve(talent.stays(stay, housing, cluster.parameters.labour))[None, :]
    firms.staff, firms.january = np.zeros_like(flow.staff), np.zeros_like(flow.january)


class Flow:
    """People on the move in a cohort this month, by group (employed on 1 January, or hired since) and tier.

    Luck is drawn only for those firms, groups and tiers that have anybody; two binomials, one a group, are the exact
    split of one.
    """

    def __init__(self, cluster, firms):
        self.cluster, self.firms = cluster, firms
        self.luck, self.cell, self.weight = firms.luck, cluster.tally.cell_of(firms), firms.weight
        self.staff, self.january = firms.staff.copy(), firms.january.copy()

    def keys(self, decision):
        """Keys of a decision by group and tier (2, 3)."""
        names = [[f"{decision}_{group}_{tier}" for tier in TIERS] for group in ("january", "later")]
        return np.array([[key(self.cluster.seed, n, self.cluster.now) for n in row] for row in names], np.uint64)

    def groups(self):
        """People by firm, group and tier (n, 2, 3)."""
        return np.stack([self.january, self.staff - self.january], axis=1)

    def separate(self, why, chance, stay):
        """People who leave their firm. chance, stay (n, 3). Returns how many stay in the district, by tier (3,)."""
        there = self.groups()
        firm, group, tier = np.nonzero((there > 0) & (chance > 0)[:, None, :])
        u = uniform(self.luck[firm], self.keys(why)[group, tier])
        left = binomial(u, there[firm, group, tier], chance[firm, tier])
        some = np.flatnonzero(left)
        firm, group, tier, left = firm[some], group[some], tier[some], left[some]
        u = uniform(self.luck[firm], self.keys(f"stay_{why}")[group, tier])
        gone = np.zeros(there.shape, self.staff.dtype)
        gone[firm, group, tier] = left
        self.staff, self.january = self.staff - (gone[:, 0] + gone[:, 1]), self.january - gone[:, 0]
        self.cluster.tally.add_each([f"{why}s_{name}" for name in TIERS], self.cell[firm], tier, left)
        return self.stayed(firm, group, tier, binomial(u, left, stay[firm, tier]))

    def dissolve(self, stay):
        """Everybody leaves. stay (n, 3). Returns how many stay in the district, by tier (3,)."""
        there = self.groups()
        firm, group, tier = np.nonzero(there > 0)
        u = uniform(self.luck[firm], self.keys("parting")[group, tier])
        return self.stayed(firm, group, tier, binomial(u, there[firm, group, tier], stay[firm, tier]))

    def stayed(self, firm, group, tier, people):
        """File those who stay: January's people under the park they worked in on 1 January. Returns all by tier (3,)."""
        early = (group == 0) & (people > 0)
        who = self.firms[firm[early]]
        reemployed = self.cluster.tables[Park].data["reemployed"]
        np.add.at(reemployed, (who.january_park, who.sector, tier[early]), people[early])
        return np.bincount(tier, weights=people * self.weight[firm], minlength=len(TIERS))

    def hire(self, pool, desired, housing, helped):
        """Vacancies that are filled this month, as long as the pool has people. pool (3,). Returns how many by tier (3,)."""
        p, tally, names = self.cluster.parameters.labour, self.cluster.tally, TIERS
        month = self.cluster.now
        rounding = uniform(self.luck[:, None], np.array([key(self.cluster.seed, f"rounding_{n}", month) for n in names], np.uint64))
        posts = np.floor(desired[:, None] * np.array(p.tier_shares) + rounding).astype(np.int64)
        firm, tier = np.nonzero(posts > self.staff)
        vacant = posts[firm, tier] - self.staff[firm, tier]
        tally.add_each([f"vacancies_{n}" for n in names], self.cell[firm], tier, vacant)
        asked = vacant * self.weight[firm]
        wanted = np.bincount(tier, weights=asked, minlength=len(names))
        chance = talent.hire_probability(tier, pool[tier], wanted[tier], housing[firm, tier], helped[firm], p)
        expected = np.bincount(tier, weights=asked * chance, minlength=len(names))
        chance = chance * np.minimum(1.0, np.maximum(pool, 0.0) / np.maximum(expected, 1e-9))[tier]
        luck = np.array([key(self.cluster.seed, f"hire_{n}", month) for n in names], np.uint64)
        hired = binomial(uniform(self.luck[firm], luck[tier]), vacant, chance)
        staff = self.staff.copy()
        staff[firm, tier] += hired.astype(staff.dtype)
        self.staff = staff
        tally.add_each([f"hires_{n}" for n in names], self.cell[firm], tier, hired)
        return np.bincount(tier, weights=hired * self.weight[firm], minlength=len(names))


def drift(cluster):
    """Re-employed people who leave the district after all."""
    p, parks = cluster.parameters.labour, cluster.all(Park)
    chance = -np.expm1(np.log1p(-p.reemployed_leave) / 12)
    left = [
        binomial(cluster.draw(f"drift_{name}", parks, cluster.sector_digests).ravel(), people.ravel(), np.full(people.size, chance))
        for name, people in zip(TIERS, np.moveaxis(parks.reemployed, -1, 0), strict=True)
    ]
    parks.reemployed = parks.reemployed - np.stack(left, axis=-1).reshape(parks.reemployed.shape)


def supply(cluster, pool):
    """The labour pool after a month's graduates and other job seekers came in and some left. pool (3,), person."""
    p = cluster.parameters.labour
    return np.maximum((pool + newcomers(cluster)) * (1 - p.pool_fade), 0.0)


def newcomers(cluster):
    """Local graduates who stay, and people of other employers who look for a job in the district, a month by tier (3,)."""
    p, data = cluster.parameters.labour, cluster.data
    return (data.graduates_per_year * p.graduates_stay + data.seekers_per_year) / 12 * np.array(p.tier_shares)


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
