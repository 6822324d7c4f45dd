"""Tables that a report is made of, checked."""

from collections.abc import Mapping, Sequence
from typing import Any


def lacking(data: Any, columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Clauses on missing columns, one a column: columns are {name of a table in data: columns that it must have}."""
    return [
        f"{table} lacks the column '{column}'"
        for table, wanted in columns.items()
        for column in wanted
        if column not in getattr(data, table).columns
    ]
