"""The market for space: what a park is worth to a firm, where else it could be, and who gets in."""

import numpy as np

from sim.engine import rationing
from sim.engine.bits import hash64
from sim.engine.distributions import gumbel, normal
from sim.engine.kernels import has_kernel
from sim.engine.streams import key, uniform
from sim.model.agents import Enterprise, Park, ServicePlatform
from sim.model.kernels import family
from sim.model.mechanisms import choice, space
from sim.model.status import Cause, Origin, Place, Status
from sim.model.vocabulary import NEEDS, PLACES, TIERS

# Plain numbers: numpy takes several times as long to compare with the member of an enum.
IN_PLACE, GRADUATED, RELOCATED, EXPIRED, ELSEWHERE, UNFOLLOWED = (
    int(Status[name]) for name in ("GRADUATE_IN_PLACE", "GRADUATED", "RELOCATED", "EXPIRED", "ELSEWHERE", "UNFOLLOWED")
)
DISTRICT, GONE = int(Place.DISTRICT), int(Place.GONE)
RELOCATION, GRADUATION, EXPIRY = (int(Cause[name]) for name in ("RELOCATION", "GRADUATION", "EXPIRY"))
BELOW_BAR, NO_ROOM, OUTSIDE_BETTER, WAITED_TOO_LONG = (
    int(Cause[name]) for name in ("BELOW_BAR", "NO_ROOM", "OUTSIDE_BETTER", "WAITED_TOO_LONG")
)
ENTERING, LEAVING = (tuple(f"staff_{way}_{tier}" for tier in TIERS) for way in ("entering", "leaving"))
SETTLED = tuple(f"settled_{name}" for name in PLACES)
CLOSED = ("closed", "closed_tenants", "closed_elsewhere")
OUTSIDE = np.array([hash64(name) for name in PLACES], np.uint64)


def reach(cluster) -> np.ndarray:
    """Share of service kinds that reach a firm, by sector and park (sectors, parks)."""
    platforms, lists = cluster.all(ServicePlatform), cluster.all(Park).service_list
    asked = lists.tobytes()
    if cluster.derived.get("reach", ("",))[0] != asked:  # lists rarely change from month to month
        of_kind = (platforms.kind == np.arange(len(NEEDS))[:, None])[:, :, None]  # (kinds, platforms, 1)
        reached = lists.astype(float) @ (of_kind * platforms.fits) > 0  # (kinds, parks, sectors)
        cluster.derived["reach"] = asked, reached.sum(axis=0).T / len(NEEDS)
    return cluster.derived["reach"][1]


def offers(cluster) -> tuple[np.ndarray, np.ndarray]:
    """Utility of parks without rent, size and taste: by sector (sectors, parks), and by segment beside (segments, parks)."""
    p, parks = cluster.parameters.choice, cluster.all(Park)
    by_park = choice.operator_utility(parks.capability(), parks.effort, p)
    by_park = by_park + choice.distance_utility(parks.felt_minutes(), cluster.data.centre_minutes, p)
    by_sector = choice.sector_utility(parks.focus.T, parks.tenants_by_sector.T, reach(cluster), p)
    return by_park + by_sector, choice.partner_utility(parks.partners.T, p)


def worth(
    cluster, firms: Enterprise, offered: tuple[np.ndarray, np.ndarray], firm: np.ndarray, park: np.ndarray
) -> np.ndarray:
    """Utility of parks to firms, tastes included and size left out, for pairs of them (m,).

    offered: of `offers`; firm, park (m,): position in the cohort and row of the park.
    """
    p, parks, net = cluster.parameters.choice, cluster.all(Park), cluster.all(Park).rent[park]
    if np.any(parks.relief):
        area = space.wanted(firms.headcount(), cluster.parameters.space)[firm]
        net = choice.net_rent(net, parks.relief[park], firms.relief_area[firm], area)
    luck = uniform(firms.luck, key(cluster.seed, "taste_park", cluster.now), cluster.park_hashes, pairs=(firm, park))
    known = offered[0][firms.sector[firm], park] + offered[1][firms.segment[firm], park]
    return choice.worth(known, choice.rent_utility(net, p), gumbel(luck))


def within_reach(
    cluster, firms: Enterprise, offered: tuple[np.ndarray, np.ndarray], size: np.ndarray, threshold: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a firm and a park that may be worth more to it than threshold (n,): position, row, by firm and by park.

    size (parks,): value of size. The taste that luck u gives is never above -ln(1 - u): it is enough only where 1 - u is
    below exp(value - threshold), a product of three numbers, so that few pairs need a logarithm.
    """
    parks, p = cluster.all(Park), cluster.parameters.choice
    most = offered[0] + choice.rent_utility(choice.lowest_rent(parks.rent, parks.relief), p) + size
    chance = np.exp(most)[firms.sector] * np.exp(offered[1])[firms.segment]
    chance *= np.exp(-threshold)[:, None] * (1 + 1e-9)  # more than rounding can take away
    likely = 1 - cluster.draw("taste_park", firms, cluster.park_hashes) < chance
    return np.divmod(np.flatnonzero(likely), len(parks))


def values_outside(cluster) -> tuple[np.ndarray, ...]:
    """Utility of places outside the cluster, tastes left out, and what tells the places apart.

    Returns (to applicants (origins, places), to firms that leave a park (places,), hashes of the places (places,)).
    """
    p = cluster.parameters.choice
    pulled = np.zeros((len(Origin), len(PLACES)))
    pulled[Origin.OUTSIDER, PLACES.index("gone")] = pulled[Origin.MOVER, PLACES.index("city")] = 1
    shares = choice.outside_shares(p.outside_shares, pulled, p)
    shares = shares, np.array(p.leaving_shares)
    return *(choice.outside_values(cluster.balance.outside_value, some) for some in shares), OUTSIDE


def after_leaving(cluster, firms: Enterprise) -> np.ndarray:
    """Best place outside the cluster for firms that leave a park (n,) Place."""
    values = cluster.known("outside", lambda: values_outside(cluster))[1]
    return worth_outside(cluster, firms, values, "taste_leaving").argmax(axis=1) + DISTRICT


def worth_outside(cluster, firms: Enterprise, values: np.ndarray, decision: str) -> np.ndarray:
    """Worth of places outside the cluster, tastes included (n, places)."""
    return values + gumbel(cluster.draw(decision, firms, OUTSIDE))


def best_place(cluster, firms: Enterprise, values: np.ndarray, decision: str) -> tuple[np.ndarray, np.ndarray]:
    """Best place outside the cluster by what places are worth and by taste: (Place (n,), utility (n,))."""
    worth = worth_outside(cluster, firms, values, decision)
    best = worth.argmax(axis=1)
    return best + DISTRICT, worth[np.arange(len(best)), best]


def judge(cluster, firms: Enterprise, firm: np.ndarray, park: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score newcomers for parks, in half points, and admit those above the bar: score (m,), passes (m,).

    firm, park (m,): position in the cohort and row of the park of each application.
    """
    p, parks = cluster.parameters.choice, cluster.all(Park)
    noise_by_park, focused = parks.screening_noise(), parks.focused()
    luck = uniform(firms.luck, key(cluster.seed, "screening", cluster.now), cluster.park_hashes, pairs=(firm, park))
    match = parks.focus[park, firms.sector[firm]]
    score = choice.screening_score(match, firms.quality[firm], noise_by_park[park] * normal(luck))
    return score, score >= choice.admission_bar(parks.admission_bar[park], focused[park], match, p)


def ties(cluster, firms: Enterprise) -> np.ndarray:
    """A keyed number that settles what nothing else does (n,)."""
    return cluster.draw("tie", firms)


@has_kernel("sim.model.kernels.space_market:let_area", family)
def let_area(cluster, firms: Enterprise) -> np.ndarray:
    """Space let to these firms, by park (parks,) m2."""
    let = np.bincount(firms.park_row + 1, firms.area, len(cluster.park_keys) + 1)[1:]  # no park is -1
    return let.astype(np.int64)


@has_kernel("sim.model.kernels.space_market:short_of_space", family)
def short_of_space(cluster, firms: Enterprise) -> tuple[Enterprise, Enterprise]:
    """Tenants that outgrew their space, and those that waited for more and no longer want it: two cohorts."""
    tenants = firms[firms.is_tenant()]
    outgrown = tenants.outgrown()
    return tenants[outgrown], tenants[~outgrown & (tenants.waited > 0)]


@has_kernel("sim.model.kernels.space_market:seekers", family)
def seekers(cluster, firms: Enterprise) -> Enterprise:
    """Return the firms that look for a park this month, as a cohort."""
    seeking = firms[firms.may_seek_space()]
    return seeking[seeking.seeks_space(cluster.draw("review", seeking))]


def grant_expansions(cluster, tenants: Enterprise) -> np.ndarray:
    """Grant more space in their own park to tenants that outgrew it, longest refused first: extra m2 (n,)."""
    parks, park_row = cluster.all(Park), tenants.park_row
    extra = tenants.wanted_area(parks.unit_area()[park_row]) - tenants.area
    first = -tenants.waited.astype(np.int64)
    place = rationing.allocate(park_row[:, None], extra[:, None], first, ties(cluster, tenants), parks.lettable())
    return np.where(place >= 0, extra, 0)


@has_kernel("sim.model.kernels.space_market:preferences", family)
def preferences(
    cluster,
    firms: Enterprise,
    offered: tuple[np.ndarray, np.ndarray],
    size: np.ndarray,
    outside: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, ...]:
    """Find parks that are worth more to firms that look for one than what they can have otherwise.

    Newcomers compare parks with the outside; sitting tenants with their own park; those on notice look only at parks
    that take firms past incubation, against leaving. offered: of `offers`; size (parks,): value of size; outside: of
    `values_outside`. Returns (best
    Place of newcomers outside (n,), and of pairs (m,), by firm and then by park: position, row of the park, how much more
    it is worth).
    """
    p, parks, n = cluster.parameters, cluster.all(Park), len(firms)
    park_row, notice = firms.park_row, firms.on_notice()
    tenant, threshold = park_row >= 0, np.zeros(n)
    new, leaving, staying = np.flatnonzero(~tenant), np.flatnonzero(notice), np.flatnonzero(tenant & ~notice)
    elsewhere = np.full(n, int(Place.CLUSTER))
    elsewhere[new], threshold[new] = best_place(cluster, firms[new], outside[0][firms.origin[new]], "taste_outside")
    threshold[leaving] = best_place(cluster, firms[leaving], outside[1], "taste_leaving")[1]
    own = park_row[staying]
    room = choice.size_utility(parks.lettable()[own] + firms.area[staying], p.choice)
    threshold[staying] = worth(cluster, firms, offered, staying, own) + room + p.choice.move_margin

    # Few parks are worth more to a firm than what it can have otherwise: only of those pairs more is worked out.
    firm, park = within_reach(cluster, firms, offered, size, threshold)
    value = worth(cluster, firms, offered, firm, park) + size[park]
    open_to = np.where(notice[firm], parks.takes_graduates()[park], park != park_row[firm])
    chosen = np.flatnonzero((value > threshold[firm]) & open_to)
    return elsewhere, firm[chosen], park[chosen], (value - threshold[firm])[chosen]


def allot(cluster, firms: Enterprise) -> tuple[np.ndarray, ...]:
    """Deferred acceptance of all who look for a park this month.

    Returns (park (n,) or -1, area there (n,), Cause of refusal (n,), best Place of newcomers outside (n,)).
    """
    p, parks, n = cluster.parameters, cluster.all(Park), len(firms)
    lettable, unit = parks.lettable(), parks.unit_area()
    size = choice.size_utility(np.where(parks.fitted > 0, np.maximum(lettable, unit), 0), p.choice)
    elsewhere, firm, park, gain = preferences(
        cluster, firms, offers(cluster), size, cluster.known("outside", lambda: values_outside(cluster))
    )
    why, passed, standing, need = applications(cluster, firms, firm, park, gain, unit)
    firm, park, gain = firm[passed], park[passed], gain[passed]
    who, parks_wished, sizes, standings = rationing.wish_lists(
        firm, gain, int(p.choice.list_length), park, need, standing
    )
    to, area = np.full(n, -1), np.zeros(n, np.int64)
    to[who] = rationing.allocate(parks_wished, sizes, standings, ties(cluster, firms[who]), lettable)
    found = np.flatnonzero(park == to[firm])
    area[firm[found]] = need[found]
    return to, area, why, elsewhere


@has_kernel("sim.model.kernels.space_market:applications", family)
def applications(
    cluster, firms: Enterprise, firm: np.ndarray, park: np.ndarray, gain: np.ndarray, unit: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Screen those that would rather be in a park. firm, park, gain (m,): of `preferences`; unit (parks,): m2.

    Returns (why a firm will have no park, if it has none (n,); positions of the applications that pass (k,), and of
    those, standing, low first (k,), and area needed (k,) m2).
    """
    p = cluster.parameters.choice
    why = np.full(len(firms), OUTSIDE_BETTER)
    why[firm] = BELOW_BAR
    standing, passes = np.full(len(firm), -1e6), np.ones(len(firm), bool)  # tenants are known, and come first
    judged = np.flatnonzero(~firms.is_tenant()[firm])
    score, passes[judged] = judge(cluster, firms, firm[judged], park[judged])
    standing[judged] = -100.0 * score - firms.waited[firm[judged]]
    passed = np.flatnonzero(passes)
    firm, gain = firm[passed], gain[passed]
    why[firm] = OUTSIDE_BETTER
    why[firm[gain > p.wait_margin]] = NO_ROOM
    return why, passed, standing[passed], firms[firm].wanted_area(unit[park[passed]])
