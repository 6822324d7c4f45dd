"""What the documents say is so: their snippets run, and every name they use exists."""

import csv
import importlib
import pkgutil
import re
from itertools import product
from pathlib import Path

import pytest
import yaml

import sim.model.mechanisms
from sim.engine.columns import columns_of
from sim.inputs.catalogue import options, shipped_folder
from sim.inputs.own_code import LOADED
from sim.model.agents import FAMILIES
from sim.model.cluster import Cluster
from sim.model.district_data import OperatorData, ParkData, PlatformData
from sim.model.measures.definitions import MEASURES
from sim.model.month import MONTH
from sim.model.parameters import catalogue
from sim.model.policies import POLICY_KINDS, Policy
from sim.model.random_decisions import DECISIONS
from sim.model.setup import Demand, Plan, Rules, Run, Setup, World
from sim.model.status import Place, Status
from sim.model.vocabulary import NEEDS, TIERS

ROOT = Path(__file__).resolve().parents[2]
READMES = ["README.md", "README.zh.md"]
PLANNERS = ["docs/planners.en.md", "docs/planners.zh.md"]
WRITTEN = [
    *READMES,
    "CONTRIBUTING.md",
    "sim/ODD.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
BLOCK = re.compile(r"^<!-- (run|file: (?P<path>\S+)) -->\n```\w+\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)
KEYS = re.compile(r"\[((?:(?:C\d+\w?|[a-z]\w*_\w+)(?:,\s+)?)+)\]")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def config(*parts):
    return yaml.safe_load(shipped_folder().joinpath(*parts).read_text(encoding="utf-8"))


def section(document, title):
    """What stands under a heading, up to the next heading of its rank or above."""
    rank = len(re.search(rf"^(#+) {re.escape(title)}$", document, re.MULTILINE).group(1))
    after = document.split(f"{'#' * rank} {title}\n", 1)[1]
    return re.split(rf"^#{{1,{rank}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(document):
    """Cells of the rows of every table in a text, without heads."""
    lines = document.splitlines()
    below = [*lines[1:], ""]
    found = []
    for line, after in zip(lines, below, strict=True):
        if line.startswith("| ") and "| ---" not in line + after:
            found.append([cell.strip() for cell in line.strip("|").split(" |")])
    return found


def names(cell):
    """What stands in code type."""
    return re.findall(r"`([^`\n]+)`", cell)


def first_names(table):
    return [names(cells[0])[0] for cells in table]


ODD = text("sim/ODD.md")


# Snippets


@pytest.fixture
def registry_as_it_was():
    """Policies that a snippet registers are forgotten again."""
    kinds, loaded = dict(POLICY_KINDS), list(LOADED)
    yield
    POLICY_KINDS.clear()
    POLICY_KINDS.update(kinds)
    LOADED[:] = loaded


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", ["README.md", pytest.param("docs/researchers.md", marks=pytest.mark.slow)])
def test_the_python_of_a_document_runs(name, tmp_path, monkeypatch, registry_as_it_was):
    document, space = text(name), {"__name__": "snippets"}
    blocks = list(BLOCK.finditer(document))
    assert len(blocks) == len(re.findall(r"^```(?:python|yaml)$", document, re.MULTILINE)), "mark blocks as run or file"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INCUBATOR_CACHE", str(tmp_path / "cache"))
    for block in blocks:
        if block["path"]:
            path = tmp_path / block["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["code"], encoding="utf-8")
        else:  # lines in a traceback are those of the document
            above = "\n" * document[: block.start("code")].count("\n")
            exec(compile(above + block["code"], name, "exec"), space)


def test_both_readmes_show_the_same_python():
    english, chinese = ([re.sub(r" *#.*", "", b["code"]) for b in BLOCK.finditer(text(name))] for name in READMES)
    assert english == chinese


# READMEs and pages for planners


def test_the_readmes_are_right_about_how_many_parameters_are_assumed():
    grades = [source["grade"] for source in config("calibration", "start.yaml")["sources"].values()]
    assert 140 < len(grades) < 150
    assert 0.7 < grades.count("assumed") / len(grades) < 0.8
    assert 2 < grades.count("measured") < 8
    assert "Three in four of the 140-odd parameters are assumed and a handful measured" in " ".join(
        text("README.md").split()
    )
    assert "140多个参数中四分之三是假设，实测的只有几个" in text("README.zh.md")


@pytest.mark.parametrize("name", WRITTEN)
def test_links_lead_to_files(name):
    for link in re.findall(r"\[[^\]]*\]\(([^)#:]+)\)", text(name)):
        assert ((ROOT / name).parent / link).exists(), link


@pytest.mark.parametrize("name", WRITTEN)
def test_every_file_and_name_of_the_code_that_a_page_speaks_of_exists(name):
    prose, to_come = text(name), re.findall(r"<!-- file: (\S+) -->", text(name))  # what a reader is told to write
    if to_come:
        prose = re.sub(r"^ *<!-- \w+: .*? -->\n( *```)\w*\n.*?^\1$", "", prose, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"(?<![\w/.])((?:sim|tests|tools|configs|experiments)/[\w./*-]*\w)", prose)
    assert [path for path in found if path not in to_come and not list(ROOT.glob(path))] == []
    imported = re.findall(r"^from (sim[\w.]*) import ([\w, ]+)", prose, re.MULTILINE)
    dotted = {f"{module}.{each.split()[0]}" for module, those in imported for each in those.split(",")}
    dotted |= set(re.findall(r"\bsim(?:\.[A-Za-z_]\w*)+", re.sub(r"\bsim/\S+", "", prose)))
    assert [each for each in sorted(dotted) if not reachable(each)] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_what_a_page_says_is_in_a_file_is_in_it(name):
    said = re.findall(r"`([\w.]+)` (?:of|in) `((?:sim|tools)/[\w/]+\.py)`", text(name))
    said += [(thing, path) for path, thing in re.findall(r"`((?:sim|tools)/[\w/]+\.py)`(?:中)?的`(\w+)`", text(name))]
    for thing, path in said:
        assert re.search(rf"\b{thing.rpartition('.')[2]}\b", (ROOT / path).read_text(encoding="utf-8")), (thing, path)


def reachable(name):
    """Whether a dotted name leads to a module, or to what one holds."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(thing, part):
                return False
            thing = getattr(thing, part)
        return True
    return False


@pytest.mark.parametrize("name", READMES)
def test_a_readme_can_be_read_to_its_end(name):
    assert len(text(name).splitlines()) <= 130


@pytest.mark.parametrize("name", PLANNERS)
@pytest.mark.parametrize("table", [ParkData, OperatorData, PlatformData])
def test_every_column_of_a_users_table_is_explained(name, table):
    assert set(table.__dataclass_fields__) <= set(names(text(name)))


# ODD


def test_the_odd_has_every_phase_in_order():
    table = rows(section(ODD, "3. Process overview and scheduling"))
    assert first_names(table) == [phase.__name__ for phase in MONTH]


def test_the_odd_has_every_status():
    table = rows(section(ODD, "2. Entities, state variables, scales"))
    assert first_names(table) == [status.name for status in Status]


@pytest.mark.parametrize("key", options("policy"))
def test_the_odd_has_every_lever(key):
    assert key in first_names(rows(section(ODD, "7.1 Terms")))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_the_odd_has_every_state_variable_with_its_unit_and_rule(family):
    told = {}
    for listed, unit, rule, _ in rows(section(ODD, family.__name__)):
        told |= {name: (unit.split(" × ")[0], rule) for name in names(listed)}
    shared = ("ident", "luck")
    assert told == {name: (c.unit, c.term or "") for name, c in columns_of(family).items() if name not in shared}


def test_the_odd_has_every_parameter_with_its_unit():
    told = {}
    for group, _, listed in rows(section(ODD, "10. Parameters")):
        for part in listed.split("; "):
            unit, _, some = part.partition(": ")
            told |= {f"{group}.{name}": unit for name in names(some)}
    assert told == {name: about["unit"] for name, about in catalogue().items()}


def test_the_odd_has_every_random_decision_and_how_long_its_luck_lasts():
    told = {}
    for name, lasts, _ in rows(section(ODD, "11. Random decisions")):
        for group, tier, need in product(("january", "later"), TIERS, NEEDS):
            told[names(name)[0].format(group=group, tier=tier, need=need)] = lasts == "month"
    assert told == {name: monthly for name, (monthly, _) in DECISIONS.items()}


def test_every_name_in_the_odd_exists():
    unknown = [name for name in dict.fromkeys(names(ODD)) if not exists(name)]
    assert not unknown


def exists(name):
    """Whether a name in code type is a file, a word of the model, or declared in a module, class or group."""
    if "/" in name:
        return (ROOT / name).exists()
    return name in words() or "{" in name or any(rest in part for part, rest in places(name))


def words():
    """Names that need no home: phases, columns, parameters, statuses, measures, choices."""
    found = {phase.__name__ for phase in MONTH} | {word.name for kind in (Status, Place) for word in kind}
    found |= {name for family in FAMILIES for name in columns_of(family)} | {family.__name__ for family in FAMILIES}
    found |= {part for name in catalogue() for part in (name, *name.split("."))}
    found |= {*DECISIONS, *MEASURES, *options("policy"), *options("world"), *options("demand")}
    return found | {"code type", "incubator list measures", "Cluster.pipeline"}


def places(name):
    """Where 'home.rest' might be declared: (names declared there, rest)."""
    home, _, rest = name.partition(".")
    classes = {cls.__name__: cls for cls in (*FAMILIES, *POLICY_KINDS.values(), Cluster, Policy, Setup)}
    classes |= {"world": World, "demand": Demand, "plan": Plan, "rules": Rules, "run": Run}
    if home in classes:
        fields = getattr(classes[home], "__dataclass_fields__", {})
        yield {*dir(classes[home]), *fields}, rest
    for package in (sim.model, sim.model.mechanisms, sim.model.phases):
        if home in {module.name for module in pkgutil.iter_modules(package.__path__)}:
            yield dir(importlib.import_module(f"{package.__name__}.{home}")), rest


def test_every_source_in_the_odd_is_on_file():
    known = set()
    for table, column in (("facts.csv", "key"), ("targets.csv", "id")):
        with open(shipped_folder() / "calibration" / table, encoding="utf-8-sig") as file:
            known |= {row[column] for row in csv.DictReader(file)}
    prose = "\n".join(line for line in ODD.splitlines() if not line.startswith("    "))
    cited = [key.strip() for group in KEYS.findall(prose) for key in group.split(",")]
    assert len(cited) > 40
    assert not set(cited) - known
