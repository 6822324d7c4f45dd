"""The market for people: who leaves, who is hired, and who stays in the district. People are whole numbers by tier."""

from typing import NamedTuple

import numpy as np

from sim.agents import District, Park
from sim.mechanisms import talent
from sim.parameters import TIERS
from sim.streams import binomial, keys, uniform


def turn_over(cluster, firms):
    """A month of quits, layoffs and hires in these firms, all of them in the district. Returns the labour pool (3,)."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    heads, desired, housing = firms.headcount(), firms.desired, district.housing[0]
    flow, pool = Flow(cluster, firms), district.labour_pool[0].copy()

    felt = np.append(parks.felt_minutes(), p.district_minutes)[firms.park_row]  # no park, -1, reads the last
    wage = talent.relative_wage(firms.revenue / np.maximum(heads, 1), cluster.parameters.demand.revenue_per_head, p)
    cells = flow.somebody()
    firm, tier = cells.firm, cells.tier
    left = flow.separate("quit", cells, talent.quit_probability(tier, felt[firm], wage[firm], p))
    pool += flow.stay("quit", left, talent.stays(p.stay_after_quit, flow.supported(left, housing), p))

    over = np.flatnonzero(heads > desired + 1)
    excess = np.zeros(len(firms))
    excess[over] = p.layoff_speed * ((heads[over] - desired[over]) / np.maximum(heads[over], 1))
    cells = flow.somebody(excess > 0)
    left = flow.separate("layoff", cells, excess[cells.firm])
    pool += flow.stay("layoff", left, talent.stays(p.stay_after_layoff, flow.supported(left, housing), p))

    pool -= flow.hire(pool, desired, housing, firms.helped("talent"))
    flow.settle()
    return pool


def part(cluster, firms, stay):
    """Staff of firms that end or leave the district: some find another employer in it. stay: base chance. All leave."""
    if not len(firms):
        return
    district, flow = cluster.all(District), Flow(cluster, firms)
    cells = flow.somebody()
    chance = talent.stays(stay, flow.supported(cells, district.housing[0]), cluster.parameters.labour)
    district.labour_pool = district.labour_pool + flow.stay("parting", cells, chance, "")
    firms.staff, firms.january = np.int32(0), np.int32(0)


class Cells(NamedTuple):
    """People of one firm (position in the cohort), group (0 employed on 1 January, 1 hired since) and tier."""

    where: np.ndarray  # position in an array (2, tiers, n), flattened
    row: np.ndarray  # group and tier as one number: 0 to 5
    tier: np.ndarray
    firm: np.ndarray
    people: np.ndarray

    def among(self, chosen, people):
        """Some of these cells, with so many people each."""
        return Cells(self.where[chosen], self.row[chosen], self.tier[chosen], self.firm[chosen], people)


class Flow:
    """People on the move in a cohort this month, by group (employed on 1 January, or hired since) and tier.

    Luck is drawn only for those firms, groups and tiers that have anybody; two binomials, one a group, are the exact
    split of one. Arrays have firms last, (groups, tiers, n): numpy is fast along the last axis.
    """

    def __init__(self, cluster, firms):
        self.cluster, self.firms = cluster, firms
        self.luck, self.cell, self.weight = firms.luck, cluster.tally.cell_of(firms), firms.weight
        staff, january = firms.staff.T, firms.january.T
        self.people = np.ascontiguousarray([january, staff - january])
        self.before = self.people.copy()
        self.tenant = firms.is_tenant()

    def draw(self, decision, cells):
        """Luck of a decision in these cells."""
        names = [f"{decision}_{group}_{tier}" for group in ("january", "later") for tier in TIERS]
        return uniform(self.luck[cells.firm], keys(self.cluster.seed, names, self.cluster.now)[cells.row, 0])

    def somebody(self, among=True):
        """The cells with anybody in them; among (n,) bool: of these firms only."""
        there = ((self.people > 0) & among).reshape(2 * len(TIERS), -1)
        where, each = there.ravel().nonzero()[0], np.count_nonzero(there, axis=1)
        row, tier = np.arange(2 * len(TIERS)).repeat(each), np.tile(np.arange(len(TIERS)), 2).repeat(each)
        return Cells(where, row, tier, where - row * there.shape[1], self.people.ravel()[where])

    def supported(self, cells, housing):
        """Share of these people under housing support: tenants' staff only."""
        return housing[cells.tier] * self.tenant[cells.firm]

    def separate(self, why, cells, chance):
        """People who leave their firm. chance: of each cell's people. Returns the cells with those who left."""
        left = binomial(self.draw(why, cells), cells.people, chance)
        some = np.flatnonzero(left)
        gone = cells.among(some, left[some])
        self.people.reshape(-1)[gone.where] -= gone.people.astype(self.people.dtype)
        self.cluster.tally.add_each([f"{why}s_{name}" for name in TIERS], self.cell[gone.firm], gone.tier, gone.people)
        return gone

    def stay(self, why, cells, chance, prefix="stay_"):
        """People who left and stay in the district, by tier (3,); January's are filed under the park of 1 January."""
        people = binomial(self.draw(f"{prefix}{why}", cells), cells.people, chance)
        early = np.flatnonzero((cells.row < len(TIERS)) & (people > 0))
        who, parks = self.firms[cells.firm[early]], self.cluster.all(Park)
        shape = parks.reemployed.shape
        at = (who.january_park * shape[1] + who.sector) * shape[2] + cells.tier[early]
        found = np.bincount(at, people[early], minlength=parks.reemployed.size)
        parks.reemployed = parks.reemployed + found.reshape(shape).astype(np.int64)
        return np.bincount(cells.tier, weights=people * self.weight[cells.firm], minlength=len(TIERS))

    def hire(self, pool, desired, housing, helped):
        """Vacancies that are filled this month, as long as the pool (3,) has people. Returns how many by tier (3,)."""
        p, tally, cluster = self.cluster.parameters.labour, self.cluster.tally, self.cluster
        staff, wished = self.people[0] + self.people[1], desired * np.array(p.tier_shares)[:, None]
        # Rounding adds less than one post, so only those who wish for as many as they have can have a vacancy.
        tier, firm = np.divmod(np.flatnonzero(wished > staff - 1e-6), len(desired))
        rounding = uniform(self.luck[firm], keys(cluster.seed, [f"rounding_{n}" for n in TIERS], cluster.now)[tier, 0])
        vacant = np.floor(wished[tier, firm] + rounding).astype(np.int64) - staff[tier, firm]
        some = np.flatnonzero(vacant > 0)
        tier, firm, vacant = tier[some], firm[some], vacant[some]
        tally.add_each([f"vacancies_{n}" for n in TIERS], self.cell[firm], tier, vacant)
        weight = self.weight[firm]
        asked = vacant * weight
        wanted = np.bincount(tier, weights=asked, minlength=len(TIERS))
        support = housing[tier] * self.tenant[firm]
        chance = talent.hire_probability(tier, pool[tier], wanted[tier], support, helped[firm], p)
        expected = np.bincount(tier, weights=asked * chance, minlength=len(TIERS))
        chance = chance * np.minimum(1.0, np.maximum(pool, 0.0) / np.maximum(expected, 1e-9))[tier]
        luck = uniform(self.luck[firm], keys(cluster.seed, [f"hire_{n}" for n in TIERS], cluster.now)[tier, 0])
        hired = binomial(luck, vacant, chance)
        self.people[1, tier, firm] += hired.astype(self.people.dtype)
        tally.add_each([f"hires_{n}" for n in TIERS], self.cell[firm], tier, hired)
        return np.bincount(tier, weights=hired * weight, minlength=len(TIERS))

    def settle(self):
        """Write into the firms what has changed."""
        tiers = len(TIERS)
        for name, now, before in (
            ("january", self.people[0], self.before[0]),
            ("staff", self.people[0] + self.people[1], self.before[0] + self.before[1]),
        ):
            tier, firm = np.divmod(np.flatnonzero(now != before), now.shape[1])
            self.firms.put(name, firm * tiers + tier, now[tier, firm])


def drift(cluster):
    """Re-employed people who leave the district after all."""
    p, parks = cluster.parameters.labour, cluster.all(Park)
    people = np.moveaxis(parks.reemployed, -1, 0)  # (tiers, parks, sectors)
    chance = -np.expm1(np.log1p(-p.reemployed_leave) / 12)
    names = keys(cluster.seed, [f"drift_{name}" for name in TIERS], cluster.now)
    luck = uniform(parks.luck, names, cluster.sector_digests)
    left = binomial(luck.ravel(), people.ravel(), np.full(people.size, chance)).reshape(people.shape)
    parks.reemployed = parks.reemployed - np.moveaxis(left, 0, -1)


def supply(cluster, pool):
    """The labour pool after a month's graduates and other job seekers came in and some left. pool (3,), person."""
    p = cluster.parameters.labour
    return np.maximum((pool + newcomers(cluster)) * (1 - p.pool_fade), 0.0)


def newcomers(cluster):
    """Local graduates who stay, and other employers' people looking for a job here, a month by tier (3,)."""
    p, data = cluster.parameters.labour, cluster.data
    return (data.graduates_per_year * p.graduates_stay + data.seekers_per_year) / 12 * np.array(p.tier_shares)


def followed(firms):
    """Alive and in the district: those whose staff is simulated."""
    return firms.exists() & firms.in_district()


def by_park_and_sector(cluster, firms, amount, park=None):
    """Sum of an amount over the firms of each park and sector (parks, sectors), whole; firms in no park left out."""
    row = firms.park_row if park is None else park
    inside = np.flatnonzero(row >= 0)
    sectors = len(cluster.sector_keys)
    cell = row[inside] * sectors + firms.sector[inside]
    size = len(cluster.park_keys) * sectors
    return np.bincount(cell, amount[inside], size).reshape(-1, sectors).astype(np.int64)
