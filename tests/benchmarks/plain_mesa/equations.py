"""The model's equations for one agent at a time: the same source, read with Python's own mathematics in place of numpy's.

numpy takes about a microsecond for one function of one number, Python a tenth of that. A plain Mesa user would write the
equations with `math`; here they are not written again but loaded a second time, so that they cannot differ.
"""

import importlib.util
import math
import pkgutil
from inspect import isfunction, ismodule
from types import SimpleNamespace

import numpy

from sim.engine import distributions
from sim.model import mechanisms
from tests.benchmarks.plain_mesa.inline import written_out

COPY = "_of_one"  # end of the name of a copy

SCALAR = SimpleNamespace(
    exp=math.exp, expm1=math.expm1, log=math.log, log1p=math.log1p, floor=math.floor, rint=round, round=round,
    maximum=max, minimum=min, inf=math.inf, arange=range,
    ceil=numpy.ceil, int64=numpy.int64,  # of areas, which are made whole numbers by numpy's astype
    where=lambda condition, yes, no: yes if condition else no,
    clip=lambda value, low, high: min(max(value, low), high),
    interp=lambda x, at, values: float(numpy.interp(x, at, values)),
)  # fmt: skip


def copies(modules):
    """Second copies of modules, in which `np` is Python's mathematics and which call each other: {name: module}."""
    found = {}
    for module in modules:
        spec = importlib.util.spec_from_file_location(module.__name__ + COPY, module.__file__)
        found[module.__name__] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found[module.__name__])
    for copy in found.values():
        copy.np = SCALAR
        for name, thing in list(vars(copy).items()):
            if ismodule(thing) and thing.__name__ in found:
                setattr(copy, name, found[thing.__name__])
            elif isfunction(thing) and thing.__module__ in found:
                setattr(copy, name, getattr(found[thing.__module__], thing.__name__))
    return found


def root_gamma(random, shape):
    """Square root of a gamma draw of scale 1, from Mesa's stream rather than from a uniform number."""
    return random.gammavariate(shape, 1.0) ** 0.5


_NAMES = [module.name for module in pkgutil.iter_modules(mechanisms.__path__)]
_COPIES = copies([distributions, *(importlib.import_module(f"{mechanisms.__name__}.{name}") for name in _NAMES)])
adaptation, arrivals, choice, growth, milestones, needs, survival, talent, space = (
    _COPIES[f"{mechanisms.__name__}.{name}"]
    for name in ("adaptation", "arrivals", "choice", "growth", "milestones", "needs", "survival", "talent", "space")
)
growth.root_gamma = root_gamma
by_hand = written_out(lambda function: function.__module__.endswith(COPY))
