"""A compiled path for the hottest rules, if numba is installed: the same results, tested firm by firm.

The readable rule stays the reference; whole numbers, and so the event log, come out the same, other numbers to the last
digits. `twin` names the function here that does what a rule does. It is taken for cohorts of a family's own class, never
for a subclass, which may see the rule otherwise, nor for a single agent. INCUBATOR_COMPILED=0 switches it off.
"""

import os
import sys
from functools import cache
from importlib import import_module

ON = os.environ.get("INCUBATOR_COMPILED", "1") != "0"


def available():
    """Whether compiled rules are wanted, and can be used on this computer."""
    return ON and _works()


@cache
def _works():
    try:
        import_module("sim.engine.kernels.draws")
    except ModuleNotFoundError:
        return False
    except Exception as error:  # a numba that does not suit this numpy, or no folder for what it compiles
        print(f"incubator: numba is installed but cannot be used here ({error}); going on without.", file=sys.stderr)
        return False
    return True


@cache
def compiled_draws():
    """The module of compiled draws; to be asked for only where they are available."""
    return import_module("sim.engine.kernels.draws")
