"""Fates: how each enterprise ends up in a world, when its fates in two worlds part, and where extra tenants come from.

An enterprise has the same identity in every world of a seed, and the same luck, so that its fates can be compared.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from sim.model.agents import Enterprise
from sim.model.status import Cause, Event, Place, Status

SOURCES = ("other_park", "district", "city", "away", "left_or_closed", "not_looking")


class End(IntEnum):
    """The place or state an enterprise has got to at the end: exactly one of these. A graduate is one recognised since the start."""

    ABSENT = 0  # never looked for space in this world
    WAITING = 1  # refused, still wants a park
    TENANT = 2  # in a park, not recognised as a graduate
    TENANT_GRADUATE = 3
    DISTRICT = 4  # alive elsewhere in the district
    DISTRICT_GRADUATE = 5
    CITY = 6  # alive elsewhere in the city
    CITY_GRADUATE = 7
    AWAY = 8  # alive outside the city, after leaving a park
    AWAY_GRADUATE = 9
    CLOSED = 10  # had come to a park, and closed there or after leaving
    CLOSED_GRADUATE = 11
    SOLD = 12  # acquired or listed, after graduating
    DISTRICT_UNFOLLOWED = 13  # settled elsewhere in the district, and what became of it is not followed
    CITY_UNFOLLOWED = 14  # settled elsewhere in the city, and not followed
    STAYED_AWAY = 15  # never came to the city, or was never founded: never followed
    DISTRICT_CLOSED = 16  # settled elsewhere in the district instead of in a park, was followed, and closed
    CITY_CLOSED = 17  # the same elsewhere in the city


class Change(IntEnum):
    """The difference of a fate from that in the reference world: exactly one of these."""

    GAINED = 0  # a tenant at the end, and not in the reference world
    LOST = 1  # no tenant at the end, but one in the reference world
    MOVED = 2  # a tenant in both, of another park
    OTHER_END = 3  # another end in any other way: graduate or not, alive or not, elsewhere
    OTHER_PATH = 4  # the same end after other events
    UNCHANGED = 5  # the same events to the letter


OUTCOMES = {  # what may be counted of a fate; each but one adds up to a count of the tally over the same months
    "tenant": "leases space in a park at the end",
    "admitted": "was admitted to a park",
    "graduate": "was recognised as a graduate",
    "graduate_in_district": "of these, alive in the district at the end",
    "closed_tenant": "closed while a tenant",
    "relocated": "left its park alive before graduating",
    "expired": "reached the tenancy limit without graduating",
}


@dataclass
class Fates:
    """Every enterprise that lived or looked for space since the start, and how it ended up."""

    ident: np.ndarray  # (n,) uint64, sorted
    end: np.ndarray  # (n,) see End
    park: np.ndarray  # (n,) row of its park at the end, -1 outside
    settled: np.ndarray  # (n,) Place where it settled instead of entering a park, -1 if it did not
    outcomes: dict[str, np.ndarray]  # outcome -> (n,) bool


def fates_of(cluster, events: np.ndarray, since: int = 0) -> Fates:
    """Return how every enterprise ended up in a finished run.

    events: the run's log; since: month number from which outcomes count.
    """
    firms = cluster.where(Enterprise, lambda f: f.exists())
    number, ident = pd.factorize(np.concatenate([events["ident"], firms.ident]))  # hashed: most are there several times
    order, n = np.argsort(ident), len(ident)
    ident, rank = ident[order], np.empty(n, np.int64)
    rank[order] = np.arange(n)
    who, alive = np.split(rank[number], [len(events)])  # place in ident of each event's firm, and of the living

    kind, cause, late = events["event"], events["cause"], events["month"] >= since
    leaving, closing = kind == Event.LEFT, kind == Event.CLOSED
    happened = {
        "admitted": kind == Event.ADMITTED, "graduate": kind == Event.GRADUATED,
        "closed_tenant": closing & (events["park"] >= 0), "relocated": leaving & (cause == Cause.RELOCATION),
        "expired": leaving & (cause == Cause.EXPIRY),
    }  # fmt: skip
    outcomes = {name: np.zeros(n, bool) for name in OUTCOMES}
    for name, mask in happened.items():
        outcomes[name][who[mask & late]] = True
    graduate = np.zeros(n, bool)
    graduate[who[happened["graduate"]]] = True
    settling = kind == Event.SETTLED
    settled, end, park = np.full(n, -1, np.int8), np.full(n, -1, np.int8), np.full(n, -1, np.int16)
    settled[who[settling]] = events["place"][settling]
    unfollowed = {Place.DISTRICT: End.DISTRICT_UNFOLLOWED, Place.CITY: End.CITY_UNFOLLOWED, Place.GONE: End.STAYED_AWAY}
    for place, state in unfollowed.items():
        end[settled == place] = state
    closed = who[closing]
    outside = np.array([End.CLOSED, End.DISTRICT_CLOSED, End.CITY_CLOSED, End.CLOSED])[events["place"][closing]]
    came = events["since"][closing] >= 0
    end[closed] = np.where(came, End.CLOSED + graduate[closed], outside)  # a graduate's state follows the other's
    end[who[kind == Event.ACQUIRED]] = End.SOLD

    by_place = np.array([End.TENANT, End.DISTRICT, End.CITY, End.AWAY], np.int8)
    end[alive] = by_place[firms.place] + graduate[alive]
    end[alive[firms.status == Status.WAITING]] = End.WAITING
    park[alive] = firms.park_row
    outcomes["tenant"] = park >= 0
    outcomes["graduate_in_district"] = outcomes["graduate"] & np.isin(end, (End.TENANT_GRADUATE, End.DISTRICT_GRADUATE))
    return Fates(ident, end, park, settled, outcomes)


def look_up(fates: Fates, ident: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which of these enterprises a world knows, and their rows in it: (known (m,), row (m,))."""
    row = np.minimum(np.searchsorted(fates.ident, ident), max(len(fates.ident) - 1, 0))
    return (fates.ident[row] == ident if len(fates.ident) else np.zeros(len(ident), bool)), row


def displacement(reference: Fates, other: Fates, parks: np.ndarray | None = None) -> dict[str, int]:
    """Count where the other world's extra tenants are in the reference world, net of those it lacks: {source: firms}.

    parks (parks,) bool: count tenants of these parks alone. Then other_park counts those who come from the others, net; of
    the whole cluster it counts tenants of both worlds who sit in another park, one way only, and they are nobody's extra.
    left_or_closed: came to a park in the reference world, or waits for one, and is no tenant at the end.
    """
    gained, lost = _sources(other, reference, parks), _sources(reference, other, parks)
    found = {source: gained[source] - lost[source] for source in SOURCES}
    if parks is None:
        known, row = look_up(reference, other.ident)
        both = known & (other.park >= 0) & (reference.park[row] >= 0)
        found["other_park"] = int((other.park[both] != reference.park[row[both]]).sum())
    return found


def _sources(world, compared, parks):
    """Count the tenants of one world who are none in the other, by where they are there: {source: firms}."""

    def tenants(fates):
        return (fates.park >= 0) if parks is None else (fates.park >= 0) & parks[fates.park]

    ident = world.ident[tenants(world)]
    known, row = look_up(compared, ident)
    extra = ~(known & tenants(compared)[row])
    known, row = known[extra], row[extra]
    in_park, place = known & (compared.park[row] >= 0), np.where(known, compared.settled[row], -1)
    counts = {
        "other_park": in_park, "district": place == Place.DISTRICT, "city": place == Place.CITY,
        "away": place == Place.GONE, "left_or_closed": known & ~in_park & (place < 0), "not_looking": ~known,
    }  # fmt: skip
    return {source: int(mask.sum()) for source, mask in counts.items()}


@dataclass
class PairedFates:
    """The fates of two worlds side by side, one row an enterprise that either of them knows."""

    ident: np.ndarray
    end: tuple[np.ndarray, np.ndarray]  # (reference, other), each (n,) End
    park: tuple[np.ndarray, np.ndarray]  # the same, each (n,)
    outcomes: dict[str, tuple[np.ndarray, np.ndarray]]  # outcome -> (reference, other), each (n,) bool
    change: np.ndarray  # (n,) Change
    first: np.ndarray  # (n,) number of the month in which the fates part, -1 where they never do
    reference_row: (
        np.ndarray
    )  # (n,) row of the reference log that is the first to differ, -1 if no further event is there
    other_row: np.ndarray  # (n,) the same of the other world's log

    def flows(self) -> np.ndarray:
        """Count enterprises by end in the reference world and end in the other one (ends, ends)."""
        size = len(End)
        return np.bincount(self.end[0].astype(int) * size + self.end[1], minlength=size**2).reshape(size, size)


def pair_fates(reference: Fates, reference_events: np.ndarray, other: Fates, other_events: np.ndarray) -> PairedFates:
    """Compare the fates of two worlds of one seed, enterprise by enterprise."""
    ident = np.union1d(reference.ident, other.ident)
    ends, parks, flags = [], [], []
    for fates in (reference, other):
        known, row = look_up(fates, ident)
        ends.append(np.where(known, fates.end[row], End.ABSENT))
        parks.append(np.where(known, fates.park[row], -1))
        flags.append({name: known & had[row] for name, had in fates.outcomes.items()})
    first, reference_row, other_row = first_difference(ident, reference_events, other_events)
    unlogged = (first < 0) & ((ends[0] != ends[1]) | (parks[0] != parks[1]))
    if unlogged.any():
        moves = last_moves(ident[unlogged], reference_events, other_events)
        first[unlogged], reference_row[unlogged], other_row[unlogged] = moves
    change = np.where(first < 0, Change.UNCHANGED, Change.OTHER_PATH)
    change[ends[0] != ends[1]] = Change.OTHER_END
    tenant = parks[0] >= 0, parks[1] >= 0
    change[tenant[0] & tenant[1] & (parks[0] != parks[1])] = Change.MOVED
    change[tenant[1] & ~tenant[0]] = Change.GAINED
    change[tenant[0] & ~tenant[1]] = Change.LOST
    return PairedFates(
        ident=ident, end=(ends[0], ends[1]), park=(parks[0], parks[1]),
        outcomes={name: (flags[0][name], flags[1][name]) for name in OUTCOMES},
        change=change.astype(np.int8), first=first, reference_row=reference_row, other_row=other_row,
    )  # fmt: skip


def last_moves(
    ident: np.ndarray, reference_events: np.ndarray, other_events: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find when fates part that have the same events: the month they went on to another park than in the other world.

    The end of incubation is on record, and not to which park the firm went on. Returns as `first_difference`.
    """
    rows = []
    for log in (reference_events, other_events):
        went_on = np.flatnonzero((log["event"] == Event.LEFT) & (log["place"] == Place.CLUSTER))
        went_on = went_on[np.isin(log["ident"][went_on], ident)]
        row = np.full(len(ident), -1)
        row[np.searchsorted(ident, log["ident"][went_on])] = went_on
        rows.append(row)
    return np.where(rows[1] >= 0, other_events["month"][rows[1]], -1), rows[0], rows[1]


COMPARED = ("month", "event", "cause", "park", "place", "amount")  # fields of an event in which two are told apart


def first_difference(
    ident: np.ndarray, reference_events: np.ndarray, other_events: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find where two event logs first differ, enterprise by enterprise: (month (n,), row of the reference log, of the other).

    A row is -1 if that log holds no more events of it; the month is -1, and both rows, if all its events are the same.
    """
    n = len(ident)
    sides = []
    for log in (reference_events, other_events):
        who = np.searchsorted(ident, log["ident"])
        order = np.argsort(who, kind="stable")
        count = np.bincount(who, minlength=n)
        sides.append((log, order, count, np.cumsum(count) - count, who[order]))
    (log_a, order_a, count_a, start_a, who_a), (log_b, order_b, count_b, start_b, _) = sides
    step = np.arange(len(order_a)) - start_a[who_a]
    shared = step < count_b[who_a]
    rows_a, rows_b = order_a[shared], order_b[start_b[who_a[shared]] + step[shared]]
    differs = np.zeros(len(rows_a), bool)
    for name in COMPARED:
        differs |= log_a[name][rows_a] != log_b[name][rows_b]
    length = np.minimum(count_a, count_b)
    at = length.copy()  # alike as far as both go
    np.minimum.at(at, who_a[shared][differs], step[shared][differs])
    parted = (at < length) | (count_a != count_b)
    rows, months = [], []
    for log, order, count, start, _ in sides:
        goes_on = parted & (at < count)
        row = np.full(n, -1)
        row[goes_on] = order[(start + at)[goes_on]]
        rows.append(row)
        month = np.full(n, np.iinfo(np.int32).max)
        month[goes_on] = log["month"][row[goes_on]]
        months.append(month)
    return np.where(parted, np.minimum(*months), -1), rows[0], rows[1]
