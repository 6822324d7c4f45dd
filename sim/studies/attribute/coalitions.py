"""A package taken apart: its parts, the coalitions of them that are simulated, and what each coalition gives.

A part is a lever, or all levers that answer one paragraph of the plan. A coalition is the reference with some of the parts;
its value is what the model gives for it on the same luck. With up to six parts every coalition is simulated and shares are
exact; with more, some orders in which parts might join are drawn, and the error of that sampling is told apart from the
luck of runs.
"""

from dataclasses import dataclass, replace
from itertools import combinations

from sim.engine.fields import ConfigurationError
from sim.methods import shapley
from sim.runs.executors.processes import over_seeds
from sim.runs.matched_pairs import shareable
from sim.runs.store.identity import question_of, run_name
from sim.runs.unit import simulate_coalitions, with_parts
from sim.studies.common.horizon import checked_measures, checked_year

EXACT = 6  # parts up to which all coalitions are simulated: 64 runs a seed
ORDERS = 4  # orders a seed beyond that: two and their reverses, so that their error can be told
REPLICATES = 30
BY = ("lever", "paragraph")
CHOSEN = {"zh": "所选政策组合", "en": "Chosen package"}  # a package typed as policy=[…] has no title of its own
SPENDING = "public_spending"


@dataclass(frozen=True)
class Part:
    """What shares the effect: a lever, or the levers of one paragraph."""

    key: str
    title: dict
    policies: tuple


@dataclass(frozen=True)
class Game:
    """A package split into parts, and how many of their coalitions are looked at. orders: None if all are."""

    reference: object  # Setup whose policies are in every coalition
    package: object
    parts: tuple
    by: str
    measures: tuple  # spending the last of them
    orders: int | None

    @property
    def setups(self):
        """The reference, and for each part the same place under that part alone: what a process has to know."""
        return [self.reference, *(replace(self.reference, policies=part.policies) for part in self.parts)]

    @property
    def since(self):
        """The year in which the first part starts."""
        return int(str(min(p.start for part in self.parts for p in part.policies))[:4])

    @property
    def runs_a_seed(self):
        """Coalitions simulated for one seed, at most."""
        return runs_a_seed(len(self.parts), self.orders)


def paragraph_of(policy):
    """Key and titles of the paragraph of the plan that a policy answers."""
    number = str(policy.answers).strip()
    if not number or number == "none":
        return "none", {"zh": "文件未提及", "en": "not in the plan"}
    if number.isdigit():
        return number, {"zh": f"第{number}段", "en": f"paragraph {number}"}
    return number, {"zh": number, "en": number}


def parts_of(package, reference, by="lever"):
    """The parts of a package: what it has beyond the reference, by lever or by paragraph; or a sentence why not."""
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


def runs_a_seed(parts, orders):
    """Coalitions of one seed: all, or those that orders pass through, none and all counted once."""
    return 1 << parts if orders is None else 2 + orders * (parts - 1)


def game(package, reference, *, measures=("graduates",), by="lever", replicates=REPLICATES, orders=None, budget=None):
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


def play(game, seeds, *, workers=None, store=None, fresh=False, progress=None):
    """Runs of every coalition, {mask: KeptRun} for each seed; progress(done) is called after each.

    Runs that a store holds are not simulated again.
    """
    runs = CoalitionRuns(game, seeds, store)
    runs.find(fresh)
    missing = {seed: names for seed in seeds if (names := runs.missing(seed))}
    done = len(seeds) - len(missing)
    if progress:
        progress(done)
    settings = {"runs": missing, "measures": game.measures}
    try:
        for found in (
            over_seeds(simulate_coalitions, game.setups, list(missing), workers, **settings) if missing else ()
        ):
            runs.add(found)
            done += 1
            if progress:
                progress(done)
    except KeyboardInterrupt as stop:
        stop.done = done
        raise
    finally:
        if store:
            store.flush()
    return [runs.of_seed(seed) for seed in seeds]


class CoalitionRuns:
    """The runs behind a game, each by its name in the store, so that other studies' runs serve and this one's serve others."""

    def __init__(self, game, seeds, store):
        self.measures, self.store, self.runs = game.measures, store, {}
        keys, (base, *parts) = [part.key for part in game.parts], game.setups
        every = list(range(game.runs_a_seed)) if game.orders is None else None
        self.masks = {seed: every or shapley.coalitions(shapley.orders(keys, seed, game.orders)) for seed in seeds}
        every = sorted(set().union(*self.masks.values()))
        self.questions = {mask: question_of(with_parts(base, parts, mask)) for mask in every}
        self.names = {seed: {m: run_name(self.questions[m], seed) for m in masks} for seed, masks in self.masks.items()}

    def find(self, fresh):
        """Take from the store what is there."""
        if self.store and not fresh:
            names = [name.run_id for mine in self.names.values() for name in mine.values()]
            self.runs = {name: run for name, run in self.store.kept(names, self.measures).items() if run.ok}

    def missing(self, seed):
        """Coalitions of a seed that are still to be simulated: {mask: RunName}."""
        return {mask: name for mask, name in self.names[seed].items() if name.run_id not in self.runs}

    def add(self, found):
        """Take in what a seed gave, and put it into the store."""
        for run in found:
            self.runs[run.run_id] = run
            if self.store:
                self.store.keep(run)

    def of_seed(self, seed):
        """All coalitions of a seed: {mask: KeptRun}."""
        return {mask: self.runs[name.run_id] for mask, name in self.names[seed].items()}


def package_and_reference(scenario, reference, overrides=(), own=None):
    """The two setups. policy= and policies.… change the package; the reference takes those settings it has itself."""
    from sim.inputs.config import compose, load

    package = load([*overrides, f"scenario={scenario}"], own).as_one_cluster()
    if any(o.startswith("policy=") for o in overrides):
        package = replace(package, title=CHOSEN)
    common = [o for o in overrides if not o.startswith(("policy=", "policies."))]
    held = compose([*common, f"scenario={reference}"], own)["policies"]
    shared = [o for o in overrides if o.startswith("policies.") and o.split(".")[1] in held]
    return package, load([*common, *shared, f"scenario={reference}"], own)
