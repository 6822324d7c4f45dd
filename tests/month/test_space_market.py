"""The market for space one firm at a time: who looks, what parks make of it, who gets more, how incubation ends."""

import numpy as np
import pytest

from sim.engine.distributions import gumbel, normal
from sim.model.agents import Enterprise, Park
from sim.model.mechanisms import adaptation, choice
from sim.model.phases import space_market, tenancies
from sim.model.status import Cause, Place, Status
from tests.reference import draw


@pytest.fixture
def cluster(ouhai, ouhai_setup):
    """Ouhai with newcomers of the month before, refusals of every length, and tenants short of space."""
    cluster = ouhai.fork(ouhai_setup)
    firms, parks = cluster.all(Enterprise), cluster.all(Park)
    firms.status = np.where(firms.place > Place.DISTRICT, Status.WAITING, firms.status).astype(np.int8)
    firms.waited = (firms.ident % 20).astype(np.int16)
    firms.area = np.where(firms.ident % 3 == 0, firms.area * 2 // 3, firms.area).astype(np.int32)
    firms.acquired = firms.ident % 11 == 0
    parks.focus_only, parks.small_units = np.arange(len(parks)) % 3 / 2, np.arange(len(parks)) % 2
    parks.fitted = np.maximum(parks.fitted, parks.let + parks.turning + 500 * (np.arange(len(parks)) % 4))
    return cluster


def members(cluster, every=3):
    """Some firms, as single agents."""
    return [cluster.member(Enterprise, row) for row in range(0, len(cluster.all(Enterprise)), every)]


def test_newcomers_tenants_that_compare_or_wait_and_those_on_notice_look_for_a_park(cluster):
    p, some = cluster.parameters, members(cluster)
    looking, why = [], set()
    for firm in some:
        reasons = {
            "new": firm.status <= Status.WAITING,
            "comparing": firm.status == Status.INCUBATING
            and draw(cluster, "review", firm.luck) < p.choice.review_hazard,
            "refused": firm.status == Status.INCUBATING and firm.waited >= p.space.patience,
            "notice": firm.status in (Status.INCUBATING, Status.GRADUATE_IN_PLACE)
            and firm.lease_end() - cluster.now <= p.leaving.notice
            and not firm.acquired,
        }
        looking += [firm.row] if any(reasons.values()) else []
        why |= {name for name, holds in reasons.items() if holds}
    cohort = Enterprise.cohort(cluster, [firm.row for firm in some])
    assert space_market.seekers(cluster, cohort).rows.tolist() == looking
    assert why == {"new", "comparing", "refused", "notice"}


def test_tenants_are_short_of_space_or_content_again(cluster):
    p, some = cluster.parameters.space, members(cluster)
    short, content = [], []
    for firm in some:
        outgrown = max(firm.headcount(), 1) * p.area_per_head > p.expand_trigger * firm.area
        if firm.park_row >= 0 and outgrown:
            short.append(firm.row)
        elif firm.park_row >= 0 and firm.waited > 0:
            content.append(firm.row)
    cohort = Enterprise.cohort(cluster, [firm.row for firm in some])
    assert [found.rows.tolist() for found in space_market.short_of_space(cluster, cohort)] == [short, content]
    assert short and content


def test_the_longest_refused_get_more_space_as_far_as_it_goes(cluster):
    tenants, _ = space_market.short_of_space(cluster, cluster.all(Enterprise))
    extra, granted = space_market.grant_expansions(cluster, tenants), {}
    for row in range(len(cluster.park_keys)):
        park = cluster.member(Park, row)
        left, here = (
            int(park.lettable()),
            [f for f in map(int, tenants.rows) if tenants.table.data["park_row"][f] == row],
        )
        firms = [cluster.member(Enterprise, f) for f in here]
        for firm in sorted(firms, key=lambda f: (-int(f.waited), draw(cluster, "tie", f.luck))):
            more = int(firm.wanted_area(park.unit_area()) - firm.area)
            granted[firm.row] = more if more <= left else 0  # one too big for what is left is passed over
            left -= granted[firm.row]
    assert extra.tolist() == [granted[row] for row in tenants.rows.tolist()]
    assert 0 < np.count_nonzero(extra) < len(extra)


def test_parks_judge_newcomers_and_put_their_tenants_first(cluster):
    p, unit = cluster.parameters.choice, cluster.all(Park).unit_area()
    firms = space_market.seekers(cluster, cluster.all(Enterprise))
    firms = firms[np.arange(0, len(firms), 5)]
    firm = np.repeat(np.arange(len(firms)), 3)
    park, gain = (firm + np.arange(len(firm)) % 3) % len(unit), firm % 7 / 4
    why, passed, standing, need = space_market.applications(cluster, firms, firm, park, gain, unit)
    expected, reasons = [], [Cause.OUTSIDE_BETTER] * len(firms)
    for k, (i, j) in enumerate(zip(firm.tolist(), park.tolist(), strict=True)):
        one, site = cluster.member(Enterprise, firms.rows[i]), cluster.member(Park, j)
        place = -1e6
        if one.park_row < 0:
            noise = adaptation.by_grade(site.operator.capability, p.screening_noise)
            error = noise * normal(draw(cluster, "screening", one.luck, cluster.park_hashes[j]))
            match = site.focus[one.sector]
            score = choice.screening_score(match, one.quality, error)
            if score < choice.admission_bar(site.admission_bar, site.focus.any() * site.focus_only, match, p):
                reasons[i] = Cause.BELOW_BAR if reasons[i] == Cause.OUTSIDE_BETTER else reasons[i]
                continue
            place = -100 * score - one.waited
        expected.append((k, place, int(one.wanted_area(unit[j]))))
    for i in sorted({int(firm[k]) for k, *_ in expected}):
        keen = any(firm[k] == i and gain[k] > p.wait_margin for k, *_ in expected)
        reasons[i] = Cause.NO_ROOM if keen else Cause.OUTSIDE_BETTER
    assert list(zip(passed.tolist(), standing.tolist(), need.tolist(), strict=True)) == expected
    assert why.tolist() == reasons and len(set(reasons)) == 3


def test_incubation_ends_as_graduate_by_moving_out_or_at_the_limit(cluster):
    firms = cluster.where(Enterprise, lambda f: f.in_incubation_space())
    relocating, before = firms.ident % 3 == 0, firms.status.copy()
    stay, tenure = firms.stay.copy(), firms.tenure()
    causes = tenancies.end_incubation(cluster, firms, relocating)
    for k, row in enumerate(firms.rows.tolist()):
        firm = cluster.member(Enterprise, row)
        graduate = before[k] == Status.GRADUATE_IN_PLACE and not relocating[k]
        status, cause = (
            (Status.GRADUATED, Cause.GRADUATION)
            if graduate
            else (Status.RELOCATED, Cause.RELOCATION)
            if relocating[k]
            else (Status.EXPIRED, Cause.EXPIRY)
        )
        assert (firm.status, causes[k], firm.left_on) == (status, cause, cluster.now)
        assert firm.stay == (stay[k] if graduate else tenure[k])  # of graduates it ended with recognition
    assert len(np.unique(causes)) == 3


def test_who_leaves_goes_to_the_best_place_outside(cluster):
    firms = cluster.where(Enterprise, lambda f: f.in_incubation_space())
    _, values, places = space_market.values_outside(cluster)
    best = []
    for luck in firms.luck:
        worth = [
            value + gumbel(draw(cluster, "taste_leaving", luck, p)) for value, p in zip(values, places, strict=True)
        ]
        best.append(Place.DISTRICT + int(np.argmax(worth)))
    assert space_market.after_leaving(cluster, firms).tolist() == best
    assert len(set(best)) == 3
