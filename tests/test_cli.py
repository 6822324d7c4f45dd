"""The command as a user types it: answers, mistakes, interruption."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from sim.cli.main import main
from sim.studies.common import terminal

ROOT = Path(__file__).resolve().parent.parent
SHORT = ["cluster=toy", "run.burn_in=24", "run.until=2027-12", "figures=false", "workers=1"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def said(capsys):
    return capsys.readouterr()


def test_help_speaks_both_languages(capsys):
    assert main([]) == 0 and main(["run", "--help"]) == 0
    out = said(capsys).out
    assert "incubator compare" in out and "配对比较" in out


def test_lists_hold_every_shipped_name(capsys):
    assert main(["list"]) == 0
    out = said(capsys).out
    for group in ("scenario", "policy", "cluster", "world"):
        for path in (ROOT / "configs" / group).glob("*.yaml"):
            assert path.stem in out
    assert main(["list", "measures"]) == 0
    assert "occupancy_rate" in said(capsys).out


def test_run_writes_tables_and_says_where_and_what_next(capsys, tmp_path):
    assert main(["run", "scenario=talent_first", "lang=en", *SHORT]) == 0
    out = said(capsys).out
    assert "Results: " in out and "not a prediction" in out
    following = out.rpartition("Next: ")[2].split()
    assert following[:3] == ["incubator", "compare", "scenarios=[baseline,talent_first]"]
    assert set(SHORT) - {"figures=false"} <= set(following)  # of the same place, or it would be another question
    folder = next((tmp_path / "runs").glob("run-toy-*"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["complete"] and manifest["identity"]["seed"] == 1
    for name in ("yearly.parquet", "monthly.parquet", "events.parquet", "measures.csv", "spending.csv"):
        assert name in manifest["files"]
    events = pd.read_parquet(folder / "events.parquet")
    assert {"arrived", "admitted", "settled"} <= set(events.event)
    monthly = pd.read_parquet(folder / "monthly.parquet")
    assert set(monthly.unit_kind) == {"cluster", "park", "operator", "sector", "tier"}


def test_tables_open_in_a_spreadsheet(tmp_path):
    assert main(["compare", "scenarios=[baseline,talent_first]", "replicates=2", *SHORT]) == 0
    folder = next((tmp_path / "runs").glob("compare-toy-*"))
    raw = (folder / "differences_cluster.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert {"scenario", "measure", "mean", "low", "high", "same_sign", "pairs", "runs_saved"} <= set(rows[0])


def test_the_same_question_gives_the_same_tables_again(tmp_path, capsys):
    ask = ["compare", "scenarios=[baseline,talent_first]", "replicates=2", *SHORT]
    assert main(ask) == 0
    folder = next((tmp_path / "runs").glob("compare-toy-*"))
    first = {p.name: p.read_bytes() for p in folder.glob("*.csv")}
    assert main([*ask, "fresh=true"]) == 0
    assert {p.name: p.read_bytes() for p in folder.glob("*.csv")} == first


def test_a_larger_study_takes_the_finished_pairs_over(tmp_path):
    ask = ["compare", "scenarios=[baseline,talent_first]", *SHORT]
    assert main([*ask, "replicates=2"]) == 0
    folder = next((tmp_path / "runs").glob("compare-toy-*"))
    before = {p.name: p.stat().st_mtime_ns for p in (folder / "pairs").iterdir()}
    assert main([*ask, "replicates=3"]) == 0
    after = {p.name: p.stat().st_mtime_ns for p in (folder / "pairs").iterdir()}
    assert set(after) == {"1.npz", "2.npz", "3.npz"} and all(after[n] == t for n, t in before.items())


MISTAKES = [
    (["rnu"], "did you mean 'run'"),
    (["run", "scenario=talent_frist"], "did you mean 'talent_first'"),
    (["run", "sed=3"], "sed: no such setting; did you mean 'seed'"),
    (["run", "parameters.choice.rent_sensitivty=1"], "did you mean 'rent_sensitivity'"),
    (["run", "parameters.choice.rent_sensitivity=much"], "expected a number"),
    (["run", "parameters.choice.rent_sensitivity=9"], "outside 0.5 to 2"),
    (["run", "+x=1"], "not added"),
    (["run", "x"], "expected name=value"),
    (["run", "policy=[rent_relif]"], "did you mean 'rent_relief'"),
    (["run", "policies.rent_relief.reward=3"], "not part of the scenario"),
    (
        ["run", "policy=[rent_relief]", "policies.rent_relief.end=2020-01"],
        "ends in 2020-01, before it starts in 2026-01",
    ),
    (["run", "policy=[rent_relief]", "policies.rent_relief.parks=[nowhere]"], "'nowhere' is not a park of toy"),
    (["run", "policy=[rent_relief]", "policies.rent_relief.remote_from=170"], "match no park"),
    (["run", "cluster=wenzou"], "no such cluster"),
    (["run", "run.until=2030"], "expected a month such as 2026-01"),
    (["run", "run.until=2020-01"], "before the simulation starts"),
    (["run", "replicates=0"], "replicates=0: expected a whole number from 1"),
    (["run", "replicates=many"], "expected a whole number"),
    (["run", "seed=-1"], "seed=-1"),
    (["run", "lang=fr"], "expected zh or en"),
    (["run", "scenarios=[baseline]"], "incubator compare"),
    (["compare"], "scenarios is missing"),
    (["compare", "scenarios=[baseline]"], "at least two"),
    (["compare", "scenarios=[baseline,baseline]"], "named twice"),
    (["compare", "experiment=nope"], "no such experiment"),
    (["list", "scenarois"], "did you mean 'scenarios'"),
    (["run", "--config-dir", "nowhere"], "no such folder"),
    (["run", "--code", "nowhere.py"], "no such file"),
    (["run", "--verbose"], "no such option"),
]


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_one_sentence_on_stderr_and_exit_code_2(arguments, sentence, capsys):
    extra = (
        [] if arguments[0] in ("list", "rnu") or any(a.startswith("cluster") for a in arguments) else ["cluster=toy"]
    )
    assert main([*arguments, *extra]) == 2
    heard = said(capsys)
    assert sentence in heard.err and heard.out == ""
    assert len(heard.err.strip().splitlines()) == 1


def test_several_mistakes_are_told_at_once(capsys):
    assert main(["run", "cluster=toy", "parameters.space.fit_out_rate=2", "parameters.service.give_up_months=0"]) == 2
    assert len(said(capsys).err.strip().splitlines()) == 2


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX path that is no folder")
def test_a_folder_that_cannot_be_written_is_one_sentence(capsys, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert main(["run", *SHORT, f"out={tmp_path / 'file'}"]) == 2
    assert "not a folder that can be written" in said(capsys).err


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a process group")
def test_ctrl_c_keeps_finished_pairs_and_the_same_command_goes_on(tmp_path):
    ask = [
        sys.executable,
        "-m",
        "sim",
        "compare",
        "scenarios=[baseline,talent_first]",
        *SHORT[:-1],
        "workers=2",
        "lang=en",
    ]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell that runs the tests in the background has them ignore Ctrl-C, and what they start would inherit that.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    job = subprocess.Popen(
        [*ask, "replicates=400"], env=env, cwd=tmp_path, start_new_session=True, preexec_fn=heeding, **pipes
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("runs/*/pairs/*.npz")):
        assert time.monotonic() < deadline and job.poll() is None
        time.sleep(0.1)
    os.killpg(job.pid, signal.SIGINT)
    _, heard = job.communicate(timeout=60)
    assert job.returncode == 130 and "Traceback" not in heard
    kept = int(re.search(r"interrupted; (\d+) of 400 finished and kept", heard).group(1))
    pairs = list(tmp_path.glob("runs/*/pairs/*.npz"))
    assert kept == len(pairs) >= 1
    assert not list(tmp_path.glob("runs/*/pairs/*.part"))
    again = subprocess.run([*ask, "replicates=2"], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0 and "Answer: " in again.stdout


def test_time_left_is_told_by_the_pace_after_the_first_that_is_done(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(terminal.time, "perf_counter", lambda: now[0])
    with terminal.Progress(102, "") as bar:
        for now[0], done in ((1.0, 0), (61.0, 2), (73.0, 22), (85.0, 42)):
            bar(done)
    told = capsys.readouterr().err.splitlines()
    assert "left" not in told[0]  # a minute to load the model says nothing
    assert told[1].endswith("about 48 s left") and told[2].endswith("about 36 s left")
