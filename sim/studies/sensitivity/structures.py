"""Other structures of the model: what is left when a mechanism is switched off, or another account of the past is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.catalogue import options
from sim.inputs.config import compose
from sim.model.setup import Setup

SHIPPED = "as_shipped"


@dataclass(frozen=True)
class Structure:
    """A variant of the model: its name, title {zh, en}, and the settings that make it, as on the command line."""

    name: str
    title: dict[str, str]
    settings: tuple[str, ...]

    @property
    def pinned(self) -> set[str]:
        """Settings that it fixes: dotted names. They are swept in no point of this structure."""
        return {setting.partition("=")[0] for setting in self.settings}


SWITCHES = (
    Structure(
        "no_spillovers",
        {"zh": "无溢出", "en": "No spillovers"},
        (
            "parameters.growth.agglomeration=0",
            "parameters.growth.chain_level=0",
            "parameters.choice.neighbours=0",
            "parameters.choice.partners=0",
        ),
    ),
    Structure(
        "no_feedback",
        {"zh": "租金与申请不作反应", "en": "Rents and applicants do not respond"},
        ("parameters.adaptation.rent_speed=0", "parameters.demand.reputation_exponent=0"),
    ),
    Structure(
        "no_learning",
        {"zh": "无学习", "en": "No learning"},
        ("parameters.adaptation.peer_learning=0", "parameters.survival.learning=0"),
    ),
)


def structures_of(setup: Setup, names: Sequence[str] | None = None, own: str | None = None) -> list[Structure]:
    """The structures to look at, as shipped first: by default the other worlds and every switch.

    setup: a Setup of the study, whose world counts as shipped. names: some of them. Raises ConfigurationError for a name
    that is none.
    """
    known = {
        name: Structure(name, dict(compose([f"world={name}"], own)["world"]["title"]), (f"world={name}",))
        for name in options("world", own)
        if name != setup.world.name
    }
    known |= {switch.name: switch for switch in SWITCHES}
    asked = list(known) if names is None else [name for name in names if name != SHIPPED]
    problems = [
        f"structures=[{','.join(asked)}]: no such structure '{name}'; {did_you_mean(name, known)}"
        for name in asked
        if name not in known
    ]
    problems += [f"structures: '{name}' is named twice." for name in sorted({n for n in asked if asked.count(n) > 1})]
    if problems:
        raise ConfigurationError(problems)
    return [Structure(SHIPPED, {"zh": "现有结构", "en": "As shipped"}, ()), *(known[name] for name in asked)]
