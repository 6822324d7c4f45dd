"""The official rule sets that are asked about."""

from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.criteria import RuleSet
from sim.model.setup import Setup


def chosen_sets(setup: Setup, name: str | None) -> list[RuleSet]:
    """Rule sets to show: the named one, or all that ask for anything."""
    sets = setup.criteria.sets
    if name is None:
        return [rules for rules in sets.values() if rules.simulated]
    if name not in sets:
        raise ConfigurationError(f"set={name}: no such rule set; {did_you_mean(name, sets)}")
    if not sets[name].simulated:
        raise ConfigurationError(
            f"set={name}: none of its criteria is simulated. {(sets[name].note or {}).get('en', '')}"
        )
    return [sets[name]]
