"""Service platforms 服务平台: research technology, testing, talent, finance, market and chain."""

import numpy as np

from sim.engine.columns import Column, ColumnAgent
from sim.engine.quantity import Reading
from sim.model.agents.district import District
from sim.model.mechanisms import needs
from sim.model.vocabulary import NEEDS


class ServicePlatform(ColumnAgent):
    """Serves cases from the parks on its list, in the order they came, within its capacity."""

    kind = Column(np.int8, doc="kind of need it serves")
    host = Column(np.int8, doc="0 university, 1 institute, 2 state, 3 private")
    fits = Column(bool, shape=("sectors",), doc="sectors it can serve")
    own_capacity = Column(float, unit="1/month", doc="cases it can take up a month")
    own_quality = Column(float, doc="what a case is worth, 0 to 1")

    taken = Column(
        np.int64, doc="cases taken up this month from parks on its own list, those paid by voucher left out; derived"
    )

    capacity = Column(float, unit="1/month", term="multiply", baseline="own_capacity", doc="the same with policies")
    quality = Column(float, term="max", baseline="own_quality", doc="the same with policies")
    process_speed = Column(float, term="multiply", empty=1, doc="process time, times")

    def places(self) -> Reading:
        """Cases it can take up this month, whole."""
        return np.floor(self.capacity + 1e-9).astype(np.int64)

    def process_months(self) -> Reading:
        """Time a case takes, month."""
        return self.model.parameters.service.process_months * self.process_speed

    def case_months(self) -> Reading:
        """The same under the district's coordination, month."""
        return needs.case_months(self.process_months(), self.model.tables[District].data["process_speed"][0])

    def by_choice(self, lists: np.ndarray) -> np.ndarray:
        """Platforms that can serve a case, best first, -1 after the last (kinds, sectors, parks, most platforms).

        lists (parks, platforms) bool: whose service list reaches which park.
        """
        asked, known = (self.quality.tobytes(), lists.tobytes()), self.model.derived.setdefault("choices", {})
        if asked in known:  # lists rarely change from month to month
            return known[asked]
        best = np.lexsort((self.ident, -self.quality))
        of_kind = self.kind[best] == np.arange(len(NEEDS))[:, None, None, None]
        fitting = of_kind & self.fits.T[:, None, best] & lists[:, best]
        place = np.cumsum(fitting, axis=-1) - 1
        choices = np.full((*fitting.shape[:-1], max(int(place.max()) + 1, 1)), -1)
        *case, platform = np.nonzero(fitting)
        choices[(*case, place[fitting])] = best[platform]
        if len(known) > 3:
            known.clear()
        known[asked] = choices
        return choices
