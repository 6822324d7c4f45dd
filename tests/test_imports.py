"""Imports point one way: equations know nobody, agents know equations, policies know agents, the month knows all."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}


def statements(tree, everywhere):
    """Import statements of a module; those inside functions too if everywhere."""
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif everywhere or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def imported(name, everywhere=True):
    """Full names of the modules that a module imports."""
    found = set()
    for node in statements(ast.parse(FILES[name].read_text(encoding="utf-8")), everywhere):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        base = node.module or ""
        if node.level:
            package = name.split(".") if FILES[name].name == "__init__.py" else name.split(".")[:-1]
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
        for alias in node.names:
            inner = f"{base}.{alias.name}"
            found.add(inner if inner in FILES else base)
    return found


def within(name, *places):
    return any(name == place or name.startswith(f"{place}.") for place in places)


def under(*places):
    return [name for name in FILES if within(name, *places)]


def own(names):
    """Those of our own modules; the package itself only fetches public names on first use."""
    return {name for name in names if within(name, "sim")}


LEAVES = {  # module or package -> what of ours, and what else beside the standard library, it may import
    "sim.mechanisms": ({"sim.mechanisms", "sim.streams", "sim.compiled"}, {"numpy", "scipy"}),
    "sim.streams": ({"sim.compiled"}, {"numpy", "scipy"}),
    "sim.fields": (set(), {"numpy", "scipy"}),
    "sim.parameters": ({"sim.fields"}, {"numpy", "scipy"}),
    "sim.columns": (set(), {"numpy", "scipy", "mesa"}),
}
OTHERS = {
    "mesa",
    "numpy",
    "scipy",
    "pandas",
    "networkx",
    "matplotlib",
    "hydra",
    "omegaconf",
    "yaml",
    "pyarrow",
    "rich",
    "jinja2",
}


@pytest.mark.parametrize("leaf", LEAVES)
def test_leaves_import_nothing_that_acts(leaf):
    ours, others = LEAVES[leaf]
    assert under(leaf), f"{leaf} is gone"
    for name in under(leaf):
        assert {i for i in own(imported(name)) if not within(i, *ours)} == set(), name
        assert {i.split(".")[0] for i in imported(name)} & OTHERS <= others, name


def test_agents_import_only_each_other_and_leaves():
    for name in under("sim.agents"):
        assert {i for i in own(imported(name)) if not within(i, "sim.agents", "sim.compiled", *LEAVES)} == set(), name


def test_policies_never_import_the_month_or_the_cluster():
    for name in under("sim.policies"):
        assert {i for i in imported(name) if within(i, "sim.month", "sim.cluster", "sim.simulate")} == set(), name


def test_only_config_imports_hydra():
    users = {name for name in FILES if any(within(i, "hydra", "omegaconf") for i in imported(name))}
    assert users == {"sim.config"}


def test_reports_import_nothing_of_the_model():
    for name in under("sim.report"):
        assert {i for i in own(imported(name)) if not within(i, "sim.report")} == set(), name


def test_the_month_knows_neither_the_cluster_nor_what_uses_it():
    above = ("sim.cluster", "sim.simulate", "sim.studies", "sim.report", "sim.config", "sim.commands", "sim.cli")
    for name in under(
        "sim.month", "sim.space_market", "sim.labour_market", "sim.services", "sim.milestones", "sim.departures"
    ):
        assert {i for i in imported(name) if within(i, *above)} == set(), name


def test_no_modules_import_each_other_in_a_circle():
    graph = {}
    for name in FILES:
        direct = own(imported(name, everywhere=False)) - {name, "sim"}
        # A package's own modules may import it while it is being imported: what it imports is what counts.
        graph[name] = {i for i in direct if not name.startswith(f"{i}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))
