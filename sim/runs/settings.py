"""Setups at a point: declared settings replaced one by one, as an override would, without composing the files again."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from sim.engine.fields import check
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.model.parameters import contradictions
from sim.model.setup import Setup

ROOTS = ("parameters", "policies", "rules", "world", "run")


def declared(setups: Sequence[Setup], name: str) -> tuple[Mapping[str, Any], Any]:
    """Declaration and present value of a dotted setting: (metadata, value), of the first setup that has it.

    A single element of a list of numbers has the declaration of a number. Raises ConfigurationError where there is none.
    """
    root, *rest = name.split(".")
    if root not in ROOTS:
        raise ConfigurationError(
            f"{name}: no setting that a point can change; {did_you_mean(root, ROOTS)} Its name begins with one of "
            f"{', '.join(ROOTS)}."
        )
    if root == "policies":
        found = [p for setup in setups for p in setup.policies if rest and p.name == rest[0]]
        if not found:
            raise ConfigurationError(f"{name}: none of the scenarios has the policy '{''.join(rest[:1])}'.")
        return _leaf(found[0], rest[1:], name)
    return _leaf(getattr(setups[0], root), rest, name)


def _leaf(thing, path, name):
    for depth, step in enumerate(path):
        declarations = {part.name: part for part in fields(thing)}
        if step not in declarations:
            break
        value, meta = getattr(thing, step), declarations[step].metadata
        rest = path[depth + 1 :]
        if is_dataclass(value):
            thing = value
        elif not rest:
            return meta, value
        elif meta.get("kind") == "numbers" and len(rest) == 1 and rest[0] in meta["names"]:
            return {**meta, "kind": "number"}, value[meta["names"].index(rest[0])]
        else:
            break
    known = [part.name for part in fields(thing)]
    hint = did_you_mean(step, known) if path else "there are: " + ", ".join(known)
    raise ConfigurationError(f"{name}: no such setting; {hint}")


def at_point(setups: Sequence[Setup], values: Mapping[str, Any]) -> list[Setup]:
    """Setups with these settings, checked as if they stood in the files. values: {dotted name: value}.

    A setting of a policy acts on the scenarios that have it. Raises ConfigurationError with all that is wrong.
    """
    tree, problems = {}, []
    for name, value in values.items():
        _put(tree, name.split("."), value)
    changed = [_changed(setup, tree, problems) for setup in setups]
    if problems:
        raise ConfigurationError(list(dict.fromkeys(problems)))
    return changed


def _put(tree, path, value):
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def _changed(setup, tree, problems):
    parts, before = {}, len(problems)
    for root in ("parameters", "rules", "world", "run"):
        if root in tree:
            parts[root] = _with(getattr(setup, root), tree[root], root, problems)
    levers = tree.get("policies", {})
    touched = [p.name for p in setup.policies if p.name in levers]
    if touched:
        parts["policies"] = tuple(
            _with(p, levers[p.name], f"policies.{p.name}", problems) if p.name in levers else p for p in setup.policies
        )
    if not parts or len(problems) > before:
        return setup
    changed = replace(setup, **parts, resolved=_resolved(setup, tree, touched))
    if "parameters" in parts:
        problems += contradictions(vars(changed.parameters))
    if touched:
        problems += _problems_of_policies(changed, touched)
    if changed.run.until < changed.data.start:
        problems.append(f"run.until = {changed.run.until}: before the simulation starts in {changed.data.start}.")
    return changed


def _problems_of_policies(setup, touched):
    """Contradictions of policies that were changed: with the cluster, or with each other."""
    problems = []
    for k, policy in enumerate(setup.policies):
        own = policy.problems(setup.data) if policy.name in touched else []
        problems += own or [
            clash
            for other in setup.policies[:k]
            if touched and {policy.name, other.name} & set(touched) and (clash := policy.clash(other, setup.data))
        ]
    return problems


def _with(thing, tree, at, problems):
    """A dataclass with some settings replaced; a value that is already there leaves it as it is."""
    declarations, changed = {part.name: part.metadata for part in fields(thing)}, {}
    for name, value in tree.items():
        place = f"{at}.{name}"
        if name not in declarations:
            problems.append(f"{place}: no such setting; {did_you_mean(name, declarations)}")
            continue
        old, meta = getattr(thing, name), declarations[name]
        if is_dataclass(old):
            new = _with(old, value, place, problems)
        elif isinstance(value, dict) and meta.get("kind") == "numbers":
            whole = dict(zip(meta["names"], old, strict=True)) | value
            new = check(whole, meta, place, problems)
        elif value is None and old is None:
            new = None
        else:
            new = check(value, meta, place, problems)
        if new is not old and not (type(new) is not bool and new == old):
            changed[name] = new
    return replace(thing, **changed) if changed else thing


def _resolved(setup, tree, touched):
    """The resolved configuration with the same changes, parts that stay shared."""
    mine = {root: part for root, part in tree.items() if root != "policies"}
    if touched:
        mine["policies"] = {name: tree["policies"][name] for name in touched}
    return _merged(setup.resolved, mine)


def _merged(old, new):
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
