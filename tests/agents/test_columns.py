"""Columns: one array a model, and nothing written that would be lost."""

import copy
import pickle

import numpy as np
import pytest

from sim.engine import columns
from sim.engine.columns import Column, Table
from sim.model.agents import District, Enterprise, Park
from sim.model.cluster import Cluster
from tests.helpers import same_record, same_tables


class Licensed(Enterprise):
    """A kind of firm with a column of its own."""

    licence = Column(float, unit="CNY", empty=3.0)

    def licensed(self):
        return self.licence > 3


@pytest.fixture
def many(ouhai, ouhai_setup):
    """Ouhai, a few thousand rows, free to be changed."""
    return ouhai.fork(ouhai_setup)


def tenants(cluster):
    return cluster.where(Enterprise, lambda f: f.is_tenant())


def compact_now(cluster):
    """End nine firms in ten, so that the next compaction removes them."""
    ended = cluster.all(Enterprise)[np.arange(len(cluster.tables[Enterprise])) % 10 > 0]
    ended.park_row, ended.status = np.int32(-1), np.int8(8)
    cluster.compact()


# ---- state


def test_two_models_at_once_share_no_state(toy_setup):
    alone = [Cluster(toy_setup, seed) for seed in (1, 2)]
    for cluster in alone:
        cluster.run(until=cluster.start + 6)
    together = [Cluster(toy_setup, seed) for seed in (1, 2)]
    for _ in range(6):
        for cluster in together:
            cluster.advance()
    assert all(same_tables(a, b) and same_record(a, b) for a, b in zip(alone, together, strict=True))
    assert not same_tables(*together)


def test_growth_keeps_values_and_gives_new_rows_empty_ones(toy):
    table, before = toy.tables[Enterprise], toy.tables[Enterprise].data
    kept = {name: array[: len(table)].copy() for name, array in before.items()}
    size, capacity = len(table), table.capacity
    Enterprise.enter(toy, 3 * capacity, cash=np.arange(3.0 * capacity))
    assert table.capacity > 3 * capacity
    assert all(np.array_equal(table.data[name][:size], values) for name, values in kept.items())
    assert np.array_equal(table.data["cash"][size : len(table)], np.arange(3.0 * capacity))
    assert (table.data["park_row"][size : len(table)] == -1).all()


def test_rows_freed_by_compaction_come_back_empty(many):
    compact_now(many)
    new = Enterprise.enter(many, 500)
    for name, column in many.tables[Enterprise].columns.items():
        assert (getattr(new, name) == column.empty).all(), name


def test_compaction_keeps_the_order_and_the_values_of_those_who_stay(many):
    firms = many.all(Enterprise)
    kept = np.arange(len(firms)) % 10 == 0
    expected = firms.ident[kept & firms.exists()], firms.cash[kept & firms.exists()]
    compact_now(many)
    firms = many.all(Enterprise)
    assert np.array_equal(firms.ident, expected[0])
    assert np.array_equal(firms.cash, expected[1])


def test_a_column_of_a_subclass_appears_when_its_first_agent_enters(toy):
    table, before = toy.tables[Enterprise], len(toy.tables[Enterprise])
    assert "licence" not in table.data
    new = Licensed.enter(toy, 2, licence=np.array([3.0, 5.0]))
    assert np.array_equal(new.licensed(), [False, True])
    assert (table.data["licence"][:before] == 3.0).all()
    assert "licence" not in columns.columns_of(Enterprise)


def test_each_class_reads_its_own_rows(toy):
    Licensed.enter(toy, 4, status=np.int8(2))
    sizes = {type(cohort): len(cohort) for cohort in toy.cohorts(Enterprise, lambda f: f.exists())}
    assert sizes[Licensed] == 4
    assert sum(sizes.values()) == toy.all(Enterprise).exists().sum()


def test_the_row_minus_one_is_nobody(many):
    """A relation of -1 reads the column's empty value, whatever the table went through."""
    for change in (
        lambda: None,
        lambda: compact_now(many),
        lambda: Enterprise.enter(many, 5000),
        lambda: many.run(until=many.now + 3),
    ):
        change()
        for family, table in many.tables.items():
            for name, column in table.columns.items():
                assert (table.data[name][-1] == column.empty).all(), (family.__name__, name)


# ---- copies


@pytest.mark.parametrize(
    "duplicate", [lambda c: pickle.loads(pickle.dumps(c)), copy.deepcopy], ids=["pickle", "deepcopy"]
)
def test_a_copy_with_mesa_objects_and_a_subclass_steps_like_the_original(ouhai_setup, ouhai, duplicate):
    original = ouhai.fork(ouhai_setup)
    original.species["university"] = Licensed
    for _ in range(3):
        original.step()
    assert len(original.agents) > 100
    twin = duplicate(original)
    for _ in range(3):
        original.step()
        twin.step()
    assert same_tables(original, twin) and same_record(original, twin)
    assert len(twin.agents) == len(original.agents)
    assert {a.ident for a in twin.agents_by_type[Licensed]} == {a.ident for a in original.agents_by_type[Licensed]}
    next(iter(twin.agents_by_type[Enterprise])).cash = -1.0
    assert not same_tables(original, twin)


# ---- writes that would be lost


def test_writing_into_what_a_cohort_read_is_refused(toy):
    for firms in (tenants(toy), toy.all(Enterprise)):
        with pytest.raises(ValueError, match="read-only"):
            firms.cash[0] = 1.0
        with pytest.raises(ValueError, match="read-only"):
            firms.cash += 1.0


def test_writing_through_a_relation_is_refused(toy):
    parks = tenants(toy).park
    for reached in (parks, parks[np.array([0, 1])], parks.operator):
        name = "rent" if isinstance(reached, Park) else "cash"
        with pytest.raises(TypeError, match="through a relation"):
            setattr(reached, name, 1.0)


def test_a_cohort_held_across_compaction_is_refused(many):
    firms, everyone = tenants(many), many.all(Enterprise)
    compact_now(many)
    for held in (firms, everyone):
        with pytest.raises(RuntimeError, match="before rows were renumbered"):
            held.cash  # noqa: B018
        with pytest.raises(RuntimeError, match="before rows were renumbered"):
            held.cash = 1.0


def test_a_part_of_a_cohort_held_across_compaction_is_refused_too(many):
    firms = tenants(many)
    compact_now(many)
    with pytest.raises(RuntimeError, match="before rows were renumbered"):
        firms[np.arange(3)].cash  # noqa: B018


def test_repeated_rows_are_refused_when_writes_are_checked(toy):
    firms = Enterprise.cohort(toy, [0, 1, 1])
    with pytest.raises(ValueError, match="rows repeat"):
        firms.cash = firms.cash + 1


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("area", np.array([1.9]), TypeError),
        ("area", 1.9, TypeError),
        ("patents", np.array([40000]), OverflowError),
        ("patents", 40000, OverflowError),
        ("status", np.array([300]), OverflowError),
        ("ident", np.array([1.0]), TypeError),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_refused(toy, name, value, error):
    firms = Enterprise.cohort(toy, [0])
    with pytest.raises(error, match="does not fit"):
        setattr(firms, name, value)


def test_one_position_of_a_cohort_is_a_cohort_of_one(toy):
    firms = toy.all(Enterprise)
    first = firms[0]
    assert len(first) == 1
    assert np.array_equal(np.ravel(first.cash), firms.cash[:1])


def test_a_departed_agent_says_so(many):
    agents = {agent.ident: agent for agent in many.agents_by_type[Enterprise]}
    compact_now(many)
    left = [agents[i] for i in agents.keys() - set(many.all(Enterprise).ident.tolist())]
    assert left
    for reading in (
        lambda: left[0].cash,
        left[0].headcount,
        lambda: left[0].park,
        lambda: setattr(left[0], "cash", 1.0),
    ):
        with pytest.raises(LookupError, match="no longer in the model"):
            reading()


# ---- terms


def test_only_terms_can_be_edited(toy):
    with pytest.raises(ValueError, match=r"'rent' is not a term of Park; terms are: .*relief"):
        toy.all(Park).edit(rent=1.0)


def test_edits_combine_by_the_rule_of_their_column(toy):
    parks, district = toy.all(Park), toy.all(District)
    for cohort in (parks, district):
        cohort.reset_terms()
    for amount in (2.0, 3.0):
        parks.edit(relief=amount, activation=amount)
        district.edit(process_speed=amount)
    assert (parks.relief == 5.0).all() and (parks.activation == 3.0).all() and (district.process_speed == 6.0).all()


# ---- locks


def test_a_lock_holds_when_the_table_grows():
    table = Table(Enterprise, {})
    table.lock({"area"})
    table.grow(10_000)
    table.data["area"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        table.data["cash"][0] = 1.0
