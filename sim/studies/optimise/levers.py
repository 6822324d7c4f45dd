"""The choices of a search: for each lever whether, from when, how much and where; and packages as points of that grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import yaml

from sim.engine.calendar import month_of
from sim.engine.fields import check
from sim.engine.files import digest
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs import catalogue
from sim.inputs.config import load
from sim.model.policies import Policy
from sim.model.vocabulary import NEEDS, TIERS
from sim.runs.store.identity import plain
from sim.studies.sweep.space import varies

EACH = "each"  # in place of values: all together, and each alone
STEPS = 6  # values between two bounds typed as low..high


@dataclass(frozen=True)
class Lever:
    """One policy as a search sees it. policy: as shipped; settings: {name: values}, start among them."""

    policy: Policy
    settings: dict[str, tuple]

    def at(self, chosen: Mapping[str, int]) -> Policy:
        """The policy with these values; chosen: {setting: place}."""
        return replace(self.policy, **{name: values[chosen.get(name, 0)] for name, values in self.settings.items()})

    def nearest(self, policy: Policy) -> dict[str, int]:
        """Places of the values that are nearest to a policy's own: {setting: place}."""
        return {name: _nearest(values, getattr(policy, name)) for name, values in self.settings.items()}


def _nearest(values, wanted):
    if wanted in values:
        return values.index(wanted)
    if isinstance(wanted, tuple):  # names: the list that shares most with it
        return max(
            range(len(values)), key=lambda k: len(set(values[k]) & set(wanted)) - len(set(values[k]) ^ set(wanted))
        )
    return int(np.argmin([abs(np.array(v - wanted).astype(float)) for v in values]))


@dataclass(frozen=True)
class Levers:
    """All levers of a search. left_out: {policy: why it cannot be searched here}."""

    levers: tuple[Lever, ...]
    left_out: dict[str, str]

    @cached_property
    def by_name(self) -> dict[str, Lever]:
        return {lever.policy.name: lever for lever in self.levers}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Places of each choice: {policy: 2 (no, yes), 'policy.setting': number of values}; what cannot vary is left out."""
        sizes = {}
        for name, lever in self.by_name.items():
            sizes[name] = 2
            sizes |= {f"{name}.{s}": len(values) for s, values in lever.settings.items() if len(values) > 1}
        return sizes

    def package(self, point: Mapping[str, int]) -> tuple[Policy, ...]:
        """The policies of a point {choice: place}, sorted by name."""
        chosen = []
        for name, lever in sorted(self.by_name.items()):
            if point[name]:
                chosen.append(lever.at({s: point[f"{name}.{s}"] for s in lever.settings if f"{name}.{s}" in point}))
        return tuple(chosen)

    def point(self, policies: Iterable[Policy]) -> dict[str, int]:
        """The point nearest to a package; levers that are not searched are left out."""
        held = {policy.name: policy for policy in policies}
        point = {}
        for name, lever in self.by_name.items():
            places = lever.nearest(held.get(name, lever.policy))
            point |= {name: int(name in held)} | {f"{name}.{s}": place for s, place in places.items()}
        return {name: point[name] for name in self.sizes}

    def beginnings(self, packages: Iterable[Iterable[Policy]], count: int, seed: int) -> list[dict[str, int]]:
        """Points to begin with: the packages, each lever alone as shipped, and random ones of few and of many levers."""
        rng = np.random.default_rng(seed)
        points = [self.point(policies) for policies in packages]
        points += [self.point([lever.policy]) for lever in self.levers]
        while len(points) < count:
            names = rng.choice(list(self.by_name), rng.integers(1, len(self.levers) + 1), replace=False)
            point = {name: int(rng.integers(size)) for name, size in self.sizes.items()}
            points.append(point | {name: int(name in names) for name in self.by_name})
        return points[:count]


def key_of(policies: Iterable[Policy]) -> str:
    """A package's name among candidates: the same policies with the same settings have the same one."""
    return digest(sorted(digest([type(policy).kind, plain(policy)]) for policy in policies))


def levers_of(
    search: str = "levers",
    names: Sequence[str] | None = None,
    overrides: Sequence[str] = (),
    *,
    decision: int,
    delays: Sequence[int] | None = None,
    own: str | None = None,
) -> Levers:
    """The Levers of a search file, checked against a cluster.

    names: only these policies. overrides: as typed; 'policies.rent_relief.reward=5..25' or '=5,10' are what is searched of a
    setting, one value fixes it. decision: month number before which nothing starts. delays: months after it, in place of the
    file's. Raises ConfigurationError with all that is wrong.
    """
    if search not in catalogue.options("search", own):
        raise ConfigurationError(
            f"search={search}: no such search; {did_you_mean(search, catalogue.options('search', own))}"
        )
    about, problems = catalogue.described("search", own)[search], []
    listed = about["levers"]
    problems += [
        f"levers=[…,{n},…]: not a lever of search={search}; {did_you_mean(n, listed)}"
        for n in names or ()
        if n not in listed
    ]
    wanted = [n for n in listed if n in (names or listed)]
    if problems or not wanted:
        raise ConfigurationError(problems or [f"search={search}: lists no lever."])
    ranges = [o for o in overrides if varies(o)]
    fixed = [o for o in overrides if not varies(o) and (not o.startswith("policies.") or o.split(".")[1] in wanted)]
    typed, held = _typed(ranges, wanted), {o.partition("=")[0] for o in fixed}
    setup, left_out = _all_of(wanted, fixed, own)
    starts = _starts(decision, about["start"] if delays is None else delays, setup.run.until)
    levers = []
    for policy in setup.policies:
        settings = {"start": starts} | listed[policy.name] | typed.get(policy.name, {})
        settings = {s: v for s, v in settings.items() if f"policies.{policy.name}.{s}" not in held}
        lever = _checked(policy, settings, typed.get(policy.name, {}), setup, problems)
        if isinstance(lever, str):
            left_out[policy.name] = lever
        else:
            levers.append(lever)
    if problems:
        raise ConfigurationError(problems)
    if not levers:
        raise ConfigurationError([f"search={search}: none of its levers can act on this cluster.", *left_out.values()])
    return Levers(tuple(levers), left_out)


def _starts(decision, delays, until):
    """Months at which a lever may start: so long after the decision, and before the run ends, or it would never act."""
    starts = tuple(month_of(decision + int(d)) for d in delays)
    within = tuple(month for month in starts if month <= until)
    if not within:
        raise ConfigurationError(
            f"delays=[{','.join(str(int(d)) for d in delays)}]: no lever could start before {starts[0]}, and the run ends in "
            f"{until}; write a later run.until or shorter delays."
        )
    return within


def _all_of(names, overrides, own):
    """A setup that has all these policies, and those that this cluster cannot have with the reason."""
    names, left_out = list(names), {}
    while True:
        mine = [o for o in overrides if not o.startswith("policies.") or o.split(".")[1] in names]
        try:
            return load([*mine, f"policy=[{','.join(names)}]"], own), left_out
        except ConfigurationError as error:
            unfit = {n: p for p in error.problems for n in names if p.startswith(f"policies.{n}:")}
            if not unfit or len(unfit) == len(names):
                raise
            left_out |= unfit
            names = [n for n in names if n not in unfit]


def _typed(ranges, wanted):
    """Values typed for a setting: {policy: {setting: texts or (low, high)}}."""
    values_of = {}
    for text in ranges:
        name, _, value = text.partition("=")
        parts = name.split(".")
        if parts[0] != "policies":
            continue  # a parameter: what robust=parameters draws from
        if len(parts) != 3 or parts[1] not in wanted:
            raise ConfigurationError(
                f"{text}: not a setting of a lever that is searched; {did_you_mean(parts[1], wanted)}"
            )
        low, dots, high = value.partition("..")
        try:
            ends = (float(low), float(high)) if dots else None
        except ValueError:
            raise ConfigurationError(
                f"{text}: expected bounds such as {name}=5..25, or values such as 5,10,20."
            ) from None
        if ends and not ends[0] < ends[1]:
            raise ConfigurationError(f"{text}: expected the lower bound first, and a higher one after it.")
        values = np.linspace(*ends, STEPS).tolist() if ends else [_number(v) for v in value.split(",")]
        values_of.setdefault(parts[1], {})[parts[2]] = values
    return values_of


def _number(text):
    try:
        return float(text)
    except ValueError:
        return text.strip()


def _checked(policy, settings, typed, setup, problems):
    """A Lever with the values that can act on this cluster; a sentence if none can, more in problems if one is no value."""
    declared, allowed, why = {f.name: f.metadata for f in fields(policy)}, {}, ""
    for name, values in settings.items():
        at = f"policies.{policy.name}.{name}"
        if name not in declared:
            problems.append(f"{at}: no such setting; {did_you_mean(name, declared)}")
            continue
        mistakes = []
        if name == "start":
            good = list(values)
        else:
            listed = _each(name, setup.data) if values == EACH else values
            good = [check(v, declared[name], at, mistakes) for v in listed]
        if mistakes:
            problems.append(mistakes[-1])
            continue
        refused = {k: replace(policy, **{name: v}).problems(setup.data) for k, v in enumerate(good)}
        if name in typed and any(refused.values()):
            problems += [p for ps in refused.values() for p in ps]
        good = tuple(dict.fromkeys(v for k, v in enumerate(good) if not refused[k]))
        if not good:
            why = next(iter(refused.values()))[0]
        else:
            allowed[name] = good
    return why or Lever(policy, allowed)


def _each(name, data):
    known = {"sectors": list(data.sectors), "tiers": list(TIERS), "needs": list(NEEDS)}
    if name not in known:
        raise ConfigurationError(f"search: '{EACH}' stands for {', '.join(known)}, not for {name}; list its values.")
    return [[], *([key] for key in known[name])]


def changes(policy: Policy, as_shipped: Policy) -> dict[str, Any]:
    """Settings in which a policy differs from its file, as YAML has them: {setting: value}."""
    changed = {}
    for part in fields(policy):
        value = getattr(policy, part.name)
        if not part.metadata or value == getattr(as_shipped, part.name):
            continue
        kind = part.metadata["kind"]
        if kind == "month":
            value = None if value is None else str(value)
        elif kind == "numbers":
            value = dict(zip(part.metadata["names"], value, strict=True))
        elif kind == "keys":
            value = list(value)
        changed[part.name] = value
    return changed


def scenario_yaml(
    title: Mapping[str, str],
    explanation: Mapping[str, str],
    policies: Iterable[Policy],
    as_shipped: Mapping[str, Policy],
    note: str,
) -> str:
    """A scenario file that chooses these policies. as_shipped: {name: policy of its file}; note: one comment line."""
    names = [policy.name for policy in policies]
    settings = {p.name: changed for p in policies if (changed := changes(p, as_shipped[p.name]))}
    body = {"scenario_title": title, "scenario_explanation": explanation} | ({"policies": settings} if settings else {})
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)
    chosen = f"defaults:\n  - override /policy: [{', '.join(names)}]\n"
    return f"# @package _global_\n# {note}\n{chosen}{text}"
