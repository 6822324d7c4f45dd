"""Lives: how each enterprise ended up in a world, where two worlds part for it, and where extra tenants come from.

An enterprise has the same identity in every world of a seed, and the same luck, so that its lives can be laid side by side.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from sim.model.agents import Enterprise
from sim.model.status import Cause, Event, Place, Status

SOURCES = ("other_park", "district", "city", "away", "left_or_closed", "not_looking")


class End(IntEnum):
    """Where an enterprise has got to at the end: exactly one of these. A graduate is one recognised since the start."""

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
    """How a life differs from that in the reference world: exactly one of these."""

    GAINED = 0  # a tenant at the end, and not in the reference world
    LOST = 1  # no tenant at the end, but one in the reference world
    MOVED = 2  # a tenant in both, of another park
    OTHER_END = 3  # another end in any other way: graduate or not, alive or not, elsewhere
    OTHER_PATH = 4  # the same end after other events
    UNCHANGED = 5  # the same events to the letter


OUTCOMES = {  # what may be counted of a life; each but one adds up to a count of the tally over the same months
    "tenant": "leases space in a park at the end",
    "admitted": "was admitted to a park",
    "graduate": "was recognised as a graduate",
    "graduate_in_district": "of these, alive in the district at the end",
    "closed_tenant": "closed while a tenant",
    "relocated": "left its park alive before graduating",
    "expired": "reached the tenancy limit without graduating",
}


@dataclass
class Lives:
    """Every enterprise that lived or looked for space since the start, and how it ended up."""

    ident: np.ndarray  # (n,) uint64, sorted
    end: np.ndarray  # (n,) see End
    park: np.ndarray  # (n,) row of its park at the end, -1 outside
    settled: np.ndarray  # (n,) Place where it settled instead of entering a park, -1 if it did not
    did: dict  # outcome -> (n,) bool


def lives_of(cluster, events, since=0):
    """Where everybody is at the end of a finished run. events: its log; since: month number from which outcomes count."""
    firms = cluster.where(Enterprise, lambda f: f.exists())
    number, ident = pd.factorize(np.concatenate([events["ident"], firms.ident]))  # hashed: most are there several times
    order, n = np.argsort(ident), len(ident)
    ident, rank = ident[order], np.empty(n, np.int64)
    rank[order] = np.arange(n)
    who, at = np.split(rank[number], [len(events)])  # place in ident of each event's firm, and of the living

    kind, cause, late = events["event"], events["cause"], events["month"] >= since
    leaving, closing = kind == Event.LEFT, kind == Event.CLOSED
    happened = {
        "admitted": kind == Event.ADMITTED, "graduate": kind == Event.GRADUATED,
        "closed_tenant": closing & (events["park"] >= 0), "relocated": leaving & (cause == Cause.RELOCATION),
        "expired": leaving & (cause == Cause.EXPIRY),
    }  # fmt: skip
    flags = {name: np.zeros(n, bool) for name in OUTCOMES}
    for name, mask in happened.items():
        flags[name][who[mask & late]] = True
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

    place = firms.place
    by_place = np.array([End.TENANT, End.DISTRICT, End.CITY, End.AWAY], np.int8)
    end[at] = by_place[place] + graduate[at]
    end[at[firms.status == Status.WAITING]] = End.WAITING
    park[at] = firms.park_row
    flags["tenant"] = park >= 0
    flags["graduate_in_district"] = flags["graduate"] & np.isin(end, (End.TENANT_GRADUATE, End.DISTRICT_GRADUATE))
    return Lives(ident, end, park, settled, flags)


def found_in(lives, ident):
    """Which of these enterprises a world knows, and their places in it: (known (m,), position (m,))."""
    at = np.minimum(np.searchsorted(lives.ident, ident), max(len(lives.ident) - 1, 0))
    return (lives.ident[at] == ident if len(lives.ident) else np.zeros(len(ident), bool)), at


def displacement(reference, other, parks=None):
    """Where the other world's extra tenants are in the reference world, net of those it lacks: {source: firms}.

    parks (parks,) bool: count tenants of these parks alone. Then other_park counts those who come from the others, net; of
    the whole cluster it counts tenants of both worlds who sit in another park, one way only, and they are nobody's extra.
    left_or_closed: came to a park in the reference world, or waits for one, and is no tenant at the end.
    """
    found = dict.fromkeys(SOURCES, 0)

    def tenants(lives):
        return (lives.park >= 0) if parks is None else (lives.park >= 0) & parks[lives.park]

    for here, there, sign in ((other, reference, 1), (reference, other, -1)):
        mine = here.ident[tenants(here)]
        known, at = found_in(there, mine)
        extra = ~(known & tenants(there)[at])
        known, at = known[extra], at[extra]
        sits, place = known & (there.park[at] >= 0), np.where(known, there.settled[at], -1)
        counts = {
            "other_park": sits, "district": place == Place.DISTRICT, "city": place == Place.CITY,
            "away": place == Place.GONE, "left_or_closed": known & ~sits & (place < 0), "not_looking": ~known,
        }  # fmt: skip
        for source, mask in counts.items():
            found[source] += sign * int(mask.sum())
    if parks is None:
        known, at = found_in(reference, other.ident)
        both = known & (other.park >= 0) & (reference.park[at] >= 0)
        found["other_park"] = int((other.park[both] != reference.park[at[both]]).sum())
    return found


@dataclass
class Apart:
    """Two worlds laid side by side, one row an enterprise that either of them knows.

    first: the month in which the lives part, -1 where they never do; here, there: the row of each world's log that is the
    first to differ, -1 if its life holds no further event.
    """

    ident: np.ndarray
    end: tuple  # (reference, other), each (n,) End
    park: tuple  # the same, each (n,)
    did: dict  # outcome -> (reference, other), each (n,) bool
    change: np.ndarray  # (n,) Change
    first: np.ndarray  # (n,) month number
    there: np.ndarray  # (n,)
    here: np.ndarray  # (n,)

    def flows(self):
        """Enterprises by end in the reference world and end in the other one (ends, ends)."""
        size = len(End)
        return np.bincount(self.end[0].astype(int) * size + self.end[1], minlength=size**2).reshape(size, size)


def apart(reference, reference_events, other, events):
    """Lay two worlds of one seed side by side. Returns Apart."""
    ident = np.union1d(reference.ident, other.ident)
    ends, parks, flags = [], [], []
    for lives in (reference, other):
        known, at = found_in(lives, ident)
        ends.append(np.where(known, lives.end[at], End.ABSENT))
        parks.append(np.where(known, lives.park[at], -1))
        flags.append({name: known & did[at] for name, did in lives.did.items()})
    first, there, here = first_difference(ident, reference_events, events)
    unsaid = (first < 0) & ((ends[0] != ends[1]) | (parks[0] != parks[1]))
    if unsaid.any():
        first[unsaid], there[unsaid], here[unsaid] = last_moves(ident[unsaid], reference_events, events)
    change = np.where(first < 0, Change.UNCHANGED, Change.OTHER_PATH)
    change[ends[0] != ends[1]] = Change.OTHER_END
    tenant = parks[0] >= 0, parks[1] >= 0
    change[tenant[0] & tenant[1] & (parks[0] != parks[1])] = Change.MOVED
    change[tenant[1] & ~tenant[0]] = Change.GAINED
    change[tenant[0] & ~tenant[1]] = Change.LOST
    did = {name: (flags[0][name], flags[1][name]) for name in OUTCOMES}
    return Apart(ident, tuple(ends), tuple(parks), did, change.astype(np.int8), first, there, here)


def last_moves(ident, reference_events, events):
    """Where lives part that have the same events: the month they went on to another park than in the other world.

    The end of incubation is on record, and not to which park the firm went on. Returns as `first_difference`.
    """
    rows = []
    for log in (reference_events, events):
        went_on = np.flatnonzero((log["event"] == Event.LEFT) & (log["place"] == Place.CLUSTER))
        went_on = went_on[np.isin(log["ident"][went_on], ident)]
        row = np.full(len(ident), -1)
        row[np.searchsorted(ident, log["ident"][went_on])] = went_on
        rows.append(row)
    return np.where(rows[1] >= 0, events["month"][rows[1]], -1), rows[0], rows[1]


TOLD = ("month", "event", "cause", "park", "place", "amount")  # what of an event makes it another event


def first_difference(ident, reference_events, events):
    """Where the two event logs first differ, life by life: (month (n,), row of the reference log, row of the other).

    A row is -1 if that life holds no more events; the month is -1, and both rows, if the lives are the same.
    """
    n = len(ident)
    sides = []
    for log in (reference_events, events):
        who = np.searchsorted(ident, log["ident"])
        order = np.argsort(who, kind="stable")
        count = np.bincount(who, minlength=n)
        sides.append((log, order, count, np.cumsum(count) - count, who[order]))
    (log_a, order_a, count_a, start_a, who_a), (log_b, order_b, count_b, start_b, _) = sides
    step = np.arange(len(order_a)) - start_a[who_a]
    shared = step < count_b[who_a]
    rows_a, rows_b = order_a[shared], order_b[start_b[who_a[shared]] + step[shared]]
    differs = np.zeros(len(rows_a), bool)
    for name in TOLD:
        differs |= log_a[name][rows_a] != log_b[name][rows_b]
    length = np.minimum(count_a, count_b)
    at = length.copy()  # alike as far as both go
    np.minimum.at(at, who_a[shared][differs], step[shared][differs])
    apart_ = (at < length) | (count_a != count_b)
    rows, months = [], []
    for log, order, count, start, _ in sides:
        there = apart_ & (at < count)
        row = np.full(n, -1)
        row[there] = order[(start + at)[there]]
        rows.append(row)
        month = np.full(n, np.iinfo(np.int32).max)
        month[there] = log["month"][row[there]]
        months.append(month)
    return np.where(apart_, np.minimum(*months), -1), rows[0], rows[1]
