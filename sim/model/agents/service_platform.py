"""Service platforms 服务平台: research technology, testing, talent, finance, market and chain."""

import numpy as np

from sim.engine.columns import Column, ColumnAgent


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

    def places(self):
        """Cases it can take up this month, whole."""
        return np.floor(self.capacity + 1e-9).astype(np.int64)

    def process_months(self):
        """Time a case takes, month."""
        return self.model.parameters.service.process_months * self.process_speed
