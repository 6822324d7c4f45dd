"""The record of a run: events as they happen."""

from collections.abc import Iterable
from itertools import compress, groupby
from typing import Any

import numpy as np

from sim.engine.quantity import Quantity

LOG = np.dtype(
    [
        ("month", np.int32), ("event", np.int8), ("cause", np.int8), ("ident", np.uint64), ("park", np.int16),
        ("place", np.int8), ("sector", np.int8), ("origin", np.int8), ("since", np.int32), ("stay", np.int16),
        ("amount", np.float64),
    ]
)  # fmt: skip
FIELDS = LOG.names or ()


class EventLog:
    """Append-only: (month, event, cause, who, where), and what later measures need, since the row will be gone.

    parts: tables of LOG, or what `add` was given, one array or number a field, until somebody asks for the table.
    """

    def __init__(self) -> None:
        self.parts: list[np.ndarray | tuple] = []

    def add(
        self,
        month: int,
        event: int,
        firms: Any,
        *,
        cause: Quantity = 0,
        park: Quantity | None = None,
        place: Quantity | None = None,
        amount: Quantity = 0,
    ) -> None:
        """Append one event for each firm of a cohort. park, place: where it happened, if not where the firm is now."""
        if not len(firms):
            return
        park = firms.park_row if park is None else park
        place = firms.place if place is None else place
        ident = firms.ident if firms.many else np.array([firms.ident])
        marks = (firms.sector, firms.origin, firms.entered_on, firms.stay)
        self.parts.append((int(month), int(event), cause, ident, park, place, *marks, amount))

    def table(self) -> np.ndarray:
        """The whole log (n,), in the order things happened."""
        whole = log_table(self.parts)
        self.parts = [whole]
        return whole


def log_table(parts: Iterable[np.ndarray | tuple]) -> np.ndarray:
    """Parts of a log as one table of LOG (n,)."""
    tables = []
    for is_table, group in groupby(parts, lambda part: isinstance(part, np.ndarray)):
        some = list(group)
        tables += some if is_table else [_filled(some)]
    return tables[0] if len(tables) == 1 else np.concatenate([np.zeros(0, LOG), *tables])


def _filled(noted):
    """Put into one table what was noted part by part: an array, or one number for all rows of a part."""
    sizes = [len(part[FIELDS.index("ident")]) for part in noted]
    table = np.empty(sum(sizes), LOG)
    for name, values in zip(FIELDS, zip(*noted, strict=True), strict=True):
        kinds = set(map(type, values))
        if kinds == {np.ndarray}:
            table[name] = np.concatenate(values)
        elif np.ndarray not in kinds:
            table[name] = np.repeat(values, sizes)
        else:
            arrays = [type(value) is np.ndarray for value in values]
            table[name] = np.repeat([0 if is_array else v for v, is_array in zip(values, arrays, strict=True)], sizes)
            table[name][np.repeat(arrays, sizes)] = np.concatenate(list(compress(values, arrays)))
    return table


class NoLog(EventLog):
    """Keeps nothing, for runs of which only counts are asked."""

    def add(self, *_: object, **__: object) -> None:
        """Nothing is written down."""
