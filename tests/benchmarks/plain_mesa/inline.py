"""Equations written out where they are called, as a patient user of plain Mesa would write them by hand.

A call costs Python as much as the sum it stands for, and the twin is a yardstick of speed: it must not be slow for keeping
each equation in one place.
"""

import ast
import inspect
import textwrap
from copy import deepcopy
from itertools import count
from math import exp, expm1, log, log1p

PLAIN = {"exp": exp, "expm1": expm1, "log": log, "log1p": log1p}
COMPARED = {"maximum": ast.Gt, "minimum": ast.Lt}


def written_out(is_equation):
    """Make a decorator of methods that writes out what they call. is_equation: tells of a function whether it may be."""

    def decorate(method):
        tree = ast.parse(textwrap.dedent(inspect.getsource(method)))
        tree.body[0].decorator_list = []
        found = dict(method.__globals__)
        tree = _Writer(found, found, {}, count(), is_equation).visit(tree)
        exec(compile(ast.fix_missing_locations(tree), inspect.getfile(method), "exec"), found)
        return found[method.__name__]

    return decorate


class _Writer(ast.NodeTransformer):
    """Put bodies of equations in the place of calls. here: names where the code stands; found: where it will run."""

    def __init__(self, here, found, given, numbers, is_equation):
        self.here, self.found, self.given = here, found, given
        self.numbers, self.is_equation = numbers, is_equation

    def visit_Name(self, node):
        """A parameter becomes what was handed over; a name of the equation's own module is made known."""
        if node.id in self.given:
            return deepcopy(self.given[node.id])
        if self.here is not self.found and node.id in self.here:
            return self._known(self.here[node.id])
        return node

    def visit_Call(self, node):
        """A call of an equation becomes the equation."""
        thing, over = self._meant(node.func)
        handed = [self.visit(part) for part in node.args]
        if over and thing in COMPARED and len(handed) == 2:
            one, other = (ast.Name(f"_{next(self.numbers)}", ast.Load()) for _ in range(2))
            test = ast.Compare(_set(one, handed[0]), [COMPARED[thing]()], [_set(other, handed[1])])
            return ast.IfExp(test, one, other)
        if over and thing in PLAIN:
            return ast.Call(self._known(PLAIN[thing]), handed, [])
        steps, body = (None, None) if over or node.keywords else self._body(thing)
        if body is None:
            return ast.Call(self.visit(node.func), handed, [self.visit(k) for k in node.keywords])
        given, first = {}, []
        for name, part in zip(inspect.signature(thing).parameters, handed, strict=True):
            used = sum(isinstance(n, ast.Name) and n.id == name for step in (*steps, body) for n in ast.walk(step))
            if used > 1 and not isinstance(part, ast.Name | ast.Constant):
                kept = ast.Name(f"_{next(self.numbers)}", ast.Load())
                first, part = [*first, _set(kept, part)], kept
            given[name] = part
        writer = _Writer(thing.__globals__, self.found, given, self.numbers, self.is_equation)
        for step in steps:
            kept = ast.Name(f"_{next(self.numbers)}", ast.Load())
            first.append(_set(kept, writer.visit(deepcopy(step.value))))
            given[step.targets[0].id] = kept
        text = writer.visit(deepcopy(body))
        return ast.Subscript(ast.Tuple([*first, text], ast.Load()), ast.Constant(-1), ast.Load()) if first else text

    def _meant(self, func):
        """What is called: a function, or the name of one of numpy's and True."""
        if isinstance(func, ast.Name):
            return self.here.get(func.id), False
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
            home = self.here.get(func.value.id)
            if func.value.id == "np":
                return func.attr, True
            if inspect.ismodule(home):
                return getattr(home, func.attr), False
        return None, False

    def _body(self, thing):
        """An equation's steps and the expression it returns, if it is nothing but that."""
        if not (inspect.isfunction(thing) and self.is_equation(thing)):
            return None, None
        _, *steps, last = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0].body  # first its docstring
        plain = all(isinstance(step, ast.Assign) and isinstance(step.targets[0], ast.Name) for step in steps)
        return (steps, last.value) if plain and isinstance(last, ast.Return) else (None, None)

    def _known(self, thing):
        """A name under which a thing is found where the code will run."""
        if isinstance(thing, int | float):
            return ast.Constant(thing)
        name = f"_{getattr(thing, '__name__', 'thing').rpartition('.')[2]}_{id(thing)}"
        self.found[name] = thing
        return ast.Name(name, ast.Load())


def _set(name, value):
    return ast.NamedExpr(ast.Name(name.id, ast.Store()), value)
