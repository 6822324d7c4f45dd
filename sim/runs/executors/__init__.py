"""Who computes: this process, several, or a cluster of computers."""
