"""What every policy in configs/policy has to be, so that a new one is covered by being there."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.calendar import month_number
from sim.engine.columns import columns_of
from sim.engine.mistakes import ConfigurationError
from sim.inputs.catalogue import shipped_folder
from sim.model import month
from sim.model.agents import Enterprise
from sim.model.policies import POLICY_KINDS, Policy
from tests.conftest import TOY
from tests.helpers import ALL_POLICIES, POLICIES, counts_until, log_until, same_counts, same_record, same_tables, under

STARTS, ENDS, LAST = np.datetime64("2022-04"), np.datetime64("2022-12"), np.datetime64("2023-03")
TERMS = {family: {name for name, column in columns_of(family).items() if column.term} for family in month.TERMS}
EVERY_POLICY = pytest.mark.parametrize("name", POLICIES)


@pytest.fixture(scope="module")
def short(toy_setup):
    """The toy setup without policies, to the spring after their end; rewards are paid however little was let."""
    p = toy_setup.parameters
    paid = replace(p, money=replace(p.money, task_threshold=0.0))
    return replace(toy_setup, parameters=paid, run=replace(toy_setup.run, until=LAST))


@pytest.fixture(scope="module")
def limited(short, lever):
    """limited(name) -> the same with the policy at full strength for nine months only."""
    return lambda name: under(short, [brisk(lever(name))], start=STARTS, end=ENDS, ramp=0)


def brisk(policy):
    """The same, and if it waits for rare events, with events so frequent that nine months of the toy see some."""
    return replace(policy, rate=1.0) if hasattr(policy, "rate") else policy


@pytest.fixture(scope="module")
def finished(limited, toy_start):
    """finished(name) -> the same, run to its end."""
    runs = {}

    def run(name):
        if name not in runs:
            runs[name] = toy_start.fork(limited(name)).run()
        return runs[name]

    return run


@pytest.fixture(scope="module")
def untouched(short, toy_start):
    return toy_start.fork(short).run()


def terms_of(cluster):
    """Every term of every place and of every living firm: {(family, term): array}."""
    found = {}
    for family, names in TERMS.items():
        alive = cluster.all(family).exists()
        found |= {(family.__name__, name): cluster.tables[family].data[name][: len(alive)][alive] for name in names}
    return found


# ---- the file


@EVERY_POLICY
def test_it_composes_alone_under_its_own_name(name, composed, lever):
    policies = composed(*TOY, f"policy=[{name}]").policies
    assert [policy.name for policy in policies] == [name]
    assert isinstance(lever(name), Policy)


@EVERY_POLICY
def test_its_kind_is_registered(name, lever):
    assert POLICY_KINDS[lever(name).kind] is type(lever(name))


@EVERY_POLICY
def test_it_speaks_both_languages(name, lever):
    policy = lever(name)
    for text in (policy.title, policy.explanation):
        assert set(text) == {"zh", "en"} and all(words.strip() for words in text.values())
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text["zh"])
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in text["en"])


@EVERY_POLICY
def test_its_source_resolves(name, lever):
    facts = shipped_folder() / "calibration" / "facts.csv"
    if not facts.is_file():
        pytest.skip("no configs/calibration/facts.csv yet")
    with open(facts, encoding="utf-8-sig", newline="") as file:
        known = {row["key"] for row in csv.DictReader(file)}
    assert lever(name).source in known | {"assumed"}


@EVERY_POLICY
def test_an_end_before_its_start_is_refused(name, lever, toy_setup):
    policy = replace(lever(name), end=np.datetime64("2025-01"))
    assert f"policies.{name}: ends in 2025-01, before it starts in 2026-01." in policy.problems(toy_setup.data)


@EVERY_POLICY
def test_a_start_before_the_simulations_is_refused(name, lever, toy_setup):
    policy = replace(lever(name), start=np.datetime64("2021-12"))
    sentence = f"policies.{name}.start = 2021-12: before the simulation starts in 2022-01."
    assert policy.problems(toy_setup.data) == [sentence]


@EVERY_POLICY
def test_a_park_that_does_not_exist_is_refused(name, lever, toy_setup):
    policy = replace(lever(name), parks=("central_prak",))
    sentence = f"policies.{name}.parks: 'central_prak' is not a park of toy; did you mean 'central_park'?"
    assert policy.problems(toy_setup.data) == [sentence]


@EVERY_POLICY
def test_as_it_is_shipped_nothing_is_wrong_with_it(name, lever, toy_setup, ouhai_setup):
    assert not lever(name).problems(toy_setup.data) and not lever(name).problems(ouhai_setup.data)


@EVERY_POLICY
def test_an_operator_that_does_not_exist_is_refused(name, lever, toy_setup):
    policy = replace(lever(name), operators=("state_operater",))
    sentence = f"policies.{name}.operators: 'state_operater' is not an operator of toy; did you mean 'state_operator'?"
    assert policy.problems(toy_setup.data) == [sentence]


@EVERY_POLICY
def test_parks_of_an_operator_can_be_chosen_unless_it_acts_on_the_whole_district(name, lever, toy_setup):
    """Chosen are those among its own targets; a lever for the district refuses the choice instead of ignoring it."""
    policy, parks = lever(name), toy_setup.data.parks
    for operator in ("state_operator", "private_operator"):
        chosen = replace(policy, operators=(operator,))
        before = policy.target_parks(toy_setup.data)
        after = [t for t, park in zip(before, parks, strict=True) if park.operator == operator]
        told = chosen.problems(toy_setup.data)
        if policy.whole_district:
            assert told == [f"policies.{name}.operators = {[operator]}: it acts on the whole district; leave it empty."]
        else:
            assert bool(told) != any(after)
            assert chosen.target_parks(toy_setup.data).sum() == sum(after)


@EVERY_POLICY
def test_it_answers_a_sentence_of_the_plan(name, composed):
    setup = composed(*TOY, f"policy=[{name}]")
    (policy,) = setup.policies
    assert setup.by_paragraph() == {policy.answers: [policy]}
    assert all(setup.sentence(policy)[language].strip() for language in ("zh", "en"))


@EVERY_POLICY
def test_a_copy_of_it_is_refused_unless_its_class_says_why_copies_add_up(name, lever, toy_setup):
    one, data = lever(name), toy_setup.data
    told = one.clash(replace(one, name="again"), data)
    assert bool(told) != bool(one.stacking_reason)
    if told:
        assert told.startswith(f"policies.{name} and policies.again: two ") and one.kind in told


def test_copies_that_never_meet_are_no_mistake(lever, toy_setup):
    """They differ in months, or in parks, or in whom they support."""
    data, months = toy_setup.data, {"start": np.datetime64("2028-01"), "end": None}
    for name in ("stock_activation", "service_list", "rent_relief"):
        one = replace(lever(name), end=np.datetime64("2027-12"))
        assert not one.clash(replace(one, name="later", **months), data)
        assert one.clash(replace(one, name="sooner", **months | {"start": np.datetime64("2027-12")}), data)
        central = replace(one, parks=("central_park",))
        assert not central.clash(replace(one, name="remote", parks=("remote_park",)), data)
        assert central.clash(replace(one, name="both"), data)
    housing = replace(lever("talent_housing"), tiers=("skilled",))
    assert not housing.clash(replace(housing, name="other", tiers=("high_level",)), data)
    assert housing.clash(replace(housing, name="other", tiers=("general", "skilled")), data)


def test_a_form_of_a_lever_counts_as_its_copy(lever, toy_setup):
    relief = lever("rent_relief")

    class Ramped(type(relief)):
        kind = "ramped_relief"

    class Stepped(type(relief)):
        kind = "stepped_relief"

    settings = vars(relief) | {"name": "other"}
    assert relief.clash(Ramped(**settings), toy_setup.data) and Ramped(**settings).clash(relief, toy_setup.data)
    assert Stepped(**settings).clash(Ramped(**settings), toy_setup.data)


# ---- what it does


@EVERY_POLICY
def test_strength_ramps_up_and_stops(name, lever, toy):
    policy = replace(lever(name), start=STARTS, end=ENDS, ramp=4, intensity=0.8)
    strengths = []
    for toy.now in range(month_number(STARTS) - 1, month_number(ENDS) + 2):
        strengths.append(policy.strength(toy))
    assert np.allclose(strengths, [0, 0.2, 0.4, 0.6, *[0.8] * 6, 0], rtol=1e-12)


@EVERY_POLICY
def test_terms_after_its_end_equal_baseline_terms(name, finished, untouched):
    """Each month starts from the baseline, so nothing of a policy that has ended is left."""
    cluster = finished(name)
    for family, names in TERMS.items():
        agents = cluster.all(family)[cluster.all(family).exists()]
        for term in names:
            column = cluster.tables[family].columns[term]
            expected = getattr(agents, column.baseline) if column.baseline else column.empty
            assert np.array_equal(getattr(agents, term), np.broadcast_to(expected, getattr(agents, term).shape)), term
    plain = terms_of(untouched)
    assert all(
        np.array_equal(values, plain[key]) for key, values in terms_of(finished(name)).items() if key[0] != "Enterprise"
    )


@EVERY_POLICY
def test_it_does_something_while_in_force(name, finished, untouched):
    acting = finished(name)
    assert any(amount > 0 for _, _, _, amount in acting.spending) or not same_tables(acting, untouched)


@EVERY_POLICY
def test_its_cost_is_never_negative_and_zero_before_its_start(name, finished):
    spent = finished(name).spending
    assert spent and {policy for _, policy, _, _ in spent} == {name}
    assert all(np.isfinite(amount) and amount >= 0 for *_, amount in spent)
    assert not any(amount for when, _, _, amount in spent if when < month_number(STARTS))


@EVERY_POLICY
def test_its_bill_needs_no_counts_but_those_it_names(name, finished, limited, toy_start):
    """A run of which little is asked keeps only these, and must spend the same."""
    cluster = toy_start.fork(limited(name))
    cluster.tally.wanted = frozenset(cluster.policies[0].billed_counts)
    cluster.run()
    assert cluster.spending == finished(name).spending
    assert set(cluster.tally.months[-1][1]) <= cluster.tally.wanted


@EVERY_POLICY
def test_setting_up_is_paid_once_in_its_first_month_by_intensity(name, limited, toy_start):
    changes = {"set_up": 1000.0, "intensity": 0.5, "ramp": 12}
    cluster = toy_start.fork(under(limited(name), limited(name).policies, **changes))
    cluster.run(until=month_number(STARTS) + 3)
    assert [item for item in cluster.spending if item[2] == "set_up"] == [(month_number(STARTS), name, "set_up", 500.0)]


def test_a_cost_below_zero_or_without_a_value_is_refused(toy, lever):
    for amount in (-5.0, np.nan, np.inf):

        class Refund(type(lever("rent_relief"))):
            def cost(self, cluster, amount=amount):
                return {"refund": amount}

        told = f"policies.rent_relief: its cost 'refund' in 2022-01 is {amount:g} CNY; expected 0 or more."
        with pytest.raises(ConfigurationError, match=f"^{re.escape(told)}$"):
            Refund(**vars(lever("rent_relief"))).bill(toy)


@EVERY_POLICY
def test_months_before_its_start_are_the_baselines(name, finished, untouched):
    assert np.array_equal(*(log_until(cluster, STARTS) for cluster in (finished(name), untouched)))
    assert same_counts(*(counts_until(cluster, STARTS) for cluster in (finished(name), untouched)))


@EVERY_POLICY
def test_without_intensity_it_is_no_policy(name, limited, toy_start, untouched):
    """Its effect is exactly zero, and so is its cost, setting up included."""
    none = toy_start.fork(under(limited(name), limited(name).policies, intensity=0.0, set_up=1e6)).run()
    assert same_record(none, untouched) and same_tables(none, untouched)
    assert not any(amount for *_, amount in none.spending)


@EVERY_POLICY
def test_it_writes_only_terms(name, limited, toy_start, monkeypatch):
    """While a policy acts, every column but the terms is locked."""
    cluster = toy_start.fork(limited(name))
    kind, calls = type(cluster.policies[0]), []
    hooks = {name: getattr(kind, name) for name in ("announces", "orders", "set_place_terms", "set_firm_terms", "cost")}
    for hook, act in hooks.items():

        def locked(policy, cluster, act=act, hook=hook):
            writable = {"set_place_terms": month.PLACE_TERMS, "set_firm_terms": TERMS[Enterprise]}.get(hook, ())
            for table in cluster.tables.values():
                table.lock(frozenset(writable))
            try:
                return act(policy, cluster)
            finally:
                calls.append(hook)
                for table in cluster.tables.values():
                    table.lock(None)

        monkeypatch.setattr(kind, hook, locked)
    cluster.run(until=month_number(STARTS) + 3)
    assert len(set(calls)) == 5


def test_the_lock_of_the_test_above_would_catch_a_policy_that_writes_state(toy):
    for table in toy.tables.values():
        table.lock(frozenset(month.PLACE_TERMS))
    with pytest.raises(ValueError, match="read-only"):
        toy.all(Enterprise).cash = 0.0


def test_packages_have_no_order(composed, toy_start):
    setup = composed(*TOY, ALL_POLICIES)
    setup = under(setup, setup.policies, start=STARTS)
    backward = replace(setup, policies=setup.policies[::-1])
    one, other = (toy_start.fork(s).run(until=month_number(STARTS) + 10) for s in (setup, backward))
    assert same_record(one, other) and same_tables(one, other) and one.spending == other.spending


def test_packages_written_in_another_order_are_the_same_package(composed):
    forward, backward = (composed(*TOY, f"policy=[{','.join(names)}]") for names in (POLICIES, POLICIES[::-1]))
    assert sorted(p.name for p in forward.policies) == sorted(p.name for p in backward.policies)
    assert {p.name: p for p in forward.policies} == {p.name: p for p in backward.policies}
