"""Runs that are kept: their names, and the store of all studies."""
