"""The district: what all parks share. One row today."""

from sim.engine.columns import Column, ColumnAgent


class District(ColumnAgent):
    """Labour market, chains, and the levers that belong to nobody's park."""

    labour_pool = Column(float, unit="person", shape=(3,), doc="people looking for work, by tier")
    present = Column(bool, shape=("segments",), doc="segments of which the district has enough firms, derived")
    chain = Column(float, shape=("segments",), doc="completeness of each segment's chain: input share present")

    promotion_spend = Column(float, unit="CNY/month", term="add", doc="investment promotion")
    origin_pull = Column(float, shape=(4,), term="multiply", empty=1, doc="arrivals by origin, times")
    segment_pull = Column(float, shape=("segments",), term="multiply", empty=1, doc="arrivals by segment, times")
    housing = Column(float, shape=(3,), term="max", doc="share of staff under housing support, by tier")
    process_speed = Column(float, term="multiply", empty=1, doc="process time of services, times")
    finance_pull = Column(float, term="multiply", empty=1, doc="chance of a funding round, times")
    bundled = Column(float, term="max", doc="share of technology cases that bring help from finance too")
