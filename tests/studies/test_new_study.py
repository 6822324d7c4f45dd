"""A new question is a folder of its own and its sentences in the two files of words: nothing else has to know of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELP = "165   incubator parks cluster=toy                         how many parks there are   有多少园区\n"
RUN = '''
"""How many parks a cluster has."""

from sim.studies.common.scenarios import scenarios_of
from sim.studies.parks.sentences import answer


class Parks:
    """What was counted."""

    def __init__(self, count: int) -> None:
        self.count = count

    def verdict(self, lang: str = "en") -> str:
        """The answer in a sentence."""
        return answer(self.count, lang)


def parks(*overrides: str) -> Parks:
    """Count the parks of a cluster."""
    return Parks(len(scenarios_of(["baseline"], overrides)[0].data.parks))
'''
SENTENCES = '''
"""What the count says."""

from sim.report.words import say


def answer(count: int, lang: str) -> str:
    """The answer in a sentence."""
    return say(lang, "parks_counted", n=count)
'''
VERB = '''
"""`incubator parks`: how many parks a cluster has."""

from sim.studies.common.command import Command
from sim.studies.common.scenarios import scenarios_of
from sim.studies.parks.run import parks


class Verb(Command):
    """Count parks."""

    name = "parks"
    parts = None

    def ask(self):
        self.setups, self.identity, self.total = scenarios_of(["baseline"], self.overrides), {}, 1

    def simulate(self, progress):
        return parks(*self.overrides)

    def write(self, results):
        answer = {lang: results.verdict(lang) for lang in ("zh", "en")}
        self.folder.manifest(done=1, asked=1, began=self.began, files=[], answer=answer)
'''
WORDS = {"zh": "parks_counted: 共{n}个园区。\n", "en": "parks_counted: There are {n} parks.\n"}


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Runs Python with a copy of the package to which a study was added."""
    place = tmp_path_factory.mktemp("checkout")
    for name in ("sim", "configs"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    study = place / "sim" / "studies" / "parks"
    study.mkdir()
    files = {"__init__.py": "", "run.py": RUN, "sentences.py": SENTENCES, "verb.py": VERB, "help.txt": HELP}
    for name, text in files.items():
        (study / name).write_text(text.lstrip(), encoding="utf-8")
    for lang, word in WORDS.items():
        with (place / "sim" / "report" / "words" / f"{lang}.yaml").open("a", encoding="utf-8") as file:
            file.write(word)
    # Nothing is simulated here, so that there is nothing worth compiling.
    env = os.environ | {"PYTHONPATH": str(place), "PYTHONIOENCODING": "utf-8", "INCUBATOR_COMPILED": "0"}

    def run(*arguments):
        job = subprocess.run(
            [sys.executable, *arguments], cwd=place, env=env, capture_output=True, encoding="utf-8", timeout=120
        )
        assert job.returncode == 0, job.stderr
        return job.stdout

    return run


def test_its_verb_runs_and_closes_as_all_do(python):
    said = python("-m", "sim", "parks", "cluster=toy", "lang=en").splitlines()
    assert "Results: runs" in said[1] and said[2] == "Answer: There are 2 parks."
    assert "结论: 共2个园区。" in python("-m", "sim", "parks", "cluster=toy", "lang=zh")


def test_its_help_stands_among_the_others(python):
    usage = [line.split()[1] for line in python("-m", "sim", "--help").splitlines() if line.startswith("  incubator ")]
    assert usage[-3:] == ["voi", "parks", "list"]


def test_its_function_is_a_public_name(python):
    code = "import sim; print('parks' in dir(sim), sim.parks('cluster=toy').count)"
    assert python("-c", code).split() == ["True", "2"]
