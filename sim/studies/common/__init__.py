"""Runs that are kept: their names, the store of all studies."""
