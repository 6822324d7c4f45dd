"""Runs of which few measures are asked: they keep, and follow, no more than these need. The measures come out the same."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from sim.model.agents import Enterprise
from sim.model.cluster import Cluster
from sim.model.event_log import NoLog
from sim.model.measures.counts import Counts, counts_behind
from sim.model.measures.definitions import of_cluster
from sim.model.measures.survival_curves import COUNTS_FROM_LOG
from sim.model.setup import Setup
from sim.model.status import Place, Status

OUTSIDE = {"elsewhere", "closed_elsewhere", "live_rows"}  # counts in which firms outside the district stand


def keep_only(cluster: Cluster, measures: Sequence[str], setups: Sequence[Setup]) -> None:
    """Let a run keep, from here on, only what these measures and the bills of its policies are made of.

    To be called again for each fork. setups: all that go on from here. A policy of somebody's own may look at anything: where
    there is one, nothing is left out.
    """
    if not all(type(policy).__module__.startswith("sim.model.policies.") for s in setups for policy in s.policies):
        return
    behind = counts_behind(tuple(measures))
    cluster.tally.wanted = behind.union(*(policy.billed_counts for policy in cluster.policies))
    if not behind & set(COUNTS_FROM_LOG):
        cluster.log = NoLog()
    if not behind & OUTSIDE and unfollow_outside not in cluster.pipeline:
        cluster.pipeline = (*cluster.pipeline, unfollow_outside)


@cache
def kept_with(measures: tuple[str, ...]) -> tuple[str, ...]:
    """Measures to keep of a run of which these are asked: all that need no more, so that later questions find them.

    Either all that a cluster has, or all that need neither the event log nor firms outside the district.
    """
    every = of_cluster()
    lean = tuple(m for m in every if not counts_behind((m,)) & (OUTSIDE | set(COUNTS_FROM_LOG)))
    return lean if set(measures) <= set(lean) else every


def unfollow_outside(cluster: Cluster) -> None:
    """Follow firms that left the district no longer: a last phase for runs of which only measures of the district are asked.

    Such firms meet nobody in the district any more, so that nothing there comes out otherwise. Just before rows are removed.
    """
    if (cluster.now + 1) % int(cluster.setup.run.compact_every):
        return
    outside = cluster.where(
        Enterprise, lambda f: (f.place > Place.DISTRICT) & (f.status >= Status.GRADUATED) & f.exists()
    )
    outside.status = Status.UNFOLLOWED


def yearly_of(cluster: Cluster, measures: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Some measures of a finished cluster as a whole, and nothing else: (years (y,), values (measures, y)).

    The same bits as in its Outcome; only the counts behind these measures are gathered.
    """
    behind, filed = counts_behind(tuple(measures)), cluster.tally.months
    cluster.tally.months = [
        (month, *({name: part[name] for name in part if name in behind} for part in parts)) for month, *parts in filed
    ]
    counts = Counts(cluster)
    cluster.tally.months = filed
    found = counts.values("cluster", True, measures)
    return found.periods, found.values[:, :, 0]
