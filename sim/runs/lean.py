"""Runs of which few measures are asked: they keep, and follow, no more than these need. The measures come out the same."""

from functools import cache

import numpy as np

from sim.model.agents import Enterprise
from sim.model.event_log import NoLog
from sim.model.measures.counts import Counts, Window
from sim.model.measures.definitions import MEASURES, of_cluster
from sim.model.measures.survival import NAMES
from sim.model.status import Place, Status

OUTSIDE = {"elsewhere", "closed_elsewhere", "live_rows"}  # counts in which firms outside the district stand
DERIVED_FROM = ("fitted", "let", "rent", "reputation", "capability", "felt_minutes", "public_spending", "owed")


def keep_only(cluster, measures, setups):
    """From here on a run keeps only what these measures and the bills of its policies are made of.

    To be said again of each fork. setups: all that go on from here. A policy of somebody's own may look at anything: where
    there is one, nothing is left out.
    """
    if not all(type(policy).__module__.startswith("sim.model.policies.") for s in setups for policy in s.policies):
        return
    behind = counts_behind(tuple(measures))
    cluster.tally.wanted = behind.union(*(policy.billed_counts for policy in cluster.policies))
    if not behind & set(NAMES):
        cluster.log = NoLog()
    if not behind & OUTSIDE and unfollow_outside not in cluster.pipeline:
        cluster.pipeline = (*cluster.pipeline, unfollow_outside)


@cache
def kept_with(measures):
    """Measures that a run keeps in which these are asked: all that need no more than they do, so that later questions find them.

    Either all that a cluster has, or all that need neither the event log nor firms outside the district.
    """
    every = of_cluster()
    sparing = tuple(m for m in every if not counts_behind((m,)) & (OUTSIDE | set(NAMES)))
    return sparing if set(measures) <= set(sparing) else every


def unfollow_outside(cluster):
    """A last phase for runs of which only measures of the district are asked: who left the district is followed no longer.

    Such firms meet nobody in the district any more, so that nothing there comes out otherwise. Just before rows are removed.
    """
    if (cluster.now + 1) % int(cluster.setup.run.compact_every):
        return
    outside = cluster.where(
        Enterprise, lambda f: (f.place > Place.DISTRICT) & (f.status >= Status.GRADUATED) & f.exists()
    )
    outside.status = Status.UNFOLLOWED


def yearly_of(cluster, measures):
    """Some measures of a finished cluster as a whole, and nothing else: (years (y,), values (measures, y)).

    The same bits as in its Outcome; only the counts behind these measures are gathered.
    """
    behind, filed = counts_behind(tuple(measures)), cluster.tally.months
    cluster.tally.months = [
        (month, *({name: part[name] for name in part if name in behind} for part in parts)) for month, *parts in filed
    ]
    counts = Counts(cluster)
    cluster.tally.months = filed
    window = Window(counts.by("cluster")[0], yearly=True)
    window.research_share = counts.research_share
    values = np.stack([np.asarray(MEASURES[key].of(window), float)[:, 0] for key in measures])
    return counts.months[11::12] // 12, values


@cache
def counts_behind(measures):
    """Names of the counts that measures are made of, and of those from which other counts are derived."""
    asked = _Asked()
    for key in measures:
        MEASURES[key].of(asked)
    followed = (
        {"elsewhere"} if "followed" in asked.names else set()
    )  # firms elsewhere over those that each row stands for
    return asked.names | set(DERIVED_FROM) | followed


class _Asked(Window):
    """A window that shows ones and remembers what it was asked for."""

    research_share = 0.0

    def __init__(self):
        super().__init__({"": np.ones((12, 1))}, yearly=True)
        self.names = set()

    def __call__(self, name):
        self.names.add(name)
        return self.counts[""]
