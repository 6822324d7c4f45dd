"""Closures, moves out of a park and ends of leases: one clock per enterprise and cause, limits are dates."""

import numpy as np

from sim.engine.kernels import has_kernel
from sim.model.agents import Enterprise
from sim.model.kernels import family


@has_kernel("sim.model.kernels.departures:run_down", family)
def run_down(cluster, firms: Enterprise) -> tuple[np.ndarray, ...]:
    """A month off these firms' clocks. Returns rows of those that close, of those that move out, of those whose lease ends."""
    clock = firms.closure_clock - firms.closure_hazard()
    firms.closure_clock = clock
    incubating = firms[firms.is_incubating()]
    incubating.relocation_clock = incubating.relocation_clock - incubating.relocation_hazard()
    leasing = firms[firms.in_incubation_space() & (clock > 0)]
    relocated = leasing.is_incubating() & (leasing.relocation_clock <= 0)
    ending = ~relocated & (leasing.lease_end() <= cluster.now)
    return firms.row[clock <= 0], leasing.row[relocated], leasing.row[ending]
