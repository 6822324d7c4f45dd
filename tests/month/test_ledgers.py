"""Stocks reconcile with flows: every month, any seed, any parameters within their bounds, with and without policies."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.model.agents import District, Enterprise, Operator, Park, ServicePlatform
from sim.model.status import Cause, Event, Place, Status
from sim.model.vocabulary import NEEDS, TIERS
from tests.month.worlds import POLICIES, columns, parameter_values, setup_of, watched, with_demand, with_parameters

FIRM = (
    "ident", "status", "place", "park_row", "sector", "area", "staff", "january", "january_park", "need_since",
    "need_due", "need_platform", "left_on", "entered_on", "recognised_on", "acquired", "vouchers_used",
)  # fmt: skip
PARK = ("announced", "fitted", "let", "turning", "rent", "january_staff", "reemployed", "relief_due", "graduates")


class Books:
    """What was there at the end of each month, before some phases, and what the month counted in between."""

    def __init__(self, setup, seed):
        self.setup, self.months = setup, []
        looks = {
            "serve": self.look("before_serve"), "staff": self.look("after_serve"), "grow": self.look("grow"),
            "settle": self.look("settle"), "end": self.look("end"),
        }  # fmt: skip
        self.cluster = watched(setup, seed, looks)
        self.now = SimpleNamespace()
        self.look("end")(self.cluster)
        before = self.now.end
        for _ in range(setup.months):
            self.now, spent = SimpleNamespace(before=before), len(self.cluster.spending)
            self.cluster.advance()
            self.now.number, self.now.firm, self.now.park, self.now.district = self.cluster.tally.months[-1]
            self.now.spending = self.cluster.spending[spent:]
            self.months.append(self.now)
            before = self.now.end
        self.log = self.cluster.log.table()

    def look(self, when):
        def take(cluster):
            seen = SimpleNamespace(
                firm=SimpleNamespace(**columns(cluster, Enterprise, *FIRM)),
                park=SimpleNamespace(**columns(cluster, Park, *PARK)),
                cash=columns(cluster, Operator, "cash")["cash"],
                places=cluster.all(ServicePlatform).places(),
                pool=columns(cluster, District, "labour_pool")["labour_pool"][0],
            )
            tenants = cluster.where(Enterprise, lambda f: f.is_tenant())
            parks = len(cluster.all(Park))
            seen.rent = np.bincount(tenants.park_row, tenants.net_rent() * tenants.area, minlength=parks)
            setattr(self.now, when, seen)

        return take

    def counted(self, month, name):
        """A count of the month by park, the firms outside the parks last (parks + 1,)."""
        return month.firm.get(name, np.zeros((len(month.end.park.let) + 1, 1))).sum(axis=1)

    def events(self, month, event):
        return self.log[(self.log["month"] == month.number) & (self.log["event"] == event)]


def by_park(firm, mask, amount, parks):
    """Sum over firms by park, those outside last."""
    row = np.where(firm.park_row >= 0, firm.park_row, parks)
    return np.bincount(row[mask], weights=amount[mask], minlength=parks + 1)


def check_space(books):
    for m in books.months:
        park, start, parks = m.end.park, m.before.park, len(m.end.park.let)
        assert np.all(park.turning >= 0) and np.all(park.let >= 0)
        assert np.all(park.let + park.turning <= park.fitted)
        assert np.all(park.fitted <= park.announced)
        areas = by_park(m.end.firm, m.end.firm.park_row >= 0, m.end.firm.area, parks)[:parks]
        assert np.array_equal(park.let, areas), "let is the sum of tenants' areas"
        let = sum(books.counted(m, n)[:parks] for n in ("admitted_area", "expanded_area", "moved_in_area"))
        vacated = m.park.get("vacated", 0)
        assert np.array_equal(park.let - start.let, let - vacated), "let changes by what is let and vacated"
        assert np.array_equal(park.turning - start.turning, vacated - m.park["returned"])
        assert np.array_equal(park.fitted - start.fitted, m.park["fitted_out"])
        assert np.all(park.announced >= start.announced)


def check_people(books):
    for m in books.months:
        parks = len(m.end.park.let)
        local = [(seen.firm.status < Status.CLOSED) & (seen.firm.place <= Place.DISTRICT) for seen in (m.before, m.end)]
        for tier, name in enumerate(TIERS):
            start, end = (
                by_park(seen.firm, mask, seen.firm.staff[:, tier], parks)
                for seen, mask in zip((m.before, m.end), local, strict=True)
            )
            flow = {n: books.counted(m, f"{n}_{name}") for n in FLOWS}
            change = flow["staff_entering"] + flow["hires"] - flow["quits"] - flow["layoffs"] - flow["staff_leaving"]
            assert np.array_equal(end - start, change), f"{name} staff by park, those outside the parks last"
        assert np.all(m.end.firm.staff >= 0)
        assert np.all(m.end.pool >= 0)


FLOWS = ("staff_entering", "hires", "quits", "layoffs", "staff_leaving")


def check_enterprises(books):
    for m in books.months:
        firm, alive = m.end.firm, m.end.firm.status < Status.CLOSED
        arrived = books.events(m, Event.ARRIVED)["ident"]
        before = set(m.before.firm.ident[m.before.firm.status < Status.CLOSED].tolist())
        assert not before & set(arrived.tolist()), "identities are new"
        assert len(set(firm.ident.tolist())) == len(firm.ident)
        here = before | set(arrived.tolist())
        ended = {
            s: firm.ident[(firm.status == s) & np.isin(firm.ident, list(here))] for s in Status if s >= Status.CLOSED
        }
        assert alive.sum() == len(here) - sum(len(who) for who in ended.values())
        assert set(firm.ident[alive].tolist()) <= here
        assert set(ended[Status.CLOSED].tolist()) == set(books.events(m, Event.CLOSED)["ident"].tolist())
        assert set(ended[Status.ACQUIRED].tolist()) == set(books.events(m, Event.ACQUIRED)["ident"].tolist())
        settled = books.events(m, Event.SETTLED)
        gone = settled["ident"][settled["place"] == Place.GONE]
        assert set(ended[Status.DROPPED].tolist()) == set(gone.tolist())
        assert set(ended[Status.UNFOLLOWED].tolist()) <= set(settled["ident"].tolist())
        assert len(gone) == books.counted(m, "settled_gone").sum()
        assert len(arrived) == books.counted(m, "arrivals").sum()


def check_statuses(books):
    for m in books.months:
        f, s = m.end.firm, m.end.firm.status
        alive, tenant = s < Status.CLOSED, m.end.firm.park_row >= 0
        assert not np.any(s == Status.APPLICANT), "an applicant is one within its month of arrival only"
        assert np.array_equal(tenant & alive, (f.place == Place.CLUSTER) & alive)
        assert not np.any(tenant & ~alive)
        assert np.array_equal(tenant, f.area > 0)
        incubating = (s == Status.INCUBATING) | (s == Status.GRADUATE_IN_PLACE)
        assert np.all(tenant[incubating])
        never = (s == Status.WAITING) | (s == Status.ELSEWHERE) | (s == Status.RELOCATED)
        assert not np.any(tenant[never])
        assert np.all(f.place[s == Status.WAITING] == Place.GONE)
        assert np.all(np.isin(f.place[s == Status.ELSEWHERE], (Place.DISTRICT, Place.CITY)))
        out = alive & np.isin(s, (Status.GRADUATED, Status.EXPIRED, Status.RELOCATED))
        assert np.all(f.left_on[out] >= 0) and np.all(f.entered_on[out] >= 0)
        assert np.all(f.entered_on[(s == Status.WAITING) | (s == Status.ELSEWHERE)] < 0)
        recognised = np.isin(s, (Status.GRADUATE_IN_PLACE, Status.GRADUATED, Status.ACQUIRED))
        assert np.array_equal(recognised[alive], (f.recognised_on >= 0)[alive])


def check_tenants(books):
    for m in books.months:
        parks = len(m.end.park.let)
        start, end = (
            by_park(x.firm, x.firm.park_row >= 0, np.ones(len(x.firm.status)), parks) for x in (m.before, m.end)
        )
        c = {n: books.counted(m, n) for n in ("admitted", "moved_in", "moved_out", "closed_tenants", "left_tenants")}
        change = c["admitted"] + c["moved_in"] - c["moved_out"] - c["closed_tenants"] - c["left_tenants"]
        assert np.array_equal((end - start)[:parks], change[:parks])
        inside = [(x.firm.status == Status.INCUBATING).sum() for x in (m.before, m.end)]
        c = {n: books.counted(m, n).sum() for n in ("admitted", "graduates", "closed", "relocated", "expired")}
        assert inside[1] - inside[0] == c["admitted"] - c["graduates"] - c["closed"] - c["relocated"] - c["expired"]


def check_services(books):
    for m in books.months:
        stays = set(m.end.firm.ident[m.end.firm.park_row >= 0].tolist())
        leaver = ~np.isin(m.after_serve.firm.ident, list(stays))
        tenant = m.after_serve.firm.park_row >= 0
        for kind, name in enumerate(NEEDS):

            def openly(seen, what, kind=kind):
                return (getattr(seen.firm, what)[:, kind] >= 0) & (seen.firm.park_row >= 0)

            c = {n: books.counted(m, f"{n}_{name}").sum() for n in ("raised", "taken", "lapsed", "served")}
            dropped = (openly(m.after_serve, "need_since") & leaver & tenant).sum()
            change = openly(m.end, "need_since").sum() - openly(m.before, "need_since").sum()
            assert c["raised"] == c["taken"] + c["lapsed"] + dropped + change, name
            dropped = (openly(m.after_serve, "need_due") & leaver & tenant).sum()
            change = openly(m.end, "need_due").sum() - openly(m.before, "need_due").sum()
            assert c["taken"] == c["served"] + dropped + change, name
        was, now = m.before_serve.firm, m.after_serve.firm
        new = tenant[:, None] & (now.need_due >= 0) & (was.need_due <= m.number)
        cases = np.bincount(now.need_platform[new], minlength=len(m.after_serve.places))
        assert np.all(cases <= m.after_serve.places), "a platform takes up no more than it can"
        assert cases.sum() == books.counted(m, "taken").sum()


def check_retention(books):
    for m in books.months:
        for name in TIERS:
            here = {n: m.firm.get(f"{n}_{name}", np.zeros(1)) for n in ("same_firm", "reemployed", "january")}
            assert np.all(here["same_firm"] + here["reemployed"] <= here["january"]), name
        assert np.all((m.end.firm.january >= 0) & (m.end.firm.january <= m.end.firm.staff))


def check_money(books):
    money = books.setup.parameters.money
    for m in books.months:
        lines = sum(amount for *_, amount in m.spending)
        assert m.district["public_spending"] == pytest.approx(lines, rel=1e-12)
        assert all(np.isfinite(amount) and amount >= 0 for *_, amount in m.spending)
        assert np.allclose(m.park["rent_income"], m.grow.rent, rtol=1e-12), "rent is received where it is charged"
        public = sum(amount for _, _, line, amount in m.spending if line in ("reward", "pay"))
        income = m.park["rent_income"].sum() + m.park["service_income"].sum() + public
        books_change = (m.end.cash - m.settle.cash).sum()
        assert books_change == pytest.approx(income - money.running * m.end.park.fitted.sum(), rel=1e-9, abs=1e-3)


def check_firms_money(books):
    """What funds pay is what firms receive, and each voucher spent is paid for."""
    money = books.setup.parameters.money
    for m in books.months:
        rounds = books.events(m, Event.FUNDED)
        received = rounds["amount"][rounds["cause"] == Cause.SEED_FUND]
        assert sum(amount for _, _, line, amount in m.spending if line == "seed_rounds") == received.sum()
        assert np.all(received == money.seed_round)
        was = dict(zip(m.before_serve.firm.ident.tolist(), m.before_serve.firm.vouchers_used.tolist(), strict=True))
        now = m.after_serve.firm
        spent = sum(int(n) - was[i] for i, n in zip(now.ident.tolist(), now.vouchers_used, strict=True))
        paid = sum(amount for _, _, line, amount in m.spending if line == "vouchers")
        assert paid == pytest.approx(spent * money.voucher, rel=1e-12)


def check_occupancy(books):
    for m in books.months:
        occupancy = m.park["let"] / np.maximum(m.park["fitted"], 1)
        assert np.all((occupancy >= 0) & (occupancy <= 1))


CHECKS = (
    check_space, check_people, check_enterprises, check_statuses, check_tenants, check_services, check_retention,
    check_money, check_firms_money, check_occupancy,
)  # fmt: skip
RANDOM = {
    "deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),  # a failing world is small already, and shrinking it takes minutes
}  # fmt: skip


@settings(max_examples=16, **RANDOM)
@given(
    seed=st.integers(0, 2**31 - 1),
    values=parameter_values(),
    package=st.sets(st.sampled_from(POLICIES)),
    applicants=st.integers(20, 200),
)
def test_stocks_reconcile_with_flows_whatever_the_parameters_and_policies(seed, values, package, applicants):
    setup = setup_of("toy", package, months=14, burn_in=18)
    books = Books(with_demand(with_parameters(setup, values), applicants), seed)
    for check in CHECKS:
        check(books)


@pytest.fixture(scope="module")
def ouhai():
    """Twenty-five months of Ouhai under every policy."""
    return Books(setup_of("ouhai", POLICIES, months=25, burn_in=18), 3)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_stocks_reconcile_with_flows_in_ouhai_under_every_policy(ouhai, check):
    check(ouhai)


@settings(max_examples=4, **RANDOM)
@given(seed=st.integers(0, 2**31 - 1), values=parameter_values(), applicants=st.integers(40, 300))
def test_without_a_policy_public_spending_is_exactly_nothing(seed, values, applicants):
    books = Books(with_demand(with_parameters(setup_of("toy", (), months=13, burn_in=12), values), applicants), seed)
    assert books.cluster.spending == []
    assert all(m.district["public_spending"] == 0 and m.district["owed"] == 0 for m in books.months)
    entrants = sum(books.counted(m, "admitted").sum() for m in books.months)
    assert entrants > 0 or values


def test_firms_that_go_in_a_month_have_paid_its_rent(ouhai):
    gone = [m.grow.rent.sum() - m.settle.rent.sum() for m in ouhai.months]
    assert min(gone) >= 0 and max(gone) > 0, "nobody went, so that nothing was tested"
    for m in ouhai.months:
        assert m.park["rent_income"].sum() == pytest.approx(m.grow.rent.sum(), rel=1e-12)


@pytest.mark.parametrize("targets", ["every park", "parks further out"])
def test_operators_get_the_performance_pay_that_the_public_spends(targets):
    setup = setup_of("ouhai", ("performance_contracts",), months=4, burn_in=2, start=0)
    (contracts,) = setup.policies
    aimed = replace(contracts, remote_from=15 if targets == "parks further out" else 0)
    books = Books(replace(setup, policies=(aimed,)), 1)
    check_money(books)
    assert all(m.spending[0][-1] > 0 for m in books.months)


def test_what_is_owed_for_relief_in_december_is_paid_in_january():
    books = Books(setup_of("ouhai", ("rent_relief",), months=14, burn_in=14, start=0), 1)
    owed = [m.district["owed"] for m in books.months]
    paid = [sum(amount for *_, amount in m.spending) for m in books.months]
    assert owed[11] > 0 and paid[12] == pytest.approx(owed[11], rel=1e-12)
    assert sum(paid) == paid[12] and sum(owed) == owed[11]
