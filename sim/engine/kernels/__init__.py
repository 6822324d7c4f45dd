"""Compiled loops for what is done most often, if numba is installed: the same results, tested against the readable form.

Whole numbers, and so the event log, come out the same; other numbers to the last digits. `has_kernel` is the one way to
choose a kernel. INCUBATOR_COMPILED=0 does without.
"""

import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module

KERNELS: list[str] = []  # of all kernels that a function may have taken instead of it, 'module:function'
ON = os.environ.get("INCUBATOR_COMPILED", "1") != "0"


def available() -> bool:
    """True if kernels are wanted, and can be used on this computer."""
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
def _kernel(place):
    """The kernel at a place, and the equations that kernels of its module call: where each stands, its name, itself."""
    module, function = place.split(":")
    equations = import_module("sim.engine.kernels.kernel").equations_of
    return getattr(import_module(module), function), equations(module)


def has_kernel(place: str, suits: Callable | None = None) -> Callable:
    """Let a function's kernel at 'module:function' be taken instead of it where kernels are available.

    suits: tells of the arguments whether the kernel can do what the function does with them; all, if left out. The kernel
    is called with the same arguments, and may answer NotImplemented, having changed nothing.
    """
    KERNELS.append(place)

    def with_kernel(readable):
        @wraps(readable)
        def either(*arguments, **named):
            if available() and (suits is None or suits(*arguments)):
                kernel, equations = _kernel(place)
                for home, name, compiled_with in equations:
                    if home[name] is not compiled_with:  # it has been replaced since
                        return readable(*arguments, **named)
                result = kernel(*arguments, **named)
                if result is not NotImplemented:
                    return result
            return readable(*arguments, **named)

        return either

    return with_kernel
