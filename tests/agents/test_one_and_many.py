"""Every rule of an agent gives one agent exactly what it gives that agent among many."""

import inspect

import numpy as np
import pytest

from sim.engine.columns import ColumnAgent
from sim.model.agents import Enterprise, Operator, Park, ServicePlatform
from sim.model.cluster import Cluster
from tests.conftest import OUHAI, SEED
from tests.helpers import ALL_POLICIES

pytestmark = pytest.mark.usefixtures("readable")


class Spinout(Enterprise):
    """A kind of firm that fails half as often and wants more space."""

    def closure_hazard(self):
        return 0.5 * super().closure_hazard()

    def headcount(self):
        return super().headcount() + np.where(self.age() < 24, 1, 0)


FAMILIES = (Enterprise, Park, Operator, ServicePlatform, Spinout)


def behaviours(cls):
    """Names of public methods that need no argument, declared in the model's own classes."""
    own = [base for base in cls.__mro__ if issubclass(base, ColumnAgent) and base is not ColumnAgent]
    names = sorted(
        {name for base in own for name, thing in vars(base).items() if inspect.isfunction(thing) and name[0] != "_"}
    )
    return [name for name in (*names, "exists") if len(inspect.signature(getattr(cls, name)).parameters) == 1]


@pytest.fixture(scope="module")
def lived(composed):
    """Ouhai under every policy, with spin-offs of another class, a year and a half in."""
    setup = composed(*OUHAI, ALL_POLICIES, *(f"policies.{p}.start=2022-03" for p in ALL_POLICIES[8:-1].split(",")))
    cluster = Cluster(setup, SEED, species={"university": Spinout})
    return cluster.run(until=cluster.start + 18)


def test_every_family_has_behaviours():
    assert {"closure_hazard", "net_rent", "lease_end", "headcount", "exists"} <= set(behaviours(Enterprise))
    assert (
        "relief_years" in behaviours(Park)
        and "initiative" in behaviours(Operator)
        and "places" in behaviours(ServicePlatform)
    )
    assert "closure_hazard" in behaviours(Spinout)


@pytest.mark.parametrize(("cls", "name"), [(cls, name) for cls in FAMILIES for name in dict.fromkeys(behaviours(cls))])
def test_one_is_many(lived, cls, name):
    table = lived.table_of(cls)
    alive = lived.all(table.family).exists()
    rows = np.flatnonzero(alive & (table.kind[: len(table)] == table.classes.index(cls)))
    assert rows.size
    cohort = cls.cohort(lived, rows)
    together = np.asarray(getattr(cohort, name)())
    alone = np.stack([getattr(lived.member(table.family, row), name)() for row in rows.tolist()])
    assert together.shape == alone.shape
    assert np.array_equal(together, alone, equal_nan=together.dtype.kind == "f")


@pytest.mark.parametrize("name", behaviours(Enterprise))
def test_many_by_number_is_all_by_slice(lived, name):
    """A whole table is read without copying, a part by row numbers: the same numbers come out."""
    everyone = lived.all(Enterprise)
    by_slice = np.asarray(getattr(everyone, name)())
    by_number = np.asarray(getattr(Enterprise.cohort(lived, everyone.rows), name)())
    assert np.array_equal(by_slice, by_number, equal_nan=by_slice.dtype.kind == "f")


@pytest.mark.parametrize("name", ["quality", "staff", "past_revenue", "need_since"])
def test_a_column_is_read_alike(lived, name):
    rows = np.flatnonzero(lived.all(Enterprise).exists())[:200]
    together = getattr(Enterprise.cohort(lived, rows), name)
    assert np.array_equal(together, np.stack([getattr(lived.member(Enterprise, row), name) for row in rows.tolist()]))


def test_relations_are_read_alike(lived):
    tenants = lived.where(Enterprise, lambda f: f.is_tenant())
    assert np.array_equal(tenants.park.rent, [lived.member(Enterprise, row).park.rent for row in tenants.rows.tolist()])
    grades = [lived.member(Enterprise, row).park.operator.capability for row in tenants.rows[:100].tolist()]
    assert np.array_equal(tenants.park.operator.capability[:100], grades)
    by_park = lived.all(Park).capability()
    assert np.array_equal(tenants.by_park(by_park, 0.0)[:100], grades)


def test_the_subclass_rule_differs_from_its_parent(lived):
    """So that the comparison above does not hold for lack of an override."""
    spinouts = lived.cohorts(Enterprise, lambda f: f.exists())
    spinouts = next(cohort for cohort in spinouts if type(cohort) is Spinout)
    ordinary = Enterprise.cohort(lived, spinouts.rows)
    assert np.array_equal(spinouts.closure_hazard(), 0.5 * ordinary.closure_hazard())
    assert (spinouts.headcount() != ordinary.headcount()).any()
