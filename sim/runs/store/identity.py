"""Names of runs: one for the question, one for the code that answers. The same name, the same numbers."""

import hashlib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.files import digest
from sim.inputs.own_code import LOADED
from sim.model.setup import Setup
from sim.runs.provenance import versions
from sim.runs.results import RunName

LENGTH = 20  # hexadecimal digits of a run's name: among a million runs no two share one


def question_of(setup: Setup) -> str:
    """Name of the question that a setup puts to the model, whatever it is called: place, numbers, world, rules, policies, length.

    Titles do not matter, nor the order of policies, nor whether a number was written 2 or 2.0.
    """
    parts = (setup.data, *vars(setup.parameters).values(), setup.world, setup.rules, setup.criteria, setup.run)
    return digest([*map(_part, parts), sorted(map(_policy, setup.policies))], LENGTH)


def code() -> str:
    """Name of the code that answers: the model's source, a user's own code, and the libraries that compute."""
    own = [hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in sorted(LOADED)]
    return digest([versions(), own], LENGTH)


def run_id(question: str, seed: int) -> str:
    """Name of a run of a question by this code."""
    return digest([question, int(seed), code()], LENGTH)


def run_name(question: str, seed: int) -> RunName:
    """Name of a run of a question by this code, with what it is made of."""
    return RunName(run_id(question, seed), question, int(seed))


def outdated(count: int, asked: int, what: str = "runs", where: Path | None = None) -> str:
    """Sentence on the results of the same question that another version has left. where: their folder."""
    return (
        f"the model or its libraries have changed: {count:,} of {asked:,} {what} kept from another version"
        f"{f' in {where}' if where else ''} are left alone, and simulated again."
    )


_KNOWN = {}  # parts that many setups share, by identity; the part is held so that its identity stays its own


def _part(part):
    found = _KNOWN.get(id(part))
    if found is None or found[0] is not part:
        if len(_KNOWN) > 1000:
            _KNOWN.clear()
        found = _KNOWN[id(part)] = (part, digest(plain(part), LENGTH))
    return found[1]


def _policy(policy):
    return digest([type(policy).kind, plain(policy)], LENGTH)


def plain(thing: Any) -> Any:
    """A thing as JSON knows it, texts for readers left out, numbers all of one kind."""
    if is_dataclass(thing):
        declared = [part for part in fields(thing) if part.metadata.get("kind") not in ("both", "sentences")]
        return {part.name: plain(getattr(thing, part.name)) for part in declared}
    if isinstance(thing, dict):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain(value) for value in thing]
    if isinstance(thing, (bool, str)) or thing is None:
        return thing
    if isinstance(thing, np.datetime64):
        return str(thing)
    return float(thing) if isinstance(thing, (int, float, np.integer, np.floating)) else str(thing)
