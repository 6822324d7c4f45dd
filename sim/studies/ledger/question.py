"""The question of a ledger: a scenario or a package, and the reference it is held against."""

from collections.abc import Sequence
from dataclasses import replace

from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import load
from sim.model.setup import Setup
from sim.studies.common.scenarios import scenarios_of


def setups_of(
    scenario: str | None, reference: str, overrides: Sequence[str] = (), own: str | None = None
) -> list[Setup]:
    """The reference and what is held against it, which may be paired, or a sentence why not.

    scenario: a name, or None for the reference with the package that policy=[…] among the overrides names.
    """
    if scenario is not None:
        if scenario == reference:
            raise ConfigurationError(f"scenario={scenario}: the same as the reference, so that no life differs.")
        return scenarios_of([reference, scenario], overrides, own)
    if not any(o.startswith("policy=") for o in overrides):
        raise ConfigurationError(
            "incubator ledger: scenario is missing; write scenario=service_first, or policy=[rent_relief] for levers alone."
        )
    common = [o for o in overrides if not o.startswith(("policy=", "policies."))]
    alone = scenarios_of([reference], common, own)[0]
    package = load([*overrides, f"scenario={reference}"], own)
    if not package.policies:
        raise ConfigurationError("policy=[]: names no policy, so that no life differs.")
    titles = {lang: "+".join(policy.title[lang] for policy in package.policies) for lang in ("zh", "en")}
    return [alone, replace(package, scenario="+".join(policy.name for policy in package.policies), title=titles)]
