"""Pairs until a difference or a ranking is known."""
