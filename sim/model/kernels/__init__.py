"""Compiled passes over the firms, if numba is installed: the same results, tested firm by firm."""

from functools import cache, wraps
from importlib import import_module
from pkgutil import iter_modules

from sim.engine.kernels import available


def load():
    """Load every compiled rule now, where they are available, rather than when each is first asked for."""
    if available():
        for module in iter_modules(__path__):
            import_module(f"{__name__}.{module.name}")


@cache
def _twin(name):
    module, function = name.split(".")
    return getattr(import_module(f"{__name__}.{module}"), function)


def read(firms, *names):
    """Columns of a cohort for a compiled rule to read: of all firms straight from the table, not even copied."""
    return [firms.table.data[name][firms.row] for name in names]


def twin(name):
    """Give a rule its compiled twin, 'module.function' of this package, called with the same arguments.

    The rule is a method of agents, or a function of (cluster, agents, …). A twin answers NotImplemented where it cannot
    do what the rule can, having changed nothing.
    """

    def with_twin(rule):
        place = int(rule.__code__.co_varnames[0] == "cluster")

        @wraps(rule)
        def either(*arguments):
            agents = arguments[place]
            if available() and agents.many and type(agents) is agents.table.family:
                result = _twin(name)(*arguments)
                if result is not NotImplemented:
                    return result
            return rule(*arguments)

        return either

    return with_twin
