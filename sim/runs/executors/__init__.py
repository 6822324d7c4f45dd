"""Ways to compute: in this process, in several, or on a cluster of computers."""
