"""Packages compared on matched pairs."""
