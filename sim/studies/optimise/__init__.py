"""The best packages for the money."""
