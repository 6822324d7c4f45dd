"""States, places and events of an enterprise: the words of the event log."""

from enum import IntEnum


class Status(IntEnum):
    """Every enterprise is in exactly one of these. From CLOSED on it has ended."""

    APPLICANT = 0  # within its month of arrival only
    WAITING = 1  # refused, still wants a park
    INCUBATING = 2  # tenant under incubation 在孵
    GRADUATE_IN_PLACE = 3  # recognised, lease not yet ended
    GRADUATED = 4  # recognised and left incubation space 毕业
    RELOCATED = 5  # left alive before graduating 迁出
    EXPIRED = 6  # reached the tenancy limit without graduating 到期
    ELSEWHERE = 7  # never in the cluster: the comparison group
    CLOSED = 8  # ceased activity 注销
    ACQUIRED = 9  # bought or listed, no longer an enterprise of its own
    DROPPED = 10  # stayed away from the city, or never founded
    UNFOLLOWED = 11  # settled elsewhere, outside the sample that is followed


class Place(IntEnum):
    """Places where an enterprise works."""

    CLUSTER = 0  # in a park
    DISTRICT = 1  # other premises in the district
    CITY = 2  # elsewhere in the city
    GONE = 3  # outside the city


class Event(IntEnum):
    """Events that the log records."""

    ARRIVED = 0
    ADMITTED = 1
    REFUSED = 2  # waits, or gives up after waiting
    SETTLED = 3  # took premises outside the cluster, or stayed away
    MOVED = 4  # from one park to another
    EXPANDED = 5
    SERVED = 6
    GAVE_UP = 7  # a need not served in time
    FUNDED = 8
    CERTIFIED = 9
    GRADUATED = 10
    LEFT = 11  # left its park alive: cause says why
    CLOSED = 12
    ACQUIRED = 13


class Cause(IntEnum):
    """Why. Routes to graduation, causes of leaving, reasons of refusal, payers of a round."""

    NONE = 0
    CERTIFICATE = 1
    REVENUE = 2
    VENTURE_CAPITAL = 3
    SALE = 4
    GRADUATION = 5
    RELOCATION = 6
    EXPIRY = 7
    NO_ROOM = 8
    BELOW_BAR = 9
    OUTSIDE_BETTER = 10
    WAITED_TOO_LONG = 11
    SEED_FUND = 12  # who paid for a round: a public fund


class Origin(IntEnum):
    """Origins of applicants."""

    LOCAL = 0  # local start
    UNIVERSITY = 1  # university spin-off
    MOVER = 2  # moves within the city
    OUTSIDER = 3  # from outside the city


class Level(IntEnum):
    """Official recognition of a park."""

    NONE = 0
    MUNICIPAL = 1
    PROVINCIAL = 2
    NATIONAL = 3


class Kind(IntEnum):
    """Stages of the incubation chain."""

    MAKERSPACE = 0
    INCUBATOR = 1
    ACCELERATOR = 2
    INDUSTRIAL_PARK = 3
