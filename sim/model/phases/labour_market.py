"""The market for people: who leaves, who is hired, and who stays in the district. People are whole numbers by tier."""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.engine.distributions import binomial
from sim.engine.kernels import has_kernel
from sim.engine.streams import keys, uniform
from sim.model.agents import District, Enterprise, Park
from sim.model.kernels import family
from sim.model.mechanisms import talent
from sim.model.vocabulary import TIERS


@has_kernel("sim.model.kernels.labour_market:turn_over", family)
def turn_over(cluster, firms: Enterprise) -> np.ndarray:
    """A month of quits, layoffs and hires in these firms, all of them in the district. Returns the labour pool (3,)."""
    p, parks, district = cluster.parameters.labour, cluster.all(Park), cluster.all(District)
    heads, desired, housing = firms.headcount(), firms.desired, district.housing[0]
    flow, pool = Flow(cluster, firms), district.labour_pool[0].copy()

    felt = np.append(parks.felt_minutes(), p.district_minutes)[firms.park_row]  # no park, -1, reads the last
    wage = talent.relative_wage(
        talent.revenue_per_head(firms.revenue, heads), cluster.parameters.demand.revenue_per_head, p
    )
    yearly = talent.yearly_quits(np.array(p.quit_base)[:, None], felt, wage, p)  # (tiers, n)
    cells, luck = flow.touched("quit", talent.most_monthly(yearly))
    left = flow.separate("quit", cells, luck, talent.monthly(yearly[cells.tier, cells.firm]))
    pool += flow.stayers("quit", left, talent.stays(p.stay_after_quit, flow.supported(left, housing), p))

    over = np.flatnonzero(talent.overstaffed(heads, desired))
    excess = talent.layoff_chance(heads[over], desired[over], p)
    cells = flow.somebody(over)
    chance = excess[np.searchsorted(over, cells.firm)]
    left = flow.separate("layoff", cells, flow.draw("layoff", cells), chance)
    pool += flow.stayers("layoff", left, talent.stays(p.stay_after_layoff, flow.supported(left, housing), p))

    pool -= flow.hire(pool, desired, housing, firms)
    flow.write_back()
    return pool


@has_kernel("sim.model.kernels.labour_market:part", family)
def part(cluster, firms: Enterprise, base: float) -> None:
    """Staff of firms that end or leave the district: some find another employer in it. base: its chance without support. All leave."""
    if not len(firms):
        return
    district, flow = cluster.all(District), Flow(cluster, firms)
    cells = flow.somebody()
    chance = talent.stays(base, flow.supported(cells, district.housing[0]), cluster.parameters.labour)
    district.labour_pool = district.labour_pool + flow.stayers("parting", cells, chance, "")
    firms.staff, firms.january = np.int32(0), np.int32(0)


_ROUNDING, _HIRING, _DRIFTING = (tuple(f"{what}_{name}" for name in TIERS) for what in ("rounding", "hire", "drift"))


@cache
def _named(decision):
    """Names of a decision's draws by group and tier."""
    return tuple(f"{decision}_{group}_{tier}" for group in ("january", "later") for tier in TIERS)


class Cells(NamedTuple):
    """People of one firm (position in the cohort), group (0 employed on 1 January, 1 hired since) and tier."""

    where: np.ndarray  # position in an array (2, tiers, n), flattened
    row: np.ndarray  # group and tier as one number: 0 to 5
    tier: np.ndarray
    firm: np.ndarray
    people: np.ndarray

    def among(self, chosen: np.ndarray, people: np.ndarray) -> "Cells":
        """Some of these cells, with so many people each."""
        return Cells(self.where[chosen], self.row[chosen], self.tier[chosen], self.firm[chosen], people)


class Flow:
    """People on the move in a cohort this month, by group (employed on 1 January, or hired since) and tier.

    Luck is drawn only for those firms, groups and tiers that have anybody; two binomials, one a group, are the exact
    split of one. Arrays have firms last, (groups, tiers, n): numpy is fast along the last axis.
    """

    def __init__(self, cluster, firms: Enterprise) -> None:
        self.cluster, self.firms = cluster, firms
        self.luck, self.cell, self.weight = firms.luck, cluster.tally.cell_of(firms), firms.weight
        staff, january = firms.staff.T, firms.january.T
        self.people = np.ascontiguousarray([january, staff - january])
        self.before = self.people.copy()
        self.tenant = firms.is_tenant()

    def draw(self, decision: str, cells: Cells) -> np.ndarray:
        """Luck of a decision in these cells."""
        names = keys(self.cluster.seed, _named(decision), self.cluster.now)
        return uniform(self.luck[cells.firm], names[cells.row, 0])

    def somebody(self, among: np.ndarray | None = None) -> Cells:
        """The cells with anybody in them; among (m,): of these firms only, in order."""
        there = self.people if among is None else self.people[..., among]
        position = there.reshape(2 * len(TIERS), -1)
        row, at = np.divmod(np.flatnonzero(position), max(position.shape[1], 1))
        return self.cells(row, at if among is None else among[at])

    def touched(self, decision: str, bound: np.ndarray) -> tuple[Cells, np.ndarray]:
        """The cells whose luck may move anybody, and that luck. bound (tiers, n): at least the chance of one head.

        Of n heads none moves with a chance of (1 - p)^n, which is never below 1 - n p: luck below that needs no power.
        """
        names = keys(self.cluster.seed, _named(decision), self.cluster.now)
        luck = uniform(self.luck, names)  # (groups and tiers, n)
        row, firm = np.divmod(np.flatnonzero(luck.reshape(self.people.shape) > 1 - self.people * bound), luck.shape[1])
        return self.cells(row, firm), luck[row, firm]

    def cells(self, row: np.ndarray, firm: np.ndarray) -> Cells:
        """Cells by group and tier, as one number, and by position of the firm."""
        where = row * self.people.shape[-1] + firm
        return Cells(where, row, row % len(TIERS), firm, self.people.reshape(-1)[where])

    def supported(self, cells: Cells, housing: np.ndarray) -> np.ndarray:
        """Share of these people under housing support: tenants' staff only."""
        return housing[cells.tier] * self.tenant[cells.firm]

    def separate(self, why: str, cells: Cells, luck: np.ndarray, chance: np.ndarray) -> Cells:
        """People who leave their firm. luck, chance: of each cell. Returns the cells with those who left."""
        left = binomial(luck, cells.people, chance)
        some = np.flatnonzero(left)
        gone = cells.among(some, left[some])
        self.people.reshape(-1)[gone.where] -= gone.people.astype(self.people.dtype)
        self.cluster.tally.add_each([f"{why}s_{name}" for name in TIERS], self.cell[gone.firm], gone.tier, gone.people)
        return gone

    def stayers(self, why: str, cells: Cells, chance: np.ndarray, prefix: str = "stay_") -> np.ndarray:
        """People who left and stay in the district, by tier (3,); January's are filed under the park of 1 January."""
        people = binomial(self.draw(f"{prefix}{why}", cells), cells.people, chance)
        early = np.flatnonzero((cells.row < len(TIERS)) & (people > 0))
        who, parks = self.firms[cells.firm[early]], self.cluster.all(Park)
        shape = parks.reemployed.shape
        at = (who.january_park * shape[1] + who.sector) * shape[2] + cells.tier[early]
        found = np.bincount(at, people[early], minlength=parks.reemployed.size)
        parks.reemployed = parks.reemployed + found.reshape(shape).astype(np.int64)
        return np.bincount(cells.tier, weights=people * self.weight[cells.firm], minlength=len(TIERS))

    def hire(self, pool: np.ndarray, desired: np.ndarray, housing: np.ndarray, firms: Enterprise) -> np.ndarray:
        """Vacancies that are filled this month, as long as the pool (3,) has people. Returns how many by tier (3,)."""
        p, tally, cluster = self.cluster.parameters.labour, self.cluster.tally, self.cluster
        staff, wished = self.people[0] + self.people[1], talent.posts(desired, np.array(p.tier_shares)[:, None])
        posts = np.floor(wished + uniform(self.luck, keys(cluster.seed, _ROUNDING, cluster.now)))
        tier, firm = np.divmod(np.flatnonzero(posts > staff), len(desired))
        vacant = posts[tier, firm].astype(np.int64) - staff[tier, firm]
        tally.add_each([f"vacancies_{n}" for n in TIERS], self.cell[firm], tier, vacant)
        weight = self.weight[firm]
        asked = vacant * weight
        wanted = np.bincount(tier, weights=asked, minlength=len(TIERS))
        support = housing[tier] * self.tenant[firm]
        helped = firms[firm].helped("talent")
        chance = talent.hire_chance(np.array(p.hire_speed)[tier], pool[tier], wanted[tier], support, helped, p)
        expected = np.bincount(tier, weights=asked * chance, minlength=len(TIERS))
        chance = talent.rationed(chance, pool[tier], expected[tier])
        luck = uniform(self.luck[firm], keys(cluster.seed, _HIRING, cluster.now)[tier, 0])
        hired = binomial(luck, vacant, chance)
        self.people[1, tier, firm] += hired.astype(self.people.dtype)
        tally.add_each([f"hires_{n}" for n in TIERS], self.cell[firm], tier, hired)
        return np.bincount(tier, weights=hired * weight, minlength=len(TIERS))

    def write_back(self) -> None:
        """Write into the firms what has changed."""
        tiers = len(TIERS)
        for name, now, before in (
            ("january", self.people[0], self.before[0]),
            ("staff", self.people[0] + self.people[1], self.before[0] + self.before[1]),
        ):
            tier, firm = np.divmod(np.flatnonzero(now != before), now.shape[1])
            self.firms.put(name, firm * tiers + tier, now[tier, firm])


@has_kernel("sim.model.kernels.labour_market:drift", family)
def drift(cluster, parks: Park) -> None:
    """Re-employed people who leave the district after all."""
    people = np.moveaxis(parks.reemployed, -1, 0)  # (tiers, parks, sectors)
    luck = uniform(parks.luck, keys(cluster.seed, _DRIFTING, cluster.now), cluster.sector_hashes)
    chance = np.full(people.size, talent.monthly(cluster.parameters.labour.reemployed_leave))
    left = binomial(luck.ravel(), people.ravel(), chance).reshape(people.shape)
    parks.reemployed = parks.reemployed - np.moveaxis(left, 0, -1)


def supply(cluster, pool: np.ndarray) -> np.ndarray:
    """The labour pool after a month's graduates and other job seekers came in and some left. pool (3,), person."""
    p = cluster.parameters.labour
    return talent.pool(pool, newcomers(cluster), p)


def newcomers(cluster) -> np.ndarray:
    """Local graduates who stay, and other employers' people looking for a job here, a month by tier (3,)."""
    p, data = cluster.parameters.labour, cluster.data
    return talent.newcomers(data.graduates_per_year, data.seekers_per_year, p.tier_shares, p)


def followed(firms: Enterprise) -> np.ndarray:
    """Alive and in the district: those whose staff is simulated."""
    return firms.exists() & firms.in_district()
