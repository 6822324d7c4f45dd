"""First lines of docstrings say what a function does or returns: none opens with a clause such as 'Which parks …'."""

import ast
import re

import pytest

from tools.house import FILES, under

ROOMS = ("engine", "model", "methods", "inputs", "runs", "studies", "report", "cli")
CLAUSE = re.compile(r"(Who|What|How|Whom|Whose|Where|Which|Whether|When) ")


@pytest.mark.parametrize("room", ROOMS)
def test_no_docstring_opens_with_a_clause(room):
    wrong = [
        f"{module}: {said.splitlines()[0]}"
        for module in under(f"sim.{room}")
        for node in ast.walk(ast.parse(FILES[module].read_text(encoding="utf-8")))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        if CLAUSE.match(said := ast.get_docstring(node) or "")
    ]
    assert wrong == []
