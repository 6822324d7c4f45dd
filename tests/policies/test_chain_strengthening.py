"""A missing link is sought until it is there; those who buy from it gain, and nobody else."""

from dataclasses import replace

import numpy as np
import pytest

from sim.model import month
from sim.model.agents import District, Enterprise
from sim.model.status import Event
from tests.helpers import under
from tests.month.worlds import with_demand

SOFTWARE, DEVICES, EYEWEAR, UPGRADING = range(4)  # segments of the toy, in order


@pytest.fixture
def sought(toy_start, toy_setup, lever):
    """sought(**changes) -> the toy with the lever at full strength from the start."""
    return lambda setup=toy_setup, **changes: toy_start.fork(
        under(setup, [lever("chain_strengthening")], **{"start": setup.data.start, "ramp": 0} | changes)
    )


def with_firms(cluster, devices):
    """So many firms of smart devices in the district, at least three of each other segment; terms set anew."""
    local = cluster.where(Enterprise, lambda f: f.exists() & f.in_district())
    others = np.arange(len(local)) % 3
    local.segment = np.choose(others, [SOFTWARE, EYEWEAR, UPGRADING]).astype(np.int8)
    local[np.arange(devices)].segment = np.int8(DEVICES)
    local.weight = np.int16(1)
    month.set_place_terms(cluster)
    return cluster.all(District)


def test_a_chain_is_completed_by_the_third_firm_and_only_for_those_who_buy_from_it(sought):
    # Software buys devices only, upgrading half of its inputs; eyewear buys upgrading and software.
    chains = [with_firms(sought(), devices).chain[0] for devices in (0, 2, 3)]
    assert chains[0].tolist() == chains[1].tolist() == [0, 1, 1, 0.5]
    assert chains[2].tolist() == [1, 1, 1, 1]


def test_the_search_is_for_what_is_missing_and_ends_when_it_is_there(sought):
    assert with_firms(sought(), 2).segment_pull[0].tolist() == [1, 3, 1, 1]
    assert with_firms(sought(), 3).segment_pull[0].tolist() == [1, 1, 1, 1]


def test_a_named_segment_is_sought_although_it_is_there(sought):
    cluster = sought(segments=("eyewear",), intensity=0.5)
    assert with_firms(cluster, 2).segment_pull[0].tolist() == [1, 1, 2, 1]


def test_a_segment_that_does_not_exist_is_refused_in_a_sentence(lever, toy_setup):
    policy = replace(lever("chain_strengthening"), segments=("eye_wear",))
    sentence = "policies.chain_strengthening.segments: 'eye_wear' is not a segment of toy; did you mean 'eyewear'?"
    assert policy.problems(toy_setup.data) == [sentence]


def test_aiming_it_at_parks_is_refused_in_a_sentence(lever, toy_setup):
    sentences = [
        replace(lever("chain_strengthening"), **aim).problems(toy_setup.data)
        for aim in ({"parks": ("central_park",)}, {"remote_from": 25})
    ]
    at, why = "policies.chain_strengthening", "it acts on the whole district; leave it"
    assert sentences == [[f"{at}.parks = ['central_park']: {why} empty."], [f"{at}.remote_from = 25: {why} at 0."]]


def arrived(cluster):
    log = cluster.log.table()
    return set(log["ident"][log["event"] == Event.ARRIVED].tolist())


def test_it_costs_thirty_thousand_for_each_applicant_who_would_not_have_come(sought, toy_start, toy_setup):
    """The first month differs by the lever alone, so the two lists of applicants say who was brought."""
    crowded = with_demand(toy_setup, 1200)
    plain, acting = toy_start.fork(crowded), sought(crowded, segments=("smart_devices", "eyewear"))
    for cluster in (plain, acting):
        cluster.advance()
    brought = arrived(acting) - arrived(plain)
    assert arrived(plain) < arrived(acting) and len(brought) > 50
    assert acting.spending == [(acting.start, "chain_strengthening", "applicants", 30_000.0 * len(brought))]
    new = acting.where(Enterprise, lambda f: np.isin(f.ident, np.array(list(brought), np.uint64)))
    assert set(new.segment.tolist()) == {DEVICES, EYEWEAR}


def test_where_no_link_is_missing_it_does_and_costs_nothing(ouhai, ouhai_setup, lever):
    """Ouhai has hundreds of firms in each of its sixteen segments."""
    setup = under(ouhai_setup, [lever("chain_strengthening")], start=ouhai_setup.data.start, ramp=0)
    cluster = ouhai.fork(setup).run(until=ouhai.start + 2)
    assert cluster.all(District).chain.min() == pytest.approx(1) and not cluster.spending
