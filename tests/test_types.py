"""Signatures say what a function takes and gives, as the package tells type checkers (py.typed) that they do."""

import ast

import pytest

from tools.house import FILES, under

ROOMS = ("engine", "model", "methods", "inputs", "runs", "studies")
# `cluster` is left open: Cluster lies above all that is handed one, which therefore cannot import it, for types neither.
OPEN = {"self", "cls", "cluster"}


def public(tree, prefix=""):
    """Public functions and methods of public classes, special methods included: (name, node)."""
    for node in tree.body:
        special = getattr(node, "name", "").startswith("__")
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node, f"{prefix}{node.name}.")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (special or not node.name.startswith("_")):
            yield prefix + node.name, node


def unsaid(node):
    """Names of arguments without a type, and 'return'."""
    spec = node.args
    listed = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *filter(None, (spec.vararg, spec.kwarg))]
    missing = [a.arg for a in listed if a.annotation is None and a.arg not in OPEN and not a.arg.startswith("_")]
    return missing + ["return"] * (node.returns is None)


@pytest.mark.parametrize("room", ROOMS)
def test_public_functions_say_what_they_take_and_give(room):
    wrong = [
        f"{module}.{name}: {', '.join(unsaid(node))}"
        for module in under(f"sim.{room}")
        for name, node in public(ast.parse(FILES[module].read_text(encoding="utf-8")))
        if unsaid(node)
    ]
    assert wrong == []
