"""The past simulated once, to go on from."""
