"""The science: a cluster of parks and enterprises, month by month."""
