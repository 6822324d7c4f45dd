"""One class, two readings: `agent.row` is a number for one agent and an array of numbers for a cohort.

State is declared once, as a Column on the agent's class, and stored as one array per model. A rule written as a method
therefore runs on one enterprise or on all of them, and a subclass overrides it with ordinary `super()`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import IntEnum
from typing import Any, Self

import mesa
import numpy as np

from sim.engine.quantity import Quantity, Reading

BOOL = np.dtype(bool)  # an array's kind is compared faster with this than with the Python type
CHECKED = False  # tests switch this on: range, kind and repeated rows are then checked at every write


class Column:
    """A state variable: declared on an agent class, stored in the model's table.

    shape: () for one value an agent; numbers or names of model sizes ("parks", "sectors") for several.
    term: None, or how policies' edits combine: "add", "multiply" or "max". Only terms may be moved by policies.
    empty: what a new row holds; for a term also what each month starts from, unless `baseline` names another column.
    """

    def __init__(
        self,
        dtype: Any,
        *,
        unit: str = "1",
        doc: str = "",
        shape: tuple[int | str, ...] = (),
        term: str | None = None,
        empty: float = 0,
        baseline: str | None = None,
    ) -> None:
        self.dtype, self.unit, self.doc, self.shape = np.dtype(dtype), unit, doc, shape
        self.term, self.empty, self.baseline = term, empty, baseline

    def __set_name__(self, family: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: Any, family: type | None = None) -> Any:
        if agent is None:
            return self
        table, row = agent.table, agent.row
        if not agent.many:
            return table.data[self.name][row]
        if agent.stamp != table.version:
            agent.stale(self.name)
        if type(row) is slice:
            return table.frozen[self.name][row]
        value = table.data[self.name].take(row, 0)  # [row], but faster where it matters: many rows, several values
        value.setflags(False)  # not to be written: a cohort reads copies, and what is written into one would be lost
        return value

    def __set__(self, agent: "ColumnAgent", value: Any) -> None:
        if agent.many and agent.stamp != agent.table.version:
            agent.stale(self.name)
        if agent.borrowed:
            raise TypeError(f"{type(agent).__name__}.{self.name}: reached through a relation, which is for reading")
        if CHECKED:
            self.check(agent, value)
            self.check_rows(agent, agent.row)
        # a member of an enum as a plain number: numpy takes several times as long over the member
        agent.table.data[self.name][agent.row] = int(value) if isinstance(value, IntEnum) else value

    def check(self, agent: "ColumnAgent", value: Any) -> None:
        """Refuse values that numpy would wrap or truncate silently."""
        value, where = np.asarray(value), f"{type(agent).__name__}.{self.name}"
        if not np.can_cast(value.dtype, self.dtype, "same_kind") and (value.ndim or value.dtype.kind == "f"):
            raise TypeError(f"{where}: {value.dtype} does not fit {self.dtype}")
        if self.dtype.kind in "iu" and value.size:
            limits = np.iinfo(self.dtype)
            if value.min() < limits.min or value.max() > limits.max:
                raise OverflowError(f"{where}: {value.min()} to {value.max()} does not fit {self.dtype}")

    def check_rows(self, agent: "ColumnAgent", rows: Any) -> None:
        """Refuse to write a row twice: numpy would keep only the last value."""
        rising = not isinstance(rows, np.ndarray) or (rows[1:] > rows[:-1]).all()  # as nearly always, and quickly seen
        if not rising and np.unique(rows).size < rows.size:
            raise ValueError(f"{type(agent).__name__}.{self.name}: rows repeat, so only the last value would stay")


def columns_of(cls: type) -> dict[str, Column]:
    """Every Column a class declares or inherits, by name, oldest ancestor first."""
    found = {}
    for declared in map(vars, reversed(cls.__mro__)):
        found |= {name: value for name, value in declared.items() if isinstance(value, Column)}
    return found


class Table:
    """The columns of one agent family. Rows are appended, and now and then the dead ones are removed, in order.

    The last row of every array is nobody: it holds each column's empty value and is what a relation of -1 reads.
    """

    def __init__(self, family: type, sizes: Mapping[str, int], capacity: int = 64) -> None:
        self.family, self.sizes, self.capacity, self.size = family, sizes, capacity, 0
        self.version, self.locked = 0, None
        self.used = 0  # rows beyond this one have never held an agent, so they are empty
        self.classes, self.data, self.columns, self.terms = [], {}, {}, []
        self.frozen = {}  # the same arrays, to read from only
        self.kind = np.zeros(capacity, np.int8)  # classes[kind[row]] is the row's class
        self.welcome(family)

    def __len__(self) -> int:
        return self.size

    def welcome(self, cls: type) -> int:
        """Make room for the columns a class declares or inherits; returns its number among the table's classes."""
        if cls not in self.classes:
            self.classes.append(cls)
            for name, column in columns_of(cls).items():
                if name not in self.data:
                    self.columns[name] = column
                    self.terms += [(name, column)] if column.term else []
                    self._put(name, self._room_for(column))
        return self.classes.index(cls)

    def _room_for(self, column):
        """A column of empty rows only: (capacity, …)."""
        shape = (self.capacity, *(self.sizes[s] if isinstance(s, str) else s for s in column.shape))
        if column.empty == 0:
            return np.zeros(shape, column.dtype)  # memory that nobody writes to yet is not even touched
        return np.full(shape, column.empty, column.dtype)

    def _put(self, name, array):
        self.data[name], self.frozen[name] = array, array.view()
        self.frozen[name].setflags(write=False)

    def __getstate__(self) -> dict:
        return self.__dict__ | {"frozen": {}}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        for name, array in self.data.items():  # a copy's views must be of the copy's arrays
            self._put(name, array)

    def extend(self, n: int, cls: type) -> np.ndarray:
        """Append n empty rows of a class; returns their numbers (n,)."""
        kind, start = self.welcome(cls), self.size
        if start + n >= self.capacity:
            self.grow(start + n + 1)
        if start < self.used:  # rows freed by compaction hold old agents
            for name, column in self.columns.items():
                self.data[name][start : self.used] = column.empty
        self.kind[start : start + n] = kind
        self.size = self.used = start + n
        return np.arange(start, start + n)

    def grow(self, needed: int) -> None:
        """More capacity: at least half as much again."""
        self.capacity = max(needed, self.capacity + self.capacity // 2)
        for name, old in self.data.items():
            new = self._room_for(self.columns[name])
            new[: self.size] = old[: self.size]
            self._put(name, new)
            if self.locked is not None:
                new.flags.writeable = name in self.locked
        self.kind = np.concatenate([self.kind, np.zeros(self.capacity - self.kind.size, np.int8)])

    def compact(self, keep: np.ndarray) -> np.ndarray:
        """Drop the rows where keep (size,) is False. Order is kept; cohorts made before become invalid."""
        kept = np.flatnonzero(keep)
        for array in (*self.data.values(), self.kind):
            array[: kept.size] = array.take(kept, 0)  # rows behind are stale; extend empties them
        self.size, self.version = kept.size, self.version + 1
        return kept

    def fill(self, classes: Sequence[type], kind: np.ndarray, data: Mapping[str, np.ndarray]) -> None:
        """Take over rows from a snapshot."""
        for cls in classes:
            self.welcome(cls)
        self.grow(len(kind) + len(kind) // 2 + 1)  # as large as the first newcomers would make it
        self.classes, self.size, self.used = list(classes), len(kind), max(self.used, len(kind))
        self.kind[: self.size] = kind
        for name, array in data.items():
            self.data[name][: self.size] = array

    def lock(self, names: Collection[str] | None) -> None:
        """Let only the named columns be written (None: all). Used in tests and survives growth."""
        self.locked = names
        for name, array in self.data.items():
            array.flags.writeable = names is None or name in names


class Departed:
    """Stands where a departed agent's table was: reading it says what happened, not another firm's data."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def data(self) -> Any:
        raise LookupError(f"{self.name} is no longer in the model: its history is in the event log")


class ColumnAgent(mesa.Agent):
    """A registered Mesa agent (row: a number), or an unregistered cohort of them (row: an array or a slice)."""

    many = borrowed = False
    model: Any  # the Cluster, which lies above and cannot be imported here
    row: Any  # a number, or of a cohort an array or a slice
    stamp: int  # of a cohort: the table's version when it was made
    ident = Column(np.uint64, doc="identity for life, the same in every scenario")
    luck = Column(np.uint64, doc="where this agent's draws start")

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.table, self.row = model.table_of(type(self)), row

    @classmethod
    def cohort(cls, model: Any, rows: Any, *, borrowed: bool = False) -> Self:
        """These rows read together. A borrowed cohort (a relation, whose rows may repeat) can only be read."""
        rows = rows if isinstance(rows, slice) else np.asarray(rows, np.intp)
        return cls._together(model, model.table_of(cls), rows, borrowed)

    @classmethod
    def _together(cls, model, table, rows, borrowed):
        together = object.__new__(cls)  # skips Mesa registration on purpose
        together.model, together.table, together.row = model, table, rows
        together.many, together.borrowed, together.stamp = True, borrowed, table.version
        return together

    @classmethod
    def enter(cls, model: Any, n: int, **columns: Any) -> Self:
        """Append n agents of this class with these column values; returns them as a cohort."""
        new = cls.cohort(model, model.table_of(cls).extend(n, cls))
        for name, values in columns.items():
            setattr(new, name, values)
        return new

    def stale(self, name: str) -> None:
        """Complain about a cohort that was held across compaction."""
        raise RuntimeError(
            f"{type(self).__name__}.{name}: this cohort was made before rows were renumbered; make a new one"
        )

    def exists(self) -> Reading:
        """Return True for agents that Mesa should know."""
        return np.ones(len(self), bool) if self.many else True

    def __len__(self) -> int:
        if not self.many:
            return 1
        return len(range(self.table.size)[self.row]) if type(self.row) is slice else self.row.size

    def __bool__(self) -> bool:
        return len(self) > 0

    def __getitem__(self, mask: Any) -> Self:
        """Part of a cohort, by a mask or by positions."""
        if self.many and self.stamp != self.table.version:
            self.stale("[...]")
        mask, row = np.asarray(mask), self.row
        if mask.dtype == BOOL:
            chosen = mask.nonzero()[0]
            if type(row) is slice and row == slice(0, mask.size):  # of the whole table: a row's number is its position
                return self._together(self.model, self.table, chosen, self.borrowed)
        else:
            chosen = mask if mask.ndim else mask[None]
        return self._together(self.model, self.table, self.rows[chosen], self.borrowed)

    @property
    def rows(self) -> np.ndarray:
        """Row numbers (n,)."""
        return np.arange(*self.row.indices(self.table.size)) if type(self.row) is slice else self.row

    def among(self, holds: Any, rule: Callable[[Self], Quantity], otherwise: Quantity) -> Reading:
        """Apply a rule to those agents of whom something holds, and give `otherwise` for the rest.

        For the rest the rule is not worked out. holds: bool or (n,) bool; rule: function of agents of this class;
        otherwise: a number, or one each (n,). Returns float.
        """
        if not self.many:
            return rule(self) if holds else otherwise
        result, chosen = np.full(len(holds), otherwise, float), holds.nonzero()[0]
        if chosen.size:
            result[chosen] = rule(self if chosen.size == len(holds) else self[chosen])
        return result

    def put(self, name: str, cells: np.ndarray, values: Any) -> None:
        """Write single cells of a column that holds several values an agent.

        cells (m,): positions in the cohort's values (n, k), flattened; values (m,), or one for all.
        """
        column, width = self.table.columns[name], self.table.data[name].shape[1]
        if self.stamp != self.table.version:
            self.stale(name)
        if self.borrowed:
            raise TypeError(f"{type(self).__name__}.{name}: reached through a relation, which is for reading")
        if CHECKED:
            column.check(self, values)
            column.check_rows(self, cells)
        self.table.data[name][self.rows[cells // width], cells % width] = values

    def edit(self, **terms: Any) -> None:
        """Move terms for this month; each combines with other policies' edits by the rule its column declares."""
        for name, value in terms.items():
            column = self.table.columns.get(name)
            if column is None or column.term is None:
                known = ", ".join(sorted(n for n, c in self.table.columns.items() if c.term))
                raise ValueError(f"'{name}' is not a term of {self.table.family.__name__}; terms are: {known}")
            now = getattr(self, name)
            combined = {"add": np.add, "multiply": np.multiply, "max": np.maximum}[column.term](now, value)
            setattr(self, name, combined.astype(column.dtype) if column.dtype == bool else combined)

    def reset_terms(self) -> None:
        """Start the month from the baseline: no edit of last month survives."""
        if self.many and self.stamp != self.table.version:
            self.stale("reset_terms")
        data, row = self.table.data, self.row
        for name, column in self.table.terms:
            data[name][row] = data[column.baseline][row] if column.baseline else column.empty
