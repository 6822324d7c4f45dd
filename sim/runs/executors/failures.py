"""What went wrong in a unit of work, as data."""

import traceback
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """What became of an item that gave no result.

    error: one line; trace: the traceback, where there is one; lasting: the same item would fail again, as opposed to a
    worker that died or ran out of memory.
    """

    error: str
    trace: str = ""
    lasting: bool = True


def tried(work, item):
    """The result of an item, or its Failure."""
    try:
        return work(item)
    except Exception as error:
        return failure_of(error)


def failure_of(error):
    """A Failure that tells of an exception."""
    lasting = not isinstance(error, (MemoryError, OSError))
    line = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return Failure(line, "".join(traceback.format_exception(error)), lasting)
