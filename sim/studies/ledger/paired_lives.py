"""A pair of worlds as a ledger of lives: counted firm by firm, put aside pair by pair.

Every count adds up to a difference between the two worlds: a firm is the same firm in both, with the same luck.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.engine.files import write_arrays
from sim.model.cluster import forget
from sim.model.event_log import LOG
from sim.model.measures.fates import Change, Fates, PairedFates, displacement, fates_of, pair_fates
from sim.model.setup import Setup
from sim.model.status import Event
from sim.runs.simulate import shared_past

ROW = np.dtype(
    [
        ("ident", np.uint64), ("sector", np.int8), ("origin", np.int8), ("arrived", np.int32),
        ("end_reference", np.int8), ("end", np.int8), ("park_reference", np.int16), ("park", np.int16),
        ("change", np.int8), ("graduate_reference", bool), ("graduate", bool), ("first", np.int32), ("reached", np.uint32),
        ("has_there", bool), ("has_here", bool), ("there", LOG), ("here", LOG),
    ]
)  # fmt: skip
SHARED = ("tenant", "admitted", "graduate", "graduate_in_district")  # outcomes a share is asked of


@dataclass
class World:
    """One world against the reference of its seed, counted. Firms throughout."""

    flows: np.ndarray  # (ends, ends): end in the reference world, end here; those absent from both are no firms
    changes: np.ndarray  # (changes,)
    outcomes: dict[str, list[int]]  # outcome -> [here, in the reference, in both]
    reached: dict[
        str, dict
    ]  # policy -> {"firms": reached, outcome: [those who had it here, of them in the reference too]}
    displacement: dict[
        str, dict[str, int]
    ]  # "cluster", and "targets" if the policies act on some parks only -> {source: firms}
    firms: np.ndarray  # (n,) ROW: those whose lives differ


@dataclass
class Pair:
    """One seed: each world against the reference."""

    seed: int
    worlds: dict[str, World]  # by scenario
    policies: dict[str, list[str]] = field(
        default_factory=dict
    )  # scenario -> names, in the order of the bits of `reached`


def note_reached(cluster) -> None:
    """A phase after the month's last: whom does each policy act on?"""
    for policy in cluster.policies:
        cluster.reached[policy.name].append(policy.beneficiaries(cluster).ident)


def simulate_lives(setups: Sequence[Setup], seed: int, reference: str, *, branch: Path | str | None = None) -> Pair:
    """One seed through several scenarios, the reference among them, as a ledger. Returns Pair.

    Outcomes are counted from the first month of any policy on: before, the worlds are one.
    """
    past = shared_past(setups, seed, branch)
    since, everyone = past.now, {}
    for setup in setups:
        cluster = past.fork(setup)
        everyone[setup.scenario] = followed_run(cluster, since)
        forget(cluster)
    forget(past)
    ends, log = everyone[reference].fates, everyone[reference].log
    worlds, policies = {}, {}
    for name, run in everyone.items():
        if name == reference:
            continue
        moved = {"cluster": displacement(ends, run.fates)}
        if run.targets.any() and not run.targets.all():
            moved["targets"] = displacement(ends, run.fates, run.targets)
        worlds[name] = counted(pair_fates(ends, log, run.fates, run.log), run.reached, moved, log, run.log)
        policies[name] = list(run.reached)
    return Pair(seed, worlds, policies)


@dataclass
class Followed:
    """A finished run with all that the ledger asks of it."""

    log: np.ndarray
    fates: Fates
    reached: dict[str, np.ndarray]  # policy -> idents of the firms it ever acted on
    targets: np.ndarray  # (parks,) bool: parks that any policy acts on


def followed_run(cluster, since: int) -> Followed:
    """Run a cluster to its end, and note whom each of its policies reaches. Returns Followed."""
    cluster.reached = {policy.name: [np.zeros(0, np.uint64)] for policy in cluster.policies}
    cluster.pipeline = (*cluster.pipeline, note_reached)
    log = cluster.run().log.table()
    targets = np.zeros(len(cluster.park_keys), bool)
    for policy in cluster.policies:
        targets[policy.targets(cluster).rows] = True
    reached = {name: np.unique(np.concatenate(who)) for name, who in cluster.reached.items()}
    return Followed(log, fates_of(cluster, log, since), reached, targets)


def counted(
    both: PairedFates,
    reached: Mapping[str, np.ndarray],
    moved: dict[str, dict[str, int]],
    reference_events: np.ndarray,
    events: np.ndarray,
) -> World:
    """Two worlds laid side by side, counted. reached: policy -> idents. Returns World."""
    outcomes = {
        name: [int(here.sum()), int(there.sum()), int((here & there).sum())]
        for name, (there, here) in both.outcomes.items()
    }
    by_policy, bits = {}, np.zeros(len(both.ident), np.uint32)
    for k, (policy, who) in enumerate(reached.items()):
        of = np.isin(both.ident, who)
        bits |= of.astype(np.uint32) << np.uint32(k)
        by_policy[policy] = {"firms": int(of.sum())}
        for name in SHARED:
            there, here = both.outcomes[name]
            by_policy[policy][name] = [int((of & here).sum()), int((of & here & there).sum())]
    return World(
        flows=both.flows(), changes=np.bincount(both.change, minlength=len(Change)), outcomes=outcomes, reached=by_policy,
        displacement=moved, firms=_rows(both, bits, reference_events, events),
    )  # fmt: skip


def _rows(both, bits, reference_events, events):
    """One row for each firm whose lives differ."""
    some = np.flatnonzero(both.change != Change.UNCHANGED)
    rows = np.zeros(len(some), ROW)
    graduate = both.outcomes["graduate"]
    values = {
        "ident": both.ident, "end_reference": both.end[0], "end": both.end[1], "park_reference": both.park[0],
        "park": both.park[1], "change": both.change, "graduate_reference": graduate[0], "graduate": graduate[1],
        "first": both.first, "reached": bits,
    }  # fmt: skip
    for name, value in values.items():
        rows[name] = value[some]
    rows["arrived"] = -1
    for log, side, at in (
        (reference_events, "there", both.reference_row[some]),
        (events, "here", both.other_row[some]),
    ):
        rows[f"has_{side}"] = at >= 0
        rows[side][at >= 0] = log[at[at >= 0]]
        who = np.searchsorted(rows["ident"], log["ident"])
        who = np.minimum(who, max(len(rows) - 1, 0))
        mine = rows["ident"][who] == log["ident"] if len(rows) else np.zeros(len(log), bool)
        rows["sector"][who[mine]], rows["origin"][who[mine]] = log["sector"][mine], log["origin"][mine]
        came = mine & (log["event"] == Event.ARRIVED)
        rows["arrived"][who[came]] = log["month"][came]
    return rows


class PairFiles:
    """Finished pairs of a ledger, one file each, so that interrupted work resumes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def kept(self, seed: int) -> Pair | None:
        """The finished pair of a seed, or None."""
        try:
            with np.load(self.folder / f"{seed}.npz", allow_pickle=False) as file:
                head = json.loads(str(file["head"]))
                worlds = {
                    name: World(flows=file[f"{name}/flows"], changes=file[f"{name}/changes"], firms=file[f"{name}/firms"], **about)
                    for name, about in head["worlds"].items()
                }  # fmt: skip
                return Pair(head["seed"], worlds, head["policies"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, pair: Pair) -> None:
        """Put a finished pair aside."""
        head, arrays = {"seed": pair.seed, "policies": pair.policies, "worlds": {}}, {}
        for name, world in pair.worlds.items():
            head["worlds"][name] = {k: getattr(world, k) for k in ("outcomes", "reached", "displacement")}
            arrays |= {f"{name}/{k}": getattr(world, k) for k in ("flows", "changes", "firms")}
        write_arrays(self.folder / f"{pair.seed}.npz", {"head": np.array(json.dumps(head)), **arrays})
