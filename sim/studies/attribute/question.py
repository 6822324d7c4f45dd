"""A package taken apart: its parts, and how many of their coalitions are looked at.

A part is a lever, or all levers that answer one paragraph of the plan. A coalition is the reference with some of the parts;
its value is what the model gives for it on the same luck. With up to six parts every coalition is simulated and shares are
exact; with more, some orders in which parts might join are drawn, and the error of that sampling is told apart from the
luck of runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sim.engine.mistakes import ConfigurationError
from sim.inputs.config import compose, load
from sim.model.measures.definitions import SPENDING
from sim.model.policies import Policy
from sim.model.setup import Setup
from sim.runs.matched_pairs import shareable
from sim.studies.common.horizon import checked_measures, checked_year

EXACT = 6  # parts up to which all coalitions are simulated: 64 runs a seed
ORDERS = 4  # orders a seed beyond that: two and their reverses, so that their error can be told
REPLICATES = 30
BY = ("lever", "paragraph")
CHOSEN = {"zh": "所选政策组合", "en": "Chosen package"}  # a package typed as policy=[…] has no title of its own


@dataclass(frozen=True)
class Part:
    """A part of a package: a lever, or the levers of one paragraph."""

    key: str
    title: dict[str, str]
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Game:
    """A package split into parts, and how many of their coalitions are looked at. orders: None if all are."""

    reference: Setup  # its policies are in every coalition
    package: Setup
    parts: tuple[Part, ...]
    by: str
    measures: tuple[str, ...]  # spending the last of them
    orders: int | None

    @property
    def setups(self) -> list[Setup]:
        """The reference, and for each part the same place under that part alone: what a process has to know."""
        return [self.reference, *(replace(self.reference, policies=part.policies) for part in self.parts)]

    @property
    def since(self) -> int:
        """The year in which the first part starts."""
        return int(str(min(p.start for part in self.parts for p in part.policies))[:4])

    @property
    def runs_a_seed(self) -> int:
        """Coalitions simulated for one seed, at most."""
        return runs_a_seed(len(self.parts), self.orders)


def paragraph_of(policy: Policy) -> tuple[str, dict[str, str]]:
    """Key and titles of the paragraph of the plan that a policy answers."""
    number = str(policy.answers).strip()
    if not number or number == "none":
        return "none", {"zh": "文件未提及", "en": "not in the plan"}
    if number.isdigit():
        return number, {"zh": f"第{number}段", "en": f"paragraph {number}"}
    return number, {"zh": number, "en": number}


def parts_of(package: Setup, reference: Setup, by: str = "lever") -> tuple[Part, ...]:
    """Return the parts of a package: what it has beyond the reference, by lever or by paragraph; or a sentence why not."""
    if by not in BY:
        raise ConfigurationError(f"by={by}: expected {' or '.join(BY)}.")
    held = {p.name: p for p in reference.policies}
    changed = [p.name for p in package.policies if p.name in held and held[p.name] != p]
    if changed:
        raise ConfigurationError(
            f"policies.{changed[0]}: is in the reference '{reference.scenario}' and in '{package.scenario}' with other settings, "
            "so it can be neither held nor shared out; give it one setting, or another reference."
        )
    # By name: a package has no order, and neither may the masks of its coalitions, which are kept.
    beyond = sorted((p for p in package.policies if p.name not in held), key=lambda p: p.name)
    clash = [c for one, other in combinations([*held.values(), *beyond], 2) if (c := one.clash(other, package.data))]
    if clash:
        raise ConfigurationError(clash)
    if by == "lever":
        parts = [Part(p.name, p.title, (p,)) for p in beyond]
    else:
        groups = {}
        for policy in beyond:
            groups.setdefault(paragraph_of(policy)[0], []).append(policy)
        order = sorted(groups, key=lambda key: (not key.isdigit(), int(key) if key.isdigit() else 0, key))
        parts = [Part(key, _grouped(groups[key]), tuple(groups[key])) for key in order]
    if len(parts) < 2:
        what = {"lever": "policies", "paragraph": "paragraphs of the plan"}[by]
        raise ConfigurationError(
            f"scenario={package.scenario}: has {len(parts)} part{'' if len(parts) == 1 else 's'} beyond the reference "
            f"'{reference.scenario}' when split by {by}, and shares need at least 2 {what}."
        )
    return tuple(parts)


def _grouped(policies):
    title = paragraph_of(policies[0])[1]
    names = {"zh": "、".join(p.title["zh"] for p in policies), "en": ", ".join(p.title["en"] for p in policies)}
    return {"zh": f"{title['zh']}：{names['zh']}", "en": f"{title['en'].capitalize()}: {names['en']}"}


def runs_a_seed(parts: int, orders: int | None) -> int:
    """Number of coalitions of one seed: all, or those that orders pass through, none and all counted once."""
    return 1 << parts if orders is None else 2 + orders * (parts - 1)


def make_game(
    package: Setup, reference: Setup, *, measures: str | Sequence[str] = ("graduates",), by: str = "lever",
    replicates: int = REPLICATES, orders: int | None = None, budget: int | None = None,
) -> Game:  # fmt: skip
    """Split a package and decide how many coalitions to look at.

    orders: sample that many (an even number) instead of all coalitions; by default only above six parts. budget: runs in
    all at most, which lowers the number of orders.
    """
    if not shareable([package, reference]):
        raise ConfigurationError(
            f"scenario={package.scenario} and reference={reference.scenario} differ in cluster, parameters, world, rules or "
            "run, not only in policies: the effect of the package cannot be told apart."
        )
    parts, measures = parts_of(package, reference, by), checked_measures(measures)
    if orders is not None and (not isinstance(orders, int) or orders < 2 or orders % 2):
        raise ConfigurationError(
            f"orders={orders}: expected an even number from 2 on: each order is taken with its reverse."
        )
    chosen = orders or (None if len(parts) <= EXACT else ORDERS)
    if budget is not None and replicates * runs_a_seed(len(parts), chosen) > budget:
        fit = (budget // replicates - 2) // (len(parts) - 1) // 2 * 2
        if orders is not None or fit < 2:
            least = replicates * runs_a_seed(len(parts), orders or 2)
            raise ConfigurationError(
                f"budget={budget}: {len(parts)} parts on {replicates} pairs take at least {least} runs; give more, or lower replicates=N."
            )
        chosen = fit
    asked = Game(
        reference, package, parts, by, tuple(dict.fromkeys([*(m for m in measures if m != SPENDING), SPENDING])), chosen
    )
    checked_year(None, reference, asked.since)
    return asked


def package_and_reference(
    scenario: str, reference: str, overrides: Sequence[str] = (), own: str | None = None
) -> tuple[Setup, Setup]:
    """The two setups. policy= and policies.… change the package; the reference takes those settings it has itself."""
    package = load([*overrides, f"scenario={scenario}"], own).as_one_cluster()
    if any(o.startswith("policy=") for o in overrides):
        package = replace(package, title=CHOSEN)
    common = [o for o in overrides if not o.startswith(("policy=", "policies."))]
    held = compose([*common, f"scenario={reference}"], own)["policies"]
    shared = [o for o in overrides if o.startswith("policies.") and o.split(".")[1] in held]
    return package, load([*common, *shared, f"scenario={reference}"], own)
