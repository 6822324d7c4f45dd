"""Where a month's time goes: milliseconds by phase, because the month is a tuple.

python experiments/profile.py [cluster=ouhai] [run.until=2030-12] ...
"""

import sys
import time
from collections import Counter

from sim.cluster import Cluster
from sim.config import load

cluster = Cluster(load(sys.argv[1:]), 1)
spent, months = Counter(), 0
while cluster.now <= cluster.end:
    for phase in cluster.pipeline:
        began = time.perf_counter()
        phase(cluster)
        spent[phase.__name__] += time.perf_counter() - began
    cluster.now, months = cluster.now + 1, months + 1
    if cluster.now % 6 == 0:
        cluster.compact()
for name, seconds in spent.most_common():
    print(f"{name:16s} {1000 * seconds / months:8.2f} ms a month")
print(
    f"{'in all':16s} {1000 * sum(spent.values()) / months:8.2f} ms a month, {sum(spent.values()):.2f} s for {months} months"
)
