"""Sentences on mistakes in a lever's settings, alone and beside the other levers of its package."""

from typing import Any

from sim.engine.mistakes import did_you_mean
from sim.model.district_data import ClusterData


def problems(policy: Any, data: ClusterData) -> list[str]:
    """Sentences on what contradicts itself or the district."""
    found, at = [], f"policies.{policy.name}"
    if policy.end is not None and policy.end < policy.start:
        found.append(f"{at}: ends in {policy.end}, before it starts in {policy.start}.")
    if policy.start < data.start:
        found.append(f"{at}.start = {policy.start}: before the simulation starts in {data.start}.")
    for setting, (what, known) in policy.known_names(data).items():
        found += [
            f"{at}.{setting}: '{name}' is not {what}; {did_you_mean(name, known)}"
            for name in getattr(policy, setting)
            if name not in known
        ]
    if found:
        return found
    if policy.whole_district:
        return [
            f"{at}.{setting} = {value}: it acts on the whole district; leave it {none}."
            for setting, chosen, value, none in (
                ("parks", policy.parks, list(policy.parks), "empty"),
                ("operators", policy.operators, list(policy.operators), "empty"),
                ("remote_from", policy.remote_from, f"{policy.remote_from:g}", "at 0"),
            )
            if chosen
        ]
    if not policy.target_parks(data).any():
        found.append(f"{at}: its targets match no park of {data.name}.")
    return found


def clash(policy: Any, other: Any, data: ClusterData) -> str:
    """Reason why two policies of a package cannot stand side by side, or ''.

    Levers of different kinds combine as each term's column declares. Two of one kind would say the same thing twice,
    unless their class says why they may stack.
    """
    kind = _basic_kind(policy)
    if kind != _basic_kind(other) or policy.stacking_reason:
        return ""
    if not (policy.shares_months(other) and policy.shares_target(other, data)):
        return ""
    return (
        f"policies.{policy.name} and policies.{other.name}: two of the kind {kind} have the same target "
        "in the same months; give them different targets or months, or keep one."
    )


def _basic_kind(policy):
    """Kind of the lever it is a form of: that of its oldest ancestor with a kind."""
    return next((kind for cls in reversed(type(policy).__mro__) if (kind := vars(cls).get("kind"))), "")
