"""The case that shows what the simulator does."""
