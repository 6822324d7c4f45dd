"""A month, phase by phase."""
