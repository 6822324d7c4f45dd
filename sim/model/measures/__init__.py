"""Counts of a run, and the measures made of them."""
