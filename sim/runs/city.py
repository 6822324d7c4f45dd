"""A city of a nation: a cluster that keeps of its past only what the nation is made of, so that memory stays small."""

import numpy as np

from sim.model.agents import Enterprise
from sim.model.cluster import Cluster
from sim.model.measures.counts import weigh
from sim.model.month import MONTH, depart, writes
from sim.model.status import Place, Status
from sim.model.tally import Tally


class Summed(Tally):
    """Counts with the parks of a month added up: {name: (2, sectors)}, in parks and outside, and {name: (1,)}.

    since: number of the first month that is kept.
    """

    def __init__(self, parks, sectors, since):
        super().__init__(parks, sectors)
        self.since = since

    def close(self, month):
        """File the month, unless it is one of the burn-in, of which nobody asks."""
        if month < self.since:
            self.clear()
            return
        weigh(self.park)
        firm, park = self.firm, np.array(list(self.park.values()))
        cells = np.array(list(firm.values()))
        cells = np.stack([cells[:, :-1].sum(axis=1), cells[:, -1]], axis=1)
        parks = dict(zip(self.park, park.sum(axis=1, keepdims=True), strict=True))
        self.months.append((month, dict(zip(firm, cells, strict=True)), parks, self.district))
        self.clear()

    def stacked(self):
        """All months, as of one park."""
        filed = Tally(1, self.sectors)
        filed.months = self.months
        return filed.stacked()


@writes("status")
def part_with(cluster):
    """Whom does nobody ask for again: firms that left the district alive, of which no measure of the nation is made."""
    cluster.where(Enterprise, _is_away).status = Status.UNFOLLOWED


def _is_away(firms):
    return (firms.status >= Status.GRADUATED) & (firms.status <= Status.EXPIRED) & (firms.place > Place.DISTRICT)


class City(Cluster):
    """The same month, firm by firm, as in a `Cluster`; other books."""

    def _prepare(self):
        super()._prepare()
        self.tally = Summed(len(self.park_keys), len(self.sector_keys), self.start)
        after = MONTH.index(depart) + 1
        self.pipeline = (*MONTH[:after], part_with, *MONTH[after:])
