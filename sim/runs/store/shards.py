"""Runs that are kept: one row a run in Parquet shards, each there whole or not at all, found again by the run's name.

Every study asks it, and several may write at once: the same run has the same name and the same numbers, whoever made it.
A study that looks at few measures keeps only those, so a run may be there more than once, with more and fewer of them.
"""

import io
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.engine.files import digest, write_whole
from sim.engine.mistakes import ConfigurationError
from sim.runs.results import KeptRun

FORMAT = "incubator runs 1"
EVERY = 4.0  # seconds of work that the loss of this process may cost
MANY = 64  # small shards that a finished study puts together
SMALL = 4_000_000  # bytes below which a shard is small


@dataclass
class RunStore:
    """The store in a folder. waiting: runs not yet written."""

    path: Path
    waiting: list[KeptRun] = field(default_factory=list)
    damaged: int = 0  # shards that could not be read: their runs count as missing

    def __post_init__(self) -> None:
        self.path = Path(self.path)
        mark = self.path / "store.json"
        try:
            found = json.loads(mark.read_text(encoding="utf-8"))["format"] if mark.exists() else None
        except (OSError, ValueError, KeyError, TypeError):
            raise ConfigurationError(
                f"{mark}: cannot be read as the mark of a store of runs; delete it if the folder is one, or choose another with "
                "out=FOLDER."
            ) from None
        if found is None:
            write_whole(mark, json.dumps({"format": FORMAT}))
        elif found != FORMAT:
            raise ConfigurationError(
                f"{self.path}: a store of another version ({found}; this is {FORMAT}); choose another folder with out=FOLDER."
            )
        self._flushed = time.monotonic()

    def keep(self, run: KeptRun) -> None:
        """Keep a run, unless it may go well another time; it is written with others, a few seconds later at most."""
        if run.lasting:
            self.waiting.append(run)
        if time.monotonic() - self._flushed > EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what waits as one shard, named by the runs in it."""
        if self.waiting:
            self._write(self.waiting)
            self.waiting = []
        self._flushed = time.monotonic()

    def kept(self, names: Iterable[str], measures: Iterable[str] = ()) -> dict[str, KeptRun]:
        """Runs with these names of which all these measures are kept, and runs that failed: {run id: KeptRun}."""
        names, asked, found = set(names), set(measures), {}
        for table in self._tables():
            ids = table.column("run_id").to_pylist()
            wanted = [i for i, name in enumerate(ids) if name in names and name not in found]
            for run in _runs(table.take(wanted)) if wanted else ():
                if not run.ok or asked.issubset(run.measures):
                    found[run.run_id] = run
        return found

    def others(self, questions: Iterable[tuple[str, int]]) -> int:
        """Number of these (question, seed) that are kept, by whatever code."""
        found = set()
        for table in self._tables(["question", "seed"]):
            found.update(zip(table.column("question").to_pylist(), table.column("seed").to_pylist(), strict=True))
        return len(found & set(questions))

    def together(self) -> None:
        """Put many small shards together into one. Interrupted, it leaves runs in two shards, which does no harm."""
        small = [p for p in self._shards() if p.stat().st_size < SMALL]
        if len(small) < MANY:
            return
        tables = [table for path in small if (table := self._read(path)) is not None]
        runs = {(run.run_id, run.measures): run for table in tables for run in _runs(table)}
        whole = self._write(runs.values())
        for path in small:
            if path != whole:
                path.unlink(missing_ok=True)

    def _shards(self):
        return sorted(self.path.glob("*.parquet"))

    def _tables(self, columns=None):
        self.damaged = 0
        for path in self._shards():
            table = self._read(path, columns)
            if table is not None:
                yield table

    def _read(self, path, columns=None):
        import pyarrow
        from pyarrow import parquet

        try:
            return parquet.read_table(path, columns=columns, partitioning=None)
        except FileNotFoundError:  # put together with others this moment
            return None
        except OSError:
            self.damaged += 1
            return None
        except pyarrow.ArrowException:  # put aside, so that it is told once
            self.damaged += 1
            with suppress(OSError):
                path.replace(path.with_suffix(".damaged"))
            return None

    def _write(self, runs):
        import pyarrow
        from pyarrow import parquet

        runs = sorted(runs, key=lambda run: (run.run_id, run.measures))
        columns = {
            name: [getattr(run, name) for run in runs]
            for name in ("run_id", "question", "seed", "ok", "error", "seconds")
        }
        columns["measures"] = [list(run.measures) for run in runs]
        columns["years"] = [np.asarray(run.years, np.int32) for run in runs]
        columns["values"] = [np.ravel(np.asarray(run.values, float)) for run in runs]
        file = io.BytesIO()
        parquet.write_table(pyarrow.table(columns, schema=_schema()), file, compression="zstd")
        name = digest([columns["run_id"], columns["measures"]], 16)
        return write_whole(self.path / f"{name}.parquet", file.getvalue())


def _schema():
    import pyarrow as pa

    return pa.schema(
        [
            ("run_id", pa.string()), ("question", pa.string()), ("seed", pa.int64()), ("ok", pa.bool_()),
            ("error", pa.string()), ("seconds", pa.float64()), ("measures", pa.list_(pa.string())),
            ("years", pa.list_(pa.int32())), ("values", pa.list_(pa.float64())),
        ]
    )  # fmt: skip


def _runs(table):
    """Yield the runs of a table as they were kept."""
    plain = table.select(["run_id", "question", "seed", "ok", "error", "seconds"]).to_pylist()
    lists = [table.column(name).combine_chunks() for name in ("measures", "years", "values")]
    known = {}
    for i, about in enumerate(plain):
        measures = tuple(lists[0][i].as_py())
        measures = known.setdefault(measures, measures)
        years, values = (part[i].values.to_numpy(zero_copy_only=False) for part in lists[1:])
        yield KeptRun(**about, measures=measures, years=years, values=values.reshape(len(measures), len(years)))
