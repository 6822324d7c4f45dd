"""A compiled path for the hottest rules, if numba is installed: the same results, tested firm by firm.

The readable rule stays the reference; whole numbers, and so the event log, come out the same, other numbers to the last
digits. `twin` names the function here that does what a rule does. It is taken for cohorts of a family's own class, never
for a subclass, which may see the rule otherwise, nor for a single agent. INCUBATOR_COMPILED=0 switches it off.
"""

import os
import sys
from functools import cache, wraps
from importlib import import_module
from pkgutil import iter_modules

ON = os.environ.get("INCUBATOR_COMPILED", "1") != "0"


def available():
    """Whether compiled rules are wanted, and can be used on this computer."""
    return ON and _works()


@cache
def _works():
    try:
        import_module("sim.compiled.luck")
    except ModuleNotFoundError:
        return False
    except Exception as error:  # a numba that does not suit this numpy, or no folder for what it compiles
        print(f"incubator: numba is installed but cannot be used here ({error}); going on without.", file=sys.stderr)
        return False
    return True


def load():
    """Load every compiled rule now, where they are available, rather than when each is first asked for."""
    if available():
        for module in iter_modules(__path__):
            import_module(f"{__name__}.{module.name}")


@cache
def draws():
    """The module of compiled draws; to be asked for only where they are available."""
    return import_module("sim.compiled.luck")


@cache
def _twin(name):
    module, function = name.split(".")
    return getattr(import_module(f"sim.compiled.{module}"), function)


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
