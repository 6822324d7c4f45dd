"""From names and overrides to a Setup. The only importer of Hydra; nothing else ever sees an OmegaConf object."""

import re
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from yaml import YAMLError

from sim.engine.fields import read
from sim.engine.mistakes import ConfigurationError, did_you_mean
from sim.inputs.catalogue import GROUPS, options, package, shipped_folder
from sim.inputs.own_code import load_code  # noqa: F401  (part of this module's interface)
from sim.inputs.synthetic import read_place
from sim.model.criteria import read_criteria
from sim.model.parameters import read_parameters
from sim.model.policies import POLICY_KINDS, Policy
from sim.model.setup import Demand, Plan, Rules, Run, Setup, World

TOP = {
    "cluster",
    "parameters",
    "sources",
    "world",
    "demand",
    "rules",
    "criteria",
    "plan",
    "policies",
    "run",
    "seed",
    "scenario_title",
    "scenario_explanation",
}

# What every policy has may be set although its file leaves it at its default; Hydra itself would refuse it.
OF_ANY_POLICY = re.compile(rf"policies\.[\w\-]+\.({'|'.join(part.name for part in fields(Policy))})=")


def compose(overrides: Sequence[str] = (), own: Path | str | None = None) -> dict:
    """Compose the configuration as plain mappings, all references resolved. overrides: 'name=value' strings as on the command line."""
    import hydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    typed = [_checked(item, own) for item in overrides]
    overrides = [f"++{item}" if OF_ANY_POLICY.match(item) else item for item in typed]
    if own:
        if not Path(own).is_dir():
            raise ConfigurationError(f"--config-dir {own}: no such folder.")
        overrides = [f"hydra.searchpath=[file://{Path(own).resolve()}]", *overrides]
    try:
        with hydra.initialize_config_dir(str(shipped_folder()), version_base="1.3"):
            found: Any = OmegaConf.to_container(hydra.compose("config", overrides), resolve=True)
            return found
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise ConfigurationError(_explain(error, typed, own)) from None


def _checked(item, own):
    """One override, refused early where Hydra's own answer would mislead."""
    name, equals, value = item.partition("=")
    if item.startswith(("+", "~")):
        raise ConfigurationError(f"{item}: settings can be changed but not added or removed; write name=value.")
    if not equals or not name:
        raise ConfigurationError(f"{item}: expected name=value, such as seed=7.")
    if name in GROUPS and name != "policy" and value not in options(name, own):
        raise ConfigurationError(f"{item}: no such {name}; {did_you_mean(value, options(name, own))}")
    if name in ("policy", "scenario"):  # Hydra would take a name that stands twice as one
        parts = re.findall(r"[\w\-]+", value) if name == "policy" else package(value, own)
        for part in parts:
            if part not in options("policy", own):
                raise ConfigurationError(
                    f"{item}: no such policy '{part}'; {did_you_mean(part, options('policy', own))}"
                )
            if parts.count(part) > 1:
                raise ConfigurationError(
                    f"{item}: policy '{part}' is named twice; a package holds each of its policies once."
                )
    return item


def _explain(error, overrides, own):
    """Hydra's complaint as one sentence."""
    text = str(error)
    if getattr(error, "override", None):
        return f"{error.override.lstrip('+')}: cannot be read as name=value ({text.splitlines()[0]})."
    unknown = re.search(r"Could not override '([^']+)'", text)
    if unknown:
        return _unknown(unknown.group(1), [o for o in overrides if o.partition("=")[0] in GROUPS], own)
    missing = re.search(r"Could not (?:find|load) '([^']+)'", text)
    if missing:
        group, _, name = missing.group(1).partition("/")
        return f"{missing.group(1)}: not found; {did_you_mean(name, options(group))}"
    return " ".join(line.strip() for line in text.splitlines() if line.strip())[:300]


def _unknown(name, chosen, own):
    """Sentence on a setting that does not exist: where its path breaks, and what there is instead."""
    at, parts = compose(chosen, own), name.split(".")
    depth = 0
    while isinstance(at, dict) and parts[depth] in at and depth < len(parts) - 1:
        at, depth = at[parts[depth]], depth + 1
    place = ".".join(parts[: depth + 1])
    if parts[0] == "policies" and depth == 1:
        return f"{place}: this policy is not part of the scenario; choose it with policy=[...,{parts[1]}] or another scenario."
    known = at if isinstance(at, dict) else []
    hidden = ("sources", "scenario_title", "scenario_explanation")
    return f"{place}: no such setting; {did_you_mean(parts[depth], [k for k in known if k not in hidden])}"


def load(overrides: Sequence[str] = (), own: Path | str | None = None) -> Setup:
    """Load one scenario and check it whole: all problems are reported together, as one ConfigurationError."""
    overrides = list(overrides)
    values = compose(overrides, own)
    scenario = next((o.partition("=")[2] for o in reversed(overrides) if o.startswith("scenario=")), "baseline")
    cluster_name = next((o.partition("=")[2] for o in reversed(overrides) if o.startswith("cluster=")), "ouhai")
    problems = [f"{k}: no such setting; {did_you_mean(k, TOP)}" for k in values if k not in TOP]
    data: Any = None  # of a cluster or of a nation
    try:
        data = read_place(values["cluster"], _tables_folder(cluster_name, own))
    except ConfigurationError as error:
        problems += error.problems
    parameters = read_parameters(values["parameters"], problems)
    world = read(World, values["world"], "world", problems)
    demand = read(Demand, values["demand"], "demand", problems)
    rules = read(Rules, values["rules"], "rules", problems)
    plan = read(Plan, values["plan"], "plan", problems)
    run = read(Run, values["run"], "run", problems)
    criteria = read_criteria(values["criteria"], problems)
    title = values["scenario_title"]
    if not isinstance(title, dict):
        problems.append(f"scenario_title = {title!r}: expected a text in both languages, {{zh: …, en: …}}.")
    policies = _policies(values.get("policies") or {}, data, plan, problems)
    if world and demand and world.macro != demand.macro and any(o.startswith("demand=") for o in overrides):
        problems.append(
            f"demand={demand.name}: world {world.name} has a demand index of its own, so that this would change nothing; "
            "give it macro: ${demand.macro}."
        )
    if world and data and world.regime not in data.balance:
        problems.append(f"world.regime = '{world.regime}': cluster {data.name} has no balance for it.")
    if run and data and run.until < data.start:
        problems.append(f"run.until = {run.until}: before the simulation starts in {data.start}.")
    if not _is_seed(values["seed"]):
        problems.append(f"seed = {values['seed']!r}: expected a whole number from 0 to 2147483647.")
    if problems or parameters is None or criteria is None:
        raise ConfigurationError(problems)
    if not title.get("zh"):
        title = {"zh": scenario, "en": scenario}
    if any(o.startswith(("policy=", "policies.")) for o in overrides):
        title = {"zh": f"{title['zh']}（有改动）", "en": f"{title['en']} (changed)"}
    return Setup(
        scenario=scenario, title=title, explanation=values["scenario_explanation"], data=data, parameters=parameters,
        world=world, rules=rules, criteria=criteria, policies=tuple(policies), run=run,
        sources=values["sources"], resolved={k: v for k, v in values.items() if k not in ("sources", "seed")},
        demand=demand, plan=plan,
    )  # fmt: skip


def _is_seed(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _tables_folder(cluster_name, own):
    if own and (Path(own) / "cluster" / f"{cluster_name}.yaml").is_file():
        return Path(own) / "cluster"
    return shipped_folder() / "cluster"


def _policies(package, data, plan, problems):
    """Policies of a package, each looked up by kind."""
    found = []
    for name, values in package.items():
        at = f"policies.{name}"
        if not isinstance(values, dict) or "kind" not in values:
            problems.append(f"{at}: not chosen in this scenario; add it with policy=[…,{name}].")
            continue
        cls = POLICY_KINDS.get(values["kind"])
        if cls is None:
            problems.append(
                f"{at}.kind = '{values['kind']}': no such kind of policy; {did_you_mean(values['kind'], POLICY_KINDS)}"
            )
            continue
        policy = read(cls, {k: v for k, v in values.items() if k != "kind"}, at, problems)
        if not policy:
            continue
        if policy.name in [other.name for other in found]:
            problems.append(
                f"{at}.name = '{policy.name}': another policy of the package has that name; expected one of its own."
            )
        if plan and policy.answers not in (*plan.paragraphs, "none"):
            known = ", ".join(plan.paragraphs)
            problems.append(
                f"{at}.answers = '{policy.answers}': plan {plan.name} has no such paragraph; expected {known} or none."
            )
        if data:
            problems += policy.problems(data) or [clash for other in found if (clash := policy.clash(other, data))]
        found.append(policy)
    return found
