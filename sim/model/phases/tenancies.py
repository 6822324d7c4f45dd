"""Tenancies begin, move and end."""

import numpy as np

from sim.model.agents import Enterprise, Park
from sim.model.phases import labour_market
from sim.model.phases.space_market import (
    CLOSED,
    DISTRICT,
    ELSEWHERE,
    ENTERING,
    EXPIRED,
    EXPIRY,
    GONE,
    GRADUATED,
    GRADUATION,
    IN_PLACE,
    LEAVING,
    NO_ROOM,
    RELOCATED,
    RELOCATION,
    SETTLED,
    UNFOLLOWED,
    WAITED_TOO_LONG,
    after_leaving,
    let_area,
)
from sim.model.status import Event, Place, Status


def enter(cluster, firms: Enterprise, park: np.ndarray, area: np.ndarray) -> None:
    """Newcomers become incubatees of a park."""
    firms.status, firms.place, firms.park_row = Status.INCUBATING, Place.CLUSTER, park
    firms.area, firms.entered_on = area.astype(np.int32), cluster.now
    cluster.log.add(cluster.now, Event.ADMITTED, firms, amount=firms.waited)
    firms.waited = np.int16(0)
    _count_newly_let(cluster, park, area)
    _count(cluster, "admitted", firms, area, ENTERING)


def move(cluster, firms: Enterprise, park: np.ndarray, area: np.ndarray) -> None:
    """Tenants move to another park; for those on notice incubation ends with it, and they stay as ordinary tenants."""
    if not len(firms):
        return
    notice, left = firms.on_notice(), firms.park_row
    ending = firms[notice]
    _note_end(cluster, ending, end_incubation(cluster, ending, np.zeros(len(ending), bool)))
    _count(cluster, "moved_out", firms, people=LEAVING)
    _vacate(cluster, firms)
    firms.park_row, firms.area, firms.waited = park, area.astype(np.int32), np.int16(0)
    cluster.log.add(cluster.now, Event.MOVED, firms[~notice], park=left[~notice], amount=park[~notice])
    _count(cluster, "moved_in", firms, area, ENTERING)
    _count_newly_let(cluster, park, area)


def turn_away(cluster, firms: Enterprise, why: np.ndarray, elsewhere: np.ndarray) -> None:
    """Newcomers without a park: the keen wait for room, the others take the best place outside. why, elsewhere: see above."""
    waited, no_room = firms.waited, why == NO_ROOM
    waits = no_room & (waited < cluster.parameters.choice.wait_months)
    waiting, before = firms[waits], waited[waits]
    cluster.log.add(cluster.now, Event.REFUSED, waiting[before == 0], cause=NO_ROOM)
    waiting.status, waiting.waited = Status.WAITING, (before + 1).astype(np.int16)
    why = np.where((waited > 0) & no_room, WAITED_TOO_LONG, why)
    gone, place, why = firms[~waits], elsewhere[~waits], why[~waits]
    follow = int(cluster.setup.run.follow)
    sampled = cluster.draw("followed", gone) * follow < 1
    status = np.where(sampled, ELSEWHERE, UNFOLLOWED)
    status[place == GONE] = Status.DROPPED
    gone.place, gone.status, gone.weight = place.astype(np.int8), status.astype(np.int8), np.int16(follow)
    cluster.log.add(cluster.now, Event.SETTLED, gone, cause=why)
    if cluster.tally.wants((*SETTLED, *ENTERING)):
        cell, nearby = cluster.tally.cell_of(gone), np.flatnonzero((place == DISTRICT) & sampled)
        cluster.tally.add_each(SETTLED, cell, place - DISTRICT)
        cluster.tally.add_all(ENTERING, cell[nearby], gone[nearby].staff)


def close(cluster, firms: Enterprise) -> None:
    """Firms cease; their people look for work."""
    cluster.log.add(cluster.now, Event.CLOSED, firms)
    local = firms[firms.in_district()]
    if cluster.tally.wants((*LEAVING, *CLOSED)):
        elsewhere = firms[firms.status == ELSEWHERE]
        cluster.tally.add_all(LEAVING, cluster.tally.cell_of(local), local.staff)
        cluster.tally.count("closed", firms[firms.is_incubating()])
        cluster.tally.count("closed_tenants", firms[firms.is_tenant()])
        cluster.tally.count("closed_elsewhere", elsewhere, elsewhere.weight)
    labour_market.part(cluster, local, cluster.parameters.labour.stay_after_layoff)
    _vacate(cluster, firms)
    firms.status, firms.park_row = Status.CLOSED, np.int32(-1)


def leave(cluster, firms: Enterprise, relocating: np.ndarray) -> None:
    """Firms leave their park alive. relocating (n,) bool: before the end of the lease; of the others it is the end."""
    if not len(firms):
        return
    p = cluster.parameters.labour
    place = after_leaving(cluster, firms)
    _note_end(cluster, firms, end_incubation(cluster, firms, relocating), place)
    away = firms[place > DISTRICT]
    _count(cluster, "left_tenants", firms, people=LEAVING)
    _count(cluster, "left_district", away)
    labour_market.part(cluster, away, p.stay_after_departure)
    _vacate(cluster, firms)
    firms.place, firms.park_row = place.astype(np.int8), np.int32(-1)
    firms.need_since, firms.need_due = np.int32(-1), np.int32(-1)
    if cluster.tally.wants(ENTERING):
        near = firms[place <= DISTRICT]
        cluster.tally.add_all(ENTERING, cluster.tally.cell_of(near), near.staff)
    sold = firms[firms.acquired & (firms.status == GRADUATED)]
    if not len(sold):
        return
    cluster.log.add(cluster.now, Event.ACQUIRED, sold)
    local = sold[sold.place == DISTRICT]
    cluster.tally.add_all(LEAVING, cluster.tally.cell_of(local), local.staff)
    labour_market.part(cluster, local, p.stay_after_departure)
    sold.status = Status.ACQUIRED


def end_incubation(cluster, firms: Enterprise, relocating: np.ndarray) -> np.ndarray:
    """Graduates go as graduates; of the others, those that do not relocate have reached the limit. Returns causes (n,)."""
    graduate = (firms.status == IN_PLACE) & ~relocating
    firms.stay = np.where(graduate, firms.stay, firms.tenure()).astype(np.int16)
    firms.status = np.where(graduate, GRADUATED, np.where(relocating, RELOCATED, EXPIRED)).astype(np.int8)
    firms.left_on = cluster.now
    return np.where(graduate, GRADUATION, np.where(relocating, RELOCATION, EXPIRY))


def _note_end(cluster, firms, cause, place=None):
    """Write down how incubation ended."""
    cluster.log.add(cluster.now, Event.LEFT, firms, cause=cause, place=place)
    if cluster.tally.wants(("relocated", "expired")):
        cluster.tally.count("relocated", firms[cause == RELOCATION])
        cluster.tally.count("expired", firms[cause == EXPIRY])


def _vacate(cluster, firms):
    """Space given up has to be put in order before it can be let again."""
    parks, area = cluster.all(Park), let_area(cluster, firms)
    parks.turning = parks.turning + area
    cluster.tally.at_parks("vacated", cluster.tally.park.get("vacated", 0) + area)
    firms.area = np.int32(0)


def _count(cluster, name, firms, area=None, people=()):
    """Count firms that come or go where they are, with the area they take (n,) m2, and their people by tier."""
    tally = cluster.tally
    if tally.wants((name, f"{name}_area", *people)):
        cell = tally.cell_of(firms)
        tally.add(name, cell)
        if area is not None:
            tally.add(f"{name}_area", cell, area)
        if people:
            tally.add_all(people, cell, firms.staff)


def _count_newly_let(cluster, park, area):
    parks = cluster.all(Park)
    parks.newly_let = parks.newly_let + np.bincount(park, weights=area, minlength=len(parks)).astype(np.int64)
