"""The market for space: what a park is worth to a firm, where else it could be, and who gets in."""

import numpy as np

from sim import labour_market
from sim.agents import Operator, Park, ServicePlatform
from sim.agents.status import Cause, Event, Origin, Place, Status
from sim.mechanisms import adaptation, choice, rationing
from sim.parameters import NEEDS, PLACES, TIERS
from sim.streams import digest, gumbel, normal

OUTSIDE = np.array([digest(name) for name in PLACES], np.uint64)


def reach(cluster):
    """Share of service kinds that reach a firm, by sector and park (sectors, parks)."""
    platforms = cluster.all(ServicePlatform)
    lists, fits, kinds = cluster.all(Park).service_list, platforms.fits, platforms.kind
    reached = np.zeros((fits.shape[1], len(lists)))
    for kind in range(len(NEEDS)):
        of_kind = kinds == kind
        reached += (lists[:, of_kind].astype(int) @ fits[of_kind].astype(int) > 0).T
    return reached / len(NEEDS)


def utilities(cluster, firms):
    """What each park is worth to each firm, tastes included: (worth without size (n, parks), value of size (parks,)).

    The value of size is -inf where nothing is fitted out. Equation: model notes, section 3.
    """
    p, parks = cluster.parameters.choice, cluster.all(Park)
    capability = cluster.tables[Operator].data["capability"][parks.operator_row]
    room = np.where(parks.fitted > 0, np.maximum(parks.lettable(), parks.unit_area()), 0)
    by_park = p.operator * capability / 3 + p.effort * parks.effort
    by_park = by_park + choice.distance_utility(parks.felt_minutes(), cluster.data.centre_minutes, p)
    by_sector = p.focus * parks.focus.T + choice.neighbour_utility(parks.tenants_by_sector.T, p) + p.reach * reach(cluster)
    worth = by_park + by_sector[firms.sector] + p.partners * parks.partners.T[firms.segment]
    if np.any(parks.relief):
        area = np.maximum(firms.headcount(), 1)[:, None] * cluster.parameters.space.area_per_head
        net = choice.net_rent(parks.rent, parks.relief, firms.relief_area[:, None], area)
    else:
        net = parks.rent
    taste = gumbel(cluster.draw("taste_park", firms, cluster.park_digests))
    return worth + choice.rent_utility(net, p) + taste, choice.size_utility(room, p)


def outside(cluster, firms):
    """Best place outside the cluster for applicants: (Place (n,), utility (n,))."""
    p = cluster.parameters.choice
    pull = np.zeros((len(Origin), len(PLACES)))
    pull[Origin.OUTSIDER, PLACES.index("gone")] = pull[Origin.MOVER, PLACES.index("city")] = p.origin_pull
    shares = np.array(p.outside_shares) * np.exp(pull)
    shares /= shares.sum(axis=1, keepdims=True)
    return _best_place(cluster, firms, choice.outside_values(cluster.balance.outside_value, shares)[firms.origin], "taste_outside")


def after_leaving(cluster, firms):
    """Best place outside the cluster for firms that leave a park: (Place (n,), utility (n,))."""
    values = choice.outside_values(cluster.balance.outside_value, np.array(cluster.parameters.choice.leaving_shares))
    return _best_place(cluster, firms, values, "taste_leaving")


def _best_place(cluster, firms, values, decision):
    worth = values + gumbel(cluster.draw(decision, firms, OUTSIDE))
    best = worth.argmax(axis=1)
    return best + int(Place.DISTRICT), worth[np.arange(len(best)), best]


def screening(cluster, firms, newcomer):
    """How parks judge newcomers, in half points, and whom they admit: score (n, parks), passes (n, parks).

    newcomer (n,) bool: sitting tenants are known, they score 0 and pass.
    """
    p, parks = cluster.parameters.choice, cluster.all(Park)
    score, passes = np.zeros((len(firms), len(parks))), np.ones((len(firms), len(parks)), bool)
    judged = firms[newcomer]
    capability = cluster.tables[Operator].data["capability"][parks.operator_row]
    match = parks.focus.T[judged.sector]
    noise = normal(cluster.draw("screening", judged, cluster.park_digests))
    mark = match + judged.quality[:, None] + adaptation.by_grade(capability, p.screening_noise) * noise
    positioned = parks.focus.any(axis=1) * parks.focus_only
    score[newcomer] = np.round(2 * mark) / 2
    passes[newcomer] = score[newcomer] >= p.admission_bar + parks.admission_bar + p.positioning * positioned * ~match
    return score, passes


def wish_lists(worth, threshold, allowed, length):
    """Each firm's parks in order of preference, -1 after the last. worth, allowed (n, parks); threshold (n,)."""
    depth = min(length, worth.shape[1])
    wanted = np.where(allowed & (worth > threshold[:, None]), worth, -np.inf)
    order = np.argsort(-wanted, axis=1, kind="stable")[:, :depth]
    return np.where(np.isfinite(np.take_along_axis(wanted, order, axis=1)), order, -1)


def ties(cluster, firms):
    """A keyed number that settles what nothing else does (n,)."""
    return cluster.draw("tie", firms)


def grant_expansions(cluster, tenants):
    """Which tenants that outgrew their space get more in their own park, longest refused first: extra m2 (n,), 0 for none."""
    parks = cluster.all(Park)
    extra = tenants.wanted_area(parks.unit_area()[tenants.park_row]) - tenants.area
    waits = -tenants.waited[:, None].astype(float)
    own = tenants.park_row[:, None].astype(np.int64)
    place = rationing.allocate(own, extra[:, None], waits, ties(cluster, tenants), parks.lettable())
    return np.where(place >= 0, extra, 0)


def settle_seekers(cluster, firms):
    """Deferred acceptance of all who look for a park this month.

    Newcomers compare parks with the outside; sitting tenants with their own park; those on notice look only at parks that
    take firms past incubation, against leaving. Returns (park (n,) or -1, area there (n,), Cause of refusal (n,)).
    """
    p, parks, everyone = cluster.parameters, cluster.all(Park), np.arange(len(firms))
    base, size = utilities(cluster, firms)
    tenant, notice = firms.is_tenant(), firms.on_notice()
    _, elsewhere = outside(cluster, firms)
    _, away = after_leaving(cluster, firms)
    own = np.maximum(firms.park_row, 0)
    here = base[everyone, own] + choice.size_utility(parks.lettable()[own] + firms.area, p.choice) + p.choice.move_margin
    threshold = np.where(notice, away, np.where(tenant, here, elsewhere))
    allowed = np.isfinite(size) & np.where(notice[:, None], parks.takes_graduates(), np.arange(len(parks)) != firms.park_row[:, None])
    score, passes = screening(cluster, firms, ~tenant)
    lists = wish_lists(base + size, threshold, allowed & passes, int(p.choice.list_length))
    standing = np.take_along_axis(-100.0 * score, np.maximum(lists, 0), axis=1) - firms.waited[:, None]
    standing = np.where(tenant[:, None], -1e6, standing)
    heads = np.maximum(firms.headcount(), 1)[:, None] * p.space.area_per_head
    need = choice.units(heads, parks.unit_area()[np.maximum(lists, 0)])
    park = rationing.allocate(lists, need, standing, ties(cluster, firms), parks.lettable())
    area = need[everyone, (lists == park[:, None]).argmax(axis=1)]
    listed = lists[:, 0] >= 0
    liked = (allowed & (base + size > threshold[:, None])).any(axis=1)
    why = np.where(listed, Cause.NO_ROOM, np.where(liked, Cause.BELOW_BAR, Cause.OUTSIDE_BETTER))
    keen = (base + size)[everyone, np.maximum(lists[:, 0], 0)] - threshold > p.choice.wait_margin
    return park, area, np.where((why == Cause.NO_ROOM) & ~keen, Cause.OUTSIDE_BETTER, why)


def enter(cluster, firms, park, area):
    """Newcomers become incubatees of a park."""
    firms.status, firms.place, firms.park_row = Status.INCUBATING, Place.CLUSTER, park.astype(np.int32)
    firms.area, firms.entered_on = area.astype(np.int32), cluster.now
    cluster.log.add(cluster.now, Event.ADMITTED, firms, amount=firms.waited)
    firms.waited = np.int16(0)
    _count_newly_let(cluster, park, area)
    cluster.tally.count("admitted", firms)
    cluster.tally.count("admitted_area", firms, area)
    _count_staff(cluster, "staff_entering", firms)


def move(cluster, firms, park, area):
    """Tenants move to another park; for those on notice incubation ends with it, and they stay as ordinary tenants."""
    notice = firms.on_notice()
    _end_incubation(cluster, firms[notice])
    left = firms.park_row
    _vacate(cluster, firms)
    cluster.tally.count("moved_out", firms, park=left)
    firms.park_row, firms.area, firms.waited = park.astype(np.int32), area.astype(np.int32), np.int16(0)
    cluster.log.add(cluster.now, Event.MOVED, firms[~notice], park=left[~notice], amount=park[~notice])
    cluster.tally.count("moved_in", firms)
    cluster.tally.count("moved_in_area", firms, area)
    _count_staff(cluster, "staff_leaving", firms, left)
    _count_staff(cluster, "staff_entering", firms)
    _count_newly_let(cluster, park, area)


def turn_away(cluster, firms, why):
    """Newcomers without a park: the keen wait for room, the others take the best place outside."""
    p = cluster.parameters.choice
    waits = (why == Cause.NO_ROOM) & (firms.waited < p.wait_months)
    waiting = firms[waits]
    cluster.log.add(cluster.now, Event.REFUSED, waiting[waiting.waited == 0], cause=Cause.NO_ROOM)
    waiting.status, waiting.waited = Status.WAITING, (waiting.waited + 1).astype(np.int16)
    gone = firms[~waits]
    place, _ = outside(cluster, gone)
    why = np.where(gone.waited > 0, Cause.WAITED_TOO_LONG, why[~waits])
    gone.place = place.astype(np.int8)
    follow = int(cluster.setup.run.follow)
    sampled = cluster.draw("followed", gone) * follow < 1
    status = np.where(sampled, Status.ELSEWHERE, Status.UNFOLLOWED)
    gone.status = np.where(place == Place.GONE, Status.DROPPED, status).astype(np.int8)
    gone.weight = np.int16(follow)
    cluster.log.add(cluster.now, Event.SETTLED, gone, cause=why)
    for where in (Place.DISTRICT, Place.CITY, Place.GONE):
        cluster.tally.count(f"settled_{where.name.lower()}", gone[place == where])
    _count_staff(cluster, "staff_entering", gone[(place == Place.DISTRICT) & sampled])


def close(cluster, firms):
    """Firms cease; their people look for work."""
    cluster.log.add(cluster.now, Event.CLOSED, firms)
    local = firms[firms.place <= Place.DISTRICT]
    _count_staff(cluster, "staff_leaving", local)
    tenants = firms[firms.is_tenant()]
    cluster.tally.count("closed", tenants[tenants.status == Status.INCUBATING])
    cluster.tally.count("closed_tenants", tenants)
    elsewhere = firms[firms.status == Status.ELSEWHERE]
    cluster.tally.count("closed_elsewhere", elsewhere, elsewhere.weight)
    labour_market.part(cluster, local, cluster.parameters.labour.stay_after_layoff)
    _vacate(cluster, tenants)
    tenants.park_row = np.int32(-1)
    firms.status = Status.CLOSED


def leave(cluster, firms, cause):
    """Firms leave their park alive. cause: RELOCATION, or None for the end of a lease, where the status says which."""
    place, _ = after_leaving(cluster, firms)
    if cause is None:
        _end_incubation(cluster, firms, place)
    else:
        firms.status, firms.stay, firms.left_on = Status.RELOCATED, firms.tenure().astype(np.int16), cluster.now
        cluster.log.add(cluster.now, Event.LEFT, firms, cause=cause, place=place)
        cluster.tally.count("relocated", firms)
    cluster.tally.count("left_tenants", firms)
    _count_staff(cluster, "staff_leaving", firms)
    away = firms[place > Place.DISTRICT]
    cluster.tally.count("left_district", away)
    labour_market.part(cluster, away, cluster.parameters.labour.stay_after_departure)
    _vacate(cluster, firms)
    firms.place, firms.park_row = place.astype(np.int8), np.int32(-1)
    firms.need_since, firms.need_due = np.int32(-1), np.int32(-1)
    _count_staff(cluster, "staff_entering", firms[place == Place.DISTRICT])
    sold = firms[firms.acquired & (firms.status == Status.GRADUATED)]
    cluster.log.add(cluster.now, Event.ACQUIRED, sold)
    local = sold[sold.place == Place.DISTRICT]
    _count_staff(cluster, "staff_leaving", local)
    labour_market.part(cluster, local, cluster.parameters.labour.stay_after_departure)
    sold.status = Status.ACQUIRED


def _end_incubation(cluster, firms, place=None):
    """The lease in incubation space ends: graduates go as graduates, the others have reached the limit."""
    graduate = firms.status == Status.GRADUATE_IN_PLACE
    expired = firms[~graduate]
    expired.stay = expired.tenure().astype(np.int16)
    cause = np.where(graduate, Cause.GRADUATION, Cause.EXPIRY)
    cluster.log.add(cluster.now, Event.LEFT, firms, cause=cause, place=place)
    cluster.tally.count("expired", expired)
    firms.status = np.where(graduate, Status.GRADUATED, Status.EXPIRED).astype(np.int8)
    firms.left_on = cluster.now


def _vacate(cluster, firms):
    """Space given up has to be put in order before it can be let again."""
    parks = cluster.all(Park)
    area = np.bincount(firms.park_row, weights=firms.area, minlength=len(parks)).astype(np.int64)
    parks.turning = parks.turning + area
    cluster.tally.at_parks("vacated", cluster.tally.park.get("vacated", 0) + area)
    firms.area = np.int32(0)


def _count_newly_let(cluster, park, area):
    parks = cluster.all(Park)
    parks.newly_let = parks.newly_let + np.bincount(park, weights=area, minlength=len(parks)).astype(np.int64)


def _count_staff(cluster, name, firms, park=None):
    firm, tier = np.nonzero(firms.staff)
    row = (firms.park_row if park is None else park)[firm]
    cell = np.where(row >= 0, row, cluster.tally.parks) * cluster.tally.sectors + firms.sector[firm]
    cluster.tally.add_each([f"{name}_{t}" for t in TIERS], cell, tier, firms.staff[firm, tier])
