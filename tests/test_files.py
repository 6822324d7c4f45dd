"""Files are there whole or not at all: a disk that fails half-way leaves the old file, and nothing beside it."""

import errno
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.engine.files import write_arrays, write_whole
from sim.engine.mistakes import ConfigurationError
from sim.report.files import save_pictures
from sim.runs.provenance import keep_burn_in
from sim.runs.store.folder import write_table

TABLE = pd.DataFrame({"measure": ["入驻率"], "value": [0.75]})
WRITERS = {  # file -> writes it into a folder
    "text.txt": lambda folder: write_whole(folder / "text.txt", "集群"),
    "arrays.npz": lambda folder: write_arrays(folder / "arrays.npz", {"values": np.arange(3)}),
    "table.csv": lambda folder: write_table(folder / "table.csv", TABLE),
    "table.parquet": lambda folder: write_table(folder / "table.parquet", TABLE),
    "figures/zh/fans.svg": lambda folder: save_pictures({("zh", "fans", "svg"): b"<svg/>"}, folder)[0],
}


def full(*_, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def half(path, content):
    """A disk that is full half-way through a file."""
    with open(path, "wb") as file:
        file.write(content[: len(content) // 2])
    full()


FAILURES = {"replace": (os, "replace", full), "write": (Path, "write_bytes", half), "mkdir": (Path, "mkdir", full)}


def files_in(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", WRITERS)
def test_a_failing_disk_leaves_nothing_half_written(name, failure, tmp_path, monkeypatch):
    monkeypatch.setattr(*FAILURES[failure])
    with pytest.raises(ConfigurationError, match=f"{Path(name).name}: cannot be written .*No space left.*out=FOLDER"):
        WRITERS[name](tmp_path)
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_disk_leaves_the_old_file_as_it_was(failure, tmp_path, monkeypatch):
    write_whole(tmp_path / "kept.txt", "old")
    monkeypatch.setattr(*FAILURES[failure])
    with pytest.raises(ConfigurationError):
        write_whole(tmp_path / "kept.txt", "new")
    assert files_in(tmp_path) == {"kept.txt": b"old"}


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_is_returned_and_alone(name, tmp_path):
    path = WRITERS[name](tmp_path)
    assert path == tmp_path / name and set(files_in(tmp_path)) == {name}


def test_an_interruption_leaves_nothing_behind(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "text.txt", "half")
    assert files_in(tmp_path) == {}


def test_a_cache_that_cannot_be_written_is_no_mistake(tmp_path, monkeypatch):
    monkeypatch.setenv("INCUBATOR_CACHE", str(tmp_path))
    monkeypatch.setattr(os, "replace", full)
    keep_burn_in("abc", b"state")
    assert files_in(tmp_path) == {}
