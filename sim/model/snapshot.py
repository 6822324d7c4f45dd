"""A cluster's state: handed on in memory when a world is forked, written to a file when it has to last.

The file is numpy's own .npz with a JSON header and nothing that could run on reading, so that a file from elsewhere can
do no harm. Burn-ins in the cache and branches of a user are this one format.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.engine.columns import columns_of
from sim.model.agents import FAMILIES
from sim.model.agents.park import Work
from sim.model.event_log import LOG, log_table

FORMAT = "incubator state 1"
COUNTS = ("firm", "park", "district")  # what a filed month holds, in this order, after its number
UNREADABLE = (OSError, EOFError, KeyError, IndexError, TypeError, ValueError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Snapshot:
    """All that is needed to go on from here, and the record so far.

    tables: {family: (classes, kind (n,), {column: (n, …)})}; log: parts of the event log; months: as Tally files them;
    spending: (month number, policy, line, CNY).
    """

    seed: int
    now: int
    tables: dict
    works: list
    log: list
    months: list
    spending: list


def to_bytes(state: Snapshot, about: Any) -> bytes:
    """A snapshot as a file's content. about: what the header says beside, plain."""
    arrays = {"log": log_table(state.log)}
    head = {"format": FORMAT, "about": about, "seed": state.seed, "now": state.now, "tables": {}, "counts": {}}
    for family, (classes, kind, data) in state.tables.items():
        head["tables"][family.__name__] = {"classes": [cls.__name__ for cls in classes], "columns": list(data)}
        arrays |= {f"{family.__name__}/{name}": array for name, array in {"": kind, **data}.items()}
    head |= {"works": [list(work) for work in state.works], "spending": state.spending}
    arrays["months"] = np.array([filed[0] for filed in state.months], np.int64)
    for k, part in enumerate(COUNTS, start=1):
        names = list(dict.fromkeys(name for filed in state.months for name in filed[k]))
        head["counts"][part] = names
        for name in names:
            there = [name in filed[k] for filed in state.months]
            arrays[f"{part}/{name}/there"] = np.array(there)
            arrays[f"{part}/{name}"] = np.stack([filed[k][name] for filed in state.months if name in filed[k]])
    text = json.dumps(head, ensure_ascii=False, default=_plain)
    return _packed({"head": np.frombuffer(text.encode(), np.uint8), **arrays})


def _plain(value):
    """A numpy number as JSON knows it."""
    return value.item()


def _packed(arrays):
    """Arrays as .npz, quickly and with the same bytes each time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()


def head_of(data: bytes) -> dict:
    """The header of a file's content; raises one of UNREADABLE if there is none of ours."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        head = json.loads(file["head"].tobytes().decode())
    if head["format"] != FORMAT:
        raise ValueError(f"format is {head['format']!r}, not {FORMAT!r}")
    return head


def from_bytes(data: bytes, sizes: Mapping[str, int], classes: Iterable[type] = FAMILIES) -> Snapshot:
    """The snapshot in a file's content; raises one of UNREADABLE if it is damaged or does not fit.

    sizes: those of the cluster's tables, as numbers of "parks", "sectors" …; classes: those that agents may be of.
    """
    head, known = head_of(data), {cls.__name__: cls for cls in classes}
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        tables = {family: _table(file, family, head["tables"][family.__name__], known, sizes) for family in FAMILIES}
        months: list[Any] = [(int(number), {}, {}, {}) for number in file["months"]]
        for k, part in enumerate(COUNTS, start=1):
            for name in head["counts"][part]:
                there = np.flatnonzero(file[f"{part}/{name}/there"])
                for month, values in zip(there, file[f"{part}/{name}"], strict=True):
                    months[month][k][name] = values
        log = file["log"]
        if log.dtype != LOG:
            raise ValueError("the event log has other fields")
    return Snapshot(
        seed=int(head["seed"]), now=int(head["now"]), tables=tables, works=[Work(*work) for work in head["works"]],
        log=[log] if len(log) else [], months=months, spending=[tuple(item) for item in head["spending"]],
    )  # fmt: skip


def _table(file, family, about, known, sizes):
    """One family's rows, checked against the columns that its classes declare."""
    classes, kind = [known[name] for name in about["classes"]], file[f"{family.__name__}/"]
    declared = {name: column for cls in classes for name, column in columns_of(cls).items()}
    if set(declared) != set(about["columns"]) or kind.dtype != np.int8:
        raise ValueError(f"{family.__name__} has other columns")
    data = {}
    for name in about["columns"]:
        column, array = declared[name], file[f"{family.__name__}/{name}"]
        shape = (len(kind), *(sizes[s] if isinstance(s, str) else s for s in column.shape))
        if array.dtype != column.dtype or array.shape != shape:
            raise ValueError(f"{family.__name__}.{name} is {array.dtype} {array.shape}")
        data[name] = array
    return classes, kind, data
