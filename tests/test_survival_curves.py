"""What became of firms: looked up after their full time, and survival with censoring."""

import numpy as np
import pytest

from sim.model.event_log import LOG
from sim.model.measures.survival_curves import follow_up, survival
from sim.model.status import Event, Place

JANUARY = 24000
MONTHS = np.arange(JANUARY, JANUARY + 60)


def log(*rows):
    """An event log of (month since January, event, ident[, place]) in park 1, sector 0."""
    events = np.zeros(len(rows), LOG)
    for event, (month, kind, ident, *place) in zip(events, rows, strict=True):
        event["month"], event["event"], event["ident"], event["park"] = JANUARY + month, kind, ident, 1
        event["place"] = place[0] if place else Place.CLUSTER
    return events


def looked_up(events):
    return {name: cells.sum(axis=2)[:, 1] for name, cells in follow_up(events, MONTHS, 3, 2).items()}


def test_a_graduate_counts_as_kept_until_it_leaves_the_district_or_ends():
    found = looked_up(
        log(
            (0, Event.GRADUATED, 1),
            (3, Event.LEFT, 1, Place.DISTRICT),  # still in the district
            (0, Event.GRADUATED, 2),
            (13, Event.LEFT, 2, Place.CITY),
            (0, Event.GRADUATED, 3),
            (5, Event.CLOSED, 3),
        )
    )
    assert found["graduates_due_12"][12] == 3 and found["graduates_kept_12"][12] == 2
    assert found["graduates_due_36"][36] == 3 and found["graduates_kept_36"][36] == 1
    assert found["graduates_due_12"].sum() == 3


def test_a_cohort_is_judged_after_48_months_and_not_before():
    found = looked_up(
        log(
            (0, Event.ADMITTED, 1),
            (48, Event.GRADUATED, 1),
            (2, Event.ADMITTED, 2),
            (51, Event.GRADUATED, 2),
            (20, Event.ADMITTED, 3),
            (30, Event.GRADUATED, 3),  # its 48 months are not over
        )
    )
    assert found["cohort_due"].sum() == 2 and found["cohort_graduated"].sum() == 1
    assert found["cohort_graduated"][48] == 1 and found["cohort_due"][50] == 1


def test_survival_counts_censored_firms_only_while_they_are_watched():
    # Four firms: one closes in month 2, one is sold in month 1, one arrives in month 5 and is watched to month 6.
    events = log(
        *((0, Event.ADMITTED, k) for k in (1, 2, 3)),
        (5, Event.ADMITTED, 4),
        (1, Event.ACQUIRED, 2),
        (2, Event.CLOSED, 1),
    )
    curve = survival(events, 1, 1, JANUARY + 6).set_index("months")
    assert (curve.group == "in_a_park").all()
    assert curve.at_risk.tolist()[:3] == [4, 4, 2]
    assert curve.survival[1] == 1 and curve.survival[2] == pytest.approx(1 - 1 / 2)
    assert curve.low[2] < 0.5 < curve.high[2]


def test_firms_elsewhere_that_are_not_followed_are_left_out():
    events = log(*((0, Event.SETTLED, k, Place.CITY) for k in range(1000)))
    watched = survival(events, 7, 4, JANUARY + 1).at_risk[0]
    assert abs(watched - 250) < 4 * np.sqrt(1000 * 0.25 * 0.75)
    assert survival(log((0, Event.SETTLED, 1, Place.GONE)), 7, 1, JANUARY + 1).empty


def test_retention_and_cohorts_of_ouhai_are_shares_between_none_and_all(ouhai, ouhai_setup):
    from sim.model.measures.counts import Counts

    cluster = ouhai.fork(ouhai_setup).run()
    keys, _, years, values = Counts(cluster).values("cluster", True)
    for key in ("cohort_graduation_share", "graduate_retention_rate", "graduate_retention_rate_12"):
        course = values[keys.index(key), :, 0]
        assert 0.05 < course[-1] < 1 and np.isnan(course[0])
    reach, use = (values[keys.index(key), -1, 0] for key in ("service_reach", "capacity_use"))
    assert 0 < reach < 1 and 0 < use <= 1
