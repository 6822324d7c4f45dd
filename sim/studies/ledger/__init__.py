"""Firms that a package gains and loses, and what would have become of them."""
