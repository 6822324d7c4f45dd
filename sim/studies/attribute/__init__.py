"""Which part of a package did the work."""
