"""Failures of a unit of work, as data."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """An item of work that gave no result.

    error: one line; trace: the traceback, where there is one; lasting: the same item would fail again, as opposed to a
    worker that died or ran out of memory.
    """

    error: str
    trace: str = ""
    lasting: bool = True


def tried(work: Callable, item: Any) -> Any:
    """The result of an item, or its Failure."""
    try:
        return work(item)
    except Exception as error:
        return failure_of(error)


def failure_of(error: BaseException) -> Failure:
    """Failure that an exception stands for."""
    lasting = not isinstance(error, (MemoryError, OSError))
    line = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return Failure(line, "".join(traceback.format_exception(error)), lasting)
