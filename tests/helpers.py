"""What several tests need: the policies there are, packages made of them, and the record two runs are compared by."""

import importlib
import os
from dataclasses import replace

import numpy as np
import pytest

from sim.engine.calendar import month_number
from sim.inputs.catalogue import shipped_folder

POLICIES = sorted(path.stem for path in (shipped_folder() / "policy").glob("*.yaml"))
ALL_POLICIES = f"policy=[{','.join(POLICIES)}]"


def library(name, needed="CI"):
    """A library of an extra: where it is not installed a test is skipped, but not if the environment says it is needed."""
    return importlib.import_module(name) if os.environ.get(needed) else pytest.importorskip(name)


def under(setup, policies, **changes):
    """A setup with these Policy instances, each changed in the same fields."""
    return replace(setup, policies=tuple(replace(policy, **changes) for policy in policies))


def later(setup, months):
    """The calendar month so many months after the start."""
    return setup.data.start + np.timedelta64(months, "M")


def log_until(cluster, month):
    """Events before a calendar month."""
    log = cluster.log.table()
    return log[log["month"] < month_number(month)]


def counts_until(cluster, month):
    """Counts filed before a calendar month: [(month number, firm counts, park counts, district counts)]."""
    return [filed for filed in cluster.tally.months if filed[0] < month_number(month)]


def same_counts(one, other):
    """Whether two lists of filed months hold the same counts, bit for bit."""
    return len(one) == len(other) and all(
        a[0] == b[0]
        and all(
            x.keys() == y.keys() and all(np.array_equal(x[k], y[k]) for k in x)
            for x, y in zip(a[1:], b[1:], strict=True)
        )
        for a, b in zip(one, other, strict=True)
    )


def same_tables(one, other):
    """Whether two clusters hold the same agents in the same state, bit for bit."""
    for family, table in one.tables.items():
        twin = other.tables[family]
        if len(table) != len(twin) or table.data.keys() != twin.data.keys():
            return False
        if not all(
            np.array_equal(a[: len(table)], twin.data[n][: len(table)], equal_nan=a.dtype.kind == "f")
            for n, a in table.data.items()
        ):
            return False
    return True


def same_record(one, other):
    """Whether two clusters wrote the same event log and the same counts, bit for bit."""
    return np.array_equal(one.log.table(), other.log.table()) and same_counts(one.tally.months, other.tally.months)


def optional(module):
    """A library of an extra; without it a test is skipped, unless INCUBATOR_NO_SKIP=1 says that it must be there."""
    if os.environ.get("INCUBATOR_NO_SKIP") == "1":
        return importlib.import_module(module)
    return pytest.importorskip(module)
