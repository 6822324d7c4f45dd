"""The house: which room of the package may import which, and the imports there are, read from the sources.

One list for the test (tests/test_imports.py) and the figure (tools/draw_house.py).
"""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "sim"
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}

# The house, from the ground up: rooms of one floor never import each other, and none imports a floor above.
FLOORS = (
    ("engine",),
    ("model", "methods", "report"),
    ("inputs",),
    ("runs",),
    ("studies",),
    ("cli",),
)
ONLY = {"report": ("engine",), "methods": ("engine",)}  # rooms that import less than their floor would let them

# The same inside the model. A name may stand for a module or for a folder.
MODEL = (
    ("vocabulary", "status", "geography"),
    ("parameters", "district_data", "random_decisions", "tally"),
    ("mechanisms",),
    ("agents",),
    ("event_log", "criteria", "kernels"),
    ("setup",),
    ("phases",),
    ("measures", "policies", "snapshot"),
    ("month",),
    ("cluster",),
)
# Within a study, sentences and figures know the data they are given, and neither the model nor how it was simulated.
WORDS_AND_FIGURES = ("sentences", "figures")


@cache
def statements(name):
    """Import statements of a module: those at its top, and those inside functions."""
    top, inside = [], []
    waiting = [(node, top) for node in ast.parse(FILES[name].read_text(encoding="utf-8")).body]
    while waiting:
        node, place = waiting.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            place.append(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            place = inside
        waiting += [(child, place) for child in ast.iter_child_nodes(node)]
    return top, inside


@cache
def imported(name):
    """Full names of the modules that a module imports, wherever in it."""
    top, inside = statements(name)
    return _names(name, top) | _names(name, inside)


def imported_late(name):
    """Full names of the modules that a module imports inside functions."""
    return _names(name, statements(name)[1])


def _names(name, nodes):
    found = set()
    for node in nodes:
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
    return {name for name in names if within(name, "sim") and name != "sim"}


def floor_of(name, floors, below):
    """Number of the floor on which a module lies; below: the folder whose floors these are."""
    part = name.removeprefix(f"{below}.").split(".")[0]
    found = [number for number, rooms in enumerate(floors) if part in rooms]
    assert found, f"{name} is in no room of {below}: {Path(__file__).name} lists them"
    return found[0], part


def against_the_rule(floors, below):
    """Imports that point up or to a neighbour: ['importer imports imported']."""
    wrong = []
    for name in under(below):
        if name in (below, f"{below}.__main__"):
            continue
        mine, room = floor_of(name, floors, below)
        for other in own(imported(name)):
            if not within(other, below) or other == below:
                continue
            theirs, there = floor_of(other, floors, below)
            if room != there and (theirs >= mine or there not in ONLY.get(room, (there,))):
                wrong.append(f"{name} imports {other}")
    return sorted(wrong)


def circle():
    """Modules that import each other in a circle, the first again at the end; none if there is no circle."""
    graph = {}
    for name in FILES:
        direct = own(imported(name)) - {name}
        # A package's own modules may import it while it is being imported: what it imports is what counts.
        graph[name] = {i for i in direct if not name.startswith(f"{i}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return found.args[1]
    return []


def arrows(below="sim"):
    """Imports between the rooms of a folder: {(importing room, imported room): number of modules that do so}."""
    found = {}
    for name in under(below):
        room = name.removeprefix(f"{below}.").split(".")[0]
        theirs = {
            other.removeprefix(f"{below}.").split(".")[0] for other in own(imported(name)) if within(other, below)
        }
        for other in theirs - {room, below}:
            found[room, other] = found.get((room, other), 0) + 1
    return {pair: count for pair, count in found.items() if f"{below}.{pair[0]}" in FILES and pair[0] != "__main__"}
