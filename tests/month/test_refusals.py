"""Why the log says that a newcomer went elsewhere."""

import pytest

from sim.model import month
from sim.model.status import Cause, Event
from tests.month.test_cases import world

SCARCE = {"central_park": {"fitted": 50}, "remote_park": {"fitted": 0, "announced": 0}}


@pytest.mark.parametrize(
    ("waited", "quality", "outside_value", "why"),
    [
        (7, 0, -20, Cause.WAITED_TOO_LONG),
        (3, 0, 20, Cause.OUTSIDE_BETTER),
        (3, -50, -20, Cause.BELOW_BAR),
        (0, 0, 20, Cause.OUTSIDE_BETTER),
    ],
)
def test_a_firm_waited_too_long_only_where_it_goes_for_want_of_room(waited, quality, outside_value, why):
    firm = {"status": "WAITING" if waited else "APPLICANT", "staff": 9, "waited": waited, "quality": quality}
    cluster = world({"parks": SCARCE, "enterprises": firm, "outside_value": outside_value})
    month.admit(cluster)
    log = cluster.log.table()
    assert log["cause"][log["event"] == Event.SETTLED].tolist() == [why]
