"""Folders of results: runs/<id>/, whole or absent, with a manifest that says how to repeat them."""

import hashlib
import io
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.files import digest, write_arrays, write_whole
from sim.engine.kernels import available
from sim.engine.mistakes import ConfigurationError
from sim.model.setup import Setup
from sim.runs.provenance import model_digest, package_version
from sim.runs.results import Matched
from sim.runs.store.identity import code, outdated, question_of
from sim.runs.store.shards import RunStore

try:
    from numpy._core._multiarray_umath import __cpu_features__
except ImportError:  # numpy promises nobody that it is there
    __cpu_features__ = {}

CPU_FEATURES = sorted(name for name, there in __cpu_features__.items() if there)
PACKAGES = ("mesa", "numpy", "pandas", "scipy", "hydra-core", "numba")


def write_table(path: Path | str, table: pd.DataFrame, digits: int = 10) -> Path:
    """Write a table as Parquet (.parquet) or as CSV that Excel opens rightly (.csv). digits: of numbers in CSV.

    Returns the path.
    """
    if str(path).endswith(".parquet"):
        content = io.BytesIO()
        table.to_parquet(content, index=False, compression="zstd")
        return write_whole(path, content.getvalue())
    return write_whole(path, table.to_csv(index=False, float_format=f"%.{digits}g").encode("utf-8-sig"))


class RunFolder:
    """Folder of one study, named by its question and by the model's source, so that the same question finds it again.

    The order of scenarios makes no difference. pairs_of: another study's folder, where finished pairs are kept and
    found; parts: name of the subfolder for its own, None if it needs none.
    """

    def __init__(
        self, out: Path | str, kind: str, setups: Sequence[Setup], question: Mapping[str, Any], seed: int,
        pairs_of: "RunFolder | None" = None, parts: str | None = "pairs",
    ) -> None:  # fmt: skip
        self.setups, self.kind, self.seed, self.question = setups, kind, seed, question
        asked = {
            "kind": kind,
            "scenarios": {s.scenario: question_of(s) for s in setups},
            "question": question,
            "seed": seed,
        }
        self.identity = asked | {"asked": digest(asked), "model": model_digest(), "code": code()}
        self.id = f"{kind}-{setups[0].data.name}-{digest(self.identity)}"
        self.path = Path(out) / self.id
        self.pairs = pairs_of.pairs if pairs_of else self.path / (parts or "")
        try:
            self.pairs.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"out={out}: not a folder that can be written ({error.strerror}).") from None
        if not os.access(self.path, os.W_OK):
            raise ConfigurationError(f"out={out}: not a folder that can be written.")

    @cached_property
    def store(self) -> RunStore:
        """The store of runs beside the folders of studies, which all of them share."""
        return RunStore(self.path.parent / "store")

    def outdated(self) -> str:
        """Sentence on what other code has left of the same question, or ''."""
        if (self.path / "manifest.json").exists():
            return ""
        for path in self.path.parent.glob(f"{self.kind}-{self.setups[0].data.name}-*/manifest.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                about = json.loads(path.read_text(encoding="utf-8"))
                if about["identity"]["asked"] == self.identity["asked"]:
                    return outdated(
                        about["done"], about["asked"], "runs" if self.kind == "sweep" else "pairs", path.parent
                    )
        return ""

    def kept(self, seed: int, read: Callable[[Mapping], Any] = Matched.from_arrays) -> Any:
        """Read the finished pair of a seed from an earlier call, or None. read: makes it of the arrays in its file."""
        try:
            with np.load(self.pairs / f"{seed}.npz", allow_pickle=False) as arrays:
                return read(arrays)
        except (OSError, ValueError, KeyError):
            return None

    def keep(self, matched: Matched) -> None:
        """Put a finished pair aside, so that interrupted work resumes."""
        self.keep_arrays(matched.seed, matched.to_arrays())

    def keep_arrays(self, seed: int, arrays: dict[str, np.ndarray]) -> None:
        """Put aside whatever a study has found of a seed, as plain arrays by name."""
        write_arrays(self.pairs / f"{seed}.npz", arrays)

    def manifest(
        self, *, done: int, asked: int, began: str, files: Iterable[Path], answer: dict, also: dict | None = None
    ) -> dict:
        """Write manifest.json: resolved configuration, versions, seed, hash, a hash of every file, and `also`. Returns it."""
        about = {
            "id": self.id, "identity": self.identity, "asked": asked, "done": done, "complete": done == asked, **(also or {}),
            "configuration": sorted((s.resolved | {"scenario": s.scenario} for s in self.setups), key=digest),
            "package": package_version(),
            "command": "incubator " + " ".join(sys.argv[1:]), "answer": answer,
            "versions": {name: _version(name) for name in PACKAGES}, "compiled_rules": available(), "python": platform.python_version(),
            "machine": {"system": platform.system(), "processor": platform.machine(), "cpu_features": CPU_FEATURES},
            "began": began, "ended": now(),
            "files": {str(p.relative_to(self.path)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)},
            "note": "Same seed and configuration give the same event log; last digits of numbers may differ between processors.",
        }  # fmt: skip
        write_whole(self.path / "manifest.json", json.dumps(about, ensure_ascii=False, indent=1, default=str))
        return about


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def now() -> str:
    """Time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
