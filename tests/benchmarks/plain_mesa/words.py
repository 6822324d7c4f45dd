"""Places and statuses as plain numbers, which Python compares faster than members of an enum."""

from sim.model.status import Place, Status

CLUSTER, DISTRICT, CITY, GONE = (int(place) for place in Place)
APPLICANT, WAITING, INCUBATING, IN_PLACE, GRADUATED, EXPIRED, RELOCATED, ELSEWHERE = (
    int(s)
    for s in (
        Status.APPLICANT, Status.WAITING, Status.INCUBATING, Status.GRADUATE_IN_PLACE, Status.GRADUATED, Status.EXPIRED,
        Status.RELOCATED, Status.ELSEWHERE,
    )
)  # fmt: skip
NEVER = -1
