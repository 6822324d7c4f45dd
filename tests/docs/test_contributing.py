"""CONTRIBUTING's recipes, followed word by word in a copy of the repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"^ *<!-- (?P<kind>file|above|below|instead|word|end|run|check)(?:: (?P<path>[^\s:]+))?(?:: (?P<line>.+?))? -->\n"
    r"(?P<code> *```\w*\n.*?^ *```)$",
    re.MULTILINE | re.DOTALL,
)
RECIPES = dict(re.findall(r"^### (An? \w+)\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))
LEFT = ("runs", "outputs", "multirun", "wheels", "site", "build", "dist")  # results and what is made


def code_of(step):
    """Lines between the fences, without the indent of the list they stand in."""
    indent = re.match(" *", step["code"])[0]
    return re.sub(f"^{indent}", "", step["code"], flags=re.MULTILINE).split("\n", 1)[1].removesuffix("```")


@pytest.fixture
def copy(tmp_path):
    """A copy of the repository."""
    for path in ROOT.iterdir():
        if path.is_dir() and path.name not in LEFT and not path.name.startswith("."):
            shutil.copytree(path, tmp_path / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file() and not path.name.startswith("."):
            shutil.copy(path, tmp_path)
    return tmp_path


def run(copy, arguments):
    """Run a Python module in the copy; its output is shown if it fails."""
    settings = dict(os.environ, PYTHONPATH=str(copy), INCUBATOR_CACHE=str(copy / "cache"), INCUBATOR_COMPILED="0")
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=copy, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def follow(copy, step):
    """Do what one step says."""
    code, path = code_of(step), copy / (step["path"] or "")
    if step["kind"] == "file":
        assert not path.exists(), f"{step['path']} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    elif step["kind"] == "end":
        path.write_text(path.read_text(encoding="utf-8") + code, encoding="utf-8")
    elif step["kind"] == "word":
        text = path.read_text(encoding="utf-8")
        assert text.count(step["line"]) == 1, f"{step['path']}: {step['line']}"
        path.write_text(text.replace(step["line"], code.strip()), encoding="utf-8")
    elif step["kind"] in ("above", "below", "instead"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        at = [number for number, line in enumerate(lines) if line.strip().startswith(step["line"])]
        assert len(at) == 1, f"{step['path']}: {len(at)} lines begin with {step['line']}"
        first, last = at[0] + (step["kind"] == "below"), at[0] + (step["kind"] != "above")
        path.write_text("".join([*lines[:first], code, *lines[last:]]), encoding="utf-8")
    elif step["kind"] == "run":
        run(copy, shlex.split(code.replace(".venv/bin/python -m ", "")))
    else:
        asked = re.search(r'ARGS="(.*)"', code)[1]
        run(copy, ["pytest", "-q", "-p", "no:cacheprovider", *shlex.split(asked)])


def test_examples_to_follow_are_lines_of_the_code():
    code = {line.strip() for path in (ROOT / "sim").rglob("*.py") for line in path.read_text("utf-8").splitlines()}
    shown = re.findall(r"^```python\n# yes\n(.*?)^# no$", TEXT, re.MULTILINE | re.DOTALL)
    assert len(shown) == 4
    assert not [line for example in shown for line in example.splitlines() if line.strip() not in code]


def test_there_are_recipes():
    assert set(RECIPES) == {"A lever", "A measure", "An equation", "A study"}


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_followed_word_by_word_ends_well(name, copy):
    steps = list(STEP.finditer(RECIPES[name]))
    assert steps[-1]["kind"] == "check"
    for step in steps:
        follow(copy, step)
    changed = [str(copy / step["path"]) for step in steps if (step["path"] or "").endswith(".py")]
    run(copy, ["ruff", "check", *changed])
    run(copy, ["ruff", "format", "--check", *changed])
