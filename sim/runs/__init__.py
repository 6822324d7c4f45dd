"""Runs: one or many, on one core or many, kept and found again."""
